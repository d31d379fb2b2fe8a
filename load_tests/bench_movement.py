"""How long the walking of one tick takes: 3,000 and 9,000 poses, open ground and 300 walls; each has a bound.

Run as `python -m load_tests.bench_movement`; it exits with 1 when a bound is passed.
"""

import sys
import time

import numpy as np
from numpy.typing import NDArray

from protocol.poses import POSE
from worlds.grid import Grid, WallRaster, ZoneRaster
from worlds.movement import Ground, Rules, Steps, Walkers

SIDE_M = 220.0
TICKS = 200
STEP_M = 0.9
TICK_SECONDS = 0.1

CASES = (
    # walkers, walls, zones, most milliseconds
    (3_000, 0, 0, 0.6),
    (3_000, 300, 20, 1.5),
    (9_000, 300, 20, 4.5),
)


def ground_of(walls: int, zones: int, chance: np.random.Generator) -> Ground:
    """A square district with walls of 4-12 m, half of them aligned, and square zones of 20 m."""
    start = chance.uniform(15, SIDE_M - 15, (walls, 2))
    turn = np.where(
        chance.random(walls) < 0.5, chance.integers(0, 4, walls) * np.pi / 2, chance.uniform(0, 6, walls)
    )
    along = np.stack((np.cos(turn), np.sin(turn)), axis=1) * chance.uniform(4, 12, walls)[:, None]
    corner = chance.uniform(0, SIDE_M - 20, (zones, 2))
    polygons = [[(x, z), (x + 20, z), (x + 20, z + 20), (x, z + 20)] for x, z in corner]
    return Ground(
        SIDE_M,
        SIDE_M,
        Grid(SIDE_M, SIDE_M, 14.0),
        ZoneRaster(SIDE_M, SIDE_M, polygons),
        WallRaster(np.hstack((start, start + along)), SIDE_M, SIDE_M),
    )


def poses_of(walkers: Walkers, turn: NDArray[np.float64]) -> NDArray[np.void]:
    """Everybody one step on in their direction, the other way where the district ends."""
    poses = np.zeros(len(turn), POSE)
    poses["x"] = np.abs(SIDE_M - np.abs(SIDE_M - (walkers.x + STEP_M * np.cos(turn))))
    poses["z"] = np.abs(SIDE_M - np.abs(SIDE_M - (walkers.z + STEP_M * np.sin(turn))))
    return poses


def milliseconds_per_tick(count: int, walls: int, zones: int) -> tuple[float, float]:
    """The median, and the part of poses that was accepted."""
    chance = np.random.default_rng(7)
    walkers = Walkers(ground_of(walls, zones, chance), Rules(), count)
    for walker, (x, z) in enumerate(chance.uniform(1, SIDE_M - 1, (count, 2))):
        walkers.place(walker, x, 0.0, z, 0, now=0.0, tick=0)
    turn = chance.uniform(0, 2 * np.pi, count)
    took, accepted = [], 0
    for tick in range(1, TICKS + 1):
        now = tick * TICK_SECONDS
        slot = chance.permutation(count)
        steps = Steps(slot, poses_of(walkers, turn)[slot], np.full(count, now))
        began = time.perf_counter()
        outcome = walkers.walk(steps, now, tick)
        took.append(time.perf_counter() - began)
        accepted += outcome.counts["accepted"]
        turn[outcome.put_back] += np.pi / 2
    return float(np.median(took)) * 1000, accepted / (count * TICKS)


def main() -> int:
    """Prints each case and its bound."""
    kept = True
    for count, walls, zones, bound in CASES:
        median, accepted = milliseconds_per_tick(count, walls, zones)
        kept &= median <= bound
        print(
            f"{count:>6} poses  {walls:>4} walls  {zones:>3} zones  {median:6.2f} ms  "
            f"(at most {bound} ms; {accepted:.1%} accepted)"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
