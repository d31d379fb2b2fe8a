"""The console in a real browser: a question is taken, published and answered by keys; others see each step at once.

One city for all: each test has a session, a citizen or a district of its own.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser import Chromium, faults_of
from tests.support.console import Windows, tab_to, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def city(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path_factory.mktemp("console")) as windows:
        yield windows


@pytest_asyncio.fixture(loop_scope="session")
async def windows(city: Windows) -> AsyncIterator[Windows]:
    async with city.stack:
        yield city


async def test_two_moderators_work_one_inbox_by_keys(windows: Windows) -> None:
    session = await windows.question_time()
    seoyeon = await windows.console("seoyeon", "ko", f"questions/{session}")
    jiho = await windows.console("jiho", "en", f"questions/{session}")
    await expect(seoyeon.locator("h1")).to_have_text("시장과의 대화")
    await expect(jiho.locator("h1")).to_have_text("An hour with the mayor")

    text = "<b>따릉이</b> 대여소를 늘려 주세요."
    await windows.city.done("live_qa.ask", "mina", session=session, text=text)
    for page in (seoyeon, jiho):
        await expect(page.locator(".rows strong")).to_have_text([text])

    await seoyeon.keyboard.press("c")
    await expect(seoyeon.locator(".claim")).to_have_text("내가 처리 중")
    await expect(jiho.locator(".claim")).to_have_text("with 한서연")

    await seoyeon.keyboard.press("a")
    for page in (seoyeon, jiho):
        await expect(page.locator(".rows li")).to_have_count(0)
    await jiho.get_by_role("tab", name="List").click()
    await expect(jiho.locator(".rows strong")).to_have_text([text])


async def test_a_key_meant_for_a_row_that_another_took_does_nothing_to_the_next(windows: Windows) -> None:
    session = await windows.question_time()
    texts = ["따릉이 대여소를 더 늘려 주세요.", "밤길의 가로등을 더 밝게 해 주세요."]
    for who, text in zip(("mina", "junho"), texts, strict=True):
        await windows.city.done("live_qa.ask", who, session=session, text=text)
    seoyeon = await windows.console("seoyeon", "ko", f"questions/{session}")
    jiho = await windows.console("jiho", "en", f"questions/{session}")
    rows = seoyeon.locator(".rows strong")
    await expect(rows).to_have_text(texts)
    await expect(jiho.locator(".rows strong")).to_have_text(texts)
    # The page's clock stands still, so the moment after the change lasts as long as this machine needs.
    await seoyeon.evaluate("(() => { const now = Date.now(); Date.now = () => now; })()")
    await jiho.keyboard.press("a")
    await expect(rows).to_have_text(texts[1:])
    await seoyeon.keyboard.press("a")
    await expect(seoyeon.locator(".said.bad")).to_contain_text("목록이 바뀌었습니다")
    await expect(rows).to_have_text(texts[1:])
    await seoyeon.evaluate("(() => { const now = Date.now() + 5_000; Date.now = () => now; })()")
    # A moderator who has just written in Korean has the keyboard on Hangul.
    await seoyeon.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅁ', code: 'KeyA', bubbles: true}))"
    )
    await expect(rows).to_have_count(0)


async def test_two_moderators_see_who_has_a_report_in_hand_and_only_one_decides(windows: Windows) -> None:
    about = await windows.stack.enter_async_context(windows.city.city.guest())
    junho = (await about.greet(token=windows.city.tokens["junho"]))["citizen"]["id"]
    await windows.city.done("moderation.report", "mina", citizen=junho, reason="insult", words="욕을 했어요.")
    seoyeon = await windows.console("seoyeon", "ko", "reports")
    jiho = await windows.console("jiho", "en", "reports")
    await expect(seoyeon.locator(".rows strong").first).to_have_text("모욕 · 준호")
    await seoyeon.keyboard.press("c")
    await expect(jiho.locator(".claim")).to_have_text("with 한서연")
    await jiho.keyboard.press("c")
    await expect(jiho.locator(".said.bad")).to_contain_text("Someone has changed it meanwhile")
    await expect(jiho.locator(".detail")).to_contain_text("준호")
    await seoyeon.keyboard.press("d")
    await seoyeon.locator("dialog select").select_option("no_action")
    await seoyeon.locator("dialog textarea").fill("들은 말이 욕이 아니었습니다.")
    await seoyeon.locator("dialog button[type=submit]").click()
    for page in (seoyeon, jiho):
        await expect(page.locator(".rows li")).to_have_count(0)


async def test_a_report_is_closed_by_the_sanction_that_is_given_for_it(windows: Windows) -> None:
    about = await windows.stack.enter_async_context(windows.city.city.guest())
    officer = (await about.greet(token=windows.city.tokens["room"]))["citizen"]["id"]
    told = await windows.city.done("moderation.report", "junho", citizen=officer, reason="spam", words="광고")
    page = await windows.console("jiho", "ko", "reports")
    await page.locator(".rows button", has_text="도배·광고").click()
    await page.keyboard.press("s")
    await page.locator("dialog select[name=kind]").select_option("warn")
    await page.locator("dialog select[name=reason]").select_option("spam")
    await page.locator("dialog textarea").fill("광고는 알림판에 올려 주세요.")
    await page.locator("dialog button[type=submit]").click()
    await expect(page.locator(".rows li")).to_have_count(0)
    mine = (await windows.city.get("/api/v1/moderation/mine", "junho")).json()["reports"]
    assert [one["state"] for one in mine if one["report"] == told["report"]] == ["acted"]


async def test_who_tells_the_police_reads_what_is_theirs_with_its_evidence_and_says_whom_they_told(
    windows: Windows,
) -> None:
    about = await windows.stack.enter_async_context(windows.city.city.guest())
    junho = (await about.greet(token=windows.city.tokens["junho"]))["citizen"]["id"]
    await about.enter("hall")
    moderator = await windows.stack.enter_async_context(windows.city.city.guest())
    await moderator.greet(token=windows.city.tokens["chief"])
    await moderator.enter("hall")
    await about.say(type="chat.say", id=7, text="집으로 찾아가겠다", to="district")
    await moderator.hear("chat.said", text="집으로 찾아가겠다")
    windows.citizen("jo", name="연락 조", roles=["official"], grants=["authority"])
    page = await windows.console("jo", "ko", "reports/authority")
    await expect(page.locator(".rows li")).to_have_count(0)
    await windows.city.done(
        "moderation.sanction", "chief", citizens=[junho], kind="note", reason="threat", scope="hall",
        words="집으로 찾아가겠다고 함",
    )  # fmt: skip
    await expect(page.locator(".rows strong")).to_contain_text("협박")
    await expect(page.locator(".detail .quote")).to_have_text("집으로 찾아가겠다고 함")
    await expect(page.locator(".evidence")).to_contain_text("준호 집으로 찾아가겠다")
    assert await page.locator(".detail .late").count() == 0, "it is decided: nobody is late"
    assert await faults_of(page) == []
    await page.keyboard.press("a")
    await page.locator("dialog textarea").fill("경찰청, 접수 2026-123")
    await page.locator("dialog button[type=submit]").click()
    await expect(page.locator(".rows li")).to_have_count(0)
    assert (await windows.city.get("/api/v1/moderation/desk", "chief", which="authority")).json()[
        "reports"
    ] == []


async def test_what_is_refused_is_told_at_the_form_and_nothing_is_lost(windows: Windows) -> None:
    guest = await windows.stack.enter_async_context(windows.city.city.guest())
    mina = (await guest.greet(token=windows.city.tokens["mina"]))["citizen"]["id"]
    page = await windows.console("seoyeon", "en", f"citizens/{mina}")
    await page.get_by_role("button", name="Sanction").click()
    await page.locator("dialog select[name=kind]").select_option("mute")
    await page.locator("dialog select[name=reason]").select_option("spam")
    await page.locator("dialog textarea").fill("Please do not.")
    await page.locator("dialog input[name=lasts_s]").fill("99999999")
    await page.locator("dialog button[type=submit]").click()
    await expect(page.locator("dialog .wrong")).to_be_visible()
    await expect(page.locator("dialog select[name=kind]")).to_have_value("mute")
    await expect(page.locator("dialog select[name=reason]")).to_have_value("spam")
    await expect(page.locator("dialog textarea")).to_have_value("Please do not.")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)


async def test_a_citizen_is_found_by_name_spoken_to_sanctioned_and_heard(windows: Windows) -> None:
    guest = await windows.stack.enter_async_context(windows.city.city.guest())
    await guest.greet(token=windows.city.tokens["auditor"])
    await guest.enter("green")
    page = await windows.console("seoyeon", "ko", "citizens")
    await page.get_by_label("이름 또는 시민 번호").fill("감")
    await page.locator(".rows button", has_text="감사").click()
    await expect(page.locator("h2.person")).to_contain_text("감사")

    await page.get_by_role("button", name="말 걸기").click()
    await page.locator("dialog textarea").fill("잠시 이야기할까요?")
    await page.locator("dialog button[type=submit]").click()
    assert (await guest.hear("chat.said"))["text"] == "잠시 이야기할까요?"

    await page.get_by_role("button", name="제재", exact=True).click()
    await page.locator("dialog select[name=kind]").select_option("mute")
    await page.locator("dialog select[name=reason]").select_option("spam")
    await page.locator("dialog textarea").fill("같은 말을 너무 많이 했습니다.")
    await page.locator("dialog button[type=submit]").click()
    await expect(page.locator(".sanction h3")).to_have_text("발언 정지 · 시행 중")
    own = (await guest.hear("moderation.sanction_changed"))["sanction"]
    await guest.say(type="moderation.appeal", id=9, sanction=own["sanction"], text="다시 봐 주세요.")
    await expect(page.locator(".sanction blockquote")).to_contain_text("다시 봐 주세요.")

    second = await windows.console("jiho", "en", "appeals")
    await second.locator(".rows button", has_text="Mute").click()
    await second.keyboard.press("d")
    await second.locator("dialog select").select_option("lifted")
    await second.locator("dialog textarea").fill("충분합니다.")
    await second.locator("dialog button[type=submit]").click()
    await expect(page.locator(".sanction h3")).to_have_text("발언 정지 · 해제됨")
    while (await guest.hear("moderation.sanction_changed"))["sanction"]["state"] != "lifted":
        pass


async def test_an_announcement_from_the_console_reaches_everyone_and_the_plain_page(windows: Windows) -> None:
    guest = await windows.stack.enter_async_context(windows.city.city.guest())
    await guest.greet()
    await guest.enter("green")
    page = await windows.console("seoyeon", "ko", "announcements/green")
    await expect(page.locator("h1")).to_have_text("알림")
    await page.locator(".ready .emergency").click()
    await page.locator("dialog textarea[name='text.en']").fill("")
    await page.locator("dialog textarea[name='text.en']").evaluate(
        "(field) => field.removeAttribute('required')"
    )
    await page.locator("dialog button[type=submit]").click()
    await expect(page.locator("dialog label", has_text="영어 문구").locator(".wrong")).to_be_visible()
    await page.locator("dialog textarea[name='text.en']").fill("Please leave by the south gate.")
    await page.locator("dialog button[type=submit]").click()
    told = (await guest.hear("announcements.changed"))["announcement"]
    assert (told["scope"], told["level"], told["text"]["en"]) == (
        "green", "emergency", "Please leave by the south gate.",
    )  # fmt: skip
    await expect(page.locator("ul.announced > li")).to_have_count(1)
    assert await faults_of(page) == []

    plain = (await windows.city.get("/plain", lang="en")).text
    assert "Please leave by the south gate." in plain
    assert "Village green" in plain

    await page.get_by_role("button", name="알림 철회").click()
    await expect(page.locator("ul.announced > li")).to_have_count(0)
    assert (await guest.hear("announcements.changed"))["announcement"]["withdrawn_at"]
    assert "south gate" not in (await windows.city.get("/plain", lang="en")).text


async def test_the_run_sheet_is_planned_begun_and_alarms_when_it_overruns(
    chromium: Chromium, tmp_path: Path
) -> None:
    # A city of its own, as its clock goes on.
    async with windows_onto(chromium, tmp_path) as windows, windows.stack:
        session = await windows.question_time()
        page = await windows.console("seoyeon", "en", f"questions/{session}")
        crew = await windows.console("counter", "ko", f"questions/{session}")
        sheet = page.locator(".run_sheet")
        await expect(sheet.locator("li")).to_have_count(6)
        await sheet.get_by_role("button", name="Edit").click()
        await page.get_by_label("What 1, English").fill("Doors and music")
        await page.get_by_label("Minutes 1").fill("0.5")
        await page.get_by_role("button", name="Remove 6").click()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(sheet.locator("li")).to_have_count(5)
        await expect(crew.locator(".run_sheet li")).to_have_count(5)
        await sheet.get_by_role("button", name="Begin next: Doors and music").click()
        await expect(sheet.locator("[aria-current=step]")).to_contain_text("Doors and music")
        await expect(crew.locator("[aria-current=step]")).to_be_visible()
        shown = sheet.locator("li:not([hidden])")
        await expect(shown).to_have_count(2)
        await expect(shown.last.locator("time")).to_be_in_viewport()
        await sheet.get_by_role("button", name="All 5 lines").click()
        await expect(shown).to_have_count(5)
        assert await crew.get_by_role("button", name="편집").count() == 0

        rows = (await windows.city.get("/api/v1/live_qa/sessions")).json()["sessions"]
        told = [row["programme"]["now"]["en"] for row in rows if row["session"] == session]
        assert told == ["Doors and music"]
        # Two minutes later, what is planned for half a minute has long been over.
        windows.clock.move(120)
        await page.reload()
        await expect(sheet.locator(".alarm")).to_contain_text("is over by")
        assert await faults_of(page) == []


async def test_what_is_written_into_the_run_sheet_stays_while_the_page_goes_on(windows: Windows) -> None:
    session = await windows.question_time()
    page = await windows.console("seoyeon", "en", f"questions/{session}")
    sheet = page.locator(".run_sheet")
    await expect(sheet.locator("li")).to_have_count(6)
    await sheet.get_by_role("button", name="Edit").click()
    minutes = page.get_by_label("Minutes 1")
    await minutes.fill("")
    await minutes.press_sequentially("0.")
    # Something happens, and all is shown anew, before the field is left or even whole.
    await windows.city.done("live_qa.advance", "jiho", session=session, phase="doors")
    await expect(page.locator(".steps [aria-pressed=true]")).to_have_text("doors")
    await minutes.press_sequentially("5")
    await expect(minutes).to_have_value("0.5")
    planned = page.get_by_label("Planned 1")
    day = await planned.input_value()
    await planned.press("Delete")
    await windows.city.done("live_qa.advance", "jiho", session=session, phase="live", mode="opening")
    await expect(page.locator(".steps [aria-pressed=true]")).to_have_text(["live", "opening"])
    await expect(planned).to_have_value("")
    await planned.fill(day)
    await page.get_by_label("By 1, English").fill("Everyone")
    await page.keyboard.press("Enter")
    await expect(sheet.locator("li").first).to_contain_text("Everyone")
    told = (await windows.city.get("/api/v1/live_qa/look", "jiho", session=session, view="host")).json()
    assert told["host"]["run_sheet"][0]["lasts_s"] == 30


async def test_the_modes_of_a_place_are_there_at_once_and_change_for_two(windows: Windows) -> None:
    await windows.city.done("moderation.set_mode", "seoyeon", scope="hall", slow_s=30, holds_links=True)
    seoyeon = await windows.console("seoyeon", "ko", "live/hall")
    jiho = await windows.console("jiho", "en", "live/hall")
    for page, name in ((seoyeon, "링크 보류"), (jiho, "Hold links")):
        await expect(page.get_by_label(name)).to_be_checked()
    await expect(jiho.get_by_role("button", name="Slow mode 30 s")).to_be_visible()
    await seoyeon.get_by_label("보호 모드").click()
    await expect(jiho.get_by_label("Shield")).to_be_checked()
    await windows.city.done(
        "moderation.set_mode", "seoyeon", scope="hall", shield=False, slow_s=0, holds_links=False
    )
    await expect(jiho.get_by_label("Shield")).not_to_be_checked()


async def test_an_officer_guards_a_talk_and_moves_who_stands_in_the_way(windows: Windows) -> None:
    guest = await windows.stack.enter_async_context(windows.city.city.guest())
    await guest.greet(name="큰소리")
    place = await guest.enter("hall")
    page = await windows.console("counter", "ko", "live/hall")
    ground = page.locator("canvas.ground")
    await expect(page.locator("dl.figures dd").first).to_have_text("1")
    box = await ground.bounding_box()
    assert box is not None
    scale = box["width"] / place["width"]
    await ground.click(position={"x": place["x"] * scale, "y": place["z"] * scale})
    await expect(page.locator("aside h2", has_text="큰소리")).to_be_visible()
    await page.get_by_role("button", name="경고").click()
    assert (await guest.hear("moderation.talk_guarded"))["step"] == "warn"
    await page.get_by_role("button", name="이동시키기").click()
    await expect(page.locator(".hint")).to_contain_text("큰소리")
    await ground.click(position={"x": 30 * scale, "y": 32 * scale})
    await page.locator("dialog textarea").fill("문 앞을 비워 주세요.")
    await page.locator("dialog button[type=submit]").click()
    moved: dict[str, Any] = await guest.hear("avatar.moved_back", reason="moderator")
    assert abs(moved["x"] - 30) < 2
    assert abs(moved["z"] - 32) < 2


async def test_a_whole_session_is_moderated_by_keys_alone(windows: Windows) -> None:
    session = await windows.question_time()
    asked = ["따릉이 대여소를 더 늘려 주세요.", "밤길의 가로등을 더 밝게 해 주세요."]
    for who, text in zip(("mina", "junho"), asked, strict=True):
        await windows.city.done("live_qa.ask", who, session=session, text=text)
    page = await windows.console("jiho", "en", f"questions/{session}")
    rows, keys = page.locator(".rows strong"), page.keyboard
    await expect(rows).to_have_text(asked)
    await keys.press("?")
    await expect(page.locator("dialog h2")).to_have_text("Keys")
    assert await faults_of(page) == []
    await keys.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)

    # The second is put better and published, the first is not for here.
    await keys.press("j")
    await expect(page.locator("[aria-current=true]")).to_contain_text(asked[1])
    await keys.press("e")
    await keys.press("Control+A")
    better = "밤길의 가로등을 더 밝게 해 주실 수 있나요?"
    await keys.insert_text(better)
    await keys.press("Control+Enter")
    await expect(rows).to_have_text(asked[:1])
    await keys.press("d")
    await expect(page.locator("dialog select")).to_be_focused()
    await keys.type("Unc")
    await keys.press("Control+Enter")
    await expect(page.locator(".work")).to_have_count(0)

    # It begins; the better one is answered.
    for phase in ("doors", "live"):
        await tab_to(page, phase)
        await expect(page.locator("dialog [type=submit]")).to_be_focused()
        await keys.press("Enter")
        await expect(page.locator(".steps").first.locator("[aria-pressed=true]")).to_have_text(phase)
    await tab_to(page, "answering")
    await keys.press(".")
    await expect(page.locator("[aria-current=step]")).to_be_visible()
    for _ in range(2):
        await keys.press("]")
    await expect(page.get_by_role("tab", name="List")).to_have_attribute("aria-selected", "true")
    await expect(rows).to_have_text([better])
    await keys.press("o")
    await expect(rows).to_have_count(0)
    await keys.press("]")
    await expect(rows).to_have_text([better])
    mayor = await windows.console("mayor", "ko", f"questions/{session}")
    await expect(mayor.locator(".answering .large")).to_have_text(better)
    await mayor.keyboard.press("v")
    await mayor.keyboard.insert_text("내년 봄까지 모두 바꾸겠습니다.")
    await mayor.keyboard.press("Control+Enter")
    await expect(rows).to_have_count(0)
    mine = (
        await windows.city.get("/api/v1/live_qa/questions", "junho", session=session, which="mine")
    ).json()
    assert mine["mine"][0]["row"]["answer"] == "내년 봄까지 모두 바꾸겠습니다."

    # Somebody is found by name, and on the map where they stand.
    guest = await windows.stack.enter_async_context(windows.city.city.guest())
    await guest.greet(token=windows.city.tokens["officer"])
    place = await guest.enter("green")
    await keys.press("/")
    await expect(page.locator("[name=who]")).to_be_focused()
    await keys.insert_text("김도")
    await expect(page.locator(".rows strong")).to_have_text(["김도로"])
    await keys.press("Enter")
    await expect(page.locator("h2.person")).to_contain_text("김도로")
    await tab_to(page, "On the map")
    await expect(page.locator("dl.figures dd").first).to_have_text("1")
    while await page.evaluate("document.activeElement.tagName") != "CANVAS":
        await keys.press("Tab")
    ways = (
        (place["x"] - place["width"] / 2, "Right", "Left"),
        (place["z"] - place["depth"] / 2, "Down", "Up"),
    )
    for metres, there, back in ways:
        for _ in range(round(abs(metres) / 2)):
            await keys.press(f"Arrow{there if metres > 0 else back}")
    await keys.press("Enter")
    await expect(page.locator("aside h2", has_text="김도로")).to_be_visible()


async def test_the_presenters_screen_opens_beside_the_console_and_takes_nothing_from_it(
    windows: Windows,
) -> None:
    session = await windows.question_time()
    page = await windows.console("mayor", "ko", f"questions/{session}")
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="발표자 화면").click()
    screen = await opened.value
    await expect(screen.locator("h1")).to_have_text("시장과의 대화")
    await expect(screen.locator(".presenter header p")).to_contain_text("남음")
    assert await faults_of(screen) == []
    # It has no line of the mayor's: the console's is as it was, and what happens is told to both.
    await expect(page.locator("header .line")).to_have_text("연결됨")
    text = "밤길의 가로등을 더 밝게 해 주세요."
    await windows.city.done("live_qa.ask", "mina", session=session, text=text)
    row = (await windows.city.done("live_qa.claim", "jiho", session=session, question=1, version=1))["row"]
    about = {"session": session, "question": 1}
    row = (await windows.city.done("live_qa.approve", "jiho", **about, version=row["version"]))["row"]
    for how in ({"phase": "doors"}, {"phase": "live", "mode": "answering"}):
        await windows.city.done("live_qa.advance", "jiho", session=session, **how)
    desk = (await windows.city.get("/api/v1/live_qa/desk", "jiho", session=session, which="open")).json()
    version = desk["questions"][0]["version"]
    await windows.city.done("live_qa.pin", "jiho", **about, version=version, to="now", office="mayor")
    await expect(screen.locator(".asked .text")).to_have_text(text)
    await expect(screen.locator(".who")).to_have_text("답변: 시장")
    await expect(page.locator(".answering .large")).to_have_text(text)
    await expect(page.locator("header .line")).to_have_text("연결됨")
    await screen.set_viewport_size({"width": 390, "height": 780})
    assert await screen.evaluate("document.documentElement.scrollWidth") <= 390
    assert await faults_of(screen) == []
    await screen.close()


async def test_every_view_opens_by_its_key_in_both_languages(windows: Windows) -> None:
    page = await windows.console("seoyeon", "en")
    links = page.locator("nav a")
    count = await links.count()
    assert count == 11
    for n in range(count):
        await page.keyboard.press("1234567890-"[n])
        await expect(links.nth(n)).to_have_attribute("aria-current", "page")
        await expect(page.locator("main .empty", has_text="Loading")).to_have_count(0)
        assert await faults_of(page) == [], await links.nth(n).text_content()
    await page.get_by_role("button", name="한국어").click()
    await expect(page.locator("html")).to_have_attribute("lang", "ko")
    await expect(links.first).to_contain_text("실시간 지도")


async def test_no_view_is_wider_than_a_phone(windows: Windows) -> None:
    page = await windows.console("seoyeon", "ko", viewport={"width": 390, "height": 780})
    for view in await page.locator("nav a").evaluate_all("(links) => links.map((link) => link.hash)"):
        await page.evaluate(f"location.hash = '{view[1:]}'")
        await expect(page.locator(f"nav a[href='{view}']")).to_have_attribute("aria-current", "page")
        await expect(page.locator("main .empty", has_text="불러오는")).to_have_count(0)
        wide = await page.evaluate(
            "[...document.querySelectorAll('main *')].filter((at) => at.getBoundingClientRect().right > 390"
            " && !at.closest('table')).map((at) => at.outerHTML.slice(0, 90))"
        )
        assert wide == [], view
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, view
        assert await faults_of(page) == [], view


async def test_who_is_no_staff_is_shown_no_view(windows: Windows) -> None:
    page = await windows.console("mina", "en")
    await expect(page.locator("main")).to_contain_text("You may not do this")
    await expect(page.locator("nav a")).to_have_count(0)


async def test_a_wrong_token_opens_nothing_and_is_told(windows: Windows) -> None:
    page = await windows.open("/console", "en")
    await page.locator("textarea").fill("not.a.token")
    await page.locator("button[type=submit]").click()
    await expect(page.locator("#door-said")).to_contain_text("not believed")
    assert await faults_of(page) == []
    await expect(page.locator(".desk")).to_have_count(0)
    assert await page.evaluate("sessionStorage.length") == 0
