"""What comes out of the catalogue for others is valid by their own rules, and whole."""

import copy
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from protocol import catalogue, export
from tests.protocol.test_vectors import VECTORS, items_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package's own models warn of a field named `schema`
    from asyncapi3.models.asyncapi import AsyncAPI3  # type: ignore[import-untyped]

SCHEMA = export.json_schema()
MODELS = list(dict.fromkeys(catalogue.FROM_CLIENT + catalogue.FROM_SERVER))


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def resolve(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_the_asyncapi_document_is_valid() -> None:
    AsyncAPI3.model_validate(export.asyncapi())


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("asyncapi", "2.6.0"),
        ("info", {}),
        ("operations/send/action", "shout"),
        ("operations/send/channel", None),
        ("servers/local/host", None),
        ("channels/city/bindings/ws/method", "PUT"),
        ("components/messages/Hello/colour", "red"),
    ],
)
def test_the_check_of_the_asyncapi_document_finds_what_is_wrong(path: str, wrong: object) -> None:
    document = copy.deepcopy(export.asyncapi())
    parent, _, last = path.rpartition("/")
    (resolve(document, parent) if parent else document)[last] = wrong
    with pytest.raises(ValueError, match="validation error"):
        AsyncAPI3.model_validate(document)


@pytest.mark.parametrize("document", [export.asyncapi(), SCHEMA], ids=["asyncapi", "schema"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    told = list(references(document))
    assert told
    for reference in told:
        assert isinstance(resolve(document, reference), dict)


def test_operations_are_from_the_servers_point_of_view_and_name_every_message() -> None:
    document = export.asyncapi()

    def words(operation: str) -> set[str]:
        told = document["operations"][operation]["messages"]
        messages = [resolve(document, resolve(document, part["$ref"])["$ref"]) for part in told]
        return {message["name"] for message in messages}

    assert words("receive") == set(catalogue.CLIENT_WORDS) | {"ext 1"}
    assert words("send") == set(catalogue.SERVER_WORDS) | {"ext 2", "ext 3"}


def test_the_json_schema_is_valid_and_holds_every_message_and_answer() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    answers = {command.answer.__name__ for command in catalogue.COMMANDS if command.answer}
    assert {export.name_of(model) for model in MODELS} | answers <= set(SCHEMA["$defs"])


def test_names_of_messages_and_of_their_parts_do_not_collide() -> None:
    for model in MODELS:
        assert SCHEMA["$defs"][export.name_of(model)]["properties"]["type"]["const"] == catalogue.type_of(
            model
        )


@pytest.mark.parametrize("name", VECTORS)
def test_the_exported_schema_accepts_every_vector(name: str) -> None:
    for value in items_of(VECTORS[name]):
        if "type" in value:
            # Not by `jsonschema.validate`, which checks the whole schema each time: the test above does it once.
            words = catalogue.CLIENT_WORDS if VECTORS[name]["from"] == "client" else catalogue.SERVER_WORDS
            reference = {"$ref": f"#/$defs/{export.name_of(words[value['type']])}"}
            jsonschema.Draft202012Validator(SCHEMA | reference).validate(value)


def test_the_files_are_written_where_asked_and_hold_the_documents(tmp_path: Path) -> None:
    written = export.write(tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["asyncapi.json", "schema.json"]
    told = [json.loads(path.read_text(encoding="utf-8")) for path in written]
    assert told == [export.asyncapi(), export.json_schema()]
