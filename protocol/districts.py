"""Districts: entering one, what it holds, walking through its zones, how many are in it."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from protocol.handshake import Part, Text
from protocol.message import U16, Answer, Command, Count, Fact, Name, Natural, Number, Point, Result


class AtPortal(Part):
    """Arrive where this portal of the district stands."""

    portal: Name


class AtZone(Part):
    """Arrive inside this zone."""

    zone: Name


class AtPlace(Part):
    """Arrive on the free public ground nearest to this place."""

    x: Number
    z: Number


class Anchor(Part):
    """WGS84 degrees of the district's north-west corner."""

    lat: Number
    lon: Number


class ZoneCard(Part):
    """A zone of the district; `polygon` in metres, `may_enter` for this citizen; `closed`: why, where it is for now."""

    id: Name
    name: Text
    kind: str
    polygon: list[Point]
    may_enter: bool
    closed: Text | None = None


class PortalCard(Part):
    """A way to another district."""

    id: Name
    name: Text
    x: Number
    z: Number
    radius: Number
    to: Name
    to_portal: Name
    open: bool


class ExhibitCard(Part):
    """A thing that shows something."""

    id: Name
    name: Text
    x: Number
    z: Number
    text: Text
    link: str | None = None


class Place(Result):
    """What `district.enter` answers: where you are, and all that is needed to read frames here."""

    district: Name
    slot: U16
    x: Number
    y: Number
    z: Number
    yaw: U16
    width: Number
    depth: Number
    cell_m: Number
    columns: Natural
    tile_m: Number
    tile_columns: Natural
    view_m: Number
    precision: Number
    tick_hz: Number
    anchor: Anchor
    zones: list[ZoneCard]
    portals: list[PortalCard]
    exhibits: list[ExhibitCard]
    services: dict[str, Any]
    hall: Natural | None = None
    halls: list[Natural] | None = None
    hall_seats: Natural | None = None


class HallClosed(Result):
    """How many got other seats."""

    reseated: Natural


class Enter(Command):
    """Go into a district; without `at`, to one of its spawns. Into a hall, or beside someone who was near just now."""

    answer: ClassVar[Answer] = Place

    type: Literal["district.enter"] = "district.enter"
    district: Name
    at: AtPortal | AtZone | AtPlace | None = None
    hall: Natural | None = None
    beside: Annotated[str, Field(max_length=64)] | None = None


class CloseHall(Command):
    """For who runs the district: a mirror's people get seats in its other halls; it opens again when those are full."""

    answer: ClassVar[Answer] = HallClosed

    type: Literal["district.close_hall"] = "district.close_hall"
    district: Name
    hall: Natural


class Reseated(Fact):
    """You are in another hall of the district now, where you stood: yours was closed."""

    type: Literal["district.reseated"] = "district.reseated"
    district: Name
    hall: Natural


class EnteredZone(Fact):
    """You are inside this zone now."""

    type: Literal["district.entered_zone"] = "district.entered_zone"
    zone: Name


class LeftZone(Fact):
    """You are no longer inside this zone."""

    type: Literal["district.left_zone"] = "district.left_zone"
    zone: Name


class Supervised(Fact):
    """A place that is open only while enough of its staff are there: whether it is now, and why; to whom it admits."""

    type: Literal["district.supervised"] = "district.supervised"
    place: Name
    name: Text
    zones: list[Name]
    state: Literal["open", "closing", "closed"]
    may_enter: bool
    text: Text
    until: Natural | None = None


class Crowd(Count):
    """How many are in the district, in each of its halls where it has several, and at how many frames a second."""

    type: Literal["district.crowd"] = "district.crowd"
    district: Name
    population: Natural
    tick_hz: Number
    halls: list[Natural] | None = None
    hall_seats: Natural | None = None


class Queue(Count):
    """You wait before a full district: your place in the line from 1, and how long it may take."""

    type: Literal["district.queue"] = "district.queue"
    district: Name
    place: Natural
    wait_ms: Natural | None = None
