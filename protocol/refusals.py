"""Every reason for which the city says no, and every reason for which a connection ends."""

from enum import StrEnum
from typing import Literal, NamedTuple


class Refusal(StrEnum):
    """Why a command was refused; the connection goes on."""

    BAD_MESSAGE = "bad_message"
    UNKNOWN_TYPE = "unknown_type"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    NOT_HERE = "not_here"
    CONFLICT = "conflict"
    CLOSED = "closed"
    TOO_FAST = "too_fast"
    TOO_LONG = "too_long"
    FULL = "full"
    MUTED = "muted"
    FROZEN = "frozen"
    UNAVAILABLE = "unavailable"


REFUSAL_MEANINGS: dict[Refusal, str] = {
    Refusal.BAD_MESSAGE: "a field is missing, of the wrong type or out of its bounds; `field` names it",
    Refusal.UNKNOWN_TYPE: "this server knows no command of that type",
    Refusal.NOT_ALLOWED: "the citizen's role, level, age or a sanction forbids it",
    Refusal.NOT_FOUND: "what the command names does not exist",
    Refusal.NOT_HERE: "it can only be done in a place where the citizen is not",
    Refusal.CONFLICT: "it contradicts what is already so, or the key was used for something else",
    Refusal.CLOSED: "what the command names exists but is not open now",
    Refusal.TOO_FAST: "too many in too short a time; `retry_after_ms` tells when it may be tried again",
    Refusal.TOO_LONG: "a text is longer than its limit",
    Refusal.FULL: "no place is left",
    Refusal.MUTED: "the citizen may not speak for now; `retry_after_ms` tells how long",
    Refusal.FROZEN: "the citizen may not move for now; `retry_after_ms` tells how long",
    Refusal.UNAVAILABLE: "the city cannot decide it now; try again after `retry_after_ms`",
}


class Farewell(StrEnum):
    """Why a connection ends."""

    BYE = "bye"
    DRAINING = "draining"
    HANDSHAKE_TIMEOUT = "handshake_timeout"
    BAD_PROTOCOL = "bad_protocol"
    BAD_MESSAGE = "bad_message"
    TOO_LONG = "too_long"
    BAD_TOKEN = "bad_token"
    KICKED = "kicked"
    BANNED = "banned"
    IDLE = "idle"
    SUPERSEDED = "superseded"
    FLOODING = "flooding"
    TOO_SLOW = "too_slow"
    FULL = "full"
    INTERNAL = "internal"


Retry = Literal["now", "later", "never"]


class Ending(NamedTuple):
    """How a farewell is told: the WebSocket close code, whether to come back, its meaning; and may one resume."""

    close_code: int
    retry: Retry
    meaning: str
    resumable: bool = False


ENDINGS: dict[Farewell, Ending] = {
    Farewell.BYE: Ending(1000, "never", "the client said goodbye"),
    Farewell.DRAINING: Ending(1012, "now", "this node is going away; resume elsewhere", resumable=True),
    Farewell.HANDSHAKE_TIMEOUT: Ending(4400, "never", "no hello came in time"),
    Farewell.BAD_PROTOCOL: Ending(4400, "never", "the client speaks another version of the language"),
    Farewell.BAD_MESSAGE: Ending(4400, "never", "what came is not of the language"),
    Farewell.TOO_LONG: Ending(1009, "never", "a message was longer than `limits.max_message_bytes`"),
    Farewell.BAD_TOKEN: Ending(4401, "never", "the token is missing, forged, expired or not for this city"),
    Farewell.KICKED: Ending(4403, "later", "a moderator sent the citizen out"),
    Farewell.BANNED: Ending(4404, "never", "this address is banned"),
    Farewell.IDLE: Ending(4408, "now", "nothing was heard of the client for too long", resumable=True),
    Farewell.SUPERSEDED: Ending(4409, "never", "the citizen came in by another connection"),
    Farewell.FLOODING: Ending(4429, "later", "far more was sent than the limits allow"),
    Farewell.TOO_SLOW: Ending(4431, "now", "too many facts wait unacknowledged", resumable=True),
    Farewell.FULL: Ending(4453, "later", "the city or its door is full"),
    Farewell.INTERNAL: Ending(1011, "later", "a fault of the server's own"),
}

TEXT_CLOSE_CODE = 1003
"""A text message is answered with goodbye `bad_message` and this close code (RFC 6455, 7.4.1)."""


class Refused(Exception):
    """The rules say no; the citizen is told why, and with which field. `limit` names one that was reached, to count."""

    def __init__(
        self,
        code: Refusal,
        message: str = "",
        *,
        field: str | None = None,
        retry_after_ms: int | None = None,
        limit: str | None = None,
    ) -> None:
        super().__init__(message or REFUSAL_MEANINGS[code])
        self.code = code
        self.message = message or REFUSAL_MEANINGS[code]
        self.field = field
        self.retry_after_ms = retry_after_ms
        self.limit = limit

    def bare(self) -> "Refused":
        """The same without where it was raised: who keeps it else keeps all that was at hand there, in a circle."""
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class ProtocolError(Exception):
    """The peer broke the language, or its time is over; goodbye with this reason."""

    def __init__(
        self,
        code: Farewell,
        message: str = "",
        *,
        close_code: int | None = None,
        after_ms: int | None = None,
    ) -> None:
        super().__init__(message or ENDINGS[code].meaning)
        self.after_ms = after_ms
        self.code = code
        self.message = message or ENDINGS[code].meaning
        self.close_code = close_code or ENDINGS[code].close_code
