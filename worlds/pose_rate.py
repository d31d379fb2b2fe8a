"""How many poses each avatar may send: one token bucket per slot, and who floods."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PoseLimit:
    """How often poses may come; zero is off."""

    hz: float = 20.0
    """Poses a second of one avatar: twice the tick, so that a jittery line loses none."""

    burst: float = 25.0
    """Poses at once, as when a stalled line catches up."""

    flooding_times: float = 10.0
    """So many times `hz` is no client's mistake any more ..."""

    flooding_seconds: float = 5.0
    """... when it lasts so long: a stalled line that catches up is over by then."""


class PoseRate:
    """The buckets of all slots, filled up whenever a slot is heard."""

    def __init__(self, capacity: int) -> None:
        self._heard = np.zeros(capacity)
        self._tokens = np.zeros(capacity)
        self._backlog = np.zeros(capacity)
        self._calm_at = np.zeros(capacity)

    def reset(self, slot: int, now: float, limit: PoseLimit) -> None:
        """Another avatar has this slot: its bucket is full."""
        self._heard[slot] = self._calm_at[slot] = now
        self._tokens[slot] = limit.burst
        self._backlog[slot] = 0.0

    def admit(
        self, slot: NDArray[np.intp], turn: NDArray[np.intp], now: float, limit: PoseLimit
    ) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Which of these poses are not too many, and which slots flood; `turn` counts a slot's poses from 0.

        Of one slot's poses the first are admitted. A slot floods while what it sent has been ahead of
        `flooding_times` its rate without a pause for `flooding_seconds`.
        """
        if not limit.hz:
            return np.ones(len(slot), np.bool_), np.empty(0, np.intp)
        who = slot[turn == 0]
        sent = np.bincount(slot, minlength=len(self._heard))[who]
        passed = np.maximum(now - self._heard[who], 0.0)
        self._heard[who] = now
        self._tokens[who] = np.minimum(self._tokens[who] + passed * limit.hz, limit.burst)
        admitted = turn < np.floor(self._tokens[slot])
        self._tokens[who] -= np.minimum(sent, np.floor(self._tokens[who]))
        if not limit.flooding_times or not limit.flooding_seconds:
            return admitted, np.empty(0, np.intp)
        backlog = self._backlog[who] - passed * limit.hz * limit.flooding_times
        self._calm_at[who[backlog <= 0]] = now
        self._backlog[who] = np.maximum(backlog, 0.0) + sent
        return admitted, who[now - self._calm_at[who] >= limit.flooding_seconds]
