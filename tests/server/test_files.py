"""Files of petitions over HTTP: brought, attached, read by who may, bounded, erased with their owner, and never run."""

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.server.test_journal_trouble import limit_pages
from tests.server.test_personal import everything_in
from tests.support.attachments import a_picture, a_scan, an_office_file, place_in
from tests.support.patience import until
from tests.support.web_city import SECRET, WebCity, a_petition, web_city

FILES = "/api/v1/petitions/files"


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[WebCity]:
    async with web_city(tmp_path) as city:
        yield city


async def brought(
    city: WebCity, content: bytes, who: str = "mina", name: str = "사진.jpg", **query: Any
) -> Any:
    answer = await city.bring(content, who, name, **query)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def read(city: WebCity, petition: str, file: str, who: str | None, **query: Any) -> httpx.Response:
    return await city.get(f"/api/v1/petitions/{petition}/files/{file}", who, **query)


async def test_a_picture_is_brought_filed_and_read_by_the_officer_without_the_place(city: WebCity) -> None:
    photo = a_picture(place=True)
    assert place_in(photo)
    waiting = await brought(city, photo)
    assert (waiting["kind"], waiting["name"]) == ("jpeg", "사진.jpg")
    filed = await city.done("petitions.file", "mina", **a_petition(files=[waiting["file"]]))
    id = filed["petition"]
    shown = await city.done("petitions.show", "mina", petition=id)
    card = {name: waiting[name] for name in ("file", "name", "kind", "bytes")}
    assert shown["files"] == [card]
    for who, why in (("mina", {}), ("room", {"reason": "접수"})):
        answer = await read(city, id, waiting["file"], who, **why)
        assert answer.status_code == 200, answer.text
        assert hashlib.sha256(answer.content).hexdigest() == waiting["sha256"]
        assert len(answer.content) == waiting["bytes"]
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "private, no-store"
        assert not place_in(answer.content)
        assert Image.open(io.BytesIO(answer.content)).size == Image.open(io.BytesIO(photo)).size
    for other in ("junho", "officer", None):
        assert (await read(city, id, waiting["file"], other, reason="x")).status_code == 403
    assert (await read(city, id, waiting["file"], "room")).status_code == 422
    assert (await read(city, "p-nothing", waiting["file"], "mina")).status_code == 404
    assert (await read(city, id, "nothing", "mina")).status_code == 404
    other = (await city.done("petitions.file", "mina", **a_petition()))["petition"]
    assert (await read(city, other, waiting["file"], "mina")).status_code == 404
    assert city.city.count("madang_files_brought_total", kind="jpeg") == 1


async def test_a_picture_keeps_its_place_where_its_owner_says_so(city: WebCity) -> None:
    photo = a_picture(place=True)
    waiting = await brought(city, photo, keep_place="true")
    assert waiting["sha256"] == hashlib.sha256(photo).hexdigest()


async def test_a_file_sent_again_under_its_key_is_attached_once(city: WebCity) -> None:
    waiting = await brought(city, a_picture())
    fields = a_petition(files=[waiting["file"]])
    answers = [
        await city.post("petitions.file", "mina", headers={"Idempotency-Key": "once"}, **fields)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    refused = await city.post("petitions.file", "mina", **fields)
    assert (refused.status_code, refused.json()["field"]) == (404, "files.0")
    assert (await city.post("petitions.file", "junho", **fields)).status_code == 404


async def test_a_file_sent_again_under_its_key_is_brought_once(city: WebCity) -> None:
    photo, key = a_picture(), {"Idempotency-Key": "once"} | city._headers("mina", None)
    answers = [await city.browser.post(FILES, content=photo, headers=key) for _ in range(2)]
    await city.done("petitions.file", "mina", **a_petition(files=[answers[0].json()["file"]]))
    answers.append(await city.browser.post(FILES, content=photo, headers=key))
    answers.append(await city.browser.post(FILES, content=a_picture((9, 9)), headers=key))
    ids = [answer.json()["file"] for answer in answers]
    assert ids[0] == ids[1] == ids[2] != ids[3]


async def test_what_waits_is_taken_back_and_what_is_attached_is_not(city: WebCity) -> None:
    first, second = await brought(city, a_picture()), await brought(city, a_scan(), name="대장.pdf")
    await city.done("petitions.file", "mina", **a_petition(files=[second["file"]]))

    async def drop(file: str, who: str) -> int:
        path = f"{FILES}/{file}"
        return (await city.browser.delete(path, headers=city._headers(who, None))).status_code

    assert await drop(first["file"], "junho") == 404
    assert await drop(first["file"], "mina") == 204
    assert await drop(first["file"], "mina") == 404
    assert await drop(second["file"], "mina") == 404
    assert (await city.post("petitions.file", "mina", **a_petition(files=[first["file"]]))).status_code == 404


async def test_visitors_and_bad_tokens_bring_nothing(city: WebCity) -> None:
    assert (await city.bring(a_picture(), None)).status_code == 403
    answer = await city.browser.post(FILES, content=a_picture(), headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00\x03program", b"\x7fELF\x02\x01", b"<html>\x00", b"\xff\xd8\xff no picture", b"PK\x03\x04 no zip",
     an_office_file("word/document.xml", "word/vbaProject.bin"), an_office_file("META-INF/MANIFEST.MF")],
    ids=["empty", "exe", "elf", "nul", "no jpeg", "no zip", "macros", "jar"],
)  # fmt: skip
async def test_what_is_of_no_kind_that_is_taken_is_refused(city: WebCity, content: bytes) -> None:
    answer = await city.bring(content, "mina", "계획.pdf")
    assert (answer.status_code, answer.json()["field"]) == (422, "file")


async def test_a_page_that_calls_itself_a_picture_is_a_text_and_is_saved_as_one(city: WebCity) -> None:
    waiting = await brought(city, b"<script>alert(1)</script>", name="../../사진\u202egnp.html")
    assert (waiting["kind"], waiting["name"]) == ("txt", "사진 gnp.html.txt")
    filed = await city.done("petitions.file", "mina", **a_petition(files=[waiting["file"]]))
    answer = await read(city, filed["petition"], waiting["file"], "mina")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]


# Kept


async def test_an_answer_with_a_file_is_read_after_a_restart(tmp_path: Path) -> None:
    scan = a_scan(700_000)
    async with web_city(tmp_path) as city:
        id, _ = await city.receive()
        await city.done("petitions.route", "room", petition=id, department="roads")
        await city.done("petitions.start", "officer", petition=id)
        waiting = await brought(city, scan, "officer", "답변서.pdf")
        await city.done(
            "petitions.answer", "officer", petition=id, text="고쳤습니다", files=[waiting["file"]]
        )
        left = await brought(city, a_picture(), "officer")
    async with web_city(tmp_path, is_new=False) as city:
        answer = await read(city, id, waiting["file"], "mina")
        assert answer.content == scan
        verdict = await city.city.node.journal.verify()
        assert (verdict.faults, verdict.files) == ((), 1)
        assert left["file"] in await city.city.node.journal.waiting_files([left["file"]])


async def test_a_byte_that_was_changed_is_found(city: WebCity) -> None:
    waiting = await brought(city, a_scan())
    await city.done("petitions.file", "mina", **a_petition(files=[waiting["file"]]))
    journal = city.city.node.journal
    assert (await journal.verify()).faults == ()
    for change in ("UPDATE file_pieces SET content = x'00'", "DELETE FROM files"):
        await journal.database.write(lambda it, change=change: it.exec_driver_sql(change))  # type: ignore[misc]
        assert waiting["file"] in " ".join((await journal.verify()).faults)


async def test_no_byte_of_a_file_is_left_when_its_owner_is_erased(tmp_path: Path) -> None:
    mark = b"%MARK-OF-MINA%"
    async with web_city(tmp_path) as city:
        files = [
            await brought(city, a_scan(size, mark), name=f"{SECRET}{size}.pdf")
            for size in (50, 5_000, 900_000)
        ]
        kept = [one["file"] for one in files[:2]]
        id = (await city.done("petitions.file", "mina", **a_petition(files=kept)))["petition"]
        theirs = await brought(city, a_scan(3_000, b"%MARK-OF-JUNHO%"), "junho")
        await city.done("petitions.file", "junho", **a_petition(files=[theirs["file"]]))
        node = city.city.node
        owner = node.host.city.services["petitions"].ledger.petitions[id].citizen  # type: ignore[attr-defined]
        held = await node.journal.held_on(owner)
        assert [one["bytes"] for one in held["files"]] == [
            len(a_scan(size, mark)) for size in (50, 5_000, 900_000)
        ]
        assert json.dumps(held).count("JVBERi0") == 3, "each file's bytes, in Base64"
        assert mark in everything_in(tmp_path / "data")
        await node.host.erase(owner, "operator")
        left = everything_in(tmp_path / "data")
        assert mark not in left
        assert SECRET.encode() + b"50" not in left
        assert b"%MARK-OF-JUNHO%" in left
        assert (await read(city, id, kept[0], "mina")).status_code == 404
        shown = await city.done("petitions.show", "mina", petition=id)
        assert shown["files"][0]["name"] == "[erased]"
        assert (await node.journal.verify()).faults == ()
        assert (
            await city.post("petitions.file", "mina", **a_petition(files=[files[2]["file"]]))
        ).status_code == 404


async def test_what_waits_too_long_goes(tmp_path: Path) -> None:
    async with web_city(tmp_path, files={"waiting_hours": 0.000_1}) as city:
        waiting = await brought(city, a_picture())
        node = city.city.node
        await asyncio.sleep(0.5)
        node.host._brought._forget_at = 0.0
        await node.host.round()
        assert not await node.journal.waiting_files([waiting["file"]])
        assert city.city.count("madang_files_forgotten_total") == 1


async def test_while_the_disk_is_full_a_file_is_unavailable_and_it_heals(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        journal = city.city.node.journal
        await limit_pages(journal, 0)
        answer = await city.bring(a_scan(2_000_000), "mina")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        await limit_pages(journal, 1_000_000)
        waiting = await brought(city, a_scan(2_000_000))
        await city.done("petitions.file", "mina", **a_petition(files=[waiting["file"]]))
        rows = await journal.database.read(
            lambda it: it.exec_driver_sql("SELECT count(*) FROM files").scalar_one()
        )
        assert rows == 1


# Limits, each met over a real socket


async def refused(answer: httpx.Response, code: str, city: WebCity, limit: str) -> None:
    assert answer.json()["code"] == code, answer.text
    assert city.city.count("madang_limit_reached_total", limit=limit) == 1


async def test_a_file_that_is_too_long_is_told_so(tmp_path: Path) -> None:
    async with web_city(tmp_path, files={"bytes": 100_000}) as city:
        answer = await city.bring(a_scan(150_000), "mina")
        assert answer.status_code == 413
        await refused(answer, "too_long", city, "files.bytes")
        assert (await city.bring(a_scan(90_000), "mina")).status_code == 201


async def test_a_picture_that_unpacks_to_too_much_is_told_so(tmp_path: Path) -> None:
    async with web_city(tmp_path, files={"pixels": 10_000}) as city:
        answer = await city.bring(a_picture(size=(101, 100)), "mina")
        assert answer.status_code == 422
        await refused(answer, "too_long", city, "files.pixels")
        assert (await city.bring(a_picture(size=(100, 100)), "mina")).status_code == 201


async def test_a_citizen_brings_so_many_files_a_minute(tmp_path: Path) -> None:
    async with web_city(tmp_path, files={"per_min": 1}) as city:
        assert (await city.bring(a_picture(), "mina")).status_code == 201
        answer = await city.bring(a_picture(), "mina")
        assert answer.status_code == 429
        await refused(answer, "too_fast", city, "files.per_min")
        assert (await city.bring(a_picture(), "junho")).status_code == 201


async def test_so_many_bytes_of_a_citizen_wait(tmp_path: Path) -> None:
    async with web_city(tmp_path, files={"waiting_bytes": 100_000}) as city:
        waiting = (await city.bring(a_scan(60_000), "mina")).json()
        answer = await city.bring(a_scan(60_000), "mina")
        assert answer.status_code == 409
        await refused(answer, "full", city, "files.waiting_bytes")
        await city.done("petitions.file", "mina", **a_petition(files=[waiting["file"]]))
        assert (await city.bring(a_scan(60_000), "mina")).status_code == 201, "what is attached waits no more"


async def half_a_file(city: WebCity, who: str) -> asyncio.StreamWriter:
    """Begins to send a file, and waits."""
    _, writer = await asyncio.open_connection(*city.city.host_and_port)
    head = (
        f"POST {FILES} HTTP/1.1\r\nHost: {city.city.address}\r\nAuthorization: Bearer {city.tokens[who]}\r\n"
    )
    writer.write(f"{head}Content-Length: 1000\r\n\r\n%PDF-1.7".encode())
    await writer.drain()
    return writer


@pytest.mark.parametrize(
    ("limits", "second", "status", "code", "limit"),
    [({"at_once_per_citizen": 1}, "mina", 429, "too_fast", "files.at_once_per_citizen"),
     ({"at_once": 1}, "junho", 503, "unavailable", "files.at_once")],
)  # fmt: skip
async def test_so_many_files_come_at_once(
    tmp_path: Path, limits: dict[str, int], second: str, status: int, code: str, limit: str
) -> None:
    async with web_city(tmp_path, files=limits) as city:
        writer = await half_a_file(city, "mina")
        uploads = city.city.node.uploads
        await until(lambda: uploads.coming_now == 1)
        answer = await city.bring(a_picture(), second)
        assert answer.status_code == status
        await refused(answer, code, city, limit)
        writer.close()
        await until(lambda: uploads.coming_now == 0)
        assert (await city.bring(a_picture(), second)).status_code == 201


async def test_a_file_that_does_not_come_is_told_so(tmp_path: Path) -> None:
    async with web_city(tmp_path, files={"seconds": 0.3}) as city:
        reader, writer = await asyncio.open_connection(*city.city.host_and_port)
        head = f"POST {FILES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {city.tokens['mina']}\r\n"
        writer.write(f"{head}Content-Length: 1000\r\n\r\n%PDF-1.7".encode())
        told = await asyncio.wait_for(reader.read(), 20)
        assert told.startswith(b"HTTP/1.1 408")
        assert city.city.count("madang_limit_reached_total", limit="files.seconds") == 1
        writer.close()


async def test_zero_is_off(tmp_path: Path) -> None:
    off = dict.fromkeys(
        (
            "bytes",
            "pixels",
            "seconds",
            "at_once",
            "at_once_per_citizen",
            "per_min",
            "waiting_bytes",
            "waiting_hours",
        ),
        0,
    )
    async with web_city(tmp_path, files=off, limits={"commands_per_s": 0}) as city:
        answers = await asyncio.gather(*(city.bring(a_scan(500_000), "mina") for _ in range(40)))
        assert {answer.status_code for answer in answers} == {201}
        assert answers[0].json()["until"] == 0
