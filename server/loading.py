"""A city out of what is kept: its newest snapshot that can be read, and every entry after it."""

import gc
from collections.abc import Callable

import structlog

from server.journal import Entry, Journal, expired_by
from worlds.city import City

log = structlog.get_logger("loading")


async def restored(journal: Journal, found: Callable[[], City]) -> tuple[City, int]:
    """The city as the newest snapshot has it, and of which version that is; without one as it began, and 0.

    Other rules than those that made a snapshot may not be able to read it; the journal they can.
    """
    city = found()
    snapshot = await journal.newest_snapshot()
    if snapshot is None:
        return city, 0
    try:
        city.restore(snapshot.state)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        log.warning(
            "the snapshot is of other rules: the whole journal is read",
            version=snapshot.version,
            reason=repr(error)[:200],
        )
        del city  # it is half restored
        gc.collect()
        return found(), 0
    return city, snapshot.version


def replay(city: City, entry: Entry) -> None:
    """Apply an entry that was kept before: what a service decided, or which texts are gone."""
    if entry.service in city.services:
        city.replay(entry.service, city.read_event(entry.type, entry.event), entry.at)
    elif erased := expired_by(entry):
        city.forget(frozenset(erased))
