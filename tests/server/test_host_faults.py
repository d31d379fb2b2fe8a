"""Faults of ours, of the disk and of the clock: the city is never half, and what is not concerned goes on."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from protocol.handshake import Done
from protocol.message import Command, Count
from protocol.refusals import Refusal, Refused
from server import snapshots
from server.config import Data
from server.host import DUE_AGAIN_SECONDS, Host
from server.journal import Unavailable
from server.journals.database import Database
from server.journals.sql import SqlJournal
from server.metrics import Metrics
from server.snapshots import Snapshots
from tests.server.test_host import KIM, LEE, Told, book, submit
from tests.support.clock import MovedClock
from tests.support.guestbook import THANKS_AFTER_MS, Guestbook, LineWritten, Write
from worlds.citizen import Citizen
from worlds.city import City
from worlds.service import Audience, Event, Service, Texts


class Troubled(SqlJournal):
    """A real journal, whose disk a test may fill or take away."""

    is_full = False
    has_no_room_for_snapshots = False
    is_unreadable = False
    loads = 0

    async def append(self, round: Any) -> Any:
        if self.is_full:
            raise Unavailable("the disk is full")
        return await super().append(round)

    async def probe(self) -> None:
        if self.is_full:
            raise Unavailable("the disk is full")
        await super().probe()

    async def save_snapshot(self, version: int, state: dict[str, Any]) -> None:
        if self.has_no_room_for_snapshots:
            raise Unavailable("the disk is full")
        await super().save_snapshot(version, state)

    async def newest_snapshot(self) -> Any:
        self.loads += 1
        return await super().newest_snapshot()

    async def personal_texts(self) -> AsyncIterator[tuple[str, str]]:
        if self.is_unreadable:
            raise Unavailable("the disk is gone")
        async for ref, text in super().personal_texts():
            yield ref, text


Opened = tuple[Host, Troubled, Told, MovedClock]


@asynccontextmanager
async def opened(
    folder: Path,
    service: Callable[[Texts], Service[Any]] = Guestbook,
    clock: MovedClock | None = None,
    keeping: Snapshots | None = None,
) -> AsyncIterator[Opened]:
    journal = Troubled(Database.of(Data(dir=folder)))
    await journal.open()
    told, clock = Told(), clock or MovedClock()
    host = Host(lambda texts: City([service(texts)]), journal, told, clock, Metrics(), keeping)
    await host.load()
    try:
        yield host, journal, told, clock
    finally:
        await journal.close()


async def as_kept(journal: SqlJournal) -> Any:
    """The state that the journal alone makes."""
    city = City([Guestbook(Texts())])
    async for entry in journal.read():
        city.replay(entry.service, city.read_event(entry.type, entry.event), entry.at)
    return city.snapshot()


def break_down(*_: Any) -> None:
    raise ZeroDivisionError("a fault of ours")


# Faults of ours


async def test_an_answer_that_fails_keeps_nobody_from_theirs(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, told, _):
        host.submit(Write(id=1, text="one"), KIM, break_down)
        second = submit(host, Write(id=1, text="two"), LEE)
        await host.round()
        assert [type(one) for one in second] == [Done]
        assert len(told.facts) == 2
        host.submit(Write(id=2, text=" "), KIM, break_down)
        third = submit(host, Write(id=2, text="three"), LEE)
        await host.round()
        assert [type(one) for one in third] == [Done]


async def test_what_fails_when_a_round_is_over_keeps_no_other_from_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, _):
        journal.is_full = True
        submit(host, Write(id=1, text="one"))
        acted: list[str] = []

        async def ask(question: Any) -> None:
            host.when_kept(break_down)
            host.when_kept(lambda: acted.append("here"))

        host._is_loaded = False
        await ask(None)
        journal.is_full = False
        await host.round()
        await host.round()
        assert acted == ["here"]


class Miscounting(Guestbook):
    """Its running numbers cannot be reckoned."""

    def counts(self, now: int) -> Iterator[tuple[Audience, Count]]:
        raise ZeroDivisionError("a fault of ours")
        yield


async def test_numbers_that_cannot_be_reckoned_stop_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, Miscounting) as (host, *_):
        for id in (1, 2):
            answers = submit(host, Write(id=id, text="one"))
            await host.round()
            assert [type(one) for one in answers] == [Done]


class Torn(Guestbook):
    """Breaks down after it has taken a line that says so, or when it should say what came of it."""

    def apply(self, event: Event, now: int) -> None:
        super().apply(event, now)
        if isinstance(event, LineWritten) and self.texts[event.text] == "apply":
            raise ZeroDivisionError("a fault of ours")

    def answer(self, command: Command, citizen: Citizen, events: Any, now: int) -> Any:
        assert isinstance(command, Write)
        if command.text == "answer":
            raise ZeroDivisionError("a fault of ours")
        if command.text == "refuse":
            raise Refused(Refusal.NOT_FOUND)
        return super().answer(command, citizen, events, now)


@pytest.mark.parametrize("where", ["apply", "answer", "refuse"])
async def test_what_was_taken_and_not_kept_is_never_in_the_city(tmp_path: Path, where: str) -> None:
    async with opened(tmp_path, Torn) as (host, journal, _, _):
        before = submit(host, Write(id=1, text="one"))
        await host.round()
        torn = submit(host, Write(id=2, text=where))
        await host.round()
        assert isinstance(torn[0], Refused)
        assert host.is_whole
        assert host.city.snapshot() == await as_kept(journal)
        after = submit(host, Write(id=3, text="two"))
        await host.round()
        assert [one.result for one in before + after if isinstance(one, Done)] == [
            {"number": 1},
            {"number": 2},
        ]
        assert host.city.snapshot() == await as_kept(journal)


class Overdue(Guestbook):
    """Its deadlines cannot be decided, as long as a test says so."""

    is_broken = True
    asked = 0

    def due(self, now: int) -> Iterator[Event]:
        type(self).asked += 1
        if self.is_broken:
            raise ZeroDivisionError("a fault of ours")
        yield from super().due(now)


async def test_a_deadline_that_fails_stops_no_command_and_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Overdue, "asked", 0)
    monkeypatch.setattr(Overdue, "is_broken", True)
    async with opened(tmp_path, Overdue) as (host, journal, _, clock):
        submit(host, Write(id=1, text="one"))
        await host.round()
        clock.move(THANKS_AFTER_MS / 1_000 + 1)
        for id in (2, 3, 4):
            answers = submit(host, Write(id=id, text="more"))
            await host.round()
            assert [type(one) for one in answers] == [Done]
        assert (Overdue.asked, journal.loads) == (1, 1), "neither asked all the time nor loaded again"
        assert host._until_next() > 0
        monkeypatch.setattr(Overdue, "is_broken", False)
        clock.move(DUE_AGAIN_SECONDS)
        await host.round()
        assert book(host).thanked == {1}


# The disk


async def test_a_full_disk_costs_one_loading_and_meanwhile_the_city_is_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, clock):
        submit(host, Write(id=1, text="one"))
        await host.round()
        assert journal.loads == 1
        journal.is_full = True
        for id in range(2, 8):
            answers = submit(host, Write(id=id, key=f"k{id}", text="lost"))
            await host.round()
            assert [one.code for one in answers if isinstance(one, Refused)] == [Refusal.UNAVAILABLE]
            assert await host.read(lambda city, now: len(book(host).lines)) == 1
        assert journal.loads == 2
        clock.move(THANKS_AFTER_MS / 1_000 + 1)
        await host.round()
        assert book(host).thanked == set(), "no deadline either"
        journal.is_full = False
        answers = submit(host, Write(id=9, key="k2", text="lost"))
        await host.round()
        assert [one.result for one in answers if isinstance(one, Done)] == [{"number": 2}]
        assert journal.loads == 2
        assert book(host).thanked == {1}
        assert (await journal.verify()).faults == ()


async def test_where_no_snapshot_finds_room_the_city_opens_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SNAPSHOT_ENTRIES", 2)
    async with opened(tmp_path) as (host, _, _, _):
        for id in range(5):
            submit(host, Write(id=id, text="one"))
        await host.round()
    journal = Troubled(Database.of(Data(dir=tmp_path)))
    journal.has_no_room_for_snapshots = True
    await journal.open()
    try:
        host = Host(lambda texts: City([Guestbook(texts)]), journal, Told(), MovedClock(), Metrics())
        with capture_logs() as told:
            await host.load()
        assert host.is_whole
        assert any("snapshot" in line["event"] for line in told)
        assert len(book(host).lines) == 5
    finally:
        await journal.close()


async def test_a_snapshot_that_these_rules_cannot_read_is_passed_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, _):
        submit(host, Write(id=1, text="one"))
        await host.round()
        state = host.city.snapshot()
        await journal.save_snapshot(1, {"guestbook": {"pages": [json.dumps(state)]}})
    async with opened(tmp_path) as (host, *_):
        assert host.city.snapshot() == state


async def test_an_erasure_that_cannot_read_what_is_left_shows_nobodys_text_as_erased(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, _):
        submit(host, Write(id=1, text="mine"))
        submit(host, Write(id=1, text="yours"), LEE)
        await host.round()
        journal.is_unreadable = True
        with pytest.raises(Unavailable):
            await host.erase(KIM.id, "operator")
        assert not host.is_whole, "neither with her text nor without all others'"
        journal.is_unreadable = False
        await host.round()
        assert book(host).view(LEE, "civil", 0) == {"lines": ["[erased]", "yours"]}
        assert (await journal.verify()).faults == ()


# The clock


async def test_time_goes_on_from_what_was_decided_last_although_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (host, journal, _, _):
        submit(host, Write(id=1, text="one"))
        await host.round()
        last = [entry.at async for entry in journal.read()][-1]
        await host.save_snapshot()
    behind = MovedClock()
    behind.move(-86_400)
    async with opened(tmp_path, clock=behind) as (host, journal, _, _):
        submit(host, Write(id=2, text="two"))
        await host.round()
        times = [entry.at async for entry in journal.read()]
        assert times == sorted(times)
        assert times[-1] >= last
