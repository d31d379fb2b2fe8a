"""The house as it is built: what no other check sees. Who may import whom is import-linter's (`make check`)."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bots", "load_tests", "protocol", "server", "worlds")
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "results" not in path.parts  # what load tests leave behind
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONG = 500
"""Lines beyond which a file says at its head why it is one."""

VAGUE = {"utils", "util", "common", "manager", "helper", "helpers", "base", "impl", "misc"}

MIRRORED = ("protocol", "worlds")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stat().st_size], ids=shown)
def test_a_module_opens_with_a_sentence_that_says_what_it_holds(path: Path) -> None:
    first = docstring(path).split("\n\n")[0].strip()
    assert first, "it has no docstring"
    assert first.endswith((".", "?", "!")), f"no sentence: {first}"


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=shown)
def test_a_long_file_says_why(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONG or "long" in docstring(path).lower(), (
        f"{lines} lines: split it, or say in its docstring why it is so long"
    )


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=shown)
def test_a_name_says_what_is_inside(path: Path) -> None:
    words = {word for part in path.relative_to(ROOT).parts for word in re.split(r"[._-]", part)}
    assert not words & VAGUE


def imported_by_tests(package: str) -> set[str]:
    """Modules that the tests in a package's folder import."""
    names: set[str] = set()
    for path in (ROOT / "tests" / package).glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("package", MIRRORED)
def test_every_module_is_tested_in_the_folder_that_mirrors_its_own(package: str) -> None:
    modules = {
        path.stem for path in SOURCES if path.parent == ROOT / package and not path.stem.startswith("__")
    }
    tested = {name.removeprefix(f"{package}.") for name in imported_by_tests(package)}
    assert modules <= tested, f"no test in tests/{package}/ knows {sorted(modules - tested)}"


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=shown)
def test_a_page_names_only_files_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text)
    named = re.findall(rf"`((?:{'|'.join(PACKAGES)}|tests)/[\w./-]+\.\w+)`", text)
    missing = [name for name in linked + named if not (ROOT / name).exists()]
    assert not missing


def test_nothing_that_is_kept_names_the_machine_it_was_made_on() -> None:
    machine = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
    pages = [*ROOT.glob("*.md"), *(ROOT / "protocol").glob("*.md")]
    for path in [*SOURCES, *TESTS, *pages]:
        if path != Path(__file__):
            assert not machine.search(path.read_text(encoding="utf-8")), shown(path)


@pytest.mark.parametrize(
    "service", sorted(path.stem for path in (ROOT / "protocol/services").glob("[!_]*.py"))
)
def test_a_service_is_one_name_in_five_places(service: str) -> None:
    places = (
        ROOT / "worlds/services" / service / "__init__.py",
        ROOT / "bots/behaviours" / f"{service}.py",
        *(ROOT / "tests/worlds/services").glob(f"test_{service}*.py"),
        *(ROOT / "tests/protocol/vectors").glob(f"{service}.*.json"),
        ROOT / "worlds/seoul/services" / f"{service}.toml",
    )
    assert [place for place in places if not place.is_file()] == []
    assert any("test_" in place.name for place in places)
    assert any(place.suffix == ".json" for place in places)
    assert f"{service}." in (ROOT / "protocol/SPEC.md").read_text("utf-8")
