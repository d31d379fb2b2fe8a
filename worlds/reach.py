"""Which ground can be reached on foot: squares of half a metre, joined where no wall stands between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SQUARE_M = 0.5


class Reach:
    """The ground in its connected parts; walls are (n, 4) x0, z0, x1, z1 in metres."""

    def __init__(self, width: float, depth: float, walls: NDArray[np.float64]) -> None:
        columns, rows = int(np.ceil(width / SQUARE_M)), int(np.ceil(depth / SQUARE_M))
        self.x = np.asarray((np.arange(columns) + 0.5) * SQUARE_M, np.float64)
        self.z = np.asarray((np.arange(rows) + 0.5) * SQUARE_M, np.float64)
        self._east = np.ones((rows, columns - 1), np.bool_)
        self._south = np.ones((rows - 1, columns), np.bool_)
        x, z = walls[:, ::2], walls[:, 1::2]
        _bar(self._east, across=z, along=x)
        _bar(self._south.T, across=x, along=z)
        self._parts: NDArray[np.int32] | None = None

    def close(self, squares: NDArray[np.bool_]) -> None:
        """Takes squares (rows, columns) out of the ground that may be walked."""
        self._east &= ~(squares[:, 1:] | squares[:, :-1])
        self._south &= ~(squares[1:] | squares[:-1])
        self._parts = None

    def part(self, x: float, z: float) -> int:
        """The number of the part that a place lies in: the same number, the same part."""
        return int(self.parts[self._row(z), self._column(x)])

    @property
    def parts(self) -> NDArray[np.int32]:
        """(rows, columns) the part of every square."""
        if self._parts is None:
            self._parts = self._joined()
        return self._parts

    def _row(self, z: float) -> int:
        return min(int(z / SQUARE_M), len(self.z) - 1)

    def _column(self, x: float) -> int:
        return min(int(x / SQUARE_M), len(self.x) - 1)

    def _joined(self) -> NDArray[np.int32]:
        """Runs of squares along each row first, then runs of neighbouring rows: fast on open ground."""
        begins = np.ones((len(self.z), len(self.x)), np.bool_)
        begins[:, 1:] = ~self._east
        runs = np.cumsum(begins, dtype=np.int32).reshape(begins.shape) - 1
        many = int(runs[-1, -1]) + 1
        # Two runs lie beside each other for many squares: the first of them is enough.
        meet = self._south.copy()
        meet[:, 1:] &= ~(self._south[:, :-1] & self._east[:-1] & self._east[1:])
        root = list(range(many))

        def find(run: int) -> int:
            while root[run] != run:
                root[run] = root[root[run]]
                run = root[run]
            return run

        for above, below in zip(runs[:-1][meet].tolist(), runs[1:][meet].tolist(), strict=True):
            root[find(below)] = find(above)
        part = np.array(root, np.int32)
        while not np.array_equal(part, further := part[part]):
            part = further
        return part[runs]


def _bar(steps: NDArray[np.bool_], across: NDArray[np.float64], along: NDArray[np.float64]) -> None:
    """Bars the steps (lines, steps along each) that walls cross; one through a centre bars both sides."""
    order = np.argsort(across, axis=1, kind="stable")
    (across0, across1), (along0, along1) = (np.take_along_axis(ends, order, 1).T for ends in (across, along))
    first = np.maximum(np.ceil(across0 / SQUARE_M - 0.5), 0).astype(int)
    last = np.minimum(np.floor(across1 / SQUARE_M - 0.5), len(steps) - 1).astype(int)
    count = np.maximum(last - first + 1, 0)
    wall = np.repeat(np.arange(len(count)), count)
    line = np.arange(len(wall)) + (first - np.cumsum(count) + count)[wall]
    share = ((line + 0.5) * SQUARE_M - across0[wall]) / np.maximum(across1 - across0, 1e-9)[wall]
    at = (along0[wall] + share * (along1 - along0)[wall]) / SQUARE_M - 0.5
    for step in (np.ceil(at).astype(int) - 1, np.floor(at).astype(int)):
        there = (step >= 0) & (step < steps.shape[1])
        steps[line[there], step[there]] = False
