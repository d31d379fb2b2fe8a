"""Which ground can be reached on foot: squares of half a metre, joined where no wall stands between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SQUARE_M = 0.5


class Reach:
    """The ground in its connected parts; walls are (n, 4) x0, z0, x1, z1 in metres."""

    def __init__(self, width: float, depth: float, walls: NDArray[np.float64]) -> None:
        columns, rows = int(np.ceil(width / SQUARE_M)), int(np.ceil(depth / SQUARE_M))
        self.x = (np.arange(columns) + 0.5) * SQUARE_M
        self.z = (np.arange(rows) + 0.5) * SQUARE_M
        self._east = np.ones((rows, columns - 1), np.bool_)
        self._south = np.ones((rows - 1, columns), np.bool_)
        for x0, z0, x1, z1 in walls:
            _bar(self._east, z0, x0, z1, x1)
            _bar(self._south.T, x0, z0, x1, z1)
        self._parts: NDArray[np.int64] | None = None

    def close(self, squares: NDArray[np.bool_]) -> None:
        """Takes squares (rows, columns) out of the ground that may be walked."""
        self._east &= ~(squares[:, 1:] | squares[:, :-1])
        self._south &= ~(squares[1:] | squares[:-1])
        self._parts = None

    def part(self, x: float, z: float) -> int:
        """The number of the part that a place lies in: the same number, the same part."""
        return int(self.parts[self._row(z), self._column(x)])

    @property
    def parts(self) -> NDArray[np.int64]:
        """(rows, columns) the part of every square."""
        if self._parts is None:
            self._parts = self._joined()
        return self._parts

    def _row(self, z: float) -> int:
        return min(int(z / SQUARE_M), len(self.z) - 1)

    def _column(self, x: float) -> int:
        return min(int(x / SQUARE_M), len(self.x) - 1)

    def _joined(self) -> NDArray[np.int64]:
        """Runs of squares along each row first, then runs of neighbouring rows: fast on open ground."""
        begins = np.ones((len(self.z), len(self.x)), np.bool_)
        begins[:, 1:] = ~self._east
        runs = np.cumsum(begins).reshape(begins.shape) - 1
        many = int(runs[-1, -1]) + 1
        pairs = np.unique(runs[:-1][self._south] * many + runs[1:][self._south])  # one number sorts faster
        root = list(range(many))

        def find(run: int) -> int:
            while root[run] != run:
                root[run] = root[root[run]]
                run = root[run]
            return run

        for pair in pairs.tolist():
            root[find(pair % many)] = find(pair // many)
        parts: NDArray[np.int64] = np.array([find(run) for run in range(many)], np.int64)[runs]
        return parts


def _bar(steps: NDArray[np.bool_], across0: float, along0: float, across1: float, along1: float) -> None:
    """Bars the steps (lines, steps along each) that a wall crosses; one through a centre bars both sides."""
    if across0 > across1:
        across0, along0, across1, along1 = across1, along1, across0, along0
    first = max(int(np.ceil(across0 / SQUARE_M - 0.5)), 0)
    last = min(int(np.floor(across1 / SQUARE_M - 0.5)), len(steps) - 1)
    lines = np.arange(first, last + 1)
    if not len(lines):
        return
    share = ((lines + 0.5) * SQUARE_M - across0) / max(across1 - across0, 1e-9)
    at = (along0 + share * (along1 - along0)) / SQUARE_M - 0.5
    for step in (np.ceil(at).astype(int) - 1, np.floor(at).astype(int)):
        there = (step >= 0) & (step < steps.shape[1])
        steps[lines[there], step[there]] = False
