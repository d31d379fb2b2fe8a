"""Chat: strolls, and says a line now and then, in the language the bot came in with."""

import random

from bots.behaviour import Behaviour, pause
from bots.behaviours.wander import stroll
from bots.client import Client
from bots.lines import LINES
from protocol.poses import WAVE


async def say_something(me: Client, chance: random.Random) -> None:
    """Says a line to those nearby, seldom to the whole district."""
    line = chance.choice(LINES.to_say(me.hello.locale))
    await me.say(line, to="district" if chance.random() < 0.02 else "nearby")
    await pause(chance, 4, 12)


async def greet(me: Client, chance: random.Random) -> None:
    """Asks who is there, and greets one of them by name."""
    others = me.others()
    if others:
        nearest = min(others, key=lambda slot: abs(others[slot].x - me.x) + abs(others[slot].z - me.z))
        for card in await me.who([nearest]):
            await me.look_at(others[nearest].x, others[nearest].z)
            await me.emote(WAVE)
            await me.say(LINES.greeting(me.hello.locale).format(name=card.name))
    await pause(chance, 4, 12)


CHAT = Behaviour("chat", ((3, say_something), (1, greet), (2, stroll)))
