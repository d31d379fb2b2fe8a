"""Reports over real sockets: what many of them can do, what becomes of the gravest; and who only observes."""

from pathlib import Path

from tests.support.moderated_town import MODERATOR, moderated_town


async def test_reports_are_no_weapon_however_many_one_citizen_writes(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim, lee = await town.citizen("kim"), await town.citizen("lee")
        moderator = await town.citizen("mod", **MODERATOR)
        refused = await lee.refused("moderation.report", citizen=lee.id, reason="insult")
        assert (refused["code"], refused["field"]) == ("not_allowed", "citizen")
        about = {"citizen": kim.id, "reason": "insult"}
        reports = [
            (await lee.do("moderation.report", subject=f"bench {i}", **about))["report"] for i in range(6)
        ]
        again = await lee.refused("moderation.report", subject="bench 0", **about)
        assert (again["code"], again["message"]) == ("conflict", f"you reported it: {reports[0]}")
        seventh = await lee.refused("moderation.report", subject="bench 6", **about)
        assert (seventh["code"], 0 < seventh["retry_after_ms"] <= 600_000) == ("too_fast", True)
        assert town.count("madang_refused_total", reason="too_fast") == 1
        assert town.count("madang_refused_total", reason="conflict") == 1
        for report in reports:
            await moderator.do("moderation.claim", case=report)
            await moderator.do(
                "moderation.decide_report", report=report, outcome="no_action", words="아무 일 없음"
            )
        page = await moderator.do("moderation.person", citizen=kim.id)
        assert (page["sanctions"], page["points"], page["reports_about"]) == ([], 0, 6)
        await kim.say("아무 일도 없었습니다")


async def test_what_was_escalated_reaches_who_tells_the_police_and_leaves_the_desk_when_they_have(
    tmp_path: Path,
) -> None:
    async with moderated_town(tmp_path) as town:
        kim, lee = await town.citizen("kim"), await town.citizen("lee")
        moderator = await town.citizen("mod", **MODERATOR)
        liaison = await town.welcome("jo", roles=["official"], grants=["authority"])
        line = await kim.say("집으로 찾아가겠다")
        await lee.hears("집으로 찾아가겠다")
        report = (await lee.do("moderation.report", message=line["message"], reason="threat"))["report"]
        assert (await liaison.refused("moderation.evidence", report=report))["code"] == "not_allowed"
        await moderator.do("moderation.claim", case=report)
        await moderator.do(
            "moderation.decide_report", report=report, outcome="escalated", words="찾아가겠다고 함"
        )
        assert (await liaison.guest.hear("moderation.desk_changed"))["report"]["authority"] == "waiting"
        shown = await liaison.do("moderation.evidence", report=report)
        assert [one["text"] for one in shown["lines"]] == ["집으로 찾아가겠다"]
        handed = {"report": report, "words": "경찰청, 접수 2026-123"}
        for one in (kim, lee, moderator):
            assert (await one.refused("moderation.hand_over", **handed))["code"] == "not_allowed"
        await liaison.do("moderation.hand_over", **handed)
        assert (await liaison.do("moderation.desk", which="authority"))["reports"] == []
        assert (await liaison.refused("moderation.hand_over", **handed))["code"] == "closed"
        assert not any("authority" in str(one) for one in (*kim.guest.heard, *lee.guest.heard))


async def test_the_press_hears_and_says_nothing_where_it_observes(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim, press = await town.citizen("kim"), await town.citizen("press", grants=["observer@hall"])
        await kim.say("기자가 있네요")
        await press.hears("기자가 있네요")
        for to in ("nearby", "district"):
            refused = await press.refused("chat.say", text="한마디", to=to)
            assert (refused["code"], "observer" in refused["message"]) == ("not_allowed", True)
        assert (await press.refused("avatar.emote", emote=5))["code"] == "not_allowed"
        assert town.count("madang_refused_total", reason="not_allowed") == 3
        await press.enter("green")
        await press.say("여기서는 시민입니다")
