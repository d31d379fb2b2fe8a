"""The head of the journal's chain over HTTP: who keeps it can show later that nothing before it was changed."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from server.web.callers import Gate, address_of
from server.web.refusals import RefusalTold
from worlds.citizen import Citizen

READER = Citizen(id="head", name="")
"""Who asks; nobody need say who they are."""


class HeadTold(BaseModel):
    """How many entries there are, the hash over all of them, and both as `madang journal verify --head` reads them."""

    version: int
    hash: str
    head: str


def routes(gate: Gate) -> APIRouter:
    """GET /api/journal/head."""
    router = APIRouter(prefix="/api/journal", tags=["journal"])

    @router.get(
        "/head",
        operation_id="journal.head",
        responses={429: {"model": RefusalTold}, 503: {"model": RefusalTold}},
    )
    async def head(request: Request, response: Response) -> HeadTold:
        """What the city has decided until now, as one hash: it tells nothing of it, and changes with all of it."""
        gate.keep_pace(READER, address_of(request))
        newest = await gate.host.head()
        response.headers["Cache-Control"] = "no-store"
        return HeadTold(version=newest.version, hash=newest.hash.hex(), head=str(newest))

    return router
