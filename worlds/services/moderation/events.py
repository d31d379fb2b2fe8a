"""What moderation decides, as the journal keeps it; together they are the audit log."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from protocol.chat import Hearers
from protocol.services.moderation import (
    JointVenueAction,
    Reach,
    SanctionKind,
    TalkStep,
)
from worlds.service import Event, Personal

HeldReason = Literal["sanction", "words", "link", "phone", "new", "repeated", "mentions"]


class OfModeration(Event):
    """An act, and whose it was, by what office; nobody's where time or a rule alone brought it about."""

    by: str = ""
    office: str = ""


class KeptLine(BaseModel):
    """A line of chat as it was seen."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    citizen: str
    name: Personal
    text: Personal
    at: int
    message: str = ""


class KeptTrack(BaseModel):
    """Where someone was: JSON of [seconds before, x, z] in decimetres."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    citizen: str
    name: Personal
    points: Personal


class Evidence(BaseModel):
    """What a reporter had seen and heard."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    lines: tuple[KeptLine, ...] = ()
    tracks: tuple[KeptTrack, ...] = ()
    avatar: str | None = None
    language: str | None = None


class Arrived(OfModeration):
    """A citizen came for the first time, or with another rank; `by` is who."""

    type: Literal["moderation.arrived"] = "moderation.arrived"
    rank: int = 0
    is_minor: bool = False


class OfGivenOffice(OfModeration):
    """An office was given to a citizen, or ended, where offices are kept: the audit tells of it too."""

    citizen: str
    scope: str
    given: str
    name: str


class OfficeGiven(OfGivenOffice):
    """It was given; without `until` it ends with its event."""

    type: Literal["moderation.office_given"] = "moderation.office_given"
    until: int | None = None


class OfficeEnded(OfGivenOffice):
    """It is over: by the clock, taken back, or laid down."""

    type: Literal["moderation.office_ended"] = "moderation.office_ended"
    why: str


# Sanctions


class Sanctioned(OfModeration):
    """Given, or where it takes two proposed until `propose_until`."""

    kinds_in: ClassVar[str | None] = "kind"
    type: Literal["moderation.sanctioned"] = "moderation.sanctioned"
    sanction: int
    citizen: str
    kind: SanctionKind
    scope: str
    reason: str
    words: Personal
    rules: str
    until: int
    propose_until: int = 0
    every_s: int = 0
    reach: Reach = "account"
    reports: tuple[int, ...] = ()


class Seconded(OfModeration):
    """A second person agreed, and it is in force until then; or said no."""

    type: Literal["moderation.seconded"] = "moderation.seconded"
    sanction: int
    agree: bool
    until: int


class Lapsed(OfModeration):
    """No second person agreed in time."""

    type: Literal["moderation.lapsed"] = "moderation.lapsed"
    sanction: int


class Acknowledged(OfModeration):
    """The citizen has read the warning."""

    type: Literal["moderation.acknowledged"] = "moderation.acknowledged"
    sanction: int


class Ended(OfModeration):
    """Its time is over."""

    type: Literal["moderation.ended"] = "moderation.ended"
    sanction: int


class Lifted(OfModeration):
    """Ended before its time; undone: as if it had not been."""

    type: Literal["moderation.lifted"] = "moderation.lifted"
    sanction: int
    words: Personal
    is_undone: bool = False


class Appealed(OfModeration):
    """The citizen appealed."""

    type: Literal["moderation.appealed"] = "moderation.appealed"
    sanction: int
    text: Personal


class AppealDecided(OfModeration):
    """Somebody else decided."""

    type: Literal["moderation.appeal_decided"] = "moderation.appeal_decided"
    sanction: int
    outcome: Literal["upheld", "shortened", "lifted"]
    words: Personal
    until: int = 0


class Annotated(OfModeration):
    """A note for the desk."""

    type: Literal["moderation.annotated"] = "moderation.annotated"
    case: str
    text: Personal


class Moved(OfModeration):
    """A moderator put someone elsewhere."""

    type: Literal["moderation.moved"] = "moderation.moved"
    citizen: str
    district: str
    x: float
    z: float
    words: Personal


# Reports


class Reported(OfModeration):
    """A citizen reported; `is_minor` where it is by or about one, `is_visitors` where nobody knows who reported.

    By nobody where a sanction that nobody had asked for is also an authority's case.
    """

    type: Literal["moderation.reported"] = "moderation.reported"
    report: int
    citizen: str | None = None
    message: str | None = None
    subject: str | None = None
    reason: str
    words: Personal
    scope: str
    claim_by: int
    is_minor: bool = False
    is_visitors: bool = False
    evidence: Evidence = Evidence()


class Claimed(OfModeration):
    """Somebody works on a case until then; 0: no longer."""

    type: Literal["moderation.claimed"] = "moderation.claimed"
    case: str
    until: int


class Looked(OfModeration):
    """Somebody looked at the evidence."""

    type: Literal["moderation.looked"] = "moderation.looked"
    report: int


class ReportDecided(OfModeration):
    """A report was closed, or joined with another."""

    type: Literal["moderation.report_decided"] = "moderation.report_decided"
    report: int
    outcome: Literal["acted", "no_action", "escalated", "merged"]
    words: Personal | None = None
    sanctions: tuple[int, ...] = ()
    into: int = 0
    is_for_authority: bool = False


class HandedOver(OfModeration):
    """A case was told to the authority whose it is."""

    type: Literal["moderation.handed_over"] = "moderation.handed_over"
    report: int
    words: Personal


# Lines


class LineHeld(OfModeration):
    """A line waits for a moderator."""

    kinds_in: ClassVar[str | None] = "reason"
    type: Literal["moderation.line_held"] = "moderation.line_held"
    held: int
    name: Personal
    text: Personal
    to: Hearers
    district: str
    scope: str
    message: str
    reason: HeldReason
    marks: tuple[str, ...] = ()
    context: tuple[KeptLine, ...] = ()
    expires_at: int
    is_visitors: bool = False


class LineDecided(OfModeration):
    """A line is told, in other words perhaps, or refused; by nobody: nobody read it in time."""

    type: Literal["moderation.line_decided"] = "moderation.line_decided"
    held: int
    state: Literal["approved", "edited", "refused", "expired"]
    text: Personal | None = None
    words: Personal | None = None


# Places


class ModeSet(OfModeration):
    """How people may write and come in, from now on."""

    type: Literal["moderation.mode_set"] = "moderation.mode_set"
    scope: str
    slow_s: int = 0
    is_unique: bool = False
    holds_links: bool = False
    is_staff_only: bool = False
    is_locked: bool = False
    shield_until: int = 0
    words: str = ""


class ShieldEnded(OfModeration):
    """The shield's time is over."""

    type: Literal["moderation.shield_ended"] = "moderation.shield_ended"
    scope: str


class VenueAsked(OfModeration):
    """One person asked for what takes two."""

    type: Literal["moderation.venue_asked"] = "moderation.venue_asked"
    scope: str
    action: JointVenueAction
    words: str
    until: int


class VenueActed(OfModeration):
    """Two people stopped a district, or let it go on."""

    type: Literal["moderation.venue_acted"] = "moderation.venue_acted"
    scope: str
    action: JointVenueAction
    words: str
    first: str


class AlertRaised(OfModeration):
    """Something that the desk should look at now."""

    type: Literal["moderation.alert_raised"] = "moderation.alert_raised"
    scope: str
    kind: Literal["raid", "reports", "lines"]
    count: int
    citizen: str | None = None


# Oneself, and talks


class Blocked(OfModeration):
    """A citizen neither hears another nor is heard by them, or no longer."""

    type: Literal["moderation.blocked"] = "moderation.blocked"
    citizen: str
    is_on: bool


class BubbleSet(OfModeration):
    """A citizen lets others fade who come too near, or no longer."""

    type: Literal["moderation.bubble_set"] = "moderation.bubble_set"
    is_on: bool


class TalkGuarded(OfModeration):
    """An officer's step in a talk."""

    type: Literal["moderation.talk_guarded"] = "moderation.talk_guarded"
    citizen: str
    scope: str
    step: TalkStep
    words: Personal | None = None
    until: int = 0


EVENTS: tuple[type[OfModeration], ...] = (
    Arrived, Sanctioned, Seconded, Lapsed, Acknowledged, Ended, Lifted, Appealed, AppealDecided, Annotated, Moved,
    Reported, Claimed, Looked, ReportDecided, HandedOver, LineHeld, LineDecided, ModeSet, ShieldEnded, VenueAsked,
    VenueActed, AlertRaised, Blocked, BubbleSet, TalkGuarded, OfficeGiven, OfficeEnded,
)  # fmt: skip

SILENT = frozenset({"moderation.arrived"})
"""Events that are told to nobody."""
