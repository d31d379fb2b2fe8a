"""What citizens and officials may write: trimmed, composed, without what cannot be read."""

import re
import unicodedata

from protocol.refusals import Refusal, Refused
from worlds.citizen import shown_name
from worlds.services.live_qa.content import DAY

_LINK = re.compile(
    r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|org|kr|io|me|info|biz|gg|ly|shop|site|xyz)\b", re.IGNORECASE
)


def text_of(text: str, field: str, longest: int, shortest: int = 1, *, has_lines: bool = False) -> str:
    """The text as it is kept; raises Refused too_long or bad_message. `longest` 0 is no limit, in characters."""
    kept = unicodedata.normalize("NFC", text).strip()
    allowed = "\n\t" if has_lines else ""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in allowed for c in kept):
        raise Refused(Refusal.BAD_MESSAGE, "control characters", field=field)
    if len(kept) < shortest or not (shown_name(kept) or shortest == 0):
        raise Refused(Refusal.BAD_MESSAGE, f"at least {shortest} characters", field=field)
    if longest and len(kept) > longest:
        raise Refused(Refusal.TOO_LONG, f"at most {longest} characters", field=field)
    return kept


def require_near(at: int, now: int, days: int, field: str) -> None:
    """Raises Refused bad_message for a time that is more than so many days ahead; 0 is no limit."""
    if days and at > now + days * DAY:
        raise Refused(Refusal.BAD_MESSAGE, f"more than {days} days ahead", field=field)


def nickname_of(text: str, longest: int) -> str:
    """The nickname as others see it; raises Refused."""
    name = shown_name(text)
    if not name:
        raise Refused(Refusal.BAD_MESSAGE, "nothing of it can be seen", field="nickname")
    if longest and len(name) > longest:
        raise Refused(Refusal.TOO_LONG, f"at most {longest} characters", field="nickname")
    return name


def same(text: str) -> str:
    """What two texts have in common that say the same to a reader: letters and digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def has_link(text: str) -> bool:
    """Whether it leads elsewhere."""
    return _LINK.search(text) is not None
