"""The city by keys alone, in high contrast: in, about, through a gate, a talk, a petition, a question time."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, faults_of, settled, until
from tests.support.web_city import WebCity, web_city
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)

IN_CONTRAST = """(() => {
    const before = JSON.parse(localStorage.getItem("madang.settings") ?? "{}");
    localStorage.setItem("madang.settings", JSON.stringify({...before, contrast: true}));
})()"""

CHOSEN = """(() => {
    const {activeElement: at} = document;
    const field = at.closest("label, .field")?.textContent ?? "";
    return `${at.tagName} ${at.name ?? ""} ${at.ariaLabel ?? ""} ${at.textContent.slice(0, 60)} ${field.slice(0, 60)}`;
})()"""
"""What the keys have chosen: its element, and by what it is known."""

IN_SHEET = "document.querySelector('.sheet').contains(document.activeElement)"

MOST_STEPS = 60
"""Nothing is further away than so many presses of one key."""


@pytest_asyncio.fixture(loop_scope="session")
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path, limits={"commands_per_s": 0, "enter_at_per_s": 0}) as city:
        yield city


async def reach(page: Page, *known_by: str, key: str = "Tab") -> None:
    """Presses the key until what is chosen is known by all of this."""
    met: list[str] = []
    for _ in range(MOST_STEPS):
        await page.keyboard.press(key)
        met.append(await page.evaluate(CHOSEN))
        if all(each in met[-1] for each in known_by):
            return
    raise AssertionError(f"no key leads to {known_by}, but to {met}")


async def opened(page: Page, title: str) -> None:
    """A panel, from wherever one is."""
    await reach(page, "BUTTON", title)
    await page.keyboard.press("Enter")
    await page.locator(".sheet .body > :not(.soft)").first.wait_for()
    assert await page.evaluate(IN_SHEET)
    assert await faults_of(page) == [], title


async def within(city: WebCity, windows: Windows) -> Page:
    """Mina is in, by her token."""
    page = await windows.open(script=IN_CONTRAST)
    await expect(page.locator("html.contrast")).to_have_count(1)
    assert await faults_of(page) == []
    await reach(page, "SUMMARY")
    await page.keyboard.press("Enter")
    await reach(page, "INPUT token")
    await page.keyboard.insert_text(city.tokens["mina"])
    await expect(page.locator("button[type=submit][aria-disabled=false]")).to_be_visible()
    await page.keyboard.press("Enter")
    await settled(page)
    assert await faults_of(page) == []
    return page


async def test_a_citizen_comes_in_walks_talks_and_files_a_petition_by_keys_alone(
    city: WebCity, windows: Windows
) -> None:
    page = await within(city, windows)

    # About. A key that is let go in a field does not walk on.
    before = await page.evaluate("madang.stride.z")
    await page.keyboard.down("ArrowDown")
    await until(page, f"Math.abs(madang.stride.z - {before}) > 1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#say")).to_be_focused()
    await page.keyboard.up("ArrowDown")
    await until(page, "madang.stride.speed < 0.1")

    # A talk; with nothing written the key leads back to the place.
    await page.keyboard.insert_text("안녕하세요")
    await page.keyboard.press("Enter")
    await expect(page.locator(".said_line .what")).to_have_text("안녕하세요")
    await expect(page.locator("#say")).to_have_value("")
    await page.keyboard.press("Enter")
    await expect(page.locator(".street > canvas")).to_be_focused()

    # What is folded away is unfolded by the key that writes.
    await page.locator(".chat .fold").focus()
    await page.keyboard.press("Enter")
    await page.locator(".street > canvas").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#say")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(".street > canvas")).to_be_focused()

    # Through a gate.
    await page.evaluate("madang.client.enter('green', {x: 55, z: 30})")
    await expect(page.locator(".use button")).to_contain_text("마을회관으로")
    await page.keyboard.press("KeyE")
    await expect(page.get_by_role("heading", level=1)).to_have_text("마을회관")

    # A petition.
    await opened(page, "민원")
    await reach(page, "SELECT kind")
    while await page.evaluate("document.activeElement.value") != "other":
        await page.keyboard.press("ArrowDown")
    await page.get_by_role("button", name="민원 신청하기").wait_for()
    for name, text in (
        ("title", "깨진 보도블록"),
        ("text", "회관 앞 보도블록이 깨졌습니다."),
        ("name", "김미나"),
    ):
        await reach(page, name)
        await page.keyboard.insert_text(text)
    await reach(page, "BUTTON", "민원 신청하기")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="민원이 도착했습니다")).to_be_visible()
    assert await faults_of(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator(".sheet")).to_have_count(0)


async def test_a_citizen_asks_votes_raises_a_hand_and_takes_part_in_a_poll_by_keys_alone(
    city: WebCity, windows: Windows
) -> None:
    now = round(time.time() * 1000)
    told = await city.done(
        "live_qa.schedule",
        "host",
        title={"ko": "이장과의 대화", "en": "An hour with the chief"},
        district="hall",
        stage="lectern",
        collects_at=now - 60_000,
        doors_at=now + 600_000,
        starts_at=now + 1_200_000,
        ends_at=now + 4_800_000,
    )
    session = str(told["session"])
    await city.done("live_qa.advance", "host", session=session, phase="collecting")
    about = {"session": session, "question": 1}
    await city.done("live_qa.ask", "junho", session=session, text="가로등을 더 밝게 해 주실 수 있나요?")
    row = (await city.done("live_qa.claim", "host", **about, version=1))["row"]
    await city.done("live_qa.approve", "host", **about, version=row["version"])

    page = await within(city, windows)
    await opened(page, "질의응답")
    await page.locator(".ask").wait_for()

    # A question, typed key by key as one does.
    await reach(page, "TEXTAREA question")
    await page.keyboard.type("Could the bus run at night, too?")
    await reach(page, "BUTTON", "질문하기")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notices")).to_contain_text("질문을 받았습니다. 2번이며")
    asked = page.locator(".sheet .questions li", has_text="Could the bus run at night, too?")
    await expect(asked).to_be_visible()
    await expect(page.locator("textarea[name=question]")).to_have_value("")
    assert await page.evaluate(IN_SHEET), "who has asked is no longer in the panel"

    # Another's question: the key that votes takes the vote back.
    await reach(page, "BUTTON", "나도 궁금해요")
    vote = page.locator(".sheet .vote")
    for pressed in ("true", "false", "true"):
        await page.keyboard.press("Enter")
        await expect(vote).to_have_attribute("aria-pressed", pressed)
    await expect(vote).to_be_focused()

    # A hand, raised and lowered where one is.
    for how in ({"phase": "doors"}, {"phase": "live", "mode": "floor"}):
        await city.done("live_qa.advance", "host", session=session, **how)
    await page.get_by_role("button", name="발언 신청", exact=True).wait_for()
    await reach(page, "BUTTON", "발언 신청")
    await page.keyboard.press("Enter")
    lower = page.get_by_role("button", name="발언 신청 취소")
    await expect(lower).to_be_focused()
    assert await faults_of(page) == []
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="발언 신청", exact=True)).to_be_focused()

    # A poll: chosen, looked at once more, cast.
    await city.done("live_qa.advance", "host", session=session, phase="live", mode="poll")
    answers = [{"ko": "예", "en": "Yes"}, {"ko": "아니요", "en": "No"}]
    question = {"ko": "심야 버스를 늘릴까요?", "en": "More night buses?"}
    await city.done("live_qa.open_poll", "host", session=session, question=question, answers=answers)
    await page.locator(".poll form").wait_for()
    await reach(page, "INPUT poll_1")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_label("아니요")).to_be_checked()
    await reach(page, "BUTTON", "고른 것 확인하기")
    await page.keyboard.press("Enter")
    cast = page.get_by_role("button", name="투표하기")
    await expect(cast).to_be_visible()
    assert await page.evaluate(IN_SHEET), "who is asked whether they are sure is not led there"
    await reach(page, "BUTTON", "투표하기")
    await page.keyboard.press("Enter")
    await expect(page.locator(".poll")).to_contain_text("투표했습니다.")
    assert await page.evaluate(IN_SHEET), "who has voted is no longer in the panel"
    assert await faults_of(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator(".sheet")).to_have_count(0)
