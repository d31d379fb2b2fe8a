"""The peers' wires, a client's side: how one joins, how a pose is sent, what a frame shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import numpy as np
from numpy.typing import NDArray

NO_PLACE = -1
"""A coordinate that a frame leaves as it was."""


@dataclass(frozen=True)
class Shown:
    """What one frame shows, all int32 (m,): who, and where in centimetres, or NO_PLACE where unchanged.

    `fresh` names those who have just come into view: they were not shown before it.
    """

    who: NDArray[np.int32]
    x: NDArray[np.int32]
    z: NDArray[np.int32]
    fresh: NDArray[np.int32]


_NOBODY = np.empty(0, np.int32)
_NOTHING = Shown(_NOBODY, _NOBODY, _NOBODY, _NOBODY)


class Wire(Protocol):
    """One peer's language, as far as a walking client speaks it."""

    pose_head: bytes
    """What a pose's 16 bytes are preceded by in its message."""

    async def reserve(self, http: httpx.AsyncClient, x: int, z: int) -> tuple[str, str]:
        """The path to open the WebSocket at, and this client's name in frames ("" where it is told later)."""

    def welcome(self, message: bytes) -> tuple[str, bytes] | None:
        """For a message that ends the opening: one's own name if it tells it, and what to answer."""

    def is_frame(self, message_head: int) -> bool:
        """Whether a message with this first byte tells who moved (asked only once the opening is over)."""

    def read(self, message: bytes) -> Shown:
        """What a frame, or the state given when joining, shows."""

    def number(self, name: str) -> int:
        """The number under which `read` shows the client of this name; -1 when it was never told."""


_BROADCAST_ENTRY = np.dtype(
    [("slot", "<u2"), ("x", "<u2"), ("z", "<u2"), ("y", "<i2"), ("yaw", "u1"), ("stance", "u1")]
)


class BroadcastWire:
    """The wire of `broadcast.py`: first one's slot, then frames of all entries."""

    pose_head = b""

    async def reserve(self, http: httpx.AsyncClient, x: int, z: int) -> tuple[str, str]:
        return "/", ""

    def welcome(self, message: bytes) -> tuple[str, bytes] | None:
        return (str(int.from_bytes(message, "little")), b"") if len(message) == 2 else None

    def is_frame(self, message_head: int) -> bool:
        return True

    def read(self, message: bytes) -> Shown:
        entries = np.frombuffer(message, _BROADCAST_ENTRY)
        who, x, z = (entries[name].astype(np.int32) for name in ("slot", "x", "z"))
        return Shown(who, x, z, _NOBODY)

    def number(self, name: str) -> int:
        return int(name)


class ColyseusWire:
    """Colyseus 0.18: a seat by HTTP, the JOIN_ROOM handshake, then schema patches.

    `read` knows the one state that `colyseus/server.mjs` has: a map of players whose fields are x, z (u16),
    yaw and stance (u8). References are numbers of the room, the same for all its clients.
    """

    _JOIN_ROOM, _ROOM_STATE, _ROOM_STATE_PATCH, _ROOM_DATA_BYTES = 10, 14, 15, 17
    pose_head = bytes([_ROOM_DATA_BYTES, 0xA0 | len("pose")]) + b"pose"

    def __init__(self) -> None:
        self._refs: dict[str, int] = {}
        self._newest: tuple[bytes, Shown] = (b"", _NOTHING)

    async def reserve(self, http: httpx.AsyncClient, x: int, z: int) -> tuple[str, str]:
        answer = await http.post("/matchmake/joinOrCreate/plaza", json={"x": x, "z": z})
        answer.raise_for_status()
        seat: Mapping[str, Any] = answer.json()
        session = str(seat["sessionId"])
        return f"/{seat['processId']}/{seat['roomId']}?sessionId={session}", session

    def welcome(self, message: bytes) -> tuple[str, bytes] | None:
        return ("", bytes([self._JOIN_ROOM])) if message[0] == self._JOIN_ROOM else None

    def is_frame(self, message_head: int) -> bool:
        return message_head == self._ROOM_STATE_PATCH

    def number(self, name: str) -> int:
        return self._refs.get(name, -1)

    def read(self, message: bytes) -> Shown:
        if message[0] not in (self._ROOM_STATE, self._ROOM_STATE_PATCH):
            return _NOTHING
        # Without views every client is sent the same bytes: reading them once is enough.
        if message != self._newest[0]:
            patch = _Patch(message)
            self._refs.update(patch.names)
            columns = np.array(patch.rows, np.int32).reshape(-1, 3)
            fresh = np.array(list(patch.fresh), np.int32)
            self._newest = message, Shown(columns[:, 0], columns[:, 1], columns[:, 2], fresh)
        return self._newest[1]


@dataclass
class _Patch:
    """The operations of one patch, read byte by byte: `rows` of (reference, x, z)."""

    message: bytes
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)

    _SWITCH, _TYPE_ID, _ADD, _DELETE, _CLEAR = 255, 213, 128, 64, 10
    _STATE = 0
    _PLAYERS = 1
    """The map is the first thing that the state refers to, so the second reference of the room."""

    def __post_init__(self) -> None:
        message, at, reference, end = self.message, 1, self._STATE, len(self.message)
        x = z = NO_PLACE
        while at < end:
            operation = message[at]
            if operation == self._SWITCH:
                if x != NO_PLACE or z != NO_PLACE:
                    self.rows.append((reference, x, z))
                    x = z = NO_PLACE
                reference, at = self._number(at + 1)
            elif reference == self._PLAYERS:
                at = self._entry(operation, at + 1)
            elif reference == self._STATE:
                _, at = self._number(at + 1)
            else:
                field_index = operation & 0x3F
                if field_index == 0:
                    x, at = message[at + 1] | message[at + 2] << 8, at + 3
                elif field_index == 1:
                    z, at = message[at + 1] | message[at + 2] << 8, at + 3
                else:
                    at += 2
        if x != NO_PLACE or z != NO_PLACE:
            self.rows.append((reference, x, z))

    def _entry(self, operation: int, at: int) -> int:
        """One operation on the map of players; returns where the next begins."""
        if operation == self._CLEAR:
            return at
        _, at = self._number(at)
        if operation & self._ADD:
            length = self.message[at] & 0x1F
            name = self.message[at + 1 : at + 1 + length].decode()
            reference, at = self._number(at + 1 + length)
            if at < len(self.message) and self.message[at] == self._TYPE_ID:
                _, at = self._number(at + 1)
            self.names[name] = reference
            self.fresh.add(reference)
        elif operation != self._DELETE:
            raise ValueError(f"operation {operation} on the map of players")
        return at

    def _number(self, at: int) -> tuple[int, int]:
        """A variable-length number and where it ends."""
        head = self.message[at]
        if head < 0x80:
            return head, at + 1
        size = {0xCC: 1, 0xCD: 2, 0xCE: 4}[head]
        return int.from_bytes(self.message[at + 1 : at + 1 + size], "little"), at + 1 + size
