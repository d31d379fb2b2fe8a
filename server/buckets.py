"""Buckets: how often something may be done, by key; time is an argument, a rate of 0 is no limit.

Our own, because the libraries for it (limits, pyrate-limiter) read the clock themselves and clean up in threads of
their own; here the caller's time rules, so that a test can move it.
"""

import math
from collections import OrderedDict
from collections.abc import Hashable

MAX_KEYS = 65_536
"""Keys of one kind that are remembered; past it the least recently seen is forgotten."""


def in_ms(wait: float) -> int:
    """A wait in seconds as it is told: whole milliseconds, never too few."""
    return math.ceil(round(wait * 1000, 3))


class Buckets:
    """A bucket for each key: `burst` at once, then `rate` a second (0 = no limit).

    Kept as one time per key, that at which the bucket will be full again (GCRA): a full one needs no memory.
    """

    def __init__(self, rate: float, burst: float, max_keys: int = MAX_KEYS) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._depth = burst * self._interval
        self._max_keys = max_keys
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: Hashable, now: float, amount: int = 1) -> float:
        """Take so much: 0.0 when there was so much, else the seconds until there is; a bucketful is the most."""
        wait = self.wait(key, now, amount)
        if wait or not self._takes(amount):
            return wait
        self._full_at[key] = max(self._full_at.get(key, now), now) + self._takes(amount)
        self._full_at.move_to_end(key)
        self._forget(now)
        return 0.0

    def wait(self, key: Hashable, now: float, amount: int = 1) -> float:
        """How long until so much can be taken, s; 0.0 where it can be now."""
        wait = max(self._full_at.get(key, now), now) + self._takes(amount) - now - self._depth
        return wait if wait > 1e-9 else 0.0

    def _takes(self, amount: int) -> float:
        return min(amount * self._interval, self._depth)

    def forget(self, key: Hashable) -> None:
        """What is behind the key will not come again."""
        self._full_at.pop(key, None)

    def _forget(self, now: float) -> None:
        # Two for each that came: so there are never many to forget at once, and in the end none too many.
        for _ in range(2):
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= self._max_keys:
                return
            del self._full_at[oldest]
