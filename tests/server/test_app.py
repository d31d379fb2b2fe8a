"""A node from its start to its end: one port for pages and sockets, a drain that cuts nobody, faults that are told."""

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from server import app
from server.app import Node
from server.config import Settings
from server.crowd import Crowd
from tests.support.node import HAMLET, WITHOUT_TLS, Guest, Served, served
from tests.support.patience import until


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path, drain={"seconds": 5}) as city:
        yield city


async def page(city: Served, path: str) -> httpx.Response:
    async with httpx.AsyncClient(
        base_url=f"http://{city.address}", trust_env=False, timeout=60, verify=WITHOUT_TLS
    ) as browser:
        return await browser.get(path)


async def test_pages_and_sockets_share_one_port(city: Served) -> None:
    assert (await page(city, "/livez")).status_code == 200
    assert (await page(city, "/readyz")).status_code == 200
    async with city.guest() as guest:
        await guest.greet()
        await guest.enter("green")
        told = (await page(city, "/api/city")).json()
        assert [(card["id"], card["population"]) for card in told["districts"]] == [("green", 1), ("hall", 0)]
        assert "madang_connections 1.0" in (await page(city, "/metrics")).text
        assert city.node.health()["connections"] == 1
        assert city.node.health()["districts"] == {"green": 1, "hall": 0}
        assert city.node.health()["overload_step"] == "easy"
    assert (await page(city, "/ws")).status_code in (400, 404, 426)


async def test_a_node_may_listen_on_ipv6(tmp_path: Path) -> None:
    settings = Settings(listen={"port": 0, "host": "::1"}, data={"dir": tmp_path}, city={"path": HAMLET})
    node = Node(settings)
    assert (await node.open()).startswith("http://[::1]:")
    await node.close()


async def test_a_port_that_is_taken_is_an_error_of_the_system(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        node = Node(Settings(listen={"port": port}, data={"dir": tmp_path}, city={"path": HAMLET}))
        with pytest.raises(OSError, match="in use"):
            await node.open()
        assert not node.is_ready()


# Going away


async def until_told(guest: Guest) -> tuple[float, dict[str, Any], int | None]:
    """When and how a guest was told goodbye."""
    goodbye, close_code = await guest.ended()
    return asyncio.get_running_loop().time(), goodbye, close_code


async def test_a_drain_tells_everyone_in_waves_and_cuts_nobody(city: Served) -> None:
    async with AsyncExitStack() as stack:
        guests = [await stack.enter_async_context(city.guest()) for _ in range(25)]
        for guest in guests[:-1]:
            await guest.greet()
            await guest.enter("green")
        begun = asyncio.get_running_loop().time()
        drain = asyncio.create_task(city.node.drain())
        warned = await asyncio.gather(*(guest.hear("server.draining") for guest in guests[:-1]))
        assert {word["after_ms"] for word in warned} == {5_000}
        assert (await page(city, "/readyz")).status_code == 503
        assert (await page(city, "/livez")).status_code == 200
        async with city.guest() as late:
            goodbye, close_code = await late.ended()
            assert (goodbye["code"], close_code) == ("draining", 1012)
        told = await asyncio.gather(*(until_told(guest) for guest in guests))
        await drain
    assert {goodbye["code"] for _, goodbye, _ in told} == {"draining"}
    assert {goodbye["retry"] for _, goodbye, _ in told} == {"now"}
    assert {close_code for _, _, close_code in told} == {1012}
    moments = [at - begun for at, _, _ in told]
    assert max(moments) - min(moments) > 2
    assert max(moments) < 7
    assert len({goodbye["after_ms"] for _, goodbye, _ in told}) > 1
    assert city.count("madang_connections") == 0
    assert city.count("madang_connections_closed_total", reason="draining") == 25


async def test_an_empty_node_drains_at_once(city: Served) -> None:
    begun = asyncio.get_running_loop().time()
    await city.node.drain()
    assert asyncio.get_running_loop().time() - begun < 1


async def test_a_node_that_closes_waits_until_goodbyes_have_left(city: Served) -> None:
    async with city.guest() as guest:
        await guest.greet()
        drain = asyncio.create_task(city.node.drain())
        await drain
        await city.node.close()
        assert not city.node._http.server_state.connections  # type: ignore[union-attr]
        goodbye, close_code = await guest.ended()
        assert (goodbye["code"], close_code) == ("draining", 1012)


class FaultyCrowd(Crowd):
    """A crowd with a bug."""

    def ticking(self, now: float) -> Iterator[None]:
        yield
        raise ZeroDivisionError("a bug of ours")


async def test_a_node_with_a_fault_tells_everyone_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes: list[Node] = []
    before = gc.get_threshold(), sys.getswitchinterval()

    class NotedNode(Node):
        """A node that a test can find."""

        def __init__(self, settings: Settings) -> None:
            super().__init__(settings)
            nodes.append(self)

    monkeypatch.setattr(app, "Node", NotedNode)
    settings = Settings(listen={"port": 0}, data={"dir": tmp_path}, city={"path": HAMLET})
    serving = asyncio.create_task(app.serve(settings))
    told = ""

    def is_open() -> bool:
        nonlocal told
        told += capsys.readouterr().out
        return "http://" in told

    await until(is_open)
    assert "작은 마을 · Hamlet" in told
    assert gc.get_freeze_count() > 10_000, "what the city is made of is not searched for garbage"
    assert gc.get_threshold()[2] == app.FULL_SEARCH_EVERY
    assert sys.getswitchinterval() == pytest.approx(app.SWITCH_SECONDS)
    city = Served(nodes[0], told.split("http://")[1].strip().rstrip("/"))
    async with city.guest() as guest:
        await guest.greet()
        nodes[0].router.crowds["hall"].__class__ = FaultyCrowd
        goodbye, close_code = await guest.ended()
        assert (goodbye["code"], goodbye["retry"], close_code) == ("internal", "later", 1011)
    assert await asyncio.wait_for(serving, 30) == 1
    assert (gc.get_freeze_count(), gc.get_threshold(), sys.getswitchinterval()) == (0, *before)
