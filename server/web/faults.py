"""What is answered where no route answers: refusals, and what HTTP itself refuses, in the shape of who was asked."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from protocol.codec import refusal_of
from protocol.refusals import ProtocolError, Refused
from server.web import open311
from server.web.plain import pages
from server.web.refusals import of_http, status_of, token_refused, told
from server.web.safe_headers import SAFE_HEADERS


def refuse(request: Request, refusal: Refused, status: int | None = None) -> Response:
    """A refusal in the form of the interface that was asked; `status` where HTTP has its own."""
    if _is_open311(request):
        return open311.refused(request, refusal, status)
    if pages.is_page(request.url.path):
        return pages.refused(request, refusal, status or status_of(refusal))
    return told(refusal, status)


def _is_open311(request: Request) -> bool:
    return request.url.path.startswith(open311.PREFIX)


def answer(app: FastAPI) -> None:
    """Let this application answer every refusal in its own words."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return refuse(request, error)

    @app.exception_handler(ProtocolError)
    async def not_believed(request: Request, error: ProtocolError) -> Response:
        return open311.key_refused(request, error) if _is_open311(request) else token_refused(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where, *field = first["loc"]
        if first["type"] == "json_invalid":
            return refuse(request, refusal_of("json_invalid", "this is no JSON", ()), 400)
        if where == "body" and not field and first["type"] == "model_attributes_type":
            # As it comes without its content type, however right it is.
            no_object = "the body is a JSON object, sent as Content-Type: application/json"
            return refuse(request, refusal_of(first["type"], no_object, ()))
        status = (404 if where == "path" else 400) if _is_open311(request) else None
        return refuse(request, refusal_of(first["type"], first["msg"], tuple(field)), status)

    @app.exception_handler(HTTPException)
    async def of_http_itself(request: Request, error: HTTPException) -> Response:
        answered = refuse(request, of_http(error.status_code, str(error.detail)), error.status_code)
        answered.headers.update(error.headers or {})
        return answered

    @app.exception_handler(Exception)
    async def our_own(request: Request, error: Exception) -> Response:
        # Made outside of all middleware; the server logs the error itself, and the caller sees nothing of it.
        return PlainTextResponse("a fault of ours\n", 500, headers=SAFE_HEADERS)
