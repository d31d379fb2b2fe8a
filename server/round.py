"""One round of the host: what was asked is decided, and applied at once, until all of it is kept or nothing."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog
from pydantic import BaseModel

from protocol.codec import dump
from protocol.handshake import Done
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from server.journal import KeyDone, NewEntry, Round, Text
from server.sealing import sealed
from worlds.citizen import Citizen
from worlds.city import City, Decided, Torn
from worlds.service import Ballot, Event, Personal, Texts

log = structlog.get_logger("host")

RETRY_MS = 1_000
"""When a citizen may try again after `unavailable`."""

Answer = Callable[[Done | Refused], None]

Known = dict[tuple[str, str], KeyDone]
"""What was done under keys, by citizen and key."""


def unavailable() -> Refused:
    """Not now: try again in a moment."""
    return Refused(Refusal.UNAVAILABLE, retry_after_ms=RETRY_MS)


@dataclass(slots=True)
class Asked:
    """A command that waits for its round."""

    command: Command
    citizen: Citizen
    answer: Answer


@dataclass(slots=True)
class OpenRound:
    """A round while it is decided; what it says to `city` and `texts` must be kept, or both made anew."""

    city: City
    texts: Texts
    now: int
    entries: list[Decided] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    apart: list[Text] = field(default_factory=list)
    done: list[KeyDone] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    answers: list[tuple[Answer, Done | Refused]] = field(default_factory=list)

    def decide(self, ask: Asked, known: Known) -> None:
        """One command, on what those before it made of the city; raises Torn."""
        command, citizen = ask.command, ask.citizen
        content = content_of(command)
        before = known.get((citizen.id, command.key)) if command.key is not None else None
        if before is not None:
            if before.content != content:
                refusal = Refused(Refusal.CONFLICT, "this key was used for something else", field="key")
                self.answers.append((ask.answer, refusal))
            else:
                self.answers.append((ask.answer, Done(id=command.id, result=before.result)))
            return
        texts = len(self.apart)
        try:
            entries, result = self.city.handle(
                command, citizen, self.now, secrets.token_bytes(16), self._sealing()
            )
        except Refused as refusal:
            self._refuse(ask, refusal, texts)
            return
        except Torn:
            log.exception("a fault of ours after deciding", command=command.type)
            raise
        except Exception:
            log.exception("a fault of ours while deciding", command=command.type)
            self._refuse(ask, unavailable(), texts)
            return
        if any(self.city.took_part(entry) is not None for entry in entries):
            # Beside nothing that says whose; the journal takes as many as there are participations, and no other round.
            ballot = self.city.ballot(command)
            self.ballots += [ballot] if ballot is not None else []
        self.entries += entries
        self.keys += [command.key if i == 0 else None for i in range(len(entries))]
        done = Done(id=command.id, result=dump(result) if isinstance(result, BaseModel) else None)
        if command.key is not None and entries:
            key = KeyDone(citizen.id, command.key, content, done.result, self.now)
            self.done.append(key)
            known[citizen.id, command.key] = key
        self.answers.append((ask.answer, done))

    def decide_dues(self) -> bool:
        """What follows from deadlines that have come; whether all could be decided. Raises Torn."""
        try:
            for decided in self.city.due(self.now, secrets.token_bytes(16), self._sealing()):
                self.entries.append(decided)
                self.keys.append(None)
        except Torn:
            raise
        except Exception:
            # Nothing of it was taken: commands need not wait until it is mended.
            log.exception("a fault of ours at a deadline")
            return False
        return True

    def whole(self, after: int) -> Round:
        """All that one commit writes, after that version."""
        entries = [
            NewEntry(
                service=entry.service,
                type=entry.event.type,
                event=entry.event.model_dump(mode="json", exclude_defaults=True, by_alias=True),
                actor=entry.actor,
                key=key,
                at=self.now,
                poll=self.city.took_part(entry),
            )
            for entry, key in zip(self.entries, self.keys, strict=True)
        ]
        records = {}
        for entry in self.entries:
            for record in self.city.records(entry, self.now):
                records[record.kind, record.key] = record
        return Round(
            after=after,
            entries=entries,
            texts=self.apart,
            records=list(records.values()),
            done=self.done,
            ballots=self.ballots,
        )

    def _refuse(self, ask: Asked, refusal: Refused, texts: int) -> None:
        """Answer a refusal; the texts that were set apart since there were `texts` of them go with it."""
        self.texts.drop(text.ref for text in self.apart[texts:])
        del self.apart[texts:]
        self.answers.append((ask.answer, refusal.bare()))

    def _sealing(self) -> Callable[[Event], Event]:
        def kept(personal: Personal) -> Personal:
            text = Text.of(personal.owner, personal.text, self.now)
            self.apart.append(text)
            self.texts.put(text.ref, text.text)
            return Personal(owner=personal.owner, ref=text.ref, hash=text.hash)

        return partial(sealed, kept)


def content_of(command: Command) -> str:
    """What a command asks, whatever its id and key: the same content may be sent again.

    Nothing of what is secret: it is kept beside who asked, and a hash over a choice and an id that are published would
    tell whose they are.
    """
    fields = command.model_dump(mode="json", exclude={"id", "key", *command.secret})
    if not fields.get("files"):
        fields.pop("files", None)  # as it was asked before there were any: a key may be older
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
