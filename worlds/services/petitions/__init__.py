"""Petitions (민원): the full procedure of the Civil Petitions Treatment Act, behind the city's one gate."""

from functools import lru_cache

from worlds.plan import CityPlan
from worlds.service import Texts
from worlds.services.petitions.events import SILENT
from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.notices import untold
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.reading import public_view
from worlds.services.petitions.rules import Rules
from worlds.services.petitions.service import Petitions
from worlds.words import Words


def found(texts: Texts, content: str, plan: CityPlan, words: Words) -> Petitions:
    """The service of a city, from its `services/petitions.toml`; raises ValueError.

    The listed words are marked for officials; no petition is held or refused for them.
    """
    return Petitions(texts, _read(content), words.judge)


@lru_cache(maxsize=1)
def _read(content: str) -> Rules:
    """A city that opens is founded up to three times: to be checked, to be restored, and anew where that fails."""
    rules = Rules.read(content)
    if lacking := untold(rules):
        raise ValueError(f"words are missing: {', '.join(lacking)}")
    return rules


__all__ = ["SILENT", "Ledger", "Petition", "Petitions", "Rules", "found", "public_view"]
