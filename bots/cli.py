"""`madang bots`: a crowd of bots walks through a running city, and a live table tells how they fare."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.live import Live
from rich.table import Table

from bots.connection import websocket_url
from bots.crowd import Crowd, Fate, NoWayIn, Row, parse_mix, parse_tokens

app = typer.Typer(add_completion=False, help="Let bots walk, talk and gather in a running city.")

FINE, SOME_FAILED, WRONG_USE = 0, 1, 2

SHOWN_EVERY_S = 0.5
"""How often the table is drawn."""


def per_second(rate: str) -> float:
    """ "50/s" or "50" -> 50.0; raises ValueError."""
    number = rate.removesuffix("/s")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError(f"the ramp is {rate!r}, not bots per second such as 50/s (0: all at once)")
    return value


@app.callback(invoke_without_command=True)
def bots(
    url: Annotated[str, typer.Option(help="Where the city is: http://host:port.")] = "http://127.0.0.1:8080",
    count: Annotated[int, typer.Option(min=1, help="How many bots.")] = 200,
    mix: Annotated[str, typer.Option(help="Behaviours and their shares.")] = (
        "wander:6,commute:2,gather:1,chat:1"
    ),
    seed: Annotated[int, typer.Option(help="What chance begins with.")] = 7,
    seconds: Annotated[float, typer.Option(min=0, help="How long; 0: until Ctrl-C.")] = 0,
    ramp: Annotated[str, typer.Option(help="How many come in a second; 0: all at once.")] = "50/s",
    district: Annotated[str, typer.Option(help="Where they come in.")] = "civil",
    tokens: Annotated[
        Path | None,
        typer.Option(help="Who is no visitor: on each line a behaviour, and the token of a bot of it."),
    ] = None,
) -> None:
    """Let bots walk, talk and gather in a running city.

    Exit code 0: all fared well; 1: some bot failed; 2: wrong use, or no city there.
    """
    try:
        websocket_url(url)
        named = parse_tokens(tokens.read_text("utf-8").splitlines()) if tokens else {}
        crowd = Crowd(url, parse_mix(mix), count, seed, district, per_second(ramp), tokens=named)
    except (ValueError, OSError) as error:
        raise _wrong(str(error)) from error
    try:
        uvloop.run(_show(crowd, seconds))
    except NoWayIn as error:
        raise _wrong(str(error)) from error
    raise typer.Exit(_sum_up(crowd))


def _wrong(line: str) -> typer.Exit:
    typer.echo(f"madang bots: {line}", err=True)
    return typer.Exit(WRONG_USE)


async def _show(crowd: Crowd, seconds: float) -> None:
    """Runs the crowd under a live table until its time is over or a signal ends it."""
    running = asyncio.create_task(crowd.run(seconds))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    first = crowd.bots[0]
    waiting = asyncio.create_task(first.settled.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    rates, console = _Rates(), Console()
    if first.fate is Fate.HERE:
        with Live(console=console, auto_refresh=False) as live:
            while not (running.done() or crowd.is_leaving):
                live.update(_table(crowd, rates), refresh=True)
                await asyncio.wait({running}, timeout=SHOWN_EVERY_S)
        if not console.is_terminal:
            console.print()
    await asyncio.wait({running})
    if not running.cancelled():
        running.result()


class _Rates:
    """Frames a second, from one drawing of the table to the next."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._frames: dict[str, int] = {}

    def of(self, rows: list[Row]) -> dict[str, float]:
        now = time.monotonic()
        passed_s = max(now - self._at, 1e-3)
        rates = {row.behaviour: (row.frames - self._frames.get(row.behaviour, 0)) / passed_s for row in rows}
        self._at, self._frames = now, {row.behaviour: row.frames for row in rows}
        return rates


def _table(crowd: Crowd, rates: _Rates) -> Table:
    rows = crowd.rows()
    per_s = rates.of(rows)
    table = Table(
        title=f"{crowd.count} bots in {crowd.url}",
        title_justify="left",
        box=None,
        padding=(0, 1),
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column("behaviour", no_wrap=True)
    for heading in (
        "here", "walking", "frames/s", "others seen", "put back", "refused", "entered", "returns", "failed",
    ):  # fmt: skip
        table.add_column(heading, justify="right", min_width=max(map(len, heading.split())))
    for row in filter(lambda row: row.bots, rows):
        here = max(row.here, 1)
        table.add_row(
            row.behaviour,
            f"{row.here}/{row.bots}",
            str(row.walking),
            f"{per_s[row.behaviour] / here:.1f}",
            f"{row.seen / here:.0f}",
            str(row.put_backs),
            str(row.refusals),
            str(row.districts),
            str(row.reconnects),
            str(row.failed),
        )
    return table


def _sum_up(crowd: Crowd) -> int:
    """Tells how it went; the exit code."""
    came = sum(bot.fate is not Fate.WAITING and bot.client.welcome is not None for bot in crowd.bots)
    faults = crowd.faults()
    rows = crowd.rows()
    typer.echo(
        f"{came} of {crowd.count} bots came in; {sum(faults.values())} failed; "
        f"{sum(row.frames for row in rows)} frames, {sum(row.districts for row in rows)} districts entered, "
        f"{sum(row.put_backs for row in rows)} put-backs, {sum(row.refusals for row in rows)} refusals, "
        f"{sum(row.reconnects for row in rows)} reconnects"
    )
    for why, count in faults.items():
        typer.echo(f"  {count} failed: {why}", err=True)
    return SOME_FAILED if faults else FINE


if __name__ == "__main__":
    app()
