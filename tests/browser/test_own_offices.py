"""The offices that one was given, as the city's page tells of them: at once, in the settings, and on coming back."""

import time

import pytest
from playwright.async_api import expect

from tests.support.browser import PATIENCE_MS, come_in, faults_of, settled
from tests.support.web_city import WebCity
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)


async def test_in_the_city_one_is_told_of_it_sees_until_when_and_lays_it_down(
    city: WebCity, windows: Windows
) -> None:
    page = await windows.open()
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    mina = await page.evaluate("madang.client.citizen.id")
    until = round(time.time() * 1000) + 30 * 86_400_000
    given = {"office": "moderator", "citizen": mina, "scope": "hall", "until": until}
    await city.done("offices.give", "chief", **given, words="여름 동안")
    await expect(page.locator(".notices")).to_contain_text("직무를 맡았습니다: 진행 요원")
    await expect(page.locator(".notices")).to_contain_text("여름 동안")
    assert await page.evaluate("madang.client.citizen.roles") == ["citizen", "moderator@hall"]
    await page.get_by_role("button", name="설정", exact=True).click()
    own = page.locator(".rows li", has_text="진행 요원")
    await expect(own).to_contain_text("까지")
    assert await faults_of(page) == []
    await own.get_by_role("button").click()
    await expect(own).to_contain_text("내려놓음")
    await expect(own.get_by_role("button")).to_have_count(0)
    assert await page.evaluate("madang.client.citizen.roles") == ["citizen"]

    # What ended while one was away is told on coming back.
    await city.done("offices.give", "chief", **given)
    await expect(own.get_by_role("button")).to_have_count(1)
    rows = (await city.get("/api/v1/offices/mine", "mina")).json()["offices"]
    await page.close()
    await city.done("offices.end", "chief", given=rows[0]["given"], words="고맙습니다")
    page = await windows.open()
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    await expect(page.locator(".notices")).to_contain_text("직무가 거두어졌습니다: 진행 요원. 고맙습니다")
