"""Journals for the tests, as fixtures: each in SQLite and in PostgreSQL, both real."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from server.config import Data
from server.journals.sql import SqlJournal
from tests.support.postgres import Postgres
from tests.support.postgres import postgres as running

Founding = Callable[[], Awaitable[Data]]
"""Where one more new city keeps its journal."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one for all tests."""
    with running() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def founding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Founding:
    """As many cities as a test wants, in each database."""
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None

    async def found() -> Data:
        folder: Path = tmp_path_factory.mktemp("city") / "data"
        return Data(dir=folder, journal=server.url(await server.database()) if server else "")

    return found


@pytest.fixture
async def kept_in(founding: Founding) -> Data:
    """Where a new city keeps its journal."""
    return await founding()


@pytest.fixture
async def journal(kept_in: Data) -> AsyncIterator[SqlJournal]:
    """A new journal, open."""
    journal = SqlJournal.of(kept_in)
    await journal.open(upgrade=True)
    yield journal
    await journal.close()
