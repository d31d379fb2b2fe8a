"""Lines and polygons on the ground, in metres: what plans are checked and cut with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.floating[Any]]
Reals = Places | np.floating[Any]
Points = Sequence[tuple[float, float]]

ON_LINE_M = 0.02  # how far from a line a piece of it may be drawn: a hand that writes centimetres rounds


def segments(points: Points, *, closed: bool) -> Floats:
    """(n, 4) x0, z0, x1, z1: the lines from each point to the next, and back to the first when closed."""
    line = np.array((*points, *points[:1]) if closed else points, np.float64).reshape(-1, 2)
    return np.concatenate((line[:-1], line[1:]), axis=1)


def area(polygon: Points) -> float:
    """Square metres, whichever way round the points go."""
    x0, z0, x1, z1 = segments(polygon, closed=True).T
    return abs(float(np.sum(x0 * z1 - x1 * z0))) / 2


def contains(polygon: Points, x: ArrayLike, z: ArrayLike) -> NDArray[np.bool_]:
    """Which places are inside (even-odd rule); a place on the edge may fall on either side."""
    px, pz = np.asarray(x, np.float64), np.asarray(z, np.float64)
    inside = np.zeros(np.broadcast(px, pz).shape, np.bool_)
    for x0, z0, x1, z1 in segments(polygon, closed=True):
        if z0 != z1:
            inside ^= ((z0 > pz) != (z1 > pz)) & (px < x0 + (pz - z0) * (x1 - x0) / (z1 - z0))
    return inside


def covered(polygon: Points, x: Places, z: Places) -> NDArray[np.bool_]:
    """(len(z), len(x)) the same of a lattice with rising columns and rows: each side is tried on its own rows alone."""
    inside = np.zeros((len(z), len(x)), np.bool_)
    sides = segments(polygon, closed=True)
    first, last = np.searchsorted(x, (sides[:, 0].min(), sides[:, 0].max()))
    columns = slice(first, last + 1)  # one more, as what crosses the last side may be rounded up
    for x0, z0, x1, z1 in sides:
        rows = slice(*np.searchsorted(z, sorted((z0, z1))))
        if rows.start < rows.stop:
            crossing = x0 + (z[rows] - z0) * (x1 - x0) / (z1 - z0)
            inside[rows, columns] ^= x[columns] < crossing[:, None]
    return inside


def beside(lines: Floats, x: Places, z: Places, metres: float) -> NDArray[np.bool_]:
    """(len(z), len(x)) which places of a lattice with rising columns and rows are at most so far from a line."""
    near = np.zeros((len(z), len(x)), np.bool_)
    for line in lines:
        low, high = np.minimum(line[:2], line[2:]) - metres, np.maximum(line[:2], line[2:]) + metres
        columns = slice(np.searchsorted(x, low[0]), np.searchsorted(x, high[0], "right"))
        rows = slice(np.searchsorted(z, low[1]), np.searchsorted(z, high[1], "right"))
        near[rows, columns] |= distance(x[columns], z[rows, None], *line) <= metres
    return near


def distance(x: Places, z: Places, ax: Reals, az: Reals, bx: Reals, bz: Reals) -> Floats:
    """Metres from each place to the line from a to b."""
    along_x, along_z = bx - ax, bz - az
    length2 = np.maximum(along_x**2 + along_z**2, 1e-18)
    part = np.clip(((x - ax) * along_x + (z - az) * along_z) / length2, 0, 1)
    return np.hypot(x - ax - part * along_x, z - az - part * along_z)


def clearance(x: float, z: float, lines: Floats) -> float:
    """Metres from a place to the nearest of the lines; infinite when there is none."""
    if not len(lines):
        return float("inf")
    return float(np.min(distance(np.array([x]), np.array([z]), *lines.T)))


def touch(one: Floats, other: Floats) -> NDArray[np.bool_]:
    """(n, m) which lines of one touch which of the other, ends included."""
    a, b = one[:, None, :2], one[:, None, 2:]
    c, d = other[None, :, :2], other[None, :, 2:]

    def side(p: Floats, q: Floats, r: Floats) -> Floats:
        pq, pr = q - p, r - p
        return np.sign(pq[..., 0] * pr[..., 1] - pq[..., 1] * pr[..., 0])

    straddle = (side(a, b, c) * side(a, b, d) <= 0) & (side(c, d, a) * side(c, d, b) <= 0)
    near = np.all((np.minimum(a, b) <= np.maximum(c, d)) & (np.minimum(c, d) <= np.maximum(a, b)), axis=-1)
    return np.asarray(straddle & near, np.bool_)


def crosses_itself(polygon: Points) -> bool:
    """Whether two sides meet anywhere but at the corner they share, or a corner folds back on itself."""
    sides = segments(polygon, closed=True)
    n = len(sides)
    gap = (np.arange(n)[None, :] - np.arange(n)[:, None]) % n
    apart = (gap > 1) & (gap < n - 1)
    if bool(np.any(touch(sides, sides) & apart)):
        return True
    before = np.roll(sides, 1, axis=0)
    u, v = before[:, 2:] - before[:, :2], sides[:, 2:] - sides[:, :2]
    turn = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return bool(np.any((np.abs(turn) < 1e-9) & (np.sum(u * v, axis=1) <= 0)))


def carriers(pieces: Floats, lines: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """(m, n) each: where the ends of each piece lie along each line (0 start, 1 end), and which line it runs along."""
    start, along = lines[:, :2], lines[:, 2:] - lines[:, :2]
    length = np.maximum(np.hypot(*along.T), 1e-9)
    unit = along / length[:, None]
    away = pieces.reshape(-1, 2, 1, 2) - start
    off = np.abs(away[..., 0] * unit[:, 1] - away[..., 1] * unit[:, 0])
    t = np.sum(away * unit, axis=-1) / length
    slack = ON_LINE_M / length
    on_line = np.all(off <= ON_LINE_M, axis=1)
    meets = (np.max(t, axis=1) > slack) & (np.min(t, axis=1) < 1 - slack)
    return t[:, 0], t[:, 1], on_line & meets


def lies_on(piece: Floats, lines: Floats) -> bool:
    """Whether one line carries the piece from end to end."""
    t0, t1, runs = carriers(piece, lines)
    slack = ON_LINE_M / np.maximum(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]), 1e-9)
    whole = (np.minimum(t0, t1) >= -slack) & (np.maximum(t0, t1) <= 1 + slack)
    return bool(np.any(runs & whole))


def drawn_onto(pieces: Floats, lines: Floats) -> Floats:
    """(m, 4) the pieces, each moved exactly onto the first line that runs along it."""
    drawn = pieces.copy()
    t0, t1, runs = carriers(pieces, lines)
    for row in np.flatnonzero(np.any(runs, axis=1)):
        first = int(np.argmax(runs[row]))
        start, along = lines[first, :2], lines[first, 2:] - lines[first, :2]
        ends = np.clip([[t0[row, first]], [t1[row, first]]], 0, 1)
        drawn[row] = (start + ends * along).ravel()
    return drawn


def cut(lines: Floats, pieces: Floats) -> Floats:
    """(n, 4) the lines without the pieces that lie along them; the cut ends are the pieces' own ends."""
    _, _, runs = carriers(pieces, lines)
    left: list[Floats] = []
    for line, along in zip(lines, runs.T, strict=True):
        parts = [line]
        for piece in pieces[along]:
            parts = [rest for part in parts for rest in _without(part, piece)]
        left += parts
    return np.array(left, np.float64).reshape(-1, 4)


def _without(line: Floats, piece: Floats) -> Iterator[Floats]:
    """What a piece leaves of a line."""
    t0, t1, runs = (found[0, 0] for found in carriers(piece, line[None]))
    if not runs:
        yield line
        return
    near, far = (piece[:2], piece[2:]) if t0 <= t1 else (piece[2:], piece[:2])
    slack = ON_LINE_M / np.hypot(*(line[2:] - line[:2]))
    if min(t0, t1) > slack:
        yield np.concatenate((line[:2], near))
    if max(t0, t1) < 1 - slack:
        yield np.concatenate((far, line[2:]))
