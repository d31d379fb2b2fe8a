"""What the building itself tells question time: commands that never come over the wire."""

from typing import Literal

from pydantic import Field

from protocol.message import Command
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.services.live_qa.events import DeferralEnd


class Presence(Command):
    """The citizen's line broke (`away`), or they are back within the time in which a session may be resumed."""

    type: Literal["live_qa.presence"] = "live_qa.presence"
    away: bool


class NotePetition(Command):
    """What is news of the petition that a question became: where it lies, when it is due, how it ended."""

    type: Literal["live_qa.note_petition"] = "live_qa.note_petition"
    session: str
    question: int
    petition: str
    due_at: int | None = None
    department: str | None = None
    end: DeferralEnd | None = None
    text: str = ""


class WitnessedPoll(wire.OpenPoll):
    """A poll that is opened, with who is in the session's district then; that is no part of what was asked."""

    here: tuple[Citizen, ...] = Field(default=(), exclude=True)


class WitnessedFollow(wire.FollowCaptions):
    """Captions that are followed, by someone who has a line to hear them."""

    is_here: bool = Field(default=False, exclude=True)


class WitnessedHand(wire.RaiseHand):
    """A hand that is raised, by someone who stands in the main hall of the session's district, or does not."""

    is_in_hall: bool = Field(default=False, exclude=True)


class TakeTally(Command):
    """A poll's ballots were counted: how often each choice was made, and the hash of the list of their ids."""

    type: Literal["live_qa.take_tally"] = "live_qa.take_tally"
    session: str
    poll: int
    times: dict[str, int]
    digest: str
