"""What is read off many sockets at once: poses to their districts, everything else to the library, byte for byte."""

import os
import select
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.poses import POSE_MESSAGE_BYTES, encode_pose
from server.inbox import Inbox
from server.inlet import LONG_BYTES, Inlet, Source
from server.limits import Limits
from server.metrics import Metrics
from server.sockets import READ_BYTES, best_sockets

SOCKETS = best_sockets()


class Hands:
    """An event loop that does nothing by itself."""

    def __init__(self) -> None:
        self.readers: dict[int, Callable[[], None]] = {}
        self.later: list[Callable[[], None]] = []

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        self.readers[fd] = callback

    def remove_reader(self, fd: int) -> None:
        del self.readers[fd]

    def call_later(self, delay: float, callback: Callable[[], None]) -> None:
        self.later.append(callback)


class Client:
    """One socket and its far end."""

    def __init__(self, inlet: Inlet, slot: int | None = None, inbox: Inbox | None = None) -> None:
        self.far, self.near = socket.socketpair()
        self.far.setblocking(False)
        self.near.setblocking(False)
        self.heard = b""
        self.is_given_back = False
        self.source = Source(self.near, self._take, self._give_back)
        inlet.add(self.source)
        if slot is not None and inbox is not None:
            inlet.lead(self.source, (slot, inbox))

    def _take(self, raw: bytes) -> None:
        self.heard += raw

    def _give_back(self) -> None:
        self.is_given_back = True

    def close(self) -> None:
        self.far.close()
        self.near.close()


@contextmanager
def reading() -> Iterator[tuple[Inlet, Inbox]]:
    inlet = Inlet(Hands(), Limits(), Metrics(), SOCKETS)
    yield inlet, Inbox(Metrics(), 0.0)
    inlet.close()


def masked(payload: bytes, key: bytes = b"\x11\x22\x33\x44", opcode: int = 0x82) -> bytes:
    """A client's frame (RFC 6455, 5.3)."""
    assert len(payload) < 126
    body = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return bytes((opcode, 0x80 | len(payload))) + key + body


def test_a_pose_goes_to_its_district_with_its_slot_unmasked() -> None:
    with reading() as (inlet, inbox):
        people = [Client(inlet, slot, inbox) for slot in (5, 6, 7)]
        for i, person in enumerate(people):
            person.far.send(masked(encode_pose(i + 0.5, 1, 2, 3), os.urandom(4)))
        assert inlet.read() == 3
        steps = inbox.empty(1.0)
        assert sorted(zip(steps.slot.tolist(), steps.pose["x"].tolist(), strict=True)) == [
            (5, 0.5),
            (6, 1.5),
            (7, 2.5),
        ]
        assert [person.heard for person in people] == [b""] * 3
        for person in people:
            person.close()


def test_people_of_two_districts_are_kept_apart() -> None:
    with reading() as (inlet, here):
        there = Inbox(Metrics(), 0.0)
        one, other = Client(inlet, 3, here), Client(inlet, 3, there)
        one.far.send(masked(encode_pose(1, 0, 0, 0)))
        other.far.send(masked(encode_pose(2, 0, 0, 0)))
        inlet.read()
        assert here.empty(1.0).pose["x"].tolist() == [1]
        assert there.empty(1.0).pose["x"].tolist() == [2]
        one.close()
        other.close()


def test_whoever_is_in_no_district_is_heard_by_the_library() -> None:
    with reading() as (inlet, inbox):
        person = Client(inlet)
        frame = masked(encode_pose(1, 2, 3, 4))
        person.far.send(frame)
        inlet.read()
        assert person.heard == frame
        inlet.lead(person.source, (4, inbox))
        person.far.send(frame)
        inlet.read()
        assert inbox.empty(1.0).slot.tolist() == [4]
        inlet.lead(person.source, None)
        person.far.send(frame)
        inlet.read()
        assert person.heard == 2 * frame
        person.close()


def test_what_only_looks_like_a_pose_is_heard_by_the_library() -> None:
    with reading() as (inlet, inbox):
        person = Client(inlet, 1, inbox)
        same_length = masked(bytes(POSE_MESSAGE_BYTES))
        text = masked(encode_pose(0, 0, 0, 0), opcode=0x81)
        part = masked(encode_pose(0, 0, 0, 0), opcode=0x02)
        for frame in (same_length, text, part):
            person.far.send(frame)
            inlet.read()
        assert person.heard == same_length + text + part
        assert len(inbox.empty(1.0).slot) == 0
        person.close()


def test_a_pose_within_a_longer_message_is_not_taken_for_one() -> None:
    with reading() as (inlet, inbox):
        person = Client(inlet, 1, inbox)
        pose = masked(encode_pose(1, 0, 0, 0))
        long = bytes((0x82, 0x80 | 126)) + (2 * len(pose)).to_bytes(2) + bytes(4)
        for piece in (long, pose, pose, pose):
            person.far.send(piece)
            inlet.read()
        assert person.heard == long + 2 * pose
        assert len(inbox.empty(1.0).slot) == 1
        person.close()


pieces = st.lists(
    st.one_of(
        st.just("pose"),
        st.binary(min_size=0, max_size=60),
        st.binary(min_size=200, max_size=400).map(lambda it: it[:120]),
    ),
    min_size=1,
    max_size=12,
)


@given(pieces, st.lists(st.integers(1, 90), min_size=1, max_size=30))
def test_however_the_bytes_arrive_none_is_lost_doubled_or_out_of_order(
    said: list[str | bytes], lengths: list[int]
) -> None:
    poses = 0
    stream = b""
    for piece in said:
        if isinstance(piece, str):
            stream += masked(encode_pose(poses, 0, 0, 0), b"\x01\x02\x03\x04")
            poses += 1
        else:
            stream += masked(piece, b"\x05\x06\x07\x08")
    with reading() as (inlet, inbox):
        person = Client(inlet, 9, inbox)
        at, turn = 0, 0
        while at < len(stream):
            size = lengths[turn % len(lengths)]
            person.far.send(stream[at : at + size])
            inlet.read()
            at, turn = at + size, turn + 1
        taken = inbox.empty(1.0)
        whole = [masked(encode_pose(x, 0, 0, 0), b"\x01\x02\x03\x04") for x in taken.pose["x"].tolist()]
        # Taking the poses that went the short way out of the stream, in order, leaves what the library heard.
        rest = stream
        kept = b""
        for frame in whole:
            before, found, rest = rest.partition(frame)
            assert found
            kept += before
        assert kept + rest == person.heard
        person.close()


def test_who_sends_more_than_one_read_is_read_on() -> None:
    with reading() as (inlet, inbox):
        person = Client(inlet, 1, inbox)
        person.near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        person.far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        sent = person.far.send(os.urandom(READ_BYTES + LONG_BYTES + 1_000))
        assert sent > READ_BYTES + LONG_BYTES
        rounds = 0
        while inlet.read():
            rounds += 1
        assert len(person.heard) == sent
        assert rounds >= 2
        person.close()


@pytest.mark.parametrize("last", [b"", masked(b"bye")])
def test_the_end_of_a_line_is_left_to_the_library(last: bytes) -> None:
    with reading() as (inlet, inbox):
        person = Client(inlet, 1, inbox)
        if last:
            person.far.send(last)
        person.far.shutdown(socket.SHUT_WR)
        inlet.read()
        assert person.is_given_back
        left = person.near.recv(100)
        assert person.heard + left == last
        person.close()


def test_a_socket_that_was_closed_is_read_no_more_and_its_number_may_come_again() -> None:
    with reading() as (inlet, inbox):
        person = Client(inlet, 1, inbox)
        number = person.near.fileno()
        inlet.remove(person.source)
        inlet.remove(person.source)
        person.close()
        other = Client(inlet, 2, inbox)
        assert other.near.fileno() in (number, number - 1, number + 1)
        inlet.lead(person.source, (1, inbox))
        other.far.send(masked(encode_pose(0, 0, 0, 0)))
        inlet.read()
        assert inbox.empty(1.0).slot.tolist() == [2]
        other.close()


def test_a_line_that_breaks_in_the_round_is_given_back_and_all_others_are_heard() -> None:
    with reading() as (inlet, inbox):
        door = socket.create_server(("127.0.0.1", 0))
        far = socket.create_connection(door.getsockname())
        near, _ = door.accept()
        near.setblocking(False)
        given_back: list[bool] = []
        broken = Source(near, lambda raw: None, lambda: given_back.append(True))
        people = [Client(inlet, slot, inbox) for slot in (0, 1)]
        inlet.add(broken)
        people.append(Client(inlet, 2, inbox))
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far.close()  # RST
        for person in people:
            person.far.send(masked(encode_pose(1, 0, 2, 0)))
        inlet.read()
        assert sorted(inbox.empty(0.0).slot.tolist()) == [0, 1, 2]
        assert given_back == [True]
        for person in people:
            person.close()
        near.close()
        door.close()


def rings(bell: int) -> bool:
    """Whether the loop would be told."""
    return bool(select.select([bell], [], [], 0)[0])


def test_it_waits_for_the_loop_while_nobody_says_anything_and_polls_while_somebody_does() -> None:
    hands = Hands()
    inlet = Inlet(hands, Limits(), Metrics(), SOCKETS)
    person = Client(inlet)
    [(bell, wake)] = hands.readers.items()
    assert not rings(bell)
    wake()
    assert not hands.later
    person.far.send(masked(b"hello"))
    assert rings(bell)
    wake()
    [go_on] = hands.later
    person.far.send(masked(b"again"))
    assert not rings(bell)
    hands.later.clear()
    go_on()
    [go_on] = hands.later
    go_on()
    assert person.heard == masked(b"hello") + masked(b"again")
    person.far.send(masked(b"and again"))
    assert rings(bell)
    wake()
    assert person.heard.endswith(masked(b"and again"))
    inlet.close()
    inlet.close()
    go_on()
    person.close()


# What a round may take


class Effort:
    """A clock that moves by what is done: so many ms each time that somebody is heard."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Busy(Client):
    """One whose every message takes 3 ms to be heard."""

    effort: Effort

    def _take(self, raw: bytes) -> None:
        super()._take(raw)
        self.effort.seconds += 0.003


def busy_people(effort: Effort, inlet: Inlet, count: int) -> list[Busy]:
    people = [Busy(inlet) for _ in range(count)]
    for person in people:
        person.effort = effort
    return people


def rounds_left(metrics: Metrics) -> float:
    return metrics.registry.get_sample_value("madang_limit_reached_total", {"limit": "round_ms"}) or 0.0


def test_a_round_ends_when_its_time_is_over_and_who_waits_is_first_in_the_next() -> None:
    effort, metrics = Effort(), Metrics()
    inlet = Inlet(Hands(), Limits(round_ms=5), metrics, SOCKETS, effort)
    first = busy_people(effort, inlet, 3)
    for person in first:
        person.far.send(masked(b"one"))
    assert inlet.read() == 4, "three spoke, and one of them waits"
    assert [person.heard for person in first] == [masked(b"one"), masked(b"one"), b""]
    assert [person.source.is_unheard for person in first] == [False, False, True]
    assert rounds_left(metrics) == 1
    later = busy_people(effort, inlet, 2)
    for person in (*later, first[2]):
        person.far.send(masked(b"two"))
    inlet.read()
    assert first[2].heard == masked(b"one"), "what came meanwhile is read when that was heard"
    assert [person.heard for person in later] == [masked(b"two"), b""]
    while inlet.read():
        pass
    assert first[2].heard == masked(b"one") + masked(b"two")
    assert later[1].heard == masked(b"two")
    assert not any(person.source.is_unheard for person in (*first, *later))
    for person in (*first, *later):
        person.close()
    inlet.close()


def test_neither_commands_nor_acknowledgements_wait_for_all_of_the_other() -> None:
    effort = Effort()
    inlet = Inlet(Hands(), Limits(round_ms=5), Metrics(), SOCKETS, effort)
    told, asking = busy_people(effort, inlet, 6), busy_people(effort, inlet, 6)
    for one, other in zip(told, asking, strict=True):
        one.far.send(masked(b"ack"))
        other.far.send(masked(b"a command of some length"))
    for heard in (2, 4, 6):
        inlet.read()
        assert sum(bool(person.heard) for person in told) == heard
        assert sum(bool(person.heard) for person in asking) == heard
    for person in (*told, *asking):
        person.close()
    inlet.close()


def test_who_says_little_does_not_wait_for_all_who_say_much() -> None:
    effort = Effort()
    inlet = Inlet(Hands(), Limits(round_ms=5), Metrics(), SOCKETS, effort)
    flooding, voting = busy_people(effort, inlet, 12), busy_people(effort, inlet, 2)
    for one in flooding:
        one.far.send(masked(b"a command of some length") * 12)
    for one in voting:
        one.far.send(masked(b"a vote of the usual length"))
    inlet.read()
    assert [bool(one.heard) for one in voting] == [True, True]
    assert sum(bool(one.heard) for one in flooding) == 2
    while inlet.read():
        pass
    assert {one.heard for one in flooding} == {masked(b"a command of some length") * 12}
    for one in (*flooding, *voting):
        one.close()
    inlet.close()


def test_a_round_without_a_bound_hears_everyone() -> None:
    effort, metrics = Effort(), Metrics()
    inlet = Inlet(Hands(), Limits(round_ms=0), metrics, SOCKETS, effort)
    people = busy_people(effort, inlet, 10)
    for person in people:
        person.far.send(masked(b"one"))
    inlet.read()
    assert {person.heard for person in people} == {masked(b"one")}
    assert rounds_left(metrics) == 0
    for person in people:
        person.close()
    inlet.close()


def test_a_pose_does_not_wait_for_what_others_say() -> None:
    effort = Effort()
    inlet, inbox = Inlet(Hands(), Limits(round_ms=5), Metrics(), SOCKETS, effort), Inbox(Metrics(), 0.0)
    people = busy_people(effort, inlet, 5)
    walker = Client(inlet, 7, inbox)
    for person in people:
        person.far.send(masked(b"one"))
    walker.far.send(masked(encode_pose(1, 0, 0, 0)))
    inlet.read()
    assert [person.heard for person in people].count(b"") == 3
    assert inbox.empty(1.0).slot.tolist() == [7]
    for person in people:
        person.close()
    walker.close()
    inlet.close()


def test_who_waits_and_is_closed_meanwhile_is_not_heard_nor_another_in_their_place() -> None:
    effort = Effort()
    inlet = Inlet(Hands(), Limits(round_ms=1), Metrics(), SOCKETS, effort)
    people = busy_people(effort, inlet, 2)
    for person in people:
        person.far.send(masked(b"one"))
    inlet.read()
    assert people[1].heard == b""
    inlet.remove(people[1].source)
    people[1].close()
    [other] = busy_people(effort, inlet, 1)
    while inlet.read():
        pass
    assert (people[1].heard, other.heard) == (b"", b"")
    other.far.send(masked(b"two"))
    inlet.read()
    assert other.heard == masked(b"two")
    people[0].close()
    other.close()
    inlet.close()


def test_the_end_of_a_line_that_waits_is_told_after_what_it_said() -> None:
    effort = Effort()
    inlet = Inlet(Hands(), Limits(round_ms=1), Metrics(), SOCKETS, effort)
    first, second = busy_people(effort, inlet, 2)
    for person in (first, second):
        person.far.send(masked(b"one"))
    inlet.read()
    second.far.shutdown(socket.SHUT_WR)
    assert second.heard == b""
    while inlet.read() and not second.is_given_back:
        pass
    assert (second.heard, second.is_given_back) == (masked(b"one"), True)
    first.close()
    second.close()
    inlet.close()


def test_of_who_sends_many_small_messages_a_round_hears_some_and_of_who_sends_a_long_one_the_whole() -> None:
    with reading() as (inlet, _):
        many, long = Client(inlet), Client(inlet)
        small = masked(b"x" * 30) * 40
        whole = bytes((0x82, 0x80 | 126)) + (5_000).to_bytes(2) + bytes(4) + bytes(5_000)
        many.far.send(small)
        long.far.send(whole + masked(b"next"))
        inlet.read()
        assert READ_BYTES <= len(many.heard) < READ_BYTES + len(masked(b"x" * 30))
        assert long.heard == whole
        while inlet.read():
            pass
        assert many.heard == small
        assert long.heard == whole + masked(b"next")
        many.close()
        long.close()
