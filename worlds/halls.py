"""Halls: a district's audience in parts, where it is too large for one. One sees and hears who is in one's own hall.

Hall 0 is the main hall; the others, its mirrors, are opened when every open hall is full, and closed when they are
empty. Ground, rules and services are the district's: nothing but the audience is parted, and so nothing is there twice.
Who performs is in all halls, for whoever looks, and in their own alone for everything else.
"""

import sys
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from worlds.blocks import Scene
from worlds.interest import Interest, Woven

MAIN = 0
"""The hall that is always open."""

ALL_HALLS = 0xFF
"""In place of one hall's bit: who performs. A byte has a bit for as many halls as a plan may have."""


class Hall:
    """One hall: what its people are shown, from tick to tick."""

    def __init__(self, interest: Interest, slots: int) -> None:
        self.interest = interest
        self._shown = np.full(slots, -1, np.int32)

    @property
    def is_woven(self) -> bool:
        """Whether there was a tick since it was opened: before, there is no picture of it."""
        return self.interest.is_woven

    def weave(
        self,
        scene: Scene,
        people: Mapping[int, int],
        crossed: Mapping[tuple[int, int], int],
        on_stage: NDArray[np.intp],
    ) -> Woven:
        """All messages of a tick; in the scene whoever is not shown here is in cell -1.

        Who left a cell, the district, or this hall is whoever was shown elsewhere the last time.
        """
        left = np.flatnonzero((self._shown != scene.cell) & (self._shown >= 0))
        where = self._shown[left]
        self._shown[:] = scene.cell
        return self.interest.weave(scene, (left, where), people, crossed, on_stage)

    def empty(self) -> None:
        """Nobody is here: who left has nobody whom it must be told."""
        self._shown.fill(-1)


class Halls:
    """Which halls of one district are open, who is in which, and how many more find a seat."""

    def __init__(
        self, seen_in: NDArray[np.uint8], interest: Interest, *, mirrors: int, seats: int, kept: int
    ) -> None:
        """`seen_in` is kept by slot: in which halls one is seen, as bits; `interest`: the main hall's.

        `seats` are those of each hall, 0: as many as come; `kept` of them are for those who work there.
        """
        self.seats = seats
        self._kept = kept
        self.seen_in = seen_in
        self.of = np.zeros(len(seen_in), np.int8)
        """By slot: one's own hall."""
        self._people = [0] * (1 + mirrors)
        self._open = {MAIN: Hall(interest, len(seen_in))}

    @property
    def most(self) -> int:
        """How many halls there may be."""
        return len(self._people)

    @property
    def open(self) -> Sequence[int]:
        """The numbers of the halls that are open, rising."""
        return sorted(self._open)

    @property
    def is_one(self) -> bool:
        """Whether the main hall is all there is just now."""
        return len(self._open) == 1

    def __getitem__(self, hall: int) -> Hall:
        """An open hall."""
        return self._open[hall]

    def __contains__(self, hall: object) -> bool:
        """Whether a hall is open."""
        return hall in self._open

    @property
    def people(self) -> Sequence[int]:
        """How many are in each hall, by its number, up to the last that is open."""
        return self._people[: max(self._open) + 1]

    def free(self, hall: int, *, works_here: bool) -> int:
        """How many more may come into a hall, open or not."""
        if not self.seats:
            return sys.maxsize
        return max(self.seats - self._people[hall] - (0 if works_here else self._kept), 0)

    def free_in_all(self, *, works_here: bool) -> int:
        """How many more may come into the district."""
        return sum(self.free(hall, works_here=works_here) for hall in range(self.most))

    def choose(self, *, works_here: bool, but: int = -1) -> int | None:
        """The hall for who comes now: the main one, else the emptiest open mirror, else one that is to be opened.

        None: no hall but `but` has a seat.
        """
        free = [hall for hall in range(self.most) if hall != but and self.free(hall, works_here=works_here)]
        if not free:
            return None
        return min(free, key=lambda hall: (hall != MAIN, hall not in self._open, self._people[hall], hall))

    def seat(self, slot: int, hall: int) -> None:
        """Someone has come into the district, into this hall; it is opened for them, if it is not yet."""
        if hall not in self._open:
            self._open[hall] = Hall(self._open[MAIN].interest.another(), len(self.of))
        self._people[hall] += 1
        self.of[slot] = hall
        self.seen_in[slot] = 1 << hall

    def leave(self, slot: int) -> None:
        """Someone has left the district; an empty mirror is closed."""
        hall = int(self.of[slot])
        self._people[hall] -= 1
        self.of[slot] = MAIN
        self.seen_in[slot] = 1 << MAIN
        if hall != MAIN and not self._people[hall]:
            del self._open[hall]

    def cross(self, slot: int, hall: int) -> None:
        """Someone goes over into another hall; who performs is seen in all of them as before."""
        performs = bool(self.seen_in[slot] == ALL_HALLS)
        self.leave(slot)
        self.seat(slot, hall)
        self.perform(slot, is_on=performs)

    def perform(self, slot: int, *, is_on: bool) -> None:
        """Someone is seen in all halls, or in their own alone."""
        self.seen_in[slot] = ALL_HALLS if is_on else 1 << int(self.of[slot])

    def shows(self, hall: int) -> NDArray[np.bool_]:
        """By slot: who is seen in a hall, if they are in the district at all."""
        return np.asarray((self.seen_in & (1 << hall)) != 0)
