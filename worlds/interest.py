"""Interest: who is told of which cell, how often; one frame per observer cell, shared by all who stand in it.

The rules. A source cell has a phase; at tick t its *turn* is the number of trailing zero bits of t + phase. A
block of class r is due when turn >= r, and holds all that moved in the last 2^r ticks, so going from a fine
class to a coarser one loses nothing. When t + phase is a multiple of the complete period (which is no power of
two: a list is as rare as it may be), the block is the complete list instead, whatever the class; the coarsest class
is nothing but complete lists. Who left a cell is
told once more in that cell's block, under its new cell's number; who left the district, as gone. The class of
a source cell for an observer cell comes from their distance and from the observer cell's level: the finest row
of LEVELS whose estimated bytes keep to the budget. On a change of class, and on coming into view, the complete
list is sent at once. There is no state per observer, and nothing is done per pair of citizens.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from math import lcm
from typing import Self

import numpy as np
from numpy.typing import NDArray

from protocol.message import MAX_TOLD_BYTES
from protocol.poses import (
    BLOCK,
    ENTRY,
    FRAME_HEAD_BYTES,
    MAX_CLASS,
    ON_STAGE,
    TILE,
    block_head,
    encode_frame,
    encode_tiles,
)
from worlds.blocks import Blocks, Scene
from worlds.grid import Grid
from worlds.trail import Trail

COMPLETE_SECONDS = 3.8
"""Every cell in view is told complete so often: within the 4 s of PROTOCOL section 6, also when a tick is late."""

BAND_GAPS_M = (25.0, 50.0)
"""Where the middle band ends and the far one, in metres between cells; the near band is the 3 x 3 cells."""

BORDER_M = 1.5
"""Who crosses into another cell sees what that cell sees at once; but who walks to and fro on a border must be so far
beyond it, or wait a second, or they would be told complete lists all the time. Views reach as much farther."""

NEAR, MIDDLE, FAR, RIM, UNSEEN = 0, 1, 2, 3, 4

LEVELS = np.array(
    [
        # near, middle, far, rim
        (0, 0, 0, 0),
        (0, 0, 1, 2),
        (0, 1, 2, 3),
        (0, 1, 3, 4),
        (0, 2, 3, 4),
        (0, 2, 4, 5),
        (0, 3, 5, 6),
        (0, 4, 6, 6),
        (0, 6, 6, 6),
        (1, 3, 6, 6),
        (1, 6, 6, 6),
        (2, 6, 6, 6),
        (3, 6, 6, 6),
        (4, 6, 6, 6),
        (6, 6, 6, 6),
    ],
    dtype=np.uint8,
)
"""Rate classes of the four bands, from the emptiest surroundings to the fullest."""

OUT_OF_VIEW = 255
"""In a row of classes: this source cell is not told to that observer cell."""

RELAX = 0.95
"""A finer level is taken only when it would use less than this part of the budget, so that levels do not flap. At
0.8 a tile of the plaza that was too full for a moment kept its near ones at every second tick from then on."""

PHASE_STEP = 37
"""Between the phases of one tile and the next: odd, so that every power of two of ticks is filled evenly."""

LEAVER_BYTES = BLOCK.itemsize + ENTRY.itemsize
"""What it costs to tell once more of one who left a cell."""

MESSAGE_BYTES = FRAME_HEAD_BYTES + 4
"""The heads of a frame's message: ours, and the WebSocket's."""

EXTRA_TICKS = 64
"""Over how many ticks it is averaged what crossings cost beside the frames."""

REVIEW_TICKS = 16
"""An observer cell's level is reviewed once in so many ticks."""


@dataclass(slots=True)
class Woven:
    """One tick's messages: by observer cell for all who stand there, by (from, to) for those who crossed."""

    frames: dict[int, list[bytes]]
    crossings: dict[tuple[int, int], list[bytes]]
    tiles: dict[int, bytes]


class Interest:
    """One district's interest: call `weave` once per tick, `picture` for who comes in or was behind."""

    def __init__(self, grid: Grid, view_m: float, tick_hz: float, bytes_per_client: float) -> None:
        self.grid = grid
        self.view_m = view_m
        self.bytes_per_client = bytes_per_client
        gap, ring = grid.gap(), grid.ring()
        band = np.full(gap.shape, RIM, np.uint8)
        band[gap <= BAND_GAPS_M[1]] = FAR
        band[gap <= BAND_GAPS_M[0]] = MIDDLE
        band[ring <= 1] = NEAR
        band[gap > view_m + BORDER_M] = UNSEEN
        self._band = band
        self._unseen = band == UNSEEN
        self._has_unseen = self._unseen.any(axis=1)
        self._tile_sums = (
            grid.tile_of_cell[:, None] == np.arange(grid.tile_columns * grid.tile_rows)
        ).astype(np.float32)
        # Cells of one tile have their turn together: who goes from one to the other is in the same complete lists.
        turns = np.random.default_rng(grid.count).permutation(grid.tile_columns * grid.tile_rows)
        self._phase = turns[grid.tile_of_cell].astype(np.int64) * PHASE_STEP
        self.slower = 0
        self._classes: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._begin()
        self.set_tick_hz(tick_hz)

    def _begin(self) -> None:
        """Nothing was told yet."""
        self._blocks = Blocks(self.grid.count)
        self.level = np.zeros(self.grid.count, np.int16)
        self._trail = Trail()
        self._scene: Scene | None = None
        self._stage = b""
        self._extra = 0.0
        self._changes: dict[tuple[int, int], NDArray[np.intp]] = {}

    def another(self) -> Self:
        """One over the same ground at the same pace, for other people: what is the same for all is not made again."""
        other = copy(self)
        other._begin()
        other._apply_levels()
        return other

    def set_tick_hz(self, tick_hz: float) -> None:
        """Adapt to another tick rate: windows and periods are counted in ticks."""
        self.tick_hz = tick_hz
        self.period = max(1, int(COMPLETE_SECONDS * tick_hz))
        self.top_class = min((self.period - 1).bit_length(), MAX_CLASS)
        # How many ticks back a block of each class reaches.
        self._reaches = np.array([*(1 << r for r in range(self.top_class)), self.period], np.int64)
        self._apply_levels()

    def set_slower(self, steps: int) -> None:
        """Under overload: 1 halves the rate of the far bands, 2 of the middle one too."""
        self.slower = steps
        self._apply_levels()

    def _apply_levels(self) -> None:
        table = LEVELS.astype(np.int16)
        if self.slower >= 1:
            table[:, FAR:] += 1
        if self.slower >= 2:
            table[:, MIDDLE] += 1
        table[:, :][LEVELS >= 6] = self.top_class
        self._table = np.full((len(LEVELS), 5), OUT_OF_VIEW, np.uint8)
        self._table[:, :4] = np.minimum(table, self.top_class)
        self._classes = np.take_along_axis(self._table[self.level], self._band, axis=1)
        self._changes.clear()

    @property
    def is_woven(self) -> bool:
        """Whether there was a tick: before, there is no picture."""
        return self._scene is not None

    def visible(self, cell: int) -> NDArray[np.intp]:
        """The source cells told to an observer cell."""
        return np.flatnonzero(~self._unseen[cell])

    def class_of(self, observer: int, source: int) -> int:
        """The rate class of a source cell for an observer cell, or OUT_OF_VIEW."""
        return int(self._classes[observer, source])

    def weave(
        self,
        scene: Scene,
        left: tuple[NDArray[np.intp], NDArray[np.int32]],
        people: Mapping[int, int],
        crossed: Mapping[tuple[int, int], int],
        on_stage: NDArray[np.intp],
    ) -> Woven:
        """All messages of a tick.

        `left`: slots and the cells they left since the last tick, those who left the district among them.
        `people`: how many are to be told in which cell. `crossed`: how many went from which observer cell to
        which since the last tick. `on_stage`: slots that are near to everyone.
        """
        self._take_turns(scene)
        self._trail.add(scene.tick, left[0], left[1], scene.cell[left[0]], self.period)
        watching = np.fromiter(people, np.intp, len(people))
        refreshed = self._review(watching)
        self._stage = self._stage_blocks(on_stage)
        woven = Woven(
            self._frames(watching, refreshed), self._crossings(list(crossed)), self._tiles(watching)
        )
        self._count_extra(woven, people, crossed)
        return woven

    def _count_extra(
        self, woven: Woven, people: Mapping[int, int], crossed: Mapping[tuple[int, int], int]
    ) -> None:
        """Learn how much is sent beside the frames, so that the estimate of a level's bytes counts it in."""
        frames = sum(people[cell] * sum(map(len, parts)) for cell, parts in woven.frames.items())
        extra = sum(crossed[pair] * sum(map(len, parts)) for pair, parts in woven.crossings.items())
        if frames:
            self._extra += (min(extra / frames, 1.0) - self._extra) / EXTRA_TICKS

    def picture(self, cell: int) -> list[bytes]:
        """Everything that an observer cell sees now, complete: for who comes in, or was behind."""
        assert self._scene is not None
        seen = self.visible(cell)
        messages = self._messages([*self._complete_blocks(cell, seen), self._stage])
        messages.extend(self._tile_messages(np.array([cell])).values())
        return messages

    def _take_turns(self, scene: Scene) -> None:
        self._scene = scene
        self._blocks.sort(scene)
        turn = scene.tick + self._phase
        lowest = np.log2(np.maximum(turn & -turn, 1).astype(np.float64)).astype(np.uint8)
        partial = np.minimum(lowest, max(self.top_class, 1) - 1)
        since_complete = turn % self.period
        self._turn = np.where(since_complete == 0, self.top_class, partial).astype(np.uint8)
        self._told = scene.tick - since_complete

    def _complete_blocks(self, observer: int, sources: NDArray[np.intp]) -> list[bytes]:
        """The complete lists of some cells, as one observer cell is told them."""
        return self._blocks.complete(self._classes[observer][sources], sources)

    def _crossings(self, pairs: list[tuple[int, int]]) -> dict[tuple[int, int], list[bytes]]:
        """For each pair of observer cells what the second is told beside the first."""
        if not pairs:
            return {}
        changed = [self._changed(before, after) for before, after in pairs]
        counts = [len(sources) for sources in changed]
        sources = np.concatenate(changed)
        rates = self._classes[np.repeat([after for _, after in pairs], counts), sources]
        pieces = self._blocks.complete(rates, sources)
        edges = [0, *np.cumsum(counts).tolist()]
        return {
            pair: self._messages(pieces[a:b]) for pair, (a, b) in zip(pairs, pairwise(edges), strict=True)
        }

    def _changed(self, before: int, after: int) -> NDArray[np.intp]:
        """The source cells that come into view, or change their class, from one observer cell to another."""
        known = self._changes.get((before, after))
        if known is None:
            row = self._classes[after]
            known = np.flatnonzero((row != self._classes[before]) & (row != OUT_OF_VIEW))
            self._changes[before, after] = known
        return known

    def _messages(self, pieces: list[bytes]) -> list[bytes]:
        """Blocks as frames of at most MAX_TOLD_BYTES; a block list of one cell is never torn."""
        assert self._scene is not None
        whole = b"".join(pieces)
        if len(whole) <= MAX_TOLD_BYTES - FRAME_HEAD_BYTES:
            return [encode_frame(self._scene.tick_ms, whole)]
        messages: list[bytes] = []
        batch: list[bytes] = []
        size = 0
        for piece in pieces:
            if batch and size + len(piece) > MAX_TOLD_BYTES - FRAME_HEAD_BYTES:
                messages.append(encode_frame(self._scene.tick_ms, b"".join(batch)))
                batch, size = [], 0
            batch.append(piece)
            size += len(piece)
        messages.append(encode_frame(self._scene.tick_ms, b"".join(batch)))
        return messages

    def _frames(
        self, watching: NDArray[np.intp], refreshed: dict[int, NDArray[np.intp]]
    ) -> dict[int, list[bytes]]:
        blocks = self._blocks.due(self._turn, self.top_class)
        self._blocks.add_leavers(blocks, self._trail, self._turn, self._told, self._reaches)
        rows = self._classes[watching]
        due = (rows <= self._turn[None, :]) & (rows != OUT_OF_VIEW)
        which, source = np.nonzero(due)
        pieces = blocks[rows[which, source], source].tolist()
        ends = np.cumsum(np.bincount(which, minlength=len(watching))).tolist()
        frames: dict[int, list[bytes]] = {}
        start = 0
        for cell, end in zip(watching.tolist(), ends, strict=True):
            mine = pieces[start:end]
            start = end
            if cell in refreshed:
                mine += self._complete_blocks(cell, refreshed[cell])
            if self._stage:
                mine.append(self._stage)
            frames[cell] = self._messages(mine)
        return frames

    def _stage_blocks(self, on_stage: NDArray[np.intp]) -> bytes:
        assert self._scene is not None
        return b"".join(
            block_head(int(self._scene.cell[slot]), ON_STAGE, 1) + self._scene.entries[slot].tobytes()
            for slot in on_stage.tolist()
            if self._scene.cell[slot] >= 0
        )

    def _review(self, watching: NDArray[np.intp]) -> dict[int, NDArray[np.intp]]:
        """Set the levels of the tiles whose turn it is; the source cells whose class changed, by observer cell.

        All cells of a tile have one level, that of the fullest among those watched from: or whoever walks would be
        told complete lists of a whole band at every border.
        """
        assert self._scene is not None
        tiles = self.grid.tile_of_cell
        refreshed: dict[int, NDArray[np.intp]] = {}
        rows = watching[(tiles[watching] + self._scene.tick) % REVIEW_TICKS == 0]
        costs = self._estimate(rows) if len(rows) else np.empty(0)
        for tile in np.unique(tiles[rows]).tolist():
            cells = np.flatnonzero(tiles == tile)
            now = int(self.level[cells[0]])
            level = self._level_for(costs[tiles[rows] == tile].max(axis=0), now)
            if level == now:
                continue
            before, after = self._classes[cells], self._table[level][self._band[cells]]
            self.level[cells] = level
            self._classes[cells] = after
            self._changes.clear()
            changed = (after != before) & (after != OUT_OF_VIEW)
            refreshed |= {int(cell): np.flatnonzero(row) for cell, row in zip(cells, changed, strict=True)}
        return refreshed

    def _level_for(self, costs: NDArray[np.float64], now: int) -> int:
        """The finest level that keeps to the budget, from the bytes a second of each; a finer one only with room."""
        if costs[now] > self.bytes_per_client:
            fitting = np.flatnonzero(costs <= self.bytes_per_client)
            return int(fitting[0]) if len(fitting) else len(LEVELS) - 1
        easy = np.flatnonzero(costs[:now] <= RELAX * self.bytes_per_client)
        return int(easy[0]) if len(easy) else now

    def _estimate(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Bytes a second of every level for these observer cells, (rows, levels): from who moved lately."""
        assert self._scene is not None
        size, hz = ENTRY.itemsize, self.tick_hz
        complete = (size * self._blocks.counts + 4) * hz / self.period
        cost = np.empty((self.top_class + 1, self.grid.count), np.float32)
        for r in range(self.top_class):
            movers = self._blocks.movers[:, r]
            # A complete list now and then takes the place of a block.
            times = hz / (1 << r) - hz / lcm(1 << r, self.period)
            cost[r] = (size * movers + 4 * (movers > 0)) * times + complete
        cost[self.top_class] = complete
        leavers = self._trail.per_cell(self.grid.count, self.grid.tile_of_cell)
        cost[:-1] += LEAVER_BYTES * leavers[0] * hz / self.period
        # Half of those who went to another tile have been told there when their old cell's turn comes.
        cost[-1] += LEAVER_BYTES * leavers[1] / 2 * hz / self.period
        cost *= 1 + self._extra
        bands = self._band[rows]
        per_band = [(bands == band).astype(np.float32) @ cost.T for band in (NEAR, MIDDLE, FAR, RIM)]
        table = self._table
        costs = [sum(per_band[b][:, table[level, b]] for b in range(4)) for level in range(len(LEVELS))]
        return np.stack(costs, axis=1).astype(np.float64) + MESSAGE_BYTES * hz

    def _tiles(self, watching: NDArray[np.intp]) -> dict[int, bytes]:
        """Once a second each observer cell's crowd beyond, where it cannot see the whole district."""
        assert self._scene is not None
        every = max(1, round(self.tick_hz))
        return self._tile_messages(watching[(watching + self._scene.tick) % every == 0])

    def _tile_messages(self, watching: NDArray[np.intp]) -> dict[int, bytes]:
        assert self._scene is not None
        rows = watching[self._has_unseen[watching]]
        if not len(rows):
            return {}
        turn = self._blocks.entries["yaw"] * (2 * np.pi / 256)
        per_cell = [
            np.bincount(self._blocks.cells, weights, self.grid.count).astype(np.float32)
            for weights in (None, np.cos(turn), np.sin(turn))
        ]
        people, ahead, aside = ((self._unseen[rows] * sums) @ self._tile_sums for sums in per_cell)
        tiles = np.empty(people.shape, TILE)
        tiles["tile"] = np.arange(people.shape[1])
        tiles["count"] = np.minimum(people, 255)
        tiles["heading"] = np.rint(np.arctan2(aside, ahead) * (256 / (2 * np.pi))).astype(np.int64) & 0xFF
        return {
            cell: encode_tiles(self._scene.tick_ms, tiles[i][people[i] > 0.5])
            for i, cell in enumerate(rows.tolist())
        }

    def near_weights(self, people: Mapping[int, int]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """For the freshness metric: how many citizens are told at this tick of each present avatar as a near one.

        Returns (weights, slots), for the avatars of the last `weave` that moved since their cell was last told.
        """
        assert self._scene is not None
        weight = np.zeros((self.top_class + 1, self.grid.count))
        for cell, count in people.items():
            near = np.flatnonzero(self._band[cell] == NEAR)
            rates = self._classes[cell][near]
            due = rates <= self._turn[near]
            np.add.at(weight, (rates[due], near[due]), count)
        total = np.zeros(len(self._blocks.who))
        for r in range(self.top_class + 1):
            fresh = self._blocks.moved_at > self._scene.tick - self._reaches[r]
            total += np.where(fresh, weight[r][self._blocks.cells], 0.0)
        return total, self._blocks.who
