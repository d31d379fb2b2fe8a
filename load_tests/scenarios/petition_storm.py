"""The petition storm: the server is killed (SIGKILL) ten times while petitions come in, and starts again on its data.

Whose line breaks before the answer sends the same command with the same key until it is answered. At the end
everyone asks for their petitions: each that was ever answered `done` must be there, and no key twice.
"""

import asyncio
import json
import os
import random
import signal
import time
from dataclasses import dataclass, field

import uvloop

from load_tests.accounts import account
from load_tests.citizens import Broken, Citizen, NotDone, token_of
from load_tests.crowd import Crowd, Figures
from load_tests.playing import Told, Window
from load_tests.scenario import Promise, Run, Scenario, seen
from load_tests.serving import SEOUL, NotServed, Served, driving, journal, kept_data, madang
from protocol.services.petitions import FilePetition, MyPetitions

KILLS = 10
LIVES_S = (1.0, 2.5)
"""How long a server lives in the storm before it is killed, at least and at most."""
EACH_S = 0.3
"""How long a citizen waits between two petitions; the city takes 30 of each a day."""
MOST_EACH = 28
PATIENCE_S = 20.0
"""How long an answer may take when nobody kills the server any more."""


@dataclass
class Petitioner:
    """One citizen, whatever becomes of the server: what they sent by key, and what was answered."""

    name: str
    token: str
    chance: random.Random
    sent: int = 0
    answered: dict[str, set[str]] = field(default_factory=dict)
    """By key, the petition of each answer `done`: more than one would be a petition filed twice."""
    open_key: str | None = None
    repeated: int = 0
    """Commands sent again because their answer was lost with the server."""
    refused: int = 0

    async def storm(self, port: int) -> None:
        """Files until the server is gone, or the day's petitions are spent; first what was not answered."""
        me = Citizen(self.name, self.token)
        try:
            await me.come(port)
            await asyncio.sleep(self.chance.uniform(0, EACH_S))
            while self.open_key is not None or self.sent < MOST_EACH:
                await self._file(me)
                await asyncio.sleep(EACH_S)
        except Broken:
            me.abort()

    async def finish(self, port: int) -> frozenset[str]:
        """What was not answered is sent once more, and something that was; all petitions that the city shows."""
        me = Citizen(self.name, self.token)
        async with asyncio.timeout(PATIENCE_S):
            await me.come(port)
            if self.open_key is not None:
                await self._file(me)
            if self.answered:
                self.open_key = min(self.answered)
                await self._file(me)
            shown: list[str] = []
            after: str | None = None
            while True:
                page = await me.ask(MyPetitions, **({"after": after} if after else {}))
                shown += [card["petition"] for card in page["items"]]
                after = page.get("next")
                if after is None:
                    break
        me.leave()
        # A petition that is listed twice is one too many.
        assert len(shown) == len(set(shown)), f"{self.name}: a petition is listed twice"
        return frozenset(shown)

    async def _file(self, me: Citizen) -> None:
        if not me.is_here:
            raise Broken("nothing was sent")
        if self.open_key is None:
            self.sent += 1
            self.open_key = f"{self.name}-{self.sent}"
        else:
            self.repeated += self.open_key not in self.answered
        try:
            filed = await me.ask(
                FilePetition,
                key=self.open_key,
                kind="other",
                title=f"가로등 {self.open_key}",
                text=f"가로등이 꺼져 있습니다. {self.open_key}",
                name=self.name,
            )
        except NotDone:
            self.refused += 1
        else:
            self.answered.setdefault(self.open_key, set()).add(filed["petition"])
        self.open_key = None


def compare(petitioners: list[Petitioner], shown: list[frozenset[str]], filed: list[str]) -> Figures:
    """What was answered, beside what the city shows and what its journal holds (the filing's key of each entry)."""
    answers = [(key, ids) for one in petitioners for key, ids in one.answered.items()]
    there = frozenset().union(*shown)
    keys = {key for key, _ in answers}
    return {
        "answered": len(answers),
        "repeated": sum(one.repeated for one in petitioners),
        "refused": sum(one.refused for one in petitioners),
        "lost": sum(not ids <= there for _, ids in answers) + len(keys - set(filed)),
        "doubled": sum(len(ids) - 1 for _, ids in answers)
        + len(there) - len(frozenset().union(*(ids for _, ids in answers)))
        + len(filed) - len(set(filed)),
    }  # fmt: skip


def play(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """The storm, its kills, and the reckoning. Raises NotServed."""
    chance = random.Random(seed)
    kills = KILLS if crowd.seconds >= scenario.crowd.seconds else 3
    petitioners: list[Petitioner] = []
    starts: list[float] = []
    with kept_data() as data:
        for number in range(1, kills + 1):
            told(f"life {number} of {kills}")
            began = time.monotonic()
            with madang(scenario.settings, scenario.city, data) as served, driving():
                starts.append(time.monotonic() - began)
                if not petitioners:
                    petitioners = _petitioners(served, crowd.citizens, seed)
                uvloop.run(_live(served, petitioners, chance.uniform(*LIVES_S)))
        told("the reckoning")
        with madang(scenario.settings, scenario.city, data) as served, driving():
            window = Window(served, told, account(served.pid), [os.getpid(), served.pid])
            window.hear("measuring", os.getpid())
            shown = uvloop.run(_reckon(served, petitioners))
            window.hear("measured", os.getpid())
        try:
            journal("verify", data)
            unsound = 0
        except NotServed:
            unsound = 1
        entries = [json.loads(line) for line in journal("export", data).splitlines()]
    filed = [entry["key"] for entry in entries if entry["type"] == "petitions.drafted" and "key" in entry]
    figures = compare(petitioners, shown, filed)
    return Run(crowd, {**figures, "kills": kills, "unsound": unsound, "start_s": max(starts)}, window.use())


def _petitioners(served: Served, count: int, seed: int) -> list[Petitioner]:
    names = [f"petitioner-{number}" for number in range(count)]
    return [Petitioner(name, token_of(served, name), random.Random(f"{seed}/{name}")) for name in names]


async def _live(served: Served, petitioners: list[Petitioner], seconds: float) -> None:
    storms = [asyncio.create_task(one.storm(served.port)) for one in petitioners]
    await asyncio.sleep(seconds)
    os.kill(served.pid, signal.SIGKILL)
    await asyncio.gather(*storms)


async def _reckon(served: Served, petitioners: list[Petitioner]) -> list[frozenset[str]]:
    return list(await asyncio.gather(*(one.finish(served.port) for one in petitioners)))


SCENARIO = Scenario(
    name="petition_storm",
    told=f"kill -9 {KILLS} times in a storm of petitions",
    crowd=Crowd("civil", 400, area=(240, 130, 370, 230)),
    city=SEOUL,
    played=play,
    promises=(
        Promise("petitions answered done that are not there", "at most", 0, "", seen("lost"), across=max),
        Promise("petitions filed twice", "at most", 0, "", seen("doubled"), across=max),
        Promise("journals that do not verify", "at most", 0, "", seen("unsound"), across=max),
        Promise("petitions refused", "at most", 0, "", seen("refused"), across=max),
        Promise("petitions answered done", "at least", 500, "", seen("answered"), across=min),
        Promise("commands sent again, their answer lost", "at least", 10, "", seen("repeated"), across=min),
        Promise("from the start to answering, the longest", "at most", 5, "s", seen("start_s"), across=max),
    ),
)
