"""Raised hands and the floor: who is called, speaks, and goes back; what follows when a line breaks."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.live_qa import events as e
from worlds.services.live_qa.asking import require_attendee
from worlds.services.live_qa.content import S
from worlds.services.live_qa.inside import Presence, WitnessedHand
from worlds.services.live_qa.ranking import queue, today
from worlds.services.live_qa.roles import Office, require
from worlds.services.live_qa.state import Session
from worlds.services.live_qa.venue import Venue


def raise_hand(venue: Venue, command: wire.RaiseHand, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """One hand per person; moderators may raise theirs too."""
    session = venue.state.session(command.session)
    require_attendee(venue, session, citizen)
    if session.phase != "live" or not session.options.hands_open:
        raise Refused(Refusal.CLOSED, "no hands are taken now")
    if session.is_muted:
        raise Refused(Refusal.MUTED, "no hands are taken for now")
    if citizen.id in session.hands:
        return
    if session.turn is not None and session.turn.citizen == citizen.id:
        raise Refused(Refusal.CONFLICT, "you have the floor")
    limit = venue.rules.hands
    if limit and len(session.hands) >= limit:
        raise Refused(Refusal.FULL, f"{limit} hands are up", limit="live_qa.hands")
    if command.question is not None and session.question(command.question).author != citizen.id:
        raise Refused(Refusal.NOT_FOUND, field="question")
    lane = command.lane
    if lane == "hall" and isinstance(command, WitnessedHand) and not command.is_in_hall:
        lane = "away"
    yield e.HandRaised(
        session=session.id,
        by=citizen.id,
        name=Personal(owner=citizen.id, text=citizen.name),
        lane=lane,
        question=command.question,
        language=command.language,
    )


def lower_hand(venue: Venue, command: wire.LowerHand, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """One's own; another's or all by who runs the queue."""
    session = venue.state.session(command.session)
    whose = command.citizen or citizen.id
    if command.all or whose != citizen.id:
        require(citizen, session, Office.FLOOR_MANAGER)
    lowered = tuple(session.hands) if command.all else (whose,)
    if not command.all and whose not in session.hands:
        raise Refused(Refusal.NOT_FOUND, "no hand is up", field="citizen")
    turn = session.turn
    if turn is not None and turn.step == "invited" and turn.citizen in lowered:
        yield from end_turn(venue, session, "declined", citizen.id, now)
        lowered = tuple(who for who in lowered if who != turn.citizen)
    if lowered:
        yield e.HandsLowered(session=session.id, by=citizen.id, citizens=lowered)


def steer(venue: Venue, command: wire.SteerFloor, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """What the floor manager does with the queue and the turn."""
    session, turn = venue.state.session(command.session), venue.state.session(command.session).turn
    require(citizen, session, Office.FLOOR_MANAGER)
    if session.phase != "live" or session.is_stopped:
        raise Refused(Refusal.CLOSED, "the session is not live")
    match command.action:
        case "give":
            yield from _give(venue, session, command.citizen, citizen.id, now)
        case "skip":
            if turn is not None and turn.step == "invited" and command.citizen in (None, turn.citizen):
                yield from end_turn(venue, session, "no_answer", citizen.id, now)
            else:
                who = _called(venue, session, command.citizen, now)
                yield e.HandSkipped(session=session.id, by=citizen.id, citizen=who)
        case "extend":
            if turn is None or turn.step != "on_stage":
                raise Refused(Refusal.CLOSED, "nobody has the floor")
            if turn.is_extended:
                raise Refused(Refusal.CONFLICT, "time was added once")
            ends_at = turn.ends_at + venue.rules.extension_s * S
            yield e.TurnExtended(session=session.id, by=citizen.id, ends_at=ends_at)
        case "end":
            if turn is None or turn.step == "returning":
                raise Refused(Refusal.CLOSED, "nobody has the floor")
            end: wire.TurnEnd = "done" if turn.step == "on_stage" else "no_answer"
            yield from end_turn(venue, session, end, citizen.id, now)


def _called(venue: Venue, session: Session, citizen: str | None, now: int) -> str:
    """Whose hand is meant: this one, or the first that is neither passed over nor away."""
    if citizen is not None:
        if citizen not in session.hands:
            raise Refused(Refusal.NOT_FOUND, "no hand is up", field="citizen")
        return citizen
    hands = queue(venue.state, session, today(venue.rules, now))
    for hand in hands:
        if not hand.is_skipped and not hand.away_until:
            return hand.citizen
    raise Refused(Refusal.NOT_FOUND, "nobody can be called")


def _give(venue: Venue, session: Session, citizen: str | None, by: str, now: int) -> Iterator[e.OfSession]:
    if session.mode != "floor":
        raise Refused(Refusal.CLOSED, "the floor is not open")
    who = _called(venue, session, citizen, now)
    if session.turn is not None:
        if who in (session.turn.citizen, session.on_deck):
            raise Refused(Refusal.CONFLICT, "already called", field="citizen")
        yield e.PutOnDeck(session=session.id, by=by, citizen=who)
    else:
        yield invitation(venue, session, who, by, now)


def invitation(venue: Venue, session: Session, citizen: str, by: str, now: int) -> e.Invited:
    """Someone is called to the stage."""
    until = now + venue.rules.invitation_s * S
    return e.Invited(session=session.id, by=by, citizen=citizen, until=until)


def take(venue: Venue, command: wire.TakeFloor, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Come to the stage, or not; leave it; say on deck that the sound is good."""
    session = venue.state.session(command.session)
    turn = session.turn
    if turn is not None and turn.citizen == citizen.id and turn.step == "invited":
        if not command.accept:
            yield from end_turn(venue, session, "declined", citizen.id, now)
            return
        left = session.hands[citizen.id].left_ms
        ends_at = now + (venue.rules.speaking_s * S if left is None else left)
        yield e.TurnBegun(session=session.id, by=citizen.id, citizen=citizen.id, ends_at=ends_at)
    elif turn is not None and turn.citizen == citizen.id and turn.step == "on_stage" and not command.accept:
        yield from end_turn(venue, session, "done", citizen.id, now)
    elif session.on_deck == citizen.id:
        if command.accept:
            yield e.DeckReady(session=session.id, by=citizen.id)
        else:
            yield e.HandsLowered(session=session.id, by=citizen.id, citizens=(citizen.id,))
    else:
        raise Refused(Refusal.CLOSED, "you are not called")


def end_turn(venue: Venue, session: Session, end: wire.TurnEnd, by: str, now: int) -> Iterator[e.OfSession]:
    """The turn or invitation is over, where there is one; from the stage the way back begins."""
    turn, rules = session.turn, venue.rules
    if turn is None or turn.step == "returning":
        return
    is_on_stage = turn.step == "on_stage"
    left_ms = max(turn.ends_at - now, rules.speaking_least_s * S)
    yield e.TurnEnded(
        session=session.id,
        by=by,
        citizen=turn.citizen,
        end=end,
        until=now + rules.return_s * S if is_on_stage else 0,
        left_ms=left_ms if is_on_stage and end == "lost" else None,
        day=today(rules, now),
    )


def presence(venue: Venue, command: Presence, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A line broke or came back: the turn ends, the place in the queue is kept for a while."""
    for session in venue.state.sessions.values():
        turn, hand = session.turn, session.hands.get(citizen.id)
        if not command.away:
            if hand is not None and hand.away_until:
                yield e.HandAway(session=session.id, by=citizen.id, until=0)
            continue
        has_turn = turn is not None and turn.citizen == citizen.id and turn.step != "returning"
        if has_turn:
            yield from end_turn(venue, session, "lost", citizen.id, now)
        if has_turn or hand is not None:
            until = now + venue.rules.away_s * S
            yield e.HandAway(session=session.id, by=citizen.id, until=until)
