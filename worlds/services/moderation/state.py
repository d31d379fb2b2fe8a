"""The state of moderation, and what can be read off it directly."""

from dataclasses import dataclass, field

from protocol.chat import Hearers
from protocol.refusals import Refusal, Refused
from protocol.services.moderation import (
    AppealState,
    AuthorityState,
    HeldState,
    JointVenueAction,
    Reach,
    ReportState,
    SanctionKind,
    SanctionState,
    TalkStep,
)
from worlds.service import Personal
from worlds.services.moderation.events import Evidence, HeldReason, KeptLine


@dataclass(slots=True)
class Note:
    """What somebody wrote beside a case."""

    by: str
    at: int
    text: Personal


@dataclass(slots=True)
class Claim:
    """Who works on a case, and until when."""

    by: str = ""
    until: int = 0


@dataclass(slots=True)
class Appeal:
    """An appeal against a sanction."""

    text: Personal
    at: int
    state: AppealState = "open"
    claim: Claim = field(default_factory=Claim)
    words: Personal | None = None
    by: str | None = None
    decided_at: int | None = None


@dataclass(slots=True)
class Sanction:
    """One sanction on one citizen."""

    number: int
    citizen: str
    kind: SanctionKind
    scope: str
    reason: str
    words: Personal
    rules: str
    by: str
    at: int
    until: int
    state: SanctionState
    propose_until: int = 0
    every_s: int = 0
    reach: Reach = "account"
    reports: list[int] = field(default_factory=list)
    second_by: str | None = None
    is_acknowledged: bool = False
    is_undone: bool = False
    appeal: Appeal | None = None
    notes: list[Note] = field(default_factory=list)

    def holds_at(self, now: int) -> bool:
        """Whether it has an effect: by the clock, whatever has been noted of its end."""
        return self.state == "in_force" and now < self.until

    def is_closed(self, now: int) -> bool:
        """Whether nothing more can come of it: it is over, and no appeal waits."""
        is_waiting = self.appeal is not None and self.appeal.state == "open"
        return not is_waiting and not self.holds_at(now) and self.state != "proposed"


@dataclass(slots=True)
class Report:
    """One report."""

    number: int
    by: str
    reason: str
    words: Personal
    scope: str
    at: int
    claim_by: int
    citizen: str | None = None
    message: str | None = None
    subject: str | None = None
    is_minor: bool = False
    is_visitors: bool = False
    evidence: Evidence = field(default_factory=Evidence)
    state: ReportState = "open"
    claim: Claim = field(default_factory=Claim)
    claimed_at: int | None = None
    outcome: Personal | None = None
    sanctions: list[int] = field(default_factory=list)
    closed_at: int | None = None
    merged_into: int | None = None
    merged: list[int] = field(default_factory=list)
    authority: AuthorityState | None = None
    handed_over: Personal | None = None
    notes: list[Note] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to decide on it."""
        return self.state in ("open", "claimed")


@dataclass(slots=True)
class Held:
    """A line that waits, or waited."""

    number: int
    citizen: str
    name: Personal
    text: Personal
    to: Hearers
    district: str
    scope: str
    message: str
    reason: HeldReason
    at: int
    expires_at: int
    marks: tuple[str, ...] = ()
    context: tuple[KeptLine, ...] = ()
    state: HeldState = "waiting"
    claim: Claim = field(default_factory=Claim)
    decided_at: int | None = None
    is_visitors: bool = False
    told: Personal | None = None
    """In which other words it was told."""


@dataclass(slots=True)
class Mode:
    """What goes for everyone in a scope."""

    scope: str
    slow_s: int = 0
    is_unique: bool = False
    holds_links: bool = False
    is_staff_only: bool = False
    is_locked: bool = False
    is_stopped: bool = False
    shield_until: int = 0


@dataclass(slots=True)
class Joint:
    """What one person asked for a venue."""

    action: JointVenueAction
    by: str
    until: int


@dataclass(slots=True)
class Person:
    """What is known of a citizen."""

    first_seen: int
    rank: int = 0
    is_minor: bool = False
    blocked: list[str] = field(default_factory=list)
    bubble: bool = False


@dataclass(slots=True)
class Talk:
    """How far an officer has gone in a talk with someone; 0 where a step was not taken."""

    step: TalkStep
    at: int
    began_at: int = 0
    warned_at: int = 0
    recorded_at: int = 0


@dataclass(slots=True)
class Act:
    """One line of the audit."""

    at: int
    by: str
    act: str
    office: str = ""
    citizen: str | None = None
    case: str | None = None
    scope: str = ""
    kind: str | None = None
    reason: str | None = None
    words: Personal | None = None
    until: int | None = None


@dataclass(slots=True)
class State:
    """Everything that is kept."""

    people: dict[str, Person] = field(default_factory=dict)
    sanctions: list[Sanction] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    modes: dict[str, Mode] = field(default_factory=dict)
    joints: dict[str, Joint] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)

    def sanction(self, name: str) -> Sanction:
        """A sanction by its name, `s-1`; raises Refused not_found."""
        return self.sanctions[number_of(name, "s", len(self.sanctions), "sanction") - 1]

    def report(self, name: str) -> Report:
        """A report by its name, `r-1`; raises Refused not_found."""
        return self.reports[number_of(name, "r", len(self.reports), "report") - 1]

    def held_line(self, name: str) -> Held:
        """A held line by its name, `h-1`; raises Refused not_found."""
        return self.held[number_of(name, "h", len(self.held), "held") - 1]


def number_of(name: str, letter: str, count: int, field_name: str) -> int:
    """The number in a name such as `s-12`; raises Refused not_found."""
    head, _, number = name.partition("-")
    if head != letter or not (number.isascii() and number.isdigit()) or not 1 <= int(number) <= count:
        raise Refused(Refusal.NOT_FOUND, field=field_name)
    return int(number)


def is_within(scope: str, wider: str) -> bool:
    """Whether a scope lies in a wider one; the city, "", is the widest."""
    return not wider or f"{scope}/".startswith(f"{wider}/")
