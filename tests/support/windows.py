"""Windows of a real browser onto a city, each with its own storage; whatever goes wrong in one fails the test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from playwright.async_api import Page

from tests.support.browser import CHOSEN, SELDOM, WINDOW, Chromium


class Windows:
    """They open `url`, or another address of the same city."""

    def __init__(self, chromium: Chromium, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self._chromium = chromium
        self._stack = stack

    async def open(
        self,
        path: str = "/?debug",
        url: str | None = None,
        script: str = "",
        has_own_clock: bool = False,
        **how: Any,
    ) -> Page:
        """A fresh window; `script` runs before the page's own, whose clock may be one that the test moves."""
        scripts = [each for each in (CHOSEN, SELDOM, script) if each]
        page = await self._chromium.window(self._stack, scripts, **(WINDOW | how))
        if has_own_clock:
            await page.clock.install()
        await page.goto((url or self.url) + path)
        return page


@asynccontextmanager
async def windows_onto(chromium: Chromium, url: str) -> AsyncIterator[Windows]:
    """They live as long as this."""
    async with AsyncExitStack() as stack:
        yield Windows(chromium, url, stack)
