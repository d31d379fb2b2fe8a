"""Who asks over HTTP: a citizen by their bearer token, or a visitor; and how often each may."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from protocol.handshake import PROTOCOL_VERSION, Hello
from protocol.message import Command
from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from server.addresses import place_of
from server.admission import Door, Pace, Shut, is_exempt
from server.auth import Registry
from server.clock import Clock
from server.config import Settings
from server.host import Host
from server.keys import KeysMissing, Unreachable
from server.naming import shown_to_all
from server.records import Records
from worlds.citizen import Citizen
from worlds.evidence import Witness

MAX_TOKEN_LENGTH = 4_096
"""Characters of a token, as in the hello."""

RETRY_MS = 1_000
"""When to try again while the node takes nobody."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The way to the city's one gate: as over the WebSocket, with the same limits."""

    host: Host
    registry: Registry
    door: Door
    pace: Pace
    clock: Clock
    settings: Settings
    is_ready: Callable[[], bool]
    witness: Witness
    records: Records

    async def citizen(self, token: str | None, address: str, language: str | None = None) -> Citizen:
        """Who comes with this token, a visitor without one; raises ProtocolError(bad_token), Refused."""
        hello = Hello(protocol=PROTOCOL_VERSION, token=token, locale=language)
        return self.standing(shown_to_all(await self._identified(hello, address), self.host.city, language))

    def standing(self, citizen: Citizen) -> Citizen:
        """Who they are now, with what they were given in the city and still hold."""
        return self.host.city.standing(citizen, self.clock.unix_ms())

    async def _identified(self, hello: Hello, address: str) -> Citizen:
        try:
            try:
                return self.registry.identify(hello, address)
            except KeysMissing as missing:
                await asyncio.wait([missing.fetching])
                return self.registry.identify(hello, address, has_waited=True)
        except Unreachable as error:
            raise Refused(Refusal.UNAVAILABLE, str(error), retry_after_ms=RETRY_MS) from error
        except Shut as shut:
            raise Refused(Refusal.TOO_FAST, shut.message, retry_after_ms=shut.after_ms) from shut

    def keep_pace(self, citizen: Citizen, address: str, kind: str | None = None) -> None:
        """One request more, for a command of this type; visitors are counted by their address; raises Refused."""
        if not self.is_ready():
            raise Refused(Refusal.UNAVAILABLE, retry_after_ms=RETRY_MS)
        now, place = self.clock.monotonic(), place_of(address)
        if not citizen.is_visitor:
            self.pace.command(citizen.id, address, now, kind)
        elif not is_exempt(place, self.settings.limits):
            self.pace.command(f"address {place}", address, now, kind)

    async def ask(self, command: Command, citizen: Citizen) -> dict[str, Any] | None:
        """What is answered when it is kept; raises Refused."""
        asked = self.host.city.witnessed(command, citizen, self.witness)
        return (await self.host.ask(asked, citizen)).result


def gate_of(request: Request) -> Gate:
    """The gate of the city that is asked."""
    gate: Gate = request.app.state.gate
    return gate


def caller(kind: str | None = None) -> Callable[..., Awaitable[Citizen]]:
    """What FastAPI asks for who asks, for a command of this type."""

    async def who(
        request: Request, _: Annotated[object, Depends(HTTPBearer(auto_error=False, description=BEARER))]
    ) -> Citizen:
        gate = gate_of(request)
        address, language = address_of(request), request.headers.get("accept-language", "")[:35] or None
        citizen = await gate.citizen(bearer(request), address, language)
        gate.keep_pace(citizen, address, kind)
        return citizen

    return who


BEARER = "A token of this city, as in the WebSocket's hello; without one you are a visitor."


def bearer(request: Request) -> str | None:
    """The bearer token of a request, None without; raises ProtocolError(bad_token) for another scheme."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ProtocolError(Farewell.BAD_TOKEN, "come with Authorization: Bearer TOKEN")
    return believable(token.strip())


def believable(token: str) -> str:
    """A token of a length that may be one; raises ProtocolError(bad_token)."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise ProtocolError(Farewell.BAD_TOKEN, "it is no token")
    return token


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""
