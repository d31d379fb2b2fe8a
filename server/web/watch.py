"""What the console watches over HTTP: where everyone in a district is, who one of them is, how the city fares.

For staff alone, and not for programs: no part of the described interface, as it may change with the console.
"""

import math
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import JSONResponse

from protocol.handshake import MAX_NAME_LENGTH
from protocol.refusals import Refusal, Refused
from server.metrics import Metrics
from server.web.callers import Gate, caller
from server.web.view import CityView
from worlds.access import holds_any
from worlds.citizen import Citizen

STAFF = ("moderator", "host", "operator")

DECIMETRES = 10
"""In which places are told: a dot on a map needs no more."""

MOST_FOUND = 50
"""Citizens who are told of at once: who looks for one of more types more letters."""

COUNTED = (
    "madang_clients_behind",
    "madang_commands",
    "madang_commit_seconds",
    "madang_connections",
    "madang_frame_bytes",
    "madang_frames_skipped",
    "madang_limit_reached",
    "madang_neighbour_age_recent_seconds",
    "madang_overload_step",
    "madang_population",
    "madang_received_bytes",
    "madang_refused",
    "madang_sessions_detached",
    "madang_tick_hz",
    "madang_tick_late",
    "madang_tick_seconds",
    "process_cpu_seconds",
    "process_resident_memory_bytes",
)
"""The metrics that are charted; the rest is Prometheus's."""


def samples(metrics: Metrics) -> dict[str, float]:
    """The charted metrics by name and label values, without the buckets of histograms."""
    found = {}
    for family in metrics.registry.collect():
        if family.name in COUNTED:
            for sample in family.samples:
                if not sample.name.endswith("_bucket") and math.isfinite(sample.value):
                    labels = ",".join(sample.labels.values())
                    found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def routes(gate: Gate, view: CityView, metrics: Metrics) -> APIRouter:
    """GET /api/watch/districts/{district}, .../avatars/{slot}, /api/watch/citizens and /api/watch/health."""
    router = APIRouter(prefix="/api/watch", include_in_schema=False)
    who = caller()
    District = Annotated[str, Path(max_length=64)]
    Asks = Annotated[Citizen, Depends(who)]

    @router.get("/districts/{district}")
    async def standing(citizen: Asks, district: District) -> Response:
        _admit(citizen, lambda: holds_any(citizen, STAFF, district))
        found = view.standing(district)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, "no open district of this name", field="district")
        return _told(
            {
                "at": gate.clock.unix_ms(),
                "slots": found.slots,
                "x": [round(each * DECIMETRES) for each in found.x],
                "z": [round(each * DECIMETRES) for each in found.z],
                # Nothing where there is but one.
                "halls": found.halls if any(found.halls) else [],
            }
        )

    @router.get("/districts/{district}/avatars/{slot}")
    async def card(citizen: Asks, district: District, slot: int) -> Response:
        _admit(citizen, lambda: holds_any(citizen, STAFF, district))
        found = view.card(district, slot)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, "nobody is there any more", field="slot")
        return _told(found.model_dump(exclude_none=True))

    @router.get("/citizens")
    async def citizens(
        asks: Asks,
        name: Annotated[str, Query(max_length=MAX_NAME_LENGTH)] = "",
        id: Annotated[list[str] | None, Query(max_length=MOST_FOUND)] = None,
    ) -> Response:
        _admit(asks, lambda: any(role.partition("@")[0] in STAFF for role in asks.roles))
        wanted, ids = name.strip().casefold(), frozenset(id or ())
        found = [
            {"citizen": one.id, "name": one.name, "roles": list(one.roles), "district": district}
            for one, district in view.here()
            if (wanted and wanted in one.name.casefold()) or one.id in ids
            if holds_any(asks, STAFF, district)
        ]
        found.sort(key=lambda one: (str(one["name"]), str(one["citizen"])))
        return _told({"citizens": found[:MOST_FOUND], "of": len(found)})

    @router.get("/health")
    async def health(citizen: Asks) -> Response:
        _admit(citizen, lambda: any(role.partition("@")[0] in STAFF for role in citizen.roles))
        return _told({"at": gate.clock.unix_ms(), "samples": samples(metrics)})

    return router


def _admit(citizen: Citizen, may: Callable[[], bool]) -> None:
    if not may():
        raise Refused(Refusal.NOT_ALLOWED, "for moderators, hosts and operators")


def _told(content: Mapping[str, object]) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
