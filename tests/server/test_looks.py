"""How people look while the shield is up, over real sockets: plainly where nobody knows them or what they wear."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import AheadClock
from tests.support.moderated_town import MODERATOR, ModeratedTown, moderated_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[ModeratedTown]:
    async with moderated_town(tmp_path) as town:
        yield town


async def test_the_shield_shows_newcomers_plain(town: ModeratedTown) -> None:
    moderator = await town.citizen("mod", **MODERATOR)
    await moderator.do("avatar.change", avatar={"model": "officer-1"})
    early = await town.citizen("early")
    await early.do("avatar.change", avatar={"model": "loud-1"})
    slots = [moderator.place["slot"], early.place["slot"]]

    async def looks() -> list[Any]:
        seen = (await early.do("avatar.who", slots=slots))["avatars"]
        return [one.get("avatar") for one in sorted(seen, key=lambda one: slots.index(one["slot"]))]

    assert await looks() == [{"model": "officer-1"}, {"model": "loud-1"}]
    await moderator.do("moderation.set_mode", scope="hall", shield=True)
    assert "shield_until" in (await early.guest.hear("moderation.mode_changed"))["mode"]
    assert await looks() == [{"model": "officer-1"}, None]
    refused = await early.refused("avatar.change", avatar={"model": "loud-2"})
    assert (refused["code"], refused["retry_after_ms"] > 0) == ("not_allowed", True)


async def test_the_shield_shows_unknown_avatars_plain_to_all_and_gives_them_back(tmp_path: Path) -> None:
    clock = AheadClock()
    async with moderated_town(tmp_path, clock, limits={"chat_per_s": 0, "who_per_s": 0}) as town:
        await town.welcome("kim")
    clock.move(8 * 86_400)
    slogan, hanbok = {"model": "slogan", "tint": 0xFF0000}, {"model": "hanbok"}
    async with moderated_town(tmp_path, clock, limits={"chat_per_s": 0, "who_per_s": 0}) as town:
        [kim, lee] = [await town.citizen(name) for name in ("kim", "lee")]
        moderator = await town.citizen("mod", **MODERATOR)
        slot = kim.place["slot"]
        await kim.do("avatar.change", avatar=slogan)
        assert (await lee.guest.hear("avatar.changed", slot=slot))["avatar"] == slogan

        async def look() -> Any:
            [card] = (await lee.do("avatar.who", slots=[slot]))["avatars"]
            return card.get("avatar")

        mode = (await moderator.do("moderation.set_mode", scope="hall", shield=True))["mode"]
        shown = await kim.guest.hear("avatar.shown")
        assert ("avatar" in shown, shown["until"]) == (False, mode["shield_until"])
        assert "avatar" not in await lee.guest.hear("avatar.changed", slot=slot)
        assert await look() is None

        await kim.do("avatar.change", avatar=hanbok)
        assert (await kim.guest.hear("avatar.shown"))["avatar"] == hanbok
        assert (await lee.guest.hear("avatar.changed", slot=slot))["avatar"] == hanbok
        await kim.do("avatar.change", avatar=slogan)
        assert "until" in await kim.guest.hear("avatar.shown")
        assert "avatar" not in await lee.guest.hear("avatar.changed", slot=slot)

        await moderator.do("moderation.set_mode", scope="hall", shield=False)
        assert (await kim.guest.hear("avatar.shown"))["avatar"] == slogan
        assert (await lee.guest.hear("avatar.changed", slot=slot))["avatar"] == slogan
        assert await look() == slogan
        assert town.count("madang_effects_total", kind="readlooks") == 2
