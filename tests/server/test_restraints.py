"""What keeps an avatar, on a clock one moves: it ends by the clock, in its district alone, and with who left."""

from protocol.avatars import MovedBack
from tests.support.city import Person, Town, district, text
from worlds.service import Restrain

ROOM = {"id": "room", "name": text("room"), "kind": "room", "polygon": {"box": [60.0, 0.0, 100.0, 100.0]}}


def standing(town: Town, x: float = 50.0) -> Person:
    """Someone who stands there."""
    person = town.visitor()
    person.put("here", x, 50)
    return person


def test_who_is_frozen_walks_again_when_the_time_is_over_though_nobody_says_so() -> None:
    town = Town(district("here"))
    kim = standing(town)
    crowd = town.router.crowds["here"]
    now = town.clock.unix_ms()
    assert crowd.restrain(kim.connection.slot, Restrain("kim", (("here", now + 1_000),)))
    assert not crowd.restrain(kim.connection.slot, Restrain("kim", (("here", now + 2_000),)))
    kim.stand(50.5, 50)
    town.tick(2)
    assert [back.reason for back in kim.heard if isinstance(back, MovedBack)] == ["moderator"]
    assert crowd.district.stand(kim.connection.slot)[0] == 50
    town.tick(20)
    kim.stand(50.5, 50)
    town.tick()
    assert crowd.district.stand(kim.connection.slot)[0] == 50.5


def test_a_freeze_of_another_district_keeps_nobody_here_and_one_of_the_city_does() -> None:
    town = Town(district("here"))
    kim = standing(town)
    crowd, slot = town.router.crowds["here"], kim.connection.slot
    later = town.clock.unix_ms() + 60_000
    assert not crowd.restrain(slot, Restrain("kim", (("there", later),)))
    assert crowd.frozen_until(slot) == 0
    assert crowd.restrain(slot, Restrain("kim", (("", later),)))
    assert crowd.frozen_until(slot) == later
    crowd.restrain(slot, Restrain("kim"))
    assert crowd.frozen_until(slot) == 0


def test_a_closed_zone_puts_out_who_stands_in_it_and_opens_again_by_the_clock() -> None:
    town = Town(district("here", zones=[ROOM]))
    kim = standing(town, 65)
    crowd, slot = town.router.crowds["here"], kim.connection.slot
    assert crowd.restrain(slot, Restrain("kim", (), (("here/room", town.clock.unix_ms() + 1_000),)))
    assert "here/room" not in crowd.district.scopes(slot)
    town.tick(11)
    crowd.district.put(slot, 59.8, 50, town.clock.monotonic())
    town.tick(2)
    kim.stand(60.4, 50)
    town.tick()
    assert "here/room" in crowd.district.scopes(slot)


def test_who_comes_after_has_nothing_of_who_left() -> None:
    town = Town(district("here"))
    kim = standing(town)
    crowd, slot = town.router.crowds["here"], kim.connection.slot
    crowd.restrain(slot, Restrain("kim", (("here", town.clock.unix_ms() + 60_000),)))
    crowd.leave(slot, town.clock.monotonic())
    assert crowd.frozen_until(slot) == 0
    town.tick(3)
