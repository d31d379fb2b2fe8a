"""A full disk under a whole city: what must last is refused, the crowd moves on, and it heals by itself."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import msgpack
import pytest

from protocol.poses import encode_pose
from tests.server.test_journal_trouble import limit_pages
from tests.support.node import PATIENCE_S, Guest
from tests.support.patience import until
from tests.support.web_city import a_petition, web_city

MOST_PETITIONS = 20
"""So many find no room in what is left on a page here and there."""


async def file(guest: Guest, id: int) -> dict[str, Any]:
    """A petition of 12 kB is filed; the answer."""
    await guest.say(
        type="petitions.file", id=id, key=f"key {id}", **a_petition(text="가" * 4_000, publish=False)
    )
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for item in guest.heard:
                if isinstance(item, dict) and item.get("id") == id:
                    guest.heard.remove(item)
                    return item
            value = msgpack.unpackb(await guest.line.recv())
            guest.heard += value if isinstance(value, list) else [value]


async def test_while_the_disk_is_full_petitions_are_unavailable_poses_go_on_and_it_heals(
    tmp_path: Path,
) -> None:
    async with (
        web_city(tmp_path, limits={"commands_per_s": 0}) as city,
        city.city.guest() as mina,
        city.city.guest() as junho,
    ):
        node = city.city.node
        district = node.router.crowds["green"].district
        await junho.greet(token=city.tokens["junho"])
        await junho.enter("green")
        await mina.greet(token=city.tokens["mina"])
        there = await mina.enter("green")
        assert (await file(mina, 2))["type"] == "done"

        await limit_pages(node.journal, 0)
        for id in range(3, 3 + MOST_PETITIONS):
            answer = await file(mina, id)
            if answer["type"] == "refused":
                break
        assert (answer["type"], answer["code"]) == ("refused", "unavailable")
        assert answer["retry_after_ms"] > 0

        def stands_at(x: float) -> bool:
            return bool(district.stand(there["slot"])[0] == pytest.approx(x, abs=0.001))

        # Nobody is frozen, nobody is thrown out; again and again nothing is kept.
        for step in range(1, 4):
            assert (await file(mina, 100 + step))["code"] == "unavailable"
            x = there["x"] + 0.4 * step
            await mina.say_bytes(encode_pose(x, 0, there["z"], 0, 1))
            await until(partial(stands_at, x))
            assert await junho.is_well()
        assert await junho.hear(2), "frames still come"
        assert (await city.browser.get("/livez")).status_code == 200

        await limit_pages(node.journal, None)
        kept = await file(mina, 200)
        assert kept["type"] == "done"
        page = (await city.get("/api/v1/petitions/mine", "mina")).json()
        assert page["items"][0]["petition"] == kept["result"]["petition"]
        assert (await node.journal.verify()).faults == ()
