"""The reconnect storm: 2,000 lines break at once (RST) while people talk, and all are back within ten seconds.

Who was cut off comes back as a client does: after a wait with jitter, twice as long after each failed attempt.
Every line that was said is heard by each of them once, in one order, and every fact by its number.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import uvloop

from load_tests.accounts import account
from load_tests.citizens import Broken, Citizen, Map, NotDone, token_of
from load_tests.crowd import Crowd, Figures
from load_tests.playing import METRICS, Told, Window
from load_tests.scenario import Promise, Run, Scenario, seen
from load_tests.serving import SEOUL, Served, driving, madang, metrics
from protocol.chat import Say
from protocol.districts import Enter

SPEAKERS = 20
LINES_PER_S = 10.0
"""Of all speakers together: each may say one line in 1.5 s."""
FIRST_WAIT_S = 0.5
"""Before coming back: half of it to all of it, doubled after each failure."""
BACK_S = 10.0
QUIET_S = 2.0
JOINING_AT_ONCE = 32
PATIENCE_S = 30.0
"""How long those who are not back in time are waited for, to say how late they were."""


class Hearer:
    """One of those who are cut off: the lines that they hear, in their order."""

    def __init__(self, name: str, token: str) -> None:
        self.line = Citizen(name, token, self.hear)
        self.heard: list[str] = []
        self.back_s = 0.0

    def hear(self, me: Citizen, item: Map) -> None:
        if item["type"] == "chat.said":
            self.heard.append(item["message"])

    async def return_(self, port: int, chance: random.Random, since: float) -> None:
        """Back, however many attempts it takes."""
        wait_s = FIRST_WAIT_S
        while True:
            await asyncio.sleep(wait_s * chance.uniform(0.5, 1))
            try:
                await self.line.come(port, resume=True)
            except Broken:
                wait_s *= 2
                continue
            self.back_s = time.monotonic() - since
            return


@dataclass
class Talk:
    """What was said and answered `done`, by each line's own number."""

    said: list[str] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    async def go_on(self, speakers: Sequence[Citizen], district: str) -> None:
        start, count = time.monotonic(), 0
        while not self.is_over:
            await asyncio.sleep(start + count / LINES_PER_S - time.monotonic())
            count += 1
            try:
                said = await speakers[count % len(speakers)].ask(
                    Say, text=f"{count}번째 말입니다.", to="district"
                )
            except (NotDone, Broken) as error:
                self.failed[str(error)] += 1
            else:
                self.said.append(said["message"])


async def _storm(served: Served, crowd: Crowd, seed: int, window: Window) -> Figures:
    chance = random.Random(seed)
    names = [f"hearer-{number}" for number in range(crowd.citizens)]
    hearers = [Hearer(name, token_of(served, name)) for name in names]
    names = [f"speaker-{number}" for number in range(SPEAKERS)]
    speakers = [Citizen(name, token_of(served, name)) for name in names]
    door = asyncio.Semaphore(JOINING_AT_ONCE)

    async def come(line: Citizen) -> None:
        async with door:
            await line.come(served.port)
            await line.ask(Enter, district=crowd.district)

    await asyncio.gather(*(come(line) for line in (*speakers, *(one.line for one in hearers))))
    window.hear("settling", os.getpid())
    talk = Talk()
    talking = asyncio.create_task(talk.go_on(speakers, crowd.district))
    await asyncio.sleep(crowd.settle)
    window.hear("measuring", os.getpid())
    since = time.monotonic()
    for one in hearers:
        one.line.abort()
    returning = [asyncio.create_task(one.return_(served.port, chance, since)) for one in hearers]
    _, away = await asyncio.wait(returning, timeout=PATIENCE_S)
    for task in away:
        task.cancel()
    await asyncio.sleep(max(0.0, since + crowd.seconds - time.monotonic()))
    talk.is_over = True
    await talking
    await asyncio.sleep(QUIET_S)
    window.hear("measured", os.getpid())
    figures = reckon(hearers, talk, len(away))
    for line in (*speakers, *(one.line for one in hearers)):
        line.leave()
    return figures


def reckon(hearers: Sequence[Hearer], talk: Talk, away: int) -> Figures:
    """What each heard, beside what was said."""
    said = set(talk.said)
    orders = Counter(tuple(one.heard) for one in hearers)
    return {
        "said": len(talk.said),
        "unsaid": sum(talk.failed.values()),
        "reasons": dict(talk.failed),
        "resumed": sum(one.line.resumed == 1 for one in hearers),
        "late": away + sum(one.back_s > BACK_S for one in hearers),
        "back_s": max(one.back_s for one in hearers),
        "lost": sum(len(said - set(one.heard)) for one in hearers),
        "doubled": sum(len(one.heard) - len(set(one.heard)) for one in hearers),
        "misnumbered": sum(one.line.misnumbered for one in hearers),
        "other_orders": len(hearers) - max(orders.values()),
    }


def play(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """The storm. Raises NotServed."""
    with madang(scenario.settings, scenario.city) as served, driving():
        window = Window(served, told, account(served.pid))
        figures = uvloop.run(_storm(served, crowd, seed, window))
        return Run(crowd, figures, window.use(), metrics=metrics(served, METRICS))


def _none(told: str, figure: str) -> Promise:
    return Promise(told, "at most", 0, "", seen(figure), across=max)


SCENARIO = Scenario(
    name="reconnect_storm",
    told="2,000 drop at once and resume within 10 s, while people talk",
    crowd=Crowd("civil", 2_000, area=(240, 130, 370, 230), settle=5, seconds=12),
    city=SEOUL,
    played=play,
    promises=(
        Promise("until the last is back", "at most", BACK_S, "s", seen("back_s"), across=max),
        _none("citizens not back in time", "late"),
        Promise("sessions resumed", "at least", 2_000, "", seen("resumed"), across=min),
        _none("lines not heard", "lost"),
        _none("lines heard twice", "doubled"),
        _none("facts whose number was not the next", "misnumbered"),
        _none("citizens who heard another order", "other_orders"),
        _none("lines refused or not answered", "unsaid"),
        Promise("lines said", "at least", 50, "", seen("said"), across=min),
    ),
)
