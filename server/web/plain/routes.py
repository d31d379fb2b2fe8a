"""The plain page's addresses: the start, who is signed in, and what each service shows."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Response

from protocol.refusals import Refused
from server.codes import Codes
from server.metrics import Metrics
from server.web.callers import Gate
from server.web.plain import (
    captions,
    petition_desk,
    petitions,
    places,
    polls,
    question_desk,
    question_time,
    sanctions,
)
from server.web.plain.pages import HOME
from server.web.plain.sessions import Sessions
from server.web.plain.visit import Handler, Site, Visit, answering
from server.web.view import CityView

NEXT_SESSIONS = 3
"""Question times that the start shows."""


def routes(gate: Gate, view: CityView, metrics: Metrics, version: str, codes: Codes) -> APIRouter:
    """Every page; the one-time codes bring an identity over."""
    limits = gate.settings.plain
    site = Site(gate, view, codes, Sessions(limits, metrics), version)
    router = APIRouter()

    services = gate.host.city.services
    pages: list[tuple[str, Handler]] = [
        (HOME, start),
        (f"{HOME}/enter", enter),
        (f"{HOME}/leave", leave),
        *places.PAGES,
    ]
    if "petitions" in services:
        pages += [*petitions.PAGES, *petition_desk.PAGES, *petitions.PAGES_OF_ONE]
    if "live_qa" in services:
        pages += [*captions.PAGES, *polls.PAGES, *question_time.PAGES, *question_desk.PAGES]
    if "moderation" in services:
        pages += sanctions.PAGES
    _add(router, site, pages)
    return router


def _add(router: APIRouter, site: Site, pages: Iterable[tuple[str, Handler]]) -> None:
    for path, handler in [*pages, (HOME + "/{rest:path}", nowhere)]:
        router.add_route(
            path, answering(site, handler), methods=["GET", "HEAD", "POST"], include_in_schema=False
        )


async def start(visit: Visit) -> Response:
    """What can be done here, what waits for the reader, what is coming."""
    services = visit.site.gate.host.city.services
    sessions: list[Any] = []
    unread = weighing = 0
    if "live_qa" in services:
        sessions = (await question_time.listed(visit))[0][:NEXT_SESSIONS]
    if visit.session is not None and "petitions" in services:
        unread = (await petitions.unread(visit)).unread
    if visit.session is not None and "moderation" in services:
        weighing = await sanctions.weighs(visit)
    return visit.page(
        "start.html", sessions=sessions, where=question_time.where(visit), unread=unread, weighing=weighing
    )


async def enter(visit: Visit) -> Response:
    """Sign in by a one-time code."""
    action = f"{HOME}/enter"
    then = _inside(visit.written.get("then") or visit.query.get("then", ""))
    error, status, headers = "", 200, dict[str, str]()
    if visit.request.method == "POST":
        words = visit.texts["form"]
        if not visit.is_own_form(action):
            error, status = words["stale"], 403
        elif not visit.written.get("code", "").strip():
            error, status = words["missing"], 422
        else:
            try:
                if visit.redeem(visit.written["code"]):
                    visit.note(visit.texts["enter"]["done"])
                    return visit.go(then)
                error, status = words["code_wrong"], 401
            except Refused as refused:
                error, status, headers = visit.told(refused)
    answer = visit.page("enter.html", status, form_token=visit.token(action), then=then, error=error)
    answer.headers.update(headers)
    return answer


async def leave(visit: Visit) -> Response:
    """Sign out; asked by a link it is asked again by a form."""
    action = f"{HOME}/leave"
    if visit.request.method == "POST" and visit.is_own_form(action):
        visit.sign_out()
        return visit.go(HOME)
    return visit.page("leave.html", form_token=visit.token(action))


async def nowhere(visit: Visit) -> Response:
    """No such page."""
    return visit.page("nowhere.html", 404)


def _inside(path: str) -> str:
    """Where to go after signing in: a page of ours, whatever a link says."""
    inside = path == HOME or path.startswith(f"{HOME}/")
    return path if inside and "\\" not in path and path.isprintable() else HOME
