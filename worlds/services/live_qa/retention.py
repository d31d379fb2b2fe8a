"""Which texts of a question time that is over need no longer be kept, and what leaves the state with them."""

from collections.abc import Collection, Iterator

from worlds.service import Personal
from worlds.services.live_qa.content import DAY
from worlds.services.live_qa.state import ENDED, WAITING, Question, Session
from worlds.services.live_qa.venue import Venue


def expired(venue: Venue, now: int) -> Iterator[Personal]:
    """Texts whose time is over, by the numbers of the city's rules; 0 is for ever."""
    rules = venue.rules
    for session in tuple(venue.state.sessions.values()):
        for channel in session.channels.values():
            # Struck words go at once, whether the session runs or not.
            yield from (line.text for line in channel.lines if line.is_struck)
        if session.phase not in ENDED:
            continue
        if is_over(session, rules.name_days, now):
            yield from session.names
            yield from (question.name for question in session.questions)
        if is_over(session, rules.hidden_days, now):
            for question in session.questions:
                yield from _hidden(question)
        if is_over(session, rules.record_days, now):
            for question in session.questions:
                yield from _shown(question)
            yield from (line.text for channel in session.channels.values() for line in channel.lines)


def is_over(session: Session, days: int, now: int) -> bool:
    """Whether so many days have passed since its end, or since it was archived."""
    return bool(days) and session.since + days * DAY <= now


def _hidden(question: Question) -> Iterator[Personal]:
    """What the audience never saw, or was taken back; what still waits is kept until somebody has read it."""
    if question.state in WAITING:
        return
    if question.state == "withdrawn" or not question.is_published:
        yield from _shown(question)
        yield question.text
    elif question.edited is not None:
        yield question.text


def _shown(question: Question) -> Iterator[Personal]:
    yield question.shown_text
    if question.nickname is not None:
        yield question.nickname


def forget(venue: Venue, erased: Collection[str]) -> None:
    """The names of who raised a hand are kept for nothing else."""
    for session in venue.state.sessions.values():
        if session.names:
            session.names = [name for name in session.names if name.ref not in erased]
