"""The ground of each open district over HTTP, for clients that draw it: what its plan holds, whole and in metres."""

import gzip
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Header, Path, Response

from protocol.refusals import Refusal, Refused
from worlds import geometry
from worlds.plan import DistrictPlan

FRESH_SECONDS = 300
"""How long a browser may use what it has without asking; afterwards it asks with the ETag."""


class Drawn(NamedTuple):
    """A district's ground as it is sent: made once, as it never changes while the city runs."""

    plain: bytes
    packed: bytes
    etag: str


def drawn(district: DistrictPlan) -> Drawn:
    """The plan as JSON; walls come without what their doors take, and who may pass a door is told by the door."""
    doors = district.door_segments()
    sheet = district.model_dump(mode="json", exclude={"walls", "doors", "phase"}) | {
        "walls": [
            {
                "around": wall.around,
                "height": wall.height,
                "lines": geometry.cut(geometry.segments(wall.points, closed=wall.closed), doors)
                .round(3)
                .tolist(),
            }
            for wall in district.walls
        ],
        "doors": [
            {
                "id": door.id,
                "name": door.name.model_dump(),
                "line": [round(float(number), 3) for number in line],
                "open": door.open,
                "access": list(door.access),
            }
            for door, line in zip(district.doors, doors, strict=True)
        ],
    }
    plain = json.dumps(sheet, ensure_ascii=False, separators=(",", ":")).encode()
    return Drawn(plain, gzip.compress(plain, mtime=0), f'"{sha256(plain).hexdigest()[:24]}"')


def routes(districts: Iterable[DistrictPlan]) -> APIRouter:
    """GET /api/city/districts/{district}."""
    grounds = {district.id: drawn(district) for district in districts}
    router = APIRouter()

    @router.get("/api/city/districts/{district}")
    async def ground(
        district: Annotated[str, Path(max_length=48)],
        if_none_match: Annotated[str | None, Header()] = None,
        accept_encoding: Annotated[str, Header()] = "",
    ) -> Response:
        """What a district is made of: grounds, walls, doors, buildings, trees, zones, portals, stages, exhibits."""
        found = grounds.get(district)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, "no open district of this name", field="district")
        headers = {
            "ETag": found.etag,
            "Cache-Control": f"public, max-age={FRESH_SECONDS}",
            "Vary": "Accept-Encoding",
        }
        if if_none_match is not None and found.etag in if_none_match:
            return Response(status_code=304, headers=headers)
        if "gzip" not in accept_encoding:
            return Response(found.plain, media_type="application/json", headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, media_type="application/json", headers=headers)

    return router
