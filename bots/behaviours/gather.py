"""Gather: goes where people gather, stands there among them, waves and claps."""

import random

from bots import ground
from bots.behaviour import Behaviour, pause
from bots.behaviours.wander import stroll
from bots.client import Blocked, Client
from protocol.poses import CLAP, WAVE

SPEED_M_S = (1.2, 1.8)
SHIFT_M = (0.3, 1.5)


async def join(me: Client, chance: random.Random) -> bool:
    """Goes to the gathering place unless it is there; whether it is there now."""
    zone = ground.gathering_place(me.place)
    if zone is None:
        await stroll(me, chance)
        return False
    if not ground.is_inside(zone, me.x, me.z):
        try:
            await me.walk_to(*ground.somewhere_in(zone, chance), chance.uniform(*SPEED_M_S))
        except Blocked:
            await me.enter(me.place.district, zone=zone.id)
    return True


async def shift(me: Client, chance: random.Random) -> None:
    """Takes a step or two among the others."""
    if await join(me, chance):
        await me.walk_to(*ground.near(me.place, me.x, me.z, *SHIFT_M, chance), 0.8, detours=0)
        await pause(chance, 1, 5)


async def wave(me: Client, chance: random.Random) -> None:
    """Waves."""
    if await join(me, chance):
        await me.emote(WAVE)
        await pause(chance, 3, 6)


async def clap(me: Client, chance: random.Random) -> None:
    """Claps."""
    if await join(me, chance):
        await me.emote(CLAP)
        await pause(chance, 3, 6)


GATHER = Behaviour("gather", ((5, shift), (1, wave), (1, clap)))
