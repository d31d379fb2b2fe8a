"""The geometry of walking in fractions, one place at a time: slow, and obviously right."""

import math
from collections.abc import Sequence
from fractions import Fraction

Place = tuple[float, float]
Line = tuple[float, float, float, float]


def side(a: Place, b: Place, p: Place) -> int:
    """On which side of the line from a to b p is: 1, -1, or 0 for on it."""
    ax, az, bx, bz, px, pz = map(Fraction, (*a, *b, *p))
    turn = (bx - ax) * (pz - az) - (bz - az) * (px - ax)
    return (turn > 0) - (turn < 0)


def on(line: Line, p: Place) -> bool:
    """Whether p is on the line, ends included."""
    a, b = line[:2], line[2:]
    return (
        side(a, b, p) == 0
        and min(a[0], b[0]) <= p[0] <= max(a[0], b[0])
        and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])
    )


def touch(one: Line, other: Line) -> bool:
    """Whether two lines have a point in common."""
    a, b, c, d = one[:2], one[2:], other[:2], other[2:]
    if side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0:
        return True
    return on(one, c) or on(one, d) or on(other, a) or on(other, b)


def sides(polygon: Sequence[Place]) -> list[Line]:
    """The edges of a polygon."""
    return [(*a, *b) for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True)]


def inside(polygon: Sequence[Place], p: Place) -> bool:
    """Whether p is in the polygon (even-odd), its edges included."""
    crossed = False
    for ax, az, bx, bz in sides(polygon):
        if on((ax, az, bx, bz), p):
            return True
        if (az > p[1]) != (bz > p[1]):
            part = (Fraction(p[1]) - Fraction(az)) / (Fraction(bz) - Fraction(az))
            crossed ^= Fraction(p[0]) < Fraction(ax) + part * (Fraction(bx) - Fraction(ax))
    return crossed


def nearest(line: Line, p: Place) -> float:
    """Metres from p to the line."""
    ax, az, bx, bz = line
    length2 = (bx - ax) ** 2 + (bz - az) ** 2
    along = (p[0] - ax) * (bx - ax) + (p[1] - az) * (bz - az)
    part = min(max(along / length2, 0), 1) if length2 else 0
    return math.dist(p, (ax + part * (bx - ax), az + part * (bz - az)))
