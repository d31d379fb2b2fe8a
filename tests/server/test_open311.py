"""Open311 GeoReport v2: every answer keeps to schemas of the specification, and tells nothing that is not public."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
import xmlschema
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from server.web.georeport import ONE_OF, as_xml, read_time, shown_time
from tests.support.attachments import a_picture, place_in
from tests.support.web_city import SECRET, WebCity, a_petition, web_city

SCHEMAS = Path(__file__).parent / "open311_schemas"
XML = xmlschema.XMLSchema(SCHEMAS / "georeport.xsd")
DEFINED = json.loads((SCHEMAS / "georeport.schema.json").read_text("utf-8"))["$defs"]
JSON = {name: Draft202012Validator(schema) for name, schema in DEFINED.items()}

BASE = "/open311/v2"


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        yield city


def flat(value: Any) -> Any:
    """JSON values as XML can say them."""
    match value:
        case dict():
            return {name: flat(part) for name, part in value.items()}
        case list():
            return [flat(part) for part in value]
        case bool():
            return str(value).lower()
        case None:
            return ""
        case _:
            return str(value)


def from_xml(element: ElementTree.Element) -> Any:
    """An XML answer as its JSON has it, all values as texts."""
    if element.tag in ONE_OF:
        assert all(part.tag == ONE_OF[element.tag] for part in element)
        return [from_xml(part) for part in element]
    return {part.tag: from_xml(part) for part in element} if len(element) else element.text or ""


async def ask(city: WebCity, root: str, path: str, status: int = 200, /, **query: str) -> Any:
    """The JSON answer, after both forms kept to their schemas and said the same."""
    as_json = await city.get(f"{BASE}/{path}.json", **query)
    in_xml = await city.get(f"{BASE}/{path}.xml", **query)
    return same(root, as_json, in_xml, status)


def same(root: str, as_json: httpx.Response, in_xml: httpx.Response, status: int = 200) -> Any:
    assert (as_json.status_code, in_xml.status_code) == (status, status), as_json.text
    assert as_json.headers["content-type"] == "application/json; charset=utf-8"
    assert in_xml.headers["content-type"] == "text/xml; charset=utf-8"
    value = as_json.json()
    JSON[root].validate(value)
    document = ElementTree.fromstring(in_xml.content)
    assert document.tag == root
    XML.validate(in_xml.text)
    assert from_xml(document) == flat(value)
    assert SECRET not in as_json.text
    return value


def a_report(city: WebCity, **fields: str) -> dict[str, str]:
    return {
        "api_key": city.tokens["mina"],
        "service_code": "other",
        "lat": "37.56667",
        "long": "126.97806",
        "description": f"{SECRET} 보도블록이 깨졌습니다.",
        "last_name": "김",
        "first_name": "미나",
        "attribute[publish]": "yes",
        **fields,
    }


async def report(city: WebCity, form: str = "json", **fields: str) -> httpx.Response:
    return await city.browser.post(f"{BASE}/requests.{form}", data=a_report(city, **fields))


async def test_the_discovery_says_where_everything_is(city: WebCity) -> None:
    found = await ask(city, "discovery", "discovery")
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == f"http://{city.city.address}{BASE}"
    assert endpoint["type"] == "production"
    assert (await city.browser.get(endpoint["url"] + "/services.json")).status_code == 200


async def test_the_services_are_the_kinds_that_may_be_published_and_no_others(city: WebCity) -> None:
    listed = await ask(city, "services", "services")
    assert {one["service_code"] for one in listed} == {"other", "suggestion", "grievance"}
    for one in listed:
        defined = await ask(city, "service_definition", f"services/{one['service_code']}")
        required = {asked["code"] for asked in defined["attributes"] if asked["required"]}
        assert required == (set() if one["service_code"] == "other" else {"home_address"})
    for hidden in ("statutory", "certificate", "nothing"):
        (error,) = await ask(city, "errors", f"services/{hidden}", 404)
        assert error["code"] == 404


async def test_services_are_told_in_the_readers_language(city: WebCity) -> None:
    for language, name in (("ko-KR", "건의민원"), ("en", "Suggestion")):
        answer = await city.browser.get(f"{BASE}/services.json", headers={"Accept-Language": language})
        assert name in [one["service_name"] for one in answer.json()]
        assert answer.headers["content-language"] == language[:2]


async def test_a_report_becomes_a_petition_and_its_token_becomes_a_number(city: WebCity) -> None:
    as_json, in_xml = await report(city), await report(city, "xml")
    JSON["service_requests"].validate(as_json.json())
    XML.validate(in_xml.text)
    token = as_json.json()[0]["token"]
    assert (await ask(city, "service_requests", f"tokens/{token}"))[0]["service_request_id"] is None
    mine = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    assert len(mine) == 2
    oldest = mine[-1]["petition"]
    shown = await city.done("petitions.show", "mina", petition=oldest)
    assert shown["written"]["name"] == "김미나"
    assert shown["written"]["text"].startswith(SECRET)
    assert await ask(city, "service_requests", "requests") == []
    number = (await city.done("petitions.receive", "room", petition=oldest))["number"]
    assert (await ask(city, "service_requests", f"tokens/{token}"))[0]["service_request_id"] == number
    (request,) = await ask(city, "service_requests", f"requests/{number}")
    assert (request["status"], request["service_code"]) == ("open", "other")
    assert (request["lat"], request["long"]) == (37.5667, 126.9781)


async def test_what_was_done_is_followed_and_only_the_officials_summary_is_described(city: WebCity) -> None:
    id, number = await city.receive()
    (before,) = await ask(city, "service_requests", f"requests/{number}")
    assert before["description"] is None
    assert before["expected_datetime"] is not None
    await city.done("petitions.serve", "officer", present=True)
    await city.done("petitions.route", "room", petition=id, department="roads")
    await city.done("petitions.start", "officer", petition=id)
    await city.done("petitions.summarise", "officer", petition=id, text="세종대로 보도블록 파손")
    (reviewed,) = await ask(city, "service_requests", f"requests/{number}")
    assert (reviewed["status"], reviewed["description"]) == ("open", "세종대로 보도블록 파손")
    assert reviewed["agency_responsible"] == "Roads"
    await city.done("petitions.answer", "officer", petition=id, text=f"{SECRET} 고치겠습니다.")
    (answered,) = await ask(city, "service_requests", f"requests/{number}")
    assert (answered["status"], answered["expected_datetime"]) == ("closed", None)


async def test_what_is_passed_on_stays_open_and_says_to_whom(city: WebCity) -> None:
    id, number = await city.receive()
    await city.done("petitions.transfer", "room", petition=id, body="jongno_gu", reason=f"{SECRET} 소관")
    (request,) = await ask(city, "service_requests", f"requests/{number}")
    assert (request["status"], request["status_notes"]) == ("open", "Forwarded to Jongno-gu Office")
    await city.done("petitions.confirm_transfer", "room", petition=id, accepted=True, other_number="7")
    (request,) = await ask(city, "service_requests", f"requests/{number}")
    assert request["status"] == "closed"


async def test_what_is_left_unprocessed_tells_the_class_of_the_reason_alone(city: WebCity) -> None:
    id, number = await city.receive()
    await city.done("petitions.serve", "officer", present=True)
    await city.done("petitions.route", "room", petition=id, department="roads")
    await city.done("petitions.start", "officer", petition=id)
    await city.done(
        "petitions.leave_unprocessed", "head", petition=id, reason="judgment", text=f"{SECRET} 까닭"
    )
    (request,) = await ask(city, "service_requests", f"requests/{number}")
    assert request["status"] == "closed"
    assert request["status_notes"].endswith(": rights already settled by judgment")


async def test_extensions_add_every_state_that_a_request_was_in(city: WebCity) -> None:
    id, number = await city.receive()
    await city.done("petitions.transfer", "room", petition=id, body="jongno_gu", reason=f"{SECRET} 소관")
    await city.done("petitions.confirm_transfer", "room", petition=id, accepted=False)
    await city.done("petitions.serve", "officer", present=True)
    await city.done("petitions.route", "room", petition=id, department="roads")
    await city.done("petitions.start", "officer", petition=id)
    await city.done(
        "petitions.leave_unprocessed", "head", petition=id, reason="judgment", text=f"{SECRET} 까닭"
    )
    for path, query in ((f"requests/{number}", {}), ("requests", {}), ("requests", {"status": "closed"})):
        (plain,) = await ask(city, "service_requests", path, **query)
        assert "notes" not in plain
        (request,) = await ask(city, "service_requests", path, extensions="true", **query)
        notes = request.pop("notes")
        assert request == plain
        assert [note["type"] for note in notes] == [
            "received", "transferred", "received", "assigned", "in_review", "not_processed",
        ]  # fmt: skip
        assert notes[1]["description"] == "Forwarded to Jongno-gu Office"
        assert notes[-1]["description"] == request["status_notes"]
        assert notes[0]["datetime"] == request["requested_datetime"] <= notes[-1]["datetime"]


async def test_what_was_withdrawn_ends_its_notes_so(city: WebCity) -> None:
    id, number = await city.receive(kind="grievance")
    await city.done("petitions.withdraw", "mina", petition=id)
    (request,) = await ask(city, "service_requests", f"requests/{number}", extensions="true")
    assert [note["type"] for note in request["notes"]] == ["received", "withdrawn"]


async def test_without_agreement_or_of_another_kind_nothing_is_listed(city: WebCity) -> None:
    _, unagreed = await city.receive(publish=False)
    _, statutory = await city.receive(kind="statutory")
    assert await ask(city, "service_requests", "requests") == []
    assert await ask(city, "service_requests", "requests", service_request_id=f"{unagreed},{statutory}") == []
    for number in (unagreed, statutory):
        await ask(city, "errors", f"requests/{number}", 404)
    filed = await city.done("petitions.file", "mina", **a_petition(kind="statutory"))
    await ask(city, "errors", f"tokens/{filed['token']}", 404)


async def test_the_list_is_filtered_and_paged_and_ids_override_all_filters(city: WebCity) -> None:
    numbers = [(await city.receive(kind=kind))[1] for kind in ("other", "suggestion", "grievance")]

    async def listed(**query: str) -> list[str]:
        found = await ask(city, "service_requests", "requests", **query)
        return [one["service_request_id"] for one in found]

    assert await listed() == numbers[::-1]
    assert await listed(service_code="other,grievance") == [numbers[2], numbers[0]]
    assert await listed(status="closed") == []
    assert await listed(status="open,closed", service_code="", start_date="") == numbers[::-1]
    assert await listed(page_size="2") == numbers[:0:-1]
    assert await listed(page_size="2", page="2") == [numbers[0]]
    assert await listed(end_date="2020-01-01T00:00:00Z") == []
    old = {"start_date": "2000-01-01T00:00:00Z", "end_date": "2020-01-01T00:00:00Z", "status": "gone"}
    assert await listed(service_request_id=f"{numbers[1]}, none", **old) == [numbers[1]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, 400),
        ({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, 400),
        ({"start_date": "2026-01-01T00:00:00"}, 400),
        ({"start_date": "yesterday"}, 400),
        ({"status": "lost"}, 400),
        ({"extensions": "yes"}, 400),
        ({"page": "0"}, 400),
        ({"page_size": "-1"}, 400),
        ({"page": "9" * 40}, 400),
        ({"service_code": "statutory"}, 404),
        ({"jurisdiction_id": "elsewhere"}, 404),
    ],
)
async def test_a_wrong_parameter_is_told_in_the_specifications_form(
    city: WebCity, query: dict[str, str], status: int
) -> None:
    (error,) = await ask(city, "errors", "requests", status, **query)
    assert error["code"] == status


async def test_a_span_of_exactly_90_days_is_allowed_and_the_city_is_its_own_jurisdiction(
    city: WebCity,
) -> None:
    name = (await city.get("/api/city")).json()["id"]
    span = {"start_date": "2026-01-01T00:00:00+09:00", "end_date": "2026-04-01T00:00:00+09:00"}
    assert await ask(city, "service_requests", "requests", jurisdiction_id=name, **span) == []


async def test_the_longest_span_and_the_most_requests_are_the_operators(tmp_path: Path) -> None:
    open311 = {"span_days": 0, "max_requests": 1, "kind": "test"}
    async with web_city(tmp_path, open311=open311) as city:
        numbers = [(await city.receive())[1] for _ in range(2)]
        found = await ask(city, "service_requests", "requests", start_date="2000-01-01T00:00:00Z")
        assert [one["service_request_id"] for one in found] == numbers[1:]
        assert (await ask(city, "discovery", "discovery"))["endpoints"][0]["type"] == "test"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "wrong"}, 403),
        ({"api_key": "x" * 5_000}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "statutory"}, 404),
        ({"jurisdiction_id": "elsewhere"}, 404),
        ({"description": " "}, 400),
        ({"description": "가" * 4_001}, 400),
        ({"lat": ""}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "91"}, 400),
        ({"first_name": "", "last_name": ""}, 400),
        ({"service_code": "suggestion"}, 400),
        ({"attribute[publish]": "perhaps"}, 400),
        ({"attribute[department]": "moon"}, 400),
    ],
)
async def test_a_wrong_report_is_refused_and_nothing_is_filed(
    city: WebCity, changed: dict[str, str], status: int
) -> None:
    (error,) = same("errors", await report(city, **changed), await report(city, "xml", **changed), status)
    assert error["code"] == status
    assert (await city.get("/api/v1/petitions/mine", "mina")).json()["items"] == []


async def test_a_report_may_name_an_address_in_place_of_coordinates(city: WebCity) -> None:
    filed = await report(
        city,
        lat="",
        long="",
        service_code="suggestion",
        address_string="세종대로 110",
        phone="02-120",
        **{
            "attribute[home_address]": "종로구 1",
            "attribute[department]": "roads",
            "attribute[title]": "제목",
        },
    )
    assert filed.status_code == 200, filed.text
    (mine,) = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    written = (await city.done("petitions.show", "mina", petition=mine["petition"]))["written"]
    assert (written["title"], written["address"], written["contact"]) == ("제목", "종로구 1", "02-120")
    assert written["text"].endswith("세종대로 110")
    assert mine["proposed"] == "roads"


@pytest.mark.parametrize("body", [b"\xff", b"description=%ff", b"&".join([b"a=1"] * 101), b"{}", b""])
async def test_a_body_that_is_no_form_is_refused(city: WebCity, body: bytes) -> None:
    key = urlencode({"api_key": city.tokens["mina"]})
    answer = await city.browser.post(f"{BASE}/requests.json?{key}", content=body)
    JSON["errors"].validate(answer.json())
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path", ["services.yaml", "services", "nothing.xml", "requests/a.b.c", "tokens/../x.xml"]
)
async def test_what_is_not_there_is_answered_in_the_specifications_form(city: WebCity, path: str) -> None:
    answer = await city.get(f"{BASE}/{path}")
    assert answer.status_code == 404
    XML.validate(answer.text)


READ = ("discovery", "services", "services/other", "requests", "requests/none", "tokens/none")
"""Every call that only reads."""


async def in_both(city: WebCity, method: str, path: str, status: int, **how: Any) -> None:
    """A refusal, in both forms as the specification has it."""
    answers = [await city.browser.request(method, f"{BASE}/{path}.{form}", **how) for form in ("json", "xml")]
    (error,) = same("errors", answers[0], answers[1], status)
    assert (error["code"], bool(error["description"])) == (status, True)


async def test_what_http_itself_refuses_is_in_the_specifications_form_too(city: WebCity) -> None:
    for path in READ:
        await in_both(city, "DELETE", path, 405)
    await in_both(city, "PUT", "requests", 405)
    await in_both(city, "POST", "requests", 413, content=b" " * 70_000)
    await in_both(city, "GET", "services/other/more", 404)
    await in_both(city, "GET", "requests", 400, params={"status": "x" * 10_001})


async def test_who_asks_too_often_is_told_so_in_the_specifications_form(tmp_path: Path) -> None:
    limits = {"commands_per_s": 0.001, "command_burst": 1, "loopback_exempt": False}
    async with web_city(tmp_path, limits=limits) as city:
        assert (await city.get(f"{BASE}/services.json")).status_code == 200
        for path in READ:
            await in_both(city, "GET", path, 429)
        assert (await report(city)).status_code == 200
        await in_both(city, "POST", "requests", 429, data=a_report(city))


async def test_a_city_that_goes_away_says_so_in_the_specifications_form(tmp_path: Path) -> None:
    async with web_city(tmp_path, drain={"seconds": 0}) as city:
        await city.city.node.drain()
        for path in READ:
            await in_both(city, "GET", path, 503)
        await in_both(city, "POST", "requests", 503, data=a_report(city))


def test_what_no_xml_may_hold_is_replaced() -> None:
    document = as_xml("errors", [{"code": 400, "description": "a\x00b\ud800c<&>\ufffe가😀"}])
    (error,) = from_xml(ElementTree.fromstring(document))
    assert error["description"] == "a\ufffdb\ufffdc<&>\ufffd가😀"


def test_times_are_korean_and_an_unescaped_plus_is_understood() -> None:
    at = read_time("2026-09-21T10:00:00+09:00")
    assert shown_time(at) == "2026-09-21T10:00:00+09:00"
    assert read_time("2026-09-21T10:00:00 09:00") == read_time("2026-09-21T01:00:00Z") == at


async def test_a_picture_that_comes_as_media_is_attached_and_an_address_is_kept_and_never_fetched(
    city: WebCity,
) -> None:
    asked: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.close()

    stranger = await asyncio.start_server(hear, "127.0.0.1", 0)
    port = stranger.sockets[0].getsockname()[1]
    form = {
        "api_key": city.tokens["mina"],
        "service_code": "other",
        "description": "가로등이 꺼져 있습니다",
        "first_name": "미나",
        "lat": "37.5",
        "long": "127",
        "media_url": f"http://127.0.0.1:{port}/picture.jpg",
    }
    files = [
        ("media", ("현장.jpg", a_picture(place=True))),
        ("media[]", ("둘.png", a_picture(kind="PNG"))),
    ]
    answer = await city.browser.post(f"{BASE}/requests.json", data=form, files=files)
    assert answer.status_code == 200, answer.text
    (card,) = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    shown = await city.done("petitions.show", "mina", petition=card["petition"])
    assert [(one["name"], one["kind"]) for one in shown["files"]] == [("현장.jpg", "jpeg"), ("둘.png", "png")]
    assert form["media_url"] in shown["written"]["text"]
    path = f"/api/v1/petitions/{card['petition']}/files/{shown['files'][0]['file']}"
    assert not place_in((await city.get(path, "mina")).content)
    assert asked == []
    stranger.close()

    program = [("media", ("설치.exe", b"MZ\x90\x00\x03"))]
    answer = await city.browser.post(f"{BASE}/requests.json", data=form, files=program)
    assert answer.status_code == 400
    assert answer.json()[0]["description"].startswith("media:")
    assert len((await city.get("/api/v1/petitions/mine", "mina")).json()["items"]) == 1
