"""Who waits at the door of a full district: first come, first in; who stops asking loses the place."""

from collections import deque
from typing import NamedTuple

RETRY_MS = 3_000
"""How long one who waits is told to wait before asking again."""

LAPSE_SECONDS = 15.0
"""Who has not asked again for so long has gone away."""

MOVES_SEEN = 20
"""Of so many who were let in, how long it took tells how long it will take."""


class WaitingLine:
    """Citizens in the order in which they first asked."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._moves: deque[float] = deque(maxlen=MOVES_SEEN)
        self._began = 0.0

    def ask(self, citizen_id: str, free: int, now: float) -> int:
        """0 when the citizen may enter, else the place in the line, from 1; `free` places are left inside."""
        for waiting in [who for who, at in self._asked.items() if now - at > LAPSE_SECONDS]:
            del self._asked[waiting]
        if not self._asked:
            self._moves.clear()
            self._began = now
        has_waited = citizen_id in self._asked
        self._asked.setdefault(citizen_id, now)
        place = list(self._asked).index(citizen_id) + 1
        if place <= free:
            del self._asked[citizen_id]
            if has_waited:
                self._note_move(now)
            return 0
        self._asked[citizen_id] = now
        return place

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
        self._asked.pop(citizen_id, None)

    def __len__(self) -> int:
        return len(self._asked)


class Waits(NamedTuple):
    """One who waits: the place in the line from 1, and how long it may take (None: nobody knows)."""

    place: int
    expected_s: float | None


class Entrance:
    """The way into a district of so many seats (0 = no bound), some of them kept for those who work there.

    They have a line of their own: so they wait for nobody, and take from the others no more than the kept seats.
    """

    def __init__(self, seats: int, kept_share: float) -> None:
        self._seats = seats
        self._kept = int(seats * kept_share)
        self._lines = {False: WaitingLine(), True: WaitingLine()}

    def ask(
        self, citizen_id: str, inside: int, now: float, *, works_here: bool, is_held: bool = False
    ) -> Waits | None:
        """None when the citizen may enter; `inside` are there, and `is_held`: for now nobody else may come."""
        free = self._seats - inside - (0 if works_here else self._kept) if self._seats else 1
        if is_held and not works_here:
            free = 0
        line = self._lines[works_here]
        place = line.ask(citizen_id, free, now)
        return Waits(place, line.expected_s(place, now)) if place else None

    def leave(self, citizen_id: str) -> None:
        """One who waits goes away."""
        for line in self._lines.values():
            line.leave(citizen_id)

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))
