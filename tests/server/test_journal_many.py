"""A round, or a batch of entries, of very many rows: databases take only so many values in one statement."""

from server.journal import NewEntry, Round, Text
from server.journals.sql import SqlJournal
from worlds.service import Personal, Record

MANY = 40_000
"""More than PostgreSQL takes values in one statement (32,767)."""


async def test_a_session_of_very_many_questions_can_be_ended(journal: SqlJournal) -> None:
    ended = NewEntry(service="live_qa", type="live_qa.advanced", event={}, at=1)
    text = Text.of("kim", "왜요?", 1)
    words = (Personal(owner="kim", ref=text.ref, hash=text.hash),)
    for state in ("open", "unanswered"):
        rows = [Record("question", f"qa-1/{n}", {"state": state}, words) for n in range(MANY // 2)]
        after = (await journal.head()).version
        await journal.append(
            Round(after=after, entries=[ended], records=rows, texts=[text] if not after else ())
        )
    assert await journal.records.count("question", {"state": "unanswered"}) == MANY // 2
    last = await journal.records.get("question", f"qa-1/{MANY // 2 - 1}")
    assert last is not None
    assert last.texts == ("왜요?",)


async def test_entries_with_very_many_texts_are_verified(journal: SqlJournal) -> None:
    texts = [Text.of("kim", f"line {n}", 1) for n in range(MANY)]
    half = MANY // 2
    entries = [
        NewEntry(
            service="moderation",
            type="moderation.reported",
            event={"lines": [{"owner": text.owner, "ref": text.ref, "hash": text.hash} for text in some]},
            at=1,
        )
        for some in (texts[:half], texts[half:])
    ]
    await journal.append(Round(after=0, entries=entries, texts=texts))
    verdict = await journal.verify()
    assert (verdict.faults, verdict.texts) == ((), MANY)
