"""How Open311 GeoReport v2 is written: the same answer as XML or as JSON, times and errors in its form."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from xml.etree import ElementTree

from fastapi import Response

from worlds.calendar import KST

Form: TypeAlias = Literal["xml", "json"]

MEDIA_TYPES: Final[Mapping[Form, str]] = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}

ONE_OF: Final[Mapping[str, str]] = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "notes": "note",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""In XML every list has its name, and each of its items this one."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold, not even escaped."""


def written(root: str, value: Any, form: Form, status: int = 200, language: str | None = None) -> Response:
    """An answer; `root` names it in XML, JSON has no name for it."""
    headers = {"Vary": "Accept-Language"}
    if language is not None:
        headers["Content-Language"] = language
    body = as_xml(root, value) if form == "xml" else json.dumps(value, ensure_ascii=False).encode()
    return Response(body, status, headers, MEDIA_TYPES[form])


def as_xml(root: str, value: Any) -> bytes:
    """JSON values as an XML document without a namespace; None is an empty element."""
    document: bytes = ElementTree.tostring(_element(root, value), encoding="utf-8", xml_declaration=True)
    return document


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    match value:
        case dict():
            element.extend(_element(key, part) for key, part in value.items())
        case list():
            element.extend(_element(ONE_OF[name], part) for part in value)
        case bool():
            element.text = "true" if value else "false"
        case None:
            pass
        case _:
            element.text = _NOT_IN_XML.sub("\ufffd", str(value))
    return element


def errors(status: int, description: str, form: Form) -> Response:
    """The list of one error."""
    return written("errors", [{"code": status, "description": description}], form, status)


def form_of(path: str) -> Form:
    """The form that a path asks for; XML where it asks for none, as the specification demands XML."""
    return "json" if path.endswith(".json") else "xml"


def shown_time(ms: int | None) -> str | None:
    """A moment as 2026-09-21T10:00:00+09:00."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, KST).isoformat(timespec="seconds")


def read_time(text: str) -> int:
    """A moment of W3C form, with its zone -> ms; raises ValueError."""
    # In a query an unescaped + is a space.
    moment = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", text.strip()))
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, as in 2026-09-21T10:00:00+09:00")
    return round(moment.timestamp() * 1000)
