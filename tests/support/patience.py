"""Waiting in tests without spending time: a loop whose clock jumps to the next timer when nothing else is due."""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

SETTLE_S = 0.001
"""For so long, in real seconds, sockets may still bring something before the clock jumps ..."""

STEP_S = 0.1
"""... so far: within it, what both ends of a socket in this process have written is there at once. A node has a timer
every 10 ms, and a minute of them would else be six seconds of waiting."""


class _JumpingSelector(selectors.DefaultSelector):
    now = 0.0
    unsettled = 0.0
    at_work = 0
    """Threads whose work the loop waits for: as long as one computes or writes, no time passes."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or (self.at_work and timeout > 0):
            return super().select(None)
        self.unsettled += max(timeout, 0)
        ready = super().select(0)
        if not ready and self.unsettled > STEP_S:
            ready = super().select(min(timeout, SETTLE_S))
            self.unsettled = 0.0
        if not ready:
            self.now += max(timeout, 0)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """A real loop with real sockets; what it would sleep, it skips."""

    def __init__(self) -> None:
        self._selector_clock = _JumpingSelector()
        super().__init__(self._selector_clock)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Given]], Result], *args: *Given
    ) -> asyncio.Future[Result]:
        """A thread's work, which takes no time; else a slow disk would use up what a test waits."""
        work = super().run_in_executor(executor, func, *args)
        self._selector_clock.at_work += 1
        work.add_done_callback(self._worked)
        return work

    def _worked(self, work: asyncio.Future[Any]) -> None:
        self._selector_clock.at_work -= 1

    def time(self) -> float:
        """Seconds since the loop was made, as its timers tell them."""
        return self._selector_clock.now


async def until(holds: Callable[[], object], every_s: float = 0.01) -> None:
    """Lets the loop run until it holds; a test that waits in vain fails after two minutes of the loop's time."""
    async with asyncio.timeout(120):
        while not holds():  # noqa: ASYNC110 - for what sets no event
            await asyncio.sleep(every_s)
