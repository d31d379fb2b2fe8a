"""The trail: who left which cell, as long as it may have to be told once more."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Trail:
    """Who left which cell when, and for which; arrays by tick."""

    ticks: list[int] = field(default_factory=list)
    slots: list[NDArray[np.intp]] = field(default_factory=list)
    cells: list[NDArray[np.int32]] = field(default_factory=list)
    went_to: list[NDArray[np.int32]] = field(default_factory=list)

    def add(
        self,
        tick: int,
        slots: NDArray[np.intp],
        cells: NDArray[np.int32],
        went_to: NDArray[np.int32],
        keep: int,
    ) -> None:
        """These slots left these cells at a tick, for others (-1: the district); what is `keep` ticks old goes."""
        if len(slots):
            self.ticks.append(tick)
            self.slots.append(slots)
            self.cells.append(cells)
            self.went_to.append(went_to)
        while self.ticks and self.ticks[0] <= tick - keep:
            del self.ticks[0], self.slots[0], self.cells[0], self.went_to[0]

    def per_cell(
        self, cells: int, tile_of_cell: NDArray[np.int32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many left each cell within the period; and how many of them for another tile."""
        before = np.concatenate([*self.cells, np.empty(0, np.int32)])
        after = np.concatenate([*self.went_to, np.empty(0, np.int32)])
        beyond = before[(after < 0) | (tile_of_cell[before] != tile_of_cell[after])]
        return np.bincount(before, minlength=cells).astype(np.float64), np.bincount(
            beyond, minlength=cells
        ).astype(np.float64)

    def since(self, tick: int) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int64]]:
        """Slots, cells and ticks of who left after `tick`."""
        first = bisect_right(self.ticks, tick)
        count = [len(slots) for slots in self.slots[first:]]
        return (
            np.concatenate([*self.slots[first:], np.empty(0, np.intp)]).astype(np.intp),
            np.concatenate([*self.cells[first:], np.empty(0, np.int32)]).astype(np.int32),
            np.repeat(np.array(self.ticks[first:], np.int64), count),
        )
