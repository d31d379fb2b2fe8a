"""What people write at the desk and to it: trimmed, composed; and what in a line leads elsewhere."""

import re
import unicodedata

from protocol.refusals import Refusal, Refused

_LINK = re.compile(
    r"https?://|www\.|\b[\w-]+\.(?:com|net|org|kr|io|me|info|biz|gg|ly|shop|site|xyz|link|live)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:\+82[ .-]?|0)\d{1,2}[ .-]?\d{3,4}[ .-]?\d{4}(?!\d)")


_MENTION = re.compile(r"(?<!\w)@\w+")


def words_of(text: str, field: str, longest: int, shortest: int = 1) -> str:
    """The text as it is kept; raises Refused bad_message or too_long. `longest` 0 is no limit, in characters."""
    kept = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\t" for c in kept):
        raise Refused(Refusal.BAD_MESSAGE, "control characters", field=field)
    if len(kept) < shortest:
        raise Refused(Refusal.BAD_MESSAGE, "it needs words", field=field)
    if longest and len(kept) > longest:
        raise Refused(Refusal.TOO_LONG, f"at most {longest} characters", field=field)
    return kept


def link_in(text: str) -> str | None:
    """What in a text leads elsewhere, or None; full-width letters are read as what they look like."""
    found = _LINK.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else None


def phone_in(text: str) -> str | None:
    """A telephone number of Korea in a text, or None."""
    found = _PHONE.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else None


def mentions_in(text: str) -> tuple[str, ...]:
    """Whom a text calls by `@name`, each once."""
    return tuple(dict.fromkeys(_MENTION.findall(unicodedata.normalize("NFKC", text))))
