"""Reviewing: what is missing, when the clock stands still, more time, and what other bodies know."""

from collections.abc import Iterator
from datetime import timedelta

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from worlds.calendar import day_of, end_of
from worlds.service import Event, Personal
from worlds.services.petitions import events as ev
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.receiving import seated
from worlds.services.petitions.states import rows
from worlds.services.petitions.turn import Turn, is_official


def start(turn: Turn, command: say.StartReview) -> Iterator[Event]:
    """assigned | start | in_review; who starts is in charge. A compound petition asks all others at once."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "start")
    yield from seated(turn)
    for one in turn.together(petition, "start"):
        yield ev.Started(petition=one.id, by=turn.by, to=row.to, officer=turn.by)
    statutory = turn.rules.type(petition.statutory_type)
    if petition.kind == "compound" and statutory is not None:
        others = [id for id in statutory.with_departments if id != petition.department]
        text = Personal(owner=petition.citizen, text=statutory.name.ko)
        for number, id in enumerate(others, len(petition.cooperation)):
            yield _asked(turn, petition, number, id, text, petition.due_at)


def ask_supplement(turn: Turn, command: say.AskSupplement) -> Iterator[Event]:
    """in_review | ask supplement | supplement: within 8 hours of receipt, later only for what a site visit shows."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "ask_supplement")
    figures = turn.figures
    latest = turn.calendar.add_hours(petition.received_at, figures.supplement_hours)
    if turn.now > latest and not command.found_on_site:
        raise Refused(
            Refusal.CLOSED,
            f"{figures.supplement_hours} working hours after receipt only what a site visit showed is asked for",
            field="found_on_site",
        )
    _within(command.days, figures.longest_supplement_days, "days")
    until = turn.calendar.citizens_last_moment(turn.now, command.days)
    items = tuple(
        ev.Missing(
            what=turn.about(petition, item.what, f"items.{number}.what"),
            article=turn.text(item.article, f"items.{number}.article", 120, lines=False),
        )
        for number, item in enumerate(command.items)
    )
    turn.text("".join(item.what.text for item in items), "items")
    files = turn.files(petition, petition.citizen, command.files)
    yield from seated(turn)
    yield ev.SupplementAsked(
        petition=petition.id,
        by=turn.by,
        to=row.to,
        timers=_supplement_timers(turn, until),
        items=items,
        days=command.days,
        until=until,
        found_on_site=command.found_on_site,
        files=files,
    )


def ask_longer(turn: Turn, command: say.AskLonger) -> Iterator[Event]:
    """supplement | ask longer: at most twice, with the time needed."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "ask_longer")
    if petition.longer_asked >= turn.figures.supplement_extensions:
        raise Refused(Refusal.CLOSED, f"at most {turn.figures.supplement_extensions} times")
    if petition.asked_again:
        raise Refused(Refusal.CLOSED, "this is the last chance")
    _within(command.days, turn.figures.longest_supplement_days, "days")
    until = turn.calendar.citizens_last_moment(max(petition.until, turn.now), command.days)
    yield ev.SupplementLengthened(
        petition=petition.id,
        by=turn.by,
        timers=_supplement_timers(turn, until),
        days=command.days,
        until=until,
    )


def ask_supplement_again(turn: Turn, command: say.AskSupplementAgain) -> Iterator[Event]:
    """supplement, expired | ask again: once, up to 10 days."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "ask_supplement_again")
    _must_be_expired(petition)
    if petition.asked_again:
        raise Refused(Refusal.CLOSED, "it was asked for a second time already")
    _within(command.days, turn.figures.second_supplement_days, "days")
    until = turn.calendar.citizens_last_moment(turn.now, command.days)
    yield ev.SupplementAskedAgain(
        petition=petition.id,
        by=turn.by,
        timers=_supplement_timers(turn, until),
        days=command.days,
        until=until,
    )


def answer_supplement(turn: Turn, command: say.AnswerSupplement) -> Iterator[Event]:
    """supplement | answer | in_review: the clock runs again."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "answer_supplement")
    due = turn.due_of(petition)
    yield ev.SupplementAnswered(
        petition=petition.id,
        by=turn.by,
        to=row.to,
        due_at=due,
        cause="supplement",
        timers={"overdue": due, "supplement": 0, "remind": 0},
        text=turn.about(petition, command.text),
        files=turn.files(petition, petition.citizen, command.files),
    )


def return_petition(turn: Turn, command: say.ReturnPetition) -> Iterator[Event]:
    """supplement, expired | return | returned: a formal defect that was not cured."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "return")
    _must_be_expired(petition)
    text = turn.about(petition, command.text)
    yield from seated(turn)
    yield ev.Returned(petition=petition.id, by=turn.by, to=row.to, text=text)


def mark_undeliverable(turn: Turn, command: say.MarkUndeliverable) -> Iterator[Event]:
    """supplement | undeliverable twice | deemed_withdrawn, by public notice."""
    petition = turn.petition(command.petition)
    if petition.undelivered + 1 < turn.figures.undeliverable_times:
        turn.admit(petition, "mark_undeliverable")
        yield ev.Undelivered(petition=petition.id, by=turn.by)
    else:
        row = turn.admit(petition, "mark_undeliverable", "deemed_withdrawn")
        yield ev.DeemedWithdrawn(petition=petition.id, by=turn.by, to=row.to)


def clock_out(turn: Turn, command: say.ClockOut) -> Iterator[Event]:
    """in_review | site work, hearing, test | clock_out; site work is lengthened once."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "clock_out")
    figures, longer = turn.figures, petition.state == "clock_out"
    text = turn.about(petition, command.text) if command.text is not None else None
    if longer:
        if petition.pause != "site_work" or command.reason != "site_work" or petition.paused_longer:
            raise Refused(Refusal.CLOSED, "only site work is lengthened, and once", field="reason")
        longest = end_of(day_of(petition.until) + timedelta(days=figures.longer_site_days))
        until = turn.last_moment(command.last_day, "last_day", 366)
        if not petition.until < until <= longest:
            raise Refused(
                Refusal.BAD_MESSAGE, f"at most {figures.longer_site_days} days more", field="last_day"
            )
    else:
        if command.reason == "representatives" and petition.people < figures.represented_people:
            raise Refused(
                Refusal.NOT_ALLOWED,
                f"{figures.represented_people} people or more name representatives (Decree 8)",
                field="reason",
            )
        # The day itself counts: 14 days end on the 13th day after it.
        days = figures.site_days if command.reason == "site_work" else figures.longest_pause_days
        until = turn.last_moment(command.last_day, "last_day", days - 1)
    yield from seated(turn)
    for one in turn.together(petition, "clock_out"):
        if one is petition or one.state == petition.state:
            yield ev.ClockedOut(
                petition=one.id,
                by=turn.by,
                to=row.to,
                timers={"out": until + 1, "overdue": 0},
                reason=command.reason,
                until=until,
                longer=longer,
                text=text.model_copy(update={"owner": one.citizen}) if text else None,
            )


def clock_in(turn: Turn, command: say.ClockIn) -> Iterator[Event]:
    """clock_out | done | in_review, with a new due date."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "clock_in")
    for one in turn.together(petition, "clock_in"):
        yield clocked_in(turn, one)


def clocked_in(turn: Turn, petition: Petition) -> ev.ClockedIn:
    """The clock runs again."""
    due = turn.due_of(petition)
    return ev.ClockedIn(
        petition=petition.id,
        by=turn.by,
        to="in_review",
        due_at=due,
        cause=petition.pause or "",
        timers={"overdue": due, "out": 0},
    )


def name_representatives(turn: Turn, command: say.NameRepresentatives) -> Iterator[Event]:
    """clock_out for it | up to three speak for all; the body names them when nobody did in time (Decree 8)."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "name_representatives")
    if petition.state == "clock_out" and turn.by != petition.citizen and turn.now <= petition.until:
        raise Refused(Refusal.NOT_ALLOWED, "until its time is over they name them themselves")
    is_waiting = petition.pause == "representatives"
    if not is_waiting and not petition.lacks_representatives:
        raise Refused(Refusal.CLOSED, "representatives were not asked for")
    people = {petition.citizen, *(signer[0] for signer in petition.signers)}
    for number, id in enumerate(command.citizens):
        if id not in people:
            raise Refused(Refusal.NOT_FOUND, "has not signed", field=f"citizens.{number}")
    named = ev.RepresentativesNamed(
        petition=petition.id, by=turn.by, to=row.to, citizens=tuple(dict.fromkeys(command.citizens))
    )
    if is_waiting:
        due = turn.due_of(petition)
        counted = {"due_at": due, "cause": "representatives", "timers": {"overdue": due, "out": 0}}
        named = named.model_copy(update=counted)
    yield named


def extend(turn: Turn, command: say.ExtendPeriod) -> Iterator[Event]:
    """in_review | extend: for a reason of Decree 21, by at most the original period; again only with consent."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "extend")
    text = turn.about(petition, command.text)
    if petition.proposal is not None:
        raise Refused(Refusal.CONFLICT, "an extension waits for the petitioner's consent")
    for one in turn.together(petition, "extend"):
        if len(one.extensions) >= turn.figures.extensions:
            raise Refused(Refusal.CLOSED, f"at most {turn.figures.extensions} times")
        period = turn.rules.period(one.kind, one.statutory_type)
        _within(command.amount, period.amount, "amount")
        due = turn.due_of(one, extra=command.amount)
        own = text.model_copy(update={"owner": one.citizen})
        if one.extensions:
            yield ev.ExtensionProposed(
                petition=one.id,
                by=turn.by,
                reason=command.reason,
                amount=command.amount,
                would_be_due_at=due,
                text=own,
            )
        else:
            yield ev.Extended(
                petition=one.id,
                by=turn.by,
                due_at=due,
                cause="extension",
                timers={"overdue": due},
                reason=command.reason,
                amount=command.amount,
                text=own,
            )


def ask_cooperation(turn: Turn, command: say.AskCooperation) -> Iterator[Event]:
    """in_review | ask co-operation: of another department or body, by a day (Act 20)."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "ask_cooperation")
    if turn.rules.department(command.body) is None and turn.rules.body(command.body) is None:
        raise Refused(Refusal.NOT_FOUND, "there is no such department or body", field="body")
    if command.body == petition.department:
        raise Refused(Refusal.CONFLICT, "that is this department", field="body")
    until = turn.last_moment(command.last_day, "last_day", turn.figures.longest_pause_days)
    text = turn.about(petition, command.text)
    yield from seated(turn)
    yield _asked(turn, petition, len(petition.cooperation), command.body, text, until)


def cooperate(turn: Turn, command: say.Cooperate) -> Iterator[Event]:
    """The other department answers, or asks once for longer; for another body the officer enters it."""
    petition = turn.petition(command.petition)
    if command.request >= len(petition.cooperation):
        raise Refused(Refusal.NOT_FOUND, "there is no such request", field="request")
    asked = petition.cooperation[command.request]
    theirs = is_official(turn.citizen) and turn.citizen.department == asked["body"]
    if not theirs or turn.ledger.is_party(petition, turn.by):
        turn.admit(petition, "cooperate")
    elif not rows(petition.state, "cooperate"):
        raise Refused(Refusal.CLOSED, "it is no longer reviewed")
    if "answer" in asked:
        raise Refused(Refusal.CLOSED, "it was answered already", field="request")
    if (command.text is None) == (command.last_day is None):
        raise Refused(Refusal.BAD_MESSAGE, "either an answer, or a later day", field="text")
    timer = f"cooperation.{command.request}"
    if command.text is not None:
        yield ev.CooperationAnswered(
            petition=petition.id,
            by=turn.by,
            timers={timer: 0},
            request=command.request,
            text=turn.about(petition, command.text),
        )
        return
    if asked["longer"]:
        raise Refused(Refusal.CLOSED, "it was lengthened once already", field="last_day")
    assert command.last_day is not None
    until = turn.last_moment(command.last_day, "last_day", turn.figures.longest_pause_days)
    if until <= asked["until"]:
        raise Refused(Refusal.BAD_MESSAGE, "that is no later", field="last_day")
    yield ev.CooperationLengthened(
        petition=petition.id, by=turn.by, timers={timer: until + 1}, request=command.request, until=until
    )


def _asked(turn: Turn, petition: Petition, number: int, body: str, text: Personal, until: int) -> Event:
    return ev.CooperationAsked(
        petition=petition.id,
        by=turn.by,
        timers={f"cooperation.{number}": until + 1},
        request=number,
        body=body,
        text=text,
        until=until,
    )


def _supplement_timers(turn: Turn, until: int) -> dict[str, int]:
    early = turn.figures.supplement_reminder_days
    remind = turn.calendar.last_working_day(day_of(until) - timedelta(days=early))
    at = turn.calendar.spans(remind)[0][0]
    return {"supplement": until + 1, "remind": at if early and at > turn.now else 0, "overdue": 0}


def _must_be_expired(petition: Petition) -> None:
    if not petition.expired:
        raise Refused(Refusal.CLOSED, "the petitioner's time is not over")


def _within(amount: int, most: int, field: str) -> None:
    if amount > most:
        raise Refused(Refusal.BAD_MESSAGE, f"at most {most}", field=field)
