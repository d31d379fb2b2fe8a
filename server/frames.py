"""WebSocket frames as far as we make and read them ourselves: one shared by many, and where the next one begins.

RFC 6455, 5.2. The library makes and reads all others.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from protocol.poses import POSE, POSE_HEAD, POSE_MESSAGE_BYTES

BINARY = 0x82
"""A final frame of a binary message."""

MASKED = 0x80
_LENGTH = 0x7F
_LONG_HEAD = struct.Struct(">BBH")
_EXTENDED = {126: 2, 127: 8}

POSE_FRAME = np.dtype([("frame", "V6"), *POSE.descr])
"""A pose in its client's frame: two bytes of head, the mask's key, the pose."""

POSE_FRAME_BYTES = POSE_FRAME.itemsize

_POSE_HEADS = np.uint64(
    int.from_bytes(bytes((BINARY, MASKED | POSE_MESSAGE_BYTES, 0, 0, 0, 0)) + POSE_HEAD, "little")
)
_HEADS = np.uint64(0xFFFF_0000_0000_FFFF)


def unmask_poses(raw: bytes) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    """Frames of POSE_FRAME_BYTES end to end -> (n,) POSE_FRAME, unmasked; (n,) whether each is a frame of one pose.

    As three words of eight bytes: the key lies in the first, and meets the others turned by half of itself.
    """
    words = np.frombuffer(raw, "<u8").reshape(-1, 3)
    half, low = np.uint64(16), np.uint64(0xFFFF_FFFF)
    key = words[:, 0] >> half & low
    turned = (key >> half | key << half) & low
    plain = words ^ (turned | turned << np.uint64(32))[:, None]
    plain[:, 0] = words[:, 0] ^ key << np.uint64(48)
    return plain.view(POSE_FRAME)[:, 0], (plain[:, 0] & _HEADS) == _POSE_HEADS


def binary_frame(message: bytes) -> bytes:
    """A whole message as a server sends it, to be handed to many sockets as it is."""
    size = len(message)
    if size < 126:
        return bytes((BINARY, size)) + message
    if size < 1 << 16:
        return _LONG_HEAD.pack(BINARY, 126, size) + message
    return bytes((BINARY, 127)) + size.to_bytes(8) + message


def frame_bytes(raw: bytes, at: int) -> int | None:
    """The length of the frame that begins there, or None where its head is not whole."""
    if len(raw) - at < 2:
        return None
    length, key = raw[at + 1] & _LENGTH, 4 if raw[at + 1] & MASKED else 0
    extended = _EXTENDED.get(length, 0)
    if len(raw) - at < 2 + extended:
        return None
    if extended:
        length = int.from_bytes(raw[at + 2 : at + 2 + extended])
    return 2 + extended + key + length


class Boundary:
    """Where in a frame a stream of bytes is."""

    def __init__(self) -> None:
        self._head = b""
        self._owed = 0

    @property
    def is_between_frames(self) -> bool:
        """Whether the next byte begins a frame."""
        return not self._head and not self._owed

    @property
    def owed_bytes(self) -> int:
        """How much of a frame that has begun is still to come, as far as its head is known."""
        return self._owed

    def follow(self, raw: bytes) -> None:
        """Count these bytes in."""
        raw = self._head + raw
        at, self._head, self._owed = self._owed, b"", 0
        while at < len(raw):
            size = frame_bytes(raw, at)
            if size is None:
                self._head = raw[at:]
                return
            at += size
        self._owed = at - len(raw)
