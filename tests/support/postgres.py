"""A PostgreSQL server of the tests' own: made in a folder, heard on a socket in it, ended with the tests."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, one folder for each version."""

USER = "madang"
STOP_SECONDS = 30


class Postgres:
    """A running server; `database` makes a new, empty one in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str) -> str:
        """As in the setting data.journal."""
        return f"postgresql://{USER}@/{database}?host={self._folder}"

    async def run(self, statement: str, database: str = "postgres") -> list[asyncpg.Record]:
        """One statement in a database."""
        connection = await asyncpg.connect(host=str(self._folder), user=USER, database=database)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()

    async def database(self) -> str:
        """A new database's name."""
        name = f"city_{uuid4().hex}"
        await self.run(f"CREATE DATABASE {name}")
        return name


@contextmanager
def postgres() -> Iterator[Postgres]:
    """The server, as long as the context lasts; fast rather than safe, as its folder goes away anyway."""
    folder = Path(tempfile.mkdtemp(prefix="madang-"))  # a socket's path must be short
    user = _unprivileged(folder)
    quick = ["fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=50"]
    try:
        making: list[str | Path] = [
            _program("initdb"),
            "-D",
            folder / "data",
            "-U",
            USER,
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(
            making,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        options = [word for setting in quick for word in ("-c", setting)]
        server = subprocess.Popen(
            [_program("postgres"), "-D", folder / "data", "-k", folder, "-h", "", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        try:
            _wait_until_it_listens(server)
            yield Postgres(folder)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: what it holds is not kept
            server.communicate(timeout=STOP_SECONDS)
    finally:
        shutil.rmtree(folder)


def _program(name: str) -> Path:
    found = shutil.which(name)
    if found:
        return Path(found)
    versions = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    assert versions, f"{name} is needed: make debian installs it"
    return versions[-1]


def _unprivileged(folder: Path) -> str | None:
    """PostgreSQL does not run as root; Debian makes it a user of its own."""
    if os.getuid() != 0:
        return None
    shutil.chown(folder, "postgres", "postgres")
    return "postgres"


def _wait_until_it_listens(server: "subprocess.Popen[str]") -> None:
    assert server.stdout is not None
    told = []
    for line in server.stdout:
        told.append(line)
        if "ready to accept connections" in line:
            return
    raise AssertionError("".join(told))
