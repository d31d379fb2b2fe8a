"""The petitions service: which rule decides a command, who is told of a step, what is listed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from protocol.handshake import Text
from protocol.message import MAX_INTEGER, Command, Fact
from protocol.services import petitions as say
from worlds.calendar import DAY_MS, Calendar
from worlds.citizen import Citizen
from worlds.service import (
    Audience,
    Citizens,
    Event,
    Everyone,
    Listing,
    Personal,
    Record,
    Service,
    Staff,
    Texts,
)
from worlds.services.petitions import (
    deciding,
    filing,
    operating,
    reading,
    receiving,
    reviewing,
    timers,
)
from worlds.services.petitions import (
    events as ev,
)
from worlds.services.petitions.events import EVENTS, PetitionEvent, word_of
from worlds.services.petitions.inside import FileRead, ReadFile
from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.notices import notice, sentence, written
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.rules import Rules
from worlds.services.petitions.states import UNROUTED
from worlds.services.petitions.turn import TIMER, Judge, Turn, all_clean, holds

Rule = Callable[[Turn, Any], Iterator[Event]]

RULES: dict[type[Command], Rule] = {
    say.DraftPetition: filing.draft,
    say.FilePetition: filing.file,
    say.SubmitPetition: filing.submit,
    say.ConsentToChange: filing.consent,
    say.AskLonger: reviewing.ask_longer,
    say.AnswerSupplement: reviewing.answer_supplement,
    say.WithdrawPetition: filing.withdraw,
    say.AmendPetition: filing.amend,
    say.AskProgress: deciding.ask_progress,
    say.DemandCorrection: deciding.demand,
    say.ObjectToRejection: deciding.object_to,
    say.RateResult: deciding.rate,
    say.AskMore: deciding.ask_more,
    say.JoinPetition: filing.join,
    say.NameRepresentatives: reviewing.name_representatives,
    say.PublishPetition: filing.publish,
    say.ReadNotice: filing.read_notice,
    say.GuideToFiling: reading.anyone,
    say.MyPetitions: reading.anyone,
    say.UnreadNotices: reading.anyone,
    say.ShowPetition: reading.show,
    ReadFile: reading.read_file,
    say.PetitionStatus: reading.status,
    say.PublishedPetitions: reading.anyone,
    say.DeskOfDepartment: reading.desk,
    say.CheckMonth: operating.check_month,
    say.ServeDesk: receiving.serve,
    say.CorrectSlip: receiving.correct,
    say.ReceivePetition: receiving.receive,
    say.RoutePetition: receiving.route,
    say.AssignOfficer: receiving.assign,
    say.TransferPetition: receiving.transfer,
    say.ConfirmTransfer: receiving.confirm_transfer,
    say.StartReview: reviewing.start,
    say.AskSupplement: reviewing.ask_supplement,
    say.AskSupplementAgain: reviewing.ask_supplement_again,
    say.ReturnPetition: reviewing.return_petition,
    say.MarkUndeliverable: reviewing.mark_undeliverable,
    say.ClockOut: reviewing.clock_out,
    say.ClockIn: reviewing.clock_in,
    say.ExtendPeriod: reviewing.extend,
    say.AskCooperation: reviewing.ask_cooperation,
    say.Cooperate: reviewing.cooperate,
    say.AnswerPetition: deciding.answer,
    say.GrantPetition: deciding.grant,
    say.CollectDocument: deciding.collect,
    say.RejectPetition: deciding.reject,
    say.LeaveUnprocessed: deciding.leave_unprocessed,
    say.CloseRepeat: deciding.close_repeat,
    say.ExtendObjection: deciding.extend_objection,
    say.DecideObjection: deciding.decide_objection,
    say.AddAnswer: deciding.add_answer,
    say.NoteOnCase: deciding.note,
    say.MergePetitions: receiving.merge,
    say.UnmergePetition: receiving.unmerge,
    say.SummarisePetition: deciding.summarise,
    say.DunOfficer: deciding.dun,
    say.ReportOutage: operating.report_outage,
    say.ChangeCalendar: operating.change_calendar,
}

EXAMINERS = Staff(frozenset({"grant:examiner"}))
CIVIL_SERVICE = Staff(frozenset({"grant:civil_service"}))
ALARMED = Staff(frozenset({"grant:examiner", "grant:civil_service"}))


class Petitions(Service[Event]):
    """The service; all its state is in `ledger`."""

    name: ClassVar[str] = "petitions"
    events: ClassVar[tuple[type[Event], ...]] = EVENTS
    commands: ClassVar[tuple[type[Command], ...]] = (*say.COMMANDS, ReadFile)

    def __init__(self, texts: Texts, rules: Rules, judge: Judge = all_clean) -> None:
        super().__init__(texts)
        self.rules = rules
        self.judge = judge
        self.ledger = Ledger(rules)

    def calendar(self) -> Calendar:
        """The city's working time, with the days that its operators have changed."""
        return self.ledger.calendar

    def decide(self, command: Command, citizen: Citizen, now: int, chance: bytes) -> Iterator[Event]:
        """The rule of the command; raises Refused."""
        rule = RULES.get(type(command))
        if rule is None:
            return super().decide(command, citizen, now, chance)
        return rule(Turn(self.ledger, self.texts, citizen, now, chance, self.judge), command)

    def apply(self, event: Event, now: int) -> None:
        """Into the ledger."""
        self.ledger.take(event, now)

    def due(self, now: int) -> Iterator[Event]:
        """What follows from timers, some petitions in each round."""
        return timers.due(Turn(self.ledger, self.texts, TIMER, now))

    def next_due(self) -> int | None:
        """The next timer."""
        return self.ledger.next_deadline()

    def snapshot(self) -> Any:
        """The ledger as JSON values."""
        return self.ledger.snapshot()

    def restore(self, snapshot: Any) -> None:
        """The ledger, and all that finds a petition in it."""
        self.ledger.restore(snapshot)

    def expired(self, now: int) -> Iterator[Personal]:
        """Texts of petitions that ended so long ago that they need no longer be kept; their hashes stay."""
        yield from (Personal(owner=owner, ref=ref) for ref, owner in tuple(self.ledger.spent.items()))
        kept_ms = self.rules.figures.text_days * DAY_MS
        for petition in tuple(self.ledger.petitions.values()):
            if kept_ms and petition.ended_at and petition.ended_at + kept_ms <= now:
                yield from (Personal(owner=owner, ref=ref) for owner, ref in dict.fromkeys(petition.texts()))

    def forget(self, erased: Collection[str]) -> None:
        """Names of files that nothing refers to are erased, and the files with them."""
        for ref in erased:
            self.ledger.spent.pop(ref, None)

    # What is answered

    def answer(
        self, command: Command, citizen: Citizen, events: Iterable[Event], now: int
    ) -> BaseModel | None:
        """What `done.result` holds."""
        ledger, texts = self.ledger, self.texts
        match command:
            case say.DraftPetition():
                (drafted,) = (event for event in events if isinstance(event, ev.Drafted))
                return say.DraftSaved(
                    petition=drafted.petition, saved_until=drafted.timers.get("draft", MAX_INTEGER)
                )
            case say.FilePetition() | say.SubmitPetition():
                (arrived,) = (event for event in events if isinstance(event, ev.Submitted))
                return say.Filed(
                    petition=arrived.petition,
                    token=arrived.token,
                    arrived_at=arrived.arrived_at,
                    receive_by=arrived.receive_by,
                )
            case say.GuideToFiling():
                return reading.guide(ledger)
            case say.MyPetitions():
                return reading.mine_page(ledger, texts, citizen.id, command.after)
            case say.UnreadNotices():
                return reading.notice_page(ledger, texts, citizen.id, command.after)
            case say.ShowPetition():
                return reading.shown(Turn(ledger, texts, citizen, now, judge=self.judge), command)
            case ReadFile():
                petition = ledger.petitions[command.petition]
                (found,) = (one for one in petition.files if one[0] == command.file)
                return FileRead(**reading.file_card(texts, petition, found).model_dump())
            case say.PetitionStatus():
                return reading.status_shown(ledger, command.token)
            case say.PublishedPetitions():
                return reading.public_page(ledger, texts, command)
            case say.DeskOfDepartment():
                return reading.desk_page(ledger, texts, command, citizen)
            case say.CheckMonth():
                return operating.month(ledger, command.month)
            case say.ReportOutage():
                (outage,) = (event for event in events if isinstance(event, ev.OutageReported))
                return say.OutageNumber(outage=outage.outage)
            case say.Step():
                petition = ledger.petitions[command.petition]
                return say.Changed(
                    petition=petition.id,
                    state=petition.state,
                    number=petition.number,
                    due_at=petition.shown_due,
                )
            case _:
                return None

    # What is told

    def tell(self, event: Event, now: int) -> Iterator[tuple[Audience, Fact]]:
        """The petitioner; who signed; the desk; and for some steps examiners, other departments, everyone."""
        match event:
            case ev.OutageReported():
                told = self.rules.sentences["outage_over" if event.ends_at is not None else "outage"]
                yield (
                    Everyone(),
                    say.OutageTold(
                        outage=event.outage,
                        begins_at=event.begins_at,
                        ends_at=event.ends_at,
                        message=Text(ko=f"{told.ko} {event.ko}".strip(), en=f"{told.en} {event.en}".strip()),
                    ),
                )
            case ev.CalendarChanged():
                days = [say.Holiday(day=day, name=name) for day, name in event.holidays]
                yield Everyone(), say.CalendarTold(holidays=days, working_days=list(event.working_days))
            case PetitionEvent() if event.type not in ev.SILENT:
                yield from self._tell_step(event, self.ledger.petitions[event.petition], now)
            case _:
                pass

    def _tell_step(
        self, event: PetitionEvent, petition: Petition, now: int
    ) -> Iterator[tuple[Audience, Fact]]:
        ledger, texts, word = self.ledger, self.texts, word_of(event)
        if word in self.rules.notices and (step := _step_of(petition, word, now)) is not None:
            told = notice(ledger, texts, petition, step)
            yield Citizens(frozenset({petition.citizen})), say.PetitionNoticed(notice=told)
        if event.to is not None and petition.signers:
            yield (
                Citizens(frozenset(signer[0] for signer in petition.signers)),
                say.SignerTold(petition=petition.id, number=petition.number, state=petition.state, what=word),
            )
        card = reading.card(ledger, texts, petition, None)
        yield self._desk_of(petition), say.DeskChanged(what=word, card=card)
        match event:
            case ev.Routed():
                # it has left the room's desk, which is told of what is on it now
                yield CIVIL_SERVICE, say.DeskChanged(what=word, card=card)
            case ev.Alarmed():
                yield ALARMED, say.PetitionAlarm(reason=event.reason, card=card)
            case ev.CorrectionDemanded():
                yield EXAMINERS, say.PetitionAlarm(reason="demanded", card=card)
            case ev.CooperationAsked():
                yield (
                    Citizens(ledger.at_desk(event.body)),
                    say.CooperationAsked(
                        petition=petition.id,
                        request=event.request,
                        department=event.body,
                        text=written(texts, petition.citizen, event.text.ref),
                        until=event.until,
                    ),
                )
            case ev.DeemedWithdrawn():
                yield (
                    Everyone(),
                    say.PublicNotice(
                        number=petition.number or "",
                        message=sentence(self.rules, petition, "public_notice", {}, None),
                    ),
                )
            case _:
                pass

    def _desk_of(self, petition: Petition) -> Audience:
        if petition.state in UNROUTED or petition.department is None:
            return CIVIL_SERVICE
        there = self.ledger.at_desk(petition.department)
        return Citizens(there | {petition.officer} if petition.officer else there)

    # What is listed

    kinds: ClassVar[tuple[str, ...]] = ("petition",)

    def listing(self, kind: str, citizen: Citizen) -> Listing | None:
        """Examiners and the civil service room: all; officials: of their department; what was written: nobody here.

        Who reads a case gives a reason that stays in it (`petitions.show`); a list asks for none.
        """
        if holds(citizen, "examiner") or holds(citizen, "civil_service"):
            return Listing()
        is_official = any(role.partition("@")[0] == "official" for role in citizen.roles)
        if not is_official or citizen.department is None:
            return None
        return Listing(({"department": citizen.department},))

    def records(self, event: Event, now: int) -> Iterator[Record]:
        """The petition's row, after each step that changes it; drafts and views are nobody's list."""
        if not isinstance(event, PetitionEvent) or isinstance(event, ev.Viewed | ev.NoticeRead):
            return
        petition = self.ledger.petitions.get(event.petition)
        if petition is None or not petition.is_filed:
            return
        public = self.ledger.is_public(petition)
        place = petition.place
        yield Record(
            kind="petition",
            key=petition.id,
            fields={
                "number": petition.number,
                "kind": petition.kind,
                "department": petition.department,
                "officer": petition.officer,
                "state": petition.state,
                "gu": petition.gu,
                "filed_at": petition.arrived_at,
                "received_at": petition.received_at or None,
                "updated_at": petition.changed_at,
                "due_at": petition.shown_due,
                "ended_at": petition.ended_at or None,
                "overdue": petition.overdue,
                "public": public,
                "people": petition.people,
                "stars": petition.stars or None,
                "lat": round(place[0], 4) if public and place else None,
                "lon": round(place[1], 4) if public and place else None,
            },
            texts=tuple(
                Personal(owner=petition.citizen, ref=ref)
                for ref in (petition.title, petition.text, petition.summary)
                if ref
            ),
        )

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any] | None:
        """What they have not read, and their desk."""
        return reading.view(self.ledger, self.texts, citizen, now)


def _step_of(petition: Petition, word: str, now: int) -> int | None:
    """Which step of the history an event became: the last of its word at that moment."""
    for step in range(len(petition.history) - 1, -1, -1):
        when, what, *_ = petition.history[step]
        if what == word and when == now:
            return step
    return None
