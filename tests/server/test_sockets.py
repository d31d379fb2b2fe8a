"""Many sockets are read and sent to at once: by the ring and one by one the same, over real TCP."""

import os
import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.frames import POSE_FRAME_BYTES
from server.ring import ENTRIES, RECEIVE, Ring, RingMissing
from server.sockets import READ_BYTES, OneByOne, Ringed, Sockets, address_of, best_sockets


def ways() -> list[Sockets]:
    """Every way that this system has."""
    try:
        return [OneByOne(), Ringed()]
    except RingMissing:
        return [OneByOne()]


WAYS = ways()


@pytest.fixture(params=WAYS, ids=lambda way: type(way).__name__)
def sockets(request: pytest.FixtureRequest) -> Sockets:
    way: Sockets = request.param
    return way


class Lines:
    """So many lines: of each the near end, which never waits, and the far one."""

    def __init__(self, count: int) -> None:
        self.near: list[socket.socket] = []
        self.far: list[socket.socket] = []
        with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
            for _ in range(count):
                self.far.append(socket.create_connection(door.getsockname()))
                self.near.append(door.accept()[0])
                self.near[-1].setblocking(False)
                self.far[-1].settimeout(10)

    @property
    def fds(self) -> list[int]:
        return [near.fileno() for near in self.near]

    def say(self, line: int, raw: bytes) -> None:
        """Send, and wait until it is there."""
        self.far[line].sendall(raw)
        there = b""
        while len(there) < len(raw):
            try:
                there = self.near[line].recv(1 << 16, socket.MSG_PEEK)
            except BlockingIOError:
                continue

    def close(self) -> None:
        for end in (*self.near, *self.far):
            end.close()


@pytest.fixture
def lines() -> Iterator[Lines]:
    lines = Lines(6)
    yield lines
    lines.close()


def test_the_best_way_is_the_ring_where_there_is_one() -> None:
    assert type(best_sockets()) is type(WAYS[-1])


def test_what_is_as_long_as_a_pose_is_apart_from_all_else(sockets: Sockets, lines: Lines) -> None:
    pose, other = bytes(range(POSE_FRAME_BYTES)), bytes(reversed(range(POSE_FRAME_BYTES)))
    lines.say(0, pose)
    lines.say(2, b"hello")
    lines.say(3, bytes(READ_BYTES + 100))
    lines.say(4, other)
    lines.far[5].close()
    fds = lines.fds
    haul = sockets.read(fds)
    while (fds[5], b"") not in haul.others:  # the end comes when it comes
        last = sockets.read([fds[5]])
        haul.others += last.others
    assert haul.of.tolist() == [fds[0], fds[4]]
    assert haul.frames == pose + other
    assert haul.frame(1) == other
    assert haul.others == [(fds[2], b"hello"), (fds[3], bytes(READ_BYTES)), (fds[5], b"")]
    assert fds[1] in haul.nothing
    assert sockets.read([fds[3]]).others == [(fds[3], bytes(100))]


def test_nobody_is_read(sockets: Sockets) -> None:
    haul = sockets.read([])
    assert (len(haul.of), haul.frames, haul.others, haul.nothing) == (0, b"", [], [])


def test_who_is_gone_keeps_nobody_elses_bytes(sockets: Sockets, lines: Lines) -> None:
    gone = os.dup(0)
    os.close(gone)
    lines.far[1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    lines.far[1].close()  # RST
    lines.say(0, b"one")
    lines.say(2, b"two")
    a, broken, b = lines.fds[:3]
    haul = sockets.read([a, gone, broken, b])
    assert haul.others == [(a, b"one"), (gone, b""), (broken, b""), (b, b"two")]
    frames = [b"hello", b"you"]
    taken = sockets.send(np.array([gone, broken, a, b], np.int32), frames, np.array([0, 1, 0, 1]))
    assert taken.tolist() == [0, 0, 5, 3]
    assert [lines.far[0].recv(9), lines.far[2].recv(9)] == frames


def test_who_is_full_takes_what_there_is_room_for(sockets: Sockets, lines: Lines) -> None:
    slow, fast = lines.near[:2]
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    frames = [os.urandom(1 << 22), b"short"]
    fds, which = np.array([slow.fileno(), fast.fileno()], np.int32), np.array([0, 1])
    first = sockets.send(fds, frames, which)
    assert 0 < first[0] < len(frames[0])
    assert first[1] == len(frames[1])
    while sockets.send(fds[:1], frames, which[:1])[0]:
        pass
    assert sockets.send(fds, frames, which).tolist() == [0, len(frames[1])]
    heard = b""
    while len(heard) < first[0]:
        heard += lines.far[0].recv(1 << 16)
    assert heard[: first[0]] == frames[0][: first[0]]


def test_what_is_for_one_alone_comes_behind_what_is_for_all_in_the_same_packet(
    sockets: Sockets, lines: Lines
) -> None:
    frames = [b"frame of the plaza", b"frame of the street"]
    besides = {0: b"for a", 2: b"for c"}
    taken = sockets.send(np.array(lines.fds[:4], np.int32), frames, np.array([0, 0, 1, 1]), besides)
    heard = [line.recv(99) for line in lines.far[:4]]
    assert heard == [frames[0] + b"for a", frames[0], frames[1] + b"for c", frames[1]]
    assert taken.tolist() == [len(one) for one in heard]
    again = sockets.send(np.array(lines.fds[:2], np.int32), frames, np.array([1, 0]))
    assert [line.recv(99) for line in lines.far[:2]] == [frames[1], frames[0]]
    assert again.tolist() == [len(frames[1]), len(frames[0])]


def test_of_what_a_full_socket_takes_in_part_it_is_told_how_much(sockets: Sockets, lines: Lines) -> None:
    lines.near[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    frame, beside = b"short", os.urandom(1 << 22)
    gone = os.dup(0)
    os.close(gone)
    fds = np.array([gone, lines.fds[0]], np.int32)
    ended, taken = sockets.send(fds, [frame], np.array([0, 0]), {0: beside, 1: beside}).tolist()
    assert ended == 0
    assert len(frame) < taken < len(frame) + len(beside)
    heard = b""
    while len(heard) < taken:
        heard += lines.far[0].recv(1 << 16)
    assert heard == (frame + beside)[:taken]


@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(st.just(b""), st.binary(min_size=1, max_size=READ_BYTES), st.just(bytes(POSE_FRAME_BYTES))),
        min_size=6,
        max_size=6,
    ),
    st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4),
    st.data(),
)
def test_by_whichever_way_the_same_is_read_and_sent(
    said: list[bytes], frames: list[bytes], data: st.DataObject
) -> None:
    which = np.array(data.draw(st.lists(st.integers(0, len(frames) - 1), min_size=6, max_size=6)))
    besides = data.draw(st.dictionaries(st.integers(0, 5), st.binary(min_size=1, max_size=300), max_size=6))
    lines = Lines(6)
    for way in WAYS:
        for line, raw in enumerate(said):
            lines.say(line, raw)
        haul = way.read(lines.fds)
        read = dict(haul.others) | {fd: haul.frame(row) for row, fd in enumerate(haul.of.tolist())}
        assert [read.get(fd, b"") for fd in lines.fds] == said
        assert sorted(haul.nothing) == sorted(fd for fd, raw in zip(lines.fds, said, strict=True) if not raw)
        taken = way.send(np.array(lines.fds, np.int32), frames, which, besides)
        sent = [frames[i] + besides.get(row, b"") for row, i in enumerate(which.tolist())]
        assert taken.tolist() == list(map(len, sent))
        assert [far.recv(1_000) for far in lines.far] == sent
    lines.close()


def test_the_ring_goes_round_and_takes_more_than_it_holds(lines: Lines) -> None:
    if not isinstance(WAYS[-1], Ringed):
        with pytest.raises(RingMissing):
            Ring(RECEIVE)
        return
    ring, near = Ring(RECEIVE), lines.near[0].fileno()
    room = np.zeros(3 * ENTRIES, np.uint8)
    for count in (1, ENTRIES - 3, 5, 2 * ENTRIES + 7, ENTRIES):
        sent = os.urandom(min(count, 1_000))
        lines.say(0, sent)
        addresses = np.uint64(room.ctypes.data) + np.arange(count, dtype=np.uint64)
        outcome = ring.run(np.full(count, near), addresses, np.full(count, 1))
        assert outcome.tolist() == [1] * len(sent) + [-11] * (count - len(sent))
        assert room[: len(sent)].tobytes() == sent
    ring.close()
    ring.close()
    assert ring.run(np.array([near]), room[:1].astype(np.uint64), np.array([1])).tolist() == [-11]
    assert address_of(b"x") != 0
