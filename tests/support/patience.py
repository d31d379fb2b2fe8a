"""Waiting in tests without spending time: a loop whose clock jumps to the next timer when nothing else is due."""

import asyncio
import selectors
from collections.abc import Callable

SETTLE_S = 0.001
"""For so long, in real seconds, sockets may still bring something before the clock jumps."""


class _JumpingSelector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(min(timeout, SETTLE_S))
        if not ready:
            self.now += max(timeout, 0)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """A real loop with real sockets; what it would sleep, it skips."""

    def __init__(self) -> None:
        self._selector_clock = _JumpingSelector()
        super().__init__(self._selector_clock)

    def time(self) -> float:
        """Seconds since the loop was made, as its timers tell them."""
        return self._selector_clock.now


async def until(holds: Callable[[], object], every_s: float = 0.01) -> None:
    """Lets the loop run until it holds; a test that waits in vain fails after two minutes of the loop's time."""
    async with asyncio.timeout(120):
        while not holds():  # noqa: ASYNC110 - for what sets no event
            await asyncio.sleep(every_s)
