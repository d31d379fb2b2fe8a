"""The city and its places as a citizen is told them: in the welcome, and on entering a district."""

from collections.abc import Collection, Mapping
from typing import Any

from protocol import districts, handshake, poses
from protocol.handshake import Text
from worlds import plan
from worlds.access import is_admitted
from worlds.citizen import Citizen
from worlds.district import District


def place_in(
    district: District,
    slot: int,
    citizen: Citizen,
    open_districts: Collection[str],
    views: Mapping[str, Any],
) -> districts.Place:
    """Where this citizen stands now, and all that is needed to read the district's frames."""
    sheet, grid = district.plan, district.grid
    x, y, z, yaw = district.stand(slot)
    return districts.Place(
        district=sheet.id,
        slot=slot,
        x=x,
        y=y,
        z=z,
        yaw=yaw,
        width=sheet.width,
        depth=sheet.depth,
        cell_m=grid.cell_m,
        columns=grid.columns,
        tile_m=grid.cell_m * grid.tile_cells,
        tile_columns=grid.tile_columns,
        view_m=district.interest.view_m,
        precision=poses.PRECISION_M,
        tick_hz=district.tick_hz,
        anchor=districts.Anchor(lat=sheet.anchor.lat, lon=sheet.anchor.lon),
        zones=[
            districts.ZoneCard(
                id=zone.id,
                name=_text(zone.name),
                kind=zone.kind,
                polygon=[[x, z] for x, z in zone.polygon],
                may_enter=is_admitted(citizen, zone.access, sheet.id),
            )
            for zone in sheet.zones
        ],
        portals=[
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
        ],
        exhibits=[
            districts.ExhibitCard(
                id=exhibit.id,
                name=_text(exhibit.name),
                x=exhibit.x,
                z=exhibit.z,
                text=_text(exhibit.text),
                link=exhibit.link,
            )
            for exhibit in sheet.exhibits
        ],
        services=dict(views),
    )


def city_card(city: plan.CityPlan, population: Mapping[str, int]) -> handshake.CityCard:
    """The city with its districts; those in `population` are open, with how many are there."""
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
    )


def _text(text: plan.Text) -> Text:
    return Text(ko=text.ko, en=text.en)
