"""Question times to take along: the calendar that anyone subscribes to, the record as a file."""

import csv
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.support.web_city import WebCity, web_city

HOUR_MS = 3_600_000
LAMPS = "골목 가로등은 언제 고치나요?"
HIDDEN = "이 질문은 아무도 읽지 못합니다."


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        yield city


async def announced(city: WebCity, **fields: Any) -> str:
    now = int(time.time() * 1000)
    scheduled = await city.done(
        "live_qa.schedule",
        "host",
        **{
            "title": {"ko": "이장과의 시간; 하나, 둘", "en": "An hour with the head of the village"},
            "district": "hall",
            "stage": "lectern",
            "starts_at": now + HOUR_MS,
            "ends_at": now + 2 * HOUR_MS,
            **fields,
        },
    )
    await city.city.node.host.round()
    return str(scheduled["session"])


async def asked(city: WebCity, session: str, who: str, text: str, **then: Any) -> None:
    """A question that is asked and, with a reason, dismissed; else published."""
    told = await city.done("live_qa.ask", who, session=session, text=text)
    at = {"session": session, "question": told["question"]}
    row = (await city.done("live_qa.claim", "aide", **at, version=1))["row"]
    await city.done(
        "live_qa.dismiss" if then else "live_qa.approve", "aide", **at, version=row["version"], **then
    )


async def over(city: WebCity) -> str:
    """A question time that is over: one question was published, one dismissed."""
    session = await announced(city)
    await asked(city, session, "mina", LAMPS)
    await asked(city, session, "junho", HIDDEN, reason="unclear")
    await city.done("live_qa.advance", "host", session=session, phase="live")
    for phase in ("closing", "follow_up"):
        await city.done("live_qa.advance", "host", session=session, phase=phase)
    return session


async def events(city: WebCity, name: str, **query: Any) -> list[Any]:
    answer = await city.get(f"/calendar/{name}.ics", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_a_calendar_subscribes_to_a_district_without_a_token(city: WebCity) -> None:
    first, second = await announced(city), await announced(city)
    [one, two] = await events(city, "hall", lang="ko")
    assert str(one["SUMMARY"]) == "이장과의 시간; 하나, 둘"
    assert one["UID"] != two["UID"]
    assert one["DTEND"].dt - one["DTSTART"].dt == two["DTEND"].dt - two["DTSTART"].dt
    assert one["URL"].endswith(f"/plain/question-time/{first}")
    assert (await city.get(str(one["URL"]).removeprefix(str(city.browser.base_url).rstrip("/")))).is_success
    [alone] = await events(city, second, lang="en")
    assert (alone["UID"], str(alone["SUMMARY"])) == (two["UID"], "An hour with the head of the village")
    assert await events(city, "green") == []


async def test_what_is_called_off_is_cancelled_in_every_calendar(city: WebCity) -> None:
    session = await announced(city)
    [before] = await events(city, session)
    for who in ("host", "aide"):
        await city.done("live_qa.act_jointly", who, session=session, action="end", reason="태풍")
    [after] = await events(city, "hall")
    assert (before["UID"], before["STATUS"], before["SEQUENCE"]) == (after["UID"], "CONFIRMED", 0)
    assert (after["STATUS"], after["SEQUENCE"]) == ("CANCELLED", 1)


@pytest.mark.parametrize("name", ["nowhere", "qa-9", "%22", "%0d%0aX"])
async def test_a_calendar_of_nothing_is_not_found(city: WebCity, name: str) -> None:
    answer = await city.get(f"/calendar/{name}.ics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_record_is_taken_along_as_a_spreadsheet_and_as_json(city: WebCity) -> None:
    session = await over(city)
    at = f"/api/question-times/{session}/export"
    sheet = await city.get(f"{at}.csv")
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    assert sheet.headers["content-disposition"] == f'attachment; filename="{session}.csv"'
    [row] = csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff")))
    assert (row["text_published"], row["state"], row["backers"]) == (LAMPS, "unanswered", "1")
    whole = (await city.get(f"{at}.json")).json()
    assert [one["text_published"] for one in whole["questions"]] == [LAMPS]
    assert whole["counters"]["dismissed"] == 1
    for told in (sheet.text, str(whole)):
        assert HIDDEN not in told
        assert "미나" not in told


async def test_the_desk_takes_all_of_it_along_and_nobody_else(city: WebCity) -> None:
    session = await over(city)
    at = f"/api/question-times/{session}/export.csv"
    inside = list(csv.DictReader(io.StringIO((await city.get(at, "aide", internal=True)).text)))
    assert [(row["text_original"], row["dismissal_reason"]) for row in inside] == [
        (LAMPS, ""),
        (HIDDEN, "unclear"),
    ]
    for who in (None, "mina", "mayor", "officer"):
        refused = await city.get(at, who, internal=True)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_before_its_end_only_the_desk_takes_it_along(city: WebCity) -> None:
    session = await announced(city)
    await asked(city, session, "mina", LAMPS)
    at = f"/api/question-times/{session}/export.json"
    refused = await city.get(at, "mina")
    assert (refused.status_code, refused.json()["code"]) == (409, "closed")
    assert (await city.get(at, "host")).json()["phase"] == "collecting"
    missing = await city.get("/api/question-times/qa-9/export.csv")
    assert (missing.status_code, missing.json()["field"]) == (404, "session")


async def test_the_plain_page_leads_to_calendar_and_files(city: WebCity) -> None:
    session = await announced(city)
    assert (
        f'href="/calendar/{session}.ics?lang=ko"'
        in (await city.get(f"/plain/question-time/{session}", lang="ko")).text
    )
    past = await over(city)
    record = (await city.get(f"/plain/question-time/{past}/record")).text
    for form in ("csv", "json"):
        assert f'href="/api/question-times/{past}/export.{form}" download' in record
