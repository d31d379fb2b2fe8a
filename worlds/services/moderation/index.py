"""What is found quickly: made from the state alone, never kept; so a hundred thousand bans cost one look-up."""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from worlds.services.moderation.state import Act, Held, Person, Report, Sanction, State

Due = tuple[int, str, str]
"""When in ms, what, and of which number or scope."""


@dataclass(slots=True)
class Index:
    """Ways into the state."""

    active: dict[str, dict[int, Sanction]] = field(default_factory=dict)
    """Sanctions in force by citizen; some may be past their end for a moment."""
    of_citizen: defaultdict[str, list[Sanction]] = field(default_factory=lambda: defaultdict(list))
    proposed: dict[int, Sanction] = field(default_factory=dict)
    appealed: dict[int, Sanction] = field(default_factory=dict)
    """Those with an appeal that nobody has decided."""
    open_reports: dict[int, Report] = field(default_factory=dict)
    for_authority: dict[int, Report] = field(default_factory=dict)
    """Those that an authority outside has still to be told of."""
    evident: dict[int, Report] = field(default_factory=dict)
    """Reports whose evidence is still kept."""
    surrounded: dict[int, Held] = field(default_factory=dict)
    """Held lines with the lines around them."""
    reports_by: defaultdict[str, list[Report]] = field(default_factory=lambda: defaultdict(list))
    reports_about: defaultdict[str, list[Report]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[int, Held] = field(default_factory=dict)
    held_by: defaultdict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    acts_on: defaultdict[str, list[Act]] = field(default_factory=lambda: defaultdict(list))
    acts_by: defaultdict[str, list[Act]] = field(default_factory=lambda: defaultdict(list))
    blocked_by: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By whom someone is blocked."""
    dues: list[Due] = field(default_factory=list)
    joins: defaultdict[str, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    """When those who are new came into a district; of the last seconds, and forgotten with the process."""
    let_in: defaultdict[str, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    """The same of who is new as the shield has it."""
    alerted_at: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State) -> "Index":
        """The ways into a state that was read."""
        index = cls()
        for sanction in state.sanctions:
            index.of_citizen[sanction.citizen].append(sanction)
            index.put(sanction)
        for report in state.reports:
            index.note_report(report)
        for held in state.held:
            index.held_by[held.citizen].append(held)
            index.put_held(held)
        for act in state.acts:
            index.note_act(act)
        for name, person in state.people.items():
            index.note_blocks(name, person)
        for mode in state.modes.values():
            index.at(mode.shield_until, "shield", mode.scope)
        return index

    def put(self, sanction: Sanction) -> None:
        """A sanction as it is now."""
        number, citizen = sanction.number, sanction.citizen
        if sanction.state == "in_force":
            self.active.setdefault(citizen, {})[number] = sanction
            self.at(sanction.until, "sanction", str(number))
        elif citizen in self.active:
            self.active[citizen].pop(number, None)
            if not self.active[citizen]:
                del self.active[citizen]
        if sanction.state == "proposed":
            self.proposed[number] = sanction
            self.at(sanction.propose_until, "proposal", str(number))
        else:
            self.proposed.pop(number, None)
        if sanction.appeal is not None and sanction.appeal.state == "open":
            self.appealed[number] = sanction
        else:
            self.appealed.pop(number, None)

    def note_report(self, report: Report) -> None:
        """A report that came in."""
        if report.evidence.lines or report.evidence.tracks:
            self.evident[report.number] = report
        if report.by:
            self.reports_by[report.by].append(report)
        if report.citizen is not None:
            self.reports_about[report.citizen].append(report)
        self.put_report(report)

    def put_report(self, report: Report) -> None:
        """A report as it is now."""
        if report.is_open:
            self.open_reports[report.number] = report
        else:
            self.open_reports.pop(report.number, None)
        if report.authority == "waiting":
            self.for_authority[report.number] = report
        else:
            self.for_authority.pop(report.number, None)

    def put_held(self, held: Held) -> None:
        """A held line as it is now."""
        if held.context:
            self.surrounded[held.number] = held
        if held.state == "waiting":
            self.waiting[held.number] = held
            self.at(held.expires_at, "held", str(held.number))
        else:
            self.waiting.pop(held.number, None)

    def note_act(self, act: Act) -> None:
        """A line of the audit."""
        if act.citizen is not None:
            self.acts_on[act.citizen].append(act)
        self.acts_by[act.by].append(act)

    def note_blocks(self, citizen: str, person: Person) -> None:
        """Whom someone blocks."""
        for other in person.blocked:
            self.blocked_by[other].add(citizen)

    def at(self, time: int, what: str, which: str) -> None:
        """Something may follow from time alone; 0: nothing."""
        if time:
            heapq.heappush(self.dues, (time, what, which))

    def next_due(self, state: State) -> Due | None:
        """The first deadline that still means something; the others are forgotten."""
        while self.dues:
            if self._still(state, self.dues[0]):
                return self.dues[0]
            heapq.heappop(self.dues)
        return None

    def take_due(self, state: State, now: int) -> Iterator[Due]:
        """Every deadline that has come, each once; what follows from them takes them out of the state."""
        seen = set()
        while self.dues and self.dues[0][0] <= now:
            due = heapq.heappop(self.dues)
            if due[1:] not in seen and self._still(state, due):
                seen.add(due[1:])
                yield due

    def _still(self, state: State, due: Due) -> bool:
        at, what, which = due
        match what:
            case "sanction":
                one = state.sanctions[int(which) - 1]
                return one.state == "in_force" and one.until == at
            case "proposal":
                one = state.sanctions[int(which) - 1]
                return one.state == "proposed" and one.propose_until == at
            case "held":
                held = state.held[int(which) - 1]
                return held.state == "waiting" and held.expires_at == at
            case _:
                mode = state.modes.get(which)
                return mode is not None and mode.shield_until == at
