"""The doorstep over real sockets: who knocks too often is cut unread, the others come in, a few at a time."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

from server.addresses import Proxies
from server.admission import Door
from server.config import Listen
from server.doorstep import AT_ONCE, Doorstep
from server.limits import Limits
from server.metrics import Metrics
from tests.support.node import Served, served
from tests.support.patience import until

SLOW = 0.01
"""A rate at which nothing comes back while a test runs, however slow the machine."""
ASK = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
FLOODED = {"lines_per_s": SLOW, "line_burst": 3, "loopback_exempt": False}


async def asked(city: Served, address: str) -> bytes:
    """What is answered to a request from this address, as far as it comes."""
    heard = b""
    try:
        reader, writer = await asyncio.open_connection(*city.host_and_port, local_addr=(address, 0))
    except ConnectionError:
        return heard
    try:
        writer.write(ASK)
        while part := await asyncio.wait_for(reader.read(1 << 16), 60):
            heard += part
    except ConnectionError:
        pass
    finally:
        writer.close()
    return heard


def cut(city: Served, limit: str = "lines_per_s") -> float:
    return city.count("madang_limit_reached_total", limit=limit)


async def test_an_address_that_knocks_too_often_is_cut_unread_and_others_come_in(tmp_path: Path) -> None:
    async with served(tmp_path, limits=FLOODED) as city:
        told = [await asked(city, "127.0.0.7") for _ in range(8)]
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in told[:3])
        # A reset may pass by what was said before it; nobody was read, so nobody was answered.
        assert all(not answer or answer.startswith(b"HTTP/1.1 429 ") for answer in told[3:])
        assert cut(city) == 5
        assert (await asked(city, "127.0.0.8")).startswith(b"HTTP/1.1 200 ")
        assert cut(city) == 5


async def test_what_is_told_to_who_is_cut_is_a_whole_answer(tmp_path: Path) -> None:
    async with served(tmp_path, limits=FLOODED | {"line_burst": 1}) as city, AsyncExitStack() as stack:
        for _ in range(2):
            line = stack.enter_context(socket.socket())
            line.bind(("127.0.0.9", 0))
            line.connect(city.host_and_port)
        await until(lambda: cut(city) == 1)
        head, _, body = line.recv(1_000).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
        assert f"content-length: {len(body)}".encode() in head
        assert body == b"lines_per_s is passed\n"


async def test_who_was_told_in_words_and_comes_again_at_once_is_cut_unread(tmp_path: Path) -> None:
    limits = {"handshakes_per_s": SLOW, "refusals_per_s": SLOW, "refusal_burst": 2, "loopback_exempt": False}
    async with served(tmp_path, limits=limits) as city, city.guest() as inside:
        await inside.greet()
        for _ in range(2):
            async with city.guest() as another:
                goodbye, closed_with = await another.ended()
            assert (goodbye["code"], goodbye["retry"], closed_with) == ("full", "later", 4453)
        for _ in range(3):
            answer = await asked(city, "127.0.0.1")
            assert not answer or answer.endswith(b"\r\n\r\nrefusals_per_s is passed\n")
        assert cut(city, "refusals_per_s") == 3
        assert (await asked(city, "127.0.0.8")).startswith(b"HTTP/1.1 200 ")
        assert await inside.is_well()


async def test_zero_is_off_and_this_machine_is_free_of_it_by_default(tmp_path: Path) -> None:
    for number, limits in enumerate(({"lines_per_s": 0.0, "loopback_exempt": False}, {"lines_per_s": SLOW})):
        async with served(tmp_path / str(number), limits=limits | {"line_burst": 1}) as city:
            told = [await asked(city, "127.0.0.1") for _ in range(4)]
            assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in told)
            assert cut(city) == 0


async def test_who_comes_through_a_named_proxy_is_not_counted_as_one_address(tmp_path: Path) -> None:
    listen = {"proxies": ["127.0.0.0/8"]}
    async with served(tmp_path, listen=listen, limits=FLOODED) as city:
        told = [await asked(city, "127.0.0.1") for _ in range(6)]
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in told)


# How many at a time


class Line(asyncio.Protocol):
    """One that was taken."""

    def __init__(self, taken: list["Line"]) -> None:
        self._taken = taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._taken.append(self)


class Exhausted(socket.socket):
    """A listener on a system that has no descriptor left, for so many times."""

    times = 1

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        if self.times:
            self.times -= 1
            raise OSError(errno.EMFILE, "too many open files")
        return super().accept()


@asynccontextmanager
async def stepping(kind: type[socket.socket] = socket.socket) -> AsyncIterator[tuple[int, list[Line]]]:
    """A doorstep alone: its port, and the lines that it has taken."""
    taken: list[Line] = []
    listener = kind()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    door = Door(Limits(), Metrics())
    step = Doorstep(listener, lambda: Line(taken), door, Proxies(Listen()), asyncio.get_running_loop())
    try:
        yield port, taken
    finally:
        step.close()
        step.close()
        for line in taken:
            line.transport.close()


async def test_of_many_who_wait_some_are_taken_at_a_time() -> None:
    async with stepping() as (port, taken), AsyncExitStack() as stack:
        waiting = 3 * AT_ONCE + 5
        for _ in range(waiting):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        turns = [0]
        while len(taken) < waiting:
            await asyncio.sleep(0)
            turns.append(len(taken))
        steps = [after - before for before, after in pairwise(turns)]
        assert max(steps) <= AT_ONCE
        assert sum(step > 0 for step in steps) >= 4


async def test_where_no_descriptor_is_left_it_is_tried_again() -> None:
    async with stepping(Exhausted) as (port, taken):
        with socket.create_connection(("127.0.0.1", port)):
            begun = asyncio.get_running_loop().time()
            await until(lambda: taken)
            assert asyncio.get_running_loop().time() - begun >= 1.0


async def test_who_left_before_being_taken_harms_nobody() -> None:
    async with stepping() as (port, taken):
        for _ in range(5):
            gone = socket.create_connection(("127.0.0.1", port))
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            gone.close()
        with socket.create_connection(("127.0.0.1", port)) as here:
            await until(lambda: any(_peer(line) == here.getsockname() for line in taken))


def _peer(line: Line) -> object:
    return line.transport.get_extra_info("peername")
