"""A city's state as a snapshot keeps it: JSON, compressed, and never with a personal text in it."""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

PIECE = 500
"""Items of a list or map of the state that are encoded at once: the event loop must run in between."""

_PERSONAL_TEXT = re.compile(r'"hash":"[0-9a-f]*","text":"[^"]')


def packed(state: dict[str, Any]) -> bytes:
    """The state as bytes; raises ValueError where it holds a personal text."""
    packer = zlib.compressobj(level=1)
    parts = []
    for piece in _pieces(state):
        if _PERSONAL_TEXT.search(piece):
            raise ValueError("the state holds a personal text: keep its reference")
        parts.append(packer.compress(piece.encode()))
    return b"".join([*parts, packer.flush()])


def unpacked(kept: bytes) -> Any:
    """The state again; raises ValueError, zlib.error."""
    return json.loads(zlib.decompress(kept))


def _pieces(value: Any, depth: int = 4) -> Iterator[str]:
    """A value as JSON, in pieces small enough that whoever waits for the interpreter gets it in between."""
    match value:
        case dict() if depth:
            yield "{"
            for i, (name, item) in enumerate(value.items()):
                yield f"{',' if i else ''}{json.dumps(name, ensure_ascii=False)}:"
                yield from _pieces(item, depth - 1)
            yield "}"
        case list() | tuple() if len(value) > PIECE:
            yield "["
            for i in range(0, len(value), PIECE):
                part = json.dumps(value[i : i + PIECE], ensure_ascii=False, separators=(",", ":"))
                yield ("," if i else "") + part[1:-1]
            yield "]"
        case _:
            yield json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
