"""Bodies that bring files: forms in parts (multipart/form-data, RFC 7578), held in memory and never in a file beside.

What they may be in all is a file's length and a little: whoever has more to attach brings the files one by one.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from protocol.refusals import Refusal, Refused
from server.uploads import Uploads

FILES = "/api/v1/petitions/files"
PARTS = "multipart/form-data"
PLACES = ("/plain/petitions/", "/open311/v2/requests.")
"""Where forms in parts are taken."""

REST_BYTES = 131_072
"""What a form holds beside its files."""

MAX_FIELDS = 200
MAX_FILES = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form brought: its fields, and its files with their names."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)


class _InMemory(MultiPartParser):
    spool_max_size = 1 << 30  # a file of a citizen is not laid into /tmp


def brings_files(scope: Scope) -> bool:
    """Whether a request's body is read by who answers it, as it may be longer than a message."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    path = scope["path"]
    return path == FILES or (path.startswith(PLACES) and is_in_parts(Headers(scope=scope)))


def is_in_parts(headers: Headers) -> bool:
    """Whether a body is a form in parts."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == PARTS


async def body_of(request: Request) -> AsyncGenerator[bytes, None]:
    """A body as it comes; raises Refused where who sends it is gone."""
    try:
        async for part in request.stream():
            yield part
    except ClientDisconnect:
        raise Refused(Refusal.BAD_MESSAGE, "the file did not come whole", field="file") from None


async def parts_of(request: Request, uploads: Uploads) -> Parts:
    """A form in parts; raises Refused."""
    most = uploads.limits.bytes + REST_BYTES if uploads.limits.bytes else 0
    body = await uploads.whole(body_of(request), most)

    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parser = _InMemory(
        request.headers,
        once(),
        max_files=MAX_FILES,
        max_fields=MAX_FIELDS,
        max_part_size=REST_BYTES,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError, KeyError, LookupError) as error:
        raise Refused(Refusal.BAD_MESSAGE, "the form cannot be read") from error
    read = Parts()
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                if value.filename or content:
                    read.files.append((name, value.filename or "", content))
            else:
                read.fields.append((name, value))
    finally:
        await form.close()
    return read
