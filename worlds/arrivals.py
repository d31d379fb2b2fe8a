"""Arrivals: where someone who enters a district is put down."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from protocol.districts import AtPlace, AtPortal, AtZone
from protocol.refusals import Refusal, Refused
from worlds import geometry
from worlds.access import admits
from worlds.citizen import Citizen
from worlds.plan import DistrictPlan
from worlds.reach import SQUARE_M, Reach

CLEARANCE_M = 0.5
"""How far from walls people are put down."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the ground: metres, and a yaw in 1/65536 turns."""

    x: float
    z: float
    yaw: int


class Arrivals:
    """The free ground of one district."""

    def __init__(self, plan: DistrictPlan, chance: Generator) -> None:
        self._plan = plan
        self._chance = chance
        walls = plan.wall_segments()
        reach = Reach(plan.width, plan.depth, walls)
        first = plan.spawns[0]
        free = reach.parts == reach.part(first.x, first.z)
        lines = np.concatenate((walls, plan.door_segments()))
        free &= ~geometry.beside(lines, reach.x, reach.z, CLEARANCE_M)
        self._inside = [geometry.covered(zone.polygon, reach.x, reach.z) & free for zone in plan.zones]
        public = free.copy()
        for zone, inside in zip(plan.zones, self._inside, strict=True):
            if zone.access:
                public &= ~inside
        self._x, self._z, self._public = reach.x, reach.z, public

    def spot(self, at: AtPortal | AtZone | AtPlace | None, citizen: Citizen) -> Spot:
        """Where this citizen arrives; raises Refused."""
        match at:
            case AtPortal(portal=name):
                return self._at_portal(name)
            case AtZone(zone=name):
                return self._in_zone(name, citizen)
            case AtPlace(x=x, z=z):
                return self._near(x, z, citizen)
            case None:
                return self.outside()

    def outside(self) -> Spot:
        """One of the places where anyone arrives."""
        spawn = self._plan.spawns[int(self._chance.integers(len(self._plan.spawns)))]
        return self._around(spawn.x, spawn.z, spawn.radius, spawn.yaw_u16)

    def _at_portal(self, name: str) -> Spot:
        for portal in self._plan.portals:
            if portal.id == name:
                return self._around(portal.x, portal.z, portal.radius, portal.yaw_u16)
        raise Refused(Refusal.NOT_FOUND, field="at.portal")

    def _around(self, x: float, z: float, radius: float, yaw: int) -> Spot:
        """A chance place in a circle; its middle where that place is not free."""
        turn = self._chance.uniform(0, 2 * np.pi)
        away = radius * self._chance.uniform(0, 1) ** 0.5
        there_x, there_z = x + away * np.sin(turn), z + away * np.cos(turn)
        return Spot(there_x, there_z, yaw) if self._is_free(there_x, there_z) else Spot(x, z, yaw)

    def _in_zone(self, name: str, citizen: Citizen) -> Spot:
        for zone, inside in zip(self._plan.zones, self._inside, strict=True):
            if zone.id == name:
                if not admits(zone, citizen, self._plan.id):
                    raise Refused(Refusal.NOT_ALLOWED, field="at.zone")
                places = np.flatnonzero(inside & ~self._closed_to(citizen))
                if not len(places):
                    raise Refused(Refusal.FULL, "there is no free ground", field="at.zone")
                return self._middle(int(places[int(self._chance.integers(len(places)))]))
        raise Refused(Refusal.NOT_FOUND, field="at.zone")

    def _closed_to(self, citizen: Citizen) -> NDArray[np.bool_]:
        """The ground of the zones that do not admit this citizen: one zone may lie in another."""
        closed: NDArray[np.bool_] = np.zeros(self._public.shape, np.bool_)
        for zone, inside in zip(self._plan.zones, self._inside, strict=True):
            if not admits(zone, citizen, self._plan.id):
                closed |= inside
        return closed

    def _near(self, x: float, z: float, citizen: Citizen) -> Spot:
        for zone in self._plan.zones:
            if (
                zone.access
                and bool(geometry.contains(zone.polygon, np.array([x]), np.array([z]))[0])
                and not admits(zone, citizen, self._plan.id)
            ):
                raise Refused(Refusal.NOT_ALLOWED, field="at")
        if self._is_free(x, z):
            return Spot(x, z, 0)
        x, z = min(max(x, 0.0), self._plan.width), min(max(z, 0.0), self._plan.depth)
        away = (self._x - x) ** 2 + ((self._z - z) ** 2)[:, None]
        away[~self._public] = np.inf
        return self._middle(int(np.argmin(away)))

    def _middle(self, square: int) -> Spot:
        row, column = divmod(square, len(self._x))
        return Spot(float(self._x[column]), float(self._z[row]), 0)

    def _is_free(self, x: float, z: float) -> bool:
        if not (0 <= x <= self._plan.width and 0 <= z <= self._plan.depth):
            return False
        rows, columns = self._public.shape
        row, column = min(int(z / SQUARE_M), rows - 1), min(int(x / SQUARE_M), columns - 1)
        return bool(self._public[row, column])
