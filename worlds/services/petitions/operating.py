"""Operating: when the information system is down, the city's own table of holidays, the monthly check."""

from collections import Counter
from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from worlds.calendar import day_of
from worlds.service import Event
from worlds.services.petitions import events as ev
from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.turn import Turn, holds

MOST_YEARS_AHEAD = 5
"""How far from now a day of the table may be."""


def report_outage(turn: Turn, command: say.ReportOutage) -> Iterator[Event]:
    """The system is down from a moment on, or was; its end sets the clock right."""
    _must_be_operator(turn)
    outages, number = turn.ledger.outages, command.outage
    if number is None:
        begins, ko, en = command.begins_at or turn.now, "", ""
        number = len(outages)
    else:
        if number >= len(outages):
            raise Refused(Refusal.NOT_FOUND, "there is no such outage", field="outage")
        begins, ended, ko, en = outages[number]
        if ended:
            raise Refused(Refusal.CLOSED, "it is over", field="outage")
        if command.begins_at is not None and command.begins_at != begins:
            raise Refused(Refusal.CONFLICT, "it began at another time", field="begins_at")
        if command.ends_at is None:
            raise Refused(Refusal.BAD_MESSAGE, "when did it end?", field="ends_at")
    if begins > turn.now or (command.ends_at is not None and not begins < command.ends_at <= turn.now):
        raise Refused(Refusal.BAD_MESSAGE, "it began before it ended, and both are past", field="ends_at")
    if command.note is not None:
        ko, en = turn.text(command.note.ko, "note.ko", 500), turn.text(command.note.en, "note.en", 500)
    yield ev.OutageReported(outage=number, begins_at=begins, ends_at=command.ends_at, ko=ko, en=en)


def change_calendar(turn: Turn, command: say.ChangeCalendar) -> Iterator[Event]:
    """Days become holidays, or working days; what is open is counted anew (C8)."""
    _must_be_operator(turn)
    if not command.holidays and not command.working_days:
        raise Refused(Refusal.BAD_MESSAGE, "no day is changed", field="holidays")
    year = day_of(turn.now).year
    for field, days in (
        ("holidays", [one.day for one in command.holidays]),
        ("working_days", command.working_days),
    ):
        for number, day in enumerate(days):
            if abs(turn.day(day, f"{field}.{number}").year - year) > MOST_YEARS_AHEAD:
                raise Refused(Refusal.BAD_MESSAGE, "too far away", field=f"{field}.{number}")
    if {one.day for one in command.holidays} & set(command.working_days):
        raise Refused(Refusal.CONFLICT, "a day is both", field="working_days")
    yield ev.CalendarChanged(
        holidays=tuple(
            (one.day, turn.text(one.name, f"holidays.{number}.name", 60, lines=False))
            for number, one in enumerate(command.holidays)
        ),
        working_days=tuple(command.working_days),
    )


def check_month(turn: Turn, command: say.CheckMonth) -> Iterator[Event]:
    """The monthly check is for examiners and operators."""
    if not holds(turn.citizen, "examiner") and not turn.citizen.has("operator"):
        raise Refused(Refusal.NOT_ALLOWED, "for examiners and operators")
    yield from ()


def month(ledger: Ledger, text: str) -> say.MonthShown:
    """How the petitions received in a month (YYYY-MM) were treated (Rule 7)."""
    ids = ledger.months.get(text[2:4] + text[5:7], [])
    petitions = [ledger.petitions[id] for id in ids]
    stars = [petition.stars for petition in petitions if petition.stars]
    ended = [petition for petition in petitions if petition.ended_at]
    return say.MonthShown(
        month=text,
        received=len(petitions),
        ended=len(ended),
        in_time=sum(1 for petition in ended if not petition.was_overdue),
        extended=sum(1 for petition in petitions if petition.extensions),
        extension_reasons=dict(Counter(reason for one in petitions for reason in one.extensions)),
        overdue=sum(1 for petition in petitions if petition.was_overdue),
        returned=sum(1 for petition in petitions if petition.state == "returned"),
        closed_repeat=sum(1 for petition in petitions if petition.state == "closed_repeat"),
        rated=len(stars),
        satisfaction=sum(stars) / len(stars) if stars else None,
    )


def _must_be_operator(turn: Turn) -> None:
    if not turn.citizen.has("operator"):
        raise Refused(Refusal.NOT_ALLOWED, "for operators")
