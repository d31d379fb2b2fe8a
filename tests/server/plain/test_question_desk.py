"""The question desk on the plain page: read, taken up, published, held, not published; two moderators, one question."""

import pytest

from server.texts import LANGUAGES, Language
from tests.support.plain_page import MARKUP, Visit, announced, words
from tests.support.reader import Page, Reader
from tests.support.web_city import WebCity


async def ask(reader: Reader, session: str, text: str) -> None:
    page = await reader.open(f"/plain/question-time/{session}/ask")
    page = await reader.send(page.form("/ask"), {"text": text})
    assert page.status == 200, page.text


async def decide(moderator: Reader, at: str, verb: str, **written: str) -> Page:
    page = await moderator.open(at)
    assert f"{at}/{verb}" in page.targets, page.text
    return await moderator.send((await moderator.open(f"{at}/{verb}")).form(f"/{verb}"), written)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_questions_are_published_held_and_not_published_without_a_script(
    city: WebCity, visit: Visit, language: Language
) -> None:
    t = words(language)
    session = await announced(city)
    mina, junho = await visit("mina", language), await visit("junho", language)
    officer, chief = await visit("officer", language), await visit("chief", language)
    await ask(mina, session, f"버스는 언제 늘어납니까? {MARKUP}")
    await ask(junho, session, "전화번호를 알려 주시겠습니까?")
    await ask(officer, session, "오늘 점심은 무엇입니까?")

    # From the menu to the inbox: who asked stands there by the name of the event alone.
    page = await chief.follow(await chief.open("/plain"), t["site"]["question_desk"])
    assert f"{t['options']['question_state']['pending']} 3" in page.text
    desk = f"/plain/question-desk/{session}"
    page = await chief.open(desk)
    assert MARKUP in page.text
    assert "<script>" not in page.answer.text
    assert "미나" not in page.text
    assert "/plain/question-desk" not in (await mina.open("/plain")).targets

    # The first is published in other words, the second held, the third not published.
    page = await decide(chief, f"{desk}/1", "approve", text="버스는 언제 늘어나는지요?")
    assert page.path == desk
    assert t["commands"]["live_qa.approve"]["done"] in page.text
    await decide(chief, f"{desk}/2", "hold", reason="personal_data")
    page = await decide(chief, f"{desk}/3", "dismiss", reason="off_topic")
    assert t["question_desk"]["empty"] in page.text
    page = await chief.open(f"{desk}?which=held")
    assert f"{desk}/2" in page.targets
    assert t["options"]["hold"]["personal_data"] in (await chief.open(f"{desk}/2")).text

    # The asker reads the mended wording beside her own.
    page = await mina.open(f"/plain/question-time/{session}")
    assert "버스는 언제 늘어나는지요?" in page.text
    assert MARKUP in page.text
    assert t["question_time"]["edited"] in page.text

    # The head lets it wait again.
    page = await decide(chief, f"{desk}/3", "restore")
    assert t["commands"]["live_qa.restore"]["done"] in page.text
    assert f"{desk}/3" in page.targets


async def test_who_was_made_moderator_of_an_event_works_at_its_desk_without_signing_in_anew(
    city: WebCity, visit: Visit
) -> None:
    session = await announced(city)
    mina, junho = await visit("mina"), await visit("junho")
    await ask(junho, session, "버스는 언제 늘어납니까?")
    desk = f"/plain/question-desk/{session}"
    assert (await mina.open(desk)).status == 403
    async with city.city.guest() as guest:
        kim = (await guest.greet(token=city.tokens["mina"]))["citizen"]["id"]
    asked = {"office": "moderator", "citizen": kim, "scope": f"hall/{session}"}
    given = await city.done("offices.give", "host", **asked)
    assert "/plain/question-desk" in (await mina.open("/plain")).targets
    page = await decide(mina, f"{desk}/1", "hold", reason="second_opinion")
    assert page.path == desk
    await city.done("offices.end", "host", given=given["given"])
    assert (await mina.open(desk)).status == 403


async def test_two_moderators_do_not_decide_the_same_question(city: WebCity, visit: Visit) -> None:
    t = words("ko")
    session = await announced(city)
    mina, chief, aide = await visit("mina"), await visit("chief"), await visit("aide")
    await ask(mina, session, "버스는 언제 늘어납니까?")
    at = f"/plain/question-desk/{session}/1"
    late = (await aide.open(f"{at}/dismiss")).form("/dismiss")
    page = await chief.open(at)
    assert t["question_desk"]["unclaimed"] in page.text
    page = await chief.send(page.form("/claim"))
    assert t["question_desk"]["claimed_mine"] in page.text

    # Another sees that it is taken, and what was begun before is not done over it.
    page = await aide.open(at)
    assert t["question_desk"]["claimed_other"] in page.text
    assert not any(form.action.endswith("/claim") for form in page.forms)
    page = await aide.send(late, {"reason": "insult"})
    assert page.status == 409
    assert t["reasons"]["version {}: {}"] in page.text
    assert page.form("/dismiss").values["reason"] == "insult"

    # Given back, it is free; sent twice, it is published once.
    page = await chief.open(at)
    page = await chief.send(page.form("/claim"))
    assert t["question_desk"]["given_back"] in page.text
    form = (await aide.open(f"{at}/approve")).form("/approve")
    for _ in range(2):
        page = await aide.send(form)
        assert page.status == 200, page.text
        assert t["commands"]["live_qa.approve"]["done"] in page.text
    assert "버스는 언제 늘어납니까?" in (await mina.open(f"/plain/question-time/{session}")).text


async def test_what_is_wrong_is_told_at_its_field_and_nobody_else_has_a_desk(
    city: WebCity, visit: Visit
) -> None:
    t = words("ko")
    session = await announced(city)
    mina, aide = await visit("mina"), await visit("aide")
    await ask(mina, session, "버스는 언제 늘어납니까?")
    at = f"/plain/question-desk/{session}/1"
    page = await decide(aide, at, "approve", text="짧다")
    assert page.status == 422
    assert "10" in page.error_at("text")
    assert page.form("/approve").values["text"] == "짧다"
    page = await decide(aide, at, "dismiss")
    assert page.status == 422
    assert page.error_at("reason") == t["form"]["choose"]

    # What the head alone may do is offered to the head alone, and refused to others who know the address.
    await decide(aide, at, "dismiss", reason="unclear")
    assert f"{at}/restore" not in (await aide.open(at)).targets
    page = await aide.open(f"{at}/restore")
    assert (await aide.send(page.form("/restore"))).status == 403

    for path in (f"/plain/question-desk/{session}", at, f"{at}/approve"):
        assert (await mina.open(path)).status == 403, path
    for path in ("/plain/question-desk/none", f"{at}9999999999", f"{at}/dance", f"{at}/claim", f"{at}x"):
        assert (await aide.open(path)).status == 404, path
    assert words("ko")["question_desk"]["none"] in (await mina.open("/plain/question-desk")).text
    stranger = await visit(None)
    for path in ("/plain/question-desk", f"/plain/question-desk/{session}", at, f"{at}/approve"):
        page = await stranger.open(path)
        assert page.heading == t["enter"]["title"], path
