"""What the audience may do with questions: ask, stand behind one, withdraw, ask for a split."""

from collections.abc import Iterator
from typing import Literal

from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.live_qa import events as e
from worlds.services.live_qa import wording
from worlds.services.live_qa.content import MINUTE, S
from worlds.services.live_qa.roles import Office, holds
from worlds.services.live_qa.state import (
    COUNTED_OPEN,
    ENDED,
    HIDDEN,
    LISTED,
    OWED,
    Person,
    Question,
    Session,
)
from worlds.services.live_qa.venue import Venue

OPEN_PHASES: frozenset[wire.Phase] = frozenset({"collecting", "doors", "live"})


def require_attendee(venue: Venue, session: Session, citizen: Citizen) -> None:
    """Raises Refused unless this citizen may take part, now."""
    if citizen.level < venue.rules.ask_level or citizen.is_visitor:
        raise Refused(Refusal.NOT_ALLOWED, "visitors may read")
    if holds(citizen, Office.OBSERVER, session):
        raise Refused(Refusal.NOT_ALLOWED, "observers read, and take no part")
    if session.phase not in OPEN_PHASES:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    if session.is_stopped:
        raise Refused(Refusal.CLOSED, "the session is stopped")


def reserve(venue: Venue, command: wire.Reserve, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A seat, as long as there are any."""
    session = venue.state.session(command.session)
    if session.phase not in ("scheduled", "collecting", "doors"):
        raise Refused(Refusal.CLOSED)
    seats = session.options.seats or 0
    if command.on == (citizen.id in session.seats):
        return
    if command.on and seats and len(session.seats) >= seats:
        raise Refused(Refusal.FULL, limit="live_qa.seats")
    yield e.SeatChanged(session=session.id, by=citizen.id, is_on=command.on)


def ask(venue: Venue, command: wire.Ask, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A question: published, or waiting for a moderator."""
    session, rules = venue.state.session(command.session), venue.rules
    require_attendee(venue, session, citizen)
    if session.is_muted:
        raise Refused(Refusal.MUTED, "no questions are taken for now")
    text = wording.text_of(command.text, "text", rules.longest_question, rules.shortest_question)
    if venue.content.categories and command.category not in (None, *venue.content.categories):
        raise Refused(Refusal.NOT_FOUND, field="category")
    nickname = None
    if command.nickname is not None:
        nickname = wording.nickname_of(command.nickname, rules.longest_nickname)
    person = session.person(citizen.id)
    _check_limits(venue, session, person, text, now)
    marks = venue.marks(text) + (venue.marks(nickname) if nickname else ())
    is_held = person.is_muted or citizen.is_held
    state, reason = _first_state(session, text, marks, is_held=is_held)
    yield e.Asked(
        session=session.id,
        by=citizen.id,
        question=len(session.questions) + 1,
        name=Personal(owner=citizen.id, text=citizen.name),
        level=citizen.level,
        text=Personal(owner=citizen.id, text=text),
        nickname=Personal(owner=citizen.id, text=nickname) if nickname else None,
        category=command.category,
        language=command.language,
        state=state,
        hold_reason=reason,
        marks=marks,
    )


def _check_limits(venue: Venue, session: Session, person: Person, text: str, now: int) -> None:
    rules = venue.rules
    own = [session.questions[number - 1] for number in person.questions]
    if any(wording.same(venue.texts[q.text]) == wording.same(text) for q in own if q.state != "withdrawn"):
        raise Refused(Refusal.CONFLICT, "you have asked this", field="text")
    limit = rules.questions_open_per_person
    if limit and sum(session.head_of(q).state in COUNTED_OPEN for q in own) >= limit:
        raise Refused(
            Refusal.FULL, f"at most {limit} open questions", limit="live_qa.questions_open_per_person"
        )
    if person.asked_at is not None:
        wait = person.asked_at + rules.question_every_s * S - now
        if wait > 0:
            raise Refused(Refusal.TOO_FAST, retry_after_ms=wait, limit="live_qa.question_every_s")


def _first_state(
    session: Session, text: str, marks: tuple[str, ...], *, is_held: bool
) -> tuple[Literal["pending", "held", "open"], wire.HoldReason | None]:
    """Screening may be off; links, the word filter and a muted asker are looked at all the same (R8, R9, R11)."""
    if is_held:
        return "held", "muted"
    if marks:
        return "held", "word"
    if wording.has_link(text):
        return "held", "link"
    return ("pending" if session.options.is_screened else "open"), None


def vote(venue: Venue, command: wire.Vote, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """One person, one vote; what is so already is done without an event."""
    session = venue.state.session(command.session)
    require_attendee(venue, session, citizen)
    question = visible(session, command.question)
    head = session.head_of(question)
    if head.state not in LISTED:
        raise Refused(Refusal.CLOSED, f"the question is {head.state}")
    united = list(session.united(head))
    if command.on and any(one.author == citizen.id for one in united):
        raise Refused(Refusal.NOT_ALLOWED, "askers count from the start")
    if command.on == any(citizen.id in one.voters for one in united):
        return
    person, limit = session.person(citizen.id), venue.rules.votes_per_minute
    wait = person.votes_since + MINUTE - now
    if limit and person.votes >= limit and wait > 0:
        raise Refused(Refusal.TOO_FAST, retry_after_ms=wait, limit="live_qa.votes_per_minute")
    yield e.Voted(session=session.id, by=citizen.id, question=question.number, is_on=command.on)


def visible(session: Session, number: int) -> Question:
    """A question that the audience may know of; raises Refused not_found."""
    question = session.question(number)
    if question.state in HIDDEN:
        raise Refused(Refusal.NOT_FOUND, field="question")
    return question


def _own(session: Session, number: int, citizen: Citizen) -> Question:
    question = session.question(number)
    if question.author != citizen.id:
        raise Refused(
            Refusal.NOT_FOUND if question.state in HIDDEN else Refusal.NOT_ALLOWED, field="question"
        )
    return question


def withdraw(venue: Venue, command: wire.Withdraw, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Any time before it is taken up; for a while after one's words were changed even then."""
    session = venue.state.session(command.session)
    question = _own(session, command.question, citizen)
    until = withdrawable_until(venue, question)
    may = question.state in ("pending", "held", "open", "next", "merged")
    if not may and not (question.state == "now" and until is not None and now < until):
        raise Refused(Refusal.CLOSED, f"the question is {question.state}")
    heir = min(question.members) if question.members and question.merged_into is None else None
    yield e.Withdrawn(session=session.id, by=citizen.id, question=question.number, heir=heir)
    if heir is None:
        yield from archive(session, question, now)


def withdrawable_until(venue: Venue, question: Question) -> int | None:
    """How long an asker whose words were changed may withdraw whatever becomes of it, ms."""
    if question.edited is None or question.approved_at is None:
        return None
    return question.approved_at + venue.rules.withdraw_edited_s * S


def ask_split(venue: Venue, command: wire.AskSplit, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """The head moderator is asked to look at it again."""
    session = venue.state.session(command.session)
    question = _own(session, command.question, citizen)
    if question.state != "merged" or session.phase in ENDED:
        raise Refused(Refusal.CLOSED, f"the question is {question.state}")
    if not question.wants_split:
        yield e.SplitAsked(session=session.id, by=citizen.id, question=question.number)


def owes(question: Question) -> bool:
    """Whether something is still to come of a question after the event."""
    is_open_end = question.state == "unanswered" and question.no_answer_because is None
    return question.state in OWED or is_open_end


def archive(session: Session, settled: Question, now: int) -> Iterator[e.OfSession]:
    """After the event, the last question that is settled closes the record."""
    if session.phase == "follow_up" and not any(owes(q) for q in session.questions if q is not settled):
        yield e.Advanced(session=session.id, phase="archived")
