"""What a behaviour is: a table of (weight, action) from which a bot draws, again and again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from bots.client import Blocked, Client, Lost, Refused

Action: TypeAlias = Callable[[Client, random.Random], Awaitable[None]]
"""Something a bot does for a while; all chance comes from the generator it is given."""

BREATH_S = (0.5, 2.0)
"""How long a bot stands, at least and at most, after something did not work."""


@dataclass(frozen=True)
class Behaviour:
    """A name, and what is done how often."""

    name: str
    table: tuple[tuple[float, Action], ...]

    def draw(self, chance: random.Random) -> Action:
        """The next action, by weight."""
        weights, actions = zip(*self.table, strict=True)
        drawn: Action = chance.choices(actions, weights)[0]
        return drawn


async def live(me: Client, behaviour: Behaviour, chance: random.Random) -> None:
    """Acts until it is cancelled; raises Parted or ProtocolError as soon as the city parts with it."""
    acting = asyncio.create_task(_act(me, behaviour, chance))
    ending = asyncio.create_task(me.until_end())
    try:
        done, _ = await asyncio.wait({acting, ending}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        acting.cancel()
        ending.cancel()
        await asyncio.gather(acting, ending, return_exceptions=True)


async def _act(me: Client, behaviour: Behaviour, chance: random.Random) -> None:
    """One action after another; a refusal or a barred way is part of life."""
    while True:
        action = behaviour.draw(chance)
        try:
            await action(me, chance)
        except (Blocked, Lost):
            await asyncio.sleep(chance.uniform(*BREATH_S))
        except Refused as refused:
            await asyncio.sleep((refused.retry_after_ms or 0) / 1000 + chance.uniform(*BREATH_S))


async def pause(chance: random.Random, least_s: float, most_s: float) -> None:
    """Stands for a while."""
    await asyncio.sleep(chance.uniform(least_s, most_s))
