"""Whom the witnesses take for near."""

from collections import deque

from load_tests.truth import NEAR_FOR_S, Been, are_near

CELL_M, STEP_S = 12.0, 0.1


def walk(x: float, step_x: float, steps: int) -> Been:
    return deque((i * STEP_S, x + i * step_x, 5.0) for i in range(steps))


def test_who_stays_in_the_cells_around_is_near() -> None:
    assert are_near(walk(20, 0, 30), walk(30, 0, 30), CELL_M)
    assert not are_near(walk(20, 0, 30), walk(40, 0, 30), CELL_M)


def test_who_has_come_over_the_border_a_step_ago_was_told_as_far_until_then() -> None:
    steps = round(NEAR_FOR_S / STEP_S)
    seer, comer = walk(91.9, 0, 40), walk(108.0 + 0.12 * 38, -0.12, 40)
    assert comer[-1][1] // CELL_M == 8
    assert not are_near(seer, comer, CELL_M)
    later = walk(108.0 + 0.12 * 38, -0.12, 40 + steps)
    assert are_near(walk(91.9, 0, 40 + steps), later, CELL_M)


def test_who_was_let_in_just_now_is_near_if_all_that_is_known_says_so() -> None:
    assert are_near(walk(20, 0, 1), walk(30, 0, 1), CELL_M)
