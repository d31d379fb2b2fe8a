"""Whole stories on the plain page, from the first page to the last, without a script and in both languages."""

import re
from secrets import token_bytes

import pytest

from protocol.ballot import ballot_id
from server.texts import LANGUAGES, Language
from tests.support.plain_page import (
    MARKUP,
    Visit,
    announced,
    do,
    ended,
    file,
    look,
    petition_in,
    publish,
    words,
)
from tests.support.web_city import WebCity, a_petition


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
    page = await mina.follow(await mina.open("/plain"), t["home"]["waiting"].format(count=5))
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


async def test_listed_words_are_behind_a_click_for_officials_and_nowhere_for_their_writer(
    city: WebCity, visit: Visit
) -> None:
    t = words("ko")
    filed = await city.done("petitions.file", "mina", **a_petition(title="이 씨발 공사"))
    at = f"/plain/petitions/{filed['petition']}"
    room, mina = await visit("room"), await visit("mina")
    page = await look(room, at)
    assert t["petitions"]["marks"] in page.text
    assert page.text.count("씨발") >= 2
    assert t["petitions"]["marks"] not in (await mina.open(at)).text


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


@pytest.mark.parametrize(("language", "roads"), [("ko", "도로관리과"), ("en", "Roads")])
async def test_the_public_reads_of_petitions_by_the_names_of_departments_and_never_by_ids(
    city: WebCity, visit: Visit, language: Language, roads: str
) -> None:
    filed = await city.done("petitions.file", "mina", **a_petition(kind="suggestion", publish=True))
    await city.done("petitions.receive", "room", petition=filed["petition"], department="roads")
    reader = await visit(None, language)
    status = await reader.send(
        (await reader.open("/plain/petitions/status")).form("/status"), {"token": filed["token"]}
    )
    for page in ((await reader.open("/plain/petitions/published")).text, status.text):
        assert roads in page
        assert not re.search(r"\b(roads|suggestion|assigned)\b", page), page


async def test_a_secret_poll_is_cast_in_two_steps_and_found_in_the_published_list(
    city: WebCity, visit: Visit
) -> None:
    t = words("ko")
    session = await announced(city)
    at = f"/plain/question-time/{session}"
    await city.done("live_qa.advance", "host", session=session, phase="live", mode="poll")
    answers = [{"ko": text, "en": text} for text in ("예", "아니요", "모름")]
    asked = {
        "session": session,
        "question": {"ko": "가로등을 늘릴까요?", "en": "More lamps?"},
        "answers": answers,
    }
    await city.done("live_qa.open_poll", "host", **asked, most=2)
    for who in ("junho", "room", "officer", "head"):
        await city.done(
            "live_qa.cast", who, session=session, poll=1, ballot=ballot_id(token_bytes(16)), choices=[2]
        )

    # She forgets to choose, is asked, and reads what she chose before it is cast for good.
    mina = await visit("mina")
    page = await mina.follow(await mina.open(at), t["polls"]["take_part"])
    page = await mina.send(page.form("/poll/1"))
    assert page.status == 422
    assert t["polls"]["choose"] in page.text
    page = await mina.send(page.form("/poll/1"), {"choice.1": "yes", "choice.3": "yes"})
    assert (t["polls"]["sure"] in page.text, "아니요" in page.text) == (True, False)
    sure = page.form("/poll/1")
    page = await mina.send(sure, do="cast")
    assert page.status == 200, page.text
    receipt = re.search("[A-Z2-7]{26}", page.text)
    assert receipt
    assert (await mina.send(sure, do="cast")).text == page.text, "sent twice it is cast once"

    page = await mina.open(at)
    assert t["polls"]["has_voted"] in page.text
    assert t["polls"]["turnout"].format(count=5) in page.text
    assert t["polls"]["has_voted"] in (await mina.open(f"{at}/poll/1")).text
    await city.done("live_qa.close_poll", "host", session=session, poll=1)
    await city.city.node.host.round()
    page = await mina.open(at)
    assert t["polls"]["votes_of"].format(count=4, share=80) in page.text
    assert t["polls"]["over"] in (await mina.open(f"{at}/poll/1")).text
    listed = await city.get(page.links[t["polls"]["list"].format(count=5)])
    assert receipt[0] in listed.text.splitlines()

    # The record of the past session has it too; another poll than the last leads nowhere.
    await ended(city, session)
    record = await mina.open(f"{at}/record")
    assert t["polls"]["votes_of"].format(count=1, share=20) in record.text
    assert (await mina.open(f"{at}/poll/2")).status == 404
