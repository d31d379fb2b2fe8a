"""Every no over a real socket: each refusal, goodbye, sanction and limit is met by a test in which its counter moves.

What there is is read from the code, so that a new limit, code or sanction without such a test fails here. That its
counter moved is looked up after each of those tests, in the nodes that it opened (conftest.py).
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from protocol.refusals import Farewell, Refusal
from protocol.services.moderation import SanctionKind
from server.config import Plain
from server.limits import Files, Limits
from tests.support.every_no import (
    ALL,
    FAREWELLS,
    FILES,
    LIMITS,
    OF_SERVICES,
    OTHERS,
    PLAIN,
    REFUSALS,
    SANCTIONS,
    No,
)

ROOT = Path(__file__).parents[2]

NO_LIMITS = {"loopback_exempt", "retry_after_ms"}
"""Settings among the limits that never say no."""

NO_LIMIT_OF_OURS = {"worlds/services/moderation/speaking.py": 1, "worlds/arrivals.py": 1}
"""Where `too_fast` and `full` are no limit: a line that a sanction or a mode slows, a zone without free ground."""


def test_every_no_that_the_code_has_stands_here_and_no_other() -> None:
    limits = {name for name in Limits.model_fields if not name.endswith("burst")} - NO_LIMITS
    assert set(REFUSALS) == set(Refusal)
    assert set(FAREWELLS) == set(Farewell)
    assert set(SANCTIONS) == set(get_args(SanctionKind))
    assert set(LIMITS) == limits
    assert set(PLAIN) == set(Plain.model_fields)
    assert set(FILES) == set(Files.model_fields) - {"waiting_hours"}, "when a file goes is no no"


def calls_in(folder: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the code of a package, with its file."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield str(path.relative_to(ROOT)), node


def words_in(node: ast.AST) -> set[str]:
    """The words that stand in an expression."""
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def named_in_the_code() -> set[str]:
    """Every limit by the name under which the code counts it."""
    named: set[str] = set()
    for folder in ("worlds", "server"):
        for _, call in calls_in(folder):
            called = ast.unparse(call.func)
            if called.endswith(("limit_reached.labels", "_shut", "Overdone")) and call.args:
                named |= {word for word in words_in(call.args[0]) if word != "plain."}
            elif called == "Refused":
                named |= {
                    word for given in call.keywords if given.arg == "limit" for word in words_in(given.value)
                }
    return named


def test_every_limit_that_the_code_counts_has_its_test() -> None:
    known = LIMITS.keys() | OTHERS.keys() | OF_SERVICES.keys() | {f"plain.{name}" for name in PLAIN}
    known |= {f"files.{name}" for name in FILES}
    named = named_in_the_code()
    assert len(named) > 40
    assert named - known == set()
    assert (OTHERS.keys() | OF_SERVICES.keys()) - named == set(), "no code counts them any more"


def test_every_too_fast_and_full_of_the_rules_names_its_limit() -> None:
    without: dict[str, int] = {}
    for file, call in calls_in("worlds"):
        if ast.unparse(call.func) != "Refused" or not call.args:
            continue
        is_limit = ast.unparse(call.args[0]) in ("Refusal.TOO_FAST", "Refusal.FULL")
        if is_limit and not any(given.arg == "limit" for given in call.keywords):
            without[file] = without.get(file, 0) + 1
    assert without == NO_LIMIT_OF_OURS


def functions(file: str) -> dict[str, str]:
    """The text of each function of a test file, by name."""
    text = (ROOT / "tests/server" / file).read_text("utf-8")
    kinds = (ast.AsyncFunctionDef, ast.FunctionDef)
    return {
        node.name: ast.get_source_segment(text, node) or ""
        for node in ast.parse(text).body
        if isinstance(node, kinds)
    }


def calls(source: str) -> set[str]:
    """What a function calls, by its last name."""
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in called}


def listens(source: str) -> bool:
    """Whether the test is given a node that listens on a port, or opens one."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef)
    given = {one.annotation.id for one in function.args.args if isinstance(one.annotation, ast.Name)}
    return bool(given & NODES or calls(source) & OPENED)


@pytest.mark.parametrize("no", ALL, ids=lambda no: f"{no.kind} {no.name}")
def test_it_is_met_over_a_real_socket(no: No) -> None:
    file, _, test = no.test.partition("::")
    there = functions(file)
    assert test in there, f"{file} has no test {test}"
    assert listens(there[test]), "no real socket"


NODES = {"Served", "WebCity", "ModeratedTown"}
OPENED = {"served", "moderated_town", "web_city", "trusting", "limited_town"}
"""What listens on a port: as a test is given it, and as it opens it."""
