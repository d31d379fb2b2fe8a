"""What was done under the keys of commands: kept, given again, forgotten, blanked where it repeats an erased text."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgpack
from ahocorasick import Automaton
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    String,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy import Table as SqlTable

from server.journal import KEYS_AT_ONCE, KeyDone
from server.journals.database import metadata

BATCH = 1_000
"""Rows that are read or changed at once."""

TELLING = 8
"""Bytes from which on a text of one citizen in another's answer is more than chance: "3" is in many."""

PROBE = KeyDone("", "probe", "", "\0" * 65_536, 0)
"""What is written to see whether it can be: of nobody, and more than a page that happens to be free."""

keys_done = SqlTable(
    "keys_done",
    metadata,
    Column("citizen", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("content", String, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)


def write(done: Sequence[KeyDone], connection: Connection) -> None:
    """Keep what was done in a round."""
    if done:
        connection.execute(insert(keys_done), [_row(one) for one in done])


def read(asked: Collection[tuple[str, str]], connection: Connection) -> dict[tuple[str, str], KeyDone]:
    """What was done, by citizen and key."""
    query = select(keys_done).where(tuple_(keys_done.c.citizen, keys_done.c.key).in_(asked))
    return {(row.citizen, row.key): _done(row._asdict()) for row in connection.execute(query)}


def put_probe(connection: Connection) -> None:
    """Write what is of no meaning."""
    take_probe(connection)
    write([PROBE], connection)


def take_probe(connection: Connection) -> None:
    """Take it away again."""
    connection.execute(
        delete(keys_done).where(keys_done.c.citizen == PROBE.citizen, keys_done.c.key == PROBE.key)
    )


def of(citizen: str, connection: Connection) -> list[dict[str, Any]]:
    """What a citizen was answered, as JSON values."""
    query = select(keys_done.c.key, keys_done.c.at, keys_done.c.result).where(keys_done.c.citizen == citizen)
    return [
        {"key": row.key, "at": row.at, "result": msgpack.unpackb(row.result)}
        for row in connection.execute(query)
    ]


def forget(before: int, connection: Connection) -> int:
    """Delete keys of before a time in ms, KEYS_AT_ONCE at most; returns how many."""
    old = select(keys_done.c.citizen, keys_done.c.key).where(keys_done.c.at < before).limit(KEYS_AT_ONCE)
    return connection.execute(
        delete(keys_done).where(tuple_(keys_done.c.citizen, keys_done.c.key).in_(old))
    ).rowcount


def blank(connection: Connection, said: Iterable[tuple[str, str]], everything_of: str | None = None) -> None:
    """Answers are kept to be given again: from now on without what they repeat of an erased text."""
    search, whose = Automaton(), dict[str, set[str]]()
    for owner, text in said:
        if text:
            whose.setdefault(_letters(text.encode()), set()).add(owner)
    for letters, owners in whose.items():
        search.add_word(letters, (len(letters) >= TELLING, owners))
    search.make_automaton()
    held = connection.execute(
        select(keys_done.c.citizen, keys_done.c.key, keys_done.c.result).execution_options(yield_per=BATCH)
    )
    repeating = [
        (row.citizen, row.key)
        for row in held
        if row.citizen == everything_of or (whose and _repeats(search, row.citizen, row.result))
    ]
    for i in range(0, len(repeating), BATCH):
        theirs = tuple_(keys_done.c.citizen, keys_done.c.key).in_(repeating[i : i + BATCH])
        connection.execute(update(keys_done).where(theirs).values(result=msgpack.packb(None)))


def _repeats(search: Automaton, citizen: str, answer: bytes) -> bool:
    found = (told for _, told in search.iter(_letters(answer)))
    return any(is_telling or citizen in owners for is_telling, owners in found)


def _letters(data: bytes) -> str:
    """Bytes as the letters that the automaton searches, one each."""
    return data.decode("latin-1")


def _row(done: KeyDone) -> dict[str, Any]:
    return {
        "citizen": done.citizen,
        "key": done.key,
        "content": done.content,
        "result": msgpack.packb(done.result),
        "at": done.at,
    }


def _done(row: dict[str, Any]) -> KeyDone:
    return KeyDone(**row | {"result": msgpack.unpackb(row["result"])})
