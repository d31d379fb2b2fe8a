"""The metrics: their names, their few labels, and the ages of what is shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from server.metrics import TICK_PHASES, Metrics, NeighbourAges

NAMES = [
    "madang_connections",
    "madang_connections_closed",
    "madang_sessions_detached",
    "madang_acks_ahead",
    "madang_handshakes",
    "madang_received_bytes",
    "madang_unknown_messages",
    "madang_limit_reached",
    "madang_commands",
    "madang_refused",
    "madang_poses",
    "madang_tick_seconds",
    "madang_tick_late",
    "madang_tick_hz",
    "madang_overload_step",
    "madang_population",
    "madang_frames",
    "madang_frame_bytes",
    "madang_frames_skipped",
    "madang_clients_behind",
    "madang_neighbour_age_seconds",
    "madang_neighbour_age_recent_seconds",
    "madang_loop_lag_seconds",
]


def test_prometheus_can_read_every_metric() -> None:
    metrics = Metrics()
    for phase in TICK_PHASES:
        metrics.tick_seconds.labels(phase).observe(0.01)
    metrics.neighbour_ages.observe(np.array([0.05]), None, 0.0)
    families = {family.name: family for family in text_string_to_metric_families(metrics.render().decode())}
    assert set(NAMES) <= families.keys()
    assert {"process_cpu_seconds", "process_resident_memory_bytes", "python_info"} <= families.keys()
    assert all(family.documentation for family in families.values())


def test_two_servers_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.frames.inc(5)
    assert one.registry.get_sample_value("madang_frames_total") == 5
    assert other.registry.get_sample_value("madang_frames_total") == 0


def test_the_quantiles_are_those_of_the_last_full_second() -> None:
    ages = NeighbourAges()
    ages.observe(np.array([0.1]), np.array([99]), 0.0)
    ages.observe(np.array([0.5]), np.array([1]), 0.9)
    assert ages.quantiles == {"0.5": None, "0.99": None}
    ages.observe(np.array([2.0]), None, 1.0)
    assert ages.quantiles["0.5"] == pytest.approx(0.1, abs=0.006)
    assert ages.quantiles["0.99"] == pytest.approx(0.1, abs=0.006)
    ages.observe(np.array([]), None, 2.0)
    assert ages.quantiles["0.5"] == pytest.approx(2.0, abs=0.006)
    ages.observe(np.array([]), None, 3.0)
    assert ages.quantiles == {"0.5": None, "0.99": None}


@given(st.lists(st.floats(0, 20), min_size=1, max_size=300))
def test_the_quantiles_are_right_to_a_step_of_5_ms(values: list[float]) -> None:
    ages = NeighbourAges()
    ages.observe(np.array(values), None, 0.0)
    ages.observe(np.array([]), None, 1.0)
    clipped = np.clip(values, 0, 9.999)
    for name, quantile in (("0.5", 0.5), ("0.99", 0.99)):
        truth = np.quantile(clipped, quantile, method="inverted_cdf")
        assert ages.quantiles[name] == pytest.approx(truth, abs=0.0051)


def test_the_histogram_of_ages_counts_each_as_often_as_it_was_seen() -> None:
    metrics = Metrics()
    metrics.neighbour_ages.observe(np.array([0.08, 0.3, 60.0]), np.array([10, 5, 1]), 0.0)

    def upto(bound: str) -> float | None:
        return metrics.registry.get_sample_value("madang_neighbour_age_seconds_bucket", {"le": bound})

    assert [upto(bound) for bound in ("0.05", "0.1", "0.35", "8.0", "+Inf")] == [0, 10, 15, 15, 16]
    total = metrics.registry.get_sample_value("madang_neighbour_age_seconds_sum")
    assert total == pytest.approx(10 * 0.08 + 5 * 0.3 + 60)
