"""An hour in the smallest city: `madang serve` as anyone starts it, two citizens who meet, and its end."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgpack
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bots.client import Blocked, Client, Parted, Refused
from protocol.chat import ChatSaid
from protocol.districts import EnteredZone, LeftZone
from protocol.poses import WAVE
from protocol.refusals import Farewell, Refusal
from tests.support.node import HAMLET
from tests.support.patience import until

PATIENCE_S = 120
"""How long a process may take, on a busy machine, before a test gives up."""


@pytest.fixture
def madang(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The server as a process of its own, on any free port."""
    words = ["serve", "--port", "0", "--data", str(tmp_path), "--city", str(HAMLET)]
    sets = ["--set", "drain.seconds=1", "--set", "limits.enter_at_per_s=0"]
    with subprocess.Popen(
        [sys.executable, "-m", "server", *words, *sets],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture
async def url(madang: subprocess.Popen[str]) -> str:
    assert madang.stdout is not None
    line = await asyncio.wait_for(asyncio.to_thread(madang.stdout.readline), PATIENCE_S)
    found = re.search(r"http://[\d.:]+/", line)
    assert found, line
    return found[0]


def token(folder: Path, *words: str) -> str:
    """What `madang token` prints."""
    command = [sys.executable, "-m", "server", "token", "--data", str(folder), *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    ).stdout.strip()


async def test_two_meet_in_the_hall_and_talk_and_one_door_is_only_for_one_of_them(
    url: str, tmp_path: Path
) -> None:
    chief = await asyncio.to_thread(
        token, tmp_path, "--sub", "lee", "--name", "이장", "--role", "citizen", "--grant", "chief"
    )
    async with Client(url, name="Mina", locale="en") as mina, Client(url, chief) as lee:
        heard: list[str] = []
        zones: list[str] = []
        mina.on(ChatSaid)(lambda said: heard.append(f"{said.from_.name}: {said.text}"))
        lee.on(EnteredZone)(lambda fact: zones.append(f"+{fact.zone}"))
        lee.on(LeftZone)(lambda fact: zones.append(f"-{fact.zone}"))

        # Mina comes from the green through the portal; the chief is inside already.
        await mina.enter("green")
        await lee.enter("hall", near=(22.0, 11.0))
        [gate] = mina.place.portals
        assert (gate.to, gate.open) == ("hall", True)
        hall = await mina.enter(gate.to, portal=gate.to_portal)
        assert {zone.id: zone.may_enter for zone in hall.zones} == {"meeting_room": True, "office": False}
        await until(lambda: set(mina.others()) == {lee.place.slot} and set(lee.others()) == {mina.place.slot})

        # They see each other where they stand, to the centimetre.
        shown = mina.others()[lee.place.slot]
        assert (shown.x, shown.z) == pytest.approx((22.0, 11.0), abs=0.01)
        [card] = await mina.who([lee.place.slot])
        assert (card.name, card.roles) == ("이장", ["citizen"])
        await lee.emote(WAVE)
        await until(lambda: mina.others()[lee.place.slot].stance == WAVE)

        # They talk.
        said = await lee.say("어서 오세요", "district")
        assert said.heard_by == 1
        await until(lambda: heard == ["이장: 어서 오세요"])
        with pytest.raises(Refused) as refused:
            await mina.say("hello?", "zone")
        assert refused.value.code is Refusal.NOT_HERE

        # The chief's office: its door is closed, but for the chief.
        await lee.walk_to(29.0, 11.0, speed=8.0)
        await until(lambda: len(zones) == 3)
        assert zones[0] == "+meeting_room"
        assert set(zones[1:]) == {"-meeting_room", "+office"}
        await mina.enter("hall", near=(22.0, 11.0))
        with pytest.raises(Blocked):
            await mina.walk_to(29.0, 11.0, speed=8.0, detours=0)
        assert mina.x < 24
        with pytest.raises(Refused) as refused:
            await mina.enter("hall", zone="office")
        assert refused.value.code is Refusal.NOT_ALLOWED
        await until(lambda: abs(mina.others()[lee.place.slot].x - 29.0) < 0.011)

        # The chief comes in by another window.
        async with Client(url, chief) as again:
            with pytest.raises(Parted) as parted:
                await lee.until_end()
            assert parted.value.goodbye.code is Farewell.SUPERSEDED
            await again.enter("hall")
            await until(lambda: set(mina.others()) == {again.place.slot})


async def test_at_its_end_the_city_says_goodbye_to_everyone(url: str, madang: subprocess.Popen[str]) -> None:
    address = url.replace("http", "ws") + "ws"
    lines = [await connect(address, compression=None, proxy=None) for _ in range(5)]
    for line in lines:
        await line.send(msgpack.packb({"type": "hello", "protocol": 1}))
        await line.recv()
    madang.send_signal(signal.SIGTERM)
    for line in lines:
        told = []
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionClosed):
                async for word in line:
                    told.append(msgpack.unpackb(word))
        assert [word["type"] for word in told] == ["server.draining", "goodbye"]
        assert (told[1]["code"], told[1]["retry"], line.close_code) == ("draining", "now", 1012)
    assert await asyncio.to_thread(madang.wait, PATIENCE_S) == 0
    assert madang.stderr is not None
    assert "Traceback" not in madang.stderr.read()
