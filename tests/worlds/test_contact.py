"""Contact: adults keep their distance from minors' avatars and do not write to them in private; staff may."""

import pytest

from tests.support.city import text
from tests.worlds.test_district import World
from worlds.citizen import Citizen
from worlds.contact import ADULTS_KEEP_M, is_staff, keeps_away, may_write_to

CHILD = Citizen("c-child", "child", ("citizen",), level=2, minor=True)
FRIEND = Citizen("c-friend", "friend", ("citizen",), level=2, minor=True)
ADULT = Citizen("c-adult", "adult", ("citizen",), level=2)
TEACHER = Citizen("c-teacher", "teacher", ("official@here",), level=2)
VISITOR = Citizen("v", "visitor")


def test_adults_do_not_write_to_minors_in_private_and_staff_is_counted() -> None:
    assert may_write_to(ADULT, CHILD) == may_write_to(VISITOR, CHILD) == "no"
    assert may_write_to(TEACHER, CHILD) == "as staff"
    assert may_write_to(FRIEND, CHILD) == may_write_to(CHILD, ADULT) == may_write_to(ADULT, ADULT) == "yes"


def test_staff_is_who_works_there() -> None:
    assert is_staff(TEACHER, "here")
    assert is_staff(TEACHER)
    assert not is_staff(TEACHER, "there")
    assert [keeps_away(one) for one in (ADULT, VISITOR, TEACHER, CHILD)] == [True, True, False, False]


@pytest.mark.parametrize("adult", [ADULT, VISITOR])
def test_an_adult_who_comes_too_near_to_a_minor_is_put_back_and_may_go_away(adult: Citizen) -> None:
    world = World()
    world.come(50, 50, CHILD)
    slot = world.come(52, 50, adult)
    near = world.walk((slot, 51.6, 50))
    assert near.put_back == []
    too_near = world.walk((slot, 50 + ADULTS_KEEP_M - 0.1, 50))
    assert too_near.put_back == [(slot, "not_allowed")]
    assert world.district.stand(slot)[0] == pytest.approx(51.6)
    away = world.walk((slot, 51.6, 50), (slot, 52, 50))
    assert away.put_back == []
    assert world.district.stand(slot)[0] == pytest.approx(52)


def test_a_minor_who_walks_up_to_an_adult_leaves_them_free_to_step_back() -> None:
    world = World()
    child, adult = world.come(50, 50, CHILD), world.come(52, 50, ADULT)
    world.walk((child, 51.2, 50))
    assert world.walk((adult, 51.9, 50)).put_back == [(adult, "not_allowed")]
    assert world.walk((adult, 52, 50), (adult, 52.5, 50)).put_back == []


def test_minors_and_staff_come_as_near_as_they_like_and_nobody_minds_who_has_left() -> None:
    world = World()
    child = world.come(50, 50, CHILD)
    friend, teacher, adult = (
        world.come(51, 50, FRIEND),
        world.come(50, 51, TEACHER),
        world.come(52, 50, ADULT),
    )
    assert world.walk((friend, 50.2, 50), (teacher, 50, 50.2)).put_back == []
    world.district.leave(child, world.now)
    world.district.leave(friend, world.now)
    assert world.walk((adult, 51, 50)).put_back == []


def test_whose_zone_is_closed_to_them_is_put_out_of_it_and_does_not_come_back() -> None:
    room = {"id": "room", "name": text("room"), "kind": "room", "polygon": {"box": [60.0, 0.0, 100.0, 100.0]}}
    world = World(zones=[room])
    slot = world.come(65, 50, ADULT)
    assert world.district.scopes(slot) == ("here", "here/room")
    assert world.district.restrain(slot, ADULT, False, frozenset({"room"}), world.now)
    assert world.district.scopes(slot) == ("here",)
    assert world.district.stand(slot)[0] == pytest.approx(50, abs=3)
    world.district.place(slot, world.district.arrival(None, ADULT, slot), world.now)
    world.now += 1
    assert [why for _, why in world.walk((slot, 60.5, 50)).put_back] == ["not_allowed"]
    assert not world.district.restrain(slot, ADULT, False, frozenset(), world.now)
    world.now += 1
    x, _, z, _ = world.district.stand(slot)
    world.walk((slot, x, z))
    world.now += 1
    assert world.walk((slot, 60.5, z)).put_back == []
