"""The raid: 300 hostile citizens of six kinds enter a district of 1,000 during question time.

Three acts, each on a city of its own: calm; raided; raided, and a moderator raises the shield. Everyone comes from
an address of their own or, the hostile, from thirty, and no address is free of limits. Most of the 1,000 walk (the mass
driver), the others vote, ask, and say a line now and then; in another district people only walk.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from load_tests.accounts import account
from load_tests.citizens import Citizen, Map, token_of
from load_tests.crowd import Crowd, Figures, drive
from load_tests.hostile import KINDS, OF_EACH_KIND, Raid, gather
from load_tests.playing import Told, Window
from load_tests.promises import DRIVER_LATE_MS
from load_tests.scenario import Promise, Run, Scenario
from load_tests.scenarios.question_time import (
    NOTHING_TO_VOTE_ON,
    Attendee,
    Evening,
    come_in,
    open_evening,
)
from load_tests.serving import SEOUL, Served, driving, madang, metrics
from protocol.chat import Say
from protocol.services.moderation import SetMode

HOSTILE = len(KINDS) * OF_EACH_KIND
ATTENDEES = 288
"""Of the 1,000; with them a host and the moderators."""
MODERATORS = 11
ELSEWHERE = Crowd("culture", 200, area=(150, 230, 210, 300), addresses=200, ramp=200)
DOOR = (310.0, 110.0)
"""The library's south door, by which one leaves the plaza."""
SIZE = (400.0, 280.0)
QUESTIONS_PER_S = 5
LINES_PER_S = 2
SILENT_AFTER_S = 1.0
"""From the shield on: after so long nothing of theirs is heard."""
QUIET_S = 2.0
LIMITS = ("madang_limit_reached_total", "madang_connections_closed_total", "madang_overload_step")
FLOODING = 'madang_connections_closed_total{reason="flooding"}'


class Audience(Attendee):
    """One of the audience: also hears what is said, and by whom."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__(name, token)
        self.heard: list[tuple[float, str]] = []

    def hear(self, me: Citizen, item: Map) -> None:
        if item["type"] == "chat.said":
            self.heard.append((time.monotonic(), item["from"]["citizen"]))
        else:
            super().hear(me, item)


@dataclass
class Act:
    """One act: who is there, and what came of it."""

    is_raided: bool
    is_shielded: bool
    audience: Sequence[Audience]
    evening: Evening
    raid: Raid | None = None
    shielded_at: float | None = None
    lines: int = 0
    doing: list["asyncio.Task[None]"] = field(default_factory=list)


async def _act(served: Served, crowd: Crowd, seed: int, window: Window, act: Act, role: Citizen) -> Figures:
    evening, loop = act.evening, asyncio.get_running_loop()
    lines = [role, *evening.moderators, *(one.line for one in act.audience)]
    for number, line in enumerate(lines, 1):
        line.address = f"127.2.{number // 250}.{1 + number % 250}"
    away = await come_in(served, lines, crowd.district)
    evening.session = await open_evening(role, crowd.district)
    phases: asyncio.Queue[str] = asyncio.Queue()

    def hear(phase: str, driver: int) -> None:
        window.hear(phase, driver)
        loop.call_soon_threadsafe(phases.put_nowait, phase)

    walking = replace(crowd, citizens=crowd.citizens - len(lines))
    walkers = asyncio.create_task(asyncio.to_thread(drive, walking, served.port, seed, hear))
    there = replace(ELSEWHERE, settle=crowd.settle, seconds=crowd.seconds)
    others = asyncio.create_task(asyncio.to_thread(drive, there, served.port, seed, _beside(window)))
    while not walkers.done():
        told = asyncio.create_task(phases.get())
        await asyncio.wait((told, walkers), return_when=asyncio.FIRST_COMPLETED)
        if not told.done():
            told.cancel()
            break
        await _turn(act, told.result(), crowd, served)
    seen, elsewhere = await walkers, await others
    while evening.doing:
        await asyncio.wait(evening.doing)
    lost = away + sum(not line.is_here for line in lines)
    return _figures(act, seen, elsewhere, lost + _outside(walking, seen) + _outside(there, elsewhere))


def _beside(window: Window) -> Callable[[str, int], None]:
    def hear(phase: str, driver: int) -> None:
        if phase == "settling":
            window.beside.append(driver)

    return hear


async def _turn(act: Act, phase: str, crowd: Crowd, served: Served) -> None:
    """What begins and ends with the driver's phases."""
    evening = act.evening
    match phase:
        case "settling":
            if act.is_raided:
                act.raid = _raid(act, crowd, served)
                act.doing += gather(act.raid)
            act.doing.append(asyncio.create_task(_ask(evening, crowd.settle + crowd.seconds + QUIET_S)))
            act.doing.append(asyncio.create_task(_talk(act)))
        case "measuring":
            evening.is_measured, evening.late_ms = True, []
            if act.is_shielded:
                await evening.moderators[0].ask(SetMode, scope=crowd.district, shield=True)
                act.shielded_at = time.monotonic()
        case "measured":
            evening.is_measured = False
            if act.raid is not None:
                act.raid.is_over = True
            for task in act.doing:
                task.cancel()
            await asyncio.gather(*act.doing, return_exceptions=True)
        case _:
            pass


def _raid(act: Act, crowd: Crowd, served: Served) -> Raid:
    x0, z0, x1, z1 = crowd.area
    middle = ((x0 + x1) / 2, (z0 + z1) / 2)
    victims = [(one.line.id, middle) for one in act.audience]
    return Raid(served, crowd.district, SIZE, DOOR, victims, act.evening.chance)


async def _ask(evening: Evening, seconds: float) -> None:
    await evening.go_on(seconds, 0)


async def _talk(act: Act) -> None:
    """A line of another one each time; an answer is an answer, whether it is told or waits for a moderator."""
    evening = act.evening
    while True:
        one = act.audience[act.lines % len(act.audience)].line
        text = f"{act.lines}번째로 하는 말입니다."
        evening.begin(_said(evening, one.ask(Say, text=text, to="nearby")))
        act.lines += 1
        await asyncio.sleep(1 / LINES_PER_S)


async def _said(evening: Evening, asked: "asyncio.Future[Map]") -> None:
    await evening.answer("say", asked, time.monotonic())


def _outside(crowd: Crowd, seen: Figures) -> int:
    return int(seen["lost"]) + max(0, crowd.citizens - int(seen["entered"]))


def _figures(act: Act, seen: Figures, elsewhere: Figures, lost: int) -> Figures:
    evening = act.evening
    heard = [at for one in act.audience for at, who in one.heard if act.raid and who in act.raid.ids]
    silent_at = (act.shielded_at or np.inf) + SILENT_AFTER_S
    return {
        "near_ms": seen["move_to_seen_ms"]["p99"],
        "elsewhere_ms": elsewhere["move_to_seen_ms"]["p99"],
        "done_ms": float(np.percentile(evening.done_ms or [np.nan], 99)),
        "done": dict(evening.done),
        # Who finds no question to vote on has sent nothing.
        "failed": evening.failed.total() - evening.failed[NOTHING_TO_VOTE_ON],
        "reasons": dict(evening.failed.most_common(10)),
        "heard": len(heard),
        "heard_when_shielded": sum(at >= silent_at for at in heard),
        "lost": lost,
        "mistakes": sum(one[name] for one in (seen, elsewhere) for name in ("contradictions", "unseen_near")),
        "moved_back": seen["moved_back"] + elsewhere["moved_back"],
        "mistakes_by_kind": [
            {name: one[name] for name in ("contradictions", "unseen_near")} for one in (seen, elsewhere)
        ],
        "came": act.raid.came if act.raid else 0,
        "turned_away": act.raid.turned_away if act.raid else 0,
        "driver_late_ms": max(one["pose_lateness_ms"]["p99"] for one in (seen, elsewhere)),
        "commands_late_ms": float(np.percentile(evening.late_ms or [np.nan], 99)),
        "frames_per_s": seen["frames_per_s"]["min"],
    }


def _people(served: Served, crowd: Crowd, seed: int, *, is_raided: bool, is_shielded: bool) -> Act:
    names = [f"attendee-{number}" for number in range(ATTENDEES)]
    audience = [Audience(name, token_of(served, name)) for name in names]
    evening = Evening("", audience, [], random.Random(seed), questions_per_s=QUESTIONS_PER_S)
    role = [f"moderator@{crowd.district}"]
    evening.moderators = [
        Citizen(name, token_of(served, name, roles=role), evening.at_the_desk)
        for name in (f"moderator-{number}" for number in range(MODERATORS))
    ]
    return Act(is_raided, is_shielded, audience, evening)


def play(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """The three acts. Raises NotServed, NotDriven."""
    acts: dict[str, Figures] = {}
    for name in ("calm", "raided", "shielded"):

        def note(phase: str, name: str = name) -> None:
            told(f"{name}: {phase}")

        with madang(scenario.settings, scenario.city) as served, driving():
            window = Window(served, note, account(served.pid), [os.getpid()])
            act = _people(served, crowd, seed, is_raided=name != "calm", is_shielded=name == "shielded")
            host = Citizen("host", token_of(served, "host", roles=[f"host@{crowd.district}"]))
            # Not by uvloop: a line that is reset in the moment it is made can abort it (libuv, epoll_ctl).
            figures = asyncio.run(_act(served, crowd, seed, window, act, host))
            use, limits = window.use(), metrics(served, LIMITS)
        acts[name] = {**figures, "cpu": use.cpu, "peak_mb": use.end.peak_bytes / 1e6, "limits": limits}
    return Run(crowd, acts, use)


def worst(figure: str) -> Callable[[Run], float]:
    """Of the two raided acts."""
    return lambda run: float(max(run.seen[act][figure] for act in ("raided", "shielded")))


def elsewhere(act: str) -> Callable[[Run], float]:
    """How much later the near ones are seen in the other district than in the calm act."""
    return lambda run: float(run.seen[act]["elsewhere_ms"] / run.seen["calm"]["elsewhere_ms"])


def _memory(run: Run) -> float:
    return (worst("peak_mb")(run) - float(run.seen["calm"]["peak_mb"])) * 1000 / HOSTILE


def _sent_away(run: Run) -> float:
    return float(min(run.seen[act]["limits"].get(FLOODING, 0) for act in ("raided", "shielded")))


def _of(act: str, figure: str) -> Callable[[Run], float]:
    return lambda run: float(run.seen[act][figure])


SCENARIO = Scenario(
    name="raid",
    told=f"{HOSTILE} hostile of {len(KINDS)} kinds enter a district of 1,000 during question time",
    crowd=Crowd("civil", 1_000, area=(252, 130, 372, 230), addresses=700, ramp=500, settle=8, seconds=15),
    city=SEOUL,
    settings={"limits.loopback_exempt": "false", "crowd.bytes_per_client": 27_000},
    played=play,
    promises=(
        Promise("the other district's p99, raided, against calm", "at most", 1.2, "x", elsewhere("raided")),
        Promise("the other district's p99, shielded, against calm", "at most", 1.2, "x", elsewhere("shielded")),
        Promise("move-to-seen of near ones in the raided district, p99", "at most", 350, "ms", worst("near_ms")),
        Promise("from command to done of the audience, p99", "at most", 100, "ms", worst("done_ms")),
        Promise("lines of the hostile heard without the shield", "at least", 1, "", _of("raided", "heard")),
        Promise(
            "lines of the hostile heard from 1 s after the shield on", "at most", 0, "",
            _of("shielded", "heard_when_shielded"), across=max,
        ),
        Promise("the audience's commands refused or not answered", "at most", 0, "", worst("failed"), across=max),
        Promise("citizens lost or left outside", "at most", 0, "", worst("lost"), across=max),
        Promise("avatars shown where they never were, or not shown", "at most", 0, "", worst("mistakes"), across=max),
        Promise("hostile connections ended as floods, the fewest", "at least", OF_EACH_KIND, "", _sent_away),
        Promise("memory that each of the hostile costs more, at its peak", "at most", 500, "kB", _memory),
        Promise("the driver's own lateness, p99", "at most", DRIVER_LATE_MS, "ms", worst("driver_late_ms")),
        Promise("the audience's own lateness, p99", "at most", DRIVER_LATE_MS, "ms", worst("commands_late_ms")),
    ),
)  # fmt: skip
