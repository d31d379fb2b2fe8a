"""Cells, zones and walls: what the rasters answer is what exact geometry says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.worlds import exact
from worlds.grid import MAX_DOORS, MAX_ZONES, Grid, WallRaster, ZoneRaster

WIDTH, DEPTH = 30.0, 20.0

# On a lattice every product of float64 is exact, so the answers must be equal, not nearly equal.
across = st.integers(0, int(WIDTH * 8)).map(lambda n: n / 8)
down = st.integers(0, int(DEPTH * 8)).map(lambda n: n / 8)
places = st.tuples(across, down)
lines = st.tuples(across, down, across, down)
polygons = st.lists(places, min_size=3, max_size=7)


def bits(mask: NDArray[np.uint64]) -> list[set[int]]:
    return [{bit for bit in range(64) if int(value) >> bit & 1} for value in mask]


def blocked(walls: WallRaster, *step: float, may_pass: int = 0) -> bool:
    x0, z0, x1, z1 = ([value] for value in step)
    return bool(walls.blocked(x0, z0, x1, z1, may_pass)[0])


# Cells


@given(st.floats(1, 60), st.floats(1, 60), st.floats(5, 20), st.integers(1, 5))
def test_cells_cover_the_district_and_tiles_cover_the_cells(
    width: float, depth: float, cell_m: float, tile_cells: int
) -> None:
    grid = Grid(width, depth, cell_m, tile_cells)
    assert grid.columns * cell_m >= width
    assert (grid.columns - 1) * cell_m < width
    assert grid.count == grid.columns * grid.rows == len(grid.tile_of_cell)
    for cell in range(grid.count):
        row, column = divmod(cell, grid.columns)
        middle = ((column + 0.5) * cell_m, (row + 0.5) * cell_m)
        assert grid.cell_of(*middle) == cell
        assert grid.tile_of_cell[cell] == row // tile_cells * grid.tile_columns + column // tile_cells
    assert set(grid.tile_of_cell.tolist()) == set(range(grid.tile_columns * grid.tile_rows))


def test_the_far_border_belongs_to_the_last_cell() -> None:
    grid = Grid(30, 20, 10)
    assert grid.cell_of([0, -0.0, 9.99, 10, 30, 30], [0, 0, 0, 0, 0, 20]).tolist() == [0, 0, 0, 1, 2, 5]


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([7.0, 12.5]))
def test_gaps_rings_and_neighbours_are_those_of_the_squares(columns: int, rows: int, cell_m: float) -> None:
    grid = Grid(columns * cell_m, rows * cell_m, cell_m)
    gap, ring = grid.gap(), grid.ring()
    assert gap.dtype == np.float32
    for one in range(grid.count):
        for other in range(grid.count):
            down, across = (
                abs(a - b) for a, b in zip(divmod(one, columns), divmod(other, columns), strict=True)
            )
            apart = math.hypot(max(down - 1, 0), max(across - 1, 0)) * cell_m
            assert gap[one, other] == pytest.approx(apart)
            assert ring[one, other] == max(down, across)
        assert grid.near(one).tolist() == np.flatnonzero(ring[one] <= 1).tolist()


# Zones


@given(
    st.lists(polygons, max_size=4), st.lists(places, min_size=1, max_size=30), st.sampled_from([0.5, 0.7, 4])
)
def test_a_place_is_in_the_zones_whose_polygon_holds_it(
    outlines: list[list[exact.Place]], at: list[exact.Place], step_m: float
) -> None:
    zones = ZoneRaster(WIDTH, DEPTH, outlines, step_m)
    x, z = np.array(at).T
    expected = [{i for i, outline in enumerate(outlines) if exact.inside(outline, place)} for place in at]
    assert bits(zones.zones_at(x, z)) == expected


@given(st.lists(places, min_size=1, max_size=30), st.floats(0, 1))
def test_places_anywhere_on_the_edge_belong_to_the_zone(at: list[exact.Place], part: float) -> None:
    zones = ZoneRaster(WIDTH, DEPTH, [[(5, 5), (20, 5), (20, 15), (5, 15)]])
    x, z = np.array(at).T
    edge_x = np.clip(x, 5, 20)
    assert zones.zones_at(edge_x, np.where(z > 10, 15.0, 5.0)).all()
    assert zones.zones_at(np.where(x > 10, 20.0, 5.0), np.clip(z, 5, 15)).all()


def test_the_last_of_as_many_zones_as_there_are_bits_is_told_apart() -> None:
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    away = [(x + 10, z + 10) for x, z in square]
    zones = ZoneRaster(WIDTH, DEPTH, [square] * (MAX_ZONES - 1) + [away])
    assert bits(zones.zones_at([10.5], [10.5])) == [{MAX_ZONES - 1}]
    with pytest.raises(ValueError, match="65 zones"):
        ZoneRaster(WIDTH, DEPTH, [square] * (MAX_ZONES + 1))


def test_without_zones_a_place_is_in_none() -> None:
    assert ZoneRaster(WIDTH, DEPTH, []).zones_at([1.0, 2.0], [1.0, 2.0]).tolist() == [0, 0]


# Walls and doors


@given(
    st.lists(lines, max_size=8),
    st.lists(lines, max_size=4),
    st.lists(lines, min_size=1, max_size=20),
    st.data(),
)
def test_a_step_is_blocked_by_what_it_touches_and_may_not_pass(
    walls: list[exact.Line], doors: list[exact.Line], steps: list[exact.Line], data: st.DataObject
) -> None:
    raster = WallRaster(walls, WIDTH, DEPTH, doors)
    rights = data.draw(st.lists(st.integers(0, 15), min_size=len(steps), max_size=len(steps)))
    x0, z0, x1, z1 = np.array(steps).T
    answers = raster.blocked(x0, z0, x1, z1, np.array(rights, np.uint64))
    for step, may_pass, answer in zip(steps, rights, answers, strict=True):
        shut = [
            door for j, door in enumerate(doors) if not may_pass >> j & 1 and not exact.on(door, step[:2])
        ]
        assert answer == any(exact.touch(step, line) for line in [*walls, *shut])


@given(
    st.lists(st.floats(2, 6.5), min_size=3, max_size=9),
    st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
    st.floats(0, 7),
)
def test_nobody_leaves_a_closed_room_through_its_corners(
    radii: list[float], off: exact.Place, turn: float
) -> None:
    middle = (15.0 + off[0], 10.0 + off[1])
    angles = [turn + 2 * math.pi * i / len(radii) for i in range(len(radii))]
    corners = [
        (middle[0] + r * math.cos(angle), middle[1] + r * math.sin(angle))
        for r, angle in zip(radii, angles, strict=True)
    ]
    walls = WallRaster(exact.sides(corners), WIDTH, DEPTH)
    start = np.array(middle, np.float32)
    for x, z in corners:
        for beyond in (1.01, 1.4):
            end = np.array(start + beyond * (np.array((x, z)) - start), np.float32)
            assert blocked(walls, *start, *end)


@pytest.mark.parametrize("length", [0.02, 0.5, 1.9, 2.1, 6, 13, 13.99, 14.01, 29])
def test_a_thin_wall_is_not_jumped_over_however_long_the_step(length: float) -> None:
    walls = WallRaster([(15, 5, 15, 15)], WIDTH, DEPTH)
    for part in (0.01, 0.5, 0.99):
        start = 15 - length * part
        if start >= 0 and start + length <= WIDTH:
            assert blocked(walls, start, 10, start + length, 10)
            assert not blocked(walls, start, 4.999, start + length, 4.999)


def test_a_step_along_a_wall_is_free_until_it_touches() -> None:
    walls = WallRaster([(5, 10, 25, 10)], WIDTH, DEPTH)
    assert not blocked(walls, 5, 10.01, 17, 10.01)
    assert blocked(walls, 5, 10.01, 17, 10)
    assert blocked(walls, 3, 10, 5, 10)
    assert not blocked(walls, 3, 10, 4.99, 10)


def test_a_door_lets_through_whom_its_bit_lets_through() -> None:
    walls = WallRaster([(5, 10, 14, 10), (16, 10, 25, 10)], WIDTH, DEPTH, [(14, 10, 16, 10), (0, 5, 2, 5)])
    through = (15, 9, 15, 11)
    assert blocked(walls, *through)
    assert blocked(walls, *through, may_pass=0b10)
    assert not blocked(walls, *through, may_pass=0b01)
    assert blocked(walls, 13, 9, 13, 11, may_pass=0b01)
    assert blocked(walls, 14, 9, 14, 11, may_pass=0b01), "the post is wall"


def test_whoever_stands_in_a_door_that_closes_can_leave_to_either_side_and_only_once() -> None:
    walls = WallRaster([(5, 10, 14, 10), (16, 10, 25, 10)], WIDTH, DEPTH, [(14, 10, 16, 10)])
    assert not blocked(walls, 15, 10, 15, 10)
    assert not blocked(walls, 15, 10, 15, 11)
    assert not blocked(walls, 15, 10, 15, 9)
    assert blocked(walls, 15, 11, 15, 10)
    assert blocked(walls, 15, 10, 12, 10), "along the door is into the wall"


def test_the_last_of_as_many_doors_as_there_are_bits_is_told_apart() -> None:
    doors = [(x / 4, 5, x / 4, 6) for x in range(MAX_DOORS)]
    walls = WallRaster([], WIDTH, DEPTH, doors)
    last = (15.7, 5.5, 15.8, 5.5)
    assert blocked(walls, *last, may_pass=(1 << 63) - 1)
    assert not blocked(walls, *last, may_pass=1 << 63)
    with pytest.raises(ValueError, match="65 doors"):
        WallRaster([], WIDTH, DEPTH, [*doors, (20, 5, 20, 6)])
