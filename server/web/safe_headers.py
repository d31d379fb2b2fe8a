"""The headers that every answer over HTTP carries: what a browser may do with it, and what it must not."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.addresses import FORWARDED_PROTO, Proxies
from server.config import Listen

SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""A page of ours loads only what is ours, runs no script, and cannot be framed; a route may say otherwise of itself."""


class SafeHeaders:
    """Adds them, and HSTS (RFC 6797) to what was asked by TLS: to others it would mean nothing."""

    def __init__(self, app: ASGIApp, listen: Listen) -> None:
        self._app = app
        self._proxies = Proxies(listen)
        self._hsts = f"max-age={listen.hsts_seconds:.0f}" if listen.hsts_seconds else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_secure = bool(self._hsts) and self._is_secure(scope)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                if is_secure:
                    headers.setdefault("Strict-Transport-Security", self._hsts)
            await send(message)

        await self._app(scope, receive, tell)

    def _is_secure(self, scope: Scope) -> bool:
        told = Headers(scope=scope).getlist(FORWARDED_PROTO)
        is_secure = self._proxies.is_secure((scope["client"] or ("",))[0], told)
        return scope["scheme"] == "https" if is_secure is None else is_secure
