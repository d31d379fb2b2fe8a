"""A link to where one stands: copied from the map, it brings who opens it there, or as near as they may go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, come_in, faults_of, settled, until
from tests.support.web_city import WebCity, web_city
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)

NO_CLIPBOARD = "void (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')))"
NEAR_M = 2.5


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path, limits={"commands_per_s": 0, "enter_at_per_s": 0}) as city:
        yield city


async def stands_near(page: Page, x: float, z: float) -> None:
    await until(page, f"Math.hypot(madang.stride.x - {x}, madang.stride.z - {z}) < {NEAR_M}")


async def test_who_opens_a_link_comes_in_beside_who_copied_it(windows: Windows) -> None:
    page = await windows.open()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await come_in(page, "하나")
    await settled(page)
    await page.evaluate("madang.client.enter('hall', {x: 30, z: 30})")
    await stands_near(page, 30, 30)
    await page.get_by_role("button", name="지도", exact=True).click()
    copy = page.locator(".sheet").get_by_role("button", name="이곳으로 오는 링크 복사")
    await copy.click()
    await expect(page.locator(".notices")).to_contain_text("링크를 복사했습니다")
    link: str = await page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{windows.url}/?district=hall&at=")

    # where a browser lets nothing be copied, one copies by hand
    await page.evaluate(NO_CLIPBOARD)
    await copy.click()
    await expect(page.get_by_label("이곳으로 오는 링크", exact=True)).to_have_value(link)
    assert await faults_of(page) == []

    other = await windows.open(link.removeprefix(windows.url) + "&debug", locale="en-GB")
    await come_in(other, "Junho")
    await settled(other)
    await expect(other.get_by_role("heading", level=1)).to_have_text("Village hall")
    await stands_near(other, 30, 30)


async def test_a_link_to_where_one_may_not_go_leads_to_the_entrance_and_says_so(windows: Windows) -> None:
    page = await windows.open("/?debug&district=hall&at=29,12", locale="en-GB")
    await come_in(page, "Junho")
    await settled(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Village hall")
    await expect(page.locator(".notices")).to_contain_text("came in at the entrance")
    assert await page.evaluate("madang.stride.z") > 18, "in the office"


@pytest.mark.parametrize("at", ["NaN,3", "1e9,2", "<b>,2", "-4,5", "5", ""])
async def test_a_link_that_is_not_whole_is_a_link_to_the_district(windows: Windows, at: str) -> None:
    page = await windows.open(f"/?debug&district=hall&at={at}")
    await come_in(page, "하나")
    await settled(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("마을회관")
