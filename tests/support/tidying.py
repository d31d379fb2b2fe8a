"""What the host does once a day with texts that need no longer be kept, without a host."""

from worlds.city import City
from worlds.service import Personal, Texts


def tidied(city: City, texts: Texts, now: int) -> set[str]:
    """Erase what has expired, and let the services forget it; the words that went."""
    expired = [personal for personal in city.expired(now) if personal.ref in texts]
    said = {texts[personal] for personal in expired}
    texts.drop(personal.ref for personal in expired)
    city.forget(frozenset(personal.ref for personal in expired))
    return said


def kept(texts: Texts, *personals: Personal) -> list[bool]:
    """Which of them can still be read."""
    return [personal.ref in texts for personal in personals]
