"""The edge as a witness: who is here, and what each of them has seen and heard of late."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from worlds.citizen import Citizen
from worlds.evidence import HeardLine, HeardOfLate, PlacesOfLate, Seen
from worlds.halls import MAIN

if TYPE_CHECKING:
    from server.router import Router


class Evidence:
    """What this node can say of those who are here; nothing of it is kept but what goes with a report."""

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._heard = HeardOfLate()
        self._places = {district: PlacesOfLate() for district in router.crowds}

    def hear(self, hearers: Iterable[str], line: HeardLine) -> None:
        """A line was told to these citizens."""
        self._heard.hear(hearers, line)

    def heard_by(self, citizen: str) -> tuple[HeardLine, ...]:
        """What a citizen heard or said, the oldest first."""
        return self._heard.of(citizen)

    def sample(self, now: float) -> None:
        """Where everyone is: once a second."""
        for name, crowd in self._router.crowds.items():
            people = {slot: one.citizen for slot, one in crowd.connections.items() if one.citizen is not None}
            if people:
                district = crowd.district
                halls = district.halls
                self._places[name].sample(now, people, *district.places(), halls.of, halls.seen_in)

    def were_near(self, citizen: str, other: str) -> bool:
        """Whether someone had another near by within the last minute, in whichever district."""
        now = self._router.clock.monotonic()
        return any(places.were_near(citizen, other, now) for places in self._places.values())

    def forget(self, citizen: str) -> None:
        """A citizen has left."""
        self._heard.forget(citizen)

    def citizen(self, citizen: str) -> Citizen | None:
        """Someone who is here now."""
        connection = self._router.present.get(citizen)
        return connection.citizen if connection is not None else None

    def who_is_in(self, district: str) -> Sequence[Citizen]:
        """Everyone who is in a district now, also those whose line broke just now."""
        crowd = self._router.crowds.get(district)
        here = crowd.connections.values() if crowd is not None else ()
        return [one.citizen for one in here if one.citizen is not None]

    def is_in_hall(self, citizen: str, district: str) -> bool:
        """Whether someone is in a district's main hall now: neither in a mirror of it nor elsewhere."""
        connection, crowd = self._router.present.get(citizen), self._router.crowds.get(district)
        if connection is None or crowd is None or connection.crowd is not crowd:
            return False
        return crowd.district.hall_of(connection.slot) == MAIN

    def seen_by(self, citizen: str, about: str | None) -> Seen:
        """What a citizen has seen and heard just now, with how `about` looks."""
        connection = self._router.present.get(citizen)
        other = self._router.present.get(about) if about is not None else None
        lines = self._heard.of(citizen)
        avatar = other.avatar.model if other is not None and other.avatar is not None else None
        if connection is None or connection.crowd is None:
            return Seen(lines=lines, avatar=avatar)
        district = connection.crowd.district
        name = district.plan.id
        return Seen(
            district=name,
            scopes=district.scopes(connection.slot),
            lines=lines,
            tracks=self._places[name].tracks(citizen, self._router.clock.monotonic()),
            avatar=avatar,
            language=connection.locale,
        )
