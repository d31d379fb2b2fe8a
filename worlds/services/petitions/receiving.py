"""Receiving: number and due date, the way to the right department, transfer, and treating several as one."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from worlds.calendar import DAY_MS
from worlds.service import Event, Personal
from worlds.services.petitions import events as ev
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.rules import KindCode
from worlds.services.petitions.states import rows
from worlds.services.petitions.turn import Turn, is_official

FARTHEST_MS = 5 * 366 * DAY_MS
"""So far ahead another body's date may be: what is further is a slip of the pen, and no calendar shows it."""


def serve(turn: Turn, command: say.ServeDesk) -> Iterator[Event]:
    """An official takes the seat at their department's desk, or leaves it."""
    if not is_official(turn.citizen) or turn.citizen.department is None:
        raise Refused(Refusal.NOT_ALLOWED, "only officials of a department sit at its desk")
    yield _seat(turn, turn.department(turn.citizen.department), command.present, command.contact)


def seated(turn: Turn) -> Iterator[ev.OfficerServes]:
    """Who takes a case in charge without having sat down: their name must be known to those they write to."""
    known = turn.ledger.officers.get(turn.by)
    if known is None or known.department != turn.citizen.department:
        assert turn.citizen.department is not None
        yield _seat(turn, turn.citizen.department, True, None)


def correct(turn: Turn, command: say.CorrectSlip) -> Iterator[Event]:
    """submitted | correct: an obvious slip, with the petitioner's consent."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "correct")
    if petition.proposal is not None:
        raise Refused(Refusal.CONFLICT, "a correction waits for the petitioner already")
    if command.part == "gu":
        raise Refused(Refusal.BAD_MESSAGE, "only what was written is corrected", field="part")
    yield ev.CorrectionProposed(
        petition=petition.id, by=turn.by, part=command.part, text=turn.about(petition, command.text)
    )


def receive(turn: Turn, command: say.ReceivePetition) -> Iterator[Event]:
    """submitted | receive | received: it cannot be refused or withheld."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "receive")
    kind, type_id = petition.kind, command.statutory_type or petition.statutory_type
    if command.kind == "formal_petition":
        raise Refused(Refusal.BAD_MESSAGE, "is of another act", field="kind")
    if command.kind is not None:
        kind = command.kind
    found = turn.rules.type(type_id)
    if type_id is not None and (found is None or kind not in (found.kind, "prior_review")):
        if command.statutory_type is not None:
            raise Refused(Refusal.NOT_FOUND, "this kind has no such type", field="statutory_type")
        type_id = None
    missing = turn.about(petition, command.missing, "missing") if command.missing is not None else None
    yield received(turn, petition, kind, type_id, missing=missing, site_visit=command.site_visit)
    if command.department is not None:
        yield from _handed(turn, petition, kind, turn.department(command.department), None, None)


def received(
    turn: Turn,
    petition: Petition,
    kind: KindCode,
    type_id: str | None,
    *,
    missing: Personal | None = None,
    site_visit: bool = False,
    ahead: int = 0,
) -> ev.Received:
    """The receipt: number, due date, and when routing and progress are due."""
    due = turn.due_of(petition, kind=kind, type_id=type_id)
    return ev.Received(
        petition=petition.id,
        by=turn.by,
        to="received",
        due_at=due,
        cause="receipt",
        timers={
            "receive": 0,
            "overdue": due,
            "route": turn.calendar.add_hours(turn.now, turn.figures.route_hours),
            "progress": turn.calendar.every_days(turn.now, turn.figures.progress_days, turn.now),
        },
        number=turn.ledger.next_number(turn.now, ahead),
        kind=kind,
        statutory_type=type_id,
        missing=missing,
        site_visit=site_visit,
    )


def route(turn: Turn, command: say.RoutePetition) -> Iterator[Event]:
    """received | route | assigned: to a department, and to an officer there; again from a wrong department."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "route")
    department = turn.department(command.department)
    if petition.state == "assigned" and department == petition.department:
        raise Refused(Refusal.CONFLICT, "it is there already", field="department")
    reason = turn.about(petition, command.reason, "reason") if command.reason is not None else None
    yield from _handed(turn, petition, petition.kind, department, command.officer, reason)


def assign(turn: Turn, command: say.AssignOfficer) -> Iterator[Event]:
    """The head of department gives the case to another officer of the department."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "assign")
    assert petition.department is not None
    officer = _officer(turn, petition, petition.department, command.officer)
    if officer == petition.officer:
        raise Refused(Refusal.CONFLICT, "they are in charge already", field="officer")
    yield ev.OfficerAssigned(petition=petition.id, by=turn.by, officer=officer)


def transfer(turn: Turn, command: say.TransferPetition) -> Iterator[Event]:
    """received, assigned | transfer | transferred: another body is competent."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "transfer")
    body = turn.rules.body(command.body)
    if body is None:
        raise Refused(Refusal.NOT_FOUND, "there is no such body", field="body")
    reason = turn.about(petition, command.reason, "reason")
    for one in turn.together(petition, "transfer"):
        yield ev.Transferred(
            petition=one.id,
            by=turn.by,
            to=row.to,
            cause="distant" if body.distant else "",
            timers={
                "transfer": turn.calendar.add_hours(turn.now, turn.figures.transfer_hours),
                "overdue": 0,
                "route": 0,
            },
            body=body.id,
            reason=_for(one, reason),
        )
    if petition.idle_hops + 1 == turn.figures.idle_hops:
        yield ev.Alarmed(petition=petition.id, by=turn.by, reason="hops")


def confirm_transfer(turn: Turn, command: say.ConfirmTransfer) -> Iterator[Event]:
    """transferred | confirmed | closed_transferred, or back."""
    petition = turn.petition(command.petition)
    row = turn.admit(petition, "confirm_transfer", "closed_transferred" if command.accepted else "received")
    other_due = command.other_due_at
    if other_due is not None and other_due > turn.now + FARTHEST_MS:
        raise Refused(
            Refusal.BAD_MESSAGE, "no date by which the other body could be done", field="other_due_at"
        )
    number = command.other_number
    if number is not None:
        number = turn.text(number, "other_number", 60, lines=False)
    for one in turn.together(petition, "confirm_transfer"):
        if command.accepted:
            yield ev.TransferConfirmed(
                petition=one.id,
                by=turn.by,
                to=row.to,
                other_number=number,
                other_due_at=command.other_due_at,
            )
            continue
        due = turn.due_of(one)
        yield ev.TransferSentBack(
            petition=one.id,
            by=turn.by,
            to=row.to,
            due_at=due,
            cause="transfer",
            timers={
                "transfer": 0,
                "overdue": due,
                "route": turn.calendar.add_hours(turn.now, turn.figures.far_route_hours),
            },
        )


def merge(turn: Turn, command: say.MergePetitions) -> Iterator[Event]:
    """Five or more people with the same aim are treated as one; each keeps number, rights and notices."""
    parent = turn.petition(command.petition)
    turn.admit(parent, "merge")
    if parent.parent is not None:
        raise Refused(Refusal.CONFLICT, "it is itself treated with another")
    members: list[Petition] = []
    for number, id in enumerate(dict.fromkeys(command.members)):
        member = turn.petition(id, f"members.{number}")
        if not rows(member.state, "merge") or member.id == parent.id:
            raise Refused(Refusal.CLOSED, "it cannot be merged now", field=f"members.{number}")
        if member.parent is not None or member.members:
            raise Refused(Refusal.CONFLICT, "it is merged already", field=f"members.{number}")
        if member.department != parent.department or not _may(turn, member, "merge"):
            raise Refused(Refusal.NOT_ALLOWED, "it is not on the same desk", field=f"members.{number}")
        members.append(member)
    together = {parent.citizen, *(turn.ledger.petitions[id].citizen for id in parent.members)}
    together |= {member.citizen for member in members}
    if len(together) < turn.figures.merge_people:
        raise Refused(
            Refusal.NOT_ALLOWED,
            f"{turn.figures.merge_people} people or more are treated as one",
            field="members",
        )
    for member in members:
        yield ev.Merged(petition=member.id, by=turn.by, parent=parent.id)


def unmerge(turn: Turn, command: say.UnmergePetition) -> Iterator[Event]:
    """One is treated by itself again."""
    petition = turn.petition(command.petition)
    turn.admit(petition, "unmerge")
    if petition.parent is None:
        raise Refused(Refusal.CONFLICT, "it is treated by itself")
    yield ev.Unmerged(petition=petition.id, by=turn.by)


def _may(turn: Turn, petition: Petition, verb: str) -> bool:
    who = turn.who(petition)
    return any(row.who & who for row in rows(petition.state, verb))


def _handed(
    turn: Turn,
    petition: Petition,
    kind: KindCode,
    department: str,
    named: str | None,
    reason: Personal | None,
) -> Iterator[Event]:
    # One that is just being received has nobody with it yet: it is the only one whose kind may be another now.
    for one in turn.together(petition, "route"):
        if _is_for_audit(one, kind if one is petition else one.kind) and department != turn.rules.audit:
            raise Refused(
                Refusal.NOT_ALLOWED,
                "a repeated grievance goes to the audit department (Decree 17(2))",
                field="department",
            )
    officer = _officer(turn, petition, department, named) if named is not None else None
    officer = officer or turn.ledger.freest_officer(department, petition)
    for one in turn.together(petition, "route"):
        is_judge_of_own = officer is not None and turn.ledger.is_party(one, officer)
        yield ev.Routed(
            petition=one.id,
            by=turn.by,
            to="assigned",
            timers={"route": 0},
            department=department,
            officer=turn.ledger.freest_officer(department, one) if is_judge_of_own else officer,
            reason=_for(one, reason) if reason is not None else None,
        )
    if petition.idle_hops + 1 == turn.figures.idle_hops:
        yield ev.Alarmed(petition=petition.id, by=turn.by, reason="hops")


def _is_for_audit(petition: Petition, kind: KindCode) -> bool:
    return kind == "grievance" and petition.repeats is not None


def _for(petition: Petition, text: Personal) -> Personal:
    return text.model_copy(update={"owner": petition.citizen})


def _officer(turn: Turn, petition: Petition, department: str, id: str) -> str:
    officer = turn.ledger.officers.get(id)
    if officer is None or officer.department != department:
        raise Refused(Refusal.NOT_FOUND, "no such officer serves there", field="officer")
    if turn.ledger.is_party(petition, id):
        raise Refused(Refusal.NOT_ALLOWED, "nobody decides on what they asked for", field="officer")
    return id


def _seat(turn: Turn, department: str, present: bool, contact: str | None) -> ev.OfficerServes:
    place = turn.rules.department(department)
    own = turn.short(turn.by, contact, "contact") if contact is not None else None
    return ev.OfficerServes(
        officer=turn.by,
        department=department,
        present=present,
        name=Personal(owner=turn.by, text=turn.citizen.name),
        contact=own or Personal(owner=turn.by, text=place.contact if place else department),
    )
