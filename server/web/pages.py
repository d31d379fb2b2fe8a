"""The pages that are built from `clients/web`: read once, served with compressed copies, tags and the right age.

Built files have hashed names: one that changes has another name, so a browser may keep it for ever. Pages have
not: they are asked for anew each time, and answered 304 where they are what the browser has.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

from protocol.refusals import Refusal, Refused

FOLDER = Path(__file__).parent / "built"
"""Where `npm run build` in `clients/` puts them; a city without it has the plain pages alone."""

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".glb": "model/gltf-binary",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""What is served, by its suffix; what the machine's own tables say of suffixes differs from place to place."""

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Compressed copies, best first, and what their names end with."""

FOR_EVER = "public, max-age=31536000, immutable"
ANEW = "no-cache"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts and styles of our own files alone, nothing inline, nothing from elsewhere."""

ADDRESSES = {"index.html": "/", "console.html": "/console", "stage.html": "/stage"}
"""Where each page is found."""


@dataclass(frozen=True, slots=True)
class Built:
    """One file, and its compressed copies by encoding."""

    kind: str
    body: bytes
    copies: dict[str, bytes]
    tag: str

    @classmethod
    def read(cls, path: Path) -> "Built":
        """A file of `FOLDER`; raises KeyError where its suffix is none of KINDS."""
        body = path.read_bytes()
        copies = {
            encoding: copy.read_bytes()
            for encoding, ending in ENCODINGS.items()
            if (copy := path.with_name(path.name + ending)).exists()
        }
        return cls(KINDS[path.suffix], body, copies, sha256(body).hexdigest()[:20])

    def answer(self, request: Request, cache: str) -> Response:
        """This file in the best encoding that the browser takes; 304 where it has it."""
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
        accepted = set(accepted_by(request.headers.get("accept-encoding", "")))
        encoding = next((encoding for encoding in self.copies if encoding in accepted), None)
        headers["ETag"] = f'"{self.tag}{"-" + encoding if encoding else ""}"'
        if self.kind.startswith("text/html"):
            headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        if has(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if encoding is None:
            return Response(self.body, media_type=self.kind, headers=headers)
        return Response(
            self.copies[encoding], media_type=self.kind, headers=headers | {"Content-Encoding": encoding}
        )


def accepted_by(accept_encoding: str) -> Iterator[str]:
    """The encodings that a browser takes, as its header names them."""
    for part in accept_encoding.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        if not any(word.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for word in parameters):
            yield name


def has(if_none_match: str, tag: str) -> bool:
    """Whether a browser tells that it has the file of this tag (RFC 9110, 13.1.2)."""
    told = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in told or told == ["*"]


class Pages:
    """All that was built; nothing, where nothing was."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = [path for path in folder.rglob("*") if path.suffix in KINDS] if folder.is_dir() else []
        self.files = {path.relative_to(folder).as_posix(): Built.read(path) for path in sorted(files)}

    @property
    def addresses(self) -> list[str]:
        """Where a browser finds pages."""
        return [address for name, address in ADDRESSES.items() if name in self.files]

    def routes(self) -> APIRouter:
        """A route for each page, and one for the files they load."""
        router = APIRouter(include_in_schema=False)
        for name, address in ADDRESSES.items():
            if name in self.files:
                router.add_api_route(address, self._page(self.files[name]), methods=["GET", "HEAD"])
        router.add_api_route("/assets/{name:path}", self._asset, methods=["GET", "HEAD"])
        return router

    @staticmethod
    def _page(built: Built) -> Callable[[Request], Awaitable[Response]]:
        async def page(request: Request) -> Response:
            return built.answer(request, ANEW)

        return page

    async def _asset(self, name: str, request: Request) -> Response:
        built = self.files.get(f"assets/{name}")
        if built is None:
            raise Refused(Refusal.NOT_FOUND, "no built file of this name")
        return built.answer(request, FOR_EVER)
