"""The ground as rasters: cells and tiles, and which zones and walls are where; looked up for many at once.

A raster only narrows the search. What it cannot answer alone, an exact test in float64 decides, so the
answers do not depend on the size of its squares.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worlds import geometry

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bits = NDArray[np.uint64]
Real = Floats | np.float64
Polygon = Sequence[tuple[float, float]]

MAX_ZONES = 64
MAX_DOORS = 64
"""Zones and doors are bits of one u64."""

REACHES_M = (1.0, 7.0)
"""Walls are listed by what is within so many metres of a raster square: for a walker's step, and for the
longest that the speed rule allows (13 m); half a step must fit, since it is looked up by its middle."""

ROUNDING_M = 1e-6
"""How much wider than needed the rasters look, so that no rounding hides a wall or an edge."""


class Grid:
    """The squares by which a crowd is told: cells, numbered row * columns + column, and tiles of cells."""

    def __init__(self, width: float, depth: float, cell_m: float, tile_cells: int = 4) -> None:
        """Sides in metres; the last column and row may reach beyond the district."""
        self.cell_m = cell_m
        self.tile_cells = tile_cells
        self.columns = ceil(width / cell_m)
        self.rows = ceil(depth / cell_m)
        self.count = self.columns * self.rows
        self.tile_columns = ceil(self.columns / tile_cells)
        self.tile_rows = ceil(self.rows / tile_cells)
        row, column = np.divmod(np.arange(self.count, dtype=np.int32), self.columns)
        self.tile_of_cell: NDArray[np.int32] = (
            row // tile_cells * self.tile_columns + column // tile_cells
        ).astype(np.int32)

    def cell_of(self, x: ArrayLike, z: ArrayLike) -> NDArray[np.int32]:
        """The cell of each place; places beyond the district belong to the cell nearest to them."""
        column = np.floor(np.asarray(x, np.float64) / self.cell_m).clip(0, self.columns - 1)
        row = np.floor(np.asarray(z, np.float64) / self.cell_m).clip(0, self.rows - 1)
        return np.asarray(row * self.columns + column, np.int32)

    def near(self, cell: int) -> NDArray[np.int32]:
        """The cell and those that touch it, corners included: at most nine, in order."""
        row, column = divmod(cell, self.columns)
        rows = np.arange(max(row - 1, 0), min(row + 2, self.rows), dtype=np.int32)
        columns = np.arange(max(column - 1, 0), min(column + 2, self.columns), dtype=np.int32)
        return (rows[:, None] * np.int32(self.columns) + columns).ravel()

    def away(self, cell: NDArray[np.int32], x: ArrayLike, z: ArrayLike) -> Floats:
        """How far each place is outside of its cell's square, in metres; 0 inside."""
        row, column = np.divmod(cell, self.columns)
        px, pz = np.asarray(x, np.float64), np.asarray(z, np.float64)
        left, top = column * self.cell_m, row * self.cell_m
        beside = np.maximum(np.maximum(left - px, px - left - self.cell_m), 0)
        before = np.maximum(np.maximum(top - pz, pz - top - self.cell_m), 0)
        return np.asarray(np.hypot(beside, before))

    def gap(self) -> NDArray[np.float32]:
        """(count, count) the smallest distance in metres between two cells' squares; neighbours have 0."""
        rows, columns = self._apart()
        cells = np.hypot(np.maximum(rows - 1, 0), np.maximum(columns - 1, 0), dtype=np.float32)
        return cells * np.float32(self.cell_m)

    def ring(self) -> NDArray[np.int16]:
        """(count, count) how many cells apart two cells are, diagonal steps counting one."""
        return np.maximum(*self._apart())

    def _apart(self) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        row, column = np.divmod(np.arange(self.count, dtype=np.int16), np.int16(self.columns))
        return np.abs(row[:, None] - row[None]), np.abs(column[:, None] - column[None])


class ZoneRaster:
    """In which polygons a place is; edges and corners belong to the polygon (even-odd rule)."""

    def __init__(self, width: float, depth: float, polygons: Sequence[Polygon], step_m: float = 0.5) -> None:
        """Points in metres; raises ValueError when there are more polygons than bits."""
        if len(polygons) > MAX_ZONES:
            raise ValueError(f"{len(polygons)} zones; at most {MAX_ZONES}")
        outlines = [np.array(polygon, np.float64).reshape(-1, 2) for polygon in polygons]
        sides = [np.hstack((outline, np.roll(outline, -1, axis=0))) for outline in outlines]
        self._raster = _Raster(width, depth, step_m)
        self._wholly = np.zeros(self._raster.count, np.uint64)
        self._ax, self._az, self._bx, self._bz = _columns(np.concatenate([*sides, np.empty((0, 4))]))
        self._bit = np.repeat(
            np.left_shift(np.uint64(1), np.arange(len(sides), dtype=np.uint64)), [len(side) for side in sides]
        )
        self._any = bool(sides)

        squares, edges, first = [np.empty(0, np.intp)], [np.empty(0, np.intp)], 0
        for index, side in enumerate(sides):
            partly = np.unique(self._raster.within(side, 0.0)[0])
            wholly = geometry.covered(polygons[index], self._raster.x, self._raster.z).ravel()
            wholly[partly] = False
            self._wholly[wholly] |= np.uint64(1 << index)
            squares.append(np.repeat(partly, len(side)))
            edges.append(np.tile(np.arange(first, first + len(side)), len(partly)))
            first += len(side)
        self._partly = _Lists(self._raster, np.concatenate(squares), np.concatenate(edges))

    def zones_at(self, x: ArrayLike, z: ArrayLike) -> Bits:
        """Bit i of each: the place is in polygon i. Places beyond the district may be answered wrongly."""
        px, pz = np.asarray(x, np.float64), np.asarray(z, np.float64)
        if not self._any:
            return np.zeros(len(px), np.uint64)
        square = self._raster.square_of(px, pz)
        zones = self._wholly[square]
        which, edge = self._partly.pairs(square)
        if len(which):
            bit = self._bit[edge]
            crosses, touches = _edge(
                px[which], pz[which], self._ax[edge], self._az[edge], self._bx[edge], self._bz[edge]
            )
            starts = np.flatnonzero(np.diff(which, prepend=-1))
            odd = np.bitwise_xor.reduceat(np.where(crosses, bit, 0), starts)
            on = np.bitwise_or.reduceat(np.where(touches, bit, 0), starts)
            zones[which[starts]] |= odd | on
        return zones


class WallRaster:
    """Which steps a wall or a door bars; a step that touches a wall, even with its end, is barred."""

    def __init__(self, walls: ArrayLike, width: float, depth: float, doors: ArrayLike = ()) -> None:
        """(n, 4) walls and (m, 4) doors as x0, z0, x1, z1 in metres; ValueError for more doors than bits."""
        wall, door = (np.asarray(lines, np.float64).reshape(-1, 4) for lines in (walls, doors))
        if len(door) > MAX_DOORS:
            raise ValueError(f"{len(door)} doors; at most {MAX_DOORS}")
        lines = np.concatenate((wall, door))
        self.count = len(lines)
        self._ax, self._az, self._bx, self._bz = _columns(lines)
        self._door = np.zeros(self.count, np.uint64)
        self._door[len(wall) :] = np.left_shift(np.uint64(1), np.arange(len(door), dtype=np.uint64))
        self._lists = []
        for reach in REACHES_M:
            raster = _Raster(width, depth, reach)
            self._lists.append(_Lists(raster, *raster.within(lines, reach)))

    def blocked(
        self, x0: ArrayLike, z0: ArrayLike, x1: ArrayLike, z1: ArrayLike, may_pass: ArrayLike = 0
    ) -> Bools:
        """Whether a wall, or a door whose bit `may_pass` lacks, is anywhere on the step, however long it is.

        Places are in the district. A door on which a step begins does not bar it: so whoever stands in a door
        that closes can leave it, to either side.
        """
        sx, sz, tx, tz = (np.asarray(at, np.float64) for at in (x0, z0, x1, z1))
        rights = np.broadcast_to(np.asarray(may_pass, np.uint64), sx.shape)
        barred = np.zeros(len(sx), np.bool_)
        if not self.count:
            return barred
        for which, line in self._beside((sx + tx) / 2, (sz + tz) / 2, np.hypot(tx - sx, tz - sz) / 2):
            if len(which):
                bars = self._bars(line, sx[which], sz[which], tx[which], tz[which], rights[which])
                barred[which[bars]] = True
        return barred

    def _beside(self, x: Floats, z: Floats, reach: Floats) -> list[tuple[Ints, Ints]]:
        """Pairs (place, line) among which are all that are within reach of each other."""
        level = np.searchsorted(REACHES_M, reach)
        found = []
        for index, lists in enumerate(self._lists):
            chosen = np.flatnonzero(level == index)
            if len(chosen):
                which, line = lists.pairs(lists.raster.square_of(x[chosen], z[chosen]))
                found.append((chosen[which], line))
        far = np.flatnonzero(level == len(REACHES_M))
        if len(far):
            found.append((np.repeat(far, self.count), np.tile(np.arange(self.count), len(far))))
        return found

    def _bars(self, line: Ints, sx: Floats, sz: Floats, tx: Floats, tz: Floats, may_pass: Bits) -> Bools:
        """Of each step s to t and its line a to b: do they touch, and may the walker not pass?"""
        ax, az, bx, bz = self._ax[line], self._az[line], self._bx[line], self._bz[line]
        a = (tx - sx) * (az - sz) - (tz - sz) * (ax - sx)
        b = (tx - sx) * (bz - sz) - (tz - sz) * (bx - sx)
        s = (bx - ax) * (sz - az) - (bz - az) * (sx - ax)
        t = (bx - ax) * (tz - az) - (bz - az) * (tx - ax)
        left, right = np.minimum(ax, bx), np.maximum(ax, bx)
        top, bottom = np.minimum(az, bz), np.maximum(az, bz)
        touches = (a * b <= 0) & (s * t <= 0)
        touches &= (np.minimum(sx, tx) <= right) & (np.maximum(sx, tx) >= left)
        touches &= (np.minimum(sz, tz) <= bottom) & (np.maximum(sz, tz) >= top)
        begins = (s == 0) & (sx >= left) & (sx <= right) & (sz >= top) & (sz <= bottom)
        door = self._door[line]
        passes = ((door & may_pass) != 0) | (begins & (door != 0))
        return np.asarray(touches & ~passes)


class _Raster:
    """A district in squares of `step_m`, numbered by row, then column."""

    def __init__(self, width: float, depth: float, step_m: float) -> None:
        self.step_m = step_m
        self.columns = max(ceil(width / step_m), 1)
        self.rows = max(ceil(depth / step_m), 1)
        self.count = self.columns * self.rows
        self.x = np.asarray((np.arange(self.columns) + 0.5) * step_m, np.float64)
        self.z = np.asarray((np.arange(self.rows) + 0.5) * step_m, np.float64)

    def square_of(self, x: Floats, z: Floats) -> Ints:
        column = np.clip((x * (1 / self.step_m)).astype(np.intp), 0, self.columns - 1)
        row = np.clip((z * (1 / self.step_m)).astype(np.intp), 0, self.rows - 1)
        return np.asarray(row * self.columns + column)

    def within(self, lines: Floats, reach: float) -> tuple[Ints, Ints]:
        """(square, line) for each square of which some point may be within reach; a few more, never fewer."""
        wide = reach + self.step_m * 0.5**0.5 + ROUNDING_M
        ends = lines.reshape(-1, 2, 2)
        most = (self.columns - 1, self.rows - 1)
        low = np.floor((ends.min(axis=1) - wide) / self.step_m).clip(0, most).astype(np.intp)
        high = np.floor((ends.max(axis=1) + wide) / self.step_m).clip(0, most).astype(np.intp)
        columns, rows = (high - low + 1).T
        count = columns * rows
        line = np.repeat(np.arange(len(lines)), count)
        row, column = np.divmod(
            np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count), columns[line]
        )
        row, column = row + low[line, 1], column + low[line, 0]
        near = geometry.distance(self.x[column], self.z[row], *_columns(lines[line])) <= wide
        return (row * self.columns + column)[near], line[near]


class _Lists:
    """The things listed at each square of a raster, one list after the other."""

    def __init__(self, raster: _Raster, square: Ints, thing: Ints) -> None:
        order = np.argsort(square, kind="stable")
        self.raster = raster
        self._things = thing[order].astype(np.intp)
        count = np.bincount(square, minlength=raster.count)
        self._first = (np.cumsum(count) - count).astype(np.int32)
        self._count = count.astype(np.int32)

    def pairs(self, square: Ints) -> tuple[Ints, Ints]:
        """(index into `square`, thing) for each thing at each square, in the order of the squares."""
        count = self._count[square]
        some = np.flatnonzero(count)
        count = count[some]
        ends = np.cumsum(count, dtype=np.intp)
        total = int(ends[-1]) if len(ends) else 0
        place = np.arange(total) + np.repeat(self._first[square[some]] - ends + count, count)
        return np.repeat(some, count), self._things[place]


def _columns(lines: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    ax, az, bx, bz = np.ascontiguousarray(lines.T)
    return ax, az, bx, bz


def _edge(x: Floats, z: Floats, ax: Real, az: Real, bx: Real, bz: Real) -> tuple[Bools, Bools]:
    """Whether a ray from each place towards +X crosses the edge, and whether the place is on it."""
    side = (bx - ax) * (z - az) - (bz - az) * (x - ax)
    crosses = ((az > z) != (bz > z)) & ((side > 0) == (bz > az))
    between = (np.minimum(ax, bx) <= x) & (x <= np.maximum(ax, bx))
    between &= (np.minimum(az, bz) <= z) & (z <= np.maximum(az, bz))
    return crosses, (side == 0) & between
