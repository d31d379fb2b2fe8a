"""The plain page, read and written as a person does it: without a script, in both languages, over a whole node.

It is long because it holds whole stories, each from the first page to the last.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from server.texts import LANGUAGES, Language, texts
from tests.support.reader import Page, Reader
from tests.support.web_city import WebCity, web_city

MARKUP = "<script>alert('x')</script><b>굵게</b> & \"따옴표\""
Visit = Callable[..., Awaitable[Reader]]


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    # No person's hands are as fast as a test's.
    async with web_city(tmp_path, limits={"commands_per_s": 0}) as city:
        yield city


@pytest.fixture
async def visit(city: WebCity) -> AsyncIterator[Visit]:
    """Who comes with a browser, and signs in by a code where they have a token."""
    readers: list[Reader] = []

    async def come(who: str | None = None, language: Language = "ko") -> Reader:
        readers.append(Reader(city.city.address, language))
        if who is not None:
            page = await readers[-1].sign_in(await code(city, who))
            assert page.status == 200
            assert page.path == "/plain"
        return readers[-1]

    yield come
    for reader in readers:
        await reader.close()


async def code(city: WebCity, who: str) -> str:
    answer = await city.browser.post("/api/codes", headers={"Authorization": f"Bearer {city.tokens[who]}"})
    assert answer.status_code == 201
    told: str = answer.json()["code"]
    return told


def words(language: Language) -> dict[str, Any]:
    return texts(language, "plain")


async def file(reader: Reader, kind: str = "other", **written: str) -> Page:
    """A petition is written and filed; the receipt."""
    page = await reader.open(f"/plain/petitions/new?kind={kind}")
    told = {
        "title": "보도블록",
        "text": "깨졌습니다.",
        "name": "김미나",
        "address": "종로구 1",
        "contact": "010",
    }
    return await reader.send(page.form("/new"), told | written, do="file")


def petition_in(page: Page) -> str:
    """The address of the petition that a page is about."""
    found = re.match(r"/plain/petitions/[0-9a-z]{10,}", page.path)
    assert found, page.path
    return found[0]


async def do(reader: Reader, at: str, verb: str, then: str = "", **written: str) -> Page:
    """A step is chosen on the petition's page, its form filled and sent."""
    page = await reader.open(at)
    assert f"{at}/{verb}" in page.targets, page.text
    page = await reader.open(f"{at}/{verb}")
    done = await reader.send(page.form(verb), written)
    assert done.status == 200, done.text
    assert done.path == (then or at), done.text
    return done


async def look(reader: Reader, at: str) -> Page:
    """Staff say why they look at a case."""
    page = await reader.open(at)
    return await reader.send(page.form(at), {"reason": "처리"})


# Stories


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_petition_from_filing_to_satisfaction_without_a_script(
    visit: Visit, language: Language
) -> None:
    t = words(language)
    mina, room, officer = await visit("mina", language), await visit("room", language), await visit("officer")

    # She finds the form by links; the first time she forgets the text.
    page = await mina.follow(await mina.open("/plain"), t["home"]["file"])
    assert page.language == language
    page = await mina.open(next(one for one in page.targets if one.endswith("kind=suggestion")))
    page = await mina.send(
        page.form("/new"), {"title": "횡단보도", "name": "김미나", "publish": "yes"}, do="file"
    )
    assert page.status == 422
    for name in ("text", "address", "contact"):
        assert page.error_at(name) == t["form"]["missing"]
    assert page.form("/new").values["title"] == "횡단보도"
    assert page.form("/new").values["publish"] == "yes"
    summary = page.by_id("faults")
    assert summary is not None
    assert [one.get("href") for one in summary.iter("a")] == ["#f-text", "#f-address", "#f-contact"]

    rest = {"text": f"{MARKUP} 너무 짧습니다.", "address": "종로구 1", "contact": "010"}
    page = await mina.send(page.form("/new"), rest, do="file")
    assert page.path.endswith("/receipt"), page.text
    at = petition_in(page)
    assert t["petitions"]["receipt_token"] in page.text
    token = re.search("[0-9a-f]{32}", page.text)
    assert token

    # The civil service room receives it from its desk; the officer answers.
    desk = await room.open("/plain/desk")
    assert at in desk.targets
    page = await look(room, at)
    assert "<script>" not in page.answer.text
    assert MARKUP in page.text
    page = await do(room, at, "receive", kind="suggestion")
    number = page.heading.split()[0]
    assert number.startswith("MD-")
    await do(room, at, "route", then="/plain/desk", department="roads")
    assert (await look(officer, at)).status == 403
    await do(officer, at, "start")
    assert MARKUP in (await look(officer, at)).text
    await do(officer, at, "answer", text="다음 달에 옮깁니다.")

    # She reads it among her notices, rates it and asks for more.
    page = await mina.follow(await mina.open("/plain"), t["home"]["waiting"].format(count=4))
    assert "다음 달에 옮깁니다." in page.text
    assert number in page.text
    last = [one for one in page.forms if one.action == "/plain/notices"][-1]
    page = await mina.send(last)
    assert t["notices"]["none"] in page.text
    page = await do(mina, at, "rate", stars="5", text="고맙습니다.")
    assert t["commands"]["petitions.rate"]["done"] in page.text
    assert f"{at}/rate" not in page.targets
    page = await do(mina, at, "ask_more", text="언제입니까?")
    receipt = await mina.open(f"{at}/receipt")
    assert number in receipt.text

    # Whoever holds the token sees where it stands, and nothing of what was written.
    anyone = await visit(None, language)
    page = await anyone.open("/plain/petitions/status")
    page = await anyone.send(page.form("/status"), {"token": token[0]})
    assert number in page.text
    assert "횡단보도" not in page.text
    page = await anyone.send(page.form("/status"), {"token": "0" * 32})
    assert page.status == 404
    assert page.error_at("token")


async def test_a_rejection_is_objected_to_and_decided(visit: Visit) -> None:
    mina, room, head = await visit("mina"), await visit("room"), await visit("head")
    at = petition_in(await file(mina, "statutory", statutory_type="road_occupation"))
    await look(room, at)
    await do(room, at, "receive", then="/plain/desk", department="roads")
    await look(head, at)
    await do(head, at, "start")
    await do(
        head, at, "ask_supplement", **{"items.0.what": "도면", "items.0.article": "도로법 61", "days": "7"}
    )
    page = await mina.open(at)
    assert "도면 (도로법 61)" in page.text
    await do(mina, at, "ask_longer", days="3")
    await do(mina, at, "answer_supplement", text="도면입니다.")
    await do(head, at, "extend", reason="facts_or_site", amount="2", text="현장 확인")
    await do(head, at, "extend", reason="cooperation", amount="1", text="구청 회신")
    page = await mina.open(at)
    assert words("ko")["petitions"]["pending_extension"] in page.text
    await do(mina, at, "consent", agrees="yes")
    await do(head, at, "reject", text="보행 폭이 모자랍니다.")
    page = await do(
        mina, at, "object", name="김미나", address="종로구 1", contact="010", rejected_on="2026-11-20",
        decision="거부", text="폭을 다시 재 주십시오.",
    )  # fmt: skip
    await do(head, at, "decide_objection", upheld="yes", text="다시 쟀습니다.")
    page = await mina.open(at)
    assert "이의신청 인용" in page.text
    assert "다시 쟀습니다." in page.text
    page = await (await visit("junho")).open(at)
    assert page.status == 403
    assert "보행 폭" not in page.text


async def test_a_draft_is_saved_changed_and_filed(visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    written = {"title": "쓰는 중", "joint": "yes", "place.lat": "37.5665", "place.lon": "126.9780"}
    page = await mina.send(page.form("/new"), written, do="draft")
    assert page.path == "/plain/petitions"
    page = await mina.follow(page, "쓰는 중")
    form = page.form("/draft")
    assert form.values["title"] == "쓰는 중"
    assert form.values["joint"] == "yes"
    assert form.values["place.lat"] == "37.5665"
    page = await mina.send(form, {"text": "깨졌습니다."}, do="file")
    assert page.status == 422
    assert page.error_at("name")
    page = await mina.send(page.form("/draft"), {"name": "김미나"}, do="file")
    assert page.path.endswith("/receipt"), page.text
    page = await mina.open(petition_in(page))
    assert "쓰는 중" in page.text


async def test_only_what_was_changed_is_amended(visit: Visit) -> None:
    mina = await visit("mina")
    at = petition_in(await file(mina))
    page = await mina.open(f"{at}/amend")
    same = await mina.send(page.form("/amend"))
    assert same.status == 422
    page = await do(mina, at, "amend", text="세 장이 깨졌습니다.")
    assert "세 장이 깨졌습니다." in page.text
    page = await do(mina, at, "withdraw")
    assert "취하" in page.text
    assert f"{at}/withdraw" not in page.targets
    page = await mina.open(f"{at}/withdraw")
    page = await mina.send(page.form("/withdraw"))
    assert page.status == 409
    assert words("ko")["reasons"]["a petition that is {} is not open for {}"] in page.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_question_is_asked_voted_for_and_read_in_the_record(
    city: WebCity, visit: Visit, language: Language
) -> None:
    t = words(language)
    session = await announced(city)
    mina, junho = await visit("mina", language), await visit("junho", language)
    page = await mina.follow(
        await mina.open("/plain/question-time"), "시장과의 시간" if language == "ko" else "Mayor's hour"
    )
    page = await mina.follow(page, t["question_time"]["ask"])
    page = await mina.send(page.form("/ask"), {"text": "짧다"})
    assert page.status == 422
    assert "10" in page.error_at("text")
    page = await mina.send(
        page.form("/ask"), {"text": f"버스는 언제 늘어납니까? {MARKUP}", "category": "transport"}
    )
    assert page.path == f"/plain/question-time/{session}"
    assert t["commands"]["live_qa.ask"]["done"] in page.text
    assert t["options"]["question_state"]["pending"] in page.text
    await publish(city, session, 1)

    page = await junho.open(f"/plain/question-time/{session}")
    assert f"버스는 언제 늘어납니까? {MARKUP}" in page.text
    assert "<script>" not in page.answer.text
    assert "미나" not in page.text
    page = await junho.send(page.form("/vote"))
    assert t["question_time"]["backers"].format(count=2) in page.text
    assert t["question_time"]["voted"] in page.text
    page = await junho.send(page.form("/vote"))
    assert t["question_time"]["voted"] not in page.text
    page = await junho.send(page.form("/vote"))

    page = await mina.open(f"/plain/question-time/{session}")
    assert page.status == 200
    assert (await mina.open(f"/plain/question-time/{session}/record")).status == 409
    page = await mina.open(f"/plain/question-time/{session}/withdraw?question=1")
    page = await mina.send(page.form("/withdraw"))
    assert t["commands"]["live_qa.withdraw"]["done"] in page.text

    await ended(city, session)
    reader = await visit(None, language)
    page = await reader.open("/plain/question-time")
    page = await reader.open(next(one for one in page.targets if one.endswith("/record")))
    assert t["counters"]["withdrawn"] in page.text
    assert session in page.path


async def announced(city: WebCity) -> str:
    """A question time that takes questions."""
    now = city.city.node.router.clock.unix_ms()
    hour = 3_600_000
    scheduled = await city.done(
        "live_qa.schedule",
        "host",
        title={"ko": "시장과의 시간", "en": "Mayor's hour"},
        district="hall",
        stage="lectern",
        starts_at=now + hour,
        ends_at=now + 2 * hour,
        options={"hide_counts": "never", "hands_open": True},
    )
    session: str = scheduled["session"]
    await city.done("live_qa.advance", "host", session=session, phase="live", mode="answering")
    return session


async def publish(city: WebCity, session: str, number: int) -> None:
    """A moderator publishes a question."""
    desk = (await city.get("/api/v1/live_qa/desk", "host", session=session)).json()["questions"]
    version = next(one["version"] for one in desk if one["question"] == number)
    claimed = await city.done("live_qa.claim", "host", session=session, question=number, version=version)
    version = claimed["row"]["version"]
    await city.done("live_qa.approve", "host", session=session, question=number, version=version)


async def ended(city: WebCity, session: str) -> None:
    """It is brought to its end."""
    for phase in ("closing", "follow_up"):
        await city.done("live_qa.advance", "host", session=session, phase=phase)


# What a form may not do


async def test_a_form_without_its_token_is_refused_and_nothing_written_is_lost(visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    for token in ("", "0" * 40, "토큰"):
        form = page.form("/new")
        form.values["token"] = token
        refused = await mina.send(form, {"title": "보도블록", "text": "깨짐", "name": "김미나"}, do="file")
        assert refused.status == 403
        assert words("ko")["form"]["stale"] in refused.text
        assert refused.form("/new").values["text"] == "깨짐"
    assert words("ko")["petitions"]["none"] in (await mina.open("/plain/petitions")).text
    filed = await mina.send(refused.form("/new"), do="file")
    assert filed.path.endswith("/receipt")


async def test_a_form_of_another_form_or_browser_is_refused(visit: Visit) -> None:
    mina, junho = await visit("mina"), await visit("junho")
    other = (await mina.open("/plain/petitions/new?kind=other")).form("/new").values["token"]
    at = petition_in(await file(mina))
    form = (await mina.open(f"{at}/withdraw")).form("/withdraw")
    form.values["token"] = other
    assert (await mina.send(form)).status == 403
    form = (await mina.open(f"{at}/withdraw")).form("/withdraw")
    assert (await junho.send(form)).status == 403
    assert "취하했습니다" not in (await mina.open(at)).text


async def test_a_form_from_another_site_is_refused(visit: Visit) -> None:
    mina = await visit("mina")
    form = (await mina.open("/plain/leave")).form("/leave")
    for origin in ("https://evil.example", "null"):
        page = await mina.send(form, headers={"Origin": origin})
        assert page.status == 403
        assert words("ko")["reasons"]["this origin is not allowed"] in page.text
    assert "미나 님" in (await mina.open("/plain")).text


async def test_a_form_sent_twice_is_done_once(visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    written = {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}
    first = await mina.send(page.form("/new"), written, do="file")
    second = await mina.send(page.form("/new"), written, do="file")
    assert petition_in(first) == petition_in(second)
    assert (
        len([one for one in (await mina.open("/plain/petitions")).targets if one == petition_in(first)]) == 1
    )

    # Going back and writing something else is another petition, and asked for.
    other = await mina.send(page.form("/new"), written | {"text": "다른 일입니다."}, do="file")
    assert other.status == 409
    assert words("ko")["form"]["sent_before"] in other.text
    third = await mina.send(other.form("/new"), do="file")
    assert petition_in(third) != petition_in(first)


async def test_a_text_too_long_for_the_rules_is_told_so_and_kept(visit: Visit) -> None:
    mina = await visit("mina")
    page = await file(mina, text="가" * 4001)
    assert page.status == 422
    assert page.error_at("text") == "너무 깁니다. 최대 4000자입니다."
    assert page.form("/new").values["text"] == "가" * 4001
    page = await file(mina, text="가" * 30_000)
    assert page.status == 413
    assert page.heading == words("ko")["site"]["too_long"]


async def test_whatever_stands_in_an_address_or_a_form_is_answered(visit: Visit) -> None:
    mina = await visit("mina")
    at = petition_in(await file(mina))
    for path, status in (
        ("/plain/nowhere", 404),
        ("/plain/petitions/none", 404),
        (f"/plain/petitions/{'x' * 500}", 404),
        (f"{at}/dance", 404),
        (f"{at}?after=%FF", 200),
        (f"{at}?after=99999999999999999999", 200),
        ("/plain/petitions?after=" + "x" * 500, 404),
        ("/plain/question-time/none", 404),
        ("/plain/question-time/none/ask", 200),
        ("/plain/question-time/none/vote?question=x", 200),
        ("/plain/question-time?after=x", 422),
        ("/plain/places/none", 404),
        ("/plain/desk", 403),
        ("/plain/desk/none", 404),
        ("/plain/petitions/new?kind=song", 200),
        ("/plain?lang=fr", 200),
    ):
        assert (await mina.open(path)).status == status, path
    form = (await mina.open("/plain/question-time/none/vote?question=x")).form("/vote")
    assert (await mina.send(form)).status == 422
    form = (await mina.open("/plain/petitions/new?kind=other")).form("/new")
    form.values["key"] = "k" * 65
    form.values["place.lat"] = "북쪽"
    page = await mina.send(form, {"title": "가", "text": "나", "name": "다"}, do="file")
    assert page.status == 422
    assert "형식이 맞지 않습니다" in page.text


# Who it is


async def test_a_session_that_ended_costs_one_code_and_no_text(city: WebCity, visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    for _ in range(5):  # on as many other devices as she may have, so that this one ends
        await visit("mina")
    page = await mina.send(
        page.form("/new"), {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}, do="file"
    )
    assert page.status == 401
    assert page.error_at("code") == words("ko")["form"]["code_missing"]
    assert page.form("/new").values["text"] == "깨졌습니다."
    page = await mina.send(page.form("/new"), {"code": await code(city, "mina")}, do="file")
    assert page.path.endswith("/receipt"), page.text


async def test_a_petition_can_be_written_before_signing_in(city: WebCity, visit: Visit) -> None:
    reader = await visit()
    page = await reader.open("/plain/petitions/new?kind=other")
    written = {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}
    page = await reader.send(page.form("/new"), written | {"code": "WRONG"}, do="file")
    assert page.status == 401
    assert page.error_at("code") == words("ko")["form"]["code_wrong"]
    spent = await code(city, "mina")
    page = await reader.send(page.form("/new"), {"code": spent.lower()}, do="file")
    assert page.path.endswith("/receipt"), page.text
    other = await visit()
    page = await other.sign_in(spent)
    assert page.status == 401


async def test_codes_are_guessed_so_often_and_no_more(city: WebCity, visit: Visit) -> None:
    reader = await visit()
    for _ in range(10):
        assert (await reader.sign_in("AAAA-AAAA")).status == 401
    page = await reader.sign_in(await code(city, "mina"))
    assert page.status == 429
    assert int(page.answer.headers["retry-after"]) >= 1
    assert city.city.count("madang_limit_reached_total", limit="plain.code_attempts") == 1
    page = await reader.open("/plain/petitions/new?kind=other")
    page = await reader.send(page.form("/new"), {"title": "가", "code": "AAAA"}, do="file")
    assert page.status == 429
    assert page.form("/new").values["title"] == "가"


async def test_a_code_is_for_who_has_a_token(city: WebCity) -> None:
    assert (await city.browser.post("/api/codes")).status_code == 403
    wrong = await city.browser.post("/api/codes", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401


async def test_signing_in_makes_a_new_cookie_that_no_script_sees_and_signing_out_ends_it(
    city: WebCity, visit: Visit
) -> None:
    reader = await visit()
    before = (await reader.open("/plain/enter")).answer.headers["set-cookie"]
    assert "HttpOnly" in before
    assert "SameSite=lax" in before
    assert "Secure" not in before
    old = reader.browser.cookies["madang_session"]
    await reader.sign_in(await code(city, "mina"))
    new = reader.browser.cookies["madang_session"]
    assert new != old
    page = await reader.send((await reader.open("/plain/leave")).form("/leave"))
    assert "미나" not in page.text
    assert reader.browser.cookies["madang_session"] != new
    reader.browser.cookies.clear()
    reader.browser.cookies.set("madang_session", new)
    assert "미나" not in (await reader.open("/plain")).text


async def test_behind_https_the_cookie_is_for_https_alone(tmp_path: Path) -> None:
    async with web_city(tmp_path, listen={"proxies": "127.0.0.0/8"}) as city:
        answer = await city.browser.get("/plain?lang=ko", headers={"X-Forwarded-Proto": "https"})
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)


async def test_after_signing_in_one_goes_on_where_one_was_and_nowhere_else(
    city: WebCity, visit: Visit
) -> None:
    for then, path in (
        ("/plain/petitions", "/plain/petitions"),
        ("https://evil.example", "/plain"),
        ("//evil.example", "/plain"),
        ("/plain/../metrics\\", "/plain"),
        ("/plainly", "/plain"),
    ):
        reader = await visit()
        page = await reader.open(f"/plain/enter?then={then}")
        page = await reader.send(page.form("/enter"), {"code": await code(city, "mina")})
        assert page.path == path


async def test_a_city_without_visitors_asks_for_a_code_first(tmp_path: Path) -> None:
    async with web_city(tmp_path, visitors={"admitted": False}) as city:
        reader = Reader(city.city.address)
        page = await reader.open("/plain/petitions")
        assert page.status == 401
        page = await reader.send(page.form("/enter"), {"code": await code(city, "mina")})
        assert page.status == 200
        assert "미나 님" in page.text
        await reader.close()


# Every page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", [None, "mina", "room"])
async def test_every_page_is_reached_by_links_valid_light_and_in_one_language(
    city: WebCity, visit: Visit, who: str | None, language: Language
) -> None:
    mina = await visit("mina")
    receipt = await file(mina, "suggestion", publish="yes")
    await publish_a_question(city, mina, await announced(city))
    reader = await visit(who, language)
    seen: dict[str, Page] = {}
    waiting = ["/plain"]
    while waiting:
        path = waiting.pop()
        if path not in seen and "lang=" not in path:
            seen[path] = page = await reader.open(path)
            waiting += page.targets
    style = len((await city.get("/static/plain.css")).content) + len(
        (await city.get("/static/icon.svg")).content
    )
    for path, page in seen.items():
        assert page.status == 200, (path, page.text)
        assert page.language == language
        assert page.answer.headers["cache-control"] == "no-store"
        assert page.answer.headers["content-language"] == language
        assert "form-action 'self'" in page.answer.headers["content-security-policy"]
        assert page.answer.headers["referrer-policy"] == "same-origin"
        assert len(page.answer.content) + style < 30_000, path
        assert is_accessible(page), path
    expected = {
        "/plain/petitions/published",
        "/plain/places/hall",
        "/plain/enter" if who is None else "/plain/leave",
    }
    assert expected <= seen.keys()
    if who == "mina":
        assert {receipt.path, petition_in(receipt) + "/withdraw"} <= seen.keys()
    if who == "room":
        assert {petition_in(receipt), "/plain/desk/serve"} <= seen.keys()


async def publish_a_question(city: WebCity, asker: Reader, session: str) -> None:
    page = await asker.open(f"/plain/question-time/{session}/ask")
    await asker.send(page.form("/ask"), {"text": "버스는 언제 늘어납니까?"})
    await publish(city, session, 1)


def is_accessible(page: Page) -> bool:
    """What can be told from the markup: titles, labels, headings in order, ids once, tables with headers."""
    tree = page.tree
    title, ids = tree.find(".//title"), [one.get("id") for one in tree.iter() if one.get("id")]
    assert title is not None
    assert title.text
    assert len(ids) == len(set(ids)), sorted(ids)
    assert len(list(tree.iter("h1"))) == 1
    assert len(list(tree.iter("main"))) == 1
    levels = [int(one.tag[1]) for one in tree.iter() if re.fullmatch("h[1-6]", str(one.tag))]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    labelled = {one.get("for") for one in tree.iter("label")}
    for field in [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]:
        assert field.get("type") == "hidden" or field.get("id") in labelled, field.attrib
    for name in ("aria-describedby", "aria-labelledby"):
        for one in tree.iter():
            assert set((one.get(name) or "").split()) <= set(ids)
    for table in tree.iter("table"):
        assert all(one.get("scope") for one in table.iter("th"))
    assert all("".join(one.itertext()).strip() or one.get("aria-label") for one in tree.iter("a"))
    assert not any(one.get("style") or one.tag in ("script", "style") for one in tree.iter())
    return True


async def test_the_language_is_the_browsers_until_another_is_chosen(visit: Visit) -> None:
    reader = await visit(None, "en")
    page = await reader.open("/plain")
    assert page.language == "en"
    page = await reader.follow(page, "한국어")
    assert page.language == "ko"
    page = await reader.follow(await reader.open("/plain/petitions/new?kind=other&lang=ko"), "English")
    assert page.language == "en"
    assert page.heading == "Everyday matter"
    page = await reader.follow(page, "한국어")
    assert (await reader.open("/plain/petitions")).language == "ko"
    assert (await reader.open("/plain?lang=en")).language == "en"
    assert (await reader.open("/plain/places")).language == "en"
