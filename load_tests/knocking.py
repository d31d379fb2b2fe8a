"""Who knocks: thousands of connections a second from one address, and heads of requests that never end.

Plain sockets, taken in turns of a hundredth of a second: a task for each would cost more than what it asks for. Each is
closed by a reset a moment later, so that the system does not keep thousands of closed ones.
"""

import asyncio
import contextlib
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass, field

from protocol.handshake import SUBPROTOCOL

TURN_S = 0.01
HELD_S = 0.5
SLOW_BYTE_S = 1.0
"""A slow head goes on by a byte each second."""
ADDRESS = "127.4.0.1"
RESET = struct.pack("ii", 1, 0)

UPGRADE = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: bWFkYW5nIGxvYWQgdGVzdA==\r\nSec-WebSocket-Version: 13\r\n"
    f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
).encode()
HALF = UPGRADE[:60]


def connected(port: int, address: str = ADDRESS) -> socket.socket | None:
    """A connection from this address that has begun; None where there is no room for it."""
    made = socket.socket()
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    try:
        made.bind((address, 0))
        with contextlib.suppress(BlockingIOError):
            made.connect(("127.0.0.1", port))
    except OSError:
        made.close()
        return None
    return made


@dataclass
class Knocking:
    """So many connections a second, every fourth of them only half asked for, and so many slow heads beside."""

    port: int
    per_s: int
    slow_heads: int
    begun: int = 0
    answered: int = 0
    """Of those that have ended, to how many the server said anything."""
    ended: int = 0
    lived: deque[tuple[float, socket.socket]] = field(default_factory=deque)
    slow: list[socket.socket] = field(default_factory=list)

    async def go_on(self) -> None:
        """Until it is cancelled."""
        start = time.monotonic()
        slowed = start
        try:
            while True:
                now = time.monotonic()
                # What could not be done in time is not made up for: the rate is "at most".
                for _ in range(min(round((now - start) * self.per_s), round(3 * TURN_S * self.per_s))):
                    self._knock(now)
                start = now
                self._end(now - HELD_S)
                if now - slowed >= SLOW_BYTE_S:
                    slowed = now
                    self._go_slowly()
                await asyncio.sleep(TURN_S)
        finally:
            self._end(float("inf"))
            for one in self.slow:
                one.close()

    def _knock(self, now: float) -> None:
        made = connected(self.port)
        if made is None:
            return
        self.begun += 1
        with contextlib.suppress(OSError):
            made.send(UPGRADE if self.begun % 4 else HALF)
        self.lived.append((now, made))

    def _end(self, before: float) -> None:
        while self.lived and self.lived[0][0] <= before:
            _, one = self.lived.popleft()
            with contextlib.suppress(OSError):
                self.answered += bool(one.recv(64))
            self.ended += 1
            one.close()

    def _go_slowly(self) -> None:
        """One byte more of each slow head; who was cut comes again."""
        still = []
        for one in self.slow:
            try:
                one.send(b"x")
            except OSError:
                one.close()
            else:
                still.append(one)
        while len(still) < self.slow_heads and (made := connected(self.port)) is not None:
            with contextlib.suppress(OSError):
                made.send(HALF)
            still.append(made)
        self.slow = still
