"""A proxy that passes bytes on and cuts each connection after some of them, wherever that is."""

import asyncio
import contextlib
import random
from types import TracebackType
from typing import Any, Self

READ_BYTES = 512


class Proxy:
    """An asynchronous context; `url` leads through it to the server."""

    def __init__(
        self, host: str, port: int, chance: random.Random, longest_bytes: int, unnoticed: float = 0.5
    ) -> None:
        self.cuts = 0
        self.is_kind = True
        self._server_at = (host, port)
        self._chance = chance
        self._longest_bytes = longest_bytes
        self._unnoticed = unnoticed
        self._lives: list[_Life] = []
        self._passing: set[asyncio.Future[Any]] = set()
        self._listening: asyncio.Server

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()
        while self._passing:  # what ends may leave a connection that is held
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)
        await self._listening.wait_closed()

    @property
    def url(self) -> str:
        """Where a client connects."""
        return f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    def cut_all(self) -> None:
        """Those that were spared until now are cut with their next byte."""
        for life in self._lives:
            life.end()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep(asyncio.ensure_future(self._carry(reader, writer)), writer)

    def _keep(self, task: asyncio.Future[Any], writer: asyncio.StreamWriter) -> None:
        """As long as the task, the connection; also of one that never began."""
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        task.add_done_callback(lambda _: writer.transport.abort())

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._server_at)
        life = _Life(None if self.is_kind else self._chance.randint(0, self._longest_bytes))
        self._lives.append(life)
        ways = [
            asyncio.ensure_future(self._pass(life, reader, far_writer)),
            asyncio.ensure_future(self._pass(life, far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.transport.abort()
            # The server learns of it at once, or, of this share of all cuts, only by its own clock.
            if life.is_cut and self._chance.random() < self._unnoticed:
                self._keep(asyncio.ensure_future(asyncio.Event().wait()), far_writer)
            else:
                far_writer.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, life: "_Life", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(READ_BYTES):
                kept = life.spend(len(data))
                writer.write(data[:kept])
                await writer.drain()
                if life.is_cut:
                    self.cuts += 1
                    return


class _Life:
    """How many bytes a connection still passes; None is any number."""

    def __init__(self, left: int | None) -> None:
        self._left = left
        self.is_cut = False

    def end(self) -> None:
        """Nothing passes any more."""
        self._left = 0

    def spend(self, count: int) -> int:
        """So many of `count` bytes still pass."""
        if self._left is None:
            return count
        passed = min(count, self._left)
        self._left -= passed
        self.is_cut = passed < count
        return passed
