"""What is kept of petitions: one event per step, with the due dates and timers that were counted when it was decided.

It is long because the procedure has so many steps.
Due dates are in the events and not counted anew from them: a later table of holidays must not change the past.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from protocol.services.petitions import (
    Channel,
    Correctable,
    Delivery,
    ExtensionReason,
    Pause,
    State,
    UnprocessedReason,
)
from worlds.service import Attached, Event, Personal
from worlds.services.petitions.rules import KindCode


class PetitionEvent(Event):
    """A step of one petition. `by`: who, empty for a timer. `timers`: when each is due now, 0 takes it away.

    `files`: what was attached with it.
    """

    petition: str
    by: str = ""
    to: State | None = None
    due_at: int = 0
    cause: str = ""
    timers: dict[str, int] = Field(default_factory=dict)
    files: tuple[Attached, ...] = ()


class Missing(BaseModel):
    """One thing that is asked for, with the article that asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    what: Personal
    article: str


class Drafted(PetitionEvent):
    """A draft was saved, whole; `files` came to those that it has, `without` went."""

    type: Literal["petitions.drafted"] = "petitions.drafted"
    citizen: str
    kind: KindCode
    title: Personal
    text: Personal
    name: Personal
    address: Personal
    contact: Personal
    department: str | None = None
    statutory_type: str | None = None
    gu: str | None = None
    place: tuple[float, float] | None = None
    publish: bool = False
    joint: bool = False
    repeats: str | None = None
    without: tuple[str, ...] = ()


class DraftDropped(PetitionEvent):
    """A draft was not submitted in its time."""

    type: Literal["petitions.draft_dropped"] = "petitions.draft_dropped"


class Submitted(PetitionEvent):
    """It arrived; `origin` says what it came from: the name of another service, and what it calls it."""

    type: Literal["petitions.submitted"] = "petitions.submitted"
    token: str
    arrived_at: int
    receive_by: int
    channel: Channel = "online"
    origin: str | None = None


class CorrectionProposed(PetitionEvent):
    """The civil service room proposes to correct a slip."""

    type: Literal["petitions.correction_proposed"] = "petitions.correction_proposed"
    part: Correctable
    text: Personal


class Corrected(PetitionEvent):
    """The petitioner agreed to the correction, or not."""

    type: Literal["petitions.corrected"] = "petitions.corrected"
    agreed: bool


class Received(PetitionEvent):
    """It was received: number, kind, due date."""

    type: Literal["petitions.received"] = "petitions.received"
    number: str
    kind: KindCode
    statutory_type: str | None = None
    missing: Personal | None = None
    site_visit: bool = False


class Routed(PetitionEvent):
    """It went to a department, and to an officer there where one is on duty."""

    type: Literal["petitions.routed"] = "petitions.routed"
    department: str
    officer: str | None = None
    reason: Personal | None = None


class OfficerAssigned(PetitionEvent):
    """The head of department put another officer in charge."""

    type: Literal["petitions.officer_assigned"] = "petitions.officer_assigned"
    officer: str


class Transferred(PetitionEvent):
    """It was passed on to another body."""

    type: Literal["petitions.transferred"] = "petitions.transferred"
    body: str
    reason: Personal


class TransferConfirmed(PetitionEvent):
    """The other body received it."""

    type: Literal["petitions.transfer_confirmed"] = "petitions.transfer_confirmed"
    other_number: str | None = None
    other_due_at: int | None = None


class TransferSentBack(PetitionEvent):
    """The other body sent it back."""

    type: Literal["petitions.transfer_sent_back"] = "petitions.transfer_sent_back"


class Started(PetitionEvent):
    """The review began."""

    type: Literal["petitions.started"] = "petitions.started"
    officer: str


class SupplementAsked(PetitionEvent):
    """The petitioner is asked for what is missing."""

    type: Literal["petitions.supplement_asked"] = "petitions.supplement_asked"
    items: tuple[Missing, ...]
    days: int
    until: int
    found_on_site: bool = False


class SupplementLengthened(PetitionEvent):
    """The petitioner asked for longer."""

    type: Literal["petitions.supplement_lengthened"] = "petitions.supplement_lengthened"
    days: int
    until: int


class SupplementReminded(PetitionEvent):
    """The petitioner's time is nearly over."""

    type: Literal["petitions.supplement_reminded"] = "petitions.supplement_reminded"


class SupplementExpired(PetitionEvent):
    """The petitioner's time is over; it waits for the officer's choice."""

    type: Literal["petitions.supplement_expired"] = "petitions.supplement_expired"


class SupplementAskedAgain(PetitionEvent):
    """The petitioner is asked for the last time."""

    type: Literal["petitions.supplement_asked_again"] = "petitions.supplement_asked_again"
    days: int
    until: int


class SupplementAnswered(PetitionEvent):
    """What was missing came; the clock runs again."""

    type: Literal["petitions.supplement_answered"] = "petitions.supplement_answered"
    text: Personal


class Returned(PetitionEvent):
    """What was missing did not come: the petition goes back."""

    type: Literal["petitions.returned"] = "petitions.returned"
    text: Personal


class Undelivered(PetitionEvent):
    """A request could not be delivered."""

    type: Literal["petitions.undelivered"] = "petitions.undelivered"


class DeemedWithdrawn(PetitionEvent):
    """Undeliverable twice: told by public notice."""

    type: Literal["petitions.deemed_withdrawn"] = "petitions.deemed_withdrawn"


class ClockedOut(PetitionEvent):
    """The clock stands still until a day."""

    type: Literal["petitions.clocked_out"] = "petitions.clocked_out"
    reason: Pause
    until: int
    longer: bool = False
    text: Personal | None = None


class ClockedIn(PetitionEvent):
    """The clock runs again."""

    type: Literal["petitions.clocked_in"] = "petitions.clocked_in"


class RepresentativesNamed(PetitionEvent):
    """Who speaks for all."""

    type: Literal["petitions.representatives_named"] = "petitions.representatives_named"
    citizens: tuple[str, ...]


class ExtensionProposed(PetitionEvent):
    """A second extension waits for the petitioner's consent."""

    type: Literal["petitions.extension_proposed"] = "petitions.extension_proposed"
    reason: ExtensionReason
    amount: int
    would_be_due_at: int
    text: Personal


class Extended(PetitionEvent):
    """The period was extended; `consented_at` for the second time."""

    type: Literal["petitions.extended"] = "petitions.extended"
    reason: ExtensionReason
    amount: int
    text: Personal
    consented_at: int | None = None


class ExtensionDeclined(PetitionEvent):
    """The petitioner did not agree to a second extension."""

    type: Literal["petitions.extension_declined"] = "petitions.extension_declined"


class CooperationAsked(PetitionEvent):
    """Another department or body is asked for what it knows."""

    type: Literal["petitions.cooperation_asked"] = "petitions.cooperation_asked"
    request: int
    body: str
    text: Personal
    until: int


class CooperationLengthened(PetitionEvent):
    """The other body asked once for longer."""

    type: Literal["petitions.cooperation_lengthened"] = "petitions.cooperation_lengthened"
    request: int
    until: int


class CooperationAnswered(PetitionEvent):
    """The other body answered."""

    type: Literal["petitions.cooperation_answered"] = "petitions.cooperation_answered"
    request: int
    text: Personal


class Answered(PetitionEvent):
    """The result of an inquiry, a suggestion, a grievance; a justified one has its measure."""

    type: Literal["petitions.answered"] = "petitions.answered"
    text: Personal
    delivery: Delivery
    justified: bool | None = None
    measure: Personal | None = None
    in_public: bool = False


class Granted(PetitionEvent):
    """What was asked for is granted."""

    type: Literal["petitions.granted"] = "petitions.granted"
    text: Personal
    paper: bool = False


class Rejected(PetitionEvent):
    """Rejected on the substance; with the reason, and the remedies up to a day."""

    type: Literal["petitions.rejected"] = "petitions.rejected"
    text: Personal
    remedies_until: int


class LeftUnprocessed(PetitionEvent):
    """Left unprocessed for a reason of Act 21."""

    type: Literal["petitions.left_unprocessed"] = "petitions.left_unprocessed"
    reason: UnprocessedReason
    text: Personal


class ClosedAsRepeat(PetitionEvent):
    """Closed: these results were notified before."""

    type: Literal["petitions.closed_as_repeat"] = "petitions.closed_as_repeat"
    earlier: tuple[str, ...]
    text: Personal
    mediated: bool = False


class Collected(PetitionEvent):
    """The paper was collected."""

    type: Literal["petitions.collected"] = "petitions.collected"


class CollectionWarned(PetitionEvent):
    """The paper was not collected yet."""

    type: Literal["petitions.collection_warned"] = "petitions.collection_warned"
    until: int


class ClosedUncollected(PetitionEvent):
    """The paper was not collected in time."""

    type: Literal["petitions.closed_uncollected"] = "petitions.closed_uncollected"


class Withdrawn(PetitionEvent):
    """The petitioner took it back."""

    type: Literal["petitions.withdrawn"] = "petitions.withdrawn"
    return_papers: bool = False


class ObjectionWithdrawn(PetitionEvent):
    """The petitioner took the objection back."""

    type: Literal["petitions.objection_withdrawn"] = "petitions.objection_withdrawn"


class Amended(PetitionEvent):
    """The petitioner changed what was written."""

    type: Literal["petitions.amended"] = "petitions.amended"
    title: Personal | None = None
    text: Personal | None = None
    name: Personal | None = None
    address: Personal | None = None
    contact: Personal | None = None


class Objected(PetitionEvent):
    """The petitioner objects to the rejection."""

    type: Literal["petitions.objected"] = "petitions.objected"
    name: Personal
    address: Personal
    contact: Personal
    rejected_on: str
    decision: Personal
    text: Personal


class ObjectionExtended(PetitionEvent):
    """Ten more days to decide the objection."""

    type: Literal["petitions.objection_extended"] = "petitions.objection_extended"
    text: Personal


class ObjectionDecided(PetitionEvent):
    """The objection was decided."""

    type: Literal["petitions.objection_decided"] = "petitions.objection_decided"
    upheld: bool
    text: Personal
    mediated: bool = False


class Rated(PetitionEvent):
    """The petitioner rated the result, 1 to 5."""

    type: Literal["petitions.rated"] = "petitions.rated"
    stars: int
    text: Personal | None = None


class MoreAsked(PetitionEvent):
    """An additional answer was asked for."""

    type: Literal["petitions.more_asked"] = "petitions.more_asked"
    text: Personal


class AnswerAdded(PetitionEvent):
    """An additional answer."""

    type: Literal["petitions.answer_added"] = "petitions.answer_added"
    text: Personal


class Noted(PetitionEvent):
    """An officer's own note."""

    type: Literal["petitions.noted"] = "petitions.noted"
    text: Personal


class Merged(PetitionEvent):
    """It is treated as one with its parent."""

    type: Literal["petitions.merged"] = "petitions.merged"
    parent: str


class Unmerged(PetitionEvent):
    """It is treated by itself again."""

    type: Literal["petitions.unmerged"] = "petitions.unmerged"


class Joined(PetitionEvent):
    """A citizen signed; `household` numbers the different addresses."""

    type: Literal["petitions.joined"] = "petitions.joined"
    name: Personal
    address: Personal
    household: int


class PublicationChanged(PetitionEvent):
    """The petitioner agreed to publication, or no longer does."""

    type: Literal["petitions.publication_changed"] = "petitions.publication_changed"
    agreed: bool


class Summarised(PetitionEvent):
    """The summary that the public sees."""

    type: Literal["petitions.summarised"] = "petitions.summarised"
    text: Personal


class BecameOverdue(PetitionEvent):
    """The due date has passed."""

    type: Literal["petitions.became_overdue"] = "petitions.became_overdue"
    expected_at: int


class CorrectionDemanded(PetitionEvent):
    """The petitioner demands what is overdue."""

    type: Literal["petitions.correction_demanded"] = "petitions.correction_demanded"
    text: Personal


class Dunned(PetitionEvent):
    """The examiner's letter."""

    type: Literal["petitions.dunned"] = "petitions.dunned"
    text: Personal


class ProgressTold(PetitionEvent):
    """How it goes: every thirty days, or because the petitioner asked."""

    type: Literal["petitions.progress_told"] = "petitions.progress_told"
    asked: bool = False


class DueMoved(PetitionEvent):
    """The calendar or an outage moved what was counted; `until`: the petitioner's own time."""

    type: Literal["petitions.due_moved"] = "petitions.due_moved"
    until: int | None = None


class Alarmed(PetitionEvent):
    """Something was left lying."""

    type: Literal["petitions.alarmed"] = "petitions.alarmed"
    reason: Literal["routing", "hops", "transfer", "cooperation", "overdue", "low_rating"]


class Viewed(PetitionEvent):
    """One of the staff looked at the case, or at one of its files, and why."""

    type: Literal["petitions.viewed"] = "petitions.viewed"
    reason: Personal
    file: str | None = None


class NoticeRead(PetitionEvent):
    """The petitioner read the notices up to this one."""

    type: Literal["petitions.notice_read"] = "petitions.notice_read"
    notice: int


class OfficerServes(Event):
    """An officer takes the seat at the desk, or leaves it."""

    type: Literal["petitions.officer_serves"] = "petitions.officer_serves"
    officer: str
    department: str
    present: bool
    name: Personal
    contact: Personal


class OutageReported(Event):
    """The information system is down from a moment on; `ends_at` when it was over."""

    type: Literal["petitions.outage_reported"] = "petitions.outage_reported"
    outage: int
    begins_at: int
    ends_at: int | None = None
    ko: str = ""
    en: str = ""


class CalendarChanged(Event):
    """Days became holidays, or working days."""

    type: Literal["petitions.calendar_changed"] = "petitions.calendar_changed"
    holidays: tuple[tuple[str, str], ...] = ()
    working_days: tuple[str, ...] = ()


class Recounted(Event):
    """These were counted anew after a change of the calendar or an outage; what moved has its own event."""

    type: Literal["petitions.recounted"] = "petitions.recounted"
    petitions: tuple[str, ...]


ON_PETITIONS: tuple[type[PetitionEvent], ...] = (
    Drafted, DraftDropped, Submitted, CorrectionProposed, Corrected, Received, Routed, OfficerAssigned, Transferred,
    TransferConfirmed, TransferSentBack, Started, SupplementAsked, SupplementLengthened, SupplementReminded,
    SupplementExpired, SupplementAskedAgain, SupplementAnswered, Returned, Undelivered, DeemedWithdrawn, ClockedOut,
    ClockedIn, RepresentativesNamed, ExtensionProposed, Extended, ExtensionDeclined, CooperationAsked,
    CooperationLengthened, CooperationAnswered, Answered, Granted, Rejected, LeftUnprocessed, ClosedAsRepeat,
    Collected, CollectionWarned, ClosedUncollected, Withdrawn, ObjectionWithdrawn, Amended, Objected,
    ObjectionExtended, ObjectionDecided, Rated, MoreAsked, AnswerAdded, Noted, Merged, Unmerged, Joined,
    PublicationChanged, Summarised, BecameOverdue, CorrectionDemanded, Dunned, ProgressTold, DueMoved, Alarmed, Viewed,
    NoticeRead,
)  # fmt: skip
EVENTS: tuple[type[Event], ...] = (*ON_PETITIONS, OfficerServes, OutageReported, CalendarChanged, Recounted)

FOR_STAFF_ONLY = frozenset(
    {"noted", "alarmed", "dunned", "viewed", "undelivered", "cooperation_asked", "cooperation_lengthened",
     "cooperation_answered"}
)  # fmt: skip
"""Steps that the petitioner is not shown in the history."""

NOT_IN_HISTORY = frozenset({"drafted", "draft_dropped", "viewed", "notice_read"})

SILENT: frozenset[str] = frozenset(
    f"petitions.{word}" for word in NOT_IN_HISTORY | {"officer_serves", "recounted"}
)
"""Told to nobody: only the one who did it is concerned, and has the answer."""


def word_of(event: Event | type[Event]) -> str:
    """What was done, without the service's name; of an event, or of a kind of events."""
    word: str = event.model_fields["type"].default if isinstance(event, type) else event.type
    return word.partition(".")[2]
