"""One district: who is where, and what each is shown; arrays by slot, and the rules about them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from protocol.districts import AtPlace, AtPortal, AtZone
from protocol.poses import ENTRY, encode_entries
from protocol.refusals import Refusal, Refused
from worlds.access import forbidden_zones, passable_doors
from worlds.arrivals import Arrivals, Spot
from worlds.blocks import Scene
from worlds.citizen import Citizen
from worlds.contact import keeps_away
from worlds.halls import MAIN, Halls
from worlds.interest import BORDER_M, Interest, Woven
from worlds.movement import Ground, Reason, Rules, Steps, Walkers
from worlds.plan import DistrictPlan, SupervisedPlan
from worlds.slots import MAX_SLOTS, Slots
from worlds.speech import EARSHOT_M
from worlds.supervision import Supervision, Turn

EMOTE_SECONDS = 3.0
"""How long an emote overrides the stance that others see (PROTOCOL section 7)."""

DITHER_SECONDS = 4.0
"""Who goes back over a border for the second time within so long walks to and fro on it: see `BORDER_M`."""

MAX_ON_STAGE = 16
"""Who stands on a stage is near to everyone: more than these would be a crowd again."""

SPARE_SLOTS = 1024
"""Slots beyond twice the capacity, as slots rest for a while after they were used."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What a tick's poses led to, for those who must be told."""

    put_back: Sequence[tuple[int, str]]
    zones: Sequence[tuple[int, list[str], list[str]]]
    flooding: Sequence[int]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everyone in a district is: slots, x and z in metres, and in which hall."""

    slots: list[int]
    x: list[float]
    z: list[float]
    halls: list[int]


class District:
    """Everyone in one district."""

    def __init__(
        self,
        plan: DistrictPlan,
        *,
        cell_m: float,
        tile_cells: int,
        view_m: float,
        tick_hz: float,
        bytes_per_client: float,
        capacity: int,
        kept: int = 0,
        rules: Rules,
        chance: Generator,
    ) -> None:
        """`capacity`: the seats of each hall, 0 for as many as there are slots; `kept`: those for who works there."""
        self.plan = plan
        self._ground = Ground.of(plan, cell_m, tile_cells)
        self.grid = self._ground.grid
        self.slots = Slots(2 * capacity * (1 + plan.mirrors) + SPARE_SLOTS if capacity else MAX_SLOTS)
        self.tick = 0
        self.tick_hz = tick_hz
        self.on_stage: set[int] = set()
        self._spotlit: set[int] = set()
        self._arrivals = Arrivals(plan, chance)
        self._doors_open = [door.open for door in plan.doors]
        stages = {stage.zone for stage in plan.stages}
        self._stage_zones = sum(1 << i for i, zone in enumerate(plan.zones) if zone.id in stages)
        count = self.slots.count
        self._walkers = Walkers(self._ground, rules, count)
        self.interest = Interest(self.grid, view_m, tick_hz, bytes_per_client)
        """The main hall's; what one sees from where is the same in all."""
        self.halls = Halls(
            self._walkers.seen_in, self.interest, mirrors=plan.mirrors, seats=capacity, kept=kept
        )
        self.supervision = Supervision(plan, count)
        self._forbidden = np.zeros(count, np.uint64)
        self._cell = np.full(count, -1, np.int32)
        self._entries = np.zeros(count, ENTRY)
        self._entry_rows = _rows(self._entries)
        self._heard = np.zeros(count, np.float64)
        self._emote = np.full(count, -1, np.int16)
        self._emote_until: dict[int, float] = {}
        self._gestured_at = np.zeros(count, np.float64)
        self._came_from = np.full(count, -1, np.int32)
        self._crossed_at = np.full(count, -(1 << 30), np.int64)
        self._returned_at = np.full(count, -(1 << 30), np.int64)
        self._who = np.empty(0, np.intp)
        self._who_is_stale = False
        self._new_zones: list[tuple[int, list[str], list[str]]] = []

    # Coming and going

    def arrival(self, at: AtPortal | AtZone | AtPlace | None, citizen: Citizen, slot: int) -> Spot:
        """Where a citizen would arrive; `slot` when already here, else -1. Raises Refused."""
        if at is not None and not isinstance(at, AtPortal) and slot >= 0 and self._walkers.frozen[slot]:
            raise Refused(Refusal.FROZEN)
        spot = self._arrivals.spot(at, citizen)
        if isinstance(at, AtZone) and self.supervision.refuses(citizen, at.zone):
            raise Refused(Refusal.CLOSED, "too few of its staff are there", field="at.zone")
        return spot

    def admit(self, citizen: Citizen, spot: Spot, now: float, hall: int = MAIN) -> int:
        """Give a citizen a slot and a seat in a hall, and put them down; raises Refused `full`."""
        slot = self.slots.take(now)
        self._cell[slot] = -1
        self.halls.seat(slot, hall)
        self._heard[slot] = now
        self.place(slot, spot, now)
        self.read_roles(slot, citizen)
        self._who_is_stale = True
        return slot

    def read_roles(self, slot: int, citizen: Citizen) -> bool:
        """Where a citizen may go by the roles they have now; whether they stand where they may no longer be."""
        was = int(self._forbidden[slot])
        self._walkers.mind_minors(slot, citizen.minor, keeps_away(citizen))
        self.supervision.read_roles(slot, citizen)
        self._forbid(slot, forbidden_zones(citizen, self.plan))
        self._walkers.doors[slot] = passable_doors(citizen, self.plan, self._doors_open)
        return bool(int(self._walkers.zones[slot]) & int(self._forbidden[slot]) & ~was)

    def put_out(self, slot: int, now: float) -> None:
        """Put someone down where people arrive, outside of all that is closed to some."""
        self.place(slot, self._arrivals.outside(), now)

    def _forbid(self, slot: int, zones: int) -> None:
        """These zones, as bits, are closed to someone whatever the hour; others may be for now."""
        self._forbidden[slot] = zones
        self._walkers.forbidden[slot] = zones | self.supervision.closed_to(slot)

    def restrain(
        self, slot: int, citizen: Citizen, is_frozen: bool, barred: frozenset[str], now: float
    ) -> bool:
        """Whether an avatar stands still, and which zones are closed to it besides; whether it was put out of one."""
        walkers = self._walkers
        walkers.frozen[slot] = is_frozen
        closed = sum(1 << i for i, zone in enumerate(self.plan.zones) if zone.id in barred)
        self._forbid(slot, forbidden_zones(citizen, self.plan) | closed)
        is_inside = bool(int(walkers.zones[slot]) & closed)
        if is_inside:
            self.put_out(slot, now)
        return is_inside

    def supervise(self, away: Collection[int], now: float) -> tuple[Sequence[Turn], Sequence[int]]:
        """Open and close supervised places by who is in them; which turned, and who was put out of one."""
        if not self.plan.supervised:
            return (), ()
        there = np.where(self._walkers.present, self._walkers.zones, np.uint64(0))
        looked = self.supervision.look(there, away, now)
        self._walkers.forbidden[:] = self._forbidden | looked.closed
        for slot in looked.out:
            self.put_out(slot, now)
        return looked.turns, looked.out

    def admitted_to(self, place: SupervisedPlan) -> tuple[list[int], list[int]]:
        """Everyone here who may enter a supervised place while it is open: its staff, and the others."""
        bits = sum(1 << i for i, zone in enumerate(self.plan.zones) if zone.id in place.zones)
        admitted = (self._cell >= 0) & ((~self._forbidden & np.uint64(bits)) != 0)
        staff = self.supervision.staff(place)
        return np.flatnonzero(admitted & staff).tolist(), np.flatnonzero(admitted & ~staff).tolist()

    def place(self, slot: int, spot: Spot, now: float) -> None:
        """Put someone down, without the way there."""
        was = int(self._walkers.zones[slot]) if self._cell[slot] >= 0 else 0
        # The units of the wire, so that what the citizen is told and what others are shown are the same place.
        x, z = round(spot.x, 2), round(spot.z, 2)
        self._walkers.place(slot, x, 0.0, z, spot.yaw, now, self.tick + 1)
        self._settle(np.array([slot], np.intp))
        self._enter_zones(slot, was, int(self._walkers.zones[slot]))

    def put(self, slot: int, x: float, z: float, now: float) -> None:
        """Put someone down near a place, by another's decision: on a stage, or back from it."""
        yaw = int(self._walkers.yaw[slot])
        self.place(slot, Spot(min(max(x, 0.0), self.plan.width), min(max(z, 0.0), self.plan.depth), yaw), now)

    def spotlight(self, slot: int, is_on: bool) -> None:
        """Someone is near to everyone, wherever they stand, or no longer."""
        (self._spotlit.add if is_on else self._spotlit.discard)(slot)
        self.halls.perform(slot, is_on=slot in self.performers)

    @property
    def performers(self) -> Set[int]:
        """Who is near to everyone, in all halls: on a stage, or in the spotlight."""
        return self.on_stage | self._spotlit

    def cross(self, slot: int, hall: int) -> None:
        """Someone goes over into another hall, and stands there where they stood."""
        self.halls.cross(slot, hall)
        # Or those over there would be told of who stands still with the next complete list.
        self._walkers.moved_at[slot] = self.tick + 1

    def close_hall(self, hall: int) -> list[tuple[int, int]]:
        """A mirror's people get seats in other halls, who stand together together: (slot, hall); raises Refused."""
        there = np.flatnonzero((self._cell >= 0) & (self.halls.of == hall))
        others = [other for other in range(self.halls.most) if other != hall]
        room = sum(self.halls.free(other, works_here=True) for other in others)
        if room < len(there):
            raise Refused(
                Refusal.FULL, "the other halls have too few seats", field="hall", limit="hall_seats"
            )
        moved: list[tuple[int, int]] = []
        for slot in there[np.argsort(self._cell[there], kind="stable")].tolist():
            last = moved[-1][1] if moved else -1
            if last < 0 or not self.halls.free(last, works_here=True):
                chosen = self.halls.choose(works_here=True, but=hall)
                assert chosen is not None
                last = chosen
            self.cross(slot, last)
            moved.append((slot, last))
        return moved

    def leave(self, slot: int, now: float) -> None:
        """The citizen is gone; the slot rests."""
        self._cell[slot] = -1
        self.halls.leave(slot)
        self._walkers.remove(slot)
        self.supervision.leave(slot)
        self._emote[slot] = -1
        self._emote_until.pop(slot, None)
        self.on_stage.discard(slot)
        self._spotlit.discard(slot)
        self.slots.give_back(slot, now)
        self._who_is_stale = True

    def emote(self, slot: int, emote: int, now: float) -> None:
        """Show a gesture instead of the stance, for 3 s."""
        self._emote[slot] = emote
        self._emote_until[slot] = now + EMOTE_SECONDS
        self._show_again(slot, now)

    def set_pace(self, tick_hz: float, slower: int) -> None:
        """Under overload: another tick rate, and how many bands are told at half their rate."""
        if tick_hz != self.tick_hz:
            self.tick_hz = tick_hz
            for hall in self.halls.open:
                self.halls[hall].interest.set_tick_hz(tick_hz)
        if slower != self.interest.slower:
            for hall in self.halls.open:
                self.halls[hall].interest.set_slower(slower)

    # The tick

    def walk(self, steps: Steps, now: float) -> Walked:
        """Check a tick's poses in their order and take those that are valid."""
        self.tick += 1
        self._heard[steps.slot] = now
        outcome = self._walkers.walk(steps, now, self.tick)
        self._settle(outcome.moved)
        for slot, left, entered in zip(
            outcome.crossed.tolist(), outcome.left.tolist(), outcome.entered.tolist(), strict=True
        ):
            self._enter_zones(slot, left, entered)
        self._end_emotes(now)
        put_back = [(slot, Reason(self._walkers.why[slot]).word) for slot in outcome.put_back.tolist()]
        zones, self._new_zones = self._new_zones, []
        return Walked(put_back, zones, outcome.flooding.tolist(), outcome.counts)

    def rest(self) -> None:
        """A tick while nobody is here: who left has nobody whom it must be told."""
        self.tick += 1
        self.halls[MAIN].empty()

    def _settle(self, slots: NDArray[np.intp]) -> None:
        """What follows from a new pose: the entry that others are shown, and the cell."""
        if not len(slots):
            return
        walkers = self._walkers
        x, z = walkers.x[slots], walkers.z[slots]
        emote = self._emote[slots]
        stance = np.where(emote >= 0, emote, walkers.stance[slots])
        entries = encode_entries(slots, x, walkers.y[slots], z, walkers.yaw[slots], stance)
        self._entry_rows[slots] = _rows(entries)
        self._cell[slots] = self.grid.cell_of(x, z)

    def _enter_zones(self, slot: int, before: int, after: int) -> None:
        """Note the zones that someone is no longer in, and those they are in now; a stage is a zone."""
        left, entered = before & ~after, after & ~before
        if left or entered:
            self._new_zones.append((slot, self._zone_ids(entered), self._zone_ids(left)))
        if int(self._walkers.zones[slot]) & self._stage_zones:
            if len(self.on_stage) < MAX_ON_STAGE:
                self.on_stage.add(slot)
        else:
            self.on_stage.discard(slot)
        self.halls.perform(slot, is_on=slot in self.performers)

    def _zone_ids(self, bits: int) -> list[str]:
        return [zone.id for i, zone in enumerate(self.plan.zones) if bits >> i & 1]

    def _end_emotes(self, now: float) -> None:
        for slot in [slot for slot, until in self._emote_until.items() if until <= now]:
            del self._emote_until[slot]
            self._emote[slot] = -1
            self._show_again(slot, now)

    def _show_again(self, slot: int, now: float) -> None:
        self._walkers.moved_at[slot] = self.tick + 1
        self._gestured_at[slot] = now
        self._settle(np.array([slot], np.intp))

    def weave(
        self, tick_ms: int, people: Mapping[int, int], watched: NDArray[np.int32], hall: int = MAIN
    ) -> tuple[Woven, list[tuple[int, int, int]]]:
        """A hall's messages of this tick, and who crossed: (slot, from, to) where `watched` (cells by slot) is behind.

        `people` and `watched`: those of this hall.
        """
        moved = np.flatnonzero((watched >= 0) & (watched != self._cell))
        is_deep = self.grid.away(watched[moved], *self._places(moved)) > BORDER_M
        is_back = self._cell[moved] == self._came_from[moved]
        # Who turns round once is told at once, or those near again would be shown as old as those who are not.
        dithers = is_back & (self.tick - self._returned_at[moved] < DITHER_SECONDS * self.tick_hz)
        waits = dithers & ~is_deep & (self.tick - self._crossed_at[moved] < self.tick_hz)
        moved, is_back = moved[~waits], is_back[~waits]
        self._crossed_at[moved], self._came_from[moved] = self.tick, watched[moved]
        self._returned_at[moved[is_back]] = self.tick
        crossings = list(
            zip(moved.tolist(), watched[moved].tolist(), self._cell[moved].tolist(), strict=True)
        )
        woven = self.halls[hall].weave(
            self._scene(tick_ms, hall),
            people,
            Counter((before, after) for _, before, after in crossings),
            np.array(sorted(self.performers), np.intp),
        )
        return woven, crossings

    def _scene(self, tick_ms: int, hall: int) -> Scene:
        """What there is to be seen in a hall: its own people, and who performs."""
        if self.halls.is_one:
            if self._who_is_stale:
                self._who = np.flatnonzero(self._cell >= 0)
                self._who_is_stale = False
            cell, who = self._cell, self._who
        else:
            cell = np.where(self.halls.shows(hall), self._cell, np.int32(-1))
            who = np.flatnonzero(cell >= 0)
        return Scene(self.tick, tick_ms, who, cell, self._entries, self._walkers.moved_at)

    def _places(self, slots: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self._walkers.x[slots], self._walkers.z[slots]

    def standing(self) -> Standing:
        """Where everyone is."""
        slots = np.flatnonzero(self._cell >= 0)
        x, z = self._places(slots)
        return Standing(slots.tolist(), x.tolist(), z.tolist(), self.halls.of[slots].tolist())

    def picture(self, cell: int, hall: int = MAIN) -> list[bytes]:
        """Everything that is seen from a cell in a hall, as of the last tick."""
        return self.halls[hall].interest.picture(cell)

    # Questions

    def stand(self, slot: int) -> tuple[float, float, float, int]:
        """Where someone stands: x, y, z in metres, yaw in 1/65536 turns."""
        walkers = self._walkers
        x, y, z = (round(float(axis[slot]), 4) for axis in (walkers.x, walkers.y, walkers.z))
        return x, y, z, int(walkers.yaw[slot])

    def places(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where everyone stands, x and z in metres by slot; read, not written."""
        return self._walkers.x, self._walkers.z

    def scopes(self, slot: int) -> tuple[str, ...]:
        """Where someone is, as roles and sanctions name it: the district, then each of its zones they stand in."""
        name = self.plan.id
        return (name, *(f"{name}/{zone}" for zone in self._zone_ids(int(self._walkers.zones[slot]))))

    def heard_at(self, slot: int) -> float:
        """When the last pose of someone was taken in, valid or not."""
        return float(self._heard[slot])

    def cell_of(self, slot: int) -> int:
        """The cell someone stands in."""
        return int(self._cell[slot])

    def hall_of(self, slot: int) -> int:
        """The hall someone is in."""
        return int(self.halls.of[slot])

    def shows_to(self, slot: int, other: int) -> bool:
        """Whether another is shown in someone's hall, however far away."""
        return bool(self.halls.seen_in[other] >> self.hall_of(slot) & 1)

    def seen_by(self, slot: int, others: Sequence[int]) -> list[int]:
        """Those of `others` that are present and in view of someone."""
        asked = np.unique(np.array([other for other in others if other < self.slots.count], np.intp))
        cells = self._cell[asked]
        seen = np.isin(cells, self.interest.visible(self.cell_of(slot)))
        seen |= np.isin(asked, list(self.performers))
        seen &= self.halls.shows(self.hall_of(slot))[asked]
        return [int(other) for other in asked[seen & (cells >= 0)]]

    def hearers(self, slot: int, to: Literal["nearby", "zone", "district"]) -> list[int]:
        """Who else hears someone; raises Refused `not_here` for `zone` outside of all zones with speech.

        Near by and in a zone those of the halls in which one is seen do, so that a performer is heard in all.
        """
        present = self._cell >= 0
        if to != "district" and not self.halls.is_one:
            present &= (self.halls.seen_in[slot] >> self.halls.of) & 1 != 0
        match to:
            case "nearby":
                walkers = self._walkers
                away = np.hypot(walkers.x - walkers.x[slot], walkers.z - walkers.z[slot])
                hears = present & (away <= EARSHOT_M)
            case "zone":
                speech = sum(1 << i for i, zone in enumerate(self.plan.zones) if zone.speech)
                mine = np.uint64(int(self._walkers.zones[slot]) & speech)
                if not mine:
                    raise Refused(Refusal.NOT_HERE, "you are in no zone", field="to")
                hears = present & ((self._walkers.zones & mine) != 0)
            case "district":
                hears = present
        hears[slot] = False
        return np.flatnonzero(hears).tolist()

    def near_ages(
        self, people: Mapping[int, int], now: float, hall: int = MAIN
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How old (s) is what was told of near ones in a hall at this tick, and to how many each; `people` by cell."""
        weights, slots = self.halls[hall].interest.near_weights(people)
        told = weights > 0
        slots = slots[told]
        # Who stands and waves is told for the wave: their last pose may be minutes old.
        return now - np.maximum(self._walkers.since[slots], self._gestured_at[slots]), weights[told]

    def stance(self, slot: int) -> int:
        """What others are shown someone doing: the stance, or the emote of the moment."""
        return int(self._entries["stance"][slot])


def _rows(entries: NDArray[np.void]) -> NDArray[np.uint16]:
    """The same entries as rows of numbers: numpy writes many of those at once, and structures field by field."""
    return entries.view(np.uint16).reshape(-1, ENTRY.itemsize // 2)
