"""What the web pages need to know of the running city."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from protocol.avatars import AvatarCard
from protocol.handshake import CityCard
from worlds.citizen import Citizen
from worlds.district import Standing
from worlds.plan import DistrictPlan


class CityView(Protocol):
    """The city as it is now, read by every request."""

    def city(self) -> CityCard:
        """Its names and its districts with their population."""

    def districts(self) -> Sequence[DistrictPlan]:
        """The plans of the districts that are open."""

    def standing(self, district: str) -> Standing | None:
        """Where everyone in a district is; None where no open one is of this name."""

    def card(self, district: str, slot: int) -> AvatarCard | None:
        """Who is behind a slot of a district, if anyone."""

    def here(self) -> Iterable[tuple[Citizen, str | None]]:
        """Everyone who is connected, with the district they are in."""

    def is_ready(self) -> bool:
        """Whether it takes new citizens: neither starting nor draining."""

    def health(self) -> Mapping[str, object]:
        """What an operator wants to see at a glance; JSON values, nothing personal."""
