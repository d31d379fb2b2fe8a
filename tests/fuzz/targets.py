"""What is fuzzed: each target takes any bytes, and fails only where the fault is ours."""

from collections.abc import Callable, Iterator
from random import Random

import msgpack

from protocol import codec
from protocol.catalogue import CLIENT_WORDS, SERVER_WORDS
from protocol.refusals import Farewell, ProtocolError, Refused
from protocol.session import ClientSession, ServerSession, State
from server.frames import Boundary, frame_bytes
from server.recognising import recognise
from tests.protocol.test_vectors import VECTORS, bytes_of
from tests.support.attachments import a_picture, a_scan, an_office_file
from worlds.words import Words
from worlds.words.lists import WordList

Target = Callable[[bytes], None]

HELLO = msgpack.packb({"type": "hello", "protocol": 1})
WELCOME = bytes_of(VECTORS["welcome"])

SHORT = 0xFF
"""A length of one byte; this one means that two more follow."""


def messages(data: bytes) -> Iterator[bytes]:
    """Cuts bytes into messages, each after its length: so one input is a whole conversation."""
    at = 0
    while at < len(data):
        size, at = data[at], at + 1
        if size == SHORT:
            size, at = int.from_bytes(data[at : at + 2]), at + 2
        yield data[at : at + size]
        at += size


def conversation(*said: bytes) -> bytes:
    """The other way round, for the corpus."""
    return b"".join(
        bytes((len(part),)) + part if len(part) < SHORT else b"\xff" + len(part).to_bytes(2) + part
        for part in said
    )


def expect(error: ProtocolError, *codes: Farewell) -> None:
    """Fails where a peer is blamed for what it cannot have done."""
    assert error.code in codes


def codec_target(data: bytes) -> None:
    """Any bytes are items or a ProtocolError; any map is a message, which comes back the same, or is refused."""
    try:
        items = codec.decode(data, 65_536)
    except ProtocolError as error:
        expect(error, Farewell.BAD_MESSAGE, Farewell.TOO_LONG)
        return
    for item in items:
        if isinstance(item, msgpack.ExtType):
            try:
                codec.read_ext(item)
            except ProtocolError as error:
                expect(error, Farewell.BAD_MESSAGE)
            continue
        word = item.get("type")
        for words in (CLIENT_WORDS, SERVER_WORDS):
            model = words.get(word) if isinstance(word, str) else None
            if model is None:
                continue
            try:
                message = codec.read(model, item)
            except Refused:
                continue
            (again,) = codec.decode(codec.encode(message))
            assert isinstance(again, dict)
            assert codec.encode(codec.read(model, again)) == codec.encode(message)


def session_target(data: bytes) -> None:
    """Whatever a client says, a server's session hears it or ends; the same the other way round."""
    server, client = ServerSession(0.0), ClientSession(0.0)
    is_greeted = bool(data) and data[0] & 1
    if is_greeted:
        server.receive(HELLO, 0.0)
        client.send(codec.read(CLIENT_WORDS["hello"], {"type": "hello", "protocol": 1}))
    for end in (server, client):
        try:
            for now, message in enumerate(messages(data[1:])):
                end.receive(message, float(now))
        except ProtocolError as error:
            expect(error, Farewell.BAD_MESSAGE, Farewell.BAD_PROTOCOL, Farewell.TOO_LONG)
        assert end.state in State
    assert server.acknowledged <= server.told
    client.acknowledge(100.0)


def frames_target(data: bytes) -> None:
    """However a stream is cut, it is known alike where its frames begin."""
    whole, cut = Boundary(), Boundary()
    whole.follow(data)
    for at in range(len(data)):
        cut.follow(data[at : at + 1])
    assert whole.is_between_frames == cut.is_between_frames
    size = frame_bytes(data, 0)
    assert size is None or size >= 2


WORDS = Words(
    {
        "ko": WordList.model_validate(
            {
                "version": 1,
                "author": "fuzz",
                "listed": [
                    {
                        "level": "strong",
                        "reason": {"ko": "왜", "en": "why"},
                        "words": ["씨발", "ㅅㅂ", "fuck"],
                    }
                ],
                "allowed": [{"reason": {"ko": "왜", "en": "why"}, "words": ["시발점"]}],
            }
        )
    }
)


def words_target(data: bytes) -> None:
    """Any text has a verdict whose places lie within it."""
    text = data.decode("utf-8", "surrogatepass" if data[:1] == b"s" else "replace") if valid(data) else ""
    verdict = WORDS.judge(text)
    assert (verdict.level == "clean") == (not verdict.spans)
    assert all(0 <= start < end <= len(text) for start, end in verdict.spans)


def valid(data: bytes) -> bool:
    """Whether the bytes can be read as text in the way chosen."""
    try:
        data.decode("utf-8", "surrogatepass" if data[:1] == b"s" else "replace")
    except UnicodeDecodeError:
        return False
    return True


def changed(data: bytes, dice: Random) -> bytes:
    """A few bytes put in, taken out or replaced, at a few places."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(made) + 1)
        made[at : at + dice.randint(0, 4)] = dice.randbytes(dice.randint(0, 5))
    return bytes(made)


def files_target(data: bytes) -> None:
    """Any bytes are a file of a kind that is taken, or are refused; what is kept is taken again as the same."""
    try:
        found = recognise("file", data, most_pixels=250_000)
    except Refused:
        return
    again = recognise(found.name, found.content, most_pixels=250_000)
    assert (again.name, again.kind) == (found.name, found.kind)


TARGETS: dict[str, Target] = {
    "codec": codec_target,
    "session": session_target,
    "frames": frames_target,
    "words": words_target,
    "files": files_target,
}


def corpus(name: str) -> list[bytes]:
    """What is known to be difficult or typical: every hand-made vector, and some bombs."""
    vectors = [bytes_of(vector) for vector in VECTORS.values()]
    bombs = [
        b"\x91" * 3_000,
        b"\x81\xa1a" * 2_000,
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xc1",
        b"",
    ]
    if name == "codec":
        return vectors + bombs
    if name == "session":
        said = [bytes_of(vector) for vector in VECTORS.values() if vector["from"] == "client"]
        told = [bytes_of(vector) for vector in VECTORS.values() if vector["from"] == "server"]
        talks = [conversation(part) for part in said + bombs]
        talks += [conversation(*said[:20]), conversation(HELLO, *said[20:60]), conversation(HELLO, HELLO)]
        talks += [conversation(WELCOME, part) for part in told]
        return [bytes((greeted,)) + talk for greeted in (0, 1) for talk in talks]
    if name == "frames":
        head = [
            b"\x82\x05hello",
            b"\x82\x85\0\0\0\0hello",
            b"\x82\xff" + b"\xff" * 12,
            b"\x82\x7e\x01",
            b"\x89\x80",
        ]
        return [*head, *(b"\x82" + bytes((len(v),)) + v for v in vectors if len(v) < 126)]
    if name == "files":
        pictures = [a_picture((9, 7), place=True, kind=kind) for kind in ("JPEG", "PNG", "WEBP")]
        parts = (
            ("word/document.xml",),
            ("xl/workbook.xml",),
            ("ppt/presentation.xml",),
            ("word/vbaProject.bin",),
        )
        containers = [an_office_file(*names) for names in parts]
        signs = [
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            b"HWP Document File V3.00",
            b"PK\x05\x06" * 9,
        ]
        return [*pictures, *containers, *signs, a_scan(), "가로등".encode(), "가로등".encode("cp949"), *bombs]
    texts = [
        "씨 발",
        "시발점에서",
        "ㅅㅂ",
        "f u c k",
        "FUUUCK",
        "tlqkf",
        "ㄳㄵㅄ",
        "\u1112\u1161\u11ab",
        "이이이이",
        "s\u0301",
        "1l|!",
    ]
    return [text.encode() for text in texts] + [b"s\xed\xa0\x80", b"\xff\xfe"]
