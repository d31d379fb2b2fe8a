"""Moderation: citizens report what they met; moderators work the queue, one case after the other."""

import random

from bots.behaviour import Behaviour, pause
from bots.behaviours.idle import watch
from bots.client import Client
from protocol.services.moderation import (
    ClaimCase,
    DecideHeld,
    DecideReport,
    ModerationDesk,
    Report,
    Sanction,
    SanctionDone,
    ShowDesk,
)

REASONS = ("insult", "spam", "blocking")
"""For what a bot reports; every city has these."""


async def report(me: Client, chance: random.Random) -> None:
    """Reports someone who stands near, or looks round where nobody does."""
    near = list(me.others())[:32]
    others = [card for card in await me.who(near) if "operator" not in card.roles] if near else []
    if others:
        await me.ask(Report, citizen=chance.choice(others).citizen, reason=chance.choice(REASONS))
        await pause(chance, 2, 6)
    else:
        await watch(me, chance)


async def work_the_queue(me: Client, chance: random.Random) -> None:
    """Takes the most urgent report that nobody works on, reads it, warns or finds nothing, and closes it."""
    desk = await me.ask(ShowDesk, which="reports")
    assert isinstance(desk, ModerationDesk)
    free = [row for row in desk.reports if row.claimed_by is None]
    if not free:
        return await pause(chance, 1, 4)
    row = free[0]
    await me.ask(ClaimCase, case=row.report)
    await pause(chance, 0.5, 2)
    if row.citizen is None or chance.random() < 0.5:
        await me.ask(DecideReport, report=row.report, outcome="no_action", words="nothing of it was seen")
        return None
    done = await me.ask(
        Sanction, citizens=[row.citizen], kind="warn", reason=row.reason, words="please keep to the rules",
        scope=row.scope, reports=[row.report],
    )  # fmt: skip
    assert isinstance(done, SanctionDone)
    await me.ask(DecideReport, report=row.report, outcome="acted", sanctions=done.sanctions)
    return None


async def read_held_lines(me: Client, chance: random.Random) -> None:
    """Takes a line that waits, reads it, and lets it through or refuses it with a reason."""
    desk = await me.ask(ShowDesk, which="held")
    assert isinstance(desk, ModerationDesk)
    free = [row for row in desk.held if row.claimed_by is None]
    if not free:
        return await pause(chance, 1, 4)
    held = free[0].held
    await me.ask(ClaimCase, case=held)
    await pause(chance, 0.5, 2)
    if chance.random() < 0.7:
        await me.ask(DecideHeld, held=held, approve=True)
    else:
        await me.ask(DecideHeld, held=held, approve=False, words="not here, please")
    return None


REPORT = Behaviour("report", ((1, report), (4, watch)))
WORK_THE_DESK = Behaviour("work_the_desk", ((1, work_the_queue), (1, read_held_lines)))
