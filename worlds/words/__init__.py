"""Words that should not stand unseen: a city's lists, and a search that reads a text as people do.

`hangul.py` and `latin.py` read a text: letters alone, in one spelling, each with its place in the original. `lists.py`
is what a city lists, `search.py` finds it. A word that is found is a reason to look, not a judgement: a person decides.
"""

from worlds.words.lists import Entry
from worlds.words.search import Level, Verdict, Words, load

__all__ = ["Entry", "Level", "Verdict", "Words", "load"]
