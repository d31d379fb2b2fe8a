"""Arrivals: always on free ground that one may be on, and where one asked to be."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import worlds
from protocol.districts import AtPlace, AtPortal, AtZone
from protocol.refusals import Refusal, Refused
from tests.support.city import district, text
from worlds import geometry
from worlds.access import is_admitted
from worlds.arrivals import CLEARANCE_M, Arrivals, Spot
from worlds.citizen import Citizen
from worlds.plan import DistrictPlan, load

VISITOR = Citizen("v", "v")
OFFICIAL = Citizen("o", "o", roles=("citizen", "official"), level=2)
SEOUL = load(Path(worlds.__path__[0]) / "seoul").districts


def arrivals(plan: DistrictPlan, seed: int = 3) -> Arrivals:
    return Arrivals(plan, np.random.default_rng(seed))


def house(**parts: Any) -> DistrictPlan:
    """A walled house without a door in the north-west, a square and an office within it."""
    zone = {"name": text("zone"), "kind": "room"}
    return district(
        "here",
        walls=[{"points": {"box": [5.0, 5.0, 25.0, 25.0]}, "closed": True}],
        zones=[
            zone | {"id": "house", "polygon": {"box": [5.0, 5.0, 25.0, 25.0]}},
            zone | {"id": "square", "polygon": {"box": [60.0, 60.0, 90.0, 90.0]}},
            zone | {"id": "office", "access": ["official"], "polygon": {"box": [60.0, 60.0, 75.0, 90.0]}},
            zone | {"id": "vault", "access": ["operator"], "polygon": {"box": [60.0, 60.0, 75.0, 75.0]}},
        ],
        **parts,
    )


def inside(spot: Spot, west: float, north: float, east: float, south: float) -> bool:
    return west <= spot.x <= east and north <= spot.z <= south


def refusal(plan: DistrictPlan, at: AtPortal | AtZone | AtPlace, citizen: Citizen = VISITOR) -> Refused:
    with pytest.raises(Refused) as refused:
        arrivals(plan).spot(at, citizen)
    return refused.value


def test_one_arrives_around_a_spawn_and_looks_as_it_says() -> None:
    spawns = [
        {"id": "a", "at": [40.0, 40.0], "yaw": 90.0, "radius": 2.0},
        {"id": "b", "at": [40.0, 80.0], "yaw": 180.0, "radius": 2.0},
    ]
    at = arrivals(house(spawns=spawns))
    spots = [at.spot(None, VISITOR) for _ in range(200)]
    for spot in spots:
        north = spot.z < 60
        assert np.hypot(spot.x - 40, spot.z - (40 if north else 80)) <= 2
        assert spot.yaw == (16_384 if north else 32_768)
    assert 50 < sum(spot.z < 60 for spot in spots) < 150
    assert np.std([spot.x for spot in spots]) > 0.5


def test_where_the_circle_of_a_spawn_is_not_free_its_middle_is() -> None:
    at = arrivals(house(spawns=[{"id": "a", "at": [26.0, 15.0], "yaw": 0.0, "radius": 6.0}]))
    for _ in range(200):
        spot = at.spot(None, VISITOR)
        assert spot.x > 25 + CLEARANCE_M - 0.3 or not inside(spot, 5, 5, 25, 25)
        assert not inside(spot, 5, 5, 25, 25)


def test_a_zone_that_nobody_can_walk_to_has_no_free_ground() -> None:
    assert refusal(house(), AtZone(zone="house")).code is Refusal.FULL


def test_in_a_zone_one_arrives_only_where_one_may_be() -> None:
    at = arrivals(house())
    for _ in range(100):
        assert inside(at.spot(AtZone(zone="square"), VISITOR), 75, 60, 90, 90)
    spots = [at.spot(AtZone(zone="square"), OFFICIAL) for _ in range(200)]
    assert any(spot.x < 75 for spot in spots)
    for spot in spots + [at.spot(AtZone(zone="office"), OFFICIAL) for _ in range(100)]:
        assert not inside(spot, 60, 60, 75, 75)
    assert refusal(house(), AtZone(zone="office")).code is Refusal.NOT_ALLOWED
    assert refusal(house(), AtZone(zone="vault"), OFFICIAL).code is Refusal.NOT_ALLOWED
    assert refusal(house(), AtZone(zone="moon")).code is Refusal.NOT_FOUND


def test_at_a_free_place_one_arrives_exactly_there() -> None:
    assert arrivals(house()).spot(AtPlace(x=51.37, z=44.01), VISITOR) == Spot(51.37, 44.01, 0)


@pytest.mark.parametrize(
    ("x", "z"),
    [(15.0, 15.0), (5.0, 5.0), (-1e300, 50.0), (1e308, -1e308), (200.0, 200.0), (24.9, 24.9), (0.0, 0.0)],
)
def test_at_a_place_that_is_not_free_one_arrives_at_the_nearest_that_is(x: float, z: float) -> None:
    plan = house()
    spot = arrivals(plan).spot(AtPlace(x=x, z=z), VISITOR)
    assert inside(spot, 0, 0, 100, 100)
    assert not inside(spot, 5, 5, 25, 25)
    there_x, there_z = min(max(x, 0), 100), min(max(z, 0), 100)
    nearest = min(
        float(np.hypot(free_x - there_x, free_z - there_z))
        for free_x in np.arange(0.25, 100, 0.5)
        for free_z in np.arange(0.25, 100, 0.5)
        if not (4.25 <= free_x <= 25.75 and 4.25 <= free_z <= 25.75)
        and not (60 <= free_x <= 75 and 60 <= free_z <= 90)
    )
    assert np.hypot(spot.x - there_x, spot.z - there_z) <= nearest + 0.75


def test_in_a_zone_that_is_not_ones_own_no_place_is_chosen() -> None:
    refused = refusal(house(), AtPlace(x=70.0, z=80.0))
    assert (refused.code, refused.field) == (Refusal.NOT_ALLOWED, "at")
    spot = arrivals(house()).spot(AtPlace(x=70.0, z=80.0), OFFICIAL)
    assert not inside(spot, 60.01, 60.01, 74.99, 89.99)


def test_a_portal_that_is_not_there_is_not_found() -> None:
    refused = refusal(house(), AtPortal(portal="moon"))
    assert (refused.code, refused.field) == (Refusal.NOT_FOUND, "at.portal")


@pytest.fixture(scope="module")
def grounds() -> dict[str, tuple[DistrictPlan, geometry.Floats, Arrivals]]:
    """By district: its plan, its walls and doors, where people arrive."""
    return {
        plan.id: (plan, np.concatenate((plan.wall_segments(), plan.door_segments())), arrivals(plan))
        for plan in SEOUL
    }


@given(data=st.data())
def test_in_seoul_nobody_arrives_in_a_wall_or_where_they_may_not_be(
    grounds: dict[str, tuple[DistrictPlan, geometry.Floats, Arrivals]], data: st.DataObject
) -> None:
    plan, lines, at = grounds[data.draw(st.sampled_from([plan.id for plan in SEOUL]))]
    citizen = data.draw(st.sampled_from([VISITOR, OFFICIAL]))
    coordinate = st.floats(-50, 500)
    ways = [st.none(), st.builds(AtPlace, x=coordinate, z=coordinate)]
    ways.append(st.sampled_from([AtZone(zone=zone.id) for zone in plan.zones]))
    ways.append(st.sampled_from([AtPortal(portal=portal.id) for portal in plan.portals]))
    way = data.draw(st.one_of(ways))
    try:
        spot = at.spot(way, citizen)
    except Refused:
        assert isinstance(way, AtZone | AtPlace)
        return
    x, z = np.array([spot.x]), np.array([spot.z])
    assert 0 <= spot.x <= plan.width
    assert 0 <= spot.z <= plan.depth
    assert geometry.clearance(spot.x, spot.z, lines) > 0.05
    for zone in plan.zones:
        if geometry.contains(zone.polygon, x, z)[0]:
            assert is_admitted(citizen, zone.access, plan.id)
