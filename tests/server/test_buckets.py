"""Buckets: no more than the rate and the burst in any span of time, in bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from server.buckets import Buckets


@given(
    rate=st.floats(0.1, 100),
    burst=st.integers(1, 30),
    steps=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40)), min_size=1, max_size=200),
)
def test_no_span_of_time_grants_more_than_the_burst_and_the_rate(
    rate: float, burst: int, steps: list[tuple[float, int]]
) -> None:
    buckets = Buckets(rate, burst)
    now, granted = 0.0, []
    for step, amount in steps:
        now += step
        if not buckets.take("a", now, amount):
            granted.append((now, min(amount, burst)))
    for first in range(len(granted)):
        span = granted[-1][0] - granted[first][0]
        assert sum(amount for _, amount in granted[first:]) <= burst + span * rate + 1e-6


def test_more_than_a_whole_bucket_is_a_whole_one() -> None:
    buckets = Buckets(2, 4)
    assert buckets.take("a", 0.0, 1) == 0.0
    assert buckets.take("a", 0.0, 100) == 0.5
    assert buckets.take("a", 0.5, 100) == 0.0
    assert buckets.take("a", 1.5, 2) == 0.0
    assert buckets.take("a", 1.5, 1) == 0.5


@given(rate=st.floats(0.1, 100), burst=st.integers(1, 30))
def test_who_waits_as_long_as_they_are_told_is_served(rate: float, burst: int) -> None:
    buckets = Buckets(rate, burst)
    assert [buckets.take("a", 5.0) for _ in range(burst)] == [0.0] * burst
    wait = buckets.take("a", 5.0)
    assert 0 < wait <= 1 / rate + 1e-9
    assert buckets.take("a", 5.0 + wait * 0.9) > 0
    assert buckets.take("a", 5.0 + wait) == 0.0


def test_each_key_has_its_own_bucket() -> None:
    buckets = Buckets(1, 1)
    assert buckets.take("a", 0.0) == 0.0
    assert buckets.take("a", 0.0) > 0
    assert buckets.take("b", 0.0) == 0.0


def test_a_key_that_will_not_come_again_is_forgotten_before_its_bucket_is_full() -> None:
    buckets = Buckets(1, 1)
    for key in ("a", "b"):
        buckets.take(key, 0.0)
    buckets.forget("a")
    buckets.forget("nobody")
    assert len(buckets) == 1
    assert buckets.take("b", 0.0) > 0


def test_a_rate_of_zero_is_no_limit_and_no_memory() -> None:
    buckets = Buckets(0, 1)
    assert not any(buckets.take("a", 0.0) for _ in range(1000))
    assert len(buckets) == 0


def test_full_buckets_are_forgotten_and_others_are_bounded() -> None:
    buckets = Buckets(10, 1, max_keys=100)
    for i in range(10_000):
        buckets.take(i, i * 0.05)
    assert len(buckets) <= 4
    for i in range(10_000):
        buckets.take(i, 10_000.0)
    assert len(buckets) <= 100
