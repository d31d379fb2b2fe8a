"""Offices: who was given which office inside the city, by whom, where, and until when."""

from worlds.plan import CityPlan
from worlds.service import Texts
from worlds.services.offices.content import Content, scopes_of
from worlds.services.offices.service import Offices
from worlds.words import Words


def found(texts: Texts, content: str, plan: CityPlan, words: Words) -> Offices:
    """The service of a city, from its `services/offices.toml`; raises ValueError."""
    return Offices(texts, Content.read(content), scopes_of(plan))


__all__ = ["Content", "Offices", "found", "scopes_of"]
