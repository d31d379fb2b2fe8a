"""The web pages: what each route answers, in both languages, ready or not."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from html.parser import HTMLParser

import httpx
import pytest

from protocol.avatars import AvatarCard
from protocol.catalogue import fingerprint
from protocol.handshake import CityCard, DistrictCard, Text
from server.config import Settings
from server.metrics import Metrics
from server.texts import LANGUAGES, language_of, preferred, texts
from server.web.app import build
from server.web.landing import landing_page
from tests.support.node import HAMLET
from worlds.citizen import Citizen
from worlds.district import Standing
from worlds.plan import DistrictPlan, load

CITY = CityCard(
    id="seoul",
    name=Text(ko="서울", en="Seoul"),
    districts=[
        DistrictCard(id="civil", name=Text(ko="시청", en="City Hall"), open=True, population=3120),
        DistrictCard(id="operations", name=Text(ko="운영", en="<Operations>"), open=False, population=0),
    ],
    services=["live_qa", "petitions"],
)


class SmallCity:
    """A city that stands still."""

    def __init__(self) -> None:
        self.ready = True

    def city(self) -> CityCard:
        return CITY

    def districts(self) -> Sequence[DistrictPlan]:
        return load(HAMLET).districts

    def here(self) -> Iterable[tuple[Citizen, str | None]]:
        return ()

    def is_ready(self) -> bool:
        return self.ready

    def standing(self, district: str) -> Standing | None:
        return None

    def card(self, district: str, slot: int) -> AvatarCard | None:
        return None

    def health(self) -> Mapping[str, object]:
        return {"connections": 3120, "near_age_p99_s": None}


class Page(HTMLParser):
    """What a page loads, and whether its tags are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.language = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)
        if tag in ("link", "img"):
            self.loads.append(given.get("href") or given.get("src") or "")
        if tag == "html":
            self.language = given.get("lang") or ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def city() -> SmallCity:
    return SmallCity()


@pytest.fixture
async def browser(city: SmallCity) -> AsyncIterator[httpx.AsyncClient]:
    app = build(city, Metrics(), Settings())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://city.example") as browser:
        yield browser


@pytest.mark.parametrize(
    ("accepts", "asks", "language", "word"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "", "ko", "서울"),
        ("en-US,en;q=0.9,ko;q=0.8", "", "en", "Seoul"),
        ("fr,de;q=0.5", "", "en", "Seoul"),
        ("", "", "en", "Seoul"),
        ("en", "?lang=ko", "ko", "서울"),
        ("ko", "?lang=en", "en", "Seoul"),
        ("ko", "?lang=fr", "en", "Seoul"),
    ],
)
async def test_the_page_speaks_the_readers_language(
    browser: httpx.AsyncClient, accepts: str, asks: str, language: str, word: str
) -> None:
    answer = await browser.get("/" + asks, headers={"Accept-Language": accepts})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert Page(answer.text).language == language
    assert f"<h1>{word}</h1>" in answer.text


async def test_the_page_lists_the_districts_and_tells_how_to_come_in(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/?lang=en")).text
    assert "City Hall" in page
    assert "3,120 here" in page
    assert "&lt;Operations&gt;" in page
    assert "Not open yet" in page
    assert "wss://city.example/ws" in page
    assert "madang.v1" in page


async def test_the_page_needs_no_script_and_loads_only_what_is_ours(browser: httpx.AsyncClient) -> None:
    page = Page((await browser.get("/")).text)
    assert "script" not in page.tags
    assert page.loads
    for path in page.loads:
        assert path.startswith("/static/")
        assert (await browser.get(path)).status_code == 200


def test_the_page_of_a_city_without_districts_and_visitors_can_be_shown() -> None:
    empty = CITY.model_copy(update={"districts": []})
    for language in LANGUAGES:
        page = landing_page(
            language,
            empty,
            is_ready=False,
            visitors_admitted=False,
            base_url="http://[::1]:8080/",
            version="1",
        )
        Page(page)
        assert texts(language)["landing"]["not_ready"] in page
        assert "ws://[::1]:8080/ws" in page


@pytest.mark.parametrize("path", ["/", "/livez", "/metrics", "/api/city", "/static/page.css", "/nowhere"])
async def test_every_answer_carries_the_safe_headers(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_a_node_that_starts_or_drains_lives_but_is_not_ready(
    browser: httpx.AsyncClient, city: SmallCity
) -> None:
    ready = await browser.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "connections": 3120, "near_age_p99_s": None}
    city.ready = False
    assert (await browser.get("/readyz")).status_code == 503
    assert (await browser.get("/readyz")).json()["ready"] is False
    assert (await browser.get("/livez")).text == "ok"


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz"])
async def test_a_probe_may_ask_for_the_head_alone(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.head(path)).status_code == 200


async def test_the_city_is_told_as_the_welcome_tells_it(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/city")
    assert CityCard.model_validate(answer.json()) == CITY


async def test_the_version_tells_the_language_too(browser: httpx.AsyncClient) -> None:
    told = (await browser.get("/version")).json()
    assert told["protocol"] == 1
    assert told["fingerprint"] == fingerprint()
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", told["version"])


async def test_prometheus_gets_its_own_format(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "madang_connections 0.0" in answer.text


async def test_the_interface_describes_itself(browser: httpx.AsyncClient) -> None:
    described = (await browser.get("/openapi.json")).json()
    assert {
        "/api/city",
        "/api/city/districts/{district}",
        "/readyz",
        "/livez",
        "/version",
        "/metrics",
    } == described["paths"].keys()
    assert (await browser.get("/docs")).status_code == 404


async def test_the_icon_is_ours(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"


def test_both_languages_have_the_same_texts() -> None:
    def keys(language: str) -> set[tuple[str, str]]:
        told = texts("ko" if language == "ko" else "en")
        return {(group, key) for group, entries in told.items() for key in entries}

    def blanks(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w*\}", text))

    assert keys("ko") == keys("en")
    for group, key in keys("ko"):
        assert blanks(texts("ko")[group][key]) == blanks(texts("en")[group][key]), key


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("ko", "ko"),
        ("ko_KR", "ko"),
        ("en;q=0.1, ko;q=0.2", "ko"),
        ("en; q=0.1, ko; q=0.2", "ko"),
        ("ko;q=x, en", "en"),
        ("kok", "en"),
        ("*", "en"),
        (";;;,,,", "en"),
    ],
)
def test_any_header_leads_to_a_language(header: str | None, language: str) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("locale", "language"), [("ko-KR", "ko"), ("KO", "ko"), ("en", "en"), ("", "en"), (None, "en")]
)
def test_any_locale_leads_to_a_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language
