"""Where a bot may want to stand: places in the district and its zones, as `district.enter` told of them."""

import random

from protocol.districts import Place, ZoneCard

MARGIN_M = 1.0
"""How far from the district's edge a place is chosen."""

TRIES = 32
"""How often a place is drawn before the last one is taken as it is."""

GATHERING_KINDS = ("plaza", "stage", "theatre", "hall", "market", "garden", "lobby")
"""Kinds of zones where people gather, the most inviting first."""


def is_inside(zone: ZoneCard, x: float, z: float) -> bool:
    """Whether (x, z) in metres lies in the zone."""
    inside = False
    x0, z0 = zone.polygon[-1]
    for x1, z1 in zone.polygon:
        if (z0 > z) != (z1 > z) and x < x0 + (z - z0) / (z1 - z0) * (x1 - x0):
            inside = not inside
        x0, z0 = x1, z1
    return inside


def may_stand(place: Place, x: float, z: float) -> bool:
    """Whether (x, z) lies within the district and in no zone that is closed to the citizen."""
    if not (MARGIN_M <= x <= place.width - MARGIN_M and MARGIN_M <= z <= place.depth - MARGIN_M):
        return False
    return all(zone.may_enter or not is_inside(zone, x, z) for zone in place.zones)


def near(
    place: Place, x: float, z: float, least_m: float, most_m: float, chance: random.Random
) -> tuple[float, float]:
    """A place at such a distance from (x, z) where the citizen may stand."""
    to_x, to_z = x, z
    for _ in range(TRIES):
        reach_m = chance.uniform(least_m, most_m)
        east = chance.gauss(0, 1)
        south = chance.gauss(0, 1)
        length = max((east * east + south * south) ** 0.5, 1e-9)
        to_x, to_z = x + east / length * reach_m, z + south / length * reach_m
        if may_stand(place, to_x, to_z):
            return to_x, to_z
    return place.x, place.z


def somewhere_in(zone: ZoneCard, chance: random.Random) -> tuple[float, float]:
    """A place in the zone, rather near its middle."""
    xs, zs = zip(*zone.polygon, strict=True)
    x = z = 0.0
    for _ in range(TRIES):
        x = chance.triangular(min(xs), max(xs))
        z = chance.triangular(min(zs), max(zs))
        if is_inside(zone, x, z):
            break
    return x, z


def gathering_place(place: Place) -> ZoneCard | None:
    """The zone where people of this district gather, if there is one."""
    inviting = [zone for zone in place.zones if zone.may_enter and zone.kind in GATHERING_KINDS]
    return min(inviting, key=lambda zone: GATHERING_KINDS.index(zone.kind), default=None)
