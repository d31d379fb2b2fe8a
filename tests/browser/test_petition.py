"""A petition from filing to satisfaction, in two browsers: a citizen in the city, officials at the console."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, Chromium, come_in, faults_of, settled
from tests.support.web_city import WebCity
from tests.support.windows import Windows, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)

TITLE, TEXT = "깨진 보도블록 <i>3번 출구</i>", "세종대로의 보도블록이 깨졌습니다."
ANSWER = "내일 새 보도블록으로 바꾸겠습니다."
CONTACT = "02-2133-0000"
CONSOLE: dict[str, Any] = {"viewport": {"width": 1100, "height": 700}, "device_scale_factor": 1}


@pytest_asyncio.fixture(loop_scope="session")
async def street(chromium: Chromium, city: WebCity) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, f"http://{city.city.address}") as windows:
        yield windows


@pytest_asyncio.fixture(loop_scope="session")
async def hall(chromium: Chromium, city: WebCity) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, f"http://{city.city.address}") as windows:
        yield windows


async def desk(hall: Windows, city: WebCity, who: str, department: str = "") -> Page:
    """The petitions of a department, as one of its officials has them at the console."""
    page = await hall.open("/console", **CONSOLE)
    await page.locator("textarea").fill(city.tokens[who])
    await page.locator("button[type=submit]").click()
    await page.locator(".desk").wait_for()
    await page.evaluate(f"location.hash = '/petitions/{department}'")
    await page.locator("form.search select").wait_for()
    return page


async def taken(page: Page, key: str, **values: str) -> None:
    """One step by its key, with what its form asks for."""
    await page.keyboard.press(key)
    for name, value in values.items():
        field = page.locator(f"dialog [name={name}]")
        if await field.evaluate("element => element.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)
    if values:
        await page.locator("dialog button[type=submit]").click()
        await expect(page.locator("dialog")).to_have_count(0)


async def test_a_petition_goes_from_a_citizen_in_the_city_over_two_desks_to_satisfaction(
    city: WebCity, street: Windows, hall: Windows
) -> None:
    mina = await street.open()
    await come_in(mina, token=city.tokens["mina"])
    await settled(mina)
    room, officer = await desk(hall, city, "room"), await desk(hall, city, "officer", "roads")
    # An officer hears of what arrives from when they have taken their seat.
    seat = officer.get_by_role("region", name="내 자리")
    await seat.get_by_role("button", name="자리에 앉기").click()
    await officer.locator("dialog [name=contact]").fill(CONTACT)
    await officer.locator("dialog button[type=submit]").click()
    await expect(seat.get_by_role("status")).to_contain_text("자리에 앉아 있습니다")

    # Filed where one stands.
    await mina.get_by_role("button", name="민원", exact=True).click()
    await mina.get_by_label("어떤 민원인가요").select_option("other")
    await mina.get_by_label("제목", exact=True).fill(TITLE)
    await mina.get_by_label("내용", exact=True).fill(TEXT)
    await mina.get_by_label("이름", exact=True).fill("김미나")
    await mina.get_by_role("button", name="민원 신청하기").click()
    await mina.locator("section.paper").get_by_role("button", name="보기").click()
    await expect(mina.get_by_role("heading", name=TITLE)).to_be_visible()

    # The civil service room has it at once, whole and not as markup, and passes it on.
    await room.locator(".rows button").first.click()
    await expect(room.locator(".quote h3")).to_have_text(TITLE)
    assert await room.locator(".quote i").count() == 0
    await taken(room, "r", department="roads")
    await expect(room.locator(".rows li")).to_have_count(0)
    state = mina.locator(".facts dd").first
    await expect(state).to_have_text("담당 부서 지정")
    await expect(mina.locator(".facts")).to_contain_text(CONTACT)

    # The officer has it, reviews and answers; the citizen sees each step as it happens.
    await officer.locator(".rows button").first.click()
    await expect(officer.locator(".quote p").first).to_have_text(TEXT)
    await taken(officer, "b")
    await expect(officer.locator(".rows li")).to_contain_text("처리 중")
    await expect(state).to_have_text("처리 중")
    await taken(officer, "a", text=ANSWER)
    await expect(officer.locator(".rows li")).to_have_count(0)
    await expect(state).to_have_text("답변 완료")
    await expect(mina.locator(".history .paper", has_text=ANSWER)).to_be_visible()

    # And she says how satisfied she is, once; the desk hears it.
    ended = officer.locator(".ended")
    await ended.get_by_role("button").click()
    await expect(ended.locator(".lines")).to_contain_text(ANSWER)
    stars = mina.get_by_role("radio", name="5점")
    await stars.check(force=True)
    await mina.get_by_label("덧붙일 말 (선택)").fill("고맙습니다.")
    await mina.get_by_role("button", name="평가하기").click()
    await expect(mina.locator(".history")).to_contain_text("만족도 5점")
    await expect(stars).to_have_count(0)
    await expect(ended.get_by_role("button")).to_contain_text("만족도가 도착했습니다")
    await expect(ended.locator(".lines")).to_contain_text("만족도 5점")
    assert await faults_of(mina) == []
    assert await faults_of(officer) == []

    # The city knows that they sit there, and says so to a page that is new; then the officer goes.
    await officer.reload()
    await expect(seat.get_by_role("status")).to_contain_text("자리에 앉아 있습니다")
    await expect(seat.get_by_role("button", name="자리에 앉기")).to_have_count(0)
    await seat.get_by_role("button", name="자리 비우기").click()
    await expect(seat.get_by_role("button", name="자리에 앉기")).to_be_visible()
