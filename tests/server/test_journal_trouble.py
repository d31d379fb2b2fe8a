"""Full disks, locks, lost servers, damaged files: told in one line, nothing half written, and it heals."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from server.config import Data
from server.journal import JournalError, NewEntry, Round, Text, Unavailable
from server.journals import database
from server.journals.database import FILE
from server.journals.sql import SqlJournal
from tests.support.check_journal import all_of, texts_of, voted, written
from tests.support.postgres import postgres


@pytest.fixture
def kept(tmp_path: Path) -> Data:
    """A new city's data directory."""
    return Data(dir=tmp_path / "data")


async def opened(data: Data) -> SqlJournal:
    journal = SqlJournal.of(data)
    await journal.open()
    return journal


async def limit_pages(journal: SqlJournal, more: int | None) -> None:
    """As if the disk had room for so many pages more; None is no limit."""

    def limit(connection: object) -> None:
        pages = 0 if more is None else connection.exec_driver_sql("PRAGMA page_count").scalar_one() + more  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages or 1 << 30}")  # type: ignore[attr-defined]

    await journal.database.write(limit)


async def test_a_full_disk_writes_nothing_and_heals(kept: Data) -> None:
    journal = await opened(kept)
    await journal.append(Round(after=0, entries=[voted("a", 1)]))
    await limit_pages(journal, 5)
    text = Text.of("haneul", "긴 글" * 100_000, 2)
    large = Round(after=1, entries=[written(text, 2)], texts=[text])
    for _ in range(3):
        with pytest.raises(Unavailable, match="full"):
            await journal.append(large)
        assert len(await all_of(journal)) == 1
        assert await texts_of(journal) == {}
        assert (await journal.verify()).faults == ()
    await limit_pages(journal, None)
    await journal.append(large)
    assert (await journal.verify()).texts == 1
    await journal.close()


async def test_what_another_program_locks_is_unavailable_and_heals(
    kept: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    journal = await opened(kept)
    other = sqlite3.connect(kept.dir / FILE)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked by another program"):
        await journal.append(Round(after=0, entries=[voted("a", 1)]))
    assert await all_of(journal) == []
    with pytest.raises(JournalError, match="locked by another program"):
        await SqlJournal.of(kept).open()
    other.rollback()
    other.close()
    await journal.append(Round(after=0, entries=[voted("a", 1)]))
    await journal.close()


@pytest.mark.parametrize("content", [b"no database at all" * 1000, b"SQLite format 3\0" + b"x" * 9_000])
async def test_a_file_that_is_no_journal_is_told_and_left_as_it_is(kept: Data, content: bytes) -> None:
    kept.dir.mkdir()
    (kept.dir / FILE).write_bytes(content)
    with pytest.raises(JournalError, match=r"journal\.sqlite3: .*damaged; put a backup in its place"):
        await SqlJournal.of(kept).open()
    assert (kept.dir / FILE).read_bytes() == content


async def test_a_page_that_is_damaged_is_told_when_it_is_read(kept: Data) -> None:
    journal = await opened(kept)
    await journal.append(Round(after=0, entries=[voted(f"c{i}", i) for i in range(2_000)]))
    await journal.close()
    file = kept.dir / FILE
    whole = file.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    file.write_bytes(whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :])
    journal = await opened(kept)
    with pytest.raises(JournalError, match="damaged; put a backup in its place") as told:
        await all_of(journal)
    assert not isinstance(told.value, Unavailable)
    await journal.close()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="file/data"):
        await SqlJournal.of(Data(dir=tmp_path / "file" / "data")).open()


async def test_only_their_owner_reads_the_files(kept: Data) -> None:
    old = os.umask(0)
    try:
        journal = await opened(kept)
        await journal.append(Round(after=0, entries=[voted("a", 1)]))
        files = list(kept.dir.iterdir())
        assert len(files) == 3
        assert {path.stat().st_mode & 0o077 for path in [kept.dir, *files]} == {0}
        await journal.close()
    finally:
        os.umask(old)


async def test_what_was_answered_is_there_although_nothing_was_closed(kept: Data, tmp_path: Path) -> None:
    journal = await opened(kept)
    for after in range(5):
        await journal.append(Round(after=after, entries=[voted("a", after)]))
    # The files as a kill would leave them.
    left = tmp_path / "left"
    left.mkdir()
    for path in kept.dir.iterdir():
        if path.suffix != ".sqlite3-shm":
            (left / path.name).write_bytes(path.read_bytes())
    await journal.close()
    again = await opened(Data(dir=left))
    assert len(await all_of(again)) == 5
    assert (await again.verify()).faults == ()
    await again.close()


async def test_a_round_that_is_our_mistake_leaves_no_lock(kept: Data) -> None:
    journal = await opened(kept)
    with pytest.raises(TypeError):
        await journal.append(
            Round(after=0, entries=[NewEntry(service="s", type="s.x", event={"x": object()}, at=1)])
        )
    with pytest.raises(Exception, match="NOT NULL"):
        await journal.append(Round(after=0, entries=[voted(None, 1)]))  # type: ignore[arg-type]
    await journal.append(Round(after=0, entries=[voted("a", 1)]))
    await journal.close()


async def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    for host in ("127.0.0.1:1", f"?host={tmp_path}"):
        journal = SqlJournal.of(Data(dir=tmp_path, journal=f"postgresql://madang:geheim@{host}"))
        with pytest.raises(JournalError) as told:
            await journal.open()
        assert "\n" not in str(told.value)
        assert "geheim" not in str(told.value)


async def test_a_lost_server_is_unavailable_and_heals(tmp_path: Path) -> None:
    with postgres() as server:
        data = Data(dir=tmp_path, journal=server.url(await server.database()))
        journal = SqlJournal.of(data)
        await journal.open(upgrade=True)
        await journal.append(Round(after=0, entries=[voted("a", 1)]))
        await server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'madang'"
        )
        with pytest.raises(Unavailable):
            await journal.append(Round(after=1, entries=[voted("b", 2)]))
        head = await _when_it_heals(journal)
        await journal.append(Round(after=head, entries=[voted("c", 3)]))
        assert [entry.actor for entry in await all_of(journal)] == ["a", "c"]
        await journal.database.write(lambda it: it.execute(sql("SET default_transaction_read_only = on")))
        with pytest.raises(Unavailable, match="read-only"):
            await journal.append(Round(after=2, entries=[voted("d", 4)]))
        await journal.close()
    with pytest.raises(JournalError):
        await SqlJournal.of(data).open()


async def _when_it_heals(journal: SqlJournal) -> int:
    for _ in range(10):
        try:
            return (await journal.head()).version
        except Unavailable:
            await asyncio.sleep(0)
    raise AssertionError("it does not heal")
