"""Interest: whoever comes late, reads slowly or crosses the city ends up seeing exactly what is so."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from protocol.message import Fact
from protocol.poses import MAX_CLASS
from tests.support.city import Person, Town, district
from worlds.interest import LEVELS

CELL_M = 12.5


def truth_for(town: Town, person: Person) -> dict[int, tuple[float, float, int]]:
    """Who is in the cells within this person's view: slot -> x, z, stance, from the server's arrays."""
    assert person.place is not None
    world = town.router.crowds[person.place.district].district
    x, _, z, _ = world.stand(person.connection.slot)
    columns = person.place.columns
    seen = {}
    for slot in town.router.crowds[person.place.district].connections:
        cell = world.cell_of(slot)
        left, top = cell % columns * CELL_M, cell // columns * CELL_M
        away = np.hypot(max(left - x, x - left - CELL_M, 0), max(top - z, z - top - CELL_M, 0))
        if slot != person.connection.slot and away <= person.place.view_m:
            sx, _, sz, _ = world.stand(slot)
            seen[slot] = (round(sx, 2), round(sz, 2), int(world.stance(slot)))
    return seen


def picture_of(person: Person) -> dict[int, tuple[float, float, int]]:
    assert person.picture is not None
    return {
        slot: (round(shown.x, 2), round(shown.z, 2), shown.stance)
        for slot, shown in person.picture.avatars.items()
    }


class Walks:
    """People who walk at random, some of them through the portal of the moment."""

    def __init__(
        self, town: Town, people: list[Person], chance: np.random.Generator, size: float, speed: float
    ) -> None:
        self.town, self.people, self.chance, self.size, self.speed = town, people, chance, size, speed
        self.arrived: list[Person] = []
        """In this tick: nobody walks anywhere in no time."""

    def step(self, share: float = 0.8) -> None:
        self.town.tick()
        for person in self.people:
            if person.place is None or person.connection.crowd is None or self.chance.random() > share:
                continue
            if person in self.arrived:
                continue
            x, _, z, _ = person.connection.crowd.district.stand(person.connection.slot)
            dx, dz = self.chance.uniform(-1, 1, 2) * self.speed / 2**0.5 / self.town.settings.crowd.tick_hz
            person.stand(
                float(np.clip(round(x + dx, 2), 0, self.size)), float(np.clip(round(z + dz, 2), 0, self.size))
            )
        self.arrived.clear()


@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    seed=st.integers(0, 2**32 - 1),
    budget=st.sampled_from([2_000, 6_000, 32_000]),
    tick_hz=st.sampled_from([5, 10, 20]),
    view_m=st.sampled_from([25.0, 40.0, 100.0]),
)
def test_everyone_sees_the_truth_after_four_seconds_of_standing(
    seed: int, budget: int, tick_hz: int, view_m: float
) -> None:
    chance = np.random.default_rng(seed)
    size = 120.0
    town = Town(
        district("here", size, size),
        district("there", size, size),
        crowd={"bytes_per_client": budget, "tick_hz": tick_hz, "view_m": view_m, "cell_m": CELL_M},
        limits={"enter_at_per_s": 0, "commands_per_s": 0},
    )
    people = []
    for _ in range(24):
        person = town.visitor()
        x, z = chance.uniform(0, size, 2)
        person.enter("here", at={"x": float(x), "z": float(z)})
        people.append(person)
    walks = Walks(town, people, chance, size, speed=11.0)
    for _ in range(25):
        walks.step()

    late = town.visitor()
    late.enter("here", at={"x": 60.0, "z": 60.0})
    slow = people[0]
    slow.stall()

    def travel() -> None:
        traveller = people[int(chance.integers(1, len(people)))]
        assert traveller.place is not None
        away = "there" if traveller.place.district == "here" else "here"
        x, z = chance.uniform(0, size, 2)
        traveller.enter(away, at={"x": float(x), "z": float(z)})
        walks.arrived.append(traveller)

    def leave() -> None:
        gone = people.pop()
        town.people.remove(gone)
        gone.connection.left()

    due: list[Callable[[], None]] = []
    town.meanwhile = lambda: due.pop()() if due and chance.random() < 0.4 else None
    for tick in range(10 * tick_hz):
        if tick % 4 == 0:
            due.append(travel)
        if tick == 5 * tick_hz:
            due.append(leave)
        walks.step()
    town.meanwhile = lambda: None
    slow.read_on()
    town.tick(4 * tick_hz)

    assert town.count("madang_poses_total", result="too_fast") == 0
    for person in [*people, late]:
        assert picture_of(person) == truth_for(town, person)
    assert sum(len(picture_of(person)) for person in people) > 10


def test_a_crowd_keeps_to_the_budget_and_near_ones_come_first() -> None:
    chance = np.random.default_rng(3)
    size, budget = 100.0, 8_000
    town = Town(
        district("here", size, size),
        crowd={"bytes_per_client": budget},
        limits={"enter_at_per_s": 0, "commands_per_s": 0},
    )
    people = []
    for _ in range(250):
        person = town.visitor()
        x, z = chance.uniform(0, size, 2)
        person.enter("here", at={"x": float(x), "z": float(z)})
        people.append(person)
    walks = Walks(town, people, chance, size, speed=4.0)
    for _ in range(70):
        walks.step(share=1.0)
    before = [person.line.bytes for person in people]
    for _ in range(64):
        walks.step(share=1.0)
    rates = [(person.line.bytes - b) / 6.4 for person, b in zip(people, before, strict=True)]
    assert np.percentile(rates, 90) < budget * 1.2
    assert np.mean(rates) < budget
    assert np.mean(rates) > budget * 0.4

    world = town.router.crowds["here"].district
    cell = world.grid.cell_of(np.array([50.0]), np.array([50.0]))[0]
    near = world.interest.class_of(int(cell), int(cell))
    far = world.interest.class_of(int(cell), 0)
    assert near < far


def test_an_avatar_that_leaves_the_district_is_gone_for_all_at_their_next_block() -> None:
    town = Town(district("here"))
    one, other = town.visitor(), town.visitor()
    one.enter("here")
    other.enter("here")
    town.tick(2)
    assert set(picture_of(one)) == {other.connection.slot}
    other.connection.left()
    town.people.remove(other)
    town.tick(1)
    assert picture_of(one) == {}


def test_beyond_the_view_the_whole_crowd_is_counted_by_tiles() -> None:
    chance = np.random.default_rng(5)
    size = 200.0
    town = Town(
        district("here", size, size),
        crowd={"view_m": 30.0},
        limits={"enter_at_per_s": 0, "commands_per_s": 0},
    )
    people = []
    for _ in range(120):
        person = town.visitor()
        x, z = chance.uniform(0, size, 2)
        person.enter("here", at={"x": float(x), "z": float(z)})
        people.append(person)
    town.tick(50)
    for person in people:
        assert person.picture is not None
        told = len(person.picture) + 1 + int(person.picture.crowd_tiles["count"].sum())
        # Cells that the server still tells as seen and the client's own place does not reach any more.
        assert len(people) - 25 <= told <= len(people)
    assert any(int(person.picture.crowd_tiles["count"].sum()) > 60 for person in people if person.picture)


def test_a_speaker_on_a_stage_is_near_to_everyone() -> None:
    stage = {"id": "stage", "name": {"ko": "무대", "en": "Stage"}, "kind": "stage"}
    town = Town(
        district(
            "here",
            400.0,
            400.0,
            zones=[{**stage, "polygon": {"box": [0.0, 0.0, 10.0, 10.0]}}],
            stages=[{"id": "main", "name": stage["name"], "zone": "stage", "at": [5.0, 5.0], "yaw": 0.0}],
        ),
        limits={"enter_at_per_s": 0},
    )
    speaker, listener = town.visitor(), town.visitor()
    speaker.enter("here", at={"x": 5.0, "z": 5.0})
    listener.enter("here", at={"x": 390.0, "z": 390.0})
    for step in range(20):
        speaker.stand(round(5 + step * 0.1, 2), 5.0)
        town.tick()
        assert picture_of(listener)[speaker.connection.slot][:2] == (round(5 + step * 0.1, 2), 5.0)
    speaker.stand(7.5, 5.0)
    town.tick()
    for step in range(12):
        speaker.stand(round(8.5 + step, 2), 5.0)
        town.tick()
    town.tick(25)
    assert picture_of(listener) == {}


@pytest.mark.parametrize("slower", [1, 2])
def test_under_overload_the_far_bands_are_told_less_often_and_the_near_band_is_not(slower: int) -> None:
    town = Town(district("here", 200.0, 200.0), crowd={"cell_m": CELL_M})
    interest = town.router.crowds["here"].district.interest
    cell = 8 * 16 + 8
    before = [
        interest.class_of(cell, cell),
        interest.class_of(cell, cell + 3),
        interest.class_of(cell, cell + 7),
    ]
    interest.set_slower(slower)
    after = [
        interest.class_of(cell, cell),
        interest.class_of(cell, cell + 3),
        interest.class_of(cell, cell + 7),
    ]
    assert after[0] == before[0]
    assert after[1] == before[1] + (slower == 2)
    assert after[2] == before[2] + 1


def test_at_no_level_is_a_nearer_band_the_coarser() -> None:
    assert (np.diff(LEVELS.astype(int), axis=1) >= 0).all()
    assert LEVELS.max() <= MAX_CLASS


def test_no_fact_is_told_of_poses() -> None:
    town = Town(district("here"))
    one, other = town.visitor(), town.visitor()
    one.enter("here")
    other.enter("here")
    for step in range(10):
        other.stand(50.0 + step * 0.5, 50.0)
        town.tick()
    assert not [item for item in one.heard if isinstance(item, Fact)]
