"""Petitions as Open311 sees them: kinds are services, published petitions are requests, a report is a filing.

Only kinds that the city publishes are here, only what the petitioner agreed to show is listed, and nothing of what
they wrote: the description is the summary that an official wrote for the public.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from protocol.codec import read
from protocol.refusals import Refusal, Refused
from protocol.services.petitions import FilePetition, State
from server.texts import Language, spoken, texts
from server.web.georeport import shown_time
from worlds.services.petitions import Petition, Petitions, public_view
from worlds.services.petitions.rules import KindRule, Rules
from worlds.services.petitions.states import BEFORE_RECEIPT, CLOSED, TABLE

TITLE_LENGTH = 60
"""Characters of the report that become the title where none is given."""

MOST_NOTES = 100
"""Notes of one request, the newest: no petition needs so many, and an answer has an end."""

YES, NO = "yes", "no"

_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests: times in ms, empty sets are any; `ids` overrides all."""

    since: int
    until: int
    ids: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    skip: int = 0
    most: int = 1_000
    with_notes: bool = False


def kinds(rules: Rules) -> dict[str, KindRule]:
    """The kinds that may be seen."""
    return {code: kind for code, kind in rules.kinds.items() if kind.public}


def services(rules: Rules, language: Language) -> list[dict[str, Any]]:
    """The list of services."""
    told = texts(language)["open311"]
    return [
        {
            "service_code": code,
            "service_name": spoken(kind.name, language),
            "description": told["service"].format(
                article=spoken(kind.article, language), needs=", ".join(_needs(kind)) or told["nothing"]
            ),
            "metadata": True,
            "type": "batch",
            "keywords": f"{kind.name.ko}, {kind.name.en}",
            "group": told["group"],
        }
        for code, kind in kinds(rules).items()
    ]


def definition(rules: Rules, code: str, language: Language) -> dict[str, Any]:
    """What is asked beside the report; raises Refused(not_found)."""
    kind = _kind(rules, code)
    told = texts(language)["open311"]
    departments = [
        {"key": department.id, "name": spoken(department.name, language)} for department in rules.departments
    ]
    agreement = [{"key": YES, "name": told["yes"]}, {"key": NO, "name": told["no"]}]
    asked = [
        ("title", "string", False, []),
        ("publish", "singlevaluelist", False, agreement),
        ("department", "singlevaluelist", False, departments),
    ]
    if "address" in kind.requires:
        asked.insert(0, ("home_address", "string", True, []))
    return {
        "service_code": code,
        "attributes": [
            {
                "variable": True,
                "code": name,
                "datatype": datatype,
                "required": required,
                "datatype_description": None,
                "order": order,
                "description": told[name],
                "values": values,
            }
            for order, (name, datatype, required, values) in enumerate(asked, 1)
        ],
    }


def filing(rules: Rules, form: Mapping[str, str], language: Language) -> FilePetition:
    """A report -> the command that files it; raises Refused."""
    code = form.get("service_code", "")
    if not code:
        raise Refused(Refusal.BAD_MESSAGE, "is needed", field="service_code")
    _kind(rules, code)
    told = texts(language)["open311"]
    description = form.get("description", "").strip()
    if not description:
        raise Refused(Refusal.BAD_MESSAGE, "is needed", field="description")
    department = form.get("attribute[department]")
    if department is not None and rules.department(department) is None:
        raise Refused(Refusal.BAD_MESSAGE, "no such department", field="attribute[department]")
    publish = form.get("attribute[publish]", NO)
    if publish not in (YES, NO):
        raise Refused(Refusal.BAD_MESSAGE, f"{YES} or {NO}", field="attribute[publish]")
    parts = [description]
    parts += [told[name].format(value=form[name]) for name in _BESIDE if name in form]
    return read(
        FilePetition,
        {
            "id": 0,
            "kind": code,
            "title": form.get("attribute[title]") or _title(description),
            "text": "\n\n".join(parts),
            "name": _full_name(form.get("first_name", ""), form.get("last_name", "")),
            "address": form.get("attribute[home_address]", ""),
            "contact": ", ".join(form[name] for name in ("phone", "email") if name in form),
            "department": department,
            "place": _place(form),
            "publish": publish == YES,
        },
    )


_BESIDE = ("address_string", "address_id", "media_url")
"""What a report says beside its description; an official reads it with the text."""


def _title(description: str) -> str:
    first = description.splitlines()[0].strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def _full_name(first: str, last: str) -> str:
    return f"{last}{first}" if _HANGUL.search(first + last) else f"{first} {last}".strip()


def _place(form: Mapping[str, str]) -> dict[str, float] | None:
    given = {name: form[key] for key, name in (("lat", "lat"), ("long", "lon")) if key in form}
    if not given:
        if "address_string" in form or "address_id" in form:
            return None
        raise Refused(Refusal.BAD_MESSAGE, "one of lat and long, address_string, address_id", field="lat")
    if len(given) == 1:
        raise Refused(Refusal.BAD_MESSAGE, "come together", field="lat, long")
    try:
        return {name: float(number) for name, number in given.items()}
    except ValueError:
        raise Refused(Refusal.BAD_MESSAGE, "not a number", field="lat, long") from None


def requests(service: Petitions, wanted: Wanted, language: Language) -> list[dict[str, Any]]:
    """Published petitions, the newest first."""
    found = _by_ids(service, wanted.ids) if wanted.ids else _matching(service, wanted)
    return [
        shown
        for petition in islice(found, wanted.skip, wanted.skip + wanted.most)
        if (shown := request(service, petition, language, with_notes=wanted.with_notes)) is not None
    ]


def _by_ids(service: Petitions, ids: tuple[str, ...]) -> Iterator[Petition]:
    published = service.ledger.published
    for number in dict.fromkeys(ids):
        place = bisect_left(published, (number, ""))
        if place < len(published) and published[place][0] == number:
            yield service.ledger.petitions[published[place][1]]


def _matching(service: Petitions, wanted: Wanted) -> Iterator[Petition]:
    for _, id in reversed(service.ledger.published):
        petition = service.ledger.petitions[id]
        if petition.received_at < wanted.since:
            return  # numbers are given in the order of receipt
        if (
            petition.received_at <= wanted.until
            and (not wanted.services or petition.kind in wanted.services)
            and (not wanted.statuses or status(petition) in wanted.statuses)
        ):
            yield petition


def status(petition: Petition) -> str:
    """`open` or `closed`; what is passed on stays open until it is received there."""
    return "closed" if petition.state in CLOSED else "open"


def request(
    service: Petitions, petition: Petition, language: Language, *, with_notes: bool = False
) -> dict[str, Any] | None:
    """A published petition, or None; `with_notes`: with every state that it was in since its receipt."""
    card = public_view(service.ledger, service.texts, petition)
    if card is None:
        return None
    rules = service.rules
    department = rules.department(card.department or rules.civil_service)
    steps = list(_steps(petition))
    _, state, about = steps[-1]
    shown: dict[str, Any] = {
        "service_request_id": card.number,
        "status": status(petition),
        "status_notes": _in_words(rules, state, about, language),
        "service_name": spoken(rules.kinds[petition.kind].name, language),
        "service_code": card.kind,
        "description": card.summary,
        "agency_responsible": spoken(department.name, language) if department is not None else None,
        "service_notice": None,
        "requested_datetime": shown_time(card.received_at),
        "updated_datetime": shown_time(card.updated_at),
        "expected_datetime": shown_time(card.due_at),
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": card.lat,
        "long": card.lon,
        "media_url": None,
    }
    if with_notes:
        shown["notes"] = [
            {
                "datetime": shown_time(at),
                "description": _in_words(rules, state, about, language),
                "type": state,
            }
            for at, state, about in steps[-MOST_NOTES:]
        ]
    return shown


_REACHED: Mapping[str, State] = {
    "started": "in_review",
    **{row.told: row.to for row in TABLE if row.told is not None and row.to is not None},
}
"""To which state a step of the history led."""


def _steps(petition: Petition) -> Iterator[tuple[int, State, str]]:
    """When it came into which state since its receipt, and what may be said of it: the body, or the reason's class."""
    body = ""
    for at, what, _, about in petition.history:
        state = _REACHED.get(what)
        if state is None or state in BEFORE_RECEIPT:
            continue
        if what == "objection_decided":
            state = petition.state  # nothing comes after it
        body = about.get("body", body) if state == "transferred" else body
        yield (
            at,
            state,
            body if state in ("transferred", "closed_transferred") else str(about.get("reason", "")),
        )


def _in_words(rules: Rules, state: State, about: str, language: Language) -> str:
    """A state in plain words; to whom it was passed on, or the class of the reason: nothing that was written."""
    shown = spoken(rules.states[state], language)
    if state in ("transferred", "closed_transferred") and (body := rules.body(about)) is not None:
        return str(texts(language)["open311"]["forwarded"]).format(body=spoken(body.name, language))
    if state == "not_processed" and (reason := rules.unprocessed_reasons.get(about)) is not None:
        return f"{shown}: {spoken(reason.name, language)}"
    return shown


def _kind(rules: Rules, code: str) -> KindRule:
    kind = kinds(rules).get(code)
    if kind is None:
        raise Refused(Refusal.NOT_FOUND, "no such service", field="service_code")
    return kind


_NEEDS = {
    "name": "first_name / last_name",
    "address": "attribute[home_address]",
    "contact": "phone / email",
}


def _needs(kind: KindRule) -> list[str]:
    return [_NEEDS[one] for one in kind.requires]


def asked_as(field: str | None) -> str | None:
    """A petition's field as the Open311 client knows it."""
    return _NEEDS.get(field or "", field)
