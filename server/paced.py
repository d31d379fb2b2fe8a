"""The paced: who sends one pose a tick is read once a tick, just before it, and not whenever a pose comes.

A pose waits for its district's tick anyway. So the system is asked to tell of such a socket only when it holds more
than one pose (`SO_RCVLOWAT`, socket(7); of TCP, Linux keeps to it when it is polled): of a command at once, as of
everybody's, and of what is shorter at the tick. For each pose that saves a place in the queue of what is ready and a
share of a round: with 3,000 who walk a tenth of all the server does. Where the system does not keep to it, poses are
told and read one by one as before.
"""

import socket
from contextlib import suppress
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.frames import POSE_FRAME_BYTES
from server.inbox import Inbox

POSES_IN_PACE = 20
"""Who has sent so many, one by one, is paced; until they send none in a tick, or two. While sending so many, who runs
as fast as one may has kept enough of the allowance to be dated a tick too early."""


class Socket(Protocol):
    """What is needed of a socket that is read here."""

    def fileno(self) -> int: ...
    def setsockopt(self, level: int, option: int, value: int, /) -> None: ...


class Paced:
    """Whose poses wait in their sockets, by the inbox that they go to."""

    def __init__(self) -> None:
        self._sockets: dict[Inbox, dict[int, Socket]] = {}
        self._inbox_of: dict[int, Inbox] = {}
        self._in_a_row: NDArray[np.int32] = np.zeros(1024, np.int32)
        self._new: dict[Inbox, set[int]] = {}
        self._collected_at: dict[Inbox, float] = {}

    def watch(self, fd: int) -> None:
        """A new socket, which has sent nothing yet."""
        if fd >= len(self._in_a_row):
            more = max(fd + 1, 2 * len(self._in_a_row)) - len(self._in_a_row)
            self._in_a_row = np.append(self._in_a_row, np.zeros(more, np.int32))
        self._in_a_row[fd] = 0

    def count(self, fds: NDArray[np.int64]) -> list[int]:
        """One pose came of each of these, by itself; which of them have now kept pace for long enough."""
        self._in_a_row[fds] += 1
        steady: list[int] = fds[self._in_a_row[fds] == POSES_IN_PACE].tolist()
        return steady

    def take(self, sock: Socket, inbox: Inbox) -> None:
        """From now on one pose of this socket waits in it."""
        fd = sock.fileno()
        self._sockets.setdefault(inbox, {})[fd] = sock
        self._inbox_of[fd] = inbox
        self._new.setdefault(inbox, set()).add(fd)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, POSE_FRAME_BYTES + 1)

    def drop(self, fd: int) -> None:
        """From now on whatever comes is told at once; safe to call for who is not paced, or whose socket is closed."""
        self._in_a_row[fd] = 0
        inbox = self._inbox_of.pop(fd, None)
        if inbox is not None:
            sock = self._sockets[inbox].pop(fd)
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def miss(self, inbox: Inbox, fds: set[int]) -> None:
        """These were asked before a tick and had nothing: dropped, but for whose pose to that tick was read before."""
        for fd in fds.difference(self._new.pop(inbox, ())):
            self.drop(fd)

    def of(self, inbox: Inbox, now: float) -> tuple[list[int], float]:
        """Whose poses for this inbox wait in their sockets, and after which time they came there."""
        since, self._collected_at[inbox] = self._collected_at.get(inbox, now), now
        return list(self._sockets.get(inbox, ())), since
