"""Clocks that a test moves."""

from server.clock import SystemClock


class MovedClock:
    """Starts at a fixed time; goes on only when told to."""

    def __init__(self, seconds: float = 1_000.0, unix_ms: int = 1_790_000_000_000) -> None:
        self._seconds = seconds
        self._unix_ms = unix_ms

    def monotonic(self) -> float:
        """Seconds since some start."""
        return self._seconds

    def unix_ms(self) -> int:
        """Milliseconds since the epoch."""
        return self._unix_ms

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._seconds += seconds
        self._unix_ms += round(seconds * 1000)


class AheadClock(SystemClock):
    """The machine's clocks, so far ahead as a test has moved them: for a node on real sockets."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def monotonic(self) -> float:
        """Seconds since some start."""
        return super().monotonic() + self._ahead_ms / 1000

    def unix_ms(self) -> int:
        """Milliseconds since the epoch."""
        return super().unix_ms() + self._ahead_ms

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead_ms += round(seconds * 1000)
