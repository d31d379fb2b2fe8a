"""A question time in three browsers: citizen, host and mayor; the screen of the hall and the public record."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from protocol.ballot import ballot_id
from tests.support.browser import CHOSEN, WINDOW, Chromium, come_in, faults_of, settled
from tests.support.console import Windows, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = "밤늦게 다니는 심야 버스를 두 노선 더 늘려 주실 수 있나요?"
PHASES = ("입장", "진행 중", "마무리", "후속 처리")
SCREEN = """(() => {
    const {mesh, canvas} = madang.place.screens;
    const {data} = canvas.getContext("2d").getImageData(0, 110, canvas.width, canvas.height - 110);
    const bright = data.filter((each, n) => n % 4 === 0 && each > 200).length;
    return mesh.visible ? bright : 0;
})()"""
"""How many of its pixels below its head are written on."""
OTHER = "초등학교 앞 횡단보도의 신호를 더 길게 해 주실 수 있나요?"


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Chromium, tmp_path: Path) -> AsyncIterator[Windows]:
    async with windows_onto(chromium, tmp_path) as windows, windows.stack:
        yield windows


async def acts(page: Page, key: str, **fields: str) -> None:
    """Presses an act's key, and fills in and sends the form that it opens."""
    await page.keyboard.press(key)
    if fields:
        await filled_in(page, **fields)


async def filled_in(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        at = page.locator(f"dialog [name='{name}']")
        if await at.evaluate("(field) => field.tagName") == "SELECT":
            await at.select_option(value)
        else:
            await at.fill(value)
    await page.locator("dialog button[type=submit]").click()
    await expect(page.locator("dialog, dialog .wrong")).to_have_count(0)


async def publish(host: Page) -> None:
    """The question that waits is taken in hand and published."""
    await host.keyboard.press("c")
    await expect(host.locator(".claim")).to_have_text("내가 처리 중")
    await host.keyboard.press("a")
    await expect(host.locator(".rows li")).to_have_count(0)


async def goes_on(host: Page, phase: str) -> None:
    step = host.locator(".steps").get_by_role("button", name=phase, exact=True)
    await step.click()
    if phase in PHASES:  # from which nothing leads back: it is asked first
        await host.locator("dialog button[type=submit]").click()
    await expect(step).to_have_attribute("aria-pressed", "true")


async def asked_by(windows: Windows, who: str, session: str) -> dict[str, Any]:
    """Someone's own question, as they see it."""
    path = "/api/v1/live_qa/questions"
    [own] = (await windows.city.get(path, who, session=session, which="mine")).json()["mine"]
    return dict(own)


def local(minutes: int) -> str:
    """By Seoul's clock, as a field for times wants it."""
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 9 * 3_600 + minutes * 60))


async def test_from_the_announcement_to_the_public_record(windows: Windows) -> None:
    city = windows.city
    host = await windows.console("seoyeon", "ko", "questions")

    # It is published.
    await host.get_by_label("어디에서").select_option("hall")
    await host.get_by_role("button", name="새 질의응답").click()
    await filled_in(
        host,
        **{"title.ko": "시장과의 대화", "title.en": "An hour with the mayor"},
        starts_at=local(40),
        ends_at=local(100),
    )
    await expect(host.locator("h1")).to_have_text("시장과의 대화")
    await expect(host.get_by_role("button", name="질문 접수")).to_have_attribute("aria-pressed", "true")
    session = host.url.rsplit("/", 1)[1]

    # A citizen asks in the city; another has asked before, and they vote for that.
    await city.done("live_qa.ask", "junho", session=session, text=OTHER)
    await expect(host.locator(".rows strong")).to_have_text([OTHER])
    await publish(host)
    mina = await windows.open("/?debug", "ko-KR", CHOSEN, **WINDOW)
    await come_in(mina, token=city.tokens["mina"])
    await settled(mina)
    await mina.get_by_role("button", name="질의응답", exact=True).click()
    sheet = mina.locator(".sheet")
    await sheet.get_by_role("textbox").fill(ASKED)
    await sheet.locator("form.ask button[type=submit]").click()
    await expect(host.locator(".rows strong")).to_have_text([ASKED])
    vote = sheet.locator("li", has_text=OTHER).locator("button.vote")
    await vote.click()
    await expect(vote).to_have_attribute("aria-pressed", "true")

    # Where she stands it is announced, and she puts it away once she has read it.
    words = {"ko": "마을회관에서 곧 시작합니다.", "en": "It begins soon in the hall."}
    until = round(time.time() * 1000) + 600_000
    await city.done("announcements.announce", "seoyeon", scope="green", text=words, until=until)
    banner = mina.locator(".announced .announcement")
    await expect(banner).to_contain_text("마을회관에서 곧 시작합니다.")
    assert await faults_of(mina) == []
    await banner.get_by_role("button", name="읽었습니다").click()
    await expect(banner).to_have_count(0)

    # It is approved, and ordered by how many stand behind each.
    await publish(host)
    await expect(sheet.locator(".questions li", has_text=ASKED).first).to_be_visible()
    await goes_on(host, "입장")
    await goes_on(host, "진행 중")
    await goes_on(host, "답변")
    await host.get_by_role("tab", name="공개 목록").click()
    await expect(host.locator(".rows strong")).to_have_text([OTHER, ASKED])

    # What is said is written: she chooses the language in which she reads it, and puts the panel away.
    writer = await windows.console(
        windows.citizen("writer", grants=["captioner"]), "ko", f"questions/{session}"
    )
    await writer.get_by_role("button", name="새 언어").click()
    await filled_in(writer, channel="ko")
    await sheet.get_by_label("읽을 언어").select_option("ko")
    spoken = mina.locator(".captions")
    await expect(spoken).to_contain_text("다음 말부터")
    line = writer.get_by_label("자막 한 줄")
    for text in ("안녕하십니까, 시장입니다.", "첫 질문부터 보겠습니다."):
        await line.fill(text)
        await line.press("Enter")
    await expect(spoken.locator("p")).to_have_text(["안녕하십니까, 시장입니다.", "첫 질문부터 보겠습니다."])
    assert await faults_of(writer) == []

    # The stage: the hall's screen and the mayor see what is answered, wherever they are.
    screen = await windows.open(f"/stage#{session}", "ko", viewport={"width": 1920, "height": 1080})
    await expect(screen.locator("h1")).to_have_text("시장과의 대화")
    await expect(screen.locator(".captions p")).to_have_text("첫 질문부터 보겠습니다.")
    mayor = await windows.console("mayor", "ko", f"questions/{session}")
    await expect(mayor.locator(".answering .large")).to_have_text("지금 답변 중인 질문이 없습니다.")
    await expect(mayor.locator(".run_sheet li")).to_have_count(6)
    await host.locator(".rows button", has_text=ASKED).click()
    await acts(host, "o")
    for page, at in ((screen, ".asked .text"), (mayor, ".answering .large"), (mina, ".sheet .now p")):
        await expect(page.locator(at)).to_have_text(ASKED)

    # Who comes in now sees it on the screen behind the lectern, and hears what is there.
    late = await windows.open("/?debug&district=hall", "ko-KR", CHOSEN, **WINDOW)
    await come_in(late, "하나")
    await settled(late)
    shown = late.locator(".on_screen")
    await expect(shown).to_have_text(f"무대 화면: 시장과의 대화 — {ASKED}")
    assert await late.evaluate(SCREEN) > 0, "the screen is blank"
    await host.get_by_role("button", name="다음 순서 시작").click()
    for place in (
        screen.locator(".programme"), sheet.locator(".programme"), mayor.locator("[aria-current=step]"),
    ):  # fmt: skip
        await expect(place).to_contain_text("입장, 대기실")
    assert await screen.evaluate("document.documentElement.scrollHeight") <= 1080
    assert await faults_of(screen) == []
    assert await faults_of(mayor) == []

    # The mayor answers.
    await mayor.get_by_role("button", name="시간 더 필요").click()
    await expect(host.locator(".wish")).to_have_text("시간 더 필요")
    await mayor.get_by_role("button", name="답변 완료").click()
    await filled_in(mayor, text="두 노선을 내년 봄에 늘리겠습니다.")
    await expect(screen.locator(".asked")).to_have_count(0)
    await expect(shown).to_have_text("무대 화면: 시장과의 대화 — 답변")
    await expect(sheet.locator("li", has_text="두 노선을 내년 봄에 늘리겠습니다.").first).to_be_visible()

    # The other is for a department: it becomes a petition of its asker, with a date.
    await host.locator(".rows button", has_text=OTHER).click()
    await acts(host, "o")
    await host.get_by_role("tab", name="무대").click()
    await expect(host.locator(".rows strong")).to_have_text([OTHER])
    await acts(host, "f", department="roads")
    await expect(host.locator(".rows li")).to_have_count(0)
    own = await asked_by(windows, "junho", session)
    assert own["row"]["state"] == "deferred"
    await city.done("petitions.receive", "room", petition=own["petition"])
    assert (await asked_by(windows, "junho", session))["row"]["due_at"] > time.time() * 1000
    await sheet.get_by_role("button", name="기록 보기").click()
    deferred = sheet.locator(".questions li", has_text=OTHER)
    await expect(deferred).to_contain_text("담당 부서가 답합니다 · 도로관리과")

    # The floor: a hand goes up, its owner is called, speaks, and goes back.
    await goes_on(host, "발언")
    await sheet.get_by_role("button", name="발언 신청").click()
    await expect(host.locator(".hands strong")).to_have_text(["미나"])
    # She writes something else meanwhile: being called takes neither the panel nor the field from her.
    await mina.get_by_role("button", name="민원", exact=True).click()
    await sheet.get_by_label("제목").fill("깨진 보도블록")
    await host.get_by_role("button", name="발언권").click()
    called = mina.locator(".turn")
    await expect(called).to_contain_text("무대로 초대받았습니다")
    await expect(sheet.get_by_label("제목")).to_be_focused()
    await called.get_by_role("button", name="무대로 가기").click()
    await expect(screen.locator(".wait")).to_have_text("시민이 말하고 있습니다")
    await expect(host.locator(".running")).to_contain_text("미나 · 발언 중")
    await host.get_by_role("button", name="발언 종료").click()
    await expect(screen.locator(".wait")).not_to_have_text("시민이 말하고 있습니다")
    await expect(host.locator(".hands li")).to_have_count(0)

    # A secret poll: she looks at what she chose before it is cast; until it is closed there is only a turnout.
    await goes_on(host, "투표")
    await host.get_by_role("button", name="투표 열기").click()
    lines = {"answers.ko": "예\n아니요", "answers.en": "Yes\nNo"}
    await filled_in(
        host, **{"question.ko": "심야 버스를 늘릴까요?", "question.en": "More night buses?"}, **lines
    )
    for who in ("junho", "room", "seoyeon", "mayor"):
        ballot = {"ballot": ballot_id(token_bytes(16)), "choices": [2]}
        await city.done("live_qa.cast", who, session=session, poll=1, **ballot)
    await mina.get_by_role("button", name="질의응답", exact=True).click()
    poll = sheet.locator(".poll")
    await poll.get_by_label("예").check()
    await poll.get_by_role("button", name="고른 것 확인하기").click()
    await poll.get_by_role("button", name="투표하기").click()
    await expect(poll).to_contain_text("투표했습니다.")
    receipt = await poll.locator(".receipt").inner_text()
    for place in (poll, screen.locator(".polled"), host.locator(".polls")):
        await expect(place).to_contain_text("5명 참여")
    await expect(shown).to_contain_text("심야 버스를 늘릴까요?")
    await expect(screen.locator(".polled li strong")).to_have_count(0)
    assert await faults_of(mina) == await faults_of(screen) == []
    await host.get_by_role("button", name="투표 마감").click()
    await host.locator("dialog button[type=submit]").click()
    await expect(screen.locator(".polled li strong")).to_have_text(["1", "4"])
    assert await screen.evaluate("document.documentElement.scrollHeight") <= 1080
    await expect(poll.locator(".votes li b")).to_have_text(["1표 (20%)", "4표 (80%)"])
    await poll.get_by_role("button", name="내 표가 들어 있는지 확인하기").click()
    await expect(poll).to_contain_text("있습니다. 내 표가 세어졌습니다.")
    listed = await city.get(f"/api/question-times/{session}/polls/1/ballots.txt")
    assert receipt in listed.text.splitlines()

    # It is closed; what became of every question is public.
    await goes_on(host, "마무리")
    await goes_on(host, "후속 처리")
    await expect(screen.locator(".wait")).to_have_text("함께해 주셔서 고맙습니다")
    await expect(shown).to_be_empty()
    async with host.expect_download() as saving:
        await host.get_by_role("button", name="표로 받기 (CSV)").click()
    saved = await saving.value
    assert saved.suggested_filename == f"{session}.csv"
    held = await asyncio.to_thread(Path(await saved.path()).read_text, "utf-8-sig")
    assert "text_original" in held.splitlines()[0]
    visitor = await windows.open(f"/plain/question-time/{session}/record", "ko")
    record = visitor.locator("main")
    for told in (ASKED, "두 노선을 내년 봄에 늘리겠습니다.", OTHER, "답변 기한:", "심야 버스를 늘릴까요?"):
        await expect(record).to_contain_text(told)
    assert await faults_of(visitor) == []
