"""The gateway on real sockets and the loop that serves: pings, closes, who does not read, the library's own shape."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from importlib.metadata import requires, version
from pathlib import Path

import msgpack
import pytest
from packaging.requirements import Requirement
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from protocol.poses import encode_pose
from server.frames import frame_bytes
from server.gateway import SocketLine
from tests.support.city import message_of
from tests.support.node import Guest, Served, served
from tests.support.patience import until

NARROW = {"tick_hz": 50.0, "send_buffer_bytes": 2_048, "behind_bytes": 1_024, "unsent_bytes": 1_024}

GOODBYE_S = 1.0


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Served]:
    limits = {"unread_bytes": 40_000, "goodbye_seconds": GOODBYE_S, "commands_per_s": 0, "enter_at_per_s": 0}
    limits |= {"malformed_per_min": 0, "frames_per_s": 0}
    async with served(tmp_path, crowd=NARROW, limits=limits) as city:
        yield city


def test_the_library_is_one_that_this_gateway_was_tested_with() -> None:
    [needed] = [wanted for wanted in map(Requirement, requires("madang") or ()) if wanted.name == "picows"]
    assert needed.specifier.contains(version("picows"))
    assert not needed.specifier.contains("2.99")


def test_the_librarys_constructor_still_takes_what_the_gateway_gives_it() -> None:
    """It is semi-private: where this fails, hold `_PicowsProtocol` against the library's own server."""
    for number in (14, 16):
        with pytest.raises(TypeError, match="exactly 15 positional arguments"):
            WSProtocol(*[None] * number)


async def test_a_ping_of_the_client_is_answered_with_its_own_bytes(city: Served) -> None:
    async with city.guest() as guest:
        await guest.greet()
        for payload in (b"", b"here?", bytes(125)):
            await asyncio.wait_for(await guest.line.ping(payload), 60)
        assert await guest.is_well()


async def test_a_close_of_the_client_is_answered_and_the_city_is_left(tmp_path: Path) -> None:
    """At once: not when the line has had its time to take a goodbye."""
    async with served(tmp_path, limits={"goodbye_seconds": 600}) as city:
        async with city.guest() as guest:
            await guest.greet()
            await guest.enter("green")
            async with asyncio.timeout(120):
                await guest.line.close(1000)
            assert guest.line.close_code == 1000
        await until(lambda: city.count("madang_connections") == 0)
        assert city.node.router.crowds["green"].population == 0


async def test_a_line_that_breaks_is_left(city: Served) -> None:
    async with city.guest() as guest:
        await guest.greet()
        await guest.enter("green")
        guest.line.transport.abort()
        await until(lambda: city.count("madang_connections") == 0)
    assert city.count("madang_connections_closed_total", reason="lost") == 1


def is_free(number: int) -> bool:
    """Whether a descriptor is closed."""
    try:
        os.fstat(number)
    except OSError:
        return True
    return False


@pytest.mark.parametrize("end", ["abort", "close", "nonsense", "resume"])
async def test_a_sockets_number_that_comes_again_is_sent_nothing_of_its_predecessors(
    tmp_path: Path, end: str
) -> None:
    """Frames go to sockets by their numbers, which the system gives again as soon as one is closed."""
    async with (
        served(tmp_path, crowd={"tick_hz": 50.0}, limits={"goodbye_seconds": 0.01}) as city,
        city.guest() as guest,
        city.guest() as another,
    ):
        welcome = await guest.greet()
        await guest.enter("green")
        [first] = city.node.router.crowds["green"].connections.values()
        number = first.line.shared_fd
        assert number >= 0
        match end:
            case "abort":
                guest.line.transport.abort()
            case "close":
                await guest.line.close(1000)
            case "nonsense":
                await guest.line.send(b"\xc1")
            case "resume":
                key = {"session": welcome["session"], "key": welcome["resume_key"], "last": 0}
                await another.greet(resume=key)
                assert (await guest.ended())[0]["code"] == "superseded"
            case _:
                raise AssertionError(end)
        await until(lambda: is_free(number))
        async with AsyncExitStack() as stack:
            newcomers: list[Guest] = []
            while is_free(number):
                newcomers.append(await stack.enter_async_context(city.guest()))
            walker = await stack.enter_async_context(city.guest())
            await walker.greet()
            await walker.enter("green")
            told = city.count("madang_frames_total")
            await until(lambda: city.count("madang_frames_total") > told + 5)
            for newcomer in newcomers:
                await newcomer.say(type="hello", protocol=1)
                assert msgpack.unpackb(await newcomer.line.recv())["type"] == "welcome"


def lines_in_memory(city: Served) -> int:
    gc.collect()
    held = [one for one in gc.get_objects() if type(one) is SocketLine]
    return sum(one._gateway.router is city.node.router for one in held)


async def test_a_line_that_is_gone_is_held_by_nothing(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"goodbye_seconds": 0.01, "frames_per_s": 0.001}) as city:
        async with city.guest() as guest:
            await guest.greet()
            await guest.enter("green")
            assert lines_in_memory(city) == 1
        await until(lambda: lines_in_memory(city) == 0)


@pytest.mark.parametrize(
    "frame",
    [
        b"\x82\x05hello",
        b"\xc2\x80\0\0\0\0",
        b"\x83\x80\0\0\0\0",
        b"\x09\x80\0\0\0\0",
        b"\x82\xff" + b"\xff" * 12,
    ],
    ids=["without a mask", "a reserved bit", "an unknown opcode", "a torn ping", "an impossible length"],
)
async def test_what_is_no_websocket_frame_closes_the_line(city: Served, frame: bytes) -> None:
    async with city.guest() as well, city.guest() as guest:
        await well.greet()
        await guest.greet()
        guest.line.transport.write(frame)
        await asyncio.wait_for(guest.line.wait_closed(), 60)
        assert await well.is_well()
        await until(lambda: city.count("madang_connections") == 1)


# Who does not read


class Deaf:
    """A visitor whose socket takes little and who reads only when told to."""

    def __init__(self, city: Served) -> None:
        self.city = city
        self.socket = city.narrow_socket()
        self.socket.setblocking(False)
        self.heard = bytearray()

    async def greet(self) -> None:
        """Come in, and read nothing from then on."""
        loop = asyncio.get_running_loop()
        host = self.city.address.encode()
        upgrade = (
            b"GET /ws HTTP/1.1\r\nHost: " + host + b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await loop.sock_sendall(self.socket, upgrade)
        await asyncio.wait_for(loop.sock_recv(self.socket, 1_000), 60)
        await self.say(msgpack.packb({"type": "hello", "protocol": 1}))
        enter = {"type": "district.enter", "id": 1, "district": "green", "at": {"x": 30.0, "z": 30.0}}
        await self.say(msgpack.packb(enter))

    async def say(self, data: bytes, opcode: int = 2) -> None:
        """One frame, masked with nothing."""
        head = bytes((0x80 | opcode, 0x80 | len(data))) if len(data) < 126 else b""
        assert head
        await asyncio.get_running_loop().sock_sendall(self.socket, head + bytes(4) + data)

    async def read(self) -> None:
        """Read all that comes, until cancelled."""
        while True:
            self.heard += await asyncio.get_running_loop().sock_recv(self.socket, 1 << 16)


@pytest.fixture
async def deaf(city: Served) -> AsyncIterator[list[Deaf]]:
    """Four who came in and read nothing."""
    everyone = [Deaf(city) for _ in range(4)]
    for one in everyone:
        await one.greet()
    yield everyone
    for one in everyone:
        one.socket.close()


def waiting_bytes(city: Served) -> list[int]:
    """What waits in each connection's own buffer."""
    return [
        connection.line._transport.underlying_transport.get_write_buffer_size()  # type: ignore[attr-defined]
        for connection in city.node.router.connections
    ]


async def walk(guest: Guest, place: dict[str, float], steps: int) -> None:
    """Walk to and fro, and turn: something to be told at every tick."""
    for step in range(steps):
        await guest.say_bytes(encode_pose(place["x"] + 0.02 * (step % 2), 0, place["z"], step * 99 % 65_536))
        await guest.hear(2)


async def test_who_never_reads_costs_little_and_nobody_else_notices(city: Served, deaf: list[Deaf]) -> None:
    async with city.guest() as walker:
        await walker.greet()
        place = await walker.enter("green", at={"x": 31.0, "z": 30.0})
        async with asyncio.timeout(30):
            while city.count("madang_clients_behind") < 4:
                await walk(walker, place, 10)
        held = max(waiting_bytes(city))
        await walk(walker, place, 40)
        assert max(waiting_bytes(city)) <= held < 30_000
        assert city.count("madang_frames_skipped_total") >= 4 * 40
        assert await walker.is_well()
        assert not city.node.ticker._tasks[0].done()
    for one in deaf:
        one.socket.close()
    await until(lambda: city.count("madang_connections") == 0)
    assert city.count("madang_clients_behind") == 0


async def test_who_reads_again_is_shown_everything_anew(city: Served, deaf: list[Deaf]) -> None:
    async with city.guest() as walker:
        await walker.greet()
        place = await walker.enter("green", at={"x": 31.0, "z": 30.0})
        async with asyncio.timeout(30):
            while city.count("madang_clients_behind") < 4:
                await walk(walker, place, 10)
        reading = asyncio.create_task(deaf[0].read())
        await until(lambda: city.count("madang_clients_behind") == 3)
        del deaf[0].heard[:]
        slot = place["slot"].to_bytes(2, "little") + round(place["x"] * 100).to_bytes(2, "little")
        async with asyncio.timeout(30):  # less than nine complete lists take
            while deaf[0].heard.count(slot) < 9:
                await walk(walker, place, 2)
        reading.cancel()


async def test_frames_that_all_share_and_answers_to_one_never_tear_each_other(
    city: Served, deaf: list[Deaf]
) -> None:
    """The first go past the library while nothing waits in it: by sips, so that every boundary is met."""
    one = deaf[0]
    fell = 0
    async with city.guest() as walker:
        await walker.greet()
        place = await walker.enter("green", at={"x": 31.0, "z": 30.0})
        for number in range(10, 250):
            await one.say(msgpack.packb({"type": "avatar.emote", "id": number, "emote": "no"}))
            await walk(walker, place, 2)
            if number % 100 < 60:
                with suppress(BlockingIOError):
                    one.heard += one.socket.recv(37 * (number % 30))
            fell += city.count("madang_clients_behind") > 3
        reading = asyncio.create_task(one.read())
        await one.say(msgpack.packb({"type": "ping", "t": 4_711}))
        await until(lambda: b"pong" in one.heard)
        reading.cancel()
    assert fell
    at, answered, frames = 0, [], 0
    heard = bytes(one.heard)
    while (size := frame_bytes(heard, at)) is not None and at + size <= len(heard):
        frame, at = heard[at : at + size], at + size
        assert frame[0] in (0x82, 0x89)
        if frame[0] == 0x82:
            value = msgpack.unpackb(message_of(frame))
            for item in value if isinstance(value, list) else [value]:
                frames += isinstance(item, msgpack.ExtType)
                answered += (
                    [item["id"]] if isinstance(item, dict) and item["type"] in ("done", "refused") else []
                )
    assert answered == [1, *range(10, 250)]
    assert frames > 100


async def test_long_messages_that_have_to_wait_keep_their_heads(city: Served, deaf: list[Deaf]) -> None:
    reading = asyncio.create_task(deaf[0].read())
    await until(lambda: b"done" in deaf[0].heard)
    reading.cancel()
    del deaf[0].heard[:]
    [line] = [
        connection.line
        for connection in city.node.router.connections
        if connection.line._transport.underlying_transport.get_extra_info("peername")  # type: ignore[attr-defined]
        == deaf[0].socket.getsockname()
    ]
    sizes = [10, 9_000, 300, 20_000, 5_000, 70_000, 1, 8_193, 200]
    for number, size in enumerate(sizes):
        line.send(msgpack.packb({"number": number, "text": "x" * size}))
    reading = asyncio.create_task(deaf[0].read())
    await until(lambda: len(deaf[0].heard) > sum(sizes))
    reading.cancel()
    at, heard, told = 0, bytes(deaf[0].heard), []
    while (size_here := frame_bytes(heard, at)) is not None and at + size_here <= len(heard):
        value = msgpack.unpackb(message_of(heard[at : at + size_here]))
        at += size_here
        if isinstance(value, dict) and "number" in value:
            told.append((value["number"], len(value["text"])))
    assert told == list(enumerate(sizes))


async def fall_behind(city: Served, deaf: Deaf) -> None:
    """Ask until the answers fill the line."""
    number = 10
    async with asyncio.timeout(30):
        while not city.count("madang_clients_behind"):
            await deaf.say(msgpack.packb({"type": "avatar.emote", "id": number, "emote": "no"}))
            await asyncio.sleep(0)
            number += 1


async def test_who_asks_and_never_reads_is_cut_after_the_goodbye_had_its_time(
    city: Served, deaf: list[Deaf]
) -> None:
    number = 10
    async with asyncio.timeout(30):
        while city.count("madang_connections") == len(deaf):
            await deaf[0].say(msgpack.packb({"type": "avatar.emote", "id": number, "emote": "no"}))
            number += 1
            await asyncio.sleep(0)
    assert city.count("madang_connections_closed_total", reason="too_slow") == 1
    assert city.count("madang_limit_reached_total", limit="unread_bytes") == 1
    sockets = city.node._http.server_state.connections  # type: ignore[union-attr]
    await until(lambda: len(sockets) == len(deaf) - 1)
    assert city.count("madang_clients_behind") == 0


async def test_pings_of_who_does_not_read_do_not_pile_up_and_the_newest_is_answered(
    city: Served, deaf: list[Deaf]
) -> None:
    await fall_behind(city, deaf[0])
    await all_heard(city, deaf[0], 1)
    held = max(waiting_bytes(city))
    for number in range(2_000):
        await deaf[0].say(b"ping %d" % number, opcode=9)
    await all_heard(city, deaf[0], 2)
    assert max(waiting_bytes(city)) == held
    reading = asyncio.create_task(deaf[0].read())
    await until(lambda: b"ping 1999" in deaf[0].heard)
    assert b"ping 1998" not in deaf[0].heard
    reading.cancel()


async def all_heard(city: Served, deaf: Deaf, poses: int) -> None:
    """The city has heard all that was said until now: the pose that is said last."""
    await deaf.say(encode_pose(30, 0, 30, 0))
    await until(lambda: city.count("madang_poses_total", result="accepted") == poses)


async def test_sockets_hold_back_little(city: Served) -> None:
    async with city.guest() as guest:
        await guest.greet()
        [connection] = city.node.router.connections
        transport = connection.line._transport.underlying_transport  # type: ignore[attr-defined]
        sock = transport.get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * 2_304
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == 1_024
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert transport.get_write_buffer_limits() == (0, 0)
