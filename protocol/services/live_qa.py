"""Live question time: questions, votes and hands of an audience, and the desks of those who run it.

It is long because the wire of one service is one page: what citizens ask first, then moderators, then hosts.
Rows are told whole whenever they change; the newest replaces the one before. Numbers of votes and places in
the queue run as counts.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from protocol.ballot import BallotId
from protocol.handshake import Part, Text
from protocol.message import Answer, Command, Count, Fact, Name, Natural, Number, Result

MAX_WIRE_TEXT = 4096
"""Characters of any text on the wire; the service's own limits are smaller and answered `too_long`."""

Phase = Literal["scheduled", "collecting", "doors", "live", "closing", "follow_up", "archived"]
Mode = Literal["opening", "answering", "floor", "poll", "break"]
QuestionState = Literal[
    "pending", "held", "open", "merged", "next", "now", "answered", "deferred", "answered_later",
    "unanswered", "dismissed", "withdrawn",
]  # fmt: skip
HoldReason = Literal["second_opinion", "personal_data", "legal", "link", "word", "muted"]
DismissReason = Literal["off_topic", "personal_data", "insult", "duplicate", "unlawful", "unclear"]
Lane = Literal["need", "hall", "away"]
JointAction = Literal["stop", "resume", "end", "mute", "unmute"]
TurnStep = Literal["on_deck", "invited", "on_stage", "returning", "seated"]
TurnEnd = Literal["done", "time", "lost", "declined", "no_answer", "stopped", "phase"]

PollState = Literal["open", "closed", "counted", "no_quorum", "too_few", "unsound"]
Eligible = Literal["present", "verified", "resident"]

Number_ = Annotated[Natural, Field(ge=1)]
"""A question's number within its session: 1, 2, 3 in the order of asking. So are polls and their answers numbered."""

MAX_POLL_ANSWERS = 20

MAX_FOLLOWED = 8

Tongue = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
"""A language as BCP 47 has it; sign languages have their own: `kvk` is Korean Sign Language."""

Words = Annotated[str, Field(max_length=MAX_WIRE_TEXT)]


# Parts


class QuestionTimeOptions(Part):
    """How a session is run; what is left out stays as it is."""

    order_before_vote: Literal["shuffled", "recent", "top"] | None = None
    hide_counts: Literal["until_voted", "never"] | None = None
    tell_dismissed: Literal["immediate", "after_event", "never"] | None = None
    is_screened: bool | None = None
    hands_open: bool | None = None
    seats: Natural | None = None


class Turn(Part):
    """Who has the floor, by the name that everyone sees beside their avatar."""

    citizen: str
    name: str
    step: TurnStep
    ends_at: Natural


class Programme(Part):
    """Where in its run sheet a session is, as far as the audience is told: what is on, what comes next."""

    now: Text | None = None
    next: Text | None = None
    next_at: Natural | None = None


class CaptionChannel(Part):
    """Captions in a language, or sign language: then `where` says where it is to be seen."""

    channel: Tongue
    kind: Literal["captions", "sign"]
    is_open: bool
    where: Text | None = None


class CaptionLine(Part):
    """A line of captions by its number in its channel; of one that was struck the words are gone."""

    line: Number_
    at: Natural
    text: str
    is_struck: bool = False


class QuestionTime(Part):
    """One question time, as everyone may know it."""

    session: Name
    title: Text
    district: Name
    stage: Name
    phase: Phase
    mode: Mode | None = None
    is_stopped: bool = False
    is_muted: bool = False
    collects_at: Natural
    doors_at: Natural
    starts_at: Natural
    ends_at: Natural
    hands_open: bool = False
    is_order_frozen: bool = False
    is_screened: bool = True
    seats: Natural = 0
    reserved: Natural = 0
    programme: Programme | None = None
    on_stage: Number_ | None = None
    poll: Number_ | None = None
    channels: list[CaptionChannel]


class Question(Part):
    """A question as the audience sees it; numbers of votes only in lists and views, where they are not hidden."""

    question: Number_
    state: QuestionState
    text: str
    by: Text | None = None
    category: str | None = None
    language: str | None = None
    labels: list[str]
    joined: Natural = 0
    is_edited: bool = False
    asked_at: Natural
    pinned_at: Natural | None = None
    merged_into: Number_ | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: Natural | None = None
    recording_offset_s: Natural | None = None
    department: str | None = None
    due_at: Natural | None = None
    no_answer_because: str | None = None
    backers: Natural | None = None
    has_voted: bool | None = None
    is_new: bool | None = None


class OwnQuestion(Part):
    """A question as its asker sees it."""

    row: Question
    original: str | None = None
    withdrawable_until: Natural | None = None
    hold_reason: str | None = None
    dismissed_because: Text | None = None
    hint: Text | None = None
    petition: str | None = None


class QuestionLabel(Part):
    """A label on a question; internal ones are seen at the desk only."""

    label: str
    is_public: bool


class SimilarQuestion(Part):
    """A question that may ask the same: 0 nothing alike, 1 the same words."""

    question: Number_
    score: Number
    text: str


class DeskQuestion(Part):
    """A question at the moderation desk; commands carry its `version`."""

    question: Number_
    version: Natural
    state: QuestionState
    text: str
    original: str | None = None
    by: Text
    author: str
    level: Natural
    is_author_muted: bool = False
    category: str | None = None
    language: str | None = None
    asked_at: Natural
    backers: Natural
    claimed_by: str | None = None
    claimed_until: Natural | None = None
    marks: list[str]
    labels: list[QuestionLabel]
    hold_reason: str | None = None
    dismissal: str | None = None
    merged_into: Number_ | None = None
    members: list[Number_]
    wants_split: bool = False
    similar: list[SimilarQuestion]


class Hand(Part):
    """A raised hand as hosts and floor managers see it; the queue's key is (times, lane, raised_at)."""

    citizen: str
    name: str
    times: Natural
    lane: Lane
    raised_at: Natural
    question: Number_ | None = None
    language: str | None = None
    is_skipped: bool = False
    is_away: bool = False
    is_ready: bool = False
    step: Literal["waiting", "on_deck", "invited", "on_stage", "lowered"] = "waiting"


class OwnHand(Result):
    """Your place in the queue, from 1, and when your turn may come."""

    place: Natural
    of: Natural
    estimate_s: Natural


class Minute(Part):
    """An entry of the minutes: a mark in time, a commitment with owner and date, a correction added later."""

    kind: Literal["mark", "commitment", "correction"]
    text: str
    at: Natural
    question: Number_ | None = None
    owner: str | None = None
    due_at: Natural | None = None


class RunSheetLine(Part):
    """What comes when, and who sees to it; when it really began and ended. The audience is told of public ones."""

    at: Natural
    text: Text
    who: Text
    cue: Natural | None = None
    lasts_s: Natural | None = None
    is_public: bool | None = None
    began_at: Natural | None = None
    ended_at: Natural | None = None


class CuePlan(Part):
    """A line of the run sheet as it is planned; `cue` names one that is there already."""

    cue: Natural | None = None
    at: Natural
    lasts_s: Natural
    text: Text
    who: Text
    is_public: bool = True


class PollAnswer(Part):
    """One answer of a poll; its votes once it is counted, and not before."""

    answer: Number_
    text: Text
    votes: Natural | None = None


class Poll(Part):
    """A secret poll: while it is open nobody sees more than how many took part.

    `most`: how many answers one may choose. `present`: people in the district when it was opened, of whom `min_share`
    is a percentage. `digest` is SHA-256 over the published list of ballots, one id a line.
    """

    poll: Number_
    state: PollState
    question: Text
    answers: list[PollAnswer]
    most: Number_
    is_binding: bool
    eligible: Eligible
    opened_at: Natural
    closes_at: Natural
    closed_at: Natural | None = None
    turnout: Natural
    ballots: Natural | None = None
    present: Natural
    min_ballots: Natural = 0
    min_share: Natural = 0
    digest: str | None = None
    has_voted: bool | None = None


class JointRequest(Part):
    """What one person asked for the whole venue, and until when a second may confirm it."""

    action: JointAction
    by: str
    until: Natural


# Views


class AudienceView(Part):
    """What an attendee is shown."""

    session: QuestionTime
    now: Question | None = None
    next: list[Question]
    questions: list[Question]
    next_page: str | None = None
    mine: list[OwnQuestion]
    hand: OwnHand | None = None
    floor: Turn | None = None
    poll: Poll | None = None


class Prompt(Part):
    """A question in large type, without its asker."""

    question: Number_
    text: str
    category: str | None = None
    language: str | None = None
    labels: list[str]
    pinned_at: Natural | None = None
    answers_until: Natural | None = None
    version: Natural | None = None


class PresenterView(Part):
    """What stands before the one who answers: no names of askers, no numbers."""

    session: QuestionTime
    now: Prompt | None = None
    next: list[Prompt]
    who_answers: str | None = None
    floor_ends_at: Natural | None = None
    poll: Poll | None = None


class ScreenView(Part):
    """What the hall and the stream show: nobody's identity."""

    title: Text
    phase: Phase
    mode: Mode | None = None
    is_stopped: bool = False
    now: Prompt | None = None
    is_floor_taken: bool = False
    poll: Poll | None = None


class HostView(Part):
    """What the one who leads sees."""

    session: QuestionTime
    run_sheet: list[RunSheetLine]
    hands: list[Hand]
    floor: Turn | None = None
    invited: str | None = None
    on_deck: str | None = None
    is_deck_ready: bool = False
    open: Natural = 0
    pending: Natural = 0
    held: Natural = 0
    oldest_pending_s: Natural = 0
    joint: JointRequest | None = None
    alarms: list[Text]
    sheet_version: Natural = 0


class CrewView(Part):
    """What everyone sees who has a part in it: the run sheet, and what alarms."""

    session: QuestionTime
    run_sheet: list[RunSheetLine]
    sheet_version: Natural = 0
    alarms: list[Text]


class QuestionCounters(Part):
    """What became of the questions; a reason with fewer than five is not told by number (null)."""

    asked: Natural
    open: Natural
    merged: Natural
    answered: Natural
    deferred: Natural
    answered_in_time: Natural
    answered_late: Natural
    unanswered: Natural
    withdrawn: Natural
    dismissed: Natural
    dismissed_by_reason: dict[str, Natural | None]


# Reading


class SessionList(Result):
    """Sessions, the next first, and where the list goes on."""

    sessions: list[QuestionTime]
    next: str | None = None


class ListSessions(Command):
    """Which question times there are, also past ones."""

    answer: ClassVar[Answer] = SessionList
    reads: ClassVar[bool] = True

    type: Literal["live_qa.sessions"] = "live_qa.sessions"
    after: Annotated[str, Field(max_length=64)] | None = None


class Seen(Result):
    """The view that was asked for, and no other."""

    audience: AudienceView | None = None
    presenter: PresenterView | None = None
    host: HostView | None = None
    screen: ScreenView | None = None
    crew: CrewView | None = None


class Look(Command):
    """One view of a session, as it is now."""

    answer: ClassVar[Answer] = Seen
    reads: ClassVar[bool] = True

    type: Literal["live_qa.look"] = "live_qa.look"
    session: Name
    view: Literal["audience", "presenter", "host", "screen", "crew"] = "audience"


class QuestionList(Result):
    """A page of questions."""

    questions: list[Question]
    mine: list[OwnQuestion]
    next: str | None = None


class ListQuestions(Command):
    """Questions of a session in the order of this citizen's list, or all of one's own."""

    answer: ClassVar[Answer] = QuestionList
    reads: ClassVar[bool] = True

    type: Literal["live_qa.questions"] = "live_qa.questions"
    session: Name
    which: Literal["open", "done", "mine"] = "open"
    after: Annotated[str, Field(max_length=64)] | None = None


class QuestionDesk(Result):
    """A page of the moderation desk."""

    questions: list[DeskQuestion]
    next: str | None = None


class ListDesk(Command):
    """The desk: what waits, with claims and possible duplicates; what is on stage or next; what came of the others."""

    answer: ClassVar[Answer] = QuestionDesk
    reads: ClassVar[bool] = True

    type: Literal["live_qa.desk"] = "live_qa.desk"
    session: Name
    which: Literal["pending", "held", "open", "stage", "done", "dismissed", "merged"] = "pending"
    after: Annotated[str, Field(max_length=64)] | None = None


class SessionRecord(Result):
    """A page of the public record; session, counters and minutes stand on the first."""

    session: QuestionTime
    counters: QuestionCounters | None = None
    minutes: list[Minute]
    questions: list[Question]
    polls: list[Poll]
    next: str | None = None


class ReadRecord(Command):
    """The public record of a session that has ended."""

    answer: ClassVar[Answer] = SessionRecord
    reads: ClassVar[bool] = True

    type: Literal["live_qa.record"] = "live_qa.record"
    session: Name
    after: Annotated[str, Field(max_length=64)] | None = None


class PollList(Result):
    """A page of polls."""

    polls: list[Poll]
    next: str | None = None


class ListPolls(Command):
    """The polls of a session, the newest first."""

    answer: ClassVar[Answer] = PollList
    reads: ClassVar[bool] = True

    type: Literal["live_qa.polls"] = "live_qa.polls"
    session: Name
    after: Annotated[str, Field(max_length=64)] | None = None


class CaptionPage(Result):
    """A page of captions; with `last` the newest alone."""

    lines: list[CaptionLine]
    next: str | None = None


class ListCaptions(Command):
    """What was written in a channel, from its first line on; or only its last lines."""

    answer: ClassVar[Answer] = CaptionPage
    reads: ClassVar[bool] = True

    type: Literal["live_qa.captions"] = "live_qa.captions"
    session: Name
    channel: Tongue
    last: bool = False
    after: Annotated[str, Field(max_length=64)] | None = None


# The audience


class ChannelLines(Part):
    """The last lines of a channel."""

    channel: Tongue
    lines: list[CaptionLine]


class Following(Result):
    """What one follows from now on, each with its last lines."""

    channels: list[ChannelLines]


class FollowCaptions(Command):
    """Hear these channels of a session, and no other of it, for as long as one's line holds; kept nowhere."""

    answer: ClassVar[Answer] = Following
    reads: ClassVar[bool] = True

    type: Literal["live_qa.follow"] = "live_qa.follow"
    session: Name
    channels: Annotated[list[Tongue], Field(max_length=MAX_FOLLOWED)]


class Reserve(Command):
    """Reserve a seat, or give it back."""

    type: Literal["live_qa.reserve"] = "live_qa.reserve"
    session: Name
    on: bool = True


class QuestionAsked(Result):
    """`held` waits for a moderator; `open` is published."""

    question: Number_
    state: Literal["held", "open"]
    by: Text


class Ask(Command):
    """Ask a question; the audience sees a name per event, or the nickname."""

    answer: ClassVar[Answer] = QuestionAsked

    type: Literal["live_qa.ask"] = "live_qa.ask"
    session: Name
    text: Words
    category: Name | None = None
    nickname: Annotated[str, Field(max_length=64)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None


class QuestionBackers(Result):
    """How many stand behind it now."""

    backers: Natural


class Vote(Command):
    """Stand behind a question, or no longer."""

    answer: ClassVar[Answer] = QuestionBackers

    type: Literal["live_qa.vote"] = "live_qa.vote"
    session: Name
    question: Number_
    on: bool = True


class Withdraw(Command):
    """Take back one's own question."""

    type: Literal["live_qa.withdraw"] = "live_qa.withdraw"
    session: Name
    question: Number_


class AskSplit(Command):
    """Say that one's question was joined with another that asks something else."""

    type: Literal["live_qa.ask_split"] = "live_qa.ask_split"
    session: Name
    question: Number_


class RaiseHand(Command):
    """Ask for the floor; once more with a hand up changes nothing."""

    answer: ClassVar[Answer] = OwnHand

    type: Literal["live_qa.raise_hand"] = "live_qa.raise_hand"
    session: Name
    lane: Lane = "hall"
    question: Number_ | None = None
    language: Annotated[str, Field(max_length=35)] | None = None


class LowerHand(Command):
    """Lower one's own hand; for who runs the queue: another's, or all."""

    type: Literal["live_qa.lower_hand"] = "live_qa.lower_hand"
    session: Name
    citizen: Annotated[str, Field(max_length=64)] | None = None
    all: bool = False


class TakeFloor(Command):
    """Accept an invitation to the stage, or decline it; on deck: say that one's sound is ready."""

    type: Literal["live_qa.take_floor"] = "live_qa.take_floor"
    session: Name
    accept: bool = True


class CastBallot(Command):
    """Take part in a poll, once and for good. The client makes `ballot` and keeps it: it is the receipt."""

    secret: ClassVar[frozenset[str]] = frozenset({"ballot", "choices"})

    type: Literal["live_qa.cast"] = "live_qa.cast"
    session: Name
    poll: Number_
    ballot: BallotId
    choices: Annotated[list[Number_], Field(min_length=1, max_length=MAX_POLL_ANSWERS)]


# The moderation desk


class Moderated(Result):
    """The row as it is after the command."""

    row: DeskQuestion


class Claim(Command):
    """Take a question to work on, for a while that every further step renews; or give it back."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.claim"] = "live_qa.claim"
    session: Name
    question: Number_
    version: Natural
    on: bool = True
    take_over: bool = False


class Approve(Command):
    """Publish a question, with another wording if need be."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.approve"] = "live_qa.approve"
    session: Name
    question: Number_
    version: Natural
    text: Words | None = None


class Hold(Command):
    """Keep a question for a closer look."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.hold"] = "live_qa.hold"
    session: Name
    question: Number_
    version: Natural
    reason: Literal["second_opinion", "personal_data", "legal"]


class Dismiss(Command):
    """Do not publish a question."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.dismiss"] = "live_qa.dismiss"
    session: Name
    question: Number_
    version: Natural
    reason: DismissReason


class Restore(Command):
    """Undo a dismissal: the question waits again."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.restore"] = "live_qa.restore"
    session: Name
    question: Number_
    version: Natural


class PutLabel(Command):
    """Put a label on a question, or take it off."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.label"] = "live_qa.label"
    session: Name
    question: Number_
    version: Natural
    label: Name
    is_public: bool = False
    on: bool = True


class Merge(Command):
    """Join a question with one that asks the same: who stands behind either stands behind both, once."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.merge"] = "live_qa.merge"
    session: Name
    question: Number_
    version: Natural
    into: Number_


class Split(Command):
    """Undo a merge."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.split"] = "live_qa.split"
    session: Name
    question: Number_
    version: Natural


class AskerIdentity(Result):
    """Who asked."""

    citizen: str
    name: str
    level: Natural


class Reveal(Command):
    """Learn who asked; it is logged, and the asker is told after the event unless their safety forbids it."""

    answer: ClassVar[Answer] = AskerIdentity

    type: Literal["live_qa.reveal"] = "live_qa.reveal"
    session: Name
    question: Number_
    reason: Words
    tell: bool = True


class Mute(Command):
    """Questions of this citizen wait to be looked at more closely, in this session; or no longer."""

    type: Literal["live_qa.mute"] = "live_qa.mute"
    session: Name
    citizen: Annotated[str, Field(max_length=64)]
    reason: Words
    on: bool = True


# The host and the stage


class QuestionTimeScheduled(Result):
    """The new session's name."""

    session: Name


class Schedule(Command):
    """Announce a question time."""

    answer: ClassVar[Answer] = QuestionTimeScheduled

    type: Literal["live_qa.schedule"] = "live_qa.schedule"
    title: Text
    district: Name
    stage: Name
    starts_at: Natural
    ends_at: Natural
    collects_at: Natural | None = None
    doors_at: Natural | None = None
    options: QuestionTimeOptions = QuestionTimeOptions()


class Adjust(Command):
    """Change how a session is run; screening on or off concerns later questions only."""

    type: Literal["live_qa.adjust"] = "live_qa.adjust"
    session: Name
    options: QuestionTimeOptions


class Advance(Command):
    """Go on to a later phase, or to another mode while live."""

    type: Literal["live_qa.advance"] = "live_qa.advance"
    session: Name
    phase: Phase
    mode: Mode | None = None


class JointState(Result):
    """`asked`: a second person has until `until` to ask the same; `done`: it is so."""

    state: Literal["asked", "done"]
    until: Natural | None = None


class ActJointly(Command):
    """Stop, resume, end or mute the whole venue: done when two people ask for it."""

    answer: ClassVar[Answer] = JointState

    type: Literal["live_qa.act_jointly"] = "live_qa.act_jointly"
    session: Name
    action: JointAction
    reason: Words


class RefreshOrder(Command):
    """Sort the frozen list anew."""

    type: Literal["live_qa.refresh_order"] = "live_qa.refresh_order"
    session: Name


class Pin(Command):
    """Put a question among the next, or make it the one that is answered now, by `office`; or back to the list."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.pin"] = "live_qa.pin"
    session: Name
    question: Number_
    version: Natural
    to: Literal["next", "now", "open"]
    office: Name | None = None


class Signal(Command):
    """From the one who answers to the host: a department will answer, or more time is needed."""

    type: Literal["live_qa.signal"] = "live_qa.signal"
    session: Name
    wish: Literal["department", "more_time"]
    department: Name | None = None


class AnswerQuestion(Command):
    """Answered: live with the mark in time, or in writing for one that was deferred or promised an answer."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.answer"] = "live_qa.answer"
    session: Name
    question: Number_
    version: Natural
    text: Words = ""
    office: Name | None = None
    recording_offset_s: Natural | None = None


class Defer(Command):
    """A department answers later: the question becomes a petition of its asker."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.defer"] = "live_qa.defer"
    session: Name
    question: Number_
    version: Natural
    department: Name
    kind: Literal["inquiry_law", "inquiry_procedure"] = "inquiry_procedure"


class Reopen(Command):
    """An answered question is asked again."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.reopen"] = "live_qa.reopen"
    session: Name
    question: Number_
    version: Natural


class Settle(Command):
    """Of a question that nobody came to: when it will be answered in writing, or why it will not."""

    answer: ClassVar[Answer] = Moderated

    type: Literal["live_qa.settle"] = "live_qa.settle"
    session: Name
    question: Number_
    version: Natural
    due_at: Natural | None = None
    reason: Words | None = None


class TakeMinutes(Command):
    """Add to the minutes; a correction only ever adds."""

    type: Literal["live_qa.minute"] = "live_qa.minute"
    session: Name
    kind: Literal["mark", "commitment", "correction"]
    text: Words
    question: Number_ | None = None
    owner: Name | None = None
    due_at: Natural | None = None


class RunSheetEdited(Result):
    """The run sheet's version from now on."""

    sheet_version: Natural


class EditRunSheet(Command):
    """Plan the run sheet anew; lines that keep their `cue` keep their times. `version` is that of the sheet seen."""

    answer: ClassVar[Answer] = RunSheetEdited

    type: Literal["live_qa.edit_run_sheet"] = "live_qa.edit_run_sheet"
    session: Name
    version: Natural
    cues: Annotated[list[CuePlan], Field(max_length=64)]


class BeginCue(Command):
    """A line of the run sheet is on from now; the one before it is over. Without `cue` only that."""

    type: Literal["live_qa.begin_cue"] = "live_qa.begin_cue"
    session: Name
    cue: Natural | None = None


class PollOpened(Result):
    """The new poll's number."""

    poll: Number_


class OpenPoll(Command):
    """Open a poll in mode `poll`; it closes after `lasts_s`. A binding one needs voters who are verified."""

    answer: ClassVar[Answer] = PollOpened

    type: Literal["live_qa.open_poll"] = "live_qa.open_poll"
    session: Name
    question: Text
    answers: Annotated[list[Text], Field(min_length=2, max_length=MAX_POLL_ANSWERS)]
    most: Number_ = 1
    is_binding: bool = False
    eligible: Eligible = "present"
    lasts_s: Natural | None = None
    min_ballots: Natural = 0
    min_share: Annotated[Natural, Field(le=100)] = 0


class ClosePoll(Command):
    """Close a poll before its time; then it is counted."""

    type: Literal["live_qa.close_poll"] = "live_qa.close_poll"
    session: Name
    poll: Number_


class OpenChannel(Command):
    """Write a channel from now on, whoever wrote it before; for sign language say where it is to be seen."""

    type: Literal["live_qa.open_channel"] = "live_qa.open_channel"
    session: Name
    channel: Tongue
    kind: Literal["captions", "sign"] = "captions"
    where: Text | None = None


class CloseChannel(Command):
    """Nobody writes a channel for now."""

    type: Literal["live_qa.close_channel"] = "live_qa.close_channel"
    session: Name
    channel: Tongue


class WriteCaption(Command):
    """One line in the channel that one writes."""

    type: Literal["live_qa.caption"] = "live_qa.caption"
    session: Name
    channel: Tongue
    text: Words


class StrikeCaption(Command):
    """Take the words of a line away: they tell what must not stand there."""

    type: Literal["live_qa.strike_caption"] = "live_qa.strike_caption"
    session: Name
    channel: Tongue
    line: Number_
    reason: Words


class SteerFloor(Command):
    """Give the floor to someone or the first in the queue, pass over someone, add time, end a turn."""

    type: Literal["live_qa.steer_floor"] = "live_qa.steer_floor"
    session: Name
    action: Literal["give", "skip", "extend", "end"]
    citizen: Annotated[str, Field(max_length=64)] | None = None


# Facts


class SessionChanged(Fact):
    """A session is announced, or goes on. In `follow_up` all that was open, next or now is unanswered."""

    type: Literal["live_qa.session_changed"] = "live_qa.session_changed"
    session: QuestionTime


class OrderChanged(Fact):
    """The order of the list was frozen: these questions, in this order, as far as one message holds them."""

    type: Literal["live_qa.order_changed"] = "live_qa.order_changed"
    session: Name
    order: list[Number_]


class QuestionChanged(Fact):
    """A published question, as the audience sees it now."""

    type: Literal["live_qa.question_changed"] = "live_qa.question_changed"
    session: Name
    question: Question


class OwnChanged(Fact):
    """Your question, as you see it now."""

    type: Literal["live_qa.own_changed"] = "live_qa.own_changed"
    session: Name
    question: OwnQuestion


class DeskChanged(Fact):
    """To moderators and the host: a question, as the desk sees it now."""

    type: Literal["live_qa.desk_changed"] = "live_qa.desk_changed"
    session: Name
    question: DeskQuestion


class HandChanged(Fact):
    """To hosts and floor managers: a hand, as it is now."""

    type: Literal["live_qa.hand_changed"] = "live_qa.hand_changed"
    session: Name
    hand: Hand


class TurnChanged(Fact):
    """To you alone: you are on deck, invited, on the stage, on the way back, or seated again."""

    type: Literal["live_qa.turn_changed"] = "live_qa.turn_changed"
    session: Name
    step: TurnStep
    until: Natural | None = None
    ended: TurnEnd | None = None


class FloorChanged(Fact):
    """Who speaks from the floor; without a turn nobody does."""

    type: Literal["live_qa.floor_changed"] = "live_qa.floor_changed"
    session: Name
    turn: Turn | None = None


class TimeSignalled(Fact):
    """So much of the speaking time is left."""

    type: Literal["live_qa.time_signalled"] = "live_qa.time_signalled"
    session: Name
    left_s: Natural


class HandLowered(Fact):
    """Your hand is down."""

    type: Literal["live_qa.hand_lowered"] = "live_qa.hand_lowered"
    session: Name


class JointlyAsked(Fact):
    """To who runs the session: something for the whole venue waits for a second person."""

    type: Literal["live_qa.jointly_asked"] = "live_qa.jointly_asked"
    session: Name
    request: JointRequest


class Signalled(Fact):
    """To hosts: what the one who answers wishes."""

    type: Literal["live_qa.signalled"] = "live_qa.signalled"
    session: Name
    wish: Literal["department", "more_time"]
    department: Name | None = None


class Minuted(Fact):
    """The minutes have a new entry."""

    type: Literal["live_qa.minuted"] = "live_qa.minuted"
    session: Name
    minute: Minute


class Revealed(Fact):
    """Who you are was looked up: for which of your questions, why and when."""

    type: Literal["live_qa.revealed"] = "live_qa.revealed"
    session: Name
    question: Number_
    reason: str
    revealed_at: Natural


class YouWereMuted(Fact):
    """Your questions wait to be looked at more closely, or no longer; your votes count."""

    type: Literal["live_qa.muted"] = "live_qa.muted"
    session: Name
    on: bool
    reason: str


class RunSheetChanged(Fact):
    """To who has a part in running it: the run sheet, as it is now."""

    type: Literal["live_qa.run_sheet_changed"] = "live_qa.run_sheet_changed"
    session: Name
    run_sheet: list[RunSheetLine]
    sheet_version: Natural


class PollChanged(Fact):
    """A poll is open, closed or counted."""

    type: Literal["live_qa.poll_changed"] = "live_qa.poll_changed"
    session: Name
    poll: Poll


class TookPart(Fact):
    """To you alone: you have taken part in a poll. What you chose nobody knows."""

    type: Literal["live_qa.took_part"] = "live_qa.took_part"
    session: Name
    poll: Number_


class CaptionWritten(Fact):
    """To who follows the channel: a line, or that one was struck."""

    type: Literal["live_qa.captioned"] = "live_qa.captioned"
    session: Name
    channel: Tongue
    line: CaptionLine


class SeatChanged(Fact):
    """Your seat is reserved, or given back."""

    type: Literal["live_qa.seat_changed"] = "live_qa.seat_changed"
    session: Name
    on: bool


# Counts


class Counted(Count):
    """How many stand behind the first questions of the list, as [question, backers]; and how many there are."""

    type: Literal["live_qa.counts"] = "live_qa.counts"
    session: Name
    backers: list[Annotated[list[Natural], Field(min_length=2, max_length=2)]]
    open: Natural
    hands: Natural


class PlaceCounted(Count):
    """Your place in the queue."""

    type: Literal["live_qa.place"] = "live_qa.place"
    session: Name
    hand: OwnHand


class TurnoutCounted(Count):
    """How many have taken part in a poll that is open."""

    type: Literal["live_qa.turnout"] = "live_qa.turnout"
    session: Name
    poll: Number_
    turnout: Natural


COMMANDS: tuple[type[Command], ...] = (
    ListSessions, Look, ListQuestions, ListDesk, ReadRecord, ListPolls, ListCaptions,
    Reserve, Ask, Vote, Withdraw, AskSplit, RaiseHand, LowerHand, TakeFloor, CastBallot, FollowCaptions,
    Claim, Approve, Hold, Dismiss, Restore, PutLabel, Merge, Split, Reveal, Mute,
    Schedule, Adjust, Advance, ActJointly, RefreshOrder, Pin, Signal, AnswerQuestion, Defer, Reopen, Settle,
    TakeMinutes, EditRunSheet, BeginCue, SteerFloor, OpenPoll, ClosePoll,
    OpenChannel, CloseChannel, WriteCaption, StrikeCaption,
)  # fmt: skip
FACTS: tuple[type[Fact], ...] = (
    SessionChanged, OrderChanged, QuestionChanged, OwnChanged, DeskChanged, HandChanged, TurnChanged,
    FloorChanged, TimeSignalled, HandLowered, JointlyAsked, Signalled, Minuted, Revealed, YouWereMuted,
    RunSheetChanged, SeatChanged, PollChanged, TookPart, CaptionWritten,
)  # fmt: skip
COUNTS: tuple[type[Count], ...] = (Counted, PlaceCounted, TurnoutCounted)
