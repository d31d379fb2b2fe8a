"""What becomes of questions on the stage and after: next, now, answered, deferred, reopened, settled."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.services.live_qa import events as e
from worlds.services.live_qa import wording
from worlds.services.live_qa.asking import archive
from worlds.services.live_qa.inside import NotePetition
from worlds.services.live_qa.moderation import expect, require_state
from worlds.services.live_qa.roles import Office, holds, require, require_host
from worlds.services.live_qa.state import ENDED, Question, Session
from worlds.services.live_qa.venue import Venue


def _still_open(
    venue: Venue, command: wire.Pin | wire.Defer, citizen: Citizen, now: int
) -> tuple[Session, Question]:
    """The question whose turn a host decides on, as the host saw it."""
    session = venue.state.session(command.session)
    require_host(citizen, session)
    question = session.question(command.question)
    if session.phase not in ("collecting", "doors", "live", "closing"):
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    expect(question, command.version, now)
    require_state(question, "open", "next", "now")
    return session, question


def pin(venue: Venue, command: wire.Pin, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Up to three are next; one is answered at a time."""
    session, question = _still_open(venue, command, citizen, now)
    if question.state == command.to:
        return
    limit = venue.rules.next_questions
    if command.to == "next" and limit and len(session.next) >= limit:
        raise Refused(Refusal.FULL, f"at most {limit} are next", field="to", limit="live_qa.next_questions")
    if command.to == "now":
        if session.phase not in ("live", "closing"):
            raise Refused(Refusal.CLOSED, f"the session is {session.phase}", field="to")
        if (taken := session.now) is not None:
            raise Refused(Refusal.CONFLICT, f"question {taken.number} is being answered", field="to")
    office = wording.text_of(command.office, "office", 64) if command.office is not None else None
    yield e.Pinned(session=session.id, by=citizen.id, question=question.number, to=command.to, office=office)


def office_of(citizen: Citizen, session: Session) -> str:
    """In which office someone answers, where they do not say."""
    if "mayor" in citizen.grants:
        return "mayor"
    if citizen.department:
        return citizen.department
    return "answerer" if holds(citizen, Office.ANSWERER, session) else "clerk"


def answer(venue: Venue, command: wire.AnswerQuestion, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Live, by who answers or takes the minutes; later in writing, by the department that owes it."""
    session, longest = venue.state.session(command.session), venue.rules.longest_answer
    question = session.question(command.question)
    _require_answerer(session, question, citizen)
    expect(question, command.version, now)
    require_state(question, "now", "deferred", "unanswered")
    is_live = question.state == "now"
    text = wording.text_of(command.text, "text", longest, 0 if is_live else 1, has_lines=True)
    office = command.office or question.answered_by or office_of(citizen, session)
    yield e.Answered(
        session=session.id,
        by=citizen.id,
        question=question.number,
        text=text,
        office=wording.text_of(office, "office", 64),
        recording_offset_s=command.recording_offset_s,
    )
    yield from archive(session, question, now)


def _require_answerer(session: Session, question: Question, citizen: Citizen) -> None:
    is_of_department = (
        question.state == "deferred"
        and citizen.department == question.department
        and any(role.partition("@")[0] == "official" for role in citizen.roles)
    )
    if not is_of_department:
        require(citizen, session, Office.ANSWERER, Office.CLERK)


def defer(venue: Venue, command: wire.Defer, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A department answers: from here on it is a petition of its asker, with the period of its kind."""
    session, question = _still_open(venue, command, citizen, now)
    yield e.Deferred(
        session=session.id,
        by=citizen.id,
        question=question.number,
        department=wording.text_of(command.department, "department", 64),
        kind=command.kind,
    )


def reopen(venue: Venue, command: wire.Reopen, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """The answer was none: it is in the list again."""
    session = venue.state.session(command.session)
    require_host(citizen, session)
    question = session.question(command.question)
    if session.phase == "archived":
        raise Refused(Refusal.CLOSED, "the record is closed")
    expect(question, command.version, now)
    require_state(question, "answered")
    yield e.Reopened(session=session.id, by=citizen.id, question=question.number)


def settle(venue: Venue, command: wire.Settle, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """What nobody came to has a date for a written answer, or a reason why there is none."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.HOST, Office.CLERK, Office.HEAD_MODERATOR)
    question = session.question(command.question)
    if session.phase not in ENDED:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    expect(question, command.version, now)
    require_state(question, "unanswered")
    if (command.due_at is None) == (command.reason is None):
        raise Refused(Refusal.BAD_MESSAGE, "either a date or a reason", field="due_at")
    if command.due_at is not None and command.due_at <= now:
        raise Refused(Refusal.BAD_MESSAGE, "the date is past", field="due_at")
    if command.due_at is not None:
        wording.require_near(command.due_at, now, venue.rules.farthest_days, "due_at")
    reason = None
    if command.reason is not None:
        reason = wording.text_of(command.reason, "reason", venue.rules.longest_reason)
    yield e.Settled(
        session=session.id,
        by=citizen.id,
        question=question.number,
        due_at=command.due_at,
        reason=reason,
    )
    if reason is not None:
        yield from archive(session, question, now)


def note_petition(venue: Venue, command: NotePetition, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """The petition's number, due date and department, as far as they are news; with its end the question is settled."""
    session = venue.state.session(command.session)
    question = session.question(command.question)
    is_new_date = command.due_at is not None and command.due_at != question.due_at
    is_elsewhere = command.department not in (None, question.department)
    if question.petition != command.petition or is_new_date or is_elsewhere:
        yield e.PetitionNoted(
            session=session.id,
            question=question.number,
            petition=command.petition,
            due_at=command.due_at,
            department=command.department,
        )
    if command.end is None or question.state != "deferred":
        return
    reason = venue.content.words.deferrals[command.end] if command.end != "answered" else None
    yield e.DeferralEnded(
        session=session.id,
        question=question.number,
        end=command.end,
        text=command.text,
        reason=f"{reason.ko} / {reason.en}" if reason is not None else "",
    )
    yield from archive(session, question, now)
