"""iCalendar (RFC 5545): appointments as a feed that calendars subscribe to.

Local times name a zone that the feed defines. What is called off stays in the feed as CANCELLED, or calendars would
go on showing it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event, Timezone

MEDIA_TYPE = "text/calendar; charset=utf-8"

PRODUCT = "-//Madang//Madang//KO"


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone without summer time: its name in the tz database and its minutes east of Greenwich."""

    name: str
    minutes: int

    def local(self, at_ms: int) -> datetime:
        """A moment by the clocks of the zone, without the zone."""
        there = timezone(timedelta(minutes=self.minutes))
        return datetime.fromtimestamp(at_ms // 1000, there).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar shows; times in ms. `uid` is its for ever, `sequence` grows with each change."""

    uid: str
    title: str
    description: str
    place: str
    begins_at: int
    ends_at: int
    changed_at: int
    url: str
    category: str
    lat: float | None = None
    lon: float | None = None
    sequence: int = 0
    is_called_off: bool = False


def feed(name: str, appointments: Iterable[Appointment], zone: Zone, now_ms: int) -> bytes:
    """The feed `name` as it is now; beside the loop, as the library alone takes a third of a second to come."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", plain(name))
    calendar.add_component(_zone(zone))
    for one in appointments:
        calendar.add_component(_event(one, zone, now_ms))
    told: bytes = calendar.to_ical()
    return told


def _zone(zone: Zone) -> "Timezone":
    from icalendar import Timezone, TimezoneStandard

    standard, told = TimezoneStandard(), Timezone()
    offset = timedelta(minutes=zone.minutes)
    standard.add("dtstart", datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", offset)
    standard.add("tzoffsetto", offset)
    told.add("tzid", zone.name)
    told.add_component(standard)
    return told


def _event(one: Appointment, zone: Zone, now_ms: int) -> "Event":
    from icalendar import Event

    event, there = Event(), {"TZID": zone.name}
    event.add("uid", one.uid)
    event.add("dtstamp", _moment(now_ms))
    event.add("dtstart", zone.local(one.begins_at), parameters=there)
    event.add("dtend", zone.local(one.ends_at), parameters=there)
    event.add("summary", plain(one.title))
    event.add("description", plain(one.description))
    event.add("location", plain(one.place))
    event.add("url", one.url)
    event.add("categories", plain(one.category))
    event.add("status", "CANCELLED" if one.is_called_off else "CONFIRMED")
    event.add("sequence", one.sequence)
    event.add("last-modified", _moment(one.changed_at))
    if one.lat is not None and one.lon is not None:
        event.add("geo", (round(one.lat, 6), round(one.lon, 6)))
    return event


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def plain(text: str) -> str:
    """A text without the signs that no line may hold (RFC 5545, 3.1); its own lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\t\n" or (letter >= " " and letter != "\x7f"))
