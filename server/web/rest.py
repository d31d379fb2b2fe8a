"""The city's commands over HTTP: one route for each command of each service, through the same gate.

`petitions.file` is POST /api/v1/petitions/file with the command's fields as its JSON body; what only reads is GET
with its fields as query parameters. What a command answers over the WebSocket is the body of the answer.
"""

from collections.abc import Awaitable, Callable, Iterator
from functools import cache, cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, create_model
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from protocol.catalogue import type_of
from protocol.message import MAX_KEY_LENGTH, Command
from protocol.refusals import Refusal, Refused
from server.web.callers import caller, gate_of
from server.web.refusals import IN_DOCUMENT, STATUS
from worlds.citizen import Citizen

PREFIX = "/api/v1"

_MEANINGS = {
    401: "The token is not believed, or the city admits no visitors",
    403: "Your role, level, age or a sanction forbids it",
    404: "What is named does not exist",
    409: "It contradicts what is so, or is not open now",
    413: "The body is too long",
    422: "A field is missing, of the wrong type, out of its bounds, or too long",
    429: "Too many in too short a time",
    503: "The city cannot decide it now",
}
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"content": IN_DOCUMENT, "description": meaning} for status, meaning in _MEANINGS.items()
}
assert set(STATUS.values()) <= _MEANINGS.keys()

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY_LENGTH,
        description="The command's `key`, which may stand in the body as well: sent again with the same key and "
        "content, it is done once.",
    ),
]


class Late(Route):
    """A command's route, made whole when it is first asked for: that takes some ms, and a start would wait for all."""

    def __init__(self, command: type[Command]) -> None:
        super().__init__(_path(command), self.handle)
        self.methods = {_method(command)}
        self._command = command

    @cached_property
    def whole(self) -> BaseRoute:
        """What answers, and what the document tells of."""
        command, router = self._command, APIRouter()
        who = caller(type_of(command))
        router.add_api_route(
            _path(command),
            _reading(command, who) if command.reads else _acting(command, who),
            methods=[_method(command)],
            operation_id=type_of(command),
            summary=(command.__doc__ or "").partition("\n")[0],
            tags=[type_of(command).partition(".")[0]],
            response_model=None,
            responses=_REFUSED | _answers(command),
        )
        return router.routes[0]

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request for its path."""
        await self.whole.handle(scope, receive, send)


@cache
def routes(commands: tuple[type[Command], ...]) -> APIRouter:
    """A route for each command, of whichever city is asked."""
    return APIRouter(routes=[Late(command) for command in commands])


def _path(command: type[Command]) -> str:
    service, _, verb = type_of(command).partition(".")
    return f"{PREFIX}/{service}/{verb}"


def _method(command: type[Command]) -> str:
    return "GET" if command.reads else "POST"


def _answers(command: type[Command]) -> dict[int | str, dict[str, Any]]:
    if command.answer is None:
        return {200: {"description": "Never"}, 204: {"description": "Done, and kept"}}
    return {200: {"model": command.answer, "description": "Done, and kept"}}


def _acting(
    command: type[Command], who: Callable[..., Awaitable[Citizen]]
) -> Callable[..., Awaitable[Response]]:
    asked = fields_of(command, has_key=True)

    async def act(
        request: Request,
        citizen: Annotated[Citizen, Depends(who)],
        body: asked,  # type: ignore[valid-type]
        idempotency_key: Key = None,
    ) -> Response:
        key: str | None = getattr(body, "key", None)
        if key is not None and idempotency_key not in (None, key):
            raise Refused(Refusal.BAD_MESSAGE, "the header names another key than the body", field="key")
        # A visitor's id is made anew for each request: under a key of theirs nothing is ever found again.
        key = None if citizen.is_visitor else key or idempotency_key
        return await _answered(request, command, body, key, citizen)

    return act


def _reading(
    command: type[Command], who: Callable[..., Awaitable[Citizen]]
) -> Callable[..., Awaitable[Response]]:
    asked = fields_of(command, is_text=True)

    async def read(
        request: Request,
        citizen: Annotated[Citizen, Depends(who)],
        query: Annotated[asked, Query()],  # type: ignore[valid-type]
    ) -> Response:
        return await _answered(request, command, query, None, citizen)

    return read


async def _answered(
    request: Request, command: type[Command], fields: BaseModel, key: str | None, citizen: Citizen
) -> Response:
    whole = command.model_validate(fields.model_dump() | {"id": 0, "key": key})
    result = await gate_of(request).ask(whole, citizen)
    return Response(status_code=204) if result is None else JSONResponse(result)


@cache
def fields_of(command: type[Command], *, is_text: bool = False, has_key: bool = False) -> type[BaseModel]:
    """A command's own fields: without its type and id, its key where asked; `is_text`: as they stand in a query."""

    def own() -> Iterator[tuple[str, Any]]:
        for name, field in command.model_fields.items():
            if name not in ("type", "id") and (has_key or name != "key"):
                yield name, (field.annotation, field)

    made: type[BaseModel] = create_model(
        f"{command.__name__}Fields",
        __config__=ConfigDict(extra="ignore", strict=not is_text, frozen=True),
        __doc__=command.__doc__,
        __module__=command.__module__,
        **dict(own()),
    )
    return made
