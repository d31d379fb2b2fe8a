"""iCalendar feeds: what was put in is read back, and every line keeps to RFC 5545."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calendars import Appointment, Zone, feed

LONGEST_LINE = 75
"""Bytes of a line without its end (RFC 5545, 3.1)."""

SEOUL = Zone("Asia/Seoul", 540)
HOUR = 3_600_000
START = 1_790_000_000_000

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


def an_appointment(**fields: Any) -> Appointment:
    shown: dict[str, Any] = {
        "uid": "qa-1.1.seoul@madang",
        "title": "시장과의 시간",
        "description": "",
        "place": "시청",
        "begins_at": START,
        "ends_at": START + HOUR,
        "changed_at": START - HOUR,
        "url": "http://madang.example/plain/question-time/qa-1",
        "category": "질의응답",
        "lat": 37.5663,
        "lon": 126.9779,
    }
    return Appointment(**(shown | fields))


def read(told: bytes) -> Any:
    """The feed as a calendar reads it, after a look at its lines."""
    text = told.decode()
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert all(len(line.encode()) <= LONGEST_LINE for line in lines)
    assert not any("\n" in line or "\r" in line for line in lines)
    return icalendar.Calendar.from_ical(text)


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 4_000_000_000_000), st.integers(0, 86_400_000))
def test_what_was_put_in_is_read_back_whatever_it_says(
    title: str, description: str, place: str, begins_at: int, lasts_ms: int
) -> None:
    one = an_appointment(
        title=title,
        description=description,
        place=place,
        begins_at=begins_at,
        ends_at=begins_at + lasts_ms,
    )
    [event] = read(feed(place, [one], SEOUL, START)).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"]), str(event["LOCATION"])) == (
        title,
        description,
        place,
    )
    for name, at in (("DTSTART", begins_at), ("DTEND", begins_at + lasts_ms)):
        assert event[name].dt == datetime.fromtimestamp(at // 1000, ZoneInfo("Asia/Seoul"))


def test_a_feed_has_all_that_calendars_ask_for() -> None:
    calendar = read(feed("질의응답: 시청", [an_appointment()], SEOUL, START))
    assert (calendar["VERSION"], calendar["METHOD"], calendar["X-WR-CALNAME"]) == (
        "2.0",
        "PUBLISH",
        "질의응답: 시청",
    )
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Seoul"
    [standard] = zone.walk("STANDARD")
    assert standard["TZOFFSETTO"].td == timedelta(hours=9)
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == "qa-1.1.seoul@madang"
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(START / 1000, UTC)
    assert event["LAST-MODIFIED"].dt == datetime.fromtimestamp((START - HOUR) / 1000, UTC)
    assert event["DTSTART"].params["TZID"] == "Asia/Seoul"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (37.5663, 126.9779)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert event["URL"] == "http://madang.example/plain/question-time/qa-1"


def test_what_is_called_off_stays_and_says_so() -> None:
    one = an_appointment(is_called_off=True, sequence=1, lat=None, lon=None)
    [event] = read(feed("", [one], SEOUL, START)).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert "GEO" not in event


def test_lines_in_a_text_stay_lines_and_what_no_line_may_hold_is_left_out() -> None:
    one = an_appointment(description="하나\r\n둘\r셋\n넷\x00\x1b\x7f", title="END:VEVENT\r\nBEGIN:VALARM")
    [event] = read(feed("", [one], SEOUL, START)).walk("VEVENT")
    assert str(event["DESCRIPTION"]) == "하나\n둘\n셋\n넷"
    assert str(event["SUMMARY"]) == "END:VEVENT\nBEGIN:VALARM"


@pytest.mark.parametrize(("minutes", "offset"), [(540, "+0900"), (-210, "-0330"), (0, "+0000")])
def test_another_citys_zone_is_told_by_its_offset(minutes: int, offset: str) -> None:
    assert f"TZOFFSETTO:{offset}\r\n".encode() in feed("", [], Zone("Somewhere/Else", minutes), START)
