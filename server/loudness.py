"""Loudness: how much may be said in one district in a moment, counted as it costs: by who hears it.

What one says to a thousand is a thousand facts, however slowly each of a hundred speakers speaks; and a wall of lines
is read by nobody. So the lines themselves have a limit. Who came just now has half of it: a raid has, and those who
were here before are still heard. What is near, in a zone, and in the whole district do not drown each other.
"""

from collections.abc import Hashable

from protocol.refusals import Refusal, Refused
from server.buckets import Buckets, in_ms
from server.limits import Limits
from server.metrics import Metrics

NEWCOMERS_SHARE = 0.5


class Loudness:
    """What was said lately, place by place; time is an argument."""

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        self._metrics = metrics
        self._newcomer_seconds = limits.newcomer_seconds
        rate, burst = limits.hearings_per_s, limits.hearing_burst
        self._everyone = Buckets(rate, burst)
        self._newcomers = Buckets(rate * NEWCOMERS_SHARE, burst * NEWCOMERS_SHARE)

    def say(self, place: Hashable, hearers: int, here_s: float, now: float) -> None:
        """A line to so many, of someone who has been here for so long; raises Refused(too_fast)."""
        limit = "hearings_per_s"
        wait = self._everyone.wait(place, now, hearers)
        is_new = here_s < self._newcomer_seconds
        if is_new and not wait:
            limit = "newcomer_seconds"
            wait = self._newcomers.wait(place, now, hearers)
        if wait:
            self._metrics.limit_reached.labels(limit).inc()
            raise Refused(
                Refusal.TOO_FAST, "too much is said here at once", field="to", retry_after_ms=in_ms(wait)
            )
        self._everyone.take(place, now, hearers)
        if is_new:
            self._newcomers.take(place, now, hearers)
