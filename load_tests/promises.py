"""Promises that several scenarios make, in the same words."""

from collections.abc import Sequence

from load_tests.scenario import NotMeasured, Promise, Run, seen

DRIVER_LATE_MS = 50.0
"""A driver whose poses are later than this (p99) says nothing about the server."""


def frames_per_s(at_least: float) -> Promise:
    return Promise(
        "frames a second, the worst client", "at least", at_least, "/s", seen("frames_per_s", "min")
    )


def bytes_per_s(at_most: float) -> Promise:
    return Promise(
        "bytes a second, the most to one client", "at most", at_most, "B/s", seen("bytes_per_s", "max")
    )


def move_to_seen(at_most_ms: float, told: str = "move-to-seen of near ones, p99") -> Promise:
    return Promise(told, "at most", at_most_ms, "ms", seen("move_to_seen_ms", "p99"))


def _mistakes(run: Run) -> float:
    return float(run.seen["contradictions"] + run.seen["malformed"] + run.seen["unseen_near"] + run.untruths)


def _missing(run: Run) -> float:
    return float(run.seen["lost"] + max(0, run.crowd.citizens - run.seen["entered"]))


def _late(run: Run) -> float:
    return float(run.seen["pose_lateness_ms"]["p99"])


TRUE = Promise("avatars shown where they never were, or not shown", "at most", 0, "", _mistakes, across=max)
NOBODY_LOST = Promise("citizens lost or left outside", "at most", 0, "", _missing, across=max)
DRIVER_IN_TIME = Promise("the driver's own lateness, p99", "at most", DRIVER_LATE_MS, "ms", _late)


def against_calm(at_most: float) -> Promise:
    """How much later the near ones are seen than in the same crowd without those who disturb it."""

    def measure(run: Run) -> float:
        if run.calm is None:
            raise NotMeasured("there was no calm run beside it")
        return float(run.seen["move_to_seen_ms"]["p99"] / run.calm.seen["move_to_seen_ms"]["p99"])

    return Promise("the others' move-to-seen p99 against the calm crowd's", "at most", at_most, "x", measure)


def memory_of_each(at_most: float, kind: Sequence[str]) -> Promise:
    """What each of those who disturb costs in memory, beside what the calm crowd needs."""

    def measure(run: Run) -> float:
        if run.calm is None:
            raise NotMeasured("there was no calm run beside it")
        more = run.use.end.peak_bytes - run.calm.use.end.peak_bytes
        return more / sum(run.crowd.kinds[name] for name in kind) / 1000

    return Promise("memory that each of these costs more, at its peak", "at most", at_most, "kB", measure)
