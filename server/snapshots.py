"""A snapshot while the city runs: made by another process, out of the newest one and what the journal holds after it.

So it belongs to exactly one version whatever happens meanwhile, is what a start would make, and costs the running
city no pause: taking the state out of the services here would stop the tick for as long as it takes. The price is a
second city in memory, without its texts, for some seconds.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from server.config import Data
from server.journal import JournalError
from server.journals.sql import SqlJournal
from server.loading import replay, restored
from worlds import plan
from worlds.founding import founder
from worlds.service import Texts

log = structlog.get_logger("snapshots")

SNAPSHOT_ENTRIES = 20_000
"""After so many entries of the journal a snapshot is worth its time: some seconds of a start after `kill -9`."""

NICENESS = 10
"""How far the other process stands back behind the city's."""


Make = Callable[[], Awaitable[int]]
"""Keeps a snapshot of what the journal holds; returns its version."""


class NoSnapshot(Exception):
    """None was made: one line that says why."""


class Snapshots:
    """When one is worth its time, and whether one is being made."""

    def __init__(self, make: Make | None = None) -> None:
        """Without `make`, none is made while the city runs."""
        self._make = make
        self._next = SNAPSHOT_ENTRIES
        self._making: asyncio.Task[None] | None = None

    def note(self, version: int) -> None:
        """There is one of this version."""
        self._next = version + SNAPSHOT_ENTRIES

    def is_due(self, version: int) -> bool:
        """Whether enough has come since the last."""
        return version >= self._next

    def begin(self, version: int) -> None:
        """Have one made if it is due."""
        if self._make is not None and self._making is None and self.is_due(version):
            self._making = asyncio.create_task(self._made(self._make, version))

    async def _made(self, make: Make, version: int) -> None:
        try:
            self.note(await make())
        except (NoSnapshot, OSError) as error:
            # A start takes longer without it: it is tried again when as much has come once more.
            self.note(version)
            log.warning("no snapshot was made", reason=str(error))
        else:
            log.info("a snapshot was made", version=self._next - SNAPSHOT_ENTRIES)
        finally:
            self._making = None

    async def stop(self) -> None:
        """Give up the one that is being made."""
        if (making := self._making) is not None:
            making.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await making


async def make(data: Data, city: Path) -> int:
    """Make one of all that the journal holds; returns its version. Raises JournalError, PlanError."""
    found = founder(city, plan.load(city))
    journal = SqlJournal.of(data)
    await journal.open(create=False)
    try:
        made, since = await restored(journal, lambda: found(Texts()))
        version = since
        async for entry in journal.read(since):
            replay(made, entry)
            version = entry.version
        if version > since:
            await journal.save_snapshot(version, made.snapshot())
        return version
    finally:
        await journal.close()


async def make_elsewhere(data: Data, city: Path) -> int:
    """The same in a process of its own, which ends with this task; raises NoSnapshot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server.snapshots"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    # By its input: others may read the arguments of a process, and a journal's URL holds a password.
    asked = json.dumps({"data": data.model_dump(mode="json"), "city": str(city)})
    try:
        told, wrong = await process.communicate(asked.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = wrong.decode(errors="replace").strip().splitlines()
        raise NoSnapshot(lines[-1] if lines else f"its process ended with {process.returncode}")
    return int(told.split()[-1])


def main() -> None:
    """What the other process does."""
    os.nice(NICENESS)
    asked = json.load(sys.stdin)
    try:
        print(asyncio.run(make(Data.model_validate(asked["data"]), Path(asked["city"]))))
    except (JournalError, plan.PlanError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
