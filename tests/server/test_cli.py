"""The `madang` command: what it prints, and that what is wrong is told in plain lines with exit code 2."""

import asyncio
import json
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

from protocol.catalogue import fingerprint
from protocol.handshake import Hello
from server.auth import Registry
from server.cli import COMMAND_GROUP, app, plug
from server.clock import SystemClock
from server.config import DEFAULT_CITY, FIELDS, Settings
from server.metrics import Metrics

ROOT = Path(__file__).parents[2]
HAMLET = ROOT / "worlds" / "hamlet"
PATIENCE_SECONDS = 120
"""How long a started server may take, on a busy machine, before the test gives up."""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def madang(*words: object) -> tuple[int, str, list[str]]:
    """A command run in this process: its exit code, what it printed, and its lines on standard error."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr.splitlines()


def serve(*words: object, shell_first: str = ":") -> subprocess.Popen[str]:
    """`madang serve` as a process of its own, on any free port."""
    command = [
        sys.executable,
        "-m",
        "server",
        "serve",
        "--port",
        "0",
        "--data",
        "data",
        "--city",
        str(HAMLET),
    ]
    return subprocess.Popen(
        ["sh", "-c", f'{shell_first}; exec "$@"', "sh", *command, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def served_wrongly(*words: object) -> list[str]:
    """The lines on standard error of a server that could not start."""
    process = serve(*words)
    try:
        told, faults = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    assert process.returncode == 2, faults
    assert told == ""
    return faults.splitlines()


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    process = serve("--set", "drain.seconds=0", "--set", "log.format=json")
    yield process
    process.kill()
    process.communicate()


async def test_serve_tells_its_url_is_ready_and_ends_well_on_sigterm(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    line = await asyncio.wait_for(asyncio.to_thread(running.stdout.readline), PATIENCE_SECONDS)
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found, line
    async with httpx.AsyncClient(base_url=found[0], trust_env=False, timeout=60) as browser:
        assert (await browser.get("/readyz")).status_code == 200
        assert (await browser.get("/api/city")).json()["id"] == "hamlet"
    running.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(running.wait, PATIENCE_SECONDS) == 0
    assert running.stderr is not None
    logged = [json.loads(line) for line in running.stderr]
    assert "draining" in [line["event"] for line in logged]
    assert all({"level", "logger", "timestamp"} <= line.keys() for line in logged)


def test_a_server_may_open_a_file_for_each_connection_that_it_takes() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    process = serve("--set", "limits.connections=400", shell_first="ulimit -Sn 300")
    try:
        assert process.stdout is not None
        assert "http://" in process.stdout.readline()
        allowed, _ = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        assert allowed >= 400
        assert resource.prlimit(process.pid, resource.RLIMIT_NOFILE)[1] == most
    finally:
        process.kill()
        process.communicate()


def test_an_occupied_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        faults = served_wrongly("--port", port)
    assert faults == [f"madang: cannot listen on 127.0.0.1:{port}: in use by another program"]


def test_an_address_that_is_not_ours_is_told_in_one_line() -> None:
    [fault] = served_wrongly("--host", "192.0.2.1")
    assert fault.startswith("madang: cannot listen on 192.0.2.1:0: ")


def test_a_wrong_city_is_told_mistake_by_mistake(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(HAMLET, city)
    (city / "districts" / "green.toml").write_text("width = 'wide'\n", "utf-8")
    faults = served_wrongly("--city", city)
    assert len(faults) > 1
    assert all(fault.startswith(f"madang: {city}: ") for fault in faults)
    assert any("green.toml: width: " in fault for fault in faults)


def test_a_data_folder_that_cannot_be_one_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "ascii")
    [fault] = served_wrongly("--data", tmp_path / "file")
    assert fault.startswith("madang: data.dir = ")


def test_a_damaged_journal_is_told_in_one_line() -> None:
    Path("data").mkdir()
    Path("data", "journal.sqlite3").write_bytes(b"no database at all" * 1_000)
    [fault] = served_wrongly()
    assert re.fullmatch(r"madang: \S*data/journal\.sqlite3: .* damaged; put a backup in its place", fault)


def test_a_journal_that_another_program_has_locked_is_told_in_one_line() -> None:
    Path("data").mkdir()
    with closing(sqlite3.connect("data/journal.sqlite3")) as other:
        other.execute("CREATE TABLE other (n)")
        other.commit()
        other.execute("BEGIN EXCLUSIVE")
        [fault] = served_wrongly()
    assert re.fullmatch(r"madang: \S*data/journal\.sqlite3: locked by another program", fault)


async def test_a_second_server_on_the_same_data_is_told_in_one_line(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    assert "http://" in running.stdout.readline()
    [fault] = served_wrongly()
    assert re.fullmatch(r"madang: \S*data: another server is running on it", fault)
    running.kill()
    running.wait(PATIENCE_SECONDS)
    again = serve()
    try:
        assert again.stdout is not None
        assert "http://" in again.stdout.readline(), "what was killed holds nothing"
    finally:
        again.kill()
        again.communicate()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--set", "limits.pose_hz=fast"], "limits.pose_hz = fast (command line): "),
        (["--port", "65536"], "listen.port = 65536 (command line): "),
        (["--host", "no such host"], "listen.host = no such host (command line): "),
        (["--phase", "4"], "city.phase = 4 (command line): "),
        (["--config", "none.toml"], "none.toml: no such file"),
        (["--set", "nonsense"], "nonsense (command line): "),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(words: list[str], fault: str) -> None:
    code, told, faults = madang("serve", *words)
    assert code == 2
    assert told == ""
    assert len(faults) == 1
    assert faults[0].startswith("madang: " + fault)


def test_config_shows_every_setting_and_where_it_came_from() -> None:
    code, told, _ = madang("config", "--set", "crowd.tick_hz=5")
    assert code == 0
    rows = {line.split("│")[1].strip(): line for line in told.splitlines() if line.count("│") > 3}
    assert rows.keys() == FIELDS.keys()
    assert "command line" in rows["crowd.tick_hz"]
    assert "default" in rows["crowd.view_m"]


def test_config_speaks_json_to_programs() -> None:
    code, told, _ = madang("config", "--json")
    assert code == 0
    assert [setting["name"] for setting in json.loads(told)] == list(FIELDS)


def test_a_token_is_believed_by_the_server_with_the_same_data(tmp_path: Path) -> None:
    words = "--sub kim --name 김하늘 --role official --role moderator@culture --grant mayor --level 3 --minor"
    code, told, _ = madang("token", *words.split(), "--data", tmp_path / "city")
    assert code == 0
    settings = Settings.model_validate({"data": {"dir": tmp_path / "city"}, "visitors": {"admitted": False}})
    registry = Registry.of(settings, Metrics(), SystemClock())
    citizen = registry.identify(Hello(protocol=1, token=told.strip()), "127.0.0.1")
    assert madang("citizen", "id", "--sub", "kim", "--data", tmp_path / "city") == (0, f"{citizen.id}\n", [])
    assert citizen.name == "김하늘"
    assert citizen.roles == ("official", "moderator@culture")
    assert (citizen.grants, citizen.level, citizen.minor) == (("mayor",), 3, True)


def test_a_token_that_no_city_would_take_is_not_made(tmp_path: Path) -> None:
    code, told, faults = madang("token", "--sub", "kim", "--name", "Kim", "--role", "emperor")
    assert (code, told, faults) == (2, "", ["madang: roles: no such role: emperor"])
    assert not (tmp_path / "data").exists()


def test_city_check_tells_a_good_city() -> None:
    code, told, faults = madang("city", "check", HAMLET)
    assert (code, faults) == (0, [])
    assert "no mistakes" in told


def test_city_check_tells_every_mistake_with_file_and_field(tmp_path: Path) -> None:
    code, told, faults = madang("city", "check", tmp_path)
    assert (code, told) == (2, "")
    assert any(fault.startswith("madang: city.toml: ") for fault in faults)


def test_city_check_reads_what_the_services_do_too(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(DEFAULT_CITY, city)
    offices = city / "services" / "offices.toml"
    offices.write_text("colour = 'red'\n" + offices.read_text("utf-8"), "utf-8")
    code, told, faults = madang("city", "check", city)
    assert (code, told) == (2, "")
    assert faults == ["madang: services/offices.toml: colour: Extra inputs are not permitted"]


def test_the_language_is_exported_and_has_its_fingerprint(tmp_path: Path) -> None:
    code, told, _ = madang("protocol", "export", tmp_path / "out")
    assert code == 0
    for path in told.split():
        json.loads(Path(path).read_text("utf-8"))
    assert madang("protocol", "fingerprint")[:2] == (0, fingerprint() + "\n")


def test_the_version_is_shown() -> None:
    assert re.fullmatch(r"madang \d+\.\d+\.\d+\S*\n", madang("--version")[1])


greeting = typer.Typer()


@greeting.command()
def greet(name: str, loud: bool = False) -> None:
    """Say hello."""
    print(f"hello {name.upper() if loud else name}")


def test_another_package_adds_a_command_with_its_own_words() -> None:
    host = typer.Typer()
    host.callback()(lambda: None)
    plug(host, EntryPoint("greet", f"{__name__}:greeting", COMMAND_GROUP))
    result = CliRunner().invoke(host, ["greet", "kim", "--loud"])
    assert (result.exit_code, result.stdout) == (0, "hello KIM\n")
    assert "Say hello." in CliRunner().invoke(host, ["greet", "--help"]).stdout
    assert CliRunner().invoke(host, ["greet"]).exit_code == 2


def test_the_bots_are_such_a_command() -> None:
    [bots] = [other for other in entry_points(group=COMMAND_GROUP) if other.name == "bots"]
    assert isinstance(bots.load(), typer.Typer)
