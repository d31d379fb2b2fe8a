"""An inbox of many questions, long ones and in other scripts: read page by page, and no two take the same in hand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.support.browser import Chromium, faults_of
from tests.support.console import Windows, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY = 25
"""More than one page of the desk holds, where each is long."""

LONG = "긴질문은끝까지읽혀야하고화면을넘치지않아야합니다" * 11
ARABIC = "متى ستعمل حافلات الليل في عطلة نهاية الأسبوع؟"
TURNED = "\u202e"
"""What turns the direction of all that follows, where nothing stops it."""

SYLLABLES = "가나다라마바사아차카타파하거너더러머버서어저처커터퍼허고노도로모보소오초코토포호"


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Chromium, tmp_path: Path) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path, limits={"commands_per_s": 0}) as windows, windows.stack:
        yield windows


async def test_many_questions_are_read_page_by_page_and_two_never_land_on_the_same(windows: Windows) -> None:
    session = await windows.question_time()
    for n in range(MANY):
        told = "".join(SYLLABLES[(n * 17 + at * at * 5 + at * n) % len(SYLLABLES)] for at in range(270))
        text = f"{n}번째 질문입니다. {told}"
        await windows.city.done("live_qa.ask", windows.citizen(f"asker-{n}"), session=session, text=text)
    seoyeon = await windows.console("seoyeon", "ko", f"questions/{session}")
    jiho = await windows.console("jiho", "en", f"questions/{session}")
    await expect(jiho.locator(".rows strong").first).to_be_visible()
    rows, more = seoyeon.locator(".rows strong"), seoyeon.locator(".rows .more")
    await expect(more).to_contain_text(f"전체 {MANY}개 가운데")
    first = await rows.count()
    assert 1 < first < MANY

    # Who goes on at the end of a page comes to the next.
    for _ in range(MANY * 2):
        await seoyeon.keyboard.press("j")
        if await rows.count() > first:
            break
    await expect(rows.nth(first)).to_contain_text(f"{first}번째")
    while (shown := await rows.count()) < MANY:
        await more.get_by_role("button").click()
        await expect(rows).not_to_have_count(shown)
    await expect(more).to_have_count(0)
    for n in range(MANY):
        await expect(rows.nth(n)).to_contain_text(f"{n}번째")

    # What another has in hand is passed over, and all that was read stays read.
    for _ in range(MANY):
        await seoyeon.keyboard.press("k")
    chosen = seoyeon.locator("[aria-current=true] strong")
    await expect(chosen).to_contain_text("0번째")
    await jiho.keyboard.press("j")
    await jiho.keyboard.press("c")
    await expect(seoyeon.locator(".claim")).to_have_text("윤지호 처리 중")
    await seoyeon.keyboard.press("a")
    await expect(chosen).to_contain_text("2번째")
    await expect(rows).to_have_count(MANY - 1)
    assert await faults_of(seoyeon) == []


async def wider_than_it_stands_in(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("html, main, .rows, .detail, .running, .hands li, .quote, dialog")]
            .filter((each) => each.scrollWidth > each.clientWidth + 1)
            .map((each) => `${each.className || each.tagName} ${each.scrollWidth} > ${each.clientWidth}`)"""
    )
    return found


@pytest.mark.parametrize("width", [360, 1280])
async def test_long_texts_and_names_and_those_from_right_to_left_stay_in_their_places(
    windows: Windows, width: int
) -> None:
    session = await windows.question_time()
    long, arabic = windows.citizen("long", name="W" * 40), windows.citizen("arabic", name=ARABIC[:21])
    await windows.city.done("live_qa.ask", long, session=session, text=LONG)
    await windows.city.done("live_qa.ask", arabic, session=session, text=TURNED + ARABIC, language="ar")
    for how in ({"phase": "doors"}, {"phase": "live", "mode": "answering"}):
        await windows.city.done("live_qa.advance", "jiho", session=session, **how)
    for who in (long, arabic):
        await windows.city.done("live_qa.raise_hand", who, session=session)
    page = await windows.console(
        "seoyeon", "ko", f"questions/{session}", viewport={"width": width, "height": 780}
    )
    await expect(page.locator(".rows strong")).to_contain_text([LONG, ARABIC])
    await expect(page.locator(".hands strong")).to_have_text(["W" * 40, ARABIC[:21]])
    assert await wider_than_it_stands_in(page) == []
    # A name that turns the direction of what is read turns nothing but itself.
    assert await page.locator(".hands strong bdi, .rows strong bdi").count() == 4
    await page.keyboard.press("e")
    await expect(page.locator("dialog textarea")).to_have_value(LONG)
    assert await wider_than_it_stands_in(page) == []
    await page.keyboard.press("Escape")
    for left in (1, 0):
        await page.keyboard.press("a")
        await expect(page.locator(".rows li")).to_have_count(left)

    # Before the hall, whole and within the screen.
    for _ in range(2):
        await page.keyboard.press("]")
    await expect(page.locator(".rows strong")).to_have_count(2)
    await page.locator(".rows button", has_text=LONG).click()
    await page.keyboard.press("o")
    size = {"width": 1920, "height": 1080} if width > 1000 else {"width": width, "height": 780}
    screen = await windows.open(f"/stage#{session}", "ko", viewport=size)
    await expect(screen.locator(".asked .text")).to_have_text(LONG)
    assert await wider_than_it_stands_in(screen) == []
    if width > 1000:
        assert await screen.evaluate("document.documentElement.scrollHeight") <= 1080
