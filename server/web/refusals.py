"""How the city says no over HTTP: one shape of answer, and the status for each reason."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from protocol.refusals import Farewell, ProtocolError, Refusal, Refused

STATUS: Final[Mapping[Refusal, int]] = {
    Refusal.BAD_MESSAGE: 422,
    Refusal.UNKNOWN_TYPE: 404,
    Refusal.NOT_ALLOWED: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.NOT_HERE: 409,
    Refusal.CONFLICT: 409,
    Refusal.CLOSED: 409,
    Refusal.TOO_FAST: 429,
    Refusal.TOO_LONG: 422,
    Refusal.FULL: 409,
    Refusal.MUTED: 403,
    Refusal.FROZEN: 403,
    Refusal.UNAVAILABLE: 503,
}
"""`full` is the state of what is asked for (so many drafts are kept), not of the server: 409, as `closed`."""

OF_HTTP: Final[Mapping[int, Refusal]] = {
    404: Refusal.NOT_FOUND,
    405: Refusal.NOT_ALLOWED,
    413: Refusal.TOO_LONG,
    503: Refusal.UNAVAILABLE,
}
"""What HTTP itself refuses, in the city's words; everything else is `bad_message`."""


class RefusalTold(BaseModel):
    """Why something was refused: the code is for programs, the message for people, the field is what is wrong."""

    model_config = ConfigDict(extra="forbid")

    code: Refusal | Farewell
    message: str
    field: str | None = None
    retry_after_ms: int | None = None


IN_DOCUMENT: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/RefusalTold"}}}
"""The `content` of a refusal in the OpenAPI document, where many routes name it.

The routes to join give the model itself, so that it is there. FastAPI makes a form of it each time that it is given:
a thousand of them were most of the time that opening a city took.
"""


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    return STATUS[refused.code]


def retry_headers(refused: Refused) -> dict[str, str]:
    """When to come back, in whole seconds."""
    if refused.retry_after_ms is None:
        return {}
    return {"Retry-After": str(math.ceil(refused.retry_after_ms / 1000))}


def told(refused: Refused, status: int | None = None) -> JSONResponse:
    """The answer to what was refused."""
    shown = RefusalTold(
        code=refused.code,
        message=refused.message,
        field=refused.field,
        retry_after_ms=refused.retry_after_ms,
    )
    return JSONResponse(shown.model_dump(mode="json"), status or status_of(refused), retry_headers(refused))


def token_refused(error: ProtocolError) -> JSONResponse:
    """The answer to a token that is not believed, or missing where the city admits no visitors."""
    shown = RefusalTold(code=error.code, message=error.message)
    return JSONResponse(shown.model_dump(mode="json"), 401, {"WWW-Authenticate": "Bearer"})


def of_http(status: int, message: str) -> Refused:
    """What HTTP itself refused, in the city's words."""
    return Refused(OF_HTTP.get(status, Refusal.BAD_MESSAGE), message or HTTPStatus(status).phrase)
