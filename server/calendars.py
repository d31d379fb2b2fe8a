"""iCalendar (RFC 5545): appointments as a feed that calendars subscribe to.

Lines end with CRLF and are folded at 75 bytes, never within a letter; texts are escaped; local times name a zone that
the feed defines. What is called off stays in the feed as CANCELLED, or calendars would go on showing it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MEDIA_TYPE = "text/calendar; charset=utf-8"

LONGEST_LINE = 75
"""Bytes of a line without its end (RFC 5545, 3.1)."""

PRODUCT = "-//Madang//Madang//KO"

_LOCAL, _UTC = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone without summer time: its name in the tz database and its minutes east of Greenwich."""

    name: str
    minutes: int

    @property
    def offset(self) -> str:
        """As iCalendar writes it: +0900."""
        hours, minutes = divmod(abs(self.minutes), 60)
        return f"{'-' if self.minutes < 0 else '+'}{hours:02}{minutes:02}"

    def local(self, at_ms: int) -> str:
        """A moment by the clocks of the zone."""
        there = timezone(timedelta(minutes=self.minutes))
        return datetime.fromtimestamp(at_ms // 1000, there).strftime(_LOCAL)


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


def feed(name: str, appointments: Iterable[Appointment], zone: Zone, now_ms: int) -> str:
    """The feed `name` as it is now."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        *_zone(zone),
    ]
    for one in appointments:
        lines += _event(one, zone, now_ms)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _zone(zone: Zone) -> Iterator[str]:
    yield from (
        "BEGIN:VTIMEZONE",
        f"TZID:{zone.name}",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{zone.offset}",
        f"TZOFFSETTO:{zone.offset}",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


def _event(one: Appointment, zone: Zone, now_ms: int) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        f"UID:{escaped(one.uid)}",
        f"DTSTAMP:{_stamp(now_ms)}",
        f"DTSTART;TZID={zone.name}:{zone.local(one.begins_at)}",
        f"DTEND;TZID={zone.name}:{zone.local(one.ends_at)}",
        f"SUMMARY:{escaped(one.title)}",
        f"DESCRIPTION:{escaped(one.description)}",
        f"LOCATION:{escaped(one.place)}",
        f"URL:{one.url}",
        f"CATEGORIES:{escaped(one.category)}",
        f"STATUS:{'CANCELLED' if one.is_called_off else 'CONFIRMED'}",
        f"SEQUENCE:{one.sequence}",
        f"LAST-MODIFIED:{_stamp(one.changed_at)}",
    )
    if one.lat is not None and one.lon is not None:
        yield f"GEO:{one.lat:.6f};{one.lon:.6f}"
    yield "END:VEVENT"


def _stamp(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime(_UTC)


def escaped(text: str) -> str:
    """A text as a value (RFC 5545, 3.3.11); what no line may hold is left out."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in lines if letter == "\t" or (letter >= " " and letter != "\x7f"))


def folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 bytes; each further one begins with a space."""
    part, size = "", 0
    for letter in line:
        bytes_of_it = len(letter.encode())
        if size + bytes_of_it > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + bytes_of_it
    yield part
