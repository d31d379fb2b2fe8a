"""Files in both databases: bound with their names, copied, erased and expired with them, and found when changed."""

from typing import Any

import pytest

from server.files import PIECE_BYTES, TooMuchWaits
from server.journal import NewEntry, Round, Text, Unavailable, erasure, expiry
from server.journals.sql import SqlJournal
from worlds.service import Brought

CONTENT = bytes(range(256)) * 2_500
"""More than two pieces."""


async def content_of(journal: SqlJournal, file: str) -> bytes:
    return b"".join([piece async for piece in journal.files.content(file)])


def attached(brought: Brought, name: Text, file: str | None = None) -> dict[str, Any]:
    """As an event holds it; under another id it is a copy."""
    told = {"owner": name.owner, "ref": name.ref, "hash": name.hash}
    copied = {"copied_from": brought.file} if file is not None else {}
    kept = {"kind": brought.kind, "bytes": brought.bytes, "hash": brought.hash}
    return {"name": told, "file": file or brought.file, **kept, **copied}


async def keep(journal: SqlJournal, *files: tuple[dict[str, Any], Text]) -> None:
    event = {"petition": "p1", "files": [one for one, _ in files]}
    entry = NewEntry(service="petitions", type="petitions.answered", event=event, actor="officer", at=2)
    after = (await journal.head()).version
    await journal.append(Round(after=after, entries=[entry], texts=[name for _, name in files]))


async def rows(journal: SqlJournal) -> tuple[int, int]:
    """Files and pieces that are there."""

    def count(connection: Any) -> tuple[int, int]:
        tables = ("files", "file_pieces")
        found = [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in tables]
        return found[0], found[1]

    return await journal.database.read(count)


async def test_a_file_is_bound_with_its_name_copied_and_goes_with_it(journal: SqlJournal) -> None:
    assert len(CONTENT) > 2 * PIECE_BYTES
    brought = await journal.files.put("officer", "답변서.pdf", "pdf", CONTENT, 1)
    assert await journal.waiting_files([brought.file, "other"]) == {brought.file: brought}
    hers, his = Text.of("haneul", brought.name, 2), Text.of("byeol", brought.name, 2)
    await keep(journal, (attached(brought, hers), hers), (attached(brought, his, "copy"), his))
    assert await journal.waiting_files([brought.file]) == {}
    for file in (brought.file, "copy"):
        assert await content_of(journal, file) == CONTENT
    assert [one["file"] for one in await journal.files.of("haneul")] == [brought.file]
    verdict = await journal.verify()
    assert (verdict.faults, verdict.files) == ((), 2)
    assert not await journal.files.drop(brought.file, "haneul"), "what is attached is not taken back"

    await journal.append(Round(after=1, entries=[erasure("haneul", "operator", 3)]))
    assert await content_of(journal, brought.file) == b""
    assert await content_of(journal, "copy") == CONTENT
    await journal.append(Round(after=2, entries=[expiry([his.ref], 4)]))
    assert await rows(journal) == (0, 0)
    assert (await journal.verify()).faults == ()


async def test_what_is_not_there_is_not_bound_and_nothing_of_the_round_is_kept(journal: SqlJournal) -> None:
    brought = await journal.files.put("haneul", "사진.png", "png", b"png", 1)
    assert await journal.files.drop(brought.file, "haneul")
    name = Text.of("haneul", brought.name, 2)
    with pytest.raises(Unavailable):
        await keep(journal, (attached(brought, name), name))
    assert (await journal.head()).version == 0
    assert [text async for text in journal.personal_texts()] == []


async def test_what_is_brought_twice_under_an_id_is_one_also_when_the_first_was_left_half(
    journal: SqlJournal,
) -> None:
    first = await journal.files.put("haneul", "사진.png", "png", CONTENT, 1, id="once")
    assert await journal.files.put("haneul", "사진.png", "png", CONTENT, 2, id="once") == first
    half = "UPDATE files SET is_whole = false"
    await journal.database.write(lambda it: it.exec_driver_sql(half))
    assert await journal.waiting_files(["once"]) == {}
    again = await journal.files.put("haneul", "사진.png", "png", CONTENT, 3, id="once")
    assert await journal.waiting_files(["once"]) == {"once": again}
    assert await content_of(journal, "once") == CONTENT
    assert (await rows(journal))[0] == 1


async def test_so_much_of_one_waits_and_what_waits_too_long_goes(journal: SqlJournal) -> None:
    old = await journal.files.put("haneul", "a.txt", "txt", b"a" * 60, 1, 100)
    with pytest.raises(TooMuchWaits):
        await journal.files.put("haneul", "b.txt", "txt", b"b" * 60, 2, 100)
    young = await journal.files.put("byeol", "c.txt", "txt", b"c" * 60, 5, 100)
    assert await journal.forget_files(5) == 1
    assert set(await journal.waiting_files([old.file, young.file])) == {young.file}
    assert await rows(journal) == (1, 1)


async def test_who_is_erased_leaves_nothing_that_waits(journal: SqlJournal) -> None:
    await journal.files.put("haneul", "a.txt", "txt", b"a", 1)
    theirs = await journal.files.put("byeol", "b.txt", "txt", b"b", 1)
    assert await journal.knows("haneul")
    await journal.append(Round(after=0, entries=[erasure("haneul", "operator", 2)]))
    assert [one["file"] for one in await journal.files.of("byeol")] == [theirs.file]
    assert await journal.files.of("haneul") == []
