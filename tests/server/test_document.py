"""The OpenAPI document: whole, and made without keeping anybody waiting."""

import asyncio
from pathlib import Path

from tests.support.web_city import web_city


async def longest_pause(done: asyncio.Event) -> float:
    """The longest time, in seconds, in which nothing else had a turn."""
    now, longest = asyncio.get_running_loop().time, 0.0
    before = now()
    while not done.is_set():
        await asyncio.sleep(0)
        before, longest = now(), max(longest, now() - before)
    return longest


async def test_nobody_waits_while_the_document_is_made_and_it_is_made_once(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        now, done = asyncio.get_running_loop().time, asyncio.Event()
        watching = asyncio.create_task(longest_pause(done))
        begun = now()
        first, beside = await asyncio.gather(*(city.browser.get("/openapi.json") for _ in range(2)))
        took = now() - begun
        done.set()
        assert await watching < took / 3
        assert (first.status_code, first.headers["content-type"]) == (200, "application/json")
        assert first.content == beside.content == (await city.browser.get("/openapi.json")).content
        assert "/api/v1/petitions/file" in first.json()["paths"]
        assert (await city.browser.head("/openapi.json")).status_code == 200
