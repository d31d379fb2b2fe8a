"""The plain page in a real browser: without scripts, on a phone 320 px wide, in the dark, and as axe reads it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from server.texts import LANGUAGES, Language, texts
from tests.support.browser import Chromium, faults_of, signed_in, take_step
from tests.support.plain_page import announced, ended, sanctioned
from tests.support.web_city import WebCity, a_petition, web_city

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = (
    "/plain",
    "/plain/petitions",
    "/plain/petitions/new",
    "/plain/petitions/new?kind=other",
    "/plain/petitions/status",
    "/plain/petitions/published",
    "/plain/notices",
    "/plain/question-time",
    "/plain/places",
    "/plain/places/hall",
    "/plain/sanctions",
    "/plain/sanctions/numbers",
    "/plain/nowhere",
    "/plain/leave",
)


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path, limits={"commands_per_s": 0}) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    browser = await chromium.running()
    yield browser
    for context in browser.contexts:
        await context.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_petition_from_filing_to_satisfaction_in_browsers_whose_scripts_are_off(
    city: WebCity, browser: Browser, language: Language
) -> None:
    t = texts(language, "plain")
    mina = await signed_in(city, browser, "mina", locale=language)
    room = await signed_in(city, browser, "room", locale=language)
    officer = await signed_in(city, browser, "officer", locale=language)

    # She forgets the text: it is told at its field, and what she wrote is there.
    await mina.get_by_role("link", name=t["home"]["file"]).click()
    await mina.click("main a[href$='kind=other']")
    await mina.fill("[name=title]", "보도블록")
    await mina.click("main button[value=file]")
    fault = f"{t['fields']['text']}: {t['form']['missing']}"
    await mina.get_by_role("alert").get_by_role("link", name=fault).click()
    assert mina.url.endswith("#f-text")
    assert await mina.input_value("[name=title]") == "보도블록"
    await mina.fill("[name=text]", "세종대로 보도블록이 깨졌습니다.")
    await mina.fill("[name=name]", "김미나")
    await mina.click("main button[value=file]")
    await mina.wait_for_url("**/receipt")
    assert await mina.inner_text("h1") == t["petitions"]["receipt_arrived"]
    petition = mina.url.split("/")[-2]

    # The civil service room finds it on its desk, the officer answers.
    await room.get_by_role("link", name=t["site"]["desk"], exact=True).click()
    assert await room.locator(f"main a[href$='{petition}']").count() == 1
    await take_step(room, petition, "receive", kind="other", department="roads")
    await take_step(officer, petition, "start")
    await take_step(officer, petition, "answer", text="내일 고치겠습니다.", delivery="electronic")

    # She reads the answer among her notices, and rates it; every step is told in her language.
    await mina.goto("/plain/notices")
    assert "내일 고치겠습니다." in await mina.inner_text("main")
    await take_step(mina, petition, "rate", stars="5", text="고맙습니다.")
    told = await mina.inner_text(".steps")
    assert ("만족도 5점" if language == "ko" else "Rated 5 of 5.") in told
    assert not re.search("[a-z]_[a-z]|None", await mina.inner_text("main"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_question_asked_published_voted_for_and_answered_in_browsers_whose_scripts_are_off(
    city: WebCity, browser: Browser, language: Language
) -> None:
    t = texts(language, "plain")
    session = await announced(city)
    mina = await signed_in(city, browser, "mina", locale=language)
    junho = await signed_in(city, browser, "junho", locale=language)
    chief = await signed_in(city, browser, "chief", locale=language)
    own = f"/plain/question-time/{session}"

    # From the menu to the schedule, and to her question; nothing of what she wrote is markup.
    await mina.get_by_role("link", name=t["site"]["question_time"], exact=True).first.click()
    await mina.click(f"main a[href='{own}']")
    assert t["question_time"]["schedule"] in await mina.inner_text("main")
    await mina.get_by_role("link", name=t["question_time"]["ask"], exact=True).click()
    asked = "<i>심야</i> 버스를 두 노선 더 늘려 주시겠습니까?"
    await mina.fill("[name=text]", asked)
    await mina.click("main form button")
    await mina.locator(".notes").wait_for()

    # A moderator publishes it.
    await chief.get_by_role("link", name=t["site"]["question_desk"], exact=True).click()
    await chief.click(f"main a[href*='{session}']")
    await chief.click("main a[href$='/1']")
    await chief.click("main a[href$='/1/approve']")
    await chief.click("main form button")
    await chief.locator(".notes").wait_for()

    # Another stands behind it, and no more once he has taken that back.
    await junho.goto(own)
    assert asked in await junho.inner_text("#q1")
    for name, backers in (("vote_name", 2), ("unvote_name", 1), ("vote_name", 2)):
        await junho.get_by_role("button", name=t["question_time"][name].format(number=1)).click()
        await junho.locator(".notes").wait_for()
        told = await junho.inner_text("#q1 .backers")
        assert str(backers) in told, told

    # It is answered, and stands in the record that anyone reads.
    desk = (await city.get("/api/v1/live_qa/desk", "chief", session=session, which="open")).json()[
        "questions"
    ]
    about = {"session": session, "question": 1}
    row = await city.done(
        "live_qa.pin", "host", **about, version=desk[0]["version"], to="now", office="mayor"
    )
    await city.done(
        "live_qa.answer", "mayor", **about, version=row["row"]["version"], text="내년 봄에 늘립니다."
    )
    await mina.goto(own)
    assert "내년 봄에 늘립니다." in await mina.inner_text("main")
    await ended(city, session)
    await mina.reload()
    await mina.click(f"main a[href='{own}/record']")
    record = await mina.inner_text("main")
    assert asked in record
    assert "내년 봄에 늘립니다." in record
    assert not re.search("[a-z]_[a-z]|None", record)


async def come(city: WebCity, browser: Browser, who: str | None, **how: Any) -> Page:
    """A window of somebody's, or of a visitor."""
    if who is not None:
        return await signed_in(city, browser, who, **how)
    context = await browser.new_context(base_url=f"http://{city.city.address}", **how)
    return await context.new_page()


PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 1100, "height": 800}


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_no_serious_fault_and_nothing_is_wider_than_the_page(
    city: WebCity, browser: Browser, language: Language, viewport: Any
) -> None:
    filed = await city.done("petitions.file", "mina", **a_petition("suggestion"))
    petition = filed["petition"]
    await city.done("petitions.receive", "room", petition=petition)
    over = await announced(city)
    await ended(city, over)
    sanction = await sanctioned(city, "mina", "mute")
    session = await announced(city)
    asked = {"session": session, "text": "https://example.org/" + "x" * 200, "language": "en"}
    await city.done("live_qa.ask", "junho", **asked)
    own = [f"/plain/petitions/{petition}{end}" for end in ("", "/receipt", "/amend", "/withdraw")]
    own += [f"/plain/sanctions/{sanction}/appeal"]
    own += [f"/plain/question-time/{session}{end}" for end in ("", "/ask")]
    desk = f"/plain/question-desk/{session}"
    of_desk = [
        "/plain/question-desk",
        f"{desk}?which=held",
        f"{desk}/1",
        f"{desk}/1/approve",
        f"{desk}/1/dismiss",
    ]
    of_room = ["/plain/desk", "/plain/desk/month", f"/plain/petitions/{petition}"]
    of_room += [f"/plain/petitions/{petition}{end}" for end in ("?reason=desk", "/route")]
    record = f"/plain/question-time/{over}/record"
    of_visitor = ["/about", "/plain", "/plain/enter", "/plain/question-desk", "/plain/sanctions", record]
    scheme = "dark" if viewport is PHONE and language == "ko" else "light"
    how: dict[str, Any] = {"viewport": viewport, "locale": language, "color_scheme": scheme}
    parts = {"mina": [*PAGES, *own], "chief": of_desk, "room": of_room, None: of_visitor}
    for who, paths in parts.items():
        page = await come(city, browser, who, java_script_enabled=True, **how)
        for path in paths:
            await page.goto(path)
            assert await page.evaluate("document.documentElement.lang") == language
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], path
            assert await faults_of(page) == [], path
        if who == "mina":
            await page.goto("/plain/petitions/new?kind=other")
            await page.click("main button[value=file]")
            await page.locator("#faults").wait_for()
            assert await faults_of(page) == []
        if who is None:
            await page.goto("/plain/petitions/status")
            await page.fill("main [name=token]", filed["token"])
            await page.click("main form button")
            await page.locator(".facts").wait_for()
            assert await faults_of(page) == []
        await page.context.close()


async def test_keys_go_through_a_page_in_the_order_in_which_it_is_read(
    city: WebCity, browser: Browser
) -> None:
    page = await signed_in(city, browser, "mina", java_script_enabled=True, locale="ko")
    for path in ("/plain", "/plain/petitions/new?kind=suggestion", "/plain/places"):
        await page.goto(path)
        wanted: list[str] = await page.evaluate(FOCUSABLE)
        met: list[str] = []
        for _ in wanted:
            await page.keyboard.press("Tab")
            where, is_seen = await page.evaluate(FOCUSED)
            assert is_seen, f"{path}: nobody sees that {where} is chosen"
            met.append(where)
        assert met == wanted, path

    # The first leads past the menu.
    await page.goto("/plain/places")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")


PLACE = "[...document.querySelectorAll('*')].indexOf(element) + ' ' + element.outerHTML.slice(0, 80)"
FOCUSABLE = (
    "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]"
    f".filter((element) => element.checkVisibility()).map((element) => {PLACE})"
)
FOCUSED = (
    "(() => { const element = document.activeElement, style = getComputedStyle(element);"
    f" return [{PLACE}, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0]; }})()"
)
"""What the keys have chosen, and whether an outline shows it."""
