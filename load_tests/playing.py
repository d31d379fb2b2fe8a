"""Plays scenarios: Madang and the floor in turns, the calm crowd beside the disturbed one, rising counts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from load_tests.accounts import Account, account, all_cpu_s, others_cpu_s, wait_until_quiet
from load_tests.crowd import Crowd, Figures, NotDriven, drive
from load_tests.scenario import Climb, Outcome, Promise, Run, Scenario, Use, Verdict, judge
from load_tests.serving import ROOT, Served, cores, floor, madang, metrics, pinned

Told = Callable[[str], None]

METRICS = ("madang_tick_late_total", "madang_overload_step", "madang_frames_skipped_total")
TRUTH_S = 60.0
PEER_S = 6.0
"""How long one count of a peer is measured."""

DISTURBED = 0.1
"""Cores that others may use: a run in which they used more is run again."""
QUIET_S = 30.0
"""How long a quiet machine is waited for."""
TRIES = 3
"""How often a disturbed run is run."""


@dataclass
class Window:
    """Hears the phases of the driver and takes the accounts at both ends of the measured one."""

    served: Served
    told: Told
    idle: Account
    beside: list[int] = field(default_factory=list)
    """Process ids that have a part in the measurement."""
    at_settling: Callable[[], None] = lambda: None
    clock: dict[str, float] = field(default_factory=dict)
    server: dict[str, Account] = field(default_factory=dict)
    all_cpu_s: dict[str, dict[int, float]] = field(default_factory=dict)

    def hear(self, phase: str, driver: int) -> None:
        self.clock[phase], self.server[phase] = time.monotonic(), account(self.served.pid)
        self.all_cpu_s[phase] = all_cpu_s()
        self.told(phase)
        if phase == "settling":
            self.beside += os.getpid(), self.served.pid, driver
            self.at_settling()

    def use(self) -> Use:
        seconds = self.clock["measured"] - self.clock["measuring"]
        first, last = self.server["measuring"], self.server["measured"]
        others_s = others_cpu_s(self.all_cpu_s["measuring"], self.all_cpu_s["measured"], self.beside)
        return Use((last.cpu_s - first.cpu_s) / seconds, others_s / seconds, self.idle, last)


def _undisturbed(run: Callable[[], Run], told: Told, brief: bool) -> Run:
    """Runs when the machine is quiet, and again when others then used it; the least disturbed run counts."""
    if brief:
        return run()
    runs: list[Run] = []
    for _ in range(TRIES):
        told("waiting for a quiet machine")
        wait_until_quiet(DISTURBED, QUIET_S)
        runs.append(run())
        if runs[-1].use.others <= DISTURBED:
            break
    return min(runs, key=lambda run: run.use.others)


def run_madang(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """One crowd in Madang. Raises NotServed, NotDriven, NotCompiled."""
    with madang(scenario.settings) as served:
        idle = account(served.pid)
        with _witnesses(scenario.with_truth, served, crowd) as (summon, pids, testimony):
            window = Window(served, told, idle, pids, summon)
            seen = drive(crowd, served.port, seed, window.hear)
            truth = testimony()
        return Run(
            crowd,
            seen,
            window.use(),
            metrics=metrics(served, METRICS),
            testimony=truth,
        )


def run_floor(beside: Run, seed: int, told: Told) -> Run:
    """The same crowd on the floor, which sends as many messages of as many bytes as Madang did."""
    seen = beside.seen
    with floor(seen["messages_per_s"] / seen["ordinary"], seen["bytes_per_message"]) as served:
        window = Window(served, told, account(served.pid))
        return Run(beside.crowd, drive(beside.crowd, served.port, seed, window.hear), window.use())


@contextmanager
def _witnesses(
    wanted: bool, served: Served, crowd: Crowd
) -> Iterator[tuple[Callable[[], None], list[int], Callable[[], Figures]]]:
    """Summons Python's own citizens, tells their process ids, hears what they saw; they end with the block."""
    started: list[subprocess.Popen[str]] = []
    pids: list[int] = []
    x0, z0, x1, z1 = crowd.area

    def summon() -> None:
        place, seconds = f"{(x0 + x1) / 2},{(z0 + z1) / 2}", crowd.settle + crowd.seconds
        command = [sys.executable, "-m", "load_tests.truth", served.url, crowd.district, place, str(seconds)]
        if wanted:
            started.append(
                subprocess.Popen(
                    command, cwd=ROOT, text=True, stdout=subprocess.PIPE, preexec_fn=pinned(cores()[1])
                )
            )
            pids.append(started[-1].pid)

    def testimony() -> Figures:
        for witness in started:
            told, _ = witness.communicate(timeout=TRUTH_S)
            if witness.returncode != 0:
                raise NotDriven("the witnesses of what is shown could not stay; see above")
            return dict(json.loads(told))
        return {}

    try:
        yield summon, pids, testimony
    finally:
        for witness in started:
            if witness.poll() is None:
                witness.kill()
            witness.wait()


def play(scenario: Scenario, runs: int, brief: bool, told: Told) -> Outcome:
    """A whole scenario. Raises NotServed, NotDriven, NotCompiled."""
    if scenario.climb is not None:
        return _climb(scenario, scenario.climb, brief, told)
    done = []
    for number in range(1, runs + 1):

        def note(phase: str, number: int = number) -> None:
            told(f"run {number} of {runs}: {phase}")

        seed = 1_000 + number
        calm = below = None
        if scenario.calm is not None:
            calm = _undisturbed(
                partial(run_madang, scenario, _crowd(scenario.calm, brief), seed, note), note, brief
            )
        played = scenario.played or run_madang
        run = _undisturbed(partial(played, scenario, _crowd(scenario.crowd, brief), seed, note), note, brief)
        if scenario.with_floor:
            below = _undisturbed(partial(run_floor, run, seed, note), note, brief)
        done.append(replace(run, calm=calm, floor=below))
    return Outcome(scenario, tuple(done), tuple(judge(promise, done) for promise in scenario.promises))


def _crowd(crowd: Crowd, brief: bool) -> Crowd:
    return crowd.brief() if brief else crowd


def _climb(scenario: Scenario, climb: Climb, brief: bool, told: Told) -> Outcome:
    runs: list[Run] = []
    capacity = 0
    for count in climb.counts:
        crowd = replace(_crowd(scenario.crowd, brief), citizens=count)
        for attempt in range(1, climb.tries + 1):

            def note(phase: str, count: int = count, attempt: int = attempt) -> None:
                told(f"{count:,}, try {attempt}: {phase}")

            runs.append(
                _undisturbed(partial(run_madang, scenario, crowd, 2_000 + attempt, note), note, brief)
            )
            if all(judge(promise, runs[-1:]).held for promise in climb.holds):
                capacity = count
                break
        if capacity != count:
            break
    verdicts = [_counted("citizens held", climb.at_least, capacity)]
    peer = None
    if climb.peer is not None:
        told(f"{climb.peer}")
        peer, reason = _peer_capacity(climb.peer)
        verdicts.append(
            _counted(f"citizens held, against {climb.peer}", climb.times_peer, capacity, peer, reason)
        )
    return Outcome(scenario, tuple(runs), tuple(verdicts), peer)


def _counted(told: str, at_least: float, capacity: int, peer: int | None = None, reason: str = "") -> Verdict:
    measured = capacity / peer if peer else float(capacity)
    unit = "x" if peer is not None or reason else ""
    promise = Promise(told, "at least", at_least, unit, lambda run: measured)
    return Verdict(promise, (measured,), measured, float(peer) if peer else None, reason)


def _peer_capacity(peer: str) -> tuple[int | None, str]:
    """How many the peer held, or why that is not known."""
    from load_tests.peers import NoPeer, climb, held_at

    try:
        climbed = climb(peer, seconds=PEER_S)
    except (NoPeer, OSError, RuntimeError, subprocess.SubprocessError) as error:
        return None, f"{peer} could not be measured: {error}"
    held = held_at(climbed)
    # A peer that was not seen to fail may hold more than it was seen to hold, which would flatter us.
    if not held or climbed[-1].held or climbed[-1].void:
        return None, f"{peer} held {held:,}, and its end was not seen: {climbed[-1].verdict}"
    return held, ""
