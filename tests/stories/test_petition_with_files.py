"""A petition whose photograph, form, scan and answer go to and fro, outlive a restart, and are gone when she asks."""

import hashlib
from pathlib import Path
from typing import Any

from tests.support.attachments import a_picture, a_scan, an_office_file, place_in
from tests.support.web_city import WebCity, a_petition, web_city


async def brought(city: WebCity, who: str, name: str, content: bytes) -> tuple[str, str]:
    """A file that waits: its id, and the hash of what is kept."""
    answer = await city.bring(content, who, name)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return told["file"], told["sha256"]


async def hashes(city: WebCity, petition: str, who: str) -> dict[str, str]:
    """What someone finds in a petition: the hash of each file by its name, as it is read."""
    reason = {} if who == "mina" else {"reason": "검토"}
    shown = await city.done("petitions.show", who, petition=petition, **reason)
    cards: list[dict[str, Any]] = list(shown.get("files") or ())
    cards += [file for step in shown["history"] for file in step.get("files") or ()]
    found = {}
    for card in cards:
        answer = await city.get(f"/api/v1/petitions/{petition}/files/{card['file']}", who, **reason)
        assert answer.status_code == 200, answer.text
        found[card["name"]] = hashlib.sha256(answer.content).hexdigest()
    return found


async def test_files_go_to_and_fro_outlive_a_restart_and_are_erased(tmp_path: Path) -> None:
    photo = a_picture((800, 600), place=True)
    assert place_in(photo)
    async with web_city(tmp_path) as city:
        # She photographs the broken pavement; where it is she says by its place, not by the picture.
        picture = await brought(city, "mina", "보도블록.jpg", photo)
        filed = await city.done("petitions.file", "mina", **a_petition(files=[picture[0]]))
        id = filed["petition"]
        await city.done("petitions.receive", "room", petition=id, department="roads")
        await city.done("petitions.start", "officer", petition=id)
        # The officer asks for a scan, with the form for it; she brings it.
        form = await brought(city, "officer", "양식.docx", an_office_file("word/document.xml"))
        items = [{"what": "토지대장", "article": "도로법 61"}]
        await city.done(
            "petitions.ask_supplement", "officer", petition=id, items=items, days=7, files=[form[0]]
        )
        scan = await brought(city, "mina", "토지대장.pdf", a_scan(600_000))
        await city.done("petitions.answer_supplement", "mina", petition=id, text="보냅니다", files=[scan[0]])
        # What the officer notes for the office is not hers to see; the answer is.
        site = await brought(city, "officer", "현장 메모.txt", "3번 출구 앞".encode())
        await city.done("petitions.note", "officer", petition=id, text="현장", files=[site[0]])
        answer = await brought(city, "officer", "답변서.hwp", b"HWP Document File V3.00 answer")
        await city.done("petitions.answer", "officer", petition=id, text="고쳤습니다", files=[answer[0]])
    hers = {
        "보도블록.jpg": picture[1],
        "양식.docx": form[1],
        "토지대장.pdf": scan[1],
        "답변서.hwp": answer[1],
    }
    async with web_city(tmp_path, is_new=False) as city:
        assert await hashes(city, id, "mina") == hers
        assert await hashes(city, id, "officer") == hers | {"현장 메모.txt": site[1]}
        node = city.city.node
        verdict = await node.journal.verify()
        assert (verdict.faults, verdict.files) == ((), 5)
        shown = await city.done("petitions.show", "mina", petition=id)
        assert shown["views"] == 1, "how often the case was looked at, and not each of its files"
        owner = node.host.city.services["petitions"].ledger.petitions[id].citizen  # type: ignore[attr-defined]
        held = await node.journal.held_on(owner)
        assert len(held["files"]) == 5, "also what others attached to her case is held on her"
        await node.host.erase(owner, "operator")
        assert (await node.journal.held_on(owner))["files"] == []
        assert (await node.journal.verify()).faults == ()
    async with web_city(tmp_path, is_new=False) as city:
        shown = await city.done("petitions.show", "mina", petition=id)
        assert [one["name"] for one in shown["files"]] == ["[erased]"]
        path = f"/api/v1/petitions/{id}/files/{shown['files'][0]['file']}"
        assert (await city.get(path, "mina")).status_code == 404
