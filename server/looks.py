"""How people look to others: as they chose, or plainly where a service veils that; of which they are told."""

from typing import TYPE_CHECKING

from protocol.avatars import AvatarCard, Shown

if TYPE_CHECKING:
    from server.connection import Connection
    from server.crowd import Crowd
    from server.router import Router


class Looks:
    """The looks of those who are here, on one node."""

    def __init__(self, router: "Router") -> None:
        self._router = router

    def card(self, crowd: "Crowd", slot: int) -> AvatarCard | None:
        """Who is behind a slot, as others see them."""
        card = crowd.card(slot)
        if card is not None and self._veiled_until(crowd.connections[slot]) is not None:
            return card.model_copy(update={"avatar": None})
        return card

    def tell(self, crowd: "Crowd", slot: int, *, has_other_roles: bool = False) -> None:
        """Those near are told how someone looks now, or what they hold."""
        card = self.card(crowd, slot)
        if card is not None:
            crowd.tell_change(card, has_other_roles=has_other_roles)

    def change(self, connection: "Connection") -> None:
        """Someone chose to look different."""
        if connection.crowd is not None:
            self.tell(connection.crowd, connection.slot)
            self._tell_owner(connection, is_new=True)

    def enter(self, connection: "Connection") -> None:
        """Someone came into a district, where it may be another's rule."""
        self._tell_owner(connection)

    def read(self, scope: str) -> None:
        """Within a scope it may have changed how people look: whoever is shown otherwise than before is told of it."""
        district = scope.partition("/")[0]
        for name, crowd in self._router.crowds.items():
            if district not in ("", name):
                continue
            for slot, connection in list(crowd.connections.items()):
                if self._tell_owner(connection):
                    self.tell(crowd, slot)

    def _tell_owner(self, connection: "Connection", *, is_new: bool = False) -> bool:
        """Whether others see them otherwise than before, of which they are told; `is_new`: what they chose is."""
        until = self._veiled_until(connection)
        is_veiled = until is not None
        if is_veiled == connection.is_veiled and not (is_veiled and is_new):
            return False
        connection.is_veiled = is_veiled
        told = Shown(until=until) if is_veiled else Shown(avatar=connection.avatar)
        connection.tell(told, self._router.clock.unix_ms())
        return True

    def _veiled_until(self, connection: "Connection") -> int | None:
        host, crowd, citizen = self._router.host, connection.crowd, connection.citizen
        if host is None or crowd is None or citizen is None or connection.avatar is None:
            return None
        scopes = crowd.district.scopes(connection.slot)
        return host.city.veils(citizen, connection.avatar.model, scopes, self._router.clock.unix_ms())
