"""What the building itself tells moderation: commands that never come over the wire."""

from typing import Literal

from pydantic import Field

from protocol.chat import Hearers
from protocol.message import Command
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.evidence import HeardLine, Seen
from worlds.services.moderation.events import HeldReason


class WitnessedReport(wire.Report):
    """A report with what its writer saw, whom it is about where they are here, and whether the writer is.

    What was witnessed is no part of what was asked: the same report sent again is the same.
    """

    seen: Seen = Field(default=Seen(), exclude=True)
    about: Citizen | None = Field(default=None, exclude=True)
    is_here: bool = Field(default=True, exclude=True)


class WitnessedSanction(wire.Sanction):
    """A sanction with those of the citizens who are here, and what who gives it has seen."""

    here: tuple[Citizen, ...] = Field(default=(), exclude=True)
    seen: Seen = Field(default=Seen(), exclude=True)


class WitnessedMove(wire.MoveCitizen):
    """A move with whom it moves, where they are here: a visitor is known in no other way."""

    here: Citizen | None = Field(default=None, exclude=True)


class WitnessedTalk(wire.GuardTalk):
    """A step in a talk with the other side of it, where they are here."""

    here: Citizen | None = Field(default=None, exclude=True)


class Arrive(Command):
    """A citizen has come into the city, for the first time or with another rank."""

    type: Literal["moderation.arrive"] = "moderation.arrive"


class NoteOffice(Command):
    """An office was given or ended where offices are kept; `given` is what it is called there, `name` which it is."""

    type: Literal["moderation.note_office"] = "moderation.note_office"
    by: str
    right: str
    citizen: str
    scope: str
    given: str
    name: str
    until: int | None = None
    why: str | None = None


class RaiseAlert(Command):
    """So many who are new came into a district."""

    type: Literal["moderation.raise_alert"] = "moderation.raise_alert"
    scope: str
    count: int


class HoldLine(Command):
    """A line waits for a moderator instead of being told."""

    type: Literal["moderation.hold_line"] = "moderation.hold_line"
    text: str
    to: Hearers
    hearer: str | None = None
    district: str
    scope: str
    reason: HeldReason
    marks: tuple[str, ...] = ()
    message: str = Field(exclude=True)
    context: tuple[HeardLine, ...] = Field(default=(), exclude=True)
