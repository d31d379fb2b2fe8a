"""The `madang` command: serve a city, see its settings, issue tokens, check content, export the language.

What concerns the journal is in `server.journal_cli`, what concerns words in `server.words_cli`: loaded when they
are called. Other packages add commands of their own through the entry point group `madang.commands`.
"""

import asyncio
import dataclasses
import errno
import gc
import json
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
from pydantic import ValidationError

from server.config import Configuration, WrongSetting, load

WRONG = 2
"""The exit code for what the caller can mend: a wrong setting, wrong content, an occupied port."""

OTHER_OPEN_FILES = 256
"""What a server opens beside its connections and lines of HTTP."""

COMMAND_GROUP = "madang.commands"

app = typer.Typer(
    help="Madang (마당): a city that opens itself as a live shared place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
city_app = typer.Typer(help="The content of a city.", no_args_is_help=True)
protocol_app = typer.Typer(help="The language that server and clients speak.", no_args_is_help=True)
app.add_typer(city_app, name="city")
app.add_typer(protocol_app, name="protocol")

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Settings as TOML (madang.toml in this folder, if there).")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="One setting, as limits.pose_hz=10.")
]
DataDir = Annotated[Path | None, typer.Option("--data", help="The folder of what is kept (data.dir).")]


def stop(*lines: str) -> NoReturn:
    """Say why on standard error and end with exit code 2."""
    for line in lines:
        print(f"madang: {line}", file=sys.stderr)
    raise typer.Exit(WRONG)


@contextmanager
def _wrong_settings_told() -> Iterator[None]:
    try:
        yield
    except WrongSetting as wrong:
        stop(*wrong.lines)


def configured(file: Path | None, sets: list[str] | None, **named: object) -> Configuration:
    """The settings, from all their sources; what is wrong with them ends the command."""
    given = {name.replace("__", "."): value for name, value in named.items() if value is not None}
    with _wrong_settings_told():
        return load(file, given, sets or ())


def _allow_open_files(connections: int) -> None:
    """Every connection is an open file, and a shell gives a process 1,024."""
    wanted = connections + OTHER_OPEN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        structlog.get_logger("cli").warning(
            "the system allows fewer open files than limits.connections needs", allowed=hard, wanted=wanted
        )


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"madang {version('madang')}")
        raise typer.Exit


@app.callback()
def madang(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Madang (마당): a city that opens itself as a live shared place."""


@contextmanager
def _unsearched() -> Iterator[None]:
    """Until the city is open nothing is garbage, and looking for some takes a tenth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@app.command()
@_unsearched()
def serve(
    port: Annotated[int | None, typer.Option(help="The port; 0 takes any free one (listen.port).")] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on (listen.host).")] = None,
    data: DataDir = None,
    city: Annotated[Path | None, typer.Option(help="The folder of the city's plan (city.path).")] = None,
    phase: Annotated[
        int | None, typer.Option(help="Districts of a later phase stay closed (city.phase).")
    ] = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """Open the city until SIGTERM or Ctrl-C."""
    import uvloop

    from server import log
    from server.app import serve as run
    from server.journal import JournalError
    from worlds.plan import PlanError

    settings = configured(
        config,
        sets,
        listen__port=port,
        listen__host=host,
        data__dir=data,
        city__path=city,
        city__phase=phase,
    ).settings
    log.configure(settings.log)
    _allow_open_files(settings.limits.connections + settings.limits.http_lines)

    async def opened() -> int:
        return await run(settings)

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, _wrong_settings_told():
            code = runner.run(opened())
    except PlanError as wrong:
        stop(*(f"{settings.city.path}: {fault}" for fault in wrong.faults))
    except JournalError as wrong:
        stop(str(wrong))
    except OSError as error:
        unheard = error.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
        if not (unheard or isinstance(error, socket.gaierror)):
            raise
        reason = "in use by another program" if error.errno == errno.EADDRINUSE else error.strerror
        stop(f"cannot listen on {settings.listen.host}:{settings.listen.port}: {reason}")
    raise typer.Exit(code)


@app.command("config")
def show_config(
    config: ConfigFile = None,
    sets: Sets = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Every setting: its value, where that came from, its unit, its reason."""
    from rich.console import Console
    from rich.table import Table

    explained = configured(config, sets).explain()
    if as_json:
        print(
            json.dumps([dataclasses.asdict(setting) for setting in explained], indent=2, ensure_ascii=False)
        )
        return
    table = Table("setting", "value", "from", "unit", "why", pad_edge=False)
    for setting in explained:
        table.add_row(setting.name, setting.value, setting.source, setting.unit, setting.reason)
    Console(width=None if sys.stdout.isatty() else 260, markup=False).print(table)


@app.command()
def token(
    sub: Annotated[
        str, typer.Option(help="Who it is for, in the issuer's own terms; never shown to others.")
    ],
    name: Annotated[str, typer.Option(help="The name that others see.")],
    role: Annotated[
        list[str] | None, typer.Option(help="A role, as official or moderator@culture; repeatable.")
    ] = None,
    grant: Annotated[list[str] | None, typer.Option(help="An office, as mayor; repeatable.")] = None,
    level: Annotated[int, typer.Option(min=0, max=3, help="1 pseudonymous, 2 verified, 3 resident.")] = 2,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 366, help="How long it is good.")] = 12,
    minor: Annotated[bool, typer.Option("--minor", help="The citizen is a minor.")] = False,
    department: Annotated[str | None, typer.Option(help="The office's department.")] = None,
    data: DataDir = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """A token signed with the city's secret, for `hello.token`."""
    from server.auth import Claims, first_fault, issue_token, keep_secret

    settings = configured(config, sets, data__dir=data).settings
    try:
        claims = Claims.model_validate(
            {
                "sub": sub,
                "name": name,
                "roles": role or ["citizen"],
                "grants": grant or [],
                "level": level,
                "minor": minor,
                "department": department,
            }
        )
    except ValidationError as error:
        stop(first_fault(error))
    with _wrong_settings_told():
        secret = keep_secret(settings.data.dir)
    print(issue_token(secret, claims, issuer=settings.auth.issuer, now=int(time.time()), hours=hours))


@app.command()
def code(
    url: Annotated[str, typer.Option(help="Where the city is open.")] = "http://127.0.0.1:8080",
) -> None:
    """A one-time code for who has the token on standard input: madang token ... | madang code."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    bearer = {"Authorization": f"Bearer {sys.stdin.read().strip()}"}
    try:
        with urlopen(Request(f"{url.rstrip('/')}/api/codes", method="POST", headers=bearer)) as answer:
            print(json.load(answer)["code"])
    except HTTPError as error:
        with error:
            stop(json.load(error)["message"])
    except (URLError, ValueError) as error:
        stop(f"{url}: {error}")


@city_app.command("check")
def check_city(path: Annotated[Path, typer.Argument(help="The folder of the city's plan.")]) -> None:
    """Read a city's content whole and tell every mistake in it."""
    from worlds.founding import founder
    from worlds.plan import PlanError, load

    try:
        plan = load(path)
        founder(path, plan)
    except PlanError as wrong:
        stop(*map(str, wrong.faults))
    zones = sum(len(district.zones) for district in plan.districts)
    print(f"{plan.name.ko} ({plan.name.en}): {len(plan.districts)} districts, {zones} zones, no mistakes")


@protocol_app.command("export")
def export_protocol(folder: Annotated[Path, typer.Argument(help="Where to write them.")]) -> None:
    """Write the language as AsyncAPI and as JSON Schema."""
    from protocol.export import write

    try:
        written = write(folder)
    except OSError as error:
        stop(str(error))
    for path in written:
        print(path)


@protocol_app.command("typescript")
def export_typescript() -> None:
    """Print the language as the TypeScript that the SDK is built on."""
    from protocol.export import json_schema
    from protocol.typescript import words

    print(words(json_schema()), end="")


@protocol_app.command("fingerprint")
def show_fingerprint() -> None:
    """The 16 hex digits that change when any word of the language does."""
    from protocol.catalogue import fingerprint

    print(fingerprint())


def plug(into: typer.Typer, other: EntryPoint) -> None:
    """Add a command that is loaded when it is called: `madang serve` needs none of what the others import."""

    def run(context: typer.Context) -> None:
        command: typer.Typer = other.load()
        command(args=list(context.args), prog_name=context.command_path)

    passed_on: dict[str, Any] = {
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
    into.command(other.name, help=f"See madang {other.name} --help.", context_settings=passed_on)(run)


for part, module in (("journal", "journal_cli"), ("citizen", "journal_cli"), ("words", "words_cli")):
    plug(app, EntryPoint(part, f"server.{module}:{part}_app", COMMAND_GROUP))


def main() -> None:
    """The entry point of the `madang` command."""
    for other in entry_points(group=COMMAND_GROUP):
        plug(app, other)
    app()
