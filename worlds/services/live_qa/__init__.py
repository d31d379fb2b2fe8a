"""Live question time with the mayor: from the first question, days before, to the public record."""

from worlds.services.live_qa.content import Content, stages_of
from worlds.services.live_qa.events import SILENT
from worlds.services.live_qa.inside import NotePetition, Presence
from worlds.services.live_qa.service import LiveQa

__all__ = ["SILENT", "Content", "LiveQa", "NotePetition", "Presence", "stages_of"]
