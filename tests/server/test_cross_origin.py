"""Pages of other origins: Open311 is readable from all of them, the city's interface from those that are named."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.web_city import WebCity, web_city

FRIEND, STRANGER = "https://friend.example", "https://stranger.example"
ALLOWED = "access-control-allow-origin"
REQUESTS = "/open311/v2/requests.json"
FILE = "/api/v1/petitions/file"


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path, listen={"origins": (FRIEND,)}) as city:
        yield city


async def preflight(city: WebCity, path: str, origin: str, headers: str = "authorization") -> httpx.Response:
    """What a browser asks before it lets a page send this."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": headers,
    }
    return await city.browser.options(path, headers=asked)


async def read_by(city: WebCity, path: str, origin: str) -> httpx.Response:
    return await city.browser.get(path, headers={"Origin": origin})


async def test_every_page_may_read_open311_also_why_it_is_refused(city: WebCity) -> None:
    for path, status in ((REQUESTS, 200), (f"{REQUESTS}?status=lost", 400), ("/open311/v2/no.xml", 404)):
        answer = await read_by(city, path, STRANGER)
        assert (answer.status_code, answer.headers[ALLOWED]) == (status, "*")
    assert (await preflight(city, "/open311/v2/requests.json", STRANGER)).headers[ALLOWED] == "*"


async def test_pages_of_named_origins_may_use_the_interface(city: WebCity) -> None:
    for path in (
        "/api/city",
        "/openapi.json",
        "/version",
        "/readyz",
        "/api/v1/petitions/mine",
        "/api/nothing",
    ):
        answer = await read_by(city, path, FRIEND)
        assert answer.headers[ALLOWED] == FRIEND, path
        assert "Origin" in answer.headers["vary"], path
    asked = await preflight(city, FILE, FRIEND, "authorization, content-type, idempotency-key")
    assert (asked.status_code, asked.headers[ALLOWED]) == (200, FRIEND)
    filed = await city.post("petitions.file", "mina", headers={"Origin": FRIEND}, kind="other", title="제목")
    assert (filed.status_code, filed.headers[ALLOWED]) == (422, FRIEND)


async def test_pages_of_other_origins_may_not(city: WebCity) -> None:
    for path in ("/api/city", "/openapi.json", "/api/v1/petitions/mine"):
        assert ALLOWED not in (await read_by(city, path, STRANGER)).headers
    asked = await preflight(city, FILE, STRANGER)
    assert asked.status_code == 400
    assert ALLOWED not in asked.headers


async def test_no_page_of_another_origin_reads_a_page_of_ours_or_acts_by_its_cookies(city: WebCity) -> None:
    for path in ("/plain", "/", "/metrics"):
        assert ALLOWED not in (await read_by(city, path, FRIEND)).headers
    for path in (REQUESTS, "/api/city"):
        answer = await city.browser.get(path, headers={"Origin": FRIEND, "Cookie": "session=1"})
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_reads_when_it_may_come_back(tmp_path: Path) -> None:
    limits = {"requests_per_s": 1, "request_burst": 1, "loopback_exempt": False}
    async with web_city(tmp_path, listen={"origins": ("*",)}, limits=limits) as city:
        answers = [await read_by(city, "/api/city", STRANGER) for _ in range(5)]
    refused = answers[-1]
    assert (refused.status_code, refused.headers[ALLOWED]) == (429, "*")
    assert "Retry-After" in refused.headers["access-control-expose-headers"]
    assert "retry-after" in refused.headers
