"""Polls that have closed are counted: out of the box of ballots, into the rules as a command of the building's own."""

import structlog

from protocol.message import Command
from server.clock import Clock
from server.journal import Journal, Unavailable
from server.round import unavailable
from worlds.city import City

log = structlog.get_logger("tallies")

AGAIN_SECONDS = 5.0
"""When it is tried again after a box could not be read."""


class Tallies:
    """The counting of one city's polls."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._again_at = 0.0

    async def commands(self, city: City) -> list[Command]:
        """What the city asks of itself for each poll that waits to be counted.

        Asked between two rounds: all ballots that were answered `done` lie in the box by then, and none comes after.
        """
        told: list[Command] = []
        if self._clock.monotonic() < self._again_at:
            return told
        for poll, counted in list(city.uncounted()):
            try:
                told.append(counted(await self._journal.tally(poll)))
            except Unavailable as error:
                log.warning("a poll is not counted yet", poll=poll, reason=str(error))
                self._again_at = self._clock.monotonic() + AGAIN_SECONDS
            except Exception:
                log.exception("a fault of ours while counting a poll", poll=poll)
                self._again_at = self._clock.monotonic() + AGAIN_SECONDS
        return told

    async def ids(self, poll: str) -> str:
        """The published list of a poll's ballots, one a line; raises Refused `unavailable`."""
        try:
            return await self._journal.ballot_ids(poll)
        except Unavailable as error:
            raise unavailable() from error
