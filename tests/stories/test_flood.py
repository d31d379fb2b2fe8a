"""A flood in one district, to the byte: what the other district is shown is the same with it and without."""

from typing import Any

from protocol.avatars import Emote
from protocol.chat import ChatSaid, Say
from protocol.poses import Frame
from tests.support.city import Person, Town, district

TICKS = 60


def evening(flooders: int) -> tuple[list[tuple[int, bytes]], list[str], Town]:
    """Two walk and talk in one district while others flood the other; what one of the two saw and heard."""
    town = Town(district("here"), district("there"), limits={"flooding_seconds": 0})
    walker, watcher = town.visitor(), town.visitor()
    for person in (walker, watcher):
        person.put("there", 50, 50)
    crowd = []
    for _ in range(flooders):
        flooder = town.visitor()
        flooder.put("here", 50, 50)
        crowd.append(flooder)
    begun = len(watcher.heard)
    for tick in range(TICKS):
        for flooder in crowd:
            pour(flooder, tick)
        walker.stand(50 + 0.5 * (tick % 2), 50, yaw=tick * 1_000)
        if tick % 20 == 10:
            assert walker.ask(Say, text=f"tick {tick}", to="district")["type"] == "done"
        town.tick()
    frames = [(item.tick_ms, item.payload) for item in watcher.heard[begun:] if isinstance(item, Frame)]
    return frames, [said.text for said in watcher.facts(ChatSaid)], town


def pour(flooder: Person, tick: int) -> None:
    """Sixty poses and forty commands in a tenth of a second, over and over."""
    for number in range(60):
        flooder.stand(50, 50, yaw=number)
    for number in range(20):
        command: dict[str, Any] = {"id": 1_000 + tick * 40 + number}
        flooder.say(flooder.session.send(Emote(**command, emote=5)))
        flooder.say(flooder.session.send(Say(id=command["id"] + 20, text="x" * 100, to="district")))


def test_what_one_district_is_shown_is_the_same_whatever_floods_another() -> None:
    quiet, quiet_heard, _ = evening(flooders=0)
    shown, heard, town = evening(flooders=20)
    assert shown == quiet
    assert heard == quiet_heard == ["tick 10", "tick 30", "tick 50"]
    assert len(shown) >= TICKS - 1
    poured = 20 * TICKS * 40
    refused = town.count("madang_limit_reached_total", limit="commands_per_s")
    assert refused > poured * 0.5
    assert town.count("madang_poses_total", result="over_rate") > 0
