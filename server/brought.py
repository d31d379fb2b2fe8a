"""Files that were brought and wait: the round that names them takes them, and what waits too long goes."""

import math
from collections.abc import Iterable, Mapping

import structlog

from protocol.message import Command
from server.clock import Clock
from server.journal import Journal, Unavailable
from server.metrics import Metrics
from worlds.service import Brought

log = structlog.get_logger("host")

FORGET_SECONDS = 300.0
"""How often files that wait for too long are looked for."""


class BroughtFiles:
    """What the host knows of the files that wait; `wait_ms` 0: none waits too long."""

    def __init__(self, journal: Journal, clock: Clock, metrics: Metrics, wait_ms: int) -> None:
        self._journal = journal
        self._clock = clock
        self._metrics = metrics
        self._wait_ms = wait_ms
        self._forget_at = -math.inf

    async def named_by(self, commands: Iterable[Command]) -> Mapping[str, Brought]:
        """The files that these commands name, as far as they wait; raises Unavailable."""
        ids = {file for command in commands for file in getattr(command, "files", None) or ()}
        return await self._journal.waiting_files(ids) if ids else {}

    async def forget(self) -> None:
        """Every few minutes: what was brought and attached to nothing in its time goes."""
        now = self._clock.monotonic()
        if not self._wait_ms or now < self._forget_at:
            return
        self._forget_at = now + FORGET_SECONDS
        try:
            gone = await self._journal.forget_files(self._clock.unix_ms() - self._wait_ms)
        except Unavailable as error:
            log.warning("files that waited too long are still there", reason=str(error))
            return
        if gone:
            self._forget_at = now  # there may be more
            self._metrics.files_forgotten.inc(gone)
