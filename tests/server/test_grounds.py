"""The ground of a district over HTTP: whole, as the server walks it, and asked for again cheaply."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from server.config import DEFAULT_CITY
from server.web.grounds import drawn
from tests.support.node import HAMLET, WITHOUT_TLS, served
from worlds.plan import load


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(tmp_path) as city,
        httpx.AsyncClient(
            base_url=f"http://{city.address}", trust_env=False, timeout=30, verify=WITHOUT_TLS
        ) as browser,
    ):
        yield browser


async def test_a_district_is_told_whole(browser: httpx.AsyncClient) -> None:
    hall = (await browser.get("/api/city/districts/hall")).json()
    assert (hall["width"], hall["depth"]) == (40, 40)
    assert hall["name"] == {"ko": "마을회관", "en": "Village hall"}
    assert hall["buildings"][0]["look"] == "hanok"
    assert [door["id"] for door in hall["doors"]] == ["front_door", "office_door"]
    assert hall["doors"][1]["access"] == ["official", "grant:chief"]
    assert {"grounds", "trees", "zones", "portals", "stages", "exhibits", "spawns"} <= hall.keys()


@pytest.mark.parametrize("folder", [HAMLET, DEFAULT_CITY], ids=lambda folder: folder.name)
def test_the_walls_told_are_those_that_bar(folder: Path) -> None:
    for district in load(folder).districts:
        told = json.loads(drawn(district).plain)
        lines = np.array([line for wall in told["walls"] for line in wall["lines"]]).reshape(-1, 4)
        barring = district.wall_segments()
        assert len(lines) == len(barring)
        np.testing.assert_allclose(np.sort(lines, axis=0), np.sort(barring, axis=0), atol=0.001)


async def test_what_a_browser_has_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/api/city/districts/green")
    assert first.headers["content-encoding"] == "gzip"
    again = await browser.get("/api/city/districts/green", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = await browser.get("/api/city/districts/green", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == first.json()


async def test_an_unknown_district_is_not_found(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/city/districts/atlantis")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
