"""A clock that a test moves."""


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
