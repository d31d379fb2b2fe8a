"""Many sockets at once: what each of them holds is read, and each is sent what it is due.

By the ring where the system has one (`server/ring.py`), else one by one. None of them is waited for.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from errno import EAGAIN
from itertools import islice, repeat
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.frames import POSE_FRAME_BYTES
from server.ring import PIECE, PIECES, RECEIVE, SEND, Ring, RingMissing

READ_BYTES = 18 * POSE_FRAME_BYTES
"""What is read of a socket in one round: whole poses of who sends many, or some messages. With its head such an object
still comes from Python's own pools; four poses more, and each read would be two calls of malloc."""

NOTHING: Final[Mapping[int, bytes]] = MappingProxyType({})


@dataclass(slots=True)
class Haul:
    """What was read: of these what is as long as a pose's frame, end to end; of others the rest, b"" at the end."""

    of: NDArray[np.int64]
    frames: bytes
    others: list[tuple[int, bytes]]
    nothing: list[int]
    """Who had nothing to be read."""

    def frame(self, row: int) -> bytes:
        """One of the frames."""
        return self.frames[row * POSE_FRAME_BYTES : (row + 1) * POSE_FRAME_BYTES]


class Sockets(Protocol):
    """Reads and sends for many; a descriptor that is no socket any more is as one whose line has ended."""

    def read(self, fds: list[int]) -> Haul:
        """At most READ_BYTES of each."""

    def send(
        self,
        fds: NDArray[np.int32],
        frames: list[bytes],
        which: NDArray[np.intp],
        besides: Mapping[int, bytes] = NOTHING,
    ) -> NDArray[np.int64]:
        """To each the frame of that number, and to some, by their rows, what is for them alone, behind it.

        Tells how many bytes were taken of both, 0 too where the line has ended.
        """

    def close(self) -> None:
        """Give back what the system gave."""


def best_sockets() -> Sockets:
    """By the ring, if there is one."""
    try:
        return Ringed()
    except RingMissing:
        return OneByOne()


class OneByOne:
    """A call for each."""

    def read(self, fds: list[int]) -> Haul:
        """At most READ_BYTES of each."""
        some = list(fds)
        raws = read_each(some)
        nothing = list(set(fds).difference(some)) if len(some) < len(fds) else []
        sizes = list(map(len, raws))
        if sizes.count(POSE_FRAME_BYTES) == len(sizes):
            return Haul(np.array(some, np.int64), b"".join(raws), [], nothing)
        others = [one for one in zip(some, raws, strict=True) if len(one[1]) != POSE_FRAME_BYTES]
        of = [fd for fd, size in zip(some, sizes, strict=True) if size == POSE_FRAME_BYTES]
        frames = b"".join(raw for raw in raws if len(raw) == POSE_FRAME_BYTES)
        return Haul(np.array(of, np.int64), frames, others, nothing)

    def send(
        self,
        fds: NDArray[np.int32],
        frames: list[bytes],
        which: NDArray[np.intp],
        besides: Mapping[int, bytes] = NOTHING,
    ) -> NDArray[np.int64]:
        """To each the frame of that number, to some what is for them alone; how many bytes were taken."""
        return np.array(
            [
                write(fd, frames[i], besides.get(row, b""))
                for row, (fd, i) in enumerate(zip(fds.tolist(), which.tolist(), strict=True))
            ],
            np.int64,
        )

    def close(self) -> None:
        """Nothing was taken."""


class Ringed:
    """A call for all."""

    def __init__(self) -> None:
        """Raises RingMissing."""
        self._reads = Ring(RECEIVE)
        try:
            self._sends = Ring(SEND)
        except RingMissing:
            self._reads.close()
            raise
        self._rows: NDArray[np.uint8] = np.empty((0, READ_BYTES), np.uint8)

    def read(self, fds: list[int]) -> Haul:
        """At most READ_BYTES of each."""
        if len(fds) > len(self._rows):
            self._rows = np.zeros((2 * len(fds), READ_BYTES), np.uint8)
        asked, rows = np.array(fds, np.int64), self._rows[: len(fds)]
        start = np.uint64(rows.ctypes.data)
        addresses = start + np.arange(len(fds), dtype=np.uint64) * np.uint64(READ_BYTES)
        sizes = self._reads.run(asked, addresses, np.broadcast_to(READ_BYTES, len(fds)))
        is_pose, is_nothing = sizes == POSE_FRAME_BYTES, sizes == -EAGAIN
        frames = rows[is_pose, :POSE_FRAME_BYTES].tobytes()
        others = [
            (fds[i], rows[i, : max(sizes[i], 0)].tobytes())
            for i in np.flatnonzero(~(is_pose | is_nothing)).tolist()
        ]
        return Haul(asked[is_pose], frames, others, asked[is_nothing].tolist())

    def send(
        self,
        fds: NDArray[np.int32],
        frames: list[bytes],
        which: NDArray[np.intp],
        besides: Mapping[int, bytes] = NOTHING,
    ) -> NDArray[np.int64]:
        """To each the frame of that number, to some what is for them alone; how many bytes were taken."""
        laid = b"".join(frames)
        asked = _pieces(laid, frames)[which]
        if not besides:
            taken = self._sends.run(fds, asked["address"], asked["size"])
            return np.maximum(taken, 0).astype(np.int64)
        rows, own = np.fromiter(besides, np.intp, len(besides)), b"".join(besides.values())
        both = np.stack((asked[rows], _pieces(own, besides.values())), axis=1)
        heads = np.zeros(len(rows), PIECES)
        heads["pieces"], heads["count"] = _addresses(both), 2
        asked["address"][rows], asked["size"][rows] = _addresses(heads), 1
        in_pieces = np.zeros(len(fds), np.bool_)
        in_pieces[rows] = True
        taken = self._sends.run(fds, asked["address"], asked["size"], in_pieces)
        return np.maximum(taken, 0).astype(np.int64)

    def close(self) -> None:
        """Give both rings back."""
        self._reads.close()
        self._sends.close()


def address_of(raw: bytes) -> int:
    """Where the bytes are, as long as they are."""
    return int(np.frombuffer(raw, np.uint8).ctypes.data)


def _pieces(laid: bytes, raws: Collection[bytes]) -> NDArray[np.void]:
    """Where each of them is in all of them end to end, as long as those are; of PIECE."""
    pieces = np.empty(len(raws), PIECE)
    sizes = np.fromiter(map(len, raws), np.uint64, len(raws))
    # To ask each of them where it is would take longer than to copy them.
    pieces["address"], pieces["size"] = np.uint64(address_of(laid)) + np.cumsum(sizes) - sizes, sizes
    return pieces


def _addresses(rows: NDArray[np.void]) -> NDArray[np.uint64]:
    """Where each row of this array is."""
    return np.uint64(rows.ctypes.data) + np.arange(len(rows), dtype=np.uint64) * np.uint64(rows.strides[0])


def write(fd: int, raw: bytes, beside: bytes = b"") -> int:
    """How many of these bytes the socket took; none where its line has ended."""
    try:
        return os.writev(fd, (raw, beside)) if beside else os.write(fd, raw)
    except OSError:
        return 0


def read_each(fds: list[int]) -> list[bytes]:
    """What each socket holds, or its beginning; b"" at its end. Who has nothing after all is struck from `fds`."""
    raws: list[bytes] = []
    while len(raws) < len(fds):
        try:
            # Without a turn of ours between two reads; what was read before one fails stays in the list.
            raws.extend(map(os.read, islice(fds, len(raws), None), repeat(READ_BYTES)))
        except BlockingIOError:
            del fds[len(raws)]
        except OSError:
            raws.append(b"")
    return raws
