"""The inbox: the poses of one district that wait for its next tick, and about when each of them came."""

import numpy as np
from numpy.typing import NDArray

from protocol.poses import POSE
from server.frames import POSE_FRAME
from server.metrics import Metrics
from worlds.movement import Steps

MAX_WAITING_POSES = 500_000
"""Poses that may wait for one tick; past it they are dropped and counted (12 MB)."""

_NO_FRAME = bytes(POSE_FRAME.itemsize - POSE.itemsize)
_NOBODY = np.empty(0, np.intp)


class Inbox:
    """Poses in their frames, end to end, each with the slot whose it is."""

    def __init__(self, metrics: Metrics, now: float) -> None:
        self._metrics = metrics
        self._slots: list[NDArray[np.int32]] = []
        self._waiting = 0
        self._raws: list[bytes] = []
        self._marks: list[tuple[int, float]] = [(0, now)]

    def take(self, slot: int, raw: bytes) -> None:
        """One pose of 18 bytes."""
        self.take_all(np.array([slot], np.int32), _NO_FRAME + raw)

    def take_all(self, slots: NDArray[np.int32], raw: bytes) -> None:
        """A pose of each of these slots, as POSE_FRAME, end to end."""
        self._slots.append(slots)
        self._raws.append(raw)
        self._waiting += len(slots)

    def mark(self, now: float) -> None:
        """Whatever pose comes from here on arrived after `now`: so no pose needs a look at the clock."""
        if self._waiting == self._marks[-1][0]:
            self._marks[-1] = (self._waiting, now)
        else:
            self._marks.append((self._waiting, now))

    def empty(self, now: float) -> Steps:
        """The poses that wait, each with the last mark before it; from now on others do."""
        waiting = self._waiting
        self._metrics.received_bytes.inc(waiting * POSE.itemsize)
        poses = np.frombuffer(b"".join(self._raws), POSE_FRAME)
        if waiting > MAX_WAITING_POSES:
            self._metrics.poses.labels("too_many").inc(waiting - MAX_WAITING_POSES)
            waiting = MAX_WAITING_POSES
        slots = np.concatenate([_NOBODY, *self._slots])[:waiting]
        firsts = np.minimum([first for first, _ in self._marks] + [waiting], waiting)
        arrived = np.repeat([at for _, at in self._marks], np.diff(firsts))
        self._slots, self._raws, self._marks, self._waiting = [], [], [(0, now)], 0
        return Steps(slots, poses[:waiting], arrived)
