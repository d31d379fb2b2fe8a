"""Announcements: what hosts and operators tell everyone in a zone, a district or the whole city."""

from worlds.plan import CityPlan
from worlds.service import Texts
from worlds.services.announcements.content import Content, scopes_of
from worlds.services.announcements.service import Announcements
from worlds.words import Words


def found(texts: Texts, content: str, plan: CityPlan, words: Words) -> Announcements:
    """The service of a city, from its `services/announcements.toml`; raises ValueError."""
    return Announcements(texts, Content.read(content), scopes_of(plan))


__all__ = ["Announcements", "Content", "found", "scopes_of"]
