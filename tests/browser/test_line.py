"""The city's page and its line: cut, suspended, of another window, too late; and clocks and names as they come."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from server.auth import Claims, issue_token
from tests.support.browser import PATIENCE_MS, clock_off, come_in, faults_of, settled, until
from tests.support.proxy import Proxy
from tests.support.web_city import WebCity, web_city
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)

HOUR_MS = 3_600_000

SEEN_OR_NOT = """(isHidden) => {
    Object.defineProperty(document, "hidden", {get: () => isHidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""What a browser tells a page when its tab is left, and looked at again."""

FRAMES = "madang.gauge.read().frames"
"""How many a page has drawn."""

LINES = 300
"""More than the page keeps (200), and than one acknowledgement is for (64)."""


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    limits = {"chat_per_s": 0, "commands_per_s": 0}
    async with web_city(tmp_path, limits=limits) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="session")
async def proxy(city: WebCity) -> AsyncIterator[Proxy]:
    """A way to the city that is cut, and passes nothing, while `is_kind` is false."""
    async with Proxy(*city.city.host_and_port, random.Random(7), longest_bytes=0) as proxy:
        yield proxy


def cut(proxy: Proxy) -> None:
    """From now on nothing passes."""
    proxy.is_kind = False
    proxy.cut_all()


async def test_a_petition_that_is_sent_while_the_line_is_cut_is_filed_once(
    city: WebCity, windows: Windows, proxy: Proxy
) -> None:
    page = await windows.open(url=proxy.url)
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    await page.get_by_role("button", name="민원", exact=True).click()
    await page.get_by_label("어떤 민원인가요").select_option("other")
    await page.get_by_label("제목", exact=True).fill("깨진 보도블록")
    await page.get_by_label("내용", exact=True).fill("세종대로의 보도블록이 깨졌습니다.")
    await page.get_by_label("이름", exact=True).fill("김미나")
    before = await page.evaluate("[madang.client.welcome.session, madang.client.place.slot]")

    cut(proxy)
    bar = page.locator(".link_bar")
    await expect(bar).to_be_visible()
    assert await faults_of(page) == []
    send = page.get_by_role("button", name="민원 신청하기")
    await send.press("Enter")
    await expect(send).to_be_disabled()
    await expect(send).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("제목", exact=True)).to_have_value("깨진 보도블록")
    assert (await city.get("/api/v1/petitions/mine", "mina")).json()["items"] == []

    proxy.is_kind = True
    # where the next attempt is just beginning, there is nothing to hurry
    await page.evaluate("madang.client.hurry()")
    await expect(page.get_by_role("heading", name="민원이 도착했습니다")).to_be_visible()
    await expect(bar).to_have_count(0)
    assert len((await city.get("/api/v1/petitions/mine", "mina")).json()["items"]) == 1
    after = await page.evaluate("[madang.client.welcome.session, madang.client.place.slot]")
    assert after == before, "the session goes on, in the same place"


async def test_what_is_said_while_the_line_is_cut_arrives_once_and_in_order(
    city: WebCity, windows: Windows, proxy: Proxy
) -> None:
    page = await windows.open(url=proxy.url)
    await come_in(page, "하나")
    await settled(page)
    district = await page.evaluate("madang.client.place.district")
    async with city.city.guest() as guest:
        await guest.greet(name="Junho")
        await guest.enter(district)
        await guest.say(type="chat.say", id=2, text="하나", to="district")
        await guest.hear("done", id=2)
        await expect(page.locator(".said_line .what")).to_have_text(["하나"])
        cut(proxy)
        await expect(page.locator(".link_bar")).to_be_visible()
        for n, text in enumerate(("둘", "셋", "넷"), 3):
            await guest.say(type="chat.say", id=n, text=text, to="district")
            await guest.hear("done", id=n)
        proxy.is_kind = True
        await page.evaluate("madang.client.hurry()")
        # the notice first, as it goes after some seconds
        await expect(page.locator(".notices .good")).to_be_visible()
        await expect(page.locator(".said_line .what")).to_have_text(["하나", "둘", "셋", "넷"])


async def test_a_page_that_was_suspended_shows_what_is_true_when_it_is_woken_and_keeps_only_what_it_shows(
    city: WebCity, windows: Windows
) -> None:
    page = await windows.open()
    await come_in(page, "하나")
    await settled(page)
    district = await page.evaluate("madang.client.place.district")
    async with city.city.guest() as guest:
        await guest.greet(name="Junho")
        place = await guest.enter(district)
        await until(page, "madang.client.others().count === 1")
        browser = await page.context.new_cdp_session(page)
        await browser.send("Page.setWebLifecycleState", {"state": "frozen"})
        for n in range(LINES):
            await guest.say(type="chat.say", id=n + 2, text=f"{n}", to="district")
            await guest.hear("done", id=n + 2)
        moved = await guest.enter(district, LINES + 2, at={"x": place["x"] + 6, "z": place["z"]})
        await browser.send("Page.setWebLifecycleState", {"state": "active"})
        await page.bring_to_front()

        there = f"madang.client.others().x[0] - {moved['x']}, madang.client.others().z[0] - {moved['z']}"
        await until(page, f"madang.client.others().count === 1 && Math.hypot({there}) < 0.1")
        lines = page.locator(".said_line .what")
        await expect(lines.last).to_have_text(str(LINES - 1))
        await expect(lines).to_have_text([str(n) for n in range(LINES - 200, LINES)])
        assert await page.evaluate("madang.labels.spoken.size") <= 64
        assert await page.evaluate("madang.client.state") == "here"


async def test_a_page_that_was_hidden_for_an_hour_is_true_when_it_is_seen_again_and_makes_up_for_nothing(
    city: WebCity, windows: Windows
) -> None:
    page = await windows.open(has_own_clock=True)
    await come_in(page, "하나")
    await settled(page)
    district, session = await page.evaluate("[madang.client.place.district, madang.client.welcome.session]")
    async with city.city.guest() as junho, city.city.guest() as sora:
        for guest, name in ((junho, "Junho"), (sora, "Sora")):
            await guest.greet(name=name)
            place = await guest.enter(district)
        await until(page, "madang.client.others().count === 2")
        # no timer and no frame of it runs from here on: only what the city tells arrives
        await page.evaluate(SEEN_OR_NOT, True)
        await page.clock.pause_at(await page.evaluate("Date.now()") / 1000 + 1)
        for n in range(LINES):
            await junho.say(type="chat.say", id=n + 2, text=f"{n}", to="district")
            await junho.hear("done", id=n + 2)
        moved = await junho.enter(district, LINES + 2, at={"x": place["x"] + 6, "z": place["z"]})
        await sora.say(type="goodbye", code="bye", message="")
        # all of it was said within the hour: on a slow machine some would be heard after it
        heard = f"[...madang.labels.spoken.values()].some(({{ text }}) => text === '{LINES - 1}')"
        async with asyncio.timeout(60):
            while not await page.evaluate(heard):
                pass

        drawn = await page.evaluate("madang.gauge.read().frames")
        await page.clock.fast_forward(HOUR_MS)
        await page.clock.resume()
        await page.evaluate(SEEN_OR_NOT, False)
        there = f"madang.client.others().x[0] - {moved['x']}, madang.client.others().z[0] - {moved['z']}"
        await until(page, f"madang.client.others().count === 1 && Math.hypot({there}) < 0.1")
        lines = page.locator(".said_line .what")
        await expect(lines).to_have_text([str(n) for n in range(LINES - 200, LINES)])
        # what was said an hour ago hangs over no head, and nobody is told what happened meanwhile one by one
        hanging = (
            "[...document.querySelectorAll('.said')].filter((e) => e.checkVisibility() && e.textContent)"
        )
        shown = await page.evaluate("madang.gauge.read().frames")
        await until(page, f"madang.gauge.read().frames > {shown} + 2")
        assert await page.evaluate(f"{hanging}.length") == 0
        assert await page.locator(".notices p").count() <= 1
        await expect(page.locator(".link_bar")).to_have_count(0)
        assert await page.evaluate("madang.gauge.read().frames") < drawn + 600
        assert await page.evaluate("[madang.client.state, madang.client.welcome.session]") == [
            "here",
            session,
        ]
        # and one walks on
        await page.locator(".street > canvas").focus()
        x, z = await page.evaluate("[madang.stride.x, madang.stride.z]")
        await page.keyboard.down("w")
        await until(page, f"Math.hypot(madang.stride.x - {x}, madang.stride.z - {z}) > 1")
        await page.keyboard.up("w")


async def test_who_was_ended_by_another_window_stays_so_and_does_not_take_the_place_back(
    city: WebCity, windows: Windows
) -> None:
    first, second = await windows.open(), await windows.open(locale="en-GB")
    await come_in(second, token=city.tokens["mina"])
    await settled(second)
    await come_in(first, token=city.tokens["mina"])
    await settled(first)
    told = second.get_by_role("alertdialog")
    await expect(told).to_contain_text("You came in from another window")
    await told.get_by_role("button").click()
    await come_in(second, token=city.tokens["mina"])
    told = first.get_by_role("alertdialog")
    await expect(told).to_contain_text("다른 창에서")
    assert await faults_of(first) == []
    kept = await first.evaluate(FRAMES)
    await settled(second)
    await first.evaluate("madang.client.hurry()")
    await second.locator(".street > canvas").focus()
    drawn = await second.evaluate(FRAMES)
    await until(second, f"{FRAMES} > {drawn + 5}")
    assert await second.evaluate("madang.client.state") == "here"
    await expect(told).to_be_visible()
    assert await first.evaluate(FRAMES) == kept, "it goes on drawing what nobody walks in"
    await first.set_viewport_size({"width": 640, "height": 360})
    await until(first, f"{FRAMES} > {kept}")


async def test_a_token_that_has_expired_is_told_as_such_and_the_next_one_is_believed(
    city: WebCity, windows: Windows
) -> None:
    long_ago = int(time.time()) - 7200
    old = issue_token(city.secret, Claims(sub="mina", name="미나"), issuer="madang", now=long_ago, hours=1)
    page = await windows.open()
    await come_in(page, token=old)
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("만료되었거나")
    assert await faults_of(page) == []
    await page.get_by_role("button", name="English").click()
    await expect(alert).to_contain_text("it has expired, or is not of this city")
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    assert await page.evaluate("madang.client.citizen.name") == "미나"


@pytest.mark.parametrize("days", [1, -1], ids=["fast", "slow"])
async def test_a_clock_that_is_a_day_off_changes_nothing_of_the_citys_times(
    city: WebCity, windows: Windows, days: int
) -> None:
    page = await windows.open(script=clock_off(days))
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    assert abs(await page.evaluate("Date.now()") / 1000 - days * 86_400 - time.time()) < 3_600
    assert abs(await page.evaluate("madang.serverTime()") / 1000 - time.time()) < 3_600
    citizen = await page.evaluate("madang.client.citizen.id")
    mute = {"citizens": [citizen], "kind": "mute", "reason": "spam", "words": "도배", "scope": ""}
    await city.done("moderation.sanction", "host", **mute, lasts_s=1_200)
    await expect(page.locator(".restrained")).to_be_visible()


async def test_a_city_that_is_away_at_the_start_is_waited_for(windows: Windows, proxy: Proxy) -> None:
    page = await windows.open(url=proxy.url)
    await page.route("**/api/city", lambda route: route.abort())
    await page.reload()
    await expect(page.get_by_role("status")).to_contain_text("연결할 수 없")
    assert await faults_of(page) == []
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("status")).to_contain_text("The city cannot be reached")
    await page.unroute("**/api/city")
    await page.locator("button[type=submit][aria-disabled=false]").wait_for()
    cut(proxy)
    await come_in(page, "하나")
    await expect(page.get_by_role("alert")).not_to_be_empty()
    await expect(page.locator("input[name=name]")).to_have_value("하나")
    proxy.is_kind = True
    await come_in(page, "하나")
    await settled(page)


async def overflowing(page: Page) -> list[str]:
    """What is wider than what it stands in."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("html, .sheet, .sheet .body, .chat, .log, .here, .menu")]
            .filter((each) => each.scrollWidth > each.clientWidth + 1)
            .map((each) => `${each.className} ${each.scrollWidth} > ${each.clientWidth}`)"""
    )
    return found


async def test_long_names_and_those_written_from_right_to_left_stay_in_their_places(
    city: WebCity, windows: Windows
) -> None:
    long, arabic = "W" * 40, "\u202eمدينة سيول تجمع الناس في ساحة كبيرة"
    page = await windows.open(viewport={"width": 360, "height": 640})
    await come_in(page, "하나")
    await settled(page)
    district = await page.evaluate("madang.client.place.district")
    async with city.city.guest() as first, city.city.guest() as second:
        for guest, name in ((first, long), (second, arabic)):
            await guest.greet(name=name)
            await guest.enter(district)
            await guest.say(type="chat.say", id=2, text=name * 3, to="district")
            await guest.hear("done", id=2)
        await page.locator(".chat .fold").click()
        await expect(page.locator(".said_line")).to_have_count(2)
        assert await overflowing(page) == []
        await page.get_by_role("button", name="가까운 사람", exact=True).click()
        await expect(page.locator(".people li")).to_have_count(2)
        assert await overflowing(page) == []
        assert await faults_of(page) == []
        await page.locator(".people li", has_text="مدينة").get_by_role("button").last.click()
        await expect(page.locator(".person h3")).to_be_visible()
        assert await overflowing(page) == []
        # within a sentence of ours a name turns no other word
        await page.get_by_role("button", name="귓속말", exact=True).click()
        await expect(page.locator(".to.whisper bdi")).to_contain_text("\u2069에게 귓속말")
