"""Files of petitions over HTTP: brought by who will attach them, read by who may see the petition, never run.

The body is the file itself; what it is its content says. An answer is for saving and not for showing: whatever it
holds, no browser makes a page of it.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from protocol.message import Natural
from protocol.refusals import Refusal, Refused
from server.recognising import MEDIA_TYPES
from server.uploads import Uploads, Waiting
from server.web.callers import Gate, caller
from server.web.forms_of_parts import FILES, body_of
from server.web.refusals import IN_DOCUMENT, told
from server.web.rest import Key
from worlds.citizen import Citizen
from worlds.services.petitions.inside import ReadFile

READING = "/api/v1/petitions/{petition}/files/{file}"

SAFE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""Of bytes that a stranger wrote."""

_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"content": IN_DOCUMENT, "description": meaning}
    for status, meaning in {
        401: "The token is not believed",
        403: "It is not for you",
        404: "There is no such file that you may see",
        409: "Too much of yours waits already",
        413: "The file is too long",
        422: "It is of no kind that is taken, or a field is wrong",
        429: "Too many in too short a time",
        503: "It cannot be kept, or read, now",
    }.items()
}


class FileWaits(BaseModel):
    """A file that waits: name it in `files` of a command before `until` (0: any time). The hash is of what is kept."""

    file: str
    name: str
    kind: str
    bytes: Natural
    sha256: str
    until: Natural


def routes(gate: Gate) -> APIRouter:
    """Bring, take back, read."""
    router, uploads = APIRouter(tags=["petitions"]), gate.uploads

    @router.post(
        FILES, operation_id="petitions.files.bring", openapi_extra=_BODY, responses=_REFUSED, status_code=201
    )
    async def bring(
        request: Request,
        citizen: Annotated[Citizen, Depends(caller())],
        name: Annotated[str, Query(max_length=400)] = "",
        keep_place: bool = False,
        idempotency_key: Key = None,
    ) -> FileWaits:
        """Bring a file; pictures lose the place and all else that a camera wrote, unless `keep_place`."""
        try:
            uploads.keep_pace(citizen)
            with uploads.coming(citizen):
                waiting = await _brought(request, uploads, citizen, name, keep_place, idempotency_key)
        except Refused as refused:
            uploads.note_refused(refused)
            if refused.limit in ("files.bytes", "files.seconds"):
                # What is left of the body is not read, so nothing else can come by this connection.
                status = 413 if refused.limit == "files.bytes" else 408
                return _and_close(told(refused, status))  # type: ignore[return-value]
            raise
        return FileWaits(**{name: getattr(waiting, name) for name in FileWaits.model_fields})

    @router.delete(
        FILES + "/{file}", operation_id="petitions.files.drop", responses=_REFUSED, status_code=204
    )
    async def drop(file: str, citizen: Annotated[Citizen, Depends(caller())]) -> Response:
        """Take back a file that waits."""
        gone = await gate.host.between_rounds(partial(uploads.drop, citizen, file))
        if not gone:
            raise Refused(Refusal.NOT_FOUND, "there is no such file of yours that waits", field="file")
        return Response(status_code=204)

    @router.get(
        READING,
        operation_id="petitions.files.read",
        response_class=Response,
        responses=_REFUSED | {200: {"content": {"*/*": {}}, "description": "The file, to be saved"}},
    )
    async def read(
        petition: str,
        file: str,
        citizen: Annotated[Citizen, Depends(caller())],
        reason: Annotated[str | None, Query(max_length=400)] = None,
    ) -> Response:
        """A file of a petition, for who may see it; staff say why, and that is kept."""
        return await answered(gate, citizen, petition, file, reason)

    return router


async def answered(gate: Gate, citizen: Citizen, petition: str, file: str, reason: str | None) -> Response:
    """A file's bytes, for saving; raises Refused."""
    if not (0 < len(petition) <= 64 and 0 < len(file) <= 64):
        raise Refused(Refusal.NOT_FOUND, "there is no such file", field="file")
    found = await gate.ask(ReadFile(id=0, petition=petition, file=file, reason=reason), citizen)
    assert found is not None
    name = found["name"]
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in "._-" else "_" for c in name)
    headers = {
        **SAFE,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(found["bytes"]),
    }
    return StreamingResponse(_bytes(gate, file), headers=headers, media_type=MEDIA_TYPES[found["kind"]])


async def _bytes(gate: Gate, file: str) -> AsyncIterator[bytes]:
    async for piece in gate.uploads.files.content(file):
        yield piece


async def _brought(
    request: Request, uploads: Uploads, citizen: Citizen, name: str, keep_place: bool, key: str | None
) -> Waiting:
    content = await uploads.whole(body_of(request))
    return await uploads.take(citizen, name, content, keeps_place=keep_place, key=key)


def _and_close(answer: JSONResponse) -> JSONResponse:
    answer.headers["Connection"] = "close"
    return answer


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
