"""The city and its places as a citizen is told them: in the welcome, and on entering a district."""

from collections.abc import Collection, Mapping
from typing import Any

from protocol import districts, handshake, poses
from protocol.handshake import Text
from worlds import plan
from worlds.access import admits
from worlds.citizen import Citizen
from worlds.district import District


class Ground:
    """One district as its citizens are told it on entering: what is the same for many is made once."""

    def __init__(self, district: District, open_districts: Collection[str]) -> None:
        sheet, grid = district.plan, district.grid
        self._district = district
        self._zones: dict[tuple[tuple[bool, bool], ...], list[districts.ZoneCard]] = {}
        self._portals = [
            districts.PortalCard(
                id=portal.id,
                name=_text(portal.name),
                x=portal.x,
                z=portal.z,
                radius=portal.radius,
                to=portal.to.district,
                to_portal=portal.to.portal,
                open=portal.to.district in open_districts,
            )
            for portal in sheet.portals
        ]
        self._exhibits = [
            districts.ExhibitCard(
                id=exhibit.id,
                name=_text(exhibit.name),
                x=exhibit.x,
                z=exhibit.z,
                text=_text(exhibit.text),
                link=exhibit.link,
            )
            for exhibit in sheet.exhibits
        ]
        self._measures = {
            "width": sheet.width,
            "depth": sheet.depth,
            "cell_m": grid.cell_m,
            "columns": grid.columns,
            "tile_m": grid.cell_m * grid.tile_cells,
            "tile_columns": grid.tile_columns,
            "view_m": district.interest.view_m,
            "precision": poses.PRECISION_M,
            "anchor": districts.Anchor(lat=sheet.anchor.lat, lon=sheet.anchor.lon),
        }

    def place(self, slot: int, citizen: Citizen, views: Mapping[str, Any]) -> districts.Place:
        """Where this citizen stands now, and all that is needed to read the district's frames."""
        district = self._district
        x, y, z, yaw = district.stand(slot)
        return districts.Place.model_validate(
            {
                **self._measures,
                "district": district.plan.id,
                "slot": slot,
                "x": x,
                "y": y,
                "z": z,
                "yaw": yaw,
                "tick_hz": district.tick_hz,
                "zones": self._zones_for(citizen),
                "portals": self._portals,
                "exhibits": self._exhibits,
                "services": dict(views),
                **self._halls(slot),
            }
        )

    def _halls(self, slot: int) -> dict[str, Any]:
        """In which hall that is, where there are several: how many are in each, and how many find a seat there."""
        halls = self._district.halls
        if halls.is_one:
            return {}
        return {
            "hall": self._district.hall_of(slot),
            "halls": list(halls.people),
            "hall_seats": halls.seats,
        }

    def may_enter(self, citizen: Citizen) -> list[str]:
        """The zones that let this citizen in now."""
        return [zone.id for zone in self._zones_for(citizen) if zone.may_enter]

    def _zones_for(self, citizen: Citizen) -> list[districts.ZoneCard]:
        """The zones, and which of them this citizen may enter: there are few kinds of citizens."""
        sheet, supervision = self._district.plan, self._district.supervision
        rights = tuple(
            (admits(zone, citizen, sheet.id), supervision.refuses(citizen, zone.id)) for zone in sheet.zones
        )
        if rights not in self._zones:
            self._zones[rights] = [
                districts.ZoneCard(
                    id=zone.id,
                    name=_text(zone.name),
                    kind=zone.kind,
                    polygon=[[x, z] for x, z in zone.polygon],
                    may_enter=may and not is_closed,
                    closed=self._why_closed(zone.id) if may and is_closed else None,
                )
                for zone, (may, is_closed) in zip(sheet.zones, rights, strict=True)
            ]
        return self._zones[rights]

    def _why_closed(self, zone: str) -> Text | None:
        found = self._district.supervision.state(zone)
        return _text(found[0].text.closed) if found is not None else None


def citizen_card(citizen: Citizen) -> handshake.CitizenCard:
    """A citizen as they are told of themselves."""
    return handshake.CitizenCard(
        id=citizen.id,
        name=citizen.name,
        roles=list(citizen.roles),
        grants=list(citizen.grants),
        level=citizen.level,
    )


def city_card(
    city: plan.CityPlan, population: Mapping[str, int], services: Collection[str]
) -> handshake.CityCard:
    """The city with its districts and services; districts in `population` are open, with how many are there."""
    return handshake.CityCard(
        id=city.id,
        name=_text(city.name),
        districts=[
            handshake.DistrictCard(
                id=district.id,
                name=_text(district.name),
                open=district.id in population,
                population=population.get(district.id, 0),
            )
            for district in city.districts
        ],
        services=sorted(services),
    )


def _text(text: plan.Text) -> Text:
    return Text(ko=text.ko, en=text.en)
