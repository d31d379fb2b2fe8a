"""Pictures of a running city, as a citizen sees it: `python -m tests.browser.screenshots URL FOLDER`.

Open the city with `make serve` and let bots walk (`make bots`) first. What is not named after FOLDER is left out.
There is a question on the plaza's screen while one is answered: staff_screenshots leaves a city in which one is.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.support.browser import LAUNCH, settled, until

DESKTOP, PHONE = (1280, 720), (390, 844)

PARTS_MS = 2_000
"""A panel comes part by part."""

UNDRAWN = """
for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...given) {
        if (globalThis.isDrawn) draw.apply(this, given);
    };
}"""
"""On the way nothing is drawn: without a graphics card a fine frame takes seconds, and only the last ones are kept."""


@dataclass(frozen=True)
class Shot:
    """One picture: where, when, how seen."""

    name: str
    district: str
    hour: float
    language: str = "ko"
    size: tuple[int, int] = DESKTOP
    at: tuple[float, float] | None = None
    heading: float = 180.0
    distance: float = 8.5
    pitch: float = 0.24
    panel: str | None = None


SHOTS = (
    Shot("arrival_ko", "", 10),
    Shot("arrival_en_phone", "", 10, "en", PHONE),
    Shot("city_hall_ko", "civil", 15, at=(306, 196), distance=16, pitch=0.2),
    Shot("city_hall_en_evening", "civil", 17.6, "en", at=(306, 205), distance=14, pitch=0.16),
    Shot("city_hall_night", "civil", 21, at=(306, 150), distance=22, pitch=0.2),
    Shot("palace", "civil", 9.5, at=(70, 150), heading=270, distance=15, pitch=0.22),
    Shot("gwanghwamun", "culture", 10, at=(160, 92), heading=180, distance=18, pitch=0.2),
    Shot("gwanghwamun_night", "culture", 20, "en", at=(160, 100), heading=180, distance=18, pitch=0.14),
    Shot("ddp", "tourism", 16, at=(312, 226), heading=150, distance=20, pitch=0.22),
    Shot("namsan", "tourism", 11, at=(196, 180), heading=0, distance=14, pitch=0.05),
    Shot("bukchon", "tourism", 15, at=(232, 126), heading=180, distance=16, pitch=0.4),
    Shot("river", "tourism", 17.2, at=(100, 330), heading=120, distance=18, pitch=0.3),
    Shot("lobby", "civil", 13, at=(310, 60), heading=250, distance=9, pitch=0.5),
    Shot("lobby_en_phone", "civil", 20, "en", PHONE, at=(310, 60), heading=180, distance=7, pitch=0.45),
    Shot("seoul_forest", "tourism", 18.1, "en", at=(290, 338), heading=90, distance=16, pitch=0.12),
    Shot(
        "bukchon_dusk_phone", "tourism", 17.5, size=PHONE, at=(232, 126), heading=180, distance=12, pitch=0.25
    ),
    Shot("economy", "economy", 11, at=(160, 200), heading=180, distance=16, pitch=0.18),
    Shot("economy_night_en", "economy", 20, "en", at=(160, 200), heading=180, distance=16, pitch=0.18),
    Shot("education", "education", 16, at=(126, 122), heading=270, distance=15, pitch=0.2),
    Shot(
        "education_en_phone",
        "education",
        17.5,
        "en",
        PHONE,
        at=(126, 122),
        heading=180,
        distance=12,
        pitch=0.2,
    ),
    Shot("operations", "operations", 14, at=(60, 140), heading=120, distance=15, pitch=0.22),
    Shot("control_room", "operations", 21, "en", at=(63, 80), heading=180, distance=9, pitch=0.1),
    Shot("petition_room", "civil", 13, at=(263, 58), heading=180, distance=9, pitch=0.3),
    Shot("mayors_office", "civil", 13, "en", at=(310, 41), heading=180, distance=8, pitch=0.3),
    Shot("lobby_night", "civil", 21, at=(312, 58), heading=270, distance=9, pitch=0.25),
    Shot("theatre", "culture", 15, at=(60, 235), heading=270, distance=8, pitch=0.2),
    Shot("great_hall", "education", 13, "en", at=(95, 60), heading=180, distance=9, pitch=0.3),
    Shot("tower", "tourism", 15, at=(196, 190), heading=0, distance=12, pitch=-0.15),
    Shot("street_phone", "civil", 15, size=PHONE, at=(306, 196), distance=12),
    Shot("map", "civil", 14, panel="지도", at=(306, 196)),
    Shot("petitions_en", "civil", 14, "en", panel="Petitions", at=(306, 196)),
    Shot("question_time", "civil", 17.2, panel="질의응답", at=(306, 137), distance=8, pitch=0.12),
    Shot(
        "question_time_en", "civil", 17.2, "en", panel="Question time", at=(306, 137), distance=8, pitch=0.12
    ),
    Shot("settings_phone_en", "civil", 14, "en", PHONE, panel="Settings", at=(306, 196)),
)


async def take(browser: Browser, url: str, shot: Shot, folder: Path) -> None:
    """One picture, from a window of its own."""
    width, height = shot.size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=shot.language, has_touch=shot.size == PHONE
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: print(f"{shot.name}: {error}", file=sys.stderr))
    page.on(
        "console",
        lambda said: print(f"{shot.name}: {said.text}", file=sys.stderr) if said.type == "error" else None,
    )
    await page.add_init_script(UNDRAWN)
    await page.add_init_script(
        f"localStorage.setItem('madang.settings', JSON.stringify({{language: '{shot.language}', calm: true,"
        " quality: 'fine', name: '하나'}))"
    )
    await page.goto(f"{url}/?debug&hour={shot.hour}&district={shot.district}")
    await page.locator("button[type=submit][aria-disabled=false]").wait_for()
    if shot.district:
        await stand(page, shot)
    await page.screenshot(path=folder / f"{shot.name}.jpg", type="jpeg", quality=78, timeout=120_000)
    await context.close()


async def stand(page: Page, shot: Shot) -> None:
    """Stands where the picture is taken, and waits until it is drawn."""
    await page.locator("button[type=submit]").click()
    await settled(page)
    if shot.at is not None:
        x, z = shot.at
        turn = shot.heading * 3.14159265 / 180
        await page.evaluate(f"madang.client.enter('{shot.district}', {{x: {x}, z: {z}}})")
        await until(page, f"Math.hypot(madang.stride.x - {x}, madang.stride.z - {z}) < 8")
        await page.evaluate(
            f"madang.stride.yaw = {turn}; madang.eye.face({turn});"
            f"madang.eye.distance = {shot.distance}; madang.eye.pitch = {shot.pitch}"
        )
    if shot.panel is not None:
        await page.get_by_role("button", name=shot.panel, exact=True).click()
        await page.locator(".sheet .body > :not(.soft)").first.wait_for()
        await page.wait_for_timeout(PARTS_MS)
    for read in await page.locator(".announced button").all():
        await read.click()
    await page.evaluate("document.querySelector('.counters').hidden = true")
    drawn = await page.evaluate("globalThis.isDrawn = true; madang.gauge.read().frames")
    await until(page, f"madang.gauge.read().frames > {drawn + 2}", 240)


async def main(url: str, target: Path, *names: str) -> None:
    """Takes them all, or those that are named."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        for shot in SHOTS:
            if not names or shot.name in names:
                await take(browser, url.rstrip("/"), shot, target)
                print(target / f"{shot.name}.jpg")
        await browser.close()


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(sys.argv[1], folder, *sys.argv[3:]))
