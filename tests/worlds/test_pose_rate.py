"""How many poses are admitted, and who floods."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from worlds.pose_rate import PoseLimit, PoseRate

LIMIT = PoseLimit(hz=20, burst=25, flooding_times=10, flooding_seconds=5)
TICK = 0.1


def send(rate: PoseRate, poses: int, now: float, limit: PoseLimit = LIMIT) -> tuple[int, bool]:
    """How many of one avatar's poses in a tick are admitted, and whether it floods."""
    admitted, flooding = rate.admit(np.zeros(poses, np.intp), np.arange(poses), now, limit)
    assert (np.diff(admitted.astype(int)) <= 0).all(), "the first are admitted"
    return int(admitted.sum()), len(flooding) > 0


def fresh(limit: PoseLimit = LIMIT) -> PoseRate:
    rate = PoseRate(2)
    rate.reset(0, 0.0, limit)
    rate.reset(1, 0.0, limit)
    return rate


@given(st.lists(st.integers(1, 60), min_size=1, max_size=80))
def test_in_any_time_at_most_the_burst_and_the_rate_are_admitted(sent: list[int]) -> None:
    rate = fresh()
    admitted = [send(rate, poses, n * TICK)[0] for n, poses in enumerate(sent)]
    for start in range(len(sent)):
        for end in range(start, len(sent)):
            assert sum(admitted[start : end + 1]) <= LIMIT.burst + LIMIT.hz * TICK * (end - start) + 1e-6


def test_who_keeps_to_the_rate_loses_nothing() -> None:
    rate = fresh()
    assert all(send(rate, 2, n * TICK) == (2, False) for n in range(1, 200))


def test_a_stalled_line_catches_up_by_the_burst() -> None:
    rate = fresh()
    send(rate, 25, 0.1)
    assert send(rate, 30, 10.0) == (25, False)


def test_ten_times_the_rate_for_five_seconds_is_flooding() -> None:
    rate = fresh()
    floods = [send(rate, 22, n * TICK)[1] for n in range(60)]
    assert floods.index(True) in (50, 51)
    assert all(floods[51:])


def test_below_ten_times_the_rate_nobody_floods() -> None:
    rate = fresh()
    assert not any(send(rate, 19, n * TICK)[1] for n in range(300))


def test_a_burst_is_no_flood_when_it_is_over_in_time() -> None:
    rate = fresh()
    assert not send(rate, 900, 1.0)[1]
    assert not any(send(rate, 2, 1.0 + n * TICK)[1] for n in range(1, 100))


def test_one_who_floods_costs_the_others_nothing() -> None:
    rate = fresh()
    slots = np.array([0] * 100 + [1, 1])
    turns = np.array([*range(100), 0, 1])
    admitted, _ = rate.admit(slots, turns, 0.1, LIMIT)
    assert admitted[100:].all()


def test_zero_is_off() -> None:
    unlimited = PoseLimit(hz=0)
    rate = fresh(unlimited)
    assert all(send(rate, 1_000, n * TICK, unlimited) == (1_000, False) for n in range(80))
    patient = PoseLimit(flooding_seconds=0)
    rate = fresh(patient)
    assert not any(send(rate, 1_000, n * TICK, patient)[1] for n in range(80))


def test_who_gets_the_slot_anew_starts_with_a_full_bucket() -> None:
    rate = fresh()
    for n in range(60):
        send(rate, 100, n * TICK)
    rate.reset(0, 6.0, LIMIT)
    assert send(rate, 25, 6.0) == (25, False)
