"""Bytes <-> messages: MessagePack within limits, checked against the catalogue."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

import msgpack
from pydantic import BaseModel, ValidationError

from protocol.message import MAX_TOLD_BYTES, Fact, Message
from protocol.poses import FRAME_EXT, TILES_EXT, read_frame, read_tiles
from protocol.poses import Frame as Frame
from protocol.poses import Tiles as Tiles
from protocol.refusals import Farewell, ProtocolError, Refusal, Refused

MAX_DEPTH = 16
"""How deep maps and arrays may nest."""

BUNDLE_HEAD_BYTES = 3
"""Before the parts of a long bundle."""

M = TypeVar("M", bound=Message)
Map: TypeAlias = dict[Any, Any]
Item: TypeAlias = Map | msgpack.ExtType


def decode(data: bytes, max_bytes: int = 0) -> list[Item]:
    """One WebSocket message -> its maps and exts; raises ProtocolError. `max_bytes` 0 means no limit."""
    if max_bytes and len(data) > max_bytes:
        raise ProtocolError(Farewell.TOO_LONG)
    try:
        value = msgpack.unpackb(data, strict_map_key=True)
    except (ValueError, OverflowError) as error:
        raise ProtocolError(Farewell.BAD_MESSAGE, "not exactly one MessagePack value") from error
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, dict | msgpack.ExtType):
            raise ProtocolError(Farewell.BAD_MESSAGE, "a message is a map, an ext, or an array of these")
    _check_depth(value)
    return items


def _check_depth(value: Any) -> None:
    if isinstance(value, dict) and not any(isinstance(child, dict | list) for child in value.values()):
        return
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return
    if any(isinstance(value, dict | list) for value in level):
        raise ProtocolError(Farewell.BAD_MESSAGE, f"nested deeper than {MAX_DEPTH}")


def read(model: type[M], item: Map) -> M:
    """A map -> a message; raises Refused `bad_message` with the field that is wrong."""
    try:
        return model.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise refusal_of(first["type"], first["msg"], first["loc"]) from error


def refusal_of(kind: str, message: str, location: tuple[int | str, ...]) -> Refused:
    """What pydantic found wrong, as the city says it."""
    code = Refusal.TOO_LONG if kind == "string_too_long" else Refusal.BAD_MESSAGE
    return Refused(code, message, field=_field(location))


def _field(location: tuple[int | str, ...]) -> str | None:
    """A pydantic location without the names of union members."""
    parts = [str(part) for part in location if isinstance(part, int) or part[:1].islower()]
    return ".".join(parts) or None


def read_ext(item: msgpack.ExtType) -> Frame | Tiles:
    """An ext from the server; raises ProtocolError for one that the language does not have."""
    if item.code == FRAME_EXT:
        return read_frame(item.data)
    if item.code == TILES_EXT:
        return read_tiles(item.data)
    raise ProtocolError(Farewell.BAD_MESSAGE, f"unknown ext {item.code}")


def dump(message: BaseModel) -> dict[str, Any]:
    """A message, or a part of one, as the map that goes on the wire."""
    shows_null = isinstance(message, Message) and message.shows_null
    return message.model_dump(by_alias=True, exclude_none=not shows_null)


def encode(message: Message) -> bytes:
    """A message -> bytes."""
    packed: bytes = msgpack.packb(dump(message))
    return packed


def fact_body(fact: Fact, at: int, version: int | None = None) -> bytes:
    """A fact's map without its number: encoded once, whoever hears it. `at` in ms since the epoch.

    `version` is the place in the city's one order of what the fact tells, where that was journaled.
    """
    fields = dump(fact) | {"at": at}
    if version is not None:
        fields["version"] = version
    del fields["n"]
    packed: bytes = msgpack.packb(fields)
    return packed


_NUMBERED = {bytes((head,)): bytes((head + 1,)) + b"\xa1n" for head in range(0x80, 0x8F)}
"""How a map of so many fields begins, and how it does with its number as the first."""

_pack: Callable[[int], bytes] = msgpack.Packer().pack
"""Without the packer that `packb` makes for each value: a line of chat is numbered for a thousand hearers."""


def number_fact(body: bytes, n: int) -> bytes:
    """A fact's body with the number it has in one session; the body has fewer than 15 fields."""
    head = _NUMBERED.get(body[:1])
    if head is None:
        raise ValueError("a fact has between 0 and 14 fields beside its number")
    return head + _pack(n) + body[1:]


def bundle(parts: list[bytes]) -> bytes:
    """Several encoded values as one message; at most 65,535."""
    if len(parts) == 1:
        return parts[0]
    head = bytes((0x90 | len(parts),)) if len(parts) < 16 else b"\xdc" + len(parts).to_bytes(2, "big")
    return head + b"".join(parts)


def bundles(parts: Iterable[bytes], max_bytes: int = MAX_TOLD_BYTES) -> Iterator[bytes]:
    """Encoded values, in their order, in messages of at most so many bytes as far as none alone is longer."""
    group: list[bytes] = []
    size = BUNDLE_HEAD_BYTES
    for part in parts:
        if group and size + len(part) > max_bytes:
            yield bundle(group)
            group, size = [], BUNDLE_HEAD_BYTES
        group.append(part)
        size += len(part)
    if group:
        yield bundle(group)
