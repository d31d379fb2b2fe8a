"""`madang journal` and `madang citizen`: what is kept, checked, handed out and erased."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from server import loading
from server.auth import keep_secret, opaque_id
from server.cli import ConfigFile, DataDir, Sets, configured, stop
from server.clock import SystemClock
from server.config import Settings, WrongSetting
from server.journal import (
    Entry,
    Fenced,
    Head,
    JournalError,
    NewEntry,
    Round,
    Unavailable,
    Verdict,
    erasure,
)
from server.journals.sql import SqlJournal
from server.snapshots import make
from worlds import plan
from worlds.founding import founder
from worlds.service import Texts

ATTEMPTS = 10
"""How often we try to write between two rounds of a server that runs."""

UNSOUND = 1
"""The exit code of `verify` when the journal is not what it was."""

journal_app = typer.Typer(
    help="What the city has decided, in order.", no_args_is_help=True, add_completion=False
)
citizen_app = typer.Typer(help="What is held on one citizen.", no_args_is_help=True, add_completion=False)

Citizen = Annotated[
    str, typer.Argument(help="The citizen's id, as in the journal (madang citizen id).", metavar="ID")
]


@journal_app.command()
def verify(
    head: Annotated[
        str, typer.Option(metavar="VERSION:HASH", help="A head that was published: is it still there?")
    ] = "",
    data: DataDir = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """Check every entry, every personal text and the number of ballots; prints the head, to be published."""
    try:
        published = Head.parse(head) if head else None
    except ValueError as error:
        stop(f"--head {head}: {error}")

    async def check(journal: SqlJournal) -> Verdict:
        return await journal.verify(published)

    verdict = _with(configured(config, sets, data__dir=data).settings, check)
    for fault in verdict.faults:
        typer.echo(f"madang: {fault}", err=True)
    if verdict.faults:
        raise typer.Exit(UNSOUND)
    print(
        f"sound: {verdict.head.version} entries, {verdict.texts} personal texts and {verdict.erased} erased,"
        f" {verdict.ballots} ballots, {verdict.files} files"
    )
    print(f"head {verdict.head}")


@journal_app.command()
def export(
    after: Annotated[int, typer.Option(min=0, help="Only what came after this version.")] = 0,
    data: DataDir = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """Every entry as one line of JSON, with its hashes; personal texts by reference only."""

    async def tell(journal: SqlJournal) -> None:
        async for entry in journal.read(after):
            print(json.dumps(_shown(entry), ensure_ascii=False))

    _with(configured(config, sets, data__dir=data).settings, tell)


@journal_app.command()
def replay(
    data: DataDir = None,
    city: Annotated[Path | None, typer.Option(help="The folder of the city's plan (city.path).")] = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """Make the city from the journal alone; compare it with what a start makes, of snapshot and tail."""
    settings = configured(config, sets, data__dir=data, city__path=city).settings
    try:
        found = founder(settings.city.path, plan.load(settings.city.path))
    except plan.PlanError as wrong:
        stop(*(f"{settings.city.path}: {fault}" for fault in wrong.faults))

    async def compare(journal: SqlJournal) -> tuple[int, list[str]]:
        whole, started = found(Texts()), found(Texts())
        snapshot = await journal.newest_snapshot()
        since = 0
        if snapshot is not None:
            started.restore(snapshot.state)
            since = snapshot.version
        version = 0
        async for entry in journal.read():
            version = entry.version
            for made in (whole, started) if version > since else (whole,):
                loading.replay(made, entry)
        both = whole.snapshot(), started.snapshot()
        return version, [name for name in both[0] if both[0][name] != both[1][name]]

    version, different = _with(settings, compare)
    if different:
        typer.echo(f"madang: the journal alone gives another state of {', '.join(different)}", err=True)
        raise typer.Exit(UNSOUND)
    print(f"the same: {version} entries make the city that a start makes")


@journal_app.command()
def snapshot(
    data: DataDir = None,
    city: Annotated[Path | None, typer.Option(help="The folder of the city's plan (city.path).")] = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """Keep the state as the journal has it now, so that the next start is quick; also while the city runs."""
    settings = configured(config, sets, data__dir=data, city__path=city).settings
    try:
        version = asyncio.run(make(settings.data, settings.city.path))
    except plan.PlanError as wrong:
        stop(*(f"{settings.city.path}: {fault}" for fault in wrong.faults))
    except JournalError as error:
        stop(str(error))
    print(f"a snapshot of {version} entries")


@journal_app.command()
def upgrade(data: DataDir = None, config: ConfigFile = None, sets: Sets = None) -> None:
    """Make the journal's tables, or bring them up to date; for SQLite every start does it."""

    async def tell(journal: SqlJournal) -> None:
        print(f"{journal.database.place}: up to date, {(await journal.head()).version} entries")

    _with(configured(config, sets, data__dir=data).settings, tell, upgrade=True)


@citizen_app.command("id")
def id_of_citizen(
    sub: Annotated[str, typer.Option(help="Who it is, in the issuer's own terms, as in their token.")],
    issuer: Annotated[
        str | None, typer.Option(help="Whose terms these are; the city's own by default (auth.issuer).")
    ] = None,
    data: DataDir = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    """The id under which the journal has a citizen: what `export` and `erase` ask for."""
    settings = configured(config, sets, data__dir=data).settings
    if not (settings.data.dir / "secret").exists():
        stop(f"{settings.data.dir}: there is no city yet")
    try:
        secret = keep_secret(settings.data.dir)
    except WrongSetting as wrong:
        stop(*wrong.lines)
    print(opaque_id(secret, issuer or settings.auth.issuer, sub))


@citizen_app.command("export")
def export_citizen(
    citizen: Citizen, data: DataDir = None, config: ConfigFile = None, sets: Sets = None
) -> None:
    """All that is held on a citizen, as JSON; the bytes of files in Base64."""

    async def tell(journal: SqlJournal) -> None:
        print(json.dumps(await journal.held_on(citizen), ensure_ascii=False, indent=2))

    settings = configured(config, sets, data__dir=data).settings
    _must_be_known(citizen, settings)
    _with(settings, tell)


@citizen_app.command("erase")
def erase_citizen(
    citizen: Citizen,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataDir = None,
    config: ConfigFile = None,
    sets: Sets = None,
) -> None:
    r"""Delete all that a citizen wrote; what they did stays, with \[erased] in its place.

    A server that runs on the same journal loads its city again at its next command.
    """
    settings = configured(config, sets, data__dir=data).settings
    _must_be_known(citizen, settings)
    if not is_sure:
        typer.confirm(f"Erase what {citizen} wrote, for ever?", abort=True)

    async def erase(journal: SqlJournal) -> None:
        texts, files = len(await journal.personal.of(citizen)), len(await journal.files.of(citizen))
        if texts or files:
            entry = await _append(journal, erasure(citizen, "", SystemClock().unix_ms()))
            with_files = f" and {files} files" if files else ""
            print(f"{citizen}: {texts} texts{with_files} erased, entry {entry.version}")
        else:
            print(f"{citizen}: no text is kept")
        if not await journal.scrub():
            stop(
                "deleted, but not yet overwritten in the files: give this command again, or start the server anew"
            )

    _with(settings, erase)


def _must_be_known(citizen: str, settings: Settings) -> None:
    # A mistyped id must not look like somebody of whom nothing is left.
    async def ask(journal: SqlJournal) -> bool:
        return await journal.knows(citizen)

    if not _with(settings, ask):
        stop(f"{citizen}: nobody here has this id; `madang citizen id` tells somebody's")


async def _append(journal: SqlJournal, new: NewEntry) -> Entry:
    for _ in range(ATTEMPTS):
        with suppress(Fenced):
            [entry] = await journal.append(Round(after=(await journal.head()).version, entries=[new]))
            return entry
    raise Unavailable("the server writes without a pause: stop it, and try again")


def _with(
    settings: Settings, act: Callable[[SqlJournal], Coroutine[Any, Any, Any]], *, upgrade: bool = False
) -> Any:
    async def run() -> Any:
        async with _opened(settings, upgrade) as journal:
            return await act(journal)

    try:
        return asyncio.run(run())
    except JournalError as error:
        stop(str(error))


@asynccontextmanager
async def _opened(settings: Settings, upgrade: bool) -> AsyncIterator[SqlJournal]:
    journal = SqlJournal.of(settings.data)
    await journal.open(create=upgrade, upgrade=upgrade)
    try:
        yield journal
    finally:
        await journal.close()


def _shown(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": entry.version,
        "at": entry.at,
        "service": entry.service,
        "type": entry.type,
        "actor": entry.actor,
        "event": entry.event,
    }
    told |= {name: value for name, value in (("key", entry.key), ("poll", entry.poll)) if value is not None}
    return told | {"prev_hash": entry.prev_hash.hex(), "hash": entry.hash.hex()}
