"""One database under the journal: SQLite in the data directory, or PostgreSQL by its URL.

One connection writes; others read beside it. What the database says in its own words is told in ours here, and
nowhere else: `Unavailable` for what passes (a full disk, a lock, a lost line), `Fenced` for a row that another
owner wrote first, `JournalError` for what someone has to mend.
"""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, MetaData, create_engine, event, exc, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import Table

from server.config import Data
from server.journal import Fenced, JournalError, Unavailable
from server.migrations import NEWEST

FILE = "journal.sqlite3"
"""The journal's file in the data directory."""

READERS = 4
"""Connections that read: a few long lists must not hold up the rest."""

BUSY_SECONDS = 2
"""How long a lock that another program holds is waited for."""

CONNECT_SECONDS = 5
"""How long a PostgreSQL server may take to let us in."""

ANSWER_SECONDS = 30
"""How long one statement may take before the line is held for lost."""

MIGRATION_LOCK = 0x6D616467
"""PostgreSQL's advisory lock while tables are changed, so that two starting nodes do not both do it."""

WRITE_AHEAD = "PRAGMA journal_mode = WAL"

PRAGMAS = (
    "synchronous = FULL",  # what was answered `done` survives a loss of power
    "secure_delete = ON",  # what is erased is overwritten with zeros
    "temp_store = MEMORY",  # no text in files that sorting leaves behind
    "cache_size = -32768",  # 32 MiB
)

_PASSING_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_BROKEN_SQLITE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_SAME_KEY = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, "23505"}

# Connection lost, read-only (a standby), rolled back, out of resources, being shut down, system error.
_PASSING_POSTGRES = ("08", "25006", "40", "53", "55", "57", "58")

T = TypeVar("T")

_ENGINE: dict[str, Any] = {
    "hide_parameters": True,  # what a fault says goes into the log: no text of a citizen, no ballot
    "pool_reset_on_return": None,  # every transaction is ended where it was begun
    "json_serializer": partial(json.dumps, ensure_ascii=False, allow_nan=False),
}

metadata = MetaData()
"""Every table; each is declared where it is used."""


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Change a new file over. SQLite does not wait for a lock here, as it does elsewhere: who lost tries again."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(WRITE_AHEAD)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)


class _Threads:
    """SQLite: a whole piece of work in one thread, as a hop for each statement costs three times its work."""

    def __init__(self, url: URL, connections: int, *pragmas: str) -> None:
        self._threads = ThreadPoolExecutor(connections, "journal")
        self._engine = create_engine(
            url, connect_args={"timeout": BUSY_SECONDS}, pool_size=connections, max_overflow=0, **_ENGINE
        )

        def prepare(connection: Any, _: object) -> None:
            _write_ahead(connection)
            for pragma in (*PRAGMAS, *pragmas):
                connection.execute(f"PRAGMA {pragma}")

        event.listen(self._engine, "connect", prepare)

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


class _Lines:
    """PostgreSQL: lines to a server, on the event loop."""

    def __init__(self, url: URL, connections: int) -> None:
        from sqlalchemy.ext.asyncio import create_async_engine

        self._engine = create_async_engine(
            url,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": ANSWER_SECONDS,
                "server_settings": {"application_name": "madang", "synchronous_commit": "on"},
            },
            pool_size=connections,
            max_overflow=0,
            pool_timeout=ANSWER_SECONDS,
            **_ENGINE,
        )

    async def run(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def run_alone(self, statement: str) -> None:
        async with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text(statement))

    async def close(self) -> None:
        await self._engine.dispose()


class Database:
    """Where the tables are. Opened by `open`, closed by `close`."""

    def __init__(self, url: URL, file: Path | None = None) -> None:
        self.file = file
        self.place = str(file) if file else url.set(drivername="postgresql").render_as_string()
        self._url = url
        self._writing: _Threads | _Lines
        self._reading: _Threads | _Lines
        self._is_open = False

    @classmethod
    def of(cls, data: Data) -> Self:
        """As the settings say."""
        if not data.journal:
            file = (data.dir / FILE).absolute()
            return cls(URL.create("sqlite", database=str(file)), file)
        url = make_url(data.journal).set(drivername="postgresql+asyncpg")
        if "sslmode" in url.query:  # as libpq and everybody's notes call it
            url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
        return cls(url)

    @property
    def is_postgres(self) -> bool:
        """Whether it is a server of its own."""
        return self.file is None

    # Opening

    async def open(self, *, create: bool = True, upgrade: bool = False) -> None:
        """Connect; SQLite's tables are made or brought up to date here, PostgreSQL's only when asked."""
        if self.file is None:
            self._writing, self._reading = _Lines(self._url, 1), _Lines(self._url, READERS)
        else:
            self._make_file(self.file, create)
            self._writing = _Threads(self._url, 1)
            self._reading = _Threads(self._url, READERS, "query_only = ON")
        self._is_open = True
        try:
            await self._writing.run(partial(self._bring_tables, upgrade or (create and not self.is_postgres)))
        except BaseException as error:
            await self.close()
            if isinstance(error, exc.DBAPIError | OSError | TimeoutError):
                raise JournalError(f"{self.place}: {_reason(error)}") from error
            raise

    async def close(self) -> None:
        """End all connections."""
        if self._is_open:
            self._is_open = False
            await self._reading.close()
            await self._writing.close()

    def _make_file(self, file: Path, create: bool) -> None:
        try:
            if create:
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            elif not file.exists():
                raise JournalError(f"{file}: there is no journal yet")
        except OSError as error:
            raise JournalError(f"{file}: {error.strerror}") from error

    def _bring_tables(self, upgrade: bool, connection: Connection) -> None:
        if upgrade:
            lock = f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
            connection.exec_driver_sql(lock if self.is_postgres else "BEGIN IMMEDIATE")
        now = _step(connection)
        if now == NEWEST:
            return
        from server.journals import tables  # takes a tenth of a second, and a start seldom needs it

        if now is not None and now not in tables.steps():
            raise JournalError(f"{self.place}: written by a newer Madang (its tables are at {now})")
        if not upgrade:
            raise JournalError(f"{self.place}: its tables are not up to date: run madang journal upgrade")
        tables.upgrade(connection)

    # Using

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do it in one transaction, on disk when this returns. Raises Fenced, Unavailable."""
        with self._told():
            return await self._writing.run(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do it on a connection that only reads. Raises Unavailable."""
        with self._told():
            return await self._reading.run(work)

    async def scrub(self, up_to: int) -> bool:
        """Leave nothing of the rows that were erased up to a version; False when a reader was in the way.

        SQLite overwrites what it deletes, but not the copies that stay behind when its trees are balanced: so the
        file is written anew, the log is emptied, and the version is noted, for what a crash prevented.
        """
        with self._told():
            if isinstance(self._writing, _Threads):
                return await self._writing.run(partial(_write_anew, up_to))
            return await self.sweep()

    async def sweep(self) -> bool:
        """Let go of the rows that were replaced: SQLite's are in its log, PostgreSQL's in its tables."""
        with self._told():
            if isinstance(self._writing, _Threads):
                return await self._writing.run(_empty_log)
            await self._writing.run_alone("VACUUM personal_texts, files, file_pieces, keys_done, ballots")
            return True

    async def is_scrubbed(self, up_to: int) -> bool:
        """Whether that was done for all that was erased up to a version."""
        if self.is_postgres:
            return True
        scrubbed: int = await self.read(lambda it: it.exec_driver_sql("PRAGMA user_version").scalar_one())
        return scrubbed >= up_to

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except exc.IntegrityError as error:
            if not _is_there_already(error):
                raise
            raise Fenced(f"{self.place}: another owner has written") from error
        except exc.DBAPIError as error:
            if _passes(error):
                raise Unavailable(f"{self.place}: {_reason(error)}") from error
            if _code(error) in _BROKEN_SQLITE:
                raise JournalError(f"{self.place}: {_reason(error)}") from error
            raise
        except (OSError, TimeoutError, exc.TimeoutError) as error:
            raise Unavailable(f"{self.place}: {_reason(error)}") from error


def _step(connection: Connection) -> str | None:
    """The step at which Alembic left the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    step: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return step


def _empty_log(connection: Connection) -> bool:
    busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return busy == 0


def _write_anew(up_to: int, connection: Connection) -> bool:
    connection.exec_driver_sql("VACUUM")
    is_empty = _empty_log(connection)
    if is_empty:
        connection.exec_driver_sql(f"PRAGMA user_version = {up_to:d}")
    return is_empty


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what happens when the row is there; both databases have it, SQLAlchemy twice."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _is_there_already(error: exc.IntegrityError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None) or getattr(error.orig, "sqlstate", None)
    return code in _SAME_KEY


def _code(error: exc.DBAPIError) -> int | str:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code & 0xFF if code is not None else str(getattr(error.orig, "sqlstate", "") or "")


def _passes(error: exc.DBAPIError) -> bool:
    code = _code(error)
    if isinstance(code, int):
        return code in _PASSING_SQLITE
    return error.connection_invalidated or code.startswith(_PASSING_POSTGRES)


def _reason(error: BaseException) -> str:
    if isinstance(error, exc.DBAPIError):
        if _code(error) in _BROKEN_SQLITE:
            return f"{error.orig}: it is damaged; put a backup in its place"
        if _code(error) == sqlite3.SQLITE_BUSY:
            return "locked by another program"
        error = error.orig or error
    lines = str(error).strip().splitlines()
    return lines[0].rpartition(">: ")[2] if lines else type(error).__name__
