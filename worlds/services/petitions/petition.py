"""One petition as it stands: its heads, its intervals out of the clock, its history; small, as there are many."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Self, TypeAlias

from protocol.services.petitions import State
from worlds.calendar import Interval
from worlds.service import Personal
from worlds.services.petitions import events as ev
from worlds.services.petitions.events import NOT_IN_HISTORY, PetitionEvent, word_of
from worlds.services.petitions.rules import KindCode, Rules
from worlds.services.petitions.states import CLOSED, RUNNING

WITH_IT = -1
"""In the place of a step: what was filed with the petition."""

CONTENT = ("title", "text", "name", "address", "contact")
"""What the petitioner wrote, by reference."""

_HEADS = frozenset({"type", "petition", "by", "timers", "token", "citizen", "files"})
_IN_HISTORY_AS_REF = frozenset({"owner", "ref", "hash", "text"})


def ref_of(personal: Personal | None) -> str:
    """What the state keeps of a personal text: its reference, empty where there is none."""
    return personal.ref if personal is not None else ""


Signer: TypeAlias = tuple[str, int, str, str]
"""Who signed: citizen, household, name and address by reference."""

FiledFile: TypeAlias = tuple[str, str, str, int, int]
"""A file of a case: its id, its name by reference, its kind, its bytes; at which step, or WITH_IT."""

Entry: TypeAlias = tuple[int, str, str, dict[str, Any]]
"""A step of the history: when, what, by whom, about what. It is never changed."""


@dataclass(slots=True)
class Petition:
    """A petition; times in ms, texts by reference. Its sequences are tuples: most stay empty, none is shared."""

    id: str
    citizen: str
    kind: KindCode
    state: State = "draft"
    title: str = ""
    text: str = ""
    name: str = ""
    address: str = ""
    contact: str = ""
    statutory_type: str | None = None
    proposed: str | None = None
    department: str | None = None
    officer: str | None = None
    gu: str | None = None
    place: tuple[float, float] | None = None
    publish: bool = False
    joint: bool = False
    repeats: str | None = None
    summary: str = ""
    number: str | None = None
    token: str = ""
    saved_at: int = 0
    arrived_at: int = 0
    receive_by: int = 0
    received_at: int = 0
    ended_at: int = 0
    changed_at: int = 0
    due_at: int = 0
    dues: tuple[tuple[int, str], ...] = ()
    overdue: bool = False
    was_overdue: bool = False
    out: tuple[Interval, ...] = ()
    extra: int = 0
    extensions: tuple[str, ...] = ()
    proposal: dict[str, Any] | None = None
    until: int = 0
    longer_asked: int = 0
    asked_again: bool = False
    expired: bool = False
    undelivered: int = 0
    pause: str | None = None
    paused_longer: bool = False
    cooperation: tuple[dict[str, Any], ...] = ()
    hops: tuple[tuple[int, str | None, str], ...] = ()
    idle_hops: int = 0
    signers: tuple[Signer, ...] = ()
    representatives: tuple[str, ...] = ()
    parent: str | None = None
    members: tuple[str, ...] = ()
    remedies_until: int = 0
    objected_at: int = 0
    objection_extended: bool = False
    paper: bool = False
    collected: bool = False
    stars: int = 0
    more_asked: bool = False
    views: int = 0
    read: int = 0
    history: tuple[Entry, ...] = ()
    files: tuple[FiledFile, ...] = ()
    timers: dict[str, int] = field(default_factory=dict)

    @property
    def origin(self) -> str | None:
        """What it came from: the name of another service, and what it calls it."""
        arrived = next((about for _, what, _, about in self.history if what == "submitted"), {})
        return arrived.get("origin")

    @property
    def people(self) -> int:
        """How many ask for it: the petitioner and who signed."""
        return 1 + len(self.signers)

    def is_of_many(self, rules: Rules) -> bool:
        """Whether it is a petition of many: enough people of enough households (Act 2(6))."""
        households = len({0, *(signer[1] for signer in self.signers)})
        figures = rules.figures
        return self.people >= figures.many_people and households >= figures.many_households

    @property
    def lacks_representatives(self) -> bool:
        """Whether the people were asked who speaks for them, and their time passed without a word (Decree 8)."""
        asked = any(
            what == "clocked_out" and about.get("reason") == "representatives"
            for _, what, _, about in self.history
        )
        return asked and self.state == "in_review" and not self.representatives

    @property
    def shown_due(self) -> int | None:
        """When it is due, while the clock runs."""
        return self.due_at if self.due_at and self.state in RUNNING else None

    def excluded(self, now: int | None = None) -> list[Interval]:
        """What the clock does not count; what is still out ends `now`, or is left aside."""
        return [(begin, back) for begin, end in self.out if (back := end or self._back(now or 0))]

    def _back(self, at: int) -> int:
        # A pause ends with its last day, however late that is noticed.
        return min(at, self.until) if self.state == "clock_out" else at

    def take(self, event: PetitionEvent, at: int) -> None:
        """A step was decided."""
        before, self.changed_at = self.state, at
        if event.to is not None:
            self._turn_to(event.to, at)
        if event.due_at:
            self.due_at, self.overdue = event.due_at, self.overdue and event.due_at <= at
            self.dues += ((event.due_at, event.cause),)
        for name, when in event.timers.items():
            if when:
                self.timers[name] = when
            else:
                self.timers.pop(name, None)
        self._take_more(event, at, before)
        word = word_of(event)
        self._attach(event, len(self.history) if word not in NOT_IN_HISTORY else WITH_IT)
        if word not in NOT_IN_HISTORY:
            self.history += ((at, word, event.by, _about(event)),)

    def _attach(self, event: PetitionEvent, step: int) -> None:
        if isinstance(event, ev.Drafted) and event.without:
            self.files = tuple(one for one in self.files if one[0] not in event.without)
        if event.files:
            self.files += tuple((one.file, one.name.ref, one.kind, one.bytes, step) for one in event.files)

    def _turn_to(self, to: State, at: int) -> None:
        if self.out and not self.out[-1][1] and self.state in ("supplement", "clock_out", "transferred"):
            self.out = (*self.out[:-1], (self.out[-1][0], self._back(at)))
        self.state = to
        if to in CLOSED:
            self.timers.clear()
            self.ended_at, self.overdue, self.proposal, self.pause = at, False, None, None
        elif to == "objection":
            self.ended_at = 0
        if to in ("supplement", "clock_out"):
            self.timers.pop("overdue", None)

    def _take_more(self, event: PetitionEvent, at: int, before: State) -> None:
        match event:
            case ev.Drafted():
                self.kind, self.statutory_type = event.kind, event.statutory_type
                self.proposed, self.gu = event.department, event.gu
                self.place = event.place
                self.publish, self.joint, self.repeats = event.publish, event.joint, event.repeats
                for name in CONTENT:
                    setattr(self, name, ref_of(getattr(event, name)))
                self.saved_at = at
            case ev.Submitted():
                self.token, self.arrived_at, self.receive_by = event.token, event.arrived_at, event.receive_by
                self.timers.pop("draft", None)
            case ev.CorrectionProposed():
                self.proposal = {"to": "correction", "part": event.part, "text": ref_of(event.text)}
            case ev.Corrected():
                if event.agreed and self.proposal is not None:
                    setattr(self, self.proposal["part"], self.proposal["text"])
                self.proposal = None
            case ev.Received():
                self.number, self.kind, self.statutory_type = event.number, event.kind, event.statutory_type
                self.received_at, self.proposal = at, None
            case ev.Routed():
                self.hops += ((at, self.department if before == "assigned" else None, event.department),)
                self.department, self.officer = event.department, event.officer
                self.idle_hops += 1
            case ev.OfficerAssigned():
                self.officer = event.officer
            case ev.Transferred():
                self.hops += ((at, self.department, event.body),)
                self.officer = None
                self.idle_hops += 1
                if event.cause == "distant":
                    self.out += ((at, 0),)
            case ev.TransferSentBack():
                self.department = None
            case ev.Started():
                self.officer, self.idle_hops = event.officer, 0
            case ev.SupplementAsked():
                self.until, self.longer_asked, self.asked_again, self.expired = event.until, 0, False, False
                self.undelivered = 0
                self.out += ((at, 0),)
            case ev.SupplementLengthened():
                self.until, self.expired = event.until, False
                self.longer_asked += 1
            case ev.SupplementExpired():
                self.expired = True
            case ev.SupplementAskedAgain():
                self.until, self.asked_again, self.expired = event.until, True, False
            case ev.Undelivered():
                self.undelivered += 1
            case ev.ClockedOut():
                self.until, self.pause = event.until, event.reason
                if event.longer:
                    self.paused_longer = True
                else:
                    self.out += ((at, 0),)
            case ev.ClockedIn():
                self.pause = None
            case ev.RepresentativesNamed():
                self.pause, self.representatives = None, event.citizens
            case ev.ExtensionProposed():
                self.proposal = {
                    "to": "extension",
                    "reason": event.reason,
                    "amount": event.amount,
                    "text": ref_of(event.text),
                    "hash": event.text.hash,
                }
            case ev.Extended():
                self.extra += event.amount
                self.extensions += (event.reason,)
                self.proposal = None
            case ev.ExtensionDeclined():
                self.proposal = None
            case ev.CooperationAsked():
                asked = {
                    "body": event.body,
                    "text": ref_of(event.text),
                    "until": event.until,
                    "longer": False,
                }
                self.cooperation += (asked,)
            case ev.CooperationLengthened():
                self._cooperate(event.request, {"until": event.until, "longer": True})
            case ev.CooperationAnswered():
                self._cooperate(event.request, {"answer": ref_of(event.text)})
            case ev.Granted():
                self.paper = event.paper
            case ev.Rejected():
                self.remedies_until = event.remedies_until
            case ev.Collected():
                self.collected = True
            case ev.Amended():
                for name in CONTENT:
                    if (changed := getattr(event, name)) is not None:
                        setattr(self, name, ref_of(changed))
            case ev.Objected():
                self.objected_at, self.objection_extended = at, False
            case ev.ObjectionExtended():
                self.objection_extended = True
            case ev.Rated():
                self.stars = event.stars
            case ev.MoreAsked():
                self.more_asked = True
            case ev.AnswerAdded():
                self.more_asked = False
            case ev.Merged():
                self.parent = event.parent
            case ev.Unmerged():
                self.parent = None
            case ev.Joined():
                self.signers += ((event.by, event.household, ref_of(event.name), ref_of(event.address)),)
            case ev.PublicationChanged():
                self.publish = event.agreed
            case ev.Summarised():
                self.summary = ref_of(event.text)
            case ev.BecameOverdue():
                self.overdue = self.was_overdue = True
            case ev.DueMoved():
                self.until = event.until or self.until
                self.receive_by = event.timers.get("receive", self.receive_by)
            case ev.Viewed(file=None):
                self.views += 1
            case ev.NoticeRead():
                self.read = event.notice + 1
            case _:
                pass

    def _cooperate(self, request: int, changed: dict[str, Any]) -> None:
        before, asked, after = (
            self.cooperation[:request],
            self.cooperation[request],
            self.cooperation[request + 1 :],
        )
        self.cooperation = (*before, asked | changed, *after)

    def snapshot(self) -> dict[str, Any]:
        """What differs from an empty petition, as JSON values."""
        kept: dict[str, Any] = {}
        for name, empty in _EMPTY:
            value = getattr(self, name)
            if value != empty:
                kept[name] = value.copy() if isinstance(value, dict) else value
        return kept

    @classmethod
    def restore(cls, kept: dict[str, Any]) -> Self:
        """From its snapshot."""
        restored: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**restored)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text of the case that may still be kept: whose it is, and its reference."""
        for name in (*CONTENT, "summary"):
            if ref := getattr(self, name):
                yield self.citizen, ref
        for citizen, _, name, address in self.signers:
            yield citizen, name
            yield citizen, address
        for asked in self.cooperation:
            yield from ((self.citizen, asked[part]) for part in ("text", "answer") if part in asked)
        for _, name, *_ in self.files:
            yield self.citizen, name
        for *_, about in self.history:
            yield from ((self.citizen, ref) for ref in _refs(about))

    @property
    def is_filed(self) -> bool:
        """Whether it is more than a draft."""
        return self.state != "draft"

    @property
    def has_number(self) -> bool:
        """Whether it was received: who withdraws before has none."""
        return self.number is not None


def _empty(one: "Field[Any]") -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


_EMPTY: tuple[tuple[str, Any], ...] = tuple((one.name, _empty(one)) for one in fields(Petition))


def _about(event: PetitionEvent) -> dict[str, Any]:
    """What a step's history entry holds: the event's own fields, personal texts as {"ref": ...}."""
    dumped = event.model_dump(mode="json", exclude_defaults=True, exclude=set(_HEADS))
    return {name: _shrunk(value) for name, value in dumped.items()}


def _refs(value: Any) -> Iterator[str]:
    match value:
        case {"ref": str(ref), **rest} if not rest:
            yield ref
        case dict():
            for one in value.values():
                yield from _refs(one)
        case list():
            for one in value:
                yield from _refs(one)
        case _:
            pass


def _shrunk(value: Any) -> Any:
    match value:
        case dict() if value.keys() <= _IN_HISTORY_AS_REF:
            return {"ref": value.get("ref", "")}
        case dict():
            return {name: _shrunk(one) for name, one in value.items()}
        case list():
            return [_shrunk(one) for one in value]
        case _:
            return value
