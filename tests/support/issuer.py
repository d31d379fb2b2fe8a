"""An issuer of tokens on this machine: its discovery document, its keys that rotate, and what can be wrong with it."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

from server.keys import DISCOVERY
from server.trust import Trust

KEYS = "/keys"


def private_key(name: str, algorithm: str, bits: int = 2048) -> Any:
    """The private key of this name."""
    return _made(name, algorithm, bits)


@cache  # RSA takes its time
def _made(name: str, algorithm: str, bits: int) -> Any:
    if algorithm.startswith("ES"):
        return ec.generate_private_key({"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}[algorithm])
    return rsa.generate_private_key(65_537, bits)


def shown_key(name: str, algorithm: str, bits: int = 2048) -> dict[str, Any]:
    """The public half, as a JWK."""
    public = private_key(name, algorithm, bits).public_key()
    told: dict[str, Any] = json.loads(get_default_algorithms()[algorithm].to_jwk(public))
    return told | {"kid": name, "use": "sig", "alg": algorithm}


def public_pem(name: str, algorithm: str) -> bytes:
    """The public half, as it lies about for everyone."""
    pem: bytes = (
        private_key(name, algorithm)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return pem


class Issuer:
    """A tiny HTTP server; what it answers can be changed at any time."""

    def __init__(self) -> None:
        self.url = ""
        self.documents: dict[str, Any] = {}
        self.statuses: dict[str, int] = {}
        self.asked: Counter[str] = Counter()
        self.is_down = False
        self.answers = asyncio.Event()
        """Cleared, it keeps everyone waiting."""
        self.answers.set()
        self._is_asked = asyncio.Event()

    def begin(self, url: str) -> None:
        """It is there, with a key of each kind."""
        self.url = url
        self.documents[DISCOVERY] = {"issuer": url, "jwks_uri": url + KEYS}
        self.show(("rsa1", "RS256"), ("ec1", "ES256"))

    def show(self, *keys: tuple[str, str]) -> None:
        """From now on these are its keys."""
        self.documents[KEYS] = {"keys": [shown_key(name, algorithm) for name, algorithm in keys]}

    def token(self, kid: str | None = "ec1", algorithm: str = "ES256", **changes: Any) -> str:
        """A token of its own, with claims changed; None takes one out."""
        now = int(time.time())
        claims = {
            "sub": "kim",
            "name": "김하늘",
            "iss": self.url,
            "aud": "madang",
            "iat": now,
            "exp": now + 600,
        }
        claims |= changes
        key = private_key(kid or "ec1", algorithm)
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, key, algorithm, headers={"kid": kid} if kid else None)

    def trust(self, **changes: Any) -> Trust:
        """What a city's settings say of it."""
        told = {"issuer": self.url, "name": {"ko": "시험 로그인", "en": "Test login"}} | changes
        return Trust.model_validate(told)

    async def wait_asked(self) -> None:
        """Until somebody asks for a document (again)."""
        self._is_asked.clear()
        async with asyncio.timeout(60):
            await self._is_asked.wait()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            self.asked[path] += 1
            self._is_asked.set()
            if not self.is_down:
                await self.answers.wait()
                document = self.documents.get(path)
                body = document if isinstance(document, bytes) else json.dumps(document).encode()
                status = self.statuses.get(path, 200 if document is not None else 404)
                where = b"Location: " + self.url.encode() + KEYS.encode() + b"\r\n" if status == 302 else b""
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nConnection: close\r\n%b"
                    b"Content-Length: %d\r\n\r\n%b" % (status, where, len(body), body)
                )
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running_issuer() -> AsyncIterator[Issuer]:
    """It listens on a free port."""
    issuer = Issuer()
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", 0)
    issuer.begin(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield issuer
    finally:
        issuer.answers.set()
        server.close()
        await server.wait_closed()
