"""What was decided at a question time: the journal's words, one class each.

It is long because the journal's words of one service stand together. `by` is who decided; empty: time did.
"""

from typing import Literal

from protocol.handshake import Text
from protocol.services.live_qa import (
    CuePlan,
    DismissReason,
    Eligible,
    HoldReason,
    JointAction,
    Lane,
    Mode,
    Phase,
    QuestionTimeOptions,
    TurnEnd,
)
from worlds.citizen import Level
from worlds.service import Event, Personal

PollOutcome = Literal["counted", "no_quorum", "too_few", "unsound"]
"""What is told of a poll: its votes, or why not: `unsound` where there are not as many ballots as took part."""

DeferralEnd = Literal["answered", "withdrawn", "passed_on", "closed"]
"""How the petition ended that a question became: answered to its asker, taken back, forwarded, or without an answer."""


class OfSession(Event):
    """Something about one session."""

    session: str
    by: str = ""


class OfQuestion(OfSession):
    """Something about one question of it."""

    question: int


# Sessions


class Scheduled(OfSession):
    """A question time was announced."""

    type: Literal["live_qa.scheduled"] = "live_qa.scheduled"
    title: Text
    district: str
    stage: str
    x: float
    z: float
    collects_at: int
    doors_at: int
    starts_at: int
    ends_at: int
    options: QuestionTimeOptions
    cues: tuple[CuePlan, ...] = ()


class Adjusted(OfSession):
    """It is run another way from now on."""

    type: Literal["live_qa.adjusted"] = "live_qa.adjusted"
    options: QuestionTimeOptions


class Advanced(OfSession):
    """A phase or mode began."""

    type: Literal["live_qa.advanced"] = "live_qa.advanced"
    phase: Phase
    mode: Mode | None = None


class JointlyAsked(OfSession):
    """One person asked for something that takes two."""

    type: Literal["live_qa.jointly_asked"] = "live_qa.jointly_asked"
    action: JointAction
    reason: str
    until: int
    is_host: bool = False


class JointlyDone(OfSession):
    """Two people, or the safety officer, had the venue stopped, resumed, ended, muted or unmuted."""

    type: Literal["live_qa.jointly_done"] = "live_qa.jointly_done"
    action: JointAction
    reason: str
    first: str = ""


class OrderFrozen(OfSession):
    """The list stands in this order until it is sorted anew."""

    type: Literal["live_qa.order_frozen"] = "live_qa.order_frozen"
    order: tuple[int, ...]


class SeatChanged(OfSession):
    """A seat was reserved or given back."""

    type: Literal["live_qa.seat_changed"] = "live_qa.seat_changed"
    is_on: bool


class Signalled(OfSession):
    """The one who answers wishes something of the host."""

    type: Literal["live_qa.signalled"] = "live_qa.signalled"
    wish: Literal["department", "more_time"]
    department: str | None = None


class Minuted(OfSession):
    """An entry of the minutes."""

    type: Literal["live_qa.minuted"] = "live_qa.minuted"
    kind: Literal["mark", "commitment", "correction"]
    text: str
    question: int | None = None
    owner: str | None = None
    due_at: int | None = None


class RunSheetEdited(OfSession):
    """The run sheet was planned anew; every line has its number."""

    type: Literal["live_qa.run_sheet_edited"] = "live_qa.run_sheet_edited"
    cues: tuple[CuePlan, ...]


class CueBegun(OfSession):
    """A line of the run sheet is on, and the one before it over; without a number only that."""

    type: Literal["live_qa.cue_begun"] = "live_qa.cue_begun"
    cue: int | None = None


class Muted(OfSession):
    """Someone's later questions are held, or no longer."""

    type: Literal["live_qa.muted"] = "live_qa.muted"
    citizen: str
    is_on: bool
    reason: str


# Questions


class Asked(OfQuestion):
    """A question came in; `by` asked it."""

    type: Literal["live_qa.asked"] = "live_qa.asked"
    name: Personal
    level: Level
    text: Personal
    nickname: Personal | None = None
    category: str | None = None
    language: str | None = None
    state: Literal["pending", "held", "open"]
    hold_reason: HoldReason | None = None
    marks: tuple[str, ...] = ()


class Voted(OfQuestion):
    """Someone stands behind it, or no longer."""

    type: Literal["live_qa.voted"] = "live_qa.voted"
    is_on: bool


class Withdrawn(OfQuestion):
    """Its asker took it back; what was joined with it goes on under `heir`."""

    type: Literal["live_qa.withdrawn"] = "live_qa.withdrawn"
    heir: int | None = None


class SplitAsked(OfQuestion):
    """Its asker says that it is another question than the one it was joined with."""

    type: Literal["live_qa.split_asked"] = "live_qa.split_asked"


class Claimed(OfQuestion):
    """A moderator works on it; until 0: no longer."""

    type: Literal["live_qa.claimed"] = "live_qa.claimed"
    until: int


class Approved(OfQuestion):
    """It is published, in the words of `text` where there are any."""

    type: Literal["live_qa.approved"] = "live_qa.approved"
    text: Personal | None = None


class Held(OfQuestion):
    """It is looked at more closely."""

    type: Literal["live_qa.held"] = "live_qa.held"
    reason: HoldReason


class Dismissed(OfQuestion):
    """It is not published."""

    type: Literal["live_qa.dismissed"] = "live_qa.dismissed"
    reason: DismissReason


class Restored(OfQuestion):
    """Its dismissal was undone."""

    type: Literal["live_qa.restored"] = "live_qa.restored"


class Labelled(OfQuestion):
    """A label was put on or taken off."""

    type: Literal["live_qa.labelled"] = "live_qa.labelled"
    label: str
    is_public: bool
    is_on: bool


class Merged(OfQuestion):
    """It was joined with another."""

    type: Literal["live_qa.merged"] = "live_qa.merged"
    into: int


class Split(OfQuestion):
    """It stands on its own again."""

    type: Literal["live_qa.split"] = "live_qa.split"


class Revealed(OfQuestion):
    """The head moderator learnt who asked."""

    type: Literal["live_qa.revealed"] = "live_qa.revealed"
    reason: str
    is_told: bool


class Pinned(OfQuestion):
    """It is among the next, the one that is answered, or back in the list."""

    type: Literal["live_qa.pinned"] = "live_qa.pinned"
    to: Literal["next", "now", "open"]
    office: str | None = None


class Answered(OfQuestion):
    """It was answered."""

    type: Literal["live_qa.answered"] = "live_qa.answered"
    text: str
    office: str
    recording_offset_s: int | None = None


class Deferred(OfQuestion):
    """A department will answer it, as a petition of its asker."""

    type: Literal["live_qa.deferred"] = "live_qa.deferred"
    department: str
    kind: Literal["inquiry_law", "inquiry_procedure"]


class PetitionNoted(OfQuestion):
    """What is known of the petition that a question became."""

    type: Literal["live_qa.petition_noted"] = "live_qa.petition_noted"
    petition: str
    due_at: int | None = None
    department: str | None = None


class DeferralEnded(OfQuestion):
    """The petition that a question became has ended; `text`: what its department answered in public."""

    type: Literal["live_qa.deferral_ended"] = "live_qa.deferral_ended"
    end: DeferralEnd
    text: str = ""
    reason: str = ""


class Reopened(OfQuestion):
    """An answered question is asked again."""

    type: Literal["live_qa.reopened"] = "live_qa.reopened"


class Settled(OfQuestion):
    """A question that nobody came to has a date or a reason."""

    type: Literal["live_qa.settled"] = "live_qa.settled"
    due_at: int | None = None
    reason: str | None = None


# Hands and the floor


class HandRaised(OfSession):
    """Someone asks for the floor."""

    type: Literal["live_qa.hand_raised"] = "live_qa.hand_raised"
    name: Personal
    lane: Lane
    question: int | None = None
    language: str | None = None


class HandsLowered(OfSession):
    """Hands went down."""

    type: Literal["live_qa.hands_lowered"] = "live_qa.hands_lowered"
    citizens: tuple[str, ...]


class HandSkipped(OfSession):
    """A hand stays up and is passed over."""

    type: Literal["live_qa.hand_skipped"] = "live_qa.hand_skipped"
    citizen: str


class HandAway(OfSession):
    """Whose hand is up lost the line: the place is kept until then; 0: they are back."""

    type: Literal["live_qa.hand_away"] = "live_qa.hand_away"
    until: int


class PutOnDeck(OfSession):
    """Someone is the next to speak, once the stage is free."""

    type: Literal["live_qa.put_on_deck"] = "live_qa.put_on_deck"
    citizen: str


class DeckReady(OfSession):
    """Who is on deck has checked their sound."""

    type: Literal["live_qa.deck_ready"] = "live_qa.deck_ready"


class Invited(OfSession):
    """Someone is called to the stage."""

    type: Literal["live_qa.invited"] = "live_qa.invited"
    citizen: str
    until: int


class TurnBegun(OfSession):
    """They stand on the stage and speak."""

    type: Literal["live_qa.turn_begun"] = "live_qa.turn_begun"
    citizen: str
    ends_at: int


class TurnExtended(OfSession):
    """They were given more time."""

    type: Literal["live_qa.turn_extended"] = "live_qa.turn_extended"
    ends_at: int


class TimeSignalled(OfSession):
    """They were told how much time is left."""

    type: Literal["live_qa.time_signalled"] = "live_qa.time_signalled"
    left_s: int


class TurnEnded(OfSession):
    """A turn or an invitation is over; `until`: when they are back, `left_ms`: what is left of a lost turn.

    `day` is the city's day, in days since the epoch: turns are counted by day.
    """

    type: Literal["live_qa.turn_ended"] = "live_qa.turn_ended"
    citizen: str
    end: TurnEnd
    until: int = 0
    left_ms: int | None = None
    day: int = 0


class Seated(OfSession):
    """They are back, and the stage is free."""

    type: Literal["live_qa.seated"] = "live_qa.seated"
    citizen: str


# Polls


class OfPoll(OfSession):
    """Something about one poll of it."""

    poll: int


class PollOpened(OfPoll):
    """A secret poll is open; `guests` were in the district then, and `present` people in all."""

    type: Literal["live_qa.poll_opened"] = "live_qa.poll_opened"
    question: Text
    answers: tuple[Text, ...]
    most: int = 1
    is_binding: bool = False
    eligible: Eligible = "present"
    closes_at: int
    present: int = 0
    guests: tuple[str, ...] = ()
    min_ballots: int = 0
    min_share: int = 0


class TookPart(OfPoll):
    """Someone's ballot lies in the box: which one, nothing says."""

    type: Literal["live_qa.took_part"] = "live_qa.took_part"


class PollClosed(OfPoll):
    """No more ballots are taken: the building counts them."""

    type: Literal["live_qa.poll_closed"] = "live_qa.poll_closed"


class PollCounted(OfPoll):
    """What was in the box; `votes` by answer, unless too few took part for them to be told."""

    type: Literal["live_qa.poll_counted"] = "live_qa.poll_counted"
    outcome: PollOutcome
    ballots: int
    votes: tuple[int, ...] = ()
    digest: str


# Captions


class OfChannel(OfSession):
    """Something about one channel of captions."""

    channel: str


class ChannelOpened(OfChannel):
    """`by` writes it from now on."""

    type: Literal["live_qa.channel_opened"] = "live_qa.channel_opened"
    kind: Literal["captions", "sign"]
    where: Text | None = None


class ChannelClosed(OfChannel):
    """Nobody writes it."""

    type: Literal["live_qa.channel_closed"] = "live_qa.channel_closed"


class Captioned(OfChannel):
    """A line was written."""

    type: Literal["live_qa.captioned"] = "live_qa.captioned"
    line: int
    text: Personal


class CaptionStruck(OfChannel):
    """The words of a line are to go."""

    type: Literal["live_qa.caption_struck"] = "live_qa.caption_struck"
    line: int
    reason: str


EVENTS: tuple[type[OfSession], ...] = (
    Scheduled, Adjusted, Advanced, JointlyAsked, JointlyDone, OrderFrozen, SeatChanged, Signalled, Minuted,
    RunSheetEdited, CueBegun, Muted,
    Asked, Voted, Withdrawn, SplitAsked, Claimed, Approved, Held, Dismissed, Restored, Labelled, Merged, Split,
    Revealed, Pinned, Answered, Deferred, PetitionNoted, DeferralEnded, Reopened, Settled,
    HandRaised, HandsLowered, HandSkipped, HandAway, PutOnDeck, DeckReady, Invited, TurnBegun, TurnExtended,
    TimeSignalled, TurnEnded, Seated,
    PollOpened, TookPart, PollClosed, PollCounted,
    ChannelOpened, ChannelClosed, Captioned, CaptionStruck,
)  # fmt: skip

SILENT = frozenset({"live_qa.voted"})
"""Events that are told to nobody: votes run as counts."""
