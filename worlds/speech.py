"""Speech: what may be said, and who is near enough to hear it."""

import unicodedata

from protocol.refusals import Refusal, Refused

EARSHOT_M = 20.0
"""How far `nearby` carries: across a small square, not across a plaza."""


def line_of(text: str, longest: int) -> str:
    """The line as it is told, trimmed and without control characters; raises Refused (`longest` 0 = no limit)."""
    line = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")).strip()
    if not line:
        raise Refused(Refusal.BAD_MESSAGE, "there is nothing to say", field="text")
    if longest and len(line) > longest:
        raise Refused(Refusal.TOO_LONG, f"a line has at most {longest} characters", field="text")
    return line
