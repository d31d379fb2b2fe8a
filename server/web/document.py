"""The OpenAPI document: large, so it is made once, beside the loop, and kept as it is sent."""

import asyncio
import json

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

from server.web.rest import Late

PATH = "/openapi.json"


class Document:
    """Made when somebody first asks: half a second of work, in which nobody's tick may wait."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._making: asyncio.Task[bytes] | None = None

    async def read(self) -> bytes:
        """The document as it is sent; who comes while it is made waits for the same."""
        if self._making is None or (self._making.done() and self._making.exception()):
            self._making = asyncio.create_task(asyncio.to_thread(self._made))
        return await asyncio.shield(self._making)

    def _made(self) -> bytes:
        routes = [route.whole if isinstance(route, Late) else route for route in self._app.routes]
        told = get_openapi(title=self._app.title, version=self._app.version, routes=routes)
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def show(app: FastAPI) -> None:
    """Tell at `PATH` what the application answers."""
    document = Document(app)

    @app.head(PATH, include_in_schema=False)
    @app.get(PATH, include_in_schema=False)
    async def read() -> Response:
        return Response(await document.read(), media_type="application/json")
