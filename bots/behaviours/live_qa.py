"""Question time: the audience asks, votes and raises hands; moderators take up what waits and publish it."""

import random

from bots.behaviour import Behaviour, pause
from bots.behaviours.idle import watch
from bots.client import Client
from bots.lines import LINES
from protocol.services.live_qa import (
    Approve,
    Ask,
    Claim,
    ListDesk,
    ListQuestions,
    ListSessions,
    Moderated,
    QuestionDesk,
    QuestionList,
    QuestionTime,
    RaiseHand,
    SessionList,
    Vote,
)

OPEN = ("collecting", "doors", "live")
"""Phases in which the audience takes part."""


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


ASK = Behaviour("ask", ((2, ask_question), (2, vote), (1, raise_hand)))
VOTE = Behaviour("vote", ((4, vote), (1, watch)))
MODERATE = Behaviour("moderate", ((1, publish),))
