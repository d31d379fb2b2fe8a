"""Floods over real sockets: each limit is met and counted, and whoever keeps to them does not notice."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from protocol.poses import encode_pose
from server.auth import Claims, issue_token, keep_secret
from tests.support.node import Guest, Served, served
from tests.support.patience import until

SLOW = 0.01
"""A rate at which nothing comes back while a test runs, however slow the machine."""

CHANGE = {"type": "avatar.change", "avatar": {"model": "plain"}}
EMOTE = {"type": "avatar.emote", "emote": 5}
ENTER = {"type": "district.enter", "district": "hall"}
WHO = {"type": "avatar.who", "slots": [1]}
SAY = {"type": "chat.say", "text": "hi", "to": "nearby"}
ENTER_AT = {"type": "district.enter", "district": "green", "at": {"x": 30.0, "z": 30.0}}


def limit_reached(city: Served, limit: str) -> float:
    """How often a limit said no."""
    return city.count("madang_limit_reached_total", limit=limit)


async def answers(guest: Guest, command: dict[str, Any], times: int, first: int = 100) -> list[Any]:
    """What a command is answered that is given so many times at once."""
    for number in range(first, first + times):
        await guest.say(**command, id=number)
    told = []
    for number in range(first, first + times):
        while True:
            answer = next((a for a in guest.heard if a.__class__ is dict and a.get("id") == number), None)
            if answer is not None:
                break
            await guest.say(type="ping", t=0.5)
            await guest.hear("pong")
        told.append(answer)
    return told


@pytest.mark.parametrize(
    ("limit", "limits", "command"),
    [
        ("commands_per_s", {"commands_per_s": SLOW, "command_burst": 3}, EMOTE),
        ("kinds avatar.change", {"kinds": {"avatar.change": [SLOW, 2]}}, CHANGE),
        ("kinds district.enter", {"kinds": {"district.enter": [SLOW, 2]}}, ENTER),
        ("chat_per_s", {"chat_per_s": SLOW, "chat_burst": 2}, SAY),
        ("who_per_s", {"who_per_s": SLOW}, WHO),
        ("enter_at_per_s", {"enter_at_per_s": SLOW}, ENTER_AT),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_citizen_who_asks_too_often_is_told_when_to_come_back(
    tmp_path: Path, limit: str, limits: dict[str, Any], command: dict[str, Any]
) -> None:
    async with served(tmp_path, limits=limits) as city, city.guest() as guest, city.guest() as other:
        await guest.greet()
        await guest.enter("green")
        told = await answers(guest, command, 4)
        refused = [answer for answer in told if answer["type"] == "refused"]
        assert 1 <= len(refused) < 4
        assert {answer["code"] for answer in refused} == {"too_fast"}
        assert all(answer["retry_after_ms"] > 1_000 for answer in refused)
        assert limit_reached(city, limit) == len(refused)
        await other.greet()
        await other.enter("green")
        assert (await answers(other, command, 1))[0]["type"] == "done"


@pytest.mark.parametrize(
    ("limit", "limits", "command"),
    [
        ("commands_per_s", {"commands_per_s": SLOW, "command_burst": 3}, EMOTE),
        ("chat_per_s", {"chat_per_s": SLOW, "chat_burst": 2}, SAY),
        ("who_per_s", {"who_per_s": SLOW}, WHO),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_address_has_the_limits_of_so_many_citizens(
    tmp_path: Path, limit: str, limits: dict[str, Any], command: dict[str, Any]
) -> None:
    given = limits | {"citizens_per_address": 2, "loopback_exempt": False}
    async with served(tmp_path, limits=given) as city, AsyncExitStack() as stack:
        told = []
        for _ in range(3):
            guest = await stack.enter_async_context(city.guest())
            await guest.greet()
            await guest.say(type="district.enter", id=1, district="green")
            told += await answers(guest, command, 2)
        assert {answer["code"] for answer in told if answer["type"] == "refused"} == {"too_fast"}
        assert limit_reached(city, f"{limit} of an address") >= 1


async def test_an_address_opens_so_many_connections_a_second(tmp_path: Path) -> None:
    limits = {"handshakes_per_s": SLOW, "loopback_exempt": False}
    async with served(tmp_path, limits=limits) as city, city.guest() as first, city.guest() as second:
        await first.greet()
        goodbye, closed_with = await second.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("full", "later", 4453)
        assert goodbye["after_ms"] > 1_000
        assert limit_reached(city, "handshakes_per_s") == 1


async def test_while_it_is_busy_an_address_opens_fewer(tmp_path: Path) -> None:
    limits = {"busy_handshakes_per_s": SLOW, "busy_handshake_burst": 1, "loopback_exempt": False}
    crowd = {"busy_low": 1e-9}
    async with served(tmp_path, limits=limits, crowd=crowd) as city, city.guest() as first:
        await first.greet()
        await until(lambda: city.node.router.door.is_busy)
        async with city.guest() as second:
            goodbye, closed_with = await second.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("full", "later", 4453)
        assert limit_reached(city, "busy_handshakes_per_s") == 1
        assert await first.is_well()


async def test_after_a_flood_its_address_opens_fewer_for_a_while(tmp_path: Path) -> None:
    limits = {"busy_handshakes_per_s": SLOW, "busy_handshake_burst": 2, "loopback_exempt": False}
    crowd = {"busy_low": 0.98, "busy_high": 0.99}
    async with served(tmp_path, limits=limits, crowd=crowd) as city, AsyncExitStack() as stack:
        for _ in range(3):
            welcome = await (await stack.enter_async_context(city.guest())).greet()
            assert welcome["type"] == "welcome", "past the burst, but nobody has flooded"
        async with city.guest() as flooder:
            await flooder.greet()
            for _ in range(6):
                await flooder.say(type="no.such")
            assert (await flooder.ended())[0]["code"] == "flooding"
        async with city.guest() as again:
            goodbye, closed_with = await again.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("full", "later", 4453)
        assert limit_reached(city, "flooded_seconds") == 1
        async with city.guest(local_addr=("127.0.0.8", 0)) as neighbour:
            assert (await neighbour.greet())["type"] == "welcome"


async def test_what_a_district_hears_in_a_moment_has_a_limit_and_newcomers_have_half(tmp_path: Path) -> None:
    limits = {"hearings_per_s": SLOW, "hearing_burst": 4, "newcomer_seconds": 0.3}
    shout = SAY | {"to": "district"}
    async with served(tmp_path, limits=limits) as city, city.guest() as known, city.guest() as raider:
        await known.greet()
        await known.enter("green")
        green = city.node.router.crowds["green"]
        await until(lambda: city.node.clock.monotonic() - min(green.came_at.values()) > 0.3)
        await raider.greet()
        await raider.enter("green")
        told = await answers(raider, shout, 3)
        assert [answer["type"] for answer in told] == ["done", "done", "refused"]
        assert told[-1]["code"] == "too_fast"
        assert limit_reached(city, "newcomer_seconds") == 1
        told = await answers(known, shout, 3)
        assert [answer["type"] for answer in told] == ["done", "done", "refused"]
        assert limit_reached(city, "hearings_per_s") == 1


@pytest.mark.parametrize(
    "message",
    [
        {"type": "no.such"},
        {"type": "no.such", "id": 7},
        {"type": "chat.say", "id": 7, "text": 5},
        {"id": -1},
        {"type": "ack", "n": "x"},
    ],
    ids=str,
)
async def test_who_sends_too_much_that_cannot_be_read_is_sent_away(
    tmp_path: Path, message: dict[str, Any]
) -> None:
    async with served(tmp_path) as city, city.guest() as guest, city.guest() as other:
        await guest.greet()
        await other.greet()
        for number in range(6):
            await guest.say(**(message | ({"id": number} if message.get("id") == 7 else {})))
        goodbye, closed_with = await guest.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("flooding", "later", 4429)
        assert limit_reached(city, "malformed_per_min") == 1
        assert await other.is_well()


async def test_a_text_that_is_too_long_is_not_held_against_who_wrote_it(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"chat_per_s": 0}) as city, city.guest() as guest:
        await guest.greet()
        await guest.enter("green")
        long = {"type": "chat.say", "text": "가" * 1_000, "to": "nearby"}
        told = await answers(guest, long, 10)
        assert {answer["code"] for answer in told} == {"too_long"}
        assert await guest.is_well()


async def test_who_waits_before_a_full_district_is_told_the_place_and_who_works_there_walks_in(
    tmp_path: Path,
) -> None:
    crowd = {"district_capacity": 2, "reserved_share": 0.5}
    async with served(tmp_path, crowd=crowd) as city, AsyncExitStack() as stack:
        inside, kim, lee, guard = [await stack.enter_async_context(city.guest()) for _ in range(4)]
        for guest in (inside, kim, lee):
            await guest.greet()
        await inside.enter("green")
        for place, guest in enumerate((kim, lee), 1):
            await guest.say(type="district.enter", id=1, district="green")
            queue = await guest.hear("district.queue")
            assert (queue["district"], queue["place"], queue.get("wait_ms")) == ("green", place, None)
            assert (await guest.hear("refused", id=1))["code"] == "full"
        assert limit_reached(city, "district_capacity") == 2
        bearer = Claims(sub="guard", name="guard", roles=["moderator@green"])
        secret = keep_secret(tmp_path / "data")
        token = issue_token(secret, bearer, issuer="madang", now=1_790_000_000, hours=500_000)
        await guard.greet(token=token)
        await guard.enter("green")
        for guest in (guard, inside):
            await guest.line.close(1000)
        await until(lambda: city.node.router.crowds["green"].population == 0)
        await lee.say(type="district.enter", id=2, district="green")
        assert (await lee.hear("refused", id=2))["code"] == "full"
        await kim.enter("green", command_id=2)
        await lee.say(type="district.enter", id=3, district="green")
        await lee.hear("refused", id=3)
        queue = [item for item in lee.heard if item["type"] == "district.queue"]
        assert queue[-1]["place"] == 1
        assert queue[-1]["wait_ms"] >= 0


async def test_where_many_speak_at_once_some_wait_for_the_next_round_and_all_are_heard(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, limits={"round_ms": 1}) as city, AsyncExitStack() as stack:
        guests = [await stack.enter_async_context(city.guest()) for _ in range(40)]
        welcomed = await asyncio.gather(*(guest.greet() for guest in guests))
        assert len({welcome["citizen"]["id"] for welcome in welcomed}) == 40
        assert limit_reached(city, "round_ms") >= 1
        assert all(await asyncio.gather(*(guest.is_well() for guest in guests)))


# One district is flooded, and another is not


async def pour(guest: Guest, place: dict[str, Any]) -> None:
    """As much as the line takes, until cancelled: commands, chat, poses."""
    pose = encode_pose(place["x"], 0, place["z"], 0)
    number = 10
    while True:
        for _ in range(20):
            await guest.say(type="chat.say", id=number, text="x" * 200, to="district")
            await guest.say(type="avatar.who", id=number + 1, slots=list(range(200)))
            await guest.say(type="avatar.emote", id=number + 2, emote=5)
            await guest.say_bytes(pose)
            number += 3
        await asyncio.sleep(0)


async def drink(guest: Guest) -> None:
    """Take in whatever comes."""
    while True:
        await guest.line.recv()


async def test_a_flood_in_one_district_does_not_keep_another_from_seeing_and_hearing(tmp_path: Path) -> None:
    limits = {"flooding_seconds": 0, "frames_per_s": 0}  # else they would soon be gone
    async with served(tmp_path, limits=limits) as city, AsyncExitStack() as stack:
        walker, watcher, *flooders = [await stack.enter_async_context(city.guest()) for _ in range(8)]
        for guest in (walker, watcher):
            await guest.greet()
        place = await walker.enter("hall")
        await watcher.enter("hall")
        pouring = []
        for guest in flooders:
            await guest.greet()
            there = await guest.enter("green")
            pouring += [asyncio.create_task(pour(guest, there)), asyncio.create_task(drink(guest))]
        await until(lambda: limit_reached(city, "commands_per_s") >= 500)
        before = limit_reached(city, "commands_per_s")
        hall = city.node.router.crowds["hall"].district
        for step in range(20):
            x = place["x"] + 0.05 * (step % 2)
            await walker.say_bytes(encode_pose(x, 0, place["z"], step * 1_000))
            await watcher.hear(2)
            await walker.say(type="ping", t=0.5)
            await walker.hear("pong")
        await until(lambda: hall.stand(place["slot"])[3] == 19_000)
        await walker.say(type="chat.say", id=50, text="들려요?", to="district")
        assert (await walker.hear("done", id=50))["result"]["heard_by"] == 1
        assert (await watcher.hear("chat.said"))["text"] == "들려요?"
        assert limit_reached(city, "commands_per_s") > before, "the flood goes on meanwhile"
        assert not any(task.done() for task in pouring)
        for task in pouring:
            task.cancel()
        await asyncio.gather(*pouring, return_exceptions=True)
        for guest in flooders:
            # else each would wait for ten seconds in vain: the city has not yet read all that was poured
            guest.line.transport.abort()
