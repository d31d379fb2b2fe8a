"""A citizen of the storms: lean, so that thousands of them fit one core, and counting what it is told.

It reads the control lane only as far as a scenario asks, counts frames unread, and checks every fact's number.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import msgpack
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from load_tests.serving import Served
from protocol.codec import encode
from protocol.handshake import PROTOCOL_VERSION, SUBPROTOCOL, Ack, Hello, Resume
from protocol.message import Command
from protocol.session import ACK_FACTS
from server.auth import Claims, issue_token, keep_secret
from server.config import Settings

Map: TypeAlias = dict[str, Any]
Hear: TypeAlias = Callable[["Citizen", Map], None]

OPEN_S = 10.0
"""How long a connection, and its welcome, may take."""

TOKEN_HOURS = 2.0

# The first bytes of the exts of MessagePack: a frame that comes alone is counted without being read.
_EXTS = frozenset({0xC7, 0xC8, 0xC9, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8})


class Broken(ConnectionError):
    """The line broke, or was never there: what was asked may be done, or not."""


class NotDone(Exception):
    """The city refused: its code and message."""


def token_of(served: Served, name: str, **claims: Any) -> str:
    """A token of the city that is served, as its operator would give out; level 2 if nothing else is said."""
    told = Claims.model_validate({"sub": name, "name": name, **claims})
    secret = keep_secret(served.data)
    issuer = Settings().auth.issuer
    return issue_token(secret, told, issuer=issuer, now=int(time.time()), hours=TOKEN_HOURS)


class Citizen(WSListener):
    """One citizen, through as many connections as it takes; `hear` is called with each fact and count."""

    def __init__(self, name: str, token: str | None, hear: Hear = lambda me, item: None) -> None:
        super().__init__()
        self.address = "127.0.0.1"
        """From where they come."""
        self.name, self.token, self.hear = name, token, hear
        self.id = ""
        self.is_here = False
        self.resumed = 0
        self.frames = 0
        self.facts = 0
        self.misnumbered = 0
        """Facts that were lost before, or told again: their number was not the next."""
        self._last = self._acknowledged = 0
        self._last_id = 0
        self._resume: tuple[str, str] | None = None
        self._transport: WSTransport | None = None
        self._welcomed: asyncio.Future[Map] | None = None
        self._asked: dict[int, asyncio.Future[Map]] = {}

    async def come(self, port: int, *, resume: bool = False) -> None:
        """A connection and its welcome; raises Broken."""
        self._welcomed = asyncio.get_running_loop().create_future()
        ticket = None
        if resume and self._resume is not None:
            ticket = Resume(session=self._resume[0], key=self._resume[1], last=self._last)
        hello = Hello(protocol=PROTOCOL_VERSION, name=self.name, token=self.token, locale="ko", resume=ticket)
        try:
            async with asyncio.timeout(OPEN_S):
                await ws_connect(
                    lambda: self,
                    f"ws://127.0.0.1:{port}/ws",
                    extra_headers={"Sec-WebSocket-Protocol": SUBPROTOCOL},
                    local_addr=(self.address, 0),
                )
                self.send(encode(hello))
                welcome = await self._welcomed
        except Broken:
            raise
        except Exception as error:
            raise Broken(f"no way in: {error!r}") from error
        if welcome["type"] != "welcome":
            raise Broken(f"{welcome.get('code')}: {welcome.get('message')}")
        self.id = welcome["citizen"]["id"]
        self._resume = welcome["session"], welcome["resume_key"]
        self.resumed += welcome["resumed"]
        if not welcome["resumed"]:
            self._last = self._acknowledged = 0

    def ask(self, model: type[Command], key: str | None = None, **fields: Any) -> "asyncio.Future[Map]":
        """A command on its way; the answer is what `done.result` holds, or NotDone, or Broken."""
        self._last_id += 1
        answer: asyncio.Future[Map] = asyncio.get_running_loop().create_future()
        command: Map = {"type": model.model_fields["type"].default, "id": self._last_id, **fields}
        if key is not None:
            command["key"] = key
        if not self.is_here:
            answer.set_exception(Broken("not connected"))
            return answer
        self._asked[self._last_id] = answer
        self.send(msgpack.packb(command))
        return answer

    def abort(self) -> None:
        """The line breaks without a word (RST)."""
        if self._transport is not None:
            self.is_here = False
            self._transport.underlying_transport.abort()

    def leave(self) -> None:
        """Closes as one does."""
        if self._transport is not None and self.is_here:
            self.send(msgpack.packb({"type": "goodbye", "code": "bye", "message": ""}))
            self._transport.disconnect()

    def send(self, data: bytes) -> None:
        """Any bytes as a message; nothing where the line is over."""
        if self._transport is not None and self.is_here:
            self._transport.send(WSMsgType.BINARY, data)

    # What is heard.

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self.is_here = True

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if transport is not self._transport:
            return
        self.is_here = False
        waiting = [*self._asked.values(), *([self._welcomed] if self._welcomed else [])]
        self._asked.clear()
        for answer in waiting:
            if not answer.done():
                answer.set_exception(Broken("the line broke"))
                answer.exception()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.BINARY or transport is not self._transport:
            return
        data = frame.get_payload_as_bytes()
        if data[0] in _EXTS:
            self.frames += 1
            return
        value = msgpack.unpackb(data)
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, dict):
                self._take(item)
            else:
                self.frames += 1
        if self._last - self._acknowledged >= ACK_FACTS:
            self._acknowledged = self._last
            self.send(encode(Ack(n=self._last)))

    def _take(self, item: Map) -> None:
        match item["type"]:
            case "done":
                if (answer := self._asked.pop(item["id"], None)) is not None and not answer.done():
                    answer.set_result(item.get("result") or {})
            case "refused":
                if (answer := self._asked.pop(item["id"], None)) is not None and not answer.done():
                    answer.set_exception(NotDone(f"{item['code']}: {item['message']}"))
            case "welcome" | "goodbye":
                if self._welcomed is not None and not self._welcomed.done():
                    self._welcomed.set_result(item)
            case _:
                if (n := item.get("n")) is not None:
                    self.facts += 1
                    self.misnumbered += n != self._last + 1
                    self._last = n
                self.hear(self, item)
