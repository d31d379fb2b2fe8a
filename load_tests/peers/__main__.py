"""`python -m load_tests.peers`: the plaza on each peer, as a table and as JSON."""

import json
import os
import platform
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from load_tests.peers import PEERS, Measurement, NoPeer, climb, held_at
from load_tests.peers.node import find_node, version_of

RESULTS = Path(__file__).parent.parent / "results"


def table(measurements: list[Measurement], failures: dict[str, str]) -> Table:
    """All measurements, one row each."""
    shown = Table(
        title="The plaza (200 x 200 m, 10 Hz in and out) on other servers",
        caption="CPU of the server's core, frames/s of the worst percent, kB/s of the median, move-to-seen",
    )
    shown.add_column("peer", no_wrap=True)
    for title in ("citizens", "CPU", "frames/s", "kB/s", "p50 ms", "p99 ms"):
        shown.add_column(title, justify="right", no_wrap=True)
    shown.add_column("")
    for one in measurements:
        met = one.met
        colour = "green" if one.held else "yellow" if one.void else "red"
        shown.add_row(
            one.peer,
            f"{one.count:,}",
            f"{met.server_cpu:.2f}",
            f"{met.frames_p1:.2f}",
            f"{met.bytes_median / 1000:,.1f}",
            f"{met.seen_p50_ms:.0f}",
            f"{met.seen_p99_ms:.0f}",
            f"[{colour}]{one.verdict}[/]",
        )
    for peer, reason in failures.items():
        shown.add_row(peer, *[""] * 6, f"[red]{reason}[/]")
    return shown


def main(
    peers: Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(PEERS)}; all by default")] = None,
    counts: Annotated[str, typer.Option(help="citizens, as 500,1000; rising counts by default")] = "",
    seconds: Annotated[float, typer.Option(help="length of the measuring window", min=1, max=120)] = 10,
    out: Annotated[Path, typer.Option(help="folder of the results")] = RESULTS,
) -> None:
    """Measures how many citizens each peer holds in the plaza. Exit code 1 when a peer could not be run."""
    unknown = set(peers or ()) - set(PEERS)
    if unknown:
        raise typer.BadParameter(f"no peer is called {', '.join(sorted(unknown))}")
    try:
        chosen = [int(count) for count in counts.split(",")] if counts else None
    except ValueError:
        raise typer.BadParameter(f"counts are whole numbers with commas between, not {counts!r}") from None

    measurements: list[Measurement] = []
    failures: dict[str, str] = {}
    console = Console()
    with Live(table(measurements, failures), console=console) as live:

        def told(measurement: Measurement) -> None:
            measurements.append(measurement)
            live.update(table(measurements, failures))

        for peer in peers or PEERS:
            try:
                climb(peer, counts=chosen, seconds=seconds, told=told)
            except NoPeer as reason:
                failures[peer] = str(reason)
                live.update(table(measurements, failures))

    console.print()
    by_peer = {peer: [one for one in measurements if one.peer == peer] for peer in peers or PEERS}
    for peer, climbed in by_peer.items():
        if climbed:
            at_least = "at least " if climbed[-1].void else ""
            console.print(f"{peer} held {at_least}{held_at(climbed):,}")
    out.mkdir(parents=True, exist_ok=True)
    result = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {
            "cores": os.cpu_count(),
            "kernel": platform.release(),
            "python": platform.python_version(),
        },
        "capacity": {peer: held_at(climbed) for peer, climbed in by_peer.items() if climbed},
        "failures": failures,
        "measurements": [
            {**asdict(one), "held": one.held, "void": one.void, "verdict": one.verdict}
            for one in measurements
        ],
    }
    if any(peer.startswith("colyseus") and climbed for peer, climbed in by_peer.items()):
        result["node"] = version_of(find_node())
    (out / "peers.json").write_text(json.dumps(result, indent=1) + "\n")
    if failures:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
