"""What offices are told within the city: commands that never come over the wire."""

from typing import Literal

from pydantic import Field

from protocol.message import Command
from protocol.services import offices as wire
from worlds.citizen import Citizen


class WitnessedGive(wire.GiveOffice):
    """An office that is given, with who gets it where they are here."""

    here: Citizen | None = Field(default=None, exclude=True)


class NoteEvent(Command):
    """An event was announced, or is over."""

    type: Literal["offices.note_event"] = "offices.note_event"
    event: str
    scope: str | None = None
    ends_at: int
