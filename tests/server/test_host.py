"""The host: nothing is answered or told before it is kept, nothing kept is lost, nothing is done twice."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from protocol.handshake import Done
from protocol.message import Count, Fact
from protocol.refusals import Refusal, Refused
from server.config import Data
from server.host import ROUND_COMMANDS, Host
from server.journal import Entry, Round, Unavailable
from server.journals.database import Database
from server.journals.sql import SqlJournal
from server.metrics import Metrics
from tests.support.check_service import Step, play
from tests.support.clock import MovedClock
from tests.support.guestbook import THANKS_AFTER_MS, Guestbook, Shout, Write, Wrote
from tests.support.patience import until
from worlds.citizen import Citizen
from worlds.city import City
from worlds.service import Audience, Effect

KIM = Citizen(id="kim", name="Kim", roles=("citizen",), level=2)
LEE = Citizen(id="lee", name="Lee", roles=("citizen",), level=2)


class Told:
    """Remembers what the host tells."""

    def __init__(self) -> None:
        self.facts: list[tuple[Fact, int]] = []
        self.counts: list[Count] = []
        self.effects: list[Effect] = []

    def tell(self, audience: Audience, fact: Fact, at_ms: int, version: int) -> None:
        self.facts.append((fact, version))

    def tell_count(self, audience: Audience, count: Count) -> None:
        self.counts.append(count)

    def carry_out(self, effect: Effect) -> None:
        self.effects.append(effect)

    def flush(self) -> None:
        pass


class FailingJournal(SqlJournal):
    """A real journal whose disk is full when a test says so."""

    is_full = False
    is_gone = False

    def read(self, after: int = 0) -> AsyncIterator[Entry]:
        if self.is_gone:
            raise Unavailable("the disk is gone")
        return super().read(after)

    async def append(self, round: Round) -> Sequence[Entry]:
        if self.is_full:
            raise Unavailable("the disk is full")
        return await super().append(round)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Host, FailingJournal, Told, MovedClock]]:
    journal = FailingJournal(Database.of(Data(dir=folder)))
    await journal.open()
    told, clock = Told(), MovedClock()
    host = Host(lambda texts: City([Guestbook(texts)]), journal, told, clock, Metrics())
    await host.load()
    try:
        yield host, journal, told, clock
    finally:
        await journal.close()


def submit(host: Host, command: Any, citizen: Citizen = KIM) -> list[Done | Refused]:
    answers: list[Done | Refused] = []
    host.submit(command, citizen, answers.append)
    return answers


def held_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def book(host: Host) -> Guestbook:
    service = host.city.services["guestbook"]
    assert isinstance(service, Guestbook)
    return service


async def test_a_round_is_kept_before_it_is_answered_and_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, told, _):
        kept_when_answered: list[int] = []
        host.submit(Write(id=1, text="hello"), KIM, lambda _: kept_when_answered.append(host.version))
        second = submit(host, Write(id=1, text="me too"), LEE)
        assert not told.facts
        await host.round()
        assert kept_when_answered == [2]
        assert [done.result for done in second if isinstance(done, Done)] == [{"number": 2}]
        assert [(fact.text, version) for fact, version in told.facts if isinstance(fact, Wrote)] == [
            ("hello", 1),
            ("me too", 2),
        ]
        assert [entry.type async for entry in journal.read()] == ["guestbook.line_written"] * 2


async def test_a_round_decides_so_many_and_the_others_in_their_order_in_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, told, _):
        many = 2 * ROUND_COMMANDS + 3
        answers = [submit(host, Write(id=1, text=f"line {number}")) for number in range(many)]
        await host.round()
        assert sum(map(len, answers)) == host.version == ROUND_COMMANDS
        running = asyncio.create_task(host.run())
        await until(lambda: host.version == many)
        await host.stop(running)
        assert [fact.text for fact, _ in told.facts if isinstance(fact, Wrote)] == [
            f"line {number}" for number in range(many)
        ]


async def test_a_refusal_keeps_nothing_alive_that_was_at_hand_where_it_was_raised(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, _, _):
        answers = submit(host, Write(id=1, text=" "))
        await host.round()
        [refusal] = answers
        assert isinstance(refusal, Refused)
        assert refusal.__traceback__ is None
        assert refusal.__cause__ is refusal.__context__ is None


async def test_what_is_kept_holds_no_personal_text_and_is_there_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, _):
        submit(host, Write(id=1, text="my secret"))
        await host.round()
        assert all("my secret" not in str(entry.event) for entry in [e async for e in journal.read()])
        state = host.city.snapshot()
    async with opened(tmp_path) as (host, _, _, _):
        assert host.city.snapshot() == state
        assert book(host).view(KIM, "civil", 0) == {"lines": ["my secret"]}


async def test_a_snapshot_and_the_tail_give_the_same_city(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, _, _):
        submit(host, Write(id=1, text="one"))
        await host.round()
        await host.save_snapshot()
        submit(host, Write(id=2, text="two"))
        await host.round()
        state = host.city.snapshot()
    async with opened(tmp_path) as (host, _, _, _):
        assert host.city.snapshot() == state
        assert host.version == 2


async def test_the_same_key_is_done_once_even_within_a_round_and_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, _, _):
        first = submit(host, Write(id=1, key="k", text="once"))
        again = submit(host, Write(id=2, key="k", text="once"))
        other = submit(host, Write(id=3, key="k", text="something else"))
        of_another = submit(host, Write(id=1, key="k", text="once"), LEE)
        await host.round()
        assert first == [Done(id=1, result={"number": 1})]
        assert again == [Done(id=2, result={"number": 1})]
        assert isinstance(other[0], Refused)
        assert other[0].code is Refusal.CONFLICT
        assert of_another == [Done(id=1, result={"number": 2})]
    async with opened(tmp_path) as (host, _, _, _):
        answers = submit(host, Write(id=9, key="k", text="once"))
        await host.round()
        assert answers == [Done(id=9, result={"number": 1})]
        assert len(book(host).lines) == 2


async def test_a_refusal_is_not_remembered_and_leaves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, told, _):
        refused = submit(host, Write(id=1, key="k", text="  "))
        await host.round()
        assert isinstance(refused[0], Refused)
        assert refused[0].field == "text"
        assert not [entry async for entry in journal.read()]
        done = submit(host, Write(id=2, key="k", text="now with words"))
        await host.round()
        assert isinstance(done[0], Done)
        assert len(told.facts) == 1


async def test_when_nothing_can_be_kept_all_are_told_so_and_the_city_is_as_before_and_heals(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (host, journal, told, _):
        submit(host, Write(id=1, text="before"))
        await host.round()
        before = host.city.snapshot()
        journal.is_full = True
        lost, empty = submit(host, Write(id=2, key="k", text="lost")), submit(host, Write(id=3, text=" "))
        await host.round()
        for answer in (*lost, *empty):
            assert isinstance(answer, Refused)
            assert answer.code is Refusal.UNAVAILABLE
        assert host.city.snapshot() == before
        assert len(told.facts) == 1
        journal.is_full = False
        again = submit(host, Write(id=5, key="k", text="lost"))
        await host.round()
        await host.round()
        assert again == [Done(id=5, result={"number": 2})]


async def test_while_the_city_is_loaded_again_nobody_is_shown_half_of_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, told, _):
        submit(host, Write(id=1, text="before"))
        await host.round()
        journal.is_full = journal.is_gone = True
        acted: list[dict[str, Any]] = []
        answered = asyncio.Event()
        host.submit(Write(id=2, text="lost"), KIM, lambda _: answered.set())
        losing = asyncio.create_task(host.round())
        await answered.wait()
        host.when_kept(lambda: acted.append(host.views(KIM, "civil")))
        await losing
        assert not host.is_whole
        for ask in (
            host.read(lambda city, _: city.snapshot()),
            host.save_snapshot(),
            host.erase("kim", "kim"),
        ):
            with pytest.raises(Refused) as refused:
                await ask
            assert (refused.value.code, refused.value.retry_after_ms) == (Refusal.UNAVAILABLE, 1_000)
        host.when_kept(lambda: acted.append(host.views(LEE, "civil")))
        assert acted == []
        journal.is_full = journal.is_gone = False
        await host.round()
        await host.round()
        assert host.is_whole
        assert acted == [{"guestbook": {"lines": ["before"]}}] * 2
        assert await host.read(lambda city, _: len(city.snapshot()["guestbook"]["lines"])) == 1
        assert len(told.facts) == 1


async def test_only_what_a_city_leaves_behind_that_is_loaded_again_is_searched_for(tmp_path: Path) -> None:
    searches: list[str] = []

    def note(phase: str, of: dict[str, int]) -> None:
        if of["generation"] == 2:
            searches.append(phase)

    gc.freeze()
    gc.collect()  # none is due soon
    gc.callbacks.append(note)
    try:
        async with opened(tmp_path) as (host, *_):
            assert not searches
            submit(host, Write(id=1, text="hello"))
            await host.round()
            await host.load()
            assert searches
    finally:
        gc.callbacks.remove(note)


async def test_deadlines_are_decided_in_rounds_and_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, told, clock):
        submit(host, Write(id=1, text="thank me"))
        await host.round()
        clock.move(THANKS_AFTER_MS / 1000)
        await host.round()
        assert [fact.type for fact, _ in told.facts] == ["guestbook.wrote", "guestbook.thanks"]
        assert host.city.next_due() is None


async def test_running_numbers_are_told_at_most_once_a_second(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, told, clock):
        for number in range(10):
            clock.move(0.25)
            submit(host, Write(id=number, text="one more"))
            await host.round()
        assert 2 <= len(told.counts) <= 4


async def test_a_clock_that_is_set_back_does_not_turn_the_order_round(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, clock):
        submit(host, Write(id=1, text="first"))
        await host.round()
        clock.move(-3600)
        submit(host, Write(id=2, text="second"))
        await host.round()
        times = [entry.at async for entry in journal.read()]
        assert times == sorted(times)


async def test_a_fault_of_ours_in_one_command_harms_no_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, _, _):
        faulty = submit(host, Write(id=1, text="fault"))
        good = submit(host, Write(id=2, text="good"))
        await host.round()
        assert isinstance(faulty[0], Refused)
        assert faulty[0].code is Refusal.UNAVAILABLE
        assert good == [Done(id=2, result={"number": 1})]


async def test_effects_come_after_the_commit(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, told, _):
        submit(host, Shout(id=1, text="look"))
        assert not told.effects
        await host.round()
        assert len(told.effects) == 1


async def test_after_erasing_the_text_is_nowhere_and_the_book_still_opens(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, journal, _, _):
        submit(host, Write(id=1, text="forget this line"))
        submit(host, Write(id=2, text="keep that line"), LEE)
        await host.round()
        await host.erase("kim", actor="kim")
        assert book(host).view(LEE, "civil", 0) == {"lines": ["[erased]", "keep that line"]}
        assert (await journal.verify()).faults == ()
    held = held_in(tmp_path)
    assert b"forget this line" not in held
    assert b"keep that line" in held
    async with opened(tmp_path) as (host, _, _, _):
        assert book(host).view(LEE, "civil", 0) == {"lines": ["[erased]", "keep that line"]}


async def test_the_host_runs_by_itself_and_answers_whoever_asks(tmp_path: Path) -> None:
    async with opened(tmp_path) as (host, _, _, _):
        running = asyncio.create_task(host.run())
        answers = await asyncio.gather(*(host.ask(Write(id=i, text=f"line {i}"), KIM) for i in range(50)))
        assert sorted(answer.result["number"] for answer in answers if answer.result) == list(range(1, 51))
        with pytest.raises(Refused):
            await host.ask(Write(id=99, text=""), KIM)
        assert await host.read(lambda city, now: len(city.snapshot()["guestbook"]["lines"])) == 50
        running.cancel()


def test_the_guest_book_satisfies_what_every_service_must() -> None:
    script = [Step(Write(id=i, text=f"line {i}"), (KIM, LEE)[i % 2], 40_000) for i in range(5)]
    played = play(lambda texts: [Guestbook(texts)], script, [KIM, LEE])
    assert len(played.entries) == 8
