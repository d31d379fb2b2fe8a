"""Wander: strolls through the district, and takes another way where there is a wall."""

import random

from bots import ground
from bots.behaviour import Behaviour, pause
from bots.client import Blocked, Client

STROLL_M = (6.0, 40.0)
SPEED_M_S = (1.0, 1.8)
OTHER_WAYS = 4


async def stroll(me: Client, chance: random.Random) -> None:
    """Walks to a place near by; put back, to another."""
    speed = chance.uniform(*SPEED_M_S)
    for _ in range(OTHER_WAYS):
        try:
            return await me.walk_to(*ground.near(me.place, me.x, me.z, *STROLL_M, chance), speed, detours=0)
        except Blocked:
            await pause(chance, 0.2, 1.0)


async def look_around(me: Client, chance: random.Random) -> None:
    """Turns somewhere."""
    await me.look_at(me.x + chance.uniform(-1, 1), me.z + chance.uniform(-1, 1))
    await pause(chance, 1, 4)


WANDER = Behaviour("wander", ((6, stroll), (1, look_around)))
