"""The inbox: the poses of one district that wait for its next tick, and about when each of them came."""

import numpy as np

from protocol.poses import POSE, decode_poses
from server.metrics import Metrics
from worlds.movement import Steps

MAX_WAITING_POSES = 500_000
"""Poses that may wait for one tick; past it they are dropped and counted (9 MB)."""


class Inbox:
    """Poses as raw bytes, end to end, each with the slot whose it is."""

    def __init__(self, metrics: Metrics, now: float) -> None:
        self._metrics = metrics
        self._slots: list[int] = []
        self._raws: list[bytes] = []
        self._marks: list[tuple[int, float]] = [(0, now)]

    def take(self, slot: int, raw: bytes) -> None:
        """One pose of 18 bytes."""
        self._slots.append(slot)
        self._raws.append(raw)

    def take_all(self, slots: list[int], raw: bytes) -> None:
        """The poses of so many slots, end to end."""
        self._slots += slots
        self._raws.append(raw)

    def mark(self, now: float) -> None:
        """Whatever pose comes from now on arrived after `now`: so no pose needs a look at the clock."""
        if len(self._slots) != self._marks[-1][0]:
            self._marks.append((len(self._slots), now))

    def empty(self, now: float) -> Steps:
        """The poses that wait, each with the last mark before it; from now on others do."""
        waiting = len(self._slots)
        self._metrics.received_bytes.inc(waiting * POSE.itemsize)
        poses = decode_poses(b"".join(self._raws)) if waiting else np.empty(0, POSE)
        if waiting > MAX_WAITING_POSES:
            self._metrics.poses.labels("too_many").inc(waiting - MAX_WAITING_POSES)
            waiting = MAX_WAITING_POSES
        slots = np.array(self._slots[:waiting], np.intp)
        firsts = np.minimum([first for first, _ in self._marks] + [waiting], waiting)
        arrived = np.repeat([at for _, at in self._marks], np.diff(firsts))
        self._slots, self._raws, self._marks = [], [], [(0, now)]
        return Steps(slots, poses[:waiting], arrived)
