"""Captions over real sockets: heard by who follows a language, read by who has no line, kept as subtitles."""

import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.moderated_town import MODERATOR, Citizen, ModeratedTown, moderated_town

HOUR_MS = 3_600_000


async def at_the_doors(town: ModeratedTown) -> Citizen:
    host, now = await town.welcome("host", roles=["host"]), int(time.time() * 1000)
    times = {"starts_at": now + HOUR_MS, "ends_at": now + 2 * HOUR_MS}
    title = {"ko": "이장과의 시간", "en": "An hour with the head"}
    await host.do("live_qa.schedule", title=title, district="hall", stage="lectern", **times)
    await host.do("live_qa.advance", session="qa-1", phase="doors")
    return host


async def says(writer: Citizen, channel: str, text: str) -> None:
    await writer.do("live_qa.caption", session="qa-1", channel=channel, text=text)


async def heard(citizen: Citizen, text: str) -> Any:
    """The line of this text, as it is told to who follows its channel."""
    while True:
        told = await citizen.guest.hear("live_qa.captioned")
        if told["line"]["text"] == text:
            return told


async def test_who_follows_a_language_hears_it_wherever_they_are_and_reads_what_they_missed(
    tmp_path: Path,
) -> None:
    async with moderated_town(tmp_path) as town:
        host = await at_the_doors(town)
        korean, english = (
            await town.welcome("ko", grants=["captioner"]),
            await town.welcome("en", grants=["interpreter@hall/qa-1"]),
        )
        await korean.do("live_qa.open_channel", session="qa-1", channel="ko")
        await english.do("live_qa.open_channel", session="qa-1", channel="en")
        beside = {"ko": "무대 왼쪽", "en": "Left of the stage"}
        await english.do("live_qa.open_channel", session="qa-1", channel="kvk", kind="sign", where=beside)

        # In the hall, at a desk, or as a guest who stands nowhere: everyone may follow.
        mina, guest = await town.citizen("mina"), await town.welcome()
        await mina.do("live_qa.follow", session="qa-1", channels=["ko"])
        await guest.do("live_qa.follow", session="qa-1", channels=["en", "ko"])
        await says(korean, "ko", "곧 시작합니다.")
        await says(english, "en", "We begin soon.")
        for someone in (mina, guest):
            assert (await heard(someone, "곧 시작합니다."))["line"]["line"] == 1
        await heard(guest, "We begin soon.")

        # Her line breaks, and she comes again: she asks anew, and is given what was said last.
        await mina.guest.line.close(1000)
        await host.do("live_qa.advance", session="qa-1", phase="live")
        await says(korean, "ko", "안녕하십니까.")
        again = await town.citizen("mina")
        [told] = (await again.do("live_qa.follow", session="qa-1", channels=["ko"]))["channels"]
        assert [line["text"] for line in told["lines"]] == ["곧 시작합니다.", "안녕하십니까."]
        await says(korean, "ko", "제 번호는 010입니다.")
        await heard(again, "제 번호는 010입니다.")
        moderator = await town.citizen("mod", **MODERATOR)
        struck = {"session": "qa-1", "channel": "ko", "line": 3, "reason": "개인정보"}
        await moderator.do("live_qa.strike_caption", **struck)
        assert (await heard(again, ""))["line"]["is_struck"] is True

        # Over HTTP one reads, and follows nothing; the plain page needs no script.
        async with httpx.AsyncClient(base_url=f"http://{town.at.address}", trust_env=False) as reader:
            asked = {"session": "qa-1", "channels": ["ko", "en"]}
            read = await reader.get("/api/v1/live_qa/follow", params=asked)
            assert [row["channel"] for row in read.json()["channels"]] == ["ko", "en"]
            page = await reader.get("/plain/question-time/qa-1", headers={"Accept-Language": "ko"})
            assert "무대 왼쪽" in page.text
            assert 'href="/plain/question-time/qa-1/captions/ko"' in page.text
            plain = await reader.get("/plain/question-time/qa-1/captions/ko?anew=yes")
            assert "안녕하십니까." in plain.text
            assert "010" not in plain.text
            assert '<meta http-equiv="refresh" content="5">' in plain.text
            assert (await reader.get("/plain/question-time/qa-1/captions/ja")).status_code == 404
            at = "/api/question-times/qa-1/captions/ko.vtt"
            assert (await reader.get(at)).json()["code"] == "closed"
            for phase in ("closing", "follow_up"):
                await host.do("live_qa.advance", session="qa-1", phase=phase)
            subtitles = await reader.get(at)
            assert subtitles.headers["content-type"] == "text/vtt; charset=utf-8"
            assert "곧 시작합니다." in subtitles.text
            assert "010" not in subtitles.text
            record = await reader.get("/plain/question-time/qa-1/record")
            assert f'href="{at}" download' in record.text
