"""What one port costs: messages echoed behind uvicorn's `ws=` seam against picows that listens alone.

Run as `python -m load_tests.bench_port`, Linux; it exits with 1 when the seam costs over 3 % more (median of rounds).
"""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_connect, ws_create_server
from picows import WSUpgradeResponse as Response
from picows import WSUpgradeResponseWithListener as Accepted

from load_tests.serving import cores, driving, pinned
from server.gateway import READ_BUFFER_BYTES, Gateway

AT_MOST = 1.03
ROUNDS = 9
LINES = 64
MESSAGES = 2_000
"""A line and round; each waits for the answer to the one before."""
MESSAGE = bytes(17)
"""As long as a pose."""


class Echo(WSListener):
    """Says again what it hears."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        transport.send(WSMsgType.BINARY, frame.get_payload_as_bytes())


class EchoGateway(Gateway):
    """The city's own gateway, with an echo behind it in the city's place."""

    def __init__(self) -> None:
        self.max_frame_bytes = 65_536
        self._log = logging.getLogger("picows")

    def admit(self, request: WSUpgradeRequest, address: str, take: Callable[[bytes], None]) -> Accepted:
        return Accepted(Response.create_101_response(), Echo())


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    """No HTTP here."""


async def _serve() -> None:
    """Both, in one loop; their ports are printed, the seam's first."""
    config = uvicorn.Config(
        _nothing,
        host="127.0.0.1",
        port=0,
        http="httptools",
        ws=EchoGateway().seam(),
        lifespan="off",
        log_level="warning",
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        if serving.done():
            await serving
        await asyncio.sleep(0.01)
    alone = await ws_create_server(
        lambda request: Echo(),
        "127.0.0.1",
        0,
        read_buffer_init_size=READ_BUFFER_BYTES,
        enable_auto_pong=False,
    )
    ports = [server.servers[0].sockets[0].getsockname()[1], alone.sockets[0].getsockname()[1]]
    print(*ports, flush=True)
    await serving


class Asking(WSListener):
    """Sends the next message when the one before has come back."""

    def __init__(self) -> None:
        self.left = MESSAGES
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self.left -= 1
        if self.left:
            transport.send(WSMsgType.BINARY, MESSAGE)
        elif not self.over.done():
            self.over.set_result(None)


async def _line(port: int) -> tuple[WSTransport, Asking]:
    transport, asking = await ws_connect(Asking, f"ws://127.0.0.1:{port}/")
    assert isinstance(asking, Asking)
    return transport, asking


def _cpu_us(pid: int) -> float:
    """What the process's one thread has used, finer than the kernel's ticks of 10 ms."""
    return int((Path("/proc") / str(pid) / "schedstat").read_text().split()[0]) / 1000


async def _ask(port: int, pid: int) -> float:
    """Microseconds of the server's CPU for one message, there and back."""
    lines = [await _line(port) for _ in range(LINES)]
    before = _cpu_us(pid)
    for transport, _ in lines:
        transport.send(WSMsgType.BINARY, MESSAGE)
    async with asyncio.timeout(60):
        await asyncio.gather(*(asking.over for _, asking in lines))
    used = _cpu_us(pid) - before
    for transport, _ in lines:
        transport.disconnect()
    return used / (LINES * MESSAGES)


def main() -> int:
    """Prints both, round by round, and their ratio."""
    command = [sys.executable, "-m", "load_tests.bench_port", "serve"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(cores()[0])) as server,
        driving(),
    ):
        assert server.stdout is not None
        try:
            seam, alone = map(int, server.stdout.readline().split())
            ratios = []
            for number in range(ROUNDS):
                took = {}
                for port in (seam, alone) if number % 2 else (alone, seam):
                    took[port] = uvloop.run(_ask(port, server.pid))
                behind, bare = took[seam], took[alone]
                ratios.append(behind / bare)
                print(f"behind the seam {behind:6.2f} us, alone {bare:6.2f} us a message: {ratios[-1]:.3f} x")
                time.sleep(0.1)
        finally:
            server.terminate()
    ratio = median(ratios)
    print(f"median {ratio:.3f} x, at most {AT_MOST} x")
    return 0 if ratio <= AT_MOST else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        uvloop.run(_serve())
    else:
        sys.exit(main())
