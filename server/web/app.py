"""The web application: every route, and the headers that every answer carries."""

from importlib.metadata import version
from importlib.resources import files as resources
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel

from protocol.catalogue import COMMANDS, FINGERPRINT
from protocol.handshake import PROTOCOL_VERSION, CityCard
from server.codes import Codes
from server.config import Settings
from server.metrics import Metrics
from server.texts import preferred
from server.web import (
    document,
    faults,
    files,
    grounds,
    heads,
    joining,
    open311,
    question_times,
    records,
    rest,
    watch,
)
from server.web.bodies import ShortBodies
from server.web.callers import Gate
from server.web.cross_origin import CrossOrigin
from server.web.door import FrontDoor
from server.web.forms_of_parts import brings_files
from server.web.landing import landing_page
from server.web.pages import Pages
from server.web.plain import routes as plain
from server.web.safe_headers import SafeHeaders
from server.web.scraping import scraper
from server.web.view import CityView

STATIC = Path(str(resources(__package__))) / "static"

STATIC_SECONDS = 3600
"""How long a browser may keep style and icon."""


class Version(BaseModel):
    """Which Madang this is, and which language it speaks."""

    name: str
    version: str
    protocol: int
    fingerprint: str


def build(
    view: CityView,
    metrics: Metrics,
    settings: Settings,
    gate: Gate | None = None,
    pages: Pages | None = None,
) -> FastAPI:
    """The application that uvicorn serves beside the WebSocket; with a gate, also what can be done in the city.

    The page that was built is at `/`, and the landing page then at `/about`; without it, at both.
    """
    # FastAPI's own pages for /docs load scripts from elsewhere, and its document is made while everyone waits.
    app = FastAPI(title="Madang", version=version("madang"), docs_url=None, redoc_url=None, openapi_url=None)
    here = Version(
        name="madang", version=version("madang"), protocol=PROTOCOL_VERSION, fingerprint=FINGERPRINT
    )

    app.add_middleware(
        ShortBodies,
        max_bytes=settings.limits.max_message_bytes,
        refuse=faults.refuse,
        is_read_there=brings_files,
    )

    if gate is not None:
        app.add_middleware(
            FrontDoor,
            listen=settings.listen,
            door=gate.door,
            clock=gate.clock,
            metrics=metrics,
            refuse=faults.refuse,
        )

    app.add_middleware(CrossOrigin, origins=settings.listen.origins)
    app.add_middleware(SafeHeaders, listen=settings.listen)

    if pages is not None:
        _add(app, pages.routes())

    @app.head("/about", include_in_schema=False)
    @app.get("/about", response_class=HTMLResponse, include_in_schema=False)
    @app.head("/", include_in_schema=False)
    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def landing(
        request: Request,
        lang: Annotated[str | None, Query()] = None,
        accept_language: Annotated[str | None, Header()] = None,
    ) -> HTMLResponse:
        language = preferred(lang or accept_language)
        page = landing_page(
            language,
            view.city(),
            is_ready=view.is_ready(),
            visitors_admitted=settings.visitors.admitted,
            base_url=str(request.base_url),
            version=here.version,
            addresses=() if pages is None else pages.addresses,
        )
        return HTMLResponse(
            page,
            headers={"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-cache"},
        )

    @app.head("/livez", include_in_schema=False)
    @app.get("/livez", response_class=PlainTextResponse)
    async def livez() -> str:
        """Whether the process answers at all."""
        return "ok"

    @app.head("/readyz", include_in_schema=False)
    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """Whether new citizens may come: 503 while starting or draining."""
        ready = view.is_ready()
        return JSONResponse({"ready": ready, **view.health()}, 200 if ready else 503)

    @app.get("/metrics", dependencies=[Depends(scraper(settings.listen))])
    async def prometheus() -> Response:
        """All metrics, for Prometheus."""
        return Response(metrics.render(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    @app.get("/api/city")
    async def city() -> CityCard:
        """The city, its districts and how many are in each."""
        return view.city()

    @app.get("/version")
    async def which() -> Version:
        """Which Madang this is, and which language it speaks."""
        return here

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> FileResponse:
        return FileResponse(STATIC / "icon.svg", headers={"Cache-Control": f"max-age={STATIC_SECONDS}"})

    _add(app, grounds.routes(view.districts()))
    if gate is not None:
        app.state.gate = gate
        answered = gate.host.city.commands
        codes = Codes(settings.plain, metrics)
        _add(app, joining.routes(gate, codes))
        _add(app, rest.routes(tuple(command for command in COMMANDS if command in answered)))
        if "petitions" in gate.host.city.services:
            _add(app, files.routes(gate))
            _add(app, open311.routes(gate, view.city().id))
        if "live_qa" in gate.host.city.services:
            _add(app, question_times.routes(gate, view))
        if gate.host.city.kinds:
            _add(app, records.routes(gate, gate.host.city.kinds))
        _add(app, heads.routes(gate))
        _add(app, watch.routes(gate, view, metrics))
        _add(app, plain.routes(gate, view, metrics, here.version, codes))
    document.show(app)
    faults.answer(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _add(app: FastAPI, router: APIRouter) -> None:
    """Its routes as they are: `include_router` makes each once more at the first request, which waits for it."""
    app.router.routes.extend(router.routes)
