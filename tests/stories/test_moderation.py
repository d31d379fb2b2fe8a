"""An evening with a raid, told from its beginning to its record; and an appeal that is heard."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from server.journal_cli import journal_app
from tests.support.moderated_town import HEAD, MODERATOR, ModeratedTown, moderated_town

RAIDERS = 34


async def journal(folder: Path, *arguments: str) -> str:
    """What `madang journal` prints; in a thread, as it runs a loop of its own."""
    told = await asyncio.to_thread(
        CliRunner().invoke, journal_app, [*arguments, "--data", str(folder / "data")]
    )
    assert told.exit_code == 0, told.output
    return told.output


async def raid(town: ModeratedTown) -> dict[str, Any]:
    """They come all at once; the desk sees it, raises the shield and sends them out; what came of it."""
    audience, moderator = await town.citizen("audience"), await town.citizen("mod", **MODERATOR)
    head = await town.citizen("head", **HEAD)
    raiders = [await town.citizen(f"raider {i}", level=1) for i in range(RAIDERS)]
    alerted = await moderator.guest.hear("moderation.alerted")
    assert (alerted["kind"], alerted["scope"]) == ("raid", "hall")
    await moderator.do("moderation.set_mode", scope="hall", shield=True, words="떼로 들어옴")
    await audience.guest.hear("moderation.mode_changed")

    held = await raiders[0].say("우리가 왔다")
    assert held["state"] == "held"
    link = await raiders[1].refused("chat.say", text="여기로 example.org", to="nearby")
    assert link["code"] == "not_allowed"

    ids = [one.id for one in raiders]
    given = {"citizens": ids, "kind": "kick", "reason": "spam", "words": "떼로 방해함", "scope": "hall"}
    shown = await moderator.do("moderation.sanction", **given)
    assert (shown["state"], shown["touched"]) == ("preview", RAIDERS)
    done = await moderator.do("moderation.sanction", **given, confirm=True, key="raid-1")
    again = await moderator.do("moderation.sanction", **given, confirm=True, key="raid-1")
    assert (done["state"], again) == ("in_force", done)
    for one in raiders:
        await one.guest.hear("moderation.sanction_changed")
        assert (await one.refused("chat.say", text="또", to="nearby"))["code"] == "not_here"
    assert town.at.node.router.crowds["hall"].population == 3

    desk = await moderator.do("moderation.desk", which="held")
    await moderator.do("moderation.claim", case=desk["held"][0]["held"])
    await moderator.do("moderation.decide_held", held=held["held"], approve=False, words="방해")
    await moderator.do("moderation.set_mode", scope="hall", shield=False)
    await head.say("이제 계속합니다", "district")
    await audience.hears("이제 계속합니다")
    said = [
        one["text"] for one in audience.guest.heard if isinstance(one, dict) and one["type"] == "chat.said"
    ]
    assert said == []
    return {"moderator": moderator.id, "sanctions": done["sanctions"], "first": raiders[0]}


async def test_a_raid_is_met_and_its_audit_is_exported_verified_and_read(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        evening = await raid(town)
        raider = evening["first"]
        number = evening["sanctions"][0]
        await raider.do("moderation.appeal", sanction=number, text="저는 구경만 했습니다")
        other = await town.citizen("mod2", **MODERATOR)
        await other.do("moderation.claim", case=number)
        await other.do("moderation.decide_appeal", sanction=number, outcome="lifted", words="말한 적이 없음")
        await raider.guest.hear("moderation.sanction_changed")
        await raider.enter()
        statistics = await (await town.welcome()).do("moderation.statistics")
        assert statistics["sanctions"] == {"kick": RAIDERS}
        assert statistics["appeals"] == {"lifted": None}

    assert (await journal(tmp_path, "verify")).startswith("sound: ")
    entries = [json.loads(line) for line in (await journal(tmp_path, "export")).splitlines()]
    acts = [one for one in entries if one["service"] == "moderation"]
    kicks = [one["event"] for one in acts if one["type"] == "moderation.sanctioned"]
    assert len(kicks) == RAIDERS
    assert {(one["by"], one["kind"], one["scope"], one["reason"]) for one in kicks} == {
        (evening["moderator"], "kick", "hall", "spam")
    }
    assert all(one["until"] > 0 and "떼로 방해함" not in json.dumps(one, ensure_ascii=False) for one in kicks)
    [appeal] = [one["event"] for one in acts if one["type"] == "moderation.appeal_decided"]
    assert (appeal["outcome"], appeal["by"]) == ("lifted", other.id)
    assert {"moderation.alert_raised", "moderation.mode_set", "moderation.line_held"} <= {
        one["type"] for one in acts
    }


async def test_a_citizen_who_was_muted_wrongly_is_heard_and_speaks_again(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        kim, lee = await town.citizen("kim"), await town.citizen("lee")
        moderator, other = await town.citizen("mod", **MODERATOR), await town.citizen("mod2", **MODERATOR)
        line = await kim.say("그 말은 옳지 않습니다")
        await lee.hears("그 말은 옳지 않습니다")
        report = (await lee.do("moderation.report", message=line["message"], reason="insult"))["report"]
        await moderator.do("moderation.claim", case=report)
        number = await moderator.sanction(kim, "mute", reports=[report])
        await moderator.do("moderation.decide_report", report=report, outcome="acted", sanctions=[number])
        assert (await lee.guest.hear("moderation.report_closed"))["outcome"] == "acted"
        assert (await kim.refused("chat.say", text="왜요", to="nearby"))["code"] == "muted"
        await kim.do("moderation.appeal", sanction=number, text="의견이었습니다")
        assert (await moderator.refused("moderation.claim", case=number))["code"] == "not_allowed"
        shown = await other.do("moderation.evidence", report=report)
        assert shown["lines"][0]["text"] == "그 말은 옳지 않습니다"
        await other.do("moderation.claim", case=number)
        await other.do("moderation.decide_appeal", sanction=number, outcome="lifted", words="의견이었음")
        while True:
            told = (await kim.guest.hear("moderation.sanction_changed"))["sanction"]
            if told["state"] == "lifted":
                break
        assert told["appeal"]["words"] == "의견이었음"
        await kim.say("고맙습니다")
        await lee.hears("고맙습니다")
        page = await other.do("moderation.person", citizen=kim.id)
        assert (page["points"], page["sanctions"][0]["appeal"]["state"]) == (0, "lifted")
