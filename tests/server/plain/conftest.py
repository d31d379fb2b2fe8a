"""Who comes to the plain page of a whole node."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.texts import Language
from tests.support.plain_page import Visit, code
from tests.support.reader import Reader
from tests.support.web_city import WebCity, web_city


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    # No person's hands are as fast as a test's.
    async with web_city(tmp_path, limits={"commands_per_s": 0}) as city:
        yield city


@pytest.fixture
async def visit(city: WebCity) -> AsyncIterator[Visit]:
    """Who comes with a browser, and signs in by a code where they have a token."""
    readers: list[Reader] = []

    async def come(who: str | None = None, language: Language = "ko") -> Reader:
        readers.append(Reader(city.city.address, language))
        if who is not None:
            page = await readers[-1].sign_in(await code(city, who))
            assert page.status == 200
            assert page.path == "/plain"
        return readers[-1]

    yield come
    for reader in readers:
        await reader.close()
