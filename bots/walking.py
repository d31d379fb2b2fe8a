"""How to walk to a place through a district whose walls one learns only by being put back."""

import asyncio
import math
import random
from typing import Protocol

from protocol.poses import RUN, STAND, WALK

RUN_SPEED_M_S = 3.0
"""From this speed on a walker is seen running."""

LONGEST_STEP_S = 0.5
"""A walker that was held up does not make up for more time than this in one step."""

DETOUR_M = 3.0
"""How far the first detour leads aside; each further one leads twice as far as the one before."""

DETOURS = 8
"""How often a walker that is put back tries another way."""


class Blocked(Exception):
    """No way was found, or the walker was moved elsewhere: it stands at (x, z)."""

    def __init__(self, x: float, z: float, reason: str) -> None:
        super().__init__(f"no way on from ({x:.1f}, {z:.1f}): {reason}")
        self.x = x
        self.z = z
        self.reason = reason


class Walker(Protocol):
    """Who walks: its place in metres, and why and how often it was moved by others than itself."""

    x: float
    z: float
    pose_hz: float
    moves: int
    moved_because: str

    async def stand_at(self, x: float, z: float, *, yaw: int | None = None, stance: int = STAND) -> None: ...


def yaw_towards(dx: float, dz: float) -> int:
    """The turn, in 1/65536, that faces along (dx, dz): 0 is +Z, counter-clockwise seen from above."""
    return round(math.atan2(dx, dz) / math.tau * 65_536) % 65_536


async def walk(
    walker: Walker, x: float, z: float, speed: float, chance: random.Random, detours: int = DETOURS
) -> None:
    """Walks to (x, z) in metres at `speed` m/s; raises Blocked.

    Put back, it goes aside at a right angle to its way and tries again, each time twice as far, and to the
    other side where it is put back on the detour itself.
    """
    side = chance.choice((-1, 1))
    aside_m = DETOUR_M
    while not await _straight(walker, x, z, speed):
        if walker.moved_because in ("moderator", "entered") or detours <= 0:
            raise Blocked(walker.x, walker.z, walker.moved_because)
        detours -= 1
        if walker.moved_because in ("blocked", "not_allowed"):
            ahead = math.atan2(x - walker.x, z - walker.z) + side * chance.uniform(0.5, 0.6) * math.pi
            aside_x, aside_z = walker.x + math.sin(ahead) * aside_m, walker.z + math.cos(ahead) * aside_m
            if not await _straight(walker, aside_x, aside_z, speed):
                side = -side
            aside_m *= 2


async def _straight(walker: Walker, x: float, z: float, speed: float) -> bool:
    """Whether it came there; not where it was moved on the way."""
    clock = asyncio.get_running_loop().time
    moves, then = walker.moves, clock()
    stance = RUN if speed >= RUN_SPEED_M_S else WALK
    while True:
        await asyncio.sleep(1 / walker.pose_hz)
        if walker.moves != moves:
            return False
        now = clock()
        step_m = speed * min(now - then, LONGEST_STEP_S)
        then = now
        dx, dz = x - walker.x, z - walker.z
        left_m = math.hypot(dx, dz)
        if left_m <= step_m:
            yaw = yaw_towards(dx, dz) if left_m > 0 else None
            await walker.stand_at(x, z, yaw=yaw, stance=STAND)
            return True
        share = step_m / left_m
        await walker.stand_at(
            walker.x + dx * share, walker.z + dz * share, yaw=yaw_towards(dx, dz), stance=stance
        )
