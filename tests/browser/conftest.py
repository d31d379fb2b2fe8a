"""One Chromium for all tests of a process: each test has windows of its own in it, which share nothing.

So they, and the fixtures that they wait for, run in one loop. A test of the city's page has a city and windows onto it;
a file that needs another city, or windows onto something else, says so with a fixture of the same name.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.browser import Chromium, chromium_with
from tests.support.web_city import WebCity, web_city
from tests.support.windows import Windows, windows_onto


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    async with chromium_with() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Chromium, city: WebCity) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, f"http://{city.city.address}") as windows:
        yield windows
