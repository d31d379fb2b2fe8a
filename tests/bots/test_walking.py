"""Walking through a ground whose walls are learnt by being put back, with a walker in memory."""

import asyncio
import math
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.walking import Blocked, walk, yaw_towards
from protocol.poses import RUN, STAND, WALK


@dataclass
class Wanderer:
    """A walker that is put back where a wall crosses its step: walls are (x, from z, to z)."""

    walls: tuple[tuple[float, float, float], ...] = ()
    x: float = 0.0
    z: float = 0.0
    pose_hz: float = 1000.0
    moves: int = 0
    moved_because: str = ""
    steps: list[tuple[float, float, int | None, int]] = field(default_factory=list)

    async def stand_at(self, x: float, z: float, *, yaw: int | None = None, stance: int = STAND) -> None:
        for wall_x, from_z, to_z in self.walls:
            if (self.x < wall_x) != (x < wall_x) and from_z < z < to_z:
                self.moves += 1
                self.moved_because = "blocked"
                return
        self.x, self.z = x, z
        self.steps.append((x, z, yaw, stance))


async def test_a_walk_is_a_straight_line_at_the_given_speed_and_ends_standing() -> None:
    walker = Wanderer()
    begun = asyncio.get_running_loop().time()
    await walk(walker, 3.0, 4.0, 100.0, random.Random(1))
    took = asyncio.get_running_loop().time() - begun
    assert (walker.x, walker.z) == (3.0, 4.0)
    assert took >= 5 / 100
    assert all(math.isclose(x * 4, z * 3) for x, z, _, _ in walker.steps)
    assert walker.steps[0][3] == RUN
    assert walker.steps[-1][3] == STAND


async def test_a_slow_walker_is_seen_walking() -> None:
    walker = Wanderer()
    await walk(walker, 0.02, 0.0, 1.4, random.Random(1))
    assert walker.steps[0][3] == WALK


@pytest.mark.parametrize("seed", range(5))
async def test_a_wall_in_the_way_is_gone_round_on_either_side(seed: int) -> None:
    walker = Wanderer(walls=((10.0, -8.0, 8.0),))
    await walk(walker, 20.0, 0.0, 400.0, random.Random(seed))
    assert (walker.x, walker.z) == (20.0, 0.0)


async def test_a_wall_without_end_is_told() -> None:
    walker = Wanderer(walls=((10.0, -1e9, 1e9),))
    with pytest.raises(Blocked, match="blocked"):
        await walk(walker, 20.0, 0.0, 1000.0, random.Random(3), detours=3)
    assert walker.x < 10


@pytest.mark.parametrize(("dx", "dz", "yaw"), [(0, 1, 0), (1, 0, 16_384), (0, -1, 32_768), (-1, 0, 49_152)])
def test_the_four_winds_as_yaw(dx: float, dz: float, yaw: int) -> None:
    assert yaw_towards(dx, dz) == yaw


@given(st.integers(0, 65_535))
def test_yaw_is_the_turn_whose_forward_is_sine_and_cosine(yaw: int) -> None:
    turn = yaw / 65_536 * math.tau
    assert yaw_towards(math.sin(turn), math.cos(turn)) == yaw
