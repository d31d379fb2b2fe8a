"""A petition in the autumn of 2026, over Chuseok: from a broken pavement to the last word of an objection."""

import json

from protocol.refusals import Refusal
from protocol.services import petitions as say
from tests.support.petition_office import (
    EXAMINER,
    HEAD,
    JUNHO,
    MINA,
    OFFICER,
    OPERATOR,
    ROOM,
    Office,
    a_petition,
    shown,
)


def test_mina_asks_for_a_permit_over_chuseok_and_objects_to_the_rejection() -> None:
    office = Office("09-20 22:00")

    # Sunday night, at the e-window. Nobody is at the desks; it is received on Monday at the latest at 18:00.
    filed = office.ask(
        MINA, say.FilePetition, **a_petition(kind="statutory", statutory_type="road_occupation")
    )
    id = filed["petition"]
    assert shown(filed["receive_by"]) == "09-21 18:00"
    assert office.ask(MINA, say.PetitionStatus, token=filed["token"])["state"] == "submitted"

    # Monday: a slip in the address is set right with her consent; she gets her number; the roads take it.
    office.wait_until("09-21 09:30")
    office.ask(OFFICER, say.ServeDesk, present=True, contact="02-2133-0000")
    office.ask(ROOM, say.CorrectSlip, petition=id, part="address", text="종로구 세종대로 110")
    office.ask(MINA, say.ConsentToChange, petition=id, to="correction", agrees=True)
    received = office.ask(ROOM, say.ReceivePetition, petition=id, site_visit=True, department="roads")
    assert received["number"] == "MD-2609-0000001"
    assert office.due(id) == "10-07 18:00"
    office.ask(OFFICER, say.StartReview, petition=id)

    # Wednesday before the holidays: the visit shows that a drawing is missing. The clock stops.
    office.wait_until("09-23 11:00")
    office.ask_supplement(id, days=7, found_on_site=True)
    assert office.petition(id).shown_due is None
    told = office.told(MINA)[-1]["notice"]
    assert "김도로" in told["message"]["ko"]
    assert "도로법 61" in told["text"]

    # Chuseok passes. She needs longer, and brings it on 5 October, a holiday: the e-window is open.
    office.wait_until("09-30 10:00")
    office.ask(MINA, say.AskLonger, petition=id, days=5)
    assert shown(office.petition(id).until) == "10-06 23:59"
    office.wait_until("10-05 10:00")
    office.ask(MINA, say.AnswerSupplement, petition=id, text="도면입니다.")
    assert office.due(id) == "10-16 18:00"  # 21, 22, [out], 6, 7, 8, 12, 13, 14, 15, 16

    # The cabinet makes 15 October a holiday, and the system fails for an afternoon.
    office.wait_until("10-06 09:00")
    office.ask(OPERATOR, say.ChangeCalendar, holidays=[{"day": "2026-10-15", "name": "임시공휴일"}])
    office.wait_until("10-06 14:00")
    assert office.due(id) == "10-19 18:00"
    outage = office.ask(OPERATOR, say.ReportOutage)["outage"]
    office.wait_until("10-06 17:00")
    office.ask(OPERATOR, say.ReportOutage, outage=outage, ends_at=office.now)
    office.wait_until("10-06 18:00")
    assert office.due(id) == "10-20 18:00"

    # The head extends; workload is no reason. The second time she is asked, and agrees.
    office.ask(HEAD, say.ExtendPeriod, petition=id, reason="facts_or_site", amount=3, text="지하 매설물")
    assert office.due(id) == "10-23 18:00"
    office.ask(HEAD, say.ExtendPeriod, petition=id, reason="cooperation", amount=2, text="구청 회신")
    office.ask(MINA, say.ConsentToChange, petition=id, to="extension", agrees=True)
    assert office.due(id) == "10-27 18:00"

    # Thirty days after receipt she is told how it goes; then the due date passes.
    office.wait_until("10-21 09:00")
    assert office.notices(MINA)[-1] == "progress_told"
    office.wait_until("10-27 18:00")
    assert office.petition(id).overdue
    office.ask(MINA, say.DemandCorrection, petition=id, text="약속한 날이 지났습니다.")
    office.ask(EXAMINER, say.DunOfficer, petition=id, text="즉시 처리하십시오.")

    # It is rejected, with the reason and the remedies. She objects on the last day but one, and is heard.
    office.wait_until("10-28 10:00")
    office.ask(HEAD, say.RejectPetition, petition=id, text="보행 폭이 모자랍니다.")
    assert shown(office.petition(id).remedies_until) == "12-28 23:59"
    office.wait_until("12-24 15:00")
    office.object(id)
    assert office.due(id) == "01-04 18:00"  # ten days end on a Sunday
    office.wait_until("12-30 10:00")
    office.ask(HEAD, say.DecideObjection, petition=id, upheld=True, text="폭을 다시 쟀습니다.", mediated=True)
    assert office.petition(id).state == "upheld"

    # Every due date is still there, each with its cause.
    assert [(shown(due), cause) for due, cause in office.petition(id).dues[:-1]] == [
        ("10-07 18:00", "receipt"),
        ("10-16 18:00", "supplement"),
        ("10-19 18:00", "calendar"),
        ("10-20 18:00", "outage"),
        ("10-23 18:00", "extension"),
        ("10-27 18:00", "extension"),
    ]
    assert office.petition(id).dues[-1][1] == "objection"

    # Junho has heard nothing of it, and cannot look.
    assert office.refused(JUNHO, say.ShowPetition, petition=id) == Refusal.NOT_ALLOWED
    assert all("김미나" not in json.dumps(fact, ensure_ascii=False) for fact in office.told(JUNHO))
    office.check_replay()


def test_a_petition_goes_the_wrong_way_and_comes_back() -> None:
    office = Office("09-21 10:00")
    id = office.assign(kind="suggestion", publish=True)

    # The roads pass it on to the ministry, which is distant, and which sends it back after the holidays.
    office.ask(OFFICER, say.TransferPetition, petition=id, body="land_ministry", reason="국도")
    assert "국토교통부" in office.told(MINA)[-1]["notice"]["message"]["ko"]
    office.wait_until("09-22 10:00")
    assert office.told(ROOM, "petitions.alarm")[-1]["reason"] == "transfer"
    office.wait_until("09-28 10:00")
    office.ask(ROOM, say.ConfirmTransfer, petition=id, accepted=False)
    assert office.due(id) == "10-20 18:00"  # the 21st is out, too

    # The second time it stays; answered, rated low, and answered once more.
    office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    office.ask(OFFICER, say.StartReview, petition=id)
    office.wait_until("10-08 16:00")
    office.ask(OFFICER, say.SummarisePetition, petition=id, text="보도 정비 건의")
    office.ask(OFFICER, say.AnswerPetition, petition=id, text="내년에 하겠습니다.")
    office.ask(MINA, say.RateResult, petition=id, stars=1, text="왜 내년입니까?")
    office.ask(MINA, say.AskMore, petition=id, text="왜 내년입니까?")
    office.ask(OFFICER, say.AddAnswer, petition=id, text="예산이 그때 섭니다.")
    assert office.notices(MINA) == [
        "submitted", "received", "routed", "transferred", "transfer_sent_back", "routed", "started",
        "answered", "rated", "more_asked", "answer_added",
    ]  # fmt: skip
    assert office.ask(JUNHO, say.PublishedPetitions)["items"][0]["summary"] == "보도 정비 건의"
    office.check_replay()


def test_mina_does_not_answer_and_her_petition_is_returned_by_a_person_not_by_the_clock() -> None:
    office = Office("09-18 09:00")
    id = office.supplement(days=7)
    office.wait_until("09-29 09:00")
    assert office.notices(MINA)[-2:] == ["supplement_reminded", "supplement_expired"]
    office.ask(OFFICER, say.AskSupplementAgain, petition=id, days=10)
    office.wait_until("11-30 09:00")
    assert office.petition(id).state == "supplement"
    office.ask(OFFICER, say.ReturnPetition, petition=id, text="사진이 오지 않았습니다.")

    # What was said to her while she was away waits for her next visit.
    view = office.city.views(MINA, "civil", office.now)["petitions"]
    assert view["notices"][-1]["what"] == "returned"
    again = office.file()
    assert office.petition(again).state == "submitted"
    office.ask(MINA, say.WithdrawPetition, petition=again)
    office.check_replay()
