"""Offices in two browsers: given at the console by keys, felt at once by who gets one, taken back, laid down."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser import Chromium, faults_of
from tests.support.console import Windows, tab_to, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Chromium, tmp_path: Path) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path) as windows, windows.stack:
        yield windows


async def test_a_host_makes_a_captioner_by_keys_and_takes_it_back(windows: Windows) -> None:
    session = await windows.question_time()
    await windows.city.done("live_qa.advance", "seoyeon", session=session, phase="doors")
    mina = await windows.console("mina", "en")
    await expect(mina.locator("main .empty")).to_be_visible()
    host = await windows.console("seoyeon", "ko", f"questions/{session}")
    await tab_to(host, "이 행사의 직무")
    crew = host.locator("section.offices")
    await expect(crew.locator(".empty")).to_have_text("여기서 맡긴 직무가 없습니다")
    await crew.locator("input[type=search]").focus()
    await host.keyboard.type("미나")
    await expect(crew.locator(".rows strong")).to_have_text(["미나"])
    await host.keyboard.press("Enter")
    await host.locator("dialog select").select_option("captioner")
    assert await host.locator("dialog [name=until]").count() == 0, "it ends with the event"
    await host.locator("dialog textarea").fill("오늘 저녁")
    assert await faults_of(host) == []
    await host.keyboard.press("Control+Enter")
    row = crew.locator("tbody tr")
    await expect(row).to_contain_text("자막 담당")
    await expect(row).to_contain_text("행사 종료 24시간 뒤")
    assert await faults_of(host) == []

    # What opens for her is there without another look, and what she writes is heard.
    await mina.locator("nav a", has_text="Question time").click()
    await mina.get_by_role("button", name="Another language").click()
    await mina.locator("dialog [name=channel]").fill("ko")
    await mina.locator("dialog button[type=submit]").click()
    await mina.locator("input[name=caption]").fill("안녕하십니까.")
    await mina.keyboard.press("Enter")
    await expect(mina.locator(".captioning .lines li")).to_have_text(["안녕하십니까."])

    await tab_to(host, "직무 거두기: 자막 담당, 미나")
    await host.locator("dialog textarea").fill("다른 분이 이어받습니다")
    await host.keyboard.press("Control+Enter")
    await expect(crew.locator(".empty")).to_have_text("여기서 맡긴 직무가 없습니다")
    await expect(mina.locator("input[name=caption]")).to_have_count(0)
    await host.get_by_label("끝난 직무도 보기").check()
    await expect(row).to_contain_text("다른 분이 이어받습니다")
    assert await faults_of(host) == []


async def test_who_leads_makes_a_moderator_for_a_time_and_the_audit_tells_of_it(windows: Windows) -> None:
    mina = await windows.console("mina", "ko")
    head = await windows.console("jiho", "en", "offices")
    await expect(head.locator("h1")).to_have_text("Offices")
    await head.keyboard.press("/")
    await head.locator("main input[type=search]").fill("미나")
    await expect(head.locator(".rows strong")).to_have_text(["미나"])
    await head.keyboard.press("Enter")
    await head.locator("dialog select").select_option("moderator")
    assert await head.locator("dialog [name=until]").input_value() != ""
    await head.locator("dialog button[type=submit]").click()
    await expect(head.locator("tbody tr")).to_contain_text("Moderator")
    assert await faults_of(head) == []
    await expect(mina.locator("nav a", has_text="신고")).to_be_visible()
    await expect(mina.locator(".me")).to_contain_text("진행 요원")
    await head.evaluate("location.hash = '/audit'")
    await expect(head.locator("tbody tr").first).to_contain_text("gave an office moderator")
    await mina.evaluate("location.hash = '/offices'")
    await mina.get_by_role("button", name="내려놓기: 진행 요원").click()
    await mina.locator("dialog button[type=submit]").click()
    await expect(mina.locator("nav a", has_text="신고")).to_have_count(0)
