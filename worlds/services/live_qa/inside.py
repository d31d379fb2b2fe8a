"""What the building itself tells question time: commands that never come over the wire."""

from typing import Literal

from protocol.message import Command


class Presence(Command):
    """The citizen's line broke (`away`), or they are back within the time in which a session may be resumed."""

    type: Literal["live_qa.presence"] = "live_qa.presence"
    away: bool


class NotePetition(Command):
    """The petition that a question became has this number, and this date by which it is due."""

    type: Literal["live_qa.note_petition"] = "live_qa.note_petition"
    session: str
    question: int
    petition: str
    due_at: int | None = None
