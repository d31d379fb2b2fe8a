"""What a citizen wrote is kept apart, given to them whole, and erased so that no byte of it is left."""

import asyncio
import random
import threading
import unicodedata
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection
from sqlalchemy import text as sql

from server.config import Data
from server.journal import KeyDone, Round, Text, erasure
from server.journals.sql import SqlJournal
from tests.support.check_journal import all_of, texts_of, voted, written
from worlds.service import Personal, Record

SECRETS = 30
"""Citizens of whom each byte is searched."""


async def file_petition(journal: SqlJournal, text: Text) -> None:
    after = (await journal.head()).version
    personal = Personal(owner=text.owner, ref=text.ref, hash=text.hash)
    await journal.append(
        Round(
            after=after,
            entries=[written(text, text.at, key=text.ref)],
            texts=[text],
            records=[Record("petition", text.ref, {"state": "open"}, (personal,))],
            done=[KeyDone(text.owner, text.ref, "content", {"title": text.text}, text.at)],
        )
    )


def everything_in(folder: Path) -> bytes:
    """Every byte of every file there; at least the journal."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return b"".join(path.read_bytes() for path in files)


async def test_erasing_leaves_nothing_of_one_and_all_of_the_others(journal: SqlJournal) -> None:
    mine, others = Text.of("haneul", "제 전화는 010-1234-5678", 1), Text.of("byeol", "다른 글", 2)
    await file_petition(journal, mine)
    await file_petition(journal, others)
    # Someone else's stored answer repeats it: an official was shown it.
    shown = KeyDone("official", "k", "content", {"petitions": [{"title": mine.text}]}, 3)
    await journal.append(Round(after=2, entries=[voted("official", 3)], done=[shown]))
    before = [entry.hash for entry in await all_of(journal)]
    await journal.append(Round(after=3, entries=[erasure("haneul", "operator", 4)]))
    assert await texts_of(journal) == {others.ref: others.text}
    assert [entry.hash for entry in await all_of(journal)][:3] == before
    verdict = await journal.verify()
    assert (verdict.faults, verdict.texts, verdict.erased) == ((), 1, 1)
    for citizen, key in (("haneul", mine.ref), ("official", "k")):
        done = await journal.key(citizen, key)
        assert done is not None
        assert (done.content, done.result) == ("content", None)
    kept = await journal.key("byeol", others.ref)
    assert kept is not None
    assert kept.result == {"title": others.text}


async def test_no_byte_of_what_was_erased_is_left_in_any_file(tmp_path: Path) -> None:
    """Texts of all lengths, written and erased in turns: rows move about in the file, and leave copies behind."""
    chance = random.Random(1)
    journal = SqlJournal.of(Data(dir=tmp_path))
    await journal.open()
    living, gone = [f"citizen{i:02}" for i in range(SECRETS)], []
    try:
        for turn in range(90):
            for citizen in chance.choices(living, k=chance.randrange(1, 12)):
                said = f"<{citizen}:" + "가나다" * chance.choice([1, 10, 100, 800]) + f":{citizen}>"
                await file_petition(journal, Text.of(citizen, said, turn))
            if turn % 9 == 8:
                gone.append(living.pop(chance.randrange(len(living))))
                assert f"<{gone[-1]}:".encode() in everything_in(tmp_path)
                after = (await journal.head()).version
                await journal.append(Round(after=after, entries=[erasure(gone[-1], "operator", turn)]))
                bytes_left = everything_in(tmp_path)
                assert [citizen for citizen in gone if f"<{citizen}:".encode() in bytes_left] == []
                assert [citizen for citizen in gone if f":{citizen}>".encode() in bytes_left] == []
        assert any(f"<{citizen}:".encode() in everything_in(tmp_path) for citizen in living)
        assert (await journal.verify()).faults == ()
    finally:
        await journal.close()


async def test_what_a_reader_held_up_is_overwritten_at_the_next_start(tmp_path: Path) -> None:
    text = Text.of("haneul", "<haneul: 지워 주세요>", 1)
    journal, reading = SqlJournal.of(Data(dir=tmp_path)), SqlJournal.of(Data(dir=tmp_path))
    await journal.open()
    await reading.open()
    await file_petition(journal, text)

    is_reading, is_done = threading.Event(), threading.Event()

    def read_on(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
        connection.execute(sql("SELECT count(*) FROM entries")).all()
        is_reading.set()
        is_done.wait()

    long_read = asyncio.create_task(reading.database.read(read_on))
    await asyncio.to_thread(is_reading.wait)
    with structlog.testing.capture_logs() as told:
        await journal.append(Round(after=1, entries=[erasure("haneul", "operator", 2)]))
    assert [line["log_level"] for line in told] == ["warning"]
    assert await texts_of(journal) == {}
    assert text.text.encode() in everything_in(tmp_path)
    is_done.set()
    await long_read
    await reading.close()
    await journal.close()
    await journal.open()
    assert text.text.encode() not in everything_in(tmp_path)
    await journal.close()


async def test_with_the_text_its_salt_is_gone(journal: SqlJournal) -> None:
    text = Text.of("haneul", "지워 주세요", 1)
    await file_petition(journal, text)
    await journal.append(Round(after=1, entries=[erasure("haneul", "operator", 2)]))
    assert await journal.database.read(lambda it: it.execute(sql("SELECT * FROM personal_texts")).all()) == []


async def test_a_citizen_is_given_all_that_is_held_on_them(journal: SqlJournal) -> None:
    mine, others = Text.of("haneul", "내 글", 1), Text.of("byeol", "다른 글", 2)
    await file_petition(journal, mine)
    await file_petition(journal, others)
    await journal.append(Round(after=2, entries=[voted("haneul", 3)]))
    held = await journal.held_on("haneul")
    assert held["texts"] == [{"ref": mine.ref, "text": "내 글", "at": 1}]
    assert [(entry["version"], entry["type"]) for entry in held["entries"]] == [
        (1, "petitions.filed"),
        (3, "live_qa.voted"),
    ]
    assert held["records"] == [{"kind": "petition", "key": mine.ref, "fields": {"state": "open"}}]
    assert held["answers"] == [{"key": mine.ref, "at": 1, "result": {"title": "내 글"}}]
    assert "다른 글" not in str(held)


async def test_one_may_write_again_after_an_erasure(journal: SqlJournal) -> None:
    first, second = Text.of("haneul", "처음", 1), Text.of("haneul", "다시", 2)
    await journal.append(
        Round(
            after=0,
            entries=[written(first, 1), erasure("haneul", "operator", 1), written(second, 2)],
            texts=[first, second],
        )
    )
    assert await texts_of(journal) == {second.ref: "다시"}
    assert (await journal.verify()).faults == ()


def test_the_same_words_have_another_hash_each_time() -> None:
    one, two = Text.of("haneul", "네", 1), Text.of("haneul", "네", 1)
    assert one.hash != two.hash
    assert one.ref != two.ref


def test_hangul_in_parts_is_kept_composed() -> None:
    assert Text.of("haneul", unicodedata.normalize("NFD", "가나다"), 1).text == "가나다"


async def test_personal_texts_are_read_beyond_one_batch(journal: SqlJournal) -> None:
    texts = [Text.of("haneul", f"글 {i}", i) for i in range(2_100)]
    await journal.append(Round(after=0, entries=[voted("haneul", 1)], texts=texts))
    assert await texts_of(journal) == {text.ref: text.text for text in texts}


@pytest.mark.parametrize("said", ["", "'; DROP TABLE entries --", "😀" * 100, "줄\n줄\t끝"])
async def test_any_words_come_back_as_they_were(journal: SqlJournal, said: str) -> None:
    text = Text.of("haneul", said, 1)
    await journal.append(Round(after=0, entries=[written(text, 1)], texts=[text]))
    assert await texts_of(journal) == {text.ref: said}
    assert (await journal.verify()).faults == ()
