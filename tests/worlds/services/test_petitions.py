"""Petitions: periods with their reasons, receipt, privacy, merging, repeats, alarms, and what each one is shown.

It is long because the procedure has so many rules.
"""

import json
from typing import Any

import pytest

from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from tests.support.petition_office import (
    COLLEAGUE,
    EXAMINER,
    HEAD,
    JUNHO,
    MINA,
    NEIGHBOURS,
    OFFICER,
    OPERATOR,
    PARKS,
    PEOPLE,
    ROOM,
    ROOM_HEAD,
    RULES,
    SECRET,
    VISITOR,
    Office,
    a_petition,
    at,
    shown,
)
from worlds.citizen import Citizen
from worlds.services.petitions import Rules, public_view
from worlds.services.petitions.inside import ReadFile
from worlds.services.petitions.service import RULES as RULES_OF_COMMANDS
from worlds.services.petitions.states import STATES, TABLE


def changed(**sections: dict[str, Any]) -> Rules:
    """The city's rules with some figures or limits of their own."""
    return RULES.model_copy(
        update={name: getattr(RULES, name).model_copy(update=values) for name, values in sections.items()}
    )


# The content


def test_the_content_has_words_for_every_state_and_every_step_that_is_told() -> None:
    assert set(RULES.states) == set(STATES)
    assert {row.told for row in TABLE if row.told} <= set(RULES.notices)
    for notice in RULES.notices.values():
        assert set(_holes(notice.ko)) == set(_holes(notice.en))


def _holes(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def test_every_command_has_a_rule() -> None:
    assert set(RULES_OF_COMMANDS) == {*say.COMMANDS, ReadFile}


def test_a_content_that_names_a_department_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no such department"):
        Rules.model_validate(RULES.model_dump() | {"audit": "nowhere"})


# Filing and receipt


def test_a_petition_arrives_at_night_and_is_received_within_eight_working_hours() -> None:
    office = Office("09-25 15:00")
    filed = office.ask(MINA, say.FilePetition, **a_petition())
    assert shown(filed["receive_by"]) == "09-28 18:00"
    office.wait_until("09-28 17:59")
    assert office.petition(filed["petition"]).state == "submitted"
    office.wait_until("09-28 18:00")
    petition = office.petition(filed["petition"])
    assert (petition.state, petition.number) == ("received", "MD-2609-0000001")
    assert office.due(petition.id) == "10-08 18:00"
    office.check_replay()


def test_receipt_numbers_begin_anew_each_month_and_none_is_given_twice() -> None:
    office = Office("09-30 09:00")
    for _ in range(5):
        office.file()
    office.wait_until("09-30 18:00")
    office.wait_until("10-01 09:00")
    later = [office.receive() for _ in range(2)]
    numbers = sorted(petition.number for petition in office.ledger.petitions.values())
    assert numbers[:5] == [f"MD-2609-000000{n}" for n in range(1, 6)]
    assert [office.petition(id).number for id in later] == ["MD-2610-0000001", "MD-2610-0000002"]


def test_the_room_is_told_when_a_petition_leaves_its_desk() -> None:
    office = Office()
    filed = office.ask(MINA, say.FilePetition, **a_petition())["petition"]
    assert [card["petition"] for card in office.ask(ROOM, say.DeskOfDepartment)["items"]] == [filed]
    before = len(office.told(ROOM, "petitions.desk_changed"))
    office.ask(ROOM, say.ReceivePetition, petition=filed, department="roads")
    told = office.told(ROOM, "petitions.desk_changed")[before:]
    assert told[-1]["card"]["petition"] == filed
    assert told[-1]["card"]["state"] == "assigned"
    assert office.ask(ROOM, say.DeskOfDepartment)["items"] == []


def test_the_month_of_a_number_is_korean() -> None:
    office = Office("10-01 00:30")
    assert office.petition(office.receive()).number == "MD-2610-0000001"


def test_a_visitor_may_not_file_and_whoever_has_the_token_sees_the_state_alone() -> None:
    office = Office()
    assert office.refused(VISITOR, say.FilePetition, **a_petition()) == Refusal.NOT_ALLOWED
    filed = office.ask(MINA, say.FilePetition, **a_petition())
    assert len(filed["token"]) == 32
    seen = office.ask(VISITOR, say.PetitionStatus, token=filed["token"])
    assert seen["state"] == "submitted"
    assert SECRET not in json.dumps(seen, ensure_ascii=False)
    assert office.refused(VISITOR, say.PetitionStatus, token="0" * 32) == Refusal.NOT_FOUND


def test_what_is_missing_of_a_form_is_told_by_its_field() -> None:
    office = Office()
    for field in ("title", "text", "name", "address", "contact"):
        for empty in ("", "  \n "):
            with pytest.raises(Refused) as refused:
                office.ask(MINA, say.FilePetition, **a_petition(**{field: empty}))
            assert (refused.value.code, refused.value.field) == (Refusal.BAD_MESSAGE, field)
    office.ask(MINA, say.FilePetition, **a_petition(kind="other", address="", contact=""))


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"text": "가" * 4_001}, Refusal.TOO_LONG, "text"),
        ({"title": "가" * 121}, Refusal.TOO_LONG, "title"),
        ({"text": "벨\a"}, Refusal.BAD_MESSAGE, "text"),
        ({"title": "두\n줄"}, Refusal.BAD_MESSAGE, "title"),
        ({"department": "nowhere"}, Refusal.NOT_FOUND, "department"),
        ({"statutory_type": "nothing"}, Refusal.NOT_FOUND, "statutory_type"),
        ({"repeats": "p0"}, Refusal.NOT_FOUND, "repeats"),
        ({"gu": "종로"}, Refusal.BAD_MESSAGE, "gu"),
        ({"kind": "formal_petition"}, Refusal.NOT_ALLOWED, "kind"),
        ({"capacity": "public_body"}, Refusal.NOT_ALLOWED, "capacity"),
        ({"channel": "phone"}, Refusal.NOT_ALLOWED, "channel"),
        ({"for_citizen": JUNHO.id}, Refusal.NOT_ALLOWED, "channel"),
    ],
)
def test_what_cannot_be_filed_is_refused_by_its_field(
    fields: dict[str, Any], code: Refusal, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        Office().ask(MINA, say.FilePetition, **a_petition(**fields))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_mass_filing_is_restricted_until_a_day_has_passed() -> None:
    office = Office(rules=changed(limits={"filings_per_day": 3}))
    for _ in range(3):
        office.file()
    with pytest.raises(Refused) as refused:
        office.file()
    assert refused.value.code == Refusal.TOO_FAST
    assert refused.value.retry_after_ms == 24 * 3_600_000
    office.file(JUNHO)
    office.wait_until("09-22")
    office.file()


def test_a_draft_is_kept_and_changed_and_dropped_when_its_time_is_over() -> None:
    office = Office()
    saved = office.ask(MINA, say.DraftPetition, kind="suggestion", title="초안", text="아직")
    assert shown(saved["saved_until"]) == "10-21 09:00"
    id = saved["petition"]
    assert office.refused(MINA, say.SubmitPetition, petition=id) == Refusal.BAD_MESSAGE
    assert office.refused(JUNHO, say.ShowPetition, petition=id) == Refusal.NOT_FOUND
    office.ask(MINA, say.DraftPetition, **a_petition(petition=id))
    filed = office.ask(MINA, say.SubmitPetition, petition=id)
    assert filed["petition"] == id
    other = office.ask(MINA, say.DraftPetition, kind="suggestion", title="초안", text="아직")["petition"]
    office.wait_until("10-21 10:00")
    assert other not in office.ledger.petitions
    assert office.refused(MINA, say.SubmitPetition, petition=other) == Refusal.NOT_FOUND
    office.check_replay()


def test_a_slip_is_corrected_only_when_the_petitioner_agrees() -> None:
    office = Office()
    id = office.file()
    office.ask(ROOM, say.CorrectSlip, petition=id, part="title", text="보도블록 파손")
    assert office.ask(MINA, say.ShowPetition, petition=id)["written"]["title"].startswith(SECRET)
    office.ask(MINA, say.ConsentToChange, petition=id, to="correction", agrees=True)
    assert office.ask(MINA, say.ShowPetition, petition=id)["written"]["title"] == "보도블록 파손"
    office.ask(ROOM, say.CorrectSlip, petition=id, part="title", text="다른 것")
    office.ask(MINA, say.ConsentToChange, petition=id, to="correction", agrees=False)
    assert office.ask(MINA, say.ShowPetition, petition=id)["written"]["title"] == "보도블록 파손"


def test_the_room_enters_what_came_by_phone_while_the_system_was_down() -> None:
    office = Office("09-29 18:30")
    entered = office.ask(
        ROOM,
        say.FilePetition,
        **a_petition(channel="phone", for_citizen=MINA.id, arrived_at=at("09-29 10:00")),
    )
    petition = office.petition(entered["petition"])
    assert petition.citizen == MINA.id
    assert shown(entered["receive_by"]) == "09-30 10:00"
    future = a_petition(channel="phone", arrived_at=at("09-30"))
    assert office.refused(ROOM, say.FilePetition, **future) == Refusal.BAD_MESSAGE


@pytest.mark.parametrize(
    ("kind", "type_id", "due"),
    [
        ("inquiry_law", None, "10-14 18:00"),
        ("inquiry_procedure", None, "10-01 18:00"),
        ("suggestion", None, "10-14 18:00"),
        ("grievance", None, "10-01 18:00"),
        ("other", None, "09-21 12:00"),
        ("certificate", "resident_copy", "09-21 12:00"),
        ("statutory", "food_business_report", "09-23 18:00"),
        ("statutory", "road_occupation", "10-07 18:00"),
        ("compound", "building_permit", "10-15 18:00"),
        ("prior_review", "building_permit", "10-15 18:00"),
        ("prior_review", None, "11-05 18:00"),
    ],
)
def test_each_kind_has_its_period(kind: str, type_id: str | None, due: str) -> None:
    office = Office()
    id = office.receive(kind=kind, statutory_type=type_id)
    assert office.due(id) == due


def test_the_room_sets_a_kind_right_and_the_period_with_it() -> None:
    office = Office()
    id = office.file(kind="other")
    office.ask(ROOM, say.ReceivePetition, petition=id, kind="inquiry_law", department="roads")
    assert office.petition(id).state == "assigned"
    assert office.due(id) == "10-14 18:00"


# The clock


def test_e10_the_clock_stands_still_from_the_request_to_the_answer() -> None:
    office = Office()
    id = office.review()
    office.wait_until("09-23 11:00")
    office.ask_supplement(id, found_on_site=True)
    assert office.petition(id).shown_due is None
    office.wait_until("09-30 16:00")
    office.ask(MINA, say.AnswerSupplement, petition=id, text="사진입니다")
    assert office.due(id) == "10-08 18:00"
    office.check_replay()


def test_what_is_missing_is_asked_within_eight_hours_later_only_for_what_a_visit_shows() -> None:
    office = Office()
    id = office.review()
    office.wait_until("09-22 09:01")
    items = [{"what": "사진", "article": "도로법 61"}]
    code = office.refused(OFFICER, say.AskSupplement, petition=id, items=items, days=7)
    assert code == Refusal.CLOSED
    office.ask_supplement(id, found_on_site=True)


def test_e18_e19_a_supplement_is_lengthened_twice_expires_and_is_asked_for_once_more() -> None:
    office = Office("09-18 15:00")
    id = office.supplement(days=7)
    assert shown(office.petition(id).until) == "09-28 23:59"
    office.ask(MINA, say.AskLonger, petition=id, days=3)
    assert shown(office.petition(id).until) == "10-01 23:59"
    office.ask(MINA, say.AskLonger, petition=id, days=3)
    assert shown(office.petition(id).until) == "10-06 23:59"
    assert office.refused(MINA, say.AskLonger, petition=id, days=1) == Refusal.CLOSED
    assert office.refused(OFFICER, say.ReturnPetition, petition=id, text="글") == Refusal.CLOSED
    office.wait_until("10-07 09:00")
    assert office.petition(id).expired
    assert office.petition(id).state == "supplement"
    office.wait_until("10-28 09:00")
    assert office.refused(OFFICER, say.AskSupplementAgain, petition=id, days=11) == Refusal.BAD_MESSAGE
    office.ask(OFFICER, say.AskSupplementAgain, petition=id, days=10)
    office.wait_until("11-30")
    assert office.refused(OFFICER, say.AskSupplementAgain, petition=id, days=10) == Refusal.CLOSED
    assert not office.petition(id).was_overdue
    office.ask(OFFICER, say.ReturnPetition, petition=id, text="보완되지 않음")
    assert office.petition(id).state == "returned"
    office.check_replay()


def test_e11_an_extension_has_a_reason_of_the_list_and_the_second_the_petitioners_consent() -> None:
    office = Office()
    id = office.review()
    extend = {"petition": id, "reason": "facts_or_site", "text": "현장 확인"}
    assert office.refused(HEAD, say.ExtendPeriod, amount=8, **extend) == Refusal.BAD_MESSAGE
    with pytest.raises(ValueError, match="reason"):
        office.ask(HEAD, say.ExtendPeriod, amount=7, **(extend | {"reason": "busy"}))
    office.ask(HEAD, say.ExtendPeriod, amount=7, **extend)
    assert office.due(id) == "10-14 18:00"
    office.ask(HEAD, say.ExtendPeriod, amount=7, **extend)
    assert office.due(id) == "10-14 18:00"
    office.ask(MINA, say.ConsentToChange, petition=id, to="extension", agrees=False)
    assert office.due(id) == "10-14 18:00"
    office.ask(HEAD, say.ExtendPeriod, amount=7, **extend)
    office.ask(MINA, say.ConsentToChange, petition=id, to="extension", agrees=True)
    assert office.due(id) == "10-23 18:00"
    assert office.refused(HEAD, say.ExtendPeriod, amount=7, **extend) == Refusal.CLOSED
    assert [cause for _, cause in office.petition(id).dues] == ["receipt", "extension", "extension"]
    office.check_replay()


def test_e12_site_work_is_not_counted_and_is_lengthened_once() -> None:
    office = Office()
    id = office.review(kind="grievance")
    office.wait_until("09-22")
    out = {"petition": id, "reason": "site_work"}
    assert office.refused(OFFICER, say.ClockOut, last_day="2026-10-06", **out) == Refusal.BAD_MESSAGE
    office.ask(OFFICER, say.ClockOut, last_day="2026-10-02", **out)
    office.wait_until("10-03 12:00")
    assert office.petition(id).state == "in_review"
    assert office.due(id) == "10-14 18:00"
    other = office.review(kind="grievance")
    out = {"petition": other, "reason": "site_work"}
    office.ask(OFFICER, say.ClockOut, last_day="2026-10-08", **out)
    assert office.refused(OFFICER, say.ClockOut, last_day="2026-10-16", **out) == Refusal.BAD_MESSAGE
    office.ask(OFFICER, say.ClockOut, last_day="2026-10-15", **out)
    assert office.refused(OFFICER, say.ClockOut, last_day="2026-10-16", **out) == Refusal.CLOSED
    office.check_replay()


def test_a_pause_ends_with_its_last_day_however_late_that_is_noticed() -> None:
    office = Office()
    id = office.review()
    office.wait_until("09-22")
    office.ask(OFFICER, say.ClockOut, petition=id, reason="test", last_day="2026-09-22")
    office.now = at("09-29")
    list(office.city.due(office.now, bytes(16), office.seal))
    assert office.due(id) == "10-02 18:00"


def test_e13_e14_holidays_and_outages_move_what_is_open_and_the_citizen_is_told() -> None:
    office = Office()
    short, long, closed = office.review(), office.receive(kind="suggestion"), office.decided("answered")
    before = list(office.petition(closed).dues)
    assert office.refused(MINA, say.ChangeCalendar, working_days=["2026-10-09"]) == Refusal.NOT_ALLOWED
    office.ask(OPERATOR, say.ChangeCalendar, holidays=[{"day": "2026-10-02", "name": "임시공휴일"}])
    office.wait_until("09-21 09:01")
    assert (office.due(short), office.due(long)) == ("10-01 18:00", "10-15 18:00")
    moved = [fact["notice"] for fact in office.told(MINA) if fact["notice"]["what"] == "due_moved"]
    assert [(one["petition"], shown(one["due_at"])) for one in moved] == [(long, "10-15 18:00")]
    office.wait_until("09-29 20:00")
    down = {
        "begins_at": at("09-29 00:00"),
        "ends_at": at("09-29 19:00"),
        "note": {"ko": "정전", "en": "Power"},
    }
    office.ask(OPERATOR, say.ReportOutage, **down)
    office.wait_until("09-29 20:01")
    assert office.due(short) == "10-06 18:00"
    assert office.petition(closed).dues == tuple(before)
    assert office.petition(short).dues[-1][1] == "outage"
    office.check_replay()


def test_while_the_system_is_down_nothing_becomes_overdue() -> None:
    office = Office()
    id = office.review(kind="other")
    office.wait_until("09-21 10:00")
    number = office.ask(OPERATOR, say.ReportOutage)["outage"]
    assert office.told(VISITOR, "petitions.outage_told")
    office.wait_until("09-21 17:00")
    assert not office.petition(id).overdue
    assert office.city.views(VISITOR, "civil", office.now)["petitions"]["outages"]
    office.ask(OPERATOR, say.ReportOutage, outage=number, ends_at=at("09-21 16:00"))
    office.wait_until("09-21 17:01")
    assert office.due(id) == "09-22 12:00"
    assert office.refused(OPERATOR, say.ReportOutage, outage=number, ends_at=office.now) == Refusal.CLOSED
    assert office.refused(OPERATOR, say.ReportOutage, outage=7, ends_at=office.now) == Refusal.NOT_FOUND
    office.check_replay()


def test_e22_progress_is_told_every_thirty_days_and_when_asked() -> None:
    office = Office()
    id = office.review()
    office.ask(MINA, say.AskProgress, petition=id)
    office.wait_until("12-21")
    told = [shown(f["notice"]["when"]) for f in office.told(MINA) if f["notice"]["what"] == "progress_told"]
    assert told == ["09-21 09:00", "10-21 09:00", "11-20 09:00", "12-18 09:00"]


def test_who_is_overdue_is_told_of_demanded_and_dunned() -> None:
    office = Office()
    id = office.review()
    assert office.refused(MINA, say.DemandCorrection, petition=id, text="빨리") == Refusal.CLOSED
    office.wait_until("10-01 18:00")
    assert office.petition(id).overdue
    assert "became_overdue" in office.notices(MINA)
    assert [fact["reason"] for fact in office.told(EXAMINER, "petitions.alarm")] == ["overdue"]
    office.ask(MINA, say.DemandCorrection, petition=id, text="빨리")
    office.ask(EXAMINER, say.DunOfficer, petition=id, text="서두르십시오")
    assert office.told(OFFICER, "petitions.desk_changed")[-1]["what"] == "dunned"
    listed = office.ask(OFFICER, say.DeskOfDepartment, department="roads", overdue=True)
    assert [one["petition"] for one in listed["items"]] == [id]
    office.ask(HEAD, say.ExtendPeriod, petition=id, reason="similar", amount=7, text="글")
    assert not office.petition(id).overdue


def test_a_paper_that_is_not_collected_is_closed_after_a_warning() -> None:
    office = Office()
    id = office.review(kind="statutory")
    office.ask(HEAD, say.GrantPetition, petition=id, text="허가", paper=True)
    office.wait_until("10-16 19:00")
    assert office.notices(MINA)[-2:] == ["collection_warned", "closed_uncollected"]


# Handing on


def test_a_case_goes_to_the_officer_with_the_least_to_do() -> None:
    office = Office()
    for one in (OFFICER, COLLEAGUE):
        office.ask(one, say.ServeDesk, present=True)
    ids = [office.receive() for _ in range(4)]
    for id in ids:
        office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    assert sorted(office.petition(id).officer or "" for id in ids) == sorted(2 * [OFFICER.id, COLLEAGUE.id])


def test_two_hops_without_action_alarm_the_examiners_and_every_hop_is_kept() -> None:
    office = Office()
    id = office.assign()
    office.ask(OFFICER, say.RoutePetition, petition=id, department="parks", reason="나무 문제")
    assert [fact["reason"] for fact in office.told(EXAMINER, "petitions.alarm")] == ["hops"]
    assert [(a, b) for _, a, b in office.petition(id).hops] == [(None, "roads"), ("roads", "parks")]
    assert office.refused(OFFICER, say.StartReview, petition=id) == Refusal.NOT_ALLOWED
    office.ask(PARKS, say.StartReview, petition=id)


def test_what_waits_for_routing_or_for_another_body_is_alarmed() -> None:
    office = Office()
    id = office.receive()
    office.wait_until("09-21 10:00")
    assert [fact["reason"] for fact in office.told(ROOM, "petitions.alarm")] == ["routing"]
    office.wait_until("09-23 17:30")
    office.ask(ROOM, say.TransferPetition, petition=id, body="land_ministry", reason="소관")
    office.wait_until("09-28 17:29")
    assert len(office.told(ROOM, "petitions.alarm")) == 1
    office.wait_until("09-28 17:30")
    assert office.told(ROOM, "petitions.alarm")[-1]["reason"] == "transfer"
    office.ask(ROOM, say.ConfirmTransfer, petition=id, accepted=False)
    assert office.due(id) == "10-06 18:00"  # 21, 22, then from 29 on: the distant body's time is out


def test_a_date_of_another_body_that_no_calendar_shows_is_refused() -> None:
    office = Office()
    id = office.receive()
    office.ask(ROOM, say.TransferPetition, petition=id, body="jongno_gu", reason="구청 소관")
    given = {"petition": id, "accepted": True, "other_number": "J-1"}
    assert office.refused(ROOM, say.ConfirmTransfer, **given, other_due_at=2**53 - 1) == Refusal.BAD_MESSAGE
    office.ask(ROOM, say.ConfirmTransfer, **given, other_due_at=office.now + 86_400_000)
    assert "J-1" in str(office.ask(MINA, say.UnreadNotices))


def test_another_department_is_asked_and_sees_the_question_alone() -> None:
    office = Office()
    id = office.review()
    office.ask(PARKS, say.ServeDesk, present=True)
    office.ask(
        OFFICER, say.AskCooperation, petition=id, body="parks", text="나무 때문입니까?", last_day="2026-09-22"
    )
    (asked,) = office.told(PARKS, "petitions.cooperation_asked")
    assert asked["text"] == "나무 때문입니까?"
    assert office.refused(PARKS, say.ShowPetition, petition=id, reason="협조") == Refusal.NOT_ALLOWED
    office.ask(PARKS, say.Cooperate, petition=id, request=0, last_day="2026-09-29")
    later = {"petition": id, "request": 0, "last_day": "2026-09-30"}
    assert office.refused(PARKS, say.Cooperate, **later) == Refusal.CLOSED
    office.wait_until("09-30 00:00")
    assert office.told(EXAMINER, "petitions.alarm")[-1]["reason"] == "cooperation"
    office.ask(PARKS, say.Cooperate, petition=id, request=0, text="예, 뿌리입니다.")
    assert office.refused(PARKS, say.Cooperate, petition=id, request=0, text="또") == Refusal.CLOSED
    steps = office.ask(MINA, say.ShowPetition, petition=id)["history"]
    assert not [step for step in steps if step["what"].startswith("cooperation")]


def test_a_compound_petition_asks_all_departments_at_once() -> None:
    office = Office()
    id = office.receive(kind="compound", statutory_type="building_permit")
    office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    office.ask(OFFICER, say.StartReview, petition=id)
    assert [one["body"] for one in office.petition(id).cooperation] == ["sewers", "environment"]


# Many and repeated


def merged(office: Office) -> tuple[str, list[str]]:
    parent = office.review()
    members = [office.review(neighbour) for neighbour in NEIGHBOURS[:4]]
    office.ask(OFFICER, say.MergePetitions, petition=parent, members=members)
    return parent, members


def test_five_people_are_treated_as_one_and_each_keeps_number_and_notice() -> None:
    office = Office()
    parent = office.review()
    few = [office.review(neighbour) for neighbour in NEIGHBOURS[:3]]
    merge = {"petition": parent, "members": few}
    assert office.refused(OFFICER, say.MergePetitions, **merge) == Refusal.NOT_ALLOWED
    members = [*few, office.review(NEIGHBOURS[3])]
    office.ask(OFFICER, say.MergePetitions, petition=parent, members=members)
    office.ask(OFFICER, say.AnswerPetition, petition=parent, text="모두에게 답합니다.")
    assert {office.petition(id).state for id in members} == {"answered"}
    assert len({office.petition(id).number for id in [parent, *members]}) == 5
    for neighbour, id in zip(NEIGHBOURS, members, strict=False):
        assert "answered" in office.notices(neighbour)
        shown_to = json.dumps(office.ask(neighbour, say.ShowPetition, petition=id), ensure_ascii=False)
        assert "모두에게 답합니다." in shown_to
        assert office.refused(neighbour, say.ShowPetition, petition=parent) == Refusal.NOT_ALLOWED
    office.check_replay()


def test_who_withdraws_leaves_the_others_together() -> None:
    office = Office()
    parent, members = merged(office)
    office.ask(NEIGHBOURS[1], say.WithdrawPetition, petition=members[1])
    assert office.petition(parent).members == (members[0], members[2], members[3])
    office.ask(MINA, say.WithdrawPetition, petition=parent)
    assert office.petition(members[0]).members == (members[2], members[3])
    assert office.petition(members[2]).parent == members[0]
    office.ask(OFFICER, say.UnmergePetition, petition=members[3])
    office.ask(OFFICER, say.AnswerPetition, petition=members[0], text="답")
    states = [office.petition(id).state for id in members]
    assert states == ["answered", "withdrawn", "answered", "in_review"]
    office.check_replay()


def received_as_one(office: Office, **fields: Any) -> tuple[str, list[str]]:
    """Five petitions, each of another, merged on the desk of the civil service room."""
    parent, *members = [office.receive(who, **fields) for who in (MINA, *NEIGHBOURS[:4])]
    office.ask(ROOM, say.MergePetitions, petition=parent, members=members)
    return parent, members


def test_what_was_received_as_one_goes_to_the_department_as_one_and_is_decided_as_one() -> None:
    for decide in (say.GrantPetition, say.RejectPetition):
        office = Office()
        office.ask(OFFICER, say.ServeDesk, present=True)
        parent, members = received_as_one(office, kind="statutory")
        office.ask(ROOM, say.RoutePetition, petition=parent, department="roads", reason="소관")
        together = [office.petition(id) for id in (parent, *members)]
        assert {(one.state, one.department, one.officer) for one in together} == {
            ("assigned", "roads", OFFICER.id)
        }
        office.ask(OFFICER, say.StartReview, petition=parent)
        office.ask(HEAD, decide, petition=parent, text="같은 이유입니다.")
        (state,) = {one.state for one in together}
        assert state in ("granted", "rejected")
        for who, one in zip((MINA, *NEIGHBOURS[:4]), together, strict=True):
            steps = ["merged", "routed", "started", state]
            assert office.notices(who)[2:] == (steps[1:] if one.id == parent else steps)
            assert office.told(who)[-1]["notice"]["text"] == "같은 이유입니다."
        if state == "rejected":
            fields = {"name": "이웃", "address": "중구", "contact": "010", "rejected_on": "2026-09-21"}
            own = {**fields, "petition": members[2], "decision": "거부", "text": "다시"}
            office.ask(NEIGHBOURS[2], say.ObjectToRejection, **own)
            assert [one.state for one in together].count("objection") == 1
        office.check_replay()


def test_what_was_received_as_one_is_passed_on_as_one_and_comes_back_as_one() -> None:
    office = Office()
    parent, members = received_as_one(office)
    office.ask(ROOM, say.TransferPetition, petition=parent, body="jongno_gu", reason="구도")
    assert {office.petition(id).state for id in members} == {"transferred"}
    assert "종로구청" in office.told(NEIGHBOURS[3])[-1]["notice"]["message"]["ko"]
    office.ask(ROOM, say.ConfirmTransfer, petition=parent, accepted=False)
    assert {office.petition(id).state for id in (parent, *members)} == {"received"}
    office.ask(ROOM, say.TransferPetition, petition=parent, body="jongno_gu", reason="구도")
    office.ask(ROOM, say.ConfirmTransfer, petition=parent, accepted=True, other_number="1AA-2609-7")
    assert {office.petition(id).state for id in (parent, *members)} == {"closed_transferred"}
    assert "1AA-2609-7" in office.told(NEIGHBOURS[3])[-1]["notice"]["message"]["en"]
    office.check_replay()


def test_a_repeated_grievance_among_those_received_as_one_goes_to_the_audit_department_or_by_itself() -> None:
    office = Office()
    first = office.receive(NEIGHBOURS[3], kind="grievance")
    parent, *members = [office.receive(who, kind="grievance") for who in (MINA, *NEIGHBOURS[:3])]
    again = office.receive(NEIGHBOURS[3], kind="grievance", repeats=first)
    office.ask(ROOM, say.MergePetitions, petition=parent, members=[*members, again])
    route = {"petition": parent, "department": "roads"}
    assert office.refused(ROOM, say.RoutePetition, **route) == Refusal.NOT_ALLOWED
    office.ask(ROOM, say.UnmergePetition, petition=again)
    office.ask(ROOM, say.RoutePetition, **route)
    assert [office.petition(id).state for id in (*members, again)] == ["assigned"] * 3 + ["received"]


def test_whose_case_ends_without_what_was_missing_leaves_the_others_together() -> None:
    office = Office("09-18")
    parent, members = merged(office)
    office.ask_supplement(parent)
    office.wait_until("09-29")
    office.ask(OFFICER, say.ReturnPetition, petition=parent, text="보완되지 않음")
    assert office.petition(members[0]).parent is None
    assert office.petition(members[0]).members == tuple(members[1:])
    office.ask(OFFICER, say.AnswerPetition, petition=members[0], text="모두에게 답합니다.")
    assert {office.petition(id).state for id in members} == {"answered"}
    office.check_replay()


def test_who_was_answered_before_does_not_stand_for_the_others_when_the_first_withdraws() -> None:
    office = Office()
    parent, members = merged(office)
    office.ask(OFFICER, say.AnswerPetition, petition=members[0], text="먼저 답합니다.")
    office.ask(MINA, say.WithdrawPetition, petition=parent)
    assert office.petition(members[0]).parent is None
    assert office.petition(members[1]).members == tuple(members[2:])
    office.ask(OFFICER, say.AnswerPetition, petition=members[1], text="모두에게 답합니다.")
    assert {office.petition(id).state for id in members} == {"answered"}
    office.check_replay()


def test_five_people_of_five_households_are_many() -> None:
    office = Office()
    id = office.file(joint=True)
    for number, neighbour in enumerate(NEIGHBOURS[:4]):
        home = f"{SECRET} 종로구  1" if number == 0 else f"{SECRET} 종로구 {number + 1}"
        office.ask(neighbour, say.JoinPetition, petition=id, name=neighbour.name, address=home)
    seen = office.ask(MINA, say.ShowPetition, petition=id)
    assert (seen["people"], seen["people_are_many"]) == (5, False)
    office.ask(NEIGHBOURS[4], say.JoinPetition, petition=id, name="이웃", address="중구 9")
    assert office.ask(MINA, say.ShowPetition, petition=id)["people_are_many"]
    code = office.refused(NEIGHBOURS[4], say.JoinPetition, petition=id, name="이웃", address="중구 9")
    assert code == Refusal.CONFLICT
    mine = office.ask(NEIGHBOURS[4], say.MyPetitions)["items"]
    assert [(one["petition"], one["mine"]) for one in mine] == [(id, False)]
    office.ask(ROOM, say.ReceivePetition, petition=id)
    assert office.told(NEIGHBOURS[0], "petitions.signers_told")[-1]["state"] == "received"
    alone = office.file()
    assert (
        office.refused(JUNHO, say.JoinPetition, petition=alone, name="준호", address="중구")
        == Refusal.NOT_ALLOWED
    )


def of_three(office: Office) -> str:
    """A petition of three people without a representative, in review."""
    id = office.review(joint=True)
    pause = {"petition": id, "reason": "representatives", "last_day": "2026-09-22"}
    for neighbour in NEIGHBOURS[:2]:
        assert office.refused(OFFICER, say.ClockOut, **pause) == Refusal.NOT_ALLOWED
        office.ask(neighbour, say.JoinPetition, petition=id, name="이웃", address="중구 9")
    assert office.refused(OFFICER, say.NameRepresentatives, petition=id, citizens=[MINA.id]) == Refusal.CLOSED
    office.ask(OFFICER, say.ClockOut, **pause)
    return id


def test_representatives_are_named_by_the_people() -> None:
    office = Office()
    id = of_three(office)
    code = office.refused(OFFICER, say.NameRepresentatives, petition=id, citizens=[MINA.id])
    assert code == Refusal.NOT_ALLOWED
    code = office.refused(MINA, say.NameRepresentatives, petition=id, citizens=[JUNHO.id])
    assert code == Refusal.NOT_FOUND
    office.ask(MINA, say.NameRepresentatives, petition=id, citizens=[MINA.id, NEIGHBOURS[0].id])
    assert office.petition(id).representatives == (MINA.id, NEIGHBOURS[0].id)
    assert (office.petition(id).state, office.due(id)) == ("in_review", "10-02 18:00")
    office.check_replay()


def test_when_nobody_names_representatives_in_time_the_clock_runs_and_the_body_names_them() -> None:
    office = Office()
    id = of_three(office)
    office.wait_until("09-23 09:00")
    assert (office.petition(id).state, office.due(id)) == ("in_review", "10-06 18:00")
    assert (
        office.refused(MINA, say.NameRepresentatives, petition=id, citizens=[MINA.id]) == Refusal.NOT_ALLOWED
    )
    assert (
        office.refused(PARKS, say.NameRepresentatives, petition=id, citizens=[MINA.id]) == Refusal.NOT_ALLOWED
    )
    office.ask(OFFICER, say.NameRepresentatives, petition=id, citizens=[NEIGHBOURS[1].id])
    assert office.petition(id).representatives == (NEIGHBOURS[1].id,)
    assert (office.petition(id).state, office.due(id)) == ("in_review", "10-06 18:00")
    assert office.notices(MINA)[-1] == "representatives_named"
    code = office.refused(OFFICER, say.NameRepresentatives, petition=id, citizens=[MINA.id])
    assert code == Refusal.CLOSED
    office.check_replay()


def test_the_third_of_the_same_is_closed_by_the_head_alone_with_likeness_as_a_hint() -> None:
    office = Office()
    earlier = [office.decided("answered")]
    other = office.receive(JUNHO)
    third = office.receive()
    close: dict[str, Any] = {"petition": third, "text": "반복"}
    assert office.refused(ROOM_HEAD, say.CloseRepeat, earlier=earlier, **close) == Refusal.NOT_ALLOWED
    assert office.refused(ROOM_HEAD, say.CloseRepeat, earlier=[*earlier, other], **close) == Refusal.NOT_FOUND
    earlier.append(office.decided("answered"))
    third = office.receive()
    close = {"petition": third, "text": "반복", "earlier": earlier}
    assert office.refused(ROOM, say.CloseRepeat, **close) == Refusal.NOT_ALLOWED
    hints = office.ask(ROOM_HEAD, say.ShowPetition, petition=third, reason="반복 검토")["similar"]
    assert hints[0]["likeness"] == 1.0
    office.ask(ROOM_HEAD, say.CloseRepeat, **close)
    statutory = office.receive(kind="statutory")
    code = office.refused(ROOM_HEAD, say.CloseRepeat, petition=statutory, text="글", earlier=earlier)
    assert code == Refusal.NOT_ALLOWED


def test_a_repeat_of_many_goes_to_the_mediation_committee_first() -> None:
    office = Office()
    earlier = [office.decided("answered") for _ in range(2)]
    id = office.file(joint=True)
    for number, neighbour in enumerate(NEIGHBOURS[:4]):
        office.ask(neighbour, say.JoinPetition, petition=id, name="이웃", address=f"중구 {number}")
    office.ask(ROOM, say.ReceivePetition, petition=id)
    close = {"petition": id, "text": "반복", "earlier": earlier}
    assert office.refused(ROOM_HEAD, say.CloseRepeat, **close) == Refusal.NOT_ALLOWED
    office.ask(ROOM_HEAD, say.CloseRepeat, mediated=True, **close)


def test_a_repeated_grievance_goes_to_the_audit_department() -> None:
    office = Office()
    first = office.receive(kind="grievance")
    again = office.receive(kind="grievance", repeats=first)
    code = office.refused(ROOM, say.RoutePetition, petition=again, department="roads")
    assert code == Refusal.NOT_ALLOWED
    office.ask(ROOM, say.RoutePetition, petition=again, department="audit")


# Results


def test_a_grievance_that_is_justified_is_put_right() -> None:
    office = Office()
    id = office.review(kind="grievance")
    answer = {"petition": id, "text": "답"}
    assert office.refused(OFFICER, say.AnswerPetition, **answer) == Refusal.BAD_MESSAGE
    assert office.refused(OFFICER, say.AnswerPetition, justified=True, **answer) == Refusal.BAD_MESSAGE
    office.ask(OFFICER, say.AnswerPetition, justified=True, measure="과태료를 취소했습니다.", **answer)
    assert "과태료를 취소했습니다." in office.told(MINA)[-1]["notice"]["text"]


def test_an_answer_by_phone_is_for_everyday_matters_urgency_or_on_request() -> None:
    office = Office()
    id = office.review()
    answer = {"petition": id, "text": "답", "delivery": "phone"}
    assert office.refused(OFFICER, say.AnswerPetition, **answer) == Refusal.NOT_ALLOWED
    office.ask(OFFICER, say.AnswerPetition, requested=True, **answer)
    office.ask(OFFICER, say.AnswerPetition, **(answer | {"petition": office.review(kind="other")}))


def test_a_statutory_petition_is_granted_or_rejected_and_never_left_unprocessed() -> None:
    office = Office()
    id = office.review(kind="statutory")
    assert office.refused(OFFICER, say.AnswerPetition, petition=id, text="답") == Refusal.NOT_ALLOWED
    leave = {"petition": id, "reason": "judgment", "text": "글"}
    assert office.refused(HEAD, say.LeaveUnprocessed, **leave) == Refusal.NOT_ALLOWED
    assert office.refused(HEAD, say.RejectPetition, petition=id, text="  ") == Refusal.BAD_MESSAGE
    office.ask(HEAD, say.RejectPetition, petition=id, text="요건 미비")
    told = office.told(MINA)[-1]["notice"]
    assert "행정심판" in told["message"]["ko"]
    assert told["text"] == "요건 미비"


def test_e20_e21_an_objection_in_sixty_days_is_decided_in_ten_and_ten_more() -> None:
    office = Office("09-23")
    id, late = office.decided("rejected"), office.decided("rejected")
    office.wait_until("11-23 09:00")
    office.object(id)
    assert office.due(id) == "12-03 18:00"
    office.ask(HEAD, say.ExtendObjection, petition=id, text="위원회")
    assert office.due(id) == "12-14 18:00"
    assert office.refused(HEAD, say.ExtendObjection, petition=id, text="위원회") == Refusal.CLOSED
    office.wait_until("11-24 09:00")
    with pytest.raises(Refused) as refused:
        office.object(late)
    assert refused.value.code == Refusal.CLOSED
    office.ask(HEAD, say.DecideObjection, petition=id, upheld=False, text="기각 이유", mediated=True)
    assert office.petition(id).state == "dismissed"
    assert "기각" in office.told(MINA)[-1]["notice"]["message"]["ko"]


def test_a_result_is_rated_once_and_low_marks_go_to_the_examiners() -> None:
    office = Office()
    id = office.decided("answered")
    assert office.refused(MINA, say.AskMore, petition=id, text="왜?") == Refusal.CLOSED
    office.ask(MINA, say.RateResult, petition=id, stars=2, text="늦음")
    assert office.refused(MINA, say.RateResult, petition=id, stars=5) == Refusal.CONFLICT
    assert office.told(EXAMINER, "petitions.alarm")[-1]["reason"] == "low_rating"
    assert office.refused(OFFICER, say.AddAnswer, petition=id, text="더") == Refusal.CLOSED
    office.ask(EXAMINER, say.AskMore, petition=id, text="설명하십시오")
    office.ask(OFFICER, say.AddAnswer, petition=id, text="추가 설명")
    assert office.told(MINA)[-1]["notice"]["text"] == "추가 설명"


def test_the_month_is_checked() -> None:
    office = Office()
    for stars in (2, 5):
        office.ask(MINA, say.RateResult, petition=office.decided("answered"), stars=stars)
    extended = office.review()
    office.ask(HEAD, say.ExtendPeriod, petition=extended, reason="cooperation", amount=1, text="글")
    office.wait_until("10-20")
    checked = office.ask(EXAMINER, say.CheckMonth, month="2026-09")
    assert checked == {
        "month": "2026-09", "received": 3, "ended": 2, "in_time": 2, "extended": 1,
        "extension_reasons": {"cooperation": 1}, "overdue": 1, "returned": 0, "closed_repeat": 0, "rated": 2,
        "satisfaction": 3.5,
    }  # fmt: skip
    assert office.refused(OFFICER, say.CheckMonth, month="2026-09") == Refusal.NOT_ALLOWED


# Who sees what


def test_only_the_petitioner_and_the_officials_in_charge_see_what_was_written() -> None:
    office = Office()
    id = office.review()
    office.ask(COLLEAGUE, say.ServeDesk, present=True)
    for one in (MINA, OFFICER, HEAD, EXAMINER):
        seen = office.ask(one, say.ShowPetition, petition=id, reason="검토")
        assert seen["written"]["name"] == f"{SECRET} 김미나"
    for one in (JUNHO, VISITOR, ROOM, ROOM_HEAD, COLLEAGUE, PARKS, OPERATOR):
        assert office.refused(one, say.ShowPetition, petition=id, reason="검토") == Refusal.NOT_ALLOWED
    assert office.refused(OFFICER, say.ShowPetition, petition=id) == Refusal.BAD_MESSAGE
    assert office.ask(MINA, say.ShowPetition, petition=id)["views"] == 3


def test_no_fact_view_list_or_record_holds_what_the_petitioner_wrote() -> None:
    office = Office()
    office.ask(ROOM, say.ServeDesk, present=True)
    office.supplement(publish=True)
    for audience, fact in office.heard:
        if fact["type"] != "petitions.noticed":
            assert SECRET not in json.dumps(fact, ensure_ascii=False), (audience, fact)
    for person in PEOPLE:
        view = office.city.views(person, "civil", office.now)
        assert SECRET not in json.dumps(view, ensure_ascii=False)
    for desk, reader in ((None, ROOM), ("roads", OFFICER)):
        listed = office.ask(reader, say.DeskOfDepartment, department=desk)
        assert SECRET not in json.dumps(listed, ensure_ascii=False)
    for entry, when in office.entries:
        for record in office.city.records(entry, when):
            assert SECRET not in json.dumps(dict(record.fields), ensure_ascii=False)


def test_a_desk_lists_what_is_due_first_first_page_by_page() -> None:
    office = Office()
    later = [office.assign(JUNHO, kind="suggestion") for _ in range(3)]
    sooner = [office.assign() for _ in range(22)]
    first = office.ask(OFFICER, say.DeskOfDepartment, department="roads")
    second = office.ask(OFFICER, say.DeskOfDepartment, department="roads", after=first["next"])
    listed = [one["petition"] for one in first["items"] + second["items"]]
    assert listed == [*sorted(sooner), *sorted(later)]
    assert "next" not in second


def test_a_desk_tells_who_reads_it_whether_they_have_their_seat() -> None:
    office = Office()

    def is_seated(reader: Citizen, desk: str | None = "roads") -> bool:
        return bool(office.ask(reader, say.DeskOfDepartment, department=desk)["seated"])

    assert not is_seated(OFFICER)
    office.ask(OFFICER, say.ServeDesk, present=True)
    assert is_seated(OFFICER)
    assert not is_seated(COLLEAGUE)
    office.ask(ROOM, say.ServeDesk, present=True)
    assert is_seated(ROOM, None)
    office.ask(OFFICER, say.ServeDesk, present=False)
    assert not is_seated(OFFICER)
    assert office.refused(PARKS, say.DeskOfDepartment, department="roads") == Refusal.NOT_ALLOWED
    assert office.refused(PARKS, say.DeskOfDepartment) == Refusal.NOT_ALLOWED


def test_notices_wait_unread_for_the_next_visit() -> None:
    office = Office()
    id = office.assign()
    view = office.city.views(MINA, "civil", office.now)["petitions"]
    assert view["unread"] == 3
    assert [one["what"] for one in view["notices"]] == ["submitted", "received", "routed"]
    page = office.ask(MINA, say.UnreadNotices)
    assert [one["what"] for one in page["items"]] == ["submitted", "received", "routed"]
    assert office.refused(JUNHO, say.ReadNotice, petition=id, notice=0) == Refusal.NOT_ALLOWED
    assert office.refused(MINA, say.ReadNotice, petition=id, notice=99) == Refusal.NOT_FOUND
    office.ask(MINA, say.ReadNotice, petition=id, notice=page["items"][1]["notice"])
    assert [one["what"] for one in office.ask(MINA, say.UnreadNotices)["items"]] == ["routed"]
    office.check_replay()


def test_who_asked_is_told_at_once_when_the_department_begins_its_review() -> None:
    office = Office()
    id = office.review()
    assert office.notices(MINA) == ["submitted", "received", "routed", "started"]
    told = office.told(MINA)[-1]["notice"]
    assert (told["petition"], told["state"]) == (id, "in_review")
    for language, due in (("ko", "2026년 10월 1일 18:00"), ("en", "2026-10-01 18:00 (KST)")):
        assert due in told["message"][language]
        assert "김도로" in told["message"][language]
    assert not office.told(JUNHO)
    view = office.city.views(MINA, "civil", office.now)["petitions"]
    assert view["notices"][-1]["what"] == "started"
    # What was told stays told, also after it ended.
    office.ask(OFFICER, say.AnswerPetition, petition=id, text="고쳤습니다.")
    history = office.ask(MINA, say.ShowPetition, petition=id)["history"]
    (begun,) = (step for step in history if step["what"] == "started")
    assert begun["message"] == told["message"]


def test_notices_with_long_texts_come_in_pages_that_fit_a_message() -> None:
    office = Office()
    ids = [office.review() for _ in range(4)]
    for id in ids:
        office.ask(OFFICER, say.AnswerPetition, petition=id, text="가" * 4_000)
    seen, after = [], None
    while True:
        page = office.ask(MINA, say.UnreadNotices, after=after)
        assert len(json.dumps(page, ensure_ascii=False).encode()) < 32_000
        seen += [(one["petition"], one["what"]) for one in page["items"]]
        if (after := page.get("next")) is None:
            break
    assert len(seen) == len(set(seen)) == page["unread"] == 20


def test_a_long_case_is_shown_in_pages_that_fit_a_message() -> None:
    office = Office()
    id = office.review(text="나" * 4_000)
    for n in range(5):
        office.ask(MINA, say.AmendPetition, petition=id, text=str(n) + "다" * 3_999)
    steps: list[int] = []
    after = None
    while True:
        page = office.ask(MINA, say.ShowPetition, petition=id, after=after)
        assert len(json.dumps(page, ensure_ascii=False).encode()) < 32_000
        steps += [step["step"] for step in page["history"]]
        if (after := page.get("next")) is None:
            break
    assert steps == list(range(len(office.petition(id).history)))


def test_the_public_sees_what_was_agreed_to_and_the_place_to_ten_metres() -> None:
    office = Office()
    place = {"lat": 37.566312345, "lon": 126.977912345}
    id = office.receive(kind="suggestion", publish=True, gu="jongno", place=place)
    office.receive(kind="statutory", publish=True)
    office.receive(kind="suggestion")
    office.file(kind="suggestion", publish=True)
    office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    office.ask(OFFICER, say.SummarisePetition, petition=id, text="보도 정비 건의")
    (seen,) = office.ask(VISITOR, say.PublishedPetitions)["items"]
    assert (seen["lat"], seen["lon"], seen["summary"]) == (37.5663, 126.9779, "보도 정비 건의")
    assert SECRET not in json.dumps(seen, ensure_ascii=False)
    office.ask(MINA, say.PublishPetition, petition=id, agrees=False)
    assert office.ask(VISITOR, say.PublishedPetitions)["items"] == []
    assert public_view(office.ledger, office.texts, office.petition(id)) is None


def test_listed_words_keep_no_petition_out_and_officials_see_them_coming() -> None:
    office = Office()
    id = office.review(title="이 씨1발 공사", text="병신 같은 공사입니다. 이 병신 공사를 멈추세요.")
    shown = office.ask(OFFICER, say.ShowPetition, petition=id, reason="desk")
    assert shown["marks"] == ["씨발", "병신"]
    assert shown["written"]["title"] == "이 씨1발 공사"
    assert "marks" not in office.ask(MINA, say.ShowPetition, petition=id)
    clean = office.review(title="보도블록", text="서울의 시발점에서 보도블록이 깨졌습니다.")
    assert "marks" not in office.ask(OFFICER, say.ShowPetition, petition=clean, reason="desk")


def test_what_an_official_writes_for_everyone_holds_no_strong_word() -> None:
    office = Office()
    id = office.receive(kind="suggestion", publish=True)
    office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    refused = office.refused(OFFICER, say.SummarisePetition, petition=id, text="병신 같은 공사에 대한 건의")
    assert refused is Refusal.NOT_ALLOWED
    office.ask(OFFICER, say.SummarisePetition, petition=id, text="시발 공사에 대한 건의")
    (seen,) = office.ask(VISITOR, say.PublishedPetitions)["items"]
    assert seen["summary"] == "시발 공사에 대한 건의", "what may be a false alarm has been read by a person"


def test_published_petitions_are_listed_newest_first_page_by_page() -> None:
    office = Office()
    for _ in range(25):
        office.receive(kind="suggestion", publish=True)
    first = office.ask(VISITOR, say.PublishedPetitions)
    second = office.ask(VISITOR, say.PublishedPetitions, after=first["next"])
    numbers = [one["number"] for one in first["items"] + second["items"]]
    assert numbers == [f"MD-2609-{n:07d}" for n in range(25, 0, -1)]


def test_an_erased_text_is_shown_as_erased() -> None:
    office = Office()
    id = office.receive()
    office.texts.drop([office.petition(id).text])
    assert office.ask(MINA, say.ShowPetition, petition=id)["written"]["text"] == "[erased]"


def test_texts_need_not_be_kept_for_ever_and_each_one_of_a_case_is_named() -> None:
    office = Office()
    office.review()
    id = office.supplement()
    office.ask(MINA, say.AnswerSupplement, petition=id, text="사진")
    office.ask(OFFICER, say.AnswerPetition, petition=id, text="답")
    ended = office.now
    assert not list(office.service.expired(ended + 1000 * 86_400_000))
    expired = list(office.service.expired(ended + 1095 * 86_400_000))
    assert {office.texts[one] for one in expired} == {
        *(
            f"{SECRET} {rest}"
            for rest in ("보도블록", "세종대로 보도블록이 깨졌습니다.", "김미나", "종로구 1", "010", "사진")
        ),
        "사진",
        "답",
    }
    office.texts.drop(one.ref for one in expired)
    assert SECRET not in json.dumps(office.ask(MINA, say.ShowPetition, petition=id), ensure_ascii=False)


def test_the_guide_and_every_view_fit_a_message() -> None:
    office = Office()
    for _ in range(12):
        office.review()
    guide = office.ask(VISITOR, say.GuideToFiling)
    assert len(json.dumps(guide, ensure_ascii=False).encode()) < 16_384
    for person in PEOPLE:
        view = office.city.views(person, "civil", office.now)
        assert len(json.dumps(view, ensure_ascii=False).encode()) < 16_384


def test_a_question_of_the_question_time_becomes_a_petition_with_a_name_alone() -> None:
    office = Office()
    fields = a_petition(channel="question_time", address="", contact="", department="roads")
    fields["origin"] = "live_qa/qa-1/7"
    assert office.refused(MINA, say.FilePetition, **fields) == Refusal.NOT_ALLOWED
    assert office.refused(MINA, say.FilePetition, **fields | {"origin": None}) == Refusal.BAD_MESSAGE
    # What follows from another service's event does not come through the gate's own door.
    command = say.FilePetition.model_validate({"id": 0, **fields}, strict=False)
    drafted, submitted = office.city.services["petitions"].decide(command, MINA, office.now, bytes(16))
    assert drafted.department == "roads"
    assert (submitted.channel, submitted.origin) == ("question_time", "live_qa/qa-1/7")


def test_two_officers_start_the_same_and_one_is_told_it_is_done() -> None:
    office = Office()
    id = office.receive()
    office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    office.ask(OFFICER, say.StartReview, petition=id)
    assert office.refused(COLLEAGUE, say.StartReview, petition=id) == Refusal.NOT_ALLOWED
    assert office.refused(OFFICER, say.StartReview, petition=id) == Refusal.CLOSED


def test_a_clock_that_jumps_back_changes_no_number_and_no_order() -> None:
    office = Office("10-01 00:10")
    first = office.receive()
    office.now = at("09-30 23:50")
    second = office.receive()
    assert office.petition(first).number == "MD-2610-0000001"
    assert office.petition(second).number == "MD-2609-0000001"
    office.wait_until("11-01")
    office.check_replay()
