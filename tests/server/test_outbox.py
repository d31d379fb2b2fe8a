"""The outbox: facts in order and numbered, of each running number the newest, all of a tick as one message."""

import msgpack
import pytest

from protocol.codec import fact_body
from protocol.districts import Crowd, EnteredZone
from protocol.handshake import Ack, Goodbye, Hello, Pong, Welcome
from protocol.refusals import Farewell, ProtocolError
from protocol.session import ClientSession, ServerSession
from server.outbox import Outbox
from tests.support.city import Town, district


class Ends:
    """A session open on both ends, and what was sent."""

    def __init__(self, unacknowledged: int = 0) -> None:
        self.server, self.client = ServerSession(0.0), ClientSession(0.0)
        self.server.receive(self.client.send(Hello(protocol=1)), 0.0)
        welcome = next(item for item in Town(district("here")).visitor().heard if isinstance(item, Welcome))
        self.client.receive(self.server.send(welcome), 0.0)
        self.sent: list[bytes] = []
        self.outbox = Outbox(self.server, self.sent.append, unacknowledged)

    def fact(self, zone: str) -> None:
        self.outbox.fact(fact_body(EnteredZone(zone=zone), at=5))


def pong(t: float) -> Pong:
    return Pong(t=t, server_time=1)


def test_what_is_queued_goes_as_one_message_facts_first_and_numbered() -> None:
    ends = Ends()
    ends.outbox.count(pong(1.0))
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
        ends.outbox.count(pong(t))
    ends.outbox.count(Crowd(district="here", population=3, tick_hz=10))
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


def test_any_number_of_facts_is_one_message() -> None:
    ends = Ends()
    for _ in range(70_000 // 20):
        ends.fact("a")
    ends.outbox.flush()
    [message] = ends.sent
    assert [item["n"] for item in msgpack.unpackb(message)] == list(range(1, 3_501))


def test_so_many_facts_wait_for_an_ack_and_one_more_is_too_slow() -> None:
    ends = Ends(unacknowledged=3)
    for zone in "abc":
        ends.fact(zone)
    with pytest.raises(ProtocolError) as ended:
        ends.fact("d")
    assert ended.value.code is Farewell.TOO_SLOW
    ends.outbox.flush()
    ends.client.receive(ends.sent.pop(), 0.0)
    ends.server.receive(ends.client.send(Ack(n=2)), 0.0)
    ends.fact("e")
    ends.fact("f")
    with pytest.raises(ProtocolError):
        ends.fact("g")


def test_without_a_bound_any_number_waits() -> None:
    ends = Ends(unacknowledged=0)
    for _ in range(2_000):
        ends.fact("a")
    assert ends.server.told == 2_000


def test_nothing_is_queued_for_who_has_not_been_welcomed_or_has_gone() -> None:
    sent: list[bytes] = []
    session = ServerSession(0.0)
    outbox = Outbox(session, sent.append, 0)
    outbox.fact(b"\x80")
    outbox.count(pong(1))
    outbox.flush()
    ends = Ends()
    ends.server.send(Goodbye(code=Farewell.BYE, message=""))
    ends.fact("a")
    ends.outbox.count(pong(1))
    ends.outbox.flush()
    assert sent == ends.sent == []
