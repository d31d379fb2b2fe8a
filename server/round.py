"""One round of the host: who asked, and what is decided until it is kept."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.handshake import Done
from protocol.message import Command
from protocol.refusals import Refused
from server.journal import KeyDone, Text
from worlds.citizen import Citizen
from worlds.city import Decided

Answer = Callable[[Done | Refused], None]


@dataclass(slots=True)
class Asked:
    """A command that waits for its round."""

    command: Command
    citizen: Citizen
    answer: Answer


@dataclass(slots=True)
class OpenRound:
    """A round while it is decided."""

    now: int
    entries: list[Decided] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    done: list[KeyDone] = field(default_factory=list)
    answers: list[tuple[Answer, Done | Refused]] = field(default_factory=list)


def content_of(command: Command) -> str:
    """What a command asks, whatever its id and key: the same content may be sent again."""
    fields = command.model_dump(mode="json", exclude={"id", "key"})
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
