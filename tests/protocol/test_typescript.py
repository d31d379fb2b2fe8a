"""The language as TypeScript: every word and its answer, and schemas of each kind as types."""

import re

from protocol import catalogue, export, typescript

MODULE = typescript.words(export.json_schema())


def module_of(**definitions: object) -> str:
    return typescript.words({"$defs": definitions})


def test_every_command_names_its_answer() -> None:
    told = dict(re.findall(r'"([\w.]+)": \{ asks: \w+; answer: (\w+) \};', MODULE))
    assert told == {
        catalogue.type_of(command): export.answer_name(command.answer) if command.answer else "undefined"
        for command in catalogue.COMMANDS
    }


def test_an_answer_and_a_message_of_one_name_are_told_apart() -> None:
    names = re.findall(r"^export (?:interface|type|const) (\w+)", MODULE, re.MULTILINE)
    assert len(names) == len(set(names))
    assert {export.answer_name(command.answer) for command in catalogue.COMMANDS if command.answer} <= set(
        names
    )
    for model in (*catalogue.FROM_CLIENT, *catalogue.FROM_SERVER):
        assert export.name_of(model) in names


def test_every_fact_and_every_count_is_listed() -> None:
    told = set(re.findall(r'^  "([\w.]+)": \w+;$', MODULE, re.MULTILINE))
    assert told == {catalogue.type_of(model) for model in (*catalogue.FACTS, *catalogue.COUNTS)}


def test_every_name_that_is_used_is_declared() -> None:
    declared = set(re.findall(r"^export (?:interface|type|const) (\w+)", MODULE, re.MULTILINE))
    plain = re.sub(r'"(?:[^"\\]|\\.)*"|/\*\*.*?\*/|//.*', "", MODULE)
    used = set(re.findall(r"\b[A-Z]\w+\b", plain)) - {"ReadonlySet", "Set"}
    assert used <= declared


def test_what_the_sdk_adds_by_itself_is_not_asked_for() -> None:
    enter = re.search(r"export interface DistrictEnter \{(.*?)\n\}", MODULE, re.DOTALL)
    assert enter
    asked = re.findall(r"^  (\w+)(\??):", enter[1], re.MULTILINE)
    assert asked == [("district", ""), ("at", "?"), ("hall", "?"), ("beside", "?")]


def test_a_part_becomes_an_interface() -> None:
    part = {
        "description": "A part */ of a message.",
        "properties": {
            "name": {"type": "string"},
            "point": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            "kinds": {"type": "array", "items": {"enum": ["a", "b"]}},
            "at": {"anyOf": [{"$ref": "#/$defs/Other"}, {"type": "null"}]},
            "by-name": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "required": ["name", "point", "kinds"],
    }
    assert (
        "/** A part * / of a message. */\n"
        "export interface Part {\n"
        "  name: string;\n"
        "  point: [number, number];\n"
        '  kinds: ("a" | "b")[];\n'
        "  at?: Other | null | undefined;\n"
        '  "by-name"?: { [word: string]: number } | undefined;\n'
        "}\n"
    ) in module_of(Part=part, Other={"enum": ["here"]})
