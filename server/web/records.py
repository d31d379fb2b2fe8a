"""The records over HTTP: rows of each kind listed, filtered, searched, paged; exported for spreadsheets and programs.

Who may, and which of them, is said by the service that writes them (`Service.listing`). A filter is FIELD=VALUE,
FIELD>=VALUE or FIELD<VALUE; a value is JSON (a number, true, null, a quoted text), and a text where it is none.
"""

import json
import re
from collections.abc import AsyncIterator, Iterable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from protocol.refusals import Refusal, Refused
from server.records import MAX_PAGE, MAX_SEARCH_LENGTH, Span, Value, Wanted
from server.web.callers import Gate, caller
from server.web.refusals import RefusalTold
from worlds.citizen import Citizen
from worlds.service import Listing

PREFIX = "/api/records"

MAX_FILTERS = 20
"""Filters of one request: more than there are fields."""

FILTER = re.compile(r"([a-zA-Z]\w{0,63})(>=|<|=)(.*)", re.ASCII | re.DOTALL)


class RecordTold(BaseModel):
    """One row: what may be filtered by, and where the service lets it be seen, the texts as they are now."""

    key: str
    fields: dict[str, str | int | float | bool | None]
    texts: list[str] | None = None


class RecordPage(BaseModel):
    """A part of a list; `next` is the `after` of the part that follows."""

    items: list[RecordTold]
    next: str | None = None


class Form(StrEnum):
    """As what rows are exported."""

    CSV = "csv"
    JSON = "json"


_MEDIA = {Form.CSV: "text/csv; charset=utf-8", Form.JSON: "application/json"}

_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": RefusalTold} for status in (401, 403, 404, 413, 422, 429, 503)
}

Filters = Annotated[
    list[Annotated[str, Query(max_length=200)]],
    Query(
        max_length=MAX_FILTERS,
        description="FIELD=VALUE, FIELD>=VALUE, FIELD<VALUE; several of one field with =: any of them.",
    ),
]


def routes(gate: Gate, kinds: Iterable[str]) -> APIRouter:
    """GET /api/records/{kind}, and /api/records/{kind}/export.csv and .json, for these kinds."""
    router = APIRouter(prefix=PREFIX, tags=["records"], responses=_REFUSED)
    records = gate.records
    Asks = Annotated[Citizen, Depends(caller())]
    Kind = StrEnum("Kind", {kind.upper(): kind for kind in kinds})  # type: ignore[misc]

    @router.get("/{kind}", operation_id="records.list")
    async def rows(
        citizen: Asks,
        kind: Kind,
        where: Filters = [],  # noqa: B006
        search: Annotated[str | None, Query(max_length=MAX_SEARCH_LENGTH)] = None,
        order: Annotated[
            str | None, Query(pattern=r"^-?[a-zA-Z]\w{0,63}$", description="A field; - before it: backwards.")
        ] = None,
        after: Annotated[str | None, Query(max_length=400)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> RecordPage:
        """A page of rows."""
        listing = gate.host.city.listing(kind.value, citizen)
        if search and not listing.with_texts:
            raise Refused(Refusal.NOT_ALLOWED, "these texts are not yours to search", field="search")
        page = await records.list(
            kind.value,
            wanted(where, listing),
            search=search,
            order=order,
            after=after,
            limit=limit,
            within=listing,
        )
        items = [
            RecordTold(
                key=row.key, fields=dict(row.fields), texts=list(row.texts) if listing.with_texts else None
            )
            for row in page.items
        ]
        return RecordPage(items=items, next=page.next)

    @router.get(
        "/{kind}/export.{form}",
        operation_id="records.export",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}, "application/json": {}}}},
    )
    async def export(citizen: Asks, kind: Kind, form: Form, where: Filters = []) -> StreamingResponse:  # noqa: B006
        """All rows in one file."""
        listing = gate.host.city.listing(kind.value, citizen)
        write = records.export_csv if form is Form.CSV else records.export_json
        pieces = write(kind.value, wanted(where, listing), within=listing)
        first = await anext(pieces)  # what is wrong is refused before anything is sent
        return StreamingResponse(
            _all(first, pieces),
            media_type=_MEDIA[form],
            headers={
                "Content-Disposition": f'attachment; filename="{kind.value}.{form}"',
                "Cache-Control": "no-store",
            },
        )

    return router


async def _all(first: str, rest: AsyncIterator[str]) -> AsyncIterator[bytes]:
    yield first.encode()
    async for piece in rest:
        yield piece.encode()


def wanted(filters: Iterable[str], listing: Listing) -> dict[str, Wanted]:
    """What a row must be, as it was asked; raises Refused, also for what is wholly outside of the listing."""
    any_of: dict[str, list[Value]] = {}
    spans: dict[str, Span] = {}
    for text in filters:
        asked = FILTER.fullmatch(text)
        if asked is None:
            raise Refused(Refusal.BAD_MESSAGE, "FIELD=VALUE, FIELD>=VALUE or FIELD<VALUE", field="where")
        name, relation, written = asked.groups()
        value = _value(written)
        if relation == "=":
            any_of.setdefault(name, []).append(value)
        elif value is None or isinstance(value, bool):
            raise Refused(Refusal.BAD_MESSAGE, "a number or a text", field="where")
        else:
            now = spans.get(name, Span())
            spans[name] = Span(value, now.below) if relation == ">=" else Span(now.least, value)
    if both := any_of.keys() & spans.keys():
        raise Refused(Refusal.BAD_MESSAGE, f"{min(both)}: values or a span", field="where")
    if not any(
        all(value in any_of.get(name, (value,)) for name, value in fields.items())
        for fields in listing.any_of
    ):
        raise Refused(Refusal.NOT_ALLOWED, "these rows are not yours to list", field="where")
    return {**any_of, **spans}


def _value(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if value is None or isinstance(value, str | int | float | bool) else text
