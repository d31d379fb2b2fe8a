"""Question time: the moderation desk, and what becomes of questions on the stage and after."""

import json
from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.question_time import (
    CLERK,
    HEAD,
    HOST,
    HOUR,
    MAYOR,
    MOD,
    MOD2,
    OFFICIAL,
    VISITOR,
    Evening,
    attendee,
)
from worlds.citizen import Citizen
from worlds.service import Event, Personal

A, B, C, D, X = (attendee(name) for name in "abcdx")


def evening(phase: str = "collecting", mode: str | None = None, **options: Any) -> Evening:
    played = Evening(question_every_s=0)
    played.announce(phase, mode, **options)
    return played


# The desk


def test_edited_words_are_shown_beside_the_askers_own_and_may_be_withdrawn_for_ten_minutes() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "아 진짜 버스 좀 제발 늘려요", publish=False)
    e.screen(MOD, wire.Approve, number, text="버스를 늘릴 계획이 있나요?")
    own = e.told(A, "live_qa.own_changed")[-1]["question"]
    assert (own["row"]["text"], own["original"]) == (
        "버스를 늘릴 계획이 있나요?",
        "아 진짜 버스 좀 제발 늘려요",
    )
    assert own["withdrawable_until"] == e.now + 600_000
    shown = e.audience(B)["questions"][0]
    assert (shown["text"], shown["is_edited"]) == ("버스를 늘릴 계획이 있나요?", True)
    assert "진짜" not in json.dumps(shown, ensure_ascii=False)
    e.on(HOST, wire.Pin, number, to="now")
    e.do(A, wire.Withdraw, question=number)
    assert e.state.question(number).state == "withdrawn"


def test_unedited_or_later_it_is_too_late_once_it_is_taken_up() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "이 질문은 고치지 않았나요?")
    e.on(HOST, wire.Pin, number, to="now")
    assert e.refused(A, wire.Withdraw, question=number).code is Refusal.CLOSED


@pytest.mark.parametrize("setting", ["immediate", "after_event", "never"])
def test_a_dismissal_is_told_when_the_setting_says_with_reason_and_the_way_to_a_petition(
    setting: str,
) -> None:
    e = evening("live", tell_dismissed=setting)
    number = e.ask(A, "오늘 주제와 다른 질문인가요?", publish=False)
    e.screen(MOD, wire.Dismiss, number, reason="off_topic")
    own = e.audience(A)["mine"][0]
    assert own["row"]["state"] == ("dismissed" if setting == "immediate" else "pending")
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    told = [
        f["question"]
        for f in e.told(A, "live_qa.own_changed")
        if f["question"]["row"]["state"] == "dismissed"
    ]
    assert len(told) == (0 if setting == "never" else 1)
    for one in told:
        assert one["dismissed_because"]["en"] == "It is not on today's topic."
        assert "민원" in one["hint"]["ko"]


def test_a_second_opinion_is_that_of_another() -> None:
    e = evening()
    number = e.ask(A, "두 사람이 봐야 하는 질문?", publish=False)
    e.screen(MOD, wire.Hold, number, reason="second_opinion")
    e.do(MOD, wire.Claim, question=number, version=e.version(number))
    assert (
        e.refused(MOD, wire.Approve, question=number, version=e.version(number)).code is Refusal.NOT_ALLOWED
    )
    e.wait(60_000)
    e.screen(MOD2, wire.Approve, number)
    assert e.state.question(number).state == "open"


def test_nothing_is_decided_without_a_claim_and_a_claim_ends_after_a_minute() -> None:
    e = evening()
    number = e.ask(A, "누가 이 질문을 보고 있나요?", publish=False)
    assert e.refused(MOD, wire.Approve, question=number, version=1).code is Refusal.NOT_ALLOWED
    e.do(MOD, wire.Claim, question=number, version=1)
    taken = e.refused(MOD2, wire.Claim, question=number, version=e.version(number))
    assert taken.code is Refusal.CONFLICT
    assert MOD.id in taken.message
    e.wait(60_000)
    assert (
        e.refused(MOD, wire.Approve, question=number, version=e.version(number)).code is Refusal.NOT_ALLOWED
    )
    e.do(MOD2, wire.Claim, question=number, version=e.version(number))


def test_the_head_moderator_takes_over_a_claim_and_undoes_a_dismissal() -> None:
    e = evening()
    number = e.ask(A, "머리가 다시 볼 질문인가요?", publish=False)
    e.do(MOD, wire.Claim, question=number, version=1)
    fields = {"question": number, "version": e.version(number), "take_over": True}
    assert e.refused(MOD2, wire.Claim, **fields).code is Refusal.NOT_ALLOWED
    e.do(HEAD, wire.Claim, **fields)
    e.on(HEAD, wire.Dismiss, number, reason="unclear")
    assert (
        e.refused(MOD, wire.Restore, question=number, version=e.version(number)).code is Refusal.NOT_ALLOWED
    )
    e.on(HEAD, wire.Restore, number)
    assert e.state.question(number).state == "pending"


def test_labels_are_internal_or_public_and_drive_nothing_else() -> None:
    e = evening()
    number = e.ask(A, "이름표가 붙는 질문인가요?")
    e.on(MOD, wire.PutLabel, number, label="교통실 확인")
    e.on(MOD, wire.PutLabel, number, label="교통", is_public=True)
    assert e.audience(B)["questions"][0]["labels"] == ["교통"]
    assert "교통실" not in json.dumps(e.audience(B), ensure_ascii=False)
    e.on(MOD, wire.PutLabel, number, label="교통", on=False)
    assert e.audience(B)["questions"][0]["labels"] == []
    assert e.refused(
        MOD, wire.PutLabel, question=number, version=e.version(number), label="없음", on=False
    ).code


def test_duplicates_are_suggested_with_a_score_to_moderators_only() -> None:
    e = evening()
    e.ask(A, "광화문 광장 공사는 언제 끝나나요?")
    e.ask(B, "어린이집 자리가 너무 부족합니다.")
    e.do(C, wire.Ask, text="광화문광장 공사가 언제 끝납니까?")
    row = e.do(MOD, wire.ListDesk)["questions"][0]
    assert [one["question"] for one in row["similar"]] == [1]
    assert 0.5 <= row["similar"][0]["score"] <= 1
    assert "similar" not in json.dumps(e.audience(C))


def test_who_asked_is_revealed_to_the_head_moderator_alone_logged_and_told_after_the_event() -> None:
    e = evening("live")
    number = e.ask(A, "내가 누구인지 알 수 있나요?")
    assert e.refused(MOD, wire.Reveal, question=number, reason="위협").code is Refusal.NOT_ALLOWED
    assert e.refused(HEAD, wire.Reveal, question=number, reason="  ").field == "reason"
    assert e.do(HEAD, wire.Reveal, question=number, reason="위협이 들어 있음")["name"] == A.name
    assert e.entries[-1][0].event.type == "live_qa.revealed"
    assert e.told(A, "live_qa.revealed") == []
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert [fact["reason"] for fact in e.told(A, "live_qa.revealed")] == ["위협이 들어 있음"]


def test_a_reveal_that_would_endanger_is_not_told() -> None:
    e = evening("live")
    number = e.ask(A, "말하지 않는 것이 나을까요?")
    e.do(HEAD, wire.Reveal, question=number, reason="수사 중", tell=False)
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert e.told(A, "live_qa.revealed") == []


def test_host_and_head_moderator_are_different_people() -> None:
    e = evening()
    both = Citizen("c-both", "둘 다", ("host@civil", "moderator@civil"), ("head_moderator",), level=2)
    number = e.ask(A, "한 사람이 둘을 할 수 있나요?")
    e.do(both, wire.Reveal, question=number, reason="확인")
    assert e.refused(both, wire.Advance, phase="doors").code is Refusal.NOT_ALLOWED
    other = Citizen(HOST.id, HOST.name, ("host@civil",), ("head_moderator",), level=2)
    assert e.refused(other, wire.Reveal, question=number, reason="확인").code is Refusal.NOT_ALLOWED


def test_roles_for_one_event_are_of_no_use_at_another() -> None:
    e = evening()
    one = Citizen("c-one", "하나", ("moderator@civil/qa-1",), ("clerk@civil/qa-2",), level=2)
    number = e.ask(A, "역할은 어디까지 미치나요?", publish=False)
    e.do(one, wire.Claim, question=number, version=1)
    e.do(HOST, wire.Advance, phase="doors")
    assert e.refused(one, wire.TakeMinutes, kind="mark", text="시작").code is Refusal.NOT_ALLOWED
    e.announce("doors")
    e.do(one, wire.TakeMinutes, kind="mark", text="시작")
    e.ask(B, "두 번째 행사의 질문입니다.", publish=False)
    assert e.refused(one, wire.Claim, question=1, version=1).code is Refusal.NOT_ALLOWED


# The stage


def test_three_are_next_and_one_is_answered_at_a_time() -> None:
    e = evening("live", "answering")
    numbers = [e.ask(who, f"다음에 올 질문인가요 {who.id}") for who in (A, B, C, D)]
    for number in numbers[:3]:
        e.on(HOST, wire.Pin, number, to="next")
    full = e.refused(HOST, wire.Pin, question=numbers[3], version=e.version(numbers[3]), to="next")
    assert full.code is Refusal.FULL
    e.on(HOST, wire.Pin, numbers[1], to="now", office="transport")
    taken = e.refused(HOST, wire.Pin, question=numbers[3], version=e.version(numbers[3]), to="now")
    assert taken.code is Refusal.CONFLICT
    view = e.audience(X)
    assert view["now"]["question"] == numbers[1]
    assert [row["question"] for row in view["next"]] == [numbers[0], numbers[2]]
    assert e.do(MAYOR, wire.Look, view="presenter")["presenter"]["who_answers"] == "transport"


def test_an_answer_has_its_mark_in_time_and_may_be_reopened() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "이 질문에 답해 주시나요?")
    e.on(HOST, wire.Pin, number, to="now")
    e.on(
        CLERK, wire.AnswerQuestion, number, text="네, 내년부터입니다.", office="mayor", recording_offset_s=754
    )
    own = e.told(A, "live_qa.own_changed")[-1]["question"]["row"]
    assert (own["state"], own["answer"], own["recording_offset_s"]) == (
        "answered",
        "네, 내년부터입니다.",
        754,
    )
    e.on(HOST, wire.Reopen, number)
    assert e.order(B) == [number]


def test_stale_versions_are_refused_with_the_current_row() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "몇 번째 판을 보고 있나요?")
    stale = e.version(number)
    e.on(MOD, wire.PutLabel, number, label="확인")
    refused = e.refused(HOST, wire.Pin, question=number, version=stale, to="next")
    assert refused.code is Refusal.CONFLICT
    assert refused.message.startswith(f"version {e.version(number)}: open")


def test_what_nobody_came_to_gets_a_date_or_a_reason_and_the_last_one_closes_the_record() -> None:
    e = evening("live", "answering")
    first, second = e.ask(A, "시간이 모자라 남은 질문?"), e.ask(B, "답을 받지 못한 질문은요?")
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert {q.state for q in e.state.questions} == {"unanswered"}
    assert e.told(A, "live_qa.own_changed")[-1]["question"]["row"]["state"] == "unanswered"
    nothing = e.refused(CLERK, wire.Settle, question=first, version=e.version(first))
    assert nothing.code is Refusal.BAD_MESSAGE
    slip = e.refused(CLERK, wire.Settle, question=first, version=e.version(first), due_at=2**53 - 1)
    assert (slip.code, slip.field) == (Refusal.BAD_MESSAGE, "due_at")
    e.on(CLERK, wire.Settle, first, due_at=e.now + 24 * HOUR)
    e.on(CLERK, wire.Settle, second, reason="법원에서 다투고 있는 일입니다.")
    assert e.phase == "follow_up"
    e.wait(48 * HOUR)
    e.on(CLERK, wire.AnswerQuestion, first, text="글로 답합니다.\n감사합니다.")
    assert e.phase == "archived"
    record = e.do(VISITOR, wire.ReadRecord)
    assert record["counters"]["answered_late"] == 1
    assert [row["state"] for row in record["questions"]] == ["answered_later", "unanswered"]
    assert record["questions"][1]["no_answer_because"] == "법원에서 다투고 있는 일입니다."


def test_a_department_answers_what_was_deferred_to_it_and_no_other() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "부서가 답할 질문인가요?")
    e.on(HOST, wire.Defer, number, department="transport")
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert e.state.question(number).state == "deferred"
    stranger = Citizen("c-other", "다른 과", ("official",), level=2, department="housing")
    refused = e.refused(stranger, wire.AnswerQuestion, question=number, version=e.version(number), text="답")
    assert refused.code is Refusal.NOT_ALLOWED
    e.on(OFFICIAL, wire.AnswerQuestion, number, text="버스를 늘립니다.")
    assert e.state.question(number).answered_by == "transport"
    assert e.phase == "archived"


def test_a_deferred_question_becomes_its_askers_petition_in_their_words_or_not_at_all() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "버스를 더 늘릴 수 있나요?")
    nowhere = {"question": number, "version": e.version(number), "department": "nowhere"}
    assert e.refused(HOST, wire.Defer, **nowhere).code is Refusal.NOT_FOUND
    e.on(HOST, wire.Defer, number, department="transport")
    (petition,) = e.petitions.ledger.petitions.values()
    assert (petition.citizen, petition.proposed, petition.kind) == (A.id, "transport", "inquiry_procedure")
    assert e.texts[Personal(owner=A.id, ref=petition.text)] == "버스를 더 늘릴 수 있나요?"
    assert e.audience(B)["questions"] == []


class PetitionStep(Event):
    """As another service tells of a petition."""

    type: str = "petitions.submitted"
    petition: str
    origin: str | None = None
    due_at: int = 0


def test_the_number_and_the_due_date_of_the_petition_are_shown_when_they_are_known() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "언제까지 답을 받게 되나요?")
    e.on(HOST, wire.Defer, number, department="transport")

    def heard(step: Event) -> None:
        for command, citizen in e.qa.follow(step, e.now):
            e.city.handle(command, citizen, e.now, bytes(16), e.seal)

    heard(PetitionStep(petition="p1", origin=f"live_qa/qa-1/{number}"))
    heard(PetitionStep(type="petitions.received", petition="p1", due_at=e.now + HOUR))
    heard(PetitionStep(type="petitions.received", petition="p2", due_at=e.now + 9 * HOUR))
    own = e.do(A, wire.ListQuestions, which="mine")["mine"][0]
    assert (own["petition"], own["row"]["due_at"]) == ("p1", e.now - 1_000 + HOUR)
    done = e.do(B, wire.ListQuestions, which="done")["questions"][0]
    assert (done["department"], done["due_at"]) == ("transport", own["row"]["due_at"])
    assert "p1" not in json.dumps(done)
