"""Slots: short numbers for avatars in one district, not given out again for a while after they were used."""

from collections import deque

from protocol.refusals import Refusal, Refused

REST_SECONDS = 30.0
"""How long a slot rests before another avatar gets it (PROTOCOL section 6)."""

MAX_SLOTS = 0x10000
"""A slot is a u16 on the wire."""


class Slots:
    """Which slots are taken, which rest."""

    def __init__(self, count: int) -> None:
        self.count = min(count, MAX_SLOTS)
        self._next = 0
        self._resting: deque[tuple[float, int]] = deque()

    def take(self, now: float) -> int:
        """A slot that nobody had for 30 s; raises Refused `full`."""
        if self._resting and now - self._resting[0][0] >= REST_SECONDS:
            return self._resting.popleft()[1]
        if self._next < self.count:
            self._next += 1
            return self._next - 1
        raise Refused(Refusal.FULL, retry_after_ms=int(REST_SECONDS * 1000), limit="slots")

    def give_back(self, slot: int, now: float) -> None:
        """The avatar has left; its slot rests."""
        self._resting.append((now, slot))
