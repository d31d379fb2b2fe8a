"""Hearers: from an audience of the rules to the connections that are here, and from an effect to its avatar."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from protocol.avatars import MovedBack
from protocol.codec import encode, fact_body
from protocol.message import Count, Fact
from worlds.access import holds_any
from worlds.service import (
    Audience,
    Citizens,
    District,
    Effect,
    Everyone,
    Move,
    ReadLooks,
    ReadRoles,
    Remove,
    Restrain,
    Speak,
    Spotlight,
    Staff,
    TurnAway,
)

if TYPE_CHECKING:
    from server.connection import Connection
    from server.router import Router


class Hearers:
    """Tells facts and carries out effects on one node."""

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._came_from: dict[str, tuple[str, float, float]] = {}

    def tell(self, audience: Audience, fact: Fact, at_ms: int, version: int) -> None:
        """A fact to all of an audience that are connected; encoded once."""
        body = fact_body(fact, at_ms, version)
        for connection in list(self._of(audience)):
            connection.tell_body(body)

    def tell_count(self, audience: Audience, count: Count) -> None:
        """A running number to all of an audience that are connected; encoded once."""
        body = encode(count)
        for connection in list(self._of(audience)):
            connection.tell_number(count.type, body)

    def flush(self) -> None:
        """Send what was queued for those in no district; the others are told with their district's next tick."""
        self._router.flush_outside()

    def _of(self, audience: Audience) -> Iterator["Connection"]:
        present = self._router.present
        match audience:
            case Everyone():
                yield from present.values()
            case District(district):
                crowd = self._router.crowds.get(district)
                if crowd is not None:
                    yield from crowd.connections.values()
            case Citizens(ids):
                for citizen_id in ids:
                    if citizen_id in present:
                        yield present[citizen_id]
            case Staff(words, scope, but):
                for connection in self._router.staff.values():
                    citizen = connection.citizen
                    if citizen is not None and citizen.id not in but and holds_any(citizen, words, scope):
                        yield connection

    def carry_out(self, effect: Effect) -> None:
        """What happens among the avatars; nothing where the citizen is not here."""
        self._router.metrics.effects.labels(type(effect).__name__.lower()).inc()
        restraints = self._router.restraints
        match effect:
            case Restrain():
                restraints.restrain(effect)
            case Remove():
                restraints.remove(effect)
            case TurnAway():
                restraints.turn_away(effect)
            case Speak():
                self._router.speech.speak(effect)
            case ReadLooks():
                self._router.looks.read(effect.scope)
            case ReadRoles():
                self._router.offices.read(effect.citizen)
            case Move() | Spotlight():
                self._on_stage(effect)

    def _on_stage(self, effect: Move | Spotlight) -> None:
        connection = self._router.present.get(effect.citizen)
        crowd = connection.crowd if connection is not None else None
        if connection is None or crowd is None:
            return
        match effect:
            case Spotlight(is_on=is_on):
                crowd.district.spotlight(connection.slot, is_on)
            case Move(district=district, x=x, z=z) if district == crowd.district.plan.id:
                self._move(connection, district, x, z)
            case _:
                pass

    def _move(self, connection: "Connection", district: str, x: float | None, z: float | None) -> None:
        crowd, citizen = connection.crowd, connection.citizen
        assert crowd is not None
        assert citizen is not None
        here_x, _, here_z, _ = crowd.district.stand(connection.slot)
        if x is None or z is None:
            came_from = self._came_from.pop(citizen.id, None)
            if came_from is None or came_from[0] != district:
                return
            x, z = came_from[1:]
        else:
            self._came_from[citizen.id] = (district, here_x, here_z)
        crowd.district.put(connection.slot, x, z, self._router.clock.monotonic())
        x, y, z, yaw = crowd.district.stand(connection.slot)
        connection.tell_count(MovedBack(x=x, y=y, z=z, yaw=yaw, reason="moderator"))
