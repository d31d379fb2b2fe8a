"""What need not be kept for ever: how often it is looked for, and how much of it goes at once."""

import asyncio
from collections.abc import Sequence
from itertools import islice

from server.journal import KEY_DAYS, NewEntry, expiry
from worlds.city import City
from worlds.service import Texts

KEYS_MS = KEY_DAYS * 86_400_000
"""How long a command's key is remembered."""

TIDY_SECONDS = 86_400.0
"""How often old keys and expired texts are looked for; the first time when a node has started."""

AGAIN_SECONDS = 600.0
"""When it is tried again after the journal could not be written."""

TEXTS_OF_AN_ENTRY = 1_000
"""Texts that one entry of the journal names: it stays some 20 KB."""

EXPIRED_AT_ONCE = 20_000
"""Texts that one commit erases; the rest goes with the next round."""


async def expired_texts(city: City, texts: Texts, now: int) -> list[str]:
    """References of texts that are kept and need not be, EXPIRED_AT_ONCE at most."""
    expired: dict[str, None] = {}
    named = city.expired(now)
    while len(expired) < EXPIRED_AT_ONCE:
        some = [personal.ref for personal in islice(named, TEXTS_OF_AN_ENTRY)]
        if not some:
            break
        expired |= dict.fromkeys(ref for ref in some if ref in texts)
        await asyncio.sleep(0)  # rounds wait for this, the tick does not
    return list(expired)[:EXPIRED_AT_ONCE]


def expiries(refs: Sequence[str], now: int) -> list[NewEntry]:
    """The entries that erase these texts."""
    parts = range(0, len(refs), TEXTS_OF_AN_ENTRY)
    return [expiry(refs[i : i + TEXTS_OF_AN_ENTRY], now) for i in parts]
