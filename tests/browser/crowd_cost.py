"""What a full district costs the page's main thread, and what it holds: `python -m tests.browser.crowd_cost`.

Opens Seoul, lets the load tests' driver walk 3,000 citizens over Seoul Plaza, stands among them with Chromium, and
reads the page's own counters (?debug) and the browser's. Exits with 0 only when all holds that is promised. Wants
`make pages`, a C compiler, and nothing else at work: whatever runs beside it takes the main thread's time too.

What a graphics card does is no part of the promise, and software in its place leaves a frame every three seconds. So
the calls that draw are left out (`--drawn` leaves them in): all else is done as often as a screen shows it, with the
uploads.
"""

import argparse
import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from load_tests.crowd import Crowd, drive
from load_tests.serving import SEOUL, Served, madang
from tests.support.browser import LAUNCH, come_in, settled, until

PLAZA = (234.0, 128.0, 378.0, 238.0)
"""Seoul Plaza without its stage, metres."""

MOST_MS = 8.0
"""The main thread's time a frame, the graphics driver's calls not counted."""

MOST_GROWTH = 1.10
"""The heap after the last minute against that after the first, both after a search for garbage."""

MOST_NODES = 1.10
"""The same of the page's elements."""

WINDOW: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 720},
    "device_scale_factor": 0.4,
    "locale": "ko-KR",
}
"""As many elements and bodies as on a desktop, and few pixels, which are the driver's."""

UNDRAWN = """
for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced", "drawRangeElements"])
    WebGL2RenderingContext.prototype[name] = () => {};
"""

LEAST_OTHERS = 0.8
"""Of all who walk there so many must be seen, or it was no crowd that was measured."""

FINE = (
    "localStorage.setItem('madang.settings', JSON.stringify({quality: 'fine', light: 'day', language: 'ko'}))"
)
"""With shadows and motion: all that may cost something."""


@contextmanager
def crowd_in(served: Served, citizens: int, seconds: float) -> Iterator[None]:
    """So many walk over the plaza for so long, beside whatever else is done."""
    crowd = Crowd("civil", citizens, area=PLAZA, seconds=seconds, settle=5, ramp=500, patience=120)
    are_in = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            drive(crowd, served.port, 7, lambda phase, pid: are_in.set() if phase == "measuring" else None)
        except BaseException as error:
            failed.append(error)
        finally:
            are_in.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    are_in.wait(300)
    if failed:
        raise failed[0]
    yield


async def held(page: Page, devtools: CDPSession) -> dict[str, float]:
    """What the page holds once its garbage is gone."""
    await devtools.send("HeapProfiler.collectGarbage")
    usage = await devtools.send("Runtime.getHeapUsage")
    told = await devtools.send("Performance.getMetrics")
    metrics = {one["name"]: one["value"] for one in told["metrics"]}
    return {
        "heap_mb": usage["usedSize"] / 1e6,
        "nodes": metrics["Nodes"],
        "listeners": metrics["JSEventListeners"],
    }


async def counters(page: Page) -> dict[str, float]:
    """What ?debug shows."""
    found: dict[str, float] = await page.evaluate("madang.counters()")
    return found


async def spent(page: Page, devtools: CDPSession) -> tuple[float, float]:
    """Seconds of the processor that all tasks of the main thread took so far, and frames drawn."""
    told = await devtools.send("Performance.getMetrics")
    metrics = {one["name"]: one["value"] for one in told["metrics"]}
    return metrics["TaskDuration"], (await counters(page))["frames"]


async def watch(url: str, minutes: int, is_drawn: bool) -> list[dict[str, float]]:
    """Stands in the crowd: one row a minute."""
    rows: list[dict[str, float]] = []
    async with async_playwright() as playwright:
        args = [*LAUNCH["args"], "--enable-precise-memory-info"]
        browser = await playwright.chromium.launch(**(LAUNCH | {"args": args}))
        context = await browser.new_context(**WINDOW)
        await context.add_init_script(FINE if is_drawn else FINE + UNDRAWN)
        page = await context.new_page()
        page.on("pageerror", lambda error: print(error, file=sys.stderr))
        await page.goto(f"{url}/?debug&district=civil")
        await come_in(page, "하나")
        await settled(page)
        await page.evaluate("madang.client.enter('civil', {x: 306, z: 150})")
        await until(page, "madang.client.others().count > 100")
        await page.evaluate("madang.eye.face(0); madang.eye.distance = 12")
        devtools: Any = await context.new_cdp_session(page)
        await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        for minute in range(minutes + 1):
            tasks, frames = await spent(page, devtools)
            await asyncio.sleep(60 if minute else 20)
            tasks_after, frames_after = await spent(page, devtools)
            row = await counters(page) | await held(page, devtools)
            row["minute"] = minute
            row["tasks_ms"] = (tasks_after - tasks) * 1000 / max(1, frames_after - frames)
            rows.append(row)
            print(told(row), flush=True)
        await browser.close()
    return rows


SHOWN = "minute cost_ms cost_p99_ms driver_ms heard_ms tasks_ms frame_ms draws others near middle far heap_mb nodes"


def told(row: dict[str, float]) -> str:
    """A row for people."""
    return "  ".join(f"{name} {row[name]:.1f}".removesuffix(".0") for name in SHOWN.split())


def faults(rows: list[dict[str, float]], citizens: int) -> list[str]:
    """What does not hold of what is promised."""
    found = [
        f"minute {row['minute']:.0f}: only {row['others']:.0f} of {citizens} are seen"
        for row in rows
        if row["others"] < citizens * LEAST_OTHERS or not row["draws"]
    ]
    found += [
        f"minute {row['minute']:.0f}: {row['cost_ms']:.1f} ms a frame"
        for row in rows[1:]
        if row["cost_ms"] > MOST_MS
    ]
    first, last = rows[1], rows[-1]
    for name, most in (("heap_mb", MOST_GROWTH), ("nodes", MOST_NODES)):
        if last[name] > first[name] * most:
            found.append(f"{name} grew from {first[name]:.1f} to {last[name]:.1f}")
    return found


def main() -> int:
    """Measures, prints, judges."""
    parser = argparse.ArgumentParser(prog="tests.browser.crowd_cost")
    parser.add_argument("--citizens", type=int, default=3_000)
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--drawn", action="store_true")
    asked = parser.parse_args()
    with (
        madang({}, city=SEOUL) as served,
        crowd_in(served, asked.citizens, asked.minutes * 60 + 120),
    ):
        rows = asyncio.run(watch(served.url, max(1, asked.minutes), asked.drawn))
    found = faults(rows, asked.citizens)
    print("\n".join(found) or "all of it holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
