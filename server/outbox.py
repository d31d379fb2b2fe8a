"""What one client is still to be told in this tick: facts in order, of each running number the newest."""

from collections.abc import Callable

from protocol.codec import bundles
from protocol.session import ServerSession, State


class Outbox:
    """Collects what one client is told within a tick and sends it as one message, or as few as may be."""

    def __init__(self, session: ServerSession, send: Callable[[bytes], None]) -> None:
        self._session = session
        self._send = send
        self._facts: list[bytes] = []
        self._numbers: dict[str, bytes] = {}

    def fact(self, body: bytes) -> None:
        """Queue a fact, which now has its number."""
        self._facts.append(self._session.tell(body))

    def number(self, word: str, body: bytes) -> None:
        """Queue a running number; it replaces the one of its type that was not sent yet."""
        if self._session.state is State.OPEN:
            self._numbers[word] = body

    def take(self) -> list[bytes]:
        """What has been queued, as messages; whoever takes them sends them."""
        parts = [*self._facts, *self._numbers.values()]
        self._facts.clear()
        self._numbers.clear()
        return list(bundles(parts))

    def flush(self) -> None:
        """Send what has been queued."""
        for message in self.take():
            self._send(message)
