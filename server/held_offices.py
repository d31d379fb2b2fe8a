"""What people hold who are here: read anew when an office was given or ended, and by the clock."""

from typing import TYPE_CHECKING

from protocol.avatars import MovedBack
from protocol.handshake import CitizenChanged
from server.places import citizen_card

if TYPE_CHECKING:
    from server.router import Router


class HeldOffices:
    """The roles and grants of those who are connected to one node, beside their tokens'."""

    def __init__(self, router: "Router") -> None:
        self._router = router

    def look(self) -> None:
        """What is over by the clock is over, whatever was noted: while the disk is full nobody notes it."""
        for connection in list(self._router.staff.values()):
            if connection.citizen is not None and connection.citizen.given:
                self.read(connection.citizen.id)

    def read(self, citizen_id: str) -> None:
        """What someone may and hears follows from what they hold now; they are told where that is not as before."""
        router, connection = self._router, self._router.present.get(citizen_id)
        if connection is None or connection.citizen is None:
            return
        before = connection.citizen
        router.know(connection, before)
        citizen, crowd = connection.citizen, connection.crowd
        if citizen == before:
            return
        may_enter = None
        if crowd is not None:
            if crowd.read_roles(connection.slot, citizen):
                crowd.district.put_out(connection.slot, router.clock.monotonic())
                x, y, z, yaw = crowd.district.stand(connection.slot)
                connection.tell_count(MovedBack(x=x, y=y, z=z, yaw=yaw, reason="not_allowed"))
            router.looks.tell(crowd, connection.slot, has_other_roles=citizen.roles != before.roles)
            may_enter = router.grounds[crowd.district.plan.id].may_enter(citizen)
        changed = CitizenChanged(citizen=citizen_card(citizen), may_enter=may_enter)
        connection.tell(changed, router.clock.unix_ms())
        router.note_arrival(connection, None)
