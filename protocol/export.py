"""What comes out of the catalogue for others: AsyncAPI 3, JSON Schema, and the drawing of the states."""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from protocol.catalogue import COMMANDS, FROM_CLIENT, FROM_SERVER, fingerprint, schema_of, type_of
from protocol.handshake import PROTOCOL_VERSION, SUBPROTOCOL
from protocol.message import Command, Count, Fact, Message, Result
from protocol.poses import FRAME_EXT, POSE_EXT, TILES_EXT
from protocol.refusals import ENDINGS, REFUSAL_MEANINGS
from protocol.session import TABLE, Side, State

CONTENT_TYPE = "application/msgpack"

EXTS: dict[str, tuple[Side, int, str]] = {
    "Pose": (
        Side.CLIENT,
        POSE_EXT,
        "My pose, 16 bytes little-endian: f32 x, f32 y, f32 z, u16 yaw, u8 stance, u8 seq.",
    ),
    "Frame": (
        Side.SERVER,
        FRAME_EXT,
        "What moved: u32 tick_ms, then blocks of u16 cell, u8 flags, u8 count and `count` entries of "
        "u16 slot, u16 x, u16 z, i16 y, u8 yaw, u8 stance; where flags has bit 2, of u16 slot alone.",
    ),
    "CrowdTiles": (
        Side.SERVER,
        TILES_EXT,
        "The crowd beyond view: u32 tick_ms, then tiles of u16 tile, u8 count, u8 heading.",
    ),
}
"""The pose lane, which no JSON Schema can describe: who sends it, its ext code, its layout in words."""


def name_of(model: type[Message]) -> str:
    """The name of a message in schemas: `district.entered_zone` -> `DistrictEnteredZone`."""
    return "".join(part.capitalize() for part in re.split(r"[._]", type_of(model)))


KINDS: dict[str, type[Message]] = {"command": Command, "fact": Fact, "count": Count}


def kind_of(model: type[Message]) -> str:
    """What a message is: a command, a fact, a count, or of the session's own course."""
    for word, kind in KINDS.items():
        if issubclass(model, kind):
            return word
    return "course"


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 with every message of the control lane, and every answer, in `$defs`.

    `x-kind` says what a message is, `x-answer` what a command's `done.result` holds, `x-reads` whether it only reads.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The wire of Madang, version {PROTOCOL_VERSION}",
        "$comment": f"fingerprint {fingerprint()}; the pose lane is binary and described in SPEC.md",
        "$defs": _definitions("#/$defs/"),
    }


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0.0; operations are from the server's point of view, as the standard asks."""
    control = {name_of(model): _message(model) for model in _models()}
    poses = {name: _ext(code, layout) for name, (_, code, layout) in EXTS.items()}
    from_client = [name_of(model) for model in FROM_CLIENT] + _exts_from(Side.CLIENT)
    from_server = [name_of(model) for model in FROM_SERVER] + _exts_from(Side.SERVER)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Madang",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": "A WebSocket message holds one MessagePack value: a map, an ext, or an array of "
            "these. SPEC.md tells the whole; this file is made from the same models.",
            "license": {"name": "Apache-2.0"},
            "x-fingerprint": fingerprint(),
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "local": {
                "host": "127.0.0.1:8080",
                "protocol": "ws",
                "description": "A city on this machine, as `madang serve` starts it.",
            }
        },
        "channels": {
            "city": {
                "address": "/ws",
                "description": "The connection: one WebSocket is one session of one citizen.",
                "servers": [{"$ref": "#/servers/local"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in control | poses},
                "bindings": {"ws": {"method": "GET", "headers": _HEADERS, "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "receive": _operation("receive", "What clients say.", from_client),
            "send": _operation("send", "What the server says.", from_server),
        },
        "components": {
            "messages": control | poses,
            "schemas": _definitions("#/components/schemas/"),
        },
        "x-refusals": {str(code): meaning for code, meaning in REFUSAL_MEANINGS.items()},
        "x-farewells": {str(code): ending._asdict() for code, ending in ENDINGS.items()},
    }


_HEADERS = {
    "type": "object",
    "properties": {"Sec-WebSocket-Protocol": {"type": "string", "enum": [SUBPROTOCOL]}},
}


def states() -> str:
    """The table of states as a Mermaid drawing; an arrow names who speaks and what is said."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (side, before, kind), after in TABLE.items():
        arrows.setdefault((before, after), []).append(f"{side} {kind}")
    lines = ["stateDiagram-v2", f"    [*] --> {State.OPENING}"]
    for (before, after), said in arrows.items():
        lines.append(f"    {before} --> {after} : {', '.join(said)}")
    return "\n".join([*lines, f"    {State.CLOSED} --> [*]"])


def steps() -> str:
    """The table of states as a Markdown table; an arrow leads to the next state, where it is another."""
    lines = ["| state | the client may say | the server may say |", "|---|---|---|"]
    for state in State:
        said = {
            side: ", ".join(
                kind if after is state else f"{kind} → {after}"
                for (speaker, before, kind), after in TABLE.items()
                if (speaker, before) == (side, state)
            )
            for side in Side
        }
        lines.append(f"| {state} | {said[Side.CLIENT] or 'nothing'} | {said[Side.SERVER] or 'nothing'} |")
    return "\n".join(lines)


def write(folder: Path) -> list[Path]:
    """`asyncapi.json` and `schema.json` in a folder, which is made where it is missing; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, document in (("asyncapi.json", asyncapi()), ("schema.json", json_schema())):
        path = folder / name
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _models() -> list[type[Message]]:
    return list(dict.fromkeys(FROM_CLIENT + FROM_SERVER))


def _exts_from(side: Side) -> list[str]:
    return [name for name, (speaker, _, _) in EXTS.items() if speaker is side]


def answer_name(answer: type[Result]) -> str:
    """The name of an answer in schemas: that of its class, unless a message is called so."""
    taken = {name_of(model) for model in _models()}
    return f"{answer.__name__}Answer" if answer.__name__ in taken else answer.__name__


def _definitions(prefix: str) -> dict[str, Any]:
    """Every schema by name, each part once; `prefix` is where they will lie in the document."""
    answers = [command.answer for command in COMMANDS if command.answer]
    parts: list[tuple[type[BaseModel], JsonSchemaMode]] = [(answer, "serialization") for answer in answers]
    found, told = models_json_schema(parts, ref_template=prefix + "{model}")
    definitions: dict[str, Any] = dict(told["$defs"])
    for command in COMMANDS:
        if command.answer and command.answer.__name__ in definitions:
            name = answer_name(command.answer)
            definitions[name] = definitions.pop(command.answer.__name__) | {"title": name}
            found[command.answer, "serialization"] = {"$ref": prefix + name}
    for model in _models():
        schema = schema_of(model, ref_template=prefix + "{model}")
        definitions |= schema.pop("$defs", {})
        schema |= {"title": name_of(model), "x-kind": kind_of(model)}
        if issubclass(model, Command):
            schema["x-reads"] = model.reads
            if model.answer:
                schema["x-answer"] = found[model.answer, "serialization"]
        definitions[name_of(model)] = schema
    return dict(sorted(definitions.items()))


def _message(model: type[Message]) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": type_of(model),
        "title": name_of(model),
        "summary": (model.__doc__ or "").strip().splitlines()[0],
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"#/components/schemas/{name_of(model)}"},
    }
    if issubclass(model, Command) and model.answer:
        message["description"] = f"`done.result` is `{answer_name(model.answer)}` of the schemas."
    return message


def _ext(code: int, layout: str) -> dict[str, Any]:
    return {
        "name": f"ext {code}",
        "summary": layout,
        "contentType": CONTENT_TYPE,
        "payload": {"type": "string", "format": "binary", "description": f"MessagePack ext {code}. {layout}"},
    }


def _operation(action: str, summary: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/city"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/city/messages/{name}"} for name in names],
    }
