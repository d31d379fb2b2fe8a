"""What every journal must do, whatever it is kept in: one check, played with any script of rounds."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from server.journal import (
    Entry,
    Fenced,
    Journal,
    KeyDone,
    NewEntry,
    Round,
    Text,
    erased_by,
    erasure,
    personal_in,
)

Opening = Callable[[], Awaitable[Journal]]
"""Opens another journal on what is kept: another process, or the next start."""


def written(text: Text, at: int, key: str | None = None) -> NewEntry:
    """An entry that holds a personal text, by reference."""
    personal = {"owner": text.owner, "ref": text.ref, "hash": text.hash}
    return NewEntry(
        service="petitions",
        type="petitions.filed",
        event={"title": personal},
        actor=text.owner,
        key=key,
        at=at,
    )


def voted(citizen: str, at: int) -> NewEntry:
    """An entry without any text."""
    return NewEntry(service="live_qa", type="live_qa.voted", event={"question": 7}, actor=citizen, at=at)


async def all_of(journal: Journal, after: int = 0) -> list[Entry]:
    """Every entry that is read."""
    return [entry async for entry in journal.read(after)]


async def texts_of(journal: Journal) -> dict[str, str]:
    """Every personal text by its reference."""
    return {ref: text async for ref, text in journal.personal_texts()}


async def check_journal(opening: Opening, script: Sequence[Sequence[str]]) -> None:
    """Play a script (each round a list of words) and hold what is read against a plain model of it.

    The words: `write CITIZEN TEXT`, `vote CITIZEN`, `key CITIZEN KEY`, `erase CITIZEN`, and alone in their round
    `restart`, `fence` (another owner writes first), `snapshot`.
    """
    journal = await opening()
    entries: list[NewEntry] = []
    texts: dict[str, tuple[str, str]] = {}
    keys: dict[tuple[str, str], KeyDone] = {}
    newest_snapshot = None
    try:
        for words in script:
            at = 1_790_000_000_000 + len(entries)
            match words:
                case ["restart"]:
                    await journal.close()
                    journal = await opening()
                case ["fence"]:
                    other = await opening()
                    entries.append(voted("other", at))
                    await other.append(Round(after=len(entries) - 1, entries=entries[-1:]))
                    await other.close()
                    await _is_fenced(journal, Round(after=len(entries) - 1, entries=[voted("late", at)]))
                case ["snapshot"]:
                    newest_snapshot = (
                        len(entries),
                        {"petitions": {"count": len(entries), "제목": ["ㄱ", None]}},
                    )
                    await journal.save_snapshot(*newest_snapshot)
                case _:
                    round = _round(words, len(entries), at, set(keys))
                    await journal.append(round)
                    entries += round.entries
                    said = {text.ref: (text.owner, text.text) for text in round.texts}
                    keys |= {(done.citizen, done.key): done for done in round.done}
                    for entry in round.entries:
                        gone = erased_by(entry)
                        texts |= {held["ref"]: said[held["ref"]] for held in personal_in(entry.event)}
                        texts = {ref: told for ref, told in texts.items() if told[0] != gone}
                        keys |= {pair: replace(keys[pair], result=None) for pair in keys if pair[0] == gone}
        read = await all_of(journal)
        assert [entry.version for entry in read] == list(range(1, len(entries) + 1))
        assert [_content(entry) for entry in read] == [_content(entry) for entry in entries]
        assert await all_of(journal, len(entries) // 2) == read[len(entries) // 2 :]
        assert (await journal.head()).version == len(entries)
        assert await texts_of(journal) == {ref: text for ref, (_, text) in texts.items()}
        assert await journal.keys([*keys, ("nobody", "nothing")]) == keys
        snapshot = await journal.newest_snapshot()
        assert (snapshot and (snapshot.version, snapshot.state)) == newest_snapshot
        verdict = await journal.verify()
        assert verdict.faults == ()
        assert verdict.texts == len(texts)
    finally:
        await journal.close()


async def _is_fenced(journal: Journal, late: Round) -> None:
    try:
        await journal.append(Round(after=late.after - 1, entries=late.entries))
    except Fenced:
        return
    raise AssertionError("two owners wrote the same version")


def _round(words: Sequence[str], after: int, at: int, known: set[tuple[str, str]]) -> Round:
    entries: list[NewEntry] = []
    texts: list[Text] = []
    done: list[KeyDone] = []
    for word in words:
        match word.split(maxsplit=2):
            case ["write", citizen, said]:
                texts.append(Text.of(citizen, said, at))
                entries.append(written(texts[-1], at))
            case ["vote", citizen]:
                entries.append(voted(citizen, at))
            case ["key", citizen, key] if (citizen, key) not in known:
                known.add((citizen, key))
                done.append(
                    KeyDone(citizen, key, "content", {"receipt": f"2026-{after}", "n": [1, None]}, at)
                )
            case ["erase", citizen]:
                entries.append(erasure(citizen, "operator", at))
            case _:
                pass
    return Round(after=after, entries=entries, texts=texts, done=done)


def _content(entry: NewEntry) -> tuple[object, ...]:
    return (entry.service, entry.type, entry.event, entry.actor, entry.key, entry.at, entry.poll)
