"""A crowd of bots in a real, tiny city."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.behaviours import BEHAVIOURS
from bots.crowd import Crowd, Fate, NoWayIn, deal, parse_mix, parse_tokens
from protocol.refusals import Farewell
from tests.support.patience import until
from tests.support.tiny_city import TinyCity

MIX = {"wander": 2, "idle": 1}


def test_a_mix_names_shares_and_one_is_meant_where_none_is_said() -> None:
    assert parse_mix("wander:6, commute:2,idle") == {"wander": 6, "commute": 2, "idle": 1}


@pytest.mark.parametrize(
    ("mix", "reason"),
    [
        ("dance:3", "no behaviour 'dance'"),
        ("wander:0", "share of wander"),
        ("wander:x", "share of wander"),
        ("wander,wander", "twice"),
        ("", "no behaviour ''"),
    ],
)
def test_a_wrong_mix_is_told_with_its_reason(mix: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_mix(mix)


def test_the_first_bots_of_a_behaviour_are_the_citizens_of_its_tokens() -> None:
    tokens = parse_tokens(["idle t1", "", "wander t2", "idle t3"])
    crowd = Crowd("http://city", {"wander": 1, "idle": 3}, count=8, seed=1, district="hall", tokens=tokens)
    held = [(bot.behaviour.name, bot.client.hello.token) for bot in crowd.bots]
    assert [token for name, token in held if name == "idle"] == ["t1", "t3", None, None, None, None]
    assert [token for name, token in held if name == "wander"] == ["t2", None]


@pytest.mark.parametrize("line", ["idle", "dance t1", "idle t1 t2"])
def test_a_line_that_is_no_behaviour_and_token_is_told_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_tokens(["idle t1", line])


@given(
    st.dictionaries(st.sampled_from(sorted(BEHAVIOURS)), st.integers(1, 9), min_size=1), st.integers(0, 200)
)
def test_behaviours_are_dealt_by_their_shares_at_every_moment(shares: dict[str, int], count: int) -> None:
    dealt = Counter(behaviour.name for behaviour in deal(shares, count))
    assert dealt.total() == count
    for name, share in shares.items():
        assert abs(dealt[name] - count * share / sum(shares.values())) < len(shares)


async def test_a_crowd_comes_in_lives_and_leaves_with_goodbyes() -> None:
    async with TinyCity() as city:
        crowd = Crowd(city.url, MIX, count=6, seed=1, district="hall", ramp_per_s=0)
        running = asyncio.create_task(crowd.run())
        await until(lambda: all(row.here == row.bots and row.seen == 5 * row.bots for row in crowd.rows()))
        assert {row.behaviour: row.bots for row in crowd.rows()} == {"wander": 4, "idle": 2}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert {bot.fate for bot in crowd.bots} == {Fate.LEFT}
        assert city.farewells == [Farewell.BYE] * 6


async def test_a_crowd_of_the_same_seed_is_the_same_crowd() -> None:
    crowds = [Crowd("http://127.0.0.1:1", MIX, 3, seed, "hall") for seed in (7, 7, 8)]
    draws = [[bot.chance.random() for bot in crowd.bots] for crowd in crowds]
    assert draws[0] == draws[1] != draws[2]
    assert [bot.client.hello.name for bot in crowds[0].bots] == ["Bot 1", "봇 2", "Bot 3"]


async def test_a_bot_with_which_the_city_parts_has_failed_and_the_others_live_on() -> None:
    async with TinyCity() as city:
        crowd = Crowd(city.url, MIX, count=2, seed=1, district="hall", ramp_per_s=0)
        running = asyncio.create_task(crowd.run())
        await until(lambda: all(bot.fate is Fate.HERE for bot in crowd.bots))
        await city.part(next(iter(city.guests.values())), Farewell.BANNED)
        await until(lambda: any(bot.fate is Fate.FAILED for bot in crowd.bots))
        assert list(crowd.faults().values()) == [1]
        assert "banned" in next(iter(crowd.faults()))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_bot_that_is_cut_off_when_its_time_ends_has_failed() -> None:
    async with TinyCity() as city:
        crowd = Crowd(city.url, MIX, count=2, seed=1, district="hall", ramp_per_s=0)
        running = asyncio.create_task(crowd.run())
        await until(lambda: all(bot.fate is Fate.HERE for bot in crowd.bots))
    await until(lambda: not any(row.here for row in crowd.rows()))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert crowd.faults() == {"the city could not be reached again": 2}


async def test_a_crowd_for_a_district_that_is_not_there_is_told_so_by_its_first_bot() -> None:
    async with TinyCity() as city:
        crowd = Crowd(city.url, MIX, count=50, seed=1, district="atlantis")
        with pytest.raises(NoWayIn, match=r"'atlantis': refused, not_found \(district\)"):
            await crowd.run()
        assert city.welcomed == 1
