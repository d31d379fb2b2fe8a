"""A question that a department answers later: its petition goes its own way, the public record knows how it ended."""

import json
from typing import Any

import pytest

from protocol.message import Command
from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from protocol.services import petitions as say
from tests.support.question_time import CLERK, HOST, OFFICIAL, Evening, attendee
from worlds.citizen import Citizen

A, B = attendee("a"), attendee("b")
ROOM = Citizen("c-room", "접수 한", ("official",), ("civil_service",), 2, department="civil_service")
HOUSING = Citizen("c-housing", "주택 민", ("official",), level=2, department="housing")
ANSWER = "버스를 다섯 대 늘립니다."


class Deferred(Evening):
    """An evening that is over, of which one question lies with the department of transport."""

    def __init__(self) -> None:
        super().__init__(question_every_s=0)
        self.announce("live", "answering")
        self.number = self.ask(A, "버스를 더 늘릴 수 있나요?")
        self.on(HOST, wire.Defer, self.number, department="transport")
        self.do(HOST, wire.Advance, phase="closing")
        self.do(HOST, wire.Advance, phase="follow_up")
        (self.petition,) = self.petitions.ledger.petitions

    def step(self, who: Citizen, command: type[Command], **fields: Any) -> Any:
        """A step with the petition."""
        return self.do(who, command, petition=self.petition, **fields)

    def at(self, *departments: str) -> None:
        """Received, and brought to one department after the other."""
        self.step(ROOM, say.ReceivePetition)
        for department in departments:
            self.step(ROOM, say.RoutePetition, department=department)

    def reviewed(self) -> None:
        """The officer of the department of transport reads it."""
        self.at("transport")
        self.step(OFFICIAL, say.StartReview)

    @property
    def row(self) -> dict[str, Any]:
        """The question in the record."""
        [row] = self.do(B, wire.ReadRecord)["questions"]
        return dict(row)

    @property
    def counters(self) -> dict[str, Any]:
        return dict(self.do(B, wire.ReadRecord)["counters"])


@pytest.fixture
def e() -> Deferred:
    return Deferred()


def test_who_answers_the_petition_in_public_has_answered_the_question_and_closes_the_record(
    e: Deferred,
) -> None:
    e.reviewed()
    assert e.phase == "follow_up"
    e.step(OFFICIAL, say.AnswerPetition, text=ANSWER, in_public=True)
    assert (e.row["state"], e.row["answer"], e.row["answered_by"]) == ("answered_later", ANSWER, "transport")
    assert (e.counters["answered_in_time"], e.counters["answered_late"]) == (1, 0)
    assert e.phase == "archived"
    assert e.petitions.ledger.petitions[e.petition].state == "answered"
    assert e.replayed().snapshot() == e.qa.snapshot()


def test_an_answer_to_the_petitioner_alone_settles_the_question_without_its_words(e: Deferred) -> None:
    e.reviewed()
    e.step(OFFICIAL, say.AnswerPetition, text=ANSWER)
    assert (e.row["state"], e.row["answer"], e.phase) == ("answered_later", "", "archived")
    told = [fact for audience, fact in e.heard if getattr(audience, "ids", None) != {A.id}]
    assert ANSWER not in json.dumps(told, ensure_ascii=False)
    own = e.do(A, wire.ListQuestions, which="mine")["mine"][0]
    assert (own["row"]["state"], own["petition"]) == ("answered_later", e.petition)


def test_what_is_late_is_counted_as_late(e: Deferred) -> None:
    e.reviewed()
    due = e.petitions.ledger.petitions[e.petition].due_at
    e.wait(due - e.now + 1)
    e.step(OFFICIAL, say.AnswerPetition, text=ANSWER, in_public=True)
    assert (e.counters["answered_in_time"], e.counters["answered_late"]) == (0, 1)


@pytest.mark.parametrize("end", ["withdrawn", "passed_on", "closed"])
def test_a_petition_that_ends_without_an_answer_leaves_the_reason_in_the_record(
    e: Deferred, end: str
) -> None:
    match end:
        case "withdrawn":
            e.step(A, say.WithdrawPetition)
        case "passed_on":
            e.at()
            e.step(ROOM, say.TransferPetition, body="jongno_gu", reason="구청의 일입니다.")
            assert e.row["state"] == "deferred"
            e.step(ROOM, say.ConfirmTransfer, accepted=True)
        case _:
            e.reviewed()
            head = Citizen("c-head2", "과장", ("official",), ("head",), 2, department="transport")
            e.step(head, say.LeaveUnprocessed, reason="investigation", text="수사 중입니다.")
    words = e.qa.venue.content.words.deferrals[end]  # type: ignore[index]
    assert (e.row["state"], e.row["no_answer_because"]) == ("unanswered", f"{words.ko} / {words.en}")
    assert e.phase == "archived"
    assert e.replayed().snapshot() == e.qa.snapshot()


def test_whose_question_it_is_follows_the_petition(e: Deferred) -> None:
    e.at("transport", "housing")
    assert e.row["department"] == "housing"
    version = e.version(e.number)
    assert (
        e.refused(OFFICIAL, wire.AnswerQuestion, question=e.number, version=version, text="답").code
        is Refusal.NOT_ALLOWED
    )
    e.on(HOUSING, wire.AnswerQuestion, e.number, text=ANSWER)
    assert e.row["answered_by"] == "housing"


def test_what_was_answered_in_public_before_stays_as_it_was_answered(e: Deferred) -> None:
    e.on(CLERK, wire.AnswerQuestion, e.number, text="먼저 드린 답", office="mayor")
    e.reviewed()
    before = e.row
    e.step(OFFICIAL, say.AnswerPetition, text=ANSWER, in_public=True)
    assert e.row == before


def test_only_what_was_asked_in_public_is_answered_in_public(e: Deferred) -> None:
    filed = e.do(
        B,
        say.FilePetition,
        kind="inquiry_procedure",
        title="버스",
        text="언제 옵니까",
        name="나",
        address="종로",
        contact="010",
    )
    e.petition = filed["petition"]
    e.reviewed()
    refused = e.refused(OFFICIAL, say.AnswerPetition, petition=e.petition, text="답", in_public=True)
    assert (refused.code, refused.field) == (Refusal.BAD_MESSAGE, "in_public")


def test_the_desk_and_the_petitioner_see_where_it_was_asked(e: Deferred) -> None:
    origin = f"live_qa/{e.session}/{e.number}"
    e.at("transport")
    [card] = e.do(OFFICIAL, say.DeskOfDepartment, department="transport")["items"]
    [own] = e.do(A, say.MyPetitions)["items"]
    assert (card["origin"], own["origin"]) == (origin, origin)
