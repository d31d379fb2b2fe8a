"""What a request may send: bodies too long are refused so that the sender hears it, however long they are."""

from typing import Any

from fastapi import Request, Response
from starlette.types import Message, Receive, Scope, Send

from protocol.refusals import Refused
from server.web.bodies import LINGER_BYTES, ShortBodies

MAX_BYTES = 1_000
PART = b" " * 10_000


class Sender:
    """Sends a body in parts, and hears the answer."""

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.taken = 0
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        self.taken += 1
        return {"type": "http.request", "body": PART, "more_body": self.taken < self.parts}

    async def send(self, message: Message) -> None:
        self.heard.append(message)


async def nothing_behind(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("a body that is too long came through")


def refuse(request: Request, refused: Refused, status: int) -> Response:
    return Response(refused.code.value, status)


async def sent(sender: Sender) -> Any:
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await ShortBodies(nothing_behind, MAX_BYTES, refuse)(scope, sender.receive, sender.send)
    return sender.heard[0]["status"]


async def test_who_sends_too_much_is_heard_out_and_told_so() -> None:
    sender = Sender(parts=20)
    assert await sent(sender) == 413
    assert sender.taken == 20


async def test_who_sends_without_end_is_not_heard_out() -> None:
    sender = Sender(parts=10**9)
    assert await sent(sender) == 413
    assert sender.taken <= (MAX_BYTES + LINGER_BYTES) // len(PART) + 1
