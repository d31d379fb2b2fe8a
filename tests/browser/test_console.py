"""The console in a real browser: a question is taken, published and answered by keys; others see each step at once."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from server.auth import Claims, issue_token, keep_secret
from tests.support.browser import LAUNCH, PATIENCE_MS, faults_of
from tests.support.web_city import WebCity, web_city

STAFF = ("host", "moderator", "operator")


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        for sub, name in (("seoyeon", "한서연"), ("jiho", "윤지호")):
            claims = Claims(sub=sub, name=name, roles=list(STAFF), grants=["head_moderator"])
            secret = keep_secret(tmp_path / "data")
            city.tokens[sub] = issue_token(secret, claims, issuer="madang", now=int(time.time()), hours=1)
        yield city


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        yield browser
        await browser.close()


async def console(browser: Browser, stack: AsyncExitStack, city: WebCity, who: str, language: str) -> Page:
    """A window of the console's own, signed in."""
    context = await browser.new_context(locale=language)
    stack.push_async_callback(context.close)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: pytest.fail(f"the page has a fault: {error}"))
    page.on(
        "console",
        lambda told: pytest.fail(told.text) if "Content Security Policy" in told.text else None,
    )
    await page.goto(f"http://{city.city.address}/console")
    await page.locator("textarea").fill(city.tokens[who])
    await page.locator("button[type=submit]").click()
    await page.locator(".desk").wait_for()
    return page


async def a_question_time(city: WebCity) -> str:
    """One that collects questions already."""
    now = int(time.time() * 1000)
    minutes = [now + n * 60_000 for n in (20, 30, 60, 120)]
    told = await city.done(
        "live_qa.schedule",
        "seoyeon",
        title={"ko": "시장과의 대화", "en": "An hour with the mayor"},
        district="hall",
        stage="lectern",
        collects_at=minutes[0],
        doors_at=minutes[1],
        starts_at=minutes[2],
        ends_at=minutes[3],
    )
    session = str(told["session"])
    await city.done("live_qa.advance", "seoyeon", session=session, phase="collecting")
    return session


async def test_two_moderators_work_one_inbox_by_keys(city: WebCity, browser: Browser) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with AsyncExitStack() as stack:
        session = await a_question_time(city)
        seoyeon = await console(browser, stack, city, "seoyeon", "ko")
        jiho = await console(browser, stack, city, "jiho", "en")
        for page in (seoyeon, jiho):
            await page.evaluate("location.hash = '/questions'")
            await expect(page.locator("h1")).to_have_text(
                ["시장과의 대화", "An hour with the mayor"][page is jiho]
            )

        text = "<b>따릉이</b> 대여소를 늘려 주세요."
        await city.done("live_qa.ask", "mina", session=session, text=text)
        for page in (seoyeon, jiho):
            await expect(page.locator(".rows strong")).to_have_text([text])

        await seoyeon.keyboard.press("c")
        await expect(seoyeon.locator(".claim")).to_have_text("내가 처리 중")
        await expect(jiho.locator(".claim")).to_contain_text("with ")

        await seoyeon.keyboard.press("a")
        for page in (seoyeon, jiho):
            await expect(page.locator(".rows li")).to_have_count(0)
        await jiho.get_by_role("tab", name="List").click()
        await expect(jiho.locator(".rows strong")).to_have_text([text])


async def test_what_is_refused_is_told_at_the_form_and_nothing_is_lost(
    city: WebCity, browser: Browser
) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with AsyncExitStack() as stack:
        guest = await stack.enter_async_context(city.city.guest())
        mina = (await guest.greet(token=city.tokens["mina"]))["citizen"]["id"]
        page = await console(browser, stack, city, "seoyeon", "en")
        await page.evaluate(f"location.hash = '/citizens/{mina}'")
        await page.get_by_role("button", name="Sanction").click()
        await page.locator("dialog textarea").fill("Please do not.")
        await page.locator("dialog input[name=lasts_s]").fill("99999999")
        await page.locator("dialog button[type=submit]").click()
        await expect(page.locator("dialog .wrong")).to_be_visible()
        await expect(page.locator("dialog textarea")).to_have_value("Please do not.")
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)


async def test_every_view_opens_by_its_key_in_both_languages(city: WebCity, browser: Browser) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with AsyncExitStack() as stack:
        page = await console(browser, stack, city, "seoyeon", "en")
        links = page.locator("nav a")
        count = await links.count()
        assert count >= 8
        for n in range(count):
            await page.keyboard.press(str(n + 1))
            await expect(links.nth(n)).to_have_attribute("aria-current", "page")
            await expect(page.locator("main .empty", has_text="Loading")).to_have_count(0)
            assert await faults_of(page) == [], await links.nth(n).text_content()
        await page.get_by_role("button", name="한국어").click()
        await expect(page.locator("html")).to_have_attribute("lang", "ko")
        await expect(links.first).to_contain_text("실시간 지도")


async def test_who_is_no_staff_is_shown_no_view(city: WebCity, browser: Browser) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with AsyncExitStack() as stack:
        page = await console(browser, stack, city, "mina", "en")
        await expect(page.locator("main")).to_contain_text("You may not do this")
        await expect(page.locator("nav a")).to_have_count(0)


async def test_a_wrong_token_opens_nothing_and_is_told(city: WebCity, browser: Browser) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    page = await browser.new_page(locale="en")
    await page.goto(f"http://{city.city.address}/console")
    await page.locator("textarea").fill("not.a.token")
    await page.locator("button[type=submit]").click()
    await expect(page.locator("#door-said")).to_contain_text("not believed")
    await expect(page.locator(".desk")).to_have_count(0)
    assert await page.evaluate("sessionStorage.length") == 0
