"""Question time: the audience asks, votes, casts ballots, raises hands; moderators publish what waits."""

import random

from bots.behaviour import Behaviour, pause
from bots.behaviours.idle import watch
from bots.client import Client
from bots.lines import LINES
from protocol.ballot import BALLOT_BYTES, ballot_id
from protocol.services.live_qa import (
    Approve,
    Ask,
    CastBallot,
    Claim,
    ListDesk,
    ListPolls,
    ListQuestions,
    ListSessions,
    Moderated,
    PollList,
    QuestionDesk,
    QuestionList,
    QuestionTime,
    RaiseHand,
    SessionList,
    Vote,
)

OPEN = ("collecting", "doors", "live")
"""Phases in which the audience takes part."""

LEVELS = {"present": 1, "verified": 2, "resident": 3}
"""From which level on one may take part in a poll; a guest only perhaps, so none of ours tries."""


async def _question_time(me: Client, chance: random.Random) -> QuestionTime | None:
    """One that is open where this citizen is; without one, they look round and wait."""
    listed = await me.ask(ListSessions)
    assert isinstance(listed, SessionList)
    here = (one for one in listed.sessions if one.district == me.place.district and one.phase in OPEN)
    session = next(here, None)
    if session is None:
        await watch(me, chance)
    return session


async def ask_question(me: Client, chance: random.Random) -> None:
    """Asks a question in one's own language."""
    if (session := await _question_time(me, chance)) is not None:
        question = chance.choice(LINES.to_ask(me.hello.locale))
        await me.ask(Ask, session=session.session, text=question, language=me.hello.locale)
        await pause(chance, 5, 15)


async def vote(me: Client, chance: random.Random) -> None:
    """Stands behind a question that others asked."""
    if (session := await _question_time(me, chance)) is not None:
        listed = await me.ask(ListQuestions, session=session.session)
        assert isinstance(listed, QuestionList)
        mine = {own.row.question for own in listed.mine}
        free = [
            one.question for one in listed.questions if not one.has_voted and one.question not in mine
        ]  # fmt: skip
        if free:
            await me.ask(Vote, session=session.session, question=chance.choice(free))
        await pause(chance, 2, 6)


async def cast_ballot(me: Client, chance: random.Random) -> None:
    """Takes part in a poll that is open; without one, stands behind a question instead."""
    if (session := await _question_time(me, chance)) is None:
        return
    if session.poll is None:
        return await vote(me, chance)
    listed = await me.ask(ListPolls, session=session.session)
    assert isinstance(listed, PollList)
    level = me.welcome.citizen.level if me.welcome is not None else 0
    for poll in listed.polls:
        if poll.state == "open" and not poll.has_voted and level >= LEVELS[poll.eligible]:
            chosen = chance.sample([one.answer for one in poll.answers], chance.randint(1, poll.most))
            ballot = ballot_id(chance.randbytes(BALLOT_BYTES))
            # The same key each time: whatever becomes of the line, it is one ballot.
            key = f"ballot-{session.session}-{poll.poll}"
            await me.ask(
                CastBallot, key=key, session=session.session, poll=poll.poll, ballot=ballot, choices=chosen
            )
    await pause(chance, 5, 15)


async def raise_hand(me: Client, chance: random.Random) -> None:
    """Asks for the floor, where hands are taken."""
    session = await _question_time(me, chance)
    if session is not None and session.hands_open and session.phase == "live":
        await me.ask(RaiseHand, session=session.session)
        await pause(chance, 10, 30)


async def publish(me: Client, chance: random.Random) -> None:
    """Claims a question that waits, reads it, and publishes it."""
    if (session := await _question_time(me, chance)) is None:
        return
    desk = await me.ask(ListDesk, session=session.session, which="pending")
    assert isinstance(desk, QuestionDesk)
    waiting = [row for row in desk.questions if row.claimed_by is None]
    if not waiting:
        return await pause(chance, 1, 4)
    row = chance.choice(waiting)
    claimed = await me.ask(Claim, session=session.session, question=row.question, version=row.version)
    assert isinstance(claimed, Moderated)
    await pause(chance, 0.5, 2)
    version = claimed.row.version
    await me.ask(Approve, session=session.session, question=row.question, version=version)


ASK = Behaviour("ask", ((2, ask_question), (2, vote), (1, cast_ballot), (1, raise_hand)))
VOTE = Behaviour("vote", ((4, vote), (1, cast_ballot), (1, watch)))
MODERATE = Behaviour("moderate", ((1, publish),))
