"""Two talk while one rides through tunnels: over real sockets that are cut anywhere, neither misses a word."""

import asyncio
import random
from pathlib import Path

import pytest

from bots.client import Backoff, Client
from protocol.chat import ChatSaid
from tests.support.node import served
from tests.support.patience import until
from tests.support.proxy import Proxy

UNLIMITED = {"chat_per_s": 0, "commands_per_s": 0, "enter_at_per_s": 0}
LINES = 200


def lines_heard_by(me: Client) -> list[str]:
    """A list that fills with what is said to this client."""
    heard: list[str] = []

    @me.on(ChatSaid)
    def hear(said: ChatSaid) -> None:
        heard.append(said.text)

    return heard


def client(url: str, name: str, seed: int = 7) -> Client:
    return Client(url, name=name, backoff=Backoff(0.01, 0.05), chance=random.Random(seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_neither_misses_a_word_though_the_line_is_cut_anywhere(tmp_path: Path, seed: int) -> None:
    async with (
        served(tmp_path, limits=UNLIMITED) as city,
        Proxy(*city.host_and_port, random.Random(seed), longest_bytes=9_000) as tunnels,
        client(f"http://{city.address}", "Neighbour") as neighbour,
        client(tunnels.url, "Commuter", seed) as commuter,
    ):
        at_home, on_the_way = lines_heard_by(neighbour), lines_heard_by(commuter)
        for one in (neighbour, commuter):
            await one.enter("green")
        citizen = commuter.welcome.citizen if commuter.welcome else None
        tunnels.is_kind = False
        tunnels.cut_all()
        for number in range(LINES):
            await neighbour.say(f"home {number}", to="district")
            await commuter.say(f"way {number}", to="district")
        tunnels.is_kind = True
        await until(lambda: len(on_the_way) >= LINES and len(at_home) >= LINES)
        assert on_the_way == [f"home {number}" for number in range(LINES)]
        assert at_home == [f"way {number}" for number in range(LINES)]
        assert tunnels.cuts >= 8
        assert commuter.resumed
        assert commuter.welcome is not None
        assert commuter.welcome.citizen == citizen
        assert commuter.tally.resumes == commuter.tally.reconnects
        assert commuter.tally.refusals == 0


async def test_who_comes_out_of_a_tunnel_stands_where_they_stood_and_walks_on(tmp_path: Path) -> None:
    async with (
        served(tmp_path, limits=UNLIMITED) as city,
        Proxy(*city.host_and_port, random.Random(7), longest_bytes=0, unnoticed=0) as tunnels,
        client(f"http://{city.address}", "Neighbour") as neighbour,
        client(tunnels.url, "Commuter") as commuter,
    ):
        await neighbour.enter("green")
        slot = (await commuter.enter("green", near=(20, 20))).slot
        await commuter.walk_to(21, 20, 3.0)
        await until(lambda: slot in neighbour.others() and neighbour.others()[slot].x > 20.95)
        tunnels.is_kind = False
        tunnels.cut_all()
        await until(lambda: city.count("madang_sessions_detached") == 1)
        (card,) = await neighbour.who([slot])
        assert card.away is True
        assert city.node.router.crowds["green"].population == 2
        tunnels.is_kind = True
        await until(lambda: commuter.is_here and commuter.resumed)
        assert commuter.place.slot == slot
        assert (commuter.x, commuter.z) == pytest.approx((21, 20), abs=0.1)
        await commuter.walk_to(22, 20, 3.0)
        await until(lambda: neighbour.others()[slot].x == pytest.approx(22, abs=0.02))
        (card,) = await neighbour.who([slot])
        assert card.away is None
        assert neighbour.place.slot in commuter.others()


@pytest.mark.parametrize(("code", "stays"), [(1000, 0), (None, 0), (1001, 1), (1011, 1), (4000, 1)])
async def test_a_line_closed_in_order_is_a_goodbye_and_any_other_close_a_break(
    tmp_path: Path, code: int | None, stays: int
) -> None:
    async with served(tmp_path) as city:
        async with city.guest() as guest:
            await guest.greet()
            await guest.enter("green")
            if code is None:
                guest.line.protocol.send_close()
                guest.line.transport.write(b"".join(guest.line.protocol.data_to_send()))
            else:
                await guest.line.close(code)
        await until(lambda: city.count("madang_connections") == 0)
        assert city.node.router.crowds["green"].population == stays
        assert city.count("madang_sessions_detached") == stays


async def test_a_tunnel_that_is_left_as_it_cuts_leaves_no_connection_held() -> None:
    before = asyncio.all_tasks()
    far_ends: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: far_ends.append(writer), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with Proxy(host, port, random.Random(7), longest_bytes=0, unnoticed=1) as tunnel:
        _, line = await asyncio.open_connection(host, int(tunnel.url.rsplit(":", 1)[1]))
        await until(lambda: far_ends)
        tunnel.cut_all()
        line.write(b"one byte more")
        while not tunnel.cuts:  # noqa: ASYNC110 - not a moment later
            await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    for writer in (line, *far_ends):
        writer.transport.abort()
    server.close()
    await server.wait_closed()
