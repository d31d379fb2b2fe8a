"""The inlet: takes what clients send off their sockets, many at once, and sorts out the poses.

The WebSocket library reads each socket by itself and makes an object of every message: for 30,000 poses a second that
was a quarter of the server's work. Here one call tells which sockets have something, each is read once, and what is
exactly one frame with one pose is unmasked together with all the others. Everything else goes to the library byte
for byte, as its transport would hand it over; also the end of a line, and whatever is not understood here.

What costs is not the reading but what is then done. So one round hears others than poses for `limits.round_ms`, each
line some 450 bytes or one longer message; who was not heard is not read either, but first in the next round.
So a thousand who shout do not keep the ticks waiting, nor each other, and what they send waits with them. Who says
little, who says much, and the shortest words of all wait in a line each: in one line fifty who flood, with ten
commands in each read, let everyone else wait for half a second.

Who sends one pose a tick is read once a tick: see `server/paced.py`.
"""

import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from server.frames import POSE_FRAME_BYTES, Boundary, unmask_poses
from server.inbox import Inbox
from server.limits import Limits
from server.metrics import Metrics
from server.paced import Paced, Socket
from server.sockets import READ_BYTES, Haul, Sockets

READ_SECONDS = 0.01
"""While there is something to read it is read so often: what waits meanwhile costs one wake-up, not hundreds."""

LONG_BYTES = 65_536
"""What is read beside, in the same round, of a message that is longer; the rest waits for the next."""

COMMAND_BYTES = 24
"""No command's frame is shorter. What is, acknowledgements above all, comes from a whole crowd at once when it was told
something: it has a time of its own in each round, so that neither waits for all of the other."""

MUCH_BYTES = 300
"""Longer than a vote, a seat or a word said aloud, or than two of them."""

MAX_READY = 16_384
"""Sockets in one round; the rest is next."""

READABLE = getattr(select, "EPOLLIN", 0)
"""There is something to read, and no end yet."""

WATCHED = READABLE | getattr(select, "EPOLLRDHUP", 0) | getattr(select, "EPOLLET", 0)
"""What is new to read, once; a read that is not filled took all there was (epoll(7), question 9)."""

TOLD_ONCE = READABLE | getattr(select, "EPOLLONESHOT", 0)
"""Whether any has something, until that was told."""

PoseWay: TypeAlias = tuple[int, Inbox]
"""Where a client's poses go without asking anyone: its slot, and its district's inbox."""


def _kind(raw: bytes) -> int:
    """Which of the lines in which what was read waits to be heard."""
    return (len(raw) >= COMMAND_BYTES) + (len(raw) >= MUCH_BYTES)


class Loop(Protocol):
    """What the inlet needs of the event loop."""

    def add_reader(self, fd: int, callback: Callable[[], None]) -> Any: ...
    def remove_reader(self, fd: int) -> Any: ...
    def call_later(self, delay: float, callback: Callable[[], None]) -> Any: ...


class Source:
    """One socket: who takes its bytes, who reads it when we no longer do, and where its poses go."""

    def __init__(self, sock: Socket, take: Callable[[bytes], None], give_back: Callable[[], None]) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.take = take
        self.give_back = give_back
        self.way: PoseWay | None = None
        self.boundary = Boundary()
        self.is_unheard = False
        """Whether what was read of it waits for its turn."""


Said: TypeAlias = tuple[Source, bytes]
"""What was read of a socket."""


class Inlet:
    """Reads all sockets given to it."""

    @staticmethod
    def is_possible() -> bool:
        """Whether this system has epoll; without it the library reads by itself."""
        return hasattr(select, "epoll")

    def __init__(
        self,
        loop: Loop,
        limits: Limits,
        metrics: Metrics,
        sockets: Sockets,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`now` is no loop's clock, which stands still while something is done."""
        self._loop = loop
        self._round_seconds = limits.round_ms / 1000
        self._metrics = metrics
        self._sockets = sockets
        self._now = now
        self._epoll = select.epoll()
        # What tells the loop, once each time that it is asked to: to register with the loop anew would cost more, by
        # every socket that is watched here.
        self._bell = select.epoll()
        self._bell.register(self._epoll.fileno(), 0)
        self._loop.add_reader(self._bell.fileno(), self._wake)
        self._sources: dict[int, Source] = {}
        self._late: list[list[Said]] = [[], [], []]
        """Who was read and not heard, by its kind."""
        self._inboxes: list[Inbox] = []
        self._paced = Paced()
        self._is_waiting = False
        self._inbox: NDArray[np.int16] = np.full(1024, -1, np.int16)
        self._slot: NDArray[np.int32] = np.zeros(1024, np.int32)
        self._wait()

    def close(self) -> None:
        """Read nothing any more; safe to call twice."""
        if self._epoll.closed:
            return
        self._loop.remove_reader(self._bell.fileno())
        self._bell.close()
        self._epoll.close()

    def add(self, source: Source) -> None:
        """From now on this socket is read here, and by nobody else."""
        if source.fd >= len(self._inbox):
            more = max(source.fd + 1, 2 * len(self._inbox)) - len(self._inbox)
            self._inbox = np.append(self._inbox, np.full(more, -1, np.int16))
            self._slot = np.append(self._slot, np.zeros(more, np.int32))
        self._sources[source.fd] = source
        self._paced.watch(source.fd)
        self._point(source)
        self._epoll.register(source.fd, WATCHED)

    def remove(self, source: Source) -> None:
        """The socket is closed, or read by others again; safe to call twice."""
        if self._sources.get(source.fd) is source:
            del self._sources[source.fd]
            self._inbox[source.fd] = -1
            self._paced.drop(source.fd)
            with suppress(OSError):  # a closed socket has left by itself
                self._epoll.unregister(source.fd)

    def lead(self, source: Source, way: PoseWay | None) -> None:
        """Where this client's poses go from now on; None: where everything else goes."""
        source.way = way
        if self._sources.get(source.fd) is source:
            self._paced.drop(source.fd)
            self._point(source)

    def _point(self, source: Source) -> None:
        if source.way is None or not source.boundary.is_between_frames:
            self._inbox[source.fd] = -1
            return
        slot, inbox = source.way
        if inbox not in self._inboxes:
            self._inboxes.append(inbox)
        self._inbox[source.fd], self._slot[source.fd] = self._inboxes.index(inbox), slot

    # Reading

    def _wait(self) -> None:
        self._bell.modify(self._epoll.fileno(), TOLD_ONCE)
        self._is_waiting = True

    def _wake(self) -> None:
        if self._bell.poll(0):
            self._is_waiting = False
            self._go_on()

    def _wait_no_more(self) -> None:
        self._bell.modify(self._epoll.fileno(), 0)
        self._is_waiting = False

    def _go_on(self) -> None:
        if self._epoll.closed:
            return
        if self.read():
            self._loop.call_later(0 if any(self._late) else READ_SECONDS, self._go_on)
        else:
            self._wait()

    def read(self) -> int:
        """One round over all that have something to be read; how many they were."""
        ready = self._epoll.poll(0, MAX_READY)
        late = self._unheard()
        fds = [fd for fd, what in ready if what == READABLE]
        ended: list[tuple[int, bytes]] = []
        if len(fds) < len(ready):
            ended = [(fd, b"") for fd, what in ready if what != READABLE and fd not in late]
        if late:
            fds = [fd for fd in fds if fd not in late]
        haul = self._sockets.read(fds)
        for fd in self._paced.count(self._sort(haul)):
            way = self._sources[fd].way
            if way is not None:
                self._paced.take(self._sources[fd].sock, way[1])
        self._hear_all(ended + self._sort_many(haul.others))
        return len(ready) + sum(map(len, self._late))

    def collect(self, inbox: Inbox, now: float) -> None:
        """Just before a tick of this inbox's district: the poses that wait in their sockets."""
        late = self._unheard()
        waiting, since = self._paced.of(inbox, now)
        haul = self._sockets.read([fd for fd in waiting if fd not in late] if late else waiting)
        inbox.mark(since)
        self._sort(haul)
        inbox.mark(now)
        self._paced.miss(inbox, set(haul.nothing))
        self._hear_all(self._sort_many(haul.others))
        if self._is_waiting and any(self._late):
            self._wait_no_more()
            self._loop.call_later(0, self._go_on)

    def _unheard(self) -> set[int]:
        """Whose bytes were read, and wait to be heard."""
        return {source.fd for late in self._late for source, _ in late}

    def _hear_all(self, others: list[tuple[int, bytes]]) -> None:
        """What is no pose to its source, each kind for its time."""
        said: list[list[Said]] = [[], [], []]
        for fd, raw in others:
            if fd in self._sources:
                said[_kind(raw)].append((self._sources[fd], raw))
        self._late = [self._hear(late, new) for late, new in zip(self._late, said, strict=True)]

    def _hear(self, late: list[Said], new: list[Said]) -> list[Said]:
        """First who was not heard in the last round, then the others, as long as it may take; who is left."""
        said = [*late, *new]
        for source, _ in new:
            source.is_unheard = True
        until = self._now() + self._round_seconds
        for turn, (source, raw) in enumerate(said, 1):
            self._hand_on(source, raw)
            if turn <= len(late):
                self._read_anew(source)
            if self._round_seconds and turn < len(said) and self._now() >= until:
                self._metrics.limit_reached.labels("round_ms").inc()
                return said[turn:]
        return []

    def _sort(self, haul: Haul) -> NDArray[np.int64]:
        """Poses to their districts, all at once; what is none, or of who is in no district, is one of the others.

        Returns whose poses they were.
        """
        where = haul.of
        if not len(where):
            return where
        frames, is_pose = unmask_poses(haul.frames)
        is_pose &= self._inbox[where] >= 0
        if not is_pose.all():
            haul.others += [(int(where[row]), haul.frame(row)) for row in np.flatnonzero(~is_pose).tolist()]
            where, frames = where[is_pose], frames[is_pose]
        self._give(where, frames)
        return where

    def _sort_many(self, others: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """What holds some poses and nothing else to their district too, in their order; the others.

        So whoever sends many is no more work than many who send one, and neither is a round that was long.
        """
        many = [
            one for one in others if len(one[1]) > POSE_FRAME_BYTES and not len(one[1]) % POSE_FRAME_BYTES
        ]
        if not many:
            return others
        fds = np.array([fd for fd, _ in many], np.int64)
        counts = np.array([len(raw) for _, raw in many]) // POSE_FRAME_BYTES
        frames, is_pose = unmask_poses(b"".join(raw for _, raw in many))
        is_whole = np.logical_and.reduceat(is_pose, np.cumsum(counts) - counts) & (self._inbox[fds] >= 0)
        self._give(np.repeat(fds[is_whole], counts[is_whole]), frames[np.repeat(is_whole, counts)])
        for fd, count in zip(fds[is_whole].tolist(), counts[is_whole].tolist(), strict=True):
            self._paced.drop(fd)
            if count * POSE_FRAME_BYTES == READ_BYTES:
                self._read_anew(self._sources[fd])
        taken = set(fds[is_whole].tolist())
        return [one for one in others if one[0] not in taken]

    def _give(self, where: NDArray[np.int64], frames: NDArray[np.void]) -> None:
        """Poses, each of one of these sockets, to the districts of those whose they are."""
        inbox, slots = self._inbox[where], self._slot[where]
        for number in np.flatnonzero(np.bincount(inbox)).tolist() if len(where) else ():
            rows = np.flatnonzero(inbox == number)
            if len(rows) == len(where):
                self._inboxes[number].take_all(slots, frames.tobytes())
            else:
                self._inboxes[number].take_all(slots[rows], frames.take(rows).tobytes())

    def _hand_on(self, source: Source, raw: bytes) -> None:
        source.is_unheard = False
        if self._sources.get(source.fd) is not source:
            return
        if not raw:
            self.remove(source)
            source.give_back()
            return
        source.boundary.follow(raw)
        if len(raw) == READ_BYTES:
            rest = self._rest_of_message(source)
            source.boundary.follow(rest)
            raw += rest
            self._read_anew(source)
        self._point(source)
        source.take(raw)

    def _rest_of_message(self, source: Source) -> bytes:
        """What is here of a message that has begun, as far as one round may take."""
        owed = min(source.boundary.owed_bytes, LONG_BYTES)
        try:
            return os.read(source.fd, owed) if owed else b""
        except OSError:
            return b""  # there was no more, or the next round meets the same

    def _read_anew(self, source: Source) -> None:
        """What waits in its socket is told in the next round, though it is not new."""
        if self._sources.get(source.fd) is source:
            self._epoll.modify(source.fd, WATCHED)
