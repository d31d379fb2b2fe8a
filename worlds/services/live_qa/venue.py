"""What the rules of question time read: the state, the texts, the city's content, its stages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from protocol.services.live_qa import Question
from worlds.service import Texts
from worlds.services.live_qa.content import Content, Rules, Stage
from worlds.services.live_qa.ranking import Ranking
from worlds.services.live_qa.similarity import Profiles
from worlds.services.live_qa.state import State

Shown = tuple[dict[str, Any], str | None, Question, int]
"""The facts of a row, the nickname, the row made of them, and its bytes."""

Marks = Callable[[str], tuple[str, ...]]
"""The word filter: what it finds in a text. A question with marks is held."""


def no_marks(text: str) -> tuple[str, ...]:
    """The filter of a city that has none."""
    return ()


@dataclass(slots=True)
class Venue:
    """Read by every rule; only `state` is kept, the rest can be made again from it."""

    texts: Texts
    content: Content
    stages: Mapping[tuple[str, str], Stage]
    marks: Marks
    state: State = field(default_factory=State)
    ranking: Ranking = field(default_factory=Ranking)
    profiles: dict[str, Profiles] = field(default_factory=dict)
    shown: dict[tuple[str, int], Shown] = field(default_factory=dict)
    """Rows of questions as all see them, by session and number."""
    followers: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    """Who follows which channels of captions, by session and citizen: known while the city runs, and never kept."""

    def followers_of(self, session: str, channel: str) -> frozenset[str]:
        """Who hears a channel."""
        following = self.followers.get(session, {})
        return frozenset(citizen for citizen, channels in following.items() if channel in channels)

    @property
    def rules(self) -> Rules:
        """The city's numbers."""
        return self.content.rules
