"""Announcements as a service: who may make them, whom they reach, what stands now."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, TypeAdapter

from protocol.handshake import Text
from protocol.message import Command, Fact
from protocol.refusals import Refusal, Refused
from protocol.services import announcements as wire
from worlds.citizen import Citizen
from worlds.service import Audience, District, Event, Everyone, Listing, Record, Service, Staff, Texts
from worlds.services.announcements import events as e
from worlds.services.announcements.content import Content

S = 1_000
"""Milliseconds of a second; times in state and events are in ms."""

ANNOUNCERS = ("host", "operator")
"""Roles that announce within their scope."""

PAGE_BYTES = 12_000
"""What the rows of a page or of the view on arrival may weigh."""

URGENCY: dict[wire.AnnouncementLevel, int] = {"emergency": 0, "warning": 1, "notice": 2}


@dataclass(slots=True)
class Announced:
    """One announcement."""

    number: int
    scope: str
    level: wire.AnnouncementLevel
    text: Text
    at: int
    until: int
    withdrawn_at: int | None = None

    @property
    def district(self) -> str:
        """The district in which it is told; empty: in all of them."""
        return self.scope.partition("/")[0]

    def stands_at(self, now: int) -> bool:
        """Whether it goes for who is there now."""
        return self.withdrawn_at is None and now < self.until


@dataclass(slots=True)
class State:
    """All that was ever announced, by number from 1."""

    announcements: list[Announced] = field(default_factory=list)


STATE = TypeAdapter(State)


class Announcements(Service[e.OfAnnouncement]):
    """The announcements of one city."""

    name: ClassVar[str] = "announcements"
    events: ClassVar[tuple[type[Event], ...]] = e.EVENTS
    commands: ClassVar[tuple[type[Command], ...]] = wire.COMMANDS
    kinds: ClassVar[tuple[str, ...]] = ("announcement",)

    def __init__(self, texts: Texts, content: Content, scopes: Collection[str]) -> None:
        super().__init__(texts)
        self.content = content
        self.state = State()
        self._scopes = scopes
        self._standing: list[Announced] = []

    # Deciding

    def decide(
        self, command: Command, citizen: Citizen, now: int, chance: bytes
    ) -> Iterator[e.OfAnnouncement]:
        match command:
            case wire.Announce():
                yield self._announce(command, citizen, now)
            case wire.Withdraw():
                one = self._found(command.announcement)
                _require_announcer(citizen, one.scope)
                if not one.stands_at(now):
                    raise Refused(Refusal.CLOSED, "it is over already", field="announcement")
                yield e.Withdrawn(announcement=one.number, by=citizen.id)
            case _:
                return

    def _announce(self, command: wire.Announce, citizen: Citizen, now: int) -> e.Announced:
        rules, scope = self.content.rules, command.scope
        if scope not in self._scopes:
            raise Refused(Refusal.NOT_FOUND, "no such place", field="scope")
        _require_announcer(citizen, scope)
        text = Text(
            ko=_text_of(command.text.ko, "text.ko", rules.longest_text),
            en=_text_of(command.text.en, "text.en", rules.longest_text),
        )
        if command.until <= now:
            raise Refused(Refusal.BAD_MESSAGE, "it would be over already", field="until")
        if rules.longest_s and command.until > now + rules.longest_s * S:
            raise Refused(Refusal.BAD_MESSAGE, f"at most {rules.longest_s} s from now", field="until")
        district = scope.partition("/")[0]
        beside = sum(one.district == district for one in self.standing(now))
        if rules.standing and beside >= rules.standing:
            raise Refused(
                Refusal.FULL,
                f"{rules.standing} stand there already: withdraw one",
                field="scope",
                limit="announcements.standing",
            )
        return e.Announced(
            announcement=len(self.state.announcements) + 1,
            by=citizen.id,
            scope=scope,
            level=command.level,
            text=text,
            until=command.until,
        )

    def apply(self, event: e.OfAnnouncement, now: int) -> None:
        match event:
            case e.Announced():
                one = Announced(event.announcement, event.scope, event.level, event.text, now, event.until)
                self.state.announcements.append(one)
                self._standing.append(one)
            case e.Withdrawn():
                self.state.announcements[event.announcement - 1].withdrawn_at = now
            case _:
                raise LookupError(f"{event.type} is not of announcements")
        self._standing = [one for one in self._standing if one.stands_at(now)]

    def answer(
        self, command: Command, citizen: Citizen, events: Iterable[e.OfAnnouncement], now: int
    ) -> BaseModel | None:
        match command:
            case wire.Announce():
                return wire.AnnouncementMade(announcement=_name(next(iter(events)).announcement))
            case wire.ListAnnouncements():
                return self._list(command, citizen, now)
            case _:
                return None

    def _list(self, command: wire.ListAnnouncements, citizen: Citizen, now: int) -> wire.AnnouncementList:
        is_all = command.which == "all"
        found = list(reversed(self.state.announcements)) if is_all else self.standing(now)
        try:
            start = int(command.after or 0)
        except ValueError:
            start = -1
        if start < 0:
            raise Refused(Refusal.BAD_MESSAGE, "no place in a list", field="after")
        shown = _within(found[start:])
        end = start + len(shown)
        ready = self.content.ready if not start and may_announce(citizen) else ()
        return wire.AnnouncementList(
            announcements=shown,
            ready=[
                wire.ReadyAnnouncement(level=one.level, text=one.text, lasts_s=one.lasts_s) for one in ready
            ],
            next=str(end) if end < len(found) else None,
        )

    # Telling

    def tell(self, event: e.OfAnnouncement, now: int) -> Iterator[tuple[Audience, Fact]]:
        """The whole district hears what goes for a zone, so that who walks into it knows; and its crew elsewhere."""
        one = self.state.announcements[event.announcement - 1]
        told = wire.AnnouncementChanged(announcement=_row(one))
        if not one.district:
            yield Everyone(), told
            return
        yield District(one.district), told
        yield Staff(frozenset({*ANNOUNCERS, "moderator"}), one.scope), told

    def records(self, event: e.OfAnnouncement, now: int) -> Iterator[Record]:
        one = self.state.announcements[event.announcement - 1]
        yield Record(
            kind="announcement",
            key=_name(one.number),
            fields={
                "announcement": _name(one.number),
                "scope": one.scope,
                "level": one.level,
                "ko": one.text.ko,
                "en": one.text.en,
                "at": one.at,
                "until": one.until,
                "withdrawn_at": one.withdrawn_at,
            },
        )

    def listing(self, kind: str, citizen: Citizen) -> Listing | None:
        """Everyone: what was announced was said in public."""
        return Listing()

    def scopes(self, command: Command) -> tuple[str, ...]:
        scope = getattr(command, "scope", "")
        return (scope,) if scope else ()

    # Showing

    def standing(self, now: int) -> list[Announced]:
        """What stands now: the most urgent first, of these the newest."""
        return sorted(
            (one for one in self._standing if one.stands_at(now)),
            key=lambda one: (URGENCY[one.level], -one.number),
        )

    def view(self, citizen: Citizen, district: str, now: int) -> Mapping[str, Any] | None:
        here = [one for one in self.standing(now) if one.district in ("", district)]
        return {"announcements": [row.model_dump(exclude_none=True) for row in _within(here)]}

    def snapshot(self) -> Any:
        return STATE.dump_python(self.state, mode="json", exclude_defaults=True)

    def restore(self, snapshot: Any) -> None:
        self.state = STATE.validate_python(snapshot)
        # What is past by the clock goes with the next announcement.
        self._standing = [one for one in self.state.announcements if one.withdrawn_at is None]

    def _found(self, name: str) -> Announced:
        number = name.removeprefix("a-")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(self.state.announcements)):
            raise Refused(Refusal.NOT_FOUND, field="announcement")
        return self.state.announcements[int(number) - 1]


def may_announce(citizen: Citizen) -> bool:
    """Whether someone announces anywhere."""
    return any(role.partition("@")[0] in ANNOUNCERS for role in citizen.roles)


def _require_announcer(citizen: Citizen, scope: str) -> None:
    if not any(citizen.has(role, scope or None) for role in ANNOUNCERS):
        raise Refused(Refusal.NOT_ALLOWED, "hosts and operators of that place", field="scope")


def _text_of(text: str, field_name: str, longest: int) -> str:
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    if not kept or any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in kept):
        raise Refused(Refusal.BAD_MESSAGE, "words are wanted, in both languages", field=field_name)
    if longest and len(kept) > longest:
        raise Refused(Refusal.TOO_LONG, f"at most {longest} characters", field=field_name)
    return kept


def _name(number: int) -> str:
    return f"a-{number}"


def _row(one: Announced) -> wire.Announcement:
    return wire.Announcement(
        announcement=_name(one.number),
        scope=one.scope,
        level=one.level,
        text=one.text,
        at=one.at,
        until=one.until,
        withdrawn_at=one.withdrawn_at,
    )


def _within(found: Iterable[Announced]) -> list[wire.Announcement]:
    """As many rows from the first as there is room for, one at least."""
    rows: list[wire.Announcement] = []
    left = PAGE_BYTES
    for one in found:
        row = _row(one)
        left -= len(row.model_dump_json(exclude_none=True).encode())
        if left < 0 and rows:
            break
        rows.append(row)
    return rows
