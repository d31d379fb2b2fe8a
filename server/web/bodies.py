"""What a request may send: so many bytes, within so many seconds."""

import asyncio
from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protocol.refusals import Refusal, Refused

BODY_SECONDS = 10.0
"""How long a body may take to come: it is no longer than one message of the WebSocket."""

LINGER_BYTES = 262_144
"""How much more than allowed is read, and thrown away, so that who sent a little too much hears why."""


class ShortBodies:
    """Takes a body whole, or refuses one that is too long (413) or does not come (408)."""

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int,
        refuse: Callable[[Request, Refused, int], Response],
        is_read_there: Callable[[Scope], bool] = lambda _: False,
    ) -> None:
        """`is_read_there`: whether who answers reads the body itself, and bounds it."""
        self._is_read_there = is_read_there
        self._app = app
        self._max_bytes = max_bytes
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""
        if scope["type"] != "http" or self._is_read_there(scope):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                first = await self._whole(receive)
        except TimeoutError:
            refused, status = Refused(Refusal.BAD_MESSAGE, "the body did not come in time"), 408
        except Refused as too_long:
            refused, status = too_long, 413
        else:
            await self._app(scope, _then(first, receive), send)
            return
        answer = self._refuse(Request(scope), refused, status)
        # What is left of the body is not read, so nothing else can come by this connection.
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)

    async def _whole(self, receive: Receive) -> Message:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            is_whole = not message.get("more_body", False)
            if size > self._max_bytes:
                parts.clear()
                # A line that is closed with bytes unread is reset, and the answer lost: a little more is taken in.
                if is_whole or size > self._max_bytes + LINGER_BYTES:
                    raise Refused(Refusal.TOO_LONG, f"at most {self._max_bytes} bytes")
            elif is_whole:
                return {"type": "http.request", "body": b"".join(parts), "more_body": False}


def _then(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
