"""A session, both ends: legal steps, illegal ones, numbers, deadlines; two real ends in memory."""

import itertools

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import catalogue, codec, poses
from protocol.avatars import Emote
from protocol.districts import EnteredZone
from protocol.handshake import Ack, Done, Goodbye, Hello, Ping, Pong, RefusedAnswer, Resume, Welcome
from protocol.message import Command, Message
from protocol.refusals import ENDINGS, Farewell, ProtocolError, Refusal
from protocol.session import (
    ACK_FACTS,
    ACK_SECONDS,
    HELLO_SECONDS,
    IDLE_SECONDS,
    TABLE,
    ClientSession,
    Kind,
    Misread,
    Pose,
    ServerSession,
    Side,
    State,
    Unknown,
    kind_of,
)
from tests.protocol.test_codec import values
from tests.protocol.test_vectors import VECTORS

WELCOME = codec.read(Welcome, VECTORS["welcome"]["value"])
HELLO = Hello(protocol=1)
BYE = Goodbye(code=Farewell.BYE, message="")
ZONE = codec.fact_body(EnteredZone(zone="plaza"), at=5)
POSE = poses.encode_pose(1.0, 0.0, 2.0, 0)

SPOKEN: dict[Kind, bytes] = {
    Kind.HELLO: codec.encode(HELLO),
    Kind.WELCOME: codec.encode(WELCOME),
    Kind.COMMAND: codec.encode(Emote(id=1, emote=5)),
    Kind.ANSWER: codec.encode(Done(id=1)),
    Kind.FACT: codec.number_fact(ZONE, 1),
    Kind.COUNT: codec.encode(Pong(t=1.0, server_time=2)),
    Kind.ACK: codec.encode(Ack(n=1)),
    Kind.PING: codec.encode(Ping(t=1.0)),
    Kind.POSE: POSE,
    Kind.FRAME: poses.encode_frame(0, b""),
    Kind.GOODBYE: codec.encode(BYE),
}
"""One message of each kind."""

SAYS: dict[Side, set[Kind]] = {side: {kind for speaker, _, kind in TABLE if speaker is side} for side in Side}


def pair(state: State = State.OPEN) -> tuple[ClientSession, ServerSession]:
    """Two ends that have come to a state by saying what leads there."""
    client, server = ClientSession(0.0), ServerSession(0.0)
    if state in (State.ASKED, State.OPEN):
        server.receive(client.send(HELLO), 0.0)
    if state is State.OPEN:
        client.receive(server.send(WELCOME), 0.0)
    if state is State.CLOSED:
        server.receive(client.send(BYE), 0.0)
    assert client.state is server.state is state
    return client, server


def farewell_of(server: ServerSession, data: bytes | str) -> tuple[Farewell, int]:
    with pytest.raises(ProtocolError) as caught:
        server.receive(data, 1.0)
    return caught.value.code, caught.value.close_code


# What may be said when


@pytest.mark.parametrize(
    ("speaker", "state", "kind"),
    [key for key in itertools.product(Side, State, Kind) if key[2] in SAYS[key[0]]],
)
def test_the_table_decides_what_each_end_says_and_hears(speaker: Side, state: State, kind: Kind) -> None:
    client, server = pair(state)
    says, hears = (client, server) if speaker is Side.CLIENT else (server, client)
    legal = (speaker, state, kind) in TABLE
    if legal:
        says._say(kind)
        hears.receive(SPOKEN[kind], 1.0)
        assert says.state is hears.state is TABLE[speaker, state, kind]
        return
    with pytest.raises(LookupError):
        says._say(kind)
    if state is State.CLOSED:
        assert hears.receive(SPOKEN[kind], 1.0) == []
    else:
        with pytest.raises(ProtocolError, match=r"may not come|first message|second hello") as caught:
            hears.receive(SPOKEN[kind], 1.0)
        assert caught.value.code is Farewell.BAD_MESSAGE
    assert says.state is hears.state is state


def test_every_message_of_the_catalogue_is_of_a_kind_that_its_side_may_say() -> None:
    for side, models in ((Side.CLIENT, catalogue.FROM_CLIENT), (Side.SERVER, catalogue.FROM_SERVER)):
        for model in models:
            assert kind_of(model.model_construct(type=catalogue.type_of(model))) in SAYS[side], model


def test_what_is_no_message_of_a_session_has_no_kind() -> None:
    with pytest.raises(LookupError):
        kind_of(Message(type="whatever"))


def test_the_ends_cannot_say_each_others_words() -> None:
    client, server = pair()
    with pytest.raises(LookupError):
        client.send(Done(id=1))
    with pytest.raises(LookupError):
        server.send(Emote(id=1, emote=1))
    with pytest.raises(LookupError):
        server.send(WELCOME)


# The opening


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"type": "ping", "t": 1}, Farewell.BAD_MESSAGE),
        ({"type": "district.enter", "id": 1, "district": "civil"}, Farewell.BAD_MESSAGE),
        ({"type": "hallo"}, Farewell.BAD_MESSAGE),
        ({}, Farewell.BAD_MESSAGE),
        ({"type": ["hello"], "protocol": 1}, Farewell.BAD_MESSAGE),
        ({"type": "hello"}, Farewell.BAD_MESSAGE),
        ({"type": "hello", "protocol": "1"}, Farewell.BAD_MESSAGE),
        ({"type": "hello", "protocol": True}, Farewell.BAD_MESSAGE),
        ({"type": "hello", "protocol": 1, "name": 5}, Farewell.BAD_MESSAGE),
        ({"type": "hello", "protocol": 1, "name": "a" * 41}, Farewell.BAD_MESSAGE),
        ({"type": "hello", "protocol": 0}, Farewell.BAD_PROTOCOL),
        ({"type": "hello", "protocol": 2}, Farewell.BAD_PROTOCOL),
        ({"type": "hello", "protocol": 1.5}, Farewell.BAD_PROTOCOL),
        ({"type": "hello", "protocol": 2**64 - 1, "name": 5}, Farewell.BAD_PROTOCOL),
    ],
)
def test_a_wrong_opening_ends_the_session_with_its_reason(item: dict[str, object], code: Farewell) -> None:
    assert farewell_of(ServerSession(0.0), msgpack.packb(item)) == (code, 4400)


def test_a_hello_may_say_its_version_as_a_float() -> None:
    (heard,) = ServerSession(0.0).receive(msgpack.packb({"type": "hello", "protocol": 1.0}), 0.0)
    assert heard == HELLO


@pytest.mark.parametrize("state", [State.ASKED, State.OPEN])
def test_a_second_hello_ends_the_session(state: State) -> None:
    _, server = pair(state)
    assert farewell_of(server, SPOKEN[Kind.HELLO]) == (Farewell.BAD_MESSAGE, 4400)


@pytest.mark.parametrize("item", [{"type": "chat.say", "id": 4}, {"type": "no.such", "id": 4}])
def test_a_command_before_the_welcome_ends_the_session_even_if_it_cannot_be_read(item: object) -> None:
    _, server = pair(State.ASKED)
    assert farewell_of(server, msgpack.packb(item)) == (Farewell.BAD_MESSAGE, 4400)


def test_the_goodbye_can_be_told_after_a_wrong_opening() -> None:
    client, server = ClientSession(0.0), ServerSession(0.0)
    assert farewell_of(server, b"\xc1")
    (heard,) = client.receive(server.farewell(Farewell.BAD_MESSAGE), 0.0)
    assert heard == Goodbye(
        code=Farewell.BAD_MESSAGE, message=ENDINGS[Farewell.BAD_MESSAGE].meaning, retry="never"
    )
    assert client.state is server.state is State.CLOSED


# Refused or closed


@pytest.mark.parametrize("state", [State.OPENING, State.ASKED, State.OPEN])
def test_text_ends_the_session_with_the_close_code_for_text(state: State) -> None:
    _, server = pair(state)
    assert farewell_of(server, "hello") == (Farewell.BAD_MESSAGE, 1003)


def test_a_message_over_the_limit_ends_the_session_as_too_long() -> None:
    _, server = pair()
    server.max_message_bytes = 4096
    assert farewell_of(server, b"\x00" * 4097) == (Farewell.TOO_LONG, 1009)


@pytest.mark.parametrize(
    "data",
    [
        b"\xc1",
        b"\xd8\x01" + bytes(15),
        b"\xd8\x05" + bytes(16),
        b"\xd7\x01" + bytes(8),
        b"\xc7\x11\x01" + bytes(17),
        b"\x92" + POSE + b"\xd4\x02\x00",
        b"\x81\xa1a" + b"\x91" * 16 + b"\xc0",
    ],
)
def test_bytes_that_are_not_of_the_language_end_the_session(data: bytes) -> None:
    _, server = pair()
    assert farewell_of(server, data) == (Farewell.BAD_MESSAGE, 4400)


@pytest.mark.parametrize(
    ("item", "code", "field"),
    [
        ({"type": "chat.say", "id": 4, "to": "zone"}, Refusal.BAD_MESSAGE, "text"),
        ({"type": "chat.say", "id": 4.0, "text": 1, "to": "zone"}, Refusal.BAD_MESSAGE, "text"),
        ({"type": "chat.say", "id": 4, "text": "a" * 5000, "to": "zone"}, Refusal.TOO_LONG, "text"),
        ({"type": "vote.cast", "id": 4}, Refusal.UNKNOWN_TYPE, "type"),
        ({"type": 7, "id": 4}, Refusal.UNKNOWN_TYPE, "type"),
        ({"id": 4}, Refusal.UNKNOWN_TYPE, "type"),
        ({"type": "done", "id": 4}, Refusal.UNKNOWN_TYPE, "type"),
        ({"type": "ping", "id": 4, "t": "soon"}, Refusal.BAD_MESSAGE, "t"),
    ],
)
def test_what_has_an_id_and_cannot_be_read_is_refused_under_it(
    item: dict[str, object], code: Refusal, field: str
) -> None:
    client, server = pair()
    (heard,) = server.receive(msgpack.packb(item), 1.0)
    assert isinstance(heard, Misread)
    assert (heard.id, heard.refusal.code, heard.refusal.field) == (4, code, field)
    answer = RefusedAnswer(id=heard.id, code=code, message=heard.refusal.message, field=field)
    assert client.receive(server.send(answer), 1.0) == [answer]


@pytest.mark.parametrize(
    "number", [None, "4", True, -1, -1.0, 1.5, 2**53, 1e300, float("nan"), float("inf"), [4]]
)
def test_what_has_no_usable_id_and_cannot_be_read_is_ignored(number: object) -> None:
    _, server = pair()
    assert server.receive(msgpack.packb({"type": "chat.say", "id": number}), 1.0) == [Unknown("chat.say")]
    assert server.receive(msgpack.packb({"type": "no.such", "id": number}), 1.0) == [Unknown("no.such")]
    assert server.state is State.OPEN


def test_a_client_ignores_what_a_newer_server_says_and_goes_on() -> None:
    client, server = pair()
    newer = [
        msgpack.packb({"type": "weather.counts", "drops": 3}),
        msgpack.packb(msgpack.ExtType(5, b"head and hands")),
        msgpack.packb({"n": 1, "type": "weather.turned", "at": 5}),
        codec.number_fact(ZONE, 2),
    ]
    heard = client.receive(codec.bundle(newer), 1.0)
    assert heard[:3] == [Unknown("weather.counts"), Unknown("ext 5"), Unknown("weather.turned")]
    assert client.last_fact == 2
    assert client.state is server.state is State.OPEN


@pytest.mark.parametrize("item", [{"type": "pong"}, {"type": "done"}, {"type": "goodbye", "code": "whim"}])
def test_a_client_tells_a_server_that_breaks_the_language(item: object) -> None:
    client, _ = pair()
    with pytest.raises(ProtocolError):
        client.receive(msgpack.packb(item), 1.0)
    with pytest.raises(ProtocolError):
        client.receive("text", 1.0)


# Several at once


def test_a_pose_is_heard_alone_and_among_others() -> None:
    client, server = pair()
    assert server.receive(client.send_pose(POSE), 1.0) == [Pose(POSE)]
    long_head = b"\xc7\x10\x01" + POSE[2:]
    heard = server.receive(codec.bundle([POSE, client.send(Ping(t=3.0)), long_head]), 1.0)
    assert heard == [Pose(POSE), Ping(t=3.0), Pose(POSE)]


def test_nothing_is_heard_after_a_goodbye() -> None:
    _, server = pair()
    heard = server.receive(codec.bundle([SPOKEN[Kind.PING], SPOKEN[Kind.GOODBYE], SPOKEN[Kind.PING]]), 1.0)
    assert heard == [Ping(t=1.0), BYE]
    assert server.receive(SPOKEN[Kind.PING], 2.0) == []


@pytest.mark.parametrize("state", [State.OPENING, State.ASKED, State.OPEN])
def test_a_goodbye_of_a_client_is_one_whatever_else_it_holds(state: State) -> None:
    _, server = pair(state)
    assert server.receive(msgpack.packb({"type": "goodbye", "code": 5, "id": 1}), 1.0) == [BYE]
    assert server.state is State.CLOSED


def test_a_lost_connection_closes_in_silence() -> None:
    client, server = pair()
    server.close()
    assert server.receive(SPOKEN[Kind.PING], 2.0) == []
    server.expire(1e9)
    client.close()
    assert client.receive(SPOKEN[Kind.FACT], 2.0) == []


# Numbers


def test_facts_are_numbered_from_one_without_a_gap() -> None:
    client, server = pair()
    for n in range(1, 200):
        client.receive(server.tell(ZONE), 1.0)
        assert client.last_fact == server.told == n


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_a_client_notices_a_fact_lost_doubled_or_out_of_order(n: int) -> None:
    client, server = pair()
    client.receive(codec.bundle([server.tell(ZONE), server.tell(ZONE)]), 1.0)
    with pytest.raises(ProtocolError, match=f"fact {n} came after 2"):
        client.receive(codec.number_fact(ZONE, n), 1.0)


def test_an_acknowledgement_counts_forwards_and_never_beyond_what_was_told() -> None:
    client, server = pair()
    for _ in range(3):
        server.tell(ZONE)
    for n, acknowledged in [(0, 0), (2, 2), (1, 2), (4, 2), (2**53 - 1, 2), (3, 3)]:
        server.receive(client.send(Ack(n=n)), 1.0)
        assert server.acknowledged == acknowledged


def test_a_client_acknowledges_after_sixty_four_facts_or_five_seconds() -> None:
    client, server = pair()
    assert client.acknowledge(100.0) is None
    for _ in range(ACK_FACTS - 1):
        client.receive(server.tell(ZONE), 1.0)
    assert client.acknowledge(ACK_SECONDS - 0.1) is None
    client.receive(server.tell(ZONE), 1.0)
    data = client.acknowledge(ACK_SECONDS - 0.1)
    assert data is not None
    server.receive(data, 1.0)
    assert server.acknowledged == ACK_FACTS
    client.receive(server.tell(ZONE), 6.0)
    assert client.acknowledge(6.0) is None
    data = client.acknowledge(2 * ACK_SECONDS)
    assert data is not None
    server.receive(data, 10.0)
    assert server.acknowledged == server.told
    assert client.acknowledge(1e9) is None
    client.receive(server.tell(ZONE), 11.0)
    client.close()
    assert client.acknowledge(1e9) is None


# Going on with a session


def resuming(last: int, *, resumed: bool, window_ms: int = 60_000) -> ClientSession:
    """A client that asked to resume, and its welcome."""
    client = ClientSession(0.0)
    client.send(Hello(protocol=1, resume=Resume(session="s", key="k", last=last)))
    welcome = WELCOME.model_copy(update={"resumed": resumed, "resume_window_ms": window_ms})
    client.receive(codec.encode(welcome), 0.0)
    return client


def test_a_client_that_resumed_goes_on_counting_and_else_begins_with_one() -> None:
    went_on, afresh = resuming(41, resumed=True), resuming(41, resumed=False)
    assert (went_on.last_fact, afresh.last_fact) == (41, 0)
    went_on.receive(codec.number_fact(ZONE, 42), 1.0)
    afresh.receive(codec.number_fact(ZONE, 1), 1.0)
    with pytest.raises(ProtocolError, match="fact 1 came after 42"):
        went_on.receive(codec.number_fact(ZONE, 1), 1.0)
    assert went_on.acknowledge(10.0) == codec.encode(Ack(n=42))


def test_a_client_has_a_ticket_from_its_welcome_on_where_the_server_keeps_sessions() -> None:
    assert ClientSession(0.0).ticket is None
    assert resuming(0, resumed=False, window_ms=0).ticket is None
    client = resuming(41, resumed=True)
    client.receive(codec.number_fact(ZONE, 42), 1.0)
    client.close()
    assert client.ticket == Resume(session=WELCOME.session, key=WELCOME.resume_key, last=42)


def test_a_resume_that_was_not_asked_for_breaks_the_language() -> None:
    client = ClientSession(0.0)
    client.send(HELLO)
    with pytest.raises(ProtocolError, match="not asked for"):
        client.receive(codec.encode(WELCOME.model_copy(update={"resumed": True})), 0.0)


def test_a_server_knows_from_the_first_message_that_its_welcome_has_arrived() -> None:
    client, server = pair()
    assert not server.is_confirmed
    server.receive(client.send_pose(POSE), 1.0)
    assert server.is_confirmed


# Deadlines


def test_a_client_that_says_nothing_is_waited_for_five_seconds() -> None:
    server = ServerSession(100.0)
    assert server.deadline() == 100.0 + HELLO_SECONDS
    server.expire(104.9)
    with pytest.raises(ProtocolError) as caught:
        server.expire(105.0)
    assert (caught.value.code, caught.value.close_code) == (Farewell.HANDSHAKE_TIMEOUT, 4400)


def test_bytes_that_are_no_hello_do_not_move_the_deadline() -> None:
    server = ServerSession(0.0)
    server.receive(b"\x90", 4.0)
    assert server.deadline() == HELLO_SECONDS


def test_an_open_session_is_idle_sixty_seconds_after_the_last_word() -> None:
    client, server = pair()
    server.receive(client.send(Ping(t=0.0)), 30.0)
    server.expire(30.0 + IDLE_SECONDS - 0.1)
    with pytest.raises(ProtocolError) as caught:
        server.expire(30.0 + IDLE_SECONDS)
    assert (caught.value.code, caught.value.close_code) == (Farewell.IDLE, 4408)


# Anything at all


@given(
    st.sampled_from([State.OPENING, State.ASKED, State.OPEN]),
    st.lists(
        st.binary(max_size=60)
        | st.text(max_size=5)
        | st.sampled_from(sorted(SPOKEN.values()))
        | values.map(msgpack.packb)
        | st.builds(
            lambda word, fields: msgpack.packb({"type": word} | fields),
            st.sampled_from(sorted(catalogue.CLIENT_WORDS)) | st.text(max_size=3),
            st.dictionaries(st.sampled_from(["id", "text", "to", "t", "n", "district", "slots"]), values),
        ),
        max_size=6,
    ),
)
def test_whatever_comes_a_server_hears_or_says_why_not(state: State, messages: list[bytes | str]) -> None:
    _, server = pair(state)
    for data in messages:
        try:
            heard = server.receive(data, 1.0)
        except ProtocolError as error:
            server.farewell(error.code)
            return
        for said in heard:
            if server.state is State.CLOSED:
                return
            if isinstance(said, Misread):
                server.send(RefusedAnswer(id=said.id, code=said.refusal.code, message="no"))
            elif isinstance(said, Command):
                server.send(Done(id=said.id))
            elif isinstance(said, Hello):
                server.send(WELCOME)
