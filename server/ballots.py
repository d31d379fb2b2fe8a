"""Secret ballots: counted, never to be joined with a person.

The journal says who took part; these rows say what was chosen. They hold no version, no time and no person, and
they lie in the order of the ids that the clients made up, so that the order in which people voted is not kept. Who
gives an id that another gave has made their own receipt worthless, and nothing else: it is counted like any other.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import Column, Connection, Integer, String, delete, func, insert, select
from sqlalchemy import Table as SqlTable

from server.journal import NewEntry
from server.journals.database import Database, metadata, upsert
from worlds.service import Ballot

ballots = SqlTable(
    "ballots",
    metadata,
    Column("poll", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("choice", String, primary_key=True),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)


class Ballots:
    """The ballots of every poll."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, poll: str) -> dict[str, int]:
        """How often each choice was made."""
        query = select(ballots.c.choice, func.sum(ballots.c.times)).where(ballots.c.poll == poll)
        rows = await self._database.read(lambda it: it.execute(query.group_by(ballots.c.choice)).all())
        return {choice: int(times) for choice, times in rows}

    async def ids(self, poll: str) -> list[str]:
        """Every ballot's id, sorted: published after the poll has closed, so that each can find their own."""
        query = select(ballots.c.id, ballots.c.times).where(ballots.c.poll == poll)
        rows = await self._database.read(lambda it: it.execute(query).all())
        return sorted(id for id, times in rows for _ in range(times))

    async def settle(self, poll: str) -> None:
        """After a poll has closed: write its ballots anew, sorted and in one transaction.

        PostgreSQL marks each row with the transaction that wrote it, and keeps it where it was put first.
        """

        def rewrite(connection: Connection) -> None:
            mine = ballots.c.poll == poll
            rows = [row._asdict() for row in connection.execute(select(ballots).where(mine))]
            connection.execute(delete(ballots).where(mine))
            if rows:
                connection.execute(insert(ballots), sorted(rows, key=itemgetter("id", "choice")))

        await self._database.write(rewrite)
        await self._database.sweep()


def write(connection: Connection, entries: Iterable[NewEntry], cast: Sequence[Ballot]) -> None:
    """Write a round's ballots; raises ValueError unless there are as many as participations, poll by poll."""
    took_part = Counter(entry.poll for entry in entries if entry.poll is not None)
    if took_part != Counter(ballot.poll for ballot in cast):
        raise ValueError("a round needs one ballot for each participation")
    if not cast:
        return
    times = Counter((ballot.poll, ballot.id, ballot.choice) for ballot in cast)
    rows = [
        {"poll": poll, "id": id, "choice": choice, "times": count}
        for (poll, id, choice), count in times.items()
    ]
    random.SystemRandom().shuffle(rows)
    insertion = upsert(connection, ballots)
    connection.execute(
        insertion.on_conflict_do_update(
            index_elements=[ballots.c.poll, ballots.c.id, ballots.c.choice],
            set_={"times": ballots.c.times + insertion.excluded.times},
        ),
        rows,
    )


def cast_per_poll(connection: Connection) -> dict[str, int]:
    """How many ballots each poll has."""
    query = select(ballots.c.poll, func.sum(ballots.c.times)).group_by(ballots.c.poll)
    return {poll: int(times) for poll, times in connection.execute(query)}
