"""Open311 GeoReport v2: discovery, services, reports and their tokens, requests; XML and JSON.

The calls of https://wiki.open311.org/GeoReport_v2. A parameter that is empty counts as absent. Reports need an
`api_key`: a token of this city, in the form, in the query, or as bearer. Pictures come as `media`, in a form of parts;
`media_url` is kept as the text that it is, and never fetched: an address of a stranger's choice is not asked from here.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response

from protocol.codec import read
from protocol.refusals import ProtocolError, Refusal, Refused
from protocol.services.petitions import PetitionStatus
from server.addresses import place_of
from server.texts import Language, preferred, spoken
from server.texts import texts as texts_in
from server.web.callers import Gate, address_of, bearer, believable
from server.web.forms_of_parts import Parts, is_in_parts, parts_of
from server.web.georeport import errors, form_of, read_time, shown_time, written
from server.web.georeport_petitions import (
    Wanted,
    asked_as,
    definition,
    filing,
    kinds,
    requests,
    services,
)
from server.web.refusals import retry_headers
from worlds.citizen import Citizen
from worlds.city import City
from worlds.services.petitions import Petitions

PREFIX = "/open311/v2"

CHANGESET = "2026-11-22T00:00:00+09:00"
"""When what this interface offers was last changed."""

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
DAY_MS = 86_400_000
MAX_FIELDS = 100
"""Fields of one report: more than the specification names."""

READER = Citizen(id="open311", name="Open311")
"""Who reads without a key."""

T = TypeVar("T")
Optional = Annotated[str | None, Query(max_length=10_000)]
Suffix = Literal["xml", "json"]


def routes(gate: Gate, jurisdiction: str) -> APIRouter:
    """The calls; `jurisdiction` is the city's id, and need not be given."""
    settings = gate.settings.open311

    async def within(request: Request, jurisdiction_id: Optional = None) -> None:
        gate.keep_pace(READER, address_of(request))
        _is_here(jurisdiction_id, jurisdiction)

    router = APIRouter(prefix=PREFIX, tags=["open311"], responses=_ANSWERS)
    paced = [Depends(within)]

    async def asked(question: Callable[[Petitions, int], T]) -> T:
        def of_petitions(city: City, now: int) -> T:
            service = city.services["petitions"]
            assert isinstance(service, Petitions)
            return question(service, now)

        return await gate.host.read(of_petitions)

    @router.get("/discovery.{suffix}", dependencies=paced)
    async def discovery(request: Request, suffix: Suffix) -> Response:
        """What is offered, and where."""
        language = _language(request)
        told = texts_in(language)["open311"]
        rules = await asked(lambda service, _: service.rules)
        room = rules.department(rules.civil_service)
        assert room is not None
        name = spoken(room.name, language)
        found = {
            "changeset": CHANGESET,
            "contact": told["contact"].format(department=name, contact=room.contact),
            "key_service": told["key_service"],
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": str(request.base_url).rstrip("/") + PREFIX,
                    "changeset": CHANGESET,
                    "type": settings.kind,
                    "formats": ["text/xml", "application/json"],
                }
            ],
        }
        return written("discovery", found, suffix, language=language)

    @router.get("/services.{suffix}", dependencies=paced)
    async def list_services(request: Request, suffix: Suffix) -> Response:
        """The kinds of petitions that may be published."""
        language = _language(request)
        found = await asked(lambda service, _: services(service.rules, language))
        return written("services", found, suffix, language=language)

    @router.get("/services/{service_code}.{suffix}", dependencies=paced)
    async def define_service(request: Request, service_code: str, suffix: Suffix) -> Response:
        """What is asked beside the report itself."""
        language = _language(request)
        found = await asked(lambda service, _: definition(service.rules, service_code, language))
        return written("service_definition", found, suffix, language=language)

    @router.post("/requests.{suffix}", openapi_extra=_FORM)
    async def report(request: Request, suffix: Suffix) -> Response:
        """Report something: it is filed as a petition of who holds the key, and answered with its token."""
        language = _language(request)
        parts = await _parts_of(request, gate)
        form = _given_first(parts.fields) | _given(request.query_params)
        key = form.get("api_key") or bearer(request)
        if key is None:
            raise Refused(Refusal.NOT_ALLOWED, "a token of this city is needed", field="api_key")
        citizen = await gate.citizen(believable(key), address_of(request))
        gate.keep_pace(citizen, address_of(request))
        _is_here(form.get("jurisdiction_id"), jurisdiction)
        command = await asked(lambda service, _: filing(service.rules, form, language))
        command = command.model_copy(update={"files": await _brought(gate, citizen, parts)})
        filed = await gate.ask(command, citizen)
        assert filed is not None
        notice = texts_in(language)["open311"]["arrived"].format(until=shown_time(filed["receive_by"]))
        answer = {"token": filed["token"], "service_notice": notice, "account_id": None}
        return written("service_requests", [answer], suffix, language=language)

    @router.get("/tokens/{token}.{suffix}", dependencies=paced)
    async def tell_number(token: str, suffix: Suffix) -> Response:
        """The number that a report got when it was received; empty until then."""
        try:
            command = read(PetitionStatus, {"id": 0, "token": token})
        except Refused as error:
            raise Refused(Refusal.NOT_FOUND, "no petition has this token", field="token") from error
        shown = await gate.ask(command, READER)
        assert shown is not None
        if shown["kind"] not in await asked(lambda service, _: kinds(service.rules)):
            raise Refused(Refusal.NOT_FOUND, "no petition has this token", field="token")
        answer = {"service_request_id": shown.get("number"), "token": token}
        return written("service_requests", [answer], suffix)

    @router.get("/requests.{suffix}", dependencies=paced)
    async def list_requests(
        request: Request,
        suffix: Suffix,
        service_request_id: Optional = None,
        service_code: Optional = None,
        start_date: Optional = None,
        end_date: Optional = None,
        status: Optional = None,
        page: Optional = None,
        page_size: Optional = None,
        extensions: Optional = None,
    ) -> Response:
        """Published petitions; `service_request_id` overrides all other filters, `extensions=true` adds notes."""
        language = _language(request)
        with_notes = _is_true(extensions, "extensions")

        def question(service: Petitions, now: int) -> list[dict[str, Any]]:
            if ids := _parts(service_request_id):
                wanted = Wanted(0, now, ids=tuple(ids), most=settings.max_requests, with_notes=with_notes)
            else:
                since, until = _span(start_date, end_date, now, settings.span_days * DAY_MS)
                size = _whole(page_size, "page_size", settings.max_requests, settings.max_requests)
                wanted = Wanted(
                    since,
                    until,
                    services=frozenset(_known(service_code, kinds(service.rules), "service_code")),
                    statuses=frozenset(_known(status, ("open", "closed"), "status")),
                    skip=(_whole(page, "page", 1, 1_000_000) - 1) * size,
                    most=size,
                    with_notes=with_notes,
                )
            return requests(service, wanted, language)

        return written("service_requests", await asked(question), suffix, language=language)

    @router.get("/requests/{service_request_id}.{suffix}", dependencies=paced)
    async def show_request(
        request: Request, service_request_id: str, suffix: Suffix, extensions: Optional = None
    ) -> Response:
        """One published petition, as a list of one; `extensions=true` adds notes."""
        language = _language(request)
        with_notes = _is_true(extensions, "extensions")
        wanted = Wanted(0, 0, ids=(service_request_id,), with_notes=with_notes)
        found = await asked(lambda service, _: requests(service, wanted, language))
        if not found:
            raise Refused(Refusal.NOT_FOUND, "no such request is published", field="service_request_id")
        return written("service_requests", found, suffix, language=language)

    return router


def refused(request: Request, error: Refused, status: int | None = None) -> Response:
    """A refusal in the specification's form."""
    status = status or _STATUS.get(error.code, 400)
    field = asked_as(error.field)
    description = f"{field}: {error.message}" if field else error.message
    answer = errors(status, description, form_of(request.url.path))
    answer.headers.update(retry_headers(error))
    return answer


def key_refused(request: Request, error: ProtocolError) -> Response:
    """An api_key that is not believed."""
    return errors(403, f"api_key: {error.message}", form_of(request.url.path))


_STATUS: Mapping[Refusal, int] = {
    Refusal.NOT_ALLOWED: 403,
    Refusal.MUTED: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.TOO_FAST: 429,
    Refusal.UNAVAILABLE: 503,
}
"""Everything else is 400, as the specification says."""

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/xml": {}, "application/json": {}}, "description": "As GeoReport v2 says"},
    400: {"description": "A parameter is wrong"},
    403: {"description": "api_key is missing, or not believed"},
    404: {"description": "No such id, service or jurisdiction"},
    429: {"description": "Too many in too short a time"},
    503: {"description": "The city cannot decide it now"},
}

_FIELDS = (
    "api_key", "jurisdiction_id", "service_code", "lat", "long", "address_string", "address_id", "email", "device_id",
    "account_id", "first_name", "last_name", "phone", "description", "media_url", "attribute[title]",
    "attribute[home_address]", "attribute[publish]", "attribute[department]",
)  # fmt: skip
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in _FIELDS},
                    "required": ["service_code", "description"],
                }
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in _FIELDS}
                    | {"media": {"type": "string", "format": "binary"}},
                    "required": ["service_code", "description"],
                }
            },
        },
    }
}


async def _parts_of(request: Request, gate: Gate) -> Parts:
    """A report's form; in parts where it brings pictures."""
    if not is_in_parts(request.headers):
        return Parts(list(_form_of(await request.body()).items()))
    try:
        with gate.uploads.coming(Citizen(f"at {place_of(address_of(request))}", "")):
            return await parts_of(request, gate.uploads)
    except Refused as refused:
        gate.uploads.note_refused(refused)
        raise


async def _brought(gate: Gate, citizen: Citizen, parts: Parts) -> list[str]:
    """The ids of what came as `media`, whatever each is called: apps say `media`, `media[]` or `media[0]`."""
    ids = []
    for field, name, content in parts.files:
        if not field.startswith("media"):
            continue
        try:
            gate.uploads.keep_pace(citizen)
            ids.append((await gate.uploads.take(citizen, name, content)).file)
        except Refused as refused:
            gate.uploads.note_refused(refused)
            raise Refused(
                refused.code, refused.message, field="media", retry_after_ms=refused.retry_after_ms
            ) from refused
    return ids


def _language(request: Request) -> Language:
    return preferred(request.headers.get("accept-language"))


def _is_here(given: str | None, jurisdiction: str) -> None:
    if given and given != jurisdiction:
        raise Refused(Refusal.NOT_FOUND, "no such jurisdiction here", field="jurisdiction_id")


def _given(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value.strip()}


def _given_first(fields: list[tuple[str, str]]) -> dict[str, str]:
    return _given({name.replace("][]", "]"): value for name, value in fields})


def _form_of(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Refused(Refusal.BAD_MESSAGE, "the form cannot be read as UTF-8 fields") from None
    return _given({name.replace("][]", "]"): value for name, value in pairs})


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _known(text: str | None, known: Mapping[str, object] | tuple[str, ...], field: str) -> list[str]:
    found = _parts(text)
    if any(part not in known for part in found):
        code = Refusal.NOT_FOUND if field == "service_code" else Refusal.BAD_MESSAGE
        raise Refused(code, "no such one", field=field)
    return found


def _is_true(text: str | None, field: str) -> bool:
    said = (text or "").strip() or "false"
    if said not in ("true", "false"):
        raise Refused(Refusal.BAD_MESSAGE, "true or false", field=field)
    return said == "true"


def _whole(text: str | None, field: str, absent: int, most: int) -> int:
    if not (text or "").strip():
        return absent
    assert text is not None
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 9 and int(text) >= 1):
        raise Refused(Refusal.BAD_MESSAGE, "a whole number from 1 on", field=field)
    return min(int(text), most)


def _span(start: str | None, end: str | None, now: int, longest: int) -> tuple[int, int]:
    """From when to when; what is not given follows from the other, or is the newest span."""
    since, until = _moment(start, "start_date"), _moment(end, "end_date")
    if until is None:
        until = now if since is None or not longest else since + longest
    if since is None:
        since = until - longest if longest else 0
    if since > until:
        raise Refused(Refusal.BAD_MESSAGE, "is after end_date", field="start_date")
    if longest and until - since > longest:
        raise Refused(
            Refusal.BAD_MESSAGE, f"more than {longest // DAY_MS} days", field="start_date, end_date"
        )
    return since, until


def _moment(text: str | None, field: str) -> int | None:
    if not (text or "").strip():
        return None
    assert text is not None
    try:
        return read_time(text)
    except (ValueError, OverflowError):
        raise Refused(
            Refusal.BAD_MESSAGE, "a time with its zone, as 2026-09-21T10:00:00+09:00", field=field
        ) from None
