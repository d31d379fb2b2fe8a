"""A secret ballot is counted, and by nothing that is kept joined with a person."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from server.config import Data
from server.journal import Fenced, Round
from server.journals.sql import SqlJournal
from tests.support.check_journal import all_of, voted
from tests.support.postgres import Postgres
from worlds.service import Ballot

POLL = "mayor-2026"


async def cast(journal: SqlJournal, *ballots: tuple[str, str, str]) -> None:
    """Citizens, each with their ballot's id and choice, in one round."""
    after = (await journal.head()).version
    await journal.append(
        Round(
            after=after,
            entries=[replace(voted(citizen, 1), poll=POLL) for citizen, _, _ in ballots],
            ballots=[Ballot(POLL, id, choice) for _, id, choice in ballots],
        )
    )


async def test_ballots_are_counted_by_choice_and_listed_by_id(journal: SqlJournal) -> None:
    await cast(journal, ("haneul", "b3", "yes"), ("byeol", "b1", "no"))
    await cast(journal, ("bada", "b2", "yes"))
    assert await journal.ballots.count(POLL) == {"yes": 2, "no": 1}
    assert await journal.ballots.ids(POLL) == ["b1", "b2", "b3"]
    assert await journal.ballots.count("another") == {}
    verdict = await journal.verify()
    assert (verdict.faults, verdict.ballots) == ((), 3)
    await journal.ballots.settle(POLL)
    assert await journal.ballots.count(POLL) == {"yes": 2, "no": 1}
    assert (await journal.verify()).faults == ()


async def test_who_takes_the_id_of_another_is_counted_all_the_same(journal: SqlJournal) -> None:
    await cast(journal, ("haneul", "same", "yes"), ("byeol", "same", "yes"))
    await cast(journal, ("bada", "same", "no"), ("iseul", "same", "yes"))
    assert await journal.ballots.count(POLL) == {"yes": 3, "no": 1}
    assert await journal.ballots.ids(POLL) == ["same"] * 4
    assert (await journal.verify()).faults == ()


async def test_a_round_with_more_ballots_than_citizens_is_not_written(journal: SqlJournal) -> None:
    one = replace(voted("haneul", 1), poll=POLL)
    for entries, ballots in (
        ([one], []),
        ([one], [Ballot(POLL, "a", "x"), Ballot(POLL, "b", "x")]),
        ([one], [Ballot("other", "a", "x")]),
        ([voted("haneul", 1)], [Ballot(POLL, "a", "x")]),
    ):
        with pytest.raises(ValueError, match="one ballot for each participation"):
            await journal.append(Round(after=0, entries=entries, ballots=ballots))
    assert await all_of(journal) == []
    assert await journal.ballots.count(POLL) == {}


async def test_nobody_takes_part_twice_even_when_the_rules_are_wrong(journal: SqlJournal) -> None:
    await cast(journal, ("haneul", "a", "yes"))
    with pytest.raises(Fenced):
        await cast(journal, ("haneul", "b", "no"))
    assert await journal.ballots.count(POLL) == {"yes": 1}


async def test_what_is_kept_of_a_ballot_says_neither_who_nor_when(journal: SqlJournal) -> None:
    await cast(journal, ("haneul", "b1", "yes"))
    [row] = await journal.database.read(lambda it: it.execute(sql("SELECT * FROM ballots")).mappings().all())
    assert dict(row) == {"poll": POLL, "id": "b1", "choice": "yes", "times": 1}
    told = str(await all_of(journal)) + str(await journal.held_on("haneul"))
    assert "b1" not in told
    assert "yes" not in told


async def test_the_order_of_voting_is_in_no_file(tmp_path: Path) -> None:
    """After the poll is settled its rows lie by their ids: the same bytes, whoever came first."""
    ids = [f"ballot{random.Random(i).getrandbits(64):016x}" for i in range(60)]
    placed = []
    for turn in range(2):
        folder = tmp_path / str(turn)
        journal = SqlJournal.of(Data(dir=folder))
        await journal.open()
        order = sorted(ids, reverse=bool(turn))
        for i, id in enumerate(order):
            await cast(journal, (f"citizen{i}", id, "yes"))
        await journal.ballots.settle(POLL)
        files = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
        await journal.close()
        assert all(id.encode() in files for id in ids)
        placed.append(sorted(ids, key=lambda id: files.rindex(id.encode())))
    assert placed[0] == placed[1]


async def test_in_postgresql_a_settled_ballot_no_more_tells_its_transaction(
    tmp_path: Path, postgres: Postgres
) -> None:
    journal = SqlJournal.of(Data(dir=tmp_path, journal=postgres.url(await postgres.database())))
    await journal.open(upgrade=True)
    for i in range(5):
        await cast(journal, (f"citizen{i}", f"b{5 - i}", "yes"))
    marks = sql("SELECT id, xmin::text AS mark FROM ballots ORDER BY ctid")
    before = await journal.database.read(lambda it: it.execute(marks).all())
    assert len({row.mark for row in before}) == 5
    await journal.ballots.settle(POLL)
    after = await journal.database.read(lambda it: it.execute(marks).all())
    assert len({row.mark for row in after}) == 1
    assert [row.id for row in after] == sorted(row.id for row in after)
    await journal.close()
