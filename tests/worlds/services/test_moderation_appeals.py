"""Appeals: by whom a sanction is decided on again, by when, and what comes of it."""

from datetime import date

import pytest

from protocol.refusals import Refusal
from protocol.services import moderation as wire
from protocol.services import petitions
from tests.support.moderation_desk import (
    DAY,
    HEAD,
    HEAD2,
    HOUR,
    KIM,
    LEE,
    MOD,
    MOD2,
    OPERATOR,
    Precinct,
    S,
)
from worlds.calendar import moment


def test_an_appeal_is_decided_by_somebody_else_once_and_lifts_the_points_too() -> None:
    p = Precinct()
    number = p.sanction(MOD, KIM, "mute", lasts_s=86_400)
    assert p.refused(LEE, wire.Appeal, sanction=number, text="?").code is Refusal.NOT_FOUND
    assert p.refused(KIM, wire.Appeal, sanction=number, text="가" * 501).code is Refusal.TOO_LONG
    p.do(KIM, wire.Appeal, sanction=number, text="제가 쓴 말이 아닙니다")
    assert p.refused(KIM, wire.Appeal, sanction=number, text="또").code is Refusal.CONFLICT
    assert p.do(MOD, wire.ShowDesk, which="appeals")["sanctions"] == []
    assert p.refused(MOD, wire.ClaimCase, case=number).code is Refusal.NOT_ALLOWED
    verdict = {"sanction": number, "outcome": "lifted", "words": "증거가 없음"}
    assert p.refused(MOD, wire.DecideAppeal, **verdict).code is Refusal.NOT_ALLOWED
    assert p.refused(MOD2, wire.DecideAppeal, **verdict).message == "claim it first"
    p.do(MOD2, wire.ClaimCase, case=number)
    p.do(MOD2, wire.DecideAppeal, **verdict)
    assert p.say(KIM, "다시 말합니다") is None
    assert p.mod.desk.points(KIM.id, p.now) == 0
    own = p.told(KIM, "sanction_changed")[-1]["sanction"]
    assert (own["state"], own["appeal"]["state"], own["appeal"]["words"]) == (
        "lifted",
        "lifted",
        "증거가 없음",
    )
    assert "by" not in own["appeal"]
    assert p.refused(MOD2, wire.DecideAppeal, **verdict).code is Refusal.CLOSED


@pytest.mark.parametrize(
    ("added", "answered"), [([], date(2026, 12, 30)), ([date(2026, 12, 29)], date(2026, 12, 31))]
)
def test_an_appeal_is_answered_in_three_days_on_which_people_work_as_petitions_count_them(
    added: list[date], answered: date
) -> None:
    p = Precinct()
    days = [{"day": day.isoformat(), "name": "임시공휴일"} for day in added]
    if days:
        p.do(OPERATOR, petitions.ChangeCalendar, holidays=days)
    p.wait(moment(date(2026, 12, 24), 17) - p.now)
    number = p.sanction(MOD, KIM, "mute", lasts_s=86_400)
    asked = p.do(KIM, wire.Appeal, 0, sanction=number, text="성탄절 전날 저녁입니다")
    due = p.now - moment(date(2026, 12, 24), 17) + moment(answered, 17)
    assert asked["answer_by"] == due
    assert p.told(KIM, "sanction_changed")[-1]["sanction"]["appeal"]["answer_by"] == due
    [row] = p.do(MOD2, wire.ShowDesk, which="appeals")["sanctions"]
    assert row["appeal"]["answer_by"] == due
    p.do(MOD2, wire.ClaimCase, case=number)
    p.do(MOD2, wire.DecideAppeal, sanction=number, outcome="upheld", words="그대로")
    assert "answer_by" not in p.told(KIM, "sanction_changed")[-1]["sanction"]["appeal"]


def test_without_a_promised_time_an_appeal_has_none() -> None:
    p = Precinct(appeal_answer_days=0)
    number = p.sanction(MOD, KIM, "mute")
    assert p.do(KIM, wire.Appeal, sanction=number, text="?")["answer_by"] == p.now
    assert "answer_by" not in p.told(KIM, "sanction_changed")[-1]["sanction"]["appeal"]


def test_who_agreed_to_a_ban_does_not_decide_the_appeal_against_it() -> None:
    p = Precinct()
    number = p.sanction(HEAD, KIM, "ban", scope="")
    p.do(HEAD2, wire.Second, sanction=number)
    p.do(KIM, wire.Appeal, sanction=number, text="제가 아닙니다")
    for one in (HEAD, HEAD2):
        assert p.refused(one, wire.ClaimCase, case=number).code is Refusal.NOT_ALLOWED


def test_an_appeal_may_shorten_and_comes_too_late_after_thirty_days() -> None:
    p = Precinct()
    number = p.sanction(MOD, KIM, "mute", lasts_s=3_600)
    at = p.now
    p.do(KIM, wire.Appeal, sanction=number, text="너무 깁니다")
    p.do(MOD2, wire.ClaimCase, case=number)
    verdict = {"sanction": number, "outcome": "shortened", "words": "처음"}
    assert p.refused(MOD2, wire.DecideAppeal, **verdict).field == "until"
    assert p.refused(MOD2, wire.DecideAppeal, **verdict, until=at + 2 * HOUR).field == "until"
    p.do(MOD2, wire.DecideAppeal, **verdict, until=at + 60 * S)
    p.wait(60 * S)
    assert p.say(KIM, "돌아왔습니다") is None
    late = p.sanction(MOD, KIM, "mute")
    assert p.refused(KIM, wire.Appeal, 30 * DAY, sanction=late, text="늦음").code is Refusal.CLOSED
    note = p.sanction(MOD, KIM, "note")
    assert p.refused(KIM, wire.Appeal, sanction=note, text="?").code is Refusal.CLOSED
