"""Moderation: reports, sanctions with reason, end and appeal, held lines, modes of a place, the audit.

It is long because the wire of one service is one page: what every citizen may ask first, then what moderators do.
Rows are told whole whenever they change; the newest replaces the one before. A scope is `""` (the city), a
district (`culture`), or a zone, an event or a counter of one (`culture/hall`); a wider one includes the narrower.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from protocol.chat import Hearers
from protocol.handshake import Part, Text
from protocol.message import Answer, Command, Fact, Name, Natural, Number, Result

MAX_WIRE_TEXT = 4096
"""Characters of any text on the wire; the service's own limits are smaller and answered `too_long`."""

MAX_CITIZENS = 200
"""Citizens whom one sanction may touch."""

SanctionKind = Literal["note", "warn", "slow", "hold", "mute", "freeze", "kick", "ban"]
SanctionState = Literal["proposed", "in_force", "ended", "lifted", "lapsed"]
Reach = Literal["account", "address"]
AppealState = Literal["open", "upheld", "shortened", "lifted"]
ReportState = Literal["open", "claimed", "acted", "no_action", "merged", "escalated"]
HeldState = Literal["waiting", "approved", "edited", "refused", "expired"]
AuthorityState = Literal["waiting", "handed_over"]
Outcome = Literal["acted", "no_action", "escalated"]
JointVenueAction = Literal["stop", "resume"]
TalkStep = Literal["begin", "warn", "record", "end", "break"]

Scope = Annotated[str, Field(max_length=64)]
Words = Annotated[str, Field(max_length=MAX_WIRE_TEXT)]
CitizenId = Annotated[str, Field(min_length=1, max_length=64)]
Page_ = Annotated[str, Field(max_length=64)]


# Parts


class AppealRow(Part):
    """An appeal; `answer_by` is when it is to be decided, `by` who did so, which only the desk is told."""

    state: AppealState
    text: str
    at: Natural
    answer_by: Natural | None = None
    claimed_by: str | None = None
    claimed_until: Natural | None = None
    words: str | None = None
    by: str | None = None
    decided_at: Natural | None = None


class CaseNote(Part):
    """What a moderator wrote beside a case, for the desk alone."""

    by: str
    at: Natural
    text: str


class OwnSanction(Part):
    """A sanction as the person concerned is told it: why, where, how long, and how to appeal."""

    sanction: Name
    kind: SanctionKind
    scope: Scope
    reason: Name
    reason_name: Text
    words: str
    rules: str
    at: Natural
    until: Natural
    every_s: Natural | None = None
    state: SanctionState
    is_acknowledged: bool = False
    appeal_until: Natural
    appeal: AppealRow | None = None


class SanctionRow(Part):
    """A sanction as moderators see it, on one page with its appeal and its notes."""

    sanction: Name
    citizen: str
    kind: SanctionKind
    scope: Scope
    reason: Name
    words: str
    rules: str
    by: str
    second_by: str | None = None
    at: Natural
    until: Natural
    propose_until: Natural | None = None
    every_s: Natural | None = None
    reach: Reach
    state: SanctionState
    reports: list[str]
    appeal: AppealRow | None = None
    notes: list[CaseNote]


class ReportRow(Part):
    """A report as moderators see it; `claim_by` is when its priority wants somebody to have taken it up.

    `authority` is there where it is also the police's or another's, and `handed_over` says to whom it was told.
    """

    report: Name
    citizen: str | None = None
    message: str | None = None
    subject: str | None = None
    reason: Name
    words: str
    by: str
    scope: Scope
    at: Natural
    claim_by: Natural
    is_minor: bool = False
    state: ReportState
    claimed_by: str | None = None
    claimed_until: Natural | None = None
    sanctions: list[str]
    merged_into: str | None = None
    merged: list[str]
    outcome: str | None = None
    authority: AuthorityState | None = None
    handed_over: str | None = None
    notes: list[CaseNote]


class OwnReport(Part):
    """A report as its writer sees it: the class of its result, never the sanction."""

    report: Name
    reason: Name
    at: Natural
    state: Literal["open", "acted", "no_action", "escalated"]


class ChatLine(Part):
    """A line of chat as it was seen."""

    citizen: str
    name: str
    text: str
    at: Natural
    message: str | None = None


class Track(Part):
    """Where someone near was in the minute before a report; a point is [seconds before it, x, z], in decimetres."""

    citizen: str
    name: str
    points: list[Annotated[list[Natural], Field(min_length=3, max_length=3)]]


class HeldRow(Part):
    """A line that waits for a moderator; `history` counts the writer's earlier sanctions by kind."""

    held: Name
    citizen: str
    name: str
    text: str
    to: Hearers
    scope: Scope
    marks: list[str]
    reason: Literal["sanction", "words", "link", "phone", "new", "repeated", "mentions"]
    context: list[ChatLine]
    history: dict[str, Natural]
    at: Natural
    expires_at: Natural
    state: HeldState
    claimed_by: str | None = None
    claimed_until: Natural | None = None


class VenueMode(Part):
    """What goes for everyone in a scope; 0 or false is off."""

    scope: Scope
    slow_s: Natural = 0
    is_unique: bool = False
    holds_links: bool = False
    is_staff_only: bool = False
    is_locked: bool = False
    is_stopped: bool = False
    shield_until: Natural | None = None


class AuditRow(Part):
    """One act: who did what to whom, where, why, until when; `office` is by what right."""

    at: Natural
    by: str
    office: str | None = None
    act: str
    citizen: str | None = None
    case: str | None = None
    scope: Scope = ""
    kind: str | None = None
    reason: str | None = None
    words: str | None = None
    until: Natural | None = None


class LadderStep(Part):
    """What the ladder proposes next for someone; a person decides."""

    kind: SanctionKind
    lasts_s: Natural


class Protection(Part):
    """What a citizen has chosen for themselves: whom they block, and whether others fade inside `bubble_m`."""

    blocked: list[str]
    bubble: bool
    bubble_m: Number


# Every citizen


class ReportFiled(Result):
    """The report's number."""

    report: Name


class Report(Command):
    """Report a person, a line of chat or a thing; what was seen and heard just now is kept with it."""

    answer: ClassVar[Answer] = ReportFiled

    type: Literal["moderation.report"] = "moderation.report"
    citizen: CitizenId | None = None
    message: Annotated[str, Field(max_length=64)] | None = None
    subject: Annotated[str, Field(max_length=128)] | None = None
    reason: Name
    words: Words = ""


class OwnModeration(Result):
    """What concerns oneself."""

    sanctions: list[OwnSanction]
    reports: list[OwnReport]
    protection: Protection
    next: str | None = None


class ShowMine(Command):
    """One's own sanctions, reports and protection."""

    answer: ClassVar[Answer] = OwnModeration
    reads: ClassVar[bool] = True

    type: Literal["moderation.mine"] = "moderation.mine"
    after: Page_ | None = None


class Acknowledge(Command):
    """Say that one has read a warning: before that one writes nothing."""

    type: Literal["moderation.acknowledge"] = "moderation.acknowledge"
    sanction: Name


class AppealNumber(Result):
    """The appeal's number at the desk, and by when it is answered."""

    appeal: Name
    answer_by: Natural


class Appeal(Command):
    """Appeal against a sanction, once; somebody else decides."""

    answer: ClassVar[Answer] = AppealNumber

    type: Literal["moderation.appeal"] = "moderation.appeal"
    sanction: Name
    text: Words


class Block(Command):
    """Neither hear someone nor be heard by them, or no longer; they are not told."""

    type: Literal["moderation.block"] = "moderation.block"
    citizen: CitizenId
    on: bool = True


class SetBubble(Command):
    """Let others fade who come too near."""

    type: Literal["moderation.bubble"] = "moderation.bubble"
    on: bool


class Statistics(Result):
    """How the rules are applied; null where it would be fewer than five."""

    since: Natural
    sanctions: dict[str, Natural | None]
    by_reason: dict[str, Natural | None]
    reports: dict[str, Natural | None]
    median_claim_s: Natural | None = None
    median_appeal_s: Natural | None = None
    appeals: dict[str, Natural | None]


class ShowStatistics(Command):
    """Counts per kind, reason and result, for everyone to read."""

    answer: ClassVar[Answer] = Statistics
    reads: ClassVar[bool] = True

    type: Literal["moderation.statistics"] = "moderation.statistics"
    days: Annotated[Natural, Field(ge=1, le=3_660)] = 90


# The desk


class ModerationDesk(Result):
    """What waits, the most urgent first; sanctions where appeals or proposals were asked for."""

    reports: list[ReportRow]
    held: list[HeldRow]
    sanctions: list[SanctionRow]
    waiting: dict[str, Natural]
    next: str | None = None


class ShowDesk(Command):
    """What waits for a moderator within their scope."""

    answer: ClassVar[Answer] = ModerationDesk
    reads: ClassVar[bool] = True

    type: Literal["moderation.desk"] = "moderation.desk"
    which: Literal["reports", "held", "appeals", "proposals", "authority"] = "reports"
    after: Page_ | None = None


class EvidenceShown(Result):
    """What the reporter had seen and heard when they reported."""

    report: Name
    lines: list[ChatLine]
    tracks: list[Track]
    avatar: str | None = None
    language: str | None = None


class ShowEvidence(Command):
    """The evidence of a report; that it was looked at is kept."""

    answer: ClassVar[Answer] = EvidenceShown

    type: Literal["moderation.evidence"] = "moderation.evidence"
    report: Name


class Claimed(Result):
    """Until when the case is yours."""

    until: Natural


class ClaimCase(Command):
    """Take a report, a held line or an appeal to work on for 60 s; once more renews; or give it back."""

    answer: ClassVar[Answer] = Claimed

    type: Literal["moderation.claim"] = "moderation.claim"
    case: Name
    on: bool = True


class DecideReport(Command):
    """Close a report: acted, no action, escalated; or join it with another about the same."""

    type: Literal["moderation.decide_report"] = "moderation.decide_report"
    report: Name
    outcome: Literal["acted", "no_action", "escalated", "merged"]
    words: Words = ""
    sanctions: Annotated[list[Name], Field(max_length=16, default_factory=list)]
    into: Name | None = None


class HandOver(Command):
    """Say that a case was told to the authority whose it is: which one, and under what number."""

    type: Literal["moderation.hand_over"] = "moderation.hand_over"
    report: Name
    words: Words


class DecideHeld(Command):
    """Let a held line through, in other words if need be, or refuse it with a reason."""

    type: Literal["moderation.decide_held"] = "moderation.decide_held"
    held: Name
    approve: bool
    text: Words | None = None
    words: Words = ""


class SanctionDone(Result):
    """What came of it: in force, waiting for a second person, or only shown before it is done."""

    state: Literal["in_force", "proposed", "preview"]
    sanctions: list[str]
    touched: Natural
    until: Natural


class Sanction(Command):
    """Sanction one citizen or many, with reason, scope and end; more than ten at once are shown before `confirm`."""

    answer: ClassVar[Answer] = SanctionDone

    type: Literal["moderation.sanction"] = "moderation.sanction"
    citizens: Annotated[list[CitizenId], Field(min_length=1, max_length=MAX_CITIZENS)]
    kind: SanctionKind
    reason: Name
    words: Words
    scope: Scope
    lasts_s: Annotated[Natural, Field(ge=1)] | None = None
    every_s: Annotated[Natural, Field(ge=1, le=86_400)] | None = None
    reach: Reach = "account"
    reports: Annotated[list[Name], Field(max_length=16, default_factory=list)]
    confirm: bool = False


class Second(Command):
    """Agree as the second person to a sanction that takes two, or say no."""

    type: Literal["moderation.second"] = "moderation.second"
    sanction: Name
    agree: bool = True


class Lift(Command):
    """End a sanction before its time; within ten minutes by who gave it: undone, as if it had not been."""

    type: Literal["moderation.lift"] = "moderation.lift"
    sanction: Name
    words: Words


class DecideAppeal(Command):
    """Decide an appeal against somebody else's act."""

    type: Literal["moderation.decide_appeal"] = "moderation.decide_appeal"
    sanction: Name
    outcome: Literal["upheld", "shortened", "lifted"]
    words: Words
    until: Natural | None = None


class Annotate(Command):
    """Write a note beside a sanction or a report, for the desk alone."""

    type: Literal["moderation.annotate"] = "moderation.annotate"
    case: Name
    text: Words


class MoveCitizen(Command):
    """Put a citizen's avatar elsewhere in its district."""

    type: Literal["moderation.move"] = "moderation.move"
    citizen: CitizenId
    district: Name
    x: Number
    z: Number
    words: Words


class PersonShown(Result):
    """What there is on one citizen: sanctions with appeals and notes, points that fade, what the ladder proposes."""

    citizen: str
    first_seen: Natural | None = None
    points: Number
    ladder: LadderStep
    sanctions: list[SanctionRow]
    reports_about: Natural
    reports_by: Natural
    next: str | None = None


class ShowPerson(Command):
    """Everything on one citizen, on one page."""

    answer: ClassVar[Answer] = PersonShown
    reads: ClassVar[bool] = True

    type: Literal["moderation.person"] = "moderation.person"
    citizen: CitizenId
    reason: Name | None = None
    after: Page_ | None = None


class ModeNow(Result):
    """The mode as it is now."""

    mode: VenueMode


class ShowMode(Command):
    """How people may write and come in somewhere, as it is now."""

    answer: ClassVar[Answer] = ModeNow
    reads: ClassVar[bool] = True

    type: Literal["moderation.mode"] = "moderation.mode"
    scope: Scope


class SetMode(Command):
    """Set how people may write and come in; what is left out stays. `shield` is one switch for all of it."""

    answer: ClassVar[Answer] = ModeNow

    type: Literal["moderation.set_mode"] = "moderation.set_mode"
    scope: Scope
    shield: bool | None = None
    slow_s: Annotated[Natural, Field(le=86_400)] | None = None
    is_unique: bool | None = None
    holds_links: bool | None = None
    is_staff_only: bool | None = None
    is_locked: bool | None = None
    words: Words = ""


class VenueActState(Result):
    """Whether it is done, or waits for a second person until then."""

    state: Literal["asked", "done"]
    until: Natural | None = None


class ActOnVenue(Command):
    """Stop a district, or let it go on: done when a second person asks for the same within 30 s."""

    answer: ClassVar[Answer] = VenueActState

    type: Literal["moderation.act_jointly"] = "moderation.act_jointly"
    scope: Scope
    action: JointVenueAction
    words: Words


class GuardTalk(Command):
    """The steps by which an officer ends a talk that is abusive or far too long: begin, warn, record, end, rest."""

    type: Literal["moderation.guard_talk"] = "moderation.guard_talk"
    citizen: CitizenId
    step: TalkStep
    scope: Scope
    words: Words = ""


class AuditPage(Result):
    """Acts, the newest first."""

    acts: list[AuditRow]
    next: str | None = None


class ShowAudit(Command):
    """The audit: by time, by the citizen concerned, or by who acted; as far as one's office reaches."""

    answer: ClassVar[Answer] = AuditPage
    reads: ClassVar[bool] = True

    type: Literal["moderation.audit"] = "moderation.audit"
    by: Literal["time", "citizen", "moderator"] = "time"
    who: CitizenId | None = None
    scope: Scope = ""
    after: Page_ | None = None


# Facts


class SanctionChanged(Fact):
    """A sanction on yourself began, changed or ended."""

    type: Literal["moderation.sanction_changed"] = "moderation.sanction_changed"
    sanction: OwnSanction


class ReportClosed(Fact):
    """What came of your report."""

    type: Literal["moderation.report_closed"] = "moderation.report_closed"
    report: Name
    outcome: Outcome


class LineDecided(Fact):
    """What became of your line that waited; `text` where it was told in other words."""

    type: Literal["moderation.line_decided"] = "moderation.line_decided"
    held: Name
    state: HeldState
    text: str | None = None
    words: str | None = None


class ProtectionChanged(Fact):
    """Whom you block, and whether others fade who come too near."""

    type: Literal["moderation.protection_changed"] = "moderation.protection_changed"
    protection: Protection


class ModeChanged(Fact):
    """How people may write and come in here, now."""

    type: Literal["moderation.mode_changed"] = "moderation.mode_changed"
    mode: VenueMode


class DeskChanged(Fact):
    """A row of the desk, as it is now."""

    type: Literal["moderation.desk_changed"] = "moderation.desk_changed"
    report: ReportRow | None = None
    held: HeldRow | None = None
    sanction: SanctionRow | None = None


class Alerted(Fact):
    """Something that moderators should look at now."""

    type: Literal["moderation.alerted"] = "moderation.alerted"
    scope: Scope
    kind: Literal["raid", "stop_asked", "resume_asked", "reports", "lines"]
    count: Natural
    until: Natural | None = None


class Acted(Fact):
    """A line of the audit, as it is written."""

    type: Literal["moderation.acted"] = "moderation.acted"
    act: AuditRow


class TalkGuarded(Fact):
    """An officer, told by the name of their office, took a step in a talk with you; the officer is told the same."""

    type: Literal["moderation.talk_guarded"] = "moderation.talk_guarded"
    step: TalkStep
    text: Text
    office: Text | None = None
    words: str | None = None
    until: Natural | None = None
    began_at: Natural | None = None
    warned_at: Natural | None = None
    recorded_at: Natural | None = None


COMMANDS: tuple[type[Command], ...] = (
    Report, ShowMine, Acknowledge, Appeal, Block, SetBubble, ShowStatistics,
    ShowDesk, ShowEvidence, ClaimCase, DecideReport, HandOver, DecideHeld, Sanction, Second, Lift, DecideAppeal,
    Annotate, MoveCitizen, ShowPerson, ShowMode, SetMode, ActOnVenue, GuardTalk, ShowAudit,
)  # fmt: skip
FACTS: tuple[type[Fact], ...] = (
    SanctionChanged, ReportClosed, LineDecided, ProtectionChanged, ModeChanged, DeskChanged, Alerted, Acted,
    TalkGuarded,
)  # fmt: skip
