"""What the desk need not keep: evidence after its appeals, lines that waited, the words of old cases."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.services import moderation as wire
from tests.support.moderation_desk import CONTENT, DAY, HEAD, KIM, LEE, MOD, OFFICER, PARK, Precinct
from tests.support.tidying import tidied
from worlds.evidence import NearTrack
from worlds.services.moderation.events import Evidence

RULES = CONTENT.rules
BAD = "바보 같은 소리"
NEAR = "지나가던 사람"


def reported(p: Precinct, outcome: str = "no_action", **fields: Any) -> str:
    """A report of a line, with someone else near, that was decided."""
    p.say(KIM, BAD)
    p.say(PARK, "날씨가 좋네요")
    p.present.tracks = (NearTrack(PARK.id, NEAR, ((2, 315, 202),)),)
    report = p.report(LEE, KIM, words="들어 보세요")
    p.do(MOD, wire.ClaimCase, case=report)
    p.do(MOD, wire.DecideReport, report=report, outcome=outcome, **({"words": "까닭이 있음"} | fields))
    return report


def wait_days(p: Precinct, days: float) -> set[str]:
    """Time passes, and the host tidies; what went."""
    p.wait(round(days * DAY))
    return tidied(p.city, p.texts, p.now)


def evidence(p: Precinct, report: str) -> Evidence:
    return p.mod.desk.state.report(report).evidence


def test_evidence_goes_from_store_and_memory_when_its_time_is_over_and_the_case_stays() -> None:
    p = Precinct()
    report = reported(p)
    assert wait_days(p, RULES.evidence_days - 1) == set()
    assert p.do(MOD, wire.ShowEvidence, report=report)["lines"][0]["text"] == BAD
    gone = wait_days(p, 1)
    assert {BAD, NEAR, "날씨가 좋네요", KIM.name} <= gone
    assert "들어 보세요" not in gone
    assert evidence(p, report) == Evidence()
    assert p.mod.desk.index.evident == {}
    shown = p.do(MOD, wire.ShowEvidence, report=report)
    assert (shown["lines"], shown["tracks"]) == ([], [])
    case = p.mod.desk.state.report(report)
    assert (case.citizen, case.state, p.texts[case.words]) == (KIM.id, "no_action", "들어 보세요")


def test_of_an_open_report_all_is_kept_however_old_it_is() -> None:
    p = Precinct()
    p.say(KIM, BAD)
    report = p.report(LEE, KIM)
    assert wait_days(p, 3_000) == set()
    assert evidence(p, report).lines


def test_evidence_outlives_its_time_while_a_sanction_lasts_or_an_appeal_waits() -> None:
    p = Precinct(evidence_days=1, alone_ban_s=0)
    p.say(KIM, BAD)
    report = p.report(LEE, KIM)
    sanction = p.sanction(HEAD, KIM, "ban", lasts_s=20 * 86_400)
    p.do(MOD, wire.ClaimCase, case=report)
    p.do(MOD, wire.DecideReport, report=report, outcome="acted", sanctions=[sanction])
    assert wait_days(p, 19) == set()
    p.do(KIM, wire.Appeal, sanction=sanction, text="억울합니다")
    assert wait_days(p, 40) == set(), "the ban is over, but nobody has answered"
    p.do(MOD, wire.ClaimCase, case=sanction)
    p.do(MOD, wire.DecideAppeal, sanction=sanction, outcome="upheld", words="맞는 조치")
    assert BAD in wait_days(p, 0.1)
    assert evidence(p, report) == Evidence()


def test_the_lines_around_a_held_line_go_when_it_is_decided_and_itself_after_its_time() -> None:
    p = Precinct()
    p.say(PARK, "날씨가 좋네요")
    held = p.say(KIM, "병신")
    assert held is not None
    assert wait_days(p, 0) == set(), "it waits"
    p.do(MOD, wire.ClaimCase, case=held)
    p.do(MOD, wire.DecideHeld, held=held, approve=True, text="이런")
    assert wait_days(p, 0) == {"날씨가 좋네요", PARK.name}
    line = p.mod.desk.state.held_line(held)
    assert (line.context, p.mod.desk.index.surrounded) == ((), {})
    assert wait_days(p, RULES.held_days - 1) == set()
    assert wait_days(p, 1) == {"병신", "이런", KIM.name}


def test_the_words_of_a_case_go_long_after_its_end_and_that_it_was_stays_in_the_audit() -> None:
    p = Precinct(evidence_days=0)
    report = reported(p)
    sanction = p.sanction(MOD, KIM, "mute", words="욕설을 함")
    p.do(KIM, wire.Appeal, sanction=sanction, text="억울합니다")
    p.do(HEAD, wire.Annotate, case=sanction, text="두 번째임")
    p.do(HEAD, wire.ClaimCase, case=sanction)
    p.do(HEAD, wire.DecideAppeal, sanction=sanction, outcome="upheld", words="맞는 조치")
    other = p.sanction(MOD, LEE, "warn", words="말투")
    p.do(MOD, wire.Lift, sanction=other, words="오해였음")
    p.do(OFFICER, wire.GuardTalk, citizen=KIM.id, scope="civil/counter-3", step="warn", words="폭언")
    p.do(MOD, wire.MoveCitizen, citizen=PARK.id, district="culture", x=1.0, z=1.0, words="문 앞")
    assert wait_days(p, RULES.case_days - 1) == set()
    last = wait_days(p, 40)
    gone = {"욕설을 함", "억울합니다", "두 번째임", "맞는 조치", "말투", "오해였음", "폭언", "문 앞"}
    assert gone | {"들어 보세요", "까닭이 있음"} == last
    acts = p.do(HEAD, wire.ShowAudit, by="time")["acts"]
    assert {act.get("words") for act in acts} <= {"[erased]", None, ""}
    assert [act["act"] for act in acts if act.get("case") == sanction][-1] == "sanctioned"
    assert p.do(HEAD, wire.ShowPerson, citizen=KIM.id)["sanctions"][0]["reason"] == "insult"
    assert p.mod.desk.state.report(report).state == "no_action"


def test_the_words_of_a_ban_that_lasts_are_kept_as_long_as_it_does() -> None:
    p = Precinct(case_days=1, alone_ban_s=0)
    p.sanction(HEAD, KIM, "ban", lasts_s=200 * 86_400, words="협박함")
    assert "협박함" not in wait_days(p, 190)
    assert "협박함" in wait_days(p, 12)


@pytest.mark.parametrize("off", ["evidence_days", "held_days", "case_days"])
def test_zero_keeps_for_ever(off: str) -> None:
    rules: dict[str, Any] = {off: 0}
    p = Precinct(**rules)
    report = reported(p)
    held = p.say(KIM, "병신")
    assert held is not None
    p.wait(RULES.held_s * 1_000)
    gone = wait_days(p, 5_000)
    assert bool(evidence(p, report).lines) is (off == "evidence_days")
    assert ("병신" in gone) is (off != "held_days")
    assert ("들어 보세요" in gone) is (off != "case_days")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=12))
def test_evidence_goes_whole_in_whatever_parts_its_texts_are_erased(parts: Sequence[int]) -> None:
    p = Precinct()
    report = reported(p)
    p.wait(RULES.evidence_days * DAY)
    refs = [one.ref for one in p.city.expired(p.now)]
    while refs:
        for size in parts:
            some, refs = refs[:size], refs[size:]
            p.texts.drop(some)
            p.city.forget(frozenset(some))
    assert evidence(p, report) == Evidence()
    state = json.dumps(p.mod.snapshot())
    p.mod.restore(json.loads(state))
    assert json.dumps(p.mod.snapshot()) == state
    assert p.mod.desk.index.evident == {}
