"""Which sessions there are to resume: by which key, and for how long after their line broke."""

import hmac
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from protocol.handshake import Resume
from server.addresses import is_loopback, place_of
from server.limits import Limits
from server.metrics import Metrics

if TYPE_CHECKING:
    from server.connection import Connection


class Ticket:
    """With what a client resumes its session: the session's name, and a key that every welcome changes."""

    def __init__(self) -> None:
        self.session = secrets.token_urlsafe(12)
        self.key = secrets.token_urlsafe(24)
        self._used = ""

    def fits(self, key: str, *, is_confirmed: bool) -> bool:
        """Whether it is the key; or the one before, as long as the welcome with the new one may be lost."""
        if hmac.compare_digest(key.encode(), self.key.encode()):
            return True
        return (
            not is_confirmed and bool(self._used) and hmac.compare_digest(key.encode(), self._used.encode())
        )

    def renew(self, used: str) -> None:
        """The session was resumed with this key: the next welcome brings another."""
        self._used, self.key = used, secrets.token_urlsafe(24)


class Sessions:
    """All sessions of this node by name, and those of them that are detached: their line broke."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        self._by_name: dict[str, Connection] = {}
        self._until: OrderedDict[Connection, float] = OrderedDict()
        self._of_place: dict[str, dict[Connection, None]] = {}

    def open(self, connection: "Connection") -> Ticket:
        """A new session; its ticket."""
        ticket = Ticket()
        self._by_name[ticket.session] = connection
        return ticket

    def find(self, resume: Resume, now: float) -> "Connection | None":
        """The session that this resumes, or None: wrong name or key, or too late."""
        connection = self._by_name.get(resume.session)
        if connection is None or connection.ticket is None or self._until.get(connection, now) < now:
            return None
        fits = connection.ticket.fits(resume.key, is_confirmed=connection.session.is_confirmed)
        return connection if fits else None

    def holds(self, connection: "Connection") -> bool:
        """Whether the connection's session is not over, be there a line or not."""
        return connection.ticket is not None and connection.ticket.session in self._by_name

    def detach(self, connection: "Connection", now: float) -> "list[Connection]":
        """The session's line broke: it is kept for a while; those whose time is cut short for it."""
        self._until[connection] = now + self._limits.resume_seconds
        place = place_of(connection.line.address)
        neighbours = self._of_place.setdefault(place, {})
        neighbours[connection] = None
        shed = []
        most = (
            0 if self._limits.loopback_exempt and is_loopback(place) else self._limits.connections_per_address
        )
        if most and len(neighbours) > most:
            self._metrics.limit_reached.labels("connections_per_address").inc()
            shed.append(next(iter(neighbours)))
        elif self._limits.detached and len(self._until) > self._limits.detached:
            self._metrics.limit_reached.labels("detached").inc()
            shed.append(next(iter(self._until)))
        self._count()
        return shed

    def attach(self, connection: "Connection") -> None:
        """The session has a line again."""
        if self._until.pop(connection, None) is not None:
            place = place_of(connection.line.address)
            del self._of_place[place][connection]
            if not self._of_place[place]:
                del self._of_place[place]
            self._count()

    def close(self, connection: "Connection") -> None:
        """The session is over; safe to call twice."""
        self.attach(connection)
        if connection.ticket is not None:
            self._by_name.pop(connection.ticket.session, None)

    def overdue(self, now: float) -> "list[Connection]":
        """The sessions that have waited for too long."""
        return [connection for connection, until in self._until.items() if until < now]

    def _count(self) -> None:
        self._metrics.sessions_detached.set(len(self._until))
