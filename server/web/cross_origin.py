"""What pages of other origins may ask and read over HTTP (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).

Open311 is for everyone's pages: what it tells is public, and a report needs a key that the page has. The city's own
interface is for the pages that `listen.origins` names, as the WebSocket is. No cookie counts in either, so none of
another site's pages acts for who happens to be signed in here.
"""

from collections.abc import Iterable

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from server.origins import ANY
from server.web.open311 import PREFIX as OPEN311

INTERFACE = ("/api/", "/openapi.json", "/version", "/livez", "/readyz")
"""Where the paths of the city's own interface begin."""

KNOWN_SECONDS = 600
"""For so long a browser need not ask again whether it may."""

READABLE = ("Content-Disposition", "Retry-After")
"""Headers of an answer that a page needs, beside those that any may read."""


class CrossOrigin:
    """Tells browsers who may read; asks of theirs (preflights) are answered here, as refusing one costs as much."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._for_all = _sharing(app, [ANY], ["GET", "HEAD", "POST"], ["Authorization"])
        self._for_named = _sharing(
            app,
            list(origins),
            ["GET", "HEAD", "POST", "DELETE"],
            ["Authorization", "Content-Type", "Idempotency-Key"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(f"{OPEN311}/"):
            await self._for_all(scope, receive, send)
        elif scope["type"] == "http" and path.startswith(INTERFACE):
            await self._for_named(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _sharing(app: ASGIApp, origins: list[str], methods: list[str], headers: list[str]) -> CORSMiddleware:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=methods,
        allow_headers=headers,
        expose_headers=READABLE,
        max_age=KNOWN_SECONDS,
    )
