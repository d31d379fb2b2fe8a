"""Who sends one pose a tick is read at the tick: over real TCP, of which the system tells only what it was asked to."""

import os
import select
import socket
from collections.abc import Iterator

import msgpack
import pytest

from protocol.catalogue import COMMANDS, type_of
from protocol.poses import encode_pose
from server.frames import POSE_FRAME_BYTES
from server.inbox import Inbox
from server.inlet import Inlet, Source
from server.limits import Limits
from server.metrics import Metrics
from server.paced import POSES_IN_PACE
from server.sockets import best_sockets
from tests.server.test_inlet import Effort, Hands, masked

SOCKETS = best_sockets()
COMMAND = masked(b"a command of some length")


def pose(x: float) -> bytes:
    return masked(encode_pose(x, 0, 0, 0), os.urandom(4))


class Walker:
    """A citizen's socket and its far end."""

    def __init__(self, inlet: Inlet, slot: int, inbox: Inbox, effort: Effort) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.far = socket.create_connection(door.getsockname())
            self.near, _ = door.accept()
        self.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.near.setblocking(False)
        self.heard = b""
        self.takes_s = 0.0
        self.effort = effort
        self.is_given_back = False
        self.source = Source(self.near, self._take, self._give_back)
        inlet.add(self.source)
        inlet.lead(self.source, (slot, inbox))

    def _take(self, raw: bytes) -> None:
        self.heard += raw
        self.effort.seconds += self.takes_s

    def _give_back(self) -> None:
        self.is_given_back = True

    def say(self, raw: bytes) -> None:
        """Send, and wait until all of it lies in the near end's socket, whatever is told of that."""
        wanted = len(self._lies_there()) + len(raw)
        self.far.sendall(raw)
        while len(self._lies_there()) < wanted:
            select.select([self.near], [], [], 0.001)

    def _lies_there(self) -> bytes:
        try:
            return self.near.recv(65_536, socket.MSG_PEEK)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        self.far.close()
        self.near.close()


class Street:
    """Three who walk, paced: each has sent one pose to every tick for a while, the last at 1.0 s."""

    def __init__(self) -> None:
        self.hands, self.effort = Hands(), Effort()
        self.inlet = Inlet(self.hands, Limits(round_ms=5), Metrics(), SOCKETS, self.effort)
        self.inbox = Inbox(Metrics(), 0.0)
        self.walkers = [Walker(self.inlet, slot, self.inbox, self.effort) for slot in range(3)]
        for _ in range(POSES_IN_PACE):
            for walker in self.walkers:
                walker.say(pose(0))
            assert self.inlet.read() == 3
        assert len(self.tick(1.0)) == 3 * POSES_IN_PACE

    def tick(self, now: float) -> list[tuple[int, float]]:
        """The slots and places of a tick, sorted."""
        self.inlet.collect(self.inbox, now)
        steps = self.inbox.empty(now)
        return sorted(zip(steps.slot.tolist(), steps.pose["x"].tolist(), strict=True))

    def is_told_of(self, walker: Walker) -> bool:
        """Whether a pose of theirs is read when it comes, and not at the tick."""
        walker.say(pose(0))
        was_told = self.inlet.read() > 0
        self.tick(0.0)
        return was_told


@pytest.fixture
def street() -> Iterator[Street]:
    street = Street()
    yield street
    for walker in street.walkers:
        walker.close()
    street.inlet.close()


def test_poses_of_who_keeps_pace_are_told_to_nobody_until_the_tick(street: Street) -> None:
    for tick in (2, 3, 4):
        for walker in street.walkers:
            walker.say(pose(tick))
        assert street.inlet.read() == 0
        assert street.tick(tick) == [(0, tick), (1, tick), (2, tick)]


def test_whoever_has_sent_few_poses_is_read_when_they_come(street: Street) -> None:
    newcomer = Walker(street.inlet, 9, street.inbox, street.effort)
    for _ in range(POSES_IN_PACE):
        newcomer.say(pose(1))
        assert street.inlet.read() == 1
    assert not street.is_told_of(newcomer)
    newcomer.close()


def test_a_pose_that_waited_is_said_to_have_come_after_the_tick_before(street: Street) -> None:
    newcomer = Walker(street.inlet, 9, street.inbox, street.effort)
    street.walkers[0].say(pose(1))
    street.inbox.mark(2.25)
    newcomer.say(pose(1))
    street.inlet.read()
    street.inlet.collect(street.inbox, 2.5)
    steps = street.inbox.empty(2.5)
    assert dict(zip(steps.slot.tolist(), steps.arrived.tolist(), strict=True)) == {0: 1.0, 9: 2.25}
    newcomer.close()


def test_a_command_is_heard_at_once_and_behind_the_pose_that_was_sent_before_it(street: Street) -> None:
    walker = street.walkers[1]
    walker.say(COMMAND)
    assert street.inlet.read() == 1
    assert walker.heard == COMMAND
    before = pose(5)
    walker.say(before)
    assert street.inlet.read() == 0
    walker.say(COMMAND)
    assert street.inlet.read() == 1
    assert walker.heard == COMMAND + before + COMMAND
    assert street.tick(2.0) == []


def test_no_command_is_so_short_that_it_would_wait() -> None:
    for command in COMMANDS:
        least: bytes = msgpack.packb({"type": type_of(command), "id": 1})
        assert len(masked(least)) > POSE_FRAME_BYTES


def test_what_is_shorter_than_a_pose_is_heard_at_the_tick(street: Street) -> None:
    walker = street.walkers[0]
    walker.say(masked(b"ack"))
    assert street.inlet.read() == 0
    street.tick(2.0)
    assert walker.heard == masked(b"ack")


def test_a_message_in_pieces_is_whole_for_the_library_though_they_are_read_at_ticks(street: Street) -> None:
    walker = street.walkers[2]
    message = masked(bytes(100))
    for at in range(0, len(message), 20):
        walker.say(message[at : at + 20])
        street.tick(2.0)
    assert walker.heard == message
    walker.heard = b""
    walker.say(pose(3))
    street.inlet.read()
    assert street.tick(3.0) == [(2, 3)]


def test_who_sends_no_pose_to_a_tick_is_read_when_they_do(street: Street) -> None:
    first, second, third = street.walkers
    first.say(pose(1))
    second.say(pose(1))
    street.tick(2.0)
    first.say(pose(2))
    second.say(pose(2))
    assert street.inlet.read() == 0
    third.say(pose(2))
    assert street.inlet.read() == 1
    assert street.tick(3.0) == [(0, 2), (1, 2), (2, 2)]


def test_who_sends_two_poses_to_a_tick_loses_none_and_is_read_when_they_come(street: Street) -> None:
    walker = street.walkers[0]
    walker.say(pose(1) + pose(2))
    assert street.tick(2.0) == [(0, 1), (0, 2)]
    assert street.is_told_of(walker)


def test_who_goes_into_another_district_is_read_there_when_their_poses_come(street: Street) -> None:
    walker, there = street.walkers[0], Inbox(Metrics(), 0.0)
    street.inlet.lead(walker.source, (7, there))
    walker.say(pose(4))
    street.inlet.read()
    assert street.tick(2.0) == []
    assert there.empty(2.0).slot.tolist() == [7]


def test_the_end_of_a_line_is_told_at_once_and_the_library_reads_the_rest(street: Street) -> None:
    walker = street.walkers[1]
    walker.say(masked(b"bye"))
    walker.far.shutdown(socket.SHUT_WR)
    while not walker.is_given_back:
        street.inlet.read()
    assert walker.near.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1
    assert walker.heard + walker.near.recv(100) == masked(b"bye")
    assert street.tick(2.0) == []


def test_a_socket_that_was_closed_is_collected_no_more(street: Street) -> None:
    walker = street.walkers[1]
    number = walker.near.fileno()
    street.inlet.remove(walker.source)
    walker.close()
    reading, writing = os.pipe()
    os.dup2(reading, number)
    os.write(writing, b"not a citizen's")
    street.tick(2.0)
    assert os.read(number, 100) == b"not a citizen's"
    for fd in {reading, writing, number}:
        os.close(fd)


def test_who_could_not_be_heard_before_the_tick_is_heard_after_it_and_nothing_overtakes(
    street: Street,
) -> None:
    for walker in street.walkers:
        walker.takes_s = 0.003
        walker.say(masked(b"ack"))
    street.tick(2.0)
    assert [walker.heard for walker in street.walkers] == [masked(b"ack"), masked(b"ack"), b""]
    last = street.walkers[2]
    last.say(pose(1))
    [go_on] = street.hands.later
    go_on()
    assert last.heard == masked(b"ack")
    assert street.tick(2.1) == [(2, 1)]
