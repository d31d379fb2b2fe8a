"""Moderation: reports, sanctions with reason, end and appeal, held lines, modes of a place, the audit."""

from worlds.plan import CityPlan
from worlds.service import Texts
from worlds.services.moderation.content import Content
from worlds.services.moderation.events import SILENT
from worlds.services.moderation.service import Moderation
from worlds.words import Words


def found(texts: Texts, content: str, plan: CityPlan, words: Words) -> Moderation:
    """The service of a city, from its `services/moderation.toml`; raises ValueError."""
    return Moderation(texts, Content.read(content).placed(plan), words.judge)


__all__ = ["SILENT", "Content", "Moderation", "found"]
