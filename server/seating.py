"""Seating: who waits before a full district, into which hall one comes or crosses, where a closed one's people go."""

from typing import TYPE_CHECKING

import structlog

from protocol.districts import CloseHall, Enter, HallClosed, Queue
from protocol.refusals import Refusal, Refused
from server.crowd import Crowd
from server.waiting import Entrance
from worlds.access import holds_any
from worlds.citizen import Citizen
from worlds.halls import MAIN

if TYPE_CHECKING:
    from server.connection import Connection
    from server.router import Router

log = structlog.get_logger("seating")

RUN_HALLS = ("host", "operator", "moderator")
"""Who closes a hall, within their scope."""


class Seating:
    """The halls of one node's districts."""

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._entrances = {district: Entrance() for district in router.crowds}

    def forget(self, citizen: str) -> None:
        """One who waits somewhere goes away."""
        for entrance in self._entrances.values():
            entrance.leave(citizen)

    def waiting(self, district: str) -> int:
        """How many wait before a district."""
        return len(self._entrances[district])

    def wait(self, connection: "Connection", crowd: Crowd, citizen: Citizen, now: float) -> None:
        """Raises Refused `full`, and tells the place in the line, while the district has no seat to give."""
        router, district = self._router, crowd.district.plan.id
        room = router.restraints.room(citizen, district)
        works_here = self.works_in(citizen, district)
        is_arrival = connection.crowd is None
        waits = self._entrances[district].ask(
            citizen.id,
            crowd.district.halls.free_in_all(works_here=works_here),
            now,
            works_here=works_here,
            arrivals=router.door.places_left if is_arrival else None,
            room=room,
        )
        if waits is None:
            if is_arrival:
                router.door.take_place()
            return
        router.metrics.limit_reached.labels("district_capacity" if room is None else "shield_joins").inc()
        expected_ms = None if waits.expected_s is None else round(waits.expected_s * 1000)
        connection.tell_count(Queue(district=district, place=waits.place, wait_ms=expected_ms))
        told = f"place {waits.place} in the line"
        raise Refused(Refusal.FULL, told, field="district", retry_after_ms=waits.retry_ms)

    def works_in(self, citizen: Citizen, district: str) -> bool:
        """Whether someone gets one of the seats that are kept in a district."""
        return holds_any(citizen, self._router.settings.crowd.reserved_for, district)

    def wanted(self, connection: "Connection", crowd: Crowd, citizen: Citizen, command: Enter) -> int | None:
        """The other hall that a command asks for; None: whichever has a seat, or one's own. Raises Refused."""
        district = crowd.district
        own = district.hall_of(connection.slot) if connection.crowd is crowd else None
        hall = command.hall
        if hall is None:
            hall = self._beside(crowd, citizen, command.beside)
        if hall is None or hall == own:
            return None
        works_here = self.works_in(citizen, district.plan.id)
        if command.hall is not None:
            if hall >= district.halls.most:
                raise Refused(Refusal.NOT_FOUND, "the district has no such hall", field="hall")
            if hall not in district.halls:
                raise Refused(Refusal.CLOSED, "that hall is not open", field="hall")
        if district.halls.free(hall, works_here=works_here):
            return hall
        if command.hall is None:
            return None
        raise Refused(Refusal.FULL, "that hall has no free seat", field="hall", limit="hall_seats")

    def _beside(self, crowd: Crowd, citizen: Citizen, other: str | None) -> int | None:
        """The hall of someone who is there, and was near by just now; of others nothing is to be found out so."""
        router = self._router
        friend = router.present.get(other) if other is not None else None
        if other is None or friend is None or friend.crowd is not crowd:
            return None
        if router.host is not None and other in router.host.city.parted(citizen.id):
            return None
        return crowd.district.hall_of(friend.slot) if router.evidence.were_near(citizen.id, other) else None

    def first(self, crowd: Crowd, citizen: Citizen) -> int:
        """The hall for who comes in and asks for none; the entrance has found that there is a seat."""
        works_here = self.works_in(citizen, crowd.district.plan.id)
        hall = crowd.district.halls.choose(works_here=works_here)
        return MAIN if hall is None else hall

    def close(self, citizen: Citizen, command: CloseHall) -> HallClosed:
        """Give a mirror's people seats in the other halls; raises Refused."""
        crowd = self._router.crowds.get(command.district)
        if crowd is None:
            raise Refused(Refusal.NOT_FOUND, field="district")
        if not holds_any(citizen, RUN_HALLS, command.district):
            raise Refused(Refusal.NOT_ALLOWED, "for hosts, operators and moderators")
        if command.hall == MAIN:
            raise Refused(Refusal.NOT_ALLOWED, "the main hall is always open", field="hall")
        if command.hall not in crowd.district.halls:
            raise Refused(Refusal.NOT_FOUND, "no such hall is open", field="hall")
        reseated = crowd.close_hall(command.hall)
        log.info("a hall was closed", district=command.district, hall=command.hall, reseated=reseated)
        return HallClosed(reseated=reseated)
