"""How long the frames of one tick take: the crowd of the plaza, everybody walking and everybody told; it has a bound.

Run as `python -m load_tests.bench_weave`; it exits with 1 when the bound is passed.
"""

import sys
import time
from collections import Counter

import numpy as np

from protocol.poses import ENTRY, encode_entries
from worlds.blocks import Scene
from worlds.grid import Grid
from worlds.interest import Interest

CITIZENS = 3_000
SIDE_M = 200.0
CELL_M, TILE_CELLS = 12.0, 4
VIEW_M = 100.0
TICK_HZ = 10.0
BYTES_PER_CLIENT = 23_700
STEP_M = 0.14
WARM_TICKS, TICKS = 80, 200
MOST_MS = 8.0


class Walk:
    """Citizens who walk straight on and turn round at the border, and what is woven for them."""

    def __init__(self, seed: int = 7) -> None:
        chance = np.random.default_rng(seed)
        self.grid = Grid(SIDE_M, SIDE_M, CELL_M, TILE_CELLS)
        self.interest = Interest(self.grid, VIEW_M, TICK_HZ, BYTES_PER_CLIENT)
        self.x, self.z = chance.uniform(1, SIDE_M - 1, (2, CITIZENS))
        turn = chance.uniform(0, 2 * np.pi, CITIZENS)
        self.step_x, self.step_z = STEP_M * np.cos(turn), STEP_M * np.sin(turn)
        self.who = np.arange(CITIZENS, dtype=np.intp)
        self.entries = np.zeros(CITIZENS, ENTRY)
        self.cell = self.grid.cell_of(self.x, self.z)
        self.tick = 0

    def step(self) -> Scene:
        """Everybody a step on."""
        self.tick += 1
        self.step_x[(self.x < 1) | (self.x > SIDE_M - 1)] *= -1
        self.step_z[(self.z < 1) | (self.z > SIDE_M - 1)] *= -1
        self.x += self.step_x
        self.z += self.step_z
        self.entries[:] = encode_entries(
            self.who, self.x, np.zeros(CITIZENS), self.z, np.zeros(CITIZENS, np.uint16), np.ones(CITIZENS)
        )
        moved_at = np.full(CITIZENS, self.tick, np.int32)
        before, self.cell = self.cell, self.grid.cell_of(self.x, self.z)
        self.left = np.flatnonzero(before != self.cell)
        self.crossed = Counter(zip(before[self.left].tolist(), self.cell[self.left].tolist(), strict=True))
        self.before = before
        return Scene(self.tick, self.tick * 100, self.who, self.cell, self.entries, moved_at)

    def weave(self, scene: Scene) -> int:
        """Its messages; returns the bytes that all clients together are sent."""
        people = Counter(self.cell.tolist())
        nobody = np.empty(0, np.intp)
        woven = self.interest.weave(
            scene, (self.left, self.before[self.left].astype(np.int32)), people, self.crossed, nobody
        )
        return sum(people[cell] * sum(map(len, parts)) for cell, parts in woven.frames.items())


def main() -> int:
    """Prints the median of a tick, and its bound."""
    walk = Walk()
    took, told = [], 0
    for tick in range(WARM_TICKS + TICKS):
        scene = walk.step()
        began = time.perf_counter()
        told = walk.weave(scene)
        if tick >= WARM_TICKS:
            took.append(time.perf_counter() - began)
    median = float(np.median(took)) * 1000
    kilobytes = told / CITIZENS * TICK_HZ / 1000
    print(
        f"{CITIZENS} citizens  {median:6.2f} ms a tick (at most {MOST_MS} ms; {kilobytes:.1f} kB/s to each)"
    )
    return 0 if median <= MOST_MS else 1


if __name__ == "__main__":
    sys.exit(main())
