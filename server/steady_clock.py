"""The city's time: the machine's, but that it never goes back, and does not leap because a clock was set.

Due dates, speaking times and the journal's order hang on it. A machine's calendar clock may be set by hours or years,
wrongly or rightly; how many seconds pass is known all the same. So the calendar is carried on by these, and:

- who finds the machine's clock a little ahead follows at once; far ahead (`LEAP_MS`), when it has stayed so for
  `BELIEVED_SECONDS`: a leap that is taken back by then has never been;
- is the machine's clock behind, because it was set back, or because a false leap was believed and decided upon, time
  goes on at `CATCHING_UP` of its speed until the machine's has caught up: neither back, nor standing still, in which
  no claim would end and nobody could ask again.
"""

import time
from collections.abc import Callable

import structlog

from server.clock import Clock

log = structlog.get_logger("clock")

LEAP_MS = 600_000
"""Ahead by more is doubted: nothing but a setting or a long sleep moves a clock so far."""

BELIEVED_SECONDS = 300.0
"""How long a leap must stand."""

CATCHING_UP = 0.9
"""The speed of time while the machine's clock is behind: an hour is made up for in ten, and who speaks for 90 seconds
is given 100."""


def seconds_running() -> float:
    """Seconds since the machine started, those in which it slept too where it can tell: then a sleep is no leap."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class SteadyClock:
    """The clocks of `source`, its calendar made steady by `running`: seconds that only go forward."""

    def __init__(self, source: Clock, running: Callable[[], float] | None = None) -> None:
        self._source = source
        self._running = running or source.monotonic
        self._read_at = self._running()
        self._now_ms = float(source.unix_ms())
        self._leap: tuple[float, float] | None = None
        """Since when the machine's clock is far ahead, in seconds running, and by how much, in ms."""

    def monotonic(self) -> float:
        """Seconds since some start; never goes back."""
        return self._source.monotonic()

    def reach(self, at_ms: int) -> None:
        """It is not before this: it was decided upon."""
        self._now_ms = max(self.unix_ms(), at_ms)

    def unix_ms(self) -> int:
        """Milliseconds since the epoch, as the city has them."""
        running, told = self._running(), self._source.unix_ms()
        passed_ms = max(running - self._read_at, 0.0) * 1_000
        carried = self._now_ms + passed_ms
        if told > carried + LEAP_MS and not self._is_believed(told - carried, running):
            self._now_ms = carried
        else:
            if told <= carried + LEAP_MS:
                self._leap = None
            self._now_ms = max(float(told), self._now_ms + passed_ms * CATCHING_UP)
        self._read_at = running
        return int(self._now_ms)

    @property
    def ahead_seconds(self) -> float:
        """How far the city's time is from the machine's: ahead, or behind a leap that is not believed (negative)."""
        return (self.unix_ms() - self._source.unix_ms()) / 1_000

    def _is_believed(self, by_ms: float, running: float) -> bool:
        if self._leap is None or abs(by_ms - self._leap[1]) > LEAP_MS:
            self._leap = running, by_ms
            log.warning(
                "the machine's clock has leapt, and is not followed yet", seconds=round(by_ms / 1_000)
            )
        if running - self._leap[0] < BELIEVED_SECONDS:
            return False
        log.warning(
            "the machine's clock stays where it leapt to: it is followed", seconds=round(by_ms / 1_000)
        )
        self._leap = None
        return True
