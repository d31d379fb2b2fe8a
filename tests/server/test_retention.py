"""What need not be kept for ever goes once a day: keys after thirty days, texts when their retention is over."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import text as sql

from protocol.handshake import Done
from protocol.message import Command, Count, Fact
from protocol.refusals import Refused
from protocol.services import petitions as say
from protocol.services.moderation import ClaimCase, DecideReport
from server import host as hosts
from server import loading, retention
from server.config import Data
from server.host import Host
from server.journal import Entry, Round, Unavailable
from server.journals.sql import SqlJournal
from server.metrics import Metrics
from tests.support.clock import MovedClock
from tests.support.guestbook import KEPT_MS, Guestbook, Write
from tests.support.moderation_desk import CONTENT as DESK
from tests.support.petition_office import RULES
from worlds.citizen import Citizen
from worlds.city import City
from worlds.evidence import HeardLine, NearTrack, Seen
from worlds.service import Audience, Effect, Service, Texts
from worlds.services.moderation import Moderation
from worlds.services.moderation.inside import WitnessedReport
from worlds.services.petitions import Petitions

DAY_S = 86_400.0
KIM = Citizen(id="kim", name="Kim", roles=("citizen",), level=2)
LEE = Citizen(id="lee", name="Lee", roles=("citizen",), level=2)
MOD = Citizen(id="mod", name="Mod", roles=("moderator",), level=2)
RULES_OF_DESK = DESK.rules


Founder = Callable[[Texts], Service[Any]]


def office(texts: Texts) -> Petitions:
    return Petitions(texts, RULES)


def desk(texts: Texts) -> Moderation:
    return Moderation(texts, DESK)


class Nobody:
    """Nobody is connected."""

    def tell(self, audience: Audience, fact: Fact, at_ms: int, version: int) -> None:
        pass

    def tell_count(self, audience: Audience, count: Count) -> None:
        pass

    def carry_out(self, effect: Effect) -> None:
        pass

    def flush(self) -> None:
        pass


class Living:
    """A city on a journal, and a clock that a test moves."""

    def __init__(self, journal: SqlJournal, clock: MovedClock, service: Founder) -> None:
        def found(texts: Texts) -> City:
            return City([service(texts)])

        self.journal, self.clock, self.metrics = journal, clock, Metrics()
        self.host = Host(found, journal, Nobody(), clock, self.metrics)

    async def do(self, *commands: Command, citizen: Citizen = KIM) -> list[Any]:
        """In one round; what was answered."""
        answers: list[Done | Refused] = []
        for command in commands:
            self.host.submit(command, citizen, answers.append)
        await self.host.round()
        return [answer.result if isinstance(answer, Done) else answer for answer in answers]

    async def wait(self, days: float) -> None:
        """And a round."""
        self.clock.move(days * DAY_S)
        await self.host.round()

    def count(self, name: str) -> float | None:
        """A metric."""
        return self.metrics.registry.get_sample_value(name)


@asynccontextmanager
async def living(kept_in: Data, clock: MovedClock, service: Founder = Guestbook) -> AsyncIterator[Living]:
    journal = SqlJournal.of(kept_in)
    await journal.open(upgrade=True)
    try:
        city = Living(journal, clock, service)
        await city.host.load()
        yield city
    finally:
        await journal.close()


async def everything(kept_in: Data, journal: SqlJournal) -> bytes:
    """Every byte of SQLite's files; of PostgreSQL, every row of every table."""
    if not journal.database.is_postgres:
        return b"".join(path.read_bytes() for path in kept_in.dir.rglob("*") if path.is_file())

    def rows(connection: Connection) -> str:
        names = connection.scalars(sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        assert "personal_texts" in names
        return "\n".join(
            # A result is bytes: they are read as letters, so that a text in one is found.
            row.replace("\\x", "")
            for name in names
            for row in connection.scalars(sql(f"SELECT t::text FROM {name} t"))
        )

    told = await journal.database.read(rows)
    return told.encode()


def in_any_form(text: str) -> tuple[bytes, bytes]:
    """As it is, and as PostgreSQL shows bytes."""
    return text.encode(), text.encode().hex().encode()


async def test_a_key_is_known_for_thirty_days_and_then_forgotten_once_a_day(kept_in: Data) -> None:
    async with living(kept_in, MovedClock()) as city:
        await city.do(Write(id=1, key="old", text="one"))
        await city.wait(20)
        await city.do(Write(id=1, key="new", text="two"))
        await city.wait(9.9)
        assert await city.do(Write(id=2, key="old", text="one")) == [{"number": 1}]
        assert city.count("madang_keys_forgotten_total") == 0
        await city.wait(1.1)
        assert city.count("madang_keys_forgotten_total") == 1
        assert await city.do(Write(id=3, key="old", text="one")) == [{"number": 3}]
        assert await city.do(Write(id=3, key="new", text="two")) == [{"number": 2}]


async def test_more_keys_than_a_round_should_wait_for_go_in_several(kept_in: Data, monkeypatch: Any) -> None:
    monkeypatch.setattr(hosts, "KEYS_AT_ONCE", 2)
    monkeypatch.setattr("server.journals.keys_done.KEYS_AT_ONCE", 2)
    async with living(kept_in, MovedClock()) as city:
        await city.do(*(Write(id=i, key=f"k{i}", text="line") for i in range(5)))
        forgotten = []
        await city.wait(31)
        for _ in range(4):
            forgotten.append(city.count("madang_keys_forgotten_total"))
            await city.wait(0)
        assert forgotten == [2, 4, 5, 5]


async def test_texts_whose_retention_is_over_leave_no_byte_and_the_journal_still_tells_the_same(
    kept_in: Data,
) -> None:
    clock = MovedClock()
    async with living(kept_in, clock) as city:
        await city.do(Write(id=1, key="k1", text="<the first line, to go>"))
        await city.do(Write(id=2, text="<three>"), citizen=LEE)
        await city.wait(20)
        await city.do(Write(id=2, text="<the second line, to stay>"))
        await city.wait(KEPT_MS / 86_400_000 - 19)
        state, version = city.host.city.snapshot(), city.host.version
        assert city.count("madang_texts_expired_total") == 2
        held = await everything(kept_in, city.journal)
        for gone in ("<the first line, to go>", "<three>"):
            assert not any(form in held for form in in_any_form(gone))
        assert any(form in held for form in in_any_form("<the second line, to stay>"))
        shown = await city.host.read(lambda it, now: it.views(KIM, "civil", now))
        assert shown["guestbook"]["lines"] == ["[erased]", "[erased]", "<the second line, to stay>"]
        verdict = await city.journal.verify()
        assert (verdict.faults, verdict.texts, verdict.erased) == ((), 1, 2)
        newest = [entry async for entry in city.journal.read(version - 1)]
        assert [(entry.type, len(entry.event["refs"])) for entry in newest] == [("citizens.erased", 2)]
        await city.wait(1.5)
        assert city.host.version == version, "what is gone is not erased again"
    async with living(kept_in, clock) as city:
        assert city.host.city.snapshot() == state
        assert (await city.journal.verify()).faults == ()


async def test_a_text_that_is_gone_without_an_entry_that_says_so_is_found(kept_in: Data) -> None:
    async with living(kept_in, MovedClock()) as city:
        await city.do(Write(id=1, text="one"), Write(id=2, text="two"))
        await city.wait(42)
        assert (await city.journal.verify()).faults == ()
        await city.do(Write(id=3, text="three"))
        await city.journal.database.write(lambda it: it.execute(sql("DELETE FROM personal_texts")))
        [fault] = (await city.journal.verify()).faults
        assert "gone, and was not erased" in fault


async def test_a_whole_petition_is_let_go_of_three_years_after_its_end(kept_in: Data) -> None:
    words: dict[str, Any] = {
        name: f"<{name} that nobody needs for ever>" for name in ("title", "text", "name", "address")
    }
    clock = MovedClock()
    async with living(kept_in, clock, office) as city:
        [filed] = await city.do(say.FilePetition(id=1, key="f", kind="other", contact="010", **words))
        [gone] = await city.do(say.WithdrawPetition(id=2, petition=filed["petition"]))
        assert gone["state"] == "withdrawn"
        held = await everything(kept_in, city.journal)
        assert all(any(form in held for form in in_any_form(word)) for word in words.values())
        await city.wait(RULES.figures.text_days - 1)
        assert city.count("madang_texts_expired_total") == 0
        await city.wait(1.1)
        assert city.count("madang_texts_expired_total") == 5
        held = await everything(kept_in, city.journal)
        for word in words.values():
            assert not any(form in held for form in in_any_form(word)), word
        assert (await city.journal.verify()).faults == ()
        state = city.host.city.snapshot()
    async with living(kept_in, clock, office) as city:
        assert city.host.city.snapshot() == state
        [shown] = await city.do(say.ShowPetition(id=3, petition=filed["petition"]))
        assert shown["written"]["text"] == "[erased]"


async def test_evidence_leaves_disk_and_memory_and_every_way_to_the_state_gives_the_same(
    kept_in: Data,
) -> None:
    heard, near = "<a line that a reporter heard>", "<someone who stood near>"
    clock = MovedClock()
    async with living(kept_in, clock, desk) as city:
        seen = Seen(
            "civil",
            ("civil",),
            (HeardLine("m1", LEE.id, LEE.name, heard, 0),),
            (NearTrack(LEE.id, near, ((1, 2, 3),)),),
        )
        report = WitnessedReport(id=1, citizen=LEE.id, reason="insult", words="", seen=seen, about=LEE)
        assert await city.do(report) == [{"report": "r-1"}]
        await city.do(ClaimCase(id=2, case="r-1"), citizen=MOD)
        decided = DecideReport(
            id=3, report="r-1", outcome="no_action", words="<no reason to act>", sanctions=[]
        )
        assert await city.do(decided, citizen=MOD) == [None]
        await city.wait(RULES_OF_DESK.evidence_days - 0.5)
        held = await everything(kept_in, city.journal)
        assert any(form in held for form in in_any_form(heard))
        before = await city.journal.newest_snapshot()
        await city.host.save_snapshot()
        await city.wait(1.1)
        held = await everything(kept_in, city.journal)
        for gone in (heard, near):
            assert not any(form in held for form in in_any_form(gone))
        assert any(form in held for form in in_any_form("<no reason to act>"))
        state = city.host.city.snapshot()
        assert "evidence" not in state["moderation"]["reports"][0]
        assert before is None
    async with living(kept_in, clock, desk) as city:
        assert city.host.city.snapshot() == state, "from the snapshot with its evidence, and what came after"
        assert (await city.journal.verify()).faults == ()
        await city.host.save_snapshot()
        whole = City([desk(Texts())])
        async for entry in city.journal.read():
            loading.replay(whole, entry)
        assert whole.snapshot() == state, "from the journal alone"


async def test_what_cannot_be_erased_now_is_erased_later_and_nobody_waits(
    kept_in: Data, monkeypatch: Any
) -> None:
    async with living(kept_in, MovedClock()) as city:
        await city.do(Write(id=1, text="one"))
        await city.wait(1)
        append = city.journal.append

        async def full(round: Round) -> Sequence[Entry]:
            raise Unavailable("the disk is full")

        monkeypatch.setattr(city.journal, "append", full)
        await city.wait(42)
        assert not city.host.is_whole, "whether it was written is not known: the city is loaded again"
        await city.host.round()
        assert city.host.is_whole
        monkeypatch.setattr(city.journal, "append", append)
        assert city.count("madang_texts_expired_total") == 0
        await city.wait(retention.AGAIN_SECONDS / DAY_S)
        assert city.count("madang_texts_expired_total") == 1


async def test_many_texts_are_erased_in_several_commits_of_several_entries(
    kept_in: Data, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "TEXTS_OF_AN_ENTRY", 2)
    monkeypatch.setattr(retention, "EXPIRED_AT_ONCE", 5)
    monkeypatch.setattr(hosts, "EXPIRED_AT_ONCE", 5)
    async with living(kept_in, MovedClock()) as city:
        await city.do(*(Write(id=i, text=f"line {i}") for i in range(8)))
        before = city.host.version
        clock_days = 42
        await city.wait(clock_days)
        assert city.count("madang_texts_expired_total") == 5
        await city.wait(0)
        assert city.count("madang_texts_expired_total") == 8
        erased = [e async for e in city.journal.read(before) if e.type == "citizens.erased"]
        assert [len(entry.event["refs"]) for entry in erased] == [2, 2, 1, 2, 1]
        assert (await city.journal.verify()).faults == ()
