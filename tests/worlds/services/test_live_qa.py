"""Question time: the life of a question, its backers, its order, who may see what."""

import json
from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.check_service import hears
from tests.support.question_time import (
    CLERK,
    FLOOR,
    HEAD,
    HOST,
    HOUR,
    MAYOR,
    MOD,
    MOD2,
    OFFICIAL,
    SAFETY,
    VISITOR,
    Evening,
    attendee,
)
from worlds.citizen import Citizen
from worlds.service import Event

A, B, C, D, X = (attendee(name) for name in "abcdx")


def evening(phase: str = "collecting", mode: str | None = None, **options: Any) -> Evening:
    played = Evening(question_every_s=0)
    played.announce(phase, mode, **options)
    return played


# Asking


def test_a_question_waits_for_approval_and_its_asker_is_told_when_it_is_published() -> None:
    e = evening()
    assert e.do(A, wire.Ask, text="버스는 언제 더 다니나요?", category="transport") == {
        "question": 1,
        "state": "held",
        "by": {"ko": "시민 1", "en": "Citizen 1"},
    }
    assert e.audience(B)["questions"] == []
    assert e.audience(A)["mine"][0]["row"]["state"] == "pending"
    e.screen(MOD, wire.Approve, 1)
    assert e.told(A, "live_qa.own_changed")[-1]["question"]["row"]["state"] == "open"
    assert e.told(B, "live_qa.own_changed") == []
    assert [row["text"] for row in e.audience(B)["questions"]] == ["버스는 언제 더 다니나요?"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Refusal.BAD_MESSAGE),
        ("           ", Refusal.BAD_MESSAGE),
        ("\u3164" * 12, Refusal.BAD_MESSAGE),
        ("짧은 질문?", Refusal.BAD_MESSAGE),
        ("버스는 언제\x00 더 다니나요?", Refusal.BAD_MESSAGE),
        ("버스는 언제\n 더 다니나요?", Refusal.BAD_MESSAGE),
        ("가" * 301, Refusal.TOO_LONG),
    ],
)
def test_what_is_no_question_is_refused_with_its_field(text: str, code: Refusal) -> None:
    refused = evening().refused(A, wire.Ask, text=text)
    assert (refused.code, refused.field) == (code, "text")


def test_nobody_asks_before_the_questions_open_nor_in_the_closing() -> None:
    e = Evening()
    e.session = e.do(
        HOST, wire.Schedule, title={"ko": "밤", "en": "Night"}, district="civil", stage="mayors_seat",
        collects_at=e.now + HOUR, doors_at=e.now + 2 * HOUR, starts_at=e.now + 3 * HOUR, ends_at=e.now + 4 * HOUR,
    )["session"]  # fmt: skip
    assert e.refused(A, wire.Ask, text="이른 질문을 해도 되나요?").code is Refusal.CLOSED
    e.wait(HOUR)
    first = e.ask(A, "이제 질문을 해도 되나요?")
    e.do(HOST, wire.Advance, phase="live")
    e.do(HOST, wire.Advance, phase="closing")
    assert e.refused(B, wire.Ask, text="늦은 질문을 해도 되나요?").code is Refusal.CLOSED
    assert e.refused(B, wire.Vote, question=first).code is Refusal.CLOSED


def test_visitors_read_and_do_not_ask_or_vote() -> None:
    e = evening()
    number = e.ask(A, "누가 질문할 수 있나요?")
    assert e.refused(VISITOR, wire.Ask, text="방문자도 질문할 수 있나요?").code is Refusal.NOT_ALLOWED
    assert e.refused(VISITOR, wire.Vote, question=number).code is Refusal.NOT_ALLOWED
    assert e.order(VISITOR) == [number]


def test_a_person_has_three_questions_open_one_a_minute_and_none_twice() -> None:
    e = Evening()
    e.announce()
    e.do(A, wire.Ask, text="첫 번째 질문입니다, 들리나요?")
    too_fast = e.refused(A, wire.Ask, text="두 번째 질문입니다, 들리나요?")
    assert (too_fast.code, too_fast.retry_after_ms) == (Refusal.TOO_FAST, 59_000)
    e.wait(59_000)
    assert e.refused(A, wire.Ask, text="첫 번째 질문입니다!! 들리나요").code is Refusal.CONFLICT
    e.do(A, wire.Ask, text="두 번째 질문입니다, 들리나요?")
    e.do(A, wire.Ask, 60_000, text="세 번째 질문입니다, 들리나요?")
    assert e.refused(A, wire.Ask, 60_000, text="네 번째 질문입니다, 들리나요?").code is Refusal.FULL
    e.do(A, wire.Withdraw, question=1)
    e.do(A, wire.Ask, text="네 번째 질문입니다, 들리나요?")


@pytest.mark.parametrize(
    ("text", "reason"), [("자세한 것은 www.example.kr 에서", "link"), ("시장은 바보인가요, 네?", "word")]
)
def test_links_and_what_the_word_filter_finds_are_held_even_without_screening(text: str, reason: str) -> None:
    e = evening(is_screened=False)
    assert e.do(A, wire.Ask, text="그냥 하는 질문입니다, 네?")["state"] == "open"
    assert e.do(B, wire.Ask, text=text)["state"] == "held"
    assert e.state.question(2).hold_reason == reason


def test_screening_turned_off_concerns_later_questions_only() -> None:
    e = evening()
    e.do(A, wire.Ask, text="먼저 한 질문은 기다리나요?")
    e.do(HOST, wire.Adjust, options={"is_screened": False})
    e.do(B, wire.Ask, text="나중에 한 질문은 바로 보이나요?")
    assert [q.state for q in e.state.questions] == ["pending", "open"]


def test_a_muted_persons_questions_are_held_their_votes_count_and_they_are_told() -> None:
    e = evening(is_screened=False)
    e.do(A, wire.Ask, text="평범한 질문 하나 드립니다.")
    e.do(MOD, wire.Mute, citizen=A.id, reason="같은 말을 되풀이함")
    assert e.told(A, "live_qa.muted") == [
        {
            "type": "live_qa.muted",
            "n": 0,
            "at": 0,
            "session": "qa-1",
            "on": True,
            "reason": "같은 말을 되풀이함",
        }
    ]
    assert e.do(A, wire.Ask, text="또 다른 질문을 드립니다.")["state"] == "held"
    other = e.ask(B, "다른 사람의 질문입니다, 네?")
    assert e.vote(A, other) == 2


def test_a_nickname_stands_in_the_place_of_the_number() -> None:
    e = evening()
    e.ask(A, "별명으로 물어도 되나요?", nickname=" 한강\u200b지기 ")
    assert e.audience(B)["questions"][0]["by"] == {"ko": "한강지기", "en": "한강지기"}
    assert (
        e.refused(B, wire.Ask, text="이름이 너무 길면 어떻게 되나요?", nickname="가" * 21).field == "nickname"
    )


# Votes


def test_one_person_has_one_vote_however_often_they_send_it() -> None:
    e = evening()
    number = e.ask(A, "몇 명이 함께 묻고 있나요?")
    assert [e.vote(B, number), e.vote(B, number), e.vote(C, number)] == [2, 2, 3]
    assert [e.vote(B, number, on=False), e.vote(B, number, on=False)] == [2, 2]
    assert e.refused(A, wire.Vote, question=number).code is Refusal.NOT_ALLOWED
    assert e.refused(B, wire.Vote, question=9).code is Refusal.NOT_FOUND


def test_a_question_that_is_not_published_cannot_be_found_by_voting() -> None:
    e = evening()
    e.do(A, wire.Ask, text="아직 아무도 모르는 질문?")
    assert e.refused(B, wire.Vote, question=1).code is Refusal.NOT_FOUND


def test_votes_are_withdrawable_until_the_question_is_taken_up() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "언제까지 바꿀 수 있나요?")
    e.vote(B, number)
    e.on(HOST, wire.Pin, number, to="next")
    e.vote(B, number, on=False)
    e.vote(B, number)
    e.on(HOST, wire.Pin, number, to="now")
    assert e.refused(B, wire.Vote, question=number, on=False).code is Refusal.CLOSED


def test_sixty_votes_a_minute_are_enough() -> None:
    e = evening()
    number = e.ask(A, "얼마나 빨리 누를 수 있나요?")
    for turn in range(60):
        e.do(B, wire.Vote, 10, question=number, on=turn % 2 == 0)
    refused = e.refused(B, wire.Vote, 0, question=number)
    assert refused.code is Refusal.TOO_FAST
    e.wait(refused.retry_after_ms or 0)
    assert e.vote(B, number) == 2


def test_merging_unites_people_and_splitting_restores_them_less_who_withdrew() -> None:
    """The worked example: {x, a, b, c} and {a, b, d} are 5 people, not 7; 4 when b withdraws; then 3 and 2."""
    e = evening()
    first = e.ask(X, "자전거 도로를 더 만드나요?")
    second = e.ask(A, "자전거 길이 늘어나나요?")
    assert [e.vote(who, first) for who in (A, B, C)][-1] == 4
    assert [e.vote(who, second) for who in (B, D)][-1] == 3
    merged = e.on(MOD, wire.Merge, second, into=first)["row"]
    assert (merged["state"], merged["merged_into"]) == ("merged", first)
    assert e.state.backers(e.state.question(first)) == 5
    assert e.told(A, "live_qa.own_changed")[-1]["question"]["row"]["merged_into"] == first
    assert e.vote(B, first, on=False) == 4
    e.on(HEAD, wire.Split, second)
    assert [e.state.backers(e.state.question(n)) for n in (first, second)] == [3, 2]


def test_who_asked_either_of_two_joined_questions_cannot_vote_for_them() -> None:
    e = evening()
    first, second = e.ask(X, "지하철 막차는 몇 시인가요?"), e.ask(A, "막차 시간이 어떻게 되나요?")
    e.on(MOD, wire.Merge, second, into=first)
    assert e.refused(A, wire.Vote, question=first).code is Refusal.NOT_ALLOWED
    assert e.vote(B, second) == 3


def test_merges_of_merges_are_one_people() -> None:
    e = evening()
    numbers = [e.ask(who, f"같은 것을 묻는 질문 {who.id}") for who in (A, B, C, D)]
    e.vote(X, numbers[2])
    for joined, into in ((1, 0), (2, 1)):
        if joined == 2:
            e.on(MOD, wire.Merge, numbers[2], into=numbers[0])
        else:
            e.on(MOD, wire.Merge, numbers[joined], into=numbers[into])
    e.on(MOD, wire.Merge, numbers[0], into=numbers[3])
    assert e.state.backers(e.state.question(numbers[3])) == 5
    assert e.refused(
        MOD, wire.Merge, question=numbers[3], version=e.version(numbers[3]), into=numbers[0]
    ).code
    e.on(HEAD, wire.Split, numbers[0])
    assert e.state.backers(e.state.question(numbers[0])) == 4
    assert e.state.backers(e.state.question(numbers[3])) == 1


def test_who_was_joined_may_ask_for_a_split_and_the_desk_sees_it() -> None:
    e = evening()
    first, second = e.ask(X, "공원에 나무를 더 심나요?"), e.ask(A, "공원에 나무 의자가 있나요?")
    e.on(MOD, wire.Merge, second, into=first)
    e.do(A, wire.AskSplit, question=second)
    assert e.told(MOD2, "live_qa.desk_changed")[-1]["question"]["wants_split"] is True
    assert e.refused(B, wire.AskSplit, question=second).code is Refusal.NOT_ALLOWED


def test_when_the_asker_of_joined_questions_withdraws_the_others_stay() -> None:
    e = evening()
    first, second, third = (e.ask(who, f"함께 묻는 질문, {who.id} 씨") for who in (X, A, B))
    e.vote(C, first)
    e.on(MOD, wire.Merge, second, into=first)
    e.on(MOD, wire.Merge, third, into=first)
    assert e.state.backers(e.state.question(first)) == 4
    e.do(X, wire.Withdraw, question=first)
    assert [q.state for q in e.state.questions] == ["withdrawn", "open", "merged"]
    assert e.state.backers(e.state.question(second)) == 3
    assert e.order(D) == [second]


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


# Order


def test_the_list_goes_by_backers_and_among_equals_the_older_first() -> None:
    e = evening()
    first, second, third = (e.ask(who, f"차례를 묻는 질문 {who.id}") for who in (A, B, C))
    e.vote(D, third)
    assert e.order(D) == [third, first, second]


def test_a_frozen_order_does_not_move_and_new_ones_stand_under_a_line() -> None:
    e = evening("live")
    first, second = e.ask(A, "먼저 물어본 질문입니다."), e.ask(B, "다음에 물어본 질문입니다.")
    e.do(HOST, wire.Advance, phase="live", mode="answering")
    assert e.told(D, "live_qa.order_changed")[-1]["order"] == [first, second]
    e.vote(C, second)
    third = e.ask(D, "나중에 들어온 질문입니다.")
    for who in (A, C, X):
        e.vote(who, third)
    e.wait(2_000)
    rows = e.audience(C)["questions"]
    assert [(row["question"], row.get("is_new", False)) for row in rows] == [
        (first, False),
        (second, False),
        (third, True),
    ]
    assert [row["backers"] for row in rows] == [1, 2, 4]
    e.do(HOST, wire.RefreshOrder)
    assert e.order(C) == [third, second, first]
    assert e.refused(MOD, wire.RefreshOrder).code is Refusal.NOT_ALLOWED


def test_before_voting_the_list_may_be_shuffled_for_each_and_numbers_hidden() -> None:
    e = evening(order_before_vote="shuffled", hide_counts="until_voted")
    numbers = [e.ask(attendee(f"n{i}"), f"섞여서 보이는 질문 {i}번") for i in range(12)]
    orders = {tuple(e.order(attendee(f"r{i}"))) for i in range(5)}
    assert len(orders) == 5
    assert all(sorted(order) == numbers for order in orders)
    assert e.order(B) == e.order(B)
    assert all("backers" not in row for row in e.audience(B)["questions"])
    e.vote(B, numbers[4])
    assert e.order(B)[0] == numbers[4]
    assert all("backers" in row for row in e.audience(B)["questions"])


def test_hidden_numbers_are_counted_only_to_those_who_voted() -> None:
    e = evening(hide_counts="until_voted")
    number = e.ask(A, "숫자는 누가 볼 수 있나요?")
    e.vote(B, number)
    told = list(e.city.counts(e.now))
    counted = [audience for audience, count in told if count.type == "live_qa.counts"]
    assert any(hears(B, audience) for audience in counted)
    assert not any(hears(C, audience) for audience in counted)
    assert list(e.city.counts(e.now)) == []


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
    e.on(CLERK, wire.Settle, first, due_at=e.now + 24 * HOUR)
    e.on(CLERK, wire.Settle, second, reason="법원에서 다투고 있는 일입니다.")
    assert e.state.phase == "follow_up"
    e.wait(48 * HOUR)
    e.on(CLERK, wire.AnswerQuestion, first, text="글로 답합니다.\n감사합니다.")
    assert e.state.phase == "archived"
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
    assert e.state.phase == "archived"


def test_a_deferred_question_becomes_its_askers_petition_in_their_words_or_not_at_all() -> None:
    e = evening("live", "answering")
    number = e.ask(A, "버스를 더 늘릴 수 있나요?")
    nowhere = {"question": number, "version": e.version(number), "department": "nowhere"}
    assert e.refused(HOST, wire.Defer, **nowhere).code is Refusal.NOT_FOUND
    e.on(HOST, wire.Defer, number, department="transport")
    (petition,) = e.petitions.ledger.petitions.values()
    assert (petition.citizen, petition.department, petition.kind) == (A.id, "transport", "inquiry_procedure")
    assert e.texts[petition.text] == "버스를 더 늘릴 수 있나요?"
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


# Two people


def test_stopping_takes_two_people_within_thirty_seconds_one_of_them_the_host() -> None:
    e = evening("live")
    asked = e.do(MOD, wire.ActJointly, action="stop", reason="소란")
    assert asked["state"] == "asked"
    assert e.told(HOST, "live_qa.jointly_asked")[-1]["request"]["by"] == MOD.id
    assert e.do(MOD2, wire.ActJointly, action="stop", reason="소란")["state"] == "asked"
    assert e.do(HOST, wire.ActJointly, action="stop", reason="소란")["state"] == "done"
    assert e.told(A, "live_qa.session_changed")[-1]["session"]["is_stopped"] is True
    assert e.refused(A, wire.Ask, text="멈춘 동안에도 물을 수 있나요?").code is Refusal.CLOSED
    assert e.do(HOST, wire.ActJointly, action="resume", reason="조용함")["state"] == "asked"
    e.wait(31_000)
    assert e.do(FLOOR, wire.ActJointly, action="resume", reason="조용함")["state"] == "asked"
    assert e.do(HOST, wire.ActJointly, action="resume", reason="조용함")["state"] == "done"
    assert e.refused(A, wire.ActJointly, action="stop", reason="그냥").code is Refusal.NOT_ALLOWED


def test_the_safety_officer_stops_alone_and_does_not_resume_alone() -> None:
    e = evening("live")
    assert e.do(SAFETY, wire.ActJointly, action="stop", reason="화재 경보")["state"] == "done"
    assert e.do(SAFETY, wire.ActJointly, action="resume", reason="해제")["state"] == "asked"
    assert e.do(SAFETY, wire.ActJointly, action="resume", reason="해제")["state"] == "asked"
    assert e.state.is_stopped


def test_two_people_end_an_evening_early_and_mute_it() -> None:
    e = evening("live")
    e.do(HOST, wire.ActJointly, action="mute", reason="너무 많음")
    e.do(MOD, wire.ActJointly, action="mute", reason="너무 많음")
    assert e.refused(A, wire.Ask, text="지금 물어도 되나요, 네?").code is Refusal.MUTED
    e.do(HOST, wire.ActJointly, action="end", reason="정전")
    e.do(HEAD, wire.ActJointly, action="end", reason="정전")
    assert e.state.phase == "archived"


# Phases and time


def test_phases_come_by_time_until_the_doors_and_close_by_themselves() -> None:
    e = evening()
    e.ask(A, "시간이 지나면 어떻게 되나요?")
    e.wait(HOUR)
    assert e.state.phase == "doors"
    assert e.refused(HOST, wire.Advance, phase="collecting").code is Refusal.CONFLICT
    assert e.refused(HOST, wire.Advance, phase="follow_up").code is Refusal.CONFLICT
    e.do(HOST, wire.Advance, phase="live")
    e.wait(2 * HOUR)
    assert e.state.phase == "closing"
    e.wait(600_000)
    assert e.state.phase == "follow_up"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stage": "nowhere"}, "stage"),
        ({"starts_at": 5, "ends_at": 4}, "starts_at"),
        ({"starts_at": 5, "ends_at": 9}, "ends_at"),
        ({"title": {"ko": " ", "en": "x"}}, "title.ko"),
    ],
)
def test_a_session_that_cannot_be_is_refused(fields: dict[str, Any], field: str) -> None:
    e = Evening()
    given = {"title": {"ko": "밤", "en": "Night"}, "district": "civil", "stage": "mayors_seat",
             "starts_at": e.now + HOUR, "ends_at": e.now + 2 * HOUR}  # fmt: skip
    refused = e.refused(HOST, wire.Schedule, **{**given, **fields})
    assert refused.field == field
    assert e.refused(A, wire.Schedule, **given).code is Refusal.NOT_ALLOWED


def test_seats_are_as_many_as_there_are() -> None:
    e = evening(seats=1)
    e.do(A, wire.Reserve)
    e.do(A, wire.Reserve)
    assert e.refused(B, wire.Reserve).code is Refusal.FULL
    e.do(A, wire.Reserve, on=False)
    e.do(B, wire.Reserve)
    assert e.audience(C)["session"]["reserved"] == 1


def test_minutes_have_owners_and_dates_and_a_closed_record_is_only_corrected() -> None:
    e = evening("live")
    incomplete = e.refused(CLERK, wire.TakeMinutes, kind="commitment", text="자전거 도로")
    assert incomplete.field == "owner"
    e.do(
        CLERK, wire.TakeMinutes, kind="commitment", text="자전거 도로", owner="transport", due_at=e.now + HOUR
    )
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert e.state.phase == "archived"
    assert e.refused(CLERK, wire.TakeMinutes, kind="mark", text="늦은 표시").code is Refusal.CLOSED
    e.do(CLERK, wire.TakeMinutes, kind="correction", text="10 km가 아니라 12 km")
    assert [one["kind"] for one in e.do(VISITOR, wire.ReadRecord)["minutes"]] == ["commitment", "correction"]


# Views


def test_no_view_shows_what_its_reader_may_not_see() -> None:
    e = evening("live", "answering", hide_counts="never")
    shown = e.ask(A, "모두가 보는 질문입니다, 네?")
    e.vote(B, shown)
    e.on(HOST, wire.Pin, shown, to="now")
    waiting = "아무도 못 보는 질문입니다!"
    e.ask(B, waiting, publish=False)
    dismissed = e.ask(C, "버려진 질문은 보이나요?", publish=False)
    e.screen(MOD, wire.Dismiss, dismissed, reason="insult")
    audience = json.dumps([e.audience(D), e.city.views(D, "civil", e.now)], ensure_ascii=False)
    presenter = json.dumps(e.do(MAYOR, wire.Look, view="presenter"), ensure_ascii=False)
    screen = json.dumps(e.do(VISITOR, wire.Look, view="screen"), ensure_ascii=False)
    for view in (audience, presenter, screen):
        assert waiting not in view
        assert "버려진" not in view
        for who in (A, B, C, MOD, HEAD):
            assert who.id not in view
            assert who.name not in view
    for view in (presenter, screen):
        assert "시민 1" not in view
        assert "backers" not in view
    for view in ("presenter", "host"):
        assert e.refused(A, wire.Look, view=view).code is Refusal.NOT_ALLOWED
    assert e.refused(A, wire.ListDesk).code is Refusal.NOT_ALLOWED


def test_a_view_stays_under_sixteen_kibibytes_and_the_rest_comes_in_pages() -> None:
    e = evening(is_screened=False)
    numbers = [e.ask(attendee(f"p{i}"), f"{i:03} " + "가" * 290) for i in range(60)]
    view = e.city.views(A, "civil", e.now)
    assert len(json.dumps(view, ensure_ascii=False).encode()) <= 16_384
    seen = [row["question"] for row in view["live_qa"]["audience"]["questions"]]
    after = view["live_qa"]["audience"]["next_page"]
    while after:
        page = e.do(A, wire.ListQuestions, 0, after=after)
        assert len(json.dumps(page, ensure_ascii=False).encode()) <= 16_384
        seen += [row["question"] for row in page["questions"]]
        after = page.get("next")
    assert seen == numbers
    assert e.refused(A, wire.ListQuestions, after="x").field == "after"


def test_sessions_are_listed_the_next_first_and_past_ones_after() -> None:
    e = evening("live")
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    e.announce()
    assert [row["session"] for row in e.do(VISITOR, wire.ListSessions)["sessions"]] == ["qa-2", "qa-1"]
    assert e.refused(A, wire.Look, session="qa-9").field == "session"
    assert e.refused(A, wire.ReadRecord, session="qa-2").code is Refusal.CLOSED


def test_the_host_is_alarmed_by_questions_that_wait_too_long() -> None:
    e = evening("live")
    e.ask(A, "오래 기다리는 질문입니다.", publish=False)
    e.wait(300_000)
    view = e.do(FLOOR, wire.Look, view="host")["host"]
    assert (view["pending"], len(view["alarms"])) == (1, 1)
    assert view["run_sheet"][0]["who"]["en"] == "Floor manager"
