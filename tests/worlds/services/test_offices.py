"""Offices: who gives which to whom and where, how each ends, what it leads to, and what is kept of it."""

from dataclasses import replace
from typing import Any

import pytest

from protocol.refusals import Refusal
from protocol.services import live_qa, moderation
from protocol.services import offices as wire
from tests.support.offices_given import (
    AUDITOR,
    DAY,
    EVENT,
    HEAD,
    HOST,
    HOUR,
    KIM,
    LEE,
    MOD,
    OPERATOR,
    OTHER_HOST,
    SEOUL,
    VISITOR,
    Evening,
)
from worlds.plan import load
from worlds.service import Listing, ReadRoles
from worlds.services.offices import Content, scopes_of

# Who gives what to whom


def test_a_host_gives_the_offices_of_their_event_and_no_other() -> None:
    evening = Evening()
    for office in ("answerer", "moderator", "floor_manager", "clerk", "captioner", "interpreter", "observer"):
        evening.give(office=office)
    assert evening.held() == (
        "moderator@civil/qa-1",
        *(
            f"grant:{office}@civil/qa-1"
            for office in ("answerer", "floor_manager", "clerk", "captioner", "interpreter", "observer")
        ),
    )
    for by in (OTHER_HOST, MOD, OPERATOR, AUDITOR, LEE, VISITOR, replace(HOST, roles=("host@civil/qa-2",))):
        assert evening.no(by) == (Refusal.NOT_ALLOWED, "office")
    for office in ("host", "operator", "head_moderator", "mayor", "youth_worker"):
        assert evening.no(HOST, office=office) == (Refusal.NOT_FOUND, "office")
    for scope in ("civil/qa-2", "atlantis", "culture/qa-1"):
        assert evening.no(HOST, scope=scope) == (Refusal.NOT_FOUND, "scope")


def test_who_leads_makes_moderators_within_their_scope_for_a_time() -> None:
    evening = Evening()
    until = evening.now + 30 * DAY
    evening.give(office="moderator", by=HEAD, scope="civil", until=until)
    assert evening.held() == ("moderator@civil",)
    assert evening.no(HEAD, office="moderator", citizen=LEE.id, scope="culture", until=until) == (
        Refusal.NOT_ALLOWED, "office",
    )  # fmt: skip
    assert evening.no(HEAD, office="moderator", citizen=LEE.id, scope="", until=until)[1] == "office"
    assert evening.no(HOST, office="moderator", citizen=LEE.id, scope="civil", until=until)[1] == "office"
    assert evening.no(HEAD, scope="civil", until=until) == (Refusal.NOT_ALLOWED, "scope"), "of events alone"
    evening.give(LEE, "moderator", HEAD, scope="civil/plaza", until=until)
    evening.give(LEE, "moderator", HEAD)
    city_head = replace(HEAD, id="c-head2", roles=("moderator",))
    evening.give(AUDITOR, "moderator", city_head, scope="", until=until)
    assert evening.held(AUDITOR) == ("moderator",)


def test_a_term_has_an_end_that_is_to_come_and_an_event_its_own() -> None:
    evening = Evening()
    of: dict[str, Any] = {"office": "moderator", "scope": "civil"}
    for until in (None, evening.now, evening.now + 365 * DAY + 1):
        assert evening.no(HEAD, **of, until=until) == (Refusal.BAD_MESSAGE, "until")
    evening.give(by=HEAD, **of, until=evening.now + 365 * DAY)
    assert evening.no(HOST, until=evening.now + HOUR) == (Refusal.BAD_MESSAGE, "until")


def test_nobody_gives_themselves_or_a_stranger_or_a_visitor_or_an_operator_an_office() -> None:
    evening = Evening()
    assert evening.no(HOST, citizen=HOST.id) == (Refusal.NOT_ALLOWED, "citizen")
    assert evening.no(HOST, citizen="c-nobody") == (Refusal.NOT_FOUND, "citizen")
    assert evening.no(HOST, citizen=VISITOR.id) == (Refusal.NOT_ALLOWED, "citizen")
    assert evening.no(HOST, citizen=OPERATOR.id) == (Refusal.NOT_ALLOWED, "citizen")
    evening.give()
    assert evening.no(HOST) == (Refusal.CONFLICT, "office")


def test_to_an_operator_who_was_away_nothing_stands_that_was_given() -> None:
    evening = Evening()
    del evening.here[OPERATOR.id]
    evening.give(OPERATOR, "moderator")
    assert evening.held(OPERATOR) == ()


def test_what_was_given_gives_nothing_on() -> None:
    evening = Evening()
    half_a_head = replace(KIM, grants=("head_moderator",))
    evening.here[KIM.id] = half_a_head
    evening.give(half_a_head, "moderator")
    assert evening.held(half_a_head) == ("moderator@civil/qa-1",)
    assert evening.no(half_a_head, office="moderator", citizen=LEE.id) == (Refusal.NOT_ALLOWED, "office")


def test_content_in_which_an_operator_gives_or_what_is_given_gives_on_is_no_content() -> None:
    for broken in (
        'x = { name = { ko = "", en = "" }, for_event = ["operator"] }',
        'operator = { name = { ko = "", en = "" }, for_event = ["host"] }',
        'host = { name = { ko = "", en = "" }, for_event = ["host"] }',
        'x = { name = { ko = "", en = "" }, for_event = ["major"] }',
    ):
        with pytest.raises(ValueError, match=r"offices\."):
            Content.read(f"[offices]\n{broken}")
    assert {"", "civil", "civil/plaza"} <= scopes_of(load(SEOUL))


def test_only_so_many_stand_in_one_scope() -> None:
    evening = Evening(standing=1)
    given = evening.give()
    assert evening.no(HOST, citizen=LEE.id) == (Refusal.FULL, "scope")
    evening.do(HOST, wire.EndOffice, given=given)
    evening.give(LEE)


def test_what_is_said_with_it_is_short_and_readable() -> None:
    evening = Evening()
    assert evening.no(HOST, words="가" * 301) == (Refusal.TOO_LONG, "words")
    assert evening.no(HOST, words="a\x07b") == (Refusal.BAD_MESSAGE, "words")
    evening.give(words="  오늘\n 저녁 ")
    assert evening.told(KIM)[-1]["words"] == "오늘 저녁"


# What it leads to


def test_a_captioner_for_the_evening_writes_and_a_day_after_the_event_writes_no_more() -> None:
    evening = Evening()
    evening.open_doors()
    assert evening.refused(KIM, live_qa.OpenChannel, session="qa-1", channel="ko") == ("not_allowed", None)
    evening.give()
    evening.caption()
    evening.over()
    ended_at = evening.now
    assert evening.told(KIM)[-1]["until"] == ended_at + DAY, (
        "the event was over early, and its offices follow"
    )
    evening.wait(DAY - 1)
    assert evening.held() == ("grant:captioner@civil/qa-1",)
    evening.wait(1)
    assert evening.held() == ()
    last = evening.told(KIM)[-1]
    assert (last["why"], last["ended_at"], last.get("ended_by")) == ("time", ended_at + DAY, None)
    assert evening.refused(KIM, live_qa.OpenChannel, session="qa-1", channel="ko") == ("not_allowed", None)
    assert evening.no(HOST, citizen=LEE.id) == (Refusal.CLOSED, "scope")


def test_what_ends_by_the_clock_is_over_before_anybody_notes_it() -> None:
    evening = Evening()
    evening.give(office="moderator", by=HEAD, scope="civil", until=evening.now + HOUR)
    evening.now += HOUR
    assert evening.held() == ()
    assert evening.offices.book.state.offices[0].ended_at is None


def test_what_is_taken_back_in_mid_session_is_over_in_the_same_round() -> None:
    evening = Evening()
    evening.open_doors()
    given = evening.give()
    evening.caption()
    stood = evening.city.standing(KIM, evening.now)
    evening.do(HOST, wire.EndOffice, given=given, words="다른 분이 이어받습니다")
    # As the connection knew them when the line was sent: what counts is what stands when it is decided.
    line = {"session": "qa-1", "channel": "ko", "text": "한 줄 더"}
    assert evening.refused(stood, live_qa.WriteCaption, **line) == ("not_allowed", None)
    last = evening.told(KIM)[-1]
    assert (last["why"], last["ended_by"], last["end_words"]) == (
        "taken_back", HOST.id, "다른 분이 이어받습니다",
    )  # fmt: skip
    assert evening.effects[-1] == ReadRoles(KIM.id)
    assert evening.refused(HOST, wire.EndOffice, given=given) == (Refusal.CLOSED, "given")


def test_who_holds_an_office_lays_it_down_so_that_nobody_is_silenced_as_an_observer() -> None:
    evening = Evening()
    evening.give(office="observer")
    ask = {"session": "qa-1", "text": "가로등은 언제 고칩니까, 시장님?"}
    assert evening.refused(KIM, live_qa.Ask, **ask)[0] == "not_allowed"
    evening.do(KIM, wire.EndOffice, given="o-1")
    assert evening.told(KIM)[-1]["why"] == "laid_down"
    evening.do(KIM, live_qa.Ask, **ask)


def test_only_who_might_have_given_it_takes_it_back() -> None:
    evening = Evening()
    given = evening.give()
    assert evening.refused(MOD, wire.EndOffice, given=given) == (Refusal.NOT_ALLOWED, "given")
    for nobody in (LEE, OTHER_HOST, OPERATOR):
        assert evening.refused(nobody, wire.EndOffice, given=given) == (Refusal.NOT_FOUND, "given")
    for name in ("o-0", "o-2", "o-x", "1"):
        assert evening.refused(HOST, wire.EndOffice, given=name) == (Refusal.NOT_FOUND, "given")
    another = replace(HOST, id="c-host3", roles=("host@civil/qa-1",))
    evening.do(another, wire.EndOffice, given=given)


def test_a_moderator_of_one_event_moderates_it_and_nothing_else() -> None:
    evening = Evening()
    evening.give(office="moderator")
    mute = {"citizens": [LEE.id], "kind": "mute", "reason": "insult", "words": "욕설"}
    evening.do(KIM, moderation.Sanction, **mute, scope=EVENT)
    assert evening.refused(KIM, moderation.Sanction, **mute, scope="civil")[0] == "not_allowed"


# Who reads it


def test_it_is_told_to_who_holds_it_and_to_who_works_there() -> None:
    evening = Evening()
    evening.give()
    assert [len(evening.told(one)) for one in (KIM, HOST, MOD, AUDITOR, LEE, OTHER_HOST)] == [
        1,
        1,
        1,
        1,
        0,
        0,
    ]
    assert evening.told(HOST)[0]["called"] == "김"
    assert "called" not in evening.told(KIM)[0]


def test_who_works_there_lists_it_with_what_they_may_give() -> None:
    evening = Evening()
    evening.give()
    evening.give(LEE, "moderator", HEAD, scope="civil", until=evening.now + HOUR)
    listed = evening.do(HOST, wire.ListOffices, scope=EVENT)
    assert [row["given"] for row in listed["offices"]] == ["o-1"]
    assert len(listed["may_give"]) == 7
    listed = evening.do(HEAD, wire.ListOffices, scope="civil")
    assert [row["given"] for row in listed["offices"]] == ["o-2", "o-1"]
    assert [(one["office"], one["longest_s"]) for one in listed["may_give"]] == [("moderator", 31_536_000)]
    assert evening.do(AUDITOR, wire.ListOffices)["may_give"] == []
    for nobody, scope in ((LEE, EVENT), (MOD, ""), (HOST, ""), (OPERATOR, EVENT), (VISITOR, EVENT)):
        known = replace(nobody, roles=("citizen",)) if nobody is LEE else nobody
        if nobody is not LEE:
            assert evening.refused(known, wire.ListOffices, scope=scope) == (Refusal.NOT_ALLOWED, "scope")
    evening.wait(2 * HOUR)
    assert [row["given"] for row in evening.do(HEAD, wire.ListOffices, scope="civil")["offices"]] == ["o-1"]
    assert len(evening.do(HEAD, wire.ListOffices, scope="civil", which="all")["offices"]) == 2
    assert evening.refused(HOST, wire.ListOffices, scope=EVENT, after="x") == (Refusal.BAD_MESSAGE, "after")


def test_long_lists_come_in_pages() -> None:
    evening = Evening(standing=0)
    for _ in range(60):
        evening.do(HOST, wire.EndOffice, given=evening.give(words="가" * 300))
    names: list[str] = []
    after = None
    while True:
        page = evening.do(HOST, wire.ListOffices, scope=EVENT, which="all", after=after)
        assert bool(page["may_give"]) == (after is None)
        names += [row["given"] for row in page["offices"]]
        after = page.get("next")
        if after is None:
            break
    assert names == [f"o-{number}" for number in range(60, 0, -1)]
    assert evening.do(KIM, wire.ShowOwnOffices)["offices"][0]["given"] == "o-60"


def test_who_comes_back_is_shown_what_was_given_and_what_ended_meanwhile() -> None:
    evening = Evening()
    assert evening.offices.view(KIM, "culture", evening.now) is None
    evening.give(office="moderator", by=HEAD, scope="civil", until=evening.now + HOUR)
    evening.wait(HOUR)
    view = evening.offices.view(KIM, "culture", evening.now)
    assert view is not None
    assert [(row["office"], row["why"]) for row in view["mine"]] == [("moderator", "time")]
    evening.wait(14 * DAY)
    assert evening.offices.view(KIM, "culture", evening.now) is None
    assert len(evening.do(KIM, wire.ShowOwnOffices)["offices"]) == 1


def test_the_audit_tells_of_it_by_citizen_by_who_gave_it_and_in_order() -> None:
    evening = Evening()
    evening.do(HOST, wire.EndOffice, given=evening.give())
    for by, who in (("time", None), ("citizen", KIM.id), ("moderator", HOST.id)):
        acts = evening.do(AUDITOR, moderation.ShowAudit, by=by, who=who)["acts"]
        assert [(act["act"], act["kind"], act["office"], act["case"]) for act in acts] == [
            ("office_ended", "captioner", "host@civil", "o-1"),
            ("office_given", "captioner", "host@civil", "o-1"),
        ]
    assert [act["act"] for act in evening.do(HEAD, moderation.ShowAudit, scope="civil")["acts"]] == [
        "office_ended", "office_given",
    ]  # fmt: skip


def test_the_records_hold_each_office_for_who_works_there() -> None:
    evening = Evening()
    evening.give(words="오늘")
    given = next(entry for entry, _ in evening.entries if entry.event.type == "offices.given")
    [record] = evening.city.services["offices"].records(given.event, evening.now)
    assert (record.key, record.fields["scope"], record.fields["citizen"]) == ("o-1", EVENT, KIM.id)
    assert len(record.texts) == 2
    listing = evening.offices.listing
    assert listing("office", AUDITOR) == Listing(with_texts=True)
    assert listing("office", HOST) == Listing(({"district": "civil"},), with_texts=True)
    assert listing("office", replace(HOST, roles=(f"host@{EVENT}",))) == Listing(
        ({"scope": EVENT},), with_texts=True
    )
    assert listing("office", KIM) is None
