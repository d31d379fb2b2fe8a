"""Join tickets: each lets one citizen in once, soon after it was made, so that a token stands in no address or page."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable

from server.metrics import Metrics
from server.tokens import BadToken
from worlds.citizen import Citizen

TICKET_BYTES = 32
"""Chance in a ticket: it cannot be guessed."""


class JoinTickets:
    """The tickets that are not yet used, under their hashes: who reads our memory or times our answers learns none."""

    def __init__(
        self,
        seconds: float,
        most: int,
        metrics: Metrics,
        *,
        make: Callable[[], str] = lambda: secrets.token_urlsafe(TICKET_BYTES),
        limit: str = "join_tickets",
    ) -> None:
        """`make` makes a ticket that was never given before; `limit` is what `most` is called."""
        self._seconds = seconds
        self._most = most
        self._metrics = metrics
        self._make = make
        self._limit = limit
        self._waiting: OrderedDict[bytes, tuple[Citizen, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def valid_ms(self) -> int:
        """How long a ticket is good."""
        return round(self._seconds * 1000)

    def issue(self, citizen: Citizen, now: float) -> str:
        """A new ticket of this citizen, with the roles of this moment."""
        self._forget(now)
        if self._most and len(self._waiting) >= self._most:
            self._metrics.limit_reached.labels(self._limit).inc()
            self._waiting.popitem(last=False)
        ticket = self._make()
        self._waiting[_hash(ticket)] = citizen, now + self._seconds
        return ticket

    def redeem(self, ticket: str, now: float) -> Citizen:
        """Whose ticket it is, and was; raises BadToken."""
        self._forget(now)
        citizen, _ = self._waiting.pop(_hash(ticket), (None, 0.0))
        if citizen is None:
            raise BadToken("ticket", "the join ticket is unknown, used or too old")
        return citizen

    def _forget(self, now: float) -> None:
        while self._waiting and next(iter(self._waiting.values()))[1] < now:
            self._waiting.popitem(last=False)


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
