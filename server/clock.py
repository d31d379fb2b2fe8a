"""Time, as the server reads it: one place, so that tests can move it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only go forward, and the milliseconds of the calendar."""

    def monotonic(self) -> float:
        """Seconds since some start; never goes back."""

    def unix_ms(self) -> int:
        """Milliseconds since the epoch, UTC; may jump when the machine's clock is set."""


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Seconds since some start; never goes back."""
        return time.monotonic()

    def unix_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000
