"""Being safe on the city's page: reports with evidence, blocking, and what one is kept from, with an appeal."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, come_in, faults_of, settled, until
from tests.support.web_city import WebCity
from tests.support.windows import Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)

ON_SCREEN = """(() => {
    const others = madang.client.others(), box = document.querySelector(".street > canvas").getBoundingClientRect();
    for (const height of [1, 1.3, 1.6, 0.7]) {
        const at = madang.eye.camera.position.clone().set(others.x[0], height, others.z[0]).project(madang.eye.camera);
        const [x, y] = [(at.x + 1) / 2 * box.width + box.left, (1 - at.y) / 2 * box.height + box.top];
        if (document.elementFromPoint(x, y)?.tagName === "CANVAS") return [x, y];
    }
})()"""
"""Where the other one is seen: of one who arrived near by, the chat covers a part."""
"""Where the other citizen is drawn."""


async def beside_each_other(city: WebCity, windows: Windows) -> tuple[Page, Page]:
    """Mina's window and Junho's, who see each other."""
    mina, junho = await windows.open(), await windows.open(locale="en-GB")
    await come_in(mina, token=city.tokens["mina"])
    await come_in(junho, token=city.tokens["junho"])
    for page in (mina, junho):
        await settled(page)
        await until(page, "madang.client.others().count === 1")
    return mina, junho


async def say(page: Page, text: str) -> None:
    """A line to the whole district."""
    if await page.locator("#say").is_hidden():
        await page.locator(".chat .fold").click()
    await page.locator("select.to").select_option("district")
    await page.locator("#say").fill(text)
    await page.locator("#say").press("Enter")


async def test_who_is_near_is_reported_by_keys_with_what_was_said_and_then_blocked(
    city: WebCity, windows: Windows
) -> None:
    mina, junho = await beside_each_other(city, windows)
    await say(junho, "너 정말 싫다")
    await expect(mina.locator(".said_line .what")).to_have_text("너 정말 싫다")

    near = mina.get_by_role("button", name="가까운 사람", exact=True)
    await near.focus()
    await near.press("Enter")
    more = mina.get_by_role("button", name="차단·신고 등 더 보기: 준호")
    await more.focus()
    await more.press("Enter")
    await expect(mina.locator(".person h3")).to_be_focused()
    report = mina.get_by_role("button", name="신고", exact=True)
    await report.focus()
    await report.press("Enter")
    send = mina.get_by_role("button", name="신고 보내기")
    await send.press("Enter")
    reason = mina.get_by_label("사유", exact=True)
    await expect(reason).to_be_focused()  # what is missing is told at its field
    await reason.select_option("insult")
    await mina.get_by_label("덧붙일 말").fill("처음 보는 사람입니다.")
    assert await faults_of(mina) == []
    await send.press("Enter")
    await expect(mina.locator(".person [role=status]")).to_contain_text("r-1")

    [row] = (await city.get("/api/v1/moderation/desk", "host")).json()["reports"]
    assert (row["reason"], row["words"]) == ("insult", "처음 보는 사람입니다.")
    told = await city.done("moderation.evidence", "host", report=row["report"])
    assert [line["text"] for line in told["lines"]] == ["너 정말 싫다"]

    await mina.get_by_role("button", name="차단", exact=True).click()
    await expect(mina.get_by_role("button", name="차단 풀기", exact=True)).to_be_visible()
    await until(mina, "madang.crowd.blocked.size === 1")
    await expect(mina.locator(".label .name:visible")).to_have_count(0)
    await say(junho, "들려?")
    await expect(junho.locator(".said_line.mine")).to_have_count(2)
    await mina.get_by_role("button", name="안전", exact=True).click()
    await mina.get_by_role("button", name="차단 풀기: 준호").click()
    await until(mina, "madang.crowd.blocked.size === 0")
    await say(junho, "이제는?")
    await expect(mina.locator(".said_line .what")).to_have_text(["너 정말 싫다", "이제는?"])


async def test_a_click_on_an_avatar_tells_who_it_is_and_a_bubble_lets_who_is_near_fade(
    city: WebCity, windows: Windows
) -> None:
    mina, _ = await beside_each_other(city, windows)
    await mina.evaluate(
        "(() => { const others = madang.client.others();"
        " madang.eye.face(Math.atan2(others.x[0] - madang.stride.x, others.z[0] - madang.stride.z)); })()"
    )
    await until(mina, "madang.client.cards.of(madang.client.others().slot[0])")
    drawn = await mina.evaluate("madang.gauge.read().frames")
    await until(mina, f"madang.gauge.read().frames > {drawn + 2}")
    x, y = await mina.evaluate(ON_SCREEN)
    await mina.mouse.move(x, y)
    # a short press, however long its page takes over a frame: what is held for longer is no click
    await asyncio.gather(mina.mouse.down(), mina.mouse.up())
    await expect(mina.locator(".person h3")).to_have_text("준호")

    await mina.get_by_role("button", name="안전", exact=True).click()
    await mina.get_by_label("내 둘레 비우기").check()
    await until(mina, "madang.crowd.bubbleM > 0")
    assert await faults_of(mina) == []


async def test_who_is_muted_is_told_until_when_and_appeals_and_is_told_what_came_of_it(
    city: WebCity, windows: Windows
) -> None:
    mina = await windows.open()
    await come_in(mina, token=city.tokens["mina"])
    await settled(mina)
    citizen = await mina.evaluate("madang.client.citizen.id")
    await city.done(
        "moderation.sanction",
        "host",
        citizens=[citizen],
        kind="mute",
        reason="spam",
        words="같은 말을 스무 번 했습니다.",
        scope="",
        lasts_s=900,
    )
    bar = mina.locator(".restrained")
    await expect(bar).to_contain_text("말하기 제한")
    await expect(bar).to_contain_text("까지 말할 수 없습니다")
    await say(mina, "왜요?")
    await expect(mina.locator(".notices .bad")).to_be_visible()
    await expect(mina.locator("#say")).to_have_value("왜요?")  # what was written stays

    await bar.get_by_role("button", name="사유와 이의").click()
    await expect(mina.locator(".case")).to_contain_text("같은 말을 스무 번 했습니다.")
    await mina.get_by_text("이의 제기", exact=True).click()
    await mina.get_by_label("왜 잘못되었다고 보십니까").fill("제가 아니라 동생이 썼습니다.")
    await mina.get_by_role("button", name="이의 내기").click()
    await expect(mina.locator(".case [role=status]").or_(mina.locator(".case b"))).not_to_have_count(0)
    assert await faults_of(mina) == []
    desk = (await city.get("/api/v1/moderation/desk", "host", which="appeals")).json()
    assert desk["waiting"]["appeals"] in (0, 1)  # nobody decides an appeal against their own act
    [mine] = (await city.get("/api/v1/moderation/mine", "mina")).json()["sanctions"]
    assert mine["appeal"]["text"] == "제가 아니라 동생이 썼습니다."

    await city.done("moderation.lift", "host", sanction=mine["sanction"], words="거둡니다.")
    await expect(bar).to_have_count(0)
    await mina.locator("#say").press("Enter")
    await expect(mina.locator(".said_line.mine .what")).to_have_text("왜요?")


async def test_who_is_put_out_sees_why_and_can_still_file_a_petition_and_come_back_when_it_ends(
    city: WebCity, windows: Windows
) -> None:
    mina = await windows.open()
    await come_in(mina, token=city.tokens["mina"])
    await settled(mina)
    citizen = await mina.evaluate("madang.client.citizen.id")
    done = await city.done(
        "moderation.sanction",
        "host",
        citizens=[citizen],
        kind="kick",
        reason="blocking",
        words="문을 막았습니다.",
        scope=await mina.evaluate("madang.client.place.district"),
        lasts_s=600,
    )
    outside = mina.locator(".outside")
    await expect(outside).to_contain_text("문을 막았습니다.")
    assert await faults_of(mina) == []
    await mina.get_by_role("button", name="민원", exact=True).click()
    await expect(mina.get_by_label("어떤 민원인가요")).to_be_visible()
    await mina.get_by_role("button", name="민원", exact=True).click()
    await mina.get_by_role("button", name="다시 들어가기").click()
    await expect(outside).to_contain_text("지금의 신분으로는")
    await city.done("moderation.lift", "host", sanction=done["sanctions"][0], words="거둡니다.")
    await mina.get_by_role("button", name="다시 들어가기").click()
    await expect(outside).to_have_count(0)
