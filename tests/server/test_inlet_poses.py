"""Several poses of one socket in one read: sorted as one is, and in their order."""

import os

import pytest

from protocol.poses import encode_pose
from server.frames import POSE_FRAME_BYTES
from server.inbox import Inbox
from server.metrics import Metrics
from server.sockets import READ_BYTES
from tests.server.test_inlet import Client, masked, reading


def test_several_poses_at_once_go_to_their_districts_in_their_order() -> None:
    with reading() as (inlet, here):
        there = Inbox(Metrics(), 0.0)
        people = [Client(inlet, 3, here), Client(inlet, 4, there), Client(inlet, 5, here)]
        for count, person in enumerate(people, 2):
            person.far.send(b"".join(masked(encode_pose(x, 0, 0, 0), os.urandom(4)) for x in range(count)))
        inlet.read()
        steps = here.empty(1.0)
        assert steps.slot.tolist() == [3, 3, 5, 5, 5, 5]
        assert steps.pose["x"].tolist() == [0, 1, 0, 1, 2, 3]
        assert there.empty(1.0).pose["x"].tolist() == [0, 1, 2]
        assert [person.heard for person in people] == [b""] * 3
        for person in people:
            person.close()


def test_a_flood_of_poses_is_read_on_without_the_library() -> None:
    poses = 2 * READ_BYTES // POSE_FRAME_BYTES + 5
    with reading() as (inlet, inbox):
        person = Client(inlet, 9, inbox)
        person.far.send(b"".join(masked(encode_pose(x, 0, 0, 0)) for x in range(poses)))
        while inlet.read():
            pass
        assert inbox.empty(1.0).pose["x"].tolist() == list(range(poses))
        assert person.heard == b""
        person.close()


@pytest.mark.parametrize("slot", [None, 6])
def test_among_several_poses_what_is_none_goes_to_the_library_with_all_that_came_with_it(
    slot: int | None,
) -> None:
    line = masked(bytes(POSE_FRAME_BYTES - 6))
    said = masked(encode_pose(1, 0, 0, 0)) + (line if slot else masked(encode_pose(2, 0, 0, 0)))
    assert len(said) == 2 * POSE_FRAME_BYTES
    with reading() as (inlet, inbox):
        person, walker = Client(inlet, slot, inbox), Client(inlet, 7, inbox)
        person.far.send(said)
        walker.far.send(masked(encode_pose(8, 0, 0, 0)) * 2)
        inlet.read()
        assert person.heard == said
        assert inbox.empty(1.0).slot.tolist() == [7, 7]
        person.close()
        walker.close()
