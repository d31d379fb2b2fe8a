"""The desk: reports with their evidence, claims, notes, the audit in three views, statistics."""

import json
from dataclasses import replace
from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import moderation as wire
from tests.support.moderation_desk import (
    AUDITOR,
    CHILD,
    DAY,
    ELSEWHERE,
    HEAD,
    HOST,
    HOUR,
    KIM,
    LEE,
    MOD,
    MOD2,
    NEWCOMER,
    OPERATOR,
    PARK,
    VISITOR,
    Precinct,
    S,
)
from worlds.citizen import Citizen
from worlds.evidence import NearTrack
from worlds.plan import CityPlan, load
from worlds.services.moderation import Content, found
from worlds.services.moderation.content import SafePlace
from worlds.services.moderation.events import Reported


def decided(p: Precinct, report: str, by: Citizen = MOD, /, **fields: Any) -> None:
    """A moderator claims a report and decides on it."""
    p.do(by, wire.ClaimCase, case=report)
    p.do(by, wire.DecideReport, report=report, **({"outcome": "no_action", "words": "아님"} | fields))


# Reports


def test_a_report_keeps_what_was_heard_and_who_was_near_at_that_moment() -> None:
    p = Precinct()
    p.say(KIM, "욕입니다")
    p.present.tracks = (NearTrack(KIM.id, "김", ((2, 315, 202), (1, 321, 204))),)
    report = p.do(LEE, wire.Report, message="m1", reason="insult", words="들으셨죠")["report"]
    p.present.lines.clear()
    p.present.tracks = ()
    shown = p.do(MOD, wire.ShowEvidence, report=report)
    assert [(line["citizen"], line["text"]) for line in shown["lines"]] == [(KIM.id, "욕입니다")]
    assert shown["tracks"][0]["points"] == [[2, 315, 202], [1, 321, 204]]
    assert (shown["avatar"], shown["language"]) == ("citizen-2", "ko")
    [row] = p.do(MOD, wire.ShowDesk)["reports"]
    assert (row["citizen"], row["by"], row["words"], row["scope"]) == (KIM.id, LEE.id, "들으셨죠", "culture")
    looked = p.do(HEAD, wire.ShowAudit, by="moderator", who=MOD.id)["acts"]
    assert [act["act"] for act in looked] == ["looked"]


def test_evidence_is_personal_text_and_says_where_it_was_erased() -> None:
    p = Precinct()
    p.say(KIM, "욕입니다")
    report = p.report(LEE, KIM)
    kept = json.dumps([p.mod.snapshot(), *(one.event.model_dump(mode="json") for one, _ in p.entries)])
    assert "욕입니다" not in kept.encode().decode("unicode_escape", "ignore")
    assert "욕입니다" not in json.dumps(p.mod.snapshot(), ensure_ascii=False)
    [line] = p.mod.desk.state.report(report).evidence.lines
    p.texts.drop([line.text.ref])
    assert p.do(MOD, wire.ShowEvidence, report=report)["lines"][0]["text"] == "[erased]"


def test_whom_it_is_about_learns_neither_of_the_report_nor_who_wrote_it() -> None:
    p = Precinct()
    report = p.report(MOD2, MOD)
    assert p.told(MOD, "desk_changed") == []
    assert p.do(MOD, wire.ShowDesk)["reports"] == []
    assert p.refused(MOD, wire.ShowEvidence, report=report).code is Refusal.NOT_ALLOWED
    number = p.sanction(HEAD, MOD, "warn", reports=[report])
    decided(p, report, HEAD, outcome="acted", sanctions=[number], words="")
    shown = json.dumps([p.told(MOD, word) for word in ("sanction_changed", "desk_changed", "acted")])
    assert MOD2.id not in shown
    acts = p.do(AUDITOR, wire.ShowAudit, by="citizen", who=MOD.id)["acts"]
    assert MOD2.id not in json.dumps(acts)


def test_its_writer_is_told_the_class_of_the_result_and_never_the_sanction() -> None:
    p = Precinct()
    report = p.report(LEE, KIM)
    number = p.sanction(MOD, KIM, "mute", reports=[report])
    decided(p, report, outcome="acted", sanctions=[number], words="")
    [closed] = p.told(LEE, "report_closed")
    assert (closed["report"], closed["outcome"]) == (report, "acted")
    assert number not in json.dumps(p.told(LEE, "report_closed") + p.do(LEE, wire.ShowMine)["reports"])


def test_reports_of_minors_and_of_danger_come_first() -> None:
    p = Precinct()
    spam, danger = p.report(LEE, KIM, "spam"), p.report(PARK, KIM, "danger")
    minors = p.report(CHILD, KIM, "spam")
    about_minor = p.report(LEE, CHILD, "spam")
    rows = p.do(MOD, wire.ShowDesk)["reports"]
    assert [row["report"] for row in rows] == [minors, about_minor, danger, spam]
    assert rows[2]["claim_by"] - rows[2]["at"] == 60 * S


def test_a_claim_is_a_lease_of_a_minute_and_one_moderators_alone() -> None:
    p = Precinct()
    report = p.report(LEE, KIM)
    p.do(MOD, wire.ClaimCase, case=report)
    taken = p.refused(MOD2, wire.ClaimCase, case=report)
    assert taken.code is Refusal.CONFLICT
    assert MOD.id in taken.message
    undecided = p.refused(MOD2, wire.DecideReport, report=report, outcome="no_action", words="아님")
    assert undecided.code is Refusal.NOT_ALLOWED
    p.do(MOD2, wire.ClaimCase, 60 * S, case=report)
    p.do(MOD2, wire.ClaimCase, case=report, on=False)
    p.do(MOD, wire.ClaimCase, case=report)
    assert p.refused(LEE, wire.ClaimCase, case=report).code is Refusal.NOT_ALLOWED
    assert p.refused(ELSEWHERE, wire.ClaimCase, case=report).code is Refusal.NOT_ALLOWED
    assert p.refused(MOD, wire.ClaimCase, case="r-9").code is Refusal.NOT_FOUND


def test_a_report_of_ones_own_is_decided_by_somebody_else() -> None:
    p = Precinct()
    report = p.report(MOD, KIM)
    assert p.refused(MOD, wire.ClaimCase, case=report).code is Refusal.NOT_ALLOWED
    decided(p, report, MOD2)


def test_reports_about_the_same_are_joined_and_all_who_wrote_hear_the_result() -> None:
    p = Precinct()
    first, second, other = p.report(LEE, KIM), p.report(PARK, KIM), p.report(LEE, PARK)
    p.do(MOD, wire.ClaimCase, case=second)
    joined = {"report": second, "outcome": "merged"}
    assert p.refused(MOD, wire.DecideReport, **joined, into=other).code is Refusal.CONFLICT
    assert p.refused(MOD, wire.DecideReport, **joined, into=second).code is Refusal.CONFLICT
    assert p.refused(MOD, wire.DecideReport, **joined).field == "into"
    p.do(MOD, wire.DecideReport, **joined, into=first)
    assert p.told(PARK, "report_closed") == []
    decided(p, first, outcome="escalated", words="경찰에")
    assert [one["report"] for one in p.told(PARK, "report_closed")] == [second]
    assert p.do(PARK, wire.ShowMine)["reports"][0]["state"] == "escalated"


def test_a_decision_has_its_reason_or_its_sanctions() -> None:
    p = Precinct()
    report = p.report(LEE, KIM)
    on_another = p.sanction(MOD, PARK, "warn")
    p.do(MOD, wire.ClaimCase, case=report)
    assert p.refused(MOD, wire.DecideReport, report=report, outcome="no_action").field == "words"
    assert p.refused(MOD, wire.DecideReport, report=report, outcome="acted").field == "sanctions"
    wrong = p.refused(MOD, wire.DecideReport, report=report, outcome="acted", sanctions=[on_another])
    assert wrong.code is Refusal.CONFLICT


# Reports as a weapon


def test_nobody_reports_often_the_same_again_or_themselves() -> None:
    p = Precinct()
    many = [Citizen(f"c-{i}", "x", ("citizen",), level=2) for i in range(7)]
    for one in many:
        p.come(one)
    p.report(LEE, many[0])
    assert p.refused(LEE, wire.Report, citizen=many[0].id, reason="spam").code is Refusal.CONFLICT
    assert p.refused(LEE, wire.Report, citizen=LEE.id, reason="spam").code is Refusal.NOT_ALLOWED
    assert p.refused(LEE, wire.Report, citizen="c-nobody", reason="spam").code is Refusal.NOT_FOUND
    assert p.refused(LEE, wire.Report, reason="spam").field == "citizen"
    for one in many[1:6]:
        p.report(LEE, one)
    fast = p.refused(LEE, wire.Report, citizen=many[6].id, reason="spam")
    assert fast.code is Refusal.TOO_FAST
    assert fast.retry_after_ms is not None
    p.wait(fast.retry_after_ms)
    p.report(LEE, many[6])


def test_whose_reports_come_to_nothing_again_and_again_reports_less() -> None:
    p = Precinct()
    many = [Citizen(f"c-{i}", "x", ("citizen",), level=2) for i in range(7)]
    for one in many:
        p.come(one)
    for one in many[:5]:
        decided(p, p.report(LEE, one))
    p.wait(HOUR)
    p.report(LEE, many[5])
    assert p.refused(LEE, wire.Report, citizen=many[6].id, reason="spam").code is Refusal.TOO_FAST


def test_many_reports_of_one_citizen_alert_the_desk_and_sanction_nobody() -> None:
    p = Precinct()
    many = [Citizen(f"c-{i}", "x", ("citizen",), level=2) for i in range(8)]
    for one in many:
        p.come(one)
        p.report(one, KIM)
    assert [one["kind"] for one in p.told(MOD, "alerted")] == ["reports"]
    assert p.told(KIM, "alerted") == []
    assert p.mod.desk.state.sanctions == []
    assert p.say(KIM, "아무 일도 없습니다") is None


def test_visitors_report_too_and_the_queue_has_an_end() -> None:
    p = Precinct(report_waiting=1)
    p.come(VISITOR)
    p.report(VISITOR, KIM)
    assert p.refused(LEE, wire.Report, citizen=KIM.id, reason="spam").code is Refusal.FULL


# Notes


def test_notes_stand_beside_the_case_with_its_appeal_and_only_the_desk_reads_them() -> None:
    p = Precinct(notes_per_case=2)
    number, report = p.sanction(MOD, KIM, "mute"), p.report(LEE, PARK)
    p.do(MOD2, wire.Annotate, case=number, text="두 번째")
    p.do(MOD2, wire.Annotate, case=report, text="지켜봄")
    p.do(KIM, wire.Appeal, sanction=number, text="제가 아닙니다")
    [row] = p.do(MOD2, wire.ShowPerson, citizen=KIM.id)["sanctions"]
    assert (row["notes"][0]["text"], row["appeal"]["text"]) == ("두 번째", "제가 아닙니다")
    assert "두 번째" not in json.dumps(p.do(KIM, wire.ShowMine), ensure_ascii=False)
    p.do(MOD2, wire.Annotate, case=number, text="또")
    assert p.refused(MOD2, wire.Annotate, case=number, text="또").code is Refusal.FULL
    assert p.refused(ELSEWHERE, wire.Annotate, case=number, text="?").code is Refusal.NOT_ALLOWED
    assert p.refused(MOD2, wire.Annotate, case=report, text="가" * 301).code is Refusal.TOO_LONG


# The audit and the statistics


def evening(p: Precinct) -> None:
    """Several acts of several people in two districts."""
    p.sanction(MOD, KIM, "mute")
    p.sanction(MOD2, LEE, "warn")
    p.sanction(HEAD, KIM, "kick", scope="civil")
    p.do(MOD, wire.SetMode, scope="culture", slow_s=30)


def test_the_audit_is_read_by_citizen_by_moderator_and_by_time_as_far_as_ones_office_reaches() -> None:
    p = Precinct()
    evening(p)
    newest = p.do(AUDITOR, wire.ShowAudit)["acts"]
    assert [act["act"] for act in newest] == ["mode_set", "sanctioned", "sanctioned", "sanctioned"]
    on_kim = p.do(AUDITOR, wire.ShowAudit, by="citizen", who=KIM.id)["acts"]
    assert [(act["by"], act["kind"], act["scope"]) for act in on_kim] == [
        (HEAD.id, "kick", "civil"),
        (MOD.id, "mute", "culture"),
    ]
    assert (on_kim[1]["words"], on_kim[1]["reason"], on_kim[1]["until"]) == (
        "욕설",
        "insult",
        p.mod.desk.state.sanctions[0].until,
    )
    own = p.do(MOD, wire.ShowAudit, scope="culture")["acts"]
    assert {act["by"] for act in own} == {MOD.id}
    within = p.do(HEAD, wire.ShowAudit, scope="culture")["acts"]
    assert {act["by"] for act in within} == {MOD.id, MOD2.id}
    by_mod = p.do(AUDITOR, wire.ShowAudit, by="moderator", who=MOD.id)["acts"]
    assert [act["act"] for act in by_mod] == ["mode_set", "sanctioned"]
    for one in (KIM, OPERATOR):
        assert p.refused(one, wire.ShowAudit).code is Refusal.NOT_ALLOWED
    assert p.refused(MOD, wire.ShowAudit, scope="civil").code is Refusal.NOT_ALLOWED
    assert p.refused(AUDITOR, wire.ShowAudit, by="citizen").field == "who"


def test_pages_go_on_where_the_one_before_ended_and_hold_their_bound() -> None:
    p = Precinct()
    for i in range(60):
        p.sanction(MOD, KIM, "note", words=f"{i} " + "가" * 400)
    seen: list[str] = []
    after = None
    while True:
        page = p.do(AUDITOR, wire.ShowAudit, **({"after": after} if after else {}))
        assert len(json.dumps(page, ensure_ascii=False).encode()) < 16_384
        seen += [act["case"] for act in page["acts"]]
        after = page.get("next")
        if after is None:
            break
    assert seen == [f"s-{i}" for i in range(60, 0, -1)]
    assert p.refused(AUDITOR, wire.ShowAudit, after="x").field == "after"
    view = p.city.views(KIM, "culture", p.now)
    assert len(json.dumps(view, ensure_ascii=False).encode()) < 16_384


def test_everyone_reads_how_the_rules_are_applied_and_no_number_below_five() -> None:
    p = Precinct(report_waiting=0)
    many = [Citizen(f"c-{i}", "x", ("citizen",), level=2) for i in range(6)]
    for one in many:
        p.come(one)
        number = p.sanction(MOD, one, "mute")
        p.do(one, wire.Appeal, sanction=number, text="아닙니다")
        p.do(MOD2, wire.ClaimCase, case=number)
        p.do(MOD2, wire.DecideAppeal, sanction=number, outcome="upheld", words="맞음")
        decided(p, p.report(one, KIM))
    p.sanction(HEAD, KIM, "kick", reason="spam")
    told = p.do(VISITOR, wire.ShowStatistics)
    assert told["sanctions"] == {"kick": None, "mute": 6}
    assert told["by_reason"] == {"insult": 6, "spam": None}
    assert (told["appeals"], told["reports"]) == ({"upheld": 6}, {"no_action": 6})
    assert (told["median_appeal_s"], told["median_claim_s"]) == (2, 1)
    p.wait(2 * DAY)
    assert p.do(VISITOR, wire.ShowStatistics, days=1)["sanctions"] == {}


def test_one_person_is_one_page_for_the_desk_within_its_scope() -> None:
    p = Precinct()
    evening(p)
    shown = p.do(MOD, wire.ShowPerson, citizen=KIM.id)
    assert [row["scope"] for row in shown["sanctions"]] == ["culture"]
    assert len(p.do(AUDITOR, wire.ShowPerson, citizen=KIM.id)["sanctions"]) == 2
    assert p.refused(MOD, wire.ShowPerson, citizen="c-nobody").code is Refusal.NOT_FOUND
    assert p.refused(MOD, wire.ShowPerson, citizen=MOD.id).code is Refusal.NOT_ALLOWED
    assert p.refused(KIM, wire.ShowPerson, citizen=LEE.id).code is Refusal.NOT_ALLOWED
    assert p.refused(HOST, wire.ShowDesk, after="x").field == "after"


def test_who_is_someone_else_each_time_fills_neither_the_desk_nor_the_queue() -> None:
    p = Precinct(report_waiting=4, report_waiting_visitors=3, held_waiting=4, held_waiting_visitors=3)
    crowd = [replace(VISITOR, id=f"v-{n}") for n in range(6)]
    for one in crowd:
        p.present.here[one.id] = one
    for n, one in enumerate(crowd):
        if n < 3:
            p.report(one, PARK)
            assert p.say(one, f"{n}번 보세요 seoul.go.kr")
        else:
            assert p.refused(one, wire.Report, citizen=PARK.id, reason="spam").code is Refusal.FULL
            assert p.silenced(one, f"{n}번 보세요 seoul.go.kr").code is Refusal.FULL
    assert p.report(KIM, PARK)
    assert p.say(NEWCOMER, "보세요 seoul.go.kr")


def test_visitors_who_report_count_for_no_alarm_before_citizens_who_do_or_after() -> None:
    p = Precinct(reports_alarm=3)
    before, after = ([replace(VISITOR, id=f"v-{when}{n}") for n in range(4)] for when in "ab")
    for one in (*before, *after):
        p.present.here[one.id] = one
    for one in before:
        p.report(one, PARK)
    p.report(KIM, PARK)
    p.report(LEE, PARK)
    for one in after:
        p.report(one, PARK)
    assert p.told(HEAD, "alerted") == []
    p.report(NEWCOMER, PARK)
    assert [(one["kind"], one["count"]) for one in p.told(HEAD, "alerted")] == [("reports", 3)]


def test_a_visitor_reports_from_where_they_are() -> None:
    p = Precinct()
    assert p.refused(VISITOR, wire.Report, citizen=PARK.id, reason="spam").code is Refusal.NOT_HERE
    p.present.here[VISITOR.id] = VISITOR
    assert p.report(VISITOR, PARK)


def test_the_audit_says_by_what_office_each_act_was() -> None:
    p = Precinct()
    p.sanction(MOD, KIM, "mute")
    p.sanction(HEAD, LEE, "ban", lasts_s=60)
    p.report(MOD, PARK)
    p.do(KIM, wire.Appeal, sanction="s-1", text="아닙니다")
    told = {
        act["act"]: act.get("office") for act in p.do(AUDITOR, wire.ShowAudit)["acts"] if act["by"] != MOD.id
    }
    assert told["appealed"] is None
    assert told["sanctioned"] == "moderator, head_moderator"
    [own] = p.do(MOD, wire.ShowAudit, scope="culture")["acts"]
    assert own["office"] == "moderator@culture"
    assert [event.event.office for event, _ in p.entries if isinstance(event.event, Reported)] == [""]


# Content


@pytest.mark.parametrize(
    ("section", "wrong", "told"),
    [
        ("forbids", {"ban": ["petitions.file"]}, "cannot be forbidden"),
        ("forbids", {"mute": ["moderation.appeal"]}, "cannot be forbidden"),
        ("kinds", {"mute": {"default_s": 1}}, "are missing"),
        ("offices", {"mayor": {"ban": 1}}, "mayor"),
        ("ladder", [], "ladder"),
        ("talk", {"warn": {"ko": "경고", "en": "a warning"}}, "begin, break, end, record are missing"),
        (
            "automatic",
            [
                {
                    "on": "link",
                    "times": 1,
                    "within_s": 1,
                    "action": "alert",
                    "reason": "x",
                    "words": {"ko": "x", "en": "x"},
                }
            ],
            "x are no reasons",
        ),
    ],
)
def test_content_that_would_break_a_law_of_the_house_is_no_content(
    section: str, wrong: Any, told: str
) -> None:
    from tests.support.moderation_desk import CONTENT

    sheet = CONTENT.model_dump() | {section: wrong}
    with pytest.raises(ValueError, match=told):
        Content.model_validate(sheet)


def test_the_safe_place_is_one_that_the_city_has() -> None:
    from tests.support.moderation_desk import SERVICES, WORDS
    from worlds.service import Texts

    plan: CityPlan = load(SERVICES.parent)
    toml = (SERVICES / "moderation.toml").read_text(encoding="utf-8")
    assert found(Texts(), toml, plan, WORDS).desk.content.safe_place == SafePlace(district="civil")
    named = toml + '\n[safe_place]\ndistrict = "culture"\n'
    assert found(Texts(), named, plan, WORDS).desk.content.safe_place == SafePlace(district="culture")
    for wrong in ('district = "moon"', 'district = "culture"\nzone = "moon"'):
        with pytest.raises(ValueError, match="safe_place"):
            found(Texts(), f"{toml}\n[safe_place]\n{wrong}\n", plan, WORDS)
