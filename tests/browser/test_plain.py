"""The plain page in a real browser: without scripts, on a phone 320 px wide, in the dark, and as axe reads it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support.browser import LAUNCH, PATIENCE_MS, faults_of
from tests.support.web_city import WebCity, web_city

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
    "/plain/leave",
)


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path, limits={"commands_per_s": 0}) as city:
        yield city


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        yield browser
        await browser.close()


@asynccontextmanager
async def mina(city: WebCity, browser: Browser, **how: Any) -> AsyncIterator[Page]:
    """Mina's browser, signed in by a code."""
    bearer = {"Authorization": f"Bearer {city.tokens['mina']}"}
    code = (await city.browser.post("/api/codes", headers=bearer)).json()["code"]
    context = await browser.new_context(base_url=f"http://{city.city.address}", **how)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto("/plain/enter")
    await page.fill("#code", code)
    await page.click("main button")
    await page.wait_for_url("**/plain")
    yield page
    await context.close()


async def test_a_petition_is_filed_in_a_browser_whose_scripts_are_off(
    city: WebCity, browser: Browser
) -> None:
    async with mina(city, browser, java_script_enabled=False, locale="ko") as page:
        await page.goto("/plain/petitions/new?kind=other")
        await page.get_by_label("제목").fill("보도블록")
        await page.get_by_role("button", name="제출").click()
        await page.get_by_role("alert").get_by_role("link", name="내용: 써 주십시오.").click()
        assert page.url.endswith("#f-text")
        assert await page.get_by_label("제목").input_value() == "보도블록"
        await page.get_by_label("내용").fill("세종대로 보도블록이 깨졌습니다.")
        await page.get_by_label("이름").fill("김미나")
        await page.get_by_role("button", name="제출").click()
        await page.wait_for_url("**/receipt")
        assert await page.get_by_role("heading", level=1).inner_text() == "도착 확인증"
    mine = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    assert len(mine) == 1


@pytest.mark.parametrize(
    ("locale", "how"),
    [
        ("ko", {"viewport": {"width": 1100, "height": 800}}),
        ("ko", {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}),
        ("en", {"viewport": {"width": 320, "height": 640}}),
    ],
)
async def test_axe_finds_no_serious_fault_and_nothing_is_wider_than_the_page(
    city: WebCity, browser: Browser, locale: str, how: dict[str, Any]
) -> None:
    petition, _ = await city.receive(kind="suggestion")
    own = [f"/plain/petitions/{petition}{end}" for end in ("", "/receipt", "/amend", "/withdraw")]
    async with mina(city, browser, locale=locale, **how) as page:
        for path in [*PAGES, *own]:
            await page.goto(path)
            assert await page.evaluate("document.documentElement.lang") == locale
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= how["viewport"]["width"], path
            assert await faults_of(page) == [], path
        await page.goto("/plain/petitions/new?kind=other")
        await page.click("main button[value=file]")
        await page.locator("#faults").wait_for()
        assert await faults_of(page) == []
