"""Files on the plain page, without a script: chosen in a form, kept through its faults, read from the petition."""

import re

from tests.support.attachments import a_picture, a_scan, place_in
from tests.support.plain_page import Visit, look, petition_in, words
from tests.support.web_city import WebCity

WRITTEN = {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}


async def test_a_petition_is_filed_with_a_photograph_and_read_by_the_office(
    city: WebCity, visit: Visit
) -> None:
    mina, room = await visit("mina"), await visit("room")
    page = await mina.open("/plain/petitions/new?kind=other")
    files = [("files", ("현장.jpg", a_picture(place=True))), ("files", ("대장.pdf", a_scan()))]
    # Something is missing: what was chosen is still there with what was written.
    page = await mina.send(page.form("/new"), WRITTEN | {"title": ""}, do="file", files=files)
    assert page.status == 422
    assert "현장.jpg" in page.text
    assert "대장.pdf" in page.text
    again = page.form("/new")
    without = next(name for name in again.names if name.endswith(".1.without"))
    page = await mina.send(again, WRITTEN | {without: "yes"}, do="file")
    at = petition_in(page)
    page = await mina.open(at)
    links = [target for target in page.targets if "/files/" in target]
    assert len(links) == 1
    assert "현장.jpg" in page.text
    pictures = [one.get("src", "") for one in page.tree.iter("img") if "/files/" in one.get("src", "")]
    assert pictures == links, "one's own picture is shown small"
    answer = await mina.browser.get(links[0])
    assert answer.headers["content-disposition"].startswith("attachment")
    assert not place_in(answer.content)
    page = await look(room, at)
    assert [target for target in page.targets if "/files/" in target] == links
    assert (await room.browser.get(links[0])).content == answer.content
    for other in (await visit("junho"), await visit()):
        assert (await other.browser.get(links[0])).status_code in (401, 403)


async def test_a_form_without_its_token_brings_nothing(city: WebCity, visit: Visit) -> None:
    mina = await visit("mina")
    form = (await mina.open("/plain/petitions/new?kind=other")).form("/new")
    files = [("files", ("현장.jpg", a_picture()))]
    page = await mina.send(form, WRITTEN | {"form_token": "x"}, do="file", files=files)
    assert page.status == 403
    assert words("ko")["form"]["stale"] in page.text
    assert city.city.count("madang_files_brought_total", kind="jpeg") == 0


async def test_what_is_refused_is_told_at_the_field_and_the_rest_stays(city: WebCity, visit: Visit) -> None:
    mina = await visit("mina")
    form = (await mina.open("/plain/petitions/new?kind=other")).form("/new")
    files = [("files", ("현장.jpg", a_picture())), ("files", ("설치.exe", b"MZ\x90\x00\x03"))]
    page = await mina.send(form, WRITTEN, do="file", files=files)
    assert page.status == 422
    assert "설치.exe" in page.error_at("files")
    page = await mina.send(page.form("/new"), do="file")
    assert "/files/" in " ".join((await mina.open(petition_in(page))).targets)


async def test_a_form_sent_twice_files_once(city: WebCity, visit: Visit) -> None:
    mina = await visit("mina")
    form = (await mina.open("/plain/petitions/new?kind=other")).form("/new")
    files = [("files", ("현장.jpg", a_picture()))]
    pages = [await mina.send(form, WRITTEN, do="file", files=files) for _ in range(2)]
    assert petition_in(pages[0]) == petition_in(pages[1])
    mine = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    assert len(mine) == 1


async def test_a_draft_keeps_its_files(city: WebCity, visit: Visit) -> None:
    mina = await visit("mina")
    form = (await mina.open("/plain/petitions/new?kind=other")).form("/new")
    await mina.send(form, WRITTEN, do="draft", files=[("files", ("현장.jpg", a_picture()))])
    (card,) = (await city.get("/api/v1/petitions/mine", "mina")).json()["items"]
    page = await mina.open(f"/plain/petitions/{card['petition']}/draft")
    assert "현장.jpg" in page.text
    page = await mina.send(page.form("/draft"), do="file")
    assert "현장.jpg" in (await mina.open(petition_in(page))).text


async def test_an_answer_comes_with_a_file(city: WebCity, visit: Visit) -> None:
    id, _ = await city.receive()
    at = f"/plain/petitions/{id}"
    await city.done("petitions.route", "room", petition=id, department="roads")
    await city.done("petitions.start", "officer", petition=id)
    officer, mina = await visit("officer"), await visit("mina")
    await look(officer, at)
    form = (await officer.open(f"{at}/answer")).form("/answer")
    page = await officer.send(form, {"text": "고쳤습니다."}, files=[("files", ("답변서.pdf", a_scan()))])
    assert page.status == 200, page.text
    page = await mina.open(at)
    (link,) = [target for target in page.targets if "/files/" in target]
    assert (await mina.browser.get(link)).content == a_scan()
    assert re.search("답변서.pdf", page.text)
