"""The SDK in a page of somebody else's: as its README prints it, from another origin, without a bundler."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Route, async_playwright, expect

from tests.support.browser import LAUNCH, PATIENCE_MS
from tests.support.web_city import web_city

CLIENTS = Path(__file__).parents[2] / "clients"
ELSEWHERE = "http://localhost:8000"
"""Nothing listens there: what is asked of it is answered by this test."""


FROM_ANYWHERE = "--disable-features=LocalNetworkAccessChecks"
"""The browser cannot know that a page which the test answers comes from this machine."""


@pytest.fixture
def package() -> Path:
    """The SDK as it is packed."""
    build = ["npm", "--prefix", str(CLIENTS), "run", "build", "--workspace", "madang", "--silent"]
    subprocess.run(build, check=True)
    return CLIENTS / "typescript"


async def test_the_page_that_the_readme_prints_walks(tmp_path: Path, package: Path) -> None:
    found = re.search(r"```html\n(.*?)```", (package / "README.md").read_text("utf-8"), re.S)
    assert found
    async with (
        web_city(tmp_path, listen={"origins": [ELSEWHERE]}) as city,
        async_playwright() as playwright,
    ):
        printed = found[1].replace("127.0.0.1:8080", city.city.address).replace('"civil"', '"green"')

        async def serve(route: Route) -> None:
            path = route.request.url.removeprefix(f"{ELSEWHERE}/")
            if not path:
                await route.fulfill(body=printed, content_type="text/html")
            elif path.startswith("node_modules/madang/"):
                await route.fulfill(path=package / path.removeprefix("node_modules/madang/"))
            else:
                await route.fulfill(path=CLIENTS / path)

        browser = await playwright.chromium.launch(**LAUNCH | {"args": [*LAUNCH["args"], FROM_ANYWHERE]})
        page = await browser.new_page()
        page.on("console", lambda told: print(told.text))
        await page.route(f"{ELSEWHERE}/**", serve)
        await page.goto(f"{ELSEWHERE}/")
        await expect(page.locator("body")).to_have_text("arrived", timeout=PATIENCE_MS)
        await browser.close()
