"""The commands over HTTP: each has one route, goes through the same gate, and is refused with the same reasons."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from protocol import export
from protocol.catalogue import type_of
from protocol.refusals import Refusal
from protocol.services import announcements, live_qa, moderation, offices, petitions
from server.journal import Round, Unavailable
from server.journals.sql import SqlJournal
from server.web.refusals import STATUS
from tests.support.node import HAMLET
from tests.support.web_city import SECRET, WebCity, a_petition, web_city

SERVICES = (announcements, live_qa, moderation, offices, petitions)
COMMANDS = tuple(command for service in SERVICES for command in service.COMMANDS)


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        yield city


def test_every_refusal_has_a_status_and_only_unavailable_is_the_servers_fault() -> None:
    assert STATUS.keys() == set(Refusal)
    assert [refusal for refusal, status in STATUS.items() if status >= 500] == [Refusal.UNAVAILABLE]


async def test_every_command_of_a_service_has_one_route_and_nothing_else_has(city: WebCity) -> None:
    paths = (await city.get("/openapi.json")).json()["paths"]
    routes = {
        (path, method) for path, methods in paths.items() for method in methods if path.startswith("/api/v1/")
    }
    expected = {
        (f"/api/v1/{type_of(one).replace('.', '/')}", "get" if one.reads else "post") for one in COMMANDS
    }
    files = "/api/v1/petitions/files"
    expected |= {(files, "post"), (files + "/{file}", "delete")}
    expected |= {("/api/v1/petitions/{petition}/files/{file}", "get")}
    assert routes == expected
    assert ("/api/v1/petitions/file", "post") in routes
    assert ("/api/v1/petitions/mine", "get") in routes
    assert ("/api/v1/petitions/status", "post") in routes, "a token does not belong into an address"


async def test_the_specification_tells_of_every_route_for_clients_and_of_no_other(city: WebCity) -> None:
    section = (
        (Path(export.__file__).parent / "SPEC.md").read_text("utf-8").split("Beside the socket: HTTP\n")[1]
    )
    told = set(re.findall(r"`(GET|POST|DELETE) (/[^`]*)`", section))
    paths = (await city.get("/openapi.json")).json()["paths"]
    served = {(method.upper(), re.sub(r"^/api/v1/\w+/(?!files$)\w+$", "/api/v1/{service}/{verb}", path))
              for path, methods in paths.items() for method in methods}  # fmt: skip
    assert told - {("GET", "/openapi.json")} <= served
    for_clients = {(method, path) for method, path in served if path.startswith("/api/")}
    assert len(for_clients) > 8
    assert for_clients <= told


async def test_the_interface_describes_what_is_asked_and_what_is_answered(city: WebCity) -> None:
    described = (await city.get("/openapi.json")).json()
    schemas = described["components"]["schemas"]
    filing = described["paths"]["/api/v1/petitions/file"]["post"]
    asked = schemas["FilePetitionFields"]
    assert filing["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "FilePetitionFields"
    )
    assert {"kind", "title", "text"} == set(asked["required"])
    assert not {"type", "id"} & asked["properties"].keys()
    assert "key" in asked["properties"], "as in the header"
    answered = filing["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert answered.endswith("/Filed")
    assert schemas["Filed"]["required"] == ["petition", "token", "arrived_at", "receive_by"]
    assert {"401", "403", "404", "409", "413", "422", "429", "503"} <= filing["responses"].keys()
    assert filing["security"] == [{"HTTPBearer": []}]
    assert "204" in described["paths"]["/api/v1/live_qa/reserve"]["post"]["responses"]
    query = described["paths"]["/api/v1/petitions/desk"]["get"]["parameters"]
    told = {one["name"] for one in query}
    assert {"department", "state", "overdue", "after"} <= told
    assert not {"type", "id", "key"} & told, "what only reads is done as often as one asks"


async def test_what_is_filed_over_http_is_told_over_the_socket_and_read_again_over_http(
    city: WebCity,
) -> None:
    async with city.city.guest() as guest:
        await guest.greet(token=city.tokens["mina"])
        filed = await city.done("petitions.file", "mina", **a_petition())
        told = await guest.hear("petitions.noticed")
        assert told["notice"]["petition"] == filed["petition"]
        received = await city.done("petitions.receive", "room", petition=filed["petition"])
        assert received["state"] == "received"
        told = await guest.hear("petitions.noticed")
        assert told["notice"]["number"] == received["number"]
    mine = (await city.get("/api/v1/petitions/mine", "mina")).json()
    assert [(card["petition"], card["state"]) for card in mine["items"]] == [(filed["petition"], "received")]
    shown = await city.done("petitions.show", "mina", petition=filed["petition"])
    assert shown["written"]["text"].startswith(SECRET)
    status = await city.post("petitions.status", token=filed["token"])
    assert status.json()["number"] == received["number"]


async def test_question_time_is_asked_over_http_too(city: WebCity) -> None:
    sessions = (await city.get("/api/v1/live_qa/sessions")).json()["sessions"]
    assert sessions == []
    assert (await city.get("/api/v1/live_qa/look", session="none")).status_code == 404
    assert (await city.post("live_qa.ask", "mina", session="none", text="언제?")).status_code == 404


async def test_a_petition_is_seen_by_nobody_else(city: WebCity) -> None:
    filed = await city.done("petitions.file", "mina", **a_petition())
    for who in (None, "junho", "officer"):
        refused = await city.post("petitions.show", who, petition=filed["petition"], reason="궁금해서")
        assert refused.status_code == 403
        assert refused.json()["code"] == "not_allowed"
        assert SECRET not in refused.text
    assert (await city.get("/api/v1/petitions/mine", "junho")).json()["items"] == []


async def test_a_key_makes_a_command_done_once(city: WebCity) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await city.post("petitions.file", "mina", headers=key, **a_petition())
    again = await city.post("petitions.file", "mina", headers=key, **a_petition())
    assert again.json() == first.json()
    other = await city.post("petitions.file", "mina", headers=key, **a_petition(title="다른 일"))
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (409, "conflict", "key")
    theirs = await city.post("petitions.file", "junho", headers=key, **a_petition())
    assert theirs.json()["petition"] != first.json()["petition"]
    assert len((await city.get("/api/v1/petitions/mine", "mina")).json()["items"]) == 1
    in_body = await city.post("petitions.file", "mina", key="k1", **a_petition())
    assert in_body.json() == first.json()
    both = await city.post("petitions.file", "mina", headers=key, key="k2", **a_petition())
    assert (both.status_code, both.json()["code"], both.json()["field"]) == (422, "bad_message", "key")
    assert len((await city.get("/api/v1/petitions/mine", "mina")).json()["items"]) == 1
    endless = await city.post("petitions.file", "mina", headers={"Idempotency-Key": "k" * 65}, **a_petition())
    assert (endless.status_code, endless.json()["code"]) == (422, "too_long")


@pytest.mark.parametrize(
    ("command", "fields", "status", "code", "field"),
    [
        ("petitions.file", {"kind": "other"}, 422, "bad_message", "title"),
        ("petitions.file", a_petition(kind="song"), 422, "bad_message", "kind"),
        ("petitions.file", a_petition(title=7), 422, "bad_message", "title"),
        ("petitions.file", a_petition(title="   "), 422, "bad_message", "title"),
        ("petitions.file", a_petition(title="a\x07b"), 422, "bad_message", "title"),
        ("petitions.file", a_petition(title="가" * 300), 422, "too_long", "title"),
        ("petitions.file", a_petition(text="가" * 9_000), 422, "too_long", "text"),
        ("petitions.file", a_petition(place={"lat": 91.0, "lon": 0.0}), 422, "bad_message", "place.lat"),
        ("petitions.file", a_petition(publish="yes"), 422, "bad_message", "publish"),
        ("petitions.file", a_petition(kind="suggestion", address=""), 422, "bad_message", "address"),
        ("petitions.show", {"petition": "p-none"}, 404, "not_found", "petition"),
        ("petitions.receive", {"petition": "p-none"}, 404, "not_found", "petition"),
        ("petitions.rate", {"petition": "p", "stars": 6}, 422, "bad_message", "stars"),
        ("petitions.status", {"token": "0" * 31}, 422, "bad_message", "token"),
        ("petitions.status", {"token": "0" * 32}, 404, "not_found", "token"),
        ("petitions.change_calendar", {}, 403, "not_allowed", None),
    ],
)
async def test_what_is_wrong_is_refused_with_its_reason_and_field(
    city: WebCity, command: str, fields: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    answer = await city.post(command, "mina", **fields)
    assert answer.status_code == status
    refused = answer.json()
    assert refused.keys() == {"code", "message", "field", "retry_after_ms"}
    assert (refused["code"], refused["field"]) == (code, field)
    assert refused["message"]


async def test_json_that_is_not_called_so_is_told_what_it_lacks(city: WebCity) -> None:
    bearer = {"Authorization": f"Bearer {city.tokens['mina']}"}
    body = json.dumps(a_petition())
    answer = await city.browser.post("/api/v1/petitions/file", content=body, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert "Content-Type: application/json" in answer.json()["message"]
    named = bearer | {"Content-Type": "application/json"}
    assert (await city.browser.post("/api/v1/petitions/file", content=body, headers=named)).status_code == 200


async def test_what_is_out_of_phase_is_a_conflict(city: WebCity) -> None:
    id, _ = await city.receive()
    answer = await city.post("petitions.receive", "room", petition=id)
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/petitions/sing", 404, "not_found"),
        ("/api/v1/district/enter", 404, "not_found"),
        ("/api/v1/petitions/file", 405, "not_allowed"),
        ("/api/v1/petitions/month?month=x", 422, "bad_message"),
        ("/api/v1/petitions/desk?overdue=perhaps", 422, "bad_message"),
    ],
)
async def test_what_no_route_answers_is_refused_in_the_same_shape(
    city: WebCity, path: str, status: int, code: str
) -> None:
    answer = await city.get(path, "mina")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[" * 60_000, 400),
        (b"\xff\xfe", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'{"kind": "other", "title": "\\ud800", "text": "t"}', 422),
        (b'{"kind": "other", "title": "t", "text": "t", "arrived_at": ' + b"9" * 5_000 + b"}", 400),
        (b'{"kind": "other", "title": "t", "text": "t", "place": {"lat": NaN, "lon": 0}}', 422),
    ],
)
async def test_a_body_that_is_no_command_is_refused(city: WebCity, body: bytes, status: int) -> None:
    headers = {"Authorization": f"Bearer {city.tokens['mina']}", "Content-Type": "application/json"}
    answer = await city.browser.post("/api/v1/petitions/file", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, "bad_message")


@pytest.mark.parametrize("is_told_ahead", [True, False])
async def test_a_body_that_is_too_long_is_not_read_whole(city: WebCity, is_told_ahead: bool) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b" " * 1_000

    body: Any = b" " * 70_000 if is_told_ahead else endless()
    for path, code in (("/api/v1/petitions/file", "too_long"), ("/open311/v2/requests.json", 413)):
        answer = await city.browser.post(path, content=body)
        told = answer.json()
        assert answer.status_code == 413
        assert (told[0] if isinstance(told, list) else told)["code"] == code
        body = b" " * 70_000


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer", "Basic bWluYTptaW5h", "Bearer " + "x" * 5_000, "mina", ""]
)
async def test_a_token_that_is_not_believed_is_no_visitor(city: WebCity, header: str) -> None:
    answer = await city.browser.get("/api/v1/petitions/guide", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_visitor_reads_and_does_nothing(city: WebCity) -> None:
    assert (await city.get("/api/v1/petitions/guide")).status_code == 200
    assert (await city.get("/api/v1/petitions/list")).json()["items"] == []
    refused = await city.post("petitions.file", **a_petition())
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_where_visitors_are_not_admitted_nobody_comes_without_a_token(tmp_path: Path) -> None:
    async with web_city(tmp_path, visitors={"admitted": False}) as city:
        assert (await city.get("/api/v1/petitions/guide")).status_code == 401
        assert (await city.get("/api/v1/petitions/guide", "mina")).status_code == 200
        assert (await city.get("/open311/v2/services.json")).status_code == 200


async def test_a_citizen_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with web_city(tmp_path, limits={"commands_per_s": 0.01, "command_burst": 2}) as city:
        answers = [await city.get("/api/v1/petitions/mine", "mina") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["code"] == "too_fast"
        assert 0 < int(answers[2].headers["retry-after"]) <= 100
        assert (await city.get("/api/v1/petitions/mine", "junho")).status_code == 200


async def test_visitors_are_counted_by_their_address(tmp_path: Path) -> None:
    limits = {"commands_per_s": 0.01, "command_burst": 2, "loopback_exempt": False}
    async with web_city(tmp_path, limits=limits) as city:
        paths = ["/api/v1/petitions/guide", "/open311/v2/services.json", "/open311/v2/services.json"]
        answers = [await city.get(path) for path in paths]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert (await city.get("/api/v1/petitions/guide", "mina")).status_code == 200


async def test_a_city_that_goes_away_takes_nothing_more(tmp_path: Path) -> None:
    async with web_city(tmp_path, drain={"seconds": 0}) as city:
        await city.city.node.drain()
        answer = await city.post("petitions.file", "mina", **a_petition())
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        assert (await city.get("/open311/v2/services.xml")).status_code == 503


async def test_a_city_that_cannot_read_its_journal_shows_nothing_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with web_city(tmp_path) as city:
        id, number = await city.receive()
        journal, host = city.city.node.journal, city.city.node.host
        is_broken = True

        async def no_append(round: Round) -> Any:
            if is_broken:
                raise Unavailable("the disk is full")
            return await SqlJournal.append(journal, round)

        def no_read(after: int = 0) -> Any:
            if is_broken:
                raise Unavailable("the disk is gone")
            return SqlJournal.read(journal, after)

        monkeypatch.setattr(journal, "append", no_append)
        monkeypatch.setattr(journal, "read", no_read)
        lost = await city.post("petitions.file", "mina", **a_petition())
        assert (lost.status_code, lost.json()["code"]) == (503, "unavailable")
        assert not host.is_whole
        paths = (
            f"/open311/v2/requests/{number}.json",
            "/open311/v2/requests.xml",
            "/api/v1/petitions/mine",
        )
        for path in paths:
            answer = await city.get(path, "mina")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert (await city.get("/readyz")).status_code == 503
        is_broken = False
        whole = asyncio.Event()
        host.when_kept(whole.set)
        await asyncio.wait_for(whole.wait(), 60)
        mine = await city.get("/api/v1/petitions/mine", "mina")
        assert [card["petition"] for card in mine.json()["items"]] == [id]
        assert (await city.get(paths[0])).json()[0]["service_request_id"] == number


async def test_a_city_without_services_has_no_commands(tmp_path: Path) -> None:
    async with web_city(tmp_path, city={"path": HAMLET}) as city:
        paths = (await city.get("/openapi.json")).json()["paths"]
        assert not [path for path in paths if path.startswith(("/api/v1", "/open311"))]
        answer: httpx.Response = await city.post("petitions.file", "mina", **a_petition())
        assert answer.status_code == 404
