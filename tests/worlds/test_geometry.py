"""Lines and polygons: doors cut from walls, polygons told apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import exact
from worlds import geometry

# On a lattice every product of float64 is exact, so that on an edge is on it.
eighths = st.integers(-40, 40).map(lambda n: n / 8)
places = st.tuples(eighths, eighths)
axes = st.sets(eighths, max_size=8).map(lambda at: np.array(sorted(at), np.float64))

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)]


def lengths(lines: geometry.Floats) -> float:
    return float(np.sum(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])))


def test_area_does_not_mind_the_direction() -> None:
    assert geometry.area(SQUARE) == geometry.area(SQUARE[::-1]) == 12


@pytest.mark.parametrize(
    ("polygon", "crosses"),
    [
        (SQUARE, False),
        ([(0, 0), (4, 3), (4, 0), (0, 3)], True),
        ([(0, 0), (4, 0), (2, 0), (2, 3)], True),  # a corner that folds back
        ([(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)], True),  # a corner that touches a side
        ([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], False),
        ([(0, 0), (2, 0), (4, 0), (4, 4)], False),  # a point along a straight side
    ],
)
def test_a_polygon_that_crosses_itself_is_seen(polygon: list[tuple[float, float]], crosses: bool) -> None:
    assert geometry.crosses_itself(polygon) is crosses


def test_clearance_is_to_the_nearest_point_of_a_line_and_not_beyond_its_end() -> None:
    lines = np.array([[0.0, 0.0, 10.0, 0.0]])
    assert geometry.clearance(5, 2, lines) == 2
    assert geometry.clearance(13, 4, lines) == 5
    assert geometry.clearance(1, 1, np.empty((0, 4))) == math.inf


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_a_round_polygon_contains_what_is_near_its_middle(x: float, z: float) -> None:
    turns = np.linspace(0, math.tau, 64, endpoint=False)
    circle = [(5 * math.sin(t), 5 * math.cos(t)) for t in turns]
    away = math.hypot(x, z)
    if away < 4.98 or away > 5:
        assert bool(geometry.contains(circle, x, z)) is (away < 5)


@given(st.lists(places, min_size=3, max_size=7), axes, axes)
def test_what_is_covered_of_a_lattice_is_what_is_inside(
    polygon: list[exact.Place], x: geometry.Floats, z: geometry.Floats
) -> None:
    covered = geometry.covered(polygon, x, z)
    assert covered.shape == (len(z), len(x))
    for (row, column), inside in np.ndenumerate(covered):
        place = (float(x[column]), float(z[row]))
        if not any(exact.on(side, place) for side in exact.sides(polygon)):
            assert inside == exact.inside(polygon, place)


@given(st.lists(st.tuples(eighths, eighths, eighths, eighths), max_size=6), axes, axes, st.floats(0.1, 9))
def test_what_is_beside_a_line_is_no_farther_from_it(
    lines: list[exact.Line], x: geometry.Floats, z: geometry.Floats, metres: float
) -> None:
    beside = geometry.beside(np.array(lines, np.float64).reshape(-1, 4), x, z, metres)
    assert beside.shape == (len(z), len(x))
    for (row, column), near in np.ndenumerate(beside):
        place = (float(x[column]), float(z[row]))
        away = min((exact.nearest(line, place) for line in lines), default=math.inf)
        if abs(away - metres) > 1e-9:
            assert near == (away < metres)


@given(
    turn=st.floats(0, math.tau),
    marks=st.lists(st.integers(1, 99), min_size=2, max_size=8, unique=True),
    backwards=st.booleans(),
    off=st.floats(-0.015, 0.015),
)
def test_doors_take_their_length_from_the_wall_and_leave_no_gap(
    turn: float, marks: list[int], backwards: bool, off: float
) -> None:
    along, aside = np.array([math.sin(turn), math.cos(turn)]), np.array([math.cos(turn), -math.sin(turn)])
    start = np.array([200.0, 150.0])
    wall = np.array([[*start, *(start + 100 * along)]])
    ends = sorted(marks)[: len(marks) // 2 * 2]
    pairs = [(b, a) if backwards else (a, b) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    drawn = [[*(start + a * along + off * aside), *(start + b * along + off * aside)] for a, b in pairs]
    doors = geometry.drawn_onto(np.array(drawn), wall)
    left = geometry.cut(wall, doors)

    assert lengths(left) + lengths(doors) == pytest.approx(100)
    # every end of a door is, to the last bit, an end of what is left of the wall
    ends_left = {tuple(end) for line in left for end in (line[:2], line[2:])}
    assert {tuple(end) for door in doors for end in (door[:2], door[2:])} <= ends_left


def test_a_door_is_cut_from_every_wall_it_lies_in() -> None:
    walls = np.array([[0.0, 0.0, 10.0, 0.0], [2.0, 0.0, 20.0, 0.0], [3.0, 0.0, 3.0, 9.0]])
    left = geometry.cut(walls, np.array([[4.0, 0.0, 6.0, 0.0]]))
    assert left.tolist() == [[0, 0, 4, 0], [6, 0, 10, 0], [2, 0, 4, 0], [6, 0, 20, 0], [3, 0, 3, 9]]


def test_a_door_may_reach_from_end_to_end_of_its_wall() -> None:
    wall = np.array([[0.0, 0.0, 3.0, 0.0]])
    assert geometry.lies_on(np.array([0.0, 0.0, 3.0, 0.0]), wall)
    assert geometry.cut(wall, wall).shape == (0, 4)
