"""Files of petitions: attached once and by who brought them, shown to who sees the step, each copy its owner's."""

from typing import Any

import pytest

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from tests.support.petition_office import (
    EXAMINER,
    HEAD,
    JUNHO,
    MINA,
    NEIGHBOURS,
    OFFICER,
    PARKS,
    ROOM,
    RULES,
    SECRET,
    VISITOR,
    Office,
    a_petition,
)
from worlds.citizen import Citizen
from worlds.service import Brought
from worlds.services.petitions.events import Viewed
from worlds.services.petitions.inside import ReadFile
from worlds.services.petitions.rules import Limits


@pytest.fixture
def office() -> Office:
    return Office()


def bring(office: Office, who: Citizen, *ids: str) -> list[str]:
    """Files wait, as the building says."""
    waiting = {id: Brought(id, who.id, f"{SECRET} {id}.jpg", "jpeg", 1_000, f"hash of {id}") for id in ids}
    office.texts.brought = {**office.texts.brought, **waiting}
    return list(ids)


def shown(office: Office, who: Citizen, petition: str) -> dict[str, Any]:
    reason = {} if who is MINA else {"reason": "검토"}
    return office.ask(who, say.ShowPetition, petition=petition, **reason)


def names(files: list[dict[str, Any]] | None) -> list[str]:
    return [one["file"] for one in files or ()]


def of_step(told: dict[str, Any], what: str) -> list[str]:
    return [id for step in told["history"] if step["what"] == what for id in names(step.get("files"))]


def read(office: Office, who: Citizen, petition: str, file: str, **fields: Any) -> dict[str, Any]:
    return office.ask(who, ReadFile, petition=petition, file=file, **fields)


def test_what_was_filed_with_it_is_shown_to_the_petitioner_and_who_is_in_charge(office: Office) -> None:
    id = office.review(files=bring(office, MINA, "f1", "f2"))
    for who in (MINA, OFFICER):
        told = shown(office, who, id)
        assert names(told["files"]) == ["f1", "f2"]
        assert told["files"][0] == {"file": "f1", "name": f"{SECRET} f1.jpg", "kind": "jpeg", "bytes": 1_000}
    assert read(office, MINA, id, "f1")["name"] == f"{SECRET} f1.jpg"
    assert read(office, OFFICER, id, "f2", reason="현장 확인")["kind"] == "jpeg"
    viewed = [entry.event for entry, _ in office.entries if isinstance(entry.event, Viewed)]
    assert [event.file for event in viewed] == [None, "f2"], "each look of the staff is kept"
    assert office.petition(id).views == 1, "the petitioner is told how often the case was looked at"
    office.check_replay()


def test_who_may_not_see_the_petition_reads_no_file_of_it(office: Office) -> None:
    id = office.review(joint=True, files=bring(office, MINA, "f1"))
    office.ask(JUNHO, say.JoinPetition, petition=id, name="준호", address="종로구 2")
    for who in (JUNHO, NEIGHBOURS[0], PARKS, VISITOR):
        with pytest.raises(Refused) as refused:
            read(office, who, id, "f1", reason="보고 싶습니다")
        assert refused.value.code is Refusal.NOT_ALLOWED
    with pytest.raises(Refused) as refused:
        read(office, OFFICER, id, "f1")
    assert (refused.value.code, refused.value.field) == (Refusal.BAD_MESSAGE, "reason")
    assert read(office, EXAMINER, id, "f1", reason="점검")


def test_a_file_is_attached_once_and_by_who_brought_it(office: Office) -> None:
    files = bring(office, MINA, "f1")
    first = office.file(files=files)
    for who, ids in ((MINA, files), (JUNHO, bring(office, MINA, "f2")), (MINA, ["never"])):
        with pytest.raises(Refused) as refused:
            office.ask(who, say.FilePetition, **a_petition(files=ids))
        assert (refused.value.code, refused.value.field) == (Refusal.NOT_FOUND, "files.0")
    assert office.refused(MINA, say.FilePetition, **a_petition(files=["f2", "f2"])) is Refusal.NOT_FOUND
    assert names(shown(office, MINA, first)["files"]) == ["f1"]


def test_a_petition_has_so_many_files_and_zero_is_off() -> None:
    office = Office(rules=RULES.model_copy(update={"limits": Limits(files=2)}))
    id = office.file(files=bring(office, MINA, "f1", "f2"))
    with pytest.raises(Refused) as refused:
        office.ask(MINA, say.AmendPetition, petition=id, files=bring(office, MINA, "f3"))
    assert (refused.value.code, refused.value.limit) == (Refusal.FULL, "petitions.files")
    office = Office(rules=RULES.model_copy(update={"limits": Limits(files=0)}))
    id = office.file()
    for n in range(5):
        office.ask(
            MINA, say.AmendPetition, petition=id, files=bring(office, MINA, *(f"g{n}{i}" for i in range(10)))
        )
    assert len(office.petition(id).files) == 50


def test_each_step_shows_what_came_with_it(office: Office) -> None:
    id = office.review(kind="statutory")
    items = [{"what": "사진", "article": "도로법 61"}]
    form = bring(office, OFFICER, "form")
    office.ask(OFFICER, say.AskSupplement, petition=id, items=items, days=7, files=form)
    office.ask(MINA, say.AnswerSupplement, petition=id, text="보냅니다", files=bring(office, MINA, "photo"))
    office.ask(MINA, say.AmendPetition, petition=id, files=bring(office, MINA, "more"))
    office.ask(OFFICER, say.NoteOnCase, petition=id, text="현장", files=bring(office, OFFICER, "site"))
    office.ask(HEAD, say.RejectPetition, petition=id, text="불가", files=bring(office, HEAD, "decision"))
    office.ask(
        MINA, say.ObjectToRejection, petition=id, name="김미나", address="종로구 1", contact="010",
        rejected_on="2026-09-21", decision="거부", text="다시 보아 주십시오", files=bring(office, MINA, "proof"),
    )  # fmt: skip
    office.ask(
        HEAD, say.DecideObjection, petition=id, upheld=True, text="인용", files=bring(office, HEAD, "upheld")
    )
    told = shown(office, MINA, id)
    assert [of_step(told, what) for what in (
        "supplement_asked", "supplement_answered", "amended", "rejected", "objected", "objection_decided"
    )] == [["form"], ["photo"], ["more"], ["decision"], ["proof"], ["upheld"]]  # fmt: skip
    assert of_step(told, "noted") == []
    with pytest.raises(Refused) as refused:
        read(office, MINA, id, "site")
    assert refused.value.code is Refusal.NOT_FOUND, "what the staff noted is theirs"
    assert of_step(shown(office, HEAD, id), "noted") == ["site"]
    assert read(office, HEAD, id, "site", reason="검토")
    assert read(office, MINA, id, "decision")
    office.check_replay()


def test_a_draft_keeps_its_files_until_they_are_taken_out_and_then_they_need_not_be_kept(
    office: Office,
) -> None:
    draft = {"kind": "other", "title": "가로등", "text": "꺼졌습니다", "name": "미나"}
    id = office.ask(MINA, say.DraftPetition, **draft, files=bring(office, MINA, "f1", "f2"))["petition"]
    office.ask(MINA, say.DraftPetition, petition=id, **draft)
    assert names(shown(office, MINA, id)["files"]) == ["f1", "f2"], (
        "who says nothing of files changes nothing"
    )
    office.ask(MINA, say.DraftPetition, petition=id, **draft, files=["f2", *bring(office, MINA, "f3")])
    assert names(shown(office, MINA, id)["files"]) == ["f2", "f3"]
    gone = [personal.ref for personal in office.service.expired(office.now)]
    assert [office.texts._texts[ref] for ref in gone] == [f"{SECRET} f1.jpg"]
    office.check_replay()
    office.service.forget(frozenset(gone))
    assert not list(office.service.expired(office.now))
    office.ask(MINA, say.SubmitPetition, petition=id)
    assert names(shown(office, MINA, id)["files"]) == ["f2", "f3"]


def test_a_draft_that_is_dropped_leaves_no_file(office: Office) -> None:
    draft = {"kind": "other", "title": "가로등", "text": "꺼졌습니다"}
    office.ask(MINA, say.DraftPetition, **draft, files=bring(office, MINA, "f1"))
    office.wait_until("11-01")
    assert [one.owner for one in office.service.expired(office.now)] == [MINA.id]
    office.check_replay()


def test_files_of_a_case_need_no_longer_be_kept_than_its_texts(office: Office) -> None:
    id = office.review(files=bring(office, MINA, "f1"))
    office.ask(
        OFFICER, say.AnswerPetition, petition=id, text="고쳤습니다", files=bring(office, OFFICER, "f2")
    )
    office.now += (RULES.figures.text_days + 1) * 86_400_000
    refs = {personal.ref for personal in office.service.expired(office.now)}
    assert {ref for _, ref, *_ in office.petition(id).files} <= refs
    office.texts.drop(refs)
    assert shown(office, MINA, id)["files"][0]["name"] == "[erased]"
    with pytest.raises(Refused) as refused:
        read(office, MINA, id, "f1")
    assert refused.value.code is Refusal.NOT_FOUND


def test_an_answer_to_many_gives_each_a_copy_of_their_own(office: Office) -> None:
    office.ask(OFFICER, say.ServeDesk, present=True, contact="02")
    people = [MINA, JUNHO, *NEIGHBOURS[:3]]
    ids = [office.assign(one) for one in people]
    office.ask(OFFICER, say.MergePetitions, petition=ids[0], members=ids[1:])
    office.ask(OFFICER, say.StartReview, petition=ids[0])
    files = bring(office, OFFICER, "answer")
    office.ask(OFFICER, say.AnswerPetition, petition=ids[0], text="고칩니다", files=files)
    held = [office.petition(id).files for id in ids]
    assert [len(files) for files in held] == [1] * len(ids)
    assert len({files[0][0] for files in held}) == len(ids), "each has its own"
    for one, id, its in zip(people, ids, held, strict=True):
        assert office.ask(one, ReadFile, petition=id, file=its[0][0])["name"] == f"{SECRET} answer.jpg"
    copies = [f for entry, _ in office.entries for f in getattr(entry.event, "files", ()) if f.copied_from]
    assert {one.copied_from for one in copies} == {"answer"}
    assert {one.name.owner for one in copies} == {one.id for one in people[1:]}
    office.check_replay()


def test_the_civil_service_room_attaches_for_whom_it_enters(office: Office) -> None:
    files = bring(office, ROOM, "scan")
    fields = a_petition(channel="mail", for_citizen=MINA.id, files=files)
    id = office.ask(ROOM, say.FilePetition, **fields)["petition"]
    assert read(office, MINA, id, "scan")
    attached = [one for entry, _ in office.entries for one in getattr(entry.event, "files", ())]
    assert [one.name.owner for one in attached] == [MINA.id]
