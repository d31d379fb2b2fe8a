"""Files in two browsers: a citizen attaches a photograph in the city, an official sees, saves and answers with one."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Route, expect

from tests.browser.test_petition import desk, taken
from tests.support.attachments import a_picture, a_scan, place_in
from tests.support.browser import PATIENCE_MS, come_in, faults_of, settled
from tests.support.web_city import WebCity
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)


async def test_a_photograph_is_filed_seen_and_saved_at_the_desk_and_answered_with_a_document(
    city: WebCity, windows: Windows
) -> None:
    photo: FilePayload = {
        "name": "현장 사진.jpg",
        "mimeType": "image/jpeg",
        "buffer": a_picture((1_200, 900), place=True),
    }
    program: FilePayload = {
        "name": "설치.exe",
        "mimeType": "application/octet-stream",
        "buffer": b"MZ\x90\x00\x03",
    }
    answer: FilePayload = {"name": "답변서.pdf", "mimeType": "application/pdf", "buffer": a_scan(5_000)}

    mina = await windows.open()
    await come_in(mina, token=city.tokens["mina"])
    await settled(mina)
    await mina.get_by_role("button", name="민원", exact=True).click()
    await mina.get_by_label("어떤 민원인가요").select_option("other")
    await mina.get_by_label("제목", exact=True).fill("깨진 보도블록")
    await mina.get_by_label("내용", exact=True).fill("깨졌습니다.")
    await mina.get_by_label("이름", exact=True).fill("김미나")
    chosen = mina.locator(".attach .attached li")
    await mina.locator(".attach input[type=file]").set_input_files([photo, program])
    await expect(chosen).to_have_count(2)
    await expect(chosen.first).to_contain_text("첨부됨")
    await expect(chosen.first.locator("img")).to_be_visible()
    # What the city does not take is said at the file itself; it is taken out, and the rest is filed.
    await expect(chosen.nth(1)).to_contain_text("받지 않는 종류")
    assert await faults_of(mina) == []
    await mina.get_by_role("button", name="설치.exe 빼기").click()
    await expect(chosen).to_have_count(1)
    await mina.get_by_role("button", name="민원 신청하기").click()
    await mina.locator("section.paper").get_by_role("button", name="보기").click()
    await mina.get_by_text("신청한 내용").click()
    await expect(mina.locator(".attached img")).to_be_visible()

    room = await desk(windows, city, "room")
    await room.locator(".rows button").first.click()
    attached = room.locator(".quote .attached")
    await expect(attached).to_contain_text("현장 사진.jpg")
    await expect(attached.locator("img")).to_be_visible()
    assert (
        await attached.locator("img").evaluate("async one => (await one.decode(), one.naturalWidth)") == 1_200
    )
    assert await faults_of(room) == []
    async with room.expect_download() as saving:
        await attached.get_by_role("button").click()
    saved = await saving.value
    assert saved.suggested_filename == "현장 사진.jpg"
    assert not place_in(await asyncio.to_thread(Path(await saved.path()).read_bytes))
    await taken(room, "r", department="roads")

    officer = await desk(windows, city, "officer", "roads")
    await officer.locator(".rows button").first.click()
    await taken(officer, "b")
    await expect(officer.locator(".rows li")).to_contain_text("처리 중")
    await officer.keyboard.press("a")
    await officer.locator("dialog [name=text]").fill("고쳤습니다.")
    await officer.locator("dialog input[type=file]").set_input_files([answer])
    await expect(officer.locator("dialog .attached")).to_contain_text("첨부됨")
    assert await faults_of(officer) == []
    await officer.locator("dialog button[type=submit]").click()
    await expect(officer.locator("dialog")).to_have_count(0)
    got = mina.locator(".history .attached")
    await expect(got).to_contain_text("답변서.pdf")
    async with mina.expect_download() as saving:
        await got.get_by_role("button").click()
    assert await asyncio.to_thread(Path(await (await saving.value).path()).read_bytes) == answer["buffer"]


async def test_a_file_on_its_way_is_given_up_when_its_form_is_closed(city: WebCity, windows: Windows) -> None:
    mina = await windows.open()
    await come_in(mina, token=city.tokens["mina"])
    await settled(mina)
    await mina.get_by_role("button", name="민원", exact=True).click()
    await mina.get_by_label("어떤 민원인가요").select_option("other")
    held = mina.locator(".attach .attached li")
    photo: FilePayload = {"name": "현장.jpg", "mimeType": "image/jpeg", "buffer": a_picture((40, 30))}

    async def stays_on_its_way(_: Route) -> None:
        """As on a slow line: the city never has it whole."""

    await mina.route("**/api/v1/petitions/files?*", stays_on_its_way)
    async with mina.expect_request("**/api/v1/petitions/files?*"):
        await mina.locator(".attach input[type=file]").set_input_files([photo])
    await expect(held).to_have_count(1)
    async with mina.expect_event("requestfailed", lambda one: "/petitions/files?" in one.url) as gone:
        await mina.keyboard.press("Escape")
        await expect(mina.locator(".sheet")).to_have_count(0)
    assert (await gone.value).failure == "net::ERR_ABORTED"
