"""A secret poll over real sockets, from its opening to the published list, with a restart of the node in between."""

import csv
import hashlib
import io
import time
from pathlib import Path
from typing import Any

import httpx

from protocol.ballot import ballot_id
from tests.support.moderated_town import MODERATOR, Citizen, ModeratedTown, moderated_town

HOUR_MS = 3_600_000
POLL = {"session": "qa-1", "poll": 1}


def both(text: str) -> dict[str, str]:
    return {"ko": text, "en": text}


def receipt(name: str) -> str:
    return ballot_id(hashlib.sha256(name.encode()).digest()[:16])


def ballot(name: str, choice: int) -> dict[str, Any]:
    return {**POLL, "key": name, "ballot": receipt(name), "choices": [choice]}


async def in_poll_mode(town: ModeratedTown) -> Citizen:
    host, now = await town.citizen("host", roles=["host"]), int(time.time() * 1000)
    times = {"starts_at": now + HOUR_MS, "ends_at": now + 2 * HOUR_MS}
    title = both("이장과의 시간")
    await host.do("live_qa.schedule", title=title, district="hall", stage="lectern", **times)
    await host.do("live_qa.advance", session="qa-1", phase="live", mode="poll")
    return host


def http(town: ModeratedTown, name: str | None = None) -> httpx.AsyncClient:
    headers = {} if name is None else {"Authorization": f"Bearer {town.token(name)}"}
    return httpx.AsyncClient(base_url=f"http://{town.at.address}", trust_env=False, headers=headers)


async def hear_result(citizen: Citizen) -> Any:
    """The poll when it is counted; before that it is told to be closed."""
    while True:
        told = (await citizen.guest.hear("live_qa.poll_changed"))["poll"]
        if told["state"] != "closed":
            return told


async def over_http(town: ModeratedTown, name: str, choice: int) -> int:
    async with http(town, name) as city:
        return (await city.post("/api/v1/live_qa/cast", json=ballot(name, choice))).status_code


async def test_a_poll_is_cast_by_line_and_http_and_every_receipt_is_in_the_list_after_a_restart(
    tmp_path: Path,
) -> None:
    async with moderated_town(tmp_path) as town:
        host = await in_poll_mode(town)
        guest, moderator = await town.citizen(), await town.citizen("mod", **MODERATOR)
        muted, barred = await town.citizen("muted"), await town.citizen("barred")
        answers = [both("예"), both("아니요")]
        poll = {"question": both("가로등을 늘릴까요?"), "answers": answers, "lasts_s": 3_600}
        await host.do("live_qa.open_poll", session="qa-1", **poll)
        told = await guest.guest.hear("live_qa.poll_changed")
        assert (told["poll"]["state"], told["poll"]["present"]) == ("open", 5)

        # A mute takes no vote away, a ban does; a guest votes who was here, and none who comes now.
        await moderator.sanction(muted, "mute")
        assert await muted.do("live_qa.cast", **ballot("muted", 1)) is None
        head = await town.citizen("head", roles=["moderator"], grants=["head_moderator"])
        await head.sanction(barred, "ban")
        assert (await barred.refused("live_qa.cast", **ballot("barred", 1)))["code"] == "not_allowed"
        await guest.do("live_qa.cast", **ballot("guest", 2))
        late = await town.citizen()
        assert (await late.refused("live_qa.cast", **ballot("late", 2)))["code"] == "not_allowed"
        assert [await over_http(town, name, 1) for name in ("kim", "lee", "park")] == [204] * 3
        await host.guest.hear("live_qa.turnout", turnout=5)
        seen = (await guest.do("live_qa.look", session="qa-1"))["audience"]["poll"]
        assert (seen["turnout"], seen["has_voted"]) == (5, True)
        assert all("votes" not in answer for answer in seen["answers"])
        async with http(town) as anyone:
            early = await anyone.get("/api/question-times/qa-1/polls/1/ballots.txt")
            assert (early.status_code, early.json()["code"]) == (409, "closed")

    async with moderated_town(tmp_path) as town:
        host = await town.citizen("host", roles=["host"])
        kim = await town.citizen("kim")
        assert await kim.do("live_qa.cast", **ballot("kim", 2)) is None, "the same key: done already"
        assert (await kim.refused("live_qa.cast", **(ballot("kim", 2) | {"key": "k2"})))["code"] == "conflict"
        await host.do("live_qa.close_poll", **POLL)
        counted = await hear_result(kim)
        assert [answer["votes"] for answer in counted["answers"]] == [4, 1]
        assert (await kim.refused("live_qa.cast", **ballot("lately", 2)))["code"] == "closed"
        async with http(town) as anyone:
            file = await anyone.get("/api/question-times/qa-1/polls/1/ballots.txt")
            table = await anyone.get("/api/question-times/qa-1/polls.csv")
            listed = (await anyone.get("/api/records/poll")).json()["items"]
            nowhere = await anyone.get("/api/question-times/qa-1/polls/2/ballots.txt")
        assert file.text.splitlines() == sorted(map(receipt, ("muted", "guest", "kim", "lee", "park")))
        assert hashlib.sha256(file.content).hexdigest() == counted["digest"]
        rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
        assert [(row["answer_ko"], row["votes"], row["turnout"]) for row in rows] == [
            ("예", "4", "5"),
            ("아니요", "1", "5"),
        ]
        assert [row["fields"]["result_ko"] for row in listed] == ["예: 4; 아니요: 1"]
        assert (nowhere.status_code, nowhere.json()["field"]) == (404, "poll")
