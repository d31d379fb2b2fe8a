"""The scenarios in which citizens act: that what was lost, doubled or told in another order is counted."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from load_tests.accounts import Account
from load_tests.citizens import Citizen
from load_tests.scenario import Run, Use, judge
from load_tests.scenarios import (
    SCENARIOS,
    handshake_flood,
    petition_storm,
    question_time,
    raid,
    reconnect_storm,
    restart,
)
from load_tests.scenarios.petition_storm import Petitioner
from load_tests.scenarios.question_time import Attendee, Evening
from load_tests.scenarios.reconnect_storm import Hearer, Talk
from server.config import Data
from server.host import ROUND_COMMANDS
from server.journals.sql import SqlJournal

ACCOUNT = Account(1.0, 200_000_000, 210_000_000, 8_192)

RAIDED: dict[str, Any] = {
    "near_ms": 200.0,
    "elsewhere_ms": 110.0,
    "done_ms": 60.0,
    "heard": 900,
    "peak_mb": 420.0,
    "driver_late_ms": 4.0,
    "commands_late_ms": 5.0,
    "limits": {raid.FLOODING: 120.0},
    **dict.fromkeys(("heard_when_shielded", "failed", "lost", "mistakes"), 0),
}
SPOILT: dict[str, Any] = {
    "near_ms": 351.0, "elsewhere_ms": 121.0, "done_ms": 101.0, "heard": 0, "peak_mb": 900.0,
    "driver_late_ms": 80.0, "commands_late_ms": 80.0, "limits": {},
    **dict.fromkeys(("heard_when_shielded", "failed", "lost", "mistakes"), 1),
}  # fmt: skip
FLOODED: dict[str, Any] = {
    "knocks_per_s": 1_900.0,
    "seen_ms": 110.0,
    "frames_per_s": 10.0,
    "came_in": 80,
    "come_in_ms": 40.0,
    "peak_mb": 220.0,
    "driver_late_ms": 2.0,
    "limits": {handshake_flood.REFUSALS[0]: 28_000.0, handshake_flood.REFUSALS[1]: 2_000.0},
    **dict.fromkeys(("kept_outside", "mistakes", "lost"), 0),
}
SHUT: dict[str, Any] = {
    "knocks_per_s": 100.0, "seen_ms": 190.0, "frames_per_s": 5.0, "came_in": 2, "come_in_ms": 9_000.0,
    "peak_mb": 900.0, "driver_late_ms": 80.0, "limits": {},
    **dict.fromkeys(("kept_outside", "mistakes", "lost"), 1),
}  # fmt: skip

GOOD: dict[str, dict[str, Any]] = {
    "question_time": {
        "done_ms": {"p99": 60.0},
        "done_per_s": {"vote": 60.0, "ask": 20.0},
        "counts_per_s": 1.0,
        "counted": 24,
        "driver_late_ms": 3.0,
        **dict.fromkeys(("failed", "not_kept", "votes_in_facts", "late_ticks", "lost"), 0),
        **dict.fromkeys(("other_orders", "unordered", "untold", "misnumbered"), 0),
    },
    "reconnect_storm": {
        "back_s": 4.0,
        "resumed": 2_000,
        "said": 170,
        **dict.fromkeys(("late", "lost", "doubled", "misnumbered", "other_orders", "unsaid"), 0),
    },
    "petition_storm": {
        "answered": 2_000,
        "repeated": 300,
        "start_s": 3.0,
        **dict.fromkeys(("lost", "doubled", "unsound", "refused"), 0),
    },
    "raid": {
        "calm": {"elsewhere_ms": 100.0, "peak_mb": 390.0},
        "raided": RAIDED,
        "shielded": RAIDED,
    },
    "handshake_flood": {"calm": {"seen_ms": 105.0, "peak_mb": 200.0}, "flooded": FLOODED},
    "restart": {"ready_s": 6.0, "answered_s": 6.1, "resident_mb": 800.0, "each_kb": 4.5},
}

BAD: dict[str, dict[str, Any]] = {
    "question_time": {
        "done_ms": {"p99": 101.0},
        "done_per_s": {"vote": 59.9, "ask": 19.9},
        "counts_per_s": 2.0,
        "counted": 0,
        "driver_late_ms": 80.0,
        **dict.fromkeys(("failed", "not_kept", "votes_in_facts", "late_ticks", "lost", "misnumbered"), 1),
    },
    "reconnect_storm": {
        "back_s": 11.0,
        "resumed": 1_999,
        "said": 0,
        **dict.fromkeys(("late", "lost", "doubled", "misnumbered", "other_orders", "unsaid"), 1),
    },
    "petition_storm": {
        "answered": 0,
        "repeated": 0,
        "start_s": 6.0,
        **dict.fromkeys(("lost", "doubled", "unsound", "refused"), 1),
    },
    "raid": {"raided": SPOILT, "shielded": SPOILT},
    "handshake_flood": {"flooded": SHUT},
    "restart": {"ready_s": 11.0, "answered_s": 11.0, "resident_mb": 9_000.0, "each_kb": 80.0},
}

PLAYED = [name for name, scenario in SCENARIOS.items() if scenario.played is not None]


@pytest.mark.parametrize("name", PLAYED)
def test_every_promise_of_a_played_scenario_can_be_kept_and_broken(name: str) -> None:
    scenario = SCENARIOS[name]
    good = Run(scenario.crowd, GOOD[name], Use(0.5, 0.0, ACCOUNT, ACCOUNT))
    bad = replace(good, seen={**GOOD[name], **BAD[name]})
    assert [promise.told for promise in scenario.promises if not judge(promise, [good]).held] == []
    assert [promise.told for promise in scenario.promises if judge(promise, [bad]).held] == []


# Citizens


def test_a_citizen_counts_facts_that_were_lost_or_told_again() -> None:
    heard: list[int] = []
    me = Citizen("me", "", lambda _, item: heard.append(item["n"]))
    for n in (1, 2, 2, 4, 5):
        me._take({"type": "chat.said", "n": n})
    assert (me.facts, me.misnumbered, heard) == (5, 2, [1, 2, 2, 4, 5])


# Petitions


def petitioner(**answered: set[str]) -> Petitioner:
    return Petitioner("p", "", random.Random(1), answered=answered)


def test_what_was_answered_and_is_there_once_is_neither_lost_nor_doubled() -> None:
    figures = petition_storm.compare(
        [petitioner(k1={"a"}, k2={"b"})], [frozenset({"a", "b"})], ["k1", "k2", "k3"]
    )
    assert (figures["answered"], figures["lost"], figures["doubled"]) == (2, 0, 0)


def test_what_was_answered_and_is_not_shown_or_not_in_the_journal_is_lost() -> None:
    one = petitioner(k1={"a"}, k2={"b"})
    assert petition_storm.compare([one], [frozenset({"a"})], ["k1", "k2"])["lost"] == 1
    assert petition_storm.compare([one], [frozenset({"a", "b"})], ["k1"])["lost"] == 1


def test_a_key_that_filed_twice_is_doubled() -> None:
    one = petitioner(k1={"a", "b"})
    assert petition_storm.compare([one], [frozenset({"a", "b"})], ["k1"])["doubled"] == 1
    assert petition_storm.compare([petitioner(k1={"a"})], [frozenset({"a"})], ["k1", "k1"])["doubled"] == 1
    assert petition_storm.compare([petitioner(k1={"a"})], [frozenset({"a", "x"})], ["k1"])["doubled"] == 1


# Reconnecting


def hearer(*heard: str) -> Hearer:
    one = Hearer("h", "")
    one.heard, one.line.resumed, one.back_s = list(heard), 1, 2.0
    return one


def test_lines_not_heard_heard_twice_or_in_another_order_are_counted() -> None:
    talk = Talk(said=["m1", "m2"])
    figures = reconnect_storm.reckon([hearer("m1", "m2"), hearer("m1", "m2"), hearer("m2", "m1")], talk, 0)
    assert (figures["lost"], figures["doubled"], figures["other_orders"]) == (0, 0, 1)
    figures = reconnect_storm.reckon([hearer("m1"), hearer("m1", "m2", "m2")], talk, 1)
    assert (figures["lost"], figures["doubled"], figures["late"], figures["resumed"]) == (1, 1, 1, 2)


# Question time


def attendee(*order: int) -> Attendee:
    one = Attendee("a", "")
    for n, version in enumerate(order, 1):
        item: dict[str, Any] = {
            "type": "live_qa.question_changed",
            "n": n,
            "version": version,
            "question": {},
        }
        one.line._take(item)
    return one


def figures_of(*attendees: Attendee, approved: int = 2) -> dict[str, Any]:
    evening = Evening("qa-1", attendees, [], random.Random(1), late_ms=[1.0], approved=set(range(approved)))
    return dict(question_time._figures(evening, question_time.SCENARIO.crowd, 0, 0.0))


def test_who_hears_facts_in_another_order_or_not_all_is_counted() -> None:
    same = figures_of(attendee(3, 7), attendee(3, 7))
    assert (same["other_orders"], same["unordered"], same["untold"]) == (0, 0, 0)
    other = figures_of(attendee(3, 7), attendee(3, 7), attendee(7, 3))
    assert (other["other_orders"], other["unordered"]) == (1, 1)
    assert figures_of(attendee(3), attendee(3))["untold"] == 1


def test_votes_that_are_told_as_facts_are_counted() -> None:
    one = attendee(1)
    one.hear(one.line, {"type": "live_qa.question_changed", "version": 2, "question": {"backers": 9}})
    assert figures_of(one)["votes_in_facts"] == 1


def test_what_was_answered_done_and_is_not_in_the_journal_is_counted() -> None:
    evening = Evening("qa-1", [], [], random.Random(1))
    evening.asked, evening.approved, evening.voted = {1, 2}, {1}, {("c1", 1), ("c2", 1)}
    entries: list[dict[str, Any]] = [
        {"type": "live_qa.asked", "actor": "c9", "event": {"question": 1}},
        {"type": "live_qa.approved", "actor": "m", "event": {"question": 1}},
        {"type": "live_qa.voted", "actor": "c1", "event": {"question": 1}},
        {"type": "petitions.drafted", "actor": "c1", "event": {}},
    ]
    assert question_time.not_kept(evening, entries) == 2


# Restarting


async def test_the_journal_is_filled_with_every_petition_although_a_round_takes_fewer(tmp_path: Path) -> None:
    petitions = 2 * ROUND_COMMANDS + 1
    await restart._fill(tmp_path, petitions)
    journal = SqlJournal.of(Data(dir=tmp_path))
    await journal.open()
    try:
        filed = [entry.version async for entry in journal.read() if entry.type == "petitions.submitted"]
        snapshot = await journal.newest_snapshot()
    finally:
        await journal.close()
    assert snapshot is not None
    assert len(filed) == petitions + restart.TAIL
    assert sum(version <= snapshot.version for version in filed) == petitions
