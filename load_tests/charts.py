"""Charts as inline SVG: a promise against its limit, times by scenario, a climb by count."""

from collections.abc import Sequence
from html import escape

from load_tests.scenario import Outcome, Run, Verdict

GOOD, BAD, SOFT, INK = "#2f7d5b", "#c0392b", "#dfe6e2", "#26332d"
PARTS = ("p50", "p90", "p99")
SHADES = {"p50": "#b7d6c6", "p90": "#6fae8f", "p99": "#2f7d5b"}


def bullet(verdict: Verdict) -> str:
    """One promise: the bar is what was measured, the line its limit, the dots the single runs."""
    width, height = 180, 18
    limit = verdict.promise.limit
    most = max([limit, verdict.measured, *verdict.each, 1e-9]) * 1.15
    if verdict.reason:
        return _svg(width, height, "not measured", [])

    def at(value: float) -> float:
        return 2 + (width - 4) * max(value, 0) / most

    colour = GOOD if verdict.held else BAD
    parts = [
        f'<rect x="2" y="5" width="{width - 4}" height="8" rx="2" fill="{SOFT}"/>',
        f'<rect x="2" y="5" width="{at(verdict.measured) - 2:.1f}" height="8" rx="2" fill="{colour}"/>',
    ]
    parts += [
        f'<circle cx="{at(each):.1f}" cy="9" r="2" fill="{INK}" opacity=".55"/>' for each in verdict.each
    ]
    parts.append(f'<rect x="{at(limit) - 1:.1f}" y="1" width="2" height="16" fill="{INK}"/>')
    return _svg(width, height, f"{verdict.promise.told}: {verdict.measured:g}, limit {limit:g}", parts)


def seen_times(outcomes: Sequence[Outcome]) -> str:
    """Move-to-seen by scenario: p50, p90, p99 of the middle run, in milliseconds."""
    rows = [(outcome.scenario.name, middle_run(outcome.runs)) for outcome in outcomes if outcome.runs]
    if not rows:
        return ""
    left, width, bar = 110, 700, 9
    row_height = bar * len(PARTS) + 14
    most = max([run.seen["move_to_seen_ms"]["p99"] for _, run in rows] + [1.0])
    parts = []
    for i, (name, run) in enumerate(rows):
        top = i * row_height + 6
        parts.append(_text(left - 8, top + row_height / 2 - 4, name, "end"))
        for j, part in enumerate(PARTS):
            value = run.seen["move_to_seen_ms"][part]
            long = (width - left - 80) * value / most
            parts.append(
                f'<rect x="{left}" y="{top + j * bar}" width="{long:.1f}" height="{bar - 1}" fill="{SHADES[part]}"/>'
            )
            parts.append(_text(left + long + 5, top + j * bar + 8, f"{part} {value:.0f} ms", "start", 9))
    return _svg(width, row_height * len(rows) + 10, "move-to-seen of near ones", parts)


def climbed(outcome: Outcome) -> str:
    """How the server's CPU and move-to-seen rise with the count."""
    best: dict[int, Run] = {}
    for run in outcome.runs:
        count = run.crowd.citizens
        p99 = run.seen["move_to_seen_ms"]["p99"]
        if count not in best or p99 < best[count].seen["move_to_seen_ms"]["p99"]:
            best[count] = run
    if not best:
        return ""
    left, width, row = 110, 700, 34
    most = max(run.seen["move_to_seen_ms"]["p99"] for run in best.values()) or 1.0
    parts = []
    for i, (count, run) in enumerate(sorted(best.items())):
        top = i * row + 4
        p99 = run.seen["move_to_seen_ms"]["p99"]
        parts.append(_text(left - 8, top + 16, f"{count:,}", "end"))
        for y, share, label, colour in (
            (top, min(run.use.cpu, 1.0), f"CPU {run.use.cpu:.2f}", SHADES["p50"]),
            (top + 13, p99 / most, f"p99 {p99:.0f} ms", SHADES["p99"]),
        ):
            long = (width - left - 110) * share
            parts.append(f'<rect x="{left}" y="{y}" width="{long:.1f}" height="11" fill="{colour}"/>')
            parts.append(_text(left + long + 5, y + 9, label, "start", 10))
    return _svg(width, row * len(best) + 8, f"{outcome.scenario.name} by count", parts)


def middle_run(runs: Sequence[Run]) -> Run:
    """The run whose p99 of move-to-seen is the middle one."""
    ordered = sorted(runs, key=lambda run: float(run.seen["move_to_seen_ms"]["p99"]))
    return ordered[(len(ordered) - 1) // 2]


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}">{escape(text)}</text>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
