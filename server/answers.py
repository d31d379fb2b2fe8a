"""What was answered already, so that a command sent again is answered again and not carried out twice."""

import hashlib
from collections import OrderedDict

from protocol.codec import encode
from protocol.handshake import Done
from protocol.message import Command
from protocol.refusals import Refusal, Refused

REMEMBERED = 256
"""Answers kept per session by `id`, and per citizen by `key` (PROTOCOL section 4)."""

MAX_KEYRINGS = 20_000
"""Citizens whose keys are remembered; past it those who used theirs longest ago are forgotten."""


class Answers:
    """The last answers of one session, by the id of the command."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[int, bytes] = OrderedDict()

    def again(self, command_id: int) -> bytes | None:
        """The answer that this id got before, or None."""
        return self._by_id.get(command_id)

    def remember(self, command_id: int, answer: bytes) -> None:
        """Keep an answer; the oldest is forgotten."""
        self._by_id[command_id] = answer
        if len(self._by_id) > REMEMBERED:
            self._by_id.popitem(last=False)


class Keys:
    """What one citizen did under which key, for as long as this node runs."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, tuple[bytes, Done]] = OrderedDict()

    def again(self, command: Command) -> Done | None:
        """The `done` of the same key and content; raises Refused `conflict` for other content."""
        if command.key is None or command.key not in self._done:
            return None
        content, done = self._done[command.key]
        if content != _content(command):
            raise Refused(Refusal.CONFLICT, "this key was used for something else", field="key")
        return done.model_copy(update={"id": command.id})

    def remember(self, command: Command, done: Done) -> None:
        """Keep what was done under the command's key, if it has one; refusals are not remembered."""
        if command.key is None:
            return
        self._done[command.key] = (_content(command), done)
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)


class Keyrings:
    """The keys of everyone who used one."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, Keys] = OrderedDict()

    def __len__(self) -> int:
        return len(self._keys)

    def again(self, citizen: str, command: Command) -> Done | None:
        """What this citizen did under the command's key; raises Refused `conflict` for other content."""
        keys = self._keys.get(citizen)
        return keys.again(command) if keys is not None else None

    def remember(self, citizen: str, command: Command, done: Done) -> None:
        """Keep what was done under the command's key, if it has one."""
        if command.key is None:
            return
        self._keys.setdefault(citizen, Keys()).remember(command, done)
        self._keys.move_to_end(citizen)
        if len(self._keys) > MAX_KEYRINGS:
            self._keys.popitem(last=False)

    def forget(self, citizen: str) -> None:
        """Nobody will come back to these keys."""
        self._keys.pop(citizen, None)


def _content(command: Command) -> bytes:
    """What tells one content from another, of the same few bytes for a long text."""
    return hashlib.sha256(encode(command.model_copy(update={"id": 0}))).digest()
