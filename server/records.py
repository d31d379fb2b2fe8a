"""What may be listed, filtered, searched, paged and exported: rows written in the journal's own transaction.

A row's fields are data without personal text; its texts are searched in the store of personal texts, by reference,
so that what is erased there is found no more.
"""

import base64
import binascii
import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import JSONB

from protocol.message import MAX_INTEGER
from protocol.refusals import Refusal, Refused
from server.journals.database import Database, metadata, upsert
from server.personal import personal_texts
from worlds.service import ERASED, Listing, Page, Record

MAX_PAGE = 200
"""Rows in one answer: more than anyone reads, little enough to send."""

BATCH = 1_000
"""Rows that are named in one statement: PostgreSQL takes no more than 32,767 values in it."""

MAX_SEARCH_LENGTH = 100
"""Characters of a search."""

BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that a CSV file is UTF-8; without it Korean is unreadable there."""

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Span:
    """From `least` on, and before `below`; None is open."""

    least: str | int | float | None = None
    below: str | int | float | None = None


Wanted: TypeAlias = Value | Sequence[Value] | Span
"""A field's value, any of several, or a span of them."""

ALL = Listing()
"""Every row of a kind."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it is read: `texts` as they are now, erased ones as such."""

    kind: str
    key: str
    fields: Mapping[str, Value]
    texts: tuple[str, ...] = ()


records = SqlTable(
    "records",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("fields", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
)

record_texts = SqlTable(
    "record_texts",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("ref", String, nullable=False, index=True),
    sqlite_with_rowid=False,
)


class Records:
    """The rows of every service."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._in_json = _PostgresFields() if database.is_postgres else _SqliteFields()

    async def get(self, kind: str, key: str) -> Row | None:
        """One row."""
        page = await self._page(and_(records.c.kind == kind, records.c.key == key), [], 1)
        return page[0] if page else None

    async def list(
        self,
        kind: str,
        where: Mapping[str, Wanted] | None = None,
        *,
        search: str | None = None,
        order: str | None = None,
        after: str | None = None,
        limit: int = 50,
        within: Listing = ALL,
    ) -> Page:
        """A page of `Row`; `order` is a field, with - before it backwards, rows without it last; else by key.

        `after` is the `next` of the page before. Raises Refused for one that is not, and for too long a search.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise Refused(Refusal.BAD_MESSAGE, f"from 1 to {MAX_PAGE}", field="limit")
        wanted = [
            records.c.kind == kind,
            *(self._matches(name, want) for name, want in (where or {}).items()),
            *self._bounds(within),
        ]
        if search and search.strip():
            wanted.append(_says(search))
        ordering: list[ColumnElement[Any]] = [records.c.key]
        field, backwards = (order or "").removeprefix("-"), (order or "").startswith("-")
        if field:
            value = self._in_json.value(field)
            ordering = [value.is_(None), value.desc() if backwards else value.asc(), records.c.key]
        if after is not None:
            wanted.append(self._behind(field, backwards, *_cursor(after)))
        rows = await self._page(and_(*wanted), ordering, limit + 1)
        following = None
        if len(rows) > limit:
            last = rows[limit - 1]
            following = _cursor_of(last.fields.get(field) if field else None, last.key)
        return Page(tuple(rows[:limit]), following)

    async def count(self, kind: str, where: Mapping[str, Wanted] | None = None) -> int:
        """How many rows there are."""
        wanted = (self._matches(name, want) for name, want in (where or {}).items())
        query = select(func.count()).select_from(records).where(records.c.kind == kind, *wanted)
        return await self._database.read(lambda it: it.scalar(query)) or 0

    async def export_json(
        self, kind: str, where: Mapping[str, Wanted] | None = None, *, within: Listing = ALL
    ) -> AsyncIterator[str]:
        """All rows as one JSON array, in pieces."""
        before = "["
        async for row in self._all(kind, where, within):
            told: dict[str, Any] = {"key": row.key, **row.fields}
            if within.with_texts:
                told["texts"] = row.texts
            yield before + json.dumps(told, ensure_ascii=False)
            before = ",\n"
        yield "[]\n" if before == "[" else "]\n"

    async def export_csv(
        self, kind: str, where: Mapping[str, Wanted] | None = None, *, within: Listing = ALL
    ) -> AsyncIterator[str]:
        """All rows as CSV for spreadsheets, in pieces: a column for each field that any row has."""
        names: dict[str, None] = {}
        async for row in self._all(kind, where, within):
            names |= dict.fromkeys(row.fields)
        line = io.StringIO()
        writer = csv.writer(line)
        writer.writerow(["key", *names, *(["texts"] if within.with_texts else [])])
        yield BYTE_ORDER_MARK + line.getvalue()
        async for row in self._all(kind, where, within):
            line.seek(0)
            line.truncate()
            cells = [row.key, *(row.fields.get(name) for name in names)]
            if within.with_texts:
                cells.append("\n\n".join(row.texts))
            writer.writerow(map(_cell, cells))
            yield line.getvalue()

    async def _all(
        self, kind: str, where: Mapping[str, Wanted] | None, within: Listing
    ) -> AsyncIterator[Row]:
        after = None
        while True:
            page = await self.list(kind, where, after=after, limit=MAX_PAGE, within=within)
            for row in page.items:
                yield row
            if page.next is None:
                return
            after = page.next

    async def _page(
        self, wanted: ColumnElement[bool], ordering: Sequence[ColumnElement[Any]], limit: int
    ) -> Sequence[Row]:
        query = select(records).where(wanted).order_by(*ordering).limit(limit)

        def page(connection: Connection) -> list[Row]:
            found = connection.execute(query).all()
            texts = _texts(connection, [(row.kind, row.key) for row in found])
            return [
                Row(row.kind, row.key, row.fields, tuple(texts.get((row.kind, row.key), ()))) for row in found
            ]

        return await self._database.read(page)

    def _bounds(self, within: Listing) -> Iterator[ColumnElement[bool]]:
        if all(within.any_of):
            yield or_(
                literal(False),
                *(
                    and_(*(self._matches(name, want) for name, want in fields.items()))
                    for fields in within.any_of
                ),
            )
        for name, not_this in within.but.items():
            value = self._in_json.value(name)
            yield or_(value.is_(None), value != self._in_json.bound(not_this))

    def _matches(self, name: str, want: Wanted) -> ColumnElement[bool]:
        value, bound = self._in_json.value(name), self._in_json.bound
        match want:
            case Span(least, below):
                spans = [value >= bound(least)] if least is not None else []
                spans += [value < bound(below)] if below is not None else []
                return and_(value.is_not(None), *spans)
            case None:
                return value.is_(None)
            case str() | int() | float():
                return value == bound(want)
            case _:
                return or_(literal(False), *(self._matches(name, one) for one in want))

    def _behind(self, field: str, backwards: bool, last: Value, key: str) -> ColumnElement[bool]:
        further = records.c.key > key
        if not field:
            return further
        value = self._in_json.value(field)
        if last is None:
            return and_(value.is_(None), further)
        bound = self._in_json.bound(last)
        beyond = value < bound if backwards else value > bound
        return or_(beyond, and_(value == bound, further), value.is_(None))


def _sound(value: Value) -> Value:
    """A value that both databases can hold; raises Refused for any other."""
    match value:
        case str() if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Refused(Refusal.BAD_MESSAGE, "no text", field="where")
        case int() if abs(value) > MAX_INTEGER:
            raise Refused(Refusal.BAD_MESSAGE, "too large a number", field="where")
        case float() if not math.isfinite(value):
            raise Refused(Refusal.BAD_MESSAGE, "no number", field="where")
        case _:
            return value


class _SqliteFields:
    def value(self, name: str) -> ColumnElement[Any]:
        return func.json_extract(records.c.fields, f'$."{_field(name)}"')

    def bound(self, value: Value) -> ColumnElement[Any]:
        return literal(int(value) if isinstance(value, bool) else _sound(value))


class _PostgresFields:
    def value(self, name: str) -> ColumnElement[Any]:
        return func.nullif(records.c.fields.op("->", return_type=JSONB())(_field(name)), self.bound(None))

    def bound(self, value: Value) -> ColumnElement[Any]:
        return cast(literal(json.dumps(_sound(value)), String), JSONB)


def write(connection: Connection, changed: Sequence[Record]) -> None:
    """Write a round's rows, each in the place of the one with its key."""
    newest = {(record.kind, record.key): record for record in changed}
    if not newest:
        return
    insertion = upsert(connection, records)
    connection.execute(
        insertion.on_conflict_do_update(
            index_elements=[records.c.kind, records.c.key], set_={"fields": insertion.excluded.fields}
        ),
        [
            {"kind": record.kind, "key": record.key, "fields": dict(record.fields)}
            for record in newest.values()
        ],
    )
    keys = list(newest)
    for i in range(0, len(keys), BATCH):
        theirs = tuple_(record_texts.c.kind, record_texts.c.key).in_(keys[i : i + BATCH])
        connection.execute(delete(record_texts).where(theirs))
    links = [
        {"kind": record.kind, "key": record.key, "place": place, "ref": personal.ref}
        for record in newest.values()
        for place, personal in enumerate(record.texts)
    ]
    if links:
        connection.execute(insert(record_texts), links)


def naming(connection: Connection, owner: str) -> list[dict[str, Any]]:
    """The rows that hold a text of this citizen."""
    theirs = exists().where(
        record_texts.c.kind == records.c.kind,
        record_texts.c.key == records.c.key,
        record_texts.c.ref == personal_texts.c.ref,
        personal_texts.c.owner == owner,
    )
    found = connection.execute(select(records).where(theirs).order_by(records.c.kind, records.c.key))
    return [row._asdict() for row in found]


def _texts(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    if not keys:
        return {}
    joined = record_texts.outerjoin(personal_texts, personal_texts.c.ref == record_texts.c.ref)
    found = connection.execute(
        select(record_texts.c.kind, record_texts.c.key, personal_texts.c.text)
        .select_from(joined)
        .where(tuple_(record_texts.c.kind, record_texts.c.key).in_(keys))
        .order_by(record_texts.c.place)
    )
    texts: dict[tuple[str, str], list[str]] = {}
    for kind, key, text in found:
        texts.setdefault((kind, key), []).append(ERASED if text is None else text)
    return texts


def _says(search: str) -> ColumnElement[bool]:
    _sound(search)
    words = unicodedata.normalize("NFC", search).split()
    if len(search) > MAX_SEARCH_LENGTH:
        raise Refused(Refusal.TOO_LONG, f"at most {MAX_SEARCH_LENGTH} characters", field="search")
    return and_(
        *(
            exists().where(
                record_texts.c.kind == records.c.kind,
                record_texts.c.key == records.c.key,
                record_texts.c.ref == personal_texts.c.ref,
                personal_texts.c.text.icontains(word, autoescape=True),
            )
            for word in words
        )
    )


def _field(name: str) -> str:
    if not re.fullmatch(r"[a-zA-Z]\w*", name, re.ASCII):
        raise Refused(Refusal.BAD_MESSAGE, "no such field", field=name[:64])
    return name


def _cursor_of(value: Value, key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, key]).encode()).decode().rstrip("=")


def _cursor(after: str) -> tuple[Value, str]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if isinstance(key, str) and (value is None or isinstance(value, str | int | float)):
            return _sound(value), str(_sound(key))
    except (binascii.Error, ValueError, TypeError):
        pass
    raise Refused(Refusal.BAD_MESSAGE, "not the end of a page", field="after")


def _cell(value: Value) -> Value:
    """A spreadsheet would run what begins like a formula."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )
