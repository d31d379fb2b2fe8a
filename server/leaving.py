"""What waits for those in one district, and leaves with the tick: for each in one message.

Whom the tick sends a frame is sent both in one packet: over TCP each packet costs more than what it holds, and in a
busy event everyone is told something in every tick.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from server.connection import Connection
from server.frames import binary_frame

LEAVING_AT_ONCE = 256
"""Clients who are sent what waits for them in one turn of the loop: some 3 ms of the kernel's writes."""


class Leaving:
    """Facts for many, and who has something queued."""

    def __init__(self) -> None:
        self.waiting: set[Connection] = set()
        self._told: list[tuple[bytes, list[Connection]]] = []

    def tell(self, body: bytes, hearers: list[Connection]) -> None:
        """Queue a fact for several, to be entered with the tick."""
        self._told.append((body, hearers))

    def enter(self) -> Iterator[None]:
        """Give each hearer the facts for many; it stops between some and the next, so that others have a turn."""
        told, self._told = self._told, []
        entered = 0
        for body, hearers in told:
            for hearer in hearers:
                hearer.tell_body(body)
            entered += len(hearers)
            if entered >= LEAVING_AT_ONCE:
                entered = 0
                yield

    def take(self, connections: Mapping[int, Connection], slots: NDArray[np.intp]) -> dict[int, bytes]:
        """What waits for those in these slots, as it goes over a line, by their rows; it has to be sent at once."""
        # Who has gone to another district since has somebody else's slot there.
        here = [one for one in self.waiting if connections.get(one.slot) is one]
        if not here or not len(slots):
            return {}
        row_of = np.full(max(int(slots.max()), *(one.slot for one in here)) + 1, -1, np.intp)
        row_of[slots] = np.arange(len(slots))
        taken = {}
        for one, row in zip(here, row_of[[one.slot for one in here]].tolist(), strict=True):
            if row >= 0:
                self.waiting.discard(one)
                if messages := one.outbox.take():
                    taken[row] = b"".join(map(binary_frame, messages))
        return taken

    def send(self) -> Iterator[None]:
        """Send what is queued, to some and then to the next; what is queued meanwhile waits for the next tick."""
        waiting = tuple(self.waiting)
        self.waiting.clear()
        for sent, connection in enumerate(waiting, 1):
            connection.outbox.flush()
            if sent % LEAVING_AT_ONCE == 0:
                yield
