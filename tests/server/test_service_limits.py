"""Each limit of a service's rules over a real socket: said as such, and counted by its name."""

import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.config import DEFAULT_CITY
from tests.support.every_no import OF_SERVICES
from tests.support.moderated_town import MODERATOR, Citizen, ModeratedTown, moderated_town
from tests.support.node import HAMLET

HOUR_MS = 3_600_000
BOTH = {"ko": "글", "en": "words"}
PETITION = {"kind": "other", "title": "가로등", "text": "가로등이 꺼져 있습니다", "name": "김"}
NAMES = count()

Meet = Callable[[ModeratedTown], Awaitable[Any]]


@asynccontextmanager
async def limited_town(folder: Path, service: str, rules: dict[str, int]) -> AsyncIterator[ModeratedTown]:
    """A town whose service has these numbers."""
    shutil.copytree(HAMLET, folder / "city")
    shutil.copytree(DEFAULT_CITY / "services", folder / "city" / "services")
    content = folder / "city" / "services" / f"{service}.toml"
    section = "[limits]\n" if service == "petitions" else "[rules]\n"
    lines = section + "".join(f"{name} = {value}\n" for name, value in rules.items())
    text = content.read_text("utf-8")
    content.write_text(text.replace(section, lines) if section in text else f"{text}\n{lines}", "utf-8")
    async with moderated_town(folder) as town:
        yield town


# Moderation


async def blocks(town: ModeratedTown) -> Any:
    kim = await town.citizen("kim")
    await kim.do("moderation.block", citizen="c1")
    return await kim.refused("moderation.block", citizen="c2")


async def report(who: Citizen, other: Citizen, **fields: Any) -> Any:
    return await who.ask("moderation.report", citizen=other.id, reason="spam", **fields)


async def reports(town: ModeratedTown) -> Any:
    """One about each of two people."""
    kim, lee, park = [await town.citizen(name) for name in ("kim", "lee", "park")]
    assert (await report(kim, lee))["type"] == "done"
    return await report(kim, park)


async def reports_if_wrong(town: ModeratedTown) -> Any:
    kim, lee, moderator = (
        await town.citizen("kim"),
        await town.citizen("lee"),
        await town.citizen("mod", **MODERATOR),
    )
    name = (await report(kim, lee))["result"]["report"]
    await moderator.do("moderation.claim", case=name)
    await moderator.do("moderation.decide_report", report=name, outcome="no_action", words="아닙니다")
    return await report(kim, lee)


async def visitors_reports(town: ModeratedTown) -> Any:
    lee = await town.citizen("lee")
    visitors = [await town.citizen(None) for _ in range(2)]
    assert (await report(visitors[0], lee))["type"] == "done"
    return await report(visitors[1], lee)


async def notes(town: ModeratedTown) -> Any:
    kim, moderator = await town.citizen("kim"), await town.citizen("mod", **MODERATOR)
    case = await moderator.sanction(kim, "note")
    await moderator.do("moderation.annotate", case=case, text="첫 번째")
    return await moderator.refused("moderation.annotate", case=case, text="두 번째")


async def own_lines(town: ModeratedTown) -> Any:
    kim = await town.citizen("kim")
    assert (await kim.say("씨발 하나"))["state"] == "held"
    return await kim.refused("chat.say", text="씨발 둘", to="nearby")


async def lines(town: ModeratedTown) -> Any:
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    assert (await kim.say("씨발 하나"))["state"] == "held"
    return await lee.refused("chat.say", text="씨발 둘", to="nearby")


async def visitors_lines(town: ModeratedTown) -> Any:
    visitors = [await town.citizen(None) for _ in range(2)]
    assert (await visitors[0].say("씨발 하나"))["state"] == "held"
    return await visitors[1].refused("chat.say", text="씨발 둘", to="nearby")


# Question time


async def session(town: ModeratedTown, phase: str | None = None, **options: Any) -> tuple[Citizen, str]:
    """A question time that takes questions, or is live; and its host."""
    host, now = await town.citizen("host", roles=["host"]), int(time.time() * 1000)
    told = await host.do(
        "live_qa.schedule", title=BOTH, district="hall", stage="lectern",
        starts_at=now + HOUR_MS, ends_at=now + 2 * HOUR_MS, options={"is_screened": False, **options},
    )  # fmt: skip
    await town.at.node.host.round()
    if phase is not None:
        await host.do("live_qa.advance", session=told["session"], phase=phase)
    return host, str(told["session"])


async def question(who: Citizen, name: str) -> Any:
    return await who.ask("live_qa.ask", session=name, text=f"가로등은 언제 고칩니까, {next(NAMES)}번째?")


async def captioner(town: ModeratedTown) -> tuple[Citizen, str]:
    """Someone who writes what is said, from the doors on."""
    _, name = await session(town, "doors")
    writer = await town.citizen("writer", grants=["captioner"])
    await writer.do("live_qa.open_channel", session=name, channel="ko")
    return writer, name


async def captions(town: ModeratedTown) -> Any:
    writer, name = await captioner(town)
    await writer.do("live_qa.caption", session=name, channel="ko", text="안녕하십니까.")
    return await writer.refused("live_qa.caption", session=name, channel="ko", text="시작하겠습니다.")


async def channels(town: ModeratedTown) -> Any:
    writer, name = await captioner(town)
    return await writer.refused("live_qa.open_channel", session=name, channel="en")


async def polls(town: ModeratedTown) -> Any:
    host, name = await session(
        town,
        "live",
    )
    await host.do("live_qa.advance", session=name, phase="live", mode="poll")
    asked = {"session": name, "question": BOTH, "answers": [BOTH, {"ko": "둘", "en": "two"}]}
    told = await host.do("live_qa.open_poll", **asked)
    await host.do("live_qa.close_poll", session=name, poll=told["poll"])
    return await host.refused("live_qa.open_poll", **asked)


async def questions(town: ModeratedTown) -> Any:
    _, name = await session(town)
    kim = await town.citizen("kim")
    assert (await question(kim, name))["type"] == "done"
    return await question(kim, name)


async def votes(town: ModeratedTown) -> Any:
    _, name = await session(town)
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    number = (await question(kim, name))["result"]["question"]
    await lee.do("live_qa.vote", session=name, question=number)
    return await lee.refused("live_qa.vote", session=name, question=number, on=False)


async def seats(town: ModeratedTown) -> Any:
    _, name = await session(town, seats=1)
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    await kim.do("live_qa.reserve", session=name)
    return await lee.refused("live_qa.reserve", session=name)


async def hands(town: ModeratedTown) -> Any:
    _, name = await session(town, "live", hands_open=True)
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    await kim.do("live_qa.raise_hand", session=name)
    return await lee.refused("live_qa.raise_hand", session=name)


async def next_ones(town: ModeratedTown) -> Any:
    host, name = await session(town)
    asked = [(await question(await town.citizen(who), name))["result"]["question"] for who in ("kim", "lee")]
    await host.do("live_qa.pin", session=name, question=asked[0], version=1, to="next")
    return await host.refused("live_qa.pin", session=name, question=asked[1], version=1, to="next")


async def labels(town: ModeratedTown) -> Any:
    _, name = await session(town)
    number = (await question(await town.citizen("kim"), name))["result"]["question"]
    moderator = await town.citizen("mod", **MODERATOR)
    at = {"session": name, "question": number}
    version = 1
    for label in range(8):
        told = await moderator.do("live_qa.label", **at, version=version, label=f"l{label}")
        version = told["row"]["version"]
    return await moderator.refused("live_qa.label", **at, version=version, label="l9")


async def cues(town: ModeratedTown) -> Any:
    host, name = await session(town)
    cue = {"at": int(time.time() * 1000) + HOUR_MS, "lasts_s": 60, "text": BOTH, "who": BOTH}
    return await host.refused("live_qa.edit_run_sheet", session=name, version=0, cues=[cue, cue])


# Petitions and announcements


async def drafts(town: ModeratedTown) -> Any:
    kim = await town.citizen("kim")
    await kim.do("petitions.draft", **PETITION)
    return await kim.refused("petitions.draft", **PETITION)


async def filings(town: ModeratedTown) -> Any:
    kim = await town.citizen("kim")
    await kim.do("petitions.file", **PETITION)
    return await kim.refused("petitions.file", **PETITION)


async def signers(town: ModeratedTown) -> Any:
    filed = await (await town.citizen("kim")).do("petitions.file", **PETITION, joint=True)
    signed = {"petition": filed["petition"], "name": "이", "address": "세종대로 1"}
    await (await town.citizen("lee")).do("petitions.join", **signed)
    return await (await town.citizen("park")).refused("petitions.join", **signed)


async def standing(town: ModeratedTown) -> Any:
    host = await town.citizen("host", roles=["host"])
    told = {"scope": "hall", "text": BOTH, "until": int(time.time() * 1000) + HOUR_MS}
    await host.do("announcements.announce", **told)
    return await host.refused("announcements.announce", **told)


async def crew(town: ModeratedTown) -> Any:
    host, name = await session(town)
    kim, lee = await town.citizen("kim"), await town.citizen("lee")
    asked = {"office": "captioner", "scope": f"hall/{name}"}
    await host.do("offices.give", citizen=kim.id, **asked)
    return await host.refused("offices.give", citizen=lee.id, **asked)


MET: dict[str, tuple[dict[str, int], Meet, str]] = {
    "announcements.standing": ({"standing": 1}, standing, "full"),
    "live_qa.captions": ({"captions": 1}, captions, "full"),
    "live_qa.captions_per_10_s": ({"captions_per_10_s": 1}, captions, "too_fast"),
    "live_qa.channels": ({"channels": 1}, channels, "full"),
    "live_qa.cues": ({"cues": 1}, cues, "full"),
    "live_qa.hands": ({"hands": 1}, hands, "full"),
    "live_qa.labels": ({}, labels, "full"),
    "live_qa.next_questions": ({"next_questions": 1}, next_ones, "full"),
    "live_qa.polls": ({"polls": 1}, polls, "full"),
    "live_qa.question_every_s": ({"question_every_s": 60}, questions, "too_fast"),
    "live_qa.questions_open_per_person": ({"questions_open_per_person": 1}, questions, "full"),
    "live_qa.seats": ({}, seats, "full"),
    "live_qa.votes_per_minute": ({"votes_per_minute": 1}, votes, "too_fast"),
    "moderation.blocks": ({"blocks": 1}, blocks, "full"),
    "moderation.held_per_citizen": ({"held_per_citizen": 1}, own_lines, "full"),
    "moderation.held_waiting": ({"held_waiting": 1}, lines, "full"),
    "moderation.held_waiting_visitors": ({"held_waiting_visitors": 1}, visitors_lines, "full"),
    "moderation.notes_per_case": ({"notes_per_case": 1}, notes, "full"),
    "moderation.report_waiting": ({"report_waiting": 1}, reports, "full"),
    "moderation.report_waiting_visitors": ({"report_waiting_visitors": 1}, visitors_reports, "full"),
    "moderation.reports_if_wrong": (
        {"wrong_reports": 1, "reports_if_wrong": 1},
        reports_if_wrong,
        "too_fast",
    ),
    "moderation.reports_per_10_min": ({"reports_per_10_min": 1}, reports, "too_fast"),
    "offices.standing": ({"standing": 1}, crew, "full"),
    "petitions.drafts": ({"drafts": 1}, drafts, "full"),
    "petitions.filings_per_day": ({"filings_per_day": 1}, filings, "too_fast"),
    "petitions.signers": ({"signers": 1}, signers, "full"),
}
"""Each limit: the city's numbers, how it is met, and the code of its refusal."""


def test_none_is_left_out() -> None:
    assert MET.keys() == OF_SERVICES.keys()


@pytest.mark.parametrize("limit", MET)
async def test_a_service_says_no_at_its_limit_and_it_is_counted(tmp_path: Path, limit: str) -> None:
    rules, meet, code = MET[limit]
    async with limited_town(tmp_path, limit.partition(".")[0], rules) as town:
        refused = await meet(town)
        assert (refused["type"], refused["code"]) == ("refused", code)
        assert (code == "too_fast") == ("retry_after_ms" in refused)
        assert town.count("madang_limit_reached_total", limit=limit) == 1
        assert town.count("madang_refused_total", reason=code) == 1


async def test_a_no_over_http_is_counted_as_one_over_the_line_is(tmp_path: Path) -> None:
    async with limited_town(tmp_path, "petitions", {"filings_per_day": 1}) as town:
        header = {"Authorization": f"Bearer {town.token('kim')}"}
        async with httpx.AsyncClient(base_url=f"http://{town.at.address}", trust_env=False) as http:
            told = [
                (await http.post("/api/v1/petitions/file", json=PETITION, headers=header)).status_code
                for _ in range(2)
            ]
        assert told == [200, 429]
        assert town.count("madang_refused_total", reason="too_fast") == 1
        assert town.count("madang_limit_reached_total", limit="petitions.filings_per_day") == 1
        assert town.count("madang_commands_total", type="petitions.file", result="refused") == 1
        assert town.count("madang_commands_total", type="petitions.file", result="done") == 1
