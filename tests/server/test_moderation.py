"""Moderation over real sockets: each sanction and each refusal met once, with its counter."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.config import DEFAULT_CITY
from server.waiting import RETRY_MS
from tests.support.moderated_town import HEAD, MODERATOR, ModeratedTown, moderated_town
from tests.support.node import HAMLET

PETITION = {
    "kind": "inquiry_procedure", "title": "가로등", "text": "가로등이 꺼져 있습니다", "name": "김",
    "address": "세종대로 110", "contact": "010-0000-0000",
}  # fmt: skip


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[ModeratedTown]:
    async with moderated_town(tmp_path) as town:
        yield town


async def test_a_muted_citizen_is_told_why_and_until_when_and_may_petition_and_appeal(
    town: ModeratedTown,
) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    number = await moderator.sanction(kim, "mute", lasts_s=600)
    told = (await kim.guest.hear("moderation.sanction_changed"))["sanction"]
    assert (told["sanction"], told["words"], told["kind"]) == (number, "욕설", "mute")
    refused = await kim.refused("chat.say", text="안녕", to="nearby")
    assert refused["code"] == "muted"
    assert 0 < refused["retry_after_ms"] <= 600_000
    assert (await kim.refused("avatar.emote", emote=5))["code"] == "muted"
    assert town.count("madang_refused_total", reason="muted") == 2
    assert (await kim.do("petitions.file", **PETITION))["petition"]
    assert (await kim.do("moderation.appeal", sanction=number, text="제가 아닙니다"))["appeal"] == number


async def test_a_frozen_avatar_is_put_back_and_goes_nowhere_else(town: ModeratedTown) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    await moderator.sanction(kim, "freeze")
    back = await kim.guest.hear("avatar.moved_back", reason="moderator")
    await kim.step(back["x"] + 0.5, back["z"])
    again = await kim.guest.hear("avatar.moved_back", reason="moderator")
    assert (again["x"], again["z"]) == (back["x"], back["z"])
    refused = await kim.refused("district.enter", district="green")
    assert refused["code"] == "frozen"
    assert refused["retry_after_ms"] > 0
    assert town.count("madang_refused_total", reason="frozen") == 1
    assert town.count("madang_effects_total", kind="restrain") == 1
    await kim.say("말은 합니다")


async def test_who_is_lifted_walks_again(town: ModeratedTown) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    number = await moderator.sanction(kim, "freeze")
    await kim.guest.hear("avatar.moved_back", reason="moderator")
    await moderator.do("moderation.lift", sanction=number, words="잘못 눌렀음")
    await kim.enter("green")


async def test_who_is_kicked_out_of_a_district_is_not_there_any_more_and_does_not_come_back(
    town: ModeratedTown,
) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    await moderator.sanction(kim, "kick")
    await kim.guest.hear("moderation.sanction_changed")
    assert (await kim.refused("chat.say", text="안녕", to="nearby"))["code"] == "not_here"
    refused = await kim.refused("district.enter", district="hall")
    assert (refused["code"], refused["retry_after_ms"] > 0) == ("not_allowed", True)
    assert town.at.node.router.crowds["hall"].population == 1
    assert town.count("madang_effects_total", kind="remove") == 1
    await kim.enter("green")


async def test_who_is_kicked_out_of_the_city_is_told_goodbye_with_the_reason(town: ModeratedTown) -> None:
    kim, head = await town.citizen("kim"), await town.citizen("head", **HEAD)
    await head.sanction(kim, "kick", scope="")
    goodbye, code = await kim.guest.ended()
    assert (goodbye["code"], goodbye["message"], goodbye["retry"], code) == ("kicked", "욕설", "later", 4403)
    assert town.count("madang_connections_closed_total", reason="kicked") == 1
    again = await town.welcome("kim")
    assert (await again.refused("district.enter", district="green"))["code"] == "not_allowed"


async def test_a_ban_survives_a_restart_and_another_token_of_the_same_subject(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim, head = await town.citizen("kim"), await town.citizen("head", **HEAD)
        number = await head.sanction(kim, "ban", lasts_s=86_400)
        await kim.guest.hear("moderation.sanction_changed")
    async with moderated_town(tmp_path) as town:
        kim = await town.welcome("kim")
        renamed = await town.welcome("kim", name="다른 이름", roles=["citizen"], level=3)
        assert renamed.id == kim.id
        refused = await renamed.refused("district.enter", district="hall")
        assert refused["code"] == "not_allowed"
        assert refused["retry_after_ms"] > 0
        assert town.count("madang_refused_total", reason="not_allowed") == 1
        await renamed.enter("green")
        assert (await renamed.do("petitions.file", **PETITION))["petition"]
        assert (await renamed.do("moderation.appeal", sanction=number, text="제가 아닙니다"))["appeal"]
        lee = await town.citizen("lee")
        await lee.say("여기 있습니다")


async def test_a_ban_of_the_city_takes_two_and_leaves_the_way_to_a_petition(town: ModeratedTown) -> None:
    kim, head = await town.citizen("kim"), await town.citizen("head", **HEAD)
    other = await town.citizen("head2", **HEAD)
    given = {"citizens": [kim.id], "kind": "ban", "reason": "threat", "words": "협박", "scope": ""}
    done = await head.do("moderation.sanction", **given)
    assert done["state"] == "proposed"
    await kim.say("아직은 말합니다")
    assert (await head.refused("moderation.second", sanction=done["sanctions"][0]))["code"] == "not_allowed"
    await other.do("moderation.second", sanction=done["sanctions"][0])
    await kim.guest.hear("moderation.sanction_changed")
    for district in ("hall", "green"):
        assert (await kim.refused("district.enter", district=district))["code"] == "not_allowed"
    assert (await kim.do("petitions.file", **PETITION))["petition"]


async def test_a_banned_address_is_turned_away_for_now_and_no_other_way(tmp_path: Path) -> None:
    limits = {"loopback_exempt": False, "handshakes_per_s": 0, "chat_per_s": 0, "commands_per_s": 0}
    async with moderated_town(tmp_path, limits=limits) as town:
        kim, head = await town.citizen("kim"), await town.citizen("head", **HEAD)
        await head.sanction(kim, "kick", scope="", reach="address", lasts_s=3_600)
        assert (await kim.guest.ended())[0]["code"] == "kicked"
        async with town.at.guest() as guest:
            goodbye, code = await guest.ended()
        assert (goodbye["code"], goodbye["retry"], code) == ("banned", "never", 4404)
        assert town.count("madang_limit_reached_total", limit="kept_out") == 1
        assert town.count("madang_effects_total", kind="turnaway") == 1
        async with httpx.AsyncClient(base_url=f"http://{town.at.address}", timeout=60) as http:
            header = {"Authorization": f"Bearer {town.token('kim')}"}
            filed = await http.post("/api/v1/petitions/file", json=PETITION, headers=header)
            assert filed.status_code == 200


async def test_a_warning_a_slow_and_a_note_over_the_line(town: ModeratedTown) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    warning = await moderator.sanction(kim, "warn")
    assert (await kim.refused("chat.say", text="안녕", to="nearby"))["code"] == "not_allowed"
    await kim.do("moderation.acknowledge", sanction=warning)
    await kim.say("알겠습니다")
    await moderator.sanction(kim, "note")
    await moderator.sanction(kim, "slow", every_s=3_600)
    refused = await kim.refused("chat.say", text="하나 더", to="nearby")
    assert (refused["code"], refused["retry_after_ms"] > 3_000_000) == ("too_fast", True)


async def test_a_held_line_is_told_when_a_moderator_has_read_it(town: ModeratedTown) -> None:
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    moderator = await town.citizen("mod", **MODERATOR)
    await moderator.sanction(kim, "hold")
    first = await kim.say("좋은 아침입니다", key="k-1")
    assert (first["state"], first["heard_by"], first["held"]) == ("held", 0, "h-1")
    assert await kim.say("좋은 아침입니다", key="k-1") == first
    second = await kim.say("사세요")
    await lee.say("제 말이 먼저 들립니다")
    await moderator.hears("제 말이 먼저 들립니다")
    desk = await moderator.do("moderation.desk", which="held")
    assert [row["text"] for row in desk["held"]] == ["좋은 아침입니다", "사세요"]
    for held in (first["held"], second["held"]):
        await moderator.do("moderation.claim", case=held)
    await moderator.do("moderation.decide_held", held=first["held"], approve=True)
    await moderator.do("moderation.decide_held", held=second["held"], approve=False, words="광고")
    heard = await lee.hears("좋은 아침입니다")
    assert heard["message"] == first["message"]
    assert (await kim.guest.hear("moderation.line_decided", held="h-1"))["state"] == "approved"
    assert (await kim.guest.hear("moderation.line_decided", held="h-2"))["words"] == "광고"
    assert not any(one.get("text") == "사세요" for one in lee.guest.heard if isinstance(one, dict))
    assert town.count("madang_effects_total", kind="speak") == 1


async def test_words_links_and_numbers_wait_and_a_petition_with_them_does_not(town: ModeratedTown) -> None:
    newcomer = await town.citizen("new", level=1)
    assert (await newcomer.say("보세요 example.org"))["state"] == "held"
    assert (await newcomer.say("전화 010-1234-5678"))["state"] == "held"
    kim = await town.citizen("kim")
    assert (await kim.say("보세요 example.org"))["heard_by"] == 1
    assert (await kim.say("씨 발"))["state"] == "held"
    filed = await kim.do("petitions.file", **(PETITION | {"text": "씨발 가로등이 꺼져 있습니다"}))
    assert filed["petition"]


async def test_the_same_twice_is_refused(town: ModeratedTown) -> None:
    kim = await town.citizen("kim")
    await kim.say("안녕하세요")
    assert (await kim.refused("chat.say", text=" 안녕 하세요", to="nearby"))["code"] == "conflict"


async def test_who_is_blocked_is_neither_heard_nor_hears_and_is_not_told(town: ModeratedTown) -> None:
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    await kim.do("moderation.block", citizen=lee.id)
    assert (await kim.guest.hear("moderation.protection_changed"))["protection"]["blocked"] == [lee.id]
    assert (await lee.say("들리나요"))["heard_by"] == 0
    assert (await kim.say("안 들립니다"))["heard_by"] == 0
    for one, other in ((kim, lee), (lee, kim)):
        refused = await one.refused("chat.say", text="둘만", to="citizen", citizen=other.id)
        assert (refused["code"], refused["message"]) == ("not_found", "nobody of that name is here")
    renamed = await town.citizen("lee", name="다른 이름")
    assert (await renamed.say("이제는요"))["heard_by"] == 0
    await kim.do("moderation.block", citizen=lee.id, on=False)
    assert (await renamed.say("다시 들립니다"))["heard_by"] == 1
    assert not any("protection" in str(one) for one in renamed.guest.heard)


async def test_adults_do_not_write_to_a_minor_in_private_and_staff_is_counted(town: ModeratedTown) -> None:
    child = await town.citizen("child", minor=True)
    adult, host = await town.citizen("adult"), await town.citizen("host", roles=["host@hall"])
    refused = await adult.refused("chat.say", text="안녕", to="citizen", citizen=child.id)
    assert refused["code"] == "not_allowed"
    assert (await host.say("길을 찾니?", "citizen", citizen=child.id))["heard_by"] == 1
    assert (await child.say("네", "citizen", citizen=adult.id))["heard_by"] == 1
    assert town.count("madang_adults_to_minors_total", result="refused") == 1
    assert town.count("madang_adults_to_minors_total", result="staff") == 1


async def test_staff_writes_to_staff_alone(town: ModeratedTown) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    host = await town.citizen("host", roles=["host@hall"])
    assert (await moderator.say("저 분을 보세요", "staff"))["heard_by"] == 1
    assert (await host.hears("저 분을 보세요"))["to"] == "staff"
    assert (await kim.refused("chat.say", text="저도", to="staff"))["code"] == "not_allowed"
    assert not any(isinstance(one, dict) and one["type"] == "chat.said" for one in kim.guest.heard)


async def test_a_report_brings_what_was_heard_and_who_was_near(town: ModeratedTown) -> None:
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    moderator = await town.citizen("mod", **MODERATOR)
    line = await kim.say("못된 말입니다")
    await lee.hears("못된 말입니다")
    town.at.node.router.evidence.sample(town.at.node.router.clock.monotonic())
    report = (await lee.do("moderation.report", message=line["message"], reason="insult"))["report"]
    changed = await moderator.guest.hear("moderation.desk_changed")
    assert (changed["report"]["citizen"], changed["report"]["scope"]) == (kim.id, "hall")
    shown = await moderator.do("moderation.evidence", report=report)
    assert [one["text"] for one in shown["lines"]] == ["못된 말입니다"]
    assert {kim.id, lee.id} <= {track["citizen"] for track in shown["tracks"]}
    assert not any("moderation" in str(one) for one in kim.guest.heard)
    forged = await lee.ask("moderation.report", citizen=kim.id, reason="spam", seen={"lines": []}, about=None)
    assert forged["type"] == "done"


async def test_the_shield_silences_visitors_and_keeps_them_out_at_once(town: ModeratedTown) -> None:
    visitor, kim = await town.citizen(), await town.citizen("kim")
    moderator = await town.citizen("mod", **MODERATOR)
    await visitor.say("저는 손님입니다")
    mode = (await moderator.do("moderation.set_mode", scope="hall", shield=True))["mode"]
    assert mode["slow_s"] == 30
    assert (await kim.guest.hear("moderation.mode_changed"))["mode"]["shield_until"] == mode["shield_until"]
    assert (await visitor.refused("chat.say", text="또 저입니다", to="nearby"))["code"] == "not_allowed"
    late = await town.welcome()
    assert (await late.refused("district.enter", district="hall"))["code"] == "not_allowed"
    newcomer = await town.citizen("newcomer")
    assert (await newcomer.say("처음 왔습니다"))["state"] == "held"
    assert (await kim.refused("chat.say", text="보세요 example.org", to="nearby"))["code"] == "not_allowed"
    await moderator.do("moderation.set_mode", scope="hall", shield=False, is_locked=True)
    assert (await late.refused("district.enter", district="hall"))["code"] == "closed"
    await visitor.say("다시 말합니다")


async def test_two_people_stop_a_venue(town: ModeratedTown) -> None:
    kim, head = await town.citizen("kim"), await town.citizen("head", **HEAD)
    host = await town.citizen("host", roles=["host@hall"])
    stop = {"scope": "hall", "action": "stop", "words": "불이 남"}
    assert (await head.do("moderation.act_jointly", **stop))["state"] == "asked"
    assert (await head.refused("moderation.act_jointly", **stop))["code"] == "conflict"
    assert (await host.guest.hear("moderation.alerted"))["kind"] == "stop_asked"
    assert (await host.do("moderation.act_jointly", **stop))["state"] == "done"
    for word, fields in (("chat.say", {"text": "?", "to": "nearby"}), ("avatar.emote", {"emote": 5})):
        assert (await kim.refused(word, **fields))["code"] == "closed"
    await host.say("나가 주세요", "district")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"scope": "green"}, "not_allowed", "scope"),
        ({"citizens": ["c-nobody"]}, "not_found", "citizens"),
        ({"reason": "mood"}, "not_found", "reason"),
        ({"words": ""}, "bad_message", "words"),
        ({"words": "가" * 501}, "too_long", "words"),
        ({"kind": "ban"}, "not_allowed", "kind"),
        ({"lasts_s": 86_401}, "not_allowed", "lasts_s"),
        ({"lasts_s": 0}, "bad_message", "lasts_s"),
        ({"kind": "banish"}, "bad_message", "kind"),
        ({"citizens": []}, "bad_message", "citizens"),
    ],
)
async def test_a_wrong_sanction_is_refused_with_its_field(
    town: ModeratedTown, fields: dict[str, Any], code: str, field: str
) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    given = {
        "citizens": [kim.id], "kind": "mute", "reason": "insult", "words": "욕설", "scope": "hall"
    }  # fmt: skip
    refused = await moderator.refused("moderation.sanction", **(given | fields))
    assert (refused["code"], refused["field"]) == (code, field)
    assert town.count("madang_refused_total", reason=code) == 1
    await kim.say("아무 일도 없습니다")


async def test_nobody_sanctions_themselves_or_an_operator(town: ModeratedTown) -> None:
    operator, moderator = (
        await town.citizen("oper", roles=["operator"]),
        await town.citizen("mod", **MODERATOR),
    )
    given = {"kind": "mute", "reason": "insult", "words": "욕설", "scope": "hall"}
    for target in (operator, moderator):
        refused = await moderator.refused("moderation.sanction", citizens=[target.id], **given)
        assert (refused["code"], refused["field"]) == ("not_allowed", "citizens")


async def test_the_desk_works_over_http_too(town: ModeratedTown) -> None:
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    async with httpx.AsyncClient(base_url=f"http://{town.at.address}", timeout=60) as http:

        async def post(word: str, who: str, body: dict[str, Any], **claims: Any) -> httpx.Response:
            header = {"Authorization": f"Bearer {town.token(who, **claims)}"}
            return await http.post(f"/api/v1/{word.replace('.', '/')}", json=body, headers=header)

        filed = await post("moderation.report", "lee", {"citizen": kim.id, "reason": "insult"})
        assert (filed.status_code, filed.json()) == (200, {"report": "r-1"})
        given = {"citizens": [kim.id], "kind": "mute", "reason": "insult", "words": "욕설", "scope": "hall"}
        assert (await post("moderation.sanction", "lee", given)).status_code == 403
        done = await post("moderation.sanction", "mod", given, **MODERATOR)
        assert done.json()["state"] == "in_force"
        statistics = await http.get("/api/v1/moderation/statistics")
        assert statistics.json()["sanctions"] == {"mute": None}
    await kim.guest.hear("moderation.sanction_changed")
    assert (await kim.refused("chat.say", text="안녕", to="nearby"))["code"] == "muted"
    await lee.say("아직 말합니다")


async def test_a_session_that_is_taken_up_again_is_still_kept_still(town: ModeratedTown) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    crowd = town.at.node.router.crowds["hall"]
    await moderator.sanction(kim, "freeze")
    await kim.guest.hear("avatar.moved_back", reason="moderator")
    connection = town.at.node.router.present[kim.id]
    assert connection.citizen is not None
    crowd.read_roles(connection.slot, connection.citizen)
    await kim.step(kim.place["x"] + 0.5, kim.place["z"])
    await kim.guest.hear("avatar.moved_back", reason="moderator")
    await asyncio.wait_for(kim.say("말은 합니다"), 30)


async def test_a_visitor_whose_name_the_city_lists_is_called_a_guest(town: ModeratedTown) -> None:
    async with town.at.guest() as guest:
        welcome = await guest.greet(name="씨1발", locale="en")
        assert welcome["citizen"]["name"].startswith("Visitor ")
    async with town.at.guest() as guest:
        assert (await guest.greet(name="하늘"))["citizen"]["name"] == "하늘"


async def test_under_the_shield_newcomers_come_in_a_few_at_a_time(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(HAMLET, city)
    shutil.copytree(DEFAULT_CITY / "services", city / "services")
    content = city / "services" / "moderation.toml"
    few = "[rules]\nshield_joins = 2\nraid_s = 86_400\n"
    content.write_text(content.read_text("utf-8").replace("[rules]\n", few), "utf-8")
    async with moderated_town(tmp_path) as town:
        moderator = await town.citizen("mod", **MODERATOR)
        await moderator.do("moderation.set_mode", scope="hall", shield=True)
        for name in ("kim", "lee"):
            await town.citizen(name)
        for place, name in enumerate(("park", "choi"), 1):
            newcomer = await town.welcome(name)
            refused = await newcomer.refused("district.enter", district="hall")
            assert (refused["code"], refused["retry_after_ms"]) == ("full", RETRY_MS)
            assert (await newcomer.guest.hear("district.queue"))["place"] == place
            await newcomer.enter("green")
        assert town.count("madang_limit_reached_total", limit="shield_joins") == 2
        await town.citizen("second", **MODERATOR)
        await moderator.do("moderation.set_mode", scope="hall", shield=False)
        await town.citizen("jung")


async def test_a_citizen_by_a_listed_name_is_given_another_that_stays(town: ModeratedTown) -> None:
    chosen = {"name": "씨1발", "level": 1}
    first = await town.welcome("kim", **chosen)
    given = (await _card(town, "kim", **chosen))["name"]
    assert given.startswith("이름 가린 시민 ")
    assert (await _card(town, "kim", **chosen))["name"] == given, "the same whenever they come"
    lee = await (await town.welcome("lee", level=1, name="하늘")).enter()
    kim = await town.citizen("kim", **chosen)
    await kim.say("저를 뭐라고 부르나요", to="district")
    said = await lee.hears("저를 뭐라고 부르나요")
    assert said["from"]["name"].split()[-1] == given.split()[-1], "in whichever language"
    assert first.id == kim.id


async def test_who_was_verified_keeps_a_name_that_only_sounds_like_a_listed_word(town: ModeratedTown) -> None:
    assert (await _card(town, "kim", name="시발", level=2))["name"] == "시발"
    assert (await _card(town, "lee", name="시발", level=1))["name"] != "시발"
    assert (await _card(town, "park", name="병신", level=2))["name"] != "병신"


async def _card(town: ModeratedTown, subject: str, /, **claims: Any) -> Any:
    """How someone is welcomed."""
    async with town.at.guest() as guest:
        return (await guest.greet(token=town.token(subject, **claims), locale="ko"))["citizen"]


async def test_an_officer_is_seen_and_heard_by_the_name_of_the_counter(town: ModeratedTown) -> None:
    officer = await town.welcome("seo", name="서지우", roles=["citizen", "official@hall/office"])
    other = await town.welcome("seo2", name="Seo Ji-u", roles=["citizen", "official@hall/office"])
    kim = await town.citizen("kim")
    for one in (officer, other):
        await one.enter("hall")
    await officer.say("다음 분")
    said = await kim.hears("다음 분")
    assert said["from"]["name"] == "Officer, Chief's office"
    slots = [officer.place["slot"], other.place["slot"]]
    shown = (await kim.do("avatar.who", slots=slots))["avatars"]
    assert {card["name"] for card in shown} == {"Officer, Chief's office"}
    assert "서지우" not in str(shown)


async def test_a_talk_is_begun_warned_in_recorded_and_ended_by_an_office_and_not_by_a_name(
    town: ModeratedTown,
) -> None:
    officer = await town.citizen("seo", name="서지우", roles=["citizen", "official@hall/office"])
    kim = await town.citizen("kim")
    talk = {"citizen": kim.id, "scope": "hall/office"}
    nobody = await officer.refused(
        "moderation.guard_talk", citizen="c-nobody", scope="hall/office", step="begin"
    )
    assert (nobody["code"], nobody["field"]) == ("not_found", "citizen")
    early = await officer.refused("moderation.guard_talk", step="end", words="욕설", **talk)
    assert (early["code"], early["field"]) == ("conflict", "step")
    for step in ("begin", "warn", "record"):
        await officer.do("moderation.guard_talk", step=step, **talk)
    await officer.do("moderation.guard_talk", step="end", words="되풀이된 욕설", **talk)
    told = await kim.guest.hear("moderation.talk_guarded", step="end")
    assert told == await officer.guest.hear("moderation.talk_guarded", step="end") | {"n": told["n"]}
    assert (told["office"]["ko"], told["words"]) == ("이장실", "되풀이된 욕설")
    assert told["began_at"] <= told["warned_at"] <= told["recorded_at"] <= told["at"]
    assert officer.id not in str(told)
    assert (await kim.do("petitions.file", **PETITION))["petition"]


async def test_who_writes_listed_words_again_and_again_is_slowed_by_a_rule_and_may_appeal(
    town: ModeratedTown,
) -> None:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    for text in ("이 병신아", "저 병신아", "그 병신아"):
        assert (await kim.say(text))["state"] == "held"
    told = (await kim.guest.hear("moderation.sanction_changed"))["sanction"]
    assert (told["kind"], told["every_s"], told["scope"]) == ("slow", 30, "hall")
    assert "세 번" in told["words"]
    await kim.say("한 번은 됩니다")
    refused = await kim.refused("chat.say", text="바로 또", to="nearby")
    assert (refused["code"], refused["retry_after_ms"] > 0) == ("too_fast", True)
    assert town.count("madang_refused_total", reason="too_fast") == 1
    await kim.do("moderation.appeal", sanction=told["sanction"], text="이름이었습니다")
    await moderator.do("moderation.claim", case=told["sanction"])
    await moderator.do("moderation.decide_appeal", sanction=told["sanction"], outcome="lifted", words="옳음")
    await kim.say("고맙습니다")
