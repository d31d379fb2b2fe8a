"""The ways in: join tickets for who brings a token, codes that are typed elsewhere, and the issuers to log in at."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from protocol.handshake import Text
from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from server.addresses import place_of
from server.codes import Codes
from server.web.callers import Gate, address_of, caller
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


class CodeIssued(BaseModel):
    """A one-time code, and for how long it is good."""

    code: str
    valid_ms: int


class CodeTyped(BaseModel):
    """A one-time code, as a person typed it."""

    code: Annotated[str, Field(max_length=32)]


class IssuerCard(BaseModel):
    """Where a citizen can log in (OpenID Connect): the issuer, what to ask it for, what to call it."""

    issuer: str
    audience: str
    name: Text


def routes(gate: Gate, codes: Codes) -> APIRouter:
    """All of these calls."""
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
    async def make_ticket(citizen: Annotated[Citizen, Depends(caller())], response: Response) -> JoinTicket:
        """A ticket with which the bearer of the token comes in by WebSocket, once and soon."""
        if citizen.is_visitor:
            raise Refused(Refusal.NOT_ALLOWED, "visitors come in without a ticket")
        response.headers["Cache-Control"] = "no-store"
        tickets = gate.registry.tickets
        return JoinTicket(ticket=tickets.issue(citizen, gate.clock.monotonic()), valid_ms=tickets.valid_ms)

    @router.post("/codes", status_code=201)
    async def issue_code(citizen: Annotated[Citizen, Depends(caller())], response: Response) -> CodeIssued:
        """A one-time code for who has a token: it is typed on another device, on the plain page or the city's."""
        response.headers["Cache-Control"] = "no-store"
        return CodeIssued(code=codes.issue(citizen, gate.clock.monotonic()), valid_ms=codes.valid_ms)

    @router.post(
        "/codes/redeem",
        status_code=201,
        responses={401: {"model": RefusalTold, "description": "The code is unknown, used or too old"}},
    )
    async def redeem_code(typed: CodeTyped, request: Request, response: Response) -> JoinTicket:
        """A join ticket for a one-time code, which is spent with it; wrong ones are counted by address."""
        response.headers["Cache-Control"] = "no-store"
        now = gate.clock.monotonic()
        citizen = codes.redeem(typed.code, place_of(address_of(request)), now)
        if citizen is None:
            raise ProtocolError(Farewell.BAD_TOKEN, "the code is unknown, used or too old")
        tickets = gate.registry.tickets
        return JoinTicket(ticket=tickets.issue(citizen, now), valid_ms=tickets.valid_ms)

    @router.get("/issuers")
    async def issuers() -> list[IssuerCard]:
        """The issuers whose tokens this city believes, beside its own."""
        return cards

    return router
