"""What time alone brings about: each deadline of a session with what follows from it."""

from collections.abc import Callable, Iterable, Iterator

from worlds.services.live_qa import events as e
from worlds.services.live_qa.content import S
from worlds.services.live_qa.floor import end_turn, invitation
from worlds.services.live_qa.polls import closing
from worlds.services.live_qa.sessions import to_phase
from worlds.services.live_qa.state import ENDED, Session, Turn
from worlds.services.live_qa.venue import Venue

Due = tuple[int, Callable[[int], Iterable[e.OfSession]]]
"""When, in ms, and what then follows."""


def next_due(venue: Venue, session: Session) -> int | None:
    """The session's next deadline, ms."""
    return min((at for at, _ in deadlines(venue, session)), default=None)


def due(venue: Venue, session: Session, now: int) -> Iterator[e.OfSession]:
    """What follows from the first deadline that has come; the others are asked for again."""
    at, follow = min(deadlines(venue, session), key=lambda one: one[0])
    if at <= now:
        yield from follow(now)


def deadlines(venue: Venue, session: Session) -> Iterator[Due]:
    """All deadlines of a session as it is."""
    phase = _phase_deadline(venue, session)
    if phase is not None:
        yield phase
    poll = session.open_poll
    if poll is not None:
        yield poll.closes_at, lambda now: closing(session, "")
    if session.turn is not None:
        yield from _turn_deadlines(venue, session, session.turn)
    away = [hand.away_until for hand in session.hands.values() if hand.away_until]
    if away:
        yield min(away), lambda now: _lower_away(session, now)


def _phase_deadline(venue: Venue, session: Session) -> Due | None:
    rules = venue.rules
    match session.phase:
        case "scheduled":
            return session.collects_at, lambda now: to_phase(venue, session, "collecting", None, "", now)
        case "collecting":
            return session.doors_at, lambda now: to_phase(venue, session, "doors", None, "", now)
        case "doors" | "live" if rules.overrun_s:
            at = session.ends_at + rules.overrun_s * S
            return at, lambda now: to_phase(venue, session, "closing", None, "", now)
        case "closing" if rules.closing_s:
            at = max(session.ends_at, session.since + rules.closing_s * S)
            return at, lambda now: to_phase(venue, session, "follow_up", None, "", now)
        case _:
            return None


def _turn_deadlines(venue: Venue, session: Session, turn: Turn) -> Iterator[Due]:
    rules = venue.rules
    if turn.step == "invited":
        yield turn.until, lambda now: end_turn(venue, session, "no_answer", "", now)
    elif turn.step == "returning":
        yield turn.until, lambda now: _seat(venue, session, turn.citizen, now)
    else:
        left = [s for s in rules.signals_s if s not in turn.signalled]
        if left:
            at = turn.ends_at - max(left) * S
            yield at, lambda now: [e.TimeSignalled(session=session.id, left_s=max(left))]
        end_at = turn.ends_at + rules.off_after_s * S
        yield end_at, lambda now: end_turn(venue, session, "time", "", now)


def _seat(venue: Venue, session: Session, citizen: str, now: int) -> Iterator[e.OfSession]:
    yield e.Seated(session=session.id, citizen=citizen)
    can_call = session.phase == "live" and session.mode == "floor" and not session.is_stopped
    if can_call and session.on_deck is not None:
        yield invitation(venue, session, session.on_deck, "", now)


def _lower_away(session: Session, now: int) -> Iterator[e.OfSession]:
    gone = tuple(h.citizen for h in session.hands.values() if h.away_until and h.away_until <= now)
    yield e.HandsLowered(session=session.id, citizens=gone)


def is_running(session: Session) -> bool:
    """Whether time can still bring something about: a session that has ended, and all have come back, rests."""
    return session.phase not in ENDED or session.turn is not None
