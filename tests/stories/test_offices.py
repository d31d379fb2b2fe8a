"""An evening with a captioner, from who made her one to what is left of it: the audit, the journal, her name erased."""

import asyncio
import json
import time
from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from server.journal_cli import citizen_app, journal_app
from tests.support.moderated_town import HEAD, moderated_town

HOUR_MS = 3_600_000
EVENT = "hall/qa-1"


async def tells(app: Typer, folder: Path, *arguments: str) -> str:
    """What a command of the operator's prints; in a thread, as it runs a loop of its own."""
    asked = [*arguments, "--data", str(folder / "data")]
    told = await asyncio.to_thread(CliRunner().invoke, app, asked)
    assert told.exit_code == 0, told.output
    return told.output


async def test_a_captioner_of_one_evening_is_in_the_audit_and_her_name_can_be_erased(tmp_path: Path) -> None:
    async with moderated_town(tmp_path) as town:
        host, mina = await town.welcome("host", roles=["host@hall"]), await town.citizen("미나")
        head, now = await town.welcome("head", **HEAD), int(time.time() * 1000)
        title = {"ko": "이장과의 시간", "en": "An hour with the head"}
        times = {"starts_at": now + HOUR_MS, "ends_at": now + 2 * HOUR_MS}
        await host.do("live_qa.schedule", title=title, district="hall", stage="lectern", **times)
        await host.do("live_qa.advance", session="qa-1", phase="doors")
        asked = {"office": "captioner", "citizen": mina.id, "scope": EVENT, "words": "오늘 저녁"}
        first = await host.do("offices.give", **asked, key="crew-1")
        assert await host.do("offices.give", **asked, key="crew-1") == first, "sent again, it is done once"
        await mina.do("live_qa.open_channel", session="qa-1", channel="ko")
        await mina.do("live_qa.caption", session="qa-1", channel="ko", text="안녕하십니까.")
        await host.do("offices.end", given=first["given"], words="고맙습니다")
        again = await host.do("offices.give", **asked)
        assert again["given"] == "o-2"

        acts = (await head.do("moderation.audit", by="citizen", who=mina.id))["acts"]
        assert [(act["act"], act["by"], act["office"], act["kind"]) for act in acts] == [
            ("office_given", host.id, "host@hall", "captioner"),
            ("office_ended", host.id, "host@hall", "captioner"),
            ("office_given", host.id, "host@hall", "captioner"),
        ]
        assert (await head.do("moderation.audit", by="moderator", who=host.id))["acts"] == acts

    assert (await tells(journal_app, tmp_path, "verify")).startswith("sound: ")
    exported = await tells(journal_app, tmp_path, "export")
    kinds = [json.loads(line)["type"] for line in exported.splitlines()]
    assert [kind for kind in kinds if kind.startswith("offices.")] == [
        "offices.event_noted", "offices.given", "offices.ended", "offices.given",
    ]  # fmt: skip
    assert not any(text in exported for text in ("오늘 저녁", "고맙습니다", "미나"))
    assert "오늘 저녁" in await tells(citizen_app, tmp_path, "export", mina.id)
    await tells(citizen_app, tmp_path, "erase", mina.id, "--yes")
    assert (await tells(journal_app, tmp_path, "verify")).startswith("sound: ")

    async with moderated_town(tmp_path) as town:
        host, mina = await town.welcome("host", roles=["host@hall"]), await town.citizen("미나")
        rows = (await host.do("offices.list", scope=EVENT, which="all"))["offices"]
        assert [(row["called"], row["words"]) for row in rows] == [("[erased]", "[erased]")] * 2
        assert [row["office"] for row in mina.place["services"]["offices"]["mine"]] == ["captioner"] * 2
        await mina.do("live_qa.caption", session="qa-1", channel="ko", text="다시 인사드립니다.")
