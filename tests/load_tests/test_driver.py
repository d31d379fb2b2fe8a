"""The C programs: the driver on the floor, and among citizens whose every place is known."""

import asyncio
import dataclasses
import subprocess
from pathlib import Path

import numpy as np
import pytest

from load_tests.compiled import DRIVER, FLOOR, NotCompiled, compiled
from load_tests.crowd import Crowd, Figures, drive
from load_tests.serving import floor
from load_tests.truth import watch
from protocol import poses
from tests.support.tiny_city import TinyCity

CROWD = Crowd("hall", 50, area=(2, 2, 38, 38), settle=0.3, seconds=1.0, probes=8)


class LyingCity(TinyCity):
    """Shows everyone half a metre from where they are."""

    def _frame(self, district: str, tick_ms: int) -> bytes:
        for guest in self.guests.values():
            guest.x += 0.5
        try:
            return super()._frame(district, tick_ms)
        finally:
            for guest in self.guests.values():
                guest.x -= 0.5


class HidingCity(TinyCity):
    """Shows nobody to anybody."""

    def _frame(self, district: str, tick_ms: int) -> bytes:
        return poses.encode_frame(tick_ms, poses.blocks_of(0, poses.BEGINS | poses.ENDS, b""))


async def driven(city: TinyCity, crowd: Crowd) -> Figures:
    port = int(city.url.rsplit(":", 1)[1])
    return await asyncio.to_thread(drive, crowd, port, 7)


def test_the_driver_and_the_floor_count_the_same_bytes() -> None:
    with floor(hz=20, message_bytes=1_234) as served:
        seen = drive(CROWD, served.port, 7)
    assert (seen["entered"], seen["lost"], seen["malformed"], seen["faults"]) == (50, 0, 0, {})
    assert seen["bytes_per_message"] == pytest.approx(1_234)
    assert seen["frames_per_s"]["min"] > 0
    assert seen["poses_per_s"] > 0
    assert seen["strangers"] == seen["entries"] > 0


@pytest.mark.parametrize("message_bytes", [32, 64, 125, 126, 130, 2_599, 3_000, 40_000])
def test_the_floor_sends_frames_that_can_be_read_whatever_their_length(message_bytes: int) -> None:
    crowd = dataclasses.replace(CROWD, citizens=2, settle=0, seconds=0.2)
    with floor(hz=50, message_bytes=message_bytes) as served:
        seen = drive(crowd, served.port, 7)
    assert seen["malformed"] == 0
    # Entries have even lengths.
    assert message_bytes - 1 <= seen["bytes_per_message"] <= message_bytes


async def test_in_a_city_that_tells_the_truth_every_place_is_found_again() -> None:
    async with TinyCity(tick_hz=20) as city:
        seen = await driven(city, dataclasses.replace(CROWD, citizens=12))
    assert (seen["entered"], seen["contradictions"], seen["unseen_near"]) == (12, 0, 0)
    times = seen["move_to_seen_ms"]
    assert times["count"] > 0
    assert 0 < times["p50"] <= times["p90"] <= times["p99"] <= times["max"]


async def test_a_city_that_lies_is_contradicted() -> None:
    async with LyingCity(tick_hz=20) as city:
        seen = await driven(city, dataclasses.replace(CROWD, citizens=12))
    assert seen["contradictions"] > 0


async def test_who_is_near_and_not_shown_is_missed() -> None:
    async with HidingCity(tick_hz=20) as city:
        seen = await driven(city, dataclasses.replace(CROWD, citizens=12, seconds=3.5, settle=0))
    assert seen["unseen_near"] > 0
    assert seen["unseen_near_ms"] > 1_000


async def test_the_speaker_is_seen_as_often_as_it_moves() -> None:
    async with TinyCity(tick_hz=20) as city:
        seen = await driven(city, dataclasses.replace(CROWD, citizens=6, speaker=(20.0, 20.0), pose_hz=5))
    assert 0 < seen["speaker_hz"]["min"] <= 2 * 5


async def test_the_driver_turns_back_when_the_district_refuses_it() -> None:
    async with TinyCity(tick_hz=20) as city:
        seen = await driven(city, dataclasses.replace(CROWD, citizens=3, district="nowhere"))
    assert (seen["entered"], seen["lost"], seen["refused"]) == (0, 3, {"not_found": 3})


async def test_pythons_own_citizens_find_no_contradiction_where_there_is_none() -> None:
    async with TinyCity(tick_hz=20) as city:
        truth = await watch(city.url, "hall", 30, 20, seconds=1.5, citizens=2, warm_s=0.5)
    assert truth.checks > 0
    assert truth.contradictions == 0


async def test_pythons_own_citizens_find_what_is_not_true() -> None:
    async with LyingCity(tick_hz=20) as city:
        truth = await watch(city.url, "hall", 30, 20, seconds=1.5, citizens=2, warm_s=0.5)
    assert truth.elsewhere == truth.checks > 0


def test_wrong_use_of_the_driver_is_told_with_its_options() -> None:
    told = subprocess.run(
        [compiled(DRIVER), "--citizens", "many"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert "--citizens" in told.stderr
    assert "--area" in told.stderr


def test_wrong_use_of_the_floor_is_told() -> None:
    told = subprocess.run([compiled(FLOOR), "--bytes", "3"], capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "--bytes" in told.stderr


def test_a_source_that_does_not_compile_is_told_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.c"
    broken.write_text("int main(void) { return nothing; }")
    with pytest.raises(NotCompiled, match=r"broken\.c"):
        compiled(broken)


def test_a_row_of_figures_is_ordered() -> None:
    with floor(hz=20, message_bytes=500) as served:
        seen = drive(dataclasses.replace(CROWD, seconds=0.5, settle=0), served.port, 7)
    for row in (seen["frames_per_s"], seen["bytes_per_s"]):
        parts = [row[part] for part in ("min", "p1", "median", "p99", "max")]
        assert parts == sorted(parts)
        assert np.isfinite(parts).all()
