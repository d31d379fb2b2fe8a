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


OF_ONE_CITIZEN = 16
"""Tickets of one citizen that wait; past them their own oldest ends, so that nobody's flood uses up those of others."""


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
        self._own: dict[str, dict[bytes, None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def valid_ms(self) -> int:
        """How long a ticket is good."""
        return round(self._seconds * 1000)

    def issue(self, citizen: Citizen, now: float) -> str:
        """A new ticket of this citizen, with the roles of this moment."""
        self._forget(now)
        own = self._own.get(citizen.id, {})
        if self._most and len(own) >= OF_ONE_CITIZEN:
            self._end(next(iter(own)), self._limit)
        if self._most and len(self._waiting) >= self._most:
            self._end(next(iter(self._waiting)), self._limit)
        while (kept := _hash(ticket := self._make())) in self._waiting:
            pass  # a short one, by a chance of one in millions
        self._waiting[kept] = citizen, now + self._seconds
        self._own.setdefault(citizen.id, {})[kept] = None
        return ticket

    def redeem(self, ticket: str, now: float) -> Citizen:
        """Whose ticket it is, and was; raises BadToken."""
        self._forget(now)
        kept = _hash(ticket)
        if kept not in self._waiting:
            raise BadToken("ticket", "the join ticket is unknown, used or too old")
        return self._end(kept)

    def _forget(self, now: float) -> None:
        while self._waiting and next(iter(self._waiting.values()))[1] < now:
            self._end(next(iter(self._waiting)))

    def _end(self, kept: bytes, limit: str | None = None) -> Citizen:
        """Take a ticket out, by the limit that it is over if it is; whose it was."""
        if limit is not None:
            self._metrics.limit_reached.labels(limit).inc()
        citizen, _ = self._waiting.pop(kept)
        own = self._own[citizen.id]
        del own[kept]
        if not own:
            del self._own[citizen.id]
        return citizen


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
