"""Each no of the city over a real socket that no other file meets: told why, counted, and the others go on."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from protocol.services.moderation import SanctionKind
from server.overload import Step
from tests.server.test_journal_trouble import limit_pages
from tests.server.test_logins import trusting
from tests.support.clock import AheadClock
from tests.support.moderated_town import HEAD, MODERATOR, Citizen, mirrored_city, moderated_town
from tests.support.node import served
from tests.support.patience import until
from tests.support.plain_page import code
from tests.support.reader import Reader
from tests.support.web_city import web_city

PETITION = {
    "kind": "inquiry_procedure", "title": "가로등", "text": "가로등이 꺼져 있습니다", "name": "김",
    "address": "세종대로 110", "contact": "010-0000-0000",
}  # fmt: skip


# Commands


async def test_what_is_done_in_a_place_is_not_done_elsewhere(tmp_path: Path) -> None:
    async with served(tmp_path) as city, city.guest() as guest:
        await guest.greet()
        commands: list[dict[str, Any]] = [
            {"type": "chat.say", "text": "x", "to": "nearby"},
            {"type": "avatar.emote", "emote": 5},
        ]
        for number, command in enumerate(commands):
            await guest.say(**command, id=number)
            assert (await guest.hear("refused", id=number))["code"] == "not_here"
        assert city.count("madang_refused_total", reason="not_here") == 2


async def test_what_contradicts_what_is_so_is_a_conflict(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim = await town.citizen("kim")
        await kim.do("petitions.file", key="one", **PETITION)
        refused = await kim.refused("petitions.file", key="one", **PETITION | {"title": "다른 일"})
        assert refused["code"] == "conflict"
        assert town.count("madang_refused_total", reason="conflict") == 1


async def test_a_district_without_a_seat_is_full(tmp_path: Path) -> None:
    async with moderated_town(tmp_path, crowd={"district_capacity": 1, "reserved_share": 0.0}) as town:
        await town.citizen("kim")
        lee = await town.welcome("lee")
        refused = await lee.refused("district.enter", district="hall")
        assert (refused["code"], refused["field"], refused["retry_after_ms"] > 0) == (
            "full",
            "district",
            True,
        )
        assert town.count("madang_refused_total", reason="full") == 1
        assert town.count("madang_limit_reached_total", limit="district_capacity") == 1


async def test_a_hall_without_a_seat_is_full(tmp_path: Path) -> None:
    mirrored_city(tmp_path, mirrors=1)
    async with moderated_town(tmp_path, crowd={"district_capacity": 1, "reserved_share": 0.0}) as town:
        await town.citizen("kim")
        lee = await town.citizen("lee")
        assert (lee.place["hall"], lee.place["halls"], lee.place["hall_seats"]) == (1, [1, 1], 1)
        refused = await lee.refused("district.enter", district="hall", hall=0)
        assert (refused["code"], refused["field"]) == ("full", "hall")
        assert (await lee.refused("district.close_hall", district="hall", hall=1))["code"] == "not_allowed"
        host = await town.welcome("host", roles=["host"])
        assert (await host.refused("district.close_hall", district="hall", hall=1))["field"] == "hall"
        assert town.count("madang_limit_reached_total", limit="hall_seats") == 2
        assert await lee.guest.is_well()


async def test_what_the_disk_does_not_take_is_unavailable_and_done_when_it_is_asked_again(
    tmp_path: Path,
) -> None:
    async with moderated_town(tmp_path) as town:
        kim = await town.citizen("kim")
        await limit_pages(town.at.node.journal, 0)
        for number in range(200):
            asked = PETITION | {"key": f"k{number}", "text": "가로등이 꺼져 있습니다. " * 50}
            answer = await kim.ask("petitions.file", **asked)
            if answer["type"] == "refused":
                break
        assert (answer["code"], answer["retry_after_ms"] > 0) == ("unavailable", True)
        assert town.count("madang_refused_total", reason="unavailable") == 1
        assert town.count("madang_rounds_lost_total") == 1
        await limit_pages(town.at.node.journal, None)
        await until(lambda: town.at.node.host.is_whole)
        assert (await kim.do("petitions.file", **asked))["petition"]


async def test_while_the_crowd_is_too_much_new_arrivals_wait(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim = await town.citizen("kim")
        town.at.node.router.take_step(Step.ARRIVALS_WAIT)
        async with town.at.guest() as guest:
            goodbye, closed_with = await guest.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("full", "later", 4453)
        assert goodbye["after_ms"] > 0
        assert town.count("madang_limit_reached_total", limit="overload") == 1
        town.at.node.router.take_step(Step.EASY)
        await town.citizen("lee")
        assert await kim.guest.is_well()


async def test_who_left_rests_their_slot_and_of_too_many_the_next_waits(tmp_path: Path) -> None:
    async with moderated_town(tmp_path, limits={"kinds": {}}) as town:
        town.at.node.router.crowds["hall"].district.slots.count = 2
        kim = await town.citizen("kim")
        for _ in range(2):
            await kim.enter("green")
            refused = await kim.ask("district.enter", district="hall")
        assert (refused["type"], refused["code"], refused["retry_after_ms"]) == ("refused", "full", 30_000)
        assert town.count("madang_limit_reached_total", limit="slots") == 1
        assert await kim.guest.is_well()


async def test_a_line_that_is_too_long_is_counted_by_its_limit(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim = await town.citizen("kim")
        refused = await kim.refused("chat.say", text="가" * 301, to="nearby")
        assert (refused["code"], refused["field"]) == ("too_long", "text")
        assert town.count("madang_limit_reached_total", limit="chat_length") == 1


# Goodbyes


async def test_who_says_goodbye_has_left(tmp_path: Path) -> None:
    async with served(tmp_path) as city, city.guest() as guest:
        await guest.greet()
        await guest.enter("green")
        await guest.say(type="goodbye", code="bye", message="", retry="never")
        await guest.ended()
        assert city.count("madang_connections_closed_total", reason="bye") == 1
        assert city.node.router.crowds["green"].population == 0


async def test_a_newer_line_of_a_citizen_supersedes_the_older(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        older = await town.citizen("kim")
        newer = await town.citizen("kim")
        goodbye, closed_with = await older.guest.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("superseded", "never", 4409)
        assert town.count("madang_connections_closed_total", reason="superseded") == 1
        assert older.id == newer.id
        assert await newer.guest.is_well()


async def test_who_acknowledges_nothing_is_too_slow(tmp_path: Path) -> None:
    async with moderated_town(
        tmp_path, limits={"facts_unacknowledged": 16, "chat_per_s": 0, "commands_per_s": 0}
    ) as town:
        deaf, speaker = await town.citizen("deaf"), await town.citizen("speaker")
        for number in range(40):
            await speaker.say(f"{number}번째 말", to="district")
        goodbye, closed_with = await deaf.guest.ended()
        assert (goodbye["code"], goodbye["retry"], closed_with) == ("too_slow", "now", 4431)
        assert town.count("madang_connections_closed_total", reason="too_slow") == 1
        assert await speaker.guest.is_well()


# Sessions whose line broke


async def test_who_comes_back_too_late_starts_afresh(tmp_path: Path) -> None:
    async with served(tmp_path) as city:
        async with city.guest() as guest:
            welcome = await guest.greet()
            await guest.enter("green")
            guest.line.transport.abort()
        await until(lambda: city.count("madang_sessions_detached") == 1)
        # As the ticker looks once a second; sessions go by the loop's time, which is real here.
        city.node.router.check_silence(city.node.router.clock.monotonic() + 61)
        assert city.count("madang_sessions_detached") == 0
        assert city.node.router.crowds["green"].population == 0
        async with city.guest() as again:
            resume = {"session": welcome["session"], "key": welcome["resume_key"], "last": 0}
            late = await again.greet(resume=resume)
            assert (late["resumed"], late["citizen"]["id"] != welcome["citizen"]["id"]) == (False, True)
        assert city.count("madang_handshakes_total", result="resumed") == 0


async def test_of_too_many_lines_that_broke_the_oldest_session_is_over(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"detached": 2}) as city:
        welcomes = []
        for number in range(3):
            async with city.guest() as guest:
                welcomes.append(await guest.greet())
                guest.line.transport.abort()
            await until(lambda: city.count("madang_connections") == 0)
            assert city.count("madang_sessions_detached") == min(number + 1, 2)
        assert city.count("madang_limit_reached_total", limit="detached") == 1
        for welcome, is_kept in zip(welcomes, (False, True, True), strict=True):
            async with city.guest() as guest:
                resume = {"session": welcome["session"], "key": welcome["resume_key"], "last": 0}
                assert (await guest.greet(resume=resume))["resumed"] is is_kept


# Tickets, codes, plain sessions


async def test_past_the_limit_of_tickets_the_oldest_is_no_ticket(tmp_path: Path) -> None:
    async with trusting(tmp_path, None, limits={"join_tickets": 2}) as city:
        tickets = [(await city.ticket(city.own_token(name))).json()["ticket"] for name in ("a", "b", "c")]
        assert city.city.count("madang_limit_reached_total", limit="join_tickets") == 1
        assert (await city.refused(ticket=tickets[0]))["code"] == "bad_token"
        for ticket in tickets[1:]:
            async with city.welcomed(ticket=ticket):
                pass


async def test_past_the_limit_of_codes_the_oldest_is_none(tmp_path: Path) -> None:
    async with web_city(tmp_path, plain={"codes": 2}) as city, AsyncExitStack() as stack:
        codes = [await code(city, who) for who in ("mina", "junho", "host")]
        assert city.city.count("madang_limit_reached_total", limit="plain.codes") == 1
        reader = Reader(city.city.address)
        stack.push_async_callback(reader.close)
        assert (await reader.sign_in(codes[0])).status == 401
        assert (await reader.sign_in(codes[1])).status == 200


async def test_a_code_that_is_too_old_is_none(tmp_path: Path) -> None:
    clock = AheadClock()
    async with (
        web_city(tmp_path, clock=clock, plain={"code_minutes": 5}) as city,
        AsyncExitStack() as stack,
    ):
        told = await code(city, "mina")
        clock.move(301)
        reader = Reader(city.city.address)
        stack.push_async_callback(reader.close)
        assert (await reader.sign_in(told)).status == 401
        assert city.city.count("madang_tokens_refused_total", reason="code") == 1


async def is_in(reader: Reader) -> bool:
    """Whether the page knows who this is."""
    return "미나" in (await reader.open("/plain")).text


async def test_a_plain_session_that_nobody_uses_ends(tmp_path: Path) -> None:
    clock = AheadClock()
    async with (
        web_city(tmp_path, clock=clock, plain={"session_idle_minutes": 30}) as city,
        AsyncExitStack() as stack,
    ):
        reader = Reader(city.city.address)
        stack.push_async_callback(reader.close)
        await reader.sign_in(await code(city, "mina"))
        assert await is_in(reader)
        clock.move(1_801)
        assert not await is_in(reader)
        assert city.city.count("madang_limit_reached_total", limit="plain.session_idle_minutes") == 1


async def test_a_plain_session_ends_however_much_it_is_used(tmp_path: Path) -> None:
    clock = AheadClock()
    async with (
        web_city(tmp_path, clock=clock, plain={"session_idle_minutes": 30, "session_hours": 1}) as city,
        AsyncExitStack() as stack,
    ):
        reader = Reader(city.city.address)
        stack.push_async_callback(reader.close)
        await reader.sign_in(await code(city, "mina"))
        for _ in range(2):
            clock.move(1_500)
            assert await is_in(reader)
        clock.move(601)
        assert not await is_in(reader)
        assert city.city.count("madang_limit_reached_total", limit="plain.session_hours") == 1


@pytest.mark.parametrize("limit", ["sessions", "sessions_per_citizen"])
async def test_past_the_limit_of_plain_sessions_the_one_longest_unused_ends(
    tmp_path: Path, limit: str
) -> None:
    async with web_city(tmp_path, plain={limit: 2}) as city, AsyncExitStack() as stack:
        readers = [Reader(city.city.address) for _ in range(3)]
        for reader in readers:
            stack.push_async_callback(reader.close)
            await reader.sign_in(await code(city, "mina"))
        assert [await is_in(reader) for reader in readers] == [False, True, True]
        assert city.city.count("madang_limit_reached_total", limit=f"plain.{limit}") == 1


# Sanctions

EFFECTS: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "note": ("chat.say", {"text": "말합니다", "to": "nearby"}, None),
    "warn": ("chat.say", {"text": "말합니다", "to": "nearby"}, "not_allowed"),
    "slow": ("chat.say", {"text": "또 말합니다", "to": "nearby"}, "too_fast"),
    "hold": ("chat.say", {"text": "말합니다", "to": "nearby"}, "held"),
    "mute": ("chat.say", {"text": "말합니다", "to": "nearby"}, "muted"),
    "freeze": ("district.enter", {"district": "green"}, "frozen"),
    "kick": ("district.enter", {"district": "hall"}, "not_allowed"),
    "ban": ("district.enter", {"district": "hall"}, "not_allowed"),
}


async def may_petition_and_appeal(kim: Citizen, number: str) -> None:
    """What no sanction takes from anyone."""
    assert (await kim.do("petitions.file", **PETITION))["petition"]
    assert (await kim.do("moderation.appeal", sanction=number, text="제가 아닙니다"))["appeal"] == number


@pytest.mark.parametrize("kind", get_args(SanctionKind))
async def test_each_sanction_is_told_to_whom_it_concerns(tmp_path: Path, kind: str) -> None:
    word, fields, code = EFFECTS[kind]
    async with moderated_town(tmp_path) as town:
        kim = await town.citizen("kim")
        giver = await town.citizen("giver", **(HEAD if kind == "ban" else MODERATOR))
        number = await giver.sanction(kim, kind, **{"every_s": 60} if kind == "slow" else {})
        told = (await kim.guest.hear("moderation.sanction_changed"))["sanction"]
        assert (told["sanction"], told["kind"], told["words"]) == (number, kind, "욕설")
        assert told["until"] > told["at"]
        assert told["appeal_until"] > told["at"]
        assert town.count("madang_decided_total", event="moderation.sanctioned", kind=kind) == 1
        if kind == "slow":
            await kim.say("한 번은 됩니다")
        answer = await kim.ask(word, **fields)
        if code is None:
            assert answer["type"] == "done"
        elif code == "held":
            assert answer["result"]["state"] == "held"
            assert town.count("madang_decided_total", event="moderation.line_held", kind="sanction") == 1
        else:
            assert (answer["type"], answer["code"]) == ("refused", code)
            assert town.count("madang_refused_total", reason=code) == 1
        if kind != "note":
            await may_petition_and_appeal(kim, number)


async def test_the_metrics_tell_of_them_to_who_may_read_them(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
        await moderator.sanction(kim, "mute")
        async with httpx.AsyncClient(base_url=f"http://{town.at.address}", trust_env=False) as http:
            told = (await http.get("/metrics")).text
        assert 'madang_decided_total{event="moderation.sanctioned",kind="mute"} 1.0' in told
        assert "kim" not in told
