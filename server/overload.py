"""What gives when the node has too much to do: a ladder, one step at a time, each counted and shown."""

from collections.abc import Mapping
from enum import IntEnum


class Step(IntEnum):
    """How far up the ladder the node is."""

    EASY = 0
    FAR_SLOWER = 1
    MIDDLE_SLOWER = 2
    ARRIVALS_WAIT = 3
    TICK_HALVED = 4


ARRIVAL_SECONDS = 0.002
"""Of one core: what an arrival costs, from its handshake to its first picture."""


def fullest(people: Mapping[str, int]) -> set[str]:
    """The districts that are at least as full as the middling one: what they cost others need not pay with theirs.

    A node has one core for all of them, and a raid on one would else halve the rate of every other.
    """
    inhabited = {name: count for name, count in people.items() if count}
    return {name for name, count in inhabited.items() if count * len(inhabited) >= sum(inhabited.values())}


class Ladder:
    """Goes up after `up_seconds` above `high`, down after `down_seconds` below `low`; both shares of one core."""

    def __init__(self, high: float, low: float, up_seconds: float, down_seconds: float) -> None:
        self.step = Step.EASY
        self._high = high
        self._low = low
        self._up_seconds = up_seconds
        self._down_seconds = down_seconds
        self._busy_since: float | None = None
        self._easy_since: float | None = None

    def observe(self, busy: float, now: float) -> Step:
        """Take in how busy the node was lately (1.0 is one whole core); returns the step that now holds."""
        if busy <= self._high:
            self._busy_since = None
        elif self._busy_since is None:
            self._busy_since = now
        if busy >= self._low:
            self._easy_since = None
        elif self._easy_since is None:
            self._easy_since = now
        if self._busy_since is not None and now - self._busy_since >= self._up_seconds:
            self.step = Step(min(self.step + 1, max(Step)))
            self._busy_since = now
        if self._easy_since is not None and now - self._easy_since >= self._down_seconds:
            self.step = Step(max(self.step - 1, Step.EASY))
            self._easy_since = now
        return self.step

    def room(self, busy: float) -> int | None:
        """How many may arrive within the next second; None: as many as come.

        While arrivals wait, as many as bring the core to the middle between the two marks. With none at all a node that
        is well, but not idle enough to come down, would let nobody in for as long as it is so. Where that was not
        enough, nobody: in a raid whoever is let in makes it worse.
        """
        if self.step < Step.ARRIVALS_WAIT:
            return None
        if self.step > Step.ARRIVALS_WAIT:
            return 0
        return max(0, round(((self._low + self._high) / 2 - busy) / ARRIVAL_SECONDS))
