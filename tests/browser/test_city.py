"""The city's page in a real browser: it draws, citizens see and hear each other, things get done, in both languages."""

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE_MS, chromium_with, come_in, faults_of, settled, until
from tests.support.web_city import WebCity
from tests.support.windows import Windows, windows_onto

pytestmark = pytest.mark.asyncio(loop_scope="session")

expect.set_options(timeout=PATIENCE_MS)


OPENED = """async () => {
    document.querySelector(".menu button").click();
    while (!document.querySelector(".sheet")) await new Promise((done) => setTimeout(done));
    return document.querySelector(".sheet").offsetHeight;
}"""
"""How high the map is when it is opened, before anything is in it."""


async def test_a_visitor_walks_in_a_place_that_is_drawn_and_light_to_load(windows: Windows) -> None:
    page = await windows.open()
    assert await faults_of(page) == []
    await come_in(page, "하나")
    await settled(page)
    colours = await page.locator(".street > canvas").screenshot()
    assert await distinct_colours(page, colours) > 200, "the canvas is blank"

    before = await page.evaluate("madang.stride.z")
    await page.locator(".street > canvas").focus()
    await page.keyboard.down("ArrowDown")
    await until(page, f"Math.abs(madang.stride.z - {before}) > 1")
    await page.keyboard.up("ArrowDown")

    loaded = await page.evaluate(
        "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)"
    )
    assert 20_000 < loaded <= 400_000, f"a first visit weighs {loaded} bytes"
    for title in ("가까운 사람", "일정", "질의응답", "민원", "안전", "지도", "설정"):
        await page.get_by_role("button", name=title, exact=True).click()
        await page.locator(".sheet .body > :visible").first.wait_for()
        assert await faults_of(page) == [], title

    await page.get_by_label("English", exact=True).check()
    await expect(page.get_by_role("heading", name="Village green")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_two_citizens_see_each_other_move_and_talk(windows: Windows) -> None:
    mina, junho = await windows.open(), await windows.open(locale="en-GB")
    await come_in(mina, "미나")
    await come_in(junho, "<b>Junho</b> " + "x" * 20)
    for page in (mina, junho):
        await until(page, "globalThis.madang?.client.others().count === 1")
    seen = await junho.evaluate("[madang.client.others().x[0], madang.client.others().z[0]]")
    await mina.locator(".street > canvas").focus()
    await mina.keyboard.down("KeyW")
    away = f"madang.client.others().x[0] - {seen[0]}, madang.client.others().z[0] - {seen[1]}"
    await until(junho, f"Math.hypot({away}) > 1")
    await mina.keyboard.up("KeyW")

    for page in (mina, junho):
        if await page.locator("#say").is_hidden():
            await page.locator(".chat .fold").click()
    await junho.locator("#say").fill("<img src=x> 안녕하세요 مرحبا")
    await junho.locator("select.to").select_option("district")
    await junho.locator("#say").press("Enter")
    line = mina.locator(".said_line")
    await expect(line.locator(".what")).to_have_text("<img src=x> 안녕하세요 مرحبا")
    await expect(line.locator(".who")).to_have_text("<b>Junho</b> " + "x" * 20)
    assert await mina.locator(".log img").count() == 0


async def test_a_petition_is_filed_and_followed_where_one_stands(city: WebCity, windows: Windows) -> None:
    page = await windows.open()
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    await page.get_by_role("button", name="민원", exact=True).click()
    await page.get_by_label("어떤 민원인가요").select_option("other")
    await page.get_by_label("제목", exact=True).fill("깨진 보도블록")
    await page.get_by_label("내용", exact=True).fill("세종대로의 보도블록이 깨졌습니다.")
    await page.get_by_role("button", name="민원 신청하기").click()
    name = page.get_by_label("이름", exact=True)
    await expect(name).to_have_attribute("aria-invalid", "true")  # what is missing is told at its field
    await expect(page.locator("#field_name_fault")).to_have_text("꼭 적어야 합니다")
    await name.fill("김미나")
    await page.get_by_role("button", name="민원 신청하기").click()
    await expect(page.get_by_role("heading", name="민원이 도착했습니다")).to_be_visible()

    await page.locator("section.paper").get_by_role("button", name="보기").click()
    await expect(page.get_by_role("heading", name="깨진 보도블록")).to_be_visible()
    [filed] = (await city.get("/api/v1/petitions/desk", "room")).json()["items"]
    await city.done("petitions.receive", "room", petition=filed["petition"])
    await expect(page.locator(".facts dd").first).to_have_text("접수")
    assert await faults_of(page) == []


async def test_one_citizen_in_two_windows_is_told_so_and_a_wrong_token_too(
    city: WebCity, windows: Windows
) -> None:
    first, second = await windows.open(), await windows.open(viewport={"width": 390, "height": 700})
    await come_in(first, token=city.tokens["mina"])
    await settled(first)
    await come_in(second, token=city.tokens["mina"])
    await expect(first.get_by_role("alertdialog")).to_contain_text("다른 창에서")
    await settled(second)
    assert await second.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"
    opened = await second.evaluate(OPENED)
    await second.locator(".sheet .chart").wait_for()
    assert await second.evaluate("document.querySelector('.sheet').offsetHeight") == opened, "it grows"
    await first.get_by_role("button", name="다시 들어오기").click()
    await come_in(first, token="not.a.token")
    await expect(first.get_by_role("alert")).to_contain_text("신분을 확인할 수 없습니다")


@pytest.mark.parametrize(
    ("locale", "told", "other"),
    [
        ("ko-KR", "이 브라우저에서는 3차원을 그릴 수 없습니다", "This browser cannot draw in 3D"),
        ("en-GB", "This browser cannot draw in 3D", "이 브라우저에서는 3차원을 그릴 수 없습니다"),
    ],
)
async def test_without_webgl_it_says_why_and_where_the_city_is_in_words(
    city: WebCity, locale: str, told: str, other: str
) -> None:
    async with (
        chromium_with("--disable-3d-apis") as chromium,
        windows_onto(chromium, f"http://{city.city.address}") as windows,
    ):
        page = await windows.open(locale=locale)
        await expect(page.get_by_role("heading", name=told)).to_be_visible()
        assert await faults_of(page) == []
        await page.get_by_role("button").click()
        await expect(page.get_by_role("heading", name=other)).to_be_visible()
        await page.get_by_role("link").click()
        await page.wait_for_url("**/plain")


async def test_what_the_city_refuses_is_told_at_its_field_and_what_was_written_outlives_the_page(
    city: WebCity, windows: Windows
) -> None:
    page = await windows.open(locale="en-GB")
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    await page.get_by_role("button", name="Petitions", exact=True).click()
    await page.locator("select[name=kind]").select_option("other")
    text = "<script>throw 1</script> مدينة " + "x" * 300
    await page.locator("[name=title]").fill(text)
    await page.locator("[name=text]").fill("<b>Sejong-daero</b>")
    await page.locator("[name=name]").fill("Mina")
    send = page.get_by_role("button", name="File the petition")
    await send.click()
    title = page.locator("[name=title]")
    await expect(title).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#field_title_fault")).to_have_text("That is too long.")
    await expect(title).to_be_focused()

    await page.reload()
    await come_in(page, token=city.tokens["mina"])
    await settled(page)
    await page.get_by_role("button", name="Petitions", exact=True).click()
    await expect(title).to_have_value(text)
    await title.fill(text[:40])
    await send.click()
    await page.locator("section.paper").get_by_role("button", name="Show").click()
    await expect(page.locator(".sheet h3").first).to_have_text(text[:40])
    await expect(page.locator(".sheet")).to_contain_text("<b>Sejong-daero</b>")
    assert await page.locator(".sheet script, .sheet .body b:text('Sejong')").count() == 0


async def distinct_colours(page: Page, png: bytes) -> int:
    """How many colours a picture has, as the browser itself decodes it."""
    found: int = await page.evaluate(
        """async (bytes) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}));
            const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
            pen.drawImage(image, 0, 0);
            const words = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
            return new Set(words).size;
        }""",
        list(png),
    )
    return found
