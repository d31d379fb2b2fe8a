"""The records over HTTP: what may be listed by whom, filtered, searched, paged, and taken along."""

import csv
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.auth import Claims, issue_token
from tests.stories.test_question_time_over_http import LAMPS, TREES, asked, ends, opened, step
from tests.support.web_city import SECRET, WebCity, web_city


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        yield city


async def rows(city: WebCity, who: str | None, kind: str, /, **query: Any) -> Any:
    """A page; it must be told."""
    answer = await city.get(f"/api/records/{kind}", who, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def filed(city: WebCity, count: int) -> list[str]:
    """The numbers of petitions that were received; all but the first are the roads'."""
    numbers = []
    for place in range(count):
        id, number = await city.receive(title=f"{SECRET} 보도블록 {place}")
        if place:
            await city.done("petitions.route", "room", petition=id, department="roads")
        numbers.append(number)
    return numbers


async def test_petitions_are_listed_for_those_in_charge_and_never_with_what_was_written(
    city: WebCity,
) -> None:
    numbers = await filed(city, 3)
    everything = await rows(city, "room", "petition", order="number")
    assert [row["fields"]["number"] for row in everything["items"]] == numbers
    assert SECRET not in str(everything)
    theirs = await rows(city, "officer", "petition", order="-number")
    assert [row["fields"]["number"] for row in theirs["items"]] == numbers[:0:-1]
    for who in (None, "mina", "host"):
        refused = await city.get("/api/records/petition", who)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    for query in ({"where": "department=parks"}, {"search": "보도블록"}):
        refused = await city.get("/api/records/petition", "officer", **query)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_rows_are_filtered_by_values_any_of_several_and_spans(city: WebCity) -> None:
    first, second, third = await filed(city, 3)

    async def found(*where: str) -> list[str]:
        page = await rows(city, "room", "petition", where=list(where), order="number")
        return [row["fields"]["number"] for row in page["items"]]

    assert await found("department=roads") == [second, third]
    assert await found("department=null") == [first]
    assert await found(f"number={first}", f"number={third}") == [first, third]
    assert await found(f"number>={second}") == [second, third]
    assert await found(f"number>={second}", f"number<{third}", "overdue=false") == [second]
    assert await found("people>=2") == []
    assert await found('people="1"') == [], "a text is not a number"


async def test_rows_are_paged_without_gaps(city: WebCity) -> None:
    numbers = await filed(city, 5)
    seen: list[str] = []
    after: dict[str, str] = {}
    for _ in range(3):
        page = await rows(city, "room", "petition", order="-number", limit=2, **after)
        seen += [row["fields"]["number"] for row in page["items"]]
        after = {"after": page["next"]} if page["next"] else {}
    assert (seen, after) == (numbers[::-1], {})


async def test_published_questions_are_searched_by_their_words_by_the_crew(city: WebCity) -> None:
    session = await opened(city)
    for who, text in (("mina", LAMPS), ("junho", TREES)):
        await asked(city, session, who, text)
    found = await rows(city, "host", "question", search="가로등", where=f"session={session}")
    assert [row["texts"] for row in found["items"]] == [[LAMPS]]
    for reader in (None, "mina", "auditor"):
        assert (await rows(city, reader, "question"))["items"] == [], "votes may be hidden yet"
    [announced] = (await rows(city, None, "question_time"))["items"]
    assert announced["fields"]["phase"] == "collecting"


def with_token(city: WebCity, name: str, **claims: Any) -> str:
    """Someone more in this city."""
    told = Claims.model_validate({"sub": name, "name": name, **claims})
    city.tokens[name] = issue_token(city.secret, told, issuer="madang", now=int(time.time()), hours=1)
    return name


async def test_who_works_at_one_session_lists_its_questions_before_it_is_over(city: WebCity) -> None:
    session = await opened(city)
    await asked(city, session, "mina", LAMPS)
    here = with_token(city, "here", roles=[f"moderator@hall/{session}"])
    clerk = with_token(city, "clerk", grants=[f"clerk@hall/{session}"])
    elsewhere = with_token(city, "elsewhere", roles=["moderator@green", "host@hall/qa-9"])
    for who in (here, clerk):
        assert [row["texts"] for row in (await rows(city, who, "question"))["items"]] == [[LAMPS]]
    assert (await rows(city, elsewhere, "question"))["items"] == []


async def test_what_is_on_record_is_everyones_as_over_the_socket_and_nothing_else_is(city: WebCity) -> None:
    session = await opened(city)
    lamps = await asked(city, session, "mina", LAMPS)
    taken_back = await asked(city, session, "junho", TREES)
    await city.done("live_qa.advance", "host", session=session, phase="live", mode="answering")
    now = await step(city, "pin", "host", {**lamps, "is_stale": True}, to="now", office="mayor")
    await step(city, "answer", "mayor", now, text="이번 달 안에 고칩니다.")
    await city.done("live_qa.withdraw", "junho", session=session, question=taken_back["question"])
    assert (await rows(city, None, "question"))["items"] == []
    await ends(city, session)
    record = (await city.get("/api/v1/live_qa/record", session=session)).json()
    listed = (await rows(city, None, "question", search="가로등"))["items"]
    [read] = record["questions"]
    [row] = listed
    assert row["texts"] == [read["text"]]
    same = ("question", "state", "answer", "answered_by", "answered_at", "backers", "asked_at")
    assert {name: row["fields"][name] for name in same} == {name: read[name] for name in same}
    assert (await rows(city, "mina", "question"))["items"] == listed
    exported = (await city.get("/api/records/question/export.json")).json()
    assert [one["texts"] for one in exported] == [[LAMPS]]
    assert "미나" not in str(listed)


async def test_sanctions_are_listed_by_who_gave_them_and_by_heads_within_their_scope(city: WebCity) -> None:
    async with city.city.guest() as mina, city.city.guest() as junho:
        ids = [
            (await guest.greet(token=city.tokens[who]))["citizen"]["id"]
            for guest, who in ((mina, "mina"), (junho, "junho"))
        ]
        await city.city.node.host.round()
        hall = with_token(city, "hall", roles=["moderator@hall"])
        head = with_token(city, "head_of_hall", roles=["moderator@hall"], grants=["head_moderator@hall"])
        green = with_token(city, "green", roles=["moderator@green"], grants=["head_moderator@green"])
        given = []
        for who, scope, citizen in (("host", "hall", ids[0]), (hall, "hall/plaza", ids[1])):
            done = await city.done(
                "moderation.sanction",
                who,
                citizens=[citizen],
                kind="mute",
                reason="insult",
                words="욕설",
                scope=scope,
            )
            given += done["sanctions"]

        async def listed(who: str) -> list[str]:
            found = (await rows(city, who, "sanction", order="sanction"))["items"]
            assert all(row["texts"] == ["욕설"] for row in found)
            return [row["key"] for row in found]

        assert await listed("auditor") == await listed(head) == given
        assert (await listed("host"), await listed(hall)) == (given[:1], given[1:])
        assert await listed(green) == []
        for reader in (None, "mina", "officer"):
            assert (await city.get("/api/records/sanction", reader)).status_code == 403


async def test_a_head_does_not_list_what_is_on_themselves(city: WebCity) -> None:
    head = with_token(city, "head_of_hall", roles=["moderator@hall"], grants=["head_moderator@hall"])
    mayor = with_token(city, "operator", roles=["operator", "moderator"], grants=["head_moderator"])
    async with city.city.guest() as guest:
        citizen = (await guest.greet(token=city.tokens[head]))["citizen"]["id"]
        await city.city.node.host.round()
        fields = {"citizens": [citizen], "kind": "warn", "reason": "other", "words": "말투", "scope": "hall"}
        await city.done("moderation.sanction", mayor, **fields)
    assert (await rows(city, head, "sanction"))["items"] == []
    assert len((await rows(city, "auditor", "sanction"))["items"]) == 1


async def test_sanctions_and_reports_are_listed_by_auditors_and_ones_own_by_moderators(city: WebCity) -> None:
    for kind in ("sanction", "report"):
        assert await rows(city, "auditor", kind) == {"items": [], "next": None}
    assert await rows(city, "host", "sanction") == {"items": [], "next": None}
    assert (await city.get("/api/records/report", "host")).status_code == 403


async def test_rows_are_taken_along_for_spreadsheets_and_programs(city: WebCity) -> None:
    session = await opened(city)
    for who, text in (("mina", LAMPS), ("junho", TREES)):
        await asked(city, session, who, text)
    answer = await city.get("/api/records/question/export.csv", "host")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="question.csv"'
    assert answer.content.startswith("\ufeff".encode()), "Excel reads Korean"
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["state"], row["texts"]) for row in table] == [("open", LAMPS), ("open", TREES)]
    exported = (await city.get("/api/records/question/export.json", "host", where="question=2")).json()
    assert [(row["question"], row["texts"]) for row in exported] == [(2, [TREES])]
    await filed(city, 2)
    theirs = await city.get("/api/records/petition/export.csv", "officer")
    assert len(list(csv.DictReader(io.StringIO(theirs.content.decode("utf-8-sig"))))) == 1
    assert SECRET not in theirs.text
    assert (await city.get("/api/records/petition/export.csv", "mina")).status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"where": "department"}, 422),
        ({"where": "a b=1"}, 422),
        ({"where": "number>=null"}, 422),
        ({"where": ["people=1", "people<2"]}, 422),
        ({"where": f"people={2**70}"}, 422),
        ({"where": "people=NaN"}, 422),
        ({"where": 'number="\\ud800"'}, 422),
        ({"where": "number=\0"}, 422),
        ({"where": ["people=1"] * 21}, 422),
        ({"order": "1; DROP TABLE records"}, 422),
        ({"order": "no_such_field"}, 200),
        ({"after": "x"}, 422),
        ({"after": "W05hTiwgImsiXQ"}, 422),
        ({"limit": "0"}, 422),
        ({"search": "가" * 101}, 422),
    ],
)
async def test_what_cannot_be_asked_is_refused(city: WebCity, query: dict[str, Any], status: int) -> None:
    answer = await city.get("/api/records/petition", "room", **query)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["code"] in ("bad_message", "too_long")


@pytest.mark.parametrize("path", ["song", "song/export.csv", "petition/export.xls", "petition/export"])
async def test_what_is_not_there_is_told(city: WebCity, path: str) -> None:
    answer = await city.get(f"/api/records/{path}", "room")
    assert answer.status_code in (404, 422)
    assert answer.json()["code"] in ("not_found", "bad_message")


async def test_the_interface_describes_the_records(city: WebCity) -> None:
    described = (await city.get("/openapi.json")).json()
    listing = described["paths"]["/api/records/{kind}"]["get"]
    assert {"kind", "where", "search", "order", "after", "limit"} == {
        one["name"] for one in listing["parameters"]
    }
    kinds = described["components"]["schemas"]["Kind"]["enum"]
    questions = {"question_time", "question", "poll"}
    assert set(kinds) == questions | {"announcement", "petition", "sanction", "report", "office"}
    assert "get" in described["paths"]["/api/records/{kind}/export.{form}"]
