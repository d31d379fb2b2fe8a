"""Personal texts, in one table of their own: kept, read, exported, erased; everything else holds references."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, String, and_, delete, insert, select
from sqlalchemy import Table as SqlTable

from server.journal import Text
from server.journals.database import Database, metadata

BATCH = 1_000
"""Rows that are read at once; PostgreSQL takes no more than 32,767 values in one statement."""

personal_texts = SqlTable(
    "personal_texts",
    metadata,
    Column("ref", String, primary_key=True),
    Column("owner", String, nullable=False, index=True),
    Column("salt", LargeBinary, nullable=False),
    Column("text", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)


class PersonalTexts:
    """What citizens wrote, as far as it is not erased."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> AsyncIterator[tuple[str, str]]:
        """Every text with its reference."""
        after = ""
        query = select(personal_texts.c.ref, personal_texts.c.text).order_by(personal_texts.c.ref)
        while True:
            further = query.where(personal_texts.c.ref > after).limit(BATCH)
            batch = await self._database.read(lambda it, further=further: it.execute(further).all())  # type: ignore[misc]
            for ref, text in batch:
                yield ref, text
            if len(batch) < BATCH:
                return
            after = batch[-1][0]

    async def of(self, owner: str) -> list[Text]:
        """All texts of a citizen, oldest first."""
        query = select(personal_texts).where(personal_texts.c.owner == owner)
        query = query.order_by(personal_texts.c.at, personal_texts.c.ref)
        rows = await self._database.read(lambda it: it.execute(query).all())
        return [Text(**row._asdict()) for row in rows]


def write(connection: Connection, texts: Sequence[Text]) -> None:
    """Keep the texts of a round."""
    if texts:
        rows = [
            {"ref": text.ref, "owner": text.owner, "salt": text.salt, "text": text.text, "at": text.at}
            for text in texts
        ]
        connection.execute(insert(personal_texts), rows)


def read(connection: Connection, refs: Iterable[str]) -> Mapping[str, Text]:
    """Texts by their references, without those that are erased."""
    wanted, texts = list(refs), dict[str, Text]()
    for i in range(0, len(wanted), BATCH):
        some = select(personal_texts).where(personal_texts.c.ref.in_(wanted[i : i + BATCH]))
        texts |= {row.ref: Text(**row._asdict()) for row in connection.execute(some)}
    return texts


def expire(connection: Connection, refs: Collection[str]) -> list[tuple[str, str]]:
    """Delete texts with their salts; returns whose they were and what they said."""
    these = personal_texts.c.ref.in_(refs)
    said = [
        (row.owner, row.text)
        for row in connection.execute(select(personal_texts.c.owner, personal_texts.c.text).where(these))
    ]
    connection.execute(delete(personal_texts).where(these))
    return said


def erase(connection: Connection, owner: str, keeping: Collection[str] = ()) -> list[str]:
    """Delete a citizen's texts with their salts, but for those written since; returns what they said."""
    mine = and_(personal_texts.c.owner == owner, personal_texts.c.ref.not_in(keeping))
    said = list(connection.scalars(select(personal_texts.c.text).where(mine)))
    connection.execute(delete(personal_texts).where(mine))
    return said
