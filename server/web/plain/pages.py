"""How the plain page is written: its templates, its headers, the reader's language, and times in words."""

from datetime import datetime
from functools import cache
from typing import Any
from unicodedata import bidirectional

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from protocol.refusals import Refusal, Refused
from server.texts import Language, preferred, texts
from server.web.plain.reasons import reason
from server.web.refusals import retry_headers
from worlds.calendar import KST

HOME = "/plain"
LANGUAGE_COOKIE = "madang_language"

HEADERS = {
    # Forms are sent to ourselves, and a browser that tells no referrer tells no origin either.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}


def is_page(path: str) -> bool:
    """Whether an address is of the plain page."""
    return path == HOME or path.startswith(HOME + "/")


def written(template: str, **values: Any) -> str:
    """A page as HTML; everything in it that is not ours is escaped."""
    return _environment().get_template(f"plain/{template}").render(**values)


def refused(request: Request, error: Refused, status: int) -> Response:
    """What is answered to a request that did not come as far as its page: too long, too often, from elsewhere."""
    language = language_of(request)
    told = texts(language, "plain")
    is_long = error.code == Refusal.TOO_LONG
    body = written(
        "turned_away.html",
        t=told,
        language=language,
        title=told["site"]["too_long" if is_long else "refused"],
        reason=told["site"]["too_long_text"] if is_long else reason(language, error),
    )
    headers = {**HEADERS, **retry_headers(error), "Content-Language": language}
    return HTMLResponse(body, status, headers)


def language_of(request: Request) -> Language:
    """The reader's language: as the page was asked, as they once chose, or as their browser says."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return preferred(asked or request.headers.get("accept-language"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("server.web.plain"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["iso"] = lambda at: datetime.fromtimestamp(at / 1000, KST).isoformat("T", "minutes")
    environment.filters["when"] = shown_moment
    environment.filters["tongue"] = tongue
    environment.filters["apart"] = apart
    return environment


_TURNS = {"R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI"}


def apart(text: str) -> str:
    """What is written from right to left, or turns the direction, keeps it to itself within a sentence of ours."""
    return f"\u2068{text}\u2069" if any(bidirectional(c) in _TURNS for c in text) else text


def tongue(text: str, known: str | None = None) -> Markup:
    """The `lang` of what somebody wrote: as they said, Korean where it has Hangul, else not known."""
    language = known or ("ko" if any("가" <= c <= "힣" for c in text) else "")
    return Markup(' lang="{}"').format(language)


_WEEKDAYS: dict[Language, str] = {"ko": "월화수목금토일", "en": "Mon Tue Wed Thu Fri Sat Sun"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def shown_moment(at: int, language: Language, *, has_time: bool = True) -> str:
    """A time for people, in Korea's time: the day with its weekday, and the minute."""
    time = datetime.fromtimestamp(at / 1000, KST)
    if language == "ko":
        day = f"{time.year}년 {time.month}월 {time.day}일 ({_WEEKDAYS['ko'][time.weekday()]})"
        return f"{day} {time:%H:%M}" if has_time else day
    weekday = _WEEKDAYS["en"].split()[time.weekday()]
    day = f"{weekday} {time.day} {_MONTHS[time.month - 1]} {time.year}"
    return f"{day}, {time:%H:%M} KST" if has_time else day
