"""One connection of a client: a WebSocket with its end of the session, from hello to goodbye."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
)
from websockets.typing import Subprotocol

from bots.asked import Asked
from protocol.handshake import (
    SUBPROTOCOL,
    Done,
    Goodbye,
    Hello,
    Ping,
    Pong,
    RefusedAnswer,
    Resume,
    Welcome,
)
from protocol.message import Command, Message, Result
from protocol.refusals import ENDINGS, Farewell
from protocol.session import ClientSession, HeardByClient, State

MAX_MESSAGE_BYTES = 65_536
"""Longest message taken from a server; the language has it send at most 32 KiB."""

OPEN_SECONDS = 10.0
"""How long a server may take to connect, and again to answer the hello."""

CLOSE_SECONDS = 2.0
"""How long the closing handshake may take."""

PING_SECONDS = 20.0
"""After so long a silence the client asks whether the server is there."""

SILENT_SECONDS = 60.0
"""After so long a silence the server is not there."""

KEEPING_SECONDS = 1.0
"""How often acknowledgements and silence are looked at."""

Heard: TypeAlias = HeardByClient | Result


class Unreachable(ConnectionError):
    """No server answers at the address as a city would."""


class Lost(ConnectionError):
    """The connection broke before the answer: what was asked may be done, or not."""


class Parted(ConnectionError):
    """The server said goodbye."""

    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__(f"{goodbye.code}: {goodbye.message}")
        self.goodbye = goodbye


def websocket_url(url: str) -> str:
    """http://host:port or ws://host:port/ws -> the address of the WebSocket; raises ValueError."""
    parts = urlsplit(url)
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a city, such as http://127.0.0.1:8080")
    path = parts.path if parts.path not in ("", "/") else "/ws"
    return urlunsplit((schemes[parts.scheme], parts.netloc, path, parts.query, ""))


class Connection:
    """A welcomed connection; everything heard goes to `hear`, in order, answers' results among them."""

    def __init__(
        self, socket: ClientConnection, session: ClientSession, hear: Callable[[Heard], None], asked: Asked
    ) -> None:
        self._socket = socket
        self._session = session
        self._hear = hear
        self._asked = asked
        self._pinged: dict[float, asyncio.Future[Pong]] = {}
        self._clock = asyncio.get_running_loop().time
        self.goodbye: Goodbye | None = None

    @classmethod
    async def open(cls, url: str, hello: Hello, hear: Callable[[Heard], None], asked: Asked) -> "Connection":
        """Connects and says hello; raises Unreachable, Parted, or ProtocolError."""
        try:
            socket = await connect(
                url,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_size=MAX_MESSAGE_BYTES,
                ping_interval=None,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
            )
        except InvalidStatus as error:
            raise Unreachable(f"{url} answers HTTP {error.response.status_code}") from error
        except (OSError, EOFError, InvalidHandshake, InvalidMessage, InvalidURI) as error:
            raise Unreachable(f"no city answers at {url}: {error}") from error
        clock = asyncio.get_running_loop().time
        self = cls(socket, ClientSession(clock()), hear, asked)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await socket.send(self._session.send(hello))
                first, *rest = self._session.receive(await socket.recv(), clock())
        except (TimeoutError, ConnectionClosed) as error:
            await socket.close()
            raise Unreachable(f"{url} does not answer the hello") from error
        except BaseException:
            await socket.close()
            raise
        if isinstance(first, Goodbye):
            await socket.close()
            raise Parted(first)
        assert isinstance(first, Welcome)
        for heard in (first, *rest):
            self._take(heard)
        return self

    async def listen(self) -> None:
        """Hears until the connection ends; raises ProtocolError where the server broke the language."""
        keeping = asyncio.create_task(self._keep())
        try:
            async for data in self._socket:
                for heard in self._session.receive(data, self._clock()):
                    self._take(heard)
                if ack := self._session.acknowledge(self._clock()):
                    await self._socket.send(ack)
        except ConnectionClosed:
            pass
        finally:
            keeping.cancel()
            self._session.close()
            if self.ticket is None:
                self._asked.lose(Lost("the connection broke before the answer"))
            for waiting in self._pinged.values():
                if not waiting.done():
                    waiting.set_exception(Lost("the connection broke before the answer"))
                    waiting.exception()

    @property
    def ticket(self) -> Resume | None:
        """With what a next connection goes on with this session; None where it cannot."""
        if self.goodbye is not None and not ENDINGS[self.goodbye.code].resumable:
            return None
        return self._session.ticket

    async def ask_again(self) -> None:
        """Sends what was asked before this connection and not answered, which the city then does once."""
        for command in self._asked.unanswered():
            await self._send(command)

    def _take(self, heard: HeardByClient) -> None:
        match heard:
            case Done(id=number) if self._asked.waits_for(number):
                found = self._asked.result_of(heard)
                # The result is heard before anything told after it: frames may follow in the same message.
                if found is not None:
                    self._hear(found)
                self._asked.done(number, found)
            case RefusedAnswer(id=number) if self._asked.waits_for(number):
                self._hear(heard)
                self._asked.refused(heard)
            case Goodbye():
                self.goodbye = heard
                self._hear(heard)
            case Pong(t=t):
                if (pong := self._pinged.pop(t, None)) is not None and not pong.done():
                    pong.set_result(heard)
                self._hear(heard)
            case _:
                self._hear(heard)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEPING_SECONDS)
            now = self._clock()
            silent = now - self._session.heard_at
            try:
                if ack := self._session.acknowledge(now):
                    await self._socket.send(ack)
                if silent > SILENT_SECONDS:
                    self._socket.transport.abort()
                elif silent > PING_SECONDS and not self._pinged:
                    self._pinged[now] = asyncio.get_running_loop().create_future()
                    await self._send(Ping(t=now))
            except (ConnectionClosed, Lost):
                return

    async def _send(self, message: Message) -> None:
        if self._session.state is not State.OPEN:
            raise Lost("the connection has ended")
        try:
            await self._socket.send(self._session.send(message))
        except ConnectionClosed as error:
            raise Lost("the connection broke") from error

    async def ask(self, model: type[Command], **fields: Any) -> Result | None:
        """Gives a command and waits for its answer, if need be over later connections; raises Refused, Lost."""
        command, answer = self._asked.give(model, fields)
        try:
            try:
                await self._send(command)
            except Lost:
                if self.ticket is None:
                    raise
            return await answer
        finally:
            self._asked.forget(command.id)

    async def ping(self) -> tuple[float, Pong]:
        """Seconds there and back, and the server's time; raises Lost."""
        sent = self._clock()
        pong: asyncio.Future[Pong] = asyncio.get_running_loop().create_future()
        self._pinged[sent] = pong
        try:
            await self._send(Ping(t=sent))
            answer = await pong
            return self._clock() - sent, answer
        finally:
            self._pinged.pop(sent, None)

    async def send_pose(self, raw: bytes) -> None:
        """Sends a pose message; on a connection that has ended it is lost."""
        if self._session.state is State.OPEN:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(self._session.send_pose(raw))

    async def close(self) -> None:
        """Says goodbye, if it can still be said, and closes."""
        with contextlib.suppress(Lost):
            await self._send(Goodbye(code=Farewell.BYE, message=""))
        await self._socket.close()
