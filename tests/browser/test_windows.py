"""The browser that tests share: what goes wrong in a window fails its test, and a browser that has gone fails none."""

from contextlib import AsyncExitStack

import pytest

from tests.support.browser import Chromium, chromium_with

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_a_page_throws_fails_the_test_when_its_windows_close(chromium: Chromium) -> None:
    stack = AsyncExitStack()
    page = await chromium.window(stack)
    async with page.expect_event("pageerror"):
        await page.evaluate("setTimeout(() => { throw new Error('it broke') })")
    with pytest.raises(AssertionError, match="it broke"):
        await stack.aclose()


async def test_windows_share_nothing_and_outlive_a_browser_that_has_gone() -> None:
    async with chromium_with() as chromium, AsyncExitStack() as stack:
        for _ in range(2):
            page = await chromium.window(stack, ["globalThis.ours = 1"])
            await page.route("**", lambda route: route.fulfill(body="<p>", content_type="text/html"))
            await page.goto("http://madang.test/")
            assert await page.evaluate("[localStorage.length, document.cookie, ours]") == [0, "", 1]
            await page.evaluate("localStorage.setItem('kept', '1'), document.cookie = 'kept=1'")
            assert await page.evaluate("[localStorage.length, document.cookie]") == [1, "kept=1"]
        gone = await chromium.running()
        await gone.close()
        page = await chromium.window(stack)
        assert page.context.browser is not gone
        assert await page.evaluate("1 + 1") == 2
