"""The client against a real, tiny city over a real socket."""

import asyncio
import math
import random

import pytest

from bots.client import Backoff, Blocked, Client, Lost, Parted, Unreachable
from bots.connection import websocket_url
from protocol.chat import ChatSaid, Say
from protocol.districts import Enter
from protocol.handshake import Ping, Resume
from protocol.message import Command
from protocol.poses import WAVE
from protocol.refusals import Farewell, Refusal, Refused
from tests.support.patience import until
from tests.support.tiny_city import TinyCity

FAST = 12.0


def client(city: TinyCity, **settings: object) -> Client:
    defaults: dict[str, object] = {"pose_hz": 50.0, "backoff": Backoff(0.01), "chance": random.Random(7)}
    return Client(city.url, **(defaults | settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
        ("https://city.example/", "wss://city.example/ws"),
        ("ws://127.0.0.1:8080/ws", "ws://127.0.0.1:8080/ws"),
        ("ws://city.example/seoul/ws", "ws://city.example/seoul/ws"),
    ],
)
def test_an_address_of_a_city_becomes_that_of_its_websocket(given: str, address: str) -> None:
    assert websocket_url(given) == address


@pytest.mark.parametrize("given", ["127.0.0.1:8080", "ftp://city.example", "http://"])
def test_what_is_no_address_is_refused_at_once(given: str) -> None:
    with pytest.raises(ValueError, match="no address of a city"):
        Client(given)


async def test_a_client_comes_in_enters_and_leaves_with_a_goodbye() -> None:
    async with TinyCity() as city:
        async with client(city, name="Mina", locale="en") as me:
            assert me.welcome is not None
            assert me.welcome.citizen.name == "Mina"
            place = await me.enter("green")
            assert (me.x, me.z) == (place.x, place.z)
        assert city.farewells == [Farewell.BYE]


async def test_two_clients_see_each_other_walk() -> None:
    async with TinyCity() as city, client(city) as me, client(city) as other:
        await me.enter("green")
        await other.enter("green")
        await other.walk_to(10, 8, FAST)
        slot = other.place.slot
        await until(lambda: slot in me.others() and math.isclose(me.others()[slot].x, 10, abs_tol=0.01))
        assert me.others()[slot].z == pytest.approx(8, abs=0.01)
        assert me.place.slot not in me.others()


async def test_a_callback_hears_by_class_and_by_name_plain_and_as_a_coroutine() -> None:
    async with TinyCity() as city, client(city) as me:
        heard: list[str] = []

        @me.on(ChatSaid)
        def plainly(said: ChatSaid) -> None:
            heard.append(f"plainly {said.text}")

        @me.on("chat.said")
        async def later(said: ChatSaid) -> None:
            heard.append(f"later {said.from_.name}")

        await me.enter("green")
        assert (await me.say("안녕하세요")).heard_by == 1
        await until(lambda: len(heard) == 2)
        assert sorted(heard) == ["later guest", "plainly 안녕하세요"]


async def test_a_callback_that_fails_is_told_to_the_loop_and_harms_nothing() -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: faults.append(context["exception"])
    )
    async with TinyCity() as city, client(city) as me:

        @me.on(ChatSaid)
        def fails(said: ChatSaid) -> None:
            raise KeyError(said.text)

        await me.enter("green")
        await me.say("first")
        await me.say("second")
        await until(lambda: len(faults) == 2)


def test_an_unknown_word_cannot_be_listened_for() -> None:
    with pytest.raises(KeyError):
        Client("http://127.0.0.1:1").on("chat.sang")


async def test_a_refusal_is_raised_with_its_code_field_and_time() -> None:
    def too_fast(command: Command) -> None:
        if isinstance(command, Say):
            raise Refused(Refusal.TOO_FAST, "slowly", field="text", retry_after_ms=700)

    async with TinyCity() as city, client(city) as me:
        city.refuse = too_fast
        await me.enter("green")
        with pytest.raises(Refused) as refused:
            await me.say("hello")
        assert (refused.value.code, refused.value.field, refused.value.retry_after_ms) == (
            Refusal.TOO_FAST,
            "text",
            700,
        )
        assert me.tally.refusals == 1


async def test_who_is_behind_a_slot_is_told_by_name() -> None:
    async with TinyCity() as city, client(city) as me, client(city, name="지우") as other:
        await me.enter("green")
        slot = (await other.enter("green")).slot
        assert [card.name for card in await me.who([slot, 999])] == ["지우"]


async def test_a_walker_goes_round_a_wall_it_did_not_know_of() -> None:
    async with TinyCity() as city, client(city, pose_hz=100.0) as me:
        await me.enter("green")
        await me.walk_to(30, 20, 4 * FAST)
        assert (me.x, me.z) == (30, 20)
        assert me.tally.put_backs > 0


async def test_a_walker_without_detours_stops_where_it_is_put_back() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        with pytest.raises(Blocked) as blocked:
            await me.walk_to(30, 20, 2 * FAST, detours=0)
        assert blocked.value.reason == "blocked"
        assert blocked.value.x == me.x < 20


async def test_a_moderator_who_moves_a_walker_ends_its_walk() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        walking = asyncio.create_task(me.walk_to(5, 39, 1.0))
        (guest,) = city.guests.values()
        await until(lambda: guest.poses > 1)
        await city.put_back(guest, 3, 3, "moderator")
        with pytest.raises(Blocked, match="moderator"):
            await walking
        assert (me.x, me.z) == (3, 3)


async def test_a_walker_faces_where_it_goes_and_waves_when_asked() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        await me.walk_to(7, 20, FAST)
        (guest,) = city.guests.values()
        await until(lambda: guest.x == 7)
        assert guest.yaw == 16_384
        await me.emote(WAVE)
        assert guest.answered[-1].type == "avatar.emote"


async def test_a_broken_connection_is_taken_up_again_in_the_same_place() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("hall")
        await me.walk_to(9, 20, FAST)
        (guest,) = city.guests.values()
        guest.socket.transport.abort()
        await until(lambda: city.welcomed == 2)
        assert await me.ping() >= 0
        assert me.place.district == "hall"
        assert (me.x, me.z) == (9, 20)
        assert me.tally.reconnects == 1


async def test_a_walk_goes_on_after_the_connection_came_back() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        walking = asyncio.create_task(me.walk_to(5, 26, FAST))
        (guest,) = city.guests.values()
        await until(lambda: guest.poses > 3)
        guest.socket.transport.abort()
        await walking
        assert (me.x, me.z) == (5, 26)
        assert city.welcomed == 2


async def test_a_goodbye_with_return_brings_the_client_back() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        (guest,) = city.guests.values()
        await city.part(guest, Farewell.DRAINING, after_ms=1)
        await until(lambda: city.welcomed == 2)
        await me.say("back again")


async def test_a_goodbye_without_return_is_raised_to_the_user() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        (guest,) = city.guests.values()
        await city.part(guest, Farewell.SUPERSEDED)
        with pytest.raises(Parted, match="superseded"):
            await me.until_end()
        with pytest.raises(Parted) as parted:
            await me.say("anyone?")
        assert parted.value.goodbye.code is Farewell.SUPERSEDED
        assert city.welcomed == 1


async def test_a_client_that_is_turned_away_for_good_does_not_come_in() -> None:
    async with TinyCity() as city:
        city.turn_away = (Farewell.BAD_TOKEN, 0)
        with pytest.raises(Parted, match="bad_token"):
            async with client(city, token="forged"):
                pass


async def test_a_client_that_finds_the_city_full_waits_and_comes_in() -> None:
    async with TinyCity() as city:
        city.turn_away = (Farewell.FULL, 1)
        coming = asyncio.create_task(client(city).__aenter__())
        await until(lambda: city.turned_away)
        city.turn_away = None
        me = await coming
        assert city.welcomed == 1
        await me.__aexit__(None, None, None)


async def test_what_waits_for_an_answer_when_the_connection_breaks_is_lost() -> None:
    async with TinyCity() as city, client(city) as me:
        (guest,) = city.guests.values()

        def breaks(command: Command) -> None:
            guest.socket.transport.abort()

        city.refuse = breaks
        with pytest.raises(Lost):
            await me.enter("green")


async def test_what_waits_for_an_answer_is_lost_where_the_session_was_over_before_the_client_came_back() -> (
    None
):
    async with TinyCity() as city:
        city.resume_window_ms = 60_000
        async with client(city) as me:
            (guest,) = city.guests.values()

            def breaks(command: Command) -> None:
                guest.socket.transport.abort()

            city.refuse = breaks
            with pytest.raises(Lost, match="over before the answer"):
                await me.enter("green")
            assert city.welcomed == 2
            assert not me.resumed
            assert me.is_here or await me.ping() >= 0


async def test_a_client_asks_for_its_session_with_the_last_fact_it_has() -> None:
    async with TinyCity() as city:
        city.resume_window_ms = 60_000
        async with client(city) as me:
            await me.enter("green")
            for line in "one", "two":
                await me.say(line)
            (guest,) = city.guests.values()
            await until(lambda: guest.session.told == 2)
            await me.ping()
            guest.socket.transport.abort()
            await until(lambda: city.welcomed == 2)
            (guest,) = city.guests.values()
            assert guest.hello is not None
            assert guest.hello.resume == Resume(session="s", key="k", last=2)


async def test_where_no_server_answers_one_clear_line_is_raised() -> None:
    async with TinyCity() as city:
        url = city.url
    with pytest.raises(Unreachable, match="no city answers at ws://127"):
        async with Client(url):
            pass


async def test_a_server_that_fell_silent_is_asked_and_then_left_for_another_try() -> None:
    async with TinyCity(tick_hz=1) as city, client(city):
        city.is_deaf = True
        await until(lambda: city.welcomed == 2, every_s=1)
        assert {type(heard) for heard in city.ignored} == {Ping}


async def test_facts_are_acknowledged() -> None:
    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        for number in range(70):
            await me.say(str(number))
        await until(lambda: city.acknowledged >= 64)


async def test_a_refused_return_to_the_place_leads_to_where_one_arrives() -> None:
    def no_place(command: Command) -> None:
        if isinstance(command, Enter) and command.at is not None:
            raise Refused(Refusal.NOT_ALLOWED)

    async with TinyCity() as city, client(city) as me:
        await me.enter("green")
        await me.walk_to(9, 20, FAST)
        city.refuse = no_place
        next(iter(city.guests.values())).socket.transport.abort()
        await until(lambda: city.welcomed == 2)
        await me.ping()
        assert (me.x, me.z) == (5, 20)
