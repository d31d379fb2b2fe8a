"""What one session was told: its facts by number, kept until the client has them, to be told again after a break."""

from collections import deque
from collections.abc import Iterator

from protocol.codec import number_fact


class Ledger:
    """The facts of one session, numbered from 1 without a gap; it outlives the connections that carry them.

    Kept are the bodies, which all hearers of a fact share; `most` is how many may wait (0 = no bound).
    """

    def __init__(self, most: int = 0) -> None:
        self.told = 0
        self._most = most
        self._kept: deque[bytes] = deque()

    @property
    def acknowledged(self) -> int:
        """The last fact that is no longer kept."""
        return self.told - len(self._kept)

    @property
    def is_overfull(self) -> bool:
        """Whether more wait than may; the one too many is kept as well, so that nothing is lost by it."""
        return 0 < self._most < len(self._kept)

    def enter(self, body: bytes) -> bytes:
        """A fact's body -> the same with the next number."""
        self.told += 1
        self._kept.append(body)
        return number_fact(body, self.told)

    def acknowledge(self, n: int) -> None:
        """The client has every fact up to `n`; what was never told cannot be acknowledged."""
        if n <= self.told:
            while self.acknowledged < n:
                self._kept.popleft()

    def reaches(self, last: int) -> bool:
        """Whether all facts after `last` are still here."""
        return self.acknowledged <= last <= self.told

    def again(self) -> Iterator[bytes]:
        """Every fact that is kept, with the number it had."""
        for n, body in enumerate(self._kept, self.acknowledged + 1):
            yield number_fact(body, n)
