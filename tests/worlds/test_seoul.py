"""Seoul as it ships: whole, in both languages, and where it is on earth."""

import re
from pathlib import Path

import numpy as np
import pytest

import worlds
from worlds import geometry
from worlds.access import forbidden_zones
from worlds.citizen import Citizen
from worlds.plan import Anchor, CityPlan, DistrictPlan, load

FOLDER = Path(worlds.__file__).parent / "seoul"

# Metres east and north of City Hall of what must stand where it is, and the zone that must hold it.
LANDMARKS = {
    ("civil", "plaza"): (9, -78),
    ("civil", "deoksugung"): (-239, -55),
    ("economy", "expo_hall"): (7183, -6038),
    ("culture", "gwanghwamun"): (-88, 1077),
    ("tourism", "gyeongbokgung"): (-80, 1476),
    ("education", "donuimun"): (-804, 222),
    ("operations", "plaza"): (0, 333),
}


@pytest.fixture(scope="module")
def seoul() -> CityPlan:
    return load(FOLDER)


def district(city: CityPlan, name: str) -> DistrictPlan:
    return next(each for each in city.districts if each.id == name)


def metres(city: CityPlan, anchor: Anchor) -> tuple[float, float]:
    """East and north of the city's origin on the local tangent plane."""
    return (anchor.lon - city.origin.lon) * 88347.202, (anchor.lat - city.origin.lat) * 110988.286


def test_the_six_districts_open_in_three_phases(seoul: CityPlan) -> None:
    assert [each.id for each in seoul.districts] == [
        "civil",
        "economy",
        "culture",
        "tourism",
        "education",
        "operations",
    ]
    assert [len(seoul.open_in(phase)) for phase in (1, 2, 3)] == [3, 5, 6]


def test_every_district_is_150_to_400_metres_wide(seoul: CityPlan) -> None:
    assert all(150 <= side <= 400 for each in seoul.districts for side in (each.width, each.depth))


@pytest.mark.parametrize(("place", "east_north"), LANDMARKS.items())
def test_landmarks_lie_where_they_are_on_earth(
    seoul: CityPlan, place: tuple[str, str], east_north: tuple[float, float]
) -> None:
    where = district(seoul, place[0])
    zone = next(zone for zone in where.zones if zone.id == place[1])
    east, north = metres(seoul, where.anchor)
    assert geometry.contains(zone.polygon, east_north[0] - east, north - east_north[1])


def test_civil_has_the_rooms_of_city_hall_and_the_plaza(seoul: CityPlan) -> None:
    civil = district(seoul, "civil")
    kinds = [zone.kind for zone in civil.zones]
    assert kinds.count("department") == 4
    for kind in ("lobby", "petition_room", "office", "plaza"):
        assert kind in kinds
    assert civil.width >= 220
    assert civil.depth >= 220


def test_civil_is_mostly_open_ground(seoul: CityPlan) -> None:
    civil = district(seoul, "civil")
    x, z = np.meshgrid(np.arange(0.5, civil.width), np.arange(0.5, civil.depth))
    built = np.zeros(x.shape, np.bool_)
    for building in civil.buildings:
        built |= geometry.contains(building.footprint, x, z)
    assert built.mean() < 0.3


def test_the_mayors_office_is_open_to_everyone(seoul: CityPlan) -> None:
    civil = district(seoul, "civil")
    assert next(zone for zone in civil.zones if zone.id == "mayors_office").access == ()
    assert next(door for door in civil.doors if door.id == "mayors_door").open


def test_the_districts_hold_what_they_are_for(seoul: CityPlan) -> None:
    kinds = {each.id: [zone.kind for zone in each.zones] for each in seoul.districts}
    assert "exhibition" in kinds["economy"]
    assert {"theatre", "gallery", "gate"} <= set(kinds["culture"])
    assert kinds["education"].count("lecture") >= 2
    assert kinds["education"].count("mentoring") >= 2
    assert kinds["operations"].count("control_room") == 2
    assert len(district(seoul, "tourism").exhibits) == 10
    assert district(seoul, "culture").stages
    assert district(seoul, "education").stages


def test_every_control_room_is_kept_and_has_a_gallery_beside_it(seoul: CityPlan) -> None:
    operations = district(seoul, "operations")
    assert all(zone.access for zone in operations.zones if zone.kind == "control_room")
    assert any(not zone.access for zone in operations.zones if zone.kind == "gallery")


def test_one_can_walk_from_every_district_to_every_other_in_the_last_phase(seoul: CityPlan) -> None:
    reached = {seoul.districts[0].id}
    for _ in seoul.districts:
        reached |= {portal.to.district for name in list(reached) for portal in district(seoul, name).portals}
    assert reached == {each.id for each in seoul.districts}


def test_every_phase_can_be_walked_from_its_first_district(seoul: CityPlan) -> None:
    for phase in (1, 2, 3):
        open_ids = {each.id for each in seoul.open_in(phase)}
        reached = {seoul.open_in(phase)[0].id}
        for _ in open_ids:
            reached |= {
                portal.to.district
                for name in list(reached)
                for portal in district(seoul, name).portals
                if portal.to.district in open_ids
            }
        assert reached == open_ids


def test_korean_is_korean_and_english_has_no_hangul(seoul: CityPlan) -> None:
    hangul = re.compile("[가-힣]")
    for each in seoul.districts:
        texts = [each.name, each.text, each.presence, *(exhibit.text for exhibit in each.exhibits)]
        named = (*each.zones, *each.doors, *each.portals, *each.exhibits, *each.stages, *each.buildings)
        texts += [thing.name for thing in named]
        for text in texts:
            assert hangul.search(text.ko), text
            assert not hangul.search(text.en), text


def test_a_speaker_on_a_stage_has_firm_ground(seoul: CityPlan) -> None:
    for each in seoul.districts:
        walls = each.wall_segments()
        for stage in each.stages:
            assert geometry.clearance(stage.x, stage.z, walls) >= 1


def test_where_the_young_are_advised_no_adult_comes_in_but_who_is_cleared_for_it(seoul: CityPlan) -> None:
    education = next(each for each in seoul.districts if each.id == "education")
    youth = sum(1 << i for i, zone in enumerate(education.zones) if zone.id.startswith("youth_"))
    assert youth.bit_count() == 4
    young = Citizen("c", "c", ("citizen",), level=2, minor=True)
    adults = [
        Citizen("v", "v"),
        Citizen("p", "p", ("citizen",), level=3),
        Citizen("m", "m", ("moderator", "official", "operator"), level=2),
    ]
    mentor = Citizen("w", "w", ("official",), ("youth_worker",), level=2)
    for someone in (young, mentor):
        assert forbidden_zones(someone, education) & youth == 0
    for someone in adults:
        assert forbidden_zones(someone, education) & youth == youth
