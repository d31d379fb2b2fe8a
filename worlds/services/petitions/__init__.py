"""Petitions (민원): the full procedure of the Civil Petitions Treatment Act, behind the city's one gate."""

from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.reading import public_view
from worlds.services.petitions.rules import Rules
from worlds.services.petitions.service import Petitions

__all__ = ["Ledger", "Petition", "Petitions", "Rules", "public_view"]
