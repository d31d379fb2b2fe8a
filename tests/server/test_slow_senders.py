"""Who sends too slowly, too long a head, or too many requests at once: cut in time, in bounded memory, and counted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import msgpack
import pytest

from tests.support.node import Guest, Served, served
from tests.support.patience import until

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ASK = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE_S = 300
"""In the loop's time, which jumps."""


class Caller:
    """Bare bytes over a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.begun = asyncio.get_running_loop().time()

    @property
    def waited(self) -> float:
        """Seconds since the line was opened, in the loop's time."""
        return asyncio.get_running_loop().time() - self.begun

    def say(self, data: bytes) -> None:
        """Some bytes."""
        self.writer.write(data)

    async def drip(self, data: bytes, every_s: float = 1.0) -> None:
        """A byte at a time, until the other end has enough."""
        with suppress(ConnectionError):
            for byte in data:
                if self.reader.at_eof() or self.writer.is_closing():
                    return
                self.say(bytes((byte,)))
                await asyncio.sleep(every_s)

    async def rest(self) -> bytes:
        """All that still comes."""
        heard = b""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):
                while part := await self.reader.read(1 << 16):
                    heard += part
        return heard

    async def answer(self) -> bytes:
        """The head of one answer; its body is passed over."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await self.reader.readexactly(length)
        return head


async def call(city: Served) -> Caller:
    return Caller(*await asyncio.open_connection(*city.host_and_port))


LIMITS = {"head_bytes": 2_000, "request_seconds": 10, "unread_seconds": 30, "http_lines": 20}


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path, limits=LIMITS) as city:
        yield city


@pytest.fixture
async def bystander(city: Served) -> AsyncIterator[Guest]:
    """Who must not notice."""
    async with city.guest() as guest:
        await guest.greet()
        yield guest
        assert await guest.is_well()


@pytest.fixture
def reached(city: Served) -> Callable[[str], float]:
    """How often a limit said no."""
    return lambda limit: city.count("madang_limit_reached_total", limit=limit)


DRIPPED = {
    "a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"y" * 1_000,
    "an upgrade": UPGRADE[:-2] + b"X-Slow: " + b"y" * 1_000,
}


@pytest.mark.parametrize("what", DRIPPED)
async def test_a_head_that_drips_is_cut_when_its_time_is_over(
    city: Served, bystander: Guest, reached: Callable[[str], float], what: str
) -> None:
    caller = await call(city)
    dripping = asyncio.create_task(caller.drip(DRIPPED[what], every_s=0.1))
    assert (await caller.rest()).startswith(b"HTTP/1.1 408 ")
    assert 9 < caller.waited < 12
    assert reached("request_seconds") == 1
    dripping.cancel()
    caller.writer.close()


async def test_a_second_head_on_the_same_line_may_drip_no_longer_than_the_first(
    city: Served, bystander: Guest, reached: Callable[[str], float]
) -> None:
    caller = await call(city)
    caller.say(ASK)
    assert (await caller.answer()).startswith(b"HTTP/1.1 200 ")
    dripping = asyncio.create_task(caller.drip(DRIPPED["a head"]))
    assert (await caller.rest()).startswith(b"HTTP/1.1 408 ")
    assert caller.waited < 15
    assert reached("request_seconds") == 1
    dripping.cancel()
    caller.writer.close()


async def test_a_body_that_drips_is_cut_too(city: Served, bystander: Guest) -> None:
    caller = await call(city)
    caller.say(b"POST /api/v1/petitions/file HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n")
    dripping = asyncio.create_task(caller.drip(b"{" + b" " * 899))
    assert (await caller.rest()).startswith(b"HTTP/1.1 408 ")
    assert caller.waited < 15
    dripping.cancel()
    caller.writer.close()


async def test_who_says_nothing_or_half_is_cut(city: Served, reached: Callable[[str], float]) -> None:
    silent, half = await call(city), await call(city)
    half.say(b"GET / HTTP/1.1\r\nHost:")
    assert await silent.rest() == b""
    assert (await half.rest()).startswith(b"HTTP/1.1 408 ")
    assert max(silent.waited, half.waited) < 15
    assert reached("request_seconds") == 2
    for caller in (silent, half):
        caller.writer.close()


HELLO = msgpack.packb({"type": "hello", "protocol": 1, "name": "x" * 40})


def frame_of(payload: bytes) -> bytes:
    return bytes((0x82, 0x80 | len(payload))) + bytes(4) + payload


async def test_a_hello_that_drips_is_a_handshake_that_takes_too_long(city: Served, bystander: Guest) -> None:
    caller = await call(city)
    caller.say(UPGRADE)
    await caller.reader.readuntil(b"\r\n\r\n")
    dripping = asyncio.create_task(caller.drip(frame_of(HELLO)))
    assert b"handshake_timeout" in await caller.rest()
    assert caller.waited < 15
    await until(lambda: city.count("madang_connections_closed_total", reason="handshake_timeout") == 1)
    dripping.cancel()
    caller.writer.close()


async def test_a_message_that_drips_does_not_count_as_being_heard(city: Served) -> None:
    caller = await call(city)
    caller.say(UPGRADE)
    await caller.reader.readuntil(b"\r\n\r\n")
    caller.say(frame_of(HELLO))
    long = b"\x82\xfe" + (4_000).to_bytes(2, "big") + bytes(4)
    dripping = asyncio.create_task(caller.drip(long + bytes(4_000)))
    assert b"idle" in await caller.rest()
    assert caller.waited < 70
    await until(lambda: city.count("madang_connections_closed_total", reason="idle") == 1)
    dripping.cancel()
    caller.writer.close()


HUGE = {
    "one long header": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 2_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 300 + b"\r\n",
    "a long address": b"GET /" + b"y" * 2_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long upgrade": UPGRADE[:-2] + b"X-Long: " + b"y" * 2_000 + b"\r\n\r\n",
    "no end": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 100_000,
    "no end of the address": b"GET /" + b"y" * 100_000,
}


@pytest.mark.parametrize("what", HUGE)
async def test_a_head_that_is_too_long_is_told_431(
    city: Served, bystander: Guest, reached: Callable[[str], float], what: str
) -> None:
    caller = await call(city)
    caller.say(HUGE[what])
    assert (await caller.rest()).startswith(b"HTTP/1.1 431 ")
    assert reached("head_bytes") == 1
    caller.writer.close()


async def test_a_long_head_in_small_parts_is_told_the_same(
    city: Served, bystander: Guest, reached: Callable[[str], float]
) -> None:
    caller = await call(city)
    dripping = asyncio.create_task(caller.drip(HUGE["no end"], every_s=0.001))
    assert (await caller.rest()).startswith(b"HTTP/1.1 431 ")
    assert reached("head_bytes") == 1
    dripping.cancel()
    caller.writer.close()


async def test_what_is_no_http_is_told_400_and_counted(city: Served, bystander: Guest) -> None:
    caller = await call(city)
    caller.say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20)
    assert (await caller.rest()).startswith(b"HTTP/1.1 400 ")
    assert city.count("madang_http_malformed_total") == 1
    caller.writer.close()


async def test_requests_that_pile_up_behind_another_are_refused(
    city: Served, bystander: Guest, reached: Callable[[str], float]
) -> None:
    caller = await call(city)
    caller.say(ASK * 500)
    told = await caller.rest()
    assert b"HTTP/1.1 429 " in told
    assert told.count(b"HTTP/1.1 200 ") < 20
    assert reached("pipelined") == 1
    caller.writer.close()


async def test_a_few_requests_in_one_go_are_all_answered(city: Served) -> None:
    caller = await call(city)
    caller.say(ASK * 10)
    for _ in range(10):
        assert (await caller.answer()).startswith(b"HTTP/1.1 200 ")
    caller.writer.close()


async def test_nobody_can_hold_all_lines(
    city: Served, bystander: Guest, reached: Callable[[str], float]
) -> None:
    silent = [await call(city) for _ in range(60)]
    await until(lambda: reached("http_lines") == 40)
    late = await call(city)
    late.say(ASK)
    assert (await late.answer()).startswith(b"HTTP/1.1 200 ")
    assert reached("http_lines") == 41
    for caller in [*silent, late]:
        caller.writer.close()


async def test_an_answer_that_nobody_reads_is_cut(city: Served, reached: Callable[[str], float]) -> None:
    deaf = city.narrow_socket()
    deaf.setblocking(False)
    answered = city.node._http.server_state  # type: ignore[union-attr]
    asked = 0
    while not reached("unread_seconds"):
        await asyncio.get_running_loop().sock_sendall(deaf, ASK.replace(b"livez", b"metrics") * 10)
        asked += 10
        await until(lambda: answered.total_requests >= asked or reached("unread_seconds"))  # noqa: B023
    assert asked < 10_000
    deaf.close()
