"""A secret poll through host and journal: counted once, joined with a person by nothing kept, lost by no trouble."""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from protocol.ballot import ballot_id
from protocol.handshake import Done
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from server.config import Data
from server.host import Host
from server.journal import ERASED, Round, Unavailable
from server.journals.database import Database
from server.journals.sql import SqlJournal
from server.loading import replay
from server.metrics import Metrics
from server.tallies import AGAIN_SECONDS
from tests.server.test_retention import Nobody
from tests.support.clock import MovedClock
from tests.support.question_time import HOST, HOUR, attendee, service
from worlds.citizen import Citizen
from worlds.city import City
from worlds.service import Tally, Texts
from worlds.services.live_qa import LiveQa
from worlds.services.live_qa.polls import box_of
from worlds.services.live_qa.state import Poll

VOTERS = [attendee(f"v{i}") for i in range(6)]
CHOICES = (2, 1, 1, 3, 1, 2)
BALLOTS = [ballot_id(hashlib.sha256(who.id.encode()).digest()[:16]) for who in VOTERS]
BOX = box_of("qa-1", 1)


def both(text: str) -> dict[str, str]:
    return {"ko": text, "en": text}


class Node:
    """A host on a journal, with one question time in its mode for polls."""

    def __init__(self, journal: SqlJournal) -> None:
        self.journal, self.clock = journal, MovedClock()
        self.host = self._new()

    def _new(self) -> Host:
        return Host(lambda texts: City([service(texts)]), self.journal, Nobody(), self.clock, Metrics())

    async def ask(self, command: type[Command], who: Citizen = HOST, /, **fields: Any) -> Done | Refused:
        answers: list[Done | Refused] = []
        named = {"session": "qa-1"} if "session" in command.model_fields else {}
        self.host.submit(command.model_validate({"id": 1, **named, **fields}), who, answers.append)
        await self.host.round()
        await self.host.round()
        return answers[0]

    async def do(self, command: type[Command], who: Citizen = HOST, /, **fields: Any) -> Any:
        answer = await self.ask(command, who, **fields)
        assert isinstance(answer, Done), answer
        return answer.result

    async def open(self) -> None:
        """A poll in which one may take part."""
        await self.host.load()
        now = self.clock.unix_ms()
        times = {"starts_at": now + HOUR, "ends_at": now + 2 * HOUR}
        where = {"district": "civil", "stage": "mayors_seat"}
        await self.do(wire.Schedule, title=both("시장과의 시간"), **where, **times)
        await self.do(wire.Advance, phase="live", mode="poll")
        answers = [both(text) for text in ("예", "아니요", "모름")]
        await self.do(wire.OpenPoll, question=both("늘릴까요?"), answers=answers)

    async def cast(self, number: int, *choices: int, key: str | None = "once") -> Done | Refused:
        given = {"poll": 1, "ballot": BALLOTS[number], "choices": list(choices or (CHOICES[number],))}
        return await self.ask(wire.CastBallot, VOTERS[number], key=key, **given)

    async def all_cast(self) -> None:
        for number in range(len(VOTERS)):
            assert isinstance(await self.cast(number), Done)

    async def restart(self) -> None:
        """As after `kill -9`: all that is known is what the journal holds."""
        self.host = self._new()
        await self.host.load()

    @property
    def poll(self) -> Poll:
        found = self.host.city.services["live_qa"]
        assert isinstance(found, LiveQa)
        return found.venue.state.sessions["qa-1"].polls[0]


@pytest.fixture
async def node(journal: SqlJournal) -> Node:
    node = Node(journal)
    await node.open()
    return node


async def test_what_was_cast_is_counted_published_and_proved(node: Node) -> None:
    await node.all_cast()
    await node.do(wire.ClosePoll, poll=1)
    assert (node.poll.state, node.poll.votes, node.poll.ballots) == ("counted", [3, 2, 1], 6)
    ids = await node.host.tallies.ids(BOX)
    assert ids.splitlines() == sorted(BALLOTS)
    assert node.poll.digest == hashlib.sha256(ids.encode()).hexdigest()
    verdict = await node.journal.verify()
    assert (verdict.faults, verdict.ballots) == ((), 6)


async def test_a_restart_keeps_every_receipted_ballot_and_the_journal_alone_gives_the_result(
    node: Node,
) -> None:
    await node.all_cast()
    await node.restart()
    again = await node.cast(0, 3)
    assert isinstance(again, Done), "the same key is answered the same, whatever is chosen now"
    assert isinstance(other := await node.cast(0, key="another"), Refused)
    assert other.code is Refusal.CONFLICT
    await node.do(wire.ClosePoll, poll=1)
    assert node.poll.votes == [3, 2, 1]
    alone = City([service(Texts())])
    async for entry in node.journal.read():
        replay(alone, entry)
    assert alone.snapshot() == node.host.city.snapshot()


async def test_a_poll_that_was_closed_as_the_city_died_is_counted_by_the_next_start(node: Node) -> None:
    await node.all_cast()
    answers: list[Done | Refused] = []
    node.host.submit(wire.ClosePoll(id=1, session="qa-1", poll=1), HOST, answers.append)
    await node.host.round()
    assert isinstance(answers[0], Done)
    assert node.poll.state == "closed"
    await node.restart()
    assert node.poll.state == "closed"
    await node.host.round()
    await node.host.round()
    assert (node.poll.state, node.poll.votes) == ("counted", [3, 2, 1])
    assert [entry.type async for entry in node.journal.read()].count("live_qa.poll_counted") == 1


async def tables(journal: SqlJournal) -> dict[str, list[dict[str, Any]]]:
    """All that is kept, table by table."""
    names = ("entries", "keys_done", "records", "personal_texts", "ballots")
    return {
        name: [
            dict(row)
            for row in await journal.database.read(
                lambda it, name=name: it.execute(sql(f"SELECT * FROM {name}")).mappings().all()  # type: ignore[misc]
            )
        ]
        for name in names
    }


async def test_nothing_that_is_kept_says_whose_a_ballot_is(node: Node) -> None:
    await node.all_cast()
    await node.host.save_snapshot()
    kept = await tables(node.journal)
    snapshot = await node.journal.newest_snapshot()
    box = kept.pop("ballots")
    assert {row["id"] for row in box} == set(BALLOTS)
    assert all(who.id not in str(box) for who in VOTERS)
    for ballot in BALLOTS:
        assert ballot not in str(kept) + json.dumps(snapshot.state if snapshot else {})
    contents = {row["content"] for row in kept["keys_done"] if row["citizen"] in {who.id for who in VOTERS}}
    assert len(contents) == 1, "what is kept under a key tells apart what was chosen"
    assert len({row["result"] for row in kept["keys_done"] if row["key"] == "once"}) == 1
    for number, who in enumerate(VOTERS):
        held = json.dumps(await node.journal.held_on(who.id))
        assert "live_qa.took_part" in held
        assert BALLOTS[number] not in held


async def test_after_a_citizen_is_erased_the_book_still_closes_and_their_ballot_counts(node: Node) -> None:
    await node.all_cast()
    await node.host.erase(VOTERS[0].id, "operator")
    await node.do(wire.ClosePoll, poll=1)
    assert (node.poll.state, node.poll.votes) == ("counted", [3, 2, 1])
    assert ERASED in [entry.type async for entry in node.journal.read()]
    assert (await node.journal.verify()).faults == ()


class Troubled(SqlJournal):
    """A real journal whose disk is full, or whose box cannot be read, when a test says so."""

    is_full = False
    is_shut = False

    async def append(self, round: Round) -> Sequence[Any]:
        if self.is_full:
            raise Unavailable("the disk is full")
        return await super().append(round)

    async def tally(self, poll: str) -> Tally:
        if self.is_shut:
            raise Unavailable("it is locked")
        return await super().tally(poll)


@pytest.fixture
async def troubled(tmp_path: Path) -> AsyncIterator[tuple[Node, Troubled]]:
    journal = Troubled(Database.of(Data(dir=tmp_path)))
    await journal.open()
    node = Node(journal)
    await node.open()
    yield node, journal
    await journal.close()


async def test_a_ballot_that_the_disk_did_not_take_is_cast_once_when_it_is_sent_again(
    troubled: tuple[Node, Troubled],
) -> None:
    node, journal = troubled
    journal.is_full = True
    refused = await node.cast(0)
    assert isinstance(refused, Refused)
    assert refused.code is Refusal.UNAVAILABLE
    assert await journal.ballots.count(BOX) == {}
    journal.is_full = False
    await node.all_cast()
    await node.do(wire.ClosePoll, poll=1)
    assert node.poll.votes == [3, 2, 1]


async def test_a_box_that_cannot_be_read_is_counted_later(troubled: tuple[Node, Troubled]) -> None:
    node, journal = troubled
    await node.all_cast()
    journal.is_shut = True
    await node.do(wire.ClosePoll, poll=1)
    assert node.poll.state == "closed"
    journal.is_shut = False
    await node.host.round()
    assert node.poll.state == "closed", "it is not tried again in every round"
    node.clock.move(AGAIN_SECONDS)
    await node.host.round()
    await node.host.round()
    assert (node.poll.state, node.poll.votes) == ("counted", [3, 2, 1])
