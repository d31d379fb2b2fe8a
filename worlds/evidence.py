"""Evidence: what a citizen has seen and heard of late, as the edge can witness it; bounded in time and number."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from worlds.citizen import Citizen

LINES = 20
"""Lines of chat that are remembered of each who heard or said them."""

SECONDS = 60
"""For so long places are remembered, one sample a second."""

NEAR_M = 15.0
"""Who was within this distance of the reporter is in the evidence."""

MOST_TRACKS = 12
"""People whose tracks go with one report, the nearest: with the lines they fill one answer."""


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line of chat as it was told, at a time in ms."""

    message: str
    citizen: str
    name: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class NearTrack:
    """Where someone near was: (seconds before now, x, z in decimetres), the oldest first."""

    citizen: str
    name: str
    points: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one citizen saw and heard, in one district; `avatar` and `client` of whom the report is about."""

    district: str | None = None
    scopes: tuple[str, ...] = ()
    lines: tuple[HeardLine, ...] = ()
    tracks: tuple[NearTrack, ...] = ()
    avatar: str | None = None
    language: str | None = None


class Witness(Protocol):
    """What the edge can say of those who are here."""

    def citizen(self, citizen: str) -> Citizen | None:
        """Someone who is here now."""

    def seen_by(self, citizen: str, about: str | None) -> Seen:
        """What a citizen has seen and heard just now, with how `about` looks."""

    def who_is_in(self, district: str) -> Sequence[Citizen]:
        """Everyone who is in a district now."""

    def is_in_hall(self, citizen: str, district: str) -> bool:
        """Whether someone is in a district's main hall now: neither in a mirror of it nor elsewhere."""


class HeardOfLate:
    """The last lines that each citizen heard or said; a line is one object for all who heard it."""

    def __init__(self) -> None:
        self._lines: defaultdict[str, deque[HeardLine]] = defaultdict(lambda: deque(maxlen=LINES))

    def hear(self, hearers: Iterable[str], line: HeardLine) -> None:
        """A line was told to these citizens."""
        for hearer in hearers:
            self._lines[hearer].append(line)

    def of(self, citizen: str) -> tuple[HeardLine, ...]:
        """What a citizen heard or said, the oldest first."""
        return tuple(self._lines.get(citizen, ()))

    def forget(self, citizen: str) -> None:
        """A citizen has left."""
        self._lines.pop(citizen, None)


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    people: Sequence[Citizen]
    row_of: Mapping[str, int]
    x: NDArray[np.float32]
    z: NDArray[np.float32]
    hall: NDArray[np.int8]
    seen_in: NDArray[np.uint8]

    def near(self, row: int) -> NDArray[np.bool_]:
        """Whom someone had near by, in the hall that they were in."""
        away = np.hypot(self.x - self.x[row], self.z - self.z[row])
        return np.asarray((away <= NEAR_M) & ((self.seen_in >> self.hall[row] & 1) != 0))


class PlacesOfLate:
    """Where everyone in one district was, a sample a second for a minute.

    10 bytes a sample and citizen while nobody comes or goes; who was there is noted anew only when somebody does.
    """

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque(maxlen=SECONDS)

    def sample(
        self,
        now: float,
        people: Mapping[int, Citizen],
        x: NDArray[np.float32],
        z: NDArray[np.float32],
        hall: NDArray[np.int8],
        seen_in: NDArray[np.uint8],
    ) -> None:
        """Where everyone stands now: `people` by slot; of all slots `x`, `z` in metres and halls; `now` in s.

        `hall` is one's own, `seen_in` in which one is shown, as bits.
        """
        slots = np.fromiter(people, np.intp, len(people))
        there: Sequence[Citizen] = tuple(people.values())
        last = self._samples[-1] if self._samples else None
        if last is not None and last.people == there:
            there, row_of = last.people, last.row_of
        else:
            row_of = {citizen.id: row for row, citizen in enumerate(there)}
        self._samples.append(_Sample(now, there, row_of, x[slots], z[slots], hall[slots], seen_in[slots]))

    def were_near(self, citizen: str, other: str, now: float) -> bool:
        """Whether someone had another near by within the last minute."""
        for sample in self._samples:
            row, there = sample.row_of.get(citizen), sample.row_of.get(other)
            if row is None or there is None or now - sample.at > SECONDS:
                continue
            if sample.near(row)[there]:
                return True
        return False

    def tracks(self, citizen: str, now: float) -> tuple[NearTrack, ...]:
        """Who was near a citizen in the last minute, the nearest first."""
        points: dict[str, list[tuple[int, int, int]]] = {}
        names: dict[str, str] = {}
        nearest: dict[str, float] = {}
        for sample in self._samples:
            row, ago = sample.row_of.get(citizen), round(now - sample.at)
            if row is None or ago > SECONDS:
                continue
            away = np.hypot(sample.x - sample.x[row], sample.z - sample.z[row])
            for i in np.flatnonzero(sample.near(row)).tolist():
                someone = sample.people[i]
                at = (max(ago, 0), round(float(sample.x[i]) * 10), round(float(sample.z[i]) * 10))
                points.setdefault(someone.id, []).append(at)
                names[someone.id] = someone.name
                nearest[someone.id] = min(nearest.get(someone.id, np.inf), float(away[i]))
        order = sorted(points, key=lambda one: (one != citizen, nearest[one]))[:MOST_TRACKS]
        return tuple(NearTrack(one, names[one], tuple(points[one])) for one in order)
