"""The city's time when the machine's clock is set: it never goes back, leaps late or not, and never stands still."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import SystemClock
from server.steady_clock import BELIEVED_SECONDS, LEAP_MS, SteadyClock, seconds_running
from tests.support.web_city import a_petition, web_city

START = 1_790_000_000_000
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS


class SetClock:
    """A machine's clocks, of which somebody sets the calendar."""

    def __init__(self) -> None:
        self.running = 0.0
        self.calendar = START

    def monotonic(self) -> float:
        return self.running

    def unix_ms(self) -> int:
        return self.calendar

    def wait(self, seconds: float) -> None:
        self.running += seconds
        self.calendar += round(seconds * 1_000)


@pytest.fixture
def machine() -> SetClock:
    return SetClock()


@pytest.fixture
def city(machine: SetClock) -> SteadyClock:
    return SteadyClock(machine)


def test_it_is_the_machines_time_while_nobody_sets_it(machine: SetClock, city: SteadyClock) -> None:
    for _ in range(1_000):
        machine.wait(0.1)
        assert city.unix_ms() == machine.unix_ms()
    assert city.ahead_seconds == 0


def test_a_leap_that_is_taken_back_has_never_been(machine: SetClock, city: SteadyClock) -> None:
    machine.calendar += 10 * YEAR_MS
    for _ in range(29):
        machine.wait(10)
        assert city.unix_ms() == machine.calendar - 10 * YEAR_MS
    machine.calendar -= 10 * YEAR_MS
    machine.wait(1)
    assert city.unix_ms() == machine.calendar
    machine.wait(2 * BELIEVED_SECONDS)
    assert city.unix_ms() == machine.calendar


def test_a_leap_that_stays_is_followed(machine: SetClock, city: SteadyClock) -> None:
    machine.calendar += DAY_MS
    assert city.unix_ms() == START
    assert city.ahead_seconds == -86_400
    machine.wait(BELIEVED_SECONDS - 1)
    assert city.unix_ms() == machine.calendar - DAY_MS
    machine.wait(1)
    assert city.unix_ms() == machine.calendar


def test_a_clock_that_goes_on_leaping_is_doubted_anew_each_time(machine: SetClock, city: SteadyClock) -> None:
    for _ in range(5):
        machine.calendar += DAY_MS
        machine.wait(BELIEVED_SECONDS / 2)
        assert city.unix_ms() == machine.calendar - (machine.calendar - START) // DAY_MS * DAY_MS


def test_what_a_clock_was_late_by_is_followed_at_once(machine: SetClock, city: SteadyClock) -> None:
    machine.calendar += LEAP_MS
    assert city.unix_ms() == START + LEAP_MS


def test_set_back_it_goes_on_slower_until_the_machine_has_caught_up(
    machine: SetClock, city: SteadyClock
) -> None:
    machine.calendar -= 3_600_000
    machine.wait(100)
    assert city.unix_ms() == START + 90_000
    machine.wait(10 * 3_600 - 101)
    assert city.unix_ms() > machine.calendar
    machine.wait(2)
    assert city.unix_ms() == machine.calendar
    machine.wait(60)
    assert city.unix_ms() == machine.calendar


def test_from_a_far_point_that_was_decided_upon_time_goes_on(machine: SetClock, city: SteadyClock) -> None:
    city.reach(START + YEAR_MS)
    assert city.unix_ms() == START + YEAR_MS
    machine.wait(100)
    assert city.unix_ms() == START + YEAR_MS + 90_000
    assert city.ahead_seconds == pytest.approx(YEAR_MS / 1_000 - 10)
    city.reach(START)
    assert city.unix_ms() == START + YEAR_MS + 90_000


def test_a_machine_tells_how_long_it_runs() -> None:
    assert 0 < seconds_running() <= seconds_running()


@given(st.lists(st.tuples(st.floats(0, 4_000), st.integers(-2 * YEAR_MS, 2 * YEAR_MS)), max_size=30))
def test_whatever_is_done_to_the_machine_time_goes_forward_and_nearly_as_fast(
    steps: list[tuple[float, int]],
) -> None:
    machine = SetClock()
    city = SteadyClock(machine)
    before = city.unix_ms()
    for seconds, leap_ms in steps:
        machine.calendar += leap_ms
        machine.wait(seconds)
        now = city.unix_ms()
        assert now - before >= seconds * 1_000 * 0.9 - 2
        before = now


class SetWrong(SystemClock):
    """The machine's clocks, of which the calendar was set wrong by so much."""

    def __init__(self, by_ms: int = 0) -> None:
        self.by_ms = by_ms

    def unix_ms(self) -> int:
        return super().unix_ms() + self.by_ms


async def test_a_petition_filed_during_a_false_leap_is_due_when_it_should_be(tmp_path: Path) -> None:
    clock = SetWrong()
    async with web_city(tmp_path, clock=clock) as city:
        before = await city.done("petitions.file", "mina", **a_petition())
        clock.by_ms = 2 * YEAR_MS
        during = await city.done("petitions.file", "mina", **a_petition(title="또 하나"))
        clock.by_ms = 0
        after = await city.done("petitions.file", "mina", **a_petition(title="하나 더"))
        arrived = [one["arrived_at"] for one in (before, during, after)]
        assert arrived == sorted(arrived)
        assert arrived[-1] - arrived[0] < DAY_MS
        assert after["receive_by"] - before["receive_by"] < 5 * DAY_MS


async def test_a_city_that_has_decided_in_the_future_goes_on_from_there(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        before = await city.done("petitions.file", "mina", **a_petition())
    (tmp_path / "city").rename(tmp_path / "city_before")
    async with web_city(tmp_path, clock=SetWrong(-DAY_MS)) as city:
        assert city.city.node.health()["clock_ahead_s"] == pytest.approx(86_400, abs=60)
        first = await filed(city, "하나")
        second = await filed(city, "둘")
        assert before["arrived_at"] <= first <= second
        ready = (await city.browser.get("/readyz")).json()
        assert ready["clock_ahead_s"] > 86_000


async def filed(city: Any, title: str) -> int:
    """When a petition arrived."""
    told = await city.done("petitions.file", "mina", **a_petition(title=title))
    return int(told["arrived_at"])
