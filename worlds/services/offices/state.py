"""What is kept of offices: all that were ever given, and when the events end to which some of them belong."""

from dataclasses import dataclass, field

from protocol.services.offices import EndOfOffice
from worlds.service import Personal
from worlds.services.offices.content import word_of


@dataclass(slots=True)
class GivenOffice:
    """One office; without `until` it ends with its event."""

    number: int
    office: str
    scope: str
    citizen: str
    by: str
    at: int
    until: int | None = None
    called: Personal | None = None
    words: Personal | None = None
    ended_at: int | None = None
    why: EndOfOffice | None = None
    ended_by: str = ""
    end_words: Personal | None = None

    @property
    def name(self) -> str:
        """As the wire knows it."""
        return f"o-{self.number}"

    @property
    def word(self) -> str:
        """What it is among a citizen's roles and grants."""
        word = word_of(self.office)
        return f"{word}@{self.scope}" if self.scope else word


@dataclass(slots=True)
class Occasion:
    """An event, by what its service calls it."""

    scope: str
    ends_at: int


@dataclass(slots=True)
class State:
    """All offices by number from 1, and the events."""

    offices: list[GivenOffice] = field(default_factory=list)
    events: dict[str, Occasion] = field(default_factory=dict)
