"""Windows of a real browser onto a city, each with its own storage; whatever goes wrong in one fails the test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support.browser import CHOSEN, LAUNCH, PATIENCE_MS, SELDOM, WINDOW


class Windows:
    """They open `url`, or another address of the same city."""

    def __init__(self, browser: Browser, url: str, stack: AsyncExitStack) -> None:
        self.browser = browser
        self.url = url
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
        context = await self._stack.enter_async_context(await self.browser.new_context(**(WINDOW | how)))
        await context.add_init_script(CHOSEN)
        await context.add_init_script(SELDOM)
        if script:
            await context.add_init_script(script)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: pytest.fail(f"the page has a fault: {error}"))
        if has_own_clock:
            await page.clock.install()
        await page.goto((url or self.url) + path)
        return page


@asynccontextmanager
async def windows_onto(url: str, *args: str) -> AsyncIterator[Windows]:
    """A browser, with more arguments where they are given."""
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(**(LAUNCH | {"args": [*LAUNCH["args"], *args]}))
        stack.push_async_callback(browser.close)
        yield Windows(browser, url, stack)
