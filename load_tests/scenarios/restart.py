"""The restart: 100,000 petitions in the journal, most of them in a snapshot, and how soon the city is ready."""

import asyncio
import atexit
import os
import secrets
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

from load_tests.accounts import Account, account
from load_tests.citizens import Citizen, token_of
from load_tests.crowd import Crowd
from load_tests.playing import Told, Window
from load_tests.scenario import Promise, Run, Scenario, seen
from load_tests.serving import SEOUL, Served, driving, madang
from protocol.message import Command, Count, Fact
from protocol.refusals import Refused
from protocol.services.petitions import FilePetition, MyPetitions
from server.clock import SystemClock
from server.config import Data
from server.host import ROUND_COMMANDS, Host
from server.journals.sql import SqlJournal
from server.metrics import Metrics
from worlds.citizen import Citizen as Filing
from worlds.founding import founder
from worlds.plan import load
from worlds.service import Audience, Effect

PETITIONS = 100_000
TAIL = 1_000
"""Petitions after the snapshot: what a server files until it is killed."""
EACH = 20
"""Petitions of one citizen; the city takes 30 a day."""
READY_S = 10.0


class _Nobody:
    """Nobody is connected while the journal is filled."""

    def tell(self, audience: Audience, fact: Fact, at_ms: int, version: int) -> None:
        """To nobody."""

    def tell_count(self, audience: Audience, count: Count) -> None:
        """To nobody."""

    def carry_out(self, effect: Effect) -> None:
        """Nowhere."""

    def flush(self) -> None:
        """Nothing."""


@cache
def filled(petitions: int) -> Path:
    """A folder with so many petitions, filed through the host; made once, gone with this process."""
    folder = Path(tempfile.mkdtemp(prefix="madang-load-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    asyncio.run(_fill(folder, petitions))
    return folder


async def _fill(folder: Path, petitions: int) -> None:
    journal = SqlJournal.of(Data(dir=folder))
    await journal.open(create=True, upgrade=True)
    host = Host(founder(SEOUL, load(SEOUL)), journal, _Nobody(), SystemClock(), Metrics())
    await host.load()
    try:
        await _file(host, range(petitions))
        await host.save_snapshot()
        await _file(host, range(petitions, petitions + TAIL))
    finally:
        await journal.close()


async def _file(host: Host, numbers: range) -> None:
    """File them in rounds as full as the host's own. Raises Refused; AssertionError where one is not answered."""
    refused: list[Refused] = []
    answered = 0

    def hear(answer: object) -> None:
        nonlocal answered
        answered += 1
        if isinstance(answer, Refused):
            refused.append(answer)

    for first in range(0, len(numbers), ROUND_COMMANDS):
        for number in numbers[first : first + ROUND_COMMANDS]:
            host.submit(_petition(number), _citizen(number), hear)
        await host.round()
        if refused:
            raise refused[0]
    assert answered == len(numbers), f"{answered} of {len(numbers)} were answered"


def _citizen(number: int) -> Filing:
    return Filing(f"c{number // EACH:024x}", f"시민 {number // EACH}", ("citizen",), level=2)


def _petition(number: int) -> Command:
    return FilePetition(
        id=number,
        key=secrets.token_hex(8),
        kind="other",
        title=f"가로등 {number}",
        text=f"가로등이 꺼져 있습니다. {number}번째 신고입니다. " * 5,
        name=f"시민 {number // EACH}",
    )


def play(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """Start, ask, stop. Raises NotServed."""
    petitions = PETITIONS if crowd.seconds >= scenario.crowd.seconds else PETITIONS // 20
    told(f"filing {petitions:,} petitions")
    data = filled(petitions)
    with madang(scenario.settings, scenario.city) as empty:
        bare = account(empty.pid)
    told("starting")
    began = time.monotonic()
    with madang(scenario.settings, scenario.city, data) as served, driving():
        ready_s = time.monotonic() - began
        window = Window(served, told, bare, [os.getpid(), served.pid])
        window.hear("measuring", os.getpid())
        answered_s = asyncio.run(_ask(served)) + ready_s
        window.hear("measured", os.getpid())
        figures = _figures(account(served.pid), bare, petitions + TAIL)
    return Run(crowd, {"ready_s": ready_s, "answered_s": answered_s, **figures}, window.use())


async def _ask(served: Served) -> float:
    began = time.monotonic()
    me = Citizen("one-more", token_of(served, "one-more"))
    await me.come(served.port)
    await me.ask(FilePetition, kind="other", title="가로등", text="가로등이 꺼져 있습니다.", name="시민")
    page = await me.ask(MyPetitions)
    assert page["items"], "the petition that was just filed is not shown"
    me.leave()
    return time.monotonic() - began


def _figures(full: Account, bare: Account, petitions: int) -> dict[str, float]:
    return {
        "petitions": petitions,
        "resident_mb": full.resident_bytes / 1e6,
        "peak_mb": full.peak_bytes / 1e6,
        "each_kb": (full.resident_bytes - bare.resident_bytes) / petitions / 1e3,
    }


SCENARIO = Scenario(
    name="restart",
    told=f"a start with {PETITIONS:,} petitions in the journal, most of them in a snapshot",
    crowd=Crowd("civil", 1, area=(240, 130, 370, 230)),
    city=SEOUL,
    played=play,
    promises=(
        Promise("until it is ready", "at most", READY_S, "s", seen("ready_s")),
        Promise("until a petition is filed and shown", "at most", READY_S, "s", seen("answered_s")),
        Promise("memory with all of them", "at most", 2_000, "MB", seen("resident_mb")),
        Promise("memory of each petition", "at most", 10, "kB", seen("each_kb")),
    ),
)
