"""Every page of the plain page that a link leads to: valid, light, accessible and in one language."""

import re
from itertools import pairwise

import pytest

from server.texts import LANGUAGES, Language
from tests.support.plain_page import Visit, announced, file, petition_in, publish, sanctioned
from tests.support.reader import Page, Reader
from tests.support.web_city import WebCity


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", [None, "mina", "room", "chief"])
async def test_every_page_is_reached_by_links_valid_light_and_in_one_language(
    city: WebCity, visit: Visit, who: str | None, language: Language
) -> None:
    mina = await visit("mina")
    receipt = await file(mina, "suggestion", publish="yes")
    await publish_a_question(city, mina, await announced(city))
    for kind in ("warn", "mute"):
        await sanctioned(city, "mina", kind)
    reader = await visit(who, language)
    seen: dict[str, Page] = {}
    waiting = ["/plain"]
    while waiting:
        path = waiting.pop()
        if path not in seen and "lang=" not in path:
            seen[path] = page = await reader.open(path)
            waiting += page.targets
    style = len((await city.get("/static/plain.css")).content) + len(
        (await city.get("/static/icon.svg")).content
    )
    for path, page in seen.items():
        assert page.status == 200, (path, page.text)
        assert page.language == language
        assert page.answer.headers["cache-control"] == "no-store"
        assert page.answer.headers["content-language"] == language
        assert "form-action 'self'" in page.answer.headers["content-security-policy"]
        assert page.answer.headers["referrer-policy"] == "same-origin"
        assert len(page.answer.content) + style < 30_000, path
        assert is_accessible(page), path
    expected = {
        "/plain/petitions/published",
        "/plain/places/hall",
        "/plain/sanctions/numbers?days=365",
        "/plain/enter" if who is None else "/plain/leave",
    }
    assert expected <= seen.keys()
    if who == "mina":
        assert {receipt.path, petition_in(receipt) + "/withdraw"} <= seen.keys()
        assert {"/plain/sanctions/s-1/acknowledge", "/plain/sanctions/s-2/appeal"} <= seen.keys()
    if who == "chief":
        assert any(path.endswith("/1/merge") for path in seen), seen.keys()
    if who == "room":
        assert {petition_in(receipt), "/plain/desk/serve"} <= seen.keys()


async def publish_a_question(city: WebCity, asker: Reader, session: str) -> None:
    page = await asker.open(f"/plain/question-time/{session}/ask")
    await asker.send(page.form("/ask"), {"text": "버스는 언제 늘어납니까?"})
    await publish(city, session, 1)


def is_accessible(page: Page) -> bool:
    """What can be told from the markup: titles, labels, headings in order, ids once, tables with headers."""
    tree = page.tree
    title, ids = tree.find(".//title"), [one.get("id") or "" for one in tree.iter() if one.get("id")]
    assert title is not None
    assert title.text
    assert len(ids) == len(set(ids)), sorted(ids)
    assert len(list(tree.iter("h1"))) == 1
    assert len(list(tree.iter("main"))) == 1
    levels = [int(one.tag[1]) for one in tree.iter() if re.fullmatch("h[1-6]", str(one.tag))]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    for form in tree.iter("form"):
        fields = [*form.iter("input"), *form.iter("select"), *form.iter("textarea")]
        named = [one.get("name") for one in fields if one.get("type") not in ("radio", "checkbox")]
        assert len(named) == len(set(named)), named
    labelled = {one.get("for") for one in tree.iter("label")}
    for field in [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]:
        assert field.get("type") == "hidden" or field.get("id") in labelled, field.attrib
    for name in ("aria-describedby", "aria-labelledby"):
        for one in tree.iter():
            assert set((one.get(name) or "").split()) <= set(ids)
    for table in tree.iter("table"):
        assert all(one.get("scope") for one in table.iter("th"))
    assert all("".join(one.itertext()).strip() or one.get("aria-label") for one in tree.iter("a"))
    assert not any(one.get("style") or one.tag in ("script", "style") for one in tree.iter())
    return True


async def test_the_language_is_the_browsers_until_another_is_chosen(visit: Visit) -> None:
    reader = await visit(None, "en")
    page = await reader.open("/plain")
    assert page.language == "en"
    page = await reader.follow(page, "한국어")
    assert page.language == "ko"
    page = await reader.follow(await reader.open("/plain/petitions/new?kind=other&lang=ko"), "English")
    assert page.language == "en"
    assert page.heading == "Everyday matter"
    page = await reader.follow(page, "한국어")
    assert (await reader.open("/plain/petitions")).language == "ko"
    assert (await reader.open("/plain?lang=en")).language == "en"
    assert (await reader.open("/plain/places")).language == "en"
