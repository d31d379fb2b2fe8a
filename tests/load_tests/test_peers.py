"""The peers' workload, wires and figures, without Node.js."""

import os

import numpy as np
import pytest

from load_tests.peers import held_at
from load_tests.peers.broadcast import ENTRY, plaza
from load_tests.peers.driver import Met, run
from load_tests.peers.measurement import Measurement
from load_tests.peers.plaza import POSE, POSE_HZ, SIDE_M, SPEED_M_S, UNITS_PER_METRE, Walks, plan_walks
from load_tests.peers.sight import Record, move_to_seen
from load_tests.peers.wires import NO_PLACE, BroadcastWire, ColyseusWire

HELD = Met(joined=100, frames_p1=9.9, seen_p99_ms=120, driver_late_p99_ms=1)


async def test_the_broadcast_peer_tells_every_client_of_every_citizen() -> None:
    async with plaza() as port:
        met = await run(BroadcastWire(), port, os.getpid(), count=20, seconds=1, settle_s=0.5)
    assert (met.joined, met.lost, met.untrue, met.unreadable) == (20, 0, 0, 0)
    assert met.frames_min > 0
    # Each frame holds all twenty entries behind a WebSocket head of four bytes.
    assert met.bytes_median / met.frames_median == pytest.approx(20 * ENTRY.size + 4)
    assert met.seen_count > 0


def test_citizens_stay_in_the_plaza_and_walk_no_faster_than_they_may() -> None:
    walks = plan_walks(50, 2000, np.random.default_rng(1))
    for axis in (walks.x, walks.z):
        assert axis.min() >= 0
        assert axis.max() <= SIDE_M * UNITS_PER_METRE
    steps = np.hypot(np.diff(walks.x, axis=0), np.diff(walks.z, axis=0)) / UNITS_PER_METRE
    rounding = np.sqrt(2) / UNITS_PER_METRE
    assert steps.max() <= SPEED_M_S / POSE_HZ + rounding
    assert steps.mean() > 0.9 * SPEED_M_S / POSE_HZ


def test_a_packed_pose_gives_back_its_place_to_the_centimetre() -> None:
    walks = plan_walks(50, 10, np.random.default_rng(2))
    poses = np.frombuffer(walks.packed(9), POSE)
    assert np.array_equal(np.rint(poses["x"] * UNITS_PER_METRE), walks.x[9])
    assert np.array_equal(np.rint(poses["z"] * UNITS_PER_METRE), walks.z[9])
    assert np.array_equal(poses["yaw"], walks.yaw[9])


def test_colyseus_state_and_patches_are_read_as_their_own_encoder_wrote_them() -> None:
    wire = ColyseusWire()
    state = wire.read(
        bytes.fromhex(
            "0e8001ff018000a9616263646566676869028001a96a6b6c6d6e6f707172"
            "03ff0280640081204e82038301ff03802c0181280082c88301"
        )
    )
    assert (wire.number("abcdefghi"), wire.number("jklmnopqr"), wire.number("nobody")) == (2, 3, -1)
    assert state.who.tolist() == [2, 3]
    assert (state.x.tolist(), state.z.tolist()) == ([100, 300], [20000, 40])
    assert sorted(state.fresh.tolist()) == [2, 3]

    one_field = wire.read(bytes.fromhex("0fff02807200"))
    assert (one_field.who.tolist(), one_field.x.tolist(), one_field.z.tolist()) == ([2], [114], [NO_PLACE])
    assert one_field.fresh.tolist() == []

    both = wire.read(bytes.fromhex("0fff0281010082ffff03800500810600"))
    assert (both.who.tolist(), both.x.tolist(), both.z.tolist()) == ([2, 3], [NO_PLACE, 5], [1, 6])

    after_one_left = wire.read(bytes.fromhex("0fff014000ff03800900"))
    assert (after_one_left.who.tolist(), after_one_left.x.tolist()) == ([3], [9])


def test_one_who_comes_into_a_colyseus_view_is_fresh_and_the_others_are_not() -> None:
    shown = ColyseusWire().read(
        bytes.fromhex("0fff008001ff018001a96a6b6c6d6e6f707172034000ff0380080081630082c88301ff03816300")
    )
    assert shown.fresh.tolist() == [3]
    assert (shown.who.tolist(), shown.x.tolist(), shown.z.tolist()) == ([3, 3], [8, NO_PLACE], [99, 99])


def frame(*places: tuple[int, int, int]) -> bytes:
    return b"".join(ENTRY.pack(slot, x, z, 0, 0, 1) for slot, x, z in places)


def walks_of(*rows: tuple[int, int]) -> Walks:
    """Citizen 0 stands at the origin; citizen 1 is in these places, one a pose."""
    x = np.array([[0, x] for x, _ in rows], np.int32)
    z = np.array([[0, z] for _, z in rows], np.int32)
    return Walks(x, z, np.zeros(x.shape, np.uint16))


def test_a_pose_that_was_passed_over_is_late_until_a_newer_one_is_shown() -> None:
    walks = walks_of((100, 0), (200, 0), (300, 0), (400, 0))
    sent_at = np.array([[0.0, 0.0], [0.1, 0.1], [0.2, 0.2], [0.3, 0.3]])
    records = [
        Record(0, 0.05, frame((0, 0, 0), (1, 100, 0))),
        Record(0, 0.25, frame((0, 0, 0), (1, 300, 0))),
        Record(0, 0.28, frame((0, 0, 0), (1, 300, 0))),
    ]
    sight = move_to_seen(walks, sent_at, records, BroadcastWire(), ["0", "1"], (0.0, 1.0))
    assert sight.late.tolist() == pytest.approx([0.15, 0.05])
    assert (sight.untrue, sight.unreadable) == (0, 0)


def test_only_near_citizens_inside_the_window_are_timed() -> None:
    walks = walks_of((2500, 0), (2510, 0), (2500, 0))
    sent_at = np.array([[0.0, 0.0], [0.1, 0.1], [0.2, 0.2]])
    records = [
        Record(0, 0.05, frame((1, 2500, 0))),
        Record(0, 0.15, frame((1, 2510, 0))),
        Record(0, 0.25, frame((1, 2500, 0))),
    ]
    everything = move_to_seen(walks, sent_at, records, BroadcastWire(), ["0", "1"], (0.0, 1.0))
    assert everything.late.tolist() == pytest.approx([0.05])
    before = move_to_seen(walks, sent_at, records, BroadcastWire(), ["0", "1"], (0.0, 0.25))
    assert before.late.tolist() == []


def test_a_place_where_nobody_was_is_untrue_and_half_an_entry_unreadable() -> None:
    walks = walks_of((100, 0), (200, 0))
    sent_at = np.array([[0.0, 0.0], [0.1, 0.1]])
    records = [
        Record(0, 0.05, frame((1, 100, 0))),
        Record(0, 0.15, frame((1, 201, 0))),
        Record(0, 0.16, frame((1, 200, 0))[:7]),
    ]
    sight = move_to_seen(walks, sent_at, records, BroadcastWire(), ["0", "1"], (0.0, 1.0))
    assert (sight.untrue, sight.unreadable, sight.late.tolist()) == (1, 1, [])


@pytest.mark.parametrize(
    ("met", "verdict"),
    [
        (HELD, "held"),
        (Met(joined=99), "99 could join"),
        (Met(joined=100, lost=2), "2 lost"),
        (Met(joined=100, untrue=1), "0 frames unreadable, 1 places untrue"),
        (Met(joined=100, frames_p1=9.4, seen_p99_ms=120), "9.4 frames/s"),
        (Met(joined=100, frames_p1=10, seen_p99_ms=161), "p99 161 ms"),
        (Met(joined=100, frames_p1=10, seen_p99_ms=np.nan), "p99 nan ms"),
        (Met(joined=100, frames_p1=9, seen_p99_ms=200, driver_late_p99_ms=51), "void: driver too slow"),
        (Met(joined=100, frames_p1=9, seen_p99_ms=200, driver_waited=0.06), "void: disturbed"),
        (Met(joined=100, frames_p1=9, seen_p99_ms=200, server_waited=0.06), "void: disturbed"),
    ],
)
def test_a_count_is_held_only_when_every_client_is_there_and_told_in_time(met: Met, verdict: str) -> None:
    assert Measurement("broadcast", 100, 1, met).verdict == verdict


def test_the_capacity_is_the_largest_count_that_was_held() -> None:
    measurements = [
        Measurement("broadcast", 100, 1, HELD),
        Measurement("broadcast", 200, 1, Met(joined=150)),
    ]
    assert held_at(measurements) == 100
    assert held_at(measurements[1:]) == 0
