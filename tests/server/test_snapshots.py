"""Snapshots are made while the city runs, by another process, and each is what the journal alone makes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from server import snapshots
from server.config import Data
from server.host import Host
from server.journals.sql import SqlJournal
from server.metrics import Metrics
from server.snapshots import NoSnapshot, Snapshots, make, make_elsewhere
from tests.server.test_retention import KIM, Nobody, everything, in_any_form
from tests.support.clock import MovedClock
from tests.support.guestbook import Guestbook, Write
from tests.support.node import HAMLET
from tests.support.web_city import SECRET, a_petition, web_city
from worlds.city import City


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "SNAPSHOT_ENTRIES", 3)


class Living:
    """A guest book on a journal, that has snapshots made by whatever a test gives."""

    def __init__(self, journal: SqlJournal, made: Callable[[], Awaitable[int]]) -> None:
        self.snapshots = Snapshots(made)
        self.host = Host(
            lambda texts: City([Guestbook(texts)]), journal, Nobody(), MovedClock(), Metrics(), self.snapshots
        )

    async def write(self, lines: int = 1) -> None:
        for line in range(lines):
            self.host.submit(Write(id=line, text="line"), KIM, lambda _: None)
            await self.host.round()


async def test_one_is_made_after_so_many_entries_and_not_two_at_once(
    journal: SqlJournal, often: None
) -> None:
    asked: list[asyncio.Future[int]] = []

    async def made() -> int:
        asked.append(asyncio.get_running_loop().create_future())
        return await asked[-1]

    city = Living(journal, made)
    await city.host.load()
    await city.write(2)
    await asyncio.sleep(0)
    assert len(asked) == 0
    await city.write(5)
    await asyncio.sleep(0)
    assert len(asked) == 1, "the city went on, and asked once"
    asked[0].set_result(6)
    await asyncio.sleep(0)
    await city.write(1)
    await asyncio.sleep(0)
    assert len(asked) == 1, "8 entries, 6 of them in the snapshot"
    await city.write(1)
    await asyncio.sleep(0)
    assert len(asked) == 2
    await city.snapshots.stop()
    assert asked[1].cancelled()


async def test_one_that_fails_is_told_and_tried_again_when_as_much_has_come(
    journal: SqlJournal, often: None
) -> None:
    asked: list[int] = []

    async def made() -> int:
        asked.append(city.host.version)
        raise NoSnapshot("locked by another program")

    city = Living(journal, made)
    await city.host.load()
    with structlog.testing.capture_logs() as told:
        for _ in range(7):
            await city.write(1)
            await asyncio.sleep(0)
    assert asked == [3, 6]
    warned = [line for line in told if line["log_level"] == "warning"]
    assert [line["reason"] for line in warned] == ["locked by another program"] * 2


async def test_what_another_process_makes_is_the_city_of_that_version_and_holds_no_text(
    tmp_path: Path, often: None
) -> None:
    async with web_city(tmp_path) as city:
        host, journal, data = city.city.node.host, city.city.node.journal, city.city.node.settings.data
        for number in range(4):
            await city.done("petitions.file", "mina", **a_petition(title=f"보도블록 {number}"))

        async def kept() -> Any:
            return await journal.newest_snapshot()

        async with asyncio.timeout(120):
            while (snapshot := await kept()) is None:
                pass
        version = snapshot.version
        assert 3 <= version <= host.version
        shown = json.loads(json.dumps(await host.read(lambda it, _: it.snapshot())))
        if version < host.version:
            assert await make(data, city.city.node.settings.city.path) == host.version
            snapshot = await kept()
        assert snapshot.state == shown
        assert not any(form in str(snapshot.state).encode() for form in in_any_form(SECRET))
        held = await everything(data, journal)
        assert any(form in held for form in in_any_form(SECRET))


async def test_a_process_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="there is no journal yet"):
        await make_elsewhere(Data(dir=tmp_path / "nothing"), HAMLET)
    with pytest.raises(NoSnapshot, match=r"city\.toml"):
        await make_elsewhere(Data(dir=tmp_path / "nothing"), tmp_path)
