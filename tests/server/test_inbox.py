"""Poses that wait for a tick: in their order, each with about when it came."""

import numpy as np

from protocol.poses import encode_pose
from server.inbox import Inbox
from server.metrics import Metrics


def pose(x: float) -> bytes:
    return encode_pose(x, 0, 0, 0)


def test_poses_come_out_in_the_order_in_which_they_came_with_their_slots_and_times() -> None:
    inbox = Inbox(Metrics(), 10.0)
    inbox.take(7, pose(1))
    inbox.mark(10.5)
    frame_head = bytes(6)
    inbox.take_all(np.array([8, 7], np.int32), frame_head + pose(2) + frame_head + pose(3))
    inbox.mark(10.6)
    inbox.mark(10.7)
    inbox.take(9, pose(4))
    steps = inbox.empty(11.0)
    assert steps.slot.tolist() == [7, 8, 7, 9]
    assert steps.pose["x"].tolist() == [1, 2, 3, 4]
    assert steps.arrived.tolist() == [10.0, 10.5, 10.5, 10.7]


def test_an_emptied_inbox_is_empty_and_takes_again() -> None:
    metrics = Metrics()
    inbox = Inbox(metrics, 10.0)
    assert len(inbox.empty(11.0).slot) == 0
    inbox.take(1, pose(5))
    steps = inbox.empty(12.0)
    assert steps.arrived.tolist() == [11.0]
    assert metrics.received_bytes._value.get() == 18
