"""What breaks RFC 6455, or floods by it: each ends with a goodbye and its close code, and is counted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgpack
import pytest

from tests.support.node import Guest, Served, served
from tests.support.patience import until

MASKED = 0x80
ZEROS = bytes(4)
"""A mask that changes nothing."""


def frame(first: int, payload: bytes = b"") -> bytes:
    """A frame by its first byte, masked with nothing."""
    size = len(payload)
    if size < 126:
        length = bytes((MASKED | size,))
    elif size < 1 << 16:
        length = bytes((MASKED | 126,)) + size.to_bytes(2, "big")
    else:
        length = bytes((MASKED | 127,)) + size.to_bytes(8, "big")
    return bytes((first,)) + length + ZEROS + payload


PING = msgpack.packb({"type": "ping", "t": 1})


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path, limits={"frames_per_s": 50, "frame_burst": 100}) as city:
        yield city


@pytest.fixture
async def bystander(city: Served) -> AsyncIterator[Guest]:
    """Who must not notice."""
    async with city.guest() as guest:
        await guest.greet()
        yield guest
        assert await guest.is_well()
        await until(lambda: city.count("madang_connections") == 1)


@pytest.mark.parametrize(
    ("data", "close_code"),
    [
        (frame(0xC2, PING), 1002),
        (frame(0xA2, PING), 1002),
        (frame(0x92, PING), 1002),
        (frame(0xC9), 1002),
        (frame(0x83), 1002),
        (frame(0x8B), 1002),
        (b"\x82\x05hello", 1002),
        (frame(0x09), 1002),
        (frame(0x89, bytes(126)), 1002),
        (frame(0x8A, bytes(65_536)), 1002),
        (frame(0x80, PING), 1002),
        (frame(0x00, PING), 1002),
        (frame(0x02, PING[:4]) + frame(0x82, PING), 1002),
        (frame(0x02, PING[:4]) + frame(0x81, b"text"), 1002),
        (b"\x82\xff" + b"\xff" * 8 + ZEROS, 1002),
        (b"\x82\xff" + (5).to_bytes(8, "big") + ZEROS + b"hello", 1002),
        (b"\x82\xfe" + (5).to_bytes(2, "big") + ZEROS + b"hello", 1002),
        (frame(0x88, b"\x03"), 1002),
        (frame(0x88, (999).to_bytes(2, "big")), 1002),
        (frame(0x88, (1000).to_bytes(2, "big") + b"\xff\xfe"), 1007),
    ],
    ids=[
        "reserved bit 1, as of compression", "reserved bit 2", "reserved bit 3", "reserved bit in a ping",
        "reserved opcode 3", "reserved opcode 11", "no mask", "a ping in parts", "a ping of 126 bytes",
        "a pong of 65,536",
        "a part of nothing, the last", "a part of nothing", "a message within another", "a text within another",
        "a length of 2^64-1", "5 as 64 bits", "5 as 16 bits", "half a close code", "close code 999",
        "a reason that is no UTF-8",
    ],
)  # fmt: skip
async def test_what_breaks_rfc_6455_is_told_bad_message_and_closed(
    city: Served, bystander: Guest, data: bytes, close_code: int
) -> None:
    async with city.guest() as guest:
        await guest.greet()
        guest.line.transport.write(data)
        goodbye, closed_with = await guest.ended()
        assert (goodbye["code"], closed_with) == ("bad_message", close_code)
        assert goodbye["message"]
        assert city.count("madang_connections_closed_total", reason="bad_message") == 1


async def test_it_is_so_before_the_hello_too(city: Served, bystander: Guest) -> None:
    async with city.guest() as guest:
        guest.line.transport.write(b"\x82\x05hello")
        goodbye, closed_with = await guest.ended()
        assert (goodbye["code"], closed_with) == ("bad_message", 1002)


@pytest.mark.parametrize("size", [131_073, 1 << 20, 1 << 62])
async def test_a_frame_beyond_all_measure_is_told_too_long_by_its_head_alone(
    city: Served, bystander: Guest, size: int
) -> None:
    async with city.guest() as guest:
        await guest.greet()
        guest.line.transport.write(b"\x82\xff" + size.to_bytes(8, "big") + ZEROS + bytes(1_000))
        goodbye, closed_with = await guest.ended()
        assert (goodbye["code"], closed_with) == ("too_long", 1009)
        assert city.count("madang_connections_closed_total", reason="too_long") == 1


FLOODS = {
    "pings": frame(0x89, b"?"),
    "pongs": frame(0x8A),
    "parts without end": frame(0x00),
    "messages of the language": frame(0x82, PING),
    "acknowledgements": frame(0x82, msgpack.packb({"type": "ack", "n": 0})),
    "commands": frame(0x82, msgpack.packb({"type": "avatar.emote", "id": 1, "emote": 1})),
    "empty messages": frame(0x82, b"\x90"),
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_of_frames_ends_as_flooding(city: Served, bystander: Guest, flood: str) -> None:
    async with city.guest() as guest:
        await guest.greet()
        if flood == "parts without end":
            guest.line.transport.write(frame(0x02))
        guest.line.transport.write(FLOODS[flood] * 500)
        goodbye, closed_with = await guest.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("flooding", "later", 4429)
        assert city.count("madang_connections_closed_total", reason="flooding") == 1
        assert city.count("madang_limit_reached_total", limit="frames_per_s") == 1


async def test_who_keeps_the_pace_is_never_flooding(city: Served) -> None:
    async with city.guest() as guest:
        await guest.greet()
        for _ in range(300):
            guest.line.transport.write(FLOODS["pings"])
            await asyncio.sleep(1 / 40)
        assert await guest.is_well()


async def test_a_limit_of_0_bears_any_number(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"frames_per_s": 0}) as city, city.guest() as guest:
        await guest.greet()
        guest.line.transport.write(FLOODS["pings"] * 3_000)
        assert await guest.is_well()


OFFERS = ["permessage-deflate", "permessage-deflate; client_max_window_bits", "x-webkit-deflate-frame, foo"]


@pytest.mark.parametrize("offer", OFFERS)
async def test_an_offer_to_compress_is_not_taken(city: Served, offer: str) -> None:
    headers = {"Sec-WebSocket-Extensions": offer}
    async with city.guest(additional_headers=headers) as guest:
        assert guest.line.response is not None
        assert "Sec-WebSocket-Extensions" not in guest.line.response.headers
        await guest.greet()
        assert await guest.is_well()


async def test_a_client_that_would_compress_speaks_plainly(city: Served) -> None:
    async with city.guest(compression="deflate") as guest:
        assert guest.line.protocol.extensions == []
        await guest.greet()
        assert await guest.is_well()
