"""`python -m load_tests [scenario ...]`: measures the promises; exit code 0 only when all of them are held."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from load_tests import report
from load_tests.compiled import DRIVER, FLOOR, NotCompiled, compiled
from load_tests.crowd import NotDriven
from load_tests.playing import play
from load_tests.scenario import Outcome
from load_tests.scenarios import SCENARIOS
from load_tests.serving import NotServed, cores

RESULTS = Path(__file__).parent / "results"
BROKEN, WRONG = 1, 2


def measure(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help=f"of {', '.join(SCENARIOS)}; all by default")
    ] = None,
    runs: Annotated[
        int, typer.Option(help="runs of each scenario; the middle one counts", min=1, max=50)
    ] = 5,
    quick: Annotated[
        bool, typer.Option("--quick", help="one short run of each: to see that it works, not to publish")
    ] = False,
    out: Annotated[Path, typer.Option(help="folder of the results")] = RESULTS,
) -> None:
    """Measures what is promised of crowds. Exit code: 0 when all is held, 1 when not, 2 on wrong use."""
    console = Console()
    names = list(dict.fromkeys(scenarios or SCENARIOS))
    if unknown := [name for name in names if name not in SCENARIOS]:
        raise typer.BadParameter(
            f"no scenario is called {', '.join(unknown)}; there are {', '.join(SCENARIOS)}"
        )
    try:
        compiled(DRIVER), compiled(FLOOR)
    except NotCompiled as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(WRONG) from None
    if len(set(cores())) == 1:
        console.print("[yellow]There is one core only: the driver takes what it needs from the server.[/]")
    outcomes: list[Outcome] = []
    broken = False
    began = time.time()
    for name in names:
        with console.status(name) as status:

            def told(what: str, name: str = name) -> None:
                status.update(f"{name}: {what}")

            try:
                outcome = play(SCENARIOS[name], 1 if quick else runs, quick, told)
            except (NotServed, NotDriven) as error:
                broken = True
                console.print(f"{name} could not be measured: {error}", style="red", markup=False)
                continue
        outcomes.append(outcome)
        console.print(report.table([outcome]))
    page = report.write(outcomes, out, began)
    if len(outcomes) > 1:
        console.print(report.table(outcomes))
    console.print(f"The page: {page}", highlight=False)
    if broken or not all(outcome.held for outcome in outcomes):
        raise typer.Exit(BROKEN)


def _end(number: int, frame: FrameType | None) -> None:
    """Leave by the way of an exception, so that whoever was started is ended."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    typer.run(measure)
