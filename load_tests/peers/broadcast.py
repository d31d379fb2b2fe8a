"""The plaza on plain `websockets`: every pose is kept, ten times a second all places go to everyone.

As its documentation recommends: the frame is encoded once and sent with `broadcast()`, on uvloop,
without compression. `python -m load_tests.peers.broadcast` prints the port it listens on, and ends
with its parent's pipe.
"""

import asyncio
import itertools
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

FRAME_S = 0.1
POSE = struct.Struct("<fffHBB")
ENTRY = struct.Struct("<HHHhBB")
"""slot, x, z, y in centimetres, yaw, stance: the 10 bytes of an entry on Madang's wire."""
SLOT = struct.Struct("<H")


@asynccontextmanager
async def plaza() -> AsyncIterator[int]:
    """Serves the plaza on a free port of the loopback, which it yields."""
    slots = itertools.count()
    entries: dict[ServerConnection, bytes] = {}
    connections: set[ServerConnection] = set()

    async def attend(connection: ServerConnection) -> None:
        slot = next(slots)
        await connection.send(SLOT.pack(slot))
        connections.add(connection)
        try:
            async for message in connection:
                if isinstance(message, str):
                    return
                x, y, z, yaw, stance, _ = POSE.unpack(message)
                entries[connection] = ENTRY.pack(
                    slot, round(x * 100), round(z * 100), round(y * 100), yaw >> 8, stance
                )
        except ConnectionClosed:
            pass
        finally:
            connections.discard(connection)
            entries.pop(connection, None)

    async def tell() -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + FRAME_S, loop.time())
            await asyncio.sleep(due - loop.time())
            if entries:
                broadcast(connections, b"".join(entries.values()))

    # Nothing to see in the answer's pings at this length of a run, as with the other peers' defaults.
    async with serve(attend, "127.0.0.1", 0, compression=None) as server:
        teller = asyncio.create_task(tell())
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            teller.cancel()


async def main() -> None:
    async with plaza() as port:
        print(f"port {port}", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main())
