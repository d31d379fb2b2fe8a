"""A question time in three halls over real sockets: one list, one queue, one poll, and a speaker whom all see."""

import hashlib
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import pytest

from bots.client import Client, Refused
from protocol.ballot import ballot_id
from protocol.poses import FRAME_EXT, read_frame
from tests.support.moderated_town import Citizen, ModeratedTown, mirrored_city, moderated_town
from tests.support.patience import until
from tests.support.proxy import Proxy

HOUR_MS = 3_600_000
SESSION = {"session": "qa-1"}


async def announced(host: Citizen) -> None:
    now = int(time.time() * 1000)
    times = {"starts_at": now + HOUR_MS, "ends_at": now + 2 * HOUR_MS}
    title = {"ko": "이장과의 시간", "en": "An hour with the chief"}
    options = {"is_screened": False, "hide_counts": "never"}
    await host.do("live_qa.schedule", title=title, district="hall", stage="lectern", options=options, **times)
    await host.do("live_qa.advance", **SESSION, phase="live", mode="floor")


async def sees_on_stage(citizen: Citizen, slot: int) -> tuple[float, float]:
    """Where someone on the stage is, as the next frame that tells of them says, in metres."""
    while True:
        frame = await citizen.guest.hear(FRAME_EXT)
        assert isinstance(frame, msgpack.ExtType)
        for block in read_frame(frame.data).blocks():
            if block.on_stage and int(block.entries["slot"][0]) == slot:
                return float(block.entries["x"][0]) / 100, float(block.entries["z"][0]) / 100


def ballot(name: str, choice: int) -> dict[str, Any]:
    receipt = ballot_id(hashlib.sha256(name.encode()).digest()[:16])
    return {**SESSION, "poll": 1, "key": name, "ballot": receipt, "choices": [choice]}


async def eight_come(town: ModeratedTown) -> tuple[Citizen, list[Citizen]]:
    host = await town.citizen("host", roles=["host"])
    names = ("가람", "나래", "다온", "라온", "마루", "바다", "사랑", "아라")
    # Before the house, within earshot of its stage.
    people = [await (await town.welcome(name)).enter(at={"x": 12, "z": 22}) for name in names]
    assert [one.place.get("hall", 0) for one in (host, *people)] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    return host, people


async def counted(citizen: Citizen, is_it: Callable[[Any], bool]) -> Any:
    while True:
        told = (await citizen.guest.hear("live_qa.poll_changed"))["poll"]
        if is_it(told):
            return told


async def test_a_question_time_in_three_halls(tmp_path: Path) -> None:
    mirrored_city(tmp_path, mirrors=2)
    crowd = {"district_capacity": 3, "reserved_share": 0}
    async with moderated_town(tmp_path, crowd=crowd) as town:
        host, people = await eight_come(town)
        main, first, second = people[:2], people[2:5], people[5:]
        late = await town.welcome("늦은이")
        assert (await late.refused("district.enter", district="hall"))["code"] == "full"
        await announced(host)

        # One list: asked in the last hall, voted for in the others, read by all.
        asked = await second[0].do(
            "live_qa.ask", **SESSION, text="마을 도서관을 더 열 수 있나요?", category="other"
        )
        number = asked["question"]
        for voter in (main[0], first[0], first[1]):
            backers = (await voter.do("live_qa.vote", **SESSION, question=number))["backers"]
        assert backers == 4
        for reader in (main[1], first[2], second[2]):
            (seen,) = (await reader.do("live_qa.look", **SESSION))["audience"]["questions"]
            assert (seen["question"], seen["backers"]) == (number, 4)

        # One queue: who is in the main hall comes before a mirror, whatever their client says.
        await first[0].do("live_qa.raise_hand", **SESSION, lane="hall")
        await second[0].do("live_qa.raise_hand", **SESSION, lane="need")
        await main[0].do("live_qa.raise_hand", **SESSION)
        hands = (await host.do("live_qa.look", **SESSION, view="host"))["host"]["hands"]
        assert [(hand["citizen"], hand["lane"]) for hand in hands] == [
            (second[0].id, "need"),
            (main[0].id, "hall"),
            (first[0].id, "away"),
        ]

        # A speaker from a mirror stands on the one stage, for all halls, and goes back to their own.
        speaker = first[0]
        slot = speaker.place["slot"]
        await host.do("live_qa.steer_floor", **SESSION, action="give", citizen=speaker.id)
        await speaker.do("live_qa.take_floor", **SESSION)
        for watcher in (main[1], first[1], second[1], host):
            assert await sees_on_stage(watcher, slot) == (9.0, 12.0)
        await speaker.say("안녕하세요")
        for hearer in (main[1], first[1], second[1]):
            await hearer.hears("안녕하세요")
        await host.do("live_qa.steer_floor", **SESSION, action="end")
        district = town.at.node.router.crowds["hall"].district
        await until(lambda: slot not in district.performers)
        assert district.stand(slot)[0] == speaker.place["x"]
        assert district.hall_of(slot) == 1

        # One poll: all who are in any hall are present, and every ballot is in one box.
        await host.do("live_qa.advance", **SESSION, phase="live", mode="poll")
        answers = [{"ko": "예", "en": "Yes"}, {"ko": "아니요", "en": "No"}]
        question = {"ko": "도서관을 더 열까요?", "en": "Open the library longer?"}
        await host.do("live_qa.open_poll", **SESSION, question=question, answers=answers, lasts_s=600)
        opened = await counted(second[2], lambda poll: poll["state"] == "open")
        assert opened["present"] == 9
        for voter in (main[0], main[1], first[1], second[1]):
            await voter.do("live_qa.cast", **ballot(voter.id, 1))

        # A mirror goes: its people get seats, and nothing of theirs is lost.
        for goer in (main[1], second[0], second[1]):
            await goer.do("district.enter", district="green")
        done = await host.do("district.close_hall", district="hall", hall=2)
        assert done == {"reseated": 1}
        moved = await second[2].guest.hear("district.reseated")
        assert (moved["district"], moved["hall"]) == ("hall", 0)
        await second[2].do("live_qa.cast", **ballot(second[2].id, 2))
        await host.do("live_qa.close_poll", **SESSION, poll=1)
        told = await counted(first[2], lambda poll: poll["state"] not in ("open", "closed"))
        assert [answer["votes"] for answer in told["answers"]] == [4, 1]
        hands = (await host.do("live_qa.look", **SESSION, view="host"))["host"]["hands"]
        assert {hand["citizen"] for hand in hands} == {second[0].id, main[0].id}
        (seen,) = (await second[2].do("live_qa.look", **SESSION))["audience"]["questions"]
        assert seen["backers"] == 4

        # One crosses where a seat is free; a line that breaks goes on in the same hall.
        refused = await first[1].refused("district.enter", district="hall", hall=0)
        assert (refused["code"], refused["field"]) == ("full", "hall")
        await main[0].guest.line.close(1000)
        await until(lambda: district.halls.people == [2, 3])
        crossed = await first[1].do("district.enter", district="hall", hall=0)
        assert (crossed["hall"], crossed["halls"]) == (0, [3, 2])


async def test_a_program_crosses_into_another_hall_and_comes_back_into_it_over_a_new_line(
    tmp_path: Path,
) -> None:
    mirrored_city(tmp_path, mirrors=1)
    seats = {"district_capacity": 2, "reserved_share": 0}
    async with (
        moderated_town(tmp_path, crowd=seats) as town,
        Proxy(*town.at.host_and_port, random.Random(7), longest_bytes=0, unnoticed=0) as tunnels,
        Client(f"http://{town.at.address}") as mina,
        Client(tunnels.url) as juno,
        Client(f"http://{town.at.address}") as third,
    ):
        for one in (mina, juno, third):
            await one.enter("hall")
        assert [(one.hall, one.halls) for one in (mina, third)] == [(0, []), (1, [2, 1])]
        with pytest.raises(Refused):
            await third.enter("hall", hall=0)
        await juno.enter("hall", hall=1)
        assert (juno.hall, juno.halls) == (1, [1, 2])
        await until(lambda: list(juno.others()) == [third.place.slot])

        tunnels.is_kind = False
        tunnels.cut_all()
        await until(lambda: town.count("madang_sessions_detached") == 1)
        tunnels.is_kind = True
        await until(lambda: juno.is_here and juno.resumed)
        assert (juno.hall, juno.halls) == (1, [1, 2])
        await until(lambda: list(juno.others()) == [third.place.slot])
