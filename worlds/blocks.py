"""Blocks: everyone of one tick sorted by cell, and what is told of a cell, each a slice of one buffer."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from protocol.message import MAX_TOLD_BYTES
from protocol.poses import (
    BEGINS,
    BLOCK,
    CLASS_SHIFT,
    ENDS,
    ENTRY,
    GONE,
    MAX_BLOCK_ENTRIES,
    MAX_CLASS,
    block_head,
    blocks_of,
)
from worlds.trail import Trail

LONGEST_LIST_BYTES = MAX_TOLD_BYTES - 1_024
"""A complete list is told in one message (PROTOCOL section 6); a longer one cannot say that it is complete."""

NEVER = MAX_CLASS + 1
"""In place of a class: no block of any class holds who has not moved for so long."""

CLASS_OF_AGE = np.array([age.bit_length() for age in range(1 << MAX_CLASS)] + [NEVER], np.int64)
"""The finest class whose block holds who moved so many ticks ago: within the last 2^r ticks."""

NOWHERE = 0x1FFFF
"""In a key of those who left: the district itself."""

_HEAD = np.dtype("V4")


@dataclass(slots=True)
class Scene:
    """What the district is at one tick, columns by slot; `who` are the slots present, without order."""

    tick: int
    tick_ms: int
    who: NDArray[np.intp]
    cell: NDArray[np.int32]
    entries: NDArray[np.void]
    moved_at: NDArray[np.int32]


class Blocks:
    """The crowd of the newest tick: call `sort`, then the rest."""

    scene: Scene
    who: NDArray[np.intp]
    """Slots in the order of their cells; `cells`, `entries` and `moved_at` beside it."""
    cells: NDArray[np.int32]
    entries: NDArray[np.void]
    moved_at: NDArray[np.int32]
    movers: NDArray[np.intp]
    """(cells, classes) how many moved within the last 2^r ticks; behind the last class everyone."""
    counts: NDArray[np.intp]
    """(cells,) how many are there."""

    def __init__(self, cells: int) -> None:
        self._cell_count = cells
        number = np.arange(cells)
        self._heads = np.zeros((MAX_CLASS + 1, cells, BLOCK.itemsize), np.uint8)
        self._heads[:, :, 0], self._heads[:, :, 1] = number & 0xFF, number >> 8
        self._heads[:, :, 2] = (np.arange(MAX_CLASS + 1) << CLASS_SHIFT)[:, None]

    def sort(self, scene: Scene) -> None:
        """Sort the present by cell and count them, and those who moved of late: every block is then a slice."""
        self.scene = scene
        cell = scene.cell[scene.who]
        order = np.argsort(cell.astype(np.uint16), kind="stable")
        self.who, self.cells = scene.who[order], cell[order]
        self.moved_at = scene.moved_at[self.who]
        # `take`, as an index of many would copy a structure field by field.
        self.entries = scene.entries.take(self.who)
        self._finest = CLASS_OF_AGE[np.clip(scene.tick - self.moved_at, 0, len(CLASS_OF_AGE) - 1)]
        key = self.cells * (NEVER + 1) + self._finest
        sums = np.bincount(key, minlength=self._cell_count * (NEVER + 1)).reshape(-1, NEVER + 1)
        self.movers = np.cumsum(sums, axis=1)
        self.counts = self.movers[:, NEVER]
        self._is_crowded = bool(self.counts.max() > MAX_BLOCK_ENTRIES)
        whole = self.entries.tobytes()
        edges = [0, *(np.cumsum(self.counts) * ENTRY.itemsize).tolist()]
        self._lists = np.array([whole[a:b] for a, b in pairwise(edges)], dtype=object)

    def complete(self, rates: NDArray[np.integer], cells: NDArray[np.integer]) -> list[bytes]:
        """The complete list of each of these cells, as blocks of these rate classes."""
        pieces = self._headed(rates, cells, self.counts[cells], BEGINS | ENDS, self._lists[cells].tolist())
        if self._is_crowded:
            for i in np.flatnonzero(self.counts[cells] > MAX_BLOCK_ENTRIES).tolist():
                raw: bytes = self._lists[cells[i]]
                whole = BEGINS | ENDS if len(raw) < LONGEST_LIST_BYTES else 0
                pieces[i] = blocks_of(int(cells[i]), int(rates[i]) << CLASS_SHIFT | whole, raw)
        return pieces

    def due(self, turn: NDArray[np.uint8], top_class: int) -> NDArray[np.object_]:
        """(class, cell) the bytes that each cell is due to be told of by its turn; empty where there is nothing.

        Where the turn is `top_class` that is the complete list in every class, elsewhere, in the classes up to the
        turn, who moved in the last 2^r ticks.
        """
        table = np.full((top_class + 1, self._cell_count), b"", dtype=object)
        complete = np.flatnonzero(turn >= top_class)
        rates, cells = np.repeat(np.arange(top_class + 1), len(complete)), np.tile(complete, top_class + 1)
        table[rates, cells] = self.complete(rates, cells)
        partial = (turn >= np.arange(top_class)[:, None]) & (turn < top_class)
        rates, cells = np.nonzero(partial & (self.movers.T[:top_class] > 0))
        counts = self.movers[cells, rates]
        # Of a walking crowd everyone moved: what is told of such a cell is its list, which is there already.
        bodies = self._lists[cells]
        some = np.flatnonzero(counts < self.counts[cells])
        for r in np.unique(rates[some]).tolist():
            mine = some[rates[some] == r]
            is_mine = np.zeros(self._cell_count, np.bool_)
            is_mine[cells[mine]] = True
            raw = self.entries[is_mine[self.cells] & (self._finest <= r)].tobytes()
            edges = [0, *(np.cumsum(counts[mine]) * ENTRY.itemsize).tolist()]
            bodies[mine] = [raw[a:b] for a, b in pairwise(edges)]
        pieces = self._headed(rates, cells, counts, 0, bodies.tolist())
        if self._is_crowded:
            for i in np.flatnonzero(counts > MAX_BLOCK_ENTRIES).tolist():
                pieces[i] = blocks_of(int(cells[i]), int(rates[i]) << CLASS_SHIFT, bodies[i])
        table[rates, cells] = pieces
        return table

    def _headed(
        self,
        rates: NDArray[np.integer],
        cells: NDArray[np.integer],
        counts: NDArray[np.integer],
        flags: int,
        bodies: list[bytes],
    ) -> list[bytes]:
        heads = self._heads[rates, cells]
        heads[:, 2] |= flags
        heads[:, 3] = np.minimum(counts, MAX_BLOCK_ENTRIES)
        return [head + body for head, body in zip(heads.view(_HEAD)[:, 0].tolist(), bodies, strict=True)]

    def add_leavers(
        self,
        table: NDArray[np.object_],
        trail: Trail,
        turn: NDArray[np.uint8],
        told: NDArray[np.int64],
        reaches: NDArray[np.int64],
    ) -> None:
        """Append to each due cell's block of class r who left it in the last `reaches[r]` ticks.

        `told`: at which tick each cell was last told complete. Whoever's new cell was since they left is known there
        to everyone, and left out.
        """
        scene = self.scene
        slots, cells, ticks = trail.since(scene.tick - int(reaches.max()))
        new = scene.cell[slots]
        open_ends = np.flatnonzero((new != cells) & ((new < 0) | (told[new] < ticks)))
        slots, cells, ticks, new = slots[open_ends], cells[open_ends], ticks[open_ends], new[open_ends]
        rates = np.arange(len(reaches))[:, None]
        rate, which = np.nonzero((turn[cells] >= rates) & (ticks > scene.tick - reaches[:, None]))
        if not len(which):
            return
        # In each class, from a cell to another, each slot once: runs of equal (class, cell, new) become one block.
        key = rate << 50 | cells[which].astype(np.int64) << 33 | (new[which].astype(np.int64) & NOWHERE) << 16
        key = np.unique(key | slots[which])
        edges = [0, *(np.flatnonzero(np.diff(key >> 16)) + 1).tolist(), len(key)]
        who = key & 0xFFFF
        raw = scene.entries.take(who).tobytes()
        for (a, b), group in zip(pairwise(edges), (key[edges[:-1]] >> 16).tolist(), strict=True):
            to, cell, r = group & NOWHERE, group >> 17 & 0xFFFF, group >> 34
            flags = r << CLASS_SHIFT
            if to == NOWHERE:
                table[r, cell] += blocks_of(cell, flags | GONE, who[a:b].astype("<u2").tobytes(), 2)
            elif b - a <= MAX_BLOCK_ENTRIES:
                table[r, cell] += block_head(to, flags, b - a) + raw[a * ENTRY.itemsize : b * ENTRY.itemsize]
            else:
                table[r, cell] += blocks_of(to, flags, raw[a * ENTRY.itemsize : b * ENTRY.itemsize])
