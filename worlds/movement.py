"""Walking: which poses are valid, for all poses of a tick at once.

Each pose is judged as PROTOCOL section 6 says, in the order in which they came: one avatar's poses go in
waves, the first of every avatar together, then the second. A pose that is no place in the district is passed
over. One that goes too far, through a wall or a closed door, or into a zone that is closed to the citizen
puts the avatar back: it stands where it last rightly stood, and is held there until a pose comes from within
`Rules.near_m` of that place. A zone is entered where a pose ends: zones admit, walls bar.

How far is too far? The contract allows speed x time since the last accepted pose (at most 1 s) + 1 m. Clients
keep to it by their own clock; here poses arrive late and in bunches, so that an honest runner's poses, 1.2 m
apart, may come at the same instant. And a metre with every pose would let who sends 20 a second run 20 m/s
too fast. So what a pose leaves of its allowance is kept for the next, up to `reserve_m`: the metre, and the
way run in `jitter_s`. Nobody who keeps the contract by their own clock, on a line whose delay varies by no
more than that, is put back; in the long run nobody is faster than `speed_m_s`, but for what clocks differ.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from worlds.contact import ADULTS_KEEP_M
from worlds.grid import Bits, Floats, Grid, Ints, WallRaster, ZoneRaster
from worlds.plan import DistrictPlan
from worlds.pose_rate import PoseLimit, PoseRate

LOWEST_M, HIGHEST_M = np.float32(-10.0), np.float32(300.0)
"""How deep and how high avatars may be: a basement, and the top of a tower."""


class Reason(IntEnum):
    """Why an avatar was put back."""

    TOO_FAST = 1
    BLOCKED = 2
    NOT_ALLOWED = 3
    MODERATOR = 4

    @property
    def word(self) -> str:
        """As in `avatar.moved_back`."""
        return self.name.lower()


ACCEPTED, IGNORED = 0, 5
FATES = ("accepted", *(reason.word for reason in Reason), "ignored")
"""What became of a pose, by number: a reason, or one of the two around them; ignored is who is held."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How avatars may walk."""

    speed_m_s: float = 12.0
    """The fastest way to move; zero is off."""

    longest_s: float = 1.0
    """A pose may make up for so much time at most, so that after silence nobody jumps far."""

    slack_m: float = 1.0
    """What a step may be longer: rounding, and a client that counts its time a little differently."""

    jitter_s: float = 0.25
    """By how much a line's delay may vary without an honest runner being put back."""

    clock_drift: float = 0.01
    """By what part a client's clock may run faster than ours."""

    near_m: float = 1.0
    """Whoever was put back is held until a pose comes from so near to that place."""

    again_s: float = 1.0
    """To whoever is held it is said again at most this often."""

    poses: PoseLimit = field(default_factory=PoseLimit)

    @property
    def reserve_m(self) -> float:
        """What may be kept of earlier allowances."""
        return self.slack_m + self.speed_m_s * self.jitter_s


@dataclass(frozen=True, slots=True)
class Ground:
    """What one walks on: x from 0 to `width`, z from 0 to `depth`, both ends included, in metres."""

    width: float
    depth: float
    grid: Grid
    zones: ZoneRaster
    walls: WallRaster

    @classmethod
    def of(cls, plan: DistrictPlan, cell_m: float, tile_cells: int = 4) -> Self:
        """The ground of a plan; bit i is its zone i, and its door i."""
        return cls(
            plan.width,
            plan.depth,
            Grid(plan.width, plan.depth, cell_m, tile_cells),
            ZoneRaster(plan.width, plan.depth, [zone.polygon for zone in plan.zones]),
            WallRaster(plan.wall_segments(), plan.width, plan.depth, plan.door_segments()),
        )


@dataclass(frozen=True, slots=True)
class Steps:
    """Poses as they came, (n,) each: whose, protocol.poses.POSE, when in seconds on the clock of `now`."""

    slot: Ints
    pose: NDArray[np.void]
    arrived: Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch of steps came to; every slot at most once in each array."""

    moved: Ints
    """Slots whose pose became another one in this tick."""

    put_back: Ints
    """Slots to be told where they stand and why (`Walkers.why`): as they stand after the whole batch."""

    crossed: Ints
    """Slots that are in other zones now, and beside it the zones they `left` and `entered`, as bits."""

    left: Bits
    entered: Bits

    flooding: Ints
    """Slots that have sent far too many poses for too long."""

    counts: dict[str, int]
    """Poses by what became of them: absent, over_rate, outside, or the word of a Reason."""


class Walkers:
    """Everyone on one ground, as columns by slot.

    The district sets `forbidden` (bit i: zone i may not be entered), `doors` (bit j: door j lets this citizen
    through now) and `frozen` whenever rights change, and keeps `seen_in` (bit k: hall k sees this citizen); the rest
    is written here only.
    """

    def __init__(self, ground: Ground, rules: Rules, capacity: int) -> None:
        """`capacity`: one more than the highest slot."""
        self.ground = ground
        self.rules = rules
        self.present = np.zeros(capacity, np.bool_)
        self.x = np.zeros(capacity, np.float32)
        self.y = np.zeros(capacity, np.float32)
        self.z = np.zeros(capacity, np.float32)
        self.yaw = np.zeros(capacity, np.uint16)
        self.stance = np.zeros(capacity, np.uint8)
        self.moved_at = np.zeros(capacity, np.int32)
        self.since = np.zeros(capacity, np.float64)
        self.spare = np.zeros(capacity, np.float64)
        self.zones = np.zeros(capacity, np.uint64)
        self.forbidden = np.zeros(capacity, np.uint64)
        self.doors = np.zeros(capacity, np.uint64)
        self.frozen = np.zeros(capacity, np.bool_)
        self.minor = np.zeros(capacity, np.bool_)
        self.keeps_away = np.zeros(capacity, np.bool_)
        self.seen_in = np.ones(capacity, np.uint8)
        self._minors = 0
        self.held = np.zeros(capacity, np.bool_)
        self.why = np.zeros(capacity, np.uint8)
        self._told_at = np.zeros(capacity, np.float64)
        self._tell = np.zeros(capacity, np.bool_)
        self._rate = PoseRate(capacity)

    def place(self, slot: int, x: float, y: float, z: float, yaw: int, now: float, tick: int) -> None:
        """Puts an avatar in the district, clear of walls; a newcomer has no stance and no rights yet."""
        if not self.present[slot]:
            self.present[slot] = True
            self.stance[slot] = self.forbidden[slot] = self.doors[slot] = 0
            self.frozen[slot] = False
            self._rate.reset(slot, now, self.rules.poses)
        self.x[slot], self.y[slot], self.z[slot], self.yaw[slot] = x, y, z, yaw
        self.moved_at[slot], self.since[slot], self.spare[slot] = tick, now, self.rules.slack_m
        self.zones[slot] = self.ground.zones.zones_at(self.x[slot : slot + 1], self.z[slot : slot + 1])[0]
        self.held[slot] = False

    def hold(self, slot: int, reason: Reason, now: float) -> None:
        """Holds an avatar where it stands, as after a put-back; the caller tells its client."""
        self.held[slot], self.why[slot], self._told_at[slot] = True, reason, now

    def remove(self, slot: int) -> None:
        """The avatar has left; poses that still come for it are passed over."""
        self.present[slot] = False
        self.mind_minors(slot, False, False)

    def mind_minors(self, slot: int, is_minor: bool, keeps_away: bool) -> None:
        """Whether an avatar is a minor's, and whether it keeps its distance from those of minors."""
        self.minor[slot], self.keeps_away[slot] = is_minor, keeps_away
        self._minors = int(np.count_nonzero(self.minor))

    def walk(self, steps: Steps, now: float, tick: int) -> Outcome:
        """Applies what is valid of these steps, and says what they came to."""
        slot = steps.slot
        turn = _turns(slot, len(self.present))
        present = self.present[slot]
        admitted, flooding = self._rate.admit(slot, turn, now, self.rules.poses)
        admitted &= present
        valid = admitted & _is_inside(self.ground, steps.pose)
        heard = [int(np.count_nonzero(mask)) for mask in (present, admitted, valid)]

        who = slot[turn == 0]
        before = self.zones[who]
        fates = np.zeros(len(FATES), np.intp)
        for wave in range(int(turn.max(initial=-1, where=valid)) + 1):
            due = _which(valid & (turn == wave))
            fate = self._step(slot[due], steps.pose[due], steps.arrived[due], now, tick)
            fates += np.bincount(fate, minlength=len(FATES))
        after = self.zones[who]
        crossed = before != after
        put_back = who[self._tell[who]]
        self._tell[put_back] = False
        return Outcome(
            moved=who[self.moved_at[who] == tick],
            put_back=put_back,
            crossed=who[crossed],
            left=before[crossed] & ~after[crossed],
            entered=after[crossed] & ~before[crossed],
            flooding=flooding[self.present[flooding]],
            counts={
                "absent": len(slot) - heard[0],
                "over_rate": heard[0] - heard[1],
                "outside": heard[1] - heard[2],
            }
            | dict(zip(FATES, fates.tolist(), strict=True)),
        )

    def _step(
        self, slot: Ints, pose: NDArray[np.void], arrived: Floats, now: float, tick: int
    ) -> NDArray[np.uint8]:
        """The fate of one pose of each of these slots, all of them places in the district."""
        x, y, z = (pose[axis].astype(np.float64) for axis in "xyz")
        from_x, from_y, from_z = (at[slot].astype(np.float64) for at in (self.x, self.y, self.z))
        way = np.sqrt((x - from_x) ** 2 + (y - from_y) ** 2 + (z - from_z) ** 2)
        allowed = self._allowance(slot, arrived)
        zones = self.ground.zones.zones_at(x, z)
        entered = zones & ~self.zones[slot]
        far = self.held[slot] & (way > self.rules.near_m)
        frozen = self.frozen[slot]

        # Walls are asked about short steps only: a long one may pass hundreds, and is refused anyway.
        short = _which((way <= allowed) & ~far & ~frozen)
        barred = np.zeros(len(slot), np.bool_)
        barred[short] = self.ground.walls.blocked(
            from_x[short], from_z[short], x[short], z[short], self.doors[slot[short]]
        )

        # The later reason outweighs the earlier.
        fate = np.zeros(len(slot), np.uint8)
        fate[(entered & self.forbidden[slot]) != 0] = Reason.NOT_ALLOWED
        if self._minors:
            fate[self._crowds_a_minor(slot, x, z)] = Reason.NOT_ALLOWED
        fate[barred] = Reason.BLOCKED
        fate[way > allowed] = Reason.TOO_FAST
        fate[far] = IGNORED
        fate[frozen] = Reason.MODERATOR
        fate[frozen & (way == 0)] = IGNORED

        done = _which(fate == ACCEPTED)
        here = slot[done]
        yaw, stance = pose["yaw"][done], pose["stance"][done]
        changed = (way[done] > 0) | (yaw != self.yaw[here]) | (stance != self.stance[here])
        self.moved_at[here[changed]] = tick
        self.x[here], self.y[here], self.z[here] = x[done], y[done], z[done]
        self.yaw[here], self.stance[here] = yaw, stance
        # Of who is read at the tick it is only known after which time they came: nobody's time passes twice.
        self.since[here] = np.maximum(self.since[here], arrived[done])
        self.spare[here] = np.minimum(allowed[done] - way[done], self.rules.reserve_m)
        self.zones[here] = zones[done]
        self.held[here] = False
        if len(here) < len(slot):
            refused = (fate != ACCEPTED) & (fate != IGNORED)
            self._put_back(slot[refused], fate[refused], now)
            self._say_again(slot[far & ~frozen], now)
        return fate

    def _crowds_a_minor(self, slot: Ints, x: Floats, z: Floats) -> Ints:
        """Which steps bring an adult nearer to a minor than they may be; going away is always right."""
        adults = np.flatnonzero(self.keeps_away[slot])
        wards = np.flatnonzero(self.minor & self.present)
        there_x, there_z = self.x[wards].astype(np.float64), self.z[wards].astype(np.float64)
        found = []
        for some in np.array_split(adults, 1 + len(adults) * len(wards) // 1_000_000):
            here = slot[some]
            after = np.hypot(x[some, None] - there_x, z[some, None] - there_z)
            before = np.hypot(self.x[here, None] - there_x, self.z[here, None] - there_z)
            together = (self.seen_in[here, None] & self.seen_in[wards]) != 0
            found.append(some[((after < ADULTS_KEEP_M) & (after < before) & together).any(axis=1)])
        return np.concatenate(found)

    def _allowance(self, slot: Ints, arrived: Floats) -> Floats:
        """How long a step may be, in metres."""
        rules = self.rules
        if not rules.speed_m_s:
            return np.full(len(slot), np.inf)
        passed = np.maximum(arrived - self.since[slot], 0.0)
        gained = passed * (rules.speed_m_s * (1 + rules.clock_drift))
        return np.minimum(self.spare[slot] + gained, rules.speed_m_s * rules.longest_s + rules.slack_m)

    def _put_back(self, slot: Ints, why: NDArray[np.uint8], now: float) -> None:
        """Told at once to who was free, and once in a while to who was held already."""
        fresh = ~self.held[slot]
        self.held[slot] = True
        self.why[slot] = why
        self._told_at[slot[fresh]] = now
        self._tell[slot[fresh]] = True
        self._say_again(slot[~fresh], now)

    def _say_again(self, slot: Ints, now: float) -> None:
        late = slot[now - self._told_at[slot] >= self.rules.again_s]
        self._told_at[late] = now
        self._tell[late] = True


def _which(mask: NDArray[np.bool_]) -> Ints | slice:
    """An index of what is true; where all is, one that copies nothing."""
    return slice(None) if mask.all() else np.flatnonzero(mask)


def _turns(slot: Ints, capacity: int) -> Ints:
    """How many poses of the same slot came before each."""
    index = np.arange(len(slot))
    last = np.empty(capacity, np.intp)
    last[slot] = index
    if (last[slot] == index).all():
        return np.zeros(len(slot), np.intp)
    order = np.argsort(slot, kind="stable")
    begins = np.flatnonzero(np.diff(slot[order], prepend=-1))
    turn = np.empty(len(slot), np.intp)
    turn[order] = index - np.repeat(begins, np.diff(begins, append=len(slot)))
    return turn


def _is_inside(ground: Ground, pose: NDArray[np.void]) -> NDArray[np.bool_]:
    """Whether a pose is a place in the district; compared as float32, as clients send the border."""
    x, y, z = pose["x"], pose["y"], pose["z"]
    inside = (x >= 0) & (x <= np.float32(ground.width)) & (z >= 0) & (z <= np.float32(ground.depth))
    inside &= (y >= LOWEST_M) & (y <= HIGHEST_M)
    return np.asarray(inside)
