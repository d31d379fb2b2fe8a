"""The command that runs a crowd, as a process of its own against a tiny city."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE

import pytest
from typer.testing import CliRunner

from bots.cli import app, per_second
from protocol.refusals import Farewell
from tests.support.patience import until
from tests.support.tiny_city import TinyCity


async def command(city: TinyCity, *arguments: str) -> asyncio.subprocess.Process:
    program = (sys.executable, "-m", "bots.cli", "--url", city.url, "--district", "green", "--ramp", "0")
    return await asyncio.create_subprocess_exec(*program, *arguments, stdout=PIPE, stderr=PIPE)


async def test_the_command_runs_a_crowd_for_its_time_and_sums_up() -> None:
    async with TinyCity() as city:
        running = await command(city, "--count", "4", "--seconds", "0.3", "--mix", "wander:1,gather:1")
        told, faults = await running.communicate()
    assert running.returncode == 0, faults.decode()
    assert "4 of 4 bots came in; 0 failed" in told.decode()
    assert "gather" in told.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_crowd_politely(number: signal.Signals) -> None:
    async with TinyCity() as city:
        running = await command(city, "--count", "2", "--mix", "idle")
        await until(lambda: len(city.guests) == 2 and all(guest.district for guest in city.guests.values()))
        running.send_signal(number)
        await running.communicate()
        assert running.returncode == 0
        assert city.farewells == [Farewell.BYE] * 2


async def test_the_command_ends_when_all_have_failed_tells_why_and_exits_with_1() -> None:
    async with TinyCity() as city:
        running = await command(city, "--count", "1", "--mix", "idle")
        await until(lambda: any(guest.district for guest in city.guests.values()))
        await city.part(next(iter(city.guests.values())), Farewell.BANNED)
        _, faults = await running.communicate()
    assert running.returncode == 1
    assert "1 failed: banned" in faults.decode()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--url", "http://127.0.0.1:9", "--count", "3"], "no city answers at ws://127.0.0.1:9/ws"),
        (["--url", "nowhere"], "'nowhere' is no address of a city"),
        (["--mix", "dance:1"], "there is no behaviour 'dance'"),
        (["--ramp", "fast"], "the ramp is 'fast'"),
        (["--count", "0"], "Invalid value for '--count'"),
    ],
)
def test_wrong_use_and_no_city_are_told_in_one_clear_line_with_exit_code_2(
    arguments: list[str], line: str
) -> None:
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 2
    assert line in outcome.stderr
    assert not outcome.stdout


@pytest.mark.parametrize(("rate", "value"), [("50/s", 50.0), ("2.5", 2.5), ("0", 0.0)])
def test_a_ramp_is_bots_per_second(rate: str, value: float) -> None:
    assert per_second(rate) == value
