"""The journal keeps what it was given, in order, once; and tells when anyone touched it."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from server.config import Data
from server.journal import (
    FIRST_HASH,
    Entry,
    Fenced,
    Head,
    Journal,
    JournalError,
    KeyDone,
    NewEntry,
    Round,
    Text,
    canonical,
    erasure,
)
from server.journals import tables
from server.journals.sql import SNAPSHOTS, SqlJournal
from server.migrations import NEWEST
from tests.support.check_journal import all_of, check_journal, texts_of, voted, written
from tests.support.journals import Founding
from worlds.service import Ballot, Record

CITIZENS = st.sampled_from(["haneul", "byeol", "bada"])
SAID = st.text(min_size=1, max_size=40).filter(lambda said: "\0" not in said)
WORDS = st.one_of(
    st.builds("write {} {}".format, CITIZENS, SAID),
    st.builds("vote {}".format, CITIZENS),
    st.builds("key {} {}".format, CITIZENS, st.sampled_from(["k1", "k2", "열쇠"])),
    st.builds("erase {}".format, CITIZENS),
)
ALONE = st.sampled_from([["restart"], ["fence"], ["snapshot"]])
SCRIPTS = st.lists(st.one_of(ALONE, st.lists(WORDS, min_size=1, max_size=6)), max_size=8)


async def opened(data: Data) -> SqlJournal:
    journal = SqlJournal.of(data)
    await journal.open(upgrade=True)
    return journal


async def touch(journal: SqlJournal, statement: str) -> None:
    """What somebody with the database's password could do."""
    await journal.database.write(lambda it: it.execute(sql(statement)))


async def filled(journal: Journal, count: int, after: int = 0) -> None:
    entries = [voted(f"c{i}", 1_000 + i) for i in range(count)]
    await journal.append(Round(after=after, entries=entries))


@settings(max_examples=20, deadline=None)
@given(script=SCRIPTS)
async def test_any_script_of_rounds_is_read_back_as_it_was_written(
    founding: Founding, script: list[list[str]]
) -> None:
    data = await founding()
    await check_journal(lambda: opened(data), script)


async def test_a_whole_life_is_read_back_as_it_was_written(founding: Founding) -> None:
    data = await founding()
    script = [
        ["write haneul 포트홀을 고쳐 주세요", "key haneul k1", "vote byeol"],
        ["snapshot"],
        ["restart"],
        ["write byeol 제 이름은 byeol입니다", "erase byeol", "write byeol 다시 왔어요"],
        ["fence"],
        ["vote haneul", "erase haneul"],
        ["snapshot"],
    ]
    await check_journal(lambda: opened(data), script)


async def test_reading_goes_on_beyond_one_batch(journal: SqlJournal) -> None:
    await filled(journal, 2_500)
    assert [entry.version for entry in await all_of(journal, 3)] == list(range(4, 2_501))


async def test_of_two_owners_the_one_who_comes_late_writes_nothing(
    journal: SqlJournal, kept_in: Data
) -> None:
    await filled(journal, 3)
    other = await opened(kept_in)
    await other.append(Round(after=3, entries=[voted("theirs", 1)]))
    await other.close()
    text = Text.of("haneul", "늦었다", 1)
    late = Round(
        after=3,
        entries=[written(text, 1)],
        texts=[text],
        records=[Record("petition", "1", {"state": "open"})],
        done=[KeyDone("haneul", "k", "c", None, 1)],
    )
    with pytest.raises(Fenced):
        await journal.append(late)
    assert [entry.actor for entry in await all_of(journal, 3)] == ["theirs"]
    assert await texts_of(journal) == {}
    assert await journal.key("haneul", "k") is None
    assert await journal.records.get("petition", "1") is None
    await journal.append(replace(late, after=4))
    assert (await journal.verify()).faults == ()


async def test_two_owners_who_write_at_once_are_never_both_believed(
    journal: SqlJournal, kept_in: Data
) -> None:
    other = await opened(kept_in)
    told = await asyncio.gather(
        *(owner.append(Round(after=0, entries=[voted("x", 1)])) for owner in (journal, other)),
        return_exceptions=True,
    )
    await other.close()
    assert sorted(isinstance(answer, Fenced) for answer in told) == [False, True]
    assert len(await all_of(journal)) == 1


async def test_who_knows_of_entries_that_are_gone_is_fenced(journal: SqlJournal) -> None:
    await filled(journal, 3)
    for after in (7, 2):
        with pytest.raises(Fenced):
            await journal.append(Round(after=after, entries=[voted("x", 1)]))
    for after in (0, 2, 4):
        with pytest.raises(Fenced):
            await journal.append(Round(after=after, entries=[], done=[KeyDone("a", "b", "c", None, 1)]))


async def test_a_round_without_entries_keeps_its_keys(journal: SqlJournal) -> None:
    await journal.append(Round(after=0, entries=[], done=[KeyDone("haneul", "k", "c", {"a": 1}, 5)]))
    assert (await journal.head()).version == 0
    assert await journal.key("haneul", "k") == KeyDone("haneul", "k", "c", {"a": 1}, 5)


async def test_one_key_is_kept_for_one_citizen_once(journal: SqlJournal) -> None:
    done = KeyDone("haneul", "k", "content", None, 5)
    await journal.append(Round(after=0, entries=[voted("haneul", 5)], done=[done]))
    with pytest.raises(Fenced):
        await journal.append(Round(after=1, entries=[voted("haneul", 6)], done=[done]))
    await journal.append(Round(after=1, entries=[voted("byeol", 6)], done=[replace(done, citizen="byeol")]))
    assert len(await all_of(journal)) == 2


async def test_keys_are_forgotten_after_their_time(journal: SqlJournal) -> None:
    done = [KeyDone("haneul", f"k{at}", "c", None, at) for at in (1, 2, 3)]
    await journal.append(Round(after=0, entries=[], done=done))
    assert await journal.forget_keys(before=3) == 2
    assert list(await journal.keys([("haneul", f"k{at}") for at in (1, 2, 3)])) == [("haneul", "k3")]


async def test_a_personal_text_never_gets_into_an_entry_or_a_snapshot(journal: SqlJournal) -> None:
    personal = {"owner": "haneul", "ref": "", "hash": "", "text": "비밀"}
    entry = NewEntry(service="s", type="s.told", event={"deep": [{"title": personal}]}, at=1)
    with pytest.raises(ValueError, match="personal text"):
        await journal.append(Round(after=0, entries=[entry]))
    with pytest.raises(ValueError, match="personal text"):
        await journal.save_snapshot(0, {"s": {"titles": [personal]}})
    assert await all_of(journal) == []
    assert await journal.newest_snapshot() is None


async def test_only_the_newest_snapshots_stay_and_a_broken_one_is_passed_over(journal: SqlJournal) -> None:
    state = {"petitions": {"all": {f"p{i}": [i, None, 1.5, "제목"] for i in range(3_000)}, "none": {}}}
    for version in range(5):
        await journal.save_snapshot(version, state | {"at": list(range(version * 400))})
    newest = await journal.newest_snapshot()
    assert newest is not None
    assert (newest.version, newest.state) == (4, state | {"at": list(range(1_600))})
    count = await journal.database.read(lambda it: it.scalar(sql("SELECT count(*) FROM snapshots")))
    assert count == SNAPSHOTS
    await touch(journal, "UPDATE snapshots SET state = substr(state, 2) WHERE version = 4")
    newest = await journal.newest_snapshot()
    assert newest is not None
    assert newest.version == 3


def test_an_entry_is_hashed_as_the_architecture_says() -> None:
    import hashlib

    new = NewEntry(service="s", type="s.told", event={"나": 1, "a": "é"}, actor="c", key="k", at=7)
    row = (
        '{"actor":"c","at":7,"event":{"a":"é","나":1},"key":"k","poll":null,"service":"s",'
        '"type":"s.told","version":1}'
    )
    entry = Entry.after(0, FIRST_HASH, new)
    assert entry.hash == hashlib.sha256(bytes(32) + row.encode()).digest()
    assert entry.prev_hash == bytes(32)


def test_what_has_no_one_form_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": float("nan")})


def test_a_head_is_read_as_it_is_shown() -> None:
    head = Head(12, bytes(range(32)))
    assert Head.parse(str(head)) == head
    for wrong in ("", "12", "x:00", "12:00", "-1:" + "0" * 64):
        with pytest.raises(ValueError):  # noqa: PT011 - each fails in a word of Python's own
            Head.parse(wrong)


# Verifying


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("UPDATE entries SET event = '{}' WHERE version = 2", "version 2: it was changed"),
        ("UPDATE entries SET actor = 'x' WHERE version = 2", "version 2: it was changed"),
        ("UPDATE entries SET at = 0 WHERE version = 3", "version 3: it was changed"),
        ("DELETE FROM entries WHERE version = 2", "version 3: 2 should come before it"),
        ("DELETE FROM entries WHERE version = 1", "version 2: 1 should come before it"),
        ("UPDATE personal_texts SET text = 'x'", "was changed"),
        ("UPDATE personal_texts SET owner = 'byeol'", "was changed"),
        ("DELETE FROM personal_texts", "is gone, and was not erased"),
        ("DELETE FROM ballots", "poll mayor: 1 took part, 0 ballots"),
        ("UPDATE ballots SET times = 2", "poll mayor: 1 took part, 2 ballots"),
        (
            "INSERT INTO ballots (poll, id, choice, times) VALUES ('more', 'b', 'a', 1)",
            "poll more: 0 took part, 1 ballots",
        ),
    ],
)
async def test_verify_tells_what_was_touched(journal: SqlJournal, act: str, told: str) -> None:
    text = Text.of("haneul", "진짜", 1)
    took_part = replace(voted("bada", 4), poll="mayor")
    await journal.append(
        Round(
            after=0,
            entries=[voted("a", 1), voted("b", 2), written(text, 3), took_part],
            texts=[text],
            ballots=[Ballot("mayor", "b1", "yes")],
        )
    )
    assert (await journal.verify()).faults == ()
    await touch(journal, act)
    faults = (await journal.verify()).faults
    assert faults
    assert any(told in fault for fault in faults), faults


async def test_a_chain_that_was_written_anew_is_told_by_the_published_head(journal: SqlJournal) -> None:
    await filled(journal, 3)
    published = await journal.head()
    assert (await journal.verify(published)).faults == ()
    await touch(journal, "DELETE FROM entries WHERE version = 3")
    assert (await journal.verify()).faults == ()
    assert (await journal.verify(published)).faults == ("version 3 was published, and is gone",)
    await journal.append(Round(after=2, entries=[voted("other", 9)]))
    assert (await journal.verify()).faults == ()
    assert (await journal.verify(published)).faults == ("version 3: not the one whose hash was published",)


async def test_a_text_that_an_erasure_left_behind_is_told(journal: SqlJournal) -> None:
    text = Text.of("haneul", "남은 것", 1)
    await journal.append(Round(after=0, entries=[written(text, 1)], texts=[text]))
    await journal.append(Round(after=1, entries=[erasure("haneul", "operator", 2)]))
    assert (await journal.verify()).faults == ()
    await journal.append(Round(after=2, entries=[], texts=[text]))
    [fault] = (await journal.verify()).faults
    assert fault == f"version 1: the text {text.ref} is not erased, though an entry says so"


async def test_verify_gives_up_where_everything_is_wrong(journal: SqlJournal) -> None:
    await filled(journal, 1_500)
    await touch(journal, "UPDATE entries SET actor = 'x'")
    assert 1 <= len((await journal.verify()).faults) <= 20


async def test_exported_entries_are_json(journal: SqlJournal) -> None:
    await filled(journal, 2)
    for entry in await all_of(journal):
        assert json.loads(canonical(entry.event)) == {"question": 7}


# Opening


async def test_a_server_that_was_not_prepared_says_how(founding: Founding) -> None:
    data = await founding()
    journal = SqlJournal.of(data)
    if data.journal:
        with pytest.raises(JournalError, match="run madang journal upgrade"):
            await journal.open()
    else:
        await journal.open()
        await journal.close()


async def test_what_a_newer_madang_wrote_is_left_alone(kept_in: Data, journal: SqlJournal) -> None:
    await touch(journal, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(JournalError, match="newer Madang"):
        await SqlJournal.of(kept_in).open(upgrade=True)


def test_a_start_knows_the_last_step_without_looking_for_it() -> None:
    assert tables.steps()[0] == NEWEST


async def test_the_tables_are_those_that_the_migrations_make(journal: SqlJournal) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from server.journals.database import metadata

    differences = await journal.database.read(
        lambda it: compare_metadata(MigrationContext.configure(it, opts={"compare_type": True}), metadata)
    )
    assert differences == []


async def test_opening_twice_at_once_prepares_the_tables_once(founding: Founding) -> None:
    data = await founding()
    journals = [SqlJournal.of(data) for _ in range(3)]
    await asyncio.gather(*(journal.open(upgrade=True) for journal in journals))
    await journals[0].append(Round(after=0, entries=[voted("a", 1)]))
    assert len(await all_of(journals[1])) == 1
    for journal in journals:
        await journal.close()


async def test_a_closed_journal_may_be_opened_again(journal: SqlJournal) -> None:
    await filled(journal, 1)
    await journal.close()
    with suppress(JournalError):
        await journal.close()
    await journal.open()
    assert len(await all_of(journal)) == 1


def test_the_password_of_a_server_is_not_told() -> None:
    journal = SqlJournal.of(Data(dir=Path(), journal="postgresql://madang:geheim@db.example/city"))
    assert "geheim" not in journal.database.place
    assert "db.example" in journal.database.place
