"""The door of HTTP: where a request comes from, how many may come from there, and from pages of which origin."""

from collections.abc import Callable

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from protocol.refusals import Refusal, Refused
from server.addresses import FORWARDED_PROTO, Proxies
from server.admission import Door
from server.clock import Clock
from server.config import Listen
from server.metrics import Metrics
from server.origins import Origins

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""


class FrontDoor:
    """Lets a request in with its true address and scheme, or answers it."""

    def __init__(
        self,
        app: ASGIApp,
        listen: Listen,
        door: Door,
        clock: Clock,
        metrics: Metrics,
        refuse: Callable[[Request, Refused, int], Response],
    ) -> None:
        self._app = app
        self._proxies = Proxies(listen)
        self._origins = Origins(listen.origins)
        self._door = door
        self._clock = clock
        self._metrics = metrics
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            scope = self._seen_through(scope, headers)
            try:
                self._door.request(scope["client"][0], self._clock.monotonic())
                self._check_origin(scope["method"], headers, is_secure=scope["scheme"] == "https")
            except Refused as refused:
                status = 429 if refused.code is Refusal.TOO_FAST else 403
                await self._refuse(Request(scope), refused, status)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _seen_through(self, scope: Scope, headers: Headers) -> Scope:
        peer, port = scope["client"] or ("", 0)
        address = self._proxies.address(peer, headers.getlist(self._proxies.header))
        is_secure = self._proxies.is_secure(peer, headers.getlist(FORWARDED_PROTO))
        scheme = scope["scheme"] if is_secure is None else "https" if is_secure else "http"
        return {**scope, "client": (address, port), "scheme": scheme}

    def _check_origin(self, method: str, headers: Headers, *, is_secure: bool) -> None:
        # A cookie goes along whoever made the browser ask; a token has to be put there by a page that has it.
        if method in READING or "cookie" not in headers:
            return
        if not self._origins.allow(headers.get("origin"), headers.get("host", ""), is_secure=is_secure):
            self._metrics.origins_refused.labels("http").inc()
            raise Refused(Refusal.NOT_ALLOWED, "this origin is not allowed")
