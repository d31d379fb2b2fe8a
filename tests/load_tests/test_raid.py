"""The raid and the handshake flood: that what the hostile reach is counted, and that they are as many as is said."""

import asyncio
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from load_tests import hostile
from load_tests.hostile import KINDS, OF_EACH_KIND, Hostile, Raid
from load_tests.knocking import Knocking
from load_tests.scenarios import raid
from load_tests.scenarios.question_time import Evening
from load_tests.scenarios.raid import Act, Audience
from load_tests.serving import Served
from tests.support.patience import until

SEEN: dict[str, Any] = {
    "move_to_seen_ms": {"p99": 120.0},
    "pose_lateness_ms": {"p99": 2.0},
    "frames_per_s": {"min": 10.0},
    "contradictions": 0,
    "unseen_near": 0,
    "moved_back": 0,
}


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """A city's folder, in which its secret is; nobody serves it."""
    return Served(0, 1, tmp_path)


def raid_of(served: Served) -> Raid:
    return Raid(served, "civil", raid.SIZE, raid.DOOR, [("c1", (300.0, 180.0))], random.Random(1))


def test_three_hundred_come_of_six_kinds_half_of_them_visitors(served: Served) -> None:
    kinds = [kind for kind in KINDS for _ in range(OF_EACH_KIND)]
    people = [Hostile(raid_of(served), number, kind) for number, kind in enumerate(kinds)]
    assert (len(people), len({one.kind.name for one in people})) == (raid.HOSTILE, 6) == (300, 6)
    assert sum(one.line.token is None for one in people) == 150
    assert len({one.line.address for one in people}) == hostile.ADDRESSES


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.hz], ids=lambda kind: kind.name)
def test_each_kind_sends_what_it_is_called_after(served: Served, kind: hostile.Kind) -> None:
    one = Hostile(raid_of(served), 0, kind)
    sent: list[bytes] = []
    one.line.send = sent.append  # type: ignore[method-assign, assignment]
    for one.turn in range(6):
        kind.act(one)
    assert len(sent) >= 6
    assert len(set(sent)) > 1


def audience_of(*heard: tuple[float, str]) -> Audience:
    one = Audience("a", "")
    one.heard = list(heard)
    return one


def figures_of(act: Act) -> dict[str, Any]:
    return dict(raid._figures(act, SEEN, SEEN, 0))


def act_of(served: Served, *audience: Audience) -> Act:
    evening = Evening("qa-1", audience, [], random.Random(1), late_ms=[1.0], done_ms=[20.0])
    act = Act(True, True, audience, evening, raid=raid_of(served))
    assert act.raid is not None
    act.raid.ids = {"h1", "h2"}
    return act


def test_only_lines_of_the_hostile_are_counted_as_theirs(served: Served) -> None:
    act = act_of(served, audience_of((5.0, "h1"), (6.0, "c7")), audience_of((5.0, "h1"), (7.0, "h2")))
    assert (figures_of(act)["heard"], figures_of(act)["heard_when_shielded"]) == (3, 0)


def test_what_is_heard_a_second_after_the_shield_is_counted(served: Served) -> None:
    act = act_of(served, audience_of((10.5, "h1"), (10.99, "h2"), (11.0, "h2"), (30.0, "h1"), (30.0, "c7")))
    act.shielded_at = 10.0
    assert figures_of(act)["heard_when_shielded"] == 2


def test_a_refusal_is_counted_and_a_vote_that_nobody_sent_is_not(served: Served) -> None:
    act = act_of(served, audience_of())
    act.evening.failed["vote: nothing to vote on"] = 5
    assert figures_of(act)["failed"] == 0
    act.evening.failed["say: NotDone('too_fast: ')"] = 2
    assert figures_of(act)["failed"] == 2


def test_what_the_audience_hears_is_noted_with_who_said_it() -> None:
    one = audience_of()
    one.line._take({"type": "chat.said", "n": 1, "from": {"citizen": "h1"}, "text": "!"})
    assert [who for _, who in one.heard] == ["h1"]
    assert one.heard[0][0] <= time.monotonic()


def test_the_walkers_and_the_audience_are_a_thousand() -> None:
    crowd = raid.SCENARIO.crowd
    assert crowd.citizens == 1_000
    assert replace(crowd, citizens=crowd.citizens - 1 - raid.MODERATORS - raid.ATTENDEES).citizens == 700
    assert crowd.addresses == 700


async def test_who_knocks_comes_from_one_address_and_goes_again() -> None:
    peers: list[str] = []
    asked: list[bytes] = []
    left: list[None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        try:
            asked.append(await reader.read(1_000))
            writer.write(b"HTTP/1.1 429 Too Many Requests\r\n\r\n")
            await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()
            left.append(None)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        knocking = Knocking(server.sockets[0].getsockname()[1], per_s=200, slow_heads=3)
        task = asyncio.create_task(knocking.go_on())
        await until(lambda: knocking.answered > 4 and len(knocking.slow) == 3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert set(peers) == {"127.4.0.1"}
        assert any(b"\r\n\r\n" in head for head in asked)
        assert any(b"\r\n\r\n" not in head for head in asked)
        assert knocking.ended == knocking.begun
        await until(lambda: len(left) == len(peers))
