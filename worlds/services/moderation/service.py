"""Moderation as a service: which rule answers which command, and what it says to the commands of others."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel, TypeAdapter

from protocol.chat import Said
from protocol.handshake import Text
from protocol.message import Command, Fact
from protocol.services import moderation as wire
from worlds.citizen import Citizen
from worlds.evidence import Witness
from worlds.service import Audience, Effect, Event, Listing, Personal, Record, Restrain, Service, Texts
from worlds.services.moderation import (
    appealing,
    changes,
    effects,
    forbidding,
    modes,
    protecting,
    records,
    reporting,
    retention,
    rows,
    sanctioning,
    speaking,
    telling,
    views,
)
from worlds.services.moderation import events as e
from worlds.services.moderation.content import Content
from worlds.services.moderation.desk import Desk, Judge, all_clean
from worlds.services.moderation.index import Due, Index
from worlds.services.moderation.inside import (
    Arrive,
    HoldLine,
    NoteOffice,
    RaiseAlert,
    WitnessedMove,
    WitnessedReport,
    WitnessedSanction,
    WitnessedTalk,
)
from worlds.services.moderation.roles import counter_of, headed, is_auditor, office_of, offices
from worlds.services.moderation.state import State
from worlds.speech import Line

Rule: TypeAlias = Callable[[Desk, Any, Citizen, int], Iterator[e.OfModeration]]

RULES: Mapping[type[Command], Rule] = {
    wire.Report: reporting.report,
    WitnessedReport: reporting.report,
    wire.Acknowledge: sanctioning.acknowledge,
    wire.Appeal: appealing.appeal,
    wire.Block: protecting.block,
    wire.SetBubble: protecting.set_bubble,
    wire.ShowEvidence: reporting.look,
    wire.ClaimCase: reporting.claim,
    wire.DecideReport: reporting.decide,
    wire.HandOver: reporting.hand_over,
    wire.DecideHeld: speaking.decide,
    wire.Sanction: sanctioning.sanction,
    WitnessedSanction: sanctioning.sanction,
    wire.Second: sanctioning.second,
    wire.Lift: sanctioning.lift,
    wire.DecideAppeal: appealing.decide,
    wire.Annotate: appealing.annotate,
    wire.MoveCitizen: sanctioning.move,
    WitnessedMove: sanctioning.move,
    wire.SetMode: modes.set_mode,
    wire.ActOnVenue: modes.act_jointly,
    wire.GuardTalk: protecting.guard_talk,
    WitnessedTalk: protecting.guard_talk,
    Arrive: protecting.arrive,
    NoteOffice: protecting.note_office,
    RaiseAlert: modes.alert,
    HoldLine: speaking.hold,
}
"""What each command is decided by; the others only read."""

ONES_OWN = (e.Arrived, e.Blocked, e.BubbleSet, e.Reported, e.Acknowledged, e.Appealed, e.LineHeld)
"""What staff do as anyone may, and not by their office."""

STATE = TypeAdapter(State)

DUES_AT_ONCE = 128
"""Deadlines of one round: of a hundred thousand bans that ended while no city ran, nobody waits for the last."""


class Moderation(Service[e.OfModeration]):
    """The desk of one city; its journal is the audit log."""

    name: ClassVar[str] = "moderation"
    events: ClassVar[tuple[type[Event], ...]] = e.EVENTS
    commands: ClassVar[tuple[type[Command], ...]] = (
        *wire.COMMANDS,
        WitnessedReport,
        WitnessedSanction,
        WitnessedMove,
        WitnessedTalk,
        Arrive,
        NoteOffice,
        RaiseAlert,
        HoldLine,
    )

    def __init__(self, texts: Texts, content: Content, judge: Judge = all_clean) -> None:
        super().__init__(texts)
        self.desk = Desk(texts, content, judge, lambda: self.working_time())

    # Deciding

    def decide(self, command: Command, citizen: Citizen, now: int, chance: bytes) -> Iterator[e.OfModeration]:
        rule = RULES.get(type(command))
        if rule is None:
            return
        office = office_of(citizen)
        for event in rule(self.desk, command, citizen, now):
            is_by_office = office and event.by == citizen.id and not isinstance(event, ONES_OWN)
            yield event.model_copy(update={"office": office}) if is_by_office else event

    def apply(self, event: e.OfModeration, now: int) -> None:
        changes.apply(self.desk, event, now)

    def answer(
        self, command: Command, citizen: Citizen, events: Iterable[e.OfModeration], now: int
    ) -> BaseModel | None:
        match command:
            case wire.ShowMine():
                return views.mine(self.desk, command, citizen, now)
            case wire.ShowStatistics():
                return views.statistics(self.desk, command, now)
            case wire.ShowDesk():
                return views.desk_page(self.desk, command, citizen, now)
            case wire.ShowPerson():
                return views.person(self.desk, command, citizen, now)
            case wire.ShowAudit():
                return views.audit(self.desk, command, citizen, now)
            case wire.ShowEvidence():
                return rows.evidence(self.desk, self.desk.state.report(command.report))
            case wire.SetMode() | wire.ShowMode():
                mode = self.desk.mode((command.scope,) if command.scope else (), now)
                return wire.ModeNow(mode=rows.mode_row(mode, now))
            case _:
                return self._answer_act(command, list(events))

    def _answer_act(self, command: Command, events: list[e.OfModeration]) -> BaseModel | None:
        match command:
            case wire.Report():
                return next(
                    wire.ReportFiled(report=f"r-{one.report}")
                    for one in events
                    if isinstance(one, e.Reported)
                )
            case wire.Appeal():
                return self._appeal_number(command)
            case wire.ClaimCase():
                until = next((one.until for one in events if isinstance(one, e.Claimed)), 0)
                return wire.Claimed(until=until)
            case wire.Sanction():
                return self._sanction_done(command, [one for one in events if isinstance(one, e.Sanctioned)])
            case wire.ActOnVenue():
                asked = next((one.until for one in events if isinstance(one, e.VenueAsked)), None)
                return wire.VenueActState(state="asked" if asked else "done", until=asked)
            case HoldLine():
                held = next(one for one in events if isinstance(one, e.LineHeld))
                return Said(message=held.message, heard_by=0, state="held", held=f"h-{held.held}")
            case _:
                return None

    def _appeal_number(self, command: wire.Appeal) -> wire.AppealNumber:
        appeal = self.desk.state.sanction(command.sanction).appeal
        assert appeal is not None
        return wire.AppealNumber(appeal=command.sanction, answer_by=self.desk.answer_by(appeal.at))

    def _sanction_done(self, command: wire.Sanction, given: list[e.Sanctioned]) -> wire.SanctionDone:
        touched = len(set(command.citizens))
        if not given:
            return wire.SanctionDone(state="preview", sanctions=[], touched=touched, until=0)
        return wire.SanctionDone(
            state="proposed" if given[0].propose_until else "in_force",
            sanctions=[f"s-{one.sanction}" for one in given],
            touched=touched,
            until=given[0].until,
        )

    # Telling

    def tell(self, event: e.OfModeration, now: int) -> Iterator[tuple[Audience, Fact]]:
        yield from telling.tell(self.desk, event, now)

    def effects(self, event: e.OfModeration) -> Iterator[Effect]:
        yield from effects.effects(self.desk, event)

    kinds: ClassVar[tuple[str, ...]] = ("sanction", "report")

    def listing(self, kind: str, citizen: Citizen) -> Listing | None:
        """As the audit is read: auditors all; sanctions also heads within their scope, others those they gave."""
        if is_auditor(citizen):
            return Listing(with_texts=True)
        scopes = {role.partition("@")[2] for role in citizen.roles}
        if kind != "sanction" or not any(any(offices(citizen, scope)) for scope in scopes):
            return None
        theirs = [_listed_in(scope) for scope in sorted(headed(citizen))]
        return Listing(({"by": citizen.id}, *theirs), but={"citizen": citizen.id}, with_texts=True)

    def records(self, event: e.OfModeration, now: int) -> Iterator[Record]:
        yield from records.records(self.desk, event)

    def follow(self, event: Event, now: int) -> Iterator[tuple[Command, Citizen]]:
        """Of another service's event we know the words alone."""
        if event.type not in ("offices.given", "offices.ended"):
            return
        told: Any = event
        note = NoteOffice(
            id=0,
            by=told.by,
            right=told.right,
            citizen=told.citizen,
            scope=told.scope,
            given=f"o-{told.number}",
            name=told.office,
            until=getattr(event, "until", None),
            why=getattr(event, "why", None),
        )
        yield note, Citizen(id=told.by, name="")

    def knows(self, citizen: str) -> bool:
        return self.desk.is_known(citizen)

    # What it says to the commands of others, and to the lanes

    def witnessed(self, command: Command, citizen: Citizen, witness: Witness) -> Command:
        match command:
            case wire.Report():
                about = witness.citizen(command.citizen) if command.citizen is not None else None
                seen = witness.seen_by(citizen.id, command.citizen)
                is_here = witness.citizen(citizen.id) is not None
                return WitnessedReport(**dict(command), seen=seen, about=about, is_here=is_here)
            case wire.Sanction():
                here = (witness.citizen(one) for one in command.citizens)
                found = tuple(one for one in here if one is not None)
                if not sanctioning.is_case_of_its_own(self.desk, command):
                    return WitnessedSanction(**dict(command), here=found)
                seen = witness.seen_by(citizen.id, command.citizens[0])
                return WitnessedSanction(**dict(command), here=found, seen=seen)
            case wire.MoveCitizen():
                return WitnessedMove(**dict(command), here=witness.citizen(command.citizen))
            case wire.GuardTalk():
                return WitnessedTalk(**dict(command), here=witness.citizen(command.citizen))
            case _:
                return command

    def forbid(self, command: Command, citizen: Citizen, scopes: tuple[str, ...], now: int) -> None:
        forbidding.forbid(self.desk, command, citizen, scopes, now)

    def holds(self, citizen: Citizen, scopes: tuple[str, ...], now: int) -> bool:
        return forbidding.is_held(self.desk, citizen, scopes, now)

    def hear(self, line: Line, citizen: Citizen, now: int) -> Command | None:
        return speaking.hear(self.desk, line, citizen, now)

    def is_fit(self, name: str, *, is_vouched: bool = False) -> bool:
        """A name of one's own choice must be clean; who was verified may be called as someone might swear by chance."""
        level = self.desk.judge(name).level
        return level == "clean" or (is_vouched and level == "hold")

    def called(self, citizen: Citizen) -> Text | None:
        """An officer at a counter is known by it; who is more than that is known by their own name."""
        counter, shape = counter_of(citizen), self.desk.content.officer
        place = self.desk.content.places.get(counter or "")
        if shape is None or place is None:
            return None
        return Text(ko=shape.ko.replace("{place}", place.ko), en=shape.en.replace("{place}", place.en))

    def room(self, citizen: Citizen, district: str, now: int) -> int | None:
        return modes.room(self.desk, citizen, district, now)

    def veils(self, citizen: Citizen, model: str, scopes: tuple[str, ...], now: int) -> int | None:
        return modes.veiled_until(self.desk, citizen, model, scopes, now)

    def parted(self, citizen: str) -> Collection[str]:
        known = self.desk.state.people.get(citizen)
        others = self.desk.index.blocked_by.get(citizen, set())
        return others.union(known.blocked) if known is not None else others

    def restraint(self, citizen: str, now: int) -> Restrain | None:
        if citizen not in self.desk.index.active:
            return None
        return forbidding.restraint(self.desk, citizen)

    def arrivals(self, citizen: Citizen, district: str | None, now: int) -> Iterator[Command]:
        if district is not None:
            yield from modes.note_join(self.desk, citizen, district, now)
        elif protecting.is_news(self.desk, citizen):
            yield Arrive(id=0)

    # Showing

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any] | None:
        return views.arrival(self.desk, citizen, district, now)

    # Deadlines

    def due(self, now: int) -> Iterator[e.OfModeration]:
        for due in islice(self.desk.index.take_due(self.desk.state, now), DUES_AT_ONCE):
            yield self._ended(due)

    def _ended(self, due: Due) -> e.OfModeration:
        _, what, which = due
        match what:
            case "sanction":
                return e.Ended(sanction=int(which))
            case "proposal":
                return e.Lapsed(sanction=int(which))
            case "held":
                return e.LineDecided(held=int(which), state="expired")
            case _:
                return e.ShieldEnded(scope=which)

    def next_due(self) -> int | None:
        due = self.desk.index.next_due(self.desk.state)
        return due[0] if due is not None else None

    # Kept

    def expired(self, now: int) -> Iterator[Personal]:
        yield from retention.expired(self.desk, now)

    def forget(self, erased: Collection[str]) -> None:
        retention.forget(self.desk, erased)

    def snapshot(self) -> Any:
        return STATE.dump_python(self.desk.state, mode="json", exclude_defaults=True)

    def restore(self, snapshot: Any) -> None:
        self.desk.state = STATE.validate_python(snapshot)
        self.desk.index = Index.of(self.desk.state)


def _listed_in(scope: str) -> dict[str, str]:
    """The fields of the records within a scope: the city, a district, or a place in one."""
    if not scope:
        return {}
    return {"scope": scope} if "/" in scope else {"district": scope}
