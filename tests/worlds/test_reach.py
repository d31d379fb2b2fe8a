"""Ground on foot: the fast answer is the slow, obvious one."""

from collections import deque

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from worlds import geometry
from worlds.reach import SQUARE_M, Reach

WIDTH, DEPTH = 8.0, 6.0
# never on the middle of a square, where touching is a matter of rounding
ends = st.tuples(st.integers(-2, 90), st.integers(-2, 70)).map(lambda p: (p[0] * 0.0977, p[1] * 0.0983))
walls = st.lists(st.tuples(ends, ends).filter(lambda w: w[0] != w[1]), max_size=8)


def walked(lines: geometry.Floats, start: tuple[int, int]) -> set[tuple[int, int]]:
    """Squares (column, row) that steps between the middles of squares lead to."""
    columns, rows = int(WIDTH / SQUARE_M), int(DEPTH / SQUARE_M)
    seen, edge = {start}, deque([start])
    while edge:
        c, r = edge.popleft()
        for there in ((c + 1, r), (c - 1, r), (c, r + 1), (c, r - 1)):
            if there in seen or not (0 <= there[0] < columns and 0 <= there[1] < rows):
                continue
            step = (np.array([[c, r, *there]]) + 0.5) * SQUARE_M
            if not np.any(geometry.touch(step, lines)):
                seen.add(there)
                edge.append(there)
    return seen


@settings(deadline=None, max_examples=50)
@given(walls, st.integers(0, 15), st.integers(0, 11))
def test_what_is_joined_is_what_can_be_walked(
    drawn: list[tuple[tuple[float, float], tuple[float, float]]], column: int, row: int
) -> None:
    lines = np.array([(*a, *b) for a, b in drawn], np.float64).reshape(-1, 4)
    reach = Reach(WIDTH, DEPTH, lines)
    here = reach.parts[row, column]
    joined = {(int(c), int(r)) for r, c in np.argwhere(reach.parts == here)}
    assert joined == walked(lines, (column, row))


def test_a_closed_square_is_not_walked_through() -> None:
    reach = Reach(WIDTH, DEPTH, np.empty((0, 4)))
    assert reach.part(0.1, 0.1) == reach.part(7.9, 5.9)
    squares = np.zeros(reach.parts.shape, np.bool_)
    squares[:, 8] = True
    reach.close(squares)
    assert reach.part(0.1, 0.1) != reach.part(7.9, 5.9)
    assert reach.part(0.1, 0.1) == reach.part(0.1, 5.9)


def test_a_wall_along_the_middles_of_squares_bars_the_way() -> None:
    reach = Reach(WIDTH, DEPTH, np.array([[4.25, 0.0, 4.25, DEPTH]]))
    assert reach.part(0.1, 0.1) != reach.part(7.9, 0.1)


def test_a_thin_door_lets_through() -> None:
    halves = np.array([[4.0, 0.0, 4.0, 2.0], [4.0, 2.9, 4.0, DEPTH]])
    reach = Reach(WIDTH, DEPTH, halves)
    assert reach.part(0.1, 0.1) == reach.part(7.9, 5.9)
