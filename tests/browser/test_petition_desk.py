"""The petition desk of the console: an officer answers on a phone and at a desk; a whole petition by keys alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser import Chromium, faults_of
from tests.support.console import Windows, tab_to, windows_onto
from tests.support.web_city import a_petition

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Chromium, tmp_path: Path) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path) as windows, windows.stack:
        yield windows


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 780}, {"width": 1280, "height": 800}])
async def test_an_officer_reads_a_petition_once_it_is_in_their_hands_and_answers_by_keys(
    windows: Windows, viewport: Any
) -> None:
    petition, number = await windows.city.receive()
    await windows.city.done("petitions.route", "room", petition=petition, department="roads")
    page = await windows.console("officer", "ko", "petitions/roads", viewport=viewport)
    await page.locator(".rows button", has_text=number).click()
    detail = page.locator(".detail")
    await expect(detail.locator(".acts button")).to_have_count(2)
    await page.keyboard.press("b")
    # who sits at the desk has read it before: that it has begun is told by what can be done now
    await expect(detail.locator(".acts button")).to_have_count(4)
    await expect(detail.locator(".quote p").first).to_contain_text("보도블록이 깨졌습니다.")
    assert await faults_of(page) == []
    await page.keyboard.press("a")
    await expect(page.locator("dialog textarea")).to_be_focused()
    assert await faults_of(page) == []
    await page.keyboard.insert_text("내일 고치겠습니다.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".rows button", has_text=number)).to_have_count(0)
    mine = (await windows.city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    assert [one["state"] for one in mine if one["petition"] == petition] == ["answered"]


async def test_a_petition_goes_over_two_desks_by_keys_alone(windows: Windows) -> None:
    filed = await windows.city.done("petitions.file", "mina", **a_petition("other"))
    room = await windows.console("room", "en")
    await room.keyboard.press("2")
    await expect(room.locator("h1")).to_have_text("Petitions")
    await expect(room.locator(".rows [aria-current=true]")).to_contain_text("not received")
    await room.keyboard.press("r")
    await expect(room.locator("dialog select")).to_be_focused()
    await room.keyboard.type("Roads")
    await room.keyboard.press("Control+Enter")
    await expect(room.locator(".rows li", has_text="not received")).to_have_count(0)

    officer = await windows.console("officer", "en")
    keys = officer.keyboard
    await keys.press("2")
    await expect(officer.locator("form.search select")).to_be_visible()
    while await officer.evaluate("document.activeElement.tagName") != "SELECT":
        await keys.press("Tab")
    await keys.type("Roads")
    await tab_to(officer, "Take your seat")
    await expect(officer.locator("dialog input")).to_be_focused()
    await keys.insert_text("02-2133-0000")
    await keys.press("Enter")
    await expect(officer.locator(".seat [role=status]")).to_contain_text("taken your seat")
    shown = (await windows.city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    [number] = [one["number"] for one in shown if one["petition"] == filed["petition"]]
    chosen = officer.locator(".rows [aria-current=true]")
    for _ in range(await officer.locator(".rows li").count()):
        if number in await chosen.inner_text():
            break
        await keys.press("j")
    await expect(chosen).to_contain_text(number)
    await keys.press("b")
    await expect(chosen).to_contain_text("In review")
    await keys.press("a")
    await expect(officer.locator("dialog textarea")).to_be_focused()
    await keys.insert_text("내일 고치겠습니다.")
    await keys.press("Control+Enter")
    await expect(officer.locator(".ended button", has_text=number)).to_be_visible()
    await tab_to(officer, await officer.locator(".ended button", has_text=number).inner_text())
    await expect(officer.locator(".ended .lines")).to_contain_text("내일 고치겠습니다.")
