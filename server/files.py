"""Files that citizens bring: their bytes in pieces, whose they are, and what they belong to; all else refers to them.

A file waits for a while to be attached. What attaches it is an event with its name, a personal text; from then on the
bytes go with that text: the same reference, the same owner, erased and expired together.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    String,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy import Table as SqlTable

from server.journal import SALT_BYTES, Unavailable
from server.journals.database import Database, metadata
from worlds.service import Brought

PIECE_BYTES = 262_144
"""Bytes of a piece: the one connection that writes keeps a round waiting for no longer than some ms."""

ID_BYTES = 12

BATCH = 500
"""Rows that one statement names."""

FORGOTTEN_AT_ONCE = 20
"""Files that one transaction deletes: each may be some tens of pieces, which are overwritten."""

files = SqlTable(
    "files",
    metadata,
    Column("file", String, primary_key=True),
    Column("owner", String, nullable=False, index=True),
    Column("ref", String, index=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", String, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""`ref`: of the name of what is attached; None while it waits, and then the name stands here."""

file_pieces = SqlTable(
    "file_pieces",
    metadata,
    Column("file", String, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A file that an event attaches, as the journal holds it."""

    file: str
    owner: str
    ref: str
    hash: str
    copied_from: str = ""


class TooMuchWaits(Exception):
    """Somebody has brought more than may wait."""


class Files:
    """Every file that is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self,
        owner: str,
        name: str,
        kind: str,
        content: bytes,
        at: int,
        most_waiting: int = 0,
        id: str | None = None,
    ) -> Brought:
        """Keep a file that waits; on disk when this returns.

        `most_waiting`: bytes of this owner that may wait, 0 is any. `id`: what is there under it already is this file.
        Raises TooMuchWaits, Unavailable.
        """
        if id is not None and (before := await self._database.read(partial(_known, id))) is not None:
            return before
        salt = secrets.token_bytes(SALT_BYTES)
        digest = hashlib.sha256(salt + content).hexdigest()
        brought = Brought(id or secrets.token_urlsafe(ID_BYTES), owner, name, kind, len(content), digest)
        await self._database.write(partial(_begin, brought, salt, at, most_waiting))
        try:
            for place in range(max(1, -(-len(content) // PIECE_BYTES))):
                piece = content[place * PIECE_BYTES : (place + 1) * PIECE_BYTES]
                row = {"file": brought.file, "place": place, "content": piece}
                await self._database.write(lambda it, row=row: it.execute(insert(file_pieces), row))  # type: ignore[misc]
            await self._database.write(partial(_end, brought.file))
        except BaseException:
            # What a full disk does not let go now goes with what waited too long.
            with_it = partial(_drop, files.c.file == brought.file)
            with suppress(Unavailable):
                await self._database.write(with_it)
            raise
        return brought

    async def waiting(self, ids: Collection[str]) -> Mapping[str, Brought]:
        """Files that wait, by their ids."""
        return await self._database.read(partial(_waiting, ids))

    async def drop(self, file: str, owner: str) -> bool:
        """Delete a file of somebody that waits; whether there was one. Not while a round may attach it."""
        theirs = and_(files.c.file == file, files.c.owner == owner, files.c.ref.is_(None))
        return bool(await self._database.write(partial(_drop, theirs)))

    async def forget(self, before: int) -> int:
        """Delete files that wait since before a time in ms, some at once; returns how many."""
        return await self._database.write(partial(_forget, before))

    async def content(self, file: str) -> AsyncIterator[bytes]:
        """The bytes of a file, piece by piece; none where it is gone."""
        place = 0
        while True:
            query = select(file_pieces.c.content).where(
                file_pieces.c.file == file, file_pieces.c.place == place
            )
            piece = await self._database.read(lambda it, query=query: it.scalar(query))  # type: ignore[misc]
            if piece is None:
                return
            yield bytes(piece)
            place += 1

    async def of(self, owner: str) -> list[dict[str, Any]]:
        """What is known of each file of a citizen, the oldest first; `ref` is that of its name."""
        wanted = (files.c.file, files.c.ref, files.c.name, files.c.kind, files.c.bytes, files.c.at)
        query = select(*wanted).where(files.c.owner == owner).order_by(files.c.at, files.c.file)
        rows = await self._database.read(lambda it: it.execute(query).all())
        return [{key: value for key, value in row._asdict().items() if value} for row in rows]

    async def is_as_told(self, bound: Bound) -> bool | None:
        """Whether the bytes of what was attached are those of its hash, and its owner's; None where it is gone."""
        query = select(files.c.salt, files.c.owner, files.c.ref).where(files.c.file == bound.file)
        row = await self._database.read(lambda it: it.execute(query).first())
        if row is None:
            return None
        digest = hashlib.sha256(bytes(row.salt))
        async for piece in self.content(bound.file):
            digest.update(piece)
        return (digest.hexdigest(), row.owner, row.ref) == (bound.hash, bound.owner, bound.ref)


def attached_in(value: Any) -> Iterator[Bound]:
    """Every `Attached` in an event's JSON."""
    match value:
        case {"file": str(file), "hash": str(digest), "name": {"owner": str(owner), "ref": str(ref)}}:
            yield Bound(file, owner, ref, digest, value.get("copied_from", ""))
        case dict():
            for item in value.values():
                yield from attached_in(item)
        case list() | tuple():
            for item in value:
                yield from attached_in(item)
        case _:
            pass


def bind(connection: Connection, attached: Iterable[Bound]) -> None:
    """What waited belongs from now on; raises Unavailable where it does not wait any more."""
    bound = list(attached)
    # Copies first: what they are copied from may be another's by then, but it is still the same bytes.
    for one in sorted(bound, key=lambda one: not one.copied_from):
        if one.copied_from:
            _copy(connection, one)
        else:
            mine = and_(files.c.file == one.file, files.c.ref.is_(None), files.c.is_whole)
            to_it = update(files).where(mine).values(owner=one.owner, ref=one.ref, name="")
            if connection.execute(to_it).rowcount != 1:
                raise Unavailable("a file that was to be attached is gone")


def expire(connection: Connection, refs: Collection[str]) -> None:
    """Delete files whose names are erased."""
    wanted = list(refs)
    for i in range(0, len(wanted), BATCH):
        _drop(files.c.ref.in_(wanted[i : i + BATCH]), connection)


def erase(connection: Connection, owner: str, keeping: Collection[str] = ()) -> None:
    """Delete a citizen's files, but for those attached since."""
    since = files.c.ref.in_(keeping) if keeping else literal(False)
    _drop(and_(files.c.owner == owner, files.c.ref.is_(None) | ~since), connection)


def _begin(brought: Brought, salt: bytes, at: int, most_waiting: int, connection: Connection) -> None:
    if most_waiting:
        theirs = select(func.coalesce(func.sum(files.c.bytes), 0)).where(
            files.c.owner == brought.owner, files.c.ref.is_(None)
        )
        if (connection.scalar(theirs) or 0) + brought.bytes > most_waiting:
            raise TooMuchWaits
    # What a crash left half under the same id.
    _drop(and_(files.c.file == brought.file, ~files.c.is_whole), connection)
    row = {
        "file": brought.file,
        "owner": brought.owner,
        "ref": None,
        "name": brought.name,
        "kind": brought.kind,
        "bytes": brought.bytes,
        "salt": salt,
        "hash": brought.hash,
        "is_whole": False,
        "at": at,
    }
    connection.execute(insert(files), row)


def _end(file: str, connection: Connection) -> None:
    whole = update(files).where(files.c.file == file, files.c.ref.is_(None)).values(is_whole=True)
    if connection.execute(whole).rowcount != 1:
        raise Unavailable("a file is gone that was just brought")


def _waiting(ids: Collection[str], connection: Connection) -> dict[str, Brought]:
    return _whole(and_(files.c.file.in_(ids), files.c.ref.is_(None)), connection)


def _known(id: str, connection: Connection) -> Brought | None:
    return _whole(files.c.file == id, connection).get(id)


def _whole(which: ColumnElement[bool], connection: Connection) -> dict[str, Brought]:
    """Those of these files that are here to the end, by their ids."""
    wanted = (files.c.file, files.c.owner, files.c.name, files.c.kind, files.c.bytes, files.c.hash)
    rows = connection.execute(select(*wanted).where(which, files.c.is_whole))
    return {row.file: Brought(**row._asdict()) for row in rows}


def _copy(connection: Connection, one: Bound) -> None:
    source = select(
        literal(one.file),
        literal(one.owner),
        literal(one.ref),
        literal(""),
        *(files.c[name] for name in ("kind", "bytes", "salt", "hash", "is_whole", "at")),
    ).where(files.c.file == one.copied_from, files.c.is_whole)
    if (
        connection.execute(insert(files).from_select([column.name for column in files.c], source)).rowcount
        != 1
    ):
        raise Unavailable("a file that was to be copied is gone")
    pieces = select(literal(one.file), file_pieces.c.place, file_pieces.c.content).where(
        file_pieces.c.file == one.copied_from
    )
    connection.execute(insert(file_pieces).from_select(["file", "place", "content"], pieces))


def _forget(before: int, connection: Connection) -> int:
    old = select(files.c.file).where(files.c.ref.is_(None), files.c.at < before).limit(FORGOTTEN_AT_ONCE)
    return _delete(connection.scalars(old).all(), connection)


def _drop(which: ColumnElement[bool], connection: Connection) -> int:
    return _delete(connection.scalars(select(files.c.file).where(which)).all(), connection)


def _delete(ids: Sequence[str], connection: Connection) -> int:
    for i in range(0, len(ids), BATCH):
        some = ids[i : i + BATCH]
        connection.execute(delete(file_pieces).where(file_pieces.c.file.in_(some)))
        connection.execute(delete(files).where(files.c.file.in_(some)))
    return len(ids)
