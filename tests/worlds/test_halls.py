"""Halls: an audience in parts. Each sees its own part and who performs, and is right again within 4 s of anything."""

import contextlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bots.picture import Picture
from protocol.districts import Enter, Place
from protocol.poses import ENTRY, GONE
from protocol.refusals import Refusal, Refused
from tests.support.city import Person, Town, district
from tests.worlds.test_district import VISITOR, World
from tests.worlds.test_interest import Walks, picture_of, truth_for
from worlds.arrivals import Spot
from worlds.blocks import Scene
from worlds.citizen import Citizen
from worlds.grid import Grid
from worlds.halls import ALL_HALLS, MAIN, Halls
from worlds.interest import Interest

STAGE = {"id": "stage", "name": {"ko": "무대", "en": "Stage"}, "kind": "stage"}
ON_STAGE: dict[str, Any] = {
    "zones": [{**STAGE, "polygon": {"box": [0.0, 0.0, 10.0, 10.0]}}],
    "stages": [{"id": "main", "name": STAGE["name"], "zone": "stage", "at": [5.0, 5.0], "yaw": 0.0}],
}


def interest() -> Interest:
    return Interest(Grid(50.0, 50.0, 12.5, 4), 100.0, 10.0, 32_000)


def halls(mirrors: int = 2, seats: int = 3, kept: int = 0) -> Halls:
    return Halls(np.ones(100, np.uint8), interest(), mirrors=mirrors, seats=seats, kept=kept)


def fill(some: Halls, people: int) -> list[int]:
    """So many come one after the other; the hall of each."""
    chosen = []
    for slot in range(people):
        hall = some.choose(works_here=False)
        assert hall is not None
        some.seat(slot, hall)
        chosen.append(hall)
    return chosen


# Who sits where


def test_the_main_hall_is_filled_first_and_a_mirror_is_opened_when_all_are_full() -> None:
    some = halls()
    assert some.is_one
    assert fill(some, 9) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert (some.open, some.people, some.is_one) == ([0, 1, 2], [3, 3, 3], False)
    assert some.choose(works_here=False) is None
    assert some.free_in_all(works_here=False) == 0


def test_who_comes_later_takes_a_seat_in_the_main_hall_or_in_the_emptiest_mirror() -> None:
    some = halls()
    fill(some, 9)
    for slot in (3, 6, 7):
        some.leave(slot)
    assert some.choose(works_here=False) == 2
    some.leave(0)
    assert some.choose(works_here=False) == MAIN


def test_an_empty_mirror_is_closed_and_the_main_hall_never_is() -> None:
    some = halls(mirrors=1)
    fill(some, 4)
    some.leave(3)
    assert some.open == [MAIN]
    for slot in range(3):
        some.leave(slot)
    assert some.open == [MAIN]
    assert some.choose(works_here=False) == MAIN


def test_each_hall_keeps_seats_for_those_who_work_there() -> None:
    some = halls(mirrors=1, kept=1)
    assert fill(some, 4) == [0, 0, 1, 1]
    assert some.choose(works_here=False) is None
    assert some.free_in_all(works_here=True) == 2
    assert some.choose(works_here=True) == MAIN


def test_without_a_bound_everyone_is_in_the_main_hall() -> None:
    some = halls(mirrors=2, seats=0)
    assert set(fill(some, 50)) == {MAIN}
    assert some.free(MAIN, works_here=False) == sys.maxsize


def test_who_performs_is_seen_in_all_halls_and_stays_in_their_own() -> None:
    some = halls()
    fill(some, 5)
    assert some.seen_in[[0, 3]].tolist() == [1, 2]
    some.perform(3, is_on=True)
    assert (some.seen_in[3], some.of[3]) == (ALL_HALLS, 1)
    assert [np.flatnonzero(some.shows(hall)[:5]).tolist() for hall in (0, 1)] == [[0, 1, 2, 3], [3, 4]]
    some.cross(3, 2)
    assert (some.seen_in[3], some.of[3], some.people) == (ALL_HALLS, 2, [3, 1, 1])
    some.perform(3, is_on=False)
    assert some.seen_in[3] == 4
    some.leave(3)
    assert (some.seen_in[3], some.of[3]) == (1, MAIN)


def test_a_hall_tells_once_of_who_is_shown_no_more_for_whatever_reason() -> None:
    hall = halls()[MAIN]
    assert not hall.is_woven
    entries = np.zeros(100, ENTRY)
    nobody = np.empty(0, np.intp)

    def weave(tick: int, **cells: int) -> bytes:
        cell = np.full(100, -1, np.int32)
        for slot, where in cells.items():
            cell[int(slot[1:])] = where
        scene = Scene(tick, tick, np.flatnonzero(cell >= 0), cell, entries, np.full(100, -99, np.int32))
        return b"".join(hall.weave(scene, {5: 1}, {}, nobody).frames[5])

    weave(1, s1=5, s2=5)
    assert hall.is_woven
    gone = bytes([5, 0, GONE, 1, 2, 0])
    assert any(gone in weave(tick, s1=5) for tick in range(2, 40))
    assert not any(gone in weave(tick, s1=5) for tick in range(50, 90)), "and then no more"


# In the district


def mirrored(capacity: int = 2, mirrors: int = 1, **parts: Any) -> World:
    return World(capacity=capacity, mirrors=mirrors, **parts)


def come(world: World, x: float, z: float, hall: int, citizen: Citizen = VISITOR) -> int:
    return world.district.admit(citizen, Spot(x, z, 0), world.now, hall)


def test_one_sees_and_hears_one_s_own_hall_and_who_performs() -> None:
    world = mirrored(capacity=3, **ON_STAGE)
    speaker, near, there = come(world, 5, 5, 0), come(world, 15, 5, 0), come(world, 15, 5, 1)
    seen_by, hearers = world.district.seen_by, world.district.hearers
    assert seen_by(near, [speaker, there]) == [speaker]
    assert seen_by(there, [speaker, near]) == [speaker]
    assert hearers(near, "nearby") == [speaker]
    assert hearers(there, "nearby") == []
    assert hearers(speaker, "nearby") == [near, there]
    assert hearers(there, "district") == [speaker, near]
    assert (world.district.shows_to(there, speaker), world.district.shows_to(there, near)) == (True, False)


def test_adults_keep_away_from_minors_of_their_own_hall_and_from_those_on_the_stage() -> None:
    child = Citizen("c", "c", minor=True)
    world = mirrored(capacity=5, **ON_STAGE)
    adult = come(world, 50, 50, 0)
    come(world, 53, 50, 1, child)
    assert world.walk((adult, 51, 50), (adult, 52, 50)).put_back == []
    come(world, 53.3, 50, 0, child)
    assert world.walk((adult, 52.6, 50)).put_back == [(adult, "not_allowed")]
    star = come(world, 9, 9, 1, child)
    other = come(world, 11.2, 9, 0)
    assert star in world.district.performers
    assert world.walk((other, 10.2, 9)).put_back == [(other, "not_allowed")]


def test_who_sits_in_a_mirror_that_closes_gets_a_seat_and_who_stands_together_stays_together() -> None:
    world = mirrored(capacity=4, mirrors=2)
    for _ in range(2):
        come(world, 1, 1, 0)
    couple = [come(world, 90, 90, 1), come(world, 10, 10, 1), come(world, 91, 91, 1), come(world, 11, 11, 1)]
    moved = dict(world.district.close_hall(1))
    assert world.district.halls.people == [4, 0, 2]
    assert moved[couple[0]] == moved[couple[2]]
    assert moved[couple[1]] == moved[couple[3]]
    assert world.district.stand(couple[0])[0] == 90


def test_a_mirror_whose_people_find_no_seat_stays_open() -> None:
    world = mirrored(capacity=2)
    for hall in (0, 0, 1):
        come(world, 50, 50, hall)
    with pytest.raises(Refused) as refused:
        world.district.close_hall(1)
    assert (refused.value.code, refused.value.field) == (Refusal.FULL, "hall")
    assert world.district.halls.people == [2, 1]


# What everyone is shown


def shown(town: Town, person: Person) -> dict[int, tuple[float, float, int]]:
    """The truth of a person's own hall: of those in view, its own people; and who performs, however far away."""
    world = town.router.crowds["here"].district
    slot, found = person.connection.slot, truth_for(town, person)
    truth = {other: at for other, at in found.items() if world.shows_to(slot, other)}
    for other in world.performers - {slot}:
        x, _, z, _ = world.stand(other)
        truth[other] = (round(x, 2), round(z, 2), world.stance(other))
    return truth


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    seed=st.integers(0, 2**32 - 1),
    budget=st.sampled_from([2_000, 32_000]),
    tick_hz=st.sampled_from([5, 10]),
    view_m=st.sampled_from([25.0, 100.0]),
    mirrors=st.integers(1, 3),
)
def test_everyone_sees_the_truth_of_their_hall_after_four_seconds_of_standing(
    seed: int, budget: int, tick_hz: int, view_m: float, mirrors: int
) -> None:
    chance = np.random.default_rng(seed)
    size = 120.0
    town = Town(
        district("here", size, size, mirrors=mirrors, **ON_STAGE),
        district("there", size, size),
        crowd={
            "bytes_per_client": budget,
            "tick_hz": tick_hz,
            "view_m": view_m,
            "cell_m": 12.5,
            "district_capacity": 8,
            "reserved_share": 0,
        },
        limits={"enter_at_per_s": 0, "commands_per_s": 0, "kinds": {}},
    )
    crowd = town.router.crowds["here"]
    world = crowd.district
    people = []
    for _ in range(8 * (1 + mirrors) - 4):
        person = town.visitor()
        x, z = chance.uniform(0, size, 2)
        person.enter("here", at={"x": float(x), "z": float(z)})
        people.append(person)
    assert world.halls.people == [8] * mirrors + [4]
    walks = Walks(town, people, chance, size, speed=11.0)
    slow = people[0]
    slow.stall()

    def someone() -> Person:
        return people[int(chance.integers(1, len(people)))]

    def enter(one: Person, name: str, **fields: Any) -> None:
        answer = one.ask(Enter, district=name, **fields)
        if answer["type"] == "done":
            one.place = Place.model_validate(answer["result"])
            one.picture = Picture(one.place)
            walks.arrived.append(one)

    def cross() -> None:
        one = someone()
        if is_here(one):
            enter(one, "here", hall=int(chance.integers(1 + mirrors)))

    def perform() -> None:
        one = someone()
        if is_here(one):
            world.spotlight(one.connection.slot, bool(chance.integers(2)))

    def travel() -> None:
        one = someone()
        enter(one, "there" if is_here(one) else "here")

    def leave() -> None:
        gone = people.pop()
        town.people.remove(gone)
        gone.connection.left()

    def close() -> None:
        if not world.halls.is_one:
            with contextlib.suppress(Refused):
                crowd.close_hall(world.halls.open[-1])

    acts = [cross, cross, perform, perform, travel, close, leave]
    due: list[Callable[[], None]] = []
    town.meanwhile = lambda: due.pop()() if due and chance.random() < 0.4 else None
    for tick in range(8 * tick_hz):
        if tick % 2 == 0 and len(people) > 6:
            due.append(acts[int(chance.integers(len(acts)))])
        walks.step()
    town.meanwhile = lambda: None
    slow.read_on()
    town.tick(4 * tick_hz)

    assert slow in people
    for person in people:
        if is_here(person):
            assert picture_of(person) == shown(town, person)


def is_here(person: Person) -> bool:
    return person.place is not None and person.place.district == "here"
