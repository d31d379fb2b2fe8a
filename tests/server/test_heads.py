"""The head of the chain is told to everyone, and logged once a day: whoever kept one finds out what was changed."""

from pathlib import Path

import structlog
from sqlalchemy import text as sql

from server.config import Data
from server.journal import Head
from server.journals.sql import SqlJournal
from tests.server.test_retention import living
from tests.support.clock import MovedClock
from tests.support.guestbook import Write
from tests.support.web_city import a_petition, web_city


async def test_everyone_is_told_the_head_and_it_vouches_for_all_before_it(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        first = (await city.get("/api/journal/head")).json()
        await city.done("petitions.file", "mina", **a_petition())
        answer = await city.get("/api/journal/head")
        assert answer.headers["cache-control"] == "no-store"
        kept = answer.json()
        assert kept["version"] > first["version"]
        head = Head.parse(kept["head"])
        assert (head.version, head.hash.hex()) == (kept["version"], kept["hash"])
        await city.done("petitions.file", "mina", **a_petition())
        assert (await city.city.node.journal.verify(head)).faults == ()
        other = Head(head.version, bytes(32))
        assert (await city.city.node.journal.verify(other)).faults != ()


async def test_where_nothing_was_decided_the_head_is_the_beginning(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        told = (await city.get("/api/journal/head")).json()
    assert told == {"version": 0, "hash": "00" * 32, "head": f"0:{'00' * 32}"}


async def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    limits = {"commands_per_s": 1, "command_burst": 1, "citizens_per_address": 1, "loopback_exempt": False}
    async with web_city(tmp_path, limits=limits) as city:
        answers = [(await city.get("/api/journal/head")).status_code for _ in range(5)]
    assert answers[0] == 200
    assert 429 in answers


async def test_the_log_holds_one_head_of_each_day_and_they_find_a_chain_that_was_made_anew(
    kept_in: Data,
) -> None:
    async with living(kept_in, MovedClock()) as city:
        with structlog.testing.capture_logs() as told:
            await city.do(Write(id=1, text="one"))
            for _ in range(8):
                await city.wait(0.25)
                await city.do(Write(id=1, text="more"))
        heads = [Head.parse(line["head"]) for line in told if "head" in line]
        assert [head.version for head in heads] == sorted({head.version for head in heads})
        assert 2 <= len(heads) <= 4, "at the start, and after a day and two"
        assert (await city.journal.verify(heads[-1])).faults == ()
        await city.journal.database.write(lambda it: it.execute(sql("DELETE FROM entries WHERE version > 1")))
    journal = SqlJournal.of(kept_in)
    await journal.open()
    try:
        assert (
            f"version {heads[-1].version} was published, and is gone"
            in (await journal.verify(heads[-1])).faults
        )
    finally:
        await journal.close()
