"""A whole node in this process, with real sockets, and guests who say to it whatever a test wants."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgpack
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server.app import Node
from server.clock import Clock
from server.config import Settings

HAMLET = Path(__file__).parents[2] / "worlds" / "hamlet"
WITHOUT_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP clients, none of whom meets TLS: each would read all authorities of this machine, which takes 35 ms."""

PATIENCE_S = 60
"""How long, in the loop's time, a guest waits for what must come."""


class Guest:
    """A WebSocket client that knows nothing of the language but MessagePack."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.heard: list[Any] = []

    async def say(self, **message: Any) -> None:
        """One map."""
        await self.line.send(msgpack.packb(message))

    async def say_bytes(self, data: bytes | str | Iterable[bytes]) -> None:
        """One message as it is; several parts go as fragments."""
        await self.line.send(data)

    async def hear(self, kind: str | int, **fields: Any) -> Any:
        """The next map of this type, or ext of this code, that has these fields; what comes before is kept."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for i, item in enumerate(self.heard):
                    if isinstance(item, msgpack.ExtType):
                        fits = item.code == kind
                    else:
                        fits = item["type"] == kind and fields.items() <= item.items()
                    if fits:
                        return self.heard.pop(i)
                value = msgpack.unpackb(await self.line.recv())
                self.heard += value if isinstance(value, list) else [value]

    async def greet(self, **hello: Any) -> Any:
        """Say hello; the welcome."""
        await self.say(type="hello", protocol=1, **hello)
        return await self.hear("welcome")

    async def enter(self, district: str, command_id: int = 1, **fields: Any) -> Any:
        """Enter a district; the place."""
        await self.say(type="district.enter", id=command_id, district=district, **fields)
        return (await self.hear("done", id=command_id))["result"]

    async def ended(self) -> tuple[Any, int | None]:
        """Wait for the end: the goodbye, None where there was none, and the WebSocket close code."""
        goodbye = None
        try:
            goodbye = await self.hear("goodbye")
            while True:
                await asyncio.wait_for(self.line.recv(), PATIENCE_S)
        except ConnectionClosed:
            return goodbye, self.line.close_code

    async def is_well(self) -> bool:
        """Whether the city still answers."""
        await self.say(type="ping", t=0.5)
        return bool((await self.hear("pong"))["t"] == 0.5)


class Served:
    """A running node and where it is."""

    def __init__(self, node: Node, address: str) -> None:
        self.node = node
        self.address = address

    @property
    def host_and_port(self) -> tuple[str, int]:
        """As sockets want it."""
        host, port = self.address.split(":")
        return host, int(port)

    @asynccontextmanager
    async def guest(self, **how: Any) -> AsyncIterator[Guest]:
        """Someone connects, and says nothing yet."""
        options: dict[str, Any] = {
            "compression": None,
            "ping_interval": None,
            "proxy": None,
            "max_queue": None,
        }
        async with connect(f"ws://{self.address}/ws", **(options | how)) as line:
            yield Guest(line)

    def narrow_socket(self, receive_bytes: int = 2048) -> socket.socket:
        """A connected socket that takes little before it is read."""
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        narrow.connect(self.host_and_port)
        return narrow

    def count(self, name: str, **labels: str) -> float:
        """The value of a metric."""
        return self.node.metrics.registry.get_sample_value(name, labels) or 0.0


COUNTED: deque[CollectorRegistry] = deque(maxlen=16)
"""What the nodes counted that were opened last, since somebody emptied it."""


@asynccontextmanager
async def served(folder: Path, clock: Clock | None = None, **sections: Any) -> AsyncIterator[Served]:
    """A node on a free port, of the hamlet where nothing else is set; it keeps its data in `folder`."""
    given = {"listen": {}, "data": {"dir": folder / "data"}, "city": {"path": HAMLET}} | sections
    given["listen"] = {"port": 0} | given["listen"]
    node = Node(Settings(**given), clock)
    COUNTED.append(node.metrics.registry)
    url = await node.open()
    try:
        yield Served(node, url.removeprefix("http://").rstrip("/"))
    finally:
        await node.close()
