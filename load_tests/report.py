"""The results: a table for the terminal, JSON for programs, one HTML page without any outside part for people."""

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from rich import markup
from rich.table import Table

from load_tests import charts
from load_tests.scenario import Outcome, Run, Verdict

PAGE = Path(__file__).parent / "report.html"


def table(outcomes: Sequence[Outcome]) -> Table:
    """The promises, for the terminal."""
    shown = Table(title="Promises, measured", title_justify="left")
    shown.add_column("scenario", no_wrap=True)
    shown.add_column("promise")
    for title in ("limit", "measured", "floor", "ratio"):
        shown.add_column(title, justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    for outcome in outcomes:
        for i, verdict in enumerate(outcome.verdicts):
            shown.add_row(
                outcome.scenario.name if i == 0 else "",
                markup.escape(verdict.reason or verdict.promise.told),
                limit(verdict),
                measured(verdict),
                "" if verdict.floor is None else figure(verdict.floor),
                ratio(verdict),
                "[green]held[/]" if verdict.held else "[bold red]NOT HELD[/]",
                end_section=i == len(outcome.verdicts) - 1,
            )
    return shown


def figure(value: float) -> str:
    """A number as a person reads it: three digits or so."""
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def limit(verdict: Verdict) -> str:
    promise = verdict.promise
    sign = "≤" if promise.bound == "at most" else "≥"
    return f"{sign} {figure(promise.limit)} {promise.unit}".rstrip()


def measured(verdict: Verdict) -> str:
    return "" if verdict.reason else f"{figure(verdict.measured)} {verdict.promise.unit}".rstrip()


def ratio(verdict: Verdict) -> str:
    """Against the floor, where the figure itself is no ratio."""
    if not verdict.floor or verdict.reason or verdict.promise.unit == "x":
        return ""
    return f"{verdict.measured / verdict.floor:.2f}"


def machine() -> dict[str, object]:
    """What was measured on; a figure without it means nothing."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [
        line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name")
    ]
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def as_json(outcomes: Sequence[Outcome], when: float) -> dict[str, Any]:
    """Everything that was measured."""
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when)),
        "machine": machine(),
        "held": all(outcome.held for outcome in outcomes),
        "scenarios": [_scenario(outcome) for outcome in outcomes],
    }


def _scenario(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.scenario.name,
        "told": outcome.scenario.told,
        "settings": dict(outcome.scenario.settings),
        "held": outcome.held,
        "peer_capacity": outcome.peer_capacity,
        "promises": [
            {
                "told": verdict.promise.told,
                "bound": verdict.promise.bound,
                "limit": verdict.promise.limit,
                "unit": verdict.promise.unit,
                "measured": None if verdict.reason else verdict.measured,
                "each": list(verdict.each),
                "floor": verdict.floor,
                "held": verdict.held,
                "reason": verdict.reason,
            }
            for verdict in outcome.verdicts
        ],
        "runs": [_run(run) for run in outcome.runs],
    }


def _run(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "crowd": asdict(run.crowd),
        "seen": dict(run.seen),
        "use": asdict(run.use),
        "metrics": dict(run.metrics),
        "testimony": dict(run.testimony),
        "floor": _run(run.floor),
        "calm": _run(run.calm),
    }


def write(outcomes: Sequence[Outcome], folder: Path, when: float) -> Path:
    """Writes promises.json and promises.html, and returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    results = as_json(outcomes, when)
    (folder / "promises.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    page = folder / "promises.html"
    page.write_text(render(outcomes, results))
    return page


def render(outcomes: Sequence[Outcome], results: Mapping[str, Any]) -> str:
    """The HTML page."""
    verdicts = [verdict for outcome in outcomes for verdict in outcome.verdicts]
    held = sum(verdict.held for verdict in verdicts)
    driven = [outcome for outcome in outcomes if outcome.scenario.played is None]
    climbs = [outcome for outcome in outcomes if outcome.scenario.climb is not None]
    return Template(PAGE.read_text()).substitute(
        summary=f"{held} of {len(verdicts)} promises held, {escape(results['when'])}.",
        machine=escape(", ".join(f"{name}: {value}" for name, value in results["machine"].items())),
        rows="".join(_rows(outcome) for outcome in outcomes),
        times=charts.seen_times(driven),
        climbs="".join(
            f"<h2>{escape(outcome.scenario.name)}, by count</h2>"
            f"<p>{escape(outcome.scenario.told)}: CPU of one core, and move-to-seen p99.</p>{charts.climbed(outcome)}"
            for outcome in climbs
        ),
        runs="".join(_counts(outcome) for outcome in driven),
    )


def _rows(outcome: Outcome) -> str:
    head = f"{escape(outcome.scenario.name)} <small>{escape(outcome.scenario.told)}</small>"
    rows = [f'<tr class="scenario"><th colspan="8">{head}</th></tr>']
    for verdict in outcome.verdicts:
        spread = f"{figure(min(verdict.each))} – {figure(max(verdict.each))}" if len(verdict.each) > 1 else ""
        told = escape(verdict.promise.told) + (
            f"<br><small>{escape(verdict.reason)}</small>" if verdict.reason else ""
        )
        numbers = (
            limit(verdict),
            measured(verdict),
            spread,
            "" if verdict.floor is None else figure(verdict.floor),
            ratio(verdict),
        )
        word = '<span class="held">held</span>' if verdict.held else '<span class="broken">not held</span>'
        cells = "".join(f'<td class="number">{escape(number)}</td>' for number in numbers)
        rows.append(f"<tr><td>{told}</td>{cells}<td>{charts.bullet(verdict)}</td><td>{word}</td></tr>")
    return "".join(rows)


def _counts(outcome: Outcome) -> str:
    rows = []
    for number, run in enumerate(outcome.runs, 1):
        beside = {"": run, "floor": run.floor, "calm": run.calm}
        for kind, one in beside.items():
            if one is None:
                continue
            seen = one.seen
            numbers = (
                f"{one.crowd.citizens:,} · {number} {kind}".rstrip(),
                f"{one.use.cpu:.2f}",
                f"{seen['frames_per_s']['median']:.2f}",
                f"{seen['bytes_per_s']['mean'] / 1000:.1f}",
                f"{seen['bytes_per_message']:.0f}",
                f"{seen['frame_gap_ms']['p99']:.0f} ms",
                "" if kind == "floor" else f"{seen['list_age_ms'] / 1000:.1f} s",
                f"{one.use.end.resident_bytes / 1e6:.0f} MB",
                f"{one.use.end.socket_bytes / 1e6:.0f} MB",
                f"{seen['driver_cpu']:.2f}",
                f"{one.use.others:.2f}",
            )
            cells = "".join(f'<td class="number">{escape(text)}</td>' for text in numbers)
            rows.append(f"<tr><td>{escape(outcome.scenario.name)}</td>{cells}</tr>")
    return "".join(rows)
