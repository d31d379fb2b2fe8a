"""Question time: asking, who stands behind a question, in which order they are listed."""

from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.check_service import hears
from tests.support.question_time import (
    HEAD,
    HOST,
    HOUR,
    MOD,
    MOD2,
    VISITOR,
    Evening,
    attendee,
)
from worlds.citizen import Citizen

A, B, C, D, X = (attendee(name) for name in "abcdx")


def evening(phase: str = "collecting", mode: str | None = None, **options: Any) -> Evening:
    played = Evening(question_every_s=0)
    played.announce(phase, mode, **options)
    return played


# Asking


def test_a_question_waits_for_approval_and_its_asker_is_told_at_once_and_when_it_is_published() -> None:
    e = evening()
    assert e.do(A, wire.Ask, text="버스는 언제 더 다니나요?", category="transport") == {
        "question": 1,
        "state": "held",
        "by": {"ko": "시민 1", "en": "Citizen 1"},
    }
    assert e.audience(B)["questions"] == []
    [told] = e.told(A, "live_qa.own_changed")
    assert told["question"] == e.audience(A)["mine"][0]
    assert told["question"]["row"]["state"] == "pending"
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


@pytest.mark.parametrize("grant", ["observer", "observer@civil/qa-1"])
def test_press_and_council_read_everything_and_take_no_part(grant: str) -> None:
    e = evening("live")
    press = Citizen("c-press", "기자 서", ("citizen",), (grant,), level=2)
    number = e.ask(A, "마을버스 배차를 늘려 주세요.")
    for command, fields in (
        (wire.Ask, {"text": "기자가 드리는 질문입니다."}),
        (wire.Vote, {"question": number}),
        (wire.RaiseHand, {}),
    ):
        assert e.refused(press, command, **fields).code is Refusal.NOT_ALLOWED
    assert [row["question"] for row in e.audience(press)["questions"]] == [number]
    elsewhere = Citizen("c-other", "기자 민", ("citizen",), ("observer@civil/qa-9",), level=2)
    assert e.vote(elsewhere, number) == 2


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
