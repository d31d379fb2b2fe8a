"""The ring: many sockets are read, or sent to, in one call of the system, where it has io_uring(7).

Each read and each send was a call of its own, with its way through Python: a sixth of what it costs. Here a batch is
written down by numpy as the kernel wants it (linux/io_uring.h), and done at once: every request is made not to wait,
so all are over when the call returns, and no buffer is in use beyond it. No more of io_uring is used. The libraries
for it fill in one request at a time, by the very calls that this saves.
"""

import ctypes
import mmap
import os
import socket
import sys
from errno import EAGAIN
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SETUP: Final = 425
ENTER: Final = 426
"""Numbers of the system's calls; the same on every machine of Linux."""

SEND: Final = 26
RECEIVE: Final = 27
SEND_PIECES: Final = 9
"""What a request asks for."""

SUBMIT_ALL: Final = 1 << 7
"""One request's failure does not keep the others back; Linux 5.18."""

QUEUES_AT: Final = 0
REQUESTS_AT: Final = 0x1000_0000
"""Where the ring's descriptor shows its two queues, and where its requests."""

ENTRIES: Final = 4_096
"""Requests in one call: some 10 ms of the kernel's sends."""

TRIES: Final = 3
"""So often in a row the kernel may be too short of memory to begin; the rest then counts as what would have to wait."""

REQUEST = np.dtype(
    {
        "names": ["opcode", "fd", "address", "size", "flags", "number"],
        "formats": ["u1", "i4", "u8", "u4", "u4", "u8"],
        "offsets": [0, 4, 16, 24, 28, 32],
        "itemsize": 64,
    }
)
PIECE = np.dtype([("address", "u8"), ("size", "u8")])
"""Bytes in memory, iovec(3type)."""

PIECES = np.dtype(
    {
        "names": ["pieces", "count"],
        "formats": ["u8", "u8"],
        "offsets": [16, 24],
        "itemsize": 56,
    }
)
"""What is sent in some pieces, msghdr(3type), of which the rest is 0."""

RESULT = np.dtype([("number", "u8"), ("result", "i4"), ("flags", "u4")])

_WORD = np.dtype("u4")
_WORDS, _FLAGS, _REQUEST_QUEUE, _RESULT_QUEUE = 30, 2, 10, 20
"""What the setup is told, and tells: its length, and where in it its flags and the offsets of the queues are."""


class RingMissing(OSError):
    """This system has no io_uring, or keeps it from us, as most containers do."""


class Ring:
    """Requests of one kind."""

    def __init__(self, opcode: int) -> None:
        """Raises RingMissing."""
        self._fd = -1
        self._opcode = opcode
        told = np.zeros(_WORDS, _WORD)
        told[_FLAGS] = SUBMIT_ALL
        self._fd = _system(SETUP, ENTRIES, told.ctypes.data)
        try:
            self._share(told)
        except OSError as error:
            self.close()
            raise RingMissing(*error.args) from error

    def _share(self, told: NDArray[np.uint32]) -> None:
        """Lay hands on what the kernel and we both write in."""
        entries, results = told[:2].tolist()
        _, tail, _, _, _, _, order = told[_REQUEST_QUEUE : _REQUEST_QUEUE + 7].tolist()
        told_to, told_from, _, _, _, first = told[_RESULT_QUEUE : _RESULT_QUEUE + 6].tolist()
        # Both queues are in one piece, in every kernel that has SUBMIT_ALL.
        size = max(order + entries * _WORD.itemsize, first + results * RESULT.itemsize)
        queues = mmap.mmap(self._fd, size, offset=QUEUES_AT)
        requests = mmap.mmap(self._fd, entries * REQUEST.itemsize, offset=REQUESTS_AT)
        self._requests = np.frombuffer(requests, REQUEST, entries)
        self._requests["flags"] = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL
        self._requests["number"] = np.arange(entries)
        np.frombuffer(queues, _WORD, entries, order)[:] = np.arange(entries)
        self._tail = np.frombuffer(queues, _WORD, 1, tail)
        self._results = np.frombuffer(queues, RESULT, results, first)
        self._results_taken = np.frombuffer(queues, _WORD, 1, told_to)
        self._results_made = np.frombuffer(queues, _WORD, 1, told_from)

    def close(self) -> None:
        """Give the ring back; safe to call twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def run(
        self,
        fds: NDArray[np.integer[Any]],
        addresses: NDArray[np.uint64],
        sizes: NDArray[np.integer[Any]],
        in_pieces: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.int32]:
        """For each descriptor, in their order, bytes from its address or to it: how many, or the error's number < 0.

        `in_pieces`: at whose address PIECES tell where the bytes are; their size is 1.
        """
        opcodes = None if in_pieces is None else np.where(in_pieces, SEND_PIECES, self._opcode)
        outcome = np.full(len(fds), -EAGAIN, np.int32)
        at = tries = 0
        while at < len(fds) and tries < TRIES:
            tail = int(self._tail[0])
            first = tail % len(self._requests)
            # Not beyond the ring's end: so a batch is one piece of it.
            count = min(len(fds) - at, len(self._requests) - first)
            part, batch = slice(at, at + count), self._requests[first : first + count]
            batch["fd"], batch["address"], batch["size"] = fds[part], addresses[part], sizes[part]
            batch["opcode"] = self._opcode if opcodes is None else opcodes[part]
            self._tail[0] = _counted(tail + count)
            begun = self._enter(count)
            self._tail[0] = _counted(tail + begun)
            numbers, results = self._take_results()
            outcome[at - first + numbers] = results
            at += begun
            tries = 0 if begun else tries + 1
        return outcome

    def _enter(self, count: int) -> int:
        """How many of so many requests were begun, and thus done."""
        try:
            return _system(ENTER, self._fd, count)
        except RingMissing:
            return 0

    def _take_results(self) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        taken, made = int(self._results_taken[0]), int(self._results_made[0])
        which = np.arange(taken, taken + _counted(made - taken)) % len(self._results)
        numbers, results = self._results["number"][which].astype(np.intp), self._results["result"][which]
        self._results_taken[0] = made
        return numbers, results


def _counted(number: int) -> int:
    """As the kernel counts, who begins again after 2^32: within two days of a full plaza."""
    return number & 0xFFFF_FFFF


def _system(number: int, *arguments: int) -> int:
    if sys.platform != "linux":
        raise RingMissing("io_uring is of Linux")
    outcome = int(_syscall()(*map(ctypes.c_long, (number, *arguments, *[0] * (6 - len(arguments))))))
    if outcome < 0:
        raise RingMissing(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return outcome


@cache
def _syscall() -> Any:
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    return call
