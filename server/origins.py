"""Origins: pages of which hosts may act here in a browser's name."""

import re
from collections.abc import Iterable

ANY = "*"

_SHAPE = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[^\s/?#@:*\[\]]+)(:\d+)?")


def is_origin(text: str) -> bool:
    """Whether a browser could send it as `Origin`: a scheme and a host, with a port where it is another than usual."""
    return _SHAPE.fullmatch(text) is not None and text == text.lower()


class Origins:
    """The server's own, and those of its allow-list; who sends no `Origin` is no page in a browser."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def allow(self, origin: str | None, host: str, *, is_secure: bool | None = None) -> bool:
        """Whether a request with these headers may come in; `is_secure`: whether it came by TLS, as far as is known.

        Where it did, a page of ours that came without is not ours: anyone on its way could have written it.
        """
        if origin is None or ANY in self._allowed or origin in self._allowed:
            return True
        scheme, _, where = origin.lower().partition("://")
        ours = ("https",) if is_secure else ("https", "http")
        return bool(host) and scheme in ours and where == host.lower()
