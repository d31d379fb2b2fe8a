"""Commute: walks to a portal, goes through, and on from there."""

import random

from bots import ground
from bots.behaviour import Behaviour, pause
from bots.behaviours.wander import stroll
from bots.client import Client

SPEED_M_S = (1.6, 2.4)
STEP_OFF_M = (3.0, 8.0)


async def go_through(me: Client, chance: random.Random) -> None:
    """Walks to an open portal and enters the district that it leads to."""
    portals = [portal for portal in me.place.portals if portal.open]
    if not portals:
        return await stroll(me, chance)
    portal = chance.choice(portals)
    speed = chance.uniform(*SPEED_M_S)
    await me.walk_to(portal.x, portal.z, speed)
    await me.enter(portal.to, portal=portal.to_portal)
    # Who comes next arrives here too.
    await me.walk_to(*ground.near(me.place, me.x, me.z, *STEP_OFF_M, chance), speed, detours=0)


async def rest(me: Client, chance: random.Random) -> None:
    """Stands for a while."""
    await pause(chance, 2, 8)


COMMUTE = Behaviour("commute", ((5, go_through), (2, stroll), (2, rest)))
