"""Secret polls: opened by the host, open for a time, one ballot for a person, counted when they are closed.

Nobody sees more than the turnout before, the host neither. What somebody chose is in no event and no state: the rules
say that they took part, and the building puts the ballot into a box of its own.
"""

from collections.abc import Iterator

from protocol.handshake import Text
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.service import Ballot
from worlds.services.live_qa import events as e
from worlds.services.live_qa import wording
from worlds.services.live_qa.content import S
from worlds.services.live_qa.inside import TakeTally, WitnessedPoll
from worlds.services.live_qa.roles import Office, holds, require_host
from worlds.services.live_qa.state import Poll, Session
from worlds.services.live_qa.venue import Venue

JOIN = "+"
"""Between the answers of one ballot, as its box holds them: `1+3`."""

SHOWN_IN: frozenset[wire.Phase] = frozenset({"live", "closing"})
"""Phases in which the audience sees the last poll; later it is in the record."""


def open_poll(venue: Venue, command: wire.OpenPoll, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """One at a time, while the session is in its mode for polls."""
    session, rules = venue.state.session(command.session), venue.rules
    require_host(citizen, session)
    if session.is_stopped:
        raise Refused(Refusal.CLOSED, "the session is stopped")
    if session.phase != "live" or session.mode != "poll":
        raise Refused(Refusal.CLOSED, "polls are opened in the mode poll")
    if session.open_poll is not None:
        raise Refused(Refusal.CONFLICT, "another poll is open")
    if rules.polls and len(session.polls) >= rules.polls:
        raise Refused(Refusal.FULL, f"at most {rules.polls} polls", limit="live_qa.polls")
    question = _both(command.question, "question", rules.longest_poll_question)
    answers = tuple(
        _both(text, f"answers.{place}", rules.longest_poll_answer)
        for place, text in enumerate(command.answers)
    )
    for told in ([one.ko for one in answers], [one.en for one in answers]):
        if len({wording.same(text) or text for text in told}) < len(told):
            raise Refused(Refusal.BAD_MESSAGE, "two answers are the same", field="answers")
    if command.most > len(answers):
        raise Refused(Refusal.BAD_MESSAGE, f"there are {len(answers)} answers", field="most")
    if command.is_binding and command.eligible == "present":
        raise Refused(Refusal.BAD_MESSAGE, "a binding poll is for verified citizens", field="eligible")
    lasts_s = rules.poll_s if command.lasts_s is None else command.lasts_s
    if lasts_s < rules.poll_shortest_s or (rules.poll_longest_s and lasts_s > rules.poll_longest_s):
        raise Refused(
            Refusal.BAD_MESSAGE,
            f"between {rules.poll_shortest_s} and {rules.poll_longest_s} seconds",
            field="lasts_s",
        )
    here = command.here if isinstance(command, WitnessedPoll) else ()
    guests = [one.id for one in here if one.is_visitor] if command.eligible == "present" else []
    yield e.PollOpened(
        session=session.id,
        by=citizen.id,
        poll=len(session.polls) + 1,
        question=question,
        answers=answers,
        most=command.most,
        is_binding=command.is_binding,
        eligible=command.eligible,
        closes_at=now + lasts_s * S,
        present=len(here),
        guests=tuple(sorted(guests)),
        min_ballots=command.min_ballots,
        min_share=command.min_share,
    )


def _both(text: Text, field: str, longest: int) -> Text:
    return Text(
        ko=wording.text_of(text.ko, f"{field}.ko", longest),
        en=wording.text_of(text.en, f"{field}.en", longest),
    )


def cast(venue: Venue, command: wire.CastBallot, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Once, and for good: nobody could find the ballot again."""
    session = venue.state.session(command.session)
    poll = session.poll(command.poll)
    if holds(citizen, Office.OBSERVER, session):
        raise Refused(Refusal.NOT_ALLOWED, "observers read, and take no part")
    if session.is_stopped:
        raise Refused(Refusal.CLOSED, "the session is stopped")
    if poll.state != "open" or now >= poll.closes_at:
        raise Refused(Refusal.CLOSED, "the poll is closed")
    _require_eligible(venue, poll, citizen)
    if citizen.id in poll.took_part:
        raise Refused(Refusal.CONFLICT, "you have taken part: a ballot cannot be changed")
    if len(set(command.choices)) < len(command.choices) or max(command.choices) > len(poll.answers):
        raise Refused(Refusal.BAD_MESSAGE, "no such answer, or one of them twice", field="choices")
    if len(command.choices) > poll.most:
        raise Refused(Refusal.BAD_MESSAGE, f"at most {poll.most} answers", field="choices")
    yield e.TookPart(session=session.id, by=citizen.id, poll=poll.number)


def _require_eligible(venue: Venue, poll: Poll, citizen: Citizen) -> None:
    """Guests have no lasting name: only who was here when it was opened, so that nobody comes again as another."""
    if citizen.is_visitor and citizen.id not in poll.guests:
        raise Refused(Refusal.NOT_ALLOWED, "of guests, only who was in the district when the poll was opened")
    if poll.eligible == "verified" and not citizen.is_verified:
        raise Refused(Refusal.NOT_ALLOWED, "this poll is for verified citizens")
    if poll.eligible == "resident" and citizen.level < 3:
        raise Refused(Refusal.NOT_ALLOWED, "this poll is for residents")


def box_of(session: str, poll: int) -> str:
    """The name of a poll in the whole city: that of its box."""
    return f"live_qa/{session}/{poll}"


def ballot_of(command: wire.CastBallot) -> Ballot:
    """What goes into the box."""
    choice = JOIN.join(map(str, sorted(command.choices)))
    return Ballot(box_of(command.session, command.poll), command.ballot, choice)


def close_poll(venue: Venue, command: wire.ClosePoll, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """Before its time; closed already, nothing."""
    session = venue.state.session(command.session)
    require_host(citizen, session)
    if session.poll(command.poll).state == "open":
        yield e.PollClosed(session=session.id, by=citizen.id, poll=command.poll)


def closing(session: Session, by: str) -> Iterator[e.OfSession]:
    """With the mode a poll that is open ends."""
    if session.open_poll is not None:
        yield e.PollClosed(session=session.id, by=by, poll=session.open_poll.number)


def take_tally(venue: Venue, command: TakeTally, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """What was found in the box, as far as it may be told; what was taken already, nothing."""
    session = venue.state.session(command.session)
    poll = session.poll(command.poll)
    if poll.state != "closed":
        return
    ballots = sum(command.times.values())
    outcome = _outcome(venue, poll, ballots)
    votes = [0] * len(poll.answers)
    for choice, times in command.times.items():
        for number in choice.split(JOIN):
            votes[int(number) - 1] += times
    yield e.PollCounted(
        session=session.id,
        poll=poll.number,
        outcome=outcome,
        ballots=ballots,
        votes=tuple(votes) if outcome == "counted" else (),
        digest=command.digest,
    )


def _outcome(venue: Venue, poll: Poll, ballots: int) -> e.PollOutcome:
    """Below the quorum ballots are not opened; of so few that one could guess whose they are neither."""
    if ballots != poll.turnout:
        return "unsound"
    if ballots < poll.min_ballots or ballots * 100 < poll.min_share * poll.present:
        return "no_quorum"
    return "too_few" if ballots < venue.rules.smallest_cell else "counted"


def shown(session: Session) -> Poll | None:
    """The poll that the audience sees: the last one, until the session is over."""
    return session.polls[-1] if session.polls and session.phase in SHOWN_IN else None


def on_screen(session: Session) -> Poll | None:
    """The poll that the hall sees: while the session is in its mode for polls."""
    return shown(session) if session.mode == "poll" else None


def poll_row(poll: Poll, reader: str | None = None) -> wire.Poll:
    """As everyone sees it; for a reader with whether they have taken part, while that is known."""
    votes: list[int] | list[None] = poll.votes if poll.votes is not None else [None] * len(poll.answers)
    return wire.Poll(
        poll=poll.number,
        state=poll.state,
        question=poll.question,
        answers=[
            wire.PollAnswer(answer=number, text=text, votes=cast)
            for number, (text, cast) in enumerate(zip(poll.answers, votes, strict=True), 1)
        ],
        most=poll.most,
        is_binding=poll.is_binding,
        eligible=poll.eligible,
        opened_at=poll.opened_at,
        closes_at=poll.closes_at,
        closed_at=poll.closed_at,
        turnout=poll.turnout,
        ballots=poll.ballots,
        present=poll.present,
        min_ballots=poll.min_ballots,
        min_share=poll.min_share,
        digest=poll.digest,
        has_voted=reader in poll.took_part
        if reader is not None and poll.state in ("open", "closed")
        else None,
    )
