"""Supervision: a place for the young is open only while enough of its staff are in it.

With fewer it closes to who would come in, and soon after, nobody but its staff is left inside: one adult is not to be
alone with the young. Who is there, and whose line is broken, are arguments; nothing is remembered but since when.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from worlds.access import holds_any
from worlds.citizen import Citizen
from worlds.plan import DistrictPlan, SupervisedPlan

State = Literal["open", "closing", "closed"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A supervised place that is open, closing or closed from now on; `left_s`: how long one may still stay."""

    place: SupervisedPlan
    state: State
    left_s: float = 0.0


@dataclass(slots=True)
class _Place:
    plan: SupervisedPlan
    bits: int
    """Its zones."""
    staff: NDArray[np.bool_]
    """By slot."""
    state: State = "closed"
    closes_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at all places led to: those that turned, who must go out, and what is closed to whom (by slot)."""

    turns: Sequence[Turn]
    out: Sequence[int]
    closed: NDArray[np.uint64]


class Supervision:
    """The supervised places of one district; closed until enough staff has come."""

    def __init__(self, plan: DistrictPlan, slots: int) -> None:
        self._district = plan.id
        numbers = {zone.id: i for i, zone in enumerate(plan.zones)}
        self._places = [
            _Place(one, sum(1 << numbers[zone] for zone in one.zones), np.zeros(slots, np.bool_))
            for one in plan.supervised
        ]

    def state(self, zone: str) -> tuple[SupervisedPlan, State] | None:
        """The place that a zone belongs to, and whether it is open; None for any other zone."""
        return next(((one.plan, one.state) for one in self._places if zone in one.plan.zones), None)

    def staff(self, place: SupervisedPlan) -> NDArray[np.bool_]:
        """Who works in a place, by slot; read, not written."""
        return next(one.staff for one in self._places if one.plan is place)

    def refuses(self, citizen: Citizen, zone: str) -> bool:
        """Whether a zone is closed to a citizen just now, for want of staff."""
        found = self.state(zone)
        return found is not None and found[1] != "open" and not self._works_in(citizen, found[0])

    def _works_in(self, citizen: Citizen, place: SupervisedPlan) -> bool:
        return not citizen.minor and holds_any(citizen, place.staff, self._district)

    def read_roles(self, slot: int, citizen: Citizen) -> None:
        """Who has come, or has other roles now."""
        for place in self._places:
            place.staff[slot] = self._works_in(citizen, place.plan)

    def leave(self, slot: int) -> None:
        """Who was there is gone."""
        for place in self._places:
            place.staff[slot] = False

    def closed_to(self, slot: int) -> int:
        """The zones that are closed to who comes now, as bits."""
        return sum(place.bits for place in self._places if place.state != "open" and not place.staff[slot])

    def look(self, zones: NDArray[np.uint64], away: Collection[int], now: float) -> Looked:
        """Open, close and clear places by who stands where (bits by slot); who is `away` is not there for anyone."""
        turns: list[Turn] = []
        out: list[int] = []
        closed = np.zeros(len(zones), np.uint64)
        for place in self._places:
            inside = (zones & np.uint64(place.bits)) != 0
            there = np.count_nonzero(inside & place.staff) - sum(
                bool(inside[slot] and place.staff[slot]) for slot in away
            )
            turn = self._turned(place, int(there), now)
            if turn is not None:
                turns.append(turn)
            if place.state == "closed":
                out += np.flatnonzero(inside & ~place.staff).tolist()
            if place.state != "open":
                # Who is still inside must find the way out, from room to room.
                barred = ~place.staff & (~inside if place.state == "closing" else True)
                closed[barred] |= np.uint64(place.bits)
        return Looked(turns, out, closed)

    def _turned(self, place: _Place, there: int, now: float) -> Turn | None:
        plan, was = place.plan, place.state
        if there >= plan.least:
            place.state = "open"
        elif was == "open":
            place.state, place.closes_at = "closing", now + plan.leave_s
        if place.state == "closing" and now >= place.closes_at:
            place.state = "closed"
        if place.state == was:
            return None
        return Turn(plan, place.state, plan.leave_s if place.state == "closing" else 0.0)
