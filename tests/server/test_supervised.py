"""Places for the young over real sockets: in Seoul's education district, open while two youth workers are there."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from server.config import DEFAULT_CITY
from tests.support.moderated_town import Citizen, ModeratedTown
from tests.support.node import served

WORKER = {"roles": ["citizen", "official"], "grants": ["youth_worker"]}
CHILD = {"minor": True}
LEAVE_S = 3.0
"""In this Seoul people go out faster than in the city's own."""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[ModeratedTown]:
    seoul = tmp_path / "seoul"
    shutil.copytree(DEFAULT_CITY, seoul)
    plan = seoul / "districts" / "education.toml"
    hasty = plan.read_text("utf-8").replace("leave_s = 20.0", f"leave_s = {LEAVE_S}")
    plan.write_text(hasty, "utf-8")
    given: dict[str, Any] = {"city": {"path": seoul}, "crowd": {"tick_hz": 5}}
    async with served(tmp_path, **given) as at, AsyncExitStack() as leaving:
        yield ModeratedTown(at, tmp_path, leaving)


async def told(citizen: Citizen, state: str) -> Any:
    """What someone was told as the place turned."""
    return await citizen.guest.hear("district.supervised", state=state)


def lobby(citizen: Citizen) -> Any:
    """The lobby as it was told on arrival."""
    return next(zone for zone in citizen.place["zones"] if zone["id"] == "youth_lobby")


async def test_it_opens_with_the_second_worker_and_closes_with_the_first_who_goes(
    town: ModeratedTown,
) -> None:
    child = await (await town.welcome("child", **CHILD)).enter("education")
    assert not lobby(child)["may_enter"]
    assert "두 명 이상 있을 때만" in lobby(child)["closed"]["ko"]
    assert "only while two" in lobby(child)["closed"]["en"]
    refused = await child.refused("district.enter", district="education", at={"zone": "youth_lobby"})
    assert (refused["code"], refused["field"]) == ("closed", "at.zone")
    assert town.count("madang_refused_total", reason="closed") == 1

    one, two = await town.welcome("one", **WORKER), await town.welcome("two", **WORKER)
    await one.enter("education", at={"zone": "youth_lobby"})
    assert (await child.refused("district.enter", district="education", at={"zone": "youth_room_1"}))[
        "code"
    ] == ("closed")
    await two.enter("education", at={"zone": "youth_room_2"})
    opened = await told(child, "open")
    assert opened["zones"] == ["youth_lobby", "youth_room_1", "youth_room_2", "youth_room_3"]
    assert ("열렸습니다" in opened["text"]["ko"], "open" in opened["text"]["en"]) == (True, True)
    await child.enter("education", at={"zone": "youth_room_1"})
    assert lobby(child)["may_enter"]
    assert "closed" not in lobby(child)

    await two.enter("culture")
    closing = await told(child, "closing")
    assert closing["until"] - closing["at"] == pytest.approx(LEAVE_S * 1000, abs=500)
    assert not closing["may_enter"]
    assert (await told(one, "closing"))["may_enter"]
    late = await town.welcome("late", **CHILD)
    assert (await late.refused("district.enter", district="education", at={"zone": "youth_lobby"}))[
        "code"
    ] == "closed"
    await told(child, "closed")
    back = await child.guest.hear("avatar.moved_back", reason="not_allowed")
    assert not (60 <= back["x"] <= 120 and 152 <= back["z"] <= 184)
    assert town.count("madang_limit_reached_total", limit="supervised") == 1
    assert await one.guest.is_well()


async def test_an_adult_is_told_nothing_of_it_and_comes_in_at_no_time(town: ModeratedTown) -> None:
    adult = await (await town.welcome("adult")).enter("education")
    assert (lobby(adult)["may_enter"], "closed" in lobby(adult)) == (False, False)
    for name in ("one", "two"):
        worker = await (await town.welcome(name, **WORKER)).enter("education", at={"zone": "youth_lobby"})
    await told(worker, "open")
    child = await (await town.welcome("child", **CHILD)).enter("education")
    await child.enter("education", at={"zone": "youth_lobby"})
    refused = await adult.refused("district.enter", district="education", at={"zone": "youth_lobby"})
    assert (refused["code"], refused["field"]) == ("not_allowed", "at.zone")
    assert await adult.guest.is_well()
    assert not any(type(item) is dict and item["type"] == "district.supervised" for item in adult.guest.heard)
