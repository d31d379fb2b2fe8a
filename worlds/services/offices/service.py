"""Offices as a service: what is decided, listed and told of them, what stands for whom, and what ends by the clock."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, TypeAdapter

from protocol.message import Command, Fact
from protocol.refusals import Refusal, Refused
from protocol.services import offices as wire
from worlds.citizen import Citizen
from worlds.evidence import Witness
from worlds.service import (
    Audience,
    Citizens,
    Effect,
    Event,
    Listing,
    Personal,
    ReadRoles,
    Record,
    Service,
    Texts,
)
from worlds.services.offices import deciding
from worlds.services.offices import events as e
from worlds.services.offices.book import Book
from worlds.services.offices.content import DAY, Content
from worlds.services.offices.giving import (
    AUDITOR,
    CREW,
    auditors,
    crew_of,
    givers,
    is_within,
    may_hold,
    reads,
    right_of,
)
from worlds.services.offices.inside import NoteEvent, WitnessedGive
from worlds.services.offices.state import GivenOffice, State

PAGE_BYTES = 12_000
"""What the rows of a page may weigh."""

ARRIVAL_BYTES = 4_000
"""What the rows of the view on arrival may weigh."""

DUES_AT_ONCE = 128
"""Offices that end in one round: of a year's that ended while no city ran, nobody waits for the last."""

STATE = TypeAdapter(State)


class Offices(Service[e.OfOffices]):
    """The offices that are given in one city."""

    name: ClassVar[str] = "offices"
    events: ClassVar[tuple[type[Event], ...]] = e.EVENTS
    commands: ClassVar[tuple[type[Command], ...]] = (*wire.COMMANDS, WitnessedGive, NoteEvent)
    kinds: ClassVar[tuple[str, ...]] = ("office",)

    def __init__(self, texts: Texts, content: Content, scopes: Collection[str]) -> None:
        super().__init__(texts)
        self.book = Book(texts, content)
        self._scopes = scopes

    # Deciding

    def decide(self, command: Command, citizen: Citizen, now: int, chance: bytes) -> Iterator[e.OfOffices]:
        match command:
            case wire.GiveOffice():
                yield deciding.give(self.book, command, citizen, now, self._scopes, self.is_known)
            case wire.EndOffice():
                yield deciding.end(self.book, command, citizen, now)
            case NoteEvent():
                yield from deciding.note(self.book, command)
            case _:
                return

    def apply(self, event: e.OfOffices, now: int) -> None:
        self.book.take(event, now)

    def witnessed(self, command: Command, citizen: Citizen, witness: Witness) -> Command:
        if isinstance(command, wire.GiveOffice):
            return WitnessedGive(**dict(command), here=witness.citizen(command.citizen))
        return command

    def scopes(self, command: Command) -> tuple[str, ...]:
        scope = command.scope if isinstance(command, wire.GiveOffice | wire.ListOffices) else ""
        return (scope,) if scope else ()

    def follow(self, event: Event, now: int) -> Iterator[tuple[Command, Citizen]]:
        """Events are announced and end elsewhere; of another service's we know the words alone."""
        session = getattr(event, "session", None)
        if not isinstance(session, str):
            return
        if event.type == "live_qa.scheduled":
            district, ends_at = getattr(event, "district"), getattr(event, "ends_at")  # noqa: B009
            note = NoteEvent(id=0, event=f"live_qa/{session}", scope=f"{district}/{session}", ends_at=ends_at)
            yield note, NOBODY
        elif event.type == "live_qa.advanced" and getattr(event, "phase", None) == "follow_up":
            yield NoteEvent(id=0, event=f"live_qa/{session}", ends_at=now), NOBODY

    # What stands

    def given(self, citizen: Citizen, now: int) -> Sequence[str]:
        if citizen.id not in self.book.held or not may_hold(citizen):
            return ()
        return [one.word for one in self.book.standing(citizen.id, now)]

    def knows(self, citizen: str) -> bool:
        return citizen in self.book.of

    # Answering

    def answer(
        self, command: Command, citizen: Citizen, events: Iterable[e.OfOffices], now: int
    ) -> BaseModel | None:
        book = self.book
        match command:
            case wire.GiveOffice():
                one = book.state.offices[-1]
                return wire.OfficeMade(given=one.name, until=book.until(one))
            case wire.ListOffices():
                return self._list(command, citizen, now)
            case wire.ShowOwnOffices():
                mine = book.of.get(citizen.id, [])[::-1]
                rows, following = _page(mine, command.after, lambda one: book.row(one, is_own=True))
                return wire.OwnOffices(offices=rows, next=following)
            case _:
                return None

    def _list(self, command: wire.ListOffices, citizen: Citizen, now: int) -> wire.OfficeList:
        book, content, scope = self.book, self.book.content, command.scope
        if not reads(citizen, content, scope):
            raise Refused(Refusal.NOT_ALLOWED, "who works there, and auditors", field="scope")
        all_of_them = book.state.offices if command.which == "all" else book.in_force()
        chosen = sorted(
            (
                one
                for one in all_of_them
                if is_within(one.scope, scope) and (command.which == "all" or now < book.until(one))
            ),
            key=lambda one: -one.number,
        )
        rows, following = _page(chosen, command.after, book.row)
        may_give = self._givable(citizen, scope, now) if command.after is None else []
        return wire.OfficeList(offices=rows, may_give=may_give, next=following)

    def _givable(self, citizen: Citizen, scope: str, now: int) -> list[wire.GivableOffice]:
        rules, occasion = self.book.content.rules, self.book.occasions.get(scope)
        is_of_event = occasion is not None
        if occasion is not None and now >= occasion.ends_at + rules.after_event_s * 1_000:
            return []
        days = rules.longest_term_days
        return [
            wire.GivableOffice(
                office=name, name=office.name, longest_s=None if is_of_event else days * DAY // 1_000
            )
            for name, office in self.book.content.offices.items()
            if right_of(citizen, givers(office, is_of_event=is_of_event), scope) is not None
        ]

    # Telling

    def tell(self, event: e.OfOffices, now: int) -> Iterator[tuple[Audience, Fact]]:
        for one in self._changed(event):
            own = wire.OfficeChanged(office=self.book.row(one, is_own=True))
            yield Citizens(frozenset({one.citizen})), own
            told = wire.OfficeChanged(office=self.book.row(one))
            yield crew_of(one.scope, one.citizen), told
            yield auditors(one.citizen), told

    def _changed(self, event: e.OfOffices) -> list[GivenOffice]:
        """The offices that an event made or changed: those of an event end with it."""
        if isinstance(event, e.OfOffice):
            return [self.book.state.offices[event.number - 1]]
        scope = getattr(event, "scope", None)
        return [one for one in self.book.in_force() if one.scope == scope and one.until is None]

    def effects(self, event: e.OfOffices) -> Iterator[Effect]:
        if isinstance(event, e.OfOffice):
            yield ReadRoles(self.book.state.offices[event.number - 1].citizen)

    def records(self, event: e.OfOffices, now: int) -> Iterator[Record]:
        for one in self._changed(event):
            yield Record(
                kind="office",
                key=one.name,
                fields={
                    "given": one.name,
                    "office": one.office,
                    "scope": one.scope,
                    "district": one.scope.partition("/")[0],
                    "citizen": one.citizen,
                    "by": one.by,
                    "at": one.at,
                    "until": self.book.until(one) if one.ended_at is None else one.ended_at,
                    "ended_at": one.ended_at,
                    "why": one.why,
                    "ended_by": one.ended_by or None,
                },
                texts=tuple(text for text in (one.called, one.words, one.end_words) if text is not None),
            )

    def listing(self, kind: str, citizen: Citizen) -> Listing | None:
        """As they are read: auditors all, others within the scopes in which they work."""
        if AUDITOR.partition(":")[2] in citizen.grants:
            return Listing(with_texts=True)
        scopes = {role.partition("@")[2] for role in citizen.roles if role.partition("@")[0] in CREW}
        if not scopes:
            return None
        return Listing(tuple(_listed_in(scope) for scope in sorted(scopes)), with_texts=True)

    # Showing

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any] | None:
        """One's own that stand, and those that ended of late: of what happened meanwhile one is told on coming back."""
        since = now - self.book.content.rules.told_days * DAY
        told = [
            one for one in self.book.of.get(citizen.id, ()) if one.ended_at is None or one.ended_at > since
        ]
        if not told:
            return None
        rows, _ = _page(told[::-1], None, lambda one: self.book.row(one, is_own=True), ARRIVAL_BYTES)
        return {"mine": [row.model_dump(exclude_none=True) for row in rows]}

    # Deadlines

    def due(self, now: int) -> Iterator[e.OfOffices]:
        over = sorted(
            (one for one in self.book.in_force() if self.book.until(one) <= now), key=lambda one: one.number
        )
        for one in over[:DUES_AT_ONCE]:
            yield deciding.ended(one, "time")

    def next_due(self) -> int | None:
        return self.book.next_due

    # Kept

    def expired(self, now: int) -> Iterator[Personal]:
        days = self.book.content.rules.text_days
        for one in tuple(self.book.state.offices):
            if days and one.ended_at is not None and one.ended_at + days * DAY <= now:
                yield from (text for text in (one.called, one.words, one.end_words) if text is not None)

    def snapshot(self) -> Any:
        return STATE.dump_python(self.book.state, mode="json", exclude_defaults=True)

    def restore(self, snapshot: Any) -> None:
        self.book = Book.opened(self.texts, self.book.content, STATE.validate_python(snapshot))


NOBODY = Citizen(id="", name="")


def _listed_in(scope: str) -> dict[str, str]:
    if not scope:
        return {}
    return {"scope": scope} if "/" in scope else {"district": scope}


def _page(
    found: Sequence[GivenOffice],
    after: str | None,
    row: Callable[[GivenOffice], wire.GivenOffice],
    most: int = PAGE_BYTES,
) -> tuple[list[wire.GivenOffice], str | None]:
    """Rows from there on, as many as there is room for, and where the next begin; raises Refused bad_message."""
    if after is not None and not (after.isascii() and after.isdigit()):
        raise Refused(Refusal.BAD_MESSAGE, "the `next` of the page before", field="after")
    start, rows, left = int(after or 0), list[wire.GivenOffice](), most
    for number, one in enumerate(found[start:], start):
        made = row(one)
        left -= len(made.model_dump_json(exclude_none=True).encode())
        if left < 0 and rows:
            return rows, str(number)
        rows.append(made)
    return rows, None
