"""The trail: who left which cell, as long as it may have to be told once more."""

import numpy as np

from worlds.trail import Trail


def trail_of(*steps: tuple[int, int, int, int]) -> Trail:
    trail = Trail()
    for tick, slot, cell, went_to in steps:
        trail.add(tick, np.array([slot]), np.array([cell], np.int32), np.array([went_to], np.int32), keep=8)
    return trail


def test_who_left_after_a_tick_is_told_with_cell_and_tick() -> None:
    trail = trail_of((1, 7, 0, 1), (2, 8, 3, -1), (4, 7, 1, 2))
    slots, cells, ticks = trail.since(1)
    assert (slots.tolist(), cells.tolist(), ticks.tolist()) == ([8, 7], [3, 1], [2, 4])
    assert len(trail.since(4)[0]) == 0


def test_what_is_older_than_the_period_is_forgotten() -> None:
    trail = trail_of((1, 7, 0, 1), (9, 8, 3, 2))
    assert trail.since(0)[0].tolist() == [8]


def test_who_went_to_another_tile_or_left_the_district_is_counted_apart() -> None:
    trail = trail_of((1, 1, 0, 1), (2, 2, 0, 2), (3, 3, 0, -1))
    left, beyond = trail.per_cell(3, np.array([0, 0, 1], np.int32))
    assert left.tolist() == [3, 0, 0]
    assert beyond.tolist() == [2, 0, 0]
