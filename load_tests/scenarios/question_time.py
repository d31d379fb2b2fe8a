"""Question time: 1,200 citizens in the plaza, 60 votes and 20 questions a second, moderators who approve.

What is asked when is laid down before; each answer is timed from when its command was due, so that a driver
that waits for a slow server does not hide it. At the end the server is killed (SIGKILL), and everything that
it answered `done` must be in its journal.
"""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import uvloop

from load_tests.accounts import account
from load_tests.citizens import Broken, Citizen, Map, NotDone, token_of
from load_tests.crowd import Crowd, Figures
from load_tests.playing import Told, Window
from load_tests.promises import DRIVER_LATE_MS
from load_tests.scenario import Promise, Run, Scenario, seen
from load_tests.serving import SEOUL, Served, driving, journal, kept_data, madang, metrics
from protocol.districts import Enter
from protocol.services.live_qa import Advance, Approve, Ask, Claim, Schedule, Vote

VOTES_PER_S = 60
QUESTIONS_PER_S = 20
MODERATORS = 10
"""Each question takes two commands of a moderator, and a citizen may give ten commands a second."""
STAGE = "plaza_stage"
EVENING_MS = 7_200_000
QUIET_S = 2.0
"""After the last command: what is on its way arrives."""
ANSWER_S = 10.0
"""An answer that takes longer does not come."""
JOINING_AT_ONCE = 32
NOTHING_TO_VOTE_ON = "vote: nothing to vote on"
LATE_TICKS = "madang_tick_late_total"


class Attendee:
    """One of the audience: the order in which facts reach them, and when counts do."""

    def __init__(self, name: str, token: str) -> None:
        self.line = Citizen(name, token, self.hear)
        self.order: list[int] = []
        self.counted_at: list[float] = []
        self.votes_in_facts = 0
        self.asked: set[int] = set()
        self.backed: set[int] = set()

    def hear(self, me: Citizen, item: Map) -> None:
        match item["type"]:
            case "live_qa.question_changed":
                self.order.append(item["version"])
                self.votes_in_facts += "backers" in item["question"]
            case "live_qa.counts":
                self.counted_at.append(time.monotonic())
            case _:
                pass


@dataclass
class Evening:
    """What is going on: who is there, what may be voted on, what was answered, how late."""

    session: str
    attendees: Sequence[Attendee]
    moderators: Sequence[Citizen]
    chance: random.Random
    open: list[int] = field(default_factory=list)
    votes_per_s: float = VOTES_PER_S
    questions_per_s: float = QUESTIONS_PER_S
    is_measured: bool = False
    done_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    voted: set[tuple[str, int]] = field(default_factory=set)
    approved: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    doing: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, deed: Awaitable[None]) -> None:
        task = asyncio.ensure_future(deed)
        assert isinstance(task, asyncio.Task)
        self.doing.add(task)
        task.add_done_callback(self.doing.discard)

    async def answer(self, word: str, asked: "asyncio.Future[Map]", due: float) -> Map | None:
        """The answer to a command that was due then, timed; None when it was refused or did not come."""
        is_measured, answer = self.is_measured, None
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await asked
        except (NotDone, Broken, TimeoutError) as error:
            self.failed[f"{word}: {error!r}"] += 1
            return None
        if is_measured:
            self.done_ms.append((time.monotonic() - due) * 1000)
            self.done[word] += 1
        return answer

    async def ask(self, who: Attendee, number: int, due: float) -> None:
        text = f"{number}번째 질문입니다. {self.chance.getrandbits(64):016x} 거리의 보도는 언제 고칩니까?"
        asked = await self.answer("ask", who.line.ask(Ask, session=self.session, text=text), due)
        if asked is not None:
            who.asked.add(asked["question"])
            self.asked.add(asked["question"])

    async def vote(self, who: Attendee, due: float) -> None:
        free = [
            number for number in self.chance.sample(self.open, min(5, len(self.open)))
            if number not in who.backed and number not in who.asked
        ]  # fmt: skip
        if not free:
            self.failed[NOTHING_TO_VOTE_ON] += 1
            return
        who.backed.add(free[0])
        vote = who.line.ask(Vote, session=self.session, question=free[0], on=True)
        if await self.answer("vote", vote, due) is not None:
            self.voted.add((who.line.id, free[0]))

    def at_the_desk(self, me: Citizen, item: Map) -> None:
        """A moderator hears the desk: each takes the questions that fall to them."""
        if item["type"] != "live_qa.desk_changed":
            return
        row = item["question"]
        mine = self.moderators[row["question"] % len(self.moderators)] is me
        if mine and row["state"] == "pending" and "claimed_by" not in row:
            self.begin(self._approve(me, row))

    async def _approve(self, me: Citizen, row: Map) -> None:
        for model, word in ((Claim, "claim"), (Approve, "approve")):
            where: dict[str, Any] = {"session": self.session, "question": row["question"]}
            asked = me.ask(model, **where, version=row["version"])
            answer = await self.answer(word, asked, time.monotonic())
            if answer is None:
                return
            row = answer["row"]
        self.approved.add(row["question"])
        self.open.append(row["question"])

    async def go_on(self, seconds: float, first: int) -> int:
        """Questions and votes, each at its time; the number of questions asked."""
        start, questions, votes = time.monotonic(), 0, 0
        while True:
            next_question, next_vote = questions / self.questions_per_s, votes / self.votes_per_s
            due = start + min(next_question, next_vote)
            if due >= start + seconds:
                # What was begun last belongs to these seconds.
                await asyncio.sleep(0)
                return questions
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self.late_ms.append((time.monotonic() - due) * 1000)
            if next_question <= next_vote:
                number = first + questions
                self.begin(self.ask(self.attendees[number % len(self.attendees)], number, due))
                questions += 1
            else:
                votes += 1
                if self.open:
                    self.begin(self.vote(self.chance.choice(self.attendees), due))


async def come_in(served: Served, lines: Sequence[Citizen], district: str) -> int:
    """All of them in the district; how many did not get there."""
    door = asyncio.Semaphore(JOINING_AT_ONCE)

    async def come(line: Citizen) -> None:
        async with door:
            await line.come(served.port)
            await line.ask(Enter, district=district)

    came = await asyncio.gather(*(come(line) for line in lines), return_exceptions=True)
    return sum(isinstance(outcome, BaseException) for outcome in came)


async def open_evening(host: Citizen, district: str) -> str:
    """Schedules a question time there and begins it; its number."""
    now = round(time.time() * 1000)
    scheduled = await host.ask(
        Schedule,
        title={"ko": "시장과의 대화", "en": "Question time"},
        district=district,
        stage=STAGE,
        starts_at=now + 60_000,
        ends_at=now + EVENING_MS,
        collects_at=now,
        doors_at=now,
    )
    session = str(scheduled["session"])
    await host.ask(Advance, session=session, phase="live", mode="floor")
    return session


async def _evening(served: Served, crowd: Crowd, seed: int, window: Window) -> tuple[Figures, Evening]:
    names = [f"attendee-{number}" for number in range(crowd.citizens)]
    attendees = [Attendee(name, token_of(served, name)) for name in names]
    evening = Evening("", attendees, [], random.Random(seed))
    role = [f"moderator@{crowd.district}"]
    evening.moderators = [
        Citizen(name, token_of(served, name, roles=role), evening.at_the_desk)
        for name in (f"moderator-{number}" for number in range(MODERATORS))
    ]
    host = Citizen("host", token_of(served, "host", roles=[f"host@{crowd.district}"]))
    lines = [host, *evening.moderators, *(one.line for one in attendees)]
    away = await come_in(served, lines, crowd.district)
    evening.session = await open_evening(host, crowd.district)
    window.hear("settling", os.getpid())
    asked = await evening.go_on(crowd.settle, 0)
    late_before = metrics(served, (LATE_TICKS,))
    window.hear("measuring", os.getpid())
    evening.is_measured, evening.late_ms = True, []
    asked += await evening.go_on(crowd.seconds, asked)
    evening.is_measured = False
    window.hear("measured", os.getpid())
    late = sum(metrics(served, (LATE_TICKS,)).values()) - sum(late_before.values())
    while evening.doing:
        await asyncio.wait(evening.doing)
    await asyncio.sleep(QUIET_S)
    lost = away + sum(not line.is_here for line in lines)
    # Killed, not asked to go: what it then has on disk is what it had when it answered.
    os.kill(served.pid, signal.SIGKILL)
    return _figures(evening, crowd, lost, late), evening


def _figures(evening: Evening, crowd: Crowd, lost: int, late_ticks: float) -> Figures:
    attendees = evening.attendees
    orders = Counter(tuple(one.order) for one in attendees)
    return {
        "done_ms": {
            f"p{part}": float(np.percentile(evening.done_ms or [np.nan], part)) for part in (50, 90, 99)
        },
        "done_per_s": {word: count / crowd.seconds for word, count in sorted(evening.done.items())},
        "failed": sum(evening.failed.values()),
        "reasons": dict(evening.failed.most_common(10)),
        "published": len(evening.approved),
        "facts": sum(one.line.facts for one in attendees),
        "other_orders": len(attendees) - max(orders.values()),
        "unordered": sum(order != tuple(sorted(order)) for order in orders),
        "untold": max(0, len(evening.approved) - min(len(set(order)) for order in orders)),
        "misnumbered": sum(one.line.misnumbered for one in attendees),
        "votes_in_facts": sum(one.votes_in_facts for one in attendees),
        "counts_per_s": max(_rate(one.counted_at) for one in attendees),
        "counted": min(len(one.counted_at) for one in attendees),
        "lost": lost,
        "late_ticks": late_ticks,
        "driver_late_ms": float(np.percentile(evening.late_ms, 99)),
    }


def _rate(at: Sequence[float]) -> float:
    """A second, from the first to the last."""
    return (len(at) - 1) / (at[-1] - at[0]) if len(at) > 1 else 0.0


def not_kept(evening: Evening, entries: Sequence[Map]) -> int:
    """How much of what was answered `done` is not in the journal."""
    kept: dict[str, set[Any]] = {"live_qa.asked": set(), "live_qa.approved": set(), "live_qa.voted": set()}
    for entry in entries:
        if entry["type"] in kept:
            number = entry["event"]["question"]
            is_vote = entry["type"] == "live_qa.voted"
            kept[entry["type"]].add((entry["actor"], number) if is_vote else number)
    return (
        len(evening.asked - kept["live_qa.asked"])
        + len(evening.approved - kept["live_qa.approved"])
        + len(evening.voted - kept["live_qa.voted"])
    )


def play(scenario: Scenario, crowd: Crowd, seed: int, told: Told) -> Run:
    """The evening, and what its journal holds. Raises NotServed."""
    with kept_data() as data:
        with madang(scenario.settings, scenario.city, data) as served, driving():
            window = Window(served, told, account(served.pid))
            figures, evening = uvloop.run(_evening(served, crowd, seed, window))
        entries = [json.loads(line) for line in journal("export", data).splitlines()]
    return Run(crowd, {**figures, "not_kept": not_kept(evening, entries)}, window.use())


def _none(told: str, figure: str) -> Promise:
    return Promise(told, "at most", 0, "", seen(figure), across=max)


def _order(run: Run) -> float:
    return float(sum(run.seen[name] for name in ("other_orders", "unordered", "untold", "misnumbered")))


SCENARIO = Scenario(
    name="question_time",
    told="1,200 citizens, 60 votes/s, 20 questions/s, moderators who approve",
    crowd=Crowd("civil", 1_200, area=(240, 130, 370, 230), settle=5, seconds=20),
    city=SEOUL,
    played=play,
    promises=(
        Promise("from command to done, p99", "at most", 100, "ms", seen("done_ms", "p99")),
        Promise("votes done", "at least", VOTES_PER_S, "/s", seen("done_per_s", "vote")),
        Promise("questions done", "at least", QUESTIONS_PER_S, "/s", seen("done_per_s", "ask")),
        _none("commands refused or not answered", "failed"),
        _none("answered done and not in the journal after kill -9", "not_kept"),
        Promise("citizens told in another order, or not all", "at most", 0, "", _order, across=max),
        _none("votes told otherwise than as counts", "votes_in_facts"),
        Promise("counts to one citizen", "at most", 1.02, "/s", seen("counts_per_s"), across=max),
        Promise("counts to one citizen, the fewest", "at least", 10, "", seen("counted"), across=min),
        _none("ticks missed", "late_ticks"),
        _none("citizens lost or left outside", "lost"),
        Promise("the driver's own lateness, p99", "at most", DRIVER_LATE_MS, "ms", seen("driver_late_ms")),
    ),
)
