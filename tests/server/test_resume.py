"""Sessions that survive their line: what a resume brings, who may resume, for how long, and what ends a session."""

from typing import Any

import pytest

from protocol.avatars import Who
from protocol.chat import ChatSaid, Say
from protocol.codec import encode
from protocol.districts import Enter
from protocol.handshake import Ack, Goodbye, Ping, Resume
from protocol.message import MAX_TOLD_BYTES
from protocol.poses import Frame, encode_pose
from protocol.refusals import ENDINGS, Farewell
from server.auth import Claims, issue_token
from tests.support.city import SECRET, Town, district, text
from tests.support.link import Commuter, Square

# What a resume brings


def test_a_resume_brings_the_same_citizen_the_place_and_the_facts_in_between() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter(name="Mina")
    slot = here.router.present[me.welcomes[0].citizen.id].slot
    here.tell(other, "before")
    me.settle()
    here.tick()
    x, _, z, _ = here.router.crowds["square"].district.stand(slot)
    me.say(encode_pose(x + 0.5, 0.0, z, 16_384, 1))
    me.settle()
    here.tick(2)
    me.cut()
    me.link.notice()
    here.tell(other, "between", "and once more")
    me.come_back()
    first, again = me.welcomes
    assert again.resumed
    assert (again.citizen, again.session) == (first.citizen, first.session)
    assert again.resume_key != first.resume_key
    assert again.resume_window_ms == 60_000
    assert again.place is not None
    assert (again.place["district"], again.place["slot"]) == ("square", slot)
    assert (again.place["x"], again.place["z"]) == pytest.approx((x + 0.5, z), abs=0.01)
    assert me.lines() == ["before", "between", "and once more"]
    assert here.count("madang_handshakes_total", result="resumed") == 1


def test_an_avatar_stays_where_it_is_and_is_told_to_be_away_until_its_citizen_is_back() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    slot = here.router.present[me.welcomes[0].citizen.id].slot

    def card() -> dict[str, Any]:
        (shown,) = other.ask(Who, slots=[slot])["result"]["avatars"]
        return dict(shown)

    assert "away" not in card()
    me.cut()
    me.link.notice()
    here.tick(100)
    assert card()["away"] is True
    assert other.picture is not None
    assert list(other.picture.avatars) == [slot]
    assert here.count("madang_sessions_detached") == 1
    me.come_back()
    assert "away" not in card()
    assert here.count("madang_sessions_detached") == 0


def test_after_a_resume_the_picture_comes_anew_and_the_walk_goes_on() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    me.cut()
    me.link.notice()
    here.tick(3)
    assert not me.link.down
    me.come_back()
    here.tick()
    me.settle()
    frames = [heard for heard in me.heard if isinstance(heard, Frame)]
    shown = {slot for frame in frames for block in frame.blocks() for slot in block.entries["slot"].tolist()}
    assert other.connection.slot in shown
    place = me.welcomes[-1].place
    assert place is not None
    me.say(encode_pose(place["x"] + 0.5, 0.0, place["z"], 0, 1))
    me.settle()
    here.tick()
    stands = here.router.crowds["square"].district.stand(place["slot"])
    assert stands[0] == pytest.approx(place["x"] + 0.5, abs=0.001)


def test_a_session_outside_of_every_district_is_resumed_without_a_place() -> None:
    here = Square()
    me = Commuter(here)
    me.settle()
    me.cut()
    me.link.notice()
    me.come_back()
    assert me.welcomes[1].resumed
    assert me.welcomes[1].place is None


def test_roles_are_read_anew_from_a_token_and_kept_without_one_or_with_one_too_old() -> None:
    here = Square()
    me = here.commuter(token=here.token("Mina"))
    too_old = issue_token(SECRET, Claims(sub="Mina", name="Mina"), issuer="madang", now=1_000_000, hours=1)
    for given, roles in (
        (here.token("Mina", roles=["moderator"]), ["moderator"]),
        (None, ["moderator"]),
        (too_old, ["moderator"]),
        (here.token("Mina"), ["citizen"]),
    ):
        me.cut()
        me.link.notice()
        me.hello = me.hello.model_copy(update={"token": given})
        me.come_back()
        assert me.welcomes[-1].resumed
        assert me.welcomes[-1].citizen.roles == roles
        assert (me.welcomes[-1].citizen.id in here.router.staff) == ("moderator" in roles)


def test_doors_and_zones_go_by_the_roles_of_today() -> None:
    desk = {
        "id": "desk",
        "name": text("desk"),
        "kind": "office",
        "polygon": [[0, 0], [100, 0], [100, 45], [0, 45]],
        "access": ["official"],
    }
    here = Town(district("square", zones=[desk]))
    me = Commuter(here, token=here.token("Mina"))
    me.settle()
    me.give(Enter, district="square", at={"x": 50, "z": 46})
    me.settle()
    stand = here.router.crowds["square"].district.stand
    for roles, z in (["citizen"], 46), (["official"], 44):
        me.hello = me.hello.model_copy(update={"token": here.token("Mina", roles=roles)})
        me.cut()
        me.come_back()
        place = me.welcomes[-1].place
        assert place is not None
        for step in (place["z"], 44.0):
            here.tick(2)
            me.say(encode_pose(place["x"], 0.0, step, 0, 1))
            me.settle()
        here.tick()
        assert stand(place["slot"])[2] == pytest.approx(z, abs=0.5)
        assert place["zones"][0]["may_enter"] is (roles == ["official"])


def test_a_long_absence_is_told_in_messages_that_keep_to_the_longest() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    me.cut()
    me.link.notice()
    lines = [f"{number} " + "가" * 290 for number in range(200)]
    here.tell(other, *lines)
    me.connect()
    me.link.carry_up(1, here.clock.monotonic())
    assert len(me.link.down) > 5
    assert max(map(len, me.link.down)) <= MAX_TOLD_BYTES
    me.settle()
    assert me.lines() == lines


# Answers


def test_what_was_carried_out_and_not_answered_is_answered_after_the_resume_and_not_done_again() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    me.give(Say, text="Once", to="district")
    me.cut(up=1, down=0)
    assert len(me.unanswered) == 1
    me.come_back()
    assert not me.unanswered
    other.listen()
    assert [said.text for said in other.facts(ChatSaid)] == []
    here.router.flush()
    other.listen()
    assert [said.text for said in other.facts(ChatSaid)] == ["Once"]


def test_a_refusal_under_an_id_survives_the_break_too() -> None:
    here = Square()
    me = here.commuter()
    asked = me.give(Enter, district="nowhere")
    me.cut(up=1, down=0)
    me.come_back()
    (answer,) = me.answers[asked]
    assert answer.type == "refused"  # type: ignore[union-attr]
    assert here.count("madang_commands_total", type="district.enter", result="refused") == 1


# Keys


def test_the_old_key_is_good_until_the_first_message_under_the_new_one() -> None:
    here = Square()
    me = here.commuter()
    old = me.ticket
    for _ in range(3):
        me.cut()
        me.connect()
        me.cut(up=1, down=0)
        assert me.ticket == old
    me.come_back()
    assert me.welcomes[-1].resumed
    me.say(encode(Ping(t=1.0)))
    me.settle()
    me.cut()
    me.ticket = old
    me.come_back()
    assert not me.welcomes[-1].resumed


def test_a_pose_is_a_message_too() -> None:
    here = Square()
    me = here.commuter()
    old = me.ticket
    me.cut()
    me.come_back()
    here.clock.move(0.1)
    me.say(encode_pose(50.0, 0.0, 50.0, 0, 0))
    me.settle()
    me.cut()
    me.ticket = old
    me.come_back()
    assert not me.welcomes[-1].resumed


@pytest.mark.parametrize(
    "wrong",
    [{"key": "guessed"}, {"key": ""}, {"key": "열쇠"}, {"session": "another"}, {"session": ""}, {"last": 5}],
)
def test_a_ticket_that_does_not_fit_starts_afresh(wrong: dict[str, Any]) -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    here.tell(other, "one", "two")
    me.settle()
    me.cut()
    me.link.notice()
    assert me.ticket is not None
    me.ticket = me.ticket.model_copy(update=wrong)
    me.come_back()
    first, again = me.welcomes
    assert not again.resumed
    assert again.place is None
    assert again.session != first.session
    assert again.citizen.id != first.citizen.id


def test_facts_that_were_acknowledged_cannot_be_asked_for_again() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    here.tell(other, "one", "two")
    me.settle()
    me.say(encode(Ack(n=2)))
    me.settle()
    me.cut()
    assert me.ticket is not None
    me.ticket = me.ticket.model_copy(update={"last": 1})
    me.come_back()
    assert not me.welcomes[-1].resumed


def test_a_wrong_key_leaves_the_session_to_its_owner() -> None:
    here = Square()
    me, thief = here.commuter(), Commuter(here)
    thief.settle()
    me.cut()
    me.link.notice()
    thief.cut()
    assert me.ticket is not None
    thief.ticket = me.ticket.model_copy(update={"key": "guessed"})
    thief.come_back()
    me.come_back()
    assert [welcome.resumed for welcome in thief.welcomes] == [False, False]
    assert me.welcomes[-1].resumed


def test_a_key_brings_nobody_into_the_session_of_another_citizen() -> None:
    here = Square()
    me = here.commuter(token=here.token("Mina"))
    me.cut()
    me.link.notice()
    me.hello = me.hello.model_copy(update={"token": here.token("Juno")})
    me.come_back()
    assert not me.welcomes[-1].resumed
    assert me.welcomes[-1].citizen.name == "Juno"


# How long


def test_who_does_not_come_back_within_the_window_has_left() -> None:
    here = Square(resume_seconds=20)
    other, me = here.neighbour(), here.commuter()
    me.cut()
    me.link.notice()
    here.clock.move(19)
    here.router.check_silence(here.clock.monotonic())
    assert here.router.crowds["square"].population == 2
    here.clock.move(2)
    here.router.check_silence(here.clock.monotonic())
    assert here.router.crowds["square"].population == 1
    assert here.count("madang_sessions_detached") == 0
    assert other.ask(Say, text="?", to="citizen", citizen=me.welcomes[0].citizen.id)["code"] == "not_found"
    me.come_back()
    assert not me.welcomes[-1].resumed


def test_the_window_is_over_even_before_the_round_that_clears_it() -> None:
    here = Square(resume_seconds=20)
    me = here.commuter()
    me.cut()
    me.link.notice()
    here.clock.move(20.5)
    me.come_back()
    assert not me.welcomes[-1].resumed


def test_a_city_that_keeps_no_sessions_says_so_and_keeps_none() -> None:
    here = Square(resume_seconds=0)
    me = here.commuter()
    assert me.welcomes[0].resume_window_ms == 0
    assert me.ticket is None
    first = me.welcomes[0]
    me.cut()
    me.ticket = Resume(session=first.session, key=first.resume_key, last=0)
    me.come_back()
    assert not me.welcomes[-1].resumed
    here.router.present[first.citizen.id].lost()
    assert here.router.crowds["square"].population == 0
    assert list(here.router.present) == [me.welcomes[-1].citizen.id]


def test_of_too_many_that_are_away_the_one_that_left_first_is_over() -> None:
    here = Square(detached=2)
    people = [here.commuter() for _ in range(3)]
    for me in people:
        me.cut()
        me.link.notice()
    assert here.count("madang_sessions_detached") == 2
    for me in people:
        me.come_back()
    assert [me.welcomes[-1].resumed for me in people] == [False, True, True]
    assert here.count("madang_limit_reached_total", limit="detached") == 1


def test_one_address_keeps_no_more_sessions_than_it_may_have_connections() -> None:
    here = Square(connections_per_address=2, loopback_exempt=False)
    away = []
    for _ in range(5):
        me = here.commuter()
        me.cut()
        me.link.notice()
        away.append(me)
    assert here.count("madang_sessions_detached") == 2
    assert here.router.crowds["square"].population == 2
    away[-1].come_back()
    assert away[-1].welcomes[-1].resumed


# How a session ends


@pytest.mark.parametrize("code", list(Farewell))
def test_after_a_goodbye_a_session_goes_on_only_where_the_table_says_so(code: Farewell) -> None:
    here = Square()
    me = here.commuter()
    here.router.present[me.welcomes[0].citizen.id].end(code)
    me.settle()
    assert [goodbye.code for goodbye in me.goodbyes()] == [code]
    assert here.router.crowds["square"].population == ENDINGS[code].resumable
    me.come_back()
    assert me.welcomes[-1].resumed == ENDINGS[code].resumable


def test_a_client_that_says_goodbye_has_left_at_once() -> None:
    here = Square()
    me = here.commuter()
    me.say(me.session.send(Goodbye(code=Farewell.BYE, message="")))
    me.settle()
    assert here.router.crowds["square"].population == 0
    me.come_back()
    assert not me.welcomes[-1].resumed


def test_a_newer_session_of_a_citizen_ends_one_that_is_away() -> None:
    here = Square()
    mine = here.token("Mina")
    me = here.commuter(token=mine)
    me.cut()
    me.link.notice()
    newer = here.visitor(token=mine)
    assert here.router.crowds["square"].population == 0
    assert here.count("madang_sessions_detached") == 0
    me.hello = me.hello.model_copy(update={"token": None})
    me.come_back()
    assert not me.welcomes[-1].resumed
    assert newer.goodbye() is None


def test_a_line_that_the_server_believed_whole_is_told_that_it_was_superseded() -> None:
    here = Square()
    me = here.commuter()
    stale = me.link
    me.connect()
    me.settle()
    assert me.welcomes[-1].resumed
    assert stale.closed == (ENDINGS[Farewell.SUPERSEDED].close_code, "superseded")
    assert stale.connection is None
    assert stale.pose_way is None
    stale.notice()
    assert here.router.crowds["square"].population == 1
    assert here.count("madang_connections") == 1


def test_a_client_that_is_too_slow_resumes_and_has_lost_nothing() -> None:
    here = Square(facts_unacknowledged=10)
    other, me = here.neighbour(), here.commuter()
    lines = [str(number) for number in range(11)]
    here.tell(other, *lines)
    me.carry(up=0)
    assert [goodbye.code for goodbye in me.goodbyes()] == [Farewell.TOO_SLOW]
    me.come_back()
    assert me.welcomes[-1].resumed
    assert me.lines() == lines
    here.tell(other, "more")
    me.settle()
    assert me.lines() == [*lines, "more"]


def test_more_facts_than_are_kept_end_a_session_that_is_away() -> None:
    here = Square(facts_unacknowledged=10)
    other, me = here.neighbour(), here.commuter()
    me.cut()
    me.link.notice()
    here.tell(other, *map(str, range(10)))
    assert here.router.crowds["square"].population == 2
    here.tell(other, "one too many")
    assert here.router.crowds["square"].population == 1
    me.come_back()
    assert not me.welcomes[-1].resumed


def test_an_acknowledgement_of_what_was_never_told_is_ignored_and_counted() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    me.say(encode(Ack(n=1_000)))
    me.settle()
    here.tell(other, "one")
    me.cut()
    me.come_back()
    assert me.lines() == ["one"]
    assert here.count("madang_acks_ahead_total") == 1


def test_a_city_that_goes_away_keeps_no_session() -> None:
    here = Square()
    me = here.commuter()
    here.router.door.is_draining = True
    here.router.present[me.welcomes[0].citizen.id].end(Farewell.DRAINING, after_ms=100)
    assert here.router.crowds["square"].population == 0
    assert here.count("madang_sessions_detached") == 0


def test_a_hello_and_a_goodbye_in_one_message_leave_nothing_behind() -> None:
    here = Square()
    me = here.commuter()
    me.cut()
    me.link.notice()
    me.connect()
    hello = me.link.up.pop()
    goodbye = encode(Goodbye(code=Farewell.BYE, message=""))
    me.say(b"\x92" + hello + goodbye)
    me.settle()
    assert len(me.welcomes) == 1
    assert here.router.crowds["square"].population == 1
    me.come_back()
    assert me.welcomes[-1].resumed
