"""Offices over real sockets: given, felt at once in all that one does, ended, and the same after a restart."""

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.config import DEFAULT_CITY
from tests.support.clock import AheadClock
from tests.support.moderated_town import HEAD, MODERATOR, Citizen, ModeratedTown, moderated_town
from tests.support.node import HAMLET

HOUR_MS = 3_600_000
DAY_S = 86_400
EVENT = "hall/qa-1"
CHANNEL = {"session": "qa-1", "channel": "ko"}


def in_an_hour() -> int:
    return int(time.time() * 1000) + HOUR_MS


async def evening(town: ModeratedTown, subject: str = "host") -> Citizen:
    """A host with an event that has opened its doors."""
    host, now = await town.welcome(subject, roles=["host@hall"]), int(time.time() * 1000)
    times = {"starts_at": now + HOUR_MS, "ends_at": now + 2 * HOUR_MS}
    title = {"ko": "이장과의 시간", "en": "An hour with the head"}
    await host.do("live_qa.schedule", title=title, district="hall", stage="lectern", **times)
    await host.do("live_qa.advance", session="qa-1", phase="doors")
    return host


async def give(by: Citizen, to: Citizen, office: str = "captioner", **fields: Any) -> str:
    asked = {"office": office, "citizen": to.id, "scope": EVENT} | fields
    given: str = (await by.do("offices.give", **asked))["given"]
    return given


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[ModeratedTown]:
    shutil.copytree(HAMLET, tmp_path / "city")
    shutil.copytree(DEFAULT_CITY / "services", tmp_path / "city" / "services")
    hall = tmp_path / "city/districts/hall.toml"
    hall.write_text(
        hall.read_text("utf-8").replace('["official", "grant:chief"]', '["official", "moderator"]'), "utf-8"
    )
    async with moderated_town(tmp_path) as town:
        yield town


async def test_a_captioner_for_the_evening_writes_at_once_and_after_its_end_is_refused(
    tmp_path: Path,
) -> None:
    clock = AheadClock()
    async with moderated_town(tmp_path, clock) as town:
        host, kim = await evening(town), await town.citizen("kim")
        assert (await kim.refused("live_qa.open_channel", **CHANNEL))["code"] == "not_allowed"
        given = await give(host, kim, words="오늘 저녁")
        told = (await kim.guest.hear("offices.changed"))["office"]
        assert (told["given"], told["office"], told["words"]) == (given, "captioner", "오늘 저녁")
        changed = await kim.guest.hear("citizen.changed")
        assert changed["citizen"]["grants"] == ["captioner@hall/qa-1"]
        assert changed["citizen"]["roles"] == ["citizen"]
        await kim.do("live_qa.open_channel", **CHANNEL)
        await kim.do("live_qa.caption", **CHANNEL, text="안녕하십니까.")
        for phase in ("live", "closing", "follow_up"):
            await host.do("live_qa.advance", session="qa-1", phase=phase)
        moved = (await kim.guest.hear("offices.changed"))["office"]
        assert moved["until"] < told["until"], "the event was over sooner than announced"
        clock.move(DAY_S - 60)
        kim = await town.welcome("kim")
        assert (await kim.do("offices.mine"))["offices"][0].get("ended_at") is None
        clock.move(120)
        await town.at.node.host.round()
        kim = await town.citizen("kim")
        assert [row["why"] for row in kim.place["services"]["offices"]["mine"]] == ["time"]
        refused = await kim.refused("live_qa.open_channel", **CHANNEL)
        assert (refused["code"], town.count("madang_refused_total", reason="not_allowed")) == (
            "not_allowed",
            2,
        )


async def test_what_is_taken_back_in_mid_session_is_felt_at_the_next_word(town: ModeratedTown) -> None:
    host, kim = await evening(town), await town.citizen("kim")
    given = await give(host, kim)
    await kim.do("live_qa.open_channel", **CHANNEL)
    await host.do("offices.end", given=given, words="다른 분이 이어받습니다")
    refused = await kim.refused("live_qa.caption", **CHANNEL, text="한 줄 더")
    assert refused["code"] == "not_allowed"
    assert (await kim.guest.hear("citizen.changed"))["citizen"]["grants"] == ["captioner@hall/qa-1"]
    assert (await kim.guest.hear("citizen.changed"))["citizen"]["grants"] == []
    while (told := (await kim.guest.hear("offices.changed"))["office"]).get("why") is None:
        pass
    assert (told["why"], told["ended_by"], told["end_words"]) == (
        "taken_back", host.id, "다른 분이 이어받습니다",
    )  # fmt: skip
    assert (await host.refused("offices.end", given=given))["code"] == "closed"
    await kim.do("offices.end", given=await give(host, kim, "observer"))
    assert (await kim.do("offices.mine"))["offices"][0]["why"] == "laid_down"


async def test_each_no_is_told_with_its_field_and_counted(town: ModeratedTown) -> None:
    host, kim = await evening(town), await town.citizen("kim")
    visitor, operator = await town.citizen(None), await town.citizen("op", roles=["operator"])
    moderator, head = await town.citizen("mod", **MODERATOR), await town.citizen("head", **HEAD)
    asked = {"office": "captioner", "citizen": kim.id, "scope": EVENT}
    for by, fields, code, field in (
        (host, {"citizen": host.id}, "not_allowed", "citizen"),
        (host, {"citizen": visitor.id}, "not_allowed", "citizen"),
        (host, {"citizen": operator.id}, "not_allowed", "citizen"),
        (host, {"citizen": "c-nobody"}, "not_found", "citizen"),
        (host, {"office": "mayor"}, "not_found", "office"),
        (host, {"office": "moderator", "scope": "hall", "until": in_an_hour()}, "not_allowed", "office"),
        (host, {"scope": "hall/qa-2"}, "not_found", "scope"),
        (host, {"scope": "green", "until": in_an_hour()}, "not_allowed", "scope"),
        (host, {"until": in_an_hour()}, "bad_message", "until"),
        (host, {"words": "가" * 301}, "too_long", "words"),
        (head, {"office": "moderator", "scope": "hall"}, "bad_message", "until"),
        (moderator, {}, "not_allowed", "office"),
        (operator, {"office": "moderator"}, "not_allowed", "office"),
        (kim, {"citizen": moderator.id}, "not_allowed", "office"),
        (visitor, {}, "not_allowed", "office"),
    ):
        refused = await by.refused("offices.give", **(asked | fields))
        assert (refused["code"], refused.get("field")) == (code, field), fields
    given = await give(host, kim)
    assert (await host.refused("offices.give", **asked))["code"] == "conflict"
    assert (await moderator.refused("offices.end", given=given))["code"] == "not_allowed"
    assert (await visitor.refused("offices.end", given=given))["code"] == "not_found"
    assert (await operator.refused("offices.list", scope=EVENT))["code"] == "not_allowed"
    assert town.count("madang_commands_total", type="offices.give", result="refused") == 16
    assert town.count("madang_decided_total", event="offices.given", kind="") == 1


async def test_a_moderator_for_a_time_enters_what_is_theirs_and_is_put_out_when_it_ends(
    town: ModeratedTown,
) -> None:
    kim, head = await town.citizen("kim"), await town.citizen("head", **HEAD)
    lee = await town.citizen("lee")
    assert (await kim.refused("district.enter", district="hall", at={"zone": "office"}))["field"] == "at.zone"
    given = await give(head, kim, "moderator", scope="hall", until=in_an_hour())
    changed = await kim.guest.hear("citizen.changed")
    assert "office" in changed["may_enter"]
    assert changed["citizen"]["roles"] == ["citizen", "moderator@hall"]
    [card] = (await lee.do("avatar.who", slots=[kim.place["slot"]]))["avatars"]
    assert card["roles"] == ["citizen", "moderator@hall"]
    near = await lee.guest.hear("avatar.changed", slot=kim.place["slot"])
    assert near["roles"] == ["citizen", "moderator@hall"]
    await kim.enter(at={"zone": "office"})
    await lee.do("moderation.report", citizen=head.id, reason="spam")
    assert (await kim.guest.hear("moderation.desk_changed"))["report"]["reason"] == "spam"
    await kim.sanction(lee, "mute")
    await kim.say("일합니다", to="staff")
    await head.do("offices.end", given=given)
    back = await kim.guest.hear("avatar.moved_back")
    assert back["reason"] == "not_allowed"
    assert (await kim.refused("district.enter", district="hall", at={"zone": "office"}))["field"] == "at.zone"
    assert (await kim.refused("chat.say", text="일했습니다", to="staff"))["code"] == "not_allowed"
    mute = {"citizens": [lee.id], "kind": "mute", "reason": "insult", "words": "욕설", "scope": "hall"}
    assert (await kim.refused("moderation.sanction", **mute))["code"] == "not_allowed"


async def test_it_survives_a_restart_and_another_token_and_ends_while_no_city_runs(tmp_path: Path) -> None:
    clock = AheadClock()
    async with moderated_town(tmp_path, clock) as town:
        host, kim = await evening(town), await town.welcome("kim")
        head, lee = await town.welcome("head", **HEAD), await town.welcome("lee")
        await give(host, kim)
        await give(head, lee, "moderator", scope="hall", until=in_an_hour())
    async with moderated_town(tmp_path, clock) as town:
        renamed = await town.welcome("kim", name="다른 이름", roles=["citizen"], level=3)
        await renamed.do("live_qa.open_channel", **CHANNEL)
        async with town.at.guest() as guest:
            welcome = await guest.greet(token=town.token("lee"))
            assert welcome["citizen"]["roles"] == ["citizen", "moderator@hall"]
    clock.move(2 * 3_600)
    async with moderated_town(tmp_path, clock) as town:
        async with town.at.guest() as guest:
            assert (await guest.greet(token=town.token("lee")))["citizen"]["roles"] == ["citizen"]
        lee = await town.citizen("lee")
        assert [row["why"] for row in lee.place["services"]["offices"]["mine"]] == ["time"]


async def test_over_http_one_may_what_one_was_given_and_reads_it_on_the_plain_page(
    town: ModeratedTown,
) -> None:
    await evening(town)
    kim = await town.citizen("kim")
    async with httpx.AsyncClient(base_url=f"http://{town.at.address}", trust_env=False) as http:
        who = {name: {"Authorization": f"Bearer {town.token(name)}"} for name in ("kim", "lee")}
        desk = {"session": "qa-1"}
        assert (await http.get("/api/v1/live_qa/desk", params=desk, headers=who["kim"])).status_code == 403
        as_host = {"Authorization": f"Bearer {town.token('host', roles=['host@hall'])}"}
        asked = {"office": "moderator", "citizen": kim.id, "scope": EVENT}
        made = await http.post("/api/v1/offices/give", json=asked, headers=as_host)
        assert made.status_code == 200
        assert (await http.get("/api/v1/live_qa/desk", params=desk, headers=who["kim"])).status_code == 200
        assert (await http.get("/api/v1/live_qa/desk", params=desk, headers=who["lee"])).status_code == 403
        assert (await http.post("/api/v1/offices/give", json=asked, headers=who["lee"])).status_code == 403
        mine = (await http.get("/api/v1/offices/mine", headers=who["kim"])).json()
        assert mine["offices"][0]["name"] == {"ko": "진행 요원", "en": "Moderator"}
        rows = await http.get("/api/records/office", headers=as_host)
        assert [row["fields"]["office"] for row in rows.json()["items"]] == ["moderator"]
        assert (await http.get("/api/records/office", headers=who["lee"])).status_code == 403
        ended = await http.post("/api/v1/offices/end", json=made.json(), headers=as_host)
        assert ended.status_code == 204
        assert (await http.get("/api/v1/live_qa/desk", params=desk, headers=who["kim"])).status_code == 403
