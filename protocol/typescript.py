"""The language as TypeScript: one interface per message, part and answer, made from the JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from protocol.catalogue import fingerprint
from protocol.handshake import PROTOCOL_VERSION, SUBPROTOCOL
from protocol.refusals import ENDINGS, REFUSAL_MEANINGS

HEAD = """\
// The words of Madang's language. Made by `madang protocol typescript`; not edited by hand.
"""

OF_EVERY_COMMAND = ("type", "id", "key")
"""What the SDK adds to a command by itself."""

NOTHING = "{ readonly [word: string]: never }"

LISTS = {
    "command": ("Commands", "Every command: what it asks, and what its `done` brings."),
    "fact": ("Facts", "Every fact, by its word."),
    "count": ("Counts", "Every running number, by its word."),
}

Schema = Mapping[str, Any]


def words(document: Schema) -> str:
    """The TypeScript module for what `protocol.export.json_schema()` gives."""
    definitions: Schema = document["$defs"]
    told: dict[str, list[str]] = {kind: [] for kind in LISTS}
    reading: list[str] = []
    parts = [
        HEAD,
        f"export const PROTOCOL = {PROTOCOL_VERSION};\n",
        f"export const SUBPROTOCOL = {json.dumps(SUBPROTOCOL)};\n",
        f"export const FINGERPRINT = {json.dumps(fingerprint())};\n",
    ]
    for name, schema in definitions.items():
        kind = schema.get("x-kind")
        left_out = OF_EVERY_COMMAND if kind == "command" else ()
        parts.append(_declaration(name, schema, left_out))
        if kind in told:
            word = json.dumps(schema["properties"]["type"]["const"])
            answer = _type(schema["x-answer"]) if "x-answer" in schema else "undefined"
            told[kind].append(
                f"{word}: {{ asks: {name}; answer: {answer} }}" if kind == "command" else f"{word}: {name}"
            )
            if schema.get("x-reads"):
                reading.append(word)
    for kind, (name, meaning) in LISTS.items():
        rows = "".join(f"  {row};\n" for row in told[kind])
        parts.append(f"/** {meaning} */\nexport interface {name} {{\n{rows}}}\n")
    parts.append(_constant("READING", "Commands that only read.", reading))
    meanings = {str(code): meaning for code, meaning in REFUSAL_MEANINGS.items()}
    parts.append(_record("REFUSALS", "What each refusal means.", meanings))
    endings = {str(code): {"retry": end.retry, "resumable": end.resumable} for code, end in ENDINGS.items()}
    parts.append(_record("ENDINGS", "What to do after each goodbye.", endings))
    return "\n".join(parts)


def _constant(name: str, meaning: str, quoted: list[str]) -> str:
    rows = "".join(f"  {word},\n" for word in quoted)
    return f"/** {meaning} */\nexport const {name}: ReadonlySet<string> = new Set([\n{rows}]);\n"


def _record(name: str, meaning: str, values: Mapping[str, object]) -> str:
    rows = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in values.items())
    return f"/** {meaning} */\nexport const {name} = {{\n{rows}}} as const;\n"


def _declaration(name: str, schema: Schema, left_out: tuple[str, ...]) -> str:
    meaning = " ".join(str(schema.get("description", "")).replace("*/", "* /").split())
    comment = f"/** {meaning} */\n" if meaning else ""
    rows = "".join(f"  {row}\n" for row in _fields(schema, left_out)) if "properties" in schema else ""
    if rows:
        return f"{comment}export interface {name} {{\n{rows}}}\n"
    # An interface without a field would accept anything but null.
    return f"{comment}export type {name} = {NOTHING if 'properties' in schema else _type(schema)};\n"


def _fields(schema: Schema, left_out: tuple[str, ...] = ()) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for field, told in schema["properties"].items():
        if field in left_out:
            continue
        key = field if field.isidentifier() else json.dumps(field)
        yield f"{key}: {_type(told)};" if field in required else f"{key}?: {_type(told)} | undefined;"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[several]))
    match schema.get("type"):
        case "array":
            return _list(schema)
        case "object" if "properties" in schema:
            return f"{{ {' '.join(_fields(schema))} }}"
        case "object":
            values = schema.get("additionalProperties", True)
            inner = _type(values) if isinstance(values, Mapping) else "unknown"
            return f"{{ [word: string]: {inner} }}"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as plain:
            return str(plain)
        case _:
            return "unknown"


def _list(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(map(_type, schema['prefixItems']))}]"
    inner = _type(schema.get("items", {}))
    if schema.get("minItems") == schema.get("maxItems") == 2:
        return f"[{inner}, {inner}]"
    return f"({inner})[]" if " " in inner else f"{inner}[]"
