"""What a plan must keep beyond the shape of its files: each rule yields the faults that it finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from worlds import geometry
from worlds.reach import Reach

if TYPE_CHECKING:
    from worlds.plan import CitySheet, DistrictPlan, Point

SPAWN_CLEAR_M = 3.0  # nobody arrives with a wall before their eyes
PORTAL_CLEAR_M = 1.5  # who comes out of a portal is not stuck in a wall
DOOR_MIN_M = 0.9  # a wheelchair passes
ARRIVAL_BYTES = 20_480  # zones, portals and exhibits are told on arrival, in one message of at most 32 KiB

Found = Iterator[tuple[str, str]]
"""Faults as (field, reason)."""


def district_faults(stem: str, district: DistrictPlan) -> Found:
    """What is wrong within one district, whose file is called by this stem."""
    if district.id != stem:
        yield "id", f"is {district.id}, but the file is called {stem}.toml"
    yield from _repeated(district)
    yield from _outlines(district)
    yield from _walls(district)
    yield from _doors(district)
    yield from _spawns(district)
    yield from _places(district)
    yield from _supervised(district)
    yield from _mirrors(district)
    yield from _on_foot(district)
    yield from _arrival(district)


def portal_faults(
    districts: Mapping[str, DistrictPlan], known: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Portals that lead nowhere or not back, as (stem, field, reason); `known` are all that have a file."""
    ends = {(stem, portal.id): portal for stem, district in districts.items() for portal in district.portals}
    for stem, district in districts.items():
        for i, portal in enumerate(district.portals):
            there = (portal.to.district, portal.to.portal)
            if portal.to.district not in known:
                yield stem, f"portals[{i}].to.district", f"there is no district {portal.to.district}"
            elif portal.to.district == stem:
                yield stem, f"portals[{i}].to.district", "leads to its own district"
            elif portal.to.district not in districts:
                continue  # its file is at fault, and told so
            elif there not in ends:
                yield stem, f"portals[{i}].to.portal", f"{there[0]} has no portal {there[1]}"
            elif (ends[there].to.district, ends[there].to.portal) != (stem, portal.id):
                yield (
                    stem,
                    f"portals[{i}].to",
                    f"portal {there[1]} of {there[0]} does not lead back to {portal.id}",
                )


def city_faults(sheet: CitySheet, districts: Mapping[str, DistrictPlan], known: Collection[str]) -> Found:
    """What is wrong between `city.toml` and the files of its districts."""
    if missing := sorted({"ko", "en"} - set(sheet.languages)):
        yield "languages", f"{' and '.join(missing)} missing: every text is in both"
    for name, times in Counter(sheet.districts).items():
        if times > 1:
            yield "districts", f"{name} is listed {times} times"
        if name not in known:
            yield "districts", f"{name} has no file districts/{name}.toml"
    for name in sorted(set(known) - set(sheet.districts)):
        yield "districts", f"districts/{name}.toml is not listed"
    if districts.keys() == set(known) and districts and all(d.phase > 1 for d in districts.values()):
        yield "districts", "none opens in phase 1"


def _repeated(district: DistrictPlan) -> Found:
    for many in ("zones", "supervised", "doors", "portals", "spawns", "stages", "exhibits", "buildings"):
        seen: set[str] = set()
        for i, thing in enumerate(getattr(district, many)):
            if thing.id in seen:
                yield f"{many}[{i}].id", f"{thing.id} is taken"
            seen.add(thing.id)
    named = {building.id for building in district.buildings}
    for i, ground in enumerate(district.grounds):
        if ground.id in named:
            yield f"grounds[{i}].id", f"{ground.id} is taken"
        if ground.id:
            named.add(ground.id)


def _within(district: DistrictPlan, points: Iterable[Point]) -> bool:
    return all(0 <= x <= district.width and 0 <= z <= district.depth for x, z in points)


def _outlines(district: DistrictPlan) -> Found:
    outlines = [(f"zones[{i}].polygon", zone.polygon) for i, zone in enumerate(district.zones)]
    outlines += [
        (f"buildings[{i}].footprint", building.footprint) for i, building in enumerate(district.buildings)
    ]
    outlines += [(f"grounds[{i}].polygon", ground.polygon) for i, ground in enumerate(district.grounds)]
    for field, polygon in outlines:
        if len(polygon) < 3:
            yield field, f"has {len(polygon)} points, a polygon at least 3"
        elif len(set(polygon)) < len(polygon):
            yield field, "names a point twice"
        elif geometry.area(polygon) < 0.01:
            yield field, "has no area"
        elif geometry.crosses_itself(polygon):
            yield field, "crosses itself"
        if not _within(district, polygon):
            yield field, "reaches out of the district"
    for i, trees in enumerate(district.trees):
        if not _within(district, trees.at):
            yield f"trees[{i}].at", "stands out of the district"


def _walls(district: DistrictPlan) -> Found:
    outlines = {building.id: building.footprint for building in district.buildings}
    outlines |= {ground.id: ground.polygon for ground in district.grounds if ground.id}
    for i, wall in enumerate(district.walls):
        if wall.around is not None:
            if wall.around not in outlines:
                yield f"walls[{i}].around", f"nothing is called {wall.around}"
            elif wall.points != outlines[wall.around]:
                yield f"walls[{i}]", f"has points of its own and goes around {wall.around}"
            continue
        if len(wall.points) < (3 if wall.closed else 2):
            yield f"walls[{i}].points", f"are {len(wall.points)}, too few for a wall"
        elif any(a == b for a, b in pairwise(wall.points)):
            yield f"walls[{i}].points", "name the same point twice in a row"
        if not _within(district, wall.points):
            yield f"walls[{i}].points", "reach out of the district"


def _doors(district: DistrictPlan) -> Found:
    walls = district.whole_walls()
    drawn = district.door_segments()
    for i, door in enumerate(district.doors):
        if np.hypot(door.to[0] - door.from_[0], door.to[1] - door.from_[1]) < DOOR_MIN_M:
            yield f"doors[{i}]", f"{door.id} is narrower than {DOOR_MIN_M} m"
        elif not geometry.lies_on(np.array((*door.from_, *door.to)), walls):
            yield f"doors[{i}]", f"{door.id} lies on no wall"
        _, _, runs = geometry.carriers(drawn[i], drawn[:i])
        for before in np.flatnonzero(runs[0]):
            yield f"doors[{i}]", f"{door.id} overlaps {district.doors[before].id}"


def _spawns(district: DistrictPlan) -> Found:
    lines = np.concatenate((district.wall_segments(), district.door_segments()))
    for i, spawn in enumerate(district.spawns):
        r = spawn.radius
        if not (r <= spawn.x <= district.width - r and r <= spawn.z <= district.depth - r):
            yield f"spawns[{i}].at", f"{spawn.id} reaches out of the district"
        elif geometry.clearance(spawn.x, spawn.z, lines) < r + SPAWN_CLEAR_M:
            yield f"spawns[{i}].at", f"{spawn.id} is not free of walls and doors by {SPAWN_CLEAR_M:g} m"
        for zone in district.zones:
            if zone.access and len(zone.polygon) >= 3:
                edge = geometry.clearance(spawn.x, spawn.z, geometry.segments(zone.polygon, closed=True))
                if edge < r or geometry.contains(zone.polygon, spawn.x, spawn.z):
                    yield f"spawns[{i}].at", f"{spawn.id} touches {zone.id}, where not everyone may be"


def _places(district: DistrictPlan) -> Found:
    lines = np.concatenate((district.wall_segments(), district.door_segments()))
    for i, portal in enumerate(district.portals):
        if not _within(district, [portal.at]):
            yield f"portals[{i}].at", f"{portal.id} is out of the district"
        elif geometry.clearance(portal.x, portal.z, lines) < PORTAL_CLEAR_M:
            yield f"portals[{i}].at", f"{portal.id} is not free of walls and doors by {PORTAL_CLEAR_M:g} m"
    for i, exhibit in enumerate(district.exhibits):
        if not _within(district, [exhibit.at]):
            yield f"exhibits[{i}].at", f"{exhibit.id} is out of the district"
        if (record := exhibit.record) and record.stale_after <= record.verified_at:
            yield f"exhibits[{i}].record.stale_after", "is not after verified_at"
    zones = {zone.id: zone for zone in district.zones}
    for i, stage in enumerate(district.stages):
        if stage.zone not in zones:
            yield f"stages[{i}].zone", f"there is no zone {stage.zone}"
        elif len(zones[stage.zone].polygon) >= 3 and not geometry.contains(
            zones[stage.zone].polygon, stage.x, stage.z
        ):
            yield f"stages[{i}].at", f"is not in its zone {stage.zone}"


def _supervised(district: DistrictPlan) -> Found:
    zones = {zone.id: zone for zone in district.zones}
    taken: dict[str, str] = {}
    for i, place in enumerate(district.supervised):
        if "minor" in place.staff:
            yield f"supervised[{i}].staff", "the young do not look after the young"
        for zone in place.zones:
            if zone not in zones:
                yield f"supervised[{i}].zones", f"there is no zone {zone}"
                continue
            if zone in taken:
                yield f"supervised[{i}].zones", f"{zone} belongs to {taken[zone]}"
            taken[zone] = place.id
            if missing := sorted(set(place.staff) - set(zones[zone].access)):
                yield f"supervised[{i}].staff", f"{zone} does not admit {', '.join(missing)}"


def _mirrors(district: DistrictPlan) -> Found:
    if district.mirrors and district.supervised:
        yield "mirrors", "a place that is supervised is one place: in a mirror nobody would see its staff"


def _on_foot(district: DistrictPlan) -> Found:
    """Everyone reaches what is public through open doors; with all doors open the rest is reached too."""
    walls, doors = district.wall_segments(), district.door_segments()
    shut = np.array([not door.open for door in district.doors], np.bool_)
    all_open = Reach(district.width, district.depth, walls)
    public = Reach(district.width, district.depth, np.concatenate((walls, doors[shut])))

    inside: dict[str, NDArray[np.bool_]] = {}
    barred = np.zeros((len(public.z), len(public.x)), np.bool_)
    for zone in district.zones:
        if len(zone.polygon) >= 3:
            inside[zone.id] = geometry.covered(zone.polygon, public.x, public.z)
            if zone.access:
                barred |= inside[zone.id]
    public.close(barred)

    first = district.spawns[0]
    if not _within(district, [first.at]):
        return
    for many in ("spawns", "portals", "exhibits"):
        for i, thing in enumerate(getattr(district, many)):
            if not _within(district, [thing.at]):
                continue
            kept = any(
                zone.access and zone.id in inside and geometry.contains(zone.polygon, thing.x, thing.z)
                for zone in district.zones
            )
            ground = all_open if kept and many == "exhibits" else public
            if ground.part(thing.x, thing.z) != ground.part(first.x, first.z):
                yield f"{many}[{i}].at", f"{thing.id} cannot be reached on foot from {first.id}"
    for i, zone in enumerate(district.zones):
        if zone.id in inside:
            ground = all_open if zone.access else public
            if not np.any(ground.parts[inside[zone.id]] == ground.part(first.x, first.z)):
                yield f"zones[{i}]", f"{zone.id} cannot be reached on foot from {first.id}"


def _arrival(district: DistrictPlan) -> Found:
    things = (*district.zones, *district.portals, *district.exhibits)
    told = [thing.model_dump(mode="json") for thing in things]
    size = len(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
    if size > ARRIVAL_BYTES:
        yield (
            "",
            f"zones, portals and exhibits take {size} bytes, at most {ARRIVAL_BYTES} are told on arrival",
        )
