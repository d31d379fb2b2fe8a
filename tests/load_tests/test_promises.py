"""Scenarios, verdicts and the report: that what is promised is what is judged and what is shown."""

import dataclasses
import json
import math
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from load_tests import report
from load_tests.accounts import Account, all_cpu_s, others_cpu_s
from load_tests.scenario import NotMeasured, Outcome, Promise, Run, Scenario, Use, Verdict, judge, seen
from load_tests.scenarios import SCENARIOS
from server.config import load as load_settings
from worlds.plan import load

TIMES = {"p50": 60.0, "p90": 90.0, "p99": 120.0, "max": 140.0, "count": 9}
ROW = {"min": 9.9, "p1": 9.9, "median": 10.0, "mean": 10.0, "p99": 10.0, "max": 10.0}
ACCOUNT = Account(cpu_s=1.0, resident_bytes=200_000_000, peak_bytes=210_000_000, socket_bytes=8_192)
CALM_P99 = 110.0


def run_of(p99: float = 120.0, cpu: float = 0.5, **figures: Any) -> Run:
    scenario = SCENARIOS["plaza"]
    measured = {
        "entered": scenario.crowd.citizens,
        "ordinary": scenario.crowd.citizens,
        "lost": 0,
        "contradictions": 0,
        "malformed": 0,
        "unseen_near": 0,
        "missed_ticks": 0,
        "goodbyes": {"flooding": 10},
        "frames_per_s": ROW,
        "speaker_hz": ROW,
        "speaker_seen_in_mirrors_ms": TIMES,
        "bytes_per_s": dict.fromkeys(ROW, 20_000.0),
        "bytes_per_message": 1_500.0,
        "messages_per_s": 30_000.0,
        "frame_gap_ms": TIMES,
        "pose_lateness_ms": TIMES | {"p99": 2.0},
        "list_age_ms": 3_300,
        "driver_cpu": 0.4,
        "move_to_seen_ms": TIMES | {"p99": p99},
    }
    return Run(scenario.crowd, measured | figures, Use(cpu, 0.0, ACCOUNT, ACCOUNT))


def at_most(limit: float) -> Promise:
    return Promise("p99", "at most", limit, "ms", seen("move_to_seen_ms", "p99"))


def outcome_of(scenario: Scenario, runs: Sequence[Run]) -> Outcome:
    return Outcome(scenario, tuple(runs), tuple(judge(promise, runs) for promise in scenario.promises))


def test_the_middle_of_the_runs_is_held_against_the_limit() -> None:
    runs = [run_of(p99) for p99 in (100, 500, 120, 110, 900)]
    verdict = judge(at_most(120), runs)
    assert verdict.each == (100, 500, 120, 110, 900)
    assert (verdict.measured, verdict.held) == (120, True)
    assert not judge(at_most(119), runs).held


def test_at_least_is_the_other_way_round() -> None:
    promise = Promise("frames", "at least", 9.5, "/s", seen("frames_per_s", "min"))
    assert judge(promise, [run_of()]).held
    assert not judge(dataclasses.replace(promise, limit=9.95), [run_of()]).held


def test_no_number_holds_no_promise() -> None:
    assert not at_most(1).holds(math.nan)
    assert not dataclasses.replace(at_most(1), bound="at least").holds(math.nan)
    assert not judge(at_most(1), []).held


def test_what_could_not_be_measured_is_not_held_and_says_why() -> None:
    def measure(run: Run) -> float:
        raise NotMeasured("the floor fell through")

    verdict = judge(dataclasses.replace(at_most(1), measure=measure), [run_of()])
    assert (verdict.held, verdict.reason) == (False, "the floor fell through")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_played_on_ground_that_is_there_with_settings_that_are_known(name: str) -> None:
    scenario = SCENARIOS[name]
    district = {plan.id: plan for plan in load(scenario.city).districts}[scenario.crowd.district]
    x0, z0, x1, z1 = scenario.crowd.area
    assert 0 <= x0 < x1 <= district.width
    assert 0 <= z0 < z1 <= district.depth
    load_settings(sets=[f"{setting}={value}" for setting, value in scenario.settings.items()])


@pytest.mark.parametrize(
    "name", [name for name, scenario in SCENARIOS.items() if scenario.promises and scenario.played is None]
)
def test_every_promise_of_a_scenario_can_be_broken_and_kept(name: str) -> None:
    scenario = SCENARIOS[name]
    calm = dataclasses.replace(run_of(CALM_P99), crowd=scenario.calm or scenario.crowd)
    floor = run_of(cpu=0.4)
    good = dataclasses.replace(run_of(), crowd=scenario.crowd, calm=calm, floor=floor)
    good = dataclasses.replace(good, seen={**good.seen, "entered": scenario.crowd.citizens})
    assert [
        verdict.promise.told for verdict in outcome_of(scenario, [good]).verdicts if not verdict.held
    ] == []
    worst = Account(9.0, 9 << 30, 9 << 30, 0)
    bad_figures = {
        **run_of(p99=9_999, contradictions=1, lost=1, missed_ticks=1, goodbyes={}).seen,
        "frames_per_s": dict.fromkeys(ROW, 1.0),
        "speaker_hz": dict.fromkeys(ROW, 1.0),
        "speaker_seen_in_mirrors_ms": TIMES | {"max": 1_500.0, "count": 0},
        "bytes_per_s": dict.fromkeys(ROW, 1e6),
        "pose_lateness_ms": TIMES | {"p99": 999.0},
    }
    bad = dataclasses.replace(good, seen=bad_figures, use=Use(2.0, 0.0, ACCOUNT, worst))
    assert [verdict.promise.told for verdict in outcome_of(scenario, [bad]).verdicts if verdict.held] == []


def test_the_page_needs_nothing_from_elsewhere_and_shows_every_promise(tmp_path: Path) -> None:
    scenario = SCENARIOS["plaza"]
    runs = [dataclasses.replace(run_of(cpu=cpu), floor=run_of(cpu=0.4)) for cpu in (0.5, 0.52, 0.6)]
    outcomes = [outcome_of(scenario, runs)]
    page = report.write(outcomes, tmp_path, when=0).read_text()
    assert not re.search(r"(?:src|href)\s*=|@import|url\(", page)
    assert page.count("<svg") > len(scenario.promises)
    for promise in scenario.promises:
        assert escape(promise.told) in page
    results = json.loads((tmp_path / "promises.json").read_text())
    told = results["scenarios"][0]["promises"][0]
    assert (told["measured"], told["held"]) == (pytest.approx(1.3), True)
    assert results["held"] is True


def test_a_reason_is_shown_as_text_and_not_as_markup() -> None:
    verdict = Verdict(at_most(1), (), math.nan, reason="<b>no node</b>")
    outcome = Outcome(SCENARIOS["capacity"], (run_of(),), (verdict,))
    page = report.render([outcome], report.as_json([outcome], when=0))
    assert "&lt;b&gt;no node" in page
    assert "<b>no node" not in page
    json.dumps(report.as_json([outcome], when=0), allow_nan=False)


def test_the_table_names_what_is_not_held() -> None:
    console = Console(width=160, record=True, quiet=False, file=None)
    with console.capture() as told:
        console.print(report.table([outcome_of(SCENARIOS["dense"], [run_of(p99=999)])]))
    assert "NOT HELD" in told.get()
    assert "999 ms" in told.get()


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.456, "0.46"), (12.34, "12.3"), (160, "160"), (23_999.6, "24,000")]
)
def test_a_figure_is_shown_with_three_digits_or_so(value: float, shown: str) -> None:
    assert report.figure(value) == shown


def test_others_are_all_programs_but_ours() -> None:
    assert others_cpu_s({1: 1.0, 2: 5.0}, {1: 3.0, 2: 9.0, 3: 0.5}, ours={2}) == 2.5
    assert all_cpu_s()
