"""The public keys of one issuer: found by its discovery document, fetched, kept, and fetched anew when they rotate.

Whoever brings a token never waits for another's keys, and nobody waits where the known ones will do: a fetch is a task
of its own, one at a time for each issuer, bounded in time and bytes.
"""

import asyncio
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import structlog

from server.clock import Clock
from server.config import Auth
from server.metrics import Metrics
from server.tokens import BadToken
from server.trust import is_here, is_safe_address

log = structlog.get_logger("keys")

FETCH_SECONDS = 5.0
"""How long an issuer may take for its discovery document and its keys together."""

FAILED_SECONDS = 5.0
"""How long after a fetch that failed another is tried: tokens wait for it, the issuer should not be hammered."""

MAX_BYTES = 262_144
"""What a document of an issuer may have: a hundred keys have a quarter of it."""

MAX_KEYS = 100
"""Keys of one issuer; of more the first are taken."""

DISCOVERY = "/.well-known/openid-configuration"


class KeysMissing(Exception):
    """Whether a token holds is known once `fetching` is done; then ask again."""

    def __init__(self, fetching: "asyncio.Task[None]") -> None:
        super().__init__("the keys of the token's issuer are being fetched")
        self.fetching = fetching


class Unreachable(Exception):
    """The issuer's keys cannot be had now, and the known ones are too old; nothing is said of the token."""

    def __init__(self) -> None:
        super().__init__("the keys of the token's issuer cannot be fetched now")


class Unfit(Exception):
    """What the issuer answered is not what it should be."""


class IssuerKeys:
    """The keys of one issuer, for the algorithms that are accepted of it."""

    def __init__(
        self, issuer: str, algorithms: Iterable[str], settings: Auth, clock: Clock, metrics: Metrics
    ) -> None:
        self._issuer = issuer
        self._algorithms = tuple(algorithms)
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._keys: dict[tuple[str, str], jwt.PyJWK] = {}
        self._fetched_at = -math.inf
        self._failed_at = -math.inf
        self._fetching: asyncio.Task[None] | None = None

    def find(self, head: Mapping[str, Any], *, has_waited: bool) -> jwt.PyJWK:
        """The key that a token's head names; raises BadToken, Unreachable, and KeysMissing to who has not waited."""
        algorithm = head.get("alg")
        if algorithm not in self._algorithms:
            raise BadToken("algorithm", "the token is signed in a way that this city does not accept")
        settings, now = self._settings, self._clock.monotonic()
        if self._age(now) > (settings.keys_kept_seconds or math.inf):
            self._keys = {}
        key = self._named(head.get("kid"), algorithm)
        if key is not None:
            if self._age(now) > (settings.keys_fresh_seconds or math.inf) and self._may_fetch(now):
                self.fetch()
            return key
        if not has_waited and (self._fetching is not None or self._may_fetch(now)):
            raise KeysMissing(self.fetch())
        if not self._keys:
            raise Unreachable
        raise BadToken("unknown_key", "the token is signed with a key that its issuer does not show")

    def _age(self, now: float) -> float:
        return now - self._fetched_at

    def _may_fetch(self, now: float) -> bool:
        return (
            self._age(now) >= self._settings.keys_refetch_seconds and now - self._failed_at >= FAILED_SECONDS
        )

    def _named(self, kid: object, algorithm: str) -> jwt.PyJWK | None:
        if isinstance(kid, str):
            return self._keys.get((kid, algorithm))
        # Without a name it can only be meant where there is but one (OpenID Connect Core, 10.1).
        fitting = [key for (_, of), key in self._keys.items() if of == algorithm]
        return fitting[0] if kid is None and len(fitting) == 1 else None

    def fetch(self) -> "asyncio.Task[None]":
        """Fetch the keys, or join the fetch that is under way; it never raises."""
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)
        return self._fetching

    def _fetched(self, _: "asyncio.Task[None]") -> None:
        self._fetching = None

    async def close(self) -> None:
        """Wait for no fetch."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                keys = await self._fetched_keys()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, Unfit, ValueError, RecursionError) as error:
            self._failed_at = self._clock.monotonic()
            self._metrics.key_fetches.labels("failed").inc()
            log.warning("an issuer's keys cannot be fetched", issuer=self._issuer, why=_why(error))
            return
        self._keys, self._fetched_at = keys, self._clock.monotonic()
        self._metrics.key_fetches.labels("done").inc()

    async def _fetched_keys(self) -> dict[tuple[str, str], jwt.PyJWK]:
        # Proxies of the environment are for the world outside.
        is_outside = not is_here(urlsplit(self._issuer).hostname or "")
        async with httpx.AsyncClient(trust_env=is_outside, timeout=FETCH_SECONDS) as client:
            told = await _document(client, self._issuer.rstrip("/") + DISCOVERY)
            if told.get("issuer") != self._issuer:
                raise Unfit("the discovery document is another issuer's")
            address = told.get("jwks_uri")
            if not isinstance(address, str) or not is_safe_address(address):
                raise Unfit("the discovery document names no safe address of the keys")
            shown = (await _document(client, address)).get("keys")
        keys = usable(shown if isinstance(shown, list) else [], self._algorithms)
        if not keys:
            raise Unfit("it shows no key that can be used")
        return keys


async def _document(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    body = bytearray()
    # Redirects are not followed: what an issuer says of itself, it says itself.
    async with client.stream("GET", address, headers={"Accept": "application/json"}) as answer:
        if answer.status_code != httpx.codes.OK:
            raise Unfit(f"status {answer.status_code}")
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > MAX_BYTES:
                raise Unfit(f"more than {MAX_BYTES} bytes")
    document = json.loads(bytes(body))
    if not isinstance(document, dict):
        raise Unfit("no JSON object")
    return document


def usable(shown: Sequence[Any], algorithms: Iterable[str]) -> dict[tuple[str, str], jwt.PyJWK]:
    """Those of a JWK Set that may sign, by name and algorithm: public, long enough, on the algorithm's curve."""
    keys: dict[tuple[str, str], jwt.PyJWK] = {}
    for raw in shown[:MAX_KEYS]:
        if not isinstance(raw, dict) or raw.get("use", "sig") != "sig" or "d" in raw or "k" in raw:
            continue
        for algorithm in algorithms:
            if raw.get("alg", algorithm) != algorithm:
                continue
            try:
                key = jwt.PyJWK(raw, algorithm)
                key.Algorithm.prepare_key(key.key)
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
                continue  # of another kind
            if key.Algorithm.check_key_length(key.key) is None:
                keys[str(raw.get("kid", "")), algorithm] = key
    return keys


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
