"""The book of offices: what stands for whom, and until when; all but its state can be made again from that."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from protocol.refusals import Refusal, Refused
from protocol.services import offices as wire
from worlds.service import Personal, Texts
from worlds.services.offices import events as e
from worlds.services.offices.content import Content, S
from worlds.services.offices.state import GivenOffice, Occasion, State


@dataclass(slots=True)
class Book:
    """Read by every rule; only `state` is kept."""

    texts: Texts
    content: Content
    state: State = field(default_factory=State)
    held: dict[str, list[GivenOffice]] = field(default_factory=lambda: defaultdict(list))
    """What was not ended yet, by citizen."""
    of: dict[str, list[GivenOffice]] = field(default_factory=lambda: defaultdict(list))
    """All that was ever given, by citizen."""
    occasions: dict[str, Occasion] = field(default_factory=dict)
    """Events by their scope."""
    next_due: int | None = None

    @classmethod
    def opened(cls, texts: Texts, content: Content, state: State) -> "Book":
        """The book of a state that was kept."""
        book = cls(texts, content, state)
        book.occasions.update((one.scope, one) for one in state.events.values())
        for one in state.offices:
            book.of[one.citizen].append(one)
            if one.ended_at is None:
                book.held[one.citizen].append(one)
        book._look_ahead()
        return book

    def until(self, one: GivenOffice) -> int:
        """When an office ends by itself, as it is known now."""
        if one.until is not None:
            return one.until
        return self.occasions[one.scope].ends_at + self.content.rules.after_event_s * S

    def standing(self, citizen: str, now: int) -> Iterator[GivenOffice]:
        """What someone holds, by the clock, whatever was noted."""
        for one in self.held.get(citizen, ()):
            if now < self.until(one):
                yield one

    def in_force(self) -> Iterator[GivenOffice]:
        """Everything that was not ended yet."""
        for held in self.held.values():
            yield from held

    def found(self, name: str) -> GivenOffice:
        """An office by its name; raises Refused not_found."""
        prefix, _, number = name.partition("-")
        if prefix != "o" or not (
            number.isascii() and number.isdigit() and 1 <= int(number) <= len(self.state.offices)
        ):
            raise Refused(Refusal.NOT_FOUND, field="given")
        return self.state.offices[int(number) - 1]

    # Taking

    def take(self, event: e.OfOffices, now: int) -> None:
        """Take an event; refuses nothing."""
        match event:
            case e.Given():
                one = GivenOffice(
                    number=event.number,
                    office=event.office,
                    scope=event.scope,
                    citizen=event.citizen,
                    by=event.by,
                    at=now,
                    until=event.until,
                    called=event.called,
                    words=event.words,
                )
                self.state.offices.append(one)
                self.of[one.citizen].append(one)
                self.held[one.citizen].append(one)
            case e.Ended():
                one = self.state.offices[event.number - 1]
                one.ended_at, one.why, one.ended_by, one.end_words = now, event.why, event.by, event.words
                self.held[one.citizen].remove(one)
                if not self.held[one.citizen]:
                    del self.held[one.citizen]
            case e.EventNoted():
                occasion = Occasion(event.scope, event.ends_at)
                self.state.events[event.event] = self.occasions[event.scope] = occasion
            case _:
                raise LookupError(f"{event.type} is not of offices")
        self._look_ahead()

    def _look_ahead(self) -> None:
        self.next_due = min((self.until(one) for one in self.in_force()), default=None)

    # Rows

    def row(self, one: GivenOffice, *, is_own: bool = False) -> wire.GivenOffice:
        """An office as it is told; to oneself without one's own name."""
        office = self.content.offices.get(one.office)
        name = office.name if office is not None else {"ko": one.office, "en": one.office}
        return wire.GivenOffice.model_validate(
            {
                "given": one.name,
                "office": one.office,
                "name": name,
                "word": one.word,
                "scope": one.scope,
                "citizen": one.citizen,
                "called": None if is_own else self._text(one.called),
                "by": one.by,
                "at": one.at,
                "until": self.until(one) if one.ended_at is None else one.ended_at,
                "is_of_event": one.until is None,
                "words": self._text(one.words),
                "ended_at": one.ended_at,
                "why": one.why,
                "ended_by": one.ended_by or None,
                "end_words": self._text(one.end_words),
            }
        )

    def _text(self, text: Personal | None) -> str | None:
        return None if text is None else self.texts[text]
