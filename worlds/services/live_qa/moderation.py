"""The moderation desk: claims, publishing, holding, dismissing, labels, joining and splitting, muting, revealing."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.live_qa import events as e
from worlds.services.live_qa import wording
from worlds.services.live_qa.asking import archive
from worlds.services.live_qa.content import S
from worlds.services.live_qa.roles import Office, require, require_head
from worlds.services.live_qa.state import ENDED, LISTED, WAITING, Question, Session
from worlds.services.live_qa.venue import Venue

MAX_LABELS = 8
"""Labels on one question: more than a row shows."""


def expect(question: Question, version: int, now: int) -> None:
    """Raises Refused conflict, with the row as it is, when the command was given on an older one (R7)."""
    if question.version != version:
        claim = ""
        if question.claimed_by is not None and question.claimed_until > now:
            claim = f", claimed by {question.claimed_by} until {question.claimed_until}"
        row = f"version {question.version}: {question.state}{claim}"
        raise Refused(Refusal.CONFLICT, row, field="version")


def require_state(question: Question, *states: wire.QuestionState) -> None:
    """Raises Refused closed for a question in another state."""
    if question.state not in states:
        raise Refused(Refusal.CLOSED, f"the question is {question.state}")


def is_claimed_by_other(question: Question, citizen: Citizen, now: int) -> bool:
    """Whether someone else works on it."""
    return question.claimed_by not in (None, citizen.id) and question.claimed_until > now


def _at_desk(
    venue: Venue, name: str, number: int, version: int, citizen: Citizen, now: int
) -> tuple[Session, Question]:
    session = venue.state.session(name)
    require(citizen, session, Office.MODERATOR)
    question = session.question(number)
    if session.phase == "archived":
        raise Refused(Refusal.CLOSED, "the record is closed")
    expect(question, version, now)
    return session, question


def _claimed(
    venue: Venue, name: str, number: int, version: int, citizen: Citizen, now: int
) -> tuple[Session, Question]:
    """A question that waits, on which this moderator works."""
    session, question = _at_desk(venue, name, number, version, citizen, now)
    require_state(question, *WAITING)
    if question.claimed_by != citizen.id or question.claimed_until <= now:
        raise Refused(Refusal.NOT_ALLOWED, "claim it first")
    return session, question


def claim(venue: Venue, command: wire.Claim, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A lease, renewed by claiming again; the head moderator may take one over."""
    session, question = _at_desk(venue, command.session, command.question, command.version, citizen, now)
    require_state(question, *WAITING)
    if command.take_over:
        require_head(citizen, session)
    elif is_claimed_by_other(question, citizen, now):
        row = f"version {question.version}: claimed by {question.claimed_by} until {question.claimed_until}"
        raise Refused(Refusal.CONFLICT, row)
    if not command.on and question.claimed_by != citizen.id:
        return
    until = now + venue.rules.claim_s * S if command.on else 0
    yield e.Claimed(session=session.id, by=citizen.id, question=question.number, until=until)


def approve(venue: Venue, command: wire.Approve, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Published; changed words belong to the asker like their own, so that erasing takes both."""
    session, question = _claimed(venue, command.session, command.question, command.version, citizen, now)
    if question.hold_reason == "second_opinion" and question.held_by == citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, "you asked for the opinion of another")
    text = None
    if command.text is not None:
        rules = venue.rules
        words = wording.text_of(command.text, "text", rules.longest_question, rules.shortest_question)
        if words != venue.texts[question.text]:
            text = Personal(owner=question.author, text=words)
    yield e.Approved(session=session.id, by=citizen.id, question=question.number, text=text)


def hold(venue: Venue, command: wire.Hold, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Looked at more closely, by another or by who knows the law."""
    session, question = _claimed(venue, command.session, command.question, command.version, citizen, now)
    yield e.Held(session=session.id, by=citizen.id, question=question.number, reason=command.reason)


def dismiss(venue: Venue, command: wire.Dismiss, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Not published, always with a reason."""
    session, question = _claimed(venue, command.session, command.question, command.version, citizen, now)
    yield e.Dismissed(session=session.id, by=citizen.id, question=question.number, reason=command.reason)
    yield from archive(session, question, now)


def restore(venue: Venue, command: wire.Restore, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """The head moderator undoes a dismissal."""
    session, question = _at_desk(venue, command.session, command.question, command.version, citizen, now)
    require_head(citizen, session)
    require_state(question, "dismissed")
    yield e.Restored(session=session.id, by=citizen.id, question=question.number)


def label(venue: Venue, command: wire.PutLabel, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Several per question, for the desk or for all; work on a claimed one renews the claim."""
    session, question = _at_desk(venue, command.session, command.question, command.version, citizen, now)
    if question.state == "withdrawn" or is_claimed_by_other(question, citizen, now):
        raise Refused(Refusal.CONFLICT, f"version {question.version}: {question.state}")
    word = wording.text_of(command.label, "label", 0)
    if command.on and word not in question.labels and len(question.labels) >= MAX_LABELS:
        raise Refused(Refusal.FULL, f"at most {MAX_LABELS} labels", field="label", limit="live_qa.labels")
    if not command.on and word not in question.labels:
        raise Refused(Refusal.NOT_FOUND, field="label")
    is_public = command.is_public if command.on else question.labels[word]
    yield e.Labelled(
        session=session.id,
        by=citizen.id,
        question=question.number,
        label=word,
        is_public=is_public,
        is_on=command.on,
    )
    if question.claimed_by == citizen.id and question.claimed_until > now:
        until = now + venue.rules.claim_s * S
        yield e.Claimed(session=session.id, by=citizen.id, question=question.number, until=until)


def merge(venue: Venue, command: wire.Merge, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Two that ask the same become one; its backers are all people behind either, each once (R5)."""
    session, question = _at_desk(venue, command.session, command.question, command.version, citizen, now)
    require_state(question, "open")
    into = session.question(command.into)
    if into is question:
        raise Refused(Refusal.CONFLICT, "a question is not joined with itself", field="into")
    if into.state not in LISTED:
        raise Refused(Refusal.CLOSED, f"question {into.number} is {into.state}", field="into")
    yield e.Merged(session=session.id, by=citizen.id, question=question.number, into=into.number)


def split(venue: Venue, command: wire.Split, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Each has its own backers again, less those who withdrew since."""
    session, question = _at_desk(venue, command.session, command.question, command.version, citizen, now)
    require_head(citizen, session)
    require_state(question, "merged")
    yield e.Split(session=session.id, by=citizen.id, question=question.number)


def reveal(venue: Venue, command: wire.Reveal, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """The name of an asker, for a reason, kept in the journal (R6)."""
    session = venue.state.session(command.session)
    require_head(citizen, session)
    question = session.question(command.question)
    reason = wording.text_of(command.reason, "reason", venue.rules.longest_reason)
    yield e.Revealed(
        session=session.id, by=citizen.id, question=question.number, reason=reason, is_told=command.tell
    )


def mute(venue: Venue, command: wire.Mute, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Later questions of someone are held; votes count all the same, and they are told (R11)."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.MODERATOR)
    if session.phase in ENDED:
        raise Refused(Refusal.CLOSED)
    reason = wording.text_of(command.reason, "reason", venue.rules.longest_reason)
    if command.citizen not in session.people and command.citizen not in session.hands:
        raise Refused(Refusal.NOT_FOUND, field="citizen")
    if session.person(command.citizen).is_muted != command.on:
        yield e.Muted(
            session=session.id, by=citizen.id, citizen=command.citizen, is_on=command.on, reason=reason
        )
