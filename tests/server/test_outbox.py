"""The outbox: facts in order and numbered, of each running number the newest, all of a tick as one message."""

import msgpack

from protocol.codec import encode, fact_body
from protocol.districts import Crowd, EnteredZone
from protocol.handshake import Goodbye, Hello, Pong, Welcome
from protocol.message import MAX_TOLD_BYTES, Count
from protocol.refusals import Farewell
from protocol.session import ClientSession, ServerSession
from server.outbox import Outbox
from tests.support.city import Town, district


class Ends:
    """A session open on both ends, and what was sent."""

    def __init__(self) -> None:
        self.server, self.client = ServerSession(0.0), ClientSession(0.0)
        self.server.receive(self.client.send(Hello(protocol=1)), 0.0)
        welcome = next(item for item in Town(district("here")).visitor().heard if isinstance(item, Welcome))
        self.client.receive(self.server.send(welcome), 0.0)
        self.sent: list[bytes] = []
        self.outbox = Outbox(self.server, self.sent.append)

    def fact(self, zone: str) -> None:
        self.outbox.fact(fact_body(EnteredZone(zone=zone), at=5))

    def number(self, count: Count) -> None:
        self.outbox.number(count.type, encode(count))


def pong(t: float) -> Pong:
    return Pong(t=t, server_time=1)


def test_what_is_queued_goes_as_one_message_facts_first_and_numbered() -> None:
    ends = Ends()
    ends.number(pong(1.0))
    ends.fact("a")
    ends.fact("b")
    assert ends.sent == []
    ends.outbox.flush()
    [message] = ends.sent
    assert [(item["type"], item.get("n")) for item in msgpack.unpackb(message)] == [
        ("district.entered_zone", 1),
        ("district.entered_zone", 2),
        ("pong", None),
    ]


def test_of_a_running_number_only_the_newest_is_sent() -> None:
    ends = Ends()
    for t in range(5):
        ends.number(pong(t))
    ends.number(Crowd(district="here", population=3, tick_hz=10))
    ends.outbox.flush()
    [message] = ends.sent
    assert [item.get("t") for item in msgpack.unpackb(message)] == [4.0, None]


def test_nothing_queued_is_nothing_sent_and_nothing_is_sent_twice() -> None:
    ends = Ends()
    ends.outbox.flush()
    ends.fact("a")
    ends.outbox.flush()
    ends.outbox.flush()
    assert len(ends.sent) == 1


def test_more_facts_than_a_message_holds_go_as_several_in_their_order() -> None:
    ends = Ends()
    for _ in range(3_500):
        ends.fact("a")
    ends.outbox.flush()
    assert max(map(len, ends.sent)) <= MAX_TOLD_BYTES
    assert len(ends.sent) == -(-sum(map(len, ends.sent)) // MAX_TOLD_BYTES)
    told = [item["n"] for message in ends.sent for item in msgpack.unpackb(message)]
    assert told == list(range(1, 3_501))


def test_nothing_is_queued_for_who_has_not_been_welcomed_or_has_gone() -> None:
    sent: list[bytes] = []
    outbox = Outbox(ServerSession(0.0), sent.append)
    outbox.number("pong", encode(pong(1)))
    outbox.flush()
    ends = Ends()
    ends.server.send(Goodbye(code=Farewell.BYE, message=""))
    ends.number(pong(1))
    ends.outbox.flush()
    assert sent == ends.sent == []
