"""Idle: stands where it arrived, and looks."""

import random

from bots.behaviour import Behaviour, pause
from bots.behaviours.wander import look_around
from bots.client import Client


async def watch(me: Client, chance: random.Random) -> None:
    """Looks at someone whom it sees, as a client that draws would."""
    others = me.others()
    if others:
        other = others[chance.choice(sorted(others))]
        await me.look_at(other.x, other.z)
    await pause(chance, 5, 15)


async def stand(me: Client, chance: random.Random) -> None:
    """Does nothing."""
    await pause(chance, 5, 20)


IDLE = Behaviour("idle", ((4, stand), (2, watch), (1, look_around)))
