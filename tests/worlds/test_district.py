"""A district: who is in it, what others are shown of them, zones, stages, hearing and seeing."""

from typing import Any

import numpy as np
import pytest

from protocol.districts import AtPlace, AtPortal
from protocol.poses import POSE, encode_pose
from protocol.refusals import Refusal, Refused
from tests.support.city import district, text
from worlds.arrivals import Spot
from worlds.citizen import Citizen
from worlds.district import EMOTE_SECONDS, MAX_ON_STAGE, District, Walked
from worlds.movement import Rules, Steps
from worlds.speech import EARSHOT_M

VISITOR = Citizen("v", "v")
OFFICIAL = Citizen("o", "o", roles=("citizen", "official"), level=2)


class World:
    """A district whose time a test moves."""

    def __init__(self, size: float = 100.0, capacity: int = 0, **parts: Any) -> None:
        self.now = 100.0
        self.district = District(
            district("here", size, size, **parts),
            cell_m=12.5,
            tile_cells=4,
            view_m=100.0,
            tick_hz=10.0,
            bytes_per_client=32_000,
            capacity=capacity,
            rules=Rules(),
            chance=np.random.default_rng(1),
        )

    def come(self, x: float, z: float, citizen: Citizen = VISITOR) -> int:
        return self.district.admit(citizen, Spot(x, z, 0), self.now)

    def walk(self, *poses: tuple[int, float, float], stance: int = 1) -> Walked:
        """One tick with these poses (slot, x, z)."""
        self.now += 0.1
        raw = b"".join(encode_pose(x, 0.0, z, 0, stance) for _, x, z in poses)
        slots = np.array([slot for slot, _, _ in poses], np.intp)
        return self.district.walk(
            Steps(slots, np.frombuffer(raw, POSE), np.full(len(poses), self.now)), self.now
        )

    def weave(self) -> list[tuple[int, int, int]]:
        """The crossings of a tick in which everyone is watched where they stand."""
        return self.district.weave(0, {}, np.full(self.district.slots.count, -1, np.int32))[1]


def test_who_is_admitted_stands_where_they_were_put_in_the_wires_own_units() -> None:
    world = World()
    slot = world.come(33.33333, 44.44444)
    x, y, z, yaw = world.district.stand(slot)
    assert (x, z) == pytest.approx((33.33, 44.44), abs=1e-4)
    assert (y, yaw) == (0, 0)
    assert world.district.cell_of(slot) == 3 * 8 + 2


def test_who_leaves_is_nowhere_and_the_slot_rests() -> None:
    world = World()
    slot = world.come(50, 50)
    world.district.leave(slot, world.now)
    assert world.district.cell_of(slot) == -1
    assert world.walk((slot, 50, 50)).counts["absent"] == 1
    assert world.come(50, 50) != slot


def test_a_district_with_a_capacity_has_slots_to_spare_for_those_that_rest() -> None:
    world = World(capacity=3)
    for _ in range(1_000):
        world.district.leave(world.come(50, 50), world.now)
    slots = [world.come(50, 50) for _ in range(3)]
    assert len(set(slots)) == 3


def test_when_no_slot_is_left_it_is_full() -> None:
    world = World(capacity=1)
    for _ in range(1_026):
        world.district.leave(world.come(50, 50), world.now)
    with pytest.raises(Refused) as refused:
        world.come(50, 50)
    assert refused.value.code is Refusal.FULL
    world.now += 30
    world.come(50, 50)


def test_a_step_is_taken_and_one_too_far_is_put_back() -> None:
    world = World()
    near, far = world.come(50, 50), world.come(50, 52)
    walked = world.walk((near, 51, 50), (far, 90, 90))
    assert walked.put_back == [(far, "too_fast")]
    assert world.district.stand(near)[0] == 51
    assert world.district.stand(far)[0] == 50
    assert (walked.counts["accepted"], walked.counts["too_fast"]) == (1, 1)


DOORS: dict[str, Any] = {
    "walls": [{"points": [[60.0, 0.0], [60.0, 100.0]]}],
    "doors": [
        {"id": "open", "name": text("open"), "from": [60.0, 10.0], "to": [60.0, 20.0]},
        {
            "id": "shut",
            "name": text("shut"),
            "from": [60.0, 40.0],
            "to": [60.0, 50.0],
            "open": False,
            "access": ["official"],
        },
    ],
}


@pytest.mark.parametrize(
    ("citizen", "z", "passes"),
    [
        (VISITOR, 15.0, True),
        (VISITOR, 45.0, False),
        (OFFICIAL, 45.0, True),
        (OFFICIAL, 70.0, False),
        (VISITOR, 70.0, False),
    ],
)
def test_open_doors_let_everyone_through_and_closed_ones_whose_they_are(
    citizen: Citizen, z: float, passes: bool
) -> None:
    world = World(**DOORS)
    slot = world.come(59.5, z, citizen)
    walked = world.walk((slot, 60.5, z))
    assert walked.put_back == ([] if passes else [(slot, "blocked")])
    assert world.district.stand(slot)[0] == (60.5 if passes else 59.5)


ROOM = {"id": "room", "name": text("room"), "kind": "room", "polygon": {"box": [60.0, 0.0, 100.0, 100.0]}}
STAGE = ROOM | {"id": "stage", "kind": "stage", "polygon": {"box": [0.0, 0.0, 20.0, 20.0]}}
ON_STAGE: dict[str, Any] = {
    "zones": [ROOM, STAGE],
    "stages": [{"id": "main", "name": text("main"), "zone": "stage", "at": [10.0, 10.0], "yaw": 0.0}],
}


def test_zones_are_noted_once_when_they_are_entered_and_left() -> None:
    world = World(**ON_STAGE)
    slot = world.come(59.5, 50)
    assert world.walk().zones == []
    assert world.walk((slot, 60.5, 50)).zones == [(slot, ["room"], [])]
    assert world.walk((slot, 61, 50)).zones == []
    world.district.place(slot, Spot(10, 10, 0), world.now)
    assert world.walk().zones == [(slot, ["stage"], ["room"])]


def test_who_stands_on_a_stage_is_near_to_everyone_and_they_are_not_many() -> None:
    world = World(size=400, **ON_STAGE)
    speakers = [world.come(10, 10) for _ in range(MAX_ON_STAGE + 3)]
    listener = world.come(390, 390)
    assert world.district.on_stage == set(speakers[:MAX_ON_STAGE])
    world.weave()
    assert world.district.seen_by(listener, speakers) == speakers[:MAX_ON_STAGE]
    world.district.leave(speakers[0], world.now)
    world.walk((speakers[1], 10.5, 10))
    world.district.place(speakers[1], Spot(50, 50, 0), world.now)
    assert world.district.on_stage == set(speakers[2:MAX_ON_STAGE])
    assert world.district.seen_by(listener, speakers[:3]) == [speakers[2]]


def test_a_gesture_is_shown_instead_of_the_stance_for_three_seconds() -> None:
    world = World()
    slot = world.come(50, 50)
    world.walk((slot, 50, 50), stance=3)
    assert world.district.stance(slot) == 3
    world.district.emote(slot, 5, world.now)
    assert world.district.stance(slot) == 5
    until = world.now + EMOTE_SECONDS
    while world.now + 0.1 < until - 1e-6:
        world.walk((slot, 50, 50), stance=1)
        assert world.district.stance(slot) == 5
    world.now = until
    world.walk()
    assert world.district.stance(slot) == 1


def test_a_second_gesture_lasts_as_long_as_the_first() -> None:
    world = World()
    slot = world.come(50, 50)
    world.district.emote(slot, 5, world.now)
    world.now += 2
    world.district.emote(slot, 6, world.now)
    world.now += 2
    world.walk()
    assert world.district.stance(slot) == 6
    world.now += 1
    world.walk()
    assert world.district.stance(slot) == 0


def test_a_gesture_does_not_outlive_who_made_it() -> None:
    world = World(capacity=1)
    slot = world.come(50, 50)
    world.district.emote(slot, 5, world.now)
    world.district.leave(slot, world.now)
    world.now += 31
    assert world.come(50, 50) == slot
    world.walk()
    assert world.district.stance(slot) == 0


def test_nearby_is_within_earshot_and_not_oneself() -> None:
    world = World()
    speaker = world.come(50, 50)
    near, at_the_edge, far = (world.come(50 + away, 50) for away in (5, EARSHOT_M, EARSHOT_M + 0.1))
    assert world.district.hearers(speaker, "nearby") == [near, at_the_edge]
    assert world.district.hearers(speaker, "district") == [near, at_the_edge, far]
    world.district.leave(near, world.now)
    assert world.district.hearers(speaker, "nearby") == [at_the_edge]


def test_a_zone_is_spoken_to_from_within_where_it_carries_speech() -> None:
    quiet = ROOM | {"id": "quiet", "speech": False, "polygon": {"box": [0.0, 60.0, 40.0, 100.0]}}
    overlap = ROOM | {"id": "overlap", "polygon": {"box": [80.0, 0.0, 100.0, 20.0]}}
    world = World(zones=[ROOM, quiet, overlap])
    both, room, outside, silent = (world.come(*at) for at in ((90, 10), (70, 70), (50, 50), (20, 80)))
    assert world.district.hearers(both, "zone") == [room]
    assert world.district.hearers(room, "zone") == [both]
    for slot in (outside, silent):
        with pytest.raises(Refused) as refused:
            world.district.hearers(slot, "zone")
        assert refused.value.code is Refusal.NOT_HERE


def test_one_sees_who_is_in_the_cells_in_view() -> None:
    world = World(size=400)
    me = world.come(10, 10)
    near, far = world.come(100, 10), world.come(390, 390)
    assert world.district.seen_by(me, [far, near, me, near, 65_535, 30_000]) == [me, near]
    assert world.district.seen_by(me, []) == []
    world.district.leave(near, world.now)
    assert world.district.seen_by(me, [near]) == []


def test_who_is_frozen_goes_through_portals_alone() -> None:
    portal = {"id": "gate", "name": text("gate"), "at": [80.0, 80.0], "yaw": 0.0}
    world = World(portals=[portal | {"to": {"district": "there", "portal": "gate"}}])
    slot = world.come(50, 50)
    world.district._walkers.frozen[slot] = True
    with pytest.raises(Refused) as refused:
        world.district.arrival(AtPlace(x=20, z=20), VISITOR, slot)
    assert refused.value.code is Refusal.FROZEN
    assert world.district.arrival(AtPortal(portal="gate"), VISITOR, slot).x == pytest.approx(80, abs=1.5)
    assert world.district.arrival(AtPlace(x=20, z=20), VISITOR, -1).x == 20


def test_who_watches_from_another_cell_than_they_stand_in_has_crossed() -> None:
    world = World()
    slot = world.come(12.4, 50)
    watched = np.full(world.district.slots.count, -1, np.int32)
    watched[slot] = world.district.cell_of(slot)
    before = int(watched[slot])
    assert world.district.weave(0, {before: 1}, watched)[1] == []
    world.walk((slot, 13.0, 50))
    assert world.district.weave(0, {before: 1}, watched)[1] == [(slot, before, before + 1)]


def test_who_goes_to_and_fro_on_a_border_crosses_no_more_than_once_a_second() -> None:
    world = World()
    slot = world.come(12.4, 50)
    watched = np.full(world.district.slots.count, -1, np.int32)
    watched[slot] = world.district.cell_of(slot)
    crossings = 0
    for step in range(40):
        world.walk((slot, 12.4 if step % 2 else 12.6, 50))
        for _, _, after in world.district.weave(0, {int(watched[slot]): 1}, watched)[1]:
            watched[slot] = after
            crossings += 1
    assert 2 <= crossings <= 6
    world.walk((slot, 13.4, 50))
    world.walk((slot, 14.3, 50))
    world.district.weave(0, {int(watched[slot]): 1}, watched)
    assert world.district.cell_of(slot) == 4 * 8 + 1


def test_who_turns_round_behind_a_border_is_told_at_once_as_where_they_stand() -> None:
    world = World()
    slot = world.come(12.4, 50)
    watched = np.full(world.district.slots.count, -1, np.int32)
    watched[slot] = world.district.cell_of(slot)
    for x in (12.6, 12.7, 12.6, 12.4, 11.4, 10.4):
        world.walk((slot, x, 50))
        for _, _, after in world.district.weave(0, {int(watched[slot]): 1}, watched)[1]:
            watched[slot] = after
        assert watched[slot] == world.district.cell_of(slot)


def test_ages_are_of_what_was_told_at_this_tick() -> None:
    world = World()
    me, other = world.come(50, 50), world.come(51, 50)
    cell = world.district.cell_of(me)
    for _ in range(3):
        world.walk((me, 50, 50), (other, 51, 50))
        world.weave()
    world.walk((other, 51.5, 50))
    world.district.weave(0, {cell: 2}, np.full(world.district.slots.count, -1, np.int32))
    ages, weights = world.district.near_ages({cell: 2}, world.now + 0.02)
    assert ages.min() == pytest.approx(0.02, abs=1e-6)
    assert set(weights) == {2.0}


def test_who_stands_and_waves_is_told_as_fresh_as_the_wave() -> None:
    world = World()
    slot = world.come(50, 50)
    cell = world.district.cell_of(slot)
    nobody = np.full(world.district.slots.count, -1, np.int32)
    for _ in range(200):
        world.walk()
        world.weave()
    assert len(world.district.near_ages({cell: 2}, world.now)[0]) == 0, "who stands is told as nothing new"
    for _ in range(2):  # it begins, and it ends
        world.district.emote(slot, 3, world.now)
        world.walk()
        world.district.weave(0, {cell: 2}, nobody)
        ages, _ = world.district.near_ages({cell: 2}, world.now)
        assert ages.tolist() == pytest.approx([0.1], abs=1e-6)
        world.now += EMOTE_SECONDS
