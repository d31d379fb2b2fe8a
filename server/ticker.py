"""The ticker: wakes every crowd at its rate, each at its own moment; measures how busy the node is."""

import asyncio
import time
from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeAlias

import structlog

from server.config import Settings
from server.crowd import Crowd
from server.inbox import Inbox
from server.metrics import Metrics
from server.overload import Ladder, Step
from server.router import Router

log = structlog.get_logger("ticker")

ROUND_SECONDS = 1.0
"""How often silence and overload are looked at."""

MARK_SECONDS = 0.01
"""How exactly it is known when a pose arrived."""

LAG_SECONDS = 0.1
"""How often the loop's lag is measured."""

TURN_SECONDS = 0.003
"""After so long a tick lets whoever waits have a turn, where it can: in a full district its parts take 10 ms each. A
small one's is whole in less, and would only be later for waiting."""


Collect: TypeAlias = Callable[[Inbox, float], None]
"""Brings into a district's inbox what waits for it elsewhere, at a time in seconds."""


class Ticker:
    """Drives the crowds of one node until it is stopped."""

    def __init__(self, router: Router, settings: Settings, metrics: Metrics) -> None:
        crowd = settings.crowd
        self._router = router
        self._metrics = metrics
        self._busy_low = crowd.busy_low
        self._ladder = Ladder(crowd.busy_high, crowd.busy_low, crowd.step_up_seconds, crowd.step_down_seconds)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, collect: Collect | None = None) -> None:
        """Begin to tick, each time with what was collected; the crowds are spread evenly over one tick."""
        crowds = list(self._router.crowds.values())
        loop = asyncio.get_running_loop()
        self._router.take_step(self._ladder.step)
        self._tasks = [
            *(
                loop.create_task(self._tick(crowd, i / len(crowds), collect))
                for i, crowd in enumerate(crowds)
            ),
            loop.create_task(self._rounds()),
            loop.create_task(self._lag()),
            loop.create_task(self._mark()),
        ]

    async def stop(self) -> None:
        """Stop; a fault is told by `wait_failed`."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def step(self) -> Step:
        """How far up the overload ladder the node is."""
        return self._ladder.step

    async def wait_failed(self) -> None:
        """Returns, by raising, only when a task of the ticker has died of a fault of ours."""
        await asyncio.gather(*self._tasks)

    async def _tick(self, crowd: Crowd, offset: float, collect: Collect | None) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + offset / crowd.district.tick_hz
        while True:
            await asyncio.sleep(due - loop.time())
            late = loop.time() - due
            seconds = 1 / crowd.district.tick_hz
            if late > seconds / 2:
                self._metrics.tick_late.inc()
            await _in_turns(crowd.hearing())
            if collect is not None and crowd.population:
                collect(crowd.inbox, loop.time())
                await asyncio.sleep(0)
            await _in_turns(chain(crowd.ticking(loop.time()), crowd.leaving()))
            self._router.flush_outside()
            due = due + seconds if late < seconds else loop.time() + seconds

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        wall, cpu = loop.time(), time.process_time()
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            now, used = loop.time(), time.process_time()
            busy = (used - cpu) / (now - wall)
            wall, cpu = now, used
            self._router.door.is_busy = busy > self._busy_low
            before = self._ladder.step
            step = self._ladder.observe(busy, now)
            if step != before:
                log.warning("overload", step=step.name.lower(), busy=round(busy, 2))
            if step != before or step is Step.TICK_HALVED:  # then another district may have filled meanwhile
                self._router.take_step(step)
            room = self._ladder.room(busy)
            if room is not None:
                self._router.door.bound_arrivals(room)
            self._router.check_silence(now)

    async def _mark(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(MARK_SECONDS)
            now = loop.time()
            for crowd in self._router.crowds.values():
                crowd.inbox.mark(now)

    async def _lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            self._metrics.loop_lag_seconds.observe(max(0.0, loop.time() - due))


async def _in_turns(parts: Iterable[None]) -> None:
    """Do these parts, and let others have a turn between them."""
    began = time.perf_counter()
    for _ in parts:
        if time.perf_counter() - began > TURN_SECONDS:
            await asyncio.sleep(0)
            began = time.perf_counter()
