"""Who is signed in on the plain page: one cookie for each browser, kept in memory, bounded, and ending by itself."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from server.config import Plain
from server.metrics import Metrics
from worlds.citizen import Citizen

COOKIE = "madang_session"
ID_BYTES = 24
"""Random bytes of a cookie: 192 bits, which nobody guesses."""

MAX_REASONS = 50
"""Reasons for looking at cases that are remembered in one session."""


@dataclass(slots=True)
class Session:
    """A citizen in one browser; times in seconds. `notes` are told once, on the next page."""

    citizen: Citizen
    opened_at: float
    seen_at: float
    notes: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def note_reason(self, petition: str, reason: str) -> None:
        """Why staff look at a case, so that they need not write it again for every step."""
        while len(self.reasons) >= MAX_REASONS:
            del self.reasons[next(iter(self.reasons))]
        self.reasons[petition] = reason


class Sessions:
    """All sessions, found by their cookie; time is an argument."""

    def __init__(self, limits: Plain, metrics: Metrics) -> None:
        self._limits = limits
        self._metrics = metrics
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._form_key = secrets.token_bytes(32)

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, citizen: Citizen, now: float) -> str:
        """A new session; its cookie. Of one citizen, and in all, the one longest unused gives way."""
        limits = self._limits
        own = [kept for kept, one in self._sessions.items() if one.citizen.id == citizen.id]
        if limits.sessions_per_citizen:
            for kept in own[: max(0, len(own) + 1 - limits.sessions_per_citizen)]:
                self._end(kept, "sessions_per_citizen")
        while limits.sessions and len(self._sessions) >= limits.sessions:
            self._end(next(iter(self._sessions)), "sessions")
        cookie = new_cookie()
        self._sessions[_kept(cookie)] = Session(citizen, now, now)
        return cookie

    def find(self, cookie: str | None, now: float) -> Session | None:
        """The session of a cookie, if it has not ended; it is now in use."""
        if not cookie:
            return None
        kept = _kept(cookie)
        session = self._sessions.get(kept)
        if session is None:
            return None
        limits = self._limits
        idle, whole = limits.session_idle_minutes * 60, limits.session_hours * 3600
        if whole and now - session.opened_at > whole:
            self._end(kept, "session_hours")
            return None
        if idle and now - session.seen_at > idle:
            self._end(kept, "session_idle_minutes")
            return None
        session.seen_at = now
        self._sessions.move_to_end(kept)
        return session

    def close(self, cookie: str | None) -> None:
        """The end of a session."""
        if cookie:
            self._sessions.pop(_kept(cookie), None)

    def form_token(self, cookie: str, path: str) -> str:
        """What a form of ours carries: good for this browser and this form alone, while this process runs."""
        return hmac.new(self._form_key, f"{cookie}\n{path}".encode(), hashlib.sha256).hexdigest()[:40]

    def is_ours(self, cookie: str | None, path: str, token: str) -> bool:
        """Whether a form that came was made here for this browser; in constant time."""
        if not cookie:
            return False
        return hmac.compare_digest(self.form_token(cookie, path).encode(), token.encode())

    def _end(self, kept: bytes, limit: str) -> None:
        self._metrics.limit_reached.labels(f"plain.{limit}").inc()
        del self._sessions[kept]


def new_cookie() -> str:
    """A cookie that was never given before."""
    return secrets.token_urlsafe(ID_BYTES)


def _kept(cookie: str) -> bytes:
    # Found by its hash, so that the time of the look-up tells nothing of the cookies that exist.
    return hashlib.sha256(cookie.encode()).digest()
