"""The shape of a scenario: its crowd, the server's settings, and its promises; and what one run of it brought."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal, TypeAlias

from load_tests.accounts import Account
from load_tests.crowd import Crowd, Figures
from load_tests.serving import CITY


@dataclass(frozen=True)
class Use:
    """What a server used over the measured window; `idle` is its account before anyone came."""

    cpu: float
    """Of one core, as the kernel accounts it to the process."""
    others: float
    """Cores that programs used which have no part in the measurement."""
    idle: Account
    end: Account


@dataclass(frozen=True)
class Run:
    """One crowd, once."""

    crowd: Crowd
    seen: Figures
    use: Use
    metrics: Mapping[str, float] = field(default_factory=dict)
    floor: "Run | None" = None
    calm: "Run | None" = None
    testimony: Mapping[str, int] = field(default_factory=dict)
    """What the witnesses counted: `checks`, and of these what was `missing`, `elsewhere` or `stale`."""

    @property
    def untruths(self) -> int:
        return self.testimony.get("contradictions", 0)


class NotMeasured(Exception):
    """A figure could not be had; the message says why. The promise is then not held."""


@dataclass(frozen=True)
class Promise:
    """One promise: what is measured in each run, and what it may be at most or must be at least."""

    told: str
    bound: Literal["at most", "at least"]
    limit: float
    unit: str
    measure: Callable[[Run], float]
    floor: Callable[[Run], float] | None = None
    across: Callable[[Sequence[float]], float] = median

    def holds(self, measured: float) -> bool:
        """Whether this figure keeps the promise; one that is no number never does."""
        return measured <= self.limit if self.bound == "at most" else measured >= self.limit


@dataclass(frozen=True)
class Verdict:
    """How one promise came out: a figure per run, and one across them; `reason` where there is none."""

    promise: Promise
    each: tuple[float, ...]
    measured: float
    floor: float | None = None
    reason: str = ""

    @property
    def held(self) -> bool:
        return not self.reason and self.promise.holds(self.measured)


@dataclass(frozen=True)
class Climb:
    """Rising counts of one crowd; a count is held when all of `holds` are, in one of `tries` runs."""

    counts: tuple[int, ...]
    holds: tuple[Promise, ...]
    at_least: int
    tries: int = 2
    peer: str | None = None
    """Whose capacity is measured in the same session, if any."""
    times_peer: float = 1


@dataclass(frozen=True)
class Scenario:
    """A crowd and what is promised of it; one that climbs is climbed once, any other is run several times."""

    name: str
    told: str
    crowd: Crowd
    promises: tuple[Promise, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    with_floor: bool = False
    with_truth: bool = False
    calm: Crowd | None = None
    """The same crowd without those who disturb it, run beside it in turns."""
    climb: Climb | None = None
    city: Path = CITY
    played: "Play | None" = None
    """By whom it is played where not by the mass driver: citizens who do more than walk."""


Play: TypeAlias = Callable[[Scenario, Crowd, int, Callable[[str], None]], Run]
"""Scenario, crowd, seed, and who is told how far it is."""


@dataclass(frozen=True)
class Outcome:
    """What a scenario brought."""

    scenario: Scenario
    runs: tuple[Run, ...]
    verdicts: tuple[Verdict, ...]
    peer_capacity: int | None = None

    @property
    def held(self) -> bool:
        return all(verdict.held for verdict in self.verdicts)


def seen(name: str, part: str | None = None) -> Callable[[Run], float]:
    """Takes a figure of the driver from a run: `seen("move_to_seen_ms", "p99")`."""

    def measure(run: Run) -> float:
        figure = run.seen[name] if part is None else run.seen[name][part]
        return float(figure)

    return measure


def judge(promise: Promise, runs: Sequence[Run]) -> Verdict:
    """One promise over the runs of its scenario."""
    if not runs:
        return Verdict(promise, (), float("nan"), reason="nothing was run")
    try:
        each = tuple(promise.measure(run) for run in runs)
    except NotMeasured as error:
        return Verdict(promise, (), float("nan"), reason=str(error))
    floor = median(promise.floor(run) for run in runs) if promise.floor else None
    return Verdict(promise, each, promise.across(each), floor)
