"""Petitions (민원): filing, receiving, reviewing, deciding and appealing them, and what the petitioner is told.

It is long because the procedure has so many steps, and every step is one word of the language.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from protocol.handshake import Part, Text
from protocol.message import INTEGRAL, Answer, Command, Fact, Name, Natural, Number, Result

MAX_WIRE_LONG = 8_000
"""Characters of a long text on the wire; the city's own limits are smaller and answered `too_long`."""

MAX_WIRE_SHORT = 400
"""Characters of a title, a name, an address on the wire."""

MAX_REFERENCES = 100
"""Petitions named in one command."""

MAX_FILES = 10
"""Files named in one command."""

MAX_FILE_NAME = 100
"""Characters of a file's name, as the city keeps it."""

Id = Annotated[str, Field(min_length=1, max_length=64)]
Long = Annotated[str, Field(max_length=MAX_WIRE_LONG)]
Short = Annotated[str, Field(max_length=MAX_WIRE_SHORT)]
Files = Annotated[list[Id], Field(max_length=MAX_FILES)]
"""Files that you brought before, by their ids (section 18): each may be attached once."""

Amount = Annotated[int, Field(ge=1, le=366), INTEGRAL]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]

State = Literal[
    "draft", "submitted", "received", "assigned", "in_review", "supplement", "clock_out", "transferred", "objection",
    "answered", "granted", "rejected", "returned", "not_processed", "withdrawn", "deemed_withdrawn", "upheld",
    "dismissed", "closed_transferred", "closed_repeat", "closed_uncollected",
]  # fmt: skip
Kind = Literal[
    "statutory", "certificate", "inquiry_law", "inquiry_procedure", "suggestion", "other", "grievance", "compound",
    "prior_review", "formal_petition",
]  # fmt: skip
Channel = Literal["online", "question_time", "visit", "phone", "mail", "fax"]
Delivery = Literal["electronic", "paper", "sms", "mail", "phone"]
Correctable = Literal["title", "text", "name", "address", "contact", "gu"]
Pause = Literal[
    "site_work", "hearing", "test", "representatives", "prerequisite", "certificates", "mediation"
]
ExtensionReason = Literal["cooperation", "facts_or_site", "force_majeure", "similar"]
FileKind = Literal["jpeg", "png", "webp", "pdf", "hwp", "hwpx", "docx", "xlsx", "pptx", "txt"]
UnprocessedReason = Literal[
    "state_secret", "investigation", "appeal_or_suit", "mediation", "judgment", "audit_decision", "election_decision",
    "private_dispute", "personnel",
]  # fmt: skip


# Parts


class Spot(Part):
    """A place on earth, WGS84 degrees."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Item(Part):
    """One thing that is missing, with the article that asks for it."""

    what: Short
    article: Short


class Holiday(Part):
    """A day that the operator makes a holiday, with its name."""

    day: Day
    name: Short


class OfficerCard(Part):
    """Who answers for a case, as Decree 31 demands: department, name, contact."""

    department: str
    name: str | None = None
    contact: str


class PetitionCard(Part):
    """A petition in a list: nothing that a citizen wrote. `proposed`: the department that the petitioner named.

    `origin`: to the petitioner and the staff, from where in another service it came.
    """

    petition: str
    number: str | None = None
    kind: str
    state: str
    department: str | None = None
    proposed: str | None = None
    gu: str | None = None
    arrived_at: Natural | None = None
    received_at: Natural | None = None
    due_at: Natural | None = None
    ended_at: Natural | None = None
    overdue: bool = False
    officer: OfficerCard | None = None
    unread: Natural = 0
    mine: bool = False
    parent: str | None = None
    origin: str | None = None


class NoticeCard(Part):
    """What the petitioner is told of one step: `message` is the sentence for people, `text` what the staff wrote."""

    petition: str
    notice: Natural
    what: str
    when: Natural
    state: str
    number: str | None = None
    due_at: Natural | None = None
    officer: OfficerCard | None = None
    message: Text
    text: str | None = None


class FileCard(Part):
    """A file that is attached: its name, what it is by its content, how long. Read it over HTTP."""

    file: str
    name: str
    kind: str
    bytes: Natural


class HistoryCard(Part):
    """One step of a case: what was done, when, by whom (`petitioner`, `signer`, `staff`, `timer`), told to people.

    `message` says it in the city's words; `about` holds the step's own values for programs, and what was written.
    `files`: what was attached to it.
    """

    step: Natural
    what: str
    when: Natural
    by: str
    message: Text
    about: dict[str, Any]
    files: list[FileCard] | None = None


class DueCard(Part):
    """A due date with its cause: `receipt`, `supplement`, `extension`, a pause, `transfer`, `calendar`, `outage`."""

    due_at: Natural
    cause: str


class Written(Part):
    """What the petitioner wrote, as it stands now."""

    title: str
    text: str
    name: str
    address: str
    contact: str


class PublicCard(Part):
    """What the public may see of a petition whose petitioner agreed."""

    number: str
    kind: str
    department: str | None = None
    gu: str | None = None
    state: str
    received_at: Natural
    updated_at: Natural
    due_at: Natural | None = None
    summary: str | None = None
    lat: Number | None = None
    lon: Number | None = None
    people: Natural = 1


class SimilarCard(Part):
    """An earlier petition of the same petitioner, with how alike it is, 0 to 1; it proposes and decides nothing."""

    petition: str
    number: str | None = None
    state: str
    likeness: Number


# Answers


class DraftSaved(Result):
    """Until when the draft is kept."""

    petition: str
    saved_until: Natural


class Filed(Result):
    """It has arrived: `receive_by` is the latest time of its receipt, `token` shows its state without a login."""

    petition: str
    token: str
    arrived_at: Natural
    receive_by: Natural


class Changed(Result):
    """Where the petition stands after it."""

    petition: str
    state: str
    number: str | None = None
    due_at: Natural | None = None


class PetitionPage(Result):
    """Petitions, and where the next page begins."""

    items: list[PetitionCard]
    next: str | None = None


class PetitionDesk(Result):
    """What lies on a desk, where the next page begins, and whether you have your seat at your department's."""

    items: list[PetitionCard]
    next: str | None = None
    seated: bool


class PublicPage(Result):
    """Published petitions, and where the next page begins."""

    items: list[PublicCard]
    next: str | None = None


class NoticePage(Result):
    """Notices not yet read, oldest first."""

    items: list[NoticeCard]
    unread: Natural
    next: str | None = None


class PetitionShown(Result):
    """A petition whole; `written` and the `files` filed with it come first, `next` is the step of the next page.

    `marks`: for officials, with the first page: listed words in what was written. Nothing follows from them.
    """

    card: PetitionCard
    written: Written | None = None
    files: list[FileCard] | None = None
    history: list[HistoryCard]
    next: Natural | None = None
    dues: list[DueCard]
    people: Natural
    people_are_many: bool
    views: Natural
    publish: bool
    pending: str | None = None
    until: Natural | None = None
    similar: list[SimilarCard]
    marks: list[str] | None = None


class StatusShown(Result):
    """Where a petition stands, for who holds its token."""

    number: str | None = None
    state: str
    kind: str
    department: str | None = None
    arrived_at: Natural | None = None
    received_at: Natural | None = None
    due_at: Natural | None = None
    overdue: bool
    message: Text


class GuideShown(Result):
    """All that a form needs: kinds, departments, types, bodies, reasons and states, each with its names."""

    kinds: list[dict[str, Any]]
    departments: list[dict[str, Any]]
    types: list[dict[str, Any]]
    bodies: list[dict[str, Any]]
    reasons: dict[str, list[dict[str, Any]]]
    states: list[dict[str, Any]]


class MonthShown(Result):
    """The monthly check (Rule 7): how the petitions received in a month were treated."""

    month: str
    received: Natural
    ended: Natural
    in_time: Natural
    extended: Natural
    extension_reasons: dict[str, int]
    overdue: Natural
    returned: Natural
    closed_repeat: Natural
    rated: Natural
    satisfaction: Number | None = None


class OutageNumber(Result):
    """The outage's number, by which its end is told."""

    outage: Natural


# Commands of citizens


class DraftPetition(Command):
    """Save a draft, or change one; without `files` those that it has stay, with them it has these."""

    answer: ClassVar[Answer] = DraftSaved

    type: Literal["petitions.draft"] = "petitions.draft"
    petition: Id | None = None
    kind: Kind
    title: Short
    text: Long
    name: Short = ""
    address: Short = ""
    contact: Short = ""
    department: Name | None = None
    statutory_type: Name | None = None
    gu: Name | None = None
    place: Spot | None = None
    publish: bool = False
    joint: bool = False
    repeats: Id | None = None
    capacity: Literal["private", "public_body", "contract_party"] = "private"
    files: Files | None = None


class FilePetition(Command):
    """File a petition at once; staff of the civil service room may enter what came another way."""

    answer: ClassVar[Answer] = Filed

    type: Literal["petitions.file"] = "petitions.file"
    kind: Kind
    title: Short
    text: Long
    name: Short = ""
    address: Short = ""
    contact: Short = ""
    department: Name | None = None
    statutory_type: Name | None = None
    gu: Name | None = None
    place: Spot | None = None
    publish: bool = False
    joint: bool = False
    repeats: Id | None = None
    capacity: Literal["private", "public_body", "contract_party"] = "private"
    channel: Channel = "online"
    origin: Annotated[str, Field(max_length=100)] | None = None
    for_citizen: Id | None = None
    arrived_at: Natural | None = None
    files: Files = Field(default_factory=list)


class SubmitPetition(Command):
    """Submit a draft."""

    answer: ClassVar[Answer] = Filed

    type: Literal["petitions.submit"] = "petitions.submit"
    petition: Id


class Step(Command):
    """What is done to one petition."""

    answer: ClassVar[Answer] = Changed

    petition: Id


class ConsentToChange(Step):
    """Agree to a proposed correction or second extension, or not."""

    type: Literal["petitions.consent"] = "petitions.consent"
    to: Literal["correction", "extension"]
    agrees: bool


class AskLonger(Step):
    """Ask for more time to bring what is missing; at most twice."""

    type: Literal["petitions.ask_longer"] = "petitions.ask_longer"
    days: Amount


class AnswerSupplement(Step):
    """Bring what was missing."""

    type: Literal["petitions.answer_supplement"] = "petitions.answer_supplement"
    text: Long
    files: Files = Field(default_factory=list)


class WithdrawPetition(Step):
    """Take the petition back, before its end."""

    type: Literal["petitions.withdraw"] = "petitions.withdraw"
    return_papers: bool = False


class AmendPetition(Step):
    """Change what was written, before its end."""

    type: Literal["petitions.amend"] = "petitions.amend"
    title: Short | None = None
    text: Long | None = None
    name: Short | None = None
    address: Short | None = None
    contact: Short | None = None
    files: Files = Field(default_factory=list)


class AskProgress(Step):
    """Ask how it goes."""

    type: Literal["petitions.ask_progress"] = "petitions.ask_progress"


class DemandCorrection(Step):
    """Demand that what is overdue be done."""

    type: Literal["petitions.demand"] = "petitions.demand"
    text: Long


class ObjectToRejection(Step):
    """Object to a rejection, in writing, within 60 days."""

    type: Literal["petitions.object"] = "petitions.object"
    name: Short
    address: Short
    contact: Short
    rejected_on: Day
    decision: Long
    text: Long
    files: Files = Field(default_factory=list)


class RateResult(Step):
    """Rate the result once, 1 to 5."""

    type: Literal["petitions.rate"] = "petitions.rate"
    stars: Annotated[int, Field(ge=1, le=5), INTEGRAL]
    text: Long | None = None


class AskMore(Step):
    """Ask for an additional answer, after rating; examiners may too."""

    type: Literal["petitions.ask_more"] = "petitions.ask_more"
    text: Long


class JoinPetition(Step):
    """Sign a petition that was opened for signatures."""

    type: Literal["petitions.join"] = "petitions.join"
    name: Short
    address: Short


class NameRepresentatives(Step):
    """Name up to three who speak for all; the body does when nobody answers in time."""

    type: Literal["petitions.name_representatives"] = "petitions.name_representatives"
    citizens: Annotated[list[Id], Field(min_length=1, max_length=3)]


class PublishPetition(Step):
    """Agree that the public sees it without what would name you, or no longer."""

    type: Literal["petitions.publish"] = "petitions.publish"
    agrees: bool


class ReadNotice(Step):
    """The notices of a petition up to this one were read."""

    type: Literal["petitions.read_notice"] = "petitions.read_notice"
    notice: Natural


# Reading


class GuideToFiling(Command):
    """All that a form needs."""

    answer: ClassVar[Answer] = GuideShown
    reads: ClassVar[bool] = True

    type: Literal["petitions.guide"] = "petitions.guide"


class MyPetitions(Command):
    """Your own petitions and those you signed, newest first."""

    answer: ClassVar[Answer] = PetitionPage
    reads: ClassVar[bool] = True

    type: Literal["petitions.mine"] = "petitions.mine"
    after: Id | None = None


class UnreadNotices(Command):
    """What you have not read yet, oldest first."""

    answer: ClassVar[Answer] = NoticePage
    reads: ClassVar[bool] = True

    type: Literal["petitions.notices"] = "petitions.notices"
    after: Id | None = None


class ShowPetition(Command):
    """A petition whole; staff give their reason, and the view is kept. `after`: the `next` of the page before."""

    answer: ClassVar[Answer] = PetitionShown

    type: Literal["petitions.show"] = "petitions.show"
    petition: Id
    reason: Short | None = None
    after: Natural | None = None


class PetitionStatus(Command):
    """Where a petition stands, by its token, without a login."""

    answer: ClassVar[Answer] = StatusShown

    type: Literal["petitions.status"] = "petitions.status"
    token: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class PublishedPetitions(Command):
    """Published petitions, newest first."""

    answer: ClassVar[Answer] = PublicPage
    reads: ClassVar[bool] = True

    type: Literal["petitions.list"] = "petitions.list"
    after: Id | None = None
    department: Name | None = None


class DeskOfDepartment(Command):
    """What lies on a department's desk, what is due first first; without one, what waits to be received or routed."""

    answer: ClassVar[Answer] = PetitionDesk
    reads: ClassVar[bool] = True

    type: Literal["petitions.desk"] = "petitions.desk"
    department: Name | None = None
    state: Name | None = None
    overdue: bool = False
    after: Id | None = None


class CheckMonth(Command):
    """How a month's petitions were treated, as YYYY-MM."""

    answer: ClassVar[Answer] = MonthShown
    reads: ClassVar[bool] = True

    type: Literal["petitions.month"] = "petitions.month"
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


# Commands of officials


class ServeDesk(Command):
    """Take your seat at your department's desk, or leave it; `contact` is what petitioners are told."""

    type: Literal["petitions.serve"] = "petitions.serve"
    present: bool
    contact: Short | None = None


class CorrectSlip(Step):
    """Propose to correct an obvious slip; it is done when the petitioner agrees."""

    type: Literal["petitions.correct"] = "petitions.correct"
    part: Correctable
    text: Long


class ReceivePetition(Step):
    """Receive it: it gets its number and its due date. A kind may be set right, and a department given at once."""

    type: Literal["petitions.receive"] = "petitions.receive"
    kind: Kind | None = None
    statutory_type: Name | None = None
    missing: Long | None = None
    site_visit: bool = False
    department: Name | None = None


class RoutePetition(Step):
    """Give it to a department, and there to an officer: the named one, or who has least to do."""

    type: Literal["petitions.route"] = "petitions.route"
    department: Name
    officer: Id | None = None
    reason: Short | None = None


class AssignOfficer(Step):
    """The head of department gives a case to another officer."""

    type: Literal["petitions.assign"] = "petitions.assign"
    officer: Id


class TransferPetition(Step):
    """Pass it on to the body that is competent."""

    type: Literal["petitions.transfer"] = "petitions.transfer"
    body: Name
    reason: Long


class ConfirmTransfer(Step):
    """The other body has received it, under its own number; or sends it back."""

    type: Literal["petitions.confirm_transfer"] = "petitions.confirm_transfer"
    accepted: bool
    other_number: Short | None = None
    other_due_at: Natural | None = None


class StartReview(Step):
    """Begin the review; who begins becomes the officer in charge where there is none."""

    type: Literal["petitions.start"] = "petitions.start"


class AskSupplement(Step):
    """Ask for what is missing, item by item, each with its article; within 8 working hours of receipt."""

    type: Literal["petitions.ask_supplement"] = "petitions.ask_supplement"
    items: Annotated[list[Item], Field(min_length=1, max_length=20)]
    days: Amount
    found_on_site: bool = False
    files: Files = Field(default_factory=list)


class AskSupplementAgain(Step):
    """Ask for the last time, when the period has passed."""

    type: Literal["petitions.ask_supplement_again"] = "petitions.ask_supplement_again"
    days: Amount


class ReturnPetition(Step):
    """Return it, as what was missing did not come; never after a review of substance."""

    type: Literal["petitions.return"] = "petitions.return"
    text: Long


class MarkUndeliverable(Step):
    """A request could not be delivered; the second time the petition counts as withdrawn, by public notice."""

    type: Literal["petitions.mark_undeliverable"] = "petitions.mark_undeliverable"


class ClockOut(Step):
    """Stop the clock for a reason of Decree 20, to the end of a day; again to lengthen site work once."""

    type: Literal["petitions.clock_out"] = "petitions.clock_out"
    reason: Pause
    last_day: Day
    text: Long | None = None


class ClockIn(Step):
    """What the clock stood still for is done."""

    type: Literal["petitions.clock_in"] = "petitions.clock_in"


class ExtendPeriod(Step):
    """Extend by at most the original period, in its own unit; a second time only with the petitioner's consent."""

    type: Literal["petitions.extend"] = "petitions.extend"
    reason: ExtensionReason
    amount: Amount
    text: Long


class AskCooperation(Step):
    """Ask another department or body for what it knows, by a day."""

    type: Literal["petitions.ask_cooperation"] = "petitions.ask_cooperation"
    body: Name
    text: Long
    last_day: Day


class Cooperate(Step):
    """Answer a request for co-operation, or ask once for longer."""

    type: Literal["petitions.cooperate"] = "petitions.cooperate"
    request: Natural
    text: Long | None = None
    last_day: Day | None = None


class AnswerPetition(Step):
    """Answer an inquiry, a suggestion or a grievance."""

    type: Literal["petitions.answer"] = "petitions.answer"
    text: Long
    delivery: Delivery = "electronic"
    urgent: bool = False
    requested: bool = False
    justified: bool | None = None
    measure: Long | None = None
    in_public: bool = False
    files: Files = Field(default_factory=list)


class GrantPetition(Step):
    """Grant what a statutory petition asks for."""

    type: Literal["petitions.grant"] = "petitions.grant"
    text: Long
    paper: bool = False
    files: Files = Field(default_factory=list)


class CollectDocument(Step):
    """The paper was collected."""

    type: Literal["petitions.collect"] = "petitions.collect"


class RejectPetition(Step):
    """Reject on the substance, with the reason; the remedies are told with it."""

    type: Literal["petitions.reject"] = "petitions.reject"
    text: Long
    files: Files = Field(default_factory=list)


class LeaveUnprocessed(Step):
    """Leave it unprocessed for a reason of Act 21."""

    type: Literal["petitions.leave_unprocessed"] = "petitions.leave_unprocessed"
    reason: UnprocessedReason
    text: Long


class CloseRepeat(Step):
    """Close a repeated petition whose result was notified at least twice (Act 23)."""

    type: Literal["petitions.close_repeat"] = "petitions.close_repeat"
    earlier: Annotated[list[Id], Field(max_length=MAX_REFERENCES)]
    text: Long
    mediated: bool = False


class ExtendObjection(Step):
    """Take ten more days to decide an objection, once."""

    type: Literal["petitions.extend_objection"] = "petitions.extend_objection"
    text: Long


class DecideObjection(Step):
    """Decide an objection."""

    type: Literal["petitions.decide_objection"] = "petitions.decide_objection"
    upheld: bool
    text: Long
    mediated: bool = False
    files: Files = Field(default_factory=list)


class AddAnswer(Step):
    """Answer once more, when it was asked for after rating."""

    type: Literal["petitions.add_answer"] = "petitions.add_answer"
    text: Long
    files: Files = Field(default_factory=list)


class NoteOnCase(Step):
    """An officer's own note; the petitioner does not see it."""

    type: Literal["petitions.note"] = "petitions.note"
    text: Long
    files: Files = Field(default_factory=list)


class MergePetitions(Step):
    """Receive as one what five or more people ask for; each keeps number, rights and notices."""

    type: Literal["petitions.merge"] = "petitions.merge"
    members: Annotated[list[Id], Field(min_length=1, max_length=MAX_REFERENCES)]


class UnmergePetition(Step):
    """Take one out of those received as one."""

    type: Literal["petitions.unmerge"] = "petitions.unmerge"


class SummarisePetition(Step):
    """Write the summary that the public sees; it names nobody."""

    type: Literal["petitions.summarise"] = "petitions.summarise"
    text: Long


class DunOfficer(Step):
    """The examiner's letter to who is overdue."""

    type: Literal["petitions.dun"] = "petitions.dun"
    text: Long


class ReportOutage(Command):
    """The information system is down, or was; without `ends_at` it still is, with `outage` it ends."""

    answer: ClassVar[Answer] = OutageNumber

    type: Literal["petitions.outage"] = "petitions.outage"
    outage: Natural | None = None
    begins_at: Natural | None = None
    ends_at: Natural | None = None
    note: Text | None = None


class ChangeCalendar(Command):
    """Make days holidays, or working days; what is open is counted anew."""

    type: Literal["petitions.change_calendar"] = "petitions.change_calendar"
    holidays: list[Holiday] = Field(default_factory=list, max_length=MAX_REFERENCES)
    working_days: list[Day] = Field(default_factory=list, max_length=MAX_REFERENCES)


# Facts


class PetitionNoticed(Fact):
    """To the petitioner: a step of theirs, or of the body."""

    type: Literal["petitions.noticed"] = "petitions.noticed"
    notice: NoticeCard


class DeskChanged(Fact):
    """To the officials in charge: something on their desk changed."""

    type: Literal["petitions.desk_changed"] = "petitions.desk_changed"
    what: str
    card: PetitionCard


class PetitionAlarm(Fact):
    """To examiners and to the civil service room: something was left lying."""

    type: Literal["petitions.alarm"] = "petitions.alarm"
    reason: str
    card: PetitionCard


class SignerTold(Fact):
    """To who signed with others: where their common petition stands."""

    type: Literal["petitions.signers_told"] = "petitions.signers_told"
    petition: str
    number: str | None = None
    state: str
    what: str


class CooperationAsked(Fact):
    """To a department: it is asked for what it knows; it does not see the petition."""

    type: Literal["petitions.cooperation_asked"] = "petitions.cooperation_asked"
    petition: str
    request: Natural
    department: str
    text: str
    until: Natural


class PublicNotice(Fact):
    """To everyone: a petition that could not be delivered, by its number alone."""

    type: Literal["petitions.public_notice"] = "petitions.public_notice"
    number: str
    message: Text


class OutageTold(Fact):
    """To everyone: the information system is down, and how to file meanwhile; or works again."""

    type: Literal["petitions.outage_told"] = "petitions.outage_told"
    outage: Natural
    begins_at: Natural
    ends_at: Natural | None = None
    message: Text


class CalendarTold(Fact):
    """To everyone: days became holidays, or working days."""

    type: Literal["petitions.calendar_told"] = "petitions.calendar_told"
    holidays: list[Holiday]
    working_days: list[str]


COMMANDS: tuple[type[Command], ...] = (
    DraftPetition, FilePetition, SubmitPetition, ConsentToChange, AskLonger, AnswerSupplement, WithdrawPetition,
    AmendPetition, AskProgress, DemandCorrection, ObjectToRejection, RateResult, AskMore, JoinPetition,
    NameRepresentatives, PublishPetition, ReadNotice,
    GuideToFiling, MyPetitions, UnreadNotices, ShowPetition, PetitionStatus, PublishedPetitions, DeskOfDepartment,
    CheckMonth,
    ServeDesk, CorrectSlip, ReceivePetition, RoutePetition, AssignOfficer, TransferPetition, ConfirmTransfer,
    StartReview, AskSupplement, AskSupplementAgain, ReturnPetition, MarkUndeliverable, ClockOut, ClockIn,
    ExtendPeriod, AskCooperation, Cooperate, AnswerPetition, GrantPetition, CollectDocument, RejectPetition,
    LeaveUnprocessed, CloseRepeat, ExtendObjection, DecideObjection, AddAnswer, NoteOnCase, MergePetitions,
    UnmergePetition, SummarisePetition, DunOfficer,
    ReportOutage, ChangeCalendar,
)  # fmt: skip
FACTS: tuple[type[Fact], ...] = (
    PetitionNoticed, DeskChanged, PetitionAlarm, SignerTold, CooperationAsked, PublicNotice, OutageTold, CalendarTold,
)  # fmt: skip
COUNTS: tuple[type[Any], ...] = ()
