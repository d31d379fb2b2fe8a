"""In which order questions are listed and hands are called."""

import hashlib
from collections.abc import Iterator

from protocol.services.live_qa import OwnHand
from worlds.services.live_qa.content import MINUTE, Rules, S
from worlds.services.live_qa.state import LANES, LISTED, Hand, Question, Session, State

DAY = 24 * 60 * MINUTE


class Ranking:
    """Questions by their backers (R2), sorted again at most once a second and whenever the list itself changed."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, list[Question]]] = {}

    def forget(self, session: str) -> None:
        """The list of this session changed, not only its numbers."""
        self._kept.pop(session, None)

    def top(self, session: Session, now: int) -> list[Question]:
        """The open list, at most a second old in its numbers."""
        kept = self._kept.get(session.id)
        if kept is None or not 0 <= now - kept[0] < S:
            kept = self._kept[session.id] = (now, by_backers(session))
        return kept[1]


def listed(session: Session) -> Iterator[Question]:
    """What may be voted for."""
    return (question for question in session.questions if question.state in LISTED)


def by_backers(session: Session) -> list[Question]:
    """The open list: most backers first, of equals the one that was asked first (R2)."""
    return sorted(
        (question for question in session.questions if question.state == "open"),
        key=lambda q: (-session.backers(q), session.first_asked(q), q.number),
    )


def order_for(session: Session, citizen: str, top: list[Question]) -> list[tuple[Question, bool]]:
    """The open list as this person is shown it; whether a question is new since the order was frozen (R3, R4)."""
    if session.order is not None:
        place = {number: i for i, number in enumerate(session.order)}
        frozen = sorted((q for q in top if q.number in place), key=lambda q: place[q.number])
        new = sorted((q for q in top if q.number not in place), key=lambda q: (q.approved_at or 0, q.number))
        return [(q, False) for q in frozen] + [(q, True) for q in new]
    is_before = session.phase in ("collecting", "doors", "live") and not session.person(citizen).has_voted
    match session.options.order_before_vote if is_before else "top":
        case "shuffled":
            ordered = sorted(top, key=lambda q: _draw(session, citizen, q))
        case "recent":
            ordered = sorted(top, key=lambda q: (-(q.approved_at or 0), -q.number))
        case _:
            ordered = top
    return [(q, False) for q in ordered]


def _draw(session: Session, citizen: str, question: Question) -> bytes:
    """Another order for each person, always the same for one."""
    return hashlib.blake2b(f"{session.id} {citizen} {question.number}".encode(), digest_size=8).digest()


def are_counts_hidden(session: Session, citizen: str) -> bool:
    """Whether this person may not yet know how many stand behind a question (R3)."""
    is_before = session.phase in ("collecting", "doors", "live")
    hides = session.options.hide_counts == "until_voted"
    return is_before and hides and not session.person(citizen).has_voted


# Hands


def today(rules: Rules, now: int) -> int:
    """The city's day, in days since the epoch."""
    return (now + rules.utc_offset_minutes * MINUTE) // DAY


def times_spoken(state: State, citizen: str, day: int) -> int:
    """How often they had the floor today."""
    return state.spoken.get(citizen, 0) if state.day == day else 0


def queue(state: State, session: Session, day: int) -> list[Hand]:
    """Raised hands in the order of calling: who has spoken least, by lane, by time; the one on deck first."""

    def key(hand: Hand) -> tuple[bool, int, int, int]:
        is_first = hand.citizen == session.on_deck
        return not is_first, times_spoken(state, hand.citizen, day), LANES[hand.lane], hand.raised_at

    invited = session.turn.citizen if session.turn is not None else None
    return sorted((hand for hand in session.hands.values() if hand.citizen != invited), key=key)


def turn_ms(session: Session, rules: Rules) -> int:
    """How long a turn takes, by the last ones."""
    last = session.turns_ms[-rules.estimate_turns :]
    return sum(last) // len(last) if last else rules.speaking_s * S


def places(state: State, session: Session, rules: Rules, day: int) -> dict[str, OwnHand]:
    """The place of everyone in the queue, from 1, with an estimate of the wait."""
    hands = queue(state, session, day)
    each_s = turn_ms(session, rules) // S
    return {
        hand.citizen: OwnHand(place=place, of=len(hands), estimate_s=place * each_s)
        for place, hand in enumerate(hands, 1)
    }
