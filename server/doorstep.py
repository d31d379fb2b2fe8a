"""The doorstep: takes new lines off the kernel's queue, and turns away who knocks too often before anything is read.

A line that uvicorn takes is a transport, a parser, a request and perhaps an upgrade before any limit is asked, some
hundreds of microseconds; here it is a descriptor. And the library takes all that wait in one go, here they are taken
some at a time, so that whoever is inside has a turn in between.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import structlog

from server.addresses import Proxies
from server.admission import Door

log = structlog.get_logger("doorstep")

BACKLOG = 4096
"""Lines that the kernel holds until we take them."""

AT_ONCE = 4
"""Lines that are taken in one turn of the loop; what waits is taken in the next."""

AGAIN_SECONDS = 1.0
"""After how long it is tried again when the system has no descriptor left."""

TURNED_AWAY = (
    "HTTP/1.1 429 Too Many Requests\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 1\r\n"
    "connection: close\r\ncontent-length: {size}\r\n\r\n{text}"
)
"""All that who knocks too often is told."""

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a close is a reset, so that the system keeps nothing of a line that was turned away."""


class Doorstep:
    """Listens on one socket until it is closed."""

    def __init__(
        self,
        listener: socket.socket,
        line: Callable[[], asyncio.Protocol],
        door: Door,
        proxies: Proxies,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """`line` makes the protocol of each line that is taken."""
        self._listener = listener
        self._line = line
        self._door = door
        self._proxies = proxies
        self._loop = loop
        self._taking: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        listener.listen(BACKLOG)
        self._wait()

    def close(self) -> None:
        """Nobody is taken any more; safe to call twice."""
        if self._listener.fileno() < 0:
            return
        if self._again is not None:
            self._again.cancel()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()

    def _wait(self) -> None:
        self._again = None
        self._loop.add_reader(self._listener.fileno(), self._take)

    def _take(self) -> None:
        now = self._loop.time()
        for _ in range(AT_ONCE):
            try:
                line, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("no line can be taken", reason=str(error))
                self._loop.remove_reader(self._listener.fileno())
                self._again = self._loop.call_later(AGAIN_SECONDS, self._wait)
                return
            passed = None if self._proxies.are_trusted(peer[0]) else self._door.bars(peer[0], now)
            if passed is None:
                line.setblocking(False)
                task = self._loop.create_task(self._let_in(line))
                self._taking.add(task)
                task.add_done_callback(self._taking.discard)
            else:
                _turn_away(line, passed)

    async def _let_in(self, line: socket.socket) -> None:
        with suppress(OSError):  # it broke in the meantime
            await self._loop.connect_accepted_socket(self._line, line)


@cache
def _told(passed: str) -> bytes:
    text = f"{passed} is passed\n"
    return TURNED_AWAY.format(size=len(text), text=text).encode()


def _turn_away(line: socket.socket, passed: str) -> None:
    with line, suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        line.send(_told(passed), socket.MSG_DONTWAIT)
