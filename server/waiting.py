"""Who waits at the door of a full district: first come, first in; who stops asking loses the place."""

RETRY_MS = 3_000
"""How long one who waits is told to wait before asking again."""

LAPSE_SECONDS = 15.0
"""Who has not asked again for so long has gone away."""


class WaitingLine:
    """Citizens in the order in which they first asked."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def ask(self, citizen_id: str, free: int, now: float) -> int:
        """0 when the citizen may enter, else the place in the line, from 1; `free` places are left inside."""
        for waiting in [who for who, at in self._asked.items() if now - at > LAPSE_SECONDS]:
            del self._asked[waiting]
        self._asked[citizen_id] = self._asked.get(citizen_id, now)
        place = list(self._asked).index(citizen_id) + 1
        if place <= free:
            del self._asked[citizen_id]
            return 0
        self._asked[citizen_id] = now
        return place

    def leave(self, citizen_id: str) -> None:
        """One who waits goes away."""
        self._asked.pop(citizen_id, None)

    def __len__(self) -> int:
        return len(self._asked)
