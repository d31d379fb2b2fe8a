"""A question time over HTTP alone; a question that nobody could answer is a petition that its asker hears of."""

import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.node import Guest, served
from tests.support.web_city import WebCity, a_petition, web_city

HOUR_MS = 3_600_000
LAMPS = "골목 가로등은 언제 고치나요?"
TREES = "가로수를 더 심을 계획이 있나요?"


async def step(city: WebCity, command: str, who: str, row: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A step with a question as it is; the row as it is then."""
    now = await desk_row(city, row) if row.get("is_stale") else row
    told = await city.done(
        f"live_qa.{command}",
        who,
        session=row["session"],
        question=row["question"],
        version=now["version"],
        **fields,
    )
    return {**told["row"], "session": row["session"]}


async def desk_row(city: WebCity, row: dict[str, Any]) -> dict[str, Any]:
    """A published question as the desk has it now."""
    desk = await city.get("/api/v1/live_qa/desk", "host", session=row["session"], which="open")
    [now] = [one for one in desk.json()["questions"] if one["question"] == row["question"]]
    return dict(now)


async def opened(city: WebCity) -> str:
    """A question time that is announced, and collects."""
    now = int(time.time() * 1000)
    scheduled = await city.done(
        "live_qa.schedule",
        "host",
        title={"ko": "이장과의 시간", "en": "An hour with the head of the village"},
        district="hall",
        stage="lectern",
        starts_at=now + HOUR_MS,
        ends_at=now + 2 * HOUR_MS,
    )
    await city.city.node.host.round()
    return str(scheduled["session"])


async def asked(city: WebCity, session: str, who: str, text: str) -> dict[str, Any]:
    """A question that is asked and published; its row at the desk."""
    told = await city.done("live_qa.ask", who, session=session, text=text)
    assert told["state"] == "held"
    desk = (await city.get("/api/v1/live_qa/desk", "host", session=session)).json()
    [row] = [one for one in desk["questions"] if one["question"] == told["question"]]
    claimed = await step(city, "claim", "host", {**row, "session": session})
    return await step(city, "approve", "host", claimed)


async def own(city: WebCity, session: str, who: str) -> dict[str, Any]:
    """Their only question, as they see it."""
    told = await city.get("/api/v1/live_qa/questions", who, session=session, which="mine")
    [mine] = told.json()["mine"]
    return dict(mine)


async def ends(city: WebCity, session: str) -> None:
    """The host ends it."""
    for phase in ("closing", "follow_up"):
        await city.done("live_qa.advance", "host", session=session, phase=phase)


async def test_a_question_time_over_http_alone_from_its_opening_to_its_record(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        session = await opened(city)
        [announced] = (await city.get("/api/v1/live_qa/sessions")).json()["sessions"]
        assert (announced["session"], announced["phase"]) == (session, "collecting")

        # Before it begins: two ask, one votes; nobody sees who.
        lamps = await asked(city, session, "mina", LAMPS)
        trees = await asked(city, session, "junho", TREES)
        backed = await city.done("live_qa.vote", "junho", session=session, question=lamps["question"])
        assert backed["backers"] == 2
        seen = (await city.get("/api/v1/live_qa/look", session=session)).json()["audience"]
        assert {row["text"] for row in seen["questions"]} == {LAMPS, TREES}
        assert "미나" not in str(seen)

        # It is answered live; the other one by its department, later.
        await city.done("live_qa.advance", "host", session=session, phase="live", mode="answering")
        now = await step(city, "pin", "host", {**lamps, "is_stale": True}, to="now", office="mayor")
        screen = (await city.get("/api/v1/live_qa/look", session=session, view="screen")).json()["screen"]
        assert screen["now"]["text"] == LAMPS
        await step(city, "answer", "mayor", now, text="이번 달 안에 고칩니다.", recording_offset_s=60)
        deferred = await step(city, "defer", "host", {**trees, "is_stale": True}, department="roads")
        assert deferred["state"] == "deferred"
        early = await city.get("/api/v1/live_qa/record", session=session)
        assert (early.status_code, early.json()["code"]) == (409, "closed")
        await ends(city, session)
        await step(city, "answer", "officer", deferred, text="가을에 심습니다.")

        # Anyone reads the record, and it can be taken along.
        record = (await city.get("/api/v1/live_qa/record", session=session)).json()
        assert record["session"]["phase"] == "archived"
        answers = {row["text"]: row["answer"] for row in record["questions"]}
        assert answers == {LAMPS: "이번 달 안에 고칩니다.", TREES: "가을에 심습니다."}
        assert "미나" not in str(record)


async def test_a_deferred_question_becomes_a_petition_that_its_asker_hears_of_and_outlives_a_restart(
    tmp_path: Path,
) -> None:
    async with web_city(tmp_path) as city:
        session = await opened(city)
        async with city.city.guest() as mina:
            await mina.greet(token=city.tokens["mina"])
            row = await asked(city, session, "mina", LAMPS)
            petition = await deferred_to_the_roads(city, session, row, mina)
            received = await city.done("petitions.receive", "room", petition=petition)
            notice = (await mina.hear("petitions.noticed"))["notice"]
            while "number" not in notice:
                notice = (await mina.hear("petitions.noticed"))["notice"]
            assert notice["number"] == received["number"]
            noted = (await mina.hear("live_qa.own_changed"))["question"]
            while "due_at" not in noted["row"]:
                noted = (await mina.hear("live_qa.own_changed"))["question"]
            assert noted["row"]["due_at"] == received["due_at"]
            await refused_to_claim_an_origin(city, session, mina)
        before = await own(city, session, "mina")
        assert (before["petition"], before["row"]["due_at"]) == (petition, received["due_at"])
    async with (
        served(tmp_path, city={"path": tmp_path / "city"}) as again,
        httpx.AsyncClient(base_url=f"http://{again.address}", trust_env=False, timeout=30) as browser,
    ):
        city = WebCity(again, browser, city.secret)
        assert await own(city, session, "mina") == before
        [card] = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
        assert (card["petition"], card["number"], card["due_at"]) == (
            petition,
            received["number"],
            received["due_at"],
        )
        assert (await again.node.journal.verify()).faults == ()


async def deferred_to_the_roads(city: WebCity, session: str, row: dict[str, Any], mina: Guest) -> str:
    await step(city, "defer", "host", row, department="roads")
    told = (await mina.hear("live_qa.own_changed"))["question"]
    while "petition" not in told:
        told = (await mina.hear("live_qa.own_changed"))["question"]
    [card] = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    assert (card["petition"], card["state"], card["kind"]) == (
        told["petition"],
        "submitted",
        "inquiry_procedure",
    )
    shown = await city.done("petitions.show", "mina", petition=card["petition"])
    assert shown["written"]["text"] == LAMPS
    return str(card["petition"])


async def refused_to_claim_an_origin(city: WebCity, session: str, mina: Guest) -> None:
    claimed = a_petition(origin=f"live_qa/{session}/1", channel="question_time")
    answer = await city.post("petitions.file", "junho", **claimed)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        403,
        "not_allowed",
        "origin",
    )
    await mina.say(type="petitions.file", id=1, **claimed)
    refused = await mina.hear("refused", id=1)
    assert (refused["code"], refused["field"]) == ("not_allowed", "origin")
    assert (await city.get("/api/v1/petitions/mine", "junho")).json()["items"] == []
