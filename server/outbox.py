"""What is still to be told to one client: facts in order and bounded, of each running number the newest."""

from collections.abc import Callable

from protocol.codec import bundle, encode
from protocol.message import Count
from protocol.refusals import Farewell, ProtocolError
from protocol.session import ServerSession, State


class Outbox:
    """Collects what one client is told within a tick and sends it as one message."""

    def __init__(self, session: ServerSession, send: Callable[[bytes], None], unacknowledged: int) -> None:
        self._session = session
        self._send = send
        self._unacknowledged = unacknowledged
        self._facts: list[bytes] = []
        self._counts: dict[str, bytes] = {}

    def fact(self, body: bytes) -> None:
        """Queue a fact; raises ProtocolError `too_slow` when too many wait for the client's ack (0 = no bound)."""
        if self._session.state is not State.OPEN:
            return
        if self._unacknowledged and self._session.told - self._session.acknowledged >= self._unacknowledged:
            raise ProtocolError(Farewell.TOO_SLOW)
        self._facts.append(self._session.tell(body))

    def count(self, count: Count) -> None:
        """Queue a running number; it replaces the one of its type that was not sent yet."""
        if self._session.state is State.OPEN:
            self._counts[count.type] = encode(count)

    def flush(self) -> None:
        """Send what has been queued."""
        if self._facts or self._counts:
            parts = [*self._facts, *self._counts.values()]
            self._facts.clear()
            self._counts.clear()
            self._send(bundle(parts))
