"""Secret polls of a question time: who may take part, what is told before and after, and that nothing joins the two."""

import hashlib
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.ballot import ballot_id
from protocol.handshake import Text
from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.check_service import Step, play
from tests.support.question_time import (
    CLERK,
    FLOOR,
    HEAD,
    HOST,
    HOUR,
    MAYOR,
    MOD,
    START,
    VISITOR,
    Evening,
    attendee,
    service,
)
from worlds.citizen import Citizen
from worlds.service import Tally, Texts
from worlds.services.live_qa import SILENT, LiveQa
from worlds.services.live_qa.inside import TakeTally

PEOPLE = [attendee(f"p{i}") for i in range(9)]
A, B, C, D, E, F, *_ = PEOPLE
PSEUDONYM = Citizen("c-pen", "필명", ("citizen",), level=1)
VERIFIED = Citizen("c-known", "확인된 사람", ("citizen",), level=2)
RESIDENT = Citizen("c-here", "주민", ("citizen",), level=3)
OBSERVER = Citizen("c-press", "기자", ("citizen",), ("observer",), level=2)
GUESTS = tuple(Citizen(f"v-{i}", "Guest", ("visitor",), level=0) for i in range(3))
BITS = count()


def both(text: str) -> dict[str, str]:
    return {"ko": text, "en": text}


def asked(**more: Any) -> dict[str, Any]:
    return {
        "question": both("버스를 늘릴까요?"),
        "answers": [both("예"), both("아니요"), both("모름")],
    } | more


def evening(*here: Citizen, **rules: Any) -> Evening:
    """Live, in the mode for polls, with these people in the district."""
    e = Evening(**rules)
    e.here = here
    e.announce("live", "poll")
    return e


def opened(e: Evening, **more: Any) -> int:
    poll: int = e.do(HOST, wire.OpenPoll, **asked(**more))["poll"]
    return poll


def bits() -> str:
    """An id that no test has had before."""
    return ballot_id(hashlib.sha256(str(next(BITS)).encode()).digest()[:16])


def cast(e: Evening, citizen: Citizen, *choices: int, poll: int = 1, ballot: str = "") -> str:
    ballot = ballot or bits()
    e.do(citizen, wire.CastBallot, 10, poll=poll, ballot=ballot, choices=list(choices))
    return ballot


def not_cast(e: Evening, citizen: Citizen, *choices: int, poll: int = 1) -> Any:
    given = {"poll": poll, "ballot": bits(), "choices": list(choices or (1,))}
    return e.refused(citizen, wire.CastBallot, 10, **given)


def row(e: Evening, citizen: Citizen = A) -> dict[str, Any]:
    found: dict[str, Any] = e.audience(citizen)["poll"]
    return found


def votes(told: dict[str, Any]) -> list[int | None]:
    return [answer.get("votes") for answer in told["answers"]]


# What is told, and when


def test_while_it_is_open_nobody_sees_more_than_the_turnout_the_host_neither() -> None:
    e = evening(A, B)
    poll = opened(e)
    told = e.told(A, "live_qa.poll_changed")[-1]["poll"]
    assert (told["state"], told["turnout"], told["present"], votes(told)) == ("open", 0, 2, [None] * 3)
    for who, choice in zip(PEOPLE[:6], (1, 1, 1, 2, 2, 3), strict=True):
        cast(e, who, choice)
    views = [e.audience(who) for who in (A, HOST, MOD, VISITOR)]
    views += [e.do(MAYOR, wire.Look, 0, view="presenter")["presenter"]]
    views += [e.do(VISITOR, wire.Look, 0, view="screen")["screen"]]
    for view in views:
        assert (view["poll"]["turnout"], votes(view["poll"])) == (6, [None] * 3)
        assert not view["poll"].keys() & {"ballots", "digest"}
    e.do(HOST, wire.ClosePoll, poll=poll)
    result = e.told(B, "live_qa.poll_changed")[-1]["poll"]
    assert (result["state"], result["turnout"], result["ballots"], votes(result)) == (
        "counted",
        6,
        6,
        [3, 2, 1],
    )
    assert votes(row(e)) == [3, 2, 1]
    assert e.told(MAYOR, "live_qa.session_changed")[-1]["session"]["poll"] == poll


def test_the_turnout_runs_as_a_count_to_everyone_wherever_they_are() -> None:
    e = evening()
    opened(e)
    for who in (A, B):
        cast(e, who, 1)
    [(audience, told)] = [(to, one) for to, one in e.qa.counts(e.now) if one.type == "live_qa.turnout"]
    assert (type(audience).__name__, told.turnout) == ("Everyone", 2)  # type: ignore[attr-defined]
    assert not [one for _, one in e.qa.counts(e.now) if one.type == "live_qa.turnout"]


def test_only_its_voter_is_told_that_a_ballot_was_cast_and_sees_it_on_every_device() -> None:
    e = evening()
    opened(e)
    cast(e, A, 1)
    assert [fact["poll"] for fact in e.told(A, "live_qa.took_part")] == [1]
    assert e.told(B, "live_qa.took_part") == e.told(HOST, "live_qa.took_part") == []
    assert (row(e, A)["has_voted"], row(e, B)["has_voted"]) == (True, False)


def test_it_closes_by_itself_at_its_time_and_no_later_ballot_counts() -> None:
    e = evening()
    opened(e, lasts_s=10)
    for who in PEOPLE[:5]:
        cast(e, who, 2)
    e.wait(10_000)
    assert (e.state.polls[0].state, e.state.polls[0].votes) == ("counted", [0, 5, 0])
    assert not_cast(e, F).code is Refusal.CLOSED


def test_several_may_be_chosen_where_the_poll_says_so_and_a_ballot_stays_one() -> None:
    e = evening()
    opened(e, most=2)
    for who, choices in zip(PEOPLE[:5], ((1, 2), (3, 1), (1,), (2,), (1, 3)), strict=True):
        cast(e, who, *choices)
    refused = not_cast(e, F, 1, 2, 3)
    assert (refused.code, refused.field) == (Refusal.BAD_MESSAGE, "choices")
    e.do(HOST, wire.ClosePoll, poll=1)
    poll = e.state.polls[0]
    assert (poll.ballots, poll.turnout, poll.votes) == (5, 5, [4, 2, 2])


@pytest.mark.parametrize("choices", [(4,), (1, 1), (2, 9)])
def test_a_choice_that_is_none_is_refused_and_changes_nothing(choices: tuple[int, ...]) -> None:
    e = evening()
    opened(e, most=3)
    refused = not_cast(e, A, *choices)
    assert (refused.code, refused.field) == (Refusal.BAD_MESSAGE, "choices")
    assert e.box == []


# Few, and too few


def test_of_fewer_than_five_ballots_nothing_is_told_but_how_many() -> None:
    e = evening()
    opened(e)
    for who in PEOPLE[:4]:
        cast(e, who, 1)
    e.do(HOST, wire.ClosePoll, poll=1)
    told = row(e)
    assert (told["state"], told["ballots"], votes(told)) == ("too_few", 4, [None] * 3)
    assert e.state.polls[0].votes is None
    assert all("votes" not in entry.event.model_dump(exclude_defaults=True) for entry, _ in e.entries)


def test_below_the_quorum_ballots_are_not_opened() -> None:
    e = evening()
    opened(e, min_ballots=7)
    for who in PEOPLE[:6]:
        cast(e, who, 1)
    e.do(HOST, wire.ClosePoll, poll=1)
    assert (row(e)["state"], votes(row(e))) == ("no_quorum", [None] * 3)


def test_a_quorum_may_be_a_share_of_those_who_were_present_when_it_was_opened() -> None:
    outcomes = {}
    for turnout in (5, 6):
        e = evening(*(attendee(f"x{i}") for i in range(12)))
        opened(e, min_share=50)
        e.here = ()
        for who in PEOPLE[:turnout]:
            cast(e, who, 1)
        e.do(HOST, wire.ClosePoll, poll=1)
        outcomes[turnout] = row(e)["state"]
    assert outcomes == {5: "no_quorum", 6: "counted"}


def test_where_ballots_and_voters_are_not_as_many_nothing_is_told_as_a_result() -> None:
    e = evening()
    opened(e)
    for who in PEOPLE[:6]:
        cast(e, who, 1)
    e.box.pop()
    e.do(HOST, wire.ClosePoll, poll=1)
    told = row(e)
    assert (told["state"], told["turnout"], told["ballots"], votes(told)) == ("unsound", 6, 5, [None] * 3)


# Who may


def test_one_person_has_one_ballot_and_it_cannot_be_changed() -> None:
    e = evening()
    opened(e)
    cast(e, A, 1)
    assert not_cast(e, A, 2).code is Refusal.CONFLICT
    assert [ballot.choice for ballot in e.box] == ["1"]


@pytest.mark.parametrize(
    ("eligible", "admitted"),
    [
        ("present", [GUESTS[0], PSEUDONYM, VERIFIED, RESIDENT]),
        ("verified", [VERIFIED, RESIDENT]),
        ("resident", [RESIDENT]),
    ],
)
def test_who_may_take_part_is_said_when_it_is_opened(eligible: str, admitted: list[Citizen]) -> None:
    e = evening(GUESTS[0])
    opened(e, eligible=eligible)
    for who in (GUESTS[0], GUESTS[1], PSEUDONYM, VERIFIED, RESIDENT):
        if who in admitted:
            cast(e, who, 1)
        else:
            assert not_cast(e, who).code is Refusal.NOT_ALLOWED
    assert not_cast(e, OBSERVER).code is Refusal.NOT_ALLOWED


def test_a_guest_who_comes_again_as_another_has_no_second_ballot() -> None:
    e = evening(GUESTS[0])
    opened(e)
    cast(e, GUESTS[0], 1)
    e.here = GUESTS
    assert not_cast(e, GUESTS[1]).code is Refusal.NOT_ALLOWED
    assert not_cast(e, GUESTS[0]).code is Refusal.CONFLICT


def test_in_a_binding_poll_there_are_no_guests() -> None:
    e = evening(*GUESTS)
    refused = e.refused(HOST, wire.OpenPoll, **asked(is_binding=True))
    assert (refused.code, refused.field) == (Refusal.BAD_MESSAGE, "eligible")
    opened(e, is_binding=True, eligible="verified")
    assert e.state.polls[0].guests == []
    assert not_cast(e, GUESTS[0]).code is not_cast(e, PSEUDONYM).code is Refusal.NOT_ALLOWED


def test_who_is_muted_has_a_vote_and_while_the_venue_is_muted_too() -> None:
    e = evening()
    e.ask(A, "버스는 언제 늘립니까, 시장님?")
    e.do(MOD, wire.Mute, citizen=A.id, reason="욕설")
    for who in (HOST, MOD):
        e.do(who, wire.ActJointly, action="mute", reason="소란")
    opened(e)
    cast(e, A, 1)
    assert len(e.box) == 1


def test_while_the_venue_is_stopped_nothing_is_cast_and_the_poll_still_ends() -> None:
    e = evening()
    opened(e)
    for who in (HOST, MOD):
        e.do(who, wire.ActJointly, action="stop", reason="경보")
    assert not_cast(e, A).code is Refusal.CLOSED
    assert e.refused(HOST, wire.OpenPoll, **asked()).code is Refusal.CLOSED
    e.wait(120_000)
    assert e.state.polls[0].state == "too_few"


# The host


@pytest.mark.parametrize("who", [A, MOD, HEAD, FLOOR, CLERK, MAYOR])
def test_only_the_host_opens_and_closes_polls(who: Citizen) -> None:
    e = evening()
    assert e.refused(who, wire.OpenPoll, **asked()).code is Refusal.NOT_ALLOWED
    opened(e)
    assert e.refused(who, wire.ClosePoll, poll=1).code is Refusal.NOT_ALLOWED


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"question": both(" ")}, "question.ko"),
        ({"question": both("가" * 121)}, "question.ko"),
        ({"answers": [both("예"), both("")]}, "answers.1.ko"),
        ({"answers": [both("예"), {"ko": "아니요", "en": "가" * 41}]}, "answers.1.en"),
        ({"answers": [both("예"), both("예!")]}, "answers"),
        ({"answers": [{"ko": "예", "en": "Same"}, {"ko": "아니요", "en": "same"}]}, "answers"),
        ({"most": 4}, "most"),
        ({"lasts_s": 9}, "lasts_s"),
        ({"lasts_s": 3_601}, "lasts_s"),
    ],
)
def test_a_poll_that_nobody_could_answer_is_not_opened(fields: dict[str, Any], field: str) -> None:
    e = evening()
    assert e.refused(HOST, wire.OpenPoll, **asked(**fields)).field == field


def test_answers_of_signs_alone_are_told_apart() -> None:
    e = evening()
    assert opened(e, answers=[both("+"), both("-")]) == 1


def test_polls_are_opened_in_their_mode_one_at_a_time_and_so_many() -> None:
    e = Evening(polls=2)
    e.announce("live", "answering")
    assert e.refused(HOST, wire.OpenPoll, **asked()).code is Refusal.CLOSED
    e.do(HOST, wire.Advance, phase="live", mode="poll")
    opened(e)
    assert e.refused(HOST, wire.OpenPoll, **asked()).code is Refusal.CONFLICT
    e.do(HOST, wire.ClosePoll, poll=1)
    e.do(HOST, wire.ClosePoll, poll=1)
    assert opened(e) == 2
    e.do(HOST, wire.ClosePoll, poll=2)
    full = e.refused(HOST, wire.OpenPoll, **asked())
    assert (full.code, full.limit) == (Refusal.FULL, "live_qa.polls")


def test_the_host_does_not_leave_an_open_poll_by_a_slip_and_its_result_stays_until_the_next_mode() -> None:
    e = evening()
    opened(e)
    for phase, mode in (("live", "answering"), ("closing", None)):
        assert e.refused(HOST, wire.Advance, phase=phase, mode=mode).code is Refusal.CONFLICT
    e.do(HOST, wire.ClosePoll, poll=1)
    assert e.do(A, wire.Look, 0, view="screen")["screen"]["poll"]["state"] == "too_few"
    e.do(HOST, wire.Advance, phase="live", mode="answering")
    assert "poll" not in e.do(A, wire.Look, 0, view="screen")["screen"]
    assert row(e)["state"] == "too_few"


def test_with_the_session_an_open_poll_ends_and_is_counted() -> None:
    e = evening()
    opened(e, lasts_s=3_600)
    for who in PEOPLE[:5]:
        cast(e, who, 3)
    for who in (HOST, MOD):
        e.do(who, wire.ActJointly, action="end", reason="대피")
    assert e.phase == "archived"
    assert (e.state.polls[0].state, e.state.polls[0].votes) == ("counted", [0, 0, 5])
    record = e.do(VISITOR, wire.ReadRecord)
    assert [votes(poll) for poll in record["polls"]] == [[0, 0, 5]]
    assert e.replayed().snapshot() == e.qa.snapshot()


# What is kept


def test_a_session_that_is_restored_between_the_close_and_the_count_is_counted_then() -> None:
    e = evening()
    opened(e)
    for who in PEOPLE[:5]:
        cast(e, who, 1)
    e.count = lambda: None  # type: ignore[method-assign]
    e.do(HOST, wire.ClosePoll, poll=1)
    again = service(e.texts)
    again.restore(json.loads(json.dumps(e.qa.snapshot())))
    [poll] = again.uncounted()
    command = again.counted(Tally(poll, {"1": 5}, "d"))
    assert isinstance(command, TakeTally)
    [counted] = again.decide(command, Citizen("", ""), e.now, bytes(16))
    again.apply(counted, e.now)
    assert list(again.decide(command, Citizen("", ""), e.now, bytes(16))) == []
    assert list(again.uncounted()) == []


def test_who_took_part_leaves_the_state_with_the_count_and_stands_in_the_journal() -> None:
    e = evening(*GUESTS)
    opened(e)
    for who in PEOPLE[:5]:
        cast(e, who, 1)
    e.do(HOST, wire.ClosePoll, poll=1)
    assert (e.state.polls[0].took_part, e.state.polls[0].guests) == ({}, [])
    took_part = [entry.actor for entry, _ in e.entries if e.qa.took_part(entry.event) is not None]  # type: ignore[arg-type]
    assert took_part == [who.id for who in PEOPLE[:5]]


def test_polls_are_listed_the_newest_first_page_by_page() -> None:
    e = evening(longest_poll_answer=40)
    long = [both(f"{i:02}" + "가" * 38) for i in range(20)]
    for number in range(1, 5):
        assert opened(e, answers=long) == number
        e.do(HOST, wire.ClosePoll, poll=number)
    seen: list[int] = []
    after = None
    for _ in range(4):
        page = e.do(A, wire.ListPolls, after=after)
        seen += [poll["poll"] for poll in page["polls"]]
        after = page.get("next")
        assert len(json.dumps(page, ensure_ascii=False).encode()) < 16_384
        if after is None:
            break
    assert seen == [4, 3, 2, 1]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_is_cast_the_result_is_what_was_chosen_and_nothing_else_holds_it(
    data: st.DataObject,
) -> None:
    most = data.draw(st.integers(1, 3))
    ballots = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from([*PEOPLE, *GUESTS, OBSERVER, VERIFIED]),
                st.lists(st.integers(1, 4), min_size=1, max_size=3),
                st.binary(min_size=16, max_size=16),
            ),
            max_size=25,
        )
    )
    made: list[LiveQa] = []
    chosen: dict[str, list[int]] = {}

    def services(texts: Texts) -> list[LiveQa]:
        made.append(service(texts))
        return made[-1:]

    def script() -> Iterator[Step]:
        schedule = wire.Schedule(
            id=1,
            title=Text(ko="시장과의 시간", en="Mayor's hour"),
            district="civil",
            stage="mayors_seat",
            starts_at=START,
            ends_at=START + HOUR,
        )
        yield Step(schedule, HOST)
        yield Step(wire.Advance(id=2, session="qa-1", phase="live", mode="poll"), HOST)
        yield Step(wire.OpenPoll.model_validate({"id": 3, "session": "qa-1", **asked(most=most)}), HOST)
        for who, choices, secret in ballots:
            is_good = len(set(choices)) == len(choices) <= most and max(choices) <= 3
            if is_good and who in (*PEOPLE, VERIFIED):
                chosen.setdefault(who.id, choices)
            command = wire.CastBallot(id=4, session="qa-1", poll=1, ballot=ballot_id(secret), choices=choices)
            yield Step(command, who, 100)
        yield Step(wire.ClosePoll(id=5, session="qa-1", poll=1), HOST)

    played = play(services, script(), [*PEOPLE, VISITOR, HOST], start=START - 2 * HOUR, silent=SILENT)
    poll = made[0].venue.state.sessions["qa-1"].polls[0]
    assert (poll.ballots, poll.turnout, len(played.box)) == (len(chosen),) * 3
    if len(chosen) < 5:
        assert (poll.state, poll.votes) == ("too_few", None)
    else:
        expected = [sum(answer in choices for choices in chosen.values()) for answer in (1, 2, 3)]
        assert (poll.state, poll.votes) == ("counted", expected)
