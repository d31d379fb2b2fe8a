"""A few citizens of Python's own among the crowd: each walks a known path and is held against what the others see.

They read the wire with another program than the driver does, so that both would have to be wrong in the same way.
Run as `python -m load_tests.truth URL DISTRICT X,Z SECONDS`; one JSON object is told at the end.
"""

import asyncio
import contextlib
import json
import math
import sys
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from typing import TypeAlias

from bots.client import Client
from protocol.poses import WALK

CITIZENS = 6
STEP_S = 0.1
CHECK_S = 0.25
WARM_S = 2.0
"""Until then they have not yet been told of one another."""

RADIUS_M = 3.0
APART_M = 8.0
TURN_RAD_S = 0.4
"""At this radius a walk of 1.2 m/s."""

WITHIN_M = 0.0101
"""A centimetre, and the rounding of a float."""

OLDEST_S = 1.0
"""What is shown of a near one may not be older."""

OLDEST_FAR_S = 4.5
"""Nor of one who is not near: everyone in view is told within 4 s."""

NEAR_FOR_S = 0.5
"""Who has come near so lately may still be shown as when they were not: a step ago, no more is known of them."""


Been: TypeAlias = deque[tuple[float, float, float]]
"""Where one has been: time, x, z, the oldest first."""


@dataclass
class Truth:
    """How often a shown place was held against the truth, and the contradictions."""

    checks: int = 0
    missing: int = 0
    elsewhere: int = 0
    stale: int = 0

    @property
    def contradictions(self) -> int:
        return self.missing + self.elsewhere + self.stale


@dataclass
class Walker:
    """One of them: its client, the middle of its round, and where it has been, oldest first."""

    me: Client
    x: float
    z: float
    been: Been = field(default_factory=lambda: deque(maxlen=100))

    async def step(self, since: float, now: float) -> None:
        """On along its round, on which it was let in where `since` is zero."""
        turn = since * TURN_RAD_S
        x, z = self.x + RADIUS_M * math.sin(turn), self.z + RADIUS_M * math.cos(turn)
        self.been.append((now, x, z))
        await self.me.stand_at(x, z, stance=WALK)


def check(seer: Walker, other: Walker, now: float, truth: Truth) -> None:
    """Holds what one is shown of the other against where the other was."""
    picture = seer.me.picture
    assert picture is not None
    shown = picture.at(other.me.place.slot, picture.tick_ms)
    truth.checks += 1
    if seer.me.hall != other.me.hall:
        truth.elsewhere += shown is not None
        return
    if shown is None:
        truth.missing += 1
        return
    there = [at for at, x, z in other.been if abs(x - shown.x) <= WITHIN_M and abs(z - shown.z) <= WITHIN_M]
    if not there:
        truth.elsewhere += 1
    elif now - there[-1] > (
        OLDEST_S if are_near(seer.been, other.been, seer.me.place.cell_m) else OLDEST_FAR_S
    ):
        truth.stale += 1


def are_near(one: Been, other: Been, cell_m: float) -> bool:
    """Whether each has been in the 3 x 3 cells around the other for a while: those are the near ones."""
    for (at, x, z), (_, other_x, other_z) in zip(reversed(one), reversed(other), strict=False):
        if abs(x // cell_m - other_x // cell_m) > 1 or abs(z // cell_m - other_z // cell_m) > 1:
            return False
        if at <= one[-1][0] - NEAR_FOR_S:
            break
    return True


async def watch(
    url: str,
    district: str,
    x: float,
    z: float,
    seconds: float,
    citizens: int = CITIZENS,
    warm_s: float = WARM_S,
) -> Truth:
    """Walks near (x, z) for so long, and tells how often what was shown was not true."""
    clock = asyncio.get_running_loop().time
    truth = Truth()
    async with AsyncExitStack() as stack:
        walkers = []
        for i in range(citizens):
            me = await stack.enter_async_context(Client(url, name=f"witness {i}"))
            middle_x, middle_z = x + (i % 3 - 1) * APART_M, z + (i // 3 - 0.5) * APART_M
            await me.enter(district, near=(middle_x, middle_z + RADIUS_M))
            walker = Walker(me, middle_x, middle_z)
            walker.been.append((clock(), me.place.x, me.place.z))  # far ones are shown it for up to 4 s
            walkers.append(walker)
        began = clock()
        checked = began + warm_s
        while (now := clock()) - began < seconds:
            for walker in walkers:
                await walker.step(now - began, now)
            if now - checked >= CHECK_S:
                checked = now
                for seer in walkers:
                    for other in walkers:
                        if other is not seer:
                            check(seer, other, now, truth)
            await asyncio.sleep(STEP_S)
    return truth


def main() -> None:
    url, district, place, seconds = sys.argv[1:]
    x, z = map(float, place.split(","))
    with contextlib.suppress(KeyboardInterrupt):
        truth = asyncio.run(watch(url, district, x, z, float(seconds)))
        print(json.dumps({**asdict(truth), "contradictions": truth.contradictions}))


if __name__ == "__main__":
    main()
