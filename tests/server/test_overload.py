"""The ladder of overload: up while it is too much, down when it has long been easy, never by more than a step."""

from hypothesis import given
from hypothesis import strategies as st

from server.overload import Ladder, Step, fullest


def ladder() -> Ladder:
    return Ladder(high=0.85, low=0.6, up_seconds=2, down_seconds=10)


def test_it_goes_up_a_step_after_each_span_of_too_much() -> None:
    assert climbed(ladder(), [0.9] * 12) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4]


def climbed(on: Ladder, busy: list[float], start: float = 0.0) -> list[int]:
    """The step after each second."""
    return [int(on.observe(share, start + second)) for second, share in enumerate(busy)]


def test_a_short_burst_changes_nothing() -> None:
    assert set(climbed(ladder(), [0.9, 0.9, 0.8] * 20)) == {0}


def test_it_comes_down_more_slowly_than_it_went_up() -> None:
    on = ladder()
    climbed(on, [1.0] * 9)
    steps = climbed(on, [0.1] * 45, start=9)
    assert [steps.count(step) for step in (4, 3, 2, 1, 0)] == [10, 10, 10, 10, 5]


def test_between_the_two_marks_it_stays() -> None:
    on = ladder()
    climbed(on, [1.0] * 5)
    assert set(climbed(on, [0.7] * 60, start=5)) == {2}


def test_one_busy_second_starts_the_wait_for_coming_down_anew() -> None:
    on = ladder()
    climbed(on, [1.0] * 3)
    assert set(climbed(on, ([0.1] * 9 + [0.7]) * 4, start=3)) == {1}


@given(st.lists(st.floats(0, 2), max_size=200))
def test_it_moves_by_single_steps_and_keeps_to_its_ends(busy: list[float]) -> None:
    before = 0
    for step in climbed(ladder(), busy):
        assert Step.EASY <= step <= Step.TICK_HALVED
        assert abs(step - before) <= 1
        before = step


def test_while_arrivals_wait_as_many_come_as_there_is_room_for() -> None:
    on = ladder()
    assert on.room(0.1) is None
    assert climbed(on, [1.0] * 7)[-1] == Step.ARRIVALS_WAIT
    # The marks are 0.6 and 0.85: it is not easy enough to come down, and yet not full.
    assert [on.room(busy) for busy in (1.0, 0.8, 0.725, 0.705, 0.625)] == [0, 0, 0, 10, 50]
    assert climbed(on, [1.0] * 3, start=7)[-1] == Step.TICK_HALVED
    assert on.room(0.1) == 0


def test_the_fullest_districts_are_those_at_least_as_full_as_the_middling_one() -> None:
    assert fullest({"plaza": 1_150, "library": 200, "field": 0}) == {"plaza"}
    assert fullest({"plaza": 500, "library": 500, "field": 500}) == {"plaza", "library", "field"}
    assert fullest({"plaza": 1_000, "library": 900, "field": 100}) == {"plaza", "library"}
    assert fullest({"plaza": 0}) == set()


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9_000), max_size=10))
def test_of_those_that_are_inhabited_one_is_always_among_the_fullest(people: dict[str, int]) -> None:
    slowed = fullest(people)
    assert bool(slowed) == any(people.values())
    assert all(people[name] for name in slowed)
    assert min((people[name] for name in slowed), default=0) >= max(
        (count for name, count in people.items() if name not in slowed), default=0
    )
