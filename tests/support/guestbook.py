"""The smallest service that lasts: a guest book, with every part that a service has."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from protocol.message import Command, Count, Fact, Natural, Result
from protocol.refusals import Refusal, Refused
from worlds.citizen import Citizen
from worlds.service import (
    Audience,
    Citizens,
    Effect,
    Event,
    Everyone,
    Personal,
    Record,
    Service,
    Spotlight,
    Texts,
)

THANKS_AFTER_MS = 60_000
KEPT_MS = 40 * 86_400_000
"""How long the words of a line are kept after the thanks."""


class Entered(Result):
    """The number of the line."""

    number: Natural


class Write(Command):
    """Write a line in the book."""

    answer: ClassVar[type[Result] | None] = Entered

    type: Literal["guestbook.write"] = "guestbook.write"
    text: str


class Shout(Command):
    """Write a line, and stand in the light."""

    type: Literal["guestbook.shout"] = "guestbook.shout"
    text: str


class Wrote(Fact):
    """Someone wrote a line."""

    type: Literal["guestbook.wrote"] = "guestbook.wrote"
    number: Natural
    text: str


class Thanks(Fact):
    """The city thanks whoever wrote, a minute later."""

    type: Literal["guestbook.thanks"] = "guestbook.thanks"
    number: Natural


class Lines(Count):
    """How many lines there are."""

    type: Literal["guestbook.counts"] = "guestbook.counts"
    lines: Natural


class LineWritten(Event):
    """A line was written."""

    type: Literal["guestbook.line_written"] = "guestbook.line_written"
    number: int
    citizen: str
    text: Personal
    is_loud: bool = False


class Thanked(Event):
    """Whoever wrote was thanked."""

    type: Literal["guestbook.thanked"] = "guestbook.thanked"
    number: int


class Guestbook(Service[Event]):
    """Lines by number; each is thanked for after a minute."""

    name = "guestbook"
    events = (LineWritten, Thanked)
    commands = (Write, Shout)

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts)
        self.lines: dict[int, tuple[str, Personal, int]] = {}
        self.thanked: set[int] = set()
        self._told = 0

    def decide(self, command: Command, citizen: Citizen, now: int, chance: bytes) -> Iterator[Event]:
        assert isinstance(command, Write | Shout)
        if not command.text.strip():
            raise Refused(Refusal.BAD_MESSAGE, "an empty line", field="text")
        if command.text == "fault":
            raise ZeroDivisionError("a fault of ours")
        text = Personal(owner=citizen.id, text=command.text)
        loud = isinstance(command, Shout)
        yield LineWritten(number=len(self.lines) + 1, citizen=citizen.id, text=text, is_loud=loud)

    def apply(self, event: Event, now: int) -> None:
        match event:
            case LineWritten():
                self.lines[event.number] = (event.citizen, event.text, now + THANKS_AFTER_MS)
            case Thanked():
                self.thanked.add(event.number)
            case _:
                raise LookupError(event.type)

    def answer(self, command: Command, citizen: Citizen, events: Any, now: int) -> Result | None:
        return Entered(number=next(iter(events)).number)

    def tell(self, event: Event, now: int) -> Iterator[tuple[Audience, Fact]]:
        match event:
            case LineWritten():
                yield Everyone(), Wrote(number=event.number, text=self.texts[event.text])
            case Thanked():
                yield Citizens(frozenset({self.lines[event.number][0]})), Thanks(number=event.number)
            case _:
                raise LookupError(event.type)

    def effects(self, event: Event) -> Iterator[Effect]:
        if isinstance(event, LineWritten) and event.is_loud:
            yield Spotlight(event.citizen, True)

    def records(self, event: Event, now: int) -> Iterator[Record]:
        if isinstance(event, LineWritten):
            yield Record("line", str(event.number), {"citizen": event.citizen}, (event.text,))

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any]:
        return {"lines": [self.texts[text] for _, text, _ in self.lines.values()][-10:]}

    def counts(self, now: int) -> Iterator[tuple[Audience, Count]]:
        if len(self.lines) != self._told:
            self._told = len(self.lines)
            yield Everyone(), Lines(lines=self._told)

    def due(self, now: int) -> Iterator[Event]:
        for number, (_, _, at) in self.lines.items():
            if at <= now and number not in self.thanked:
                yield Thanked(number=number)

    def next_due(self) -> int | None:
        waiting = [at for number, (_, _, at) in self.lines.items() if number not in self.thanked]
        return min(waiting, default=None)

    def expired(self, now: int) -> Iterator[Personal]:
        yield from (text for _, text, at in self.lines.values() if at + KEPT_MS <= now)

    def snapshot(self) -> Any:
        lines = {str(n): [who, text.model_dump(), at] for n, (who, text, at) in self.lines.items()}
        return {"lines": lines, "thanked": sorted(self.thanked)}

    def restore(self, snapshot: Any) -> None:
        self.lines = {
            int(n): (who, Personal.model_validate(text), at)
            for n, (who, text, at) in snapshot["lines"].items()
        }
        self.thanked = set(snapshot["thanked"])
