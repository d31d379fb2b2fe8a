"""What was decided about offices: the journal's words, one class each."""

from typing import Literal

from protocol.services.offices import EndOfOffice
from worlds.service import Event, Personal


class OfOffices(Event):
    """Something about offices, or about an event to which some belong."""


class OfOffice(OfOffices):
    """Something about one office that was given, by its number; `by` is who decided it, by what right; "" the clock."""

    number: int
    by: str = ""
    right: str = ""


class Given(OfOffice):
    """It was given; without `until` it ends with its event."""

    type: Literal["offices.given"] = "offices.given"
    office: str
    scope: str
    citizen: str
    called: Personal | None = None
    until: int | None = None
    words: Personal | None = None


class Ended(OfOffice):
    """It is over; what else it says is for who reads it without our state, as the audit."""

    type: Literal["offices.ended"] = "offices.ended"
    why: EndOfOffice
    words: Personal | None = None
    office: str
    scope: str
    citizen: str


class EventNoted(OfOffices):
    """When an event ends, or ended: the offices of it follow."""

    type: Literal["offices.event_noted"] = "offices.event_noted"
    event: str
    scope: str
    ends_at: int


EVENTS: tuple[type[OfOffices], ...] = (Given, Ended, EventNoted)
