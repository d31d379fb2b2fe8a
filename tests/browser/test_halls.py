"""Halls in a real browser: the sign of one's own, who is where, and the way over; the console's map by hall."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.browser import Chromium, come_in, faults_of
from tests.support.moderated_town import mirrored_city, moderated_town
from tests.support.windows import windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_one_reads_which_hall_one_is_in_and_crosses_where_a_seat_is_free(
    tmp_path: Path, chromium: Chromium
) -> None:
    mirrored_city(tmp_path, mirrors=1, district="green")
    seats = {"district_capacity": 2, "reserved_share": 0}
    async with (
        moderated_town(tmp_path, crowd=seats) as town,
        windows_onto(chromium, f"http://{town.at.address}") as windows,
    ):
        one, other = await town.welcome("하나"), await town.welcome("두리")
        for citizen in (one, other):
            await citizen.enter("green")
        page = await windows.open()
        await come_in(page, "미나")
        sign = page.locator(".halls > button")
        await expect(sign).to_have_text("2관")
        await sign.click()
        await expect(page.locator(".halls li")).to_have_text(
            ["1관2석 중 2명건너가기", "2관2석 중 1명지금 여기"]
        )
        assert await faults_of(page) == []
        await page.get_by_role("button", name="건너가기").click()
        await expect(page.locator(".notices")).to_contain_text("그 관에는 빈 자리가 없습니다.")

        await one.enter("green", hall=1)
        await page.get_by_role("button", name="건너가기").click()
        await expect(sign).to_have_text("1관")
        mina = next(
            who for who in town.at.node.router.present.values() if who.citizen and who.citizen.name == "미나"
        )
        assert mina.crowd is not None
        assert mina.crowd.district.hall_of(mina.slot) == 0
