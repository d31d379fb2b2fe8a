"""The running numbers of question times, told when they have changed: votes, places in the queue, turnout."""

from collections.abc import Iterable, Iterator

from protocol.message import Count
from protocol.services import live_qa as wire
from worlds.service import Audience, Citizens, District, Everyone
from worlds.services.live_qa.ranking import listed, places, today
from worlds.services.live_qa.roles import Office, staff
from worlds.services.live_qa.state import Poll, Session
from worlds.services.live_qa.venue import Venue


class Counting:
    """What was told last, so that only what has changed is told again."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._counted: dict[str, wire.Counted] = {}
        self._turnouts: dict[str, wire.TurnoutCounted] = {}
        self._placed: dict[tuple[str, str], wire.OwnHand] = {}

    def of(self, sessions: Iterable[Session], now: int) -> Iterator[tuple[Audience, Count]]:
        """The numbers of these sessions that have changed."""
        for session in sessions:
            if session.phase not in ("collecting", "doors", "live", "closing"):
                continue
            counted = self._count(session, now)
            if counted != self._counted.get(session.id):
                self._counted[session.id] = counted
                for audience in self._counted_for(session):
                    yield audience, counted
            if session.hands or self._placed:
                yield from self._places(session, now)
            if session.open_poll is not None:
                yield from self._turnout(session, session.open_poll)

    def _count(self, session: Session, now: int) -> wire.Counted:
        top = self._venue.ranking.top(session, now)
        current = session.now
        first = [*([current] if current else []), *session.next, *top][: self._venue.rules.counted_questions]
        return wire.Counted(
            session=session.id,
            backers=[[question.number, session.backers(question)] for question in first],
            open=sum(1 for _ in listed(session)),
            hands=len(session.hands),
        )

    def _counted_for(self, session: Session) -> Iterator[Audience]:
        """Everyone there, or where numbers are hidden before voting: who has voted, and who runs the event."""
        if session.options.hide_counts != "until_voted" or session.phase == "closing":
            yield District(session.district)
            return
        yield Citizens(frozenset(c for c, person in session.people.items() if person.has_voted))
        yield staff(Office.CREW, session)

    def _turnout(self, session: Session, poll: Poll) -> Iterator[tuple[Audience, Count]]:
        """To everyone: one takes part from anywhere, and the hall's screen stands in no district."""
        told = wire.TurnoutCounted(session=session.id, poll=poll.number, turnout=poll.turnout)
        if told != self._turnouts.get(session.id):
            self._turnouts[session.id] = told
            yield Everyone(), told

    def _places(self, session: Session, now: int) -> Iterator[tuple[Audience, Count]]:
        found = places(self._venue.state, session, self._venue.rules, today(self._venue.rules, now))
        for key in [key for key in self._placed if key[0] == session.id and key[1] not in found]:
            del self._placed[key]
        for citizen, place in found.items():
            if self._placed.get((session.id, citizen)) != place:
                self._placed[session.id, citizen] = place
                yield Citizens(frozenset({citizen})), wire.PlaceCounted(session=session.id, hand=place)
