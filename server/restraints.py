"""What the services' decisions do to avatars and lines: kept still, out of zones, out of districts, out of the door."""

from typing import TYPE_CHECKING

from protocol.avatars import MovedBack
from protocol.districts import AtZone, Enter
from protocol.refusals import Farewell, Refusal, Refused
from worlds.citizen import Citizen
from worlds.service import Remove, Restrain, TurnAway

if TYPE_CHECKING:
    from server.connection import Connection
    from server.router import Router


class Restraints:
    """Carries out what keeps people, on one node; asks the services anew when someone comes."""

    def __init__(self, router: "Router") -> None:
        self._router = router

    def check_entering(self, connection: "Connection", command: Enter) -> None:
        """Raises Refused for who may not enter there now."""
        host, citizen = self._router.host, connection.citizen
        if host is None or citizen is None:
            return
        now = self._router.clock.unix_ms()
        scopes = [command.district]
        if isinstance(command.at, AtZone):
            scopes.append(f"{command.district}/{command.at.zone}")
        host.city.forbid(command, citizen, tuple(scopes), now)
        crowd = connection.crowd
        if crowd is not None:
            until = crowd.frozen_until(connection.slot)
            if until > now:
                raise Refused(Refusal.FROZEN, retry_after_ms=until - now)

    def room(self, citizen: Citizen, district: str) -> int | None:
        """How many more of the citizen's kind may come in there just now; None: as many as find a place."""
        host = self._router.host
        return None if host is None else host.city.room(citizen, district, self._router.clock.unix_ms())

    def read(self, connection: "Connection") -> None:
        """What keeps someone who has just come into a district, or is back."""
        host, citizen = self._router.host, connection.citizen
        if host is None or citizen is None or connection.crowd is None:
            return
        restraint = host.city.restraint(citizen.id, self._router.clock.unix_ms())
        if restraint is not None:
            connection.crowd.restrain(connection.slot, restraint)

    def restrain(self, effect: Restrain) -> None:
        """Someone is kept in another way than before."""
        connection = self._router.present.get(effect.citizen)
        if connection is None or connection.crowd is None:
            return
        crowd = connection.crowd
        if crowd.restrain(connection.slot, effect):
            x, y, z, yaw = crowd.district.stand(connection.slot)
            connection.tell_count(MovedBack(x=x, y=y, z=z, yaw=yaw, reason="moderator"))

    def remove(self, effect: Remove) -> None:
        """Someone is put out of a district (`""`: whichever), or out of the city."""
        connection = self._router.present.get(effect.citizen)
        if connection is None:
            return
        if effect.district is None:
            connection.end(Farewell.KICKED, effect.message)
            return
        crowd = connection.crowd
        if crowd is not None and effect.district in ("", crowd.district.plan.id):
            crowd.leave(connection.slot, self._router.clock.monotonic())

    def turn_away(self, effect: TurnAway) -> None:
        """The address from which someone came is kept out; it is written down nowhere."""
        connection = self._router.present.get(effect.citizen)
        if connection is not None:
            seconds = (effect.until - self._router.clock.unix_ms()) / 1000
            self._router.door.keep_out(connection.line.address, self._router.clock.monotonic() + seconds)
