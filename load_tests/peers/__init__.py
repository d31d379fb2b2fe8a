"""Madang's plaza on other servers, so that its capacity is compared with something that others know."""

from collections.abc import Callable, Sequence

from load_tests.peers.measurement import PEERS, Measurement, measure
from load_tests.peers.node import NoPeer

__all__ = ["PEERS", "Measurement", "NoPeer", "capacity", "climb", "measure"]

COUNTS: dict[str, tuple[int, ...]] = {
    "colyseus": (250, 500, 750, 1000, 1250, 1500, 1750, 2000, 2500, 3000),
    "colyseus-view": (500, 1000, 1250, 1500, 1750, 2000, 2500, 3000),
    "broadcast": (250, 500, 750, 1000, 1250, 1500, 1750, 2000, 2500, 3000),
}
TRIES = 2
"""A count is given up only when it failed twice, so that chance is not held against a peer."""
VOID_TRIES = 5
"""A void run says nothing and is taken again, so often at most."""


def climb(
    peer: str,
    *,
    counts: Sequence[int] | None = None,
    seconds: float = 10,
    told: Callable[[Measurement], None] = lambda measurement: None,
) -> list[Measurement]:
    """Measures rising counts until one fails TRIES times; each measurement is also `told` as it comes.

    When it ends with a void one, the machine was too busy or the driver too slow to tell more: what was held until
    then is what the peer holds at least.
    """
    if peer not in PEERS:
        raise ValueError(f"no peer is called {peer!r}; there are {', '.join(PEERS)}")
    measurements: list[Measurement] = []
    for count in sorted(counts if counts is not None else COUNTS[peer]):
        failed = void = 0
        while failed < TRIES and void < VOID_TRIES:
            measurements.append(measure(peer, count, seconds))
            told(measurements[-1])
            if measurements[-1].held:
                break
            void += measurements[-1].void
            failed += not measurements[-1].void
        else:
            break
    return measurements


def capacity(peer: str, *, counts: Sequence[int] | None = None, seconds: float = 10) -> int:
    """The largest of the rising `counts` that the peer held, or 0. Raises NoPeer when it cannot be run."""
    return held_at(climb(peer, counts=counts, seconds=seconds))


def held_at(measurements: Sequence[Measurement]) -> int:
    """The largest count that was held."""
    return max((measurement.count for measurement in measurements if measurement.held), default=0)
