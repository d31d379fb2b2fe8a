"""What is also the police's: it waits for who tells them, with its evidence, until somebody has."""

import pytest

from protocol.refusals import Refusal
from protocol.services import moderation as wire
from tests.support.moderation_desk import (
    AUDITOR,
    DAY,
    ELSEWHERE,
    HEAD,
    KIM,
    LEE,
    MOD,
    MOD2,
    OFFICER,
    PARK,
    Precinct,
)
from worlds.citizen import Citizen

LIAISON = Citizen("c-liaison", "연락 조", ("official",), ("authority",), level=2)


def escalated(p: Precinct) -> str:
    """A report that a moderator escalated; its number."""
    report = p.report(LEE, KIM, "threat")
    p.do(MOD, wire.ClaimCase, case=report)
    p.do(MOD, wire.DecideReport, report=report, outcome="escalated", words="죽이겠다고 함")
    return report


def waiting(p: Precinct, citizen: Citizen) -> list[str]:
    """What waits for someone who tells the authority."""
    shown = p.do(citizen, wire.ShowDesk, which="authority")
    assert shown["waiting"]["authority"] == len(shown["reports"])
    return [row["report"] for row in shown["reports"]]


def test_what_was_escalated_waits_for_who_tells_the_authority_until_they_have() -> None:
    p = Precinct()
    p.come(LIAISON)
    report = escalated(p)
    assert waiting(p, LIAISON) == waiting(p, HEAD) == [report]
    assert [told["report"]["authority"] for told in p.told(LIAISON, "desk_changed")] == ["waiting"]
    assert p.do(LIAISON, wire.ShowEvidence, report=report)["report"] == report
    for nobody in (KIM, LEE, MOD2, OFFICER, AUDITOR):
        refused = p.refused(nobody, wire.HandOver, report=report, words="?")
        assert (refused.code, refused.field) == (Refusal.NOT_ALLOWED, "report")
    assert p.refused(LIAISON, wire.HandOver, report=report, words=" ").field == "words"
    p.do(LIAISON, wire.HandOver, report=report, words="경찰청, 접수 2026-123")
    row = p.told(HEAD, "desk_changed")[-1]["report"]
    assert (row["state"], row["authority"], row["handed_over"]) == (
        "escalated",
        "handed_over",
        "경찰청, 접수 2026-123",
    )
    assert waiting(p, LIAISON) == []
    assert p.refused(LIAISON, wire.HandOver, report=report, words="또").code is Refusal.CLOSED
    act = p.do(AUDITOR, wire.ShowAudit)["acts"][0]
    assert (act["act"], act["by"], act["citizen"], act["case"]) == ("handed_over", LIAISON.id, KIM.id, report)
    assert act["words"] == "경찰청, 접수 2026-123"


@pytest.mark.parametrize(
    ("reason", "is_told"), [("threat", True), ("doxxing", True), ("minor", True), ("spam", False)]
)
def test_what_was_acted_upon_for_a_reason_that_is_also_the_polices_waits_too(
    reason: str, is_told: bool
) -> None:
    p = Precinct()
    report = p.report(LEE, KIM, "insult")
    p.do(MOD, wire.ClaimCase, case=report)
    number = p.sanction(MOD, KIM, "mute", reason=reason, reports=[report])
    p.do(MOD, wire.DecideReport, report=report, outcome="acted", sanctions=[number])
    assert waiting(p, HEAD) == ([report] if is_told else [])


@pytest.mark.parametrize(
    ("reason", "is_told"), [("threat", True), ("doxxing", True), ("minor", True), ("spam", False)]
)
def test_what_nobody_reported_becomes_a_case_with_what_the_moderator_saw(reason: str, is_told: bool) -> None:
    p = Precinct()
    p.come(LIAISON)
    p.say(KIM, "집으로 찾아가겠다")
    number = p.sanction(HEAD, KIM, "ban", reason=reason, lasts_s=604_800)
    assert waiting(p, LIAISON) == (["r-1"] if is_told else [])
    if not is_told:
        return
    row = p.told(LIAISON, "desk_changed")[-1]["report"]
    assert (row["by"], row["citizen"], row["reason"], row["state"]) == ("", KIM.id, reason, "acted")
    assert (row["sanctions"], row["authority"]) == ([number], "waiting")
    assert p.do(LIAISON, wire.ShowEvidence, report="r-1")["lines"]
    assert p.told(KIM, "desk_changed") == []
    p.do(HEAD, wire.HandOver, report="r-1", words="경찰청")
    acts = [(act["act"], act["by"]) for act in p.do(AUDITOR, wire.ShowAudit)["acts"]]
    assert acts[-3:] == [("report_decided", HEAD.id), ("reported", ""), ("sanctioned", HEAD.id)]
    assert p.replayed().snapshot() == p.mod.snapshot()


def test_of_many_who_are_put_out_at_once_each_is_a_case() -> None:
    p = Precinct()
    p.say(KIM, "집으로 찾아가겠다")
    p.do(
        HEAD, wire.Sanction, citizens=[KIM.id, LEE.id], kind="ban", reason="threat", words="협박", scope="culture",
        lasts_s=604_800,
    )  # fmt: skip
    assert waiting(p, HEAD) == ["r-1", "r-2"]
    assert [report.citizen for report in p.mod.desk.state.reports] == [KIM.id, LEE.id]


def test_a_sanction_that_a_report_led_to_is_no_second_case() -> None:
    p = Precinct()
    report = p.report(LEE, KIM, "threat")
    p.do(MOD, wire.ClaimCase, case=report)
    number = p.sanction(MOD, KIM, "mute", reason="threat", reports=[report])
    p.do(MOD, wire.DecideReport, report=report, outcome="acted", sanctions=[number])
    assert waiting(p, HEAD) == [report]


def test_nobody_hands_over_a_case_of_their_own_and_no_other_report_is_open_to_them() -> None:
    p = Precinct()
    p.come(LIAISON)
    report = p.report(LEE, LIAISON, "threat")
    other = p.report(PARK, KIM, "insult")
    assert p.refused(LIAISON, wire.ShowEvidence, report=other).code is Refusal.NOT_ALLOWED
    p.do(HEAD, wire.ClaimCase, case=report)
    p.do(HEAD, wire.DecideReport, report=report, outcome="escalated", words="협박")
    assert waiting(p, LIAISON) == []
    assert p.told(LIAISON, "desk_changed") == []
    assert p.refused(LIAISON, wire.HandOver, report=report, words="?").code is Refusal.NOT_ALLOWED
    assert p.refused(ELSEWHERE, wire.ShowEvidence, report=report).code is Refusal.NOT_ALLOWED


def test_its_evidence_is_kept_until_it_was_told_however_long_that_takes() -> None:
    p = Precinct()
    p.come(LIAISON)
    p.say(KIM, "집으로 찾아가겠다")
    report = escalated(p)
    p.wait(400 * DAY)
    kept = p.mod.desk.state.reports[0].evidence.lines
    assert kept
    assert list(p.mod.expired(p.now)) == []
    p.do(LIAISON, wire.HandOver, report=report, words="경찰청")
    assert {one.ref for one in p.mod.expired(p.now)} >= {line.text.ref for line in kept}


def test_it_is_so_after_a_restart() -> None:
    p = Precinct()
    escalated(p)
    fresh = p.replayed()
    assert fresh.snapshot() == p.mod.snapshot()
    fresh.restore(p.mod.snapshot())
    assert list(fresh.desk.index.for_authority) == [1]
