"""What the server counts and times, for Prometheus; labels of few values, never a person or an address."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from protocol.refusals import Refused

TICK_PHASES = ("receive", "walk", "encode", "send", "total")
"""What a tick consists of, as `madang_tick_seconds` tells it."""

_TICK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0)
_LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

_AGE_STEP_S = 0.005
_AGE_STEPS = 2_000
_AGE_BOUNDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1.0, 2.0, 4.0, 8.0)
_AGE_QUANTILES = {"0.5": 0.5, "0.99": 0.99}

# prometheus-client otherwise adds to every counter a second series with the time of its creation.
disable_created_metrics()  # type: ignore[no-untyped-call]


class NeighbourAges(Collector):
    """How old is what clients are shown of their near ones: a histogram, and quantiles of the last second.

    Our own collector, because prometheus-client's histogram takes one value at a time and a tick brings
    thousands: here a tick is one `np.bincount` over steps of 5 ms up to 10 s.
    """

    def __init__(self) -> None:
        self._all = np.zeros(_AGE_STEPS)
        self._second = np.zeros(_AGE_STEPS)
        self._second_began = -math.inf
        self._sum = 0.0
        self.quantiles: dict[str, float | None] = dict.fromkeys(_AGE_QUANTILES)
        """By "0.5" and "0.99": seconds, of the last full second; None where nobody is near anybody."""

    def observe(self, ages_s: NDArray[np.floating], weights: NDArray[np.number] | None, now: float) -> None:
        """Ages (n,) in seconds, each seen `weights` (n,) times; `now` is the loop's clock."""
        if now - self._second_began >= 1.0:
            self._end_second(now)
        steps = np.clip(np.asarray(ages_s) * (1 / _AGE_STEP_S), 0, _AGE_STEPS - 1).astype(np.int64)
        self._second += np.bincount(steps, weights, _AGE_STEPS)
        self._sum += float(np.sum(ages_s if weights is None else ages_s * weights))

    def _end_second(self, now: float) -> None:
        seen = np.cumsum(self._second)
        for name, quantile in _AGE_QUANTILES.items():
            step = int(np.searchsorted(seen, quantile * seen[-1])) + 1
            self.quantiles[name] = step * _AGE_STEP_S if seen[-1] else None
        self._all += self._second
        self._second[:] = 0
        self._second_began = now

    def collect(self) -> Iterator[HistogramMetricFamily | GaugeMetricFamily]:
        """What Prometheus asks for."""
        seen = np.cumsum(self._all + self._second)
        upto = [(str(bound), float(seen[round(bound / _AGE_STEP_S) - 1])) for bound in _AGE_BOUNDS]
        ages = HistogramMetricFamily(
            "madang_neighbour_age_seconds", "Age, at most, of what is shown of the near ones."
        )
        ages.add_metric([], [*upto, ("+Inf", float(seen[-1]))], self._sum)
        yield ages
        recent = GaugeMetricFamily(
            "madang_neighbour_age_recent_seconds", "The same over the last second.", labels=["quantile"]
        )
        for name, value in self.quantiles.items():
            recent.add_metric([name], math.nan if value is None else value)
        yield recent


class Metrics:
    """All metrics of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        self.connections = self._gauge("madang_connections", "Connections open now.")
        self.closed = self._counter(
            "madang_connections_closed", "Connections that ended, by goodbye code.", ["reason"]
        )
        self.handshakes = self._counter(
            "madang_handshakes", "Openings: welcome, resumed, or why not.", ["result"]
        )
        self.sessions_detached = self._gauge(
            "madang_sessions_detached", "Sessions whose line broke, kept to be resumed."
        )
        self.acks_ahead = self._counter(
            "madang_acks_ahead", "Acknowledgements of facts that were never told, ignored."
        )
        self.received_bytes = self._counter("madang_received_bytes", "Bytes of messages received.")
        self.unknown_messages = self._counter(
            "madang_unknown_messages", "Messages of a type unknown here, ignored."
        )
        self.limit_reached = self._counter(
            "madang_limit_reached", "How often a limit said no, by its name.", ["limit"]
        )

        self.tokens_refused = self._counter(
            "madang_tokens_refused", "Tokens and join tickets that were not believed, by reason.", ["reason"]
        )
        self.key_fetches = self._counter(
            "madang_key_fetches", "Fetches of issuers' keys: done, failed.", ["result"]
        )
        self.origins_refused = self._counter(
            "madang_origins_refused",
            "Requests from pages of origins that are not allowed: socket, http.",
            ["way"],
        )
        self.logins_waiting = self._counter(
            "madang_logins_waiting", "Logins that waited for an issuer's keys."
        )
        self.http_malformed = self._counter(
            "madang_http_malformed", "HTTP requests that could not be read, answered 400."
        )

        self.commands = self._counter(
            "madang_commands", "Commands by type and result: done, refused, error.", ["type", "result"]
        )
        self.refused = self._counter("madang_refused", "Commands refused, by code.", ["reason"])

        self.decided = self._counter(
            "madang_decided",
            "What services decided and is kept, by event and, of some, kind.",
            ["event", "kind"],
        )
        self.effects = self._counter(
            "madang_effects", "What services brought about among the avatars, by kind.", ["kind"]
        )
        self.adults_to_minors = self._counter(
            "madang_adults_to_minors", "Private lines of adults to minors: refused, or as staff.", ["result"]
        )

        self.poses = self._counter("madang_poses", "Poses received: accepted, or why not.", ["result"])
        self.tick_seconds = self._histogram(
            "madang_tick_seconds", "Time that the phases of a tick take.", _TICK_BUCKETS, ["phase"]
        )
        self.tick_late = self._counter("madang_tick_late", "Ticks that began more than half a tick late.")
        self.tick_hz = self._gauge(
            "madang_tick_hz",
            "Ticks a second that the server means to keep now, in the district where they are fewest.",
        )
        self.overload_step = self._gauge("madang_overload_step", "Step of the overload ladder; 0 is none.")
        self.population = self._gauge("madang_population", "Citizens in a district.", ["district"])
        self.halls = self._gauge(
            "madang_halls", "Halls that are open, where there may be several.", ["district"]
        )
        self.frames = self._counter("madang_frames", "Frames handed to connections.")
        self.frame_bytes = self._counter("madang_frame_bytes", "Bytes of those frames.")
        self.commit_seconds = self._histogram(
            "madang_commit_seconds", "Time from a round's decisions to their being on disk.", _LAG_BUCKETS
        )
        self.rounds_lost = self._counter("madang_rounds_lost", "Rounds that could not be kept.")
        self.keys_forgotten = self._counter("madang_keys_forgotten", "Keys of commands older than 30 days.")
        self.texts_expired = self._counter(
            "madang_texts_expired", "Personal texts that were erased as their retention was over."
        )
        self.files_brought = self._counter(
            "madang_files_brought", "Files that citizens brought, by their kind.", ["kind"]
        )
        self.files_forgotten = self._counter(
            "madang_files_forgotten", "Files that were brought and attached to nothing in their time."
        )
        self.frames_skipped = self._counter(
            "madang_frames_skipped", "Frames not handed to connections that were behind."
        )
        self.clients_behind = self._gauge("madang_clients_behind", "Connections that are behind now.")
        self.neighbour_ages = NeighbourAges()
        self.registry.register(self.neighbour_ages)

        self.loop_lag_seconds = self._histogram(
            "madang_loop_lag_seconds", "How late the event loop is.", _LAG_BUCKETS
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def note_refused(self, word: str, refused: Refused) -> None:
        """One command of this type was refused, by a limit perhaps."""
        self.commands.labels(word, "refused").inc()
        self.refused.labels(refused.code).inc()
        if refused.limit is not None:
            self.limit_reached.labels(refused.limit).inc()

    def render(self) -> bytes:
        """All metrics in Prometheus's text format, version 0.0.4."""
        return generate_latest(self.registry)

    def _counter(self, name: str, told: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(name, told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, labels: Sequence[str] = ()) -> Gauge:
        return Gauge(name, told, labels, registry=self.registry)

    def _histogram(
        self, name: str, told: str, buckets: Sequence[float], labels: Sequence[str] = ()
    ) -> Histogram:
        return Histogram(name, told, labels, buckets=buckets, registry=self.registry)
