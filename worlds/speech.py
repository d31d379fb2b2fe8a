"""Speech: what may be said, and who is near enough to hear it; a line as the rules look at it."""

import unicodedata
from dataclasses import dataclass

from protocol.chat import Hearers
from protocol.refusals import Refusal, Refused
from worlds.evidence import HeardLine

EARSHOT_M = 20.0
"""How far `nearby` carries: across a small square, not across a plaza."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that someone is about to say, with what was said before it; times in ms, 0 for never."""

    command: int
    key: str | None
    message: str
    text: str
    to: Hearers
    hearer: str | None
    district: str | None
    scopes: tuple[str, ...]
    spoke_at: int = 0
    """When this citizen last said anything."""
    repeated_at: int = 0
    """When this citizen last said the same."""
    heard_at: int = 0
    """When anyone in the district last said the same."""
    context: tuple[HeardLine, ...] = ()
    """The last lines this citizen heard or said."""


def line_of(text: str, longest: int) -> str:
    """The line as it is told, trimmed and without control characters; raises Refused (`longest` 0 = no limit)."""
    line = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")).strip()
    if not line:
        raise Refused(Refusal.BAD_MESSAGE, "there is nothing to say", field="text")
    if longest and len(line) > longest:
        raise Refused(
            Refusal.TOO_LONG, f"a line has at most {longest} characters", field="text", limit="chat_length"
        )
    return line
