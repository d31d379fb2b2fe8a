"""Timers: what follows when nobody did anything; and due dates counted anew, some in each round."""

from collections.abc import Iterator

from worlds.calendar import DAY_MS, day_of, end_of
from worlds.service import Event
from worlds.services.petitions import events as ev
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.receiving import received
from worlds.services.petitions.reviewing import clocked_in
from worlds.services.petitions.states import RUNNING
from worlds.services.petitions.turn import Turn

MOST_IN_A_ROUND = 200
"""Petitions: a round stays short while many deadlines have come at once; the rest comes with the next."""


def due(turn: Turn) -> Iterator[Event]:
    """What follows from the timers that have come, and from what is to be counted anew."""
    counted = tuple(turn.ledger.recount)[:MOST_IN_A_ROUND]
    for id in counted:
        yield from _recounted(turn, turn.ledger.petitions[id], turn.ledger.recount[id])
    if counted:
        yield ev.Recounted(petitions=counted)
        return  # what was counted anew may have moved the timers
    receipts = 0
    for _, id, name in turn.ledger.timers_until(turn.now, MOST_IN_A_ROUND):
        petition = turn.ledger.petitions[id]
        if name == "receive":
            turn.admit(petition, "receive")
            yield received(turn, petition, petition.kind, petition.statutory_type, ahead=receipts)
            receipts += 1
        else:
            yield from _come(turn, petition, name)


def _come(turn: Turn, petition: Petition, name: str) -> Iterator[Event]:
    id, gone = petition.id, {name: 0}
    match name.partition(".")[0]:
        case "draft":
            turn.admit(petition, "draft_expired")
            yield ev.DraftDropped(petition=id)
        case "route":
            turn.admit(petition, "late_routing")
            yield ev.Alarmed(petition=id, timers=gone, reason="routing")
        case "transfer":
            turn.admit(petition, "late_transfer")
            yield ev.Alarmed(petition=id, timers=gone, reason="transfer")
        case "cooperation":
            turn.admit(petition, "late_cooperation")
            yield ev.Alarmed(petition=id, timers=gone, reason="cooperation")
        case "overdue":
            yield from _overdue(turn, petition)
        case "progress":
            turn.admit(petition, "progress")
            every = turn.figures.progress_days
            following = turn.calendar.every_days(petition.received_at, every, turn.now)
            yield ev.ProgressTold(petition=id, timers={"progress": following})
        case "remind":
            turn.admit(petition, "remind_supplement")
            yield ev.SupplementReminded(petition=id, timers=gone)
        case "supplement":
            turn.admit(petition, "supplement_expired")
            yield ev.SupplementExpired(petition=id, timers=gone)
        case "out":
            turn.admit(petition, "clock_in")
            yield clocked_in(turn, petition)
        case "warn":
            turn.admit(petition, "warn_uncollected")
            until = petition.timers.get("uncollected", turn.now)
            yield ev.CollectionWarned(petition=id, timers=gone, until=until)
        case "uncollected":
            row = turn.admit(petition, "uncollected")
            yield ev.ClosedUncollected(petition=id, to=row.to, timers=gone)
        case _:
            raise LookupError(name)


def _overdue(turn: Turn, petition: Petition) -> Iterator[Event]:
    turn.admit(petition, "overdue")
    counted = petition.due_at if petition.state == "objection" else turn.due_of(petition)
    if counted > turn.now:  # the system is down, and its time does not count
        yield ev.DueMoved(petition=petition.id, due_at=counted, cause="outage", timers={"overdue": counted})
        return
    # A promise that the officer may keep: some working days from tomorrow.
    expected = turn.calendar.add_days(turn.now + DAY_MS, turn.figures.overdue_days)
    yield ev.BecameOverdue(petition=petition.id, timers={"overdue": 0}, expected_at=expected)
    yield ev.Alarmed(petition=petition.id, reason="overdue")


def _recounted(turn: Turn, petition: Petition, cause: str) -> Iterator[Event]:
    id = petition.id
    match petition.state:
        case "submitted":
            latest = turn.calendar.add_hours(petition.arrived_at, turn.figures.receive_hours)
            if latest != petition.timers.get("receive", latest):
                yield ev.DueMoved(petition=id, cause=cause, timers={"receive": max(latest, turn.now)})
        case "supplement" if not petition.expired:
            last = turn.calendar.next_working_day(day_of(petition.until))
            if end_of(last) > petition.until:
                until = end_of(last)
                yield ev.DueMoved(petition=id, cause=cause, timers={"supplement": until + 1}, until=until)
        case "objection":
            moved = turn.objection_due(extended=petition.objection_extended, began=petition.objected_at)
            if moved != petition.due_at:
                yield _moved(turn, petition, moved, cause)
        case state if state in RUNNING:
            moved = turn.due_of(petition)
            if moved != petition.due_at:
                yield _moved(turn, petition, moved, cause)
        case _:
            pass


def _moved(turn: Turn, petition: Petition, due_at: int, cause: str) -> ev.DueMoved:
    return ev.DueMoved(petition=petition.id, due_at=due_at, cause=cause, timers={"overdue": due_at})
