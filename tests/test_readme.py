"""The README keeps its word: its client runs as it stands, and what it names is there."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bots.cli import app as bots
from bots.client import Client
from protocol.chat import ChatSaid
from server.app import Node
from server.cli import app
from server.config import ENVIRONMENT_PREFIX, FIELDS, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
URL = "http://127.0.0.1:8080"
PATIENCE_SECONDS = 120
MIDDLE_OF_THE_PLAZA = (306, 178)
"""From here all of the plaza is in view."""

SECTIONS = {name.split(".")[0] for name in FIELDS}


def example() -> str:
    """The one Python program of the page."""
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    return str(program)


async def test_the_client_in_the_page_comes_in_walks_and_is_heard(tmp_path: Path) -> None:
    node = Node(Settings.model_validate({"listen": {"port": 0}, "data": {"dir": tmp_path}}))
    url = await node.open()
    assert example().count(URL) == 1
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), Client(url, name="Neighbour") as neighbour:
            heard: asyncio.Future[ChatSaid] = asyncio.get_running_loop().create_future()
            neighbour.on(ChatSaid)(heard.set_result)
            await neighbour.enter("civil", near=MIDDLE_OF_THE_PLAZA)
            stranger = await asyncio.create_subprocess_exec(
                sys.executable, "-c", example().replace(URL, url), stdout=PIPE, stderr=PIPE
            )
            told, faults = await stranger.communicate()
            assert stranger.returncode == 0, faults.decode()
            said = await heard
    finally:
        await node.close()
    assert (said.from_.name, said.text) == ("Mina", "안녕하세요")
    assert told.decode().splitlines() == ["1 in sight, 1 heard me"]


def test_the_client_in_the_page_has_ten_lines() -> None:
    lines = [line for line in example().splitlines() if line]
    assert len(lines) == 10


def test_the_page_names_every_command_of_make_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (there,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(re.findall(r"\bmake (\w+)\b(?= +#|`)", README)) == set(there.split())


def commands() -> set[str]:
    """Every `madang` command by its whole name."""
    groups = [("", app)] + [(f"{group.name} ", group.typer_instance) for group in app.registered_groups]
    return {
        before + (command.name or command.callback.__name__)
        for before, group in groups
        if group is not None
        for command in group.registered_commands
        if command.callback is not None
    }


def test_the_page_names_every_command_of_madang() -> None:
    for command in commands() | {"bots"}:
        assert f"`madang {command}" in README, command


@pytest.mark.parametrize("row", re.findall(r"^\| `(madang .*)", README, re.MULTILINE))
def test_an_option_that_the_page_names_is_one_of_its_command(row: str) -> None:
    name = re.findall(r"[a-z]+", row.split("`")[0])[1:]
    program, words = (bots, []) if name == ["bots"] else (app, name)
    known = CliRunner().invoke(program, [*words, "--help"], env={"COLUMNS": "200"}).stdout
    assert "--help" in known
    for option in re.findall(r"(--\w+)", row):
        assert option in known


def test_every_setting_that_the_page_names_exists() -> None:
    named = set(re.findall(rf"\b(?:{'|'.join(SECTIONS)})\.\w+\b(?!\.)", README))
    named = {name for name in named if not name.endswith((".md", ".toml"))}
    assert named, "the page names no setting"
    assert named <= FIELDS.keys()
    for variable in re.findall(rf"{ENVIRONMENT_PREFIX}(\w+)=", README):
        assert variable.lower().replace("__", ".") in FIELDS


def test_the_map_has_every_folder_of_the_house() -> None:
    told = set(re.findall(r"^\| \[`(\w+)/`\]", README, re.MULTILINE))
    packages = {
        path.parent.name for name in ("__init__.py", "package.json") for path in ROOT.glob(f"*/{name}")
    }
    assert told == packages
