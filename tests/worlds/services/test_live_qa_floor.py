"""Raised hands and the floor: who is called, how long they speak, how they come back."""

from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.question_time import FLOOR, HOST, MAYOR, MOD, STAGES, VISITOR, Evening, attendee
from worlds.citizen import Citizen
from worlds.service import Citizens, Move, Spotlight

A, B, C, D = (attendee(name) for name in "abcd")
MINUTE = 60_000


def evening(**rules: Any) -> Evening:
    played = Evening(**rules)
    played.announce("live", "floor")
    return played


def queue(e: Evening) -> list[str]:
    view = e.do(FLOOR, wire.Look, 0, view="host")["host"]
    return [hand["citizen"].removeprefix("c-") for hand in view["hands"]]


def speak(e: Evening, who: Citizen, ms: int = 60_000) -> None:
    """Someone is called, speaks and is back in their place."""
    e.do(FLOOR, wire.SteerFloor, action="give", citizen=who.id)
    e.do(who, wire.TakeFloor)
    e.wait(ms)
    e.do(FLOOR, wire.SteerFloor, 0, action="end")
    e.wait(5_000)


def test_first_time_speakers_come_first_then_the_lane_then_the_time() -> None:
    """The worked example: d, c, b, a; and when d has spoken and raises again: c, b, d, a."""
    e = evening()
    e.do(A, wire.RaiseHand)
    speak(e, A)
    e.do(A, wire.RaiseHand)
    e.do(C, wire.RaiseHand, MINUTE)
    e.do(B, wire.RaiseHand, MINUTE)
    e.do(D, wire.RaiseHand, 3 * MINUTE, lane="need")
    assert queue(e) == ["d", "c", "b", "a"]
    speak(e, D)
    e.do(D, wire.RaiseHand, lane="need")
    assert queue(e) == ["c", "b", "d", "a"]


def test_the_lane_of_the_hall_is_for_who_is_there_and_not_for_who_says_so() -> None:
    e = evening()
    e.elsewhere = {A.id, D.id}
    e.do(A, wire.RaiseHand, lane="hall")
    e.do(D, wire.RaiseHand, MINUTE, lane="need")
    e.do(B, wire.RaiseHand, MINUTE)
    e.do(C, wire.RaiseHand, MINUTE, lane="away")
    hands = {hand["citizen"]: hand["lane"] for hand in e.do(FLOOR, wire.Look, view="host")["host"]["hands"]}
    assert hands == {A.id: "away", B.id: "hall", C.id: "away", D.id: "need"}
    assert queue(e) == ["d", "b", "a", "c"]


def test_who_spoke_on_another_day_is_a_first_time_speaker_again() -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    speak(e, A)
    e.wait(24 * 60 * MINUTE)
    e.announce("live", "floor")
    e.do(A, wire.RaiseHand)
    e.do(B, wire.RaiseHand)
    assert queue(e) == ["a", "b"]


def test_a_hand_raised_twice_keeps_its_place_and_lowered_goes_to_the_end() -> None:
    e = evening()
    for who in (A, B):
        e.do(who, wire.RaiseHand)
    assert e.do(A, wire.RaiseHand) == {"place": 1, "of": 2, "estimate_s": 90}
    e.do(A, wire.LowerHand)
    assert e.do(A, wire.RaiseHand)["place"] == 2
    assert e.refused(C, wire.LowerHand).code is Refusal.NOT_FOUND


def test_everyone_in_the_queue_is_told_their_place_with_an_estimate_from_the_last_turns() -> None:
    e = evening()
    for who in (A, B, C):
        e.do(who, wire.RaiseHand)
    speak(e, A, 30_000)
    told = {
        next(iter(audience.ids)): count.hand
        for audience, count in e.city.counts(e.now)
        if isinstance(count, wire.PlaceCounted) and isinstance(audience, Citizens)
    }
    assert told == {
        B.id: wire.OwnHand(place=1, of=2, estimate_s=30),
        C.id: wire.OwnHand(place=2, of=2, estimate_s=60),
    }
    assert list(e.city.counts(e.now)) == []
    assert e.audience(C)["hand"] == {"place": 2, "of": 2, "estimate_s": 60}


def test_a_speaker_is_put_on_the_stage_near_to_all_and_back_when_the_time_is_over() -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    assert e.told(A, "live_qa.turn_changed")[-1]["step"] == "invited"
    e.do(A, wire.TakeFloor)
    stage = STAGES["civil", "mayors_seat"]
    assert e.effects == [Move(A.id, "civil", stage.x, stage.z), Spotlight(A.id, True)]
    assert e.told(B, "live_qa.floor_changed")[-1]["turn"]["name"] == A.name
    began = e.now
    e.wait(100_000)
    assert [fact["left_s"] for fact in e.told(B, "live_qa.time_signalled")] == [30, 10, 0]
    assert e.effects[2:] == [Spotlight(A.id, False), Move(A.id, "civil", None, None)]
    ended = e.told(A, "live_qa.turn_changed")[-1]
    assert (ended["step"], ended["ended"], ended["until"]) == ("returning", "time", began + 105_000)
    assert "turn" not in e.told(B, "live_qa.floor_changed")[-1]
    e.wait(5_000)
    assert e.told(A, "live_qa.turn_changed")[-1]["step"] == "seated"
    assert queue(e) == []


def test_thirty_seconds_may_be_added_once() -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(A, wire.TakeFloor)
    ends_at = e.told(A, "live_qa.turn_changed")[-1]["until"]
    e.wait(80_000)
    e.do(FLOOR, wire.SteerFloor, action="extend")
    assert e.told(A, "live_qa.turn_changed")[-1]["until"] == ends_at + 30_000
    assert e.refused(FLOOR, wire.SteerFloor, action="extend").code is Refusal.CONFLICT
    e.wait(20_000)
    assert e.state.turn is not None
    assert e.state.turn.step == "on_stage"
    assert [fact["left_s"] for fact in e.told(B, "live_qa.time_signalled")] == [30, 10, 30]


def test_an_invitation_lapses_after_fifteen_seconds_and_the_hand_stays_marked() -> None:
    e = evening()
    for who in (A, B):
        e.do(who, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.wait(15_000)
    assert e.told(A, "live_qa.turn_changed")[-1]["ended"] == "no_answer"
    assert queue(e) == ["a", "b"]
    assert e.refused(A, wire.TakeFloor).code is Refusal.CLOSED
    e.do(FLOOR, wire.SteerFloor, action="give")
    assert e.state.turn is not None
    assert e.state.turn.citizen == B.id


def test_an_invitation_may_be_declined_and_the_hand_is_down() -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(A, wire.TakeFloor, accept=False)
    assert (e.state.turn, queue(e)) == (None, [])


def test_the_next_is_on_deck_with_sound_checked_and_called_when_the_stage_is_free() -> None:
    e = evening()
    for who in (A, B, C):
        e.do(who, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(A, wire.TakeFloor)
    e.do(FLOOR, wire.SteerFloor, action="give", citizen=C.id)
    assert e.told(C, "live_qa.turn_changed")[-1]["step"] == "on_deck"
    assert e.refused(FLOOR, wire.SteerFloor, action="give", citizen=C.id).code is Refusal.CONFLICT
    e.do(C, wire.TakeFloor)
    assert e.told(FLOOR, "live_qa.hand_changed")[-1]["hand"]["is_ready"] is True
    assert e.refused(B, wire.TakeFloor).code is Refusal.CLOSED
    e.do(A, wire.TakeFloor, accept=False)
    e.wait(5_000)
    assert e.told(C, "live_qa.turn_changed")[-1]["step"] == "invited"


def test_who_is_on_deck_may_step_back() -> None:
    e = evening()
    for who in (A, B):
        e.do(who, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(FLOOR, wire.SteerFloor, action="give", citizen=B.id)
    e.do(B, wire.TakeFloor, accept=False)
    assert (e.state.on_deck, list(e.state.hands)) == (None, [A.id])


def test_hosts_skip_one_lower_one_and_lower_all() -> None:
    e = evening()
    for who in (A, B, C):
        e.do(who, wire.RaiseHand)
    e.do(HOST, wire.SteerFloor, action="skip")
    view = e.do(HOST, wire.Look, view="host")["host"]["hands"]
    assert [(hand["citizen"], hand["is_skipped"]) for hand in view] == [
        (A.id, True),
        (B.id, False),
        (C.id, False),
    ]
    e.do(FLOOR, wire.LowerHand, citizen=B.id)
    assert len(e.told(B, "live_qa.hand_lowered")) == 1
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(FLOOR, wire.LowerHand, all=True)
    assert (queue(e), e.state.turn) == ([], None)
    assert e.refused(A, wire.LowerHand, citizen=B.id).code is Refusal.NOT_ALLOWED


def test_hands_are_taken_when_they_are_open_and_moderators_may_raise_theirs() -> None:
    e = Evening()
    e.announce("doors")
    assert e.refused(A, wire.RaiseHand).code is Refusal.CLOSED
    e.do(HOST, wire.Advance, phase="live", mode="answering")
    e.do(MOD, wire.RaiseHand)
    assert e.refused(FLOOR, wire.SteerFloor, action="give").code is Refusal.CLOSED
    e.do(HOST, wire.Adjust, options={"hands_open": False})
    assert e.refused(A, wire.RaiseHand).code is Refusal.CLOSED
    assert e.refused(VISITOR, wire.RaiseHand).code is Refusal.NOT_ALLOWED


def test_a_hand_may_carry_ones_own_question_and_no_other() -> None:
    e = evening()
    number = e.ask(A, "손을 들고 이 질문을 할게요.")
    assert e.refused(B, wire.RaiseHand, question=number).field == "question"
    e.do(A, wire.RaiseHand, question=number, language="ko")
    row = e.told(FLOOR, "live_qa.hand_changed")[-1]["hand"]
    assert (row["question"], row["language"]) == (number, "ko")


@pytest.mark.parametrize("change", ["mode", "stop", "end"])
def test_a_change_of_phase_a_stop_and_the_end_bring_the_speaker_back(change: str) -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(A, wire.TakeFloor)
    if change == "mode":
        e.do(HOST, wire.Advance, phase="live", mode="answering")
    else:
        e.do(HOST, wire.ActJointly, action=change, reason="그만")
        e.do(MOD, wire.ActJointly, action=change, reason="그만")
    assert e.effects[2:] == [Spotlight(A.id, False), Move(A.id, "civil", None, None)]
    e.wait(5_000)
    assert e.state.turn is None
    assert e.told(A, "live_qa.turn_changed")[-1]["step"] == "seated"


def test_a_broken_line_keeps_the_place_in_the_queue_for_two_minutes() -> None:
    e = evening()
    for who in (A, B):
        e.do(who, wire.RaiseHand)
    e.line(A, is_broken=True)
    e.do(FLOOR, wire.SteerFloor, action="give")
    assert e.state.turn is not None
    assert e.state.turn.citizen == B.id
    e.line(A, is_broken=False)
    e.wait(200_000)
    assert A.id in e.state.hands
    e.line(A, is_broken=True)
    e.wait(119_999)
    assert A.id in e.state.hands
    e.wait(1)
    assert A.id not in e.state.hands


def test_whose_line_breaks_while_they_are_called_are_passed_over_and_not_marked() -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.line(A, is_broken=True)
    assert e.state.turn is None
    assert e.refused(FLOOR, wire.SteerFloor, action="give").code is Refusal.NOT_FOUND
    e.line(A, is_broken=False)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(A, wire.TakeFloor)
    assert e.state.turn is not None


def test_only_who_runs_the_floor_gives_it() -> None:
    e = evening()
    e.do(A, wire.RaiseHand)
    for who in (A, MOD, MAYOR):
        assert e.refused(who, wire.SteerFloor, action="give").code is Refusal.NOT_ALLOWED
