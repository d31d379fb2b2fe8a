"""The journal in SQL: one layer for SQLite and PostgreSQL."""

import asyncio
import hashlib
import json
import re
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Text,
    delete,
    desc,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.sql.elements import ColumnElement

from server import ballots, files, personal, records
from server.ballots import Ballots
from server.config import Data
from server.files import Files, attached_in
from server.journal import (
    ERASED,
    FIRST_HASH,
    Entry,
    Fenced,
    Head,
    Journal,
    JournalError,
    KeyDone,
    Round,
    Snapshot,
    Unavailable,
    Verdict,
    canonical,
    chained,
    erased_by,
    expired_by,
    personal_in,
)
from server.journals import keys_done
from server.journals.database import Database, metadata
from server.journals.packing import packed, unpacked
from server.personal import PersonalTexts
from server.records import Records
from worlds.service import Brought, Tally

log = structlog.get_logger("journal")

BATCH = 1_000
"""Entries that are read at once."""

SNAPSHOTS = 3
"""How many are kept: the newest, and two in case it cannot be read."""

MAX_FAULTS = 20
"""What `verify` tells before it gives up: one broken link breaks all that follow."""

entries = SqlTable(
    "entries",
    metadata,
    Column("version", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("service", String, nullable=False),
    Column("type", String, nullable=False),
    Column("event", Text, nullable=False),
    Column("actor", String, nullable=False),
    Column("key", String),
    Column("at", BigInteger, nullable=False),
    Column("poll", String),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
Index("ix_entries_actor", entries.c.actor, entries.c.version)
Index(
    "ux_entries_poll_actor",
    entries.c.poll,
    entries.c.actor,
    unique=True,
    sqlite_where=entries.c.poll.is_not(None),
    postgresql_where=entries.c.poll.is_not(None),
)

_IS_ERASURE = entries.c.type == literal_column(f"'{ERASED}'")  # as the index has it, not as a parameter
Index("ix_entries_erased", entries.c.version, sqlite_where=_IS_ERASURE, postgresql_where=_IS_ERASURE)

snapshots = SqlTable(
    "snapshots",
    metadata,
    Column("version", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("state", LargeBinary, nullable=False),
)


class SqlJournal(Journal):
    """A city's journal, with what is written in its transactions: records, personal texts, ballots."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.records = Records(database)
        self.personal = PersonalTexts(database)
        self.ballots = Ballots(database)
        self.files = Files(database)
        self._head = Head(0, FIRST_HASH)
        self._erased_at = 0

    @classmethod
    def of(cls, data: Data) -> "SqlJournal":
        """As the settings say."""
        return cls(Database.of(data))

    async def open(self, *, create: bool = True, upgrade: bool = False) -> None:
        """Ready to read and write; `create` makes SQLite's file, `upgrade` also PostgreSQL's tables."""
        await self.database.open(create=create, upgrade=upgrade)
        try:
            self._head = await self.head()
            self._erased_at = (await self._erasures()).newest
            await self.scrub()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of everything."""
        await self.database.close()

    # Entries

    async def append(self, round: Round) -> Sequence[Entry]:
        """Write a round in one transaction."""
        new = list(chained(round, await self._hash_of(round.after)))
        await self.database.write(partial(_write, round, new))
        if new:
            self._head = Head(new[-1].version, new[-1].hash)
        erasures = [entry.version for entry in new if entry.type == ERASED]
        if erasures:
            self._erased_at = erasures[-1]
            await self.scrub()
        return new

    async def probe(self) -> None:
        """Write something and take it away again."""
        await self.database.write(keys_done.put_probe)
        await self.database.write(keys_done.take_probe)

    async def _hash_of(self, version: int) -> bytes:
        if version == self._head.version:
            return self._head.hash
        if version == 0:
            return FIRST_HASH
        query = select(entries.c.hash).where(entries.c.version == version)
        found = await self.database.read(lambda it: it.scalar(query))
        if found is None:
            raise Fenced(f"the journal does not hold version {version}: it is not the one that was read")
        return bytes(found)

    async def scrub(self) -> bool:
        """Leave no byte of what was erased in the files; tried again at the next erasure and the next start.

        Appends wait meanwhile: a second or two for a hundred thousand petitions.
        """
        try:
            if await self.database.is_scrubbed(self._erased_at) or await self.database.scrub(self._erased_at):
                return True
            reason = "a reader was in the way"
        except Unavailable as error:
            reason = str(error)
        log.warning("what was erased is deleted, but not yet overwritten", reason=reason)
        return False

    async def read(self, after: int = 0) -> AsyncIterator[Entry]:
        """Every entry after a version, in order."""
        async for batch in self._batches(entries.c.version > after):
            for entry in batch:
                yield entry

    async def _batches(self, *wanted: ColumnElement[bool]) -> AsyncIterator[list[Entry]]:
        query = select(entries).where(*wanted).order_by(entries.c.version).limit(BATCH)
        after = 0
        while True:
            further = query.where(entries.c.version > after)
            batch = await self.database.read(partial(_entries, further))
            if batch:
                yield batch
            if len(batch) < BATCH:
                return
            after = batch[-1].version

    async def head(self) -> Head:
        """The newest entry's version and hash."""
        query = select(entries.c.version, entries.c.hash).order_by(desc(entries.c.version)).limit(1)
        row = await self.database.read(lambda it: it.execute(query).first())
        return Head(row.version, bytes(row.hash)) if row else Head(0, FIRST_HASH)

    # Snapshots

    async def save_snapshot(self, version: int, state: dict[str, Any]) -> None:
        """Keep the state after an entry."""
        state_packed = await asyncio.to_thread(packed, state)
        newest = select(snapshots.c.version).order_by(desc(snapshots.c.version)).limit(SNAPSHOTS)

        def replace(connection: Connection) -> None:
            connection.execute(delete(snapshots).where(snapshots.c.version == version))
            connection.execute(insert(snapshots), {"version": version, "state": state_packed})
            oldest = min(connection.scalars(newest))
            connection.execute(delete(snapshots).where(snapshots.c.version < oldest))

        await self.database.write(replace)

    async def newest_snapshot(self) -> Snapshot | None:
        """The newest state that can be read."""
        newest = select(snapshots.c.version).order_by(desc(snapshots.c.version))
        versions = await self.database.read(lambda it: it.scalars(newest).all())
        for version in versions:
            query = select(snapshots.c.state).where(snapshots.c.version == version)
            try:
                return Snapshot(version, await self.database.read(partial(_state, query)))
            except (zlib.error, ValueError):
                log.warning("a snapshot cannot be read; the one before it is taken", version=version)
        return None

    # Keys

    async def key(self, citizen: str, key: str) -> KeyDone | None:
        """What was done under a key."""
        return (await self.keys([(citizen, key)])).get((citizen, key))

    async def keys(self, asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], KeyDone]:
        """The same for many at once."""
        wanted = list(asked)
        if not wanted:
            return {}
        return await self.database.read(partial(keys_done.read, wanted))

    async def forget_keys(self, before: int) -> int:
        """Delete keys of before a time."""
        return await self.database.write(partial(keys_done.forget, before))

    # Secret ballots

    async def tally(self, poll: str) -> Tally:
        """Count the ballots of a poll that is closed, and leave no trace of when each came."""
        await self.ballots.settle(poll)
        ids = await self.ballot_ids(poll)
        return Tally(poll, await self.ballots.count(poll), hashlib.sha256(ids.encode()).hexdigest())

    async def ballot_ids(self, poll: str) -> str:
        """The ids of a poll's ballots, sorted, one a line."""
        return "".join(f"{id}\n" for id in await self.ballots.ids(poll))

    # Personal texts

    def personal_texts(self) -> AsyncIterator[tuple[str, str]]:
        """Every personal text with its reference."""
        return self.personal.all()

    async def waiting_files(self, ids: Collection[str]) -> Mapping[str, Brought]:
        """Files that wait, by their ids."""
        return await self.files.waiting(ids)

    async def forget_files(self, before: int) -> int:
        """Delete files that wait since before a time in ms."""
        return await self.files.forget(before)

    async def knows(self, citizen: str) -> bool:
        """Whether anything here was done or written by a citizen of this id, or names it."""
        return bool(citizen) and await self.database.read(partial(_is_named, citizen))

    async def held_on(self, citizen: str) -> dict[str, Any]:
        """All that is held on a citizen, as JSON values: what they wrote, what they did, what was made of it."""
        did = [
            {"version": entry.version, "type": entry.type, "at": entry.at, "event": entry.event}
            async for batch in self._batches(entries.c.actor == citizen)
            for entry in batch
        ]
        wrote = [
            {"ref": text.ref, "text": text.text, "at": text.at} for text in await self.personal.of(citizen)
        ]
        brought = [
            one | {"content": await self._content(one["file"])} for one in await self.files.of(citizen)
        ]
        rows = await self.database.read(lambda it: records.naming(it, citizen))
        answered = await self.database.read(partial(keys_done.of, citizen))
        return {
            "citizen": citizen,
            "texts": wrote,
            "files": brought,
            "entries": did,
            "records": rows,
            "answers": answered,
        }

    async def _content(self, file: str) -> str:
        return b64encode(b"".join([piece async for piece in self.files.content(file)])).decode()

    # Checking

    async def verify(self, published: Head | None = None) -> Verdict:
        """Read everything and check it."""
        faults = [f"the database: {fault}" for fault in await self._damage()]
        head, erased, missing, kept, whole = Head(0, FIRST_HASH), await self._erasures(), 0, 0, 0
        took_part: Counter[str] = Counter()
        if published == head:
            published = None
        async for batch in self._batches():
            texts = await self._texts_of(batch)
            for entry in batch:
                faults += _broken(head, entry)
                head = Head(entry.version, entry.hash)
                if published and published.version == head.version:
                    if published.hash != head.hash:
                        faults.append(f"version {head.version}: not the one whose hash was published")
                    published = None
                if entry.poll is not None:
                    took_part[entry.poll] += 1
                for held in personal_in(entry.event):
                    if not held.get("ref"):
                        continue
                    text, is_erased = texts.get(held["ref"]), erased.covers(entry.version, held)
                    kept, missing = kept + (text is not None), missing + (text is None)
                    if (text is None) != is_erased:
                        told = (
                            "not erased, though an entry says so" if is_erased else "gone, and was not erased"
                        )
                        faults.append(f"version {entry.version}: the text {held['ref']} is {told}")
                    elif text and (text.hash != held.get("hash") or text.owner != held["owner"]):
                        faults.append(f"version {entry.version}: the text {held['ref']} was changed")
                for bound in attached_in(entry.event):
                    is_erased = erased.covers(entry.version, {"owner": bound.owner, "ref": bound.ref})
                    is_there = await self.files.is_as_told(bound)
                    whole += is_there is not None
                    if is_erased != (is_there is None):
                        told = "not erased, though its name is" if is_erased else "gone, and was not erased"
                        faults.append(f"version {entry.version}: the file {bound.file} is {told}")
                    elif is_there is False:
                        faults.append(f"version {entry.version}: the file {bound.file} was changed")
            if len(faults) > MAX_FAULTS:
                break
        else:
            if published:
                faults.append(f"version {published.version} was published, and is gone")
            cast = await self.database.read(ballots.cast_per_poll)
            faults += [
                f"poll {poll}: {took_part[poll]} took part, {cast.get(poll, 0)} ballots"
                for poll in sorted(took_part.keys() | cast)
                if took_part[poll] != cast.get(poll, 0)
            ]
        return Verdict(head, kept, missing, took_part.total(), tuple(faults[:MAX_FAULTS]), whole)

    async def _damage(self) -> list[str]:
        if self.database.is_postgres:
            return []
        check = f"PRAGMA integrity_check({MAX_FAULTS})"
        told = await self.database.read(lambda it: it.exec_driver_sql(check).scalars().all())
        return [line for line in told if line != "ok"]

    async def _erasures(self) -> "_Erasures":
        erasures = _Erasures()
        async for batch in self._batches(_IS_ERASURE):
            for entry in batch:
                erasures.take(entry)
        return erasures

    async def _texts_of(self, batch: Sequence[Entry]) -> Mapping[str, Any]:
        return await self.database.read(lambda it: personal.read(it, _refs(batch)))


@dataclass(slots=True)
class _Erasures:
    """What was erased: all of a citizen's up to a version, and single texts."""

    of_citizens: dict[str, int] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    newest: int = 0

    def take(self, entry: Entry) -> None:
        self.newest = entry.version
        self.texts.update(expired_by(entry))
        if (citizen := erased_by(entry)) is not None:
            self.of_citizens[citizen] = entry.version

    def covers(self, version: int, held: Mapping[str, str]) -> bool:
        return version < self.of_citizens.get(held["owner"], 0) or held["ref"] in self.texts


def _write(round: Round, new: Sequence[Entry], connection: Connection) -> None:
    if new:
        connection.execute(insert(entries), [_row(entry) for entry in new])
    elif connection.scalar(select(func.max(entries.c.version))) != (round.after or None):
        raise Fenced("another owner has written")
    personal.write(connection, round.texts)
    records.write(connection, round.records)
    ballots.write(connection, new, round.ballots)
    keys_done.write(round.done, connection)
    files.bind(connection, (bound for entry in new for bound in attached_in(entry.event)))
    for place, entry in enumerate(new):
        citizen, refs = erased_by(entry), expired_by(entry)
        if citizen is not None:
            since = _refs(new[place + 1 :])
            said = personal.erase(connection, citizen, keeping=since)
            files.erase(connection, citizen, keeping=since)
            keys_done.blank(connection, [(citizen, text) for text in said], everything_of=citizen)
        elif refs:
            keys_done.blank(connection, personal.expire(connection, refs))
            files.expire(connection, refs)


def _refs(batch: Sequence[Entry]) -> set[str]:
    return {held["ref"] for entry in batch for held in personal_in(entry.event) if held.get("ref")}


def _broken(before: Head, entry: Entry) -> Iterator[str]:
    if entry.version != before.version + 1:
        yield f"version {entry.version}: {before.version + 1} should come before it"
    if entry.prev_hash != before.hash:
        yield f"version {entry.version}: the hash of the entry before it is another"
    if entry.hash != Entry.after(entry.version - 1, entry.prev_hash, entry).hash:
        yield f"version {entry.version}: it was changed"


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "version": entry.version,
        "service": entry.service,
        "type": entry.type,
        "event": canonical(entry.event),
        "actor": entry.actor,
        "key": entry.key,
        "at": entry.at,
        "poll": entry.poll,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }


def _is_named(citizen: str, connection: Connection) -> bool:
    texts, answered = personal.personal_texts.c.owner, keys_done.keys_done.c.citizen
    if any(
        connection.scalar(select(column).where(column == citizen).limit(1)) is not None
        for column in (entries.c.actor, texts, answered, files.files.c.owner)
    ):
        return True
    quoted = json.dumps(citizen, ensure_ascii=False)
    # SQLite's LIKE takes capitals for small letters, and a field's name is nobody: what it finds is looked at again.
    alike = select(entries.c.event).where(entries.c.event.contains(quoted, autoescape=True))
    named = re.compile(re.escape(quoted) + "(?!:)")
    return any(named.search(event) for event in connection.scalars(alike))


def _state(query: Select[Any], connection: Connection) -> Any:
    return unpacked(connection.scalar(query))


def _entries(query: Select[Any], connection: Connection) -> list[Entry]:
    return [_entry(row._asdict()) for row in connection.execute(query)]


def _entry(row: dict[str, Any]) -> Entry:
    try:
        row["event"] = json.loads(row["event"])
    except ValueError as error:
        raise JournalError(f"version {row['version']}: its event is no JSON: {error}") from error
    return Entry(**row)
