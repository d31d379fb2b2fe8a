"""Sanctions: reason, scope and end; who may, whom, for how long; what each forbids and never forbids."""

import pytest

from protocol.avatars import Emote
from protocol.districts import Enter
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa, petitions
from protocol.services import moderation as wire
from tests.support.moderation_desk import (
    AUDITOR,
    CREW,
    DAY,
    ELSEWHERE,
    HEAD,
    HEAD2,
    HOST,
    HOUR,
    KIM,
    LEE,
    MOD,
    MOD2,
    OFFICER,
    OPERATOR,
    PARK,
    VISITOR,
    Precinct,
    S,
)
from worlds.citizen import Citizen
from worlds.service import Remove, Restrain, TurnAway


def may(p: Precinct, citizen: Citizen, command: Command, *scopes: str) -> Refused | None:
    """Why a command of a lane is forbidden there, or None."""
    try:
        p.city.forbid(command, citizen, scopes, p.now)
    except Refused as refused:
        return refused
    return None


def test_a_mute_silences_chat_and_gestures_in_its_scope_for_its_time_and_no_longer() -> None:
    p = Precinct()
    p.sanction(MOD, KIM, "mute", lasts_s=600)
    refused = p.silenced(KIM)
    assert (refused.code, refused.retry_after_ms) == (Refusal.MUTED, 598 * S)
    emote = may(p, KIM, Emote(id=1, emote=5), "culture", "culture/hall")
    assert emote is not None
    assert emote.code is Refusal.MUTED
    assert p.say(KIM, "다른 곳", scopes=("civil",)) is None
    p.wait(600 * S)
    assert p.say(KIM, "돌아왔습니다") is None
    own = p.told(KIM, "sanction_changed")
    assert [one["sanction"]["state"] for one in own] == ["in_force", "ended"]
    assert own[0]["sanction"]["words"] == "욕설"


def test_a_sanction_whose_end_has_passed_has_no_effect_though_nobody_has_noted_it() -> None:
    p = Precinct()
    p.sanction(HEAD, KIM, "ban", lasts_s=600)
    p.sleep(600 * S)
    assert p.city.next_due() is not None
    assert may(p, KIM, Enter(id=1, district="culture"), "culture") is None
    [restraint] = [p.mod.restraint(KIM.id, p.now)]
    assert restraint == Restrain(KIM.id)


def test_without_a_reason_a_known_code_or_words_nobody_is_sanctioned() -> None:
    p = Precinct()
    given = {"citizens": [KIM.id], "kind": "mute", "scope": "culture", "reason": "insult", "words": "욕설"}
    assert p.refused(MOD, wire.Sanction, **(given | {"words": "  "})).field == "words"
    refused = p.refused(MOD, wire.Sanction, **(given | {"reason": "mood"}))
    assert (refused.code, refused.field) == (Refusal.NOT_FOUND, "reason")
    with pytest.raises(ValueError, match="Field required"):
        wire.Sanction.model_validate({k: v for k, v in (given | {"id": 1}).items() if k != "scope"})
    assert p.refused(MOD, wire.Sanction, **(given | {"words": "가" * 501})).code is Refusal.TOO_LONG


def test_an_end_is_never_missing_and_is_the_kinds_default() -> None:
    p = Precinct()
    for kind, lasts in (("mute", 600), ("freeze", 300), ("kick", 600), ("hold", 3_600)):
        number = p.sanction(MOD, KIM, kind)
        assert p.mod.desk.state.sanction(number).until == p.now + lasts * S


@pytest.mark.parametrize(
    ("by", "kind", "scope", "lasts_s"),
    [
        (ELSEWHERE, "mute", "culture", 60),
        (MOD, "mute", "", 60),
        (MOD, "mute", "cultures", 60),
        (MOD, "mute", "culture", 86_401),
        (MOD, "freeze", "culture", 3_601),
        (MOD, "ban", "culture", 60),
        (HOST, "ban", "culture", 60),
        (OFFICER, "mute", "civil", 60),
        (OFFICER, "kick", "civil/counter-3", 60),
        (OPERATOR, "mute", "culture", 60),
        (AUDITOR, "mute", "culture", 60),
        (LEE, "mute", "culture", 60),
        (VISITOR, "warn", "culture", 60),
    ],
)
def test_what_is_outside_of_ones_office_or_its_scope_is_refused(
    by: Citizen, kind: str, scope: str, lasts_s: int
) -> None:
    p = Precinct()
    given = {"citizens": [KIM.id], "kind": kind, "scope": scope, "reason": "insult", "words": "욕설"}
    assert p.refused(by, wire.Sanction, lasts_s=lasts_s, **given).code is Refusal.NOT_ALLOWED


@pytest.mark.parametrize(
    ("by", "kind", "scope", "lasts_s"),
    [
        (MOD, "mute", "culture/hall", 86_400),
        (HOST, "kick", "culture", 600),
        (OFFICER, "mute", "civil/counter-3", 3_600),
        (HEAD, "ban", "culture", 2_592_000),
        (HEAD, "mute", "", 60),
    ],
)
def test_what_is_within_ones_office_is_done(by: Citizen, kind: str, scope: str, lasts_s: int) -> None:
    p = Precinct()
    number = p.sanction(by, KIM, kind, scope=scope, lasts_s=lasts_s)
    assert p.mod.desk.state.sanction(number).state == "in_force"


@pytest.mark.parametrize("target", [MOD, MOD2, HOST, HEAD, OPERATOR], ids=lambda one: str(one.id))
def test_nobody_acts_on_themselves_on_an_operator_or_on_who_stands_as_high(target: Citizen) -> None:
    p = Precinct()
    given = {"kind": "warn", "scope": "culture", "reason": "insult", "words": "욕설"}
    refused = p.refused(MOD, wire.Sanction, citizens=[target.id], **given)
    assert (refused.code, refused.field) == (Refusal.NOT_ALLOWED, "citizens")
    assert p.sanction(HEAD, MOD2, "warn") == "s-1"


def test_no_head_sanctions_an_operator_even_one_who_is_away() -> None:
    p = Precinct()
    p.go(OPERATOR)
    given = {"kind": "mute", "scope": "", "reason": "insult", "words": "욕설"}
    assert p.refused(HEAD, wire.Sanction, citizens=[OPERATOR.id], **given).code is Refusal.NOT_ALLOWED


def test_a_citizen_whom_nobody_knows_is_not_found_and_none_of_the_others_is_touched() -> None:
    p = Precinct()
    given = {"kind": "mute", "scope": "culture", "reason": "insult", "words": "욕설"}
    refused = p.refused(MOD, wire.Sanction, citizens=[KIM.id, "c-nobody"], **given)
    assert (refused.code, refused.field) == (Refusal.NOT_FOUND, "citizens")
    assert p.say(KIM, "그대로") is None
    p.come(VISITOR)
    p.sanction(MOD, VISITOR, "mute")
    assert p.silenced(VISITOR).code is Refusal.MUTED


def test_a_warning_is_acknowledged_before_one_writes_on() -> None:
    p = Precinct()
    number = p.sanction(MOD, KIM, "warn")
    assert p.silenced(KIM).message == f"acknowledge the warning {number} first"
    assert p.refused(LEE, wire.Acknowledge, sanction=number).code is Refusal.NOT_FOUND
    p.do(KIM, wire.Acknowledge, sanction=number)
    assert p.say(KIM, "알겠습니다") is None
    p.do(KIM, wire.Acknowledge, sanction=number)
    assert p.told(KIM, "sanction_changed")[-1]["sanction"]["is_acknowledged"] is True


def test_who_is_slowed_says_one_line_in_so_many_seconds() -> None:
    p = Precinct()
    p.sanction(MOD, KIM, "slow", every_s=30)
    assert p.say(KIM, "하나") is None
    refused = p.silenced(KIM, "둘", 29 * S)
    assert (refused.code, refused.retry_after_ms) == (Refusal.TOO_FAST, 1 * S)
    assert p.say(KIM, "둘", 1 * S) is None


def test_a_note_forbids_nothing_and_a_freeze_leaves_speech() -> None:
    p = Precinct()
    p.sanction(MOD, KIM, "note")
    p.sanction(MOD, KIM, "freeze")
    assert p.say(KIM, "말은 합니다") is None
    [restraint] = [one for one in p.effects if isinstance(one, Restrain)]
    assert restraint.frozen == (("culture", p.mod.desk.state.sanctions[1].until),)
    p.wait(300 * S)
    assert p.effects[-1] == Restrain(KIM.id)


def test_who_is_kicked_is_put_out_and_comes_back_after_its_time() -> None:
    p = Precinct()
    p.sanction(MOD, KIM, "kick")
    assert p.effects == [Remove(KIM.id, "culture")]
    refused = may(p, KIM, Enter(id=1, district="culture"), "culture")
    assert refused is not None
    assert (refused.code, refused.retry_after_ms) == (Refusal.NOT_ALLOWED, 600 * S)
    assert may(p, KIM, Enter(id=1, district="civil"), "civil") is None
    p.wait(600 * S)
    assert may(p, KIM, Enter(id=1, district="culture"), "culture") is None


def test_a_kick_out_of_the_city_says_why_and_an_address_is_kept_out_for_an_hour_at_most() -> None:
    p = Precinct()
    p.sanction(HEAD, KIM, "kick", scope="", reach="address", lasts_s=86_400)
    assert p.effects == [TurnAway(KIM.id, p.now + HOUR), Remove(KIM.id, None, "욕설")]
    given = {
        "citizens": [LEE.id],
        "scope": "culture",
        "reason": "insult",
        "words": "욕설",
        "reach": "address",
    }
    assert p.refused(MOD, wire.Sanction, kind="mute", **given).field == "reach"


# Bans


def question_session(p: Precinct) -> str:
    """A question time in the district of culture's neighbour, open for questions."""
    host = Citizen("c-qa", "진행", ("host@civil",), level=2)
    times = {"starts_at": p.now + HOUR, "ends_at": p.now + 2 * HOUR}
    title = {"ko": "시장과의 시간", "en": "Mayor's hour"}
    session: str = p.do(host, live_qa.Schedule, title=title, district="civil", stage="mayors_seat", **times)[
        "session"
    ]
    p.wait(0)
    return session


PETITION = {
    "kind": "inquiry_procedure",
    "title": "가로등",
    "text": "가로등이 꺼져 있습니다",
    "name": "김",
    "address": "세종대로 110",
    "contact": "010-0000-0000",
}


def test_a_banned_citizen_neither_enters_nor_writes_nor_votes_but_petitions_and_appeals() -> None:
    p = Precinct()
    session = question_session(p)
    p.do(LEE, live_qa.Ask, session=session, text="광장 공사는 언제 끝나나요?")
    p.wait(60 * S)
    number = p.sanction(HEAD, KIM, "ban", scope="civil", lasts_s=86_400)
    assert (
        p.refused(KIM, live_qa.Ask, session=session, text="저도 묻겠습니다 정말로").code
        is Refusal.NOT_ALLOWED
    )
    vote = p.refused(KIM, live_qa.Vote, session=session, question=1)
    assert vote.code is Refusal.NOT_ALLOWED
    assert vote.retry_after_ms is not None
    assert may(p, KIM, Enter(id=1, district="civil"), "civil") is not None
    assert p.do(KIM, live_qa.ListQuestions, session=session)["questions"] == []
    assert p.do(KIM, petitions.FilePetition, **PETITION)["petition"]
    assert p.do(KIM, wire.Appeal, sanction=number, text="제가 아닙니다")["appeal"] == number
    assert p.do(KIM, wire.Report, citizen=LEE.id, reason="insult")["report"] == "r-1"
    assert p.do(KIM, wire.ShowMine)["sanctions"][0]["sanction"] == number


def test_what_the_building_tells_of_a_banned_citizen_is_no_act_of_theirs() -> None:
    p = Precinct()
    host = Citizen("c-qa", "진행", ("host@civil",), level=2)
    session = question_session(p)
    p.do(host, live_qa.Advance, session=session, phase="live", mode="floor")
    p.do(KIM, live_qa.RaiseHand, session=session)
    p.sanction(HEAD, KIM, "ban", scope="civil")
    [presence] = p.city.presence(KIM, is_away=True)
    p.take(KIM, presence)
    assert p.qa.venue.state.session(session).hands[KIM.id].away_until > p.now
    assert p.refused(KIM, live_qa.LowerHand, session=session).code is Refusal.NOT_ALLOWED


def test_a_muted_citizen_votes_petitions_and_appeals_and_asks_no_questions() -> None:
    p = Precinct()
    session = question_session(p)
    p.do(LEE, live_qa.Ask, session=session, text="광장 공사는 언제 끝나나요?")
    p.do(
        Citizen("c-m", "검토", ("moderator@civil",), level=2),
        live_qa.Claim,
        session=session,
        question=1,
        version=1,
    )
    version = p.qa.venue.state.session(session).question(1).version
    moderator = Citizen("c-m", "검토", ("moderator@civil",), level=2)
    p.do(moderator, live_qa.Approve, session=session, question=1, version=version)
    number = p.sanction(HEAD, KIM, "mute", scope="")
    refused = p.refused(KIM, live_qa.Ask, session=session, text="저도 묻겠습니다 정말로")
    assert (refused.code, refused.retry_after_ms) == (Refusal.MUTED, 599 * S)
    assert p.do(KIM, live_qa.Vote, session=session, question=1)["backers"] == 2
    assert p.do(KIM, petitions.FilePetition, **PETITION)["petition"]
    assert p.do(KIM, wire.Appeal, sanction=number, text="제가 아닙니다")["appeal"] == number


def test_an_observer_reads_and_has_no_voice_and_no_vote_where_they_observe() -> None:
    p = Precinct()
    press = Citizen("c-press", "기자", ("citizen",), ("observer@civil",), level=2)
    p.come(press)
    session = question_session(p)
    p.do(LEE, live_qa.Ask, session=session, text="광장 공사는 언제 끝나나요?")
    for asked, fields in (
        (live_qa.Ask, {"text": "기자도 묻고 싶습니다 정말로"}),
        (live_qa.Vote, {"question": 1}),
        (live_qa.RaiseHand, {}),
    ):
        refused = p.refused(press, asked, session=session, **fields)
        assert (refused.code, "observer" in refused.message) == (Refusal.NOT_ALLOWED, True)
    assert p.silenced(press, scopes=("civil",), district="civil").code is Refusal.NOT_ALLOWED
    assert p.do(press, live_qa.Look, session=session)
    assert p.do(press, petitions.FilePetition, **PETITION)["petition"]
    assert p.say(press, "여기서는 시민입니다", scopes=("culture",)) is None


def test_a_held_citizens_question_waits_for_a_moderator_and_a_petition_does_not() -> None:
    p = Precinct()
    session = question_session(p)
    p.sanction(HEAD, KIM, "hold", scope="civil")
    assert p.do(KIM, live_qa.Ask, session=session, text="광장 공사는 언제 끝나나요?")["state"] == "held"
    assert p.qa.venue.state.session(session).question(1).hold_reason == "muted"
    assert p.do(KIM, petitions.FilePetition, **(PETITION | {"text": "바보 같은 가로등"}))["petition"]


@pytest.mark.parametrize(("scope", "lasts_s"), [("", 60), ("culture", 2_592_001)])
def test_a_ban_that_is_long_or_of_the_city_takes_two(scope: str, lasts_s: int) -> None:
    p = Precinct()
    number = p.sanction(HEAD, KIM, "ban", scope=scope, lasts_s=lasts_s)
    assert p.mod.desk.state.sanction(number).state == "proposed"
    assert p.say(KIM, "아직은 말합니다") is None
    assert p.told(KIM, "sanction_changed") == []
    assert p.refused(HEAD, wire.Second, sanction=number).code is Refusal.NOT_ALLOWED
    assert p.refused(MOD, wire.Second, sanction=number).code is Refusal.NOT_ALLOWED
    p.wait(23 * HOUR)
    p.do(HEAD2, wire.Second, sanction=number)
    one = p.mod.desk.state.sanction(number)
    assert (one.state, one.until, one.second_by) == ("in_force", p.now + lasts_s * S, HEAD2.id)
    assert p.silenced(KIM).code is Refusal.NOT_ALLOWED
    assert len(p.told(KIM, "sanction_changed")) == 1


def test_a_proposal_lapses_after_a_day_and_may_be_answered_with_no() -> None:
    p = Precinct()
    number = p.sanction(HEAD, KIM, "ban", scope="")
    p.wait(DAY)
    assert p.mod.desk.state.sanction(number).state == "lapsed"
    assert p.refused(HEAD2, wire.Second, sanction=number).code is Refusal.CLOSED
    again = p.sanction(HEAD, KIM, "ban", scope="")
    p.do(HEAD2, wire.Second, sanction=again, agree=False)
    assert p.mod.desk.state.sanction(again).state == "lapsed"
    third = p.sanction(HEAD, KIM, "ban", scope="")
    p.do(HEAD, wire.Lift, sanction=third, words="잘못 눌렀음")
    assert p.told(KIM, "sanction_changed") == []
    assert p.do(KIM, wire.ShowMine)["sanctions"] == []
    assert p.refused(KIM, wire.Appeal, sanction=number, text="?").code is Refusal.NOT_FOUND


def test_the_city_banned_citizen_stays_welcome_and_is_only_put_out_of_their_district() -> None:
    p = Precinct()
    number = p.sanction(HEAD, KIM, "ban", scope="")
    p.do(HEAD2, wire.Second, sanction=number)
    assert p.effects == [Remove(KIM.id, "")]
    p.go(KIM)
    p.come(KIM)
    assert may(p, KIM, Enter(id=1, district="civil"), "civil") is not None


# Undone, many, and the ladder


def test_within_ten_minutes_who_gave_it_undoes_it_and_later_the_head_ends_it() -> None:
    p = Precinct()
    number = p.sanction(MOD, KIM, "mute", lasts_s=86_400)
    assert p.refused(MOD2, wire.Lift, sanction=number, words="그만").code is Refusal.NOT_ALLOWED
    p.do(MOD, wire.Lift, sanction=number, words="잘못 눌렀음")
    assert p.say(KIM, "다시 말합니다") is None
    assert p.mod.desk.points(KIM.id, p.now) == 0
    assert p.refused(MOD, wire.Lift, sanction=number, words="또").code is Refusal.CLOSED
    second = p.sanction(MOD, KIM, "mute", lasts_s=86_400)
    assert p.refused(MOD, wire.Lift, 600 * S, sanction=second, words="늦음").code is Refusal.NOT_ALLOWED
    p.do(HEAD, wire.Lift, sanction=second, words="충분함")
    assert p.say(KIM, "고맙습니다") is None
    assert p.told(KIM, "sanction_changed")[-1]["sanction"]["state"] == "lifted"


def test_more_than_ten_are_shown_before_they_are_touched() -> None:
    p = Precinct()
    crowd = [Citizen(f"c-bot{i}", f"봇 {i}", ("citizen",), level=1) for i in range(11)]
    for one in crowd:
        p.come(one)
    given = {"kind": "mute", "scope": "culture", "reason": "spam", "words": "떼로 들어옴"}
    ids = [one.id for one in crowd]
    shown = p.do(MOD, wire.Sanction, citizens=ids, **given)
    assert (shown["state"], shown["touched"], shown["sanctions"]) == ("preview", 11, [])
    assert p.say(crowd[0], "아직") is None
    done = p.do(MOD, wire.Sanction, citizens=ids, confirm=True, **given)
    assert (done["state"], len(done["sanctions"])) == ("in_force", 11)
    assert all(p.silenced(one, "이제").code is Refusal.MUTED for one in crowd)
    assert p.do(MOD, wire.Sanction, citizens=[*ids[:5], *ids[:5]], **given)["touched"] == 5
    assert len(p.do(HEAD, wire.ShowAudit, by="moderator", who=MOD.id)["acts"]) == 16


def test_points_fade_by_half_in_ninety_days_and_the_ladder_only_proposes() -> None:
    p = Precinct()
    assert p.mod.desk.content.step(0).kind == "note"
    p.sanction(MOD, KIM, "mute")
    p.sanction(MOD, KIM, "mute")
    shown = p.do(MOD, wire.ShowPerson, citizen=KIM.id)
    assert shown["points"] == pytest.approx(4, abs=0.01)
    assert shown["ladder"] == {"kind": "mute", "lasts_s": 86_400}
    p.wait(90 * DAY)
    assert p.do(MOD, wire.ShowPerson, citizen=KIM.id)["points"] == pytest.approx(2, abs=0.01)
    threat = p.do(MOD, wire.ShowPerson, citizen=KIM.id, reason="threat")
    assert threat["ladder"] == {"kind": "ban", "lasts_s": 604_800}
    assert p.say(KIM, "아무 일도 없습니다") is None


def test_a_sanction_on_a_case_of_ones_own_is_refused() -> None:
    p = Precinct()
    report = p.report(MOD, KIM)
    given = {"citizens": [KIM.id], "kind": "warn", "scope": "culture", "reason": "insult", "words": "욕설"}
    assert p.refused(MOD, wire.Sanction, reports=[report], **given).code is Refusal.NOT_ALLOWED
    assert p.do(MOD2, wire.Sanction, reports=[report], **given)["state"] == "in_force"


def test_who_is_moved_is_moved_for_a_reason() -> None:
    p = Precinct()
    place = {"district": "culture", "x": 10.0, "z": 20.0}
    assert p.refused(MOD, wire.MoveCitizen, citizen=KIM.id, words="", **place).field == "words"
    assert (
        p.refused(ELSEWHERE, wire.MoveCitizen, citizen=KIM.id, words="길", **place).code
        is Refusal.NOT_ALLOWED
    )
    p.do(MOD, wire.MoveCitizen, citizen=KIM.id, words="문을 막음", **place)
    assert [type(one).__name__ for one in p.effects] == ["Move"]


def test_everyone_of_the_crew_is_known_and_has_a_rank() -> None:
    p = Precinct()
    assert all(one.id in p.mod.desk.state.people for one in CREW)
    assert p.mod.desk.state.people[PARK.id].rank == 0
