"""The headers of every answer, and who may read the metrics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from protocol.handshake import CityCard
from server.config import Settings
from server.metrics import Metrics
from server.web.app import build
from tests.server.test_web import SmallCity

Headers = dict[str, str]


@asynccontextmanager
async def browser(
    peer: str = "127.0.0.1", scheme: str = "http", **listen: Any
) -> AsyncIterator[httpx.AsyncClient]:
    app = build(SmallCity(), Metrics(), Settings.model_validate({"listen": listen}))
    transport = httpx.ASGITransport(app, client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://city.example") as browser:
        yield browser


PATHS = [
    "/",
    "/livez",
    "/readyz",
    "/api/city",
    "/openapi.json",
    "/static/page.css",
    "/favicon.ico",
    "/nowhere",
]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_says_what_a_browser_must_not_do(path: str) -> None:
    async with browser() as it:
        headers = (await it.get(path)).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert "script-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(headers["permissions-policy"].split(", "))
    assert "server" not in headers


async def test_a_refused_body_carries_them_too() -> None:
    async with browser() as it:
        refused = await it.post("/nowhere", content=bytes(70_000))
    assert refused.status_code == 413
    assert refused.headers["x-content-type-options"] == "nosniff"


class BrokenCity(SmallCity):
    """A city with a fault of ours in it."""

    def city(self) -> CityCard:
        raise ZeroDivisionError("what nobody else shall read")


async def test_a_fault_of_ours_carries_them_and_tells_nothing_of_itself() -> None:
    app = build(BrokenCity(), Metrics(), Settings())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://city.example") as it:
        answer = await it.get("/api/city")
    assert answer.status_code == 500
    assert "nobody" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


PROXY: Headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("scheme", "headers", "listen", "is_told"),
    [
        ("http", {}, {}, False),
        ("https", {}, {}, True),
        ("http", PROXY, {}, False),
        ("http", PROXY, {"proxies": ["127.0.0.1/32"]}, True),
        ("http", PROXY | {"X-Forwarded-Proto": "http"}, {"proxies": ["127.0.0.1/32"]}, False),
        ("https", {}, {"hsts_seconds": 0}, False),
    ],
)
async def test_hsts_is_told_to_who_came_by_tls_and_to_nobody_else(
    scheme: str, headers: Headers, listen: dict[str, Any], is_told: bool
) -> None:
    async with browser(scheme=scheme, **listen) as it:
        answer = await it.get("/livez", headers=headers)
    assert answer.headers.get("strict-transport-security") == ("max-age=31536000" if is_told else None)


@pytest.mark.parametrize(
    ("peer", "headers", "listen", "may"),
    [
        ("127.0.0.1", {}, {}, True),
        ("::1", {}, {}, True),
        ("::ffff:127.0.0.1", {}, {}, True),
        ("203.0.113.9", {}, {}, False),
        ("10.0.0.7", {}, {"metrics": ["10.0.0.0/8"]}, True),
        ("127.0.0.1", {}, {"metrics": ["10.0.0.0/8"]}, False),
        ("127.0.0.1", {}, {"metrics": []}, False),
        ("203.0.113.9", {}, {"metrics": ["0.0.0.0/0", "::/0"]}, True),
        ("127.0.0.1", PROXY, {}, False),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, {}, False),
        ("no address", {}, {}, False),
    ],
)
async def test_metrics_are_read_from_the_networks_of_the_settings_alone(
    peer: str, headers: Headers, listen: dict[str, Any], may: bool
) -> None:
    async with browser(peer, **listen) as it:
        answer = await it.get("/metrics", headers=headers)
    assert answer.status_code == (200 if may else 403)
    assert ("madang_connections" in answer.text) is may


async def test_a_page_names_no_metrics() -> None:
    async with browser() as it:
        assert "/metrics" not in (await it.get("/")).text
