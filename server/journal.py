"""The shape of the journal: what is written in one commit, what is read back, and how its rows are chained.

The journal is append-only. Every entry has a version, one more than the one before, unique in the city: who writes
a version that another owner has already written is fenced off. Every entry's hash covers the hash of the one
before, so that nobody changes the past unseen.
"""

import hashlib
import json
import secrets
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from worlds.service import Ballot, Brought, Record, Tally

ERASED = "citizens.erased"
"""The entry that says that personal texts are gone: all of a `citizen`, or the `refs` that need not be kept longer."""

KEY_DAYS = 30
"""How long a command's key is remembered (PROTOCOL, section 5)."""

KEYS_AT_ONCE = 5_000
"""Keys that are forgotten in one transaction: rounds wait for it, some hundredths of a second."""

FIRST_HASH = bytes(32)
"""What the first entry has in the place of the hash before it."""

SALT_BYTES = 16


class JournalError(Exception):
    """The journal cannot be used, and waiting does not help: one line for the operator."""


class Unavailable(JournalError):
    """Nothing was written, or whether it was is not known; it may work later."""


class Fenced(Unavailable):
    """Nothing was written: another owner has written since; read what it wrote first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One event that was decided, before it has its place in the journal; `at` in ms since the epoch.

    `key` is the command's. `poll` is set where the event is its actor's participation in a secret ballot.
    """

    service: str
    type: str
    event: Mapping[str, Any]
    at: int
    actor: str = ""
    key: str | None = None
    poll: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(NewEntry):
    """One row of the journal."""

    version: int
    prev_hash: bytes
    hash: bytes

    @classmethod
    def after(cls, version: int, prev_hash: bytes, new: NewEntry) -> Self:
        """The entry that follows the one with this version and hash."""
        row = {
            "version": version + 1,
            "service": new.service,
            "type": new.type,
            "event": new.event,
            "actor": new.actor,
            "key": new.key,
            "at": new.at,
            "poll": new.poll,
        }
        digest = hashlib.sha256(prev_hash + canonical(row).encode()).digest()
        return cls(**row, prev_hash=prev_hash, hash=digest)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Text:
    """A personal text and the salt of its hash; both are erased together."""

    ref: str
    owner: str
    salt: bytes
    text: str
    at: int

    @classmethod
    def of(cls, owner: str, text: str, at: int) -> Self:
        """A new text of a citizen; Hangul composed, so that a search finds it however it was typed."""
        composed = unicodedata.normalize("NFC", text)
        return cls(secrets.token_urlsafe(12), owner, secrets.token_bytes(SALT_BYTES), composed, at)

    @property
    def hash(self) -> str:
        """What the journal holds of it: SHA-256 over salt and text, in hex."""
        return hashlib.sha256(self.salt + self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KeyDone:
    """What was done under a command's key: a hash of what was asked, and the answer's `result`."""

    citizen: str
    key: str
    content: str
    result: Any
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """All that one commit writes, after the entry `after`: the newest that the writer has applied."""

    after: int
    entries: Sequence[NewEntry]
    texts: Sequence[Text] = ()
    records: Sequence[Record] = ()
    done: Sequence[KeyDone] = ()
    ballots: Sequence[Ballot] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The city's state after an entry."""

    version: int
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: who has published it can show later that nothing before it was changed."""

    version: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.version}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """As `str` shows it; raises ValueError."""
        version, _, digest = text.partition(":")
        head = cls(int(version), bytes.fromhex(digest))
        if head.version < 0 or len(head.hash) != len(FIRST_HASH):
            raise ValueError("a head is VERSION:HASH, the hash in 64 hex digits")
        return head


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found; sound when there are no faults."""

    head: Head
    texts: int
    erased: int
    ballots: int
    faults: tuple[str, ...]
    files: int = 0


class Journal(ABC):
    """What a city keeps."""

    @abstractmethod
    async def open(self) -> None:
        """Ready to read and write; raises JournalError with one line that says why not."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; it may be opened again."""

    @abstractmethod
    async def append(self, round: Round) -> Sequence[Entry]:
        """Write a round in one transaction; on disk when it returns. Raises Fenced, Unavailable.

        Not to be cancelled: what was written would not be known. A `citizens.erased` among the entries deletes
        the personal texts that it names in the same transaction.
        """

    @abstractmethod
    async def probe(self) -> None:
        """Write something and take it away again; raises Unavailable where that cannot be done."""

    @abstractmethod
    def read(self, after: int = 0) -> AsyncIterator[Entry]:
        """Every entry after a version, in order."""

    @abstractmethod
    async def head(self) -> Head:
        """The newest entry's version and hash; version 0 where there is none."""

    @abstractmethod
    async def save_snapshot(self, version: int, state: dict[str, Any]) -> None:
        """Keep the state after an entry; only the newest few stay. It may hold no personal text."""

    @abstractmethod
    async def newest_snapshot(self) -> Snapshot | None:
        """The newest state that was kept, if any."""

    @abstractmethod
    async def key(self, citizen: str, key: str) -> KeyDone | None:
        """What was done under a key in the last 30 days."""

    @abstractmethod
    async def keys(self, asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], KeyDone]:
        """The same for many at once, by (citizen, key)."""

    @abstractmethod
    async def forget_keys(self, before: int) -> int:
        """Delete keys of before a time in ms, KEYS_AT_ONCE at most; returns how many."""

    @abstractmethod
    def personal_texts(self) -> AsyncIterator[tuple[str, str]]:
        """Every personal text that is not erased, with its reference."""

    @abstractmethod
    async def waiting_files(self, ids: Collection[str]) -> Mapping[str, Brought]:
        """Files that were brought and wait to be attached, by their ids; an event that attaches one binds it."""

    @abstractmethod
    async def forget_files(self, before: int) -> int:
        """Delete files that wait since before a time in ms, some at once; returns how many."""

    @abstractmethod
    async def tally(self, poll: str) -> Tally:
        """Count the ballots of a poll that is closed, and leave no trace of when each came; raises Unavailable."""

    @abstractmethod
    async def ballot_ids(self, poll: str) -> str:
        """The ids of a poll's ballots, sorted, one a line: what is published, and what a tally's `digest` is of."""

    @abstractmethod
    async def verify(self, published: Head | None = None) -> Verdict:
        """Read everything and check it: no gaps, every hash, every text, as many ballots as participations."""


def erasure(citizen: str, actor: str, at: int) -> NewEntry:
    """The entry with which a citizen's personal texts are erased."""
    return NewEntry(service="citizens", type=ERASED, event={"citizen": citizen}, actor=actor, at=at)


def expiry(refs: Sequence[str], at: int) -> NewEntry:
    """The entry with which texts are erased because their retention is over."""
    return NewEntry(service="citizens", type=ERASED, event={"refs": list(refs)}, at=at)


def erased_by(entry: NewEntry) -> str | None:
    """Whose texts an entry erases, where it is all of a citizen's."""
    return entry.event.get("citizen") if entry.type == ERASED else None


def expired_by(entry: NewEntry) -> Sequence[str]:
    """The references of the texts that an entry erases, where it names them."""
    return entry.event.get("refs", ()) if entry.type == ERASED else ()


def canonical(value: Any) -> str:
    """JSON in the one form that hashes cover: sorted names, no spaces, not escaped; raises ValueError for NaN."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def chained(round: Round, prev_hash: bytes) -> Iterator[Entry]:
    """The round's entries in their places. Raises ValueError for what may never be written."""
    version = round.after
    for new in round.entries:
        if any(personal.get("text") for personal in personal_in(new.event)):
            raise ValueError(f"{new.type} holds a personal text: move it to Round.texts")
        entry = Entry.after(version, prev_hash, new)
        yield entry
        version, prev_hash = entry.version, entry.hash


def personal_in(value: Any) -> Iterator[Mapping[str, str]]:
    """Every `Personal` in an event's JSON."""
    match value:
        case {"owner": str()} if value.keys() <= {"owner", "ref", "hash", "text"} and len(value) > 1:
            yield value
        case dict():
            for item in value.values():
                yield from personal_in(item)
        case list() | tuple():
            for item in value:
                yield from personal_in(item)
        case _:
            pass
