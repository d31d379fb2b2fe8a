"""The router: who is let in and as whom, where commands go, who hears what is said."""

from typing import Any

import pytest

from protocol.avatars import Emote
from protocol.chat import ChatSaid, Say
from protocol.districts import Enter, Queue
from protocol.handshake import Draining, Goodbye, RefusedAnswer
from protocol.refusals import Farewell, Refusal
from server.overload import Step
from tests.support.city import Person, Town, district, text

SQUARE = {"box": [60.0, 0.0, 100.0, 100.0]}
ROOM = {"id": "room", "name": text("room"), "kind": "room", "polygon": SQUARE}
OFFICE = ROOM | {"id": "office", "access": ["official"], "polygon": {"box": [0.0, 0.0, 20.0, 100.0]}}
QUIET = ROOM | {"id": "quiet", "speech": False, "polygon": {"box": [30.0, 80.0, 50.0, 100.0]}}


def portal(name: str, x: float, to: str, far_end: str) -> dict[str, Any]:
    end = {"district": to, "portal": far_end}
    return {"id": name, "name": text(name), "at": [x, 50.0], "yaw": 90.0, "radius": 1.0, "to": end}


def town_of(**sections: Any) -> Town:
    return Town(
        district("here", zones=[ROOM, OFFICE, QUIET], portals=[portal("east", 90.0, "there", "west")]),
        district("there", portals=[portal("west", 10.0, "here", "east")]),
        district("later", phase=3),
        city={"phase": 2},
        **sections,
    )


@pytest.fixture
def town() -> Town:
    return town_of(limits={"commands_per_s": 0})


def at(town: Town, x: float, z: float, **hello: Any) -> Person:
    """Someone who stands there."""
    person = town.visitor(**hello)
    person.put("here", x, z)
    return person


# Coming in


def test_a_welcome_tells_who_one_is_and_what_the_city_is(town: Town) -> None:
    town.visitor().enter("there")
    welcome = town.visitor(name="김하늘").welcome()
    assert (welcome.citizen.name, welcome.citizen.roles, welcome.citizen.level) == ("김하늘", ["visitor"], 0)
    assert [(card.id, card.open, card.population) for card in welcome.city.districts] == [
        ("here", True, 0),
        ("there", True, 1),
        ("later", False, 0),
    ]
    assert (welcome.resumed, welcome.resume_window_ms, welcome.place) == (False, 60_000, None)
    assert welcome.server_time == town.clock.unix_ms()
    assert (welcome.limits.max_message_bytes, welcome.limits.pose_hz) == (4_096, 20)
    assert (welcome.limits.chat_length, welcome.limits.commands_per_s) == (300, 0)


def test_a_citizen_has_longer_messages_than_a_visitor(town: Town) -> None:
    welcome = town.visitor(token=town.token("kim", roles=["official"], grants=["mayor"], level=3)).welcome()
    assert welcome.limits.max_message_bytes == 65_536
    assert (welcome.citizen.roles, welcome.citizen.grants, welcome.citizen.level) == (
        ["official"],
        ["mayor"],
        3,
    )
    assert "kim" not in welcome.citizen.id


def test_sessions_and_their_keys_are_never_the_same_twice(town: Town) -> None:
    welcomes = [town.visitor(token=town.token("kim")).welcome() for _ in range(20)]
    assert len({welcome.session for welcome in welcomes}) == 20
    assert len({welcome.resume_key for welcome in welcomes}) == 20


def test_a_newer_session_of_a_citizen_ends_the_older(town: Town) -> None:
    older = town.visitor(token=town.token("kim"))
    older.enter("here")
    newer = town.visitor(token=town.token("kim"))
    older.listen()
    goodbye = older.goodbye()
    assert goodbye is not None
    assert (goodbye.code, goodbye.retry) == (Farewell.SUPERSEDED, "never")
    assert older.line.closed == (4409, "superseded")
    assert town.router.crowds["here"].population == 0
    newer.enter("here")
    older.connection.lost()
    assert town.router.crowds["here"].population == 1
    speaker = at(town, 50, 50)
    assert speaker.ask(Say, text="hi", to="citizen", citizen=newer.welcome().citizen.id)["type"] == "done"


def test_visitors_are_each_someone_else(town: Town) -> None:
    assert len({town.visitor(name="Kim").welcome().citizen.id for _ in range(10)}) == 10


def test_a_bad_token_ends_the_session(town: Town) -> None:
    person = town.visitor(token=town.token("kim")[:-2])
    goodbye = person.goodbye()
    assert goodbye is not None
    assert goodbye.code is Farewell.BAD_TOKEN
    assert person.line.closed == (4401, "bad_token")
    assert town.count("madang_handshakes_total", result="bad_token") == 1


def test_of_five_thousand_at_once_as_many_are_let_in_as_the_limit_says() -> None:
    town = town_of(limits={"connections": 3_000})
    people = [town.visitor() for _ in range(5_000)]
    inside = [person for person in people if person.line.closed is None]
    assert len(inside) == 3_000
    assert inside == people[:3_000]
    assert {person.line.closed for person in people[3_000:]} == {(4453, "full")}
    goodbyes = [person.goodbye() for person in people[3_000:]]
    assert all(goodbye and goodbye.after_ms and goodbye.retry == "later" for goodbye in goodbyes)
    assert len(town.router.connections) == town.count("madang_connections") == 3_000
    assert town.count("madang_handshakes_total", result="full") == 2_000
    assert town.count("madang_handshakes_total", result="welcome") == 3_000
    people[0].connection.left()
    assert town.visitor().line.closed is None


def test_one_address_may_not_shut_out_the_others() -> None:
    town = town_of(limits={"connections_per_address": 5})
    crowd = [town.visitor(address="203.0.113.7") for _ in range(8)]
    assert [person.line.closed is None for person in crowd] == [True] * 5 + [False] * 3
    assert town.visitor(address="203.0.113.8").line.closed is None


def test_a_node_that_goes_away_tells_everyone_and_takes_nobody(town: Town) -> None:
    person = town.visitor()
    town.router.door.is_draining = True
    town.router.announce_drain(5_000)
    person.listen()
    assert person.heard[-1] == Draining(after_ms=5_000)
    late = town.visitor()
    goodbye = late.goodbye()
    assert goodbye is not None
    assert (goodbye.code, goodbye.retry) == (Farewell.DRAINING, "now")
    assert late.line.closed == (1012, "draining")
    assert town.count("madang_handshakes_total", result="draining") == 1


# Entering


def test_the_place_tells_all_that_is_needed_to_read_frames(town: Town) -> None:
    official = town.visitor(token=town.token("kim", roles=["official"]))
    place, visitors = official.enter("here"), town.visitor().enter("here")
    assert (place.district, place.width, place.depth, place.tick_hz) == ("here", 100, 100, 10)
    assert (place.cell_m, place.columns, place.tile_m, place.tile_columns) == (12.0, 9, 48.0, 3)
    assert (place.view_m, place.precision, place.anchor.lat) == (100, 0.01, 37.0)
    assert {zone.id: zone.may_enter for zone in place.zones} == {"room": True, "office": True, "quiet": True}
    assert {zone.id: zone.may_enter for zone in visitors.zones} == {
        "room": True,
        "office": False,
        "quiet": True,
    }
    [east] = place.portals
    assert (east.to, east.to_portal, east.open, east.radius) == ("there", "west", True, 1.0)
    assert place.slot != visitors.slot


def test_where_nothing_is_or_nothing_is_open_yet_one_cannot_go(town: Town) -> None:
    person = town.visitor()
    assert person.refused(Enter, district="moon") == (Refusal.NOT_FOUND, "district")
    assert person.refused(Enter, district="later") == (Refusal.CLOSED, "district")
    assert person.refused(Enter, district="here", at={"portal": "moon"}) == (Refusal.NOT_FOUND, "at.portal")
    assert person.refused(Enter, district="here", at={"zone": "moon"}) == (Refusal.NOT_FOUND, "at.zone")
    assert person.connection.crowd is None
    assert town.router.seating.waiting("here") == 0


def test_through_a_portal_one_arrives_at_its_far_end(town: Town) -> None:
    person = town.visitor()
    person.enter("here")
    place = person.enter("there", at={"portal": "west"})
    assert abs(place.x - 10) <= 1
    assert abs(place.z - 50) <= 1
    assert place.yaw == 16_384
    assert town.router.crowds["here"].population == 0
    assert town.router.crowds["there"].population == 1


def test_in_a_zone_one_arrives_inside_it_where_one_may(town: Town) -> None:
    for _ in range(20):
        place = town.visitor().enter("here", at={"zone": "room"})
        assert 60 <= place.x <= 100
    assert town.visitor().refused(Enter, district="here", at={"zone": "office"}) == (
        Refusal.NOT_ALLOWED,
        "at.zone",
    )
    assert (
        town.visitor(token=town.token("kim", roles=["official"])).enter("here", at={"zone": "office"}).x <= 20
    )


def test_at_a_place_of_ones_choice_one_arrives_once_in_five_seconds(town: Town) -> None:
    person = town.visitor()
    place = person.enter("here", at={"x": 55.5, "z": 44.25})
    assert (place.x, place.z) == (55.5, 44.25)
    answer = person.ask(Enter, district="here", at={"x": 20, "z": 44})
    assert (answer["code"], answer["retry_after_ms"]) == (Refusal.TOO_FAST, 5_000)
    assert person.ask(Enter, district="here", at={"zone": "room"})["type"] == "done"
    town.clock.move(5.0)
    assert person.enter("here", at={"x": 25, "z": 44}).x == 25


def test_a_place_that_is_not_free_becomes_the_nearest_that_is(town: Town) -> None:
    person = town.visitor()
    place = person.enter("here", at={"x": -500, "z": 1e300})
    assert (place.x, place.z) == pytest.approx((20.25, 99.75), abs=0.5)
    town.clock.move(5.0)
    assert person.refused(Enter, district="here", at={"x": 5, "z": 5}) == (Refusal.NOT_ALLOWED, "at")


def test_who_is_frozen_chooses_no_other_place(town: Town) -> None:
    person = at(town, 50, 50)
    crowd = town.router.crowds["here"]
    crowd.district._walkers.frozen[person.connection.slot] = True
    for place in ({"x": 25, "z": 44}, {"zone": "room"}):
        assert person.refused(Enter, district="here", at=place)[0] == Refusal.FROZEN


def test_a_slot_is_kept_within_a_district_and_another_in_the_next(town: Town) -> None:
    person = town.visitor()
    first = person.enter("here")
    assert person.enter("here", at={"zone": "room"}).slot == first.slot
    assert town.router.crowds["here"].population == 1
    person.enter("there")
    town.tick()
    assert person.enter("here").slot != first.slot


def test_a_full_district_tells_the_place_in_the_line_and_keeps_it(town: Town) -> None:
    town = town_of(crowd={"district_capacity": 2}, limits={"commands_per_s": 0})
    inside = [town.visitor() for _ in range(2)]
    for person in inside:
        person.enter("here")
    kim, lee = town.visitor(), town.visitor()
    answer = kim.ask(Enter, district="here")
    assert (answer["code"], answer["field"], answer["retry_after_ms"]) == (Refusal.FULL, "district", 3_000)
    assert "place 1 " in answer["message"]
    assert "place 2 " in lee.ask(Enter, district="here")["message"]
    assert town.count("madang_limit_reached_total", limit="district_capacity") == 2
    assert inside[0].enter("here").district == "here"
    inside[0].enter("there")
    town.clock.move(3.0)
    assert lee.refused(Enter, district="here")[0] == Refusal.FULL
    assert kim.enter("here").district == "here"
    inside[1].connection.left()
    assert lee.enter("here").district == "here"


def test_who_waits_is_told_the_place_and_how_long_it_may_take() -> None:
    town = town_of(crowd={"district_capacity": 2}, limits={"commands_per_s": 0, "kinds": {}})
    inside = [town.visitor() for _ in range(2)]
    for person in inside:
        person.enter("here")
    kim, lee = town.visitor(), town.visitor()
    for person in (kim, lee):
        person.refused(Enter, district="here")
    [queue] = [item for item in lee.heard if isinstance(item, Queue)]
    assert (queue.district, queue.place, queue.wait_ms) == ("here", 2, None)
    town.clock.move(6.0)
    inside[0].enter("there")
    kim.enter("here")
    lee.refused(Enter, district="here")
    queue = [item for item in lee.heard if isinstance(item, Queue)][-1]
    assert (queue.place, queue.wait_ms) == (1, 6_000)
    assert [type(item) for item in lee.heard[-2:]] == [Queue, RefusedAnswer]


def test_seats_are_kept_for_those_who_work_in_a_district() -> None:
    crowd = {"district_capacity": 4, "reserved_share": 0.5}
    town = town_of(crowd=crowd, limits={"commands_per_s": 0})
    for _ in range(2):
        town.visitor().enter("here")
    assert town.visitor().refused(Enter, district="here")[0] == Refusal.FULL
    elsewhere = town.visitor(token=town.token("guard of another place", roles=["moderator@there"]))
    assert elsewhere.refused(Enter, district="here")[0] == Refusal.FULL
    assert elsewhere.enter("there").district == "there"
    town.visitor(token=town.token("guard", roles=["moderator@here"])).enter("here")
    town.visitor(token=town.token("mayor", grants=["mayor"])).enter("here")
    host = town.visitor(token=town.token("host", roles=["host"]))
    assert host.refused(Enter, district="here")[0] == Refusal.FULL


def test_those_who_work_in_a_district_come_in_while_the_crowd_is_too_much() -> None:
    town = town_of(limits={"commands_per_s": 0})
    people = [town.visitor(), town.visitor(token=town.token("guard", roles=["moderator"]))]
    town.router.take_step(Step.ARRIVALS_WAIT)
    assert people[0].refused(Enter, district="here")[0] == Refusal.FULL
    people[1].enter("here")


def test_while_the_crowd_is_too_much_so_many_come_as_there_is_room_for() -> None:
    town = town_of(limits={"commands_per_s": 0})
    first, second, third = (town.visitor() for _ in range(3))
    first.enter("there")
    town.router.door.bound_arrivals(1)
    first.enter("here")  # who is inside already is no arrival
    second.enter("here")
    assert third.refused(Enter, district="here")[0] == Refusal.FULL
    assert town.router.door.places_left == 0
    town.router.door.bound_arrivals(1)
    third.enter("here")


def test_a_wrong_place_does_not_cost_the_place_in_the_line() -> None:
    town = town_of(crowd={"district_capacity": 1}, limits={"commands_per_s": 0})
    inside, kim, lee = (town.visitor() for _ in range(3))
    inside.enter("here")
    for person in (kim, lee):
        person.refused(Enter, district="here")
    inside.enter("there")
    assert kim.refused(Enter, district="here", at={"zone": "moon"})[0] == Refusal.NOT_FOUND
    assert lee.refused(Enter, district="here")[0] == Refusal.FULL
    assert kim.enter("here").district == "here"


def test_asking_in_line_for_a_chosen_place_costs_no_arrival() -> None:
    town = town_of(crowd={"district_capacity": 1}, limits={"enter_at_per_s": 0.01})
    inside, kim = town.visitor(), town.visitor()
    inside.enter("here")
    for _ in range(3):
        assert kim.refused(Enter, district="here", at={"x": 50, "z": 50})[0] == Refusal.FULL
        town.clock.move(3.0)
    inside.enter("there")
    assert kim.enter("here", at={"x": 50, "z": 50}).district == "here"
    assert kim.refused(Enter, district="here", at={"x": 51, "z": 50})[0] == Refusal.TOO_FAST


def test_who_leaves_the_city_leaves_every_line() -> None:
    town = town_of(crowd={"district_capacity": 1}, limits={"commands_per_s": 0})
    inside, kim, lee = (town.visitor() for _ in range(3))
    inside.enter("here")
    for person in (kim, lee):
        person.refused(Enter, district="here")
    kim.connection.left()
    inside.enter("there")
    assert lee.enter("here").district == "here"


# Commands


def test_commands_have_a_pace() -> None:
    town = town_of()
    person = at(town, 50, 50)
    answers = [person.ask(Emote, emote=5)["type"] for _ in range(20)]
    assert answers == ["done"] * 19 + ["refused"]
    town.clock.move(0.1)
    assert person.ask(Emote, emote=5)["type"] == "done"
    assert person.goodbye() is None


def test_what_is_done_under_a_key_is_done_once_also_in_a_later_session(town: Town) -> None:
    kim, lee = town.visitor(token=town.token("kim")), at(town, 50, 50)
    name = lee.welcome().citizen.id
    said = kim.ask(Say, text="hi", to="citizen", citizen=name, key="k1")
    assert kim.ask(Say, text="hi", to="citizen", citizen=name, key="k1")["result"] == said["result"]
    assert kim.refused(Say, text="ho", to="citizen", citizen=name, key="k1") == (Refusal.CONFLICT, "key")
    kim = town.visitor(token=town.token("kim"))
    assert kim.ask(Say, text="hi", to="citizen", citizen=name, key="k1")["result"] == said["result"]
    other = town.visitor(token=town.token("park"))
    assert other.ask(Say, text="hi", to="citizen", citizen=name, key="k1")["result"] != said["result"]
    town.tick()
    assert [fact.text for fact in lee.facts(ChatSaid)] == ["hi", "hi"]


def test_a_refusal_is_not_remembered_under_a_key(town: Town) -> None:
    kim, lee = town.visitor(token=town.token("kim")), town.visitor(token=town.token("lee"))
    name = lee.welcome().citizen.id
    lee.connection.left()
    assert kim.refused(Say, text="hi", to="citizen", citizen=name, key="k1")[0] == Refusal.NOT_FOUND
    town.visitor(token=town.token("lee"))
    assert kim.ask(Say, text="hi", to="citizen", citizen=name, key="k1")["type"] == "done"


def test_the_keys_of_visitors_are_forgotten_with_them_and_those_of_citizens_are_bounded(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.answers.MAX_KEYRINGS", 3)
    for number in range(5):
        visitor = at(town, 50, 50)
        visitor.ask(Emote, emote=5, key="k")
        visitor.connection.left()
        citizen = at(town, 50, 50, token=town.token(f"citizen{number}"))
        citizen.ask(Emote, emote=5, key="k")
    assert len(town.router._keyrings) == 3


# Under load


@pytest.mark.parametrize(
    ("step", "hz", "slower", "waits"),
    [
        (Step.EASY, 10, 0, False),
        (Step.FAR_SLOWER, 10, 1, False),
        (Step.MIDDLE_SLOWER, 10, 2, False),
        (Step.ARRIVALS_WAIT, 10, 2, True),
        (Step.TICK_HALVED, 5, 2, True),
    ],
)
def test_each_step_of_the_ladder_is_taken_and_shown(
    town: Town, step: Step, hz: float, slower: int, waits: bool
) -> None:
    at(town, 50, 50)
    inside = town.visitor()
    town.router.take_step(Step.TICK_HALVED)
    town.router.take_step(step)
    assert town.count("madang_overload_step") == step
    assert town.count("madang_tick_hz") == hz
    for name, crowd in town.router.crowds.items():
        full_hz = hz if name == "here" else 10
        assert (crowd.district.tick_hz, crowd.district.interest.slower) == (full_hz, slower)
    assert (town.visitor().line.closed is not None) == waits
    answer = inside.ask(Enter, district="here")
    assert (answer["type"] == "refused" and answer["code"] == Refusal.FULL) == waits


def test_a_district_that_fills_while_the_node_has_too_much_to_do_ticks_slower_too() -> None:
    town = Town(district("here"), district("there"), district("nowhere"))
    for name, count in (("here", 3), ("there", 1)):
        for _ in range(count):
            town.visitor().enter(name)
    town.router.take_step(Step.TICK_HALVED)
    crowds = town.router.crowds
    assert [crowds[name].district.tick_hz for name in ("here", "there", "nowhere")] == [5, 10, 10]
    town.router.take_step(Step.EASY)
    for _ in range(4):
        town.visitor().enter("there")
    town.router.take_step(Step.TICK_HALVED)
    assert [crowds[name].district.tick_hz for name in ("here", "there", "nowhere")] == [10, 5, 10]
    town.router.take_step(Step.EASY)
    assert {crowd.district.tick_hz for crowd in crowds.values()} == {10}


def test_a_goodbye_of_the_city_is_the_last_that_is_heard(town: Town) -> None:
    people = [at(town, 50, 50) for _ in range(3)]
    for person in people:
        person.stand(50, 51)
        person.connection.end(Farewell.DRAINING)
    town.tick(3)
    for person in people:
        person.listen()
        assert isinstance(person.heard[-1], Goodbye)
    assert town.count("madang_connections") == 0
