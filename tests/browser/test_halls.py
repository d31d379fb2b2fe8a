"""Halls in a real browser: the sign of one's own, who is where, and the way over; the console's map by hall."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.connection import Connection
from tests.support.browser import Chromium, come_in, faults_of, settled
from tests.support.moderated_town import Citizen, ModeratedTown, mirrored_city, moderated_town
from tests.support.patience import until
from tests.support.windows import Windows, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")


TWO_SEATS = {"district_capacity": 2, "reserved_share": 0}


@asynccontextmanager
async def full_green(
    folder: Path, chromium: Chromium
) -> AsyncIterator[tuple[ModeratedTown, Windows, tuple[Citizen, Citizen]]]:
    """A town whose green has a mirror, and two who fill its main hall."""
    mirrored_city(folder, mirrors=1, district="green")
    async with (
        moderated_town(folder, crowd=TWO_SEATS) as town,
        windows_onto(chromium, f"http://{town.at.address}") as windows,
    ):
        seated = await town.welcome("하나"), await town.welcome("두리")
        for citizen in seated:
            await citizen.enter("green")
        yield town, windows, seated


def named(town: ModeratedTown, name: str) -> Connection:
    """Who is here by this name."""
    return next(
        who for who in town.at.node.router.present.values() if who.citizen and who.citizen.name == name
    )


async def test_one_reads_which_hall_one_is_in_and_crosses_where_a_seat_is_free(
    tmp_path: Path, chromium: Chromium
) -> None:
    async with full_green(tmp_path, chromium) as (town, windows, (one, _)):
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
        await expect(sign).to_be_focused()
        mina = named(town, "미나")
        assert mina.crowd is not None
        assert mina.crowd.district.hall_of(mina.slot) == 0


async def test_on_a_phone_what_is_told_lies_over_no_sign_of_a_hall(
    tmp_path: Path, chromium: Chromium
) -> None:
    async with full_green(tmp_path, chromium) as (_, windows, _):
        page = await windows.open(viewport={"width": 360, "height": 640})
        await come_in(page, "미나")
        await page.locator(".halls > button").click()
        await page.get_by_role("button", name="건너가기").click()
        told = page.locator(".notices p")
        await expect(told).to_contain_text("그 관에는 빈 자리가 없습니다.")
        halls, notice = await page.locator(".here").bounding_box(), await told.bounding_box()
        assert halls is not None
        assert notice is not None
        assert notice["y"] >= halls["y"] + halls["height"]


async def test_who_walked_up_to_someone_sits_in_their_hall_of_the_next_place(
    tmp_path: Path, chromium: Chromium
) -> None:
    mirrored_city(tmp_path, mirrors=1)
    async with (
        moderated_town(tmp_path, crowd=TWO_SEATS) as town,
        windows_onto(chromium, f"http://{town.at.address}") as windows,
    ):
        seated = [await town.citizen("하나"), await town.citizen("다나")]
        friend = await (await town.welcome("두리")).enter("green")
        page = await windows.open()
        await come_in(page, "미나")
        await settled(page)
        await page.get_by_role("button", name="가까운 사람", exact=True).click()
        await page.get_by_role("button", name="다가가기: 두리").click()
        mina = named(town, "미나")
        assert mina.citizen is not None
        who, near = mina.citizen.id, town.at.node.router.evidence.were_near
        await until(lambda: near(who, friend.id))
        await friend.enter("hall")
        # In the main hall is a seat again: who came alone would get it.
        await seated[0].enter("green")
        await page.evaluate("madang.client.enter('green', {x: 55, z: 30})")
        await expect(page.locator(".use button")).to_contain_text("마을회관으로")
        await page.locator(".use button").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("마을회관")
        await expect(page.locator(".halls > button")).to_have_text("2관")
        assert mina.crowd is not None
        assert mina.crowd.district.hall_of(mina.slot) == 1


async def console(windows: Windows, token: str, language: str) -> Page:
    """The live map of the green, for who may see it."""
    page = await windows.open("/console", locale=language)
    await page.locator("textarea").fill(token)
    await page.locator("button[type=submit]").click()
    await page.locator(".desk").wait_for()
    await page.evaluate("location.hash = '/live/green'")
    return page


async def test_at_the_console_a_hall_is_chosen_and_closed_and_its_people_are_told_where_they_sit(
    tmp_path: Path, chromium: Chromium
) -> None:
    async with full_green(tmp_path, chromium) as (town, windows, seated):
        mina = await windows.open()
        await come_in(mina, "미나")
        await expect(mina.locator(".halls > button")).to_have_text("2관")
        desk = await console(windows, town.token("지기", roles=["moderator@green"]), "ko-KR")
        english = await console(windows, town.token("aide", roles=["moderator@green"]), "en")
        here = desk.locator("dl.figures dd").first
        choice = desk.get_by_role("group", name="관", exact=True)
        await expect(choice.get_by_role("button")).to_have_text(["모든 관", "1관", "2관"])
        await expect(here).to_have_text("3")
        await choice.get_by_role("button", name="1관").click()
        await expect(here).to_have_text("2")
        await expect(choice.get_by_role("button", name="이 관 닫기")).to_have_count(0)
        await choice.get_by_role("button", name="2관").click()
        await expect(here).to_have_text("1")
        await expect(choice.locator("[aria-pressed=true]")).to_have_text("2관")
        assert await faults_of(desk) == []
        abroad = english.get_by_role("group", name="Halls")
        await expect(abroad.get_by_role("button")).to_have_text(["All halls", "Hall 1", "Hall 2"])
        await abroad.get_by_role("button", name="Hall 2").click()
        await expect(english.locator("dl.figures dd").first).to_have_text("1")

        # Nobody may lose their seat: where the other halls are full, it stays open and the console says why.
        await choice.get_by_role("button", name="이 관 닫기").click()
        await expect(desk.locator("dialog")).to_contain_text("빈 자리")
        assert await faults_of(desk) == []
        await desk.locator("dialog button[type=submit]").click()
        await expect(desk.locator("dialog .wrong")).to_be_visible()
        await expect(mina.locator(".halls > button")).to_have_text("2관")

        # Also when nobody is left in the main hall.
        for citizen in seated:
            await citizen.enter("hall")
        await expect(english.get_by_role("tab", name="Village green")).to_contain_text("1")
        await expect(abroad.get_by_role("button")).to_have_text(
            ["All halls", "Hall 1", "Hall 2", "Close this hall"]
        )
        await desk.locator("dialog button[type=submit]").click()
        await expect(desk.locator("dialog")).to_have_count(0)
        await expect(mina.locator(".notices")).to_contain_text("있던 관이 닫혀 1관으로 옮겨 앉았습니다.")
        await expect(mina.locator(".halls")).to_have_count(0)
        for page in (desk, english):
            await expect(page.locator("fieldset.acts")).to_have_count(0)
            await expect(page.locator("dl.figures dd").first).to_have_text("1")
