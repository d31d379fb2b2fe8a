"""The pose lane: fixed binary layouts as numpy dtypes, decoded and encoded for many at once."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocol.refusals import Farewell, ProtocolError

POSE_EXT = 1
FRAME_EXT = 2
TILES_EXT = 3

PRECISION_M = 0.01
"""Metres of one unit of an entry's x, z and y; u16 then spans 655.35 m."""

POSE = np.dtype(
    [
        ("head", "V2"),
        ("x", "<f4"),
        ("y", "<f4"),
        ("z", "<f4"),
        ("yaw", "<u2"),
        ("stance", "u1"),
        ("seq", "u1"),
    ]
)
"""A client's pose as it lies in its message: the MessagePack head d8 01, then 16 bytes."""

POSE_HEAD = b"\xd8\x01"
POSE_MESSAGE_BYTES = POSE.itemsize

ENTRY = np.dtype([("slot", "<u2"), ("x", "<u2"), ("z", "<u2"), ("y", "<i2"), ("yaw", "u1"), ("stance", "u1")])
"""One avatar in a block."""

BLOCK = np.dtype([("cell", "<u2"), ("flags", "u1"), ("count", "u1")])
"""The head of a block."""

TILE = np.dtype([("tile", "<u2"), ("count", "u1"), ("heading", "u1")])
"""One tile of the crowd beyond."""

BEGINS = 1
ENDS = 2
GONE = 4
ON_STAGE = 8
CLASS_SHIFT = 4
MAX_CLASS = 7
MAX_BLOCK_ENTRIES = 255

FRAME_HEAD_BYTES = 8
"""MessagePack ext 16 head (c8, length, type) and tick_ms."""

_EXT_16 = struct.Struct(">BHB")
_FRAME_HEAD = struct.Struct(">BHB4s")

STAND, WALK, RUN, SIT, RAISE_HAND, WAVE, CLAP, DANCE, FLY = range(9)


def encode_pose(x: float, y: float, z: float, yaw: int, stance: int = STAND, seq: int = 0) -> bytes:
    """One pose as a whole message of 18 bytes."""
    pose = np.zeros(1, POSE)
    pose["x"], pose["y"], pose["z"], pose["yaw"], pose["stance"], pose["seq"] = x, y, z, yaw, stance, seq
    return POSE_HEAD + pose.tobytes()[2:]


def encode_entries(
    slot: NDArray[Any],
    x: NDArray[Any],
    y: NDArray[Any],
    z: NDArray[Any],
    yaw: NDArray[Any],
    stance: NDArray[Any],
) -> NDArray[np.void]:
    """Columns in metres and 1/65536 turns -> array of ENTRY."""
    entries = np.empty(len(slot), ENTRY)
    entries["slot"] = slot
    entries["x"] = np.rint(x * (1 / PRECISION_M))
    entries["z"] = np.rint(z * (1 / PRECISION_M))
    entries["y"] = np.rint(y * (1 / PRECISION_M))
    entries["yaw"] = yaw >> 8
    entries["stance"] = stance
    return entries


def block_head(cell: int, flags: int, count: int) -> bytes:
    """The four bytes before a block's entries."""
    return bytes((cell & 0xFF, cell >> 8, flags, count))


def blocks_of(cell: int, flags: int, entries: bytes, entry_bytes: int = ENTRY.itemsize) -> bytes:
    """Entries of one cell as blocks of at most 255; BEGINS and ENDS, where given, mark first and last."""
    total = len(entries) // entry_bytes
    if total <= MAX_BLOCK_ENTRIES:
        return bytes((cell & 0xFF, cell >> 8, flags, total)) + entries
    parts: list[bytes] = []
    for start in range(0, total, MAX_BLOCK_ENTRIES):
        count = min(MAX_BLOCK_ENTRIES, total - start)
        here = flags & ~(BEGINS | ENDS)
        if start == 0:
            here |= flags & BEGINS
        if start + count == total:
            here |= flags & ENDS
        parts.append(block_head(cell, here, count))
        parts.append(entries[start * entry_bytes : (start + count) * entry_bytes])
    return b"".join(parts)


def ext_head(kind: int, payload_bytes: int) -> bytes:
    """The MessagePack head (ext 16) before a payload of the pose lane."""
    return _EXT_16.pack(0xC8, payload_bytes, kind)


def frame_head(tick_ms: int, block_bytes: int) -> bytes:
    """The head of a frame whose blocks take `block_bytes`."""
    return _FRAME_HEAD.pack(0xC8, block_bytes + 4, FRAME_EXT, (tick_ms & 0xFFFFFFFF).to_bytes(4, "little"))


def encode_frame(tick_ms: int, blocks: bytes) -> bytes:
    """Blocks as one frame, ready to be a message."""
    return frame_head(tick_ms, len(blocks)) + blocks


def encode_tiles(tick_ms: int, tiles: NDArray[np.void]) -> bytes:
    """Array of TILE as one message of the crowd beyond."""
    payload = (tick_ms & 0xFFFFFFFF).to_bytes(4, "little") + tiles.tobytes()
    return ext_head(TILES_EXT, len(payload)) + payload


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a frame; `entries` is an array of ENTRY, or of slots (u2) where it tells who is gone."""

    cell: int
    flags: int
    entries: NDArray[Any]

    @property
    def begins(self) -> bool:
        return bool(self.flags & BEGINS)

    @property
    def ends(self) -> bool:
        return bool(self.flags & ENDS)

    @property
    def gone(self) -> bool:
        return bool(self.flags & GONE)

    @property
    def on_stage(self) -> bool:
        return bool(self.flags & ON_STAGE)

    @property
    def rate_class(self) -> int:
        return (self.flags >> CLASS_SHIFT) & MAX_CLASS


@dataclass(frozen=True, slots=True)
class Frame:
    """What moved, as one tick tells it."""

    tick_ms: int
    payload: bytes

    def blocks(self) -> Iterator[Block]:
        """The blocks in their order; raises ProtocolError where the bytes do not fit."""
        at, end = 0, len(self.payload)
        while at < end:
            if end - at < BLOCK.itemsize:
                raise ProtocolError(Farewell.BAD_MESSAGE, "a frame ends inside a block's head")
            cell = int.from_bytes(self.payload[at : at + 2], "little")
            flags, count = self.payload[at + 2], self.payload[at + 3]
            at += BLOCK.itemsize
            dtype = np.dtype("<u2") if flags & GONE else ENTRY
            if end - at < count * dtype.itemsize:
                raise ProtocolError(Farewell.BAD_MESSAGE, "a frame ends inside a block")
            yield Block(cell, flags, np.frombuffer(self.payload, dtype, count, at))
            at += count * dtype.itemsize


@dataclass(frozen=True, slots=True)
class Tiles:
    """The crowd beyond: array of TILE; replaces the one before."""

    tick_ms: int
    tiles: NDArray[np.void]


def read_frame(payload: bytes) -> Frame:
    """The payload of ext 2."""
    if len(payload) < 4:
        raise ProtocolError(Farewell.BAD_MESSAGE, "a frame without its time")
    return Frame(int.from_bytes(payload[:4], "little"), payload[4:])


def read_tiles(payload: bytes) -> Tiles:
    """The payload of ext 3."""
    if len(payload) < 4 or (len(payload) - 4) % TILE.itemsize:
        raise ProtocolError(Farewell.BAD_MESSAGE, "tiles of a wrong length")
    return Tiles(int.from_bytes(payload[:4], "little"), np.frombuffer(payload, TILE, offset=4))
