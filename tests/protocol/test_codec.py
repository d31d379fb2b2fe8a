"""Bytes and messages: what is refused, by which name, and that nothing is lost on the way."""

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import catalogue, codec, poses
from protocol.avatars import Change, MovedBack, Who
from protocol.chat import MAX_WIRE_TEXT, Say
from protocol.districts import AtPlace, Enter, EnteredZone
from protocol.handshake import Done, Pong
from protocol.message import MAX_INTEGER, Message
from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from tests.protocol.test_vectors import VECTORS, items_of

MAPS = [
    (vector["from"], item)
    for vector in VECTORS.values()
    for item in items_of(vector)
    if "type" in item and "later" not in item
]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def nested(depth: int) -> bytes:
    """A map whose maps and arrays nest so deep, itself counted."""
    return b"\x81\xa1a" + b"\x91" * (depth - 1) + b"\xc0"


def refusal_of(model: type[Message], **fields: object) -> Refused:
    with pytest.raises(Refused) as caught:
        codec.read(model, {"type": catalogue.type_of(model), "id": 1} | fields)
    return caught.value


@given(st.binary(max_size=400) | values.map(msgpack.packb))
def test_any_bytes_are_decoded_or_are_a_protocol_error(data: bytes) -> None:
    told: Farewell | None = None
    try:
        items = codec.decode(data)
    except ProtocolError as error:
        told = error.code
    else:
        assert all(isinstance(item, dict | msgpack.ExtType) for item in items)
    assert told in (None, Farewell.BAD_MESSAGE)


@given(st.sampled_from(sorted(catalogue.CLIENT_WORDS)), st.dictionaries(st.text() | st.binary(), values))
def test_any_map_is_a_message_or_is_refused(word: str, fields: dict[str | bytes, object]) -> None:
    told: Refusal | None = None
    try:
        message = codec.read(catalogue.CLIENT_WORDS[word], fields | {"type": word})
    except Refused as refused:
        told = refused.code
    else:
        assert message.type == word
    assert told in (None, Refusal.BAD_MESSAGE, Refusal.TOO_LONG)


@pytest.mark.parametrize(("side", "item"), MAPS, ids=lambda v: v if isinstance(v, str) else v["type"])
def test_a_message_survives_the_way_there_and_back(side: str, item: dict[str, object]) -> None:
    words = catalogue.CLIENT_WORDS if side == "client" else catalogue.SERVER_WORDS
    model = words[str(item["type"])]
    message = codec.read(model, item)
    (came,) = codec.decode(codec.encode(message))
    assert isinstance(came, dict)
    assert codec.read(model, came) == message


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "nothing"),
        (b"\xc1", "a byte that MessagePack does not have"),
        (b"\x81\xa1a", "a map cut off"),
        (b"\x80\x80", "two values"),
        (b"\x01", "a number"),
        (b"\xa5hello", "a string"),
        (b"\x91\x01", "an array of a number"),
        (b"\x91\x90", "an array of arrays"),
        (b"\x81\x01\x02", "a map with a number as key"),
        (b"\x81\xa1\xff\x02", "a key that is no UTF-8"),
        (b"\xdf\xff\xff\xff\xff", "a map that claims four thousand million fields"),
        (b"\xdd\xff\xff\xff\xff", "an array that claims as many"),
        (b"\xc6\xff\xff\xff\xff", "bytes that claim four gigabytes"),
        (b"\x91" * 60_000 + b"\xc0", "60,000 arrays, each in the one before"),
        (b"\x81\xa1a" * 20_000 + b"\xc0", "20,000 maps likewise"),
        (b"\xd6\xff\x00\x00\x00\x00", "a timestamp"),
        (b"\xd5\xff\x00\x00", "a timestamp of a wrong length"),
    ],
)
def test_what_is_no_message_is_bad_message(data: bytes, why: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        codec.decode(data)
    assert (caught.value.code, caught.value.close_code) == (Farewell.BAD_MESSAGE, 4400), why


def test_sixteen_levels_are_taken_and_seventeen_are_not() -> None:
    assert codec.decode(nested(16))
    assert codec.decode(b"\x91" + nested(15))
    for deeper in (nested(17), b"\x91" + nested(16), b"\x92\x80" + nested(16)):
        with pytest.raises(ProtocolError, match="nested deeper than 16"):
            codec.decode(deeper)


def test_a_message_of_exactly_the_limit_is_taken_and_one_byte_more_is_too_long() -> None:
    data = msgpack.packb({"type": "ping", "t": 1})
    assert codec.decode(data, len(data))
    assert codec.decode(data, 0)
    with pytest.raises(ProtocolError) as caught:
        codec.decode(data, len(data) - 1)
    assert (caught.value.code, caught.value.close_code) == (Farewell.TOO_LONG, 1009)


def test_an_empty_array_says_nothing() -> None:
    assert codec.decode(b"\x90") == []


@pytest.mark.parametrize(
    ("model", "fields", "field"),
    [
        (Enter, {}, "district"),
        (Enter, {"district": ""}, "district"),
        (Enter, {"district": 7}, "district"),
        (Enter, {"district": "civil", "at": {"portal": 1}}, "at.portal"),
        (Enter, {"district": "civil", "at": "here"}, "at"),
        (Enter, {"district": "civil", "key": ""}, "key"),
        (Enter, {"district": "civil", "id": -1}, "id"),
        (Enter, {"district": "civil", "id": MAX_INTEGER + 1}, "id"),
        (Enter, {"district": "civil", "id": True}, "id"),
        (Enter, {"district": "civil", "id": 1.5}, "id"),
        (Say, {"to": "nearby"}, "text"),
        (Say, {"text": "hi", "to": "everyone"}, "to"),
        (Who, {"slots": [1, 70_000]}, "slots.1"),
        (Who, {"slots": list(range(257))}, "slots"),
        (Who, {"slots": {"1": 2}}, "slots"),
        (Change, {"avatar": {"model": "robe", "tint": 0x1000000}}, "avatar.tint"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(
    model: type[Message], fields: dict[str, object], field: str
) -> None:
    refused = refusal_of(model, **fields)
    assert (refused.code, refused.field) == (Refusal.BAD_MESSAGE, field)


def test_a_text_beyond_the_wires_limit_is_too_long() -> None:
    refused = refusal_of(Say, text="가" * (MAX_WIRE_TEXT + 1), to="nearby")
    assert (refused.code, refused.field) == (Refusal.TOO_LONG, "text")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused(number: float) -> None:
    assert refusal_of(Enter, district="civil", at={"x": number, "z": 1.0}).code is Refusal.BAD_MESSAGE


def test_integral_floats_are_integers_and_integers_are_floats() -> None:
    item = {"type": "district.enter", "id": 3.0, "district": "civil", "at": {"x": 4, "z": 5.0}}
    enter = codec.read(Enter, item)
    assert (enter.id, type(enter.id), enter.at) == (3, int, AtPlace(x=4.0, z=5.0))


def test_an_optional_field_may_be_null() -> None:
    say = codec.read(Say, {"type": "chat.say", "id": 1, "text": "", "to": "zone", "citizen": None})
    assert say == Say(id=1, text="", to="zone")


def test_what_has_no_value_is_left_out() -> None:
    assert codec.dump(Done(id=4)) == {"type": "done", "id": 4}


@given(st.integers(1, MAX_INTEGER), st.integers(0, MAX_INTEGER), st.text(min_size=1, max_size=64))
def test_a_fact_encoded_once_is_numbered_for_each_session(n: int, at: int, zone: str) -> None:
    body = codec.fact_body(EnteredZone(zone=zone), at)
    told = msgpack.unpackb(codec.number_fact(body, n))
    assert told == {"n": n, "type": "district.entered_zone", "zone": zone, "at": at}


def test_only_a_small_map_can_be_numbered() -> None:
    sixteen = msgpack.packb({str(i): i for i in range(16)})
    for body in (b"\x90", sixteen, b"\x8f"):
        with pytest.raises(ValueError, match="0 and 14 fields"):
            codec.number_fact(body, 1)


@pytest.mark.parametrize("count", [1, 2, 15, 16, 300, 65_535])
def test_a_bundle_is_one_value(count: int) -> None:
    pong = codec.encode(Pong(t=1.0, server_time=2))
    items = codec.decode(codec.bundle([pong] * count))
    assert items == [{"type": "pong", "t": 1.0, "server_time": 2}] * count


@given(st.lists(st.binary(max_size=40)), st.integers(10, 100))
def test_bundles_keep_their_order_and_their_length(texts: list[bytes], most: int) -> None:
    messages = list(codec.bundles((msgpack.packb({"t": text}) for text in texts), most))
    assert [item["t"] for data in messages for item in codec.decode(data)] == texts
    assert all(len(data) <= most or isinstance(msgpack.unpackb(data), dict) for data in messages)


def test_an_ext_that_the_language_does_not_have_is_bad_message() -> None:
    for code in (0, poses.POSE_EXT, 5, 127):
        with pytest.raises(ProtocolError, match=f"unknown ext {code}"):
            codec.read_ext(msgpack.ExtType(code, b"1234"))


def test_a_put_back_says_one_of_four_reasons() -> None:
    fields = {"x": 1.0, "y": 0.0, "z": 2.0, "yaw": 3}
    assert MovedBack(**fields, reason="blocked").reason == "blocked"  # type: ignore[arg-type]
    assert refusal_of(MovedBack, **fields, reason="tired").field == "reason"
