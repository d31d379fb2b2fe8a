"""The built pages: hashed names kept for ever, pages asked for anew, compressed for who takes it, strict for all."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.config import Settings
from server.metrics import Metrics
from server.web.app import build
from server.web.pages import ANEW, FOR_EVER, KINDS, Pages
from tests.server.test_web import SmallCity

SCRIPT = b"export const greeting = '\xec\x95\x88\xeb\x85\x95';\n" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name in ("index", "console"):
        (tmp_path / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>", "utf-8")
    (tmp_path / "assets" / "city-8fK2.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "city-8fK2.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "city-8fK2.js.br").write_bytes(b"as brotli")
    (tmp_path / "notes.txt").write_text("not to be served", "utf-8")
    return tmp_path


@pytest.fixture
async def browser(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = build(SmallCity(), Metrics(), Settings(), pages=Pages(folder))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://city.example"
    ) as browser:
        yield browser


async def test_the_city_is_at_the_door_and_the_plain_landing_page_beside_it(
    browser: httpx.AsyncClient,
) -> None:
    assert "<title>index" in (await browser.get("/")).text
    assert "<title>console" in (await browser.get("/console")).text
    about = (await browser.get("/about?lang=en")).text
    assert "<h1>Seoul</h1>" in about
    for address in ("/", "/plain", "/console"):
        assert f'<a href="{address}">' in about
    assert (await browser.get("/stage")).status_code == 404


async def test_a_page_runs_only_scripts_of_ours_and_is_asked_for_anew(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == ANEW
    assert page.headers["x-content-type-options"] == "nosniff"
    again = await browser.get("/", headers={"If-None-Match": f'"another", W/{page.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == page.headers["etag"]
    assert (await browser.get("/", headers={"If-None-Match": '"another"'})).status_code == 200


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0.0", None),
        ("", None),
    ],
)
async def test_a_built_file_comes_in_the_best_encoding_that_is_taken(
    browser: httpx.AsyncClient, accepts: str, encoding: str | None
) -> None:
    async with browser.stream("GET", "/assets/city-8fK2.js", headers={"Accept-Encoding": accepts}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(raw)
    assert {"br": b"as brotli", "gzip": gzip.compress(SCRIPT), None: SCRIPT}[encoding][10:] == raw[10:]


async def test_the_tag_of_a_copy_is_its_own(browser: httpx.AsyncClient) -> None:
    tags = {
        (await browser.head("/assets/city-8fK2.js", headers={"Accept-Encoding": accepts})).headers["etag"]
        for accepts in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path", ["/assets/other.js", "/assets/../notes.txt", "/assets/%2e%2e/notes.txt", "/notes.txt"]
)
async def test_what_is_not_a_built_file_is_not_there(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


def test_a_city_without_built_pages_has_none(tmp_path: Path) -> None:
    assert Pages(tmp_path / "nowhere").addresses == []


def test_every_kind_of_text_tells_its_encoding() -> None:
    assert all("charset=utf-8" in kind for kind in KINDS.values() if kind.startswith("text/"))
