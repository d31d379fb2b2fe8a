"""The city's services behind one gate: every command that lasts goes through `handle`, one after the other."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from protocol.catalogue import CLIENT_WORDS
from protocol.handshake import Text
from protocol.message import Command, Count, Fact
from protocol.refusals import Refusal, Refused
from worlds.calendar import Calendar
from worlds.citizen import Citizen
from worlds.evidence import Witness
from worlds.service import (
    Audience,
    Ballot,
    Effect,
    Event,
    Listing,
    Personal,
    Record,
    Restrain,
    Service,
    Tally,
)
from worlds.speech import Line
from worlds.standing import standing

Seal = Callable[[Event], Event]
"""Moves an event's personal texts to their store; the event that comes back holds them by reference."""


class Torn(Exception):
    """A fault of ours after something was taken: the services hold what nobody will keep, and must be made anew."""


MAX_FOLLOWED = 8
"""How many times what one service asks of another may lead on: more is a circle."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One event as it is kept: which service decided it, and for whom."""

    service: str
    event: Event
    actor: str


def _kept_by(keeper: Service[Any]) -> Calendar:
    return keeper.calendar() or Calendar()


class City:
    """All services of one city; knows none of them by name."""

    def __init__(self, services: Sequence[Service[Any]]) -> None:
        self.services: dict[str, Service[Any]] = {service.name: service for service in services}
        self._answers_to = {command: service for service in services for command in service.commands}
        self._events = {
            event.model_fields["type"].default: event for service in services for event in service.events
        }
        for service in services:
            service.is_known = self.is_known
        for keeper in services:
            if keeper.calendar() is not None:
                for service in services:
                    service.working_time = partial(_kept_by, keeper)

    @property
    def commands(self) -> frozenset[type[Command]]:
        """Every command that belongs to a service, also what services ask of each other."""
        return frozenset(self._answers_to)

    def answers(self, command: Command) -> bool:
        """Whether a command belongs to a service, and so to the gate."""
        return type(command) in self._answers_to

    def handle(
        self, command: Command, citizen: Citizen, now: int, chance: bytes, seal: Seal
    ) -> tuple[list[Decided], BaseModel | None]:
        """Decide a command with all that follows from it, apply it at once; raises Refused (nothing is changed), Torn.

        Returns the events in their order, and the command's answer.
        """
        service = self._answers_to.get(type(command))
        if service is None:
            raise Refused(Refusal.UNKNOWN_TYPE, field="type")
        if getattr(command, "origin", None) is not None:
            # Only what follows from another service's event has one: a citizen may not claim it.
            raise Refused(Refusal.NOT_ALLOWED, field="origin")
        citizen = self.standing(citizen, now)
        scopes = service.scopes(command)
        if command.type in CLIENT_WORDS:
            # What the building tells a service of a citizen is no act of theirs.
            self.forbid(command, citizen, scopes, now)
        if any(other.holds(citizen, scopes, now) for other in self.services.values()):
            citizen = replace(citizen, is_held=True)
        own = [
            Decided(service.name, event, citizen.id)
            for event in service.decide(command, citizen, now, chance)
        ]
        decided = [*own, *self._followed(own, now, chance)]
        kept = self._take(decided, now, seal)
        events = [entry.event for entry in kept[: len(own)]]
        try:
            return kept, service.answer(command, citizen, events, now)
        except Exception as error:
            if kept:
                raise Torn(f"{command.type} was taken, and has no answer") from error
            raise

    def standing(self, citizen: Citizen, now: int) -> Citizen:
        """Who a citizen is now: by their token, and by what they were given here and still hold."""
        return standing(
            citizen, (word for service in self.services.values() for word in service.given(citizen, now))
        )

    def is_known(self, citizen: str) -> bool:
        """Whether any service remembers someone of that id."""
        return any(service.knows(citizen) for service in self.services.values())

    # What services say to the commands of others, and to the lanes

    def witnessed(self, command: Command, citizen: Citizen, witness: Witness) -> Command:
        """A command with what only the edge knows, where its service wants it."""
        service = self._answers_to.get(type(command))
        return command if service is None else service.witnessed(command, citizen, witness)

    def forbid(self, command: Command, citizen: Citizen, scopes: tuple[str, ...], now: int) -> None:
        """Raises Refused where any service forbids the citizen this command there."""
        for service in self.services.values():
            service.forbid(command, citizen, scopes, now)

    def hear(self, line: Line, citizen: Citizen, now: int) -> Command | None:
        """What a service asks of itself instead of a line's being told, or None; raises Refused."""
        for service in self.services.values():
            instead = service.hear(line, citizen, now)
            if instead is not None:
                return instead
        return None

    def is_fit(self, name: str, *, is_vouched: bool = False) -> bool:
        """Whether a name may be shown to everyone unread; `is_vouched`: an issuer has checked whose it is."""
        return all(service.is_fit(name, is_vouched=is_vouched) for service in self.services.values())

    def called(self, citizen: Citizen) -> Text | None:
        """By what name others know someone instead of their own; one service at most says so."""
        names = (service.called(citizen) for service in self.services.values())
        return next((name for name in names if name is not None), None)

    def room(self, citizen: Citizen, district: str, now: int) -> int | None:
        """How many more of the citizen's kind may come into a district just now; None: as many as find a place."""
        found = (service.room(citizen, district, now) for service in self.services.values())
        return min((room for room in found if room is not None), default=None)

    def veils(self, citizen: Citizen, model: str, scopes: tuple[str, ...], now: int) -> int | None:
        """Until when (ms) others are not told that the citizen looks like this there; None: they are."""
        found = (service.veils(citizen, model, scopes, now) for service in self.services.values())
        return max((until for until in found if until is not None), default=None)

    def parted(self, citizen: str) -> frozenset[str]:
        """Whom a citizen neither hears nor is heard by."""
        return frozenset().union(*(service.parted(citizen) for service in self.services.values()))

    def restraint(self, citizen: str, now: int) -> Restrain | None:
        """What keeps a citizen's avatar; one service at most says so."""
        kept = (service.restraint(citizen, now) for service in self.services.values())
        return next((restraint for restraint in kept if restraint is not None), None)

    def arrivals(self, citizen: Citizen, district: str | None, now: int) -> Iterator[Command]:
        """What the services ask of themselves when a citizen comes into the city (None), or into a district."""
        for service in self.services.values():
            yield from service.arrivals(citizen, district, now)

    # Secret polls

    def took_part(self, entry: Decided) -> str | None:
        """The poll in which an event is its actor's participation."""
        return self.services[entry.service].took_part(entry.event)

    def ballot(self, command: Command) -> Ballot | None:
        """The ballot that a command casts where it leads to a participation."""
        service = self._answers_to.get(type(command))
        return None if service is None else service.ballot(command)

    def uncounted(self) -> Iterator[tuple[str, Callable[[Tally], Command]]]:
        """Polls that are to be counted, each with what its service then asks of itself."""
        for service in self.services.values():
            for poll in service.uncounted():
                yield poll, service.counted

    # Deadlines and retention

    def due(self, now: int, chance: bytes, seal: Seal) -> Iterator[Decided]:
        """Decide and apply what follows from deadlines that have come, service by service; raises Torn."""
        for service in self.services.values():
            due = service.next_due()
            if due is not None and due <= now:
                own = [Decided(service.name, event, "") for event in service.due(now)]
                yield from self._take([*own, *self._followed(own, now, chance)], now, seal)

    def next_due(self) -> int | None:
        """The next deadline of any service, in ms."""
        return min(
            (at for service in self.services.values() if (at := service.next_due()) is not None), default=None
        )

    def expired(self, now: int) -> Iterator[Personal]:
        """Texts of all services that need no longer be kept."""
        for service in self.services.values():
            yield from service.expired(now)

    def forget(self, erased: Collection[str]) -> None:
        """Texts that `expired` named, by their references, are erased."""
        for service in self.services.values():
            service.forget(erased)

    def _followed(self, decided: Sequence[Decided], now: int, chance: bytes) -> Iterator[Decided]:
        # Before anything is applied: so that if what follows is refused, nothing has been done.
        for _ in range(MAX_FOLLOWED):
            decided = [
                Decided(other.name, event, citizen.id)
                for entry in decided
                for service in self.services.values()
                for command, citizen in service.follow(entry.event, now)
                for other in [self._answers_to[type(command)]]
                for event in other.decide(command, citizen, now, chance)
            ]
            yield from decided
            if not decided:
                return
        raise LookupError(f"services follow each other more than {MAX_FOLLOWED} times")

    def _take(self, decided: Sequence[Decided], now: int, seal: Seal) -> list[Decided]:
        kept = [Decided(entry.service, seal(entry.event), entry.actor) for entry in decided]
        for entry in kept:
            try:
                self.services[entry.service].apply(entry.event, now)
            except Exception as error:
                raise Torn(f"{entry.event.type} was taken in part") from error
        return kept

    # From the journal

    def read_event(self, kind: str, fields: Mapping[str, Any]) -> Event:
        """An event as the journal holds it -> the event."""
        return self._events[kind].model_validate(fields)

    def replay(self, service: str, event: Event, at: int) -> None:
        """Apply an event that was kept before."""
        self.services[service].apply(event, at)

    def snapshot(self) -> dict[str, Any]:
        """Every service's state as JSON values."""
        return {name: service.snapshot() for name, service in self.services.items()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Take every service's state from a snapshot; one that it does not know begins empty."""
        for name, service in self.services.items():
            if name in snapshot:
                service.restore(snapshot[name])

    # What is told

    def tell(self, entry: Decided, now: int) -> Iterator[tuple[Audience, Fact]]:
        """Who hears what of an event."""
        yield from self.services[entry.service].tell(entry.event, now)

    def effects(self, entry: Decided) -> Iterator[Effect]:
        """What an event does among the avatars."""
        yield from self.services[entry.service].effects(entry.event)

    def records(self, entry: Decided, now: int) -> Iterator[Record]:
        """The rows that an event changes."""
        yield from self.services[entry.service].records(entry.event, now)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of rows."""
        return tuple(kind for service in self.services.values() for kind in service.kinds)

    def listing(self, kind: str, citizen: Citizen) -> Listing:
        """How far a citizen may list the rows of a kind; raises Refused."""
        for service in self.services.values():
            if kind in service.kinds:
                listing = service.listing(kind, citizen)
                if listing is None:
                    raise Refused(Refusal.NOT_ALLOWED, "these rows are not yours to list", field="kind")
                return listing
        raise Refused(Refusal.NOT_FOUND, "no such kind", field="kind")

    def counts(self, now: int) -> Iterator[tuple[Audience, Count]]:
        """The running numbers of all services that changed."""
        for service in self.services.values():
            yield from service.counts(now)

    def presence(self, citizen: Citizen, *, is_away: bool) -> Iterator[Command]:
        """What the services ask of themselves when a citizen's line breaks, or comes back."""
        for service in self.services.values():
            yield from service.presence(citizen, is_away=is_away)

    def views(self, citizen: Citizen, district: str, now: int) -> dict[str, Any]:
        """What a citizen is shown of every service on arriving in a district."""
        views = {name: service.view(citizen, district, now) for name, service in self.services.items()}
        return {name: dict(view) for name, view in views.items() if view is not None}
