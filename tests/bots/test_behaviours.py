"""Behaviours: tables that are drawn from, and each behaviour's actions in a real, tiny city."""

import asyncio
import random
from collections import Counter

import pytest

from bots import ground
from bots.behaviour import Behaviour, live
from bots.behaviours import BEHAVIOURS, chat, commute, gather, idle, wander
from bots.client import Backoff, Client, Parted
from bots.lines import LINES
from protocol.districts import ZoneCard
from protocol.handshake import Text
from protocol.refusals import Farewell, Refusal, Refused
from tests.bots.test_picture import place
from tests.support.patience import until
from tests.support.tiny_city import TinyCity

PLAZA = ZoneCard(
    id="plaza",
    name=Text(ko="광장", en="plaza"),
    kind="plaza",
    polygon=[[10, 10], [30, 10], [30, 20], [20, 20], [20, 30], [10, 30]],
    may_enter=True,
)
VAULT = PLAZA.model_copy(update={"id": "vault", "kind": "room", "may_enter": False})


def client(city: TinyCity) -> Client:
    return Client(city.url, name="나", locale="en", backoff=Backoff(0.01), chance=random.Random(5))


async def nothing(me: Client, chance: random.Random) -> None:
    await asyncio.sleep(0)


async def something(me: Client, chance: random.Random) -> None:
    await asyncio.sleep(0)


def test_actions_are_drawn_by_weight_and_the_same_seed_draws_the_same() -> None:
    behaviour = Behaviour("test", ((9, nothing), (1, something)))
    draws = [[behaviour.draw(chance) for _ in range(500)] for chance in (random.Random(3), random.Random(3))]
    assert draws[0] == draws[1]
    assert 400 < Counter(draws[0])[nothing] < 500


def test_every_behaviour_is_known_by_its_own_name() -> None:
    assert {name: behaviour.name for name, behaviour in BEHAVIOURS.items()} == {
        name: name
        for name in (
            "wander", "commute", "gather", "chat", "idle", "ask", "vote", "moderate", "petition", "process",
                "report", "work_the_desk", "heed", "announce", "hold_office", "appoint",
        )
    }  # fmt: skip


async def test_life_goes_on_after_a_refusal_and_ends_when_the_city_parts() -> None:
    refusals = iter([Refused(Refusal.TOO_FAST, retry_after_ms=1)])

    async def asks(me: Client, chance: random.Random) -> None:
        for refusal in refusals:
            raise refusal
        await city.part(next(iter(city.guests.values())), Farewell.SUPERSEDED)
        await asyncio.Event().wait()

    async with TinyCity() as city, client(city) as me:
        with pytest.raises(Parted):
            await live(me, Behaviour("test", ((1, asks),)), random.Random(1))


async def test_a_stroll_leads_elsewhere_in_the_district() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("hall")
        begin = me.x, me.z
        await wander.stroll(me, random.Random(2))
        assert (me.x, me.z) != begin
        assert ground.may_stand(me.place, me.x, me.z)


async def test_a_commuter_goes_through_the_portal_to_the_other_district() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green", near=(34, 20))
        await commute.go_through(me, random.Random(2))
        assert me.place.district == "hall"
        assert me.tally.districts == 2


async def test_who_gathers_ends_up_in_the_gathering_place() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("hall", near=(19, 20))
        await gather.join(me, random.Random(4))
        (zone,) = me.place.zones
        assert ground.is_inside(zone, me.x, me.z)


async def test_who_chats_says_one_of_its_lines_in_its_own_language() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        (guest,) = city.guests.values()
        saying = asyncio.create_task(chat.say_something(me, random.Random(1)))
        await until(lambda: len(guest.answered) == 2)
        saying.cancel()
        assert getattr(guest.answered[-1], "text") in LINES.to_say("en")  # noqa: B009 - any command


async def test_who_idles_looks_at_someone() -> None:
    async with TinyCity() as city, client(city) as me, client(city) as other:
        await me.enter("green")
        await other.enter("green", near=(9, 20))
        await until(me.others)
        watching = asyncio.create_task(idle.watch(me, random.Random(1)))
        await until(lambda: me.yaw == 16_384)
        watching.cancel()


@pytest.mark.parametrize(
    ("x", "z", "inside"), [(15, 15, True), (25, 25, False), (25, 15, True), (5, 15, False)]
)
def test_a_point_is_inside_a_zone_or_not(x: float, z: float, inside: bool) -> None:
    assert ground.is_inside(PLAZA, x, z) is inside


def test_places_are_chosen_within_the_district_and_outside_closed_zones() -> None:
    chance = random.Random(9)
    here = place(zones=[VAULT])
    for _ in range(200):
        x, z = ground.near(here, 25, 25, 1, 20, chance)
        assert ground.may_stand(here, x, z)
        assert not ground.is_inside(VAULT, x, z)
        assert ground.is_inside(PLAZA, *ground.somewhere_in(PLAZA, chance))


def test_people_gather_in_the_most_inviting_zone_that_is_open_to_them() -> None:
    lobby = PLAZA.model_copy(update={"id": "lobby", "kind": "lobby"})
    assert ground.gathering_place(place(zones=[VAULT, lobby, PLAZA])) == PLAZA
    assert ground.gathering_place(place(zones=[VAULT])) is None


def test_both_languages_say_as_much() -> None:
    assert len(LINES.to_say("ko")) == len(LINES.to_say("en"))
    assert len(LINES.to_ask("ko")) == len(LINES.to_ask("en"))
    assert len(LINES.to_petition("ko")) == len(LINES.to_petition("en"))
    assert LINES.greeting("ko").format(name="지우") == "지우님, 안녕하세요!"
    assert LINES.name("fr", 3) == LINES.name("ko", 3) == "봇 3"
