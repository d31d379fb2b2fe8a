"""Question times to take along: a calendar to subscribe to, and the record of one as a file.

Calendars come without a token, as they cannot send one: what they show is announced to everyone.
"""

import asyncio
import json
import math
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from protocol.handshake import Text
from protocol.message import Name
from server.calendars import MEDIA_TYPE, Appointment, Zone, feed
from server.texts import Language, preferred, spoken, texts
from server.web.callers import Gate, address_of, caller
from server.web.refusals import RefusalTold
from server.web.view import CityView
from worlds.citizen import Citizen
from worlds.city import City
from worlds.plan import DistrictPlan
from worlds.services.live_qa import LiveQa, export
from worlds.services.live_qa.state import Session

READER = Citizen(id="calendar", name="")
"""Whose calendar it is nobody need say."""

FRESH_SECONDS = 300
"""How long what a calendar has read is as good as new."""

PAST_MS = 90 * 86_400_000
"""So long what is over stays in a feed: a calendar forgets by itself what is no longer there."""

MOST = 200
"""Appointments of one feed, the latest."""

_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": RefusalTold} for status in (401, 403, 404, 409, 422, 429, 503)
}


class Form(StrEnum):
    """As what a record is exported."""

    CSV = "csv"
    JSON = "json"


_MEDIA = {Form.CSV: "text/csv; charset=utf-8", Form.JSON: "application/json"}


def routes(gate: Gate, view: CityView) -> APIRouter:
    """GET /calendar/{name}.ics, and under /api/question-times/{session} what is taken along of a session."""
    router = APIRouter(tags=["question times"], responses=_REFUSED)
    districts = {district.id: district for district in view.districts()}

    @router.get(
        "/calendar/{name}.ics",
        operation_id="calendar.feed",
        response_class=Response,
        responses={200: {"content": {"text/calendar": {}}}},
    )
    async def calendar(
        request: Request,
        name: Name,
        lang: Annotated[str | None, Query(max_length=35)] = None,
        accept_language: Annotated[str | None, Header()] = None,
    ) -> Response:
        """All question times of a district, or one, for a calendar (iCalendar, RFC 5545)."""
        gate.keep_pace(READER, address_of(request))
        language = preferred(lang or accept_language)
        base, city = str(request.base_url).rstrip("/"), view.city()

        def announced(kept: City, now: int) -> tuple[list[Appointment], Zone, int]:
            service = live_qa_of(kept)
            rules = service.venue.rules
            found = [
                appointment(session, districts.get(session.district), language, city.id, base)
                for session in wanted(service, name, now, is_district=name in districts)
            ]
            return found, Zone(rules.time_zone, rules.utc_offset_minutes), now

        called = _called(districts.get(name), city.name, language)
        told = await asyncio.to_thread(feed, called, *await gate.host.read(announced))
        return Response(
            told,
            media_type=MEDIA_TYPE,
            headers={
                "Content-Disposition": f'inline; filename="{name}.ics"',
                "Content-Language": language,
                "Vary": "Accept-Language",
                "Cache-Control": f"max-age={FRESH_SECONDS}",
            },
        )

    @router.get(
        "/api/question-times/{session}/export.{form}",
        operation_id="question_times.export",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}, "application/json": {}}}},
    )
    async def exported(
        citizen: Annotated[Citizen, Depends(caller())],
        session: Name,
        form: Form,
        internal: Annotated[
            bool, Query(description="For its desk: every question, with what came of it and by whom.")
        ] = False,
    ) -> Response:
        """What became of each question; when the session is over for everyone, before for who works at its desk."""

        def read(kept: City, _: int) -> Any:
            venue = live_qa_of(kept).venue
            found = export.session_of(venue, session, citizen, is_internal=internal)
            if form is Form.CSV:
                return export.rows(venue, found, is_internal=internal)
            return export.whole(venue, found, is_internal=internal)

        table = await gate.host.read(read)
        write = export.as_csv if form is Form.CSV else _as_json
        return _file(await asyncio.to_thread(write, table), f"{session}.{form}", _MEDIA[form])

    @router.get(
        "/api/question-times/{session}/polls.csv",
        operation_id="question_times.polls",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}}}},
    )
    async def polls(citizen: Annotated[Citizen, Depends(caller())], session: Name) -> Response:
        """The results of the polls that were counted: a row for each answer."""
        table = await gate.host.read(lambda kept, _: export.poll_rows(live_qa_of(kept).venue, session))
        return _file(export.as_csv(table), f"{session}-polls.csv", _MEDIA[Form.CSV])

    @router.get(
        "/api/question-times/{session}/polls/{poll}/ballots.txt",
        operation_id="question_times.ballots",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    async def ballots(
        citizen: Annotated[Citizen, Depends(caller())], session: Name, poll: Annotated[int, Path(ge=1)]
    ) -> Response:
        """The ids of the ballots of a poll that was counted, sorted: who finds their own is counted."""
        box = await gate.host.read(
            lambda kept, _: export.box_of_counted(live_qa_of(kept).venue, session, poll)
        )
        told = await gate.host.tallies.ids(box)
        return _file(told, f"{session}-poll-{poll}-ballots.txt", "text/plain; charset=utf-8")

    @router.get(
        "/api/question-times/{session}/captions/{channel}.vtt",
        operation_id="question_times.captions",
        response_class=Response,
        responses={200: {"content": {"text/vtt": {}}}},
    )
    async def captions(
        citizen: Annotated[Citizen, Depends(caller())], session: Name, channel: Name
    ) -> Response:
        """What was said, in one language, as subtitles of the recording (WebVTT); when the session is over."""

        def read(kept: City, _: int) -> str:
            venue = live_qa_of(kept).venue
            found = export.session_of(venue, session, citizen, is_internal=False)
            return export.as_vtt(venue, found, channel)

        told = await gate.host.read(read)
        return _file(told, f"{session}-{channel}.vtt", "text/vtt; charset=utf-8")

    return router


def _file(text: str, name: str, media: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, media_type=media, headers=headers)


def live_qa_of(city: City) -> LiveQa:
    """The city's question times."""
    service = city.services["live_qa"]
    assert isinstance(service, LiveQa)
    return service


def wanted(service: LiveQa, name: str, now: int, *, is_district: bool) -> list[Session]:
    """Those of a district that are not long over, by their time; or the one of this name; raises Refused."""
    state = service.venue.state
    if not is_district:
        return [state.session(name)]
    found = [one for one in state.sessions.values() if one.district == name and one.ends_at > now - PAST_MS]
    return sorted(found, key=lambda one: one.starts_at)[-MOST:]


def appointment(
    session: Session, district: DistrictPlan | None, language: Language, city: str, base: str
) -> Appointment:
    """A session as calendars show it; its uid is made of what never changes."""
    told = texts(language)["calendar"]
    where, lat, lon = _place(session, district, language)
    url = f"{base}/plain/question-time/{session.id}"
    return Appointment(
        uid=f"{session.id}.{session.announced_at}.{city}@madang",
        title=spoken(session.title, language),
        description=told["called_off" if session.called_off_at else "description"].format(url=url),
        place=where,
        begins_at=session.starts_at,
        ends_at=session.ends_at,
        changed_at=session.called_off_at or session.announced_at or session.since,
        url=url,
        category=told["category"],
        lat=lat,
        lon=lon,
        sequence=1 if session.called_off_at else 0,
        is_called_off=bool(session.called_off_at),
    )


def _place(
    session: Session, district: DistrictPlan | None, language: Language
) -> tuple[str, float | None, float | None]:
    if district is None:
        return session.district, None, None
    stage = next((one.name for one in district.stages if one.id == session.stage), None)
    names = [spoken(name, language) for name in (district.name, stage) if name is not None]
    # Metres of a degree of WGS84 where the district is: good to a metre or so over its few hundred.
    lat, lon = district.anchor.lat, district.anchor.lon
    turn = math.radians(lat)
    north_m = 111_132.95 - 559.85 * math.cos(2 * turn)
    east_m = 111_412.88 * math.cos(turn) - 93.5 * math.cos(3 * turn)
    return ", ".join(names), lat - session.z / north_m, lon + session.x / east_m


def _called(district: DistrictPlan | None, city: Text, language: Language) -> str:
    name = spoken(district.name if district is not None else city, language)
    return str(texts(language)["calendar"]["name"].format(place=name))


def _as_json(table: Any) -> str:
    return json.dumps(table, ensure_ascii=False, indent=2)
