"""What the web pages need to know of the running city."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from protocol.handshake import CityCard
from worlds.plan import DistrictPlan


class CityView(Protocol):
    """The city as it is now, read by every request."""

    def city(self) -> CityCard:
        """Its names and its districts with their population."""

    def districts(self) -> Sequence[DistrictPlan]:
        """The plans of the districts that are open."""

    def is_ready(self) -> bool:
        """Whether it takes new citizens: neither starting nor draining."""

    def health(self) -> Mapping[str, object]:
        """What an operator wants to see at a glance; JSON values, nothing personal."""
