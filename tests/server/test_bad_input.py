"""What a stranger may throw at a running city: each gets its answer and is counted, and no one else notices."""

import asyncio
import math
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import msgpack
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from protocol.poses import encode_pose
from server.auth import Claims, issue_token, keep_secret
from tests.support.node import Guest, Served, served
from tests.support.patience import until


def bomb(depth: int) -> bytes:
    """Arrays within arrays, in a map."""
    return b"\x82\xa4type\xa4ping\xa1t" + b"\x91" * depth + b"\xc0"


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path, limits={"flooding_seconds": 0.5}) as city:
        yield city


@pytest.fixture
async def bystander(city: Served) -> AsyncIterator[Guest]:
    """Who must not notice."""
    async with city.guest() as guest:
        await guest.greet()
        await guest.enter("green")
        yield guest
        assert await guest.is_well()
        await guest.hear(2)
        assert city.count("madang_connections") == 1


async def ends(city: Served, guest: Guest, code: str, close_code: int) -> dict[str, Any]:
    """It must end so, be told so and be counted so; returns the goodbye."""
    goodbye, closed_with = await guest.ended()
    assert (goodbye["code"], closed_with) == (code, close_code)
    assert city.count("madang_connections_closed_total", reason=code) == 1
    assert isinstance(goodbye, dict)
    return goodbye


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x81\xa4type",
        b"\xc0\xc0",
        b"\xa4ping",
        b"\x07",
        b"\x81\x01\x02",
        b"\x93\x01\x02\x03",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff\xa4type",
        b"\xc6\xff\xff\xff\xff",
        b"\x81\xa4type\xa2\xff\xfe",
        b"\xd6\xff\x00\x00\x00\x00",
        b"\xd8\x07" + bytes(16),
        b"\xd8\x02" + bytes(16),
        b"\xd4\x01\x00",
        b"\xc7\x11\x01" + bytes(17),
        b"\x91" * 2_000 + b"\xc0",
        bomb(17),
        bomb(2_000),
        b"\x91" * 60_000,
        msgpack.packb({"type": "hello", "protocol": 1}),
    ],
    ids=lambda data: f"{data[:12].hex()} of {len(data)}",
)
async def test_what_is_not_of_the_language_ends_the_session(
    city: Served, bystander: Guest, tmp_path: Path, data: bytes
) -> None:
    async with city.guest() as guest:
        await guest.greet(token=token_for(tmp_path, "someone"))
        await guest.say_bytes(data)
        goodbye = await ends(city, guest, "bad_message", 4400)
        assert goodbye["message"]
        assert goodbye["retry"] == "never"


async def test_text_is_answered_and_closed_with_1003(city: Served, bystander: Guest) -> None:
    async with city.guest() as guest:
        await guest.greet()
        await guest.say_bytes("hello")
        await ends(city, guest, "bad_message", 1003)


def token_for(folder: Path, sub: str, **claims: Any) -> str:
    secret = keep_secret(folder / "data")
    bearer = Claims(sub=sub, name=sub, **claims)
    return issue_token(secret, bearer, issuer="madang", now=1_790_000_000, hours=24 * 365 * 50)


@pytest.mark.parametrize(("is_visitor", "length"), [(True, 4_097), (False, 66_560)])
async def test_a_message_over_the_limit_is_too_long(
    city: Served, bystander: Guest, tmp_path: Path, is_visitor: bool, length: int
) -> None:
    async with city.guest() as guest:
        await guest.greet(**{} if is_visitor else {"token": token_for(tmp_path, "kim")})
        await guest.say_bytes(bytes(length))
        await ends(city, guest, "too_long", 1009)


async def test_a_message_at_the_limit_is_read(city: Served, tmp_path: Path) -> None:
    async with city.guest() as guest:
        await guest.greet(token=token_for(tmp_path, "kim"))
        empty = len(msgpack.packb({"type": "ping", "t": 0.5, "padding": "x" * 256}))
        data = msgpack.packb({"type": "ping", "t": 0.5, "padding": "x" * (256 + 65_536 - empty)})
        assert len(data) == 65_536
        await guest.say_bytes(data)
        await guest.hear("pong")


async def test_a_message_beyond_all_measure_is_closed_with_1009(city: Served, bystander: Guest) -> None:
    async with city.guest() as guest:
        await guest.greet()
        await guest.say_bytes(bytes(200_000))
        assert (await guest.ended())[1] == 1009


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_a_message_may_come_in_fragments(city: Served, size: int) -> None:
    async with city.guest() as guest:
        await guest.greet()
        data = msgpack.packb({"type": "ping", "t": 0.5, "padding": "x" * 500})
        await guest.say_bytes([data[i : i + size] for i in range(0, len(data), size)])
        await guest.hear("pong")
        assert await guest.is_well()


async def test_fragments_together_keep_to_the_limit_of_one_message(city: Served, bystander: Guest) -> None:
    async with city.guest() as guest:
        await guest.greet()
        await guest.say_bytes([bytes(1_000)] * 5)
        await ends(city, guest, "too_long", 1009)


async def test_text_in_fragments_is_text(city: Served) -> None:
    async with city.guest() as guest:
        await guest.line.send(["he", "llo"])
        await ends(city, guest, "bad_message", 1003)


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        ({"type": "no.such", "id": 4}, "unknown_type", "type"),
        ({"type": 7, "id": 4}, "unknown_type", "type"),
        ({"id": 4}, "unknown_type", "type"),
        ({"type": "chat.say", "id": 4}, "bad_message", "text"),
        ({"type": "chat.say", "id": 4, "text": 5, "to": "nearby"}, "bad_message", "text"),
        ({"type": "chat.say", "id": 4, "text": "x", "to": "everyone"}, "bad_message", "to"),
        ({"type": "chat.say", "id": 4, "text": "x" * 301, "to": "nearby"}, "too_long", "text"),
        ({"type": "chat.say", "id": 4, "text": "\x00\n", "to": "nearby"}, "bad_message", "text"),
        ({"type": "avatar.emote", "id": 4, "emote": 256}, "bad_message", "emote"),
        ({"type": "avatar.emote", "id": 4, "emote": math.nan}, "bad_message", "emote"),
        ({"type": "avatar.who", "id": 4, "slots": [0] * 257}, "bad_message", "slots"),
        ({"type": "avatar.who", "id": 4, "slots": [1, -1]}, "bad_message", "slots.1"),
        ({"type": "district.enter", "id": 4}, "bad_message", "district"),
        ({"type": "district.enter", "id": 4, "district": "moon"}, "not_found", "district"),
        (
            {"type": "district.enter", "id": 4, "district": "green", "at": {"x": math.nan, "z": 1.0}},
            "bad_message",
            None,
        ),
        ({"type": "avatar.emote", "id": 4, "emote": 1, "key": "k" * 65}, "too_long", "key"),
        ({"type": "district.enter", "id": 4.0, "district": "moon"}, "not_found", "district"),
    ],
    ids=str,
)
async def test_a_command_that_cannot_be_is_refused_and_the_session_goes_on(
    city: Served, bystander: Guest, message: dict[str, Any], code: str, field: str | None
) -> None:
    async with city.guest() as guest:
        await guest.greet()
        await guest.enter("green")
        await guest.say(**message)
        refused = await guest.hear("refused", id=4)
        assert refused["code"] == code
        assert refused["message"]
        if field:
            assert refused["field"] == field
        assert city.count("madang_refused_total", reason=code) == 1
        assert await guest.is_well()


@pytest.mark.parametrize("message", [{"type": "no.such"}, {"type": "ack", "n": "x"}, {}, {"id": -1}], ids=str)
async def test_what_asks_for_no_answer_is_ignored_and_counted(city: Served, message: dict[str, Any]) -> None:
    async with city.guest() as guest:
        await guest.greet()
        await guest.say(**message)
        assert await guest.is_well()
        assert city.count("madang_unknown_messages_total") == 1


@pytest.mark.parametrize(
    ("first", "code", "close_code"),
    [
        ({"type": "ping", "t": 1}, "bad_message", 4400),
        ({"type": "district.enter", "id": 1, "district": "green"}, "bad_message", 4400),
        ({"type": "hello"}, "bad_message", 4400),
        ({"type": "hello", "protocol": "1"}, "bad_message", 4400),
        ({"type": "hello", "protocol": 2}, "bad_protocol", 4400),
        ({"type": "hello", "protocol": 1, "name": "x" * 41}, "bad_message", 4400),
        ({"type": "hello", "protocol": 1, "token": "forged.by.hand"}, "bad_token", 4401),
        ({"type": "hello", "protocol": 1, "token": ""}, "bad_token", 4401),
    ],
    ids=str,
)
async def test_a_wrong_opening_ends_with_its_reason(
    city: Served, bystander: Guest, first: dict[str, Any], code: str, close_code: int
) -> None:
    async with city.guest() as guest:
        await guest.say(**first)
        await ends(city, guest, code, close_code)
        assert city.count("madang_handshakes_total", result=code) == 1


async def test_a_pose_as_the_first_message_is_no_hello(city: Served) -> None:
    async with city.guest() as guest:
        await guest.say_bytes(encode_pose(1, 0, 1, 0))
        await ends(city, guest, "bad_message", 4400)


async def test_who_connects_and_says_nothing_is_sent_away(city: Served, bystander: Guest) -> None:
    async with city.guest() as guest:
        await ends(city, guest, "handshake_timeout", 4400)


NAN, INF = math.nan, math.inf
SIGNALLING_NAN = struct.unpack("<f", b"\x01\x00\xa0\x7f")[0]


@pytest.mark.parametrize(
    "place",
    [
        (NAN, 0, 30), (30, NAN, 30), (30, 0, NAN), (INF, 0, 30), (30, -INF, 30), (30, 0, INF),
        (-0.1, 0, 30), (60.1, 0, 30), (30, 0, -5), (30, 0, 1e30), (30, 301, 30), (30, -11, 30),
        (SIGNALLING_NAN, SIGNALLING_NAN, SIGNALLING_NAN),
    ],
    ids=str,
)  # fmt: skip
async def test_a_pose_that_is_no_place_is_passed_over(
    city: Served, bystander: Guest, place: tuple[float, float, float]
) -> None:
    async with city.guest() as guest:
        await guest.greet()
        there = await guest.enter("green")
        await guest.say_bytes(b"\xd8\x01" + struct.pack("<fffHBB", *place, 0, 1, 0))
        await until(lambda: city.count("madang_poses_total", result="outside"))
        slot, district = there["slot"], city.node.router.crowds["green"].district
        assert district.stand(slot)[:3] == (there["x"], there["y"], there["z"])
        await guest.say_bytes(encode_pose(there["x"] + 0.5, 0, there["z"], 0, 1))
        await until(lambda: district.stand(slot)[0] == pytest.approx(there["x"] + 0.5, abs=0.001))


def test_the_signalling_nan_of_these_tests_is_one() -> None:
    packed = struct.pack("<f", SIGNALLING_NAN)
    assert struct.unpack("<I", packed)[0] & 0x7F800000 == 0x7F800000


async def test_a_teleport_is_put_back_and_told(city: Served, bystander: Guest) -> None:
    async with city.guest() as guest:
        await guest.greet()
        there = await guest.enter("green")
        await guest.say_bytes(encode_pose(59, 0, 1, 0, 1))
        back = await guest.hear("avatar.moved_back")
        assert (back["x"], back["z"], back["reason"]) == (there["x"], there["z"], "too_fast")
        assert city.count("madang_poses_total", result="too_fast") == 1


async def test_a_thousand_poses_a_second_are_dropped_and_then_end_the_session(
    city: Served, bystander: Guest
) -> None:
    async with city.guest() as guest:
        await guest.greet()
        there = await guest.enter("green")
        pose = encode_pose(there["x"], 0, there["z"], 0)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        flood = asyncio.create_task(pour(guest, pose))
        goodbye = await ends(city, guest, "flooding", 4429)
        flood.cancel()
        assert loop.time() - begun < 5
        assert goodbye["after_ms"] > 0
        assert city.count("madang_poses_total", result="over_rate") > 100


async def pour(guest: Guest, pose: bytes) -> None:
    while True:
        for _ in range(20):
            await guest.say_bytes(pose)
        await asyncio.sleep(0.02)


async def test_beyond_the_limit_of_connections_one_is_told_so_after_the_upgrade(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"connections": 30}) as city:
        stack = AsyncExitStack()
        guests = [await stack.enter_async_context(city.guest()) for _ in range(50)]
        told = await asyncio.gather(*(first_word(guest) for guest in guests))
        full = [word for word in told if word["type"] == "goodbye"]
        assert len(full) == 20
        assert {word["code"] for word in full} == {"full"}
        assert all(word["retry"] == "later" and word["after_ms"] > 0 for word in full)
        assert {guest.line.close_code for guest in guests if guest.line.close_code} == {4453}
        assert city.count("madang_connections") == 30
        assert city.count("madang_limit_reached_total", limit="connections") == 20
        assert city.count("madang_handshakes_total", result="full") == 20
        await guests[0].line.close()
        await until(lambda: city.count("madang_connections") == 29)
        async with city.guest() as late:
            await late.greet()
        await stack.aclose()


async def first_word(guest: Guest) -> dict[str, Any]:
    """What comes first: the welcome or a goodbye."""
    with suppress(ConnectionClosed):  # the goodbye is there to be read all the same
        await guest.say(type="hello", protocol=1)
    word = msgpack.unpackb(await guest.line.recv())
    if word["type"] == "goodbye":
        await guest.line.wait_closed()
    assert isinstance(word, dict)
    return word


async def status_of(city: Served, **how: Any) -> int:
    """The HTTP status of an upgrade request."""
    try:
        async with city.guest(**how) as guest:
            await guest.greet()
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def test_an_origin_that_is_not_ours_is_forbidden(tmp_path: Path) -> None:
    listen = {"origins": ("https://city.example",)}
    async with served(tmp_path, listen=listen) as city:
        assert await status_of(city, origin="https://evil.example") == 403
        assert await status_of(city, origin="null") == 403
        assert await status_of(city, origin="https://city.example") == 101
        assert await status_of(city, origin=f"http://{city.address}") == 101
        assert await status_of(city) == 101
        assert city.count("madang_origins_refused_total", way="socket") == 2


async def test_behind_tls_a_page_of_ours_that_came_without_is_not_ours(tmp_path: Path) -> None:
    said = {"additional_headers": {"X-Forwarded-Proto": "https"}}
    async with served(tmp_path / "proxied", listen={"proxies": ("127.0.0.1",)}) as city:
        assert await status_of(city, origin=f"https://{city.address}", **said) == 101
        assert await status_of(city, origin=f"http://{city.address}", **said) == 403
        assert city.count("madang_origins_refused_total", way="socket") == 1
    async with served(tmp_path / "alone") as city:
        assert await status_of(city, origin=f"ftp://{city.address}") == 403
        assert await status_of(city, origin=city.address) == 403
        assert await status_of(city, origin=f"https://{city.address}") == 101


async def test_the_sub_protocol_is_echoed_not_required_and_others_alone_are_refused(city: Served) -> None:
    async with city.guest(subprotocols=["madang.v1"]) as guest:
        assert guest.line.subprotocol == "madang.v1"
    async with city.guest(subprotocols=["other", "madang.v1"]) as guest:
        assert guest.line.subprotocol == "madang.v1"
    async with city.guest() as guest:
        assert guest.line.subprotocol is None
    assert await status_of(city, subprotocols=["other"]) == 400


async def test_nothing_else_is_upgraded(city: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{city.address}/other", proxy=None)
    assert refused.value.response.status_code == 404


KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"


async def upgraded(city: Served, headers: bytes) -> bytes:
    """The first line of the answer to an upgrade request with these headers."""
    reader, writer = await asyncio.open_connection(*city.host_and_port)
    writer.write(b"GET /ws HTTP/1.1\r\nHost: " + city.address.encode() + b"\r\n" + headers + b"\r\n")
    line = await asyncio.wait_for(reader.readline(), 60)
    writer.close()
    await writer.wait_closed()
    return line


@pytest.mark.parametrize(
    "connection",
    [b"Upgrade", b"upgrade", b"keep-alive, Upgrade", b"Upgrade, keep-alive", b"keep-alive,upgrade"],
)
async def test_every_browsers_way_to_ask_for_an_upgrade_is_understood(
    city: Served, connection: bytes
) -> None:
    asked = b"Upgrade: websocket\r\nConnection: " + connection + b"\r\n" + KEY
    assert await upgraded(city, asked) == b"HTTP/1.1 101 Switching Protocols\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
    ],
    ids=["nothing", "no key"],
)
async def test_a_wrong_upgrade_is_a_bad_request(city: Served, headers: bytes) -> None:
    assert (await upgraded(city, headers)).startswith(b"HTTP/1.1 400 ")
