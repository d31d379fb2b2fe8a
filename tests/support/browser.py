"""Debian's Chromium, driven by Playwright, drawing by SwiftShader: a browser on a machine without a graphics card."""

import os
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright

from tests.support.web_city import WebCity

CHROMIUM = os.environ.get("MADANG_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

LAUNCH: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "args": [
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist",
        "--disable-dev-shm-usage",
        "--no-sandbox",
    ],
}
"""Without a sandbox, as it runs as root in containers; it sees nothing but pages of ours."""

PLAINLY = "--disable-gpu-compositing"
"""Pages are put together without SwiftShader, which takes twice as long for it: only the canvas is left to it."""

WINDOW: dict[str, Any] = {
    "viewport": {"width": 740, "height": 400},
    "device_scale_factor": 0.5,
    "locale": "ko-KR",
    "reduced_motion": "reduce",
}
"""A window that one busy core draws a few times a second."""

CHOSEN = (
    "localStorage.setItem('madang.settings', JSON.stringify({quality: 'plain', light: 'day', calm: true,"
    " language: navigator.language.startsWith('ko') ? 'ko' : 'en'}))"
)
"""What its citizen chose before: drawn plainly, by day."""

SELDOM = """(() => {
    const draw = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (frame) => setTimeout(() => draw(frame), 250);
    globalThis.cancelAnimationFrame = clearTimeout.bind(globalThis);
})()"""
"""It draws at most four times a second: else it would draw all the time, and leave the tests beside it no core."""

PATIENCE_MS = 60_000
"""How long a page may take to come to what a test waits for."""

AXE = Path(__file__).parents[2] / "clients" / "node_modules" / "axe-core" / "axe.min.js"


class Chromium:
    """A browser that tests share, each in windows of its own; where it has gone, another takes its place."""

    def __init__(self, playwright: Playwright, args: Iterable[str]) -> None:
        self._playwright = playwright
        self._launch = LAUNCH | {"args": [*LAUNCH["args"], PLAINLY, *args]}
        self._browser: Browser | None = None

    async def running(self) -> Browser:
        """The browser, launched where it is not."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = await self._playwright.chromium.launch(**self._launch)
        return self._browser

    async def close(self) -> None:
        """With all its windows."""
        if self._browser is not None:
            await self._browser.close()

    async def window(self, stack: AsyncExitStack, scripts: Iterable[str] = (), **how: Any) -> Page:
        """A fresh window, as long as the stack; whatever goes wrong in it fails the test. The scripts run first."""
        faults: list[str] = []
        stack.callback(_no_faults, faults)
        context = await stack.enter_async_context(await (await self.running()).new_context(**how))
        for script in scripts:
            await context.add_init_script(script)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))

        def hear(told: ConsoleMessage) -> None:
            if "Content Security Policy" in told.text:
                faults.append(told.text)

        page.on("console", hear)
        return page


def _no_faults(faults: list[str]) -> None:
    assert not faults, f"the page has a fault: {faults}"


@asynccontextmanager
async def chromium_with(*args: str) -> AsyncIterator[Chromium]:
    """One that is given more arguments, where there are."""
    async with async_playwright() as playwright:
        chromium = Chromium(playwright, args)
        try:
            yield chromium
        finally:
            await chromium.close()


async def signed_in(city: WebCity, browser: Browser, who: str, **how: Any) -> Page:
    """A window on the plain page, its scripts off unless said otherwise, signed in by a code."""
    bearer = {"Authorization": f"Bearer {city.tokens[who]}"}
    code = (await city.browser.post("/api/codes", headers=bearer)).json()["code"]
    context = await browser.new_context(
        base_url=f"http://{city.city.address}", **({"java_script_enabled": False} | how)
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto("/plain/enter")
    await page.fill("#code", code)
    await page.click("main button")
    await page.wait_for_url("**/plain")
    return page


async def take_step(page: Page, petition: str, verb: str, **written: str) -> None:
    """One thing done to a petition by its plain form, found by its link; staff need not say first why they look."""
    await page.goto(f"/plain/petitions/{petition}")
    await page.click(f"main a[href$='/{verb}']")
    for name, value in written.items():
        field = page.locator(f"main [name='{name}']")
        if await field.evaluate("element => element.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)
    await page.click("main form button")
    await page.locator(".notes").wait_for()


async def until(page: Page, claim: str, seconds: float = 60) -> None:
    """Waits until a claim about the page, in JavaScript, is true; its policy lets it evaluate no strings.

    Only time in which the page could look counts: a machine that stood still meanwhile has not waited in vain.
    """
    held = await page.evaluate(
        "({seconds}) => new Promise((done) => {"
        " let left = seconds * 1000, last = performance.now();"
        " const look = () => {"
        f"  if ({claim}) return done(true);"
        "  const now = performance.now(); left -= Math.min(now - last, 500); last = now;"
        "  left < 0 ? done(false) : setTimeout(look, 50);"
        " }; look(); })",
        {"seconds": seconds},
    )
    assert held, f"it did not come to be that {claim}"


_CLOCK_OFF = """{
    const Real = Date, day = DAYS * 86_400_000;
    globalThis.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + day); }
        static now() { return Real.now() + day; }
    };
}"""


def clock_off(days: int) -> str:
    """A script by which a page's machine is so many days ahead."""
    return _CLOCK_OFF.replace("DAYS", str(days))


async def come_in(page: Page, name: str = "", token: str | None = None) -> None:
    """Through the way in, by a name or by a token."""
    await page.locator("input[name=name]").fill(name)
    if token is not None:
        if not await page.locator("input[name=token]").is_visible():
            await page.locator("summary").click()
        await page.locator("input[name=token]").fill(token)
    await page.locator("button[type=submit][aria-disabled=false]").click()


async def settled(page: Page) -> None:
    """Waits until one is in the district and its first frames are drawn."""
    await page.locator(".street:not(.dark)").wait_for(timeout=PATIENCE_MS)
    await until(page, "globalThis.madang?.gauge.read().frames > 2")


async def faults_of(page: Page) -> list[str]:
    """What axe finds on the page that is serious or worse."""
    if not await page.evaluate("'axe' in globalThis"):
        await page.evaluate(AXE.read_text("utf-8") + "\n;0")
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
