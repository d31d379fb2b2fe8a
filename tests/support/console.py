"""The hamlet with its staff, opened in windows of the console: one city, where a whole file of tests wants it so."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.auth import Claims, issue_token
from tests.support.browser import PATIENCE_MS, Chromium
from tests.support.clock import AheadClock
from tests.support.web_city import WebCity, web_city

STAFF = (
    Claims(sub="seoyeon", name="한서연", roles=["host", "moderator", "operator"]),
    Claims(sub="jiho", name="윤지호", roles=["host", "moderator", "operator"], grants=["head_moderator"]),
    Claims(sub="counter", name="상담 강", roles=["official@hall", "moderator@hall"]),
)


class Windows:
    """One city, and a window of its own for whoever comes."""

    def __init__(self, city: WebCity, chromium: Chromium, clock: AheadClock) -> None:
        self.city = city
        self._chromium = chromium
        self.clock = clock
        """The city's: the machine's, until a test moves it on."""
        self.stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """Where the city is."""
        return f"http://{self.city.city.address}"

    async def open(self, path: str, language: str = "ko", init: str = "", **how: Any) -> Page:
        """A fresh window; whatever goes wrong in it fails the test."""
        page = await self._chromium.window(self.stack, [init] if init else [], **({"locale": language} | how))
        await page.goto(self.url + path)
        return page

    async def console(self, who: str, language: str = "ko", view: str = "", **how: Any) -> Page:
        """A window of the console, signed in."""
        page = await self.open("/console", language, **how)
        await page.locator("textarea").fill(self.city.tokens[who])
        await page.locator("button[type=submit]").click()
        await page.locator(".desk").wait_for()
        if view:
            await page.evaluate(f"location.hash = '/{view}'")
        return page

    def citizen(self, sub: str, **claims: Any) -> str:
        """One more citizen, by whose name commands are given."""
        given = Claims.model_validate({"sub": sub, "name": sub} | claims)
        self.city.tokens[sub] = issue_token(
            self.city.secret, given, issuer="madang", now=int(time.time()), hours=1
        )
        return sub

    async def question_time(self) -> str:
        """One that collects questions already."""
        now = self.clock.unix_ms()
        told = await self.city.done(
            "live_qa.schedule",
            "seoyeon",
            title={"ko": "시장과의 대화", "en": "An hour with the mayor"},
            district="hall",
            stage="lectern",
            collects_at=now + 20 * 60_000,
            doors_at=now + 30 * 60_000,
            starts_at=now + 60 * 60_000,
            ends_at=now + 120 * 60_000,
        )
        session = str(told["session"])
        await self.city.done("live_qa.advance", "seoyeon", session=session, phase="collecting")
        return session


async def tab_to(page: Page, name: str) -> None:
    """Tab by tab to what is called so, and Enter."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        at = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
        if await page.evaluate(at) == name:
            await page.keyboard.press("Enter")
            return
    pytest.fail(f"no key leads to {name}")


@asynccontextmanager
async def windows_onto(chromium: Chromium, folder: Path, **sections: Any) -> AsyncIterator[Windows]:
    """A city with its staff; it lives as long as this."""
    expect.set_options(timeout=PATIENCE_MS)
    clock = AheadClock()
    async with web_city(folder, clock=clock, **sections) as city:
        windows = Windows(city, chromium, clock)
        for claims in STAFF:
            windows.citizen(**claims.model_dump())
        yield windows
