"""The ways in: join tickets for who brings a token, and the issuers at which a citizen can log in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from protocol.handshake import Text
from protocol.refusals import Refusal, Refused
from server.web.callers import Gate, caller
from server.web.refusals import RefusalTold
from worlds.citizen import Citizen

_MEANINGS = {
    401: "The token is not believed, or the city admits no visitors",
    403: "Visitors need no ticket",
    429: "Too many in too short a time",
    503: "The city cannot decide it now",
}


class JoinTicket(BaseModel):
    """What `hello.ticket` takes, once, within so many milliseconds."""

    ticket: str
    valid_ms: int


class IssuerCard(BaseModel):
    """Where a citizen can log in (OpenID Connect): the issuer, what to ask it for, what to call it."""

    issuer: str
    audience: str
    name: Text


def routes(gate: Gate) -> APIRouter:
    """Both calls."""
    router = APIRouter(prefix="/api", tags=["joining"])
    cards = [
        IssuerCard(
            issuer=trust.issuer, audience=trust.audience, name=Text(ko=trust.name.ko, en=trust.name.en)
        )
        for trust in gate.settings.auth.issuers
    ]

    @router.post(
        "/join-tickets",
        status_code=201,
        responses={
            status: {"model": RefusalTold, "description": meaning} for status, meaning in _MEANINGS.items()
        },
    )
    async def make_ticket(
        citizen: Annotated[Citizen, Depends(caller(gate))], response: Response
    ) -> JoinTicket:
        """A ticket with which the bearer of the token comes in by WebSocket, once and soon."""
        if citizen.is_visitor:
            raise Refused(Refusal.NOT_ALLOWED, "visitors come in without a ticket")
        response.headers["Cache-Control"] = "no-store"
        tickets = gate.registry.tickets
        return JoinTicket(ticket=tickets.issue(citizen, gate.clock.monotonic()), valid_ms=tickets.valid_ms)

    @router.get("/issuers")
    async def issuers() -> list[IssuerCard]:
        """The issuers whose tokens this city believes, beside its own."""
        return cards

    return router
