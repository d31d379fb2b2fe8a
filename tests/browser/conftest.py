"""One Chromium for all tests of a process: each test has windows of its own in it, which share nothing.

So they, and the fixtures that they wait for, run in one loop.
"""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.browser import Chromium, chromium_with


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    async with chromium_with() as chromium:
        yield chromium
