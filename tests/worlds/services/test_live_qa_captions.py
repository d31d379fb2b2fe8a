"""Captions of a question time: who writes which channel, who hears it, and what stays of it."""

import json
from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.question_time import (
    CLERK,
    FLOOR,
    HEAD,
    HOST,
    MAYOR,
    MOD,
    SAFETY,
    VISITOR,
    Evening,
    attendee,
)
from tests.support.tidying import tidied
from worlds.citizen import Citizen
from worlds.services.live_qa.export import as_vtt, whole

A, B, C = (attendee(name) for name in "abc")
KO = Citizen("c-ko", "자막 하나", ("citizen",), ("captioner",), level=2)
EN = Citizen("c-en", "통역 둘", ("citizen",), ("interpreter",), level=2)
ELSEWHERE = Citizen("c-else", "통역 셋", ("citizen",), ("interpreter@culture/qa-9",), level=2)
HERE = Citizen("c-this", "통역 넷", ("citizen",), ("interpreter@civil/qa-1",), level=2)
OBSERVER = Citizen("c-press", "기자", ("citizen",), ("observer",), level=2)
BESIDE = {"ko": "무대 왼쪽 화면", "en": "The screen left of the stage"}


def evening(phase: str = "doors", **rules: int) -> Evening:
    e = Evening(**rules)
    e.here = (A, B, C, KO, EN, VISITOR, OBSERVER)
    e.announce(phase)
    e.do(KO, wire.OpenChannel, channel="ko")
    e.do(EN, wire.OpenChannel, channel="en")
    return e


def say(e: Evening, text: str, who: Citizen = KO, channel: str = "ko") -> None:
    e.do(who, wire.WriteCaption, 1_000, channel=channel, text=text)


def heard(e: Evening, citizen: Citizen) -> list[tuple[str, str]]:
    told = e.told(citizen, "live_qa.captioned")
    return [(fact["channel"], fact["line"]["text"]) for fact in told]


def read(e: Evening, channel: str = "ko", **more: Any) -> list[str]:
    lines: list[dict[str, Any]] = e.do(VISITOR, wire.ListCaptions, 0, channel=channel, **more)["lines"]
    return [line["text"] for line in lines]


def test_who_follows_a_language_hears_its_lines_and_nobody_else_does() -> None:
    e = evening()
    e.do(A, wire.FollowCaptions, channels=["ko"])
    e.do(B, wire.FollowCaptions, channels=["en", "ko"])
    say(e, "안녕하십니까.")
    say(e, "Good evening.", EN, "en")
    assert heard(e, A) == [("ko", "안녕하십니까.")]
    assert heard(e, B) == [("ko", "안녕하십니까."), ("en", "Good evening.")]
    assert heard(e, C) == heard(e, MOD) == []
    e.do(A, wire.FollowCaptions, channels=[])
    say(e, "시작하겠습니다.")
    assert len(heard(e, A)) == 1


@pytest.mark.parametrize("who", [VISITOR, OBSERVER, A])
def test_everyone_may_follow_and_is_given_the_last_lines(who: Citizen) -> None:
    e = evening()
    for number in range(1, 9):
        say(e, f"줄 {number}")
    told = e.do(who, wire.FollowCaptions, channels=["ko"])["channels"]
    assert [line["text"] for line in told[0]["lines"]] == [f"줄 {number}" for number in range(3, 9)]
    say(e, "줄 9")
    assert heard(e, who) == [("ko", "줄 9")]


def test_whoever_loses_the_line_is_forgotten_and_reads_on_when_they_ask_again() -> None:
    e = evening()
    e.do(A, wire.FollowCaptions, channels=["ko"])
    e.line(A, is_broken=True)
    say(e, "그 사이에 한 말")
    e.line(A, is_broken=False)
    assert heard(e, A) == []
    [told] = e.do(A, wire.FollowCaptions, channels=["ko"])["channels"]
    assert [line["text"] for line in told["lines"]] == ["그 사이에 한 말"]


def test_who_has_no_line_reads_and_leaves_nothing_behind() -> None:
    e = evening()
    e.here = ()
    e.do(A, wire.FollowCaptions, channels=["ko"])
    assert e.qa.venue.followers_of("qa-1", "ko") == frozenset()


def test_who_follows_what_is_in_nothing_that_is_kept() -> None:
    e = evening()
    e.do(A, wire.FollowCaptions, channels=["ko"])
    say(e, "안녕하십니까.")
    assert A.id not in json.dumps(e.qa.snapshot())
    assert A.id not in str([entry for entry, _ in e.entries])
    assert e.replayed().snapshot() == e.qa.snapshot()


# Who writes


@pytest.mark.parametrize("who", [A, HOST, MOD, HEAD, FLOOR, MAYOR, CLERK, SAFETY, VISITOR, ELSEWHERE])
def test_only_captioners_and_interpreters_of_this_event_write(who: Citizen) -> None:
    e = evening()
    for command, fields in (
        (wire.OpenChannel, {"channel": "ja"}),
        (wire.OpenChannel, {"channel": "ko"}),
        (wire.WriteCaption, {"channel": "ko", "text": "아무 말"}),
    ):
        assert e.refused(who, command, **fields).code is Refusal.NOT_ALLOWED
    e.do(HERE, wire.OpenChannel, channel="ja")


def test_one_writes_a_channel_at_a_time_and_the_next_takes_it_over() -> None:
    e = evening()
    assert e.refused(EN, wire.WriteCaption, channel="ko", text="제가 하겠습니다").code is Refusal.NOT_ALLOWED
    e.do(EN, wire.OpenChannel, channel="ko")
    say(e, "이어서 씁니다", EN)
    assert e.refused(KO, wire.WriteCaption, channel="ko", text="아직 저입니다").code is Refusal.NOT_ALLOWED
    assert read(e) == ["이어서 씁니다"]


def test_what_languages_there_are_is_known_beforehand_and_lines_come_from_the_doors_on() -> None:
    e = evening("collecting")
    [session] = e.do(VISITOR, wire.ListSessions)["sessions"]
    assert [(row["channel"], row["is_open"]) for row in session["channels"]] == [("ko", True), ("en", True)]
    assert e.told(C, "live_qa.session_changed")[-1]["session"]["channels"] == session["channels"]
    assert KO.id not in json.dumps(session)
    assert e.refused(KO, wire.WriteCaption, channel="ko", text="이릅니다").code is Refusal.CLOSED
    for phase in ("doors", "live", "closing"):
        e.do(HOST, wire.Advance, phase=phase)
        say(e, phase)
    e.do(HOST, wire.Advance, phase="follow_up")
    for command, fields in (
        (wire.WriteCaption, {"channel": "ko", "text": "늦었습니다"}),
        (wire.OpenChannel, {"channel": "ja"}),
    ):
        assert e.refused(KO, command, **fields).code is Refusal.CLOSED
    assert e.refused(A, wire.FollowCaptions, channels=["ko"]).code is Refusal.CLOSED
    assert read(e) == ["doors", "live", "closing"]


def test_while_the_venue_is_stopped_who_does_not_hear_is_told_why() -> None:
    e = evening("live")
    for who in (HOST, MOD):
        e.do(who, wire.ActJointly, action="stop", reason="경보")
    say(e, "잠시 멈춥니다. 문은 뒤에 있습니다.")
    assert read(e) == ["잠시 멈춥니다. 문은 뒤에 있습니다."]


def test_a_channel_is_closed_by_its_office_or_the_host_and_may_be_opened_again() -> None:
    e = evening()
    e.do(HOST, wire.CloseChannel, channel="ko")
    assert e.state.channels["ko"].writer is None
    assert e.refused(KO, wire.WriteCaption, channel="ko", text="아직").code is Refusal.NOT_ALLOWED
    assert e.refused(MOD, wire.CloseChannel, channel="en").code is Refusal.NOT_ALLOWED
    assert e.refused(KO, wire.CloseChannel, channel="ja").code is Refusal.NOT_FOUND
    e.do(KO, wire.OpenChannel, channel="ko")
    say(e, "다시")


# Sign language


def test_of_sign_language_it_is_said_where_it_is_to_be_seen() -> None:
    e = evening()
    refused = e.refused(EN, wire.OpenChannel, channel="kvk", kind="sign")
    assert (refused.code, refused.field) == (Refusal.BAD_MESSAGE, "where")
    e.do(EN, wire.OpenChannel, channel="kvk", kind="sign", where=BESIDE)
    row = e.audience(VISITOR)["session"]["channels"][-1]
    assert (row["kind"], row["where"]) == ("sign", BESIDE)
    assert e.refused(EN, wire.WriteCaption, channel="kvk", text="손").code is Refusal.BAD_MESSAGE
    assert e.refused(EN, wire.OpenChannel, channel="kvk").code is Refusal.CONFLICT


# Bounds


def test_lines_are_bounded_in_length_rate_and_number_and_channels_too() -> None:
    e = evening(longest_caption=5, captions_per_10_s=3, captions=4, channels=2)
    assert e.refused(KO, wire.WriteCaption, channel="ko", text="여섯글자다섯").code is Refusal.TOO_LONG
    assert e.refused(KO, wire.WriteCaption, channel="ko", text=" ").code is Refusal.BAD_MESSAGE
    for _ in range(3):
        e.do(KO, wire.WriteCaption, 10, channel="ko", text="줄")
    fast = e.refused(KO, wire.WriteCaption, 10, channel="ko", text="줄")
    assert (fast.code, fast.limit) == (Refusal.TOO_FAST, "live_qa.captions_per_10_s")
    assert fast.retry_after_ms is not None
    e.do(KO, wire.WriteCaption, fast.retry_after_ms, channel="ko", text="줄")
    e.wait(10_000)
    full = e.refused(KO, wire.WriteCaption, channel="ko", text="줄")
    assert (full.code, full.limit) == (Refusal.FULL, "live_qa.captions")
    many = e.refused(KO, wire.OpenChannel, channel="ja")
    assert (many.code, many.limit) == (Refusal.FULL, "live_qa.channels")


def test_a_transcript_is_read_page_by_page_to_its_end() -> None:
    e = evening(captions_per_10_s=0)
    for number in range(120):
        e.do(KO, wire.WriteCaption, 10, channel="ko", text=f"{number:03}" + "가" * 190)
    seen: list[str] = []
    after = None
    while True:
        page = e.do(VISITOR, wire.ListCaptions, 0, channel="ko", after=after)
        assert len(json.dumps(page, ensure_ascii=False).encode()) < 16_384
        seen += [line["text"][:3] for line in page["lines"]]
        after = page.get("next")
        if after is None:
            break
    assert seen == [f"{number:03}" for number in range(120)]


# What stays


def test_a_line_is_struck_its_words_go_and_who_follows_is_told() -> None:
    e = evening()
    e.do(A, wire.FollowCaptions, channels=["ko"])
    say(e, "제 번호는 010-1234-5678")
    say(e, "다음 질문입니다")
    assert e.refused(A, wire.StrikeCaption, channel="ko", line=1, reason="까닭").code is Refusal.NOT_ALLOWED
    assert e.refused(MOD, wire.StrikeCaption, channel="ko", line=3, reason="까닭").code is Refusal.NOT_FOUND
    e.do(MOD, wire.StrikeCaption, channel="ko", line=1, reason="개인정보")
    e.do(KO, wire.StrikeCaption, channel="ko", line=1, reason="개인정보")
    told = e.told(A, "live_qa.captioned")[-1]["line"]
    assert (told["line"], told["text"], told["is_struck"]) == (1, "", True)
    assert read(e) == ["", "다음 질문입니다"]
    assert tidied(e.city, e.texts, e.now) == {"제 번호는 010-1234-5678"}
    assert e.replayed().snapshot() == e.qa.snapshot()


def test_captions_are_in_the_export_and_subtitles_of_the_recording_begin_when_it_went_live() -> None:
    e = evening()
    say(e, "곧 시작합니다")
    e.do(HOST, wire.Advance, phase="live")
    e.do(KO, wire.WriteCaption, 2_500, channel="ko", text="1 < 2 & 3 --> 4")
    e.do(KO, wire.WriteCaption, 60_000, channel="ko", text="마지막")
    e.do(KO, wire.WriteCaption, 1_000, channel="ko", text="지운 말")
    e.do(MOD, wire.StrikeCaption, channel="ko", line=4, reason="까닭")
    exported = whole(e.qa.venue, e.state)["captions"]
    assert [line["text"] for line in exported["ko"]] == ["곧 시작합니다", "1 < 2 & 3 --> 4", "마지막", ""]
    assert as_vtt(e.qa.venue, e.state, "ko").splitlines() == [
        "WEBVTT",
        "",
        "00:00:00.000 --> 00:00:02.500",
        "곧 시작합니다",
        "",
        "00:00:02.500 --> 00:00:09.500",
        "1 &lt; 2 &amp; 3 --&gt; 4",
        "",
        "00:01:02.500 --> 00:01:03.500",
        "마지막",
    ]
