"""Walking: what is valid, what is put back, and that a batch is judged as pose after pose would be.

Long, for the second half is a walker of its own, one pose after the other, that the batch is held against.
"""

import math
from dataclasses import dataclass, field, replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.avatars import MovedBack
from protocol.poses import POSE, RUN, WAVE
from server.paced import POSES_IN_PACE
from tests.worlds import exact
from worlds.grid import Grid, WallRaster, ZoneRaster
from worlds.movement import FATES, Ground, Outcome, Reason, Rules, Steps, Walkers
from worlds.pose_rate import PoseLimit

SIDE = 32.0


def square(x: float, z: float, side: float) -> list[exact.Place]:
    return [(x, z), (x + side, z), (x + side, z + side), (x, z + side)]


def ground(
    *,
    walls: list[exact.Line] | None = None,
    doors: list[exact.Line] | None = None,
    zones: list[list[exact.Place]] | None = None,
    side: float = SIDE,
) -> Ground:
    return Ground(
        side,
        side,
        Grid(side, side, 8.0),
        ZoneRaster(side, side, zones or []),
        WallRaster(walls or [], side, side, doors or []),
    )


@dataclass
class Pose:
    """One pose as a test writes it."""

    x: float
    z: float
    at: float
    y: float = 0.0
    slot: int = 0
    yaw: int = 0
    stance: int = 0


def steps(*poses: Pose) -> Steps:
    rows = np.zeros(len(poses), POSE)
    for row, pose in zip(rows, poses, strict=True):
        row["x"], row["y"], row["z"], row["yaw"], row["stance"] = (
            pose.x,
            pose.y,
            pose.z,
            pose.yaw,
            pose.stance,
        )
    slots = np.array([pose.slot for pose in poses], np.intp)
    return Steps(slots, rows, np.array([pose.at for pose in poses], np.float64))


@dataclass
class Yard:
    """A ground with one avatar at (10, 10) since second 0, and a tick for each batch of poses."""

    walkers: Walkers
    told: list[tuple[str, exact.Place]] = field(default_factory=list)
    tick: int = 1

    def walk(self, *poses: Pose) -> Outcome:
        self.tick += 1
        outcome = self.walkers.walk(steps(*poses), poses[-1].at, self.tick)
        for slot in outcome.put_back:
            place = (float(self.walkers.x[slot]), float(self.walkers.z[slot]))
            self.told.append((Reason(self.walkers.why[slot]).word, place))
        return outcome

    @property
    def place(self) -> exact.Place:
        return float(self.walkers.x[0]), float(self.walkers.z[0])


def yard(on: Ground | None = None, *, rules: Rules | None = None) -> Yard:
    walkers = Walkers(on or ground(), rules or Rules(), 4)
    walkers.place(0, 10, 0, 10, 0, now=0.0, tick=1)
    return Yard(walkers)


# What is no place in the district


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -0.01, SIDE + 0.01, 1e30])
@pytest.mark.parametrize("axis", ["x", "z"])
def test_what_is_no_place_in_the_district_is_passed_over_and_counted(axis: str, bad: float) -> None:
    here = yard()
    outcome = here.walk(Pose(bad, 10, at=1) if axis == "x" else Pose(10, bad, at=1))
    assert outcome.counts["outside"] == 1
    assert outcome.counts["accepted"] == 0
    assert (here.place, here.told) == ((10, 10), [])


@pytest.mark.parametrize(("y", "accepted"), [(-10, 1), (300, 1), (-10.01, 0), (300.1, 0), (math.nan, 0)])
def test_height_has_bounds(y: float, accepted: int) -> None:
    here = yard(rules=Rules(speed_m_s=0))
    assert here.walk(Pose(10, 10, at=1, y=y)).counts["accepted"] == accepted


def test_a_signalling_nan_from_the_wire_is_passed_over_in_silence() -> None:
    here = yard()
    batch = steps(Pose(10, 10, at=1))
    batch.pose.view(np.uint8)[2:6] = (0x01, 0x00, 0xA0, 0x7F)
    assert here.walkers.walk(batch, 1.0, 2).counts["outside"] == 1


@pytest.mark.parametrize("side", [SIDE, 220.1])
def test_the_border_itself_is_in_the_district(side: float) -> None:
    here = yard(ground(side=side), rules=Rules(speed_m_s=0))
    border = float(np.float32(side))
    corners = [(0.0, 0.0), (-0.0, border), (border, border), (border, -0.0)]
    outcome = here.walk(*(Pose(x, z, at=1) for x, z in corners))
    assert outcome.counts["accepted"] == 4
    assert here.place == corners[-1]


# How far


@pytest.mark.parametrize(("after_s", "way"), [(0, 1), (0.1, 2.2), (0.5, 7), (1, 13), (60, 13)])
def test_a_step_may_be_as_long_as_the_contract_says_and_no_longer(after_s: float, way: float) -> None:
    strict = Rules(jitter_s=0, clock_drift=0)
    for beyond, fate in ((-0.01, "accepted"), (0.01, "too_fast")):
        here = yard(ground(side=64), rules=strict)
        outcome = here.walk(Pose(10 + way + beyond, 10, at=after_s))
        assert outcome.counts[fate] == 1


def test_height_counts_as_way() -> None:
    here = yard()
    here.walk(Pose(10, 10, at=0.5, y=30))
    assert here.told == [("too_fast", (10, 10))]


def test_the_metre_does_not_come_again_with_every_pose() -> None:
    here = yard(ground(side=512))
    now, x = 0.0, 10.0
    for _ in range(40):
        now, x = now + 0.05, x + 12 * 0.05 + 0.99
        here.walk(Pose(x, 10, at=now))
    assert here.told[0][0] == "too_fast"
    assert here.place[0] < 10 + 12 * 2 + 5


@given(st.sampled_from([5, 10, 20]), st.lists(st.floats(0, 0.25), min_size=40, max_size=200), st.floats(0, 7))
def test_a_runner_on_a_jittery_line_is_never_put_back(hz: int, delays: list[float], turn: float) -> None:
    here = yard(ground(side=128))
    middle, radius = 64.0, 40.0
    start = (middle + radius * math.cos(turn), middle + radius * math.sin(turn))
    here.walkers.place(0, start[0], 0, start[1], 0, now=0.0, tick=1)
    poses, latest = [], 0.0
    for n, delay in enumerate(delays, 1):
        latest = max(latest, n / hz + delay)
        angle = turn + 12 * n / hz / radius
        poses.append(Pose(middle + radius * math.cos(angle), middle + radius * math.sin(angle), at=latest))
    for tick in range(math.ceil(latest / 0.1) + 1):
        due = [pose for pose in poses if tick * 0.1 <= pose.at < (tick + 1) * 0.1]
        if due:
            assert here.walk(*due).counts["accepted"] == len(due)
    assert here.told == []


@given(st.lists(st.floats(0, 0.15), min_size=40, max_size=200))
def test_a_runner_is_never_put_back_though_it_is_only_known_after_which_tick_their_poses_came(
    delays: list[float],
) -> None:
    here = yard(ground(side=600))
    latest, ticks = 0.0, dict[int, list[Pose]]()
    for n, delay in enumerate(delays, 1):
        latest = max(latest, n / 10 + delay)
        tick = math.floor(latest * 10)
        at = latest if n <= POSES_IN_PACE else tick / 10
        ticks.setdefault(tick, []).append(Pose(10 + 1.2 * n, 10, at=at))
    for poses in ticks.values():
        assert here.walk(*poses).counts["accepted"] == len(poses)
    assert here.told == []


def test_time_that_a_pose_has_used_is_not_used_again_by_one_that_is_said_to_have_come_before() -> None:
    here = yard(ground(side=64), rules=Rules(jitter_s=0, clock_drift=0))
    here.walk(Pose(22.8, 10, at=1.0), Pose(22.8, 10, at=0.9))
    here.walk(Pose(24.3, 10, at=1.1))
    assert [why for why, _ in here.told] == ["too_fast"]


@pytest.mark.parametrize("pause_s", [0.05, 0.1, 0.2, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("bunch", [1, 4])
def test_a_cheater_who_always_takes_all_that_is_allowed_is_hardly_faster(pause_s: float, bunch: int) -> None:
    here = yard(ground(side=600))
    ran, now, ahead = 0.0, 0.0, 1.0
    while now < 60:
        now += pause_s
        for _ in range(bunch):
            allowed = float(here.walkers._allowance(np.array([0]), np.array([now]))[0])
            x = here.place[0]
            ahead = 1.0 if x < 20 else -1.0 if x > 580 else ahead
            here.walk(Pose(x + ahead * (allowed - 1e-4), 10, at=now))
            ran += abs(here.place[0] - x)
    assert here.told == []
    assert ran <= 60 * 13


def test_speed_zero_means_any() -> None:
    here = yard(ground(side=512), rules=Rules(speed_m_s=0))
    here.walk(Pose(500, 500, at=0.01))
    assert here.place == (500, 500)


# Walls, doors, zones


def test_nobody_jumps_over_a_wall() -> None:
    here = yard(ground(walls=[(15, 0, 15, 32)]))
    here.walk(Pose(20, 10, at=1))
    assert here.told == [("blocked", (10, 10))]


def test_every_pose_of_a_tick_is_checked_in_its_order() -> None:
    around = [Pose(10, 4, at=0.6), Pose(20, 4, at=1.6), Pose(20, 10, at=2.2)]
    wall: list[exact.Line] = [(15, 5, 15, 32)]
    walked = yard(ground(walls=wall))
    assert walked.walk(*around).counts["accepted"] == 3
    assert walked.place == (20, 10)
    jumped = yard(ground(walls=wall))
    jumped.walk(Pose(20, 10, at=1), Pose(10, 10.5, at=1.1))
    assert jumped.place == (10, 10.5)
    assert jumped.told == [("blocked", (10, 10.5))]


def test_doors_let_through_whom_they_may() -> None:
    here = yard(ground(walls=[(15, 0, 15, 9), (15, 11, 15, 32)], doors=[(15, 9, 15, 11)]))
    here.walk(Pose(20, 10, at=1))
    assert here.told == [("blocked", (10, 10))]
    here.walkers.doors[0] = 1
    here.walk(Pose(10, 10, at=2))
    here.walk(Pose(20, 10, at=3))
    assert here.place == (20, 10)
    here.walkers.doors[0] = 0
    here.walk(Pose(10, 10, at=4))
    assert here.place == (20, 10)


def test_whoever_stands_in_a_closing_door_walks_out_of_it() -> None:
    here = yard(ground(walls=[(15, 0, 15, 9), (15, 11, 15, 32)], doors=[(15, 9, 15, 11)]))
    here.walkers.doors[0] = 1
    here.walk(Pose(15, 10, at=1))
    here.walkers.doors[0] = 0
    here.walk(Pose(15, 10, at=1.1), Pose(16, 10, at=1.2))
    assert (here.place, here.told) == ((16, 10), [])


def test_a_closed_zone_is_not_entered_but_left() -> None:
    here = yard(ground(zones=[square(8, 8, 4), square(16, 8, 4)]))
    here.walkers.forbidden[0] = 0b11
    here.walk(Pose(11, 10, at=0.1), Pose(14, 10, at=0.5))
    assert (here.place, here.told) == ((14, 10), [])
    here.walk(Pose(17, 10, at=1))
    assert here.told == [("not_allowed", (14, 10))]
    here.walk(Pose(14, 10, at=2), Pose(11, 10, at=3))
    assert here.told[1:] == [("not_allowed", (14, 10))]


def test_zones_that_were_entered_and_left_are_told_for_the_whole_tick() -> None:
    here = yard(ground(zones=[square(8, 8, 4), square(16, 8, 4), square(12.5, 8, 2)]))
    outcome = here.walk(Pose(13, 10, at=0.5), Pose(17, 10, at=1))
    assert outcome.crossed.tolist() == [0]
    assert (outcome.left.tolist(), outcome.entered.tolist()) == ([0b001], [0b010])
    assert here.walk(Pose(18, 10, at=1.5)).crossed.tolist() == []


# Being put back


def test_after_a_put_back_poses_far_from_the_place_are_ignored() -> None:
    here = yard(ground(side=64))
    here.walk(Pose(40, 10, at=0.1))
    outcome = here.walk(Pose(11.1, 10, at=0.2), Pose(10, 8.9, at=0.3))
    assert outcome.counts["ignored"] == 2
    assert (here.place, len(here.told)) == ((10, 10), 1)
    here.walk(Pose(10.9, 10, at=0.4), Pose(12, 10, at=0.5))
    assert (here.place, len(here.told)) == ((12, 10), 1)


def test_to_who_does_not_come_back_it_is_said_again_at_most_once_a_second() -> None:
    here = yard(ground(side=64))
    said = []
    for n in range(1, 36):
        if len(here.walk(Pose(40, 10, at=n / 10)).put_back):
            said.append(n / 10)
    assert said == [0.1, 1.1, 2.1, 3.1]
    assert set(here.told) == {("too_fast", (10, 10))}


def test_the_pose_that_answers_a_put_back_is_checked_itself() -> None:
    here = yard(ground(walls=[(10.5, 0, 10.5, 32)]))
    here.walk(Pose(12, 10, at=0.5))
    here.walk(Pose(10.9, 10, at=0.6))
    assert (here.place, len(here.told)) == ((10, 10), 1)
    assert here.walk(Pose(10.9, 10, at=1.6)).counts["blocked"] == 1
    assert here.told == [("blocked", (10, 10))] * 2
    here.walk(Pose(10.2, 10, at=1.7))
    assert here.place == pytest.approx((10.2, 10))


def test_who_is_put_back_anew_is_told_at_once() -> None:
    here = yard(ground(walls=[(10.5, 0, 10.5, 32)]))
    here.walk(Pose(12, 10, at=0.5))
    here.walk(Pose(10, 10, at=0.6))
    here.walk(Pose(12, 10, at=0.7))
    assert here.told == [("blocked", (10, 10))] * 2


def test_a_frozen_avatar_stays_where_it_is_until_it_is_free() -> None:
    here = yard()
    here.walkers.frozen[0] = True
    outcome = here.walk(Pose(10, 10, at=0.1, stance=WAVE, yaw=9))
    assert outcome.counts["ignored"] == 1
    here.walk(Pose(10.5, 10, at=0.2))
    here.walk(Pose(10.5, 10, at=0.3), Pose(20, 10, at=0.4))
    assert here.told == [("moderator", (10, 10))]
    assert (here.walkers.stance[0], here.walkers.yaw[0]) == (0, 0)
    here.walkers.frozen[0] = False
    here.walk(Pose(10.5, 10, at=0.5))
    assert (here.place, len(here.told)) == ((10.5, 10), 1)


def test_whom_a_moderator_moves_is_held_there_until_the_client_follows() -> None:
    here = yard()
    here.walkers.place(0, 20, 0, 20, 7, now=5.0, tick=2)
    here.walkers.hold(0, Reason.MODERATOR, now=5.0)
    here.walk(Pose(10, 11, at=5.1), Pose(10, 12, at=5.9))
    assert (here.place, here.told) == ((20, 20), [])
    here.walk(Pose(10, 13, at=6.0))
    assert here.told == [("moderator", (20, 20))]
    here.walk(Pose(20.5, 20, at=6.1))
    assert here.place == (20.5, 20)


def test_the_reasons_are_those_of_the_language() -> None:
    words = get_args(MovedBack.model_fields["reason"].annotation)
    assert sorted(reason.word for reason in Reason) == sorted(words)


# What a batch comes to


def test_only_who_changed_has_moved() -> None:
    here = yard()
    for other in (1, 2, 3):
        here.walkers.place(other, 20, 0, 20, 0, now=0.0, tick=1)
    still, turned, waved = (Pose(20, 20, at=1, slot=slot) for slot in (1, 2, 3))
    outcome = here.walk(Pose(11, 10, at=1), still, replace(turned, yaw=300), replace(waved, stance=RUN))
    assert sorted(outcome.moved.tolist()) == [0, 2, 3]
    assert here.walkers.moved_at.tolist() == [2, 1, 2, 2]
    assert outcome.counts["accepted"] == 4


def test_poses_for_who_has_left_are_passed_over() -> None:
    here = yard()
    here.walkers.remove(0)
    outcome = here.walk(Pose(11, 10, at=1))
    assert outcome.counts["absent"] == 1
    assert (outcome.moved.tolist(), here.place) == ([], (10, 10))


def test_a_newcomer_has_nothing_of_who_had_the_slot_before() -> None:
    here = yard()
    walkers = here.walkers
    walkers.frozen[0], walkers.forbidden[0], walkers.doors[0], walkers.stance[0] = True, 7, 7, WAVE
    walkers.place(0, 12, 0, 12, 0, now=1.0, tick=2)
    assert (walkers.frozen[0], walkers.forbidden[0], walkers.doors[0], walkers.stance[0]) == (
        True,
        7,
        7,
        WAVE,
    )
    walkers.remove(0)
    walkers.place(0, 12, 0, 12, 0, now=1.0, tick=2)
    assert (walkers.frozen[0], walkers.forbidden[0], walkers.doors[0], walkers.stance[0]) == (False, 0, 0, 0)


def test_an_empty_batch_comes_to_nothing() -> None:
    outcome = yard().walkers.walk(steps(), 1.0, 2)
    assert not any(outcome.counts.values())
    assert [len(part) for part in (outcome.moved, outcome.put_back, outcome.crossed, outcome.flooding)] == [
        0
    ] * 4


def test_poses_over_the_rate_are_dropped() -> None:
    here = yard(rules=Rules(poses=PoseLimit(hz=20, burst=25)))
    outcome = here.walk(*(Pose(10 + n / 100, 10, at=0.05) for n in range(40)))
    assert outcome.counts["accepted"] == 25
    assert outcome.counts["over_rate"] == 15
    assert here.place == pytest.approx((10.24, 10))


# The batch against one pose after the other


@dataclass
class Slow:
    """One avatar under the same rules, one pose at a time."""

    walls: list[exact.Line]
    doors: list[exact.Line]
    zones: list[list[exact.Place]]
    x: float
    z: float
    forbidden: int
    may_pass: int
    frozen: bool
    since: float = 0.0
    spare: float = 1.0
    held: bool = False
    told_at: float = 0.0
    why: str = ""
    stance: int = 0
    told: bool = False

    def judge(self, pose: Pose) -> str:
        way = math.dist((self.x, self.z), (pose.x, pose.z))
        if self.frozen:
            return "moderator" if way else "ignored"
        if self.held and way > 1:
            return "ignored"
        if way > self.allowed(pose):
            return "too_fast"
        shut = [
            door
            for j, door in enumerate(self.doors)
            if not self.may_pass >> j & 1 and not exact.on(door, (self.x, self.z))
        ]
        step = (self.x, self.z, pose.x, pose.z)
        if any(exact.touch(step, line) for line in [*self.walls, *shut]):
            return "blocked"
        closed = [zone for i, zone in enumerate(self.zones) if self.forbidden >> i & 1]
        if any(
            exact.inside(zone, (pose.x, pose.z)) and not exact.inside(zone, (self.x, self.z))
            for zone in closed
        ):
            return "not_allowed"
        return "accepted"

    def allowed(self, pose: Pose) -> float:
        gained = max(pose.at - self.since, 0) * 12 * 1.01
        return min(self.spare + gained, 13)

    def take(self, pose: Pose, now: float) -> str:
        if not (0 <= pose.x <= SIDE and 0 <= pose.z <= SIDE):
            return "outside"
        fate = self.judge(pose)
        if fate == "accepted":
            left = self.allowed(pose) - math.dist((self.x, self.z), (pose.x, pose.z))
            self.x, self.z, self.stance, self.since = pose.x, pose.z, pose.stance, max(self.since, pose.at)
            self.spare, self.held = min(left, 1 + 12 * 0.25), False
        elif fate != "ignored":
            if not self.held or now - self.told_at >= 1:
                self.told, self.told_at = True, now
            self.held, self.why = True, fate
        elif self.held and not self.frozen and now - self.told_at >= 1:
            self.told, self.told_at = True, now
        return fate


lattice = st.integers(0, int(SIDE * 2)).map(lambda n: n / 2)
places = st.tuples(lattice, lattice)
lines = st.tuples(lattice, lattice, lattice, lattice)
moves = st.tuples(st.integers(-16, 16), st.integers(-16, 16)).map(lambda move: (move[0] / 4, move[1] / 4))
people = st.tuples(places, st.integers(0, 7), st.integers(0, 7), st.sampled_from([False, False, False, True]))


@settings(max_examples=150, deadline=None)
@given(
    walls=st.lists(lines, max_size=3),
    doors=st.lists(lines, max_size=3),
    zones=st.lists(st.lists(places, min_size=3, max_size=5), max_size=3),
    crowd=st.lists(people, min_size=1, max_size=4),
    ticks=st.lists(
        st.lists(st.tuples(st.integers(0, 3), moves, st.integers(0, 2), st.floats(0, 0.3)), max_size=10),
        min_size=1,
        max_size=12,
    ),
)
def test_a_batch_is_judged_as_one_pose_after_the_other(
    walls: list[exact.Line],
    doors: list[exact.Line],
    zones: list[list[exact.Place]],
    crowd: list[tuple[exact.Place, int, int, bool]],
    ticks: list[list[tuple[int, exact.Place, int, float]]],
) -> None:
    walkers = Walkers(ground(walls=walls, doors=doors, zones=zones), Rules(poses=PoseLimit(hz=0)), len(crowd))
    slow = []
    for slot, ((x, z), forbidden, may_pass, frozen) in enumerate(crowd):
        walkers.place(slot, x, 0, z, 0, now=0.0, tick=0)
        walkers.forbidden[slot], walkers.doors[slot], walkers.frozen[slot] = forbidden, may_pass, frozen
        slow.append(Slow(walls, doors, zones, x, z, forbidden, may_pass, frozen))
    now = 0.0
    aims = [place for place, *_ in crowd]
    for tick, sent in enumerate(ticks, 1):
        poses = []
        for who, (dx, dz), stance, pause in sent:
            slot = who % len(crowd)
            now += pause
            # Clients walk on from where they believe to be, and hear of put-backs a little later.
            x, z = aims[slot][0] + dx, aims[slot][1] + dz
            aims[slot] = (x, z)
            poses.append(Pose(x, z, at=now, slot=slot, stance=stance))
        before = [(one.x, one.z, one.stance) for one in slow]
        fates = [slow[pose.slot].take(pose, now) for pose in poses]
        outcome = walkers.walk(steps(*poses), now, tick)

        assert {word: count for word, count in outcome.counts.items() if count} == {
            word: fates.count(word) for word in fates
        }
        assert set(outcome.put_back.tolist()) == {slot for slot, one in enumerate(slow) if one.told}
        for slot, one in enumerate(slow):
            assert (walkers.x[slot], walkers.z[slot], walkers.stance[slot]) == (one.x, one.z, one.stance)
            assert walkers.held[slot] == one.held
            if one.held:
                assert FATES[walkers.why[slot]] == one.why
            inside = {i for i, zone in enumerate(zones) if exact.inside(zone, (one.x, one.z))}
            assert int(walkers.zones[slot]) == sum(1 << i for i in inside)
            if (one.x, one.z, one.stance) != before[slot]:
                assert slot in outcome.moved
            if one.told:
                aims[slot] = (one.x, one.z)
            one.told = False
