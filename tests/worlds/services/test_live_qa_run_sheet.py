"""The run sheet of a question time: planned by its host, begun line by line, told to the crew, in part to all."""

from itertools import pairwise
from typing import Any

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
    SAFETY,
    VISITOR,
    Evening,
    attendee,
)
from worlds.citizen import Citizen

A = attendee("a")


def evening(phase: str = "live") -> Evening:
    played = Evening()
    played.announce(phase)
    return played


def sheet(e: Evening, citizen: Citizen = HOST) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = e.do(citizen, wire.Look, 0, view="crew")["crew"]["run_sheet"]
    return lines


def version(e: Evening) -> int:
    return e.state.sheet_version


def line(e: Evening, text: str, minutes: int, **more: Any) -> dict[str, Any]:
    at = e.state.starts_at + minutes * 60_000
    return {
        "at": at,
        "lasts_s": 300,
        "text": {"ko": text, "en": text},
        "who": {"ko": "사회자", "en": "Host"},
    } | more


def edit(e: Evening, *cues: dict[str, Any], citizen: Citizen = HOST) -> int:
    told: int = e.do(citizen, wire.EditRunSheet, version=version(e), cues=list(cues))["sheet_version"]
    return told


def kept(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in wire.CuePlan.model_fields if name in row} for row in lines]


def test_a_session_begins_with_the_citys_own_run_sheet() -> None:
    e = evening("collecting")
    lines = sheet(e)
    assert [row["cue"] for row in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["at"] == e.state.starts_at - HOUR // 2
    for row, following in pairwise(lines):
        assert row["at"] + row["lasts_s"] * 1000 == following["at"]
    assert lines[-1]["at"] + lines[-1]["lasts_s"] * 1000 == e.state.ends_at


def test_everyone_with_a_part_in_it_sees_the_sheet_and_nobody_else() -> None:
    e = evening()
    for citizen in (HOST, HEAD, MOD, FLOOR, MAYOR, CLERK, SAFETY):
        assert sheet(e, citizen)
    for citizen in (A, VISITOR):
        assert e.refused(citizen, wire.Look, view="crew").code is Refusal.NOT_ALLOWED
    e.do(FLOOR, wire.BeginCue, cue=2)
    for citizen in (HOST, MOD, MAYOR, CLERK):
        assert e.told(citizen, "live_qa.run_sheet_changed")
    assert not e.told(A, "live_qa.run_sheet_changed")


def test_a_line_that_begins_ends_the_one_before_and_both_times_are_kept() -> None:
    e = evening()
    e.do(FLOOR, wire.BeginCue, cue=2)
    began = e.now
    e.wait(90_000)
    e.do(HOST, wire.BeginCue, cue=3)
    rows = {row["cue"]: row for row in sheet(e)}
    assert (rows[2]["began_at"], rows[2]["ended_at"]) == (began, e.now)
    assert rows[3]["began_at"] == e.now
    assert "ended_at" not in rows[3]
    assert e.refused(HOST, wire.BeginCue, cue=3).code is Refusal.CONFLICT
    assert e.refused(HOST, wire.BeginCue, cue=99).code is Refusal.NOT_FOUND
    assert e.refused(MOD, wire.BeginCue, cue=4).code is Refusal.NOT_ALLOWED
    e.do(HOST, wire.BeginCue)
    assert {row["cue"]: row for row in sheet(e)}[3]["ended_at"] == e.now


def test_the_audience_is_told_what_is_on_and_what_comes_next_of_public_lines_alone() -> None:
    e = evening()
    edit(e, line(e, "인사", 0), line(e, "소리 확인", 2, is_public=False), line(e, "답변", 5))
    programme = e.told(A, "live_qa.session_changed")[-1]["session"]["programme"]
    assert programme == {"next": {"ko": "인사", "en": "인사"}, "next_at": e.state.starts_at}
    first, second, third = (row["cue"] for row in sheet(e))
    e.do(HOST, wire.BeginCue, cue=first)
    programme = e.audience(A)["session"]["programme"]
    assert (programme["now"]["ko"], programme["next"]["ko"]) == ("인사", "답변")
    e.do(HOST, wire.BeginCue, cue=second)
    programme = e.audience(A)["session"]["programme"]
    assert "now" not in programme
    assert programme["next"]["ko"] == "답변"
    e.do(HOST, wire.BeginCue, cue=third)
    assert e.audience(A)["session"]["programme"] == {"now": {"ko": "답변", "en": "답변"}}


def test_an_edit_keeps_the_times_of_what_stays_and_sorts_by_the_clock() -> None:
    e = evening()
    e.do(HOST, wire.BeginCue, cue=2)
    began = e.now
    stays = kept(sheet(e))[1] | {"text": {"ko": "인사말", "en": "Welcome"}}
    edit(e, line(e, "마무리", 50), stays)
    first, second = sheet(e)
    assert (first["cue"], first["began_at"], first["text"]["ko"]) == (2, began, "인사말")
    assert second["cue"] == 7
    edit(e, stays)
    edit(e, stays, line(e, "또 다른", 10))
    assert [row["cue"] for row in sheet(e)] == [2, 8], "a number is not given twice"


def test_of_two_who_edit_at_once_the_second_is_told() -> None:
    e = evening()
    seen = version(e)
    edit(e, line(e, "하나", 0))
    refused = e.refused(HOST, wire.EditRunSheet, version=seen, cues=[line(e, "둘", 0)])
    assert (refused.code, refused.field) == (Refusal.CONFLICT, "version")
    assert e.refused(MOD, wire.EditRunSheet, version=seen + 1, cues=[]).code is Refusal.NOT_ALLOWED


def test_what_is_no_line_is_refused_at_its_field() -> None:
    e = evening()
    good = line(e, "인사", 0)
    for cues, code, field in (
        ([], Refusal.BAD_MESSAGE, "cues"),
        ([good] * 25, Refusal.FULL, "cues"),
        ([good | {"cue": 99}], Refusal.NOT_FOUND, "cues"),
        ([good | {"cue": 1}, good | {"cue": 1}], Refusal.NOT_FOUND, "cues"),
        ([good, good | {"text": {"ko": "가" * 81, "en": "a"}}], Refusal.TOO_LONG, "cues.1.text.ko"),
        ([good | {"who": {"ko": "가", "en": " "}}], Refusal.BAD_MESSAGE, "cues.0.who.en"),
        ([good, good | {"at": 2**53 - 1}], Refusal.BAD_MESSAGE, "cues.1.at"),
    ):
        refused = e.refused(HOST, wire.EditRunSheet, version=version(e), cues=cues)
        assert (refused.code, refused.field) == (code, field)


def test_what_goes_on_for_a_minute_too_long_alarms_who_runs_the_event() -> None:
    e = evening()
    edit(e, line(e, "인사", 0))
    (row,) = sheet(e)
    e.do(HOST, wire.BeginCue, cue=row["cue"])
    e.wait(358_000)
    assert e.do(HOST, wire.Look, view="host")["host"]["alarms"] == []
    e.wait(2_000)
    alarm = e.qa.venue.content.words.alarm_overrun.ko
    for view, citizen in (("host", FLOOR), ("crew", MAYOR)):
        alarms = e.do(citizen, wire.Look, 0, view=view)[view]["alarms"]
        assert [one["ko"] for one in alarms] == [alarm]


def test_with_the_session_its_run_sheet_is_over() -> None:
    e = evening()
    e.do(HOST, wire.BeginCue, cue=6)
    e.do(HOST, wire.Advance, phase="closing")
    e.do(HOST, wire.Advance, phase="follow_up")
    assert all(row.get("ended_at") for row in sheet(e) if row["cue"] == 6)
    assert e.refused(HOST, wire.BeginCue, cue=1).code is Refusal.CLOSED
    assert e.refused(HOST, wire.EditRunSheet, version=version(e), cues=[]).code is Refusal.CLOSED
    assert "programme" not in e.audience(A)["session"]


def test_a_session_from_before_run_sheets_were_kept_has_the_citys_until_it_begins() -> None:
    e = evening()
    e.state.cues.clear()
    lines = sheet(e)
    assert lines
    assert "programme" not in e.audience(A)["session"]
    e.do(HOST, wire.BeginCue, cue=2)
    assert kept(sheet(e)) == kept(lines)
    assert e.audience(A)["session"]["programme"]["now"]["ko"] == lines[1]["text"]["ko"]


def test_the_journal_alone_gives_the_same_sheet() -> None:
    e = evening()
    edit(e, line(e, "인사", 0), line(e, "답변", 5))
    e.do(HOST, wire.BeginCue, cue=sheet(e)[0]["cue"])
    assert e.replayed().snapshot() == e.qa.snapshot()
