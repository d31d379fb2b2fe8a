"""Seating: halls of a district as its people meet them, over the real router and sessions in memory."""

from typing import Any

import pytest

from protocol.avatars import AvatarCards, Who
from protocol.chat import ChatSaid, Say
from protocol.districts import CloseHall, Crowd, Enter, Place, Reseated
from protocol.handshake import Resume
from protocol.poses import Frame
from tests.support.city import Person, Town, district

SEATS = 3


def town(mirrors: int = 2, **sections: Any) -> Town:
    return Town(
        district("here", mirrors=mirrors),
        district("there"),
        crowd={"district_capacity": SEATS, "reserved_share": 0.34},
        limits={"commands_per_s": 0, "kinds": {}, "chat_per_s": 0, "enter_at_per_s": 0, "who_per_s": 0},
        **sections,
    )


def come(at: Town, people: int) -> list[Person]:
    """So many visitors enter, one after the other; two in each hall, as the third seat is kept."""
    found = [at.visitor() for _ in range(people)]
    for one in found:
        one.enter("here")
    at.tick()
    return found


def moderator(at: Town) -> Person:
    return at.visitor(token=at.token("mod", roles=["moderator@here"]))


def halls(person: Person) -> tuple[int | None, list[int] | None, int | None]:
    assert person.place is not None
    return person.place.hall, person.place.halls, person.place.hall_seats


def test_a_place_tells_of_halls_only_where_there_are_several() -> None:
    at = town()
    people = come(at, 5)
    assert halls(people[1]) == (None, None, None)
    assert [halls(person) for person in people[2:]] == [
        (1, [2, 1], SEATS),
        (1, [2, 2], SEATS),
        (2, [2, 2, 1], SEATS),
    ]
    at.tick(60)
    told = [item for item in people[0].heard if isinstance(item, Crowd)][-1]
    assert (told.population, told.halls, told.hall_seats) == (5, [2, 2, 1], SEATS)
    assert at.count("madang_halls", district="here") == 3
    for person in people[2:]:
        at.people.remove(person)
        person.connection.left()
    at.tick(60)
    told = [item for item in people[0].heard if isinstance(item, Crowd)][-1]
    assert (told.population, told.halls, told.hall_seats) == (2, None, None)
    assert at.count("madang_halls", district="here") == 1


def test_where_every_hall_is_full_one_waits_as_before_one_hall() -> None:
    at = town(mirrors=1)
    people = come(at, 4)
    late = at.visitor()
    assert late.refused(Enter, district="here") == ("full", "district")
    moderator(at).enter("here")
    assert late.refused(Enter, district="here") == ("full", "district")
    at.people.remove(people[2])
    people[2].connection.left()
    assert late.enter("here").hall == 1
    assert at.count("madang_limit_reached_total", limit="district_capacity") == 2


def test_one_crosses_where_a_seat_is_free_and_stands_where_one_stood() -> None:
    at = town()
    people = come(at, 3)
    crosser = people[2]
    crosser.put("here", 20.0, 30.0)
    assert crosser.refused(Enter, district="here", hall=0) == ("full", "hall")
    assert crosser.refused(Enter, district="here", hall=2) == ("closed", "hall")
    assert crosser.refused(Enter, district="here", hall=3) == ("not_found", "hall")
    assert at.count("madang_limit_reached_total", limit="hall_seats") == 1
    at.people.remove(people[0])
    people[0].connection.left()
    slot = crosser.connection.slot
    place = crosser.enter("here", hall=0)
    assert (place.x, place.z, place.slot, place.hall) == (20.0, 30.0, slot, None), "the mirror is closed"
    at.tick()
    assert people[1].picture is not None
    assert list(people[1].picture.avatars) == [slot]
    assert crosser.picture is not None
    assert list(crosser.picture.avatars) == [people[1].connection.slot]


def test_who_crosses_to_a_place_goes_there_and_who_asks_for_their_own_hall_stays() -> None:
    at = town()
    people = come(at, 3)
    before = people[2].connection.slot, people[2].enter("here", hall=1)
    assert (before[1].slot, before[1].hall) == (before[0], 1)
    at.people.remove(people[0])
    people[0].connection.left()
    place = people[2].enter("here", hall=0, at={"x": 10, "z": 10})
    assert (place.x, place.z) == (10, 10)


def test_a_moderator_takes_the_kept_seat_of_any_hall() -> None:
    at = town()
    come(at, 3)
    staff = moderator(at)
    assert staff.enter("here", hall=0).hall == 0
    assert staff.enter("here", hall=1).hall == 1


def test_a_newcomer_asks_for_a_hall_and_is_told_where_it_has_no_seat() -> None:
    at = town()
    come(at, 3)
    late = at.visitor()
    assert late.refused(Enter, district="here", hall=0) == ("full", "hall")
    assert late.connection.crowd is None
    assert late.enter("here", hall=1).hall == 1


def test_who_was_near_by_just_now_is_followed_into_their_hall() -> None:
    at = town()
    friend, follower, stranger = (at.visitor() for _ in range(3))
    for one, x in ((friend, 50), (follower, 52)):
        one.enter("there", at={"x": x, "z": 50})
    at.router.check_silence(at.clock.monotonic())
    come(at, 2)
    assert friend.enter("here").hall == 1
    friend_id = friend.welcome().citizen.id
    people = [person for person in at.people if person not in (friend, follower, stranger)]
    at.people.remove(people[0])
    people[0].connection.left()
    # There is a seat in the main hall, where both would come to by themselves.
    assert follower.enter("here", beside=friend_id).hall == 1
    assert stranger.enter("here", beside=friend_id).hall == 0
    assert stranger.enter("here", beside="c-nobody").hall == 0


def test_nobody_is_found_by_asking_for_a_seat_beside_them() -> None:
    at = town()
    come(at, 2)
    sought, seeker = at.visitor(), at.visitor()
    sought.enter("here")
    seeker.enter("there")
    at.router.check_silence(at.clock.monotonic())
    at.people[0].connection.left()
    at.people.pop(0)
    assert seeker.enter("here", beside=sought.welcome().citizen.id).hall == 0


def test_near_by_is_within_one_s_hall_and_what_goes_to_the_district_is_heard_in_all() -> None:
    at = town()
    here, neighbour, there = come(at, 3)
    at.tick()
    assert here.ask(Say, text="near", to="nearby")["result"]["heard_by"] == 1
    assert there.ask(Say, text="all", to="district")["result"]["heard_by"] == 2
    at.tick()
    assert [said.text for said in neighbour.facts(ChatSaid)] == ["near", "all"]
    assert there.facts(ChatSaid) == []
    cards = AvatarCards.model_validate(
        here.ask(Who, slots=[neighbour.connection.slot, there.connection.slot])["result"]
    )
    assert [card.slot for card in cards.avatars] == [neighbour.connection.slot]
    private = there.ask(Say, text="psst", to="citizen", citizen=here.welcome().citizen.id)
    assert private["type"] == "done"
    at.tick()
    assert here.facts(ChatSaid)[-1].from_.slot is None, "a slot that is not shown names nobody"


def test_who_speaks_on_the_stage_is_seen_and_heard_in_all_halls_at_the_same_tick() -> None:
    at = town()
    speaker, neighbour, there = come(at, 3)
    world = at.router.crowds["here"].district
    world.spotlight(speaker.connection.slot, True)
    at.tick()
    for hearer in (neighbour, there):
        assert hearer.picture is not None
        assert speaker.connection.slot in hearer.picture.avatars
    x = round(world.stand(speaker.connection.slot)[0] + 0.5, 2)
    speaker.stand(x, round(world.stand(speaker.connection.slot)[2], 2))
    at.tick()
    seen = [
        person.picture.avatars[speaker.connection.slot] for person in (neighbour, there) if person.picture
    ]
    assert [one.x for one in seen] == [pytest.approx(x)] * 2
    assert seen[0].tick_ms == seen[1].tick_ms
    assert speaker.ask(Say, text="welcome", to="nearby")["result"]["heard_by"] == 2
    world.spotlight(speaker.connection.slot, False)
    at.tick(2)
    assert there.picture is not None
    assert speaker.connection.slot not in there.picture.avatars


def test_a_line_breaks_and_the_session_goes_on_in_the_same_hall() -> None:
    at = town()
    people = come(at, 3)
    there = people[2]
    welcome = there.welcome()
    there.connection.lost()
    people[0].connection.left()
    at.people.remove(people[0])
    again = Person(at, resume=Resume(session=welcome.session, key=welcome.resume_key, last=0))
    told = again.welcome()
    assert told.resumed
    place = Place.model_validate(told.place)
    assert (place.hall, place.slot) == (1, there.place.slot if there.place else -1)


def test_a_closed_mirror_s_people_are_told_their_new_hall_and_see_it() -> None:
    at = town(mirrors=1)
    people = come(at, 3)
    staff = moderator(at)
    staff.enter("here", hall=1)
    assert staff.refused(CloseHall, district="here", hall=0) == ("not_allowed", "hall")
    assert staff.refused(CloseHall, district="here", hall=2) == ("not_found", "hall")
    assert staff.refused(CloseHall, district="nowhere", hall=1) == ("not_found", "district")
    assert people[0].refused(CloseHall, district="here", hall=1) == ("not_allowed", None)
    assert staff.refused(CloseHall, district="here", hall=1) == ("full", "hall")
    people[0].connection.left()
    at.people.remove(people[0])
    assert staff.ask(CloseHall, district="here", hall=1)["result"] == {"reseated": 2}
    at.tick()
    assert [told.hall for told in people[2].facts(Reseated)] == [0]
    assert people[2].picture is not None
    assert set(people[2].picture.avatars) == {people[1].connection.slot, staff.connection.slot}
    assert people[1].picture is not None
    assert set(people[1].picture.avatars) == {people[2].connection.slot, staff.connection.slot}


def test_a_mirror_that_opens_between_the_parts_of_a_tick_is_shown_with_the_next() -> None:
    at = town()
    people = come(at, 2)
    late: list[Person] = []

    def arrive() -> None:
        if not late:
            late.append(at.visitor())
            late[0].enter("here")

    at.meanwhile = arrive
    at.tick()
    at.meanwhile = lambda: None
    at.router.crowds["here"].district.spotlight(people[0].connection.slot, True)
    at.tick()
    assert late[0].picture is not None
    assert list(late[0].picture.avatars) == [people[0].connection.slot]


def test_what_a_mirror_would_have_been_told_goes_to_nobody_when_its_last_one_leaves_within_the_tick() -> None:
    at = town()
    people = come(at, 3)
    at.tick(2)
    star, there = people[0], people[2]
    parts: list[int] = []

    def leave() -> None:
        parts.append(len(parts))
        if len(parts) == 4:  # walked; woven and sent in the main hall; woven in the mirror
            at.people.remove(there)
            there.connection.left()

    at.meanwhile = leave
    before = sum(isinstance(item, Frame) for item in star.heard)
    at.tick()
    at.meanwhile = lambda: None
    assert len(parts) >= 4
    assert at.router.crowds["here"].district.halls.is_one
    assert sum(isinstance(item, Frame) for item in star.heard) == before + 1
    assert star.picture is not None
    assert list(star.picture.avatars) == [people[1].connection.slot]


def test_pace_and_overload_reach_every_hall_also_one_that_opens_later() -> None:
    at = town()
    world = at.router.crowds["here"].district
    come(at, 3)
    world.set_pace(5, 2)
    come(at, 2)
    assert [
        (world.halls[hall].interest.tick_hz, world.halls[hall].interest.slower) for hall in (0, 1, 2)
    ] == [(5, 2)] * 3
