"""Supervision: a place for the young is open while two of its staff are in it, and empties when they are not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.districts import AtZone
from protocol.refusals import Refusal, Refused
from tests.support.city import district, text
from tests.worlds.test_district import World
from worlds.citizen import Citizen
from worlds.supervision import Supervision

CHILD = Citizen("c-child", "child", ("citizen",), level=2, minor=True)
ADULT = Citizen("c-adult", "adult", ("citizen",), level=2)
MODERATOR = Citizen("c-mod", "moderator", ("moderator",), level=2)
ONE, TWO, THREE = (Citizen(f"c-{n}", f"worker {n}", ("official",), ("youth_worker",), level=2) for n in "123")
ACCESS = ["minor", "grant:youth_worker"]


def parts(**changed: Any) -> dict[str, Any]:
    """A lobby and a room behind it, east of x = 60; people arrive in the middle."""
    zones = [
        {"id": name, "name": text(name), "kind": "room", "access": ACCESS, "polygon": {"box": box}}
        for name, box in (("lobby", [60.0, 0.0, 80.0, 100.0]), ("room", [80.0, 0.0, 100.0, 100.0]))
    ]
    told = {state: text(f"{state}, as it says") for state in ("open", "closing", "closed")}
    place = {
        "id": "wing", "name": text("wing"), "zones": ["lobby", "room"], "staff": ["grant:youth_worker"],
        "leave_s": 20.0, "text": told,
    } | changed  # fmt: skip
    return {"zones": zones, "supervised": [place]}


class Wing(World):
    """A district with such a place, looked at after each tick as the crowd does."""

    def __init__(self, **changed: Any) -> None:
        super().__init__(**parts(**changed))
        self.away: set[int] = set()

    def look(self, seconds: float = 0.1) -> tuple[list[str], list[int]]:
        """Some time passes; the states that places turned to, and who was put out."""
        self.now += seconds
        turns, out = self.district.supervise(self.away, self.now)
        return [turn.state for turn in turns], list(out)

    def step(self, slot: int, x: float, z: float) -> list[tuple[int, str]]:
        """Someone walks there within a second; who was put back."""
        self.now += 1
        return list(self.walk((slot, x, z)).put_back)

    def scopes(self, slot: int) -> tuple[str, ...]:
        return self.district.scopes(slot)


def test_it_is_closed_until_two_of_its_staff_are_in_it() -> None:
    wing = Wing()
    assert wing.look() == ([], [])
    child, one = wing.come(55, 50, CHILD), wing.come(65, 50, ONE)
    assert wing.look() == ([], [])
    assert wing.step(child, 60.5, 50) == [(child, "not_allowed")]
    with pytest.raises(Refused) as refused:
        wing.district.arrival(AtZone(zone="room"), CHILD, child)
    assert (refused.value.code, refused.value.field) == (Refusal.CLOSED, "at.zone")
    two = wing.come(55, 40, TWO)
    assert wing.look() == ([], [])
    assert wing.step(two, 60.5, 40) == []
    assert wing.look() == (["open"], [])
    assert wing.step(child, 55, 50) == wing.step(child, 60.5, 50) == []
    assert wing.scopes(child) == ("here", "here/lobby")
    assert wing.district.arrival(AtZone(zone="room"), CHILD, child).x > 80
    assert wing.scopes(one) == ("here", "here/lobby")


def test_when_one_of_two_goes_nobody_comes_in_and_those_inside_walk_out_through_the_lobby() -> None:
    wing = Wing()
    one, two = wing.come(65, 50, ONE), wing.come(65, 60, TWO)
    wing.look()
    inside, outside = wing.come(81, 50, CHILD), wing.come(59, 20, CHILD)
    wing.district.leave(two, wing.now)
    assert wing.look() == (["closing"], [])
    assert wing.step(outside, 60.5, 20) == [(outside, "not_allowed")]
    assert wing.step(inside, 79.5, 50) == []
    assert wing.scopes(inside) == ("here", "here/lobby")
    wing.district.place(inside, wing.district._arrivals.outside(), wing.now)
    assert wing.look(17) == ([], [])
    assert wing.look(3) == (["closed"], [])
    assert wing.scopes(one) == ("here", "here/lobby")


def test_who_has_not_gone_in_time_is_put_down_where_people_arrive_and_staff_stays() -> None:
    wing = Wing()
    one, two = wing.come(65, 50, ONE), wing.come(65, 60, TWO)
    wing.look()
    child = wing.come(90, 50, CHILD)
    wing.away.add(two)  # a broken line looks after nobody
    assert wing.look() == (["closing"], [])
    assert wing.look(20) == (["closed"], [child])
    assert wing.scopes(child) == ("here",)
    assert wing.district.stand(child)[0] == pytest.approx(50, abs=4)
    assert wing.scopes(one) == wing.scopes(two) == ("here", "here/lobby")
    wing.away.clear()
    assert wing.look() == (["open"], [])


def test_a_second_who_comes_back_in_time_keeps_it_open() -> None:
    wing = Wing()
    wing.come(65, 50, ONE)
    two = wing.come(65, 60, TWO)
    wing.look()
    child = wing.come(90, 50, CHILD)
    wing.district.leave(two, wing.now)
    assert wing.look() == (["closing"], [])
    wing.come(65, 60, THREE)
    assert wing.look(19.9) == (["open"], [])
    assert wing.look(60) == ([], [])
    assert wing.scopes(child) == ("here", "here/room")


def test_without_time_to_leave_it_closes_at_once_and_whoever_is_moved_in_goes_out_again() -> None:
    wing = Wing(leave_s=0.0)
    one, two = wing.come(65, 50, ONE), wing.come(65, 60, TWO)
    wing.look()
    child = wing.come(90, 50, CHILD)
    wing.district.leave(one, wing.now)
    assert wing.look() == (["closed"], [child])
    moderator = wing.come(90, 50, MODERATOR)
    wing.district.put(child, 90, 50, wing.now)
    assert wing.look() == ([], sorted([child, moderator]))
    wing.district.leave(two, wing.now)
    assert wing.look() == ([], [])


def test_the_young_and_adults_who_are_not_cleared_are_no_staff_whatever_they_hold() -> None:
    wing = Wing()
    minor = Citizen("c-m", "minor", ("citizen",), ("youth_worker",), level=2, minor=True)
    for z, someone in enumerate((ONE, minor, MODERATOR, ADULT, CHILD)):
        wing.come(65, 10 + 10 * z, someone)
    assert wing.look()[0] == []


def test_who_loses_the_office_looks_after_nobody_from_then_on() -> None:
    wing = Wing()
    wing.come(65, 50, ONE)
    two = wing.come(65, 60, TWO)
    wing.look()
    wing.district.read_roles(two, Citizen(TWO.id, TWO.name, ("citizen",), level=2))
    assert wing.look() == (["closing"], [])
    assert wing.look(20) == (["closed"], [two])


def test_what_else_is_closed_to_someone_stays_closed_when_it_opens() -> None:
    wing = Wing()
    child = wing.come(59, 50, CHILD)
    wing.district.restrain(child, CHILD, False, frozenset({"lobby", "room"}), wing.now)
    wing.come(65, 50, ONE)
    wing.come(65, 60, TWO)
    assert wing.look() == (["open"], [])
    assert wing.step(child, 60.5, 50) == [(child, "not_allowed")]
    staff, others = wing.district.admitted_to(wing.district.plan.supervised[0])
    assert (len(staff), others) == (2, [])


def test_whom_it_admits_is_who_is_told() -> None:
    wing = Wing()
    child, adult, one = wing.come(50, 50, CHILD), wing.come(52, 50, ADULT), wing.come(50, 52, ONE)
    assert wing.district.admitted_to(wing.district.plan.supervised[0]) == ([one], [child])
    assert wing.step(adult, 60.5, 52) == [(adult, "not_allowed")]


def test_a_district_without_such_a_place_is_looked_at_for_nothing() -> None:
    world = World()
    world.come(50, 50, CHILD)
    assert world.district.supervise((), world.now) == ((), ())


Moves = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([50, 70, 90]), st.booleans(), st.floats(0, 30)), max_size=30
)


@given(Moves)
def test_whoever_comes_and_goes_no_minor_is_inside_for_long_without_two_of_its_staff(
    moves: list[tuple[int, int, bool, float]],
) -> None:
    plan = district("here", **parts())
    supervision = Supervision(plan, 8)
    people = [ONE, TWO, THREE, CHILD, CHILD, ADULT]
    zones = np.zeros(8, np.uint64)
    away: set[int] = set()
    for slot, person in enumerate(people):
        supervision.read_roles(slot, person)
    now, alone_since = 0.0, None
    for slot, x, is_away, seconds in moves:
        bits = {50: 0, 70: 1, 90: 2}[x]
        came_in = bits and not zones[slot]
        zones[slot] = 0 if came_in and bits & supervision.closed_to(slot) else bits
        (away.add if is_away else away.discard)(slot)
        now += seconds
        looked = supervision.look(zones, away, now)
        for put_out in looked.out:
            zones[put_out] = 0
        watched = sum(bool(zones[n]) and n not in away for n in range(3)) >= 2
        alone_since = (
            None if watched or not any(zones[3:5]) else (now if alone_since is None else alone_since)
        )
        assert alone_since is None or now - alone_since < 20.0
        assert all(zones[n] for n in range(3) if n in looked.out) or not set(looked.out) & {0, 1, 2}
