"""The handshake flood: thousands of connections a second from one address, while 500 walk and others come in.

Two acts, each on a city of its own: calm, and flooded. No address is free of limits, and everyone else comes from an
address of their own.
"""

import asyncio
import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import uvloop

from load_tests.accounts import account
from load_tests.citizens import Broken, Citizen, NotDone
from load_tests.crowd import Crowd, Figures, drive
from load_tests.knocking import Knocking
from load_tests.playing import Told, Window
from load_tests.promises import DRIVER_LATE_MS
from load_tests.scenario import Promise, Run, Scenario
from load_tests.serving import CITY, Served, driving, madang, metrics
from protocol.districts import Enter

KNOCKS_PER_S = 2_000
SLOW_HEADS = 500
NEWCOMERS_PER_S = 4
COME_IN_MS = 1_000
"""From the first byte to one's place in the district."""
MOST_MB = 100
LIMITS = ("madang_limit_reached_total", "madang_overload_step", "madang_tick_late_total", "madang_handshakes")
REFUSALS = tuple(
    f'madang_limit_reached_total{{limit="{name}"}}' for name in ("lines_per_s", "handshakes_per_s")
)
"""Of the limits of an address: most are cut unread, some are told."""


@dataclass
class Newcomers:
    """Those who come in meanwhile, each from another address: how long it took, and who did not get in."""

    port: int
    district: str
    took_ms: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    coming: set["asyncio.Task[None]"] = field(default_factory=set)

    async def go_on(self) -> None:
        """One after the other, until it is cancelled."""
        for number in itertools.count(1):
            task = asyncio.create_task(self.come(number))
            self.coming.add(task)
            task.add_done_callback(self.coming.discard)
            await asyncio.sleep(1 / NEWCOMERS_PER_S)

    async def come(self, number: int) -> None:
        """In, to a place, and out again."""
        one = Citizen(f"newcomer {number}", None)
        one.address = f"127.5.{number // 250}.{1 + number % 250}"
        began = time.monotonic()
        try:
            await one.come(self.port)
            await one.ask(Enter, district=self.district)
        except (Broken, NotDone) as error:
            self.failed.append(str(error))
        else:
            self.took_ms.append((time.monotonic() - began) * 1000)
        one.leave()


async def _act(served: Served, crowd: Crowd, seed: int, window: Window, *, is_flooded: bool) -> Figures:
    loop = asyncio.get_running_loop()
    newcomers = Newcomers(served.port, "quiet")
    knocking = Knocking(served.port, KNOCKS_PER_S, SLOW_HEADS)
    doing: list[asyncio.Task[None]] = []

    def begin() -> None:
        doing.append(asyncio.create_task(newcomers.go_on()))
        if is_flooded:
            doing.append(asyncio.create_task(knocking.go_on()))

    def hear(phase: str, driver: int) -> None:
        window.hear(phase, driver)
        if phase == "settling":
            loop.call_soon_threadsafe(begin)

    seen = await asyncio.to_thread(drive, crowd, served.port, seed, hear)
    for task in doing:
        task.cancel()
    await asyncio.gather(*doing, return_exceptions=True)
    if newcomers.coming:
        await asyncio.wait(newcomers.coming)
    return {
        "seen_ms": seen["move_to_seen_ms"]["p99"],
        "frames_per_s": seen["frames_per_s"]["min"],
        "lost": seen["lost"] + max(0, crowd.citizens - seen["entered"]),
        "mistakes": seen["contradictions"] + seen["unseen_near"] + seen["malformed"],
        "driver_late_ms": seen["pose_lateness_ms"]["p99"],
        "knocks_per_s": knocking.begun / (crowd.settle + crowd.seconds),
        "answered": knocking.answered,
        "came_in": len(newcomers.took_ms),
        "come_in_ms": float(np.percentile(newcomers.took_ms or [np.nan], 99)),
        "kept_outside": len(newcomers.failed),
        "reasons": newcomers.failed[:5],
    }


def play(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """Both acts. Raises NotServed, NotDriven."""
    acts: dict[str, Figures] = {}
    for name in ("calm", "flooded"):

        def note(phase: str, name: str = name) -> None:
            told(f"{name}: {phase}")

        with madang(scenario.settings, scenario.city) as served, driving():
            window = Window(served, note, account(served.pid), [os.getpid()])
            figures = uvloop.run(_act(served, crowd, seed, window, is_flooded=name == "flooded"))
            use, limits = window.use(), metrics(served, LIMITS)
        acts[name] = {**figures, "cpu": use.cpu, "peak_mb": use.end.peak_bytes / 1e6, "limits": limits}
    return Run(crowd, acts, use)


def flooded(figure: str) -> Callable[[Run], float]:
    return lambda run: float(run.seen["flooded"][figure])


def _against_calm(run: Run) -> float:
    return float(run.seen["flooded"]["seen_ms"] / run.seen["calm"]["seen_ms"])


def _memory(run: Run) -> float:
    return float(run.seen["flooded"]["peak_mb"] - run.seen["calm"]["peak_mb"])


def _refused_per_s(run: Run) -> float:
    limits = run.seen["flooded"]["limits"]
    return float(sum(limits.get(name, 0) for name in REFUSALS) / (run.crowd.settle + run.crowd.seconds))


SCENARIO = Scenario(
    name="handshake_flood",
    told=f"{KNOCKS_PER_S:,} connections a second and {SLOW_HEADS} slow heads from one address, beside 500 who walk",
    crowd=Crowd("plaza", 500, area=(50, 50, 150, 150), addresses=500, settle=5, seconds=15),
    city=CITY,
    settings={"limits.loopback_exempt": "false"},
    played=play,
    promises=(
        Promise("connections asked for from one address", "at least", 1_000, "/s", flooded("knocks_per_s")),
        Promise("of those inside, move-to-seen p99 against calm", "at most", 1.2, "x", _against_calm),
        Promise("frames a second, the worst client", "at least", 9.5, "/s", flooded("frames_per_s")),
        Promise("others kept outside", "at most", 0, "", flooded("kept_outside"), across=max),
        Promise("others who came in meanwhile", "at least", 20, "", flooded("came_in"), across=min),
        Promise("until they were in, p99", "at most", COME_IN_MS, "ms", flooded("come_in_ms")),
        Promise("connections refused by the limits of an address", "at least", 100, "/s", _refused_per_s),
        Promise("memory that the flood costs, at its peak", "at most", MOST_MB, "MB", _memory),
        Promise("avatars shown where they never were, or not shown", "at most", 0, "", flooded("mistakes"), across=max),
        Promise("citizens lost or left outside", "at most", 0, "", flooded("lost"), across=max),
        Promise("the driver's own lateness, p99", "at most", DRIVER_LATE_MS, "ms", flooded("driver_late_ms")),
    ),
)  # fmt: skip
