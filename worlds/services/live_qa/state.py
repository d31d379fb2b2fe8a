"""The state of question times, and what can be read off it directly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from protocol.handshake import Text
from protocol.refusals import Refusal, Refused
from protocol.services.live_qa import (
    DismissReason,
    Eligible,
    HoldReason,
    JointAction,
    Lane,
    Minute,
    Mode,
    Phase,
    PollState,
    QuestionState,
    QuestionTimeOptions,
    TurnStep,
)
from worlds.citizen import Level
from worlds.service import Personal

LISTED: frozenset[QuestionState] = frozenset({"open", "next"})
"""In the list: may be voted for and joined with."""

COUNTED_OPEN: frozenset[QuestionState] = frozenset({"pending", "held", "open", "next", "now"})
"""Open for its asker: so many a person may have at once."""

WAITING: frozenset[QuestionState] = frozenset({"pending", "held"})
"""Not looked at to the end."""

HIDDEN: frozenset[QuestionState] = frozenset({"pending", "held", "dismissed"})
"""Never seen by the audience."""

OWED: frozenset[QuestionState] = frozenset({"pending", "held", "deferred"})
"""Keeps a session from being archived; so does what is unanswered without a reason."""

BEFORE: frozenset[Phase] = frozenset({"scheduled", "collecting", "doors"})
"""Nothing has been answered yet: what ends here is called off."""

ENDED: frozenset[Phase] = frozenset({"follow_up", "archived"})

LANES: dict[Lane, int] = {"need": 0, "hall": 1, "away": 2}


@dataclass(slots=True)
class Question:
    """One question; `voters` are those who chose this very one, by when; its author is never among them."""

    number: int
    author: str
    name: Personal
    level: Level
    text: Personal
    asked_at: int
    state: QuestionState
    alias: int
    version: int = 1
    nickname: Personal | None = None
    category: str | None = None
    language: str | None = None
    edited: Personal | None = None
    approved_at: int | None = None
    claimed_by: str | None = None
    claimed_until: int = 0
    marks: tuple[str, ...] = ()
    hold_reason: HoldReason | None = None
    held_by: str | None = None
    dismissal: DismissReason | None = None
    labels: dict[str, bool] = field(default_factory=dict)
    merged_into: int | None = None
    members: list[int] = field(default_factory=list)
    wants_split: bool = False
    voters: dict[str, int] = field(default_factory=dict)
    pinned_at: int | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: int | None = None
    recording_offset_s: int | None = None
    department: str | None = None
    petition: str | None = None
    due_at: int | None = None
    no_answer_because: str | None = None
    moderators: list[str] = field(default_factory=list)
    revealed: list[tuple[int, str, bool]] = field(default_factory=list)

    @property
    def shown_text(self) -> Personal:
        """The words that are or would be published."""
        return self.edited or self.text

    @property
    def is_published(self) -> bool:
        """Whether the audience has seen it."""
        return self.approved_at is not None and self.state not in HIDDEN


@dataclass(slots=True)
class Person:
    """What is known of an attendee of one session."""

    alias: int = 0
    questions: list[int] = field(default_factory=list)
    asked_at: int | None = None
    votes_since: int = 0
    votes: int = 0
    has_voted: bool = False
    is_muted: bool = False


@dataclass(slots=True)
class Hand:
    """A raised hand; `left_ms` is the speaking time that was left when the line broke."""

    citizen: str
    name: Personal
    lane: Lane
    raised_at: int
    question: int | None = None
    language: str | None = None
    is_skipped: bool = False
    away_until: int = 0
    left_ms: int | None = None


@dataclass(slots=True)
class Turn:
    """Who is called to the stage, speaks there or goes back; `until` ends the present step."""

    citizen: str
    step: TurnStep
    until: int
    hand: Hand | None = None
    began_at: int = 0
    ends_at: int = 0
    is_extended: bool = False
    signalled: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Joint:
    """What one person asked for the whole venue."""

    action: JointAction
    by: str
    is_by_host: bool
    until: int


@dataclass(slots=True)
class Cue:
    """A line of the run sheet: planned for `at`, in ms; on from `began_at` to `ended_at`."""

    cue: int
    at: int
    lasts_s: int
    text: Text
    who: Text
    is_public: bool = True
    began_at: int | None = None
    ended_at: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether it goes on."""
        return self.began_at is not None and self.ended_at is None


@dataclass(slots=True)
class Poll:
    """A secret poll. Who took part is known until it is counted, then by the journal alone; what they chose never."""

    number: int
    question: Text
    answers: list[Text]
    most: int
    is_binding: bool
    eligible: Eligible
    opened_at: int
    closes_at: int
    present: int
    min_ballots: int
    min_share: int
    guests: list[str] = field(default_factory=list)
    took_part: dict[str, int] = field(default_factory=dict)
    """By when."""
    turnout: int = 0
    state: PollState = "open"
    closed_at: int | None = None
    ballots: int | None = None
    votes: list[int] | None = None
    digest: str | None = None


@dataclass(slots=True)
class CaptionLine:
    """What was said, as it was written."""

    at: int
    text: Personal
    is_struck: bool = False


@dataclass(slots=True)
class Channel:
    """Captions in a language, or sign language; `burst` lines were written since `burst_at`."""

    channel: str
    kind: Literal["captions", "sign"]
    writer: str | None = None
    where: Text | None = None
    lines: list[CaptionLine] = field(default_factory=list)
    burst_at: int = 0
    burst: int = 0


@dataclass(slots=True)
class Session:
    """One question time."""

    id: str
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
    phase: Phase = "scheduled"
    mode: Mode | None = None
    since: int = 0
    is_stopped: bool = False
    is_muted: bool = False
    joint: Joint | None = None
    order: list[int] | None = None
    seats: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    aliases: int = 0
    hands: dict[str, Hand] = field(default_factory=dict)
    turn: Turn | None = None
    on_deck: str | None = None
    is_deck_ready: bool = False
    turns_ms: list[int] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    """The run sheet; of sessions from before there were any it is empty, and the content's goes."""
    sheet_version: int = 0
    cues_made: int = 0
    announced_at: int = 0
    called_off_at: int = 0
    """It was ended before its doors led to anything; 0: it was not."""
    polls: list[Poll] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    live_at: int = 0
    """When it went live: times of captions are counted from there."""
    names: list[Personal] = field(default_factory=list)
    """Of all who raised a hand: kept apart from the hands, as they outlive them until their time is over."""

    @property
    def scope(self) -> str:
        """Where roles must reach: the district, or this event alone."""
        return f"{self.district}/{self.id}"

    @property
    def now(self) -> Question | None:
        """The question that is being answered."""
        return next((q for q in self.questions if q.state == "now"), None)

    @property
    def next(self) -> list[Question]:
        """What comes next, in the order of pinning."""
        pinned = [q for q in self.questions if q.state == "next"]
        return sorted(pinned, key=lambda q: (q.pinned_at or 0, q.number))

    def question(self, number: int) -> Question:
        """A question by its number; raises Refused not_found."""
        if not 1 <= number <= len(self.questions):
            raise Refused(Refusal.NOT_FOUND, field="question")
        return self.questions[number - 1]

    @property
    def open_poll(self) -> Poll | None:
        """The poll in which one may take part now: the last, or none."""
        return self.polls[-1] if self.polls and self.polls[-1].state == "open" else None

    def poll(self, number: int) -> Poll:
        """A poll by its number; raises Refused not_found."""
        if not 1 <= number <= len(self.polls):
            raise Refused(Refusal.NOT_FOUND, field="poll")
        return self.polls[number - 1]

    def united(self, question: Question) -> Iterator[Question]:
        """A question and all that was joined with it, and with these."""
        yield question
        for member in question.members:
            yield from self.united(self.questions[member - 1])

    def head_of(self, question: Question) -> Question:
        """The question under which it stands in the list."""
        while question.merged_into is not None:
            question = self.questions[question.merged_into - 1]
        return question

    def backers(self, question: Question) -> int:
        """How many people stand behind it: voters and authors, each once (R1, R5)."""
        if not question.members:
            return len(question.voters) + 1
        people: set[str] = set()
        for one in self.united(question):
            people.update(one.voters)
            people.add(one.author)
        return len(people)

    def first_asked(self, question: Question) -> int:
        """When this was asked for the first time, by whomever."""
        if not question.members:
            return question.asked_at
        return min(one.asked_at for one in self.united(question))

    def is_backed_by(self, question: Question, citizen: str) -> bool:
        """Whether this person is among the backers."""
        return any(citizen == one.author or citizen in one.voters for one in self.united(question))

    def person(self, citizen: str) -> Person:
        """What is known of someone; nobody yet: a fresh record that is not kept."""
        return self.people.get(citizen) or Person()


@dataclass(slots=True)
class State:
    """All question times; `spoken` counts turns of the city's day `day`."""

    sessions: dict[str, Session] = field(default_factory=dict)
    day: int = 0
    spoken: dict[str, int] = field(default_factory=dict)

    def session(self, name: str) -> Session:
        """A session by its id; raises Refused not_found."""
        found = self.sessions.get(name)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, field="session")
        return found
