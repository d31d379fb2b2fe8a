"""Origins: pages of which hosts may act here in a browser's name."""

from collections.abc import Iterable

ANY = "*"


class Origins:
    """The server's own, and those of its allow-list; who sends no `Origin` is no page in a browser."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def allow(self, origin: str | None, host: str) -> bool:
        """Whether a request with these headers may come in."""
        if origin is None or ANY in self._allowed or origin in self._allowed:
            return True
        return bool(host) and origin.split("://")[-1].lower() == host.lower()
