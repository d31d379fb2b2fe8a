"""The console and the hall's screen when something is wrong: the token, the line, the clock, another window."""

import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.auth import issue_token
from tests.support.browser import Chromium, clock_off, faults_of
from tests.support.console import STAFF, Windows, windows_onto
from tests.support.proxy import Proxy

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = "밤길의 가로등을 더 밝게 해 주세요."


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Chromium, tmp_path: Path) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path) as windows, windows.stack:
        yield windows


def kept(token: str) -> str:
    """As if this tab had come in by it before."""
    return f"sessionStorage.setItem('madang.console.token', '{token}')"


async def test_a_token_that_has_expired_leads_to_the_door_which_says_why(windows: Windows) -> None:
    long_ago = int(time.time()) - 7_200
    old = issue_token(windows.city.secret, STAFF[0], issuer="madang", now=long_ago, hours=1)
    page = await windows.open("/console", "ko", f"if (!sessionStorage.length) {kept(old)}")
    await expect(page.locator("#door-said")).to_have_text("토큰이 만료되었거나 유효하지 않습니다.")
    assert await faults_of(page) == []
    await page.locator("textarea").fill(windows.city.tokens["seoyeon"])
    await page.locator("button[type=submit]").click()
    await expect(page.locator("header .me")).to_contain_text("한서연")


async def test_of_two_windows_of_one_moderator_the_older_is_over_and_comes_back_by_one_press(
    windows: Windows,
) -> None:
    first = await windows.console("seoyeon", "ko", "reports")
    second = await windows.console("seoyeon", "en", "reports")
    told = first.get_by_role("alert").filter(has_text="다른 창에서")
    await expect(told).to_be_visible()
    await expect(first.locator("header .line")).to_have_text("끊김")
    assert await faults_of(first) == []
    await expect(second.locator("header .line")).to_have_text("connected")
    await told.get_by_role("button", name="다시 들어가기").click()
    await expect(first.locator("header .line")).to_have_text("연결됨")
    await expect(first.locator("h1")).to_have_text("신고")
    await expect(second.get_by_role("alert").filter(has_text="another window")).to_be_visible()


async def test_what_is_done_while_the_server_is_away_is_done_once_it_is_back(windows: Windows) -> None:
    session = await windows.question_time()
    where = windows.city.city.host_and_port
    async with Proxy(*where, random.Random(7), longest_bytes=0) as proxy:
        await windows.city.done("live_qa.ask", "mina", session=session, text=ASKED)
        page = await windows.open("/console", "ko", kept(windows.city.tokens["seoyeon"]))
        await page.goto(f"{proxy.url}/console#/questions/{session}")
        await expect(page.locator(".rows strong")).to_have_text([ASKED])
        proxy.is_kind = False
        proxy.cut_all()
        line = page.locator("header .line")
        await expect(line).to_have_text("다시 연결하는 중")
        await expect(page.locator(".rows strong")).to_have_text([ASKED])
        await page.keyboard.press("a")
        assert await faults_of(page) == []
        proxy.is_kind = True
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(line).to_have_text("연결됨")
        await expect(page.locator(".rows li")).to_have_count(0)
        desk = await windows.city.get("/api/v1/live_qa/desk", "jiho", session=session, which="open")
        assert [one["text"] for one in desk.json()["questions"]] == [ASKED]


async def test_a_city_that_is_away_when_the_console_opens_is_waited_for(windows: Windows) -> None:
    where = windows.city.city.host_and_port
    async with Proxy(*where, random.Random(7), longest_bytes=0) as proxy:
        page = await windows.open("/stage", "ko", kept(windows.city.tokens["seoyeon"]))
        await page.goto(f"{proxy.url}/console")
        await page.locator(".desk").wait_for()
        # Its files are there, and its line is not.
        await page.route_web_socket("**/ws", lambda socket: socket.close())
        await page.reload()
        await expect(page.get_by_role("status")).to_contain_text("계속 연결을 시도합니다")
        assert await faults_of(page) == []


@pytest.mark.parametrize("days", [1, -1], ids=["fast", "slow"])
async def test_a_machine_whose_clock_is_a_day_off_shows_the_citys_times(windows: Windows, days: int) -> None:
    session = await windows.question_time()
    await windows.city.done("live_qa.ask", "mina", session=session, text=ASKED)
    init = clock_off(days)
    page = await windows.open("/console", "en", init + kept(windows.city.tokens["seoyeon"]))
    await page.evaluate(f"location.hash = '/questions/{session}'")
    assert abs(await page.evaluate("Date.now()") / 1000 - days * 86_400 - time.time()) < 3_600
    about = page.locator(".rows .about")
    await expect(about).to_contain_text("ago")
    assert " h ago" not in await about.inner_text()
    assert " d ago" not in await about.inner_text()

    # Whose lease it is, and when the answer is over, are told by the same clock.
    row = (await windows.city.done("live_qa.claim", "jiho", session=session, question=1, version=1))["row"]
    await expect(page.locator(".claim")).to_contain_text("with ")
    about_it = {"session": session, "question": 1}
    row = (await windows.city.done("live_qa.approve", "jiho", **about_it, version=row["version"]))["row"]
    for how in ({"phase": "doors"}, {"phase": "live", "mode": "answering"}):
        await windows.city.done("live_qa.advance", "jiho", session=session, **how)
    desk = (await windows.city.get("/api/v1/live_qa/desk", "jiho", session=session, which="open")).json()
    pinned = {"version": desk["questions"][0]["version"], "to": "now", "office": "mayor"}
    await windows.city.done("live_qa.pin", "jiho", **about_it, **pinned)
    await expect(page.locator(".running .largest")).to_contain_text(" left")
    screen = await windows.open(f"/stage#{session}", "en", init)
    await expect(screen.locator(".timer")).to_contain_text(" left")


@pytest_asyncio.fixture(loop_scope="session")
async def closed(chromium: Chromium, tmp_path: Path) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path, visitors={"admitted": False}) as windows, windows.stack:
        yield windows


async def test_where_no_visitors_come_in_the_screen_is_opened_by_the_console_and_takes_no_line_from_it(
    closed: Windows,
) -> None:
    session = await closed.question_time()
    page = await closed.console("seoyeon", "ko", f"questions/{session}")
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="무대 화면").click()
    screen = await opened.value
    await expect(screen.locator("h1")).to_have_text("시장과의 대화")
    await closed.city.done("live_qa.advance", "jiho", session=session, phase="doors")
    await expect(screen.locator("header p")).to_have_text("입장")
    await expect(page.locator("header .line")).to_have_text("연결됨")
    assert await faults_of(screen) == []

    # By its address alone, it says what to do.
    stranger = await closed.open(f"/stage#{session}", "ko")
    await expect(stranger.locator(".wait")).to_contain_text("콘솔의 ‘무대 화면’에서")
    assert await faults_of(stranger) == []


async def test_the_screen_is_dark_at_dusk_and_bright_by_day_and_keeps_what_was_chosen(
    windows: Windows,
) -> None:
    session = await windows.question_time()
    screen = await windows.open(f"/stage#{session}", "ko", viewport={"width": 1920, "height": 1080})
    await expect(screen.locator(".ask")).to_have_text(
        f"질문하는 곳 {windows.url.removeprefix('http://')}/plain"
    )
    light = "parseInt(getComputedStyle(document.body).backgroundColor.slice(4)) > 127"
    assert await screen.evaluate(light) is False
    await expect(screen.locator("button.light")).to_have_count(0)
    await screen.keyboard.press("d")
    assert await screen.evaluate(light) is True
    await expect(screen.locator("button.light")).to_have_text("어두운 화면 d")
    assert await faults_of(screen) == []
    await screen.reload()
    await expect(screen.locator("h1")).to_have_text("시장과의 대화")
    assert await screen.evaluate(light) is True
