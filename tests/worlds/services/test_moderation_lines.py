"""Lines of chat and modes of a place: told, held or refused; shield, raid alarm, the stop by two, protection."""

from dataclasses import replace

import pytest

from protocol.avatars import Change
from protocol.chat import Say
from protocol.districts import Enter
from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from tests.support.moderation_desk import (
    ELSEWHERE,
    HEAD,
    HOST,
    KIM,
    LEE,
    MOD,
    MOD2,
    NEWCOMER,
    OFFICER,
    OPERATOR,
    PARK,
    VISITOR,
    Precinct,
    S,
)
from worlds.citizen import Citizen
from worlds.service import ReadLooks, Speak
from worlds.services.moderation.wording import link_in, phone_in


def read(p: Precinct, held: str, by: Citizen = MOD, /, **fields: object) -> None:
    """A moderator claims a line and decides on it."""
    p.do(by, wire.ClaimCase, case=held)
    p.do(by, wire.DecideHeld, **({"held": held, "approve": True} | fields))


def test_what_the_listed_words_find_waits_with_its_marks_and_the_lines_before_it() -> None:
    p = Precinct()
    for text in ("하나", "둘", "셋"):
        p.say(LEE, text)
    held = p.say(KIM, "이 병신아")
    assert held == "h-1"
    [row] = p.do(MOD, wire.ShowDesk, which="held")["held"]
    assert (row["text"], row["reason"], row["history"]) == ("이 병신아", "words", {})
    assert row["marks"]
    assert [line["text"] for line in row["context"]] == ["하나", "둘", "셋"]
    assert p.do(ELSEWHERE, wire.ShowDesk, which="held")["held"] == []
    assert p.refused(KIM, wire.ShowDesk).code is Refusal.NOT_ALLOWED


def test_an_approved_line_is_told_as_it_was_or_in_other_words_of_which_its_writer_is_told() -> None:
    p = Precinct()
    first, second = p.say(NEWCOMER, "보세요 seoul.go.kr"), p.say(NEWCOMER, "전화 010-1234-5678")
    assert first is not None
    assert second is not None
    read(p, first)
    read(p, second, text="전화 주세요")
    told = [one for one in p.effects if isinstance(one, Speak)]
    assert [one.text for one in told] == ["보세요 seoul.go.kr", "전화 주세요"]
    decided = p.told(NEWCOMER, "line_decided")
    assert [one["state"] for one in decided] == ["approved", "edited"]
    assert decided[1]["text"] == "전화 주세요"
    assert p.told(LEE, "line_decided") == []


def test_a_line_is_refused_with_a_reason_and_one_moderator_at_a_time() -> None:
    p = Precinct()
    held = p.say(NEWCOMER, "보세요 seoul.go.kr")
    assert held is not None
    p.do(MOD, wire.ClaimCase, case=held)
    assert p.refused(MOD2, wire.DecideHeld, held=held, approve=True).code is Refusal.NOT_ALLOWED
    assert p.refused(MOD, wire.DecideHeld, held=held, approve=False).field == "words"
    assert p.refused(MOD, wire.DecideHeld, held=held, approve=False, words="x", text="y").field == "text"
    p.do(MOD, wire.DecideHeld, held=held, approve=False, words="광고")
    assert p.told(NEWCOMER, "line_decided")[-1]["words"] == "광고"
    assert p.refused(MOD, wire.DecideHeld, held=held, approve=True).code is Refusal.CLOSED
    assert p.effects == []


def test_a_line_that_nobody_reads_expires_after_five_minutes() -> None:
    p = Precinct()
    held = p.say(NEWCOMER, "보세요 seoul.go.kr")
    p.wait(300 * S)
    assert p.told(NEWCOMER, "line_decided")[-1]["state"] == "expired"
    assert p.refused(MOD, wire.ClaimCase, case=held).code is Refusal.CLOSED
    assert p.mod.next_due() is None


def test_a_writer_has_three_lines_waiting_and_the_queue_an_end() -> None:
    p = Precinct(held_waiting=4)
    for i in range(3):
        p.say(NEWCOMER, f"{i} seoul.go.kr")
    assert p.silenced(NEWCOMER, "3 seoul.go.kr").code is Refusal.FULL
    p.sanction(MOD, KIM, "hold")
    p.say(KIM, "넷째")
    assert p.silenced(KIM, "다섯째").code is Refusal.FULL


def test_private_lines_are_read_by_nobody_and_a_held_writer_has_none() -> None:
    p = Precinct()
    assert p.say(NEWCOMER, "이 병신아 seoul.go.kr", to="citizen", hearer=KIM.id) is None
    p.sanction(MOD, KIM, "hold")
    assert p.silenced(KIM, "둘만", to="citizen", hearer=LEE.id).code is Refusal.NOT_ALLOWED


def test_staff_is_free_of_modes_and_words_but_not_of_a_sanction() -> None:
    p = Precinct()
    p.do(MOD, wire.SetMode, scope="culture", slow_s=600, is_unique=True, holds_links=True, is_staff_only=True)
    for text in ("욕설은 이런 것입니다: 병신", "https://seoul.go.kr", "셋"):
        assert p.say(MOD, text, 1 * S, to="district") is None
    p.sanction(HEAD, MOD, "mute")
    assert p.silenced(MOD, "넷").code is Refusal.MUTED


@pytest.mark.parametrize(
    "text", ["http://x.y", "www.seoul", "seoul.go.kr", "ｓｅｏｕｌ．ｃｏｍ", "HTTPS://A"]
)
def test_a_link_is_seen(text: str) -> None:
    assert link_in(text) is not None


@pytest.mark.parametrize(
    "text", ["010-1234-5678", "02 123 4567", "+82 10 1234 5678", "０１０１２３４５６７８"]
)
def test_a_telephone_number_is_seen(text: str) -> None:
    assert phone_in(text) is not None


@pytest.mark.parametrize("text", ["3.5km", "2026년 3월 1일", "120번", "12:30에 봐요", "끝.그런데", "1000000"])
def test_ordinary_numbers_and_full_stops_are_neither(text: str) -> None:
    assert link_in(text) is None
    assert phone_in(text) is None


# Modes


def test_slow_goes_for_everyone_in_the_place_and_unique_wants_new_texts() -> None:
    p = Precinct()
    p.do(MOD, wire.SetMode, scope="culture", slow_s=30, is_unique=True)
    p.say(KIM, "하나")
    assert p.silenced(KIM, "둘", 10 * S).retry_after_ms == 20 * S
    assert p.silenced(LEE, "하나").message == "it was said here before"
    assert p.say(KIM, "둘", 20 * S, scopes=("culture",)) is None
    p.wait(600 * S)
    assert p.say(LEE, "하나") is None
    p.do(MOD, wire.SetMode, scope="culture", slow_s=0)
    mode = p.mod.desk.state.modes["culture"]
    assert (mode.slow_s, mode.is_unique) == (0, True)


def test_the_same_twice_within_half_a_minute_is_refused() -> None:
    p = Precinct()
    p.say(KIM, "하나")
    assert p.silenced(KIM, "하나").code is Refusal.CONFLICT
    assert p.say(KIM, "하나", 30 * S) is None


def test_only_the_desk_of_the_place_and_an_operator_set_its_mode() -> None:
    p = Precinct()
    for one in (KIM, ELSEWHERE, OFFICER, VISITOR):
        assert p.refused(one, wire.SetMode, scope="culture", shield=True).code is Refusal.NOT_ALLOWED
    assert p.refused(MOD, wire.SetMode, scope="", shield=True).code is Refusal.NOT_ALLOWED
    for one in (HOST, OPERATOR):
        assert p.do(one, wire.SetMode, scope="culture", shield=True)["mode"]["shield_until"]


def entering(p: Precinct, citizen: Citizen, district: str = "culture") -> Refused | None:
    """Why someone may not come into a district, or None."""
    try:
        p.city.forbid(Enter(id=1, district=district), citizen, (district,), p.now)
    except Refused as refused:
        return refused
    return None


def test_the_shield_is_one_switch_and_ends_by_itself_after_half_an_hour() -> None:
    p = Precinct()
    newcomer = Citizen("c-fresh", "새로", ("citizen",), level=2)
    p.come(newcomer)
    p.do(MOD, wire.SetMode, scope="culture", shield=True, words="떼로 들어옴")
    assert p.silenced(VISITOR, "손님").code is Refusal.NOT_ALLOWED
    assert p.say(newcomer, "처음입니다") == "h-1"
    assert p.silenced(KIM, "보세요 seoul.go.kr").code is Refusal.NOT_ALLOWED
    assert p.say(KIM, "하나") is None
    assert p.silenced(KIM, "둘").retry_after_ms == 28 * S
    refused = entering(p, VISITOR)
    assert refused is not None
    assert refused.code is Refusal.NOT_ALLOWED
    assert entering(p, KIM) is None
    assert entering(p, VISITOR, "civil") is None
    p.sleep(1_800 * S)
    assert entering(p, VISITOR) is None
    assert p.say(VISITOR, "다시") is None
    p.wait(0)
    assert "shield_until" not in p.told(KIM, "mode_changed")[-1]["mode"]
    assert p.mod.desk.state.acts[-1].act == "shield_ended"


def test_under_the_shield_who_is_new_writes_to_nobody_in_private_and_others_do() -> None:
    p = Precinct()
    newcomer = Citizen("c-fresh", "새로", ("citizen",), level=2)
    p.come(newcomer)
    assert p.say(newcomer, "안녕", to="citizen", hearer=KIM.id) is None
    p.do(MOD, wire.SetMode, scope="culture", shield=True)
    refused = p.silenced(newcomer, "너만 봐", to="citizen", hearer=KIM.id)
    assert (refused.code, refused.field) == (Refusal.NOT_ALLOWED, "to")
    assert refused.retry_after_ms == 1_798 * S
    assert p.say(KIM, "괜찮아요?", to="citizen", hearer=LEE.id) is None
    p.do(MOD, wire.SetMode, scope="culture", shield=False)
    assert p.say(newcomer, "이제는 되네", to="citizen", hearer=KIM.id) is None


def test_under_the_shield_who_is_new_comes_in_a_few_at_a_time_and_looks_plain() -> None:
    p = Precinct()
    rules = p.mod.desk.rules
    guest = replace(NEWCOMER, id="c-newer")
    here = ("culture",)
    assert p.city.room(guest, "culture", p.now) is None
    assert p.city.veils(guest, "plain", here, p.now) is None
    p.do(MOD, wire.SetMode, scope="culture", shield=True)
    p.come(guest)
    for left in range(rules.shield_joins, 0, -1):
        assert p.city.room(guest, "culture", p.now) == left
        p.come(guest, "culture")
    assert p.city.room(guest, "culture", p.now) == 0
    for known in (KIM, MOD, OFFICER):
        assert p.city.room(known, "culture", p.now) is None
        assert p.city.veils(known, "plain", here, p.now) is None
    assert p.city.room(guest, "civil", p.now) is None, "the shield is up in culture alone"
    until = p.now + rules.shield_s * S
    for other in (guest, VISITOR):
        assert p.city.veils(other, "plain", here, p.now) == until
    change = Change.model_validate({"id": 1, "avatar": {"model": "citizen-9"}})
    with pytest.raises(Refused) as refused:
        p.city.forbid(change, guest, here, p.now)
    assert refused.value.code is Refusal.NOT_ALLOWED
    assert refused.value.retry_after_ms == rules.shield_s * S
    p.city.forbid(change, KIM, here, p.now)

    p.wait(rules.raid_s * S)
    assert p.city.room(guest, "culture", p.now) == rules.shield_joins
    p.do(MOD, wire.SetMode, scope="culture", shield=False)
    assert p.city.room(guest, "culture", p.now) is None
    p.city.forbid(change, guest, here, p.now)


def test_zero_lets_who_is_new_come_in_at_once_also_under_the_shield() -> None:
    p = Precinct(shield_joins=0)
    p.do(MOD, wire.SetMode, scope="culture", shield=True)
    assert p.city.room(replace(NEWCOMER, id="c-newer"), "culture", p.now) is None


def test_the_shield_is_renewed_and_let_down() -> None:
    p = Precinct()
    p.do(MOD, wire.SetMode, scope="culture", shield=True)
    p.wait(1_000 * S)
    until = p.do(MOD, wire.SetMode, scope="culture", shield=True)["mode"]["shield_until"]
    assert until == p.now + 1_800 * S
    p.wait(900 * S)
    p.do(MOD, wire.SetMode, scope="culture", is_unique=True)
    assert p.silenced(VISITOR, "손님").code is Refusal.NOT_ALLOWED
    p.do(MOD, wire.SetMode, scope="culture", shield=False)
    assert p.say(VISITOR, "손님") is None


def test_in_a_lockdown_nobody_new_comes_in_but_staff() -> None:
    p = Precinct()
    p.do(MOD, wire.SetMode, scope="culture", is_locked=True)
    for one in (KIM, VISITOR):
        refused = entering(p, one)
        assert refused is not None
        assert refused.code is Refusal.CLOSED
    assert entering(p, MOD2) is None
    assert p.say(KIM, "안에 있던 사람은 말합니다") is None


def test_a_raid_of_the_new_alerts_the_desk_once_a_minute_and_sanctions_nobody() -> None:
    p = Precinct()
    raiders = [Citizen(f"v-{i}", "x") for i in range(80)]
    for one in (KIM, LEE, PARK) * 20:
        p.come(one, "culture")
    assert p.told(MOD, "alerted") == []
    for one in raiders:
        p.come(one, "culture")
        p.sleep(100)
    alerts = p.told(MOD, "alerted")
    assert [(one["kind"], one["count"], one["scope"]) for one in alerts] == [("raid", 31, "culture")]
    assert p.told(ELSEWHERE, "alerted") == p.told(KIM, "alerted") == []
    assert p.mod.desk.state.sanctions == []
    p.sleep(60 * S)
    for one in raiders[:32]:
        p.come(one, "culture")
    assert len(p.told(MOD, "alerted")) == 2


def test_a_venue_stops_when_two_different_people_want_it_within_half_a_minute() -> None:
    p = Precinct()
    stop = {"scope": "culture", "action": "stop", "words": "불이 남"}
    for one in (MOD, KIM, ELSEWHERE):
        assert p.refused(one, wire.ActOnVenue, **stop).code is Refusal.NOT_ALLOWED
    assert p.do(HOST, wire.ActOnVenue, **stop) == {"state": "asked", "until": p.now + 30 * S}
    assert p.refused(HOST, wire.ActOnVenue, **stop).code is Refusal.CONFLICT
    p.wait(30 * S)
    assert p.do(HEAD, wire.ActOnVenue, **stop)["state"] == "asked"
    assert p.say(KIM, "아직") is None
    assert p.do(HOST, wire.ActOnVenue, **stop) == {"state": "done"}
    assert p.silenced(KIM, "이제").code is Refusal.CLOSED
    assert p.say(HOST, "나가 주세요") is None
    assert p.refused(HEAD, wire.ActOnVenue, **stop).code is Refusal.CONFLICT
    for one in (HEAD, OPERATOR):
        p.do(one, wire.ActOnVenue, scope="culture", action="resume", words="꺼짐")
    assert p.say(KIM, "다행입니다") is None


# Oneself, and talks


def test_a_block_goes_both_ways_by_the_citizen_and_only_its_maker_knows() -> None:
    p = Precinct(blocks=1)
    p.do(KIM, wire.Block, citizen=LEE.id)
    p.do(KIM, wire.Block, citizen=LEE.id)
    assert p.city.parted(KIM.id) == {LEE.id}
    assert p.city.parted(LEE.id) == {KIM.id}
    assert p.refused(KIM, wire.Block, citizen=PARK.id).code is Refusal.FULL
    assert p.refused(KIM, wire.Block, citizen=KIM.id).code is Refusal.NOT_FOUND
    assert p.refused(VISITOR, wire.Block, citizen=KIM.id).code is Refusal.NOT_ALLOWED
    assert p.told(LEE, "protection_changed") == []
    p.do(KIM, wire.SetBubble, on=True)
    assert p.told(KIM, "protection_changed")[-1]["protection"] == {
        "blocked": [LEE.id],
        "bubble": True,
        "bubble_m": 1.0,
    }
    p.do(KIM, wire.Block, citizen=LEE.id, on=False)
    assert p.city.parted(LEE.id) == frozenset()
    assert p.do(KIM, wire.ShowMine)["protection"]["blocked"] == []


def test_an_officer_sets_no_mode_of_a_place() -> None:
    p = Precinct()
    assert p.refused(OFFICER, wire.SetMode, scope="civil/counter-3", shield=True).code is Refusal.NOT_ALLOWED


def test_a_say_that_is_no_line_of_the_gate_is_refused_there() -> None:
    p = Precinct()
    say = Say(id=1, text="x", to="nearby")
    assert not p.city.answers(say)


def test_under_the_shield_whoever_wears_what_the_city_does_not_know_looks_plain() -> None:
    p = Precinct()
    here = ("culture",)
    assert p.city.veils(KIM, "slogan", here, p.now) is None
    p.do(MOD, wire.SetMode, scope="culture", shield=True)
    assert ReadLooks("culture") in p.effects
    until = p.now + p.mod.desk.rules.shield_s * S
    assert p.city.veils(KIM, "slogan", here, p.now) == until
    for model in p.mod.desk.content.models:
        assert p.city.veils(KIM, model, here, p.now) is None
    assert p.city.veils(MOD, "slogan", here, p.now) is None, "who works there is known by their work"
    assert p.city.veils(KIM, "slogan", ("civil",), p.now) is None
    p.effects.clear()
    p.wait(p.mod.desk.rules.shield_s * S)
    assert p.city.veils(KIM, "slogan", here, p.now) is None
    assert ReadLooks("culture") in p.effects
