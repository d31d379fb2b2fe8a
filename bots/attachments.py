"""Files that citizens bring for their petitions: over HTTP beside the socket, and a small picture to bring."""

import random
import struct
import zlib
from urllib.parse import urlsplit

from protocol.refusals import Refusal, Refused

PATH = "/api/v1/petitions/files"
SECONDS = 30.0
SIDE = 16


async def bring(socket_url: str, token: str | None, content: bytes, name: str) -> str:
    """A file for `files` of a command; its id. Raises Refused, httpx.TransportError."""
    import httpx  # takes a tenth of a second, and few bots bring anything

    at = urlsplit(socket_url)
    scheme = "https" if at.scheme == "wss" else "http"
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as city:
        answer = await city.post(
            f"{scheme}://{at.netloc}{PATH}", params={"name": name}, content=content, headers=headers
        )
    told = answer.json()
    if answer.status_code != 201:
        code = told["code"] if told["code"] in set(Refusal) else Refusal.NOT_ALLOWED
        raise Refused(Refusal(code), told["message"], retry_after_ms=told.get("retry_after_ms"))
    file: str = told["file"]
    return file


def a_picture(chance: random.Random) -> bytes:
    """A small picture of one colour, as a PNG."""
    colour = bytes(chance.randrange(256) for _ in range(3))
    rows = (b"\0" + colour * SIDE) * SIDE
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
