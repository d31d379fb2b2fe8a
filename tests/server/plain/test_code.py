"""`madang code`: from a token on its standard input to a code that is good on the plain page."""

import asyncio
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from server.cli import app
from tests.support.reader import Reader
from tests.support.web_city import web_city


async def madang_code(url: str, token: str) -> Any:
    def run() -> Any:
        return CliRunner().invoke(app, ["code", "--url", url], input=token)

    return await asyncio.to_thread(run)


async def test_the_command_asks_the_city_for_a_code_that_signs_in(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        url = f"http://{city.city.address}/"
        told = await madang_code(url, city.tokens["mina"] + "\n")
        assert told.exit_code == 0, told.stderr
        reader = Reader(city.city.address)
        page = await reader.sign_in(told.stdout.strip())
        await reader.close()
        assert "미나 님" in page.text
        refused = await madang_code(url, "no token")
        assert refused.exit_code == 2
        assert refused.stderr.startswith("madang: ")
    away = await madang_code(url, "x")
    assert away.exit_code == 2
    assert url.rstrip("/") in away.stderr
