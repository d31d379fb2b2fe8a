"""The way into the city and into a full district: as oneself by a code, and by the line at the door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser import PATIENCE_MS, Chromium, come_in, faults_of, settled
from tests.support.node import served
from tests.support.web_city import WebCity, web_city
from tests.support.windows import windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    crowd = {"district_capacity": 2, "reserved_share": 0}
    async with web_city(tmp_path, crowd=crowd, limits={"commands_per_s": 0}) as city:
        yield city


async def test_who_types_a_code_comes_in_as_themselves_and_nothing_of_it_is_kept(
    chromium: Chromium, city: WebCity
) -> None:
    async with windows_onto(chromium, f"http://{city.city.address}") as windows:
        page = await windows.open()
        await come_in(page, token="AAAA-AAAA")
        await expect(page.get_by_role("alert")).to_contain_text("맞지 않는 코드")
        bearer = {"Authorization": f"Bearer {city.tokens['mina']}"}
        code = (await city.browser.post("/api/codes", headers=bearer)).json()["code"]
        await come_in(page, token=code.lower())
        await settled(page)
        assert await page.evaluate("madang.client.citizen.name") == "미나"
        assert await page.evaluate("sessionStorage.length") == 0
        assert code not in page.url


async def test_before_a_full_district_one_is_told_ones_place_and_goes_in_when_somebody_leaves(
    chromium: Chromium, city: WebCity
) -> None:
    async with windows_onto(chromium, f"http://{city.city.address}") as windows, city.city.guest() as first:
        page = await windows.open()
        await first.greet(name="First")
        where = (await city.get("/api/city")).json()["districts"][0]["id"]
        await first.enter(where)
        async with city.city.guest() as second:
            await second.greet(name="Second")
            await second.enter(where)
            await come_in(page, "하나")
            line = page.locator(".outside")
            await expect(line).to_contain_text("줄의 1번째")
            assert await faults_of(page) == []
            await second.say(type="goodbye", code="bye", message="")
            await settled(page)
        await expect(line).to_have_count(0)


async def test_who_does_not_want_to_wait_goes_elsewhere(chromium: Chromium, city: WebCity) -> None:
    async with (
        windows_onto(chromium, f"http://{city.city.address}") as windows,
        city.city.guest() as first,
        city.city.guest() as second,
    ):
        places = (await city.get("/api/city")).json()["districts"]
        for guest in (first, second):
            await guest.greet()
            await guest.enter(places[0]["id"])
        page = await windows.open()
        await come_in(page, "하나")
        await page.locator(".outside").get_by_role("button", name=places[1]["name"]["ko"]).click()
        await settled(page)
        await expect(page.get_by_role("heading", level=1)).to_have_text(places[1]["name"]["ko"])
        await expect(page.locator(".outside")).to_have_count(0)


async def test_a_city_without_services_offers_none(chromium: Chromium, tmp_path: Path) -> None:
    async with (
        served(tmp_path) as hamlet,
        windows_onto(chromium, f"http://{hamlet.address}") as windows,
    ):
        page = await windows.open()
        await expect(page.locator(".lead")).to_contain_text("이야기합니다")
        await come_in(page, "하나")
        await settled(page)
        await expect(page.locator(".menu button")).to_have_text(["지도", "가까운 사람", "설정"])
        await page.goto(f"http://{hamlet.address}/plain?lang=en")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Hamlet: places and events")
