"""The catalogue: complete, told apart by type, pinned by its fingerprint."""

from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from protocol import avatars, catalogue, chat, districts, export, handshake, typescript
from protocol.message import Command, Count, Fact, Message
from protocol.services import announcements, live_qa, moderation, offices, petitions
from tests.protocol.test_vectors import VECTORS, items_of

ROOT = Path(__file__).parents[2]

MODULES = (announcements, avatars, chat, districts, handshake, live_qa, moderation, offices, petitions)


def test_the_language_has_not_changed_unnoticed() -> None:
    assert catalogue.fingerprint() == catalogue.FINGERPRINT, (
        "The language has changed. If that is meant: describe it in protocol/SPEC.md, add or mend its "
        "vectors in tests/protocol/vectors/, tell of it in CHANGELOG.md, keep SPEC.md's rules of evolution "
        "(fields and messages may be added, nothing may be removed or narrowed), then pin "
        f"{catalogue.fingerprint()} in protocol/catalogue.py and in SPEC.md."
    )


def test_the_typescript_sdk_speaks_this_language() -> None:
    generated = ROOT / "clients/typescript/src/generated/words.ts"
    assert generated.read_text("utf-8") == typescript.words(export.json_schema()), (
        f"The language has changed: madang protocol typescript > {generated.relative_to(ROOT)}"
    )


def test_two_parts_of_one_name_are_the_same() -> None:
    told: dict[str, object] = {}
    for model in (*catalogue.FROM_CLIENT, *catalogue.FROM_SERVER):
        for name, schema in catalogue.schema_of(model).get("$defs", {}).items():
            assert told.setdefault(name, schema) == schema, f"{name} of {model} is another elsewhere"


def test_every_message_that_is_declared_is_in_the_catalogue() -> None:
    shapes = {Message, Command, Fact, Count, petitions.Step}
    declared = {
        thing
        for module in MODULES
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Message) and thing not in shapes
    }
    assert declared == set(catalogue.FROM_CLIENT) | set(catalogue.FROM_SERVER)


def test_each_side_has_one_message_of_a_type() -> None:
    assert len(catalogue.CLIENT_WORDS) == len(catalogue.FROM_CLIENT)
    assert len(catalogue.SERVER_WORDS) == len(catalogue.FROM_SERVER)


def test_a_fact_has_room_for_its_number() -> None:
    for fact in catalogue.FACTS:
        assert len(fact.model_fields) <= 15, fact


@pytest.mark.parametrize("model", [*catalogue.FROM_CLIENT, *catalogue.FROM_SERVER])
def test_a_schema_is_valid_and_accepts_the_vectors_of_its_message(model: type[Message]) -> None:
    schema = catalogue.schema_of(model)
    jsonschema.Draft202012Validator.check_schema(schema)
    word = catalogue.type_of(model)
    told = [item for v in VECTORS.values() for item in items_of(v) if item.get("type") == word]
    assert told
    for value in told:
        jsonschema.validate(value, schema)


@pytest.mark.parametrize("model", [*catalogue.FROM_CLIENT, *catalogue.FROM_SERVER])
def test_a_schema_refuses_another_type(model: type[Message]) -> None:
    value = next(
        item for v in VECTORS.values() for item in items_of(v) if item.get("type") == catalogue.type_of(model)
    )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value | {"type": "another"}, catalogue.schema_of(model))
