"""Deciding: the result, what may be objected to it, how it is rated, and what the public sees of it."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from worlds.calendar import DAY_MS
from worlds.service import Event, Personal
from worlds.services.petitions import events as ev
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.receiving import seated
from worlds.services.petitions.states import NOTIFIED
from worlds.services.petitions.turn import Turn


def answer(turn: Turn, command: say.AnswerPetition) -> Iterator[Event]:
    """in_review | answer | answered: inquiry, suggestion, other, grievance, prior review."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "answer")
    kind = turn.rules.kinds[petition.kind]
    if kind.ends_by != "answer":
        raise Refused(Refusal.NOT_ALLOWED, "this kind is granted or rejected")
    free = kind.free_delivery or command.urgent or command.requested
    if command.delivery in ("sms", "mail", "phone") and not free:
        raise Refused(
            Refusal.NOT_ALLOWED, "only for everyday matters, in urgency or on request", field="delivery"
        )
    if command.justified and command.measure is None:
        raise Refused(
            Refusal.BAD_MESSAGE, "what was found justified is put right, and told (17(3))", field="measure"
        )
    if (command.justified is not None) != (petition.kind == "grievance"):
        raise Refused(Refusal.BAD_MESSAGE, "told of grievances, and of them alone", field="justified")
    if command.in_public and petition.origin is None:
        raise Refused(
            Refusal.BAD_MESSAGE, "what was not asked in public is not answered in public", field="in_public"
        )
    if command.in_public:
        _must_be_fit_for_all(turn, command.text)
    text = turn.about(petition, command.text)
    measure = (
        turn.about(petition, command.measure, "measure", turn.rules.limits.second_length)
        if command.measure is not None
        else None
    )
    files = turn.files(petition, petition.citizen, command.files)
    yield from seated(turn)
    for one in turn.together(petition, "answer"):
        if turn.rules.kinds[one.kind].ends_by == "answer":
            yield ev.Answered(
                petition=one.id,
                by=turn.by,
                to=row.to,
                text=_for(one, text),
                delivery=command.delivery,
                justified=command.justified,
                measure=_for(one, measure) if measure is not None else None,
                in_public=command.in_public and one.origin is not None,
                files=turn.same_files(petition, files, one),
            )


def grant(turn: Turn, command: say.GrantPetition) -> Iterator[Event]:
    """in_review | grant | granted: statutory."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "grant")
    _must_be_statutory(turn, petition)
    figures, text = turn.figures, turn.about(petition, command.text)
    files = turn.files(petition, petition.citizen, command.files)
    for one in turn.together(petition, "grant"):
        if turn.rules.kinds[one.kind].ends_by != "grant":
            continue
        timers = {}
        if command.paper:
            until = max(one.due_at, turn.now) + figures.uncollected_days * DAY_MS
            timers = {"warn": until - figures.uncollected_warning_days * DAY_MS, "uncollected": until}
        yield ev.Granted(
            petition=one.id,
            by=turn.by,
            to=row.to,
            timers=timers,
            text=_for(one, text),
            paper=command.paper,
            files=turn.same_files(petition, files, one),
        )


def collect(turn: Turn, command: say.CollectDocument) -> Iterator[Event]:
    """granted: the paper was collected."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "collect")
    if not petition.paper or petition.collected:
        raise Refused(Refusal.CLOSED, "there is no paper to collect")
    yield ev.Collected(petition=petition.id, by=turn.by, timers={"warn": 0, "uncollected": 0})


def reject(turn: Turn, command: say.RejectPetition) -> Iterator[Event]:
    """in_review | reject | rejected: statutory; with reason and remedies."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "reject")
    _must_be_statutory(turn, petition)
    text = turn.about(petition, command.text)
    files = turn.files(petition, petition.citizen, command.files)
    until = turn.calendar.citizens_last_moment(turn.now, turn.figures.objection_days)
    for one in turn.together(petition, "reject"):
        if turn.rules.kinds[one.kind].ends_by == "grant":
            yield ev.Rejected(
                petition=one.id,
                by=turn.by,
                to=row.to,
                text=_for(one, text),
                remedies_until=until,
                files=turn.same_files(petition, files, one),
            )


def leave_unprocessed(turn: Turn, command: say.LeaveUnprocessed) -> Iterator[Event]:
    """in_review | leave unprocessed | not_processed: a reason of Act 21, never statutory."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "leave_unprocessed")
    _must_not_be_statutory(turn, petition)
    text = turn.about(petition, command.text)
    for one in turn.together(petition, "leave_unprocessed"):
        if not turn.rules.kinds[one.kind].statutory:
            yield ev.LeftUnprocessed(
                petition=one.id, by=turn.by, to=row.to, reason=command.reason, text=_for(one, text)
            )


def close_repeat(turn: Turn, command: say.CloseRepeat) -> Iterator[Event]:
    """received | close repeat | closed_repeat: the third time, notified twice, by the head alone (Act 23)."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "close_repeat")
    _must_not_be_statutory(turn, petition)
    figures, earlier = turn.figures, dict.fromkeys(command.earlier)
    for number, id in enumerate(earlier):
        one = turn.petition(id, f"earlier.{number}")
        if one.citizen != petition.citizen or not 0 < one.received_at <= petition.received_at:
            raise Refused(Refusal.NOT_FOUND, "not an earlier one of theirs", field=f"earlier.{number}")
    notified = [id for id in earlier if turn.ledger.petitions[id].state in NOTIFIED]
    if (
        petition.id in earlier
        or len(earlier) + 1 < figures.repeats
        or len(notified) < figures.notified_repeats
    ):
        raise Refused(
            Refusal.NOT_ALLOWED,
            f"the same {figures.repeats} times, and its result notified {figures.notified_repeats} times",
            field="earlier",
        )
    if petition.is_of_many(turn.rules) and not command.mediated:
        raise Refused(
            Refusal.NOT_ALLOWED, "of many: after the mediation committee (Decree 26)", field="mediated"
        )
    yield ev.ClosedAsRepeat(
        petition=petition.id,
        by=turn.by,
        to=row.to,
        earlier=tuple(earlier),
        text=turn.about(petition, command.text),
        mediated=command.mediated,
    )


def object_to(turn: Turn, command: say.ObjectToRejection) -> Iterator[Event]:
    """rejected | object | objection: statutory, within 60 days, in writing."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "object")
    if turn.now > petition.remedies_until:
        raise Refused(Refusal.CLOSED, f"{turn.figures.objection_days} days have passed")
    turn.day(command.rejected_on, "rejected_on")
    due = turn.objection_due(extended=False, began=turn.now)
    yield ev.Objected(
        petition=petition.id,
        by=turn.by,
        to=row.to,
        due_at=due,
        cause="objection",
        timers={"overdue": due},
        name=turn.short(turn.by, command.name, "name"),
        address=turn.short(turn.by, command.address, "address"),
        contact=turn.short(turn.by, command.contact, "contact"),
        rejected_on=command.rejected_on,
        decision=turn.about(petition, command.decision, "decision", turn.rules.limits.second_length),
        text=turn.about(petition, command.text),
        files=turn.files(petition, petition.citizen, command.files),
    )


def extend_objection(turn: Turn, command: say.ExtendObjection) -> Iterator[Event]:
    """objection: ten more days, once, with the reason."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "extend_objection")
    if petition.objection_extended:
        raise Refused(Refusal.CLOSED, "once")
    due = turn.objection_due(extended=True, began=petition.objected_at)
    yield ev.ObjectionExtended(
        petition=petition.id,
        by=turn.by,
        due_at=due,
        cause="objection_extension",
        timers={"overdue": due},
        text=turn.about(petition, command.text),
    )


def decide_objection(turn: Turn, command: say.DecideObjection) -> Iterator[Event]:
    """objection | decide | upheld or dismissed, with the reason."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "decide_objection", "upheld" if command.upheld else "dismissed")
    yield ev.ObjectionDecided(
        petition=petition.id,
        by=turn.by,
        to=row.to,
        upheld=command.upheld,
        text=turn.about(petition, command.text),
        mediated=command.mediated,
        files=turn.files(petition, petition.citizen, command.files),
    )


def rate(turn: Turn, command: say.RateResult) -> Iterator[Event]:
    """answered, granted, rejected | rate: once; low marks go to the examiners."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "rate")
    if petition.stars:
        raise Refused(Refusal.CONFLICT, "it was rated already")
    yield ev.Rated(
        petition=petition.id,
        by=turn.by,
        stars=command.stars,
        text=turn.about(petition, command.text) if command.text is not None else None,
    )
    if command.stars <= turn.figures.low_stars:
        yield ev.Alarmed(petition=petition.id, by=turn.by, reason="low_rating")


def ask_more(turn: Turn, command: say.AskMore) -> Iterator[Event]:
    """after rating | an additional answer is asked for, by the petitioner or an examiner."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "ask_more")
    if not petition.stars:
        raise Refused(Refusal.CLOSED, "after it was rated")
    if petition.more_asked:
        raise Refused(Refusal.CONFLICT, "it was asked for already")
    yield ev.MoreAsked(petition=petition.id, by=turn.by, text=turn.about(petition, command.text))


def add_answer(turn: Turn, command: say.AddAnswer) -> Iterator[Event]:
    """after rating | additional answer."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "add_answer")
    if not petition.more_asked:
        raise Refused(Refusal.CLOSED, "nobody asked for more")
    yield ev.AnswerAdded(
        petition=petition.id,
        by=turn.by,
        text=turn.about(petition, command.text),
        files=turn.files(petition, petition.citizen, command.files),
    )


def ask_progress(turn: Turn, command: say.AskProgress) -> Iterator[Event]:
    """any open | the petitioner asks how it goes."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "ask_progress")
    yield ev.ProgressTold(petition=petition.id, by=turn.by, asked=True)


def demand(turn: Turn, command: say.DemandCorrection) -> Iterator[Event]:
    """overdue | the petitioner demands it."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "demand")
    _must_be_overdue(petition)
    yield ev.CorrectionDemanded(petition=petition.id, by=turn.by, text=turn.about(petition, command.text))


def dun(turn: Turn, command: say.DunOfficer) -> Iterator[Event]:
    """overdue | the examiner's letter (Decree 28(2))."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "dun")
    _must_be_overdue(petition)
    yield ev.Dunned(petition=petition.id, by=turn.by, text=turn.about(petition, command.text))


def note(turn: Turn, command: say.NoteOnCase) -> Iterator[Event]:
    """The staff's own note."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "note")
    yield ev.Noted(
        petition=petition.id,
        by=turn.by,
        text=turn.about(petition, command.text),
        files=turn.files(petition, petition.citizen, command.files),
    )


def summarise(turn: Turn, command: say.SummarisePetition) -> Iterator[Event]:
    """The summary that the public sees, where the petitioner agreed."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "summarise")
    if not turn.ledger.is_public(petition):
        raise Refused(Refusal.NOT_ALLOWED, "the petitioner did not agree, or the kind is never public")
    _must_be_fit_for_all(turn, command.text)
    yield ev.Summarised(petition=petition.id, by=turn.by, text=turn.about(petition, command.text))


def _for(petition: Petition, text: Personal) -> Personal:
    return text.model_copy(update={"owner": petition.citizen})


def _must_be_fit_for_all(turn: Turn, text: str) -> None:
    if turn.judge(text).level == "strong":
        raise Refused(Refusal.NOT_ALLOWED, "everyone will read it: say it in other words", field="text")


def _must_be_statutory(turn: Turn, petition: Petition) -> None:
    if turn.rules.kinds[petition.kind].ends_by != "grant":
        raise Refused(Refusal.NOT_ALLOWED, "this kind is answered")


def _must_not_be_statutory(turn: Turn, petition: Petition) -> None:
    if turn.rules.kinds[petition.kind].statutory:
        raise Refused(Refusal.NOT_ALLOWED, "never of a statutory petition")


def _must_be_overdue(petition: Petition) -> None:
    if not petition.overdue:
        raise Refused(Refusal.CLOSED, "it is not overdue")
