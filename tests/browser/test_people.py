"""Who is near: the nearest first, and nobody changes places under a hand; what is told meanwhile lies over no panel."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, come_in, settled, until
from tests.support.web_city import WebCity, web_city
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)

OVER_THE_SHEET = """() => {
    const [told, sheet] = [".notices p", ".sheet"].map((each) =>
        [...document.querySelectorAll(each)].at(-1).getBoundingClientRect());
    return told.bottom > sheet.top + 1 && told.right > sheet.left + 1 && told.left < sheet.right - 1;
}"""


OPENED_AT_ONCE = """() => {
    document.querySelector(".menu button").click();
    return document.querySelector(".street").classList.contains("with_sheet");
}"""

IS_DOTTED = """(() => {
    const chart = document.querySelector(".chart"), pixels = chart.getContext("2d");
    const { data } = pixels.getImageData(0, 0, chart.width, chart.height);
    for (let at = 0; at < data.length; at += 4)
        if (data[at] === 0x2f && data[at + 1] === 0x4a && data[at + 2] === 0x73) return true;
    return false;
})()"""


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path, limits={"commands_per_s": 0, "enter_at_per_s": 0}) as city:
        yield city


async def near(page: Page) -> None:
    """The panel of who is near is open, and no hand is on it."""
    await page.get_by_role("button", name="가까운 사람", exact=True).click()
    await page.locator(".sheet .body > :visible").first.wait_for()
    await page.mouse.move(5, 5)
    await page.locator(".street > canvas").focus()


async def test_the_nearest_come_first_and_nobody_changes_places_under_a_hand(
    city: WebCity, windows: Windows
) -> None:
    page = await windows.open()
    await come_in(page, "하나")
    await settled(page)
    district, x, z = await page.evaluate("[madang.client.place.district, madang.stride.x, madang.stride.z]")
    names = page.locator(".people bdi")
    async with AsyncExitStack() as stack:
        guests = [await stack.enter_async_context(city.city.guest()) for _ in range(3)]
        mina, junho, sora = guests
        for guest, name, away in ((mina, "Mina", 3), (junho, "Junho", 9), (sora, "Sora", 25)):
            await guest.greet(name=name)
            await guest.enter(district, at={"x": x + away, "z": z})
        await near(page)
        await expect(names).to_have_text(["Mina", "Junho", "Sora"])
        await expect(page.locator(".people small").first).to_contain_text("3 m")
        await mina.enter(district, 2, at={"x": x + 14, "z": z})
        await expect(names).to_have_text(["Junho", "Mina", "Sora"])

        # how far they are goes on being told, where they stand in the list does not change
        await page.locator(".people li").first.hover()
        await mina.enter(district, 3, at={"x": x + 2, "z": z})
        await expect(page.locator(".people li", has_text="Mina")).to_contain_text("2 m")
        await sora.say(type="goodbye", code="bye", message="")
        await expect(page.locator(".people li", has_text="Sora")).to_contain_text("떠남")
        await expect(names).to_have_text(["Junho", "Mina", "Sora"])
        await page.mouse.move(5, 5)
        await expect(names).to_have_text(["Mina", "Junho"])


async def test_the_map_shows_who_is_there_and_that_a_panel_opens_is_known_before_the_next_frame(
    city: WebCity, windows: Windows
) -> None:
    page = await windows.open()
    await come_in(page, "하나")
    await settled(page)
    await page.evaluate("madang.eye.face(0)")  # what one looks at is tinted
    assert await page.evaluate(OPENED_AT_ONCE)
    district, x, z = await page.evaluate("[madang.client.place.district, madang.stride.x, madang.stride.z]")
    await page.locator(".sheet .chart").wait_for()
    async with city.city.guest() as mina:
        await mina.greet(name="Mina")
        await mina.enter(district, at={"x": x + 14, "z": z})
        await until(page, IS_DOTTED)
    await until(page, f"!({IS_DOTTED})")


@pytest.mark.parametrize("size", [(360, 480), (390, 844), (740, 400), (1280, 720)], ids=str)
async def test_what_is_told_in_passing_never_lies_over_an_open_panel(
    windows: Windows, size: tuple[int, int]
) -> None:
    page = await windows.open(viewport={"width": size[0], "height": size[1]})
    await come_in(page, "하나")
    await settled(page)
    await page.get_by_role("button", name="지도", exact=True).click()
    await page.locator(".sheet .chart").wait_for()
    for _ in range(3):
        # in a corner of the district nobody can walk to what lies outside of it
        await page.evaluate("madang.happenings.noWay()")
    await expect(page.locator(".notices p").last).to_be_visible()
    assert not await page.evaluate(OVER_THE_SHEET)
