"""Live question time with the mayor: from the first question, days before, to the public record."""

from worlds.plan import CityPlan
from worlds.service import Texts
from worlds.services.live_qa.content import Content, stages_of
from worlds.services.live_qa.events import SILENT
from worlds.services.live_qa.inside import NotePetition, Presence
from worlds.services.live_qa.service import LiveQa
from worlds.words import Words


def found(texts: Texts, content: str, plan: CityPlan, words: Words) -> LiveQa:
    """The service of a city, from its `services/live_qa.toml`; raises ValueError."""

    def marks(text: str) -> tuple[str, ...]:
        return tuple(entry.word for entry in words.judge(text).entries)

    return LiveQa(texts, Content.read(content), stages_of(plan), marks)


__all__ = ["SILENT", "Content", "LiveQa", "NotePetition", "Presence", "found", "stages_of"]
