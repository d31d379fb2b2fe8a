"""Who waits at the door of a full district: first come, first in; who stops asking loses the place."""

from bisect import bisect_left
from collections import OrderedDict, deque
from typing import NamedTuple

RETRY_MS = 3_000
"""How long who waits at the head of a line is told to wait before asking again."""

ASKS_PER_S = 100
"""Of a whole line: so the farther back one waits, the more rarely one asks, and a line of thousands is no load."""

MAX_RETRY_MS = 6_000
"""However far back: a door that opens at once is seen so soon."""

LAPSE_SECONDS = 20.0
"""Who has not asked again for so long has gone away."""

MOVES_SEEN = 20
"""Of so many who were let in, how long it took tells how long it will take."""


class WaitingLine:
    """Citizens in the order in which they first asked; a question costs no more where thousands wait."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._order: list[int] = []
        self._next = 0
        self._moves: deque[float] = deque(maxlen=MOVES_SEEN)
        self._began = 0.0

    def ask(self, citizen_id: str, free: int, now: float) -> int:
        """0 when the citizen may enter, else the place in the line, from 1; `free` places are left inside."""
        self._forget(now)
        has_waited = citizen_id in self._numbers
        if not has_waited:
            if not self._order:
                self._moves.clear()
                self._began = now
            self._numbers[citizen_id] = self._next
            self._order.append(self._next)
            self._next += 1
        place = bisect_left(self._order, self._numbers[citizen_id]) + 1
        if place <= free:
            self.leave(citizen_id)
            if has_waited:
                self._note_move(now)
            return 0
        self._asked[citizen_id] = now
        self._asked.move_to_end(citizen_id)
        return place

    def _forget(self, now: float) -> None:
        while self._asked:
            citizen_id, at = next(iter(self._asked.items()))
            if now - at <= LAPSE_SECONDS:
                return
            self.leave(citizen_id)

    def _note_move(self, now: float) -> None:
        if len(self._moves) == MOVES_SEEN:
            self._began = self._moves[0]
        self._moves.append(now)

    def expected_s(self, place: int, now: float) -> float | None:
        """How long a line of this length has taken lately, in seconds; None where nobody was let in yet."""
        if not self._moves:
            return None
        return place * (now - self._began) / len(self._moves)

    def leave(self, citizen_id: str) -> None:
        """One who waits goes away."""
        number = self._numbers.pop(citizen_id, None)
        if number is not None:
            del self._order[bisect_left(self._order, number)]
            self._asked.pop(citizen_id, None)

    def __len__(self) -> int:
        return len(self._order)


class Waits(NamedTuple):
    """One who waits: the place in the line from 1, and how long it may take (None: nobody knows)."""

    place: int
    expected_s: float | None

    @property
    def retry_ms(self) -> int:
        """After how long to ask again."""
        return min(max(RETRY_MS, self.place * 1000 // ASKS_PER_S), MAX_RETRY_MS)


class Entrance:
    """The way into a district, some of whose seats are kept for those who work there.

    They have a line of their own: so they wait for nobody, and take from the others no more than the kept seats.
    """

    def __init__(self) -> None:
        self._lines = {False: WaitingLine(), True: WaitingLine()}
        self._slowed = WaitingLine()

    def ask(
        self,
        citizen_id: str,
        free: int,
        now: float,
        *,
        works_here: bool,
        arrivals: int | None = None,
        room: int | None = None,
    ) -> Waits | None:
        """None when the citizen may enter; `free` seats may be given to them.

        `arrivals`: so many may come just now, beside who works there. `room`: so many of this citizen's kind may come
        just now; they have a line of their own.
        """
        if arrivals is not None and not works_here:
            free = min(free, arrivals)
        line, others = self._lines[works_here], self._slowed
        if room is not None:
            line, others, free = self._slowed, line, min(free, room)
        others.leave(citizen_id)
        place = line.ask(citizen_id, free, now)
        return Waits(place, line.expected_s(place, now)) if place else None

    def leave(self, citizen_id: str) -> None:
        """One who waits goes away."""
        for line in (*self._lines.values(), self._slowed):
            line.leave(citizen_id)

    def __len__(self) -> int:
        return sum(map(len, (*self._lines.values(), self._slowed)))
