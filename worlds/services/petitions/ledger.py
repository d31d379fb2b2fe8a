"""All petitions of a city with what finds them: by petitioner, desk, token and month; and the deadlines."""

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from worlds.calendar import Calendar, Interval, day_of
from worlds.service import Event
from worlds.services.petitions import events as ev
from worlds.services.petitions.events import PetitionEvent
from worlds.services.petitions.petition import Petition, ref_of
from worlds.services.petitions.rules import Rules
from worlds.services.petitions.states import OPEN, UNROUTED

ROOM = ""
"""The desk of the civil service room: what waits to be received or routed."""


@dataclass(slots=True)
class Officer:
    """An official at a desk; name and contact by reference."""

    id: str
    department: str
    present: bool
    name: str = ""
    contact: str = ""


Place: TypeAlias = tuple[int, int, str]
"""On a desk: when due, when arrived, which."""

NO_DUE = 2**53
"""In the place of a due date, while the clock stands still."""


class Ledger:
    """The whole state of the service. `take` is the only way to change it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.petitions: dict[str, Petition] = {}
        self.officers: dict[str, Officer] = {}
        self.outages: list[list[Any]] = []
        self.added: dict[str, str] = {day.day.isoformat(): day.name for day in rules.added_holidays}
        self.removed: set[str] = {day.isoformat() for day in rules.removed_holidays}
        self.recount: dict[str, str] = {}
        self.spent: dict[str, str] = {}
        self.numbers: dict[str, int] = {}
        self._index()

    # What finds a petition

    def _index(self) -> None:
        self.calendar = self._calendar()
        self.of_citizen: dict[str, dict[str, None]] = {}
        self.desks: dict[str, list[Place]] = {}
        self.tokens: dict[str, str] = {}
        self.months: dict[str, list[str]] = {}
        self.published: list[tuple[str, str]] = []
        self.attached: dict[str, str] = {}
        self._deadlines: list[tuple[int, str, str]] = []
        self._busy: dict[str, int] = {}
        for petition in self.petitions.values():
            self._enter(petition, list.append)
            self._deadlines += ((at, petition.id, name) for name, at in petition.timers.items())
            if petition.received_at:
                self.months.setdefault(month_of(petition.received_at), []).append(petition.id)
        for ids in self.months.values():
            ids.sort(key=lambda id: self.petitions[id].number or "")
        for desk in self.desks.values():
            desk.sort()
        self.published.sort()
        heapq.heapify(self._deadlines)

    def _calendar(self) -> Calendar:
        return Calendar(
            map(date.fromisoformat, self.added),
            map(date.fromisoformat, self.removed),
            self.rules.hours,
            self.rules.part_days,
        )

    def department_of(self, petition: Petition) -> str:
        """Whose case it is: until it is routed, the civil service room's, whatever the citizen proposed."""
        routed = None if petition.state in UNROUTED else petition.department
        return routed or self.rules.civil_service

    @staticmethod
    def _desk_of(petition: Petition) -> str | None:
        if petition.state not in OPEN:
            return None
        return ROOM if petition.state in UNROUTED else petition.department

    def _enter(self, petition: Petition, put: Callable[[list[Any], Any], None] = insort) -> None:
        self.of_citizen.setdefault(petition.citizen, {})[petition.id] = None
        for citizen, *_ in petition.signers:
            self.of_citizen.setdefault(citizen, {})[petition.id] = None
        for file, *_ in petition.files:
            self.attached[file] = petition.id
        if petition.token:
            self.tokens[petition.token] = petition.id
        if (desk := self._desk_of(petition)) is not None:
            put(self.desks.setdefault(desk, []), place_of(petition))
            if petition.officer is not None:
                self._busy[petition.officer] = self._busy.get(petition.officer, 0) + 1
        if self.is_public(petition):
            put(self.published, (petition.number, petition.id))

    def _leave(self, petition: Petition) -> None:
        if (desk := self._desk_of(petition)) is not None:
            _drop(self.desks[desk], place_of(petition))
            if petition.officer is not None:
                self._busy[petition.officer] -= 1
        if self.is_public(petition):
            _drop(self.published, (petition.number, petition.id))

    def is_public(self, petition: Petition) -> bool:
        """Whether the public may see it: received, of a kind that may be shown, and the petitioner agreed."""
        return petition.publish and petition.has_number and self.rules.kinds[petition.kind].public

    @staticmethod
    def is_party(petition: Petition, citizen: str) -> bool:
        """Whether it is theirs, or they signed it."""
        return petition.citizen == citizen or any(signer[0] == citizen for signer in petition.signers)

    def freest_officer(self, department: str, petition: Petition) -> str | None:
        """Who of a department is at the desk, has the fewest open petitions, and no part in this one."""
        there = (id for id in self.at_desk(department) if not self.is_party(petition, id))
        return min(there, key=lambda id: (self._busy.get(id, 0), id), default=None)

    def at_desk(self, department: str | None) -> frozenset[str]:
        """The officials at a department's desk."""
        return frozenset(o.id for o in self.officers.values() if o.present and o.department == department)

    def next_number(self, at: int, ahead: int = 0) -> str:
        """The next receipt number: prefix, month, sequence in the month; `ahead`: decided but not yet taken."""
        month = month_of(at)
        return f"{self.rules.number_prefix}-{month}-{self.numbers.get(month, 0) + ahead + 1:07d}"

    def outages_until(self, now: int) -> list[Interval]:
        """When the information system was down; one that lasts ends `now`."""
        return [(begin, end or now) for begin, end, *_ in self.outages if begin < (end or now)]

    # Taking events

    def take(self, event: Event, at: int) -> None:
        """An event was decided."""
        match event:
            case ev.OfficerServes():
                self.officers[event.officer] = Officer(
                    event.officer, event.department, event.present, ref_of(event.name), ref_of(event.contact)
                )
            case ev.OutageReported():
                told = [event.begins_at, event.ends_at or 0, event.ko, event.en]
                self.outages[event.outage : event.outage + 1] = [told]
                if event.ends_at is not None:
                    self._recount_all("outage")
            case ev.CalendarChanged():
                for day, name in event.holidays:
                    self.added[day] = name
                    self.removed.discard(day)
                for day in event.working_days:
                    self.added.pop(day, None)
                    self.removed.add(day)
                self.calendar = self._calendar()
                self._recount_all("calendar")
            case ev.Recounted():
                for id in event.petitions:
                    self.recount.pop(id, None)
            case ev.DraftDropped():
                dropped = self.petitions.pop(event.petition)
                self._spend(dropped, (file for file, *_ in dropped.files))
                del self.of_citizen[dropped.citizen][dropped.id]
            case PetitionEvent():
                self._take_step(event, at)
            case _:
                raise LookupError(event.type)

    def _take_step(self, event: PetitionEvent, at: int) -> None:
        petition = self.petitions.get(event.petition)
        if petition is None:
            assert isinstance(event, ev.Drafted)
            petition = self.petitions[event.petition] = Petition(event.petition, event.citizen, event.kind)
        parent = petition.parent
        if isinstance(event, ev.Drafted):
            self._spend(petition, event.without)
        self._leave(petition)
        petition.take(event, at)
        self._enter(petition)
        for name, when in event.timers.items():
            if when:
                heapq.heappush(self._deadlines, (when, petition.id, name))
        match event:
            case ev.Received():
                month = month_of(at)
                self.numbers[month] = self.numbers.get(month, 0) + 1
                self.months.setdefault(month, []).append(petition.id)
            case ev.Merged():
                self.petitions[event.parent].members += (petition.id,)
            case ev.Unmerged() if parent is not None:
                self._take_out(parent, petition.id)
            case ev.Withdrawn() | ev.Returned() | ev.DeemedWithdrawn() | ev.ClosedAsRepeat():
                self._hand_on(petition)
            case _:
                pass

    def _spend(self, petition: Petition, gone: Iterable[str]) -> None:
        """Files that nothing refers to any more: their names, and so they, need no longer be kept."""
        names = {file: name for file, name, *_ in petition.files}
        for file in gone:
            self.attached.pop(file, None)
            self.spent[names[file]] = petition.citizen

    def _take_out(self, parent: str, id: str) -> None:
        one = self.petitions[parent]
        one.members = tuple(member for member in one.members if member != id)

    def _hand_on(self, petition: Petition) -> None:
        """One that ends alone leaves the others together: the first that is still open stands for them."""
        if petition.parent is not None:
            self._take_out(petition.parent, petition.id)
            petition.parent = None
            return
        left = [self.petitions[id] for id in petition.members]
        petition.members = ()
        for one in left:
            one.parent = None
        together = [one for one in left if one.state in OPEN]
        for one in together[1:]:
            one.parent = together[0].id
            together[0].members += (one.id,)

    def _recount_all(self, cause: str) -> None:
        # One by one in the rounds that follow: a city may have many thousands of open petitions.
        for desk in sorted(self.desks):
            for *_, id in self.desks[desk]:
                self.recount[id] = cause

    # Deadlines

    def next_deadline(self) -> int | None:
        """The next moment at which a timer is due; 0 while due dates wait to be counted anew."""
        if self.recount:
            return 0
        while self._deadlines:
            at, id, name = self._deadlines[0]
            if self._stands(at, id, name):
                return at
            heapq.heappop(self._deadlines)
        return None

    def timers_until(self, now: int, most: int) -> list[tuple[int, str, str]]:
        """The timers that are due, the earliest first, at most one of each petition and so many; takes none away."""
        found: dict[str, tuple[int, str, str]] = {}
        for at, id, name in self._due(now):
            if len(found) >= most:
                break
            found.setdefault(id, (at, id, name))
        return list(found.values())

    def _due(self, now: int) -> Iterator[tuple[int, str, str]]:
        # In the order of the heap without popping: the ways down from it wait in a heap of their own.
        waiting = [(self._deadlines[0], 0)] if self._deadlines else []
        while waiting:
            (at, id, name), place = heapq.heappop(waiting)
            if at > now:
                return
            if self._stands(at, id, name):
                yield at, id, name
            for below in (2 * place + 1, 2 * place + 2):
                if below < len(self._deadlines):
                    heapq.heappush(waiting, (self._deadlines[below], below))

    def _stands(self, at: int, id: str, name: str) -> bool:
        petition = self.petitions.get(id)
        return petition is not None and petition.timers.get(name) == at

    # Kept whole

    def snapshot(self) -> dict[str, Any]:
        """The state as JSON values."""
        return {
            "petitions": [petition.snapshot() for petition in self.petitions.values()],
            "officers": [[o.id, o.department, o.present, o.name, o.contact] for o in self.officers.values()],
            "outages": [list(outage) for outage in self.outages],
            "added": dict(self.added),
            "removed": sorted(self.removed),
            "recount": dict(self.recount),
            "numbers": dict(self.numbers),
            "spent": dict(self.spent),
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """From its snapshot."""
        self.petitions = {one["id"]: Petition.restore(one) for one in kept["petitions"]}
        self.officers = {one[0]: Officer(*one) for one in kept["officers"]}
        self.outages = [list(outage) for outage in kept["outages"]]
        self.added, self.removed = dict(kept["added"]), set(kept["removed"])
        self.recount = dict(kept["recount"])
        self.numbers = dict(kept["numbers"])
        self.spent = dict(kept.get("spent", {}))
        self._index()


def month_of(at: int) -> str:
    """A moment's Korean month as receipt numbers have it: YYMM."""
    return day_of(at).strftime("%y%m")


def place_of(petition: Petition) -> Place:
    """Where a petition lies on its desk: what is due first first; then what waits for others."""
    due = petition.receive_by if petition.state == "submitted" else petition.shown_due
    return due or NO_DUE, petition.arrived_at, petition.id


def _drop(ordered: list[Any], value: Any) -> None:
    place = bisect_left(ordered, value)
    assert ordered[place] == value
    del ordered[place]
