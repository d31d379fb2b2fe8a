"""A token that ends: what was opened with it ends too, by whichever way it came; a fresh one goes on in its place."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.server.test_logins import Trusting, trusting
from tests.support.clock import AheadClock
from tests.support.issuer import Issuer, running_issuer
from tests.support.node import Guest
from tests.support.patience import until
from tests.support.reader import Reader

LEFT_S = 30
"""How long the tokens here are still good, in seconds."""


@pytest.fixture
def clock() -> AheadClock:
    return AheadClock()


@pytest.fixture
async def city(tmp_path: Path, clock: AheadClock) -> AsyncIterator[Trusting]:
    async with trusting(tmp_path, None, clock=clock, auth={"leeway_seconds": 0}) as city:
        yield city


def ending(city: Trusting, **claims: Any) -> str:
    """A token that is good for half a minute more."""
    return city.own_token(ago_s=3_600 - LEFT_S, **claims)


async def parted(city: Trusting, **hello: Any) -> dict[str, Any]:
    """Someone comes in and their line breaks; with what they resume."""
    async with city.city.guest() as guest:
        welcome = await guest.greet(**hello)
        guest.line.transport.abort()
    await until(lambda: city.city.count("madang_sessions_detached") == 1)
    return {"session": welcome["session"], "key": welcome["resume_key"], "last": 0}


async def is_ended(guest: Guest) -> bool:
    """Whether they are told that their token is not good any more."""
    goodbye, closed_with = await guest.ended()
    return (goodbye["code"], goodbye["retry"], closed_with) == ("bad_token", "never", 4401)


async def test_a_session_ends_soon_after_its_token_and_a_visitors_does_not(
    city: Trusting, clock: AheadClock
) -> None:
    async with (
        city.welcomed(token=ending(city, roles=["moderator"])) as (guest, _),
        city.welcomed() as (visitor, _),
    ):
        clock.move(LEFT_S - 5)
        await guest.say(type="ping", t=1)
        await guest.hear("pong")
        clock.move(6)
        assert await is_ended(guest)
        await visitor.say(type="ping", t=1)
        await visitor.hear("pong")
        assert city.city.count("madang_tokens_refused_total", reason="expired") == 1
        assert city.city.count("madang_connections_closed_total", reason="bad_token") == 1


async def test_an_old_key_alone_resumes_no_session_whose_token_has_ended(
    city: Trusting, clock: AheadClock
) -> None:
    resume = await parted(city, token=ending(city, roles=["moderator"]))
    clock.move(LEFT_S + 1)
    assert (await city.refused(resume=resume))["code"] == "bad_token"
    assert (await city.refused(token="forged", resume=resume))["code"] == "bad_token"
    async with city.welcomed(token=city.own_token(), resume=resume) as (_, welcome):
        assert (welcome["resumed"], welcome["citizen"]["roles"]) == (True, ["citizen"])


async def test_who_brings_a_fresh_token_before_goes_on_when_the_old_one_has_ended(
    city: Trusting, clock: AheadClock
) -> None:
    resume = await parted(city, token=ending(city))
    async with city.welcomed(token=city.own_token(), resume=resume) as (guest, welcome):
        assert welcome["resumed"]
        clock.move(LEFT_S + 1)
        await guest.say(type="ping", t=1)
        await guest.hear("pong")
        assert city.city.count("madang_tokens_refused_total", reason="expired") == 0


async def test_a_ticket_and_a_code_are_no_way_to_outlive_the_token(city: Trusting, clock: AheadClock) -> None:
    ticket = (await city.ticket(ending(city))).json()["ticket"]
    used = (await city.ticket(ending(city, sub="lee"))).json()["ticket"]
    code = await city.browser.post("/api/codes", headers={"Authorization": f"Bearer {ending(city)}"})
    async with city.welcomed(ticket=used) as (guest, _), AsyncExitStack() as leaving:
        reader = Reader(city.city.address)
        leaving.push_async_callback(reader.close)
        clock.move(LEFT_S + 1)
        assert await is_ended(guest)
        assert (await city.refused(ticket=ticket))["code"] == "bad_token"
        assert (await reader.sign_in(code.json()["code"])).status == 401


async def test_a_session_of_the_plain_page_ends_with_the_token_behind_its_code(
    city: Trusting, clock: AheadClock
) -> None:
    code = await city.browser.post("/api/codes", headers={"Authorization": f"Bearer {ending(city)}"})
    async with AsyncExitStack() as leaving:
        reader = Reader(city.city.address)
        leaving.push_async_callback(reader.close)
        await reader.sign_in(code.json()["code"])
        assert "mina" in (await reader.open("/plain")).text
        clock.move(LEFT_S + 1)
        assert "mina" not in (await reader.open("/plain")).text


async def test_an_issuers_short_tokens_may_be_outlived_by_as_much_as_the_settings_say(
    tmp_path: Path, clock: AheadClock
) -> None:
    async with running_issuer() as issuer:
        trust = issuer.trust().model_dump() | {"session_seconds": 20}
        auth = {"leeway_seconds": 0, "issuers": [trust]}
        async with trusting(tmp_path, issuer, clock=clock, auth=auth) as city:
            token = short(issuer)
            async with city.welcomed(token=token) as (guest, _):
                clock.move(LEFT_S + 10)
                await guest.say(type="ping", t=1)
                await guest.hear("pong")
                clock.move(15)
                assert await is_ended(guest)


def short(issuer: Issuer) -> str:
    """A token of an issuer that is good for half a minute."""
    return issuer.token(exp=int(time.time()) + LEFT_S)


async def test_a_token_that_never_ends_opens_a_session_like_any_other(tmp_path: Path) -> None:
    async with (
        running_issuer() as issuer,
        trusting(tmp_path, issuer) as city,
        city.welcomed(token=issuer.token(exp=10**18)) as (guest, _),
    ):
        await guest.say(type="ping", t=1)
        await guest.hear("pong")
