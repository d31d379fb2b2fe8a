"""What a city says of the offices that are given in it: which there are, who gives each, and for how long."""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from protocol.handshake import Text
from protocol.message import Name
from worlds.access import GRANT_PREFIX
from worlds.citizen import EVERYONES_ROLES, ROLES
from worlds.plan import CityPlan

S = 1_000
"""Milliseconds of a second; times in state and events are in ms."""

DAY = 86_400 * S

OPERATOR = "operator"
"""They neither moderate nor are given anything here: who runs the machine holds no other office by a citizen's word."""

Many = Annotated[int, Field(strict=True, ge=0)]


class Shape(BaseModel):
    """It never changes, and a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Rules(Shape):
    """Every number of offices; zero means no limit."""

    after_event_s: Many = 86_400
    """How long after an event's end its offices go on: until the next evening, for what is left to be done."""
    longest_term_days: Many = 365
    """How long one that is of no event stands at most: after a year somebody looks again."""
    standing: Many = 60
    """How many stand at once in one scope: the crew of the largest event."""
    longest_words: Many = 300
    """Characters of what is said with it."""
    told_days: Many = 14
    """For how many days after its end who held it is shown that on arriving; those who come less often find it in the
    list of their own."""
    text_days: Many = 1_095
    """Days after the end for which names and words are kept."""


class Office(Shape):
    """One office: what it is called, and who gives it, as roles and `grant:NAME`."""

    name: Text
    for_event: tuple[str, ...] = ()
    """Who gives it for one event."""
    for_term: tuple[str, ...] = ()
    """Who gives it for a time, in the city or a part of it."""


class Content(Shape):
    """`services/offices.toml` of a city."""

    rules: Rules = Rules()
    offices: Mapping[Name, Office]

    @classmethod
    def read(cls, toml: str) -> Self:
        """The content from the text of its file; raises pydantic's ValidationError or TOMLDecodeError."""
        return cls.model_validate(tomllib.loads(toml))

    @model_validator(mode="after")
    def _gives_no_more_than_it_should(self) -> Self:
        words = {word_of(name): name for name in self.offices}
        for name, office in self.offices.items():
            if name == OPERATOR or name in EVERYONES_ROLES:
                raise ValueError(f"offices.{name}: nobody is made that by another citizen")
            for giver in (*office.for_event, *office.for_term):
                if not giver.startswith(GRANT_PREFIX) and giver not in ROLES:
                    raise ValueError(f"offices.{name}: there is no role {giver}")
                if giver == OPERATOR:
                    raise ValueError(f"offices.{name}: an operator does not moderate, and gives no office")
                if giver in words:
                    raise ValueError(f"offices.{name}: {giver} is given here itself, and gives nothing on")
        return self


def word_of(office: str) -> str:
    """The role or grant that an office is, without its scope."""
    return office if office in ROLES else f"{GRANT_PREFIX}{office}"


def scopes_of(plan: CityPlan) -> frozenset[str]:
    """Where an office can be given for a time: the city, its districts, their zones."""
    districts = {district.id for district in plan.districts}
    zones = {f"{district.id}/{zone.id}" for district in plan.districts for zone in district.zones}
    return frozenset({"", *districts, *zones})
