"""What a city decides about its announcements: the numbers, and words that are ready when there is no time."""

import tomllib
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from protocol.handshake import Text
from protocol.services.announcements import AnnouncementLevel
from worlds.plan import CityPlan

Many = Annotated[int, Field(strict=True, ge=0)]


class Shape(BaseModel):
    """It never changes, and a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Rules(Shape):
    """Every number of announcements; zero means no limit."""

    longest_text: Many = 200
    """Characters in each language: what is read while walking."""
    longest_s: Many = 86_400
    """Seconds that one stands at most: what goes for longer belongs on a page."""
    standing: Many = 4
    """How many stand at once in the city, and in each district with its zones: of more nobody reads any."""


class Ready(Shape):
    """Words that are ready."""

    level: AnnouncementLevel = "notice"
    text: Text
    lasts_s: Annotated[int, Field(strict=True, ge=1)] = 600


class Content(Shape):
    """`services/announcements.toml` of a city."""

    rules: Rules = Rules()
    ready: tuple[Ready, ...] = ()

    @classmethod
    def read(cls, toml: str) -> Self:
        """The content from the text of its file; raises pydantic's ValidationError or TOMLDecodeError."""
        return cls.model_validate(tomllib.loads(toml))


def scopes_of(plan: CityPlan) -> frozenset[str]:
    """Where something can be announced: the city, its districts, their zones."""
    districts = {district.id for district in plan.districts}
    zones = {f"{district.id}/{zone.id}" for district in plan.districts for zone in district.zones}
    return frozenset({"", *districts, *zones})
