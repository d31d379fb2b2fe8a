"""What every rule of moderation reads: the state, the ways into it, the texts, the city's content, its word filter."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from protocol.refusals import Refusal, Refused
from worlds.calendar import Calendar, Period
from worlds.citizen import Citizen
from worlds.service import Texts
from worlds.services.moderation.content import DAY, Content, Rules
from worlds.services.moderation.index import Index
from worlds.services.moderation.state import Mode, Person, Sanction, State, is_within
from worlds.words import Verdict

Judge = Callable[[str], Verdict]
"""The word filter: what it finds in a text; what is not clean is held."""


def all_clean(text: str) -> Verdict:
    """The filter of a city that lists no words."""
    return Verdict("clean")


@dataclass(slots=True)
class Desk:
    """Read by every rule; only `state` is kept, the rest can be made again from it."""

    texts: Texts
    content: Content
    judge: Judge = all_clean
    working_time: Callable[[], Calendar] = Calendar
    state: State = field(default_factory=State)
    index: Index = field(default_factory=Index)

    @property
    def rules(self) -> Rules:
        """The city's numbers."""
        return self.content.rules

    def person(self, citizen: str, now: int) -> Person:
        """What is known of someone; of nobody: as if they had come this moment."""
        return self.state.people.get(citizen) or Person(first_seen=now)

    def is_known(self, citizen: str) -> bool:
        """Whether the city has ever seen them."""
        return citizen in self.state.people or citizen in self.index.of_citizen

    def in_force(self, citizen: str, now: int) -> Iterator[Sanction]:
        """What is on someone now, by the clock."""
        for sanction in self.index.active.get(citizen, {}).values():
            if sanction.holds_at(now):
                yield sanction

    def on(self, citizen: str, scopes: tuple[str, ...], now: int) -> Iterator[Sanction]:
        """What is on someone in any of these places; what takes effect nowhere in particular meets the city's alone."""
        for sanction in self.in_force(citizen, now):
            if any(is_within(scope, sanction.scope) for scope in scopes or ("",)):
                yield sanction

    def mode(self, scopes: tuple[str, ...], now: int) -> Mode:
        """What goes in these places together, the strictest of each; with the shield as what it means."""
        whole = Mode(scope=scopes[0] if scopes else "")
        for mode in self.state.modes.values():
            if not mode.scope or any(is_within(scope, mode.scope) for scope in scopes):
                whole.slow_s = max(whole.slow_s, mode.slow_s)
                whole.is_unique |= mode.is_unique
                whole.holds_links |= mode.holds_links
                whole.is_staff_only |= mode.is_staff_only
                whole.is_locked |= mode.is_locked
                whole.is_stopped |= mode.is_stopped
                if mode.shield_until > now:
                    whole.shield_until = max(whole.shield_until, mode.shield_until)
                    whole.slow_s = max(whole.slow_s, self.rules.shield_slow_s)
        return whole

    def answer_by(self, at: int) -> int:
        """By when an appeal of that moment is answered: in days on which people work, as petitions count them."""
        days = self.rules.appeal_answer_days
        return self.working_time().due(at, Period(unit="days", amount=days)) if days else at

    def is_new(self, citizen: Citizen, days: int, now: int) -> bool:
        """Whether the city has known them for less than so many days; a visitor it does not know."""
        return citizen.is_visitor or now - self.person(citizen.id, now).first_seen < days * DAY

    def points(self, citizen: str, now: int) -> float:
        """What earlier sanctions weigh: half after `points_half_days`; nothing of what was lifted."""
        half = self.rules.points_half_days * DAY
        counted = (
            one for one in self.index.of_citizen.get(citizen, ()) if one.state in ("in_force", "ended")
        )
        return sum(
            (self.content.kinds[one.kind].points * math.exp2((one.at - now) / half) for one in counted), 0.0
        )

    def require_reason(self, code: str) -> None:
        """Raises Refused not_found for a reason that the city does not have."""
        if code not in self.content.reasons:
            raise Refused(Refusal.NOT_FOUND, "one of " + ", ".join(self.content.reasons), field="reason")
