"""Question time: phases, what takes two people, seats, minutes, and what each view shows."""

import json
from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.question_time import (
    CLERK,
    FLOOR,
    HEAD,
    HOST,
    HOUR,
    MAYOR,
    MOD,
    MOD2,
    SAFETY,
    VISITOR,
    Evening,
    attendee,
)

A, B, C, D, X = (attendee(name) for name in "abcdx")


def evening(phase: str = "collecting", mode: str | None = None, **options: Any) -> Evening:
    played = Evening(question_every_s=0)
    played.announce(phase, mode, **options)
    return played


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
    assert e.phase == "archived"


# Phases and time


def test_phases_come_by_time_until_the_doors_and_close_by_themselves() -> None:
    e = evening()
    e.ask(A, "시간이 지나면 어떻게 되나요?")
    e.wait(HOUR)
    assert e.phase == "doors"
    assert e.refused(HOST, wire.Advance, phase="collecting").code is Refusal.CONFLICT
    assert e.refused(HOST, wire.Advance, phase="follow_up").code is Refusal.CONFLICT
    e.do(HOST, wire.Advance, phase="live")
    e.wait(2 * HOUR)
    assert e.phase == "closing"
    e.wait(600_000)
    assert e.phase == "follow_up"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stage": "nowhere"}, "stage"),
        ({"starts_at": 5, "ends_at": 4}, "starts_at"),
        ({"starts_at": 5, "ends_at": 9}, "ends_at"),
        ({"ends_at": 2**53 - 1}, "ends_at"),
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
    promise = {"kind": "commitment", "text": "자전거 도로", "owner": "transport"}
    assert e.refused(CLERK, wire.TakeMinutes, **promise, due_at=2**53 - 1).field == "due_at"
    e.do(
        CLERK, wire.TakeMinutes, kind="commitment", text="자전거 도로", owner="transport", due_at=e.now + HOUR
    )
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert e.phase == "archived"
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
