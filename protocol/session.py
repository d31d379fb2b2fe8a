"""A session without I/O, for both ends: what may be said in which state, numbers, deadlines.

Two rules. Both ends keep the same table: a step is legal when (who speaks, state, what is said) is in it, and
the table names the next state. What the peer says against the table is a ProtocolError; what we would say
against it is our own bug, a LookupError.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import msgpack

from protocol import codec
from protocol.catalogue import CLIENT_WORDS, SERVER_WORDS
from protocol.handshake import (
    PROTOCOL_VERSION,
    Ack,
    Done,
    Goodbye,
    Hello,
    Ping,
    RefusedAnswer,
    Resume,
    Welcome,
)
from protocol.ledger import Ledger
from protocol.message import MAX_INTEGER, Command, Count, Fact, Message
from protocol.poses import FRAME_EXT, POSE_EXT, POSE_HEAD, POSE_MESSAGE_BYTES, TILES_EXT, Frame, Tiles
from protocol.refusals import ENDINGS, TEXT_CLOSE_CODE, Farewell, ProtocolError, Refusal, Refused

HELLO_SECONDS = 5.0
"""How long a server waits for the hello."""

IDLE_SECONDS = 60.0
"""How long a connection may bring no byte."""

PING_SECONDS = 20.0
"""How often the server pings (WebSocket ping)."""

ACK_FACTS = 64
ACK_SECONDS = 5.0
"""A client acknowledges when so many facts, or so much time, have come since its last acknowledgement."""


class Side(StrEnum):
    """One end of the connection."""

    CLIENT = "client"
    SERVER = "server"


class State(StrEnum):
    """Where the conversation is."""

    OPENING = "opening"
    ASKED = "asked"
    OPEN = "open"
    CLOSED = "closed"


class Kind(StrEnum):
    """What is said, as far as the table of states cares."""

    HELLO = "hello"
    WELCOME = "welcome"
    COMMAND = "command"
    ANSWER = "answer"
    FACT = "fact"
    COUNT = "count"
    ACK = "ack"
    PING = "ping"
    POSE = "pose"
    FRAME = "frame"
    GOODBYE = "goodbye"


TABLE: dict[tuple[Side, State, Kind], State] = {
    (Side.CLIENT, State.OPENING, Kind.HELLO): State.ASKED,
    (Side.CLIENT, State.OPENING, Kind.GOODBYE): State.CLOSED,
    (Side.CLIENT, State.ASKED, Kind.GOODBYE): State.CLOSED,
    (Side.SERVER, State.OPENING, Kind.GOODBYE): State.CLOSED,
    (Side.SERVER, State.ASKED, Kind.WELCOME): State.OPEN,
    (Side.SERVER, State.ASKED, Kind.GOODBYE): State.CLOSED,
    (Side.CLIENT, State.OPEN, Kind.COMMAND): State.OPEN,
    (Side.CLIENT, State.OPEN, Kind.ACK): State.OPEN,
    (Side.CLIENT, State.OPEN, Kind.PING): State.OPEN,
    (Side.CLIENT, State.OPEN, Kind.POSE): State.OPEN,
    (Side.CLIENT, State.OPEN, Kind.GOODBYE): State.CLOSED,
    (Side.SERVER, State.OPEN, Kind.ANSWER): State.OPEN,
    (Side.SERVER, State.OPEN, Kind.FACT): State.OPEN,
    (Side.SERVER, State.OPEN, Kind.COUNT): State.OPEN,
    (Side.SERVER, State.OPEN, Kind.FRAME): State.OPEN,
    (Side.SERVER, State.OPEN, Kind.GOODBYE): State.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Pose:
    """One pose message as it came: 18 bytes."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Misread:
    """A command that cannot be read: the server answers `refused` to its id."""

    id: int
    refusal: Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not of the language as we know it, and asks for no answer: ignored and counted."""

    type: str


HeardByServer: TypeAlias = Hello | Command | Ack | Ping | Pose | Goodbye | Misread | Unknown
HeardByClient: TypeAlias = Welcome | Done | RefusedAnswer | Fact | Count | Frame | Tiles | Goodbye | Unknown


def kind_of(message: Message) -> Kind:
    """What a message of the control lane is for the table."""
    match message:
        case Hello():
            return Kind.HELLO
        case Welcome():
            return Kind.WELCOME
        case Goodbye():
            return Kind.GOODBYE
        case Done() | RefusedAnswer():
            return Kind.ANSWER
        case Command():
            return Kind.COMMAND
        case Fact():
            return Kind.FACT
        case Count():
            return Kind.COUNT
        case Ack():
            return Kind.ACK
        case Ping():
            return Kind.PING
        case _:
            raise LookupError(f"{message.type} is no message of a session")


def _command_id(item: codec.Map) -> int | None:
    """The id under which a map that cannot be read may still be answered."""
    number = item.get("id")
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_INTEGER:
        return None
    return number


class _Session:
    """What both ends share: the state, the last time the peer was heard."""

    side: Side
    peer: Side

    def __init__(self, now: float) -> None:
        self.state = State.OPENING
        self.opened_at = now
        self.heard_at = now

    def _hear(self, kind: Kind) -> None:
        step = (self.peer, self.state, kind)
        if step not in TABLE:
            raise ProtocolError(Farewell.BAD_MESSAGE, f"{kind} may not come in state {self.state}")
        self.state = TABLE[step]

    def _say(self, kind: Kind) -> None:
        step = (self.side, self.state, kind)
        if step not in TABLE:
            raise LookupError(f"{self.side} may not say {kind} in state {self.state}")
        self.state = TABLE[step]

    def send(self, message: Message) -> bytes:
        """A message -> the bytes to send; moves the state."""
        self._say(kind_of(message))
        return codec.encode(message)

    def close(self) -> None:
        """The connection is gone, whatever was said."""
        self.state = State.CLOSED


class ServerSession(_Session):
    """The server's end: hears hello, commands, poses; numbers the facts it tells."""

    side = Side.SERVER
    peer = Side.CLIENT

    def __init__(self, now: float, max_message_bytes: int = 65_536, ledger: Ledger | None = None) -> None:
        super().__init__(now)
        self.max_message_bytes = max_message_bytes
        self.ledger = ledger or Ledger()
        self.is_confirmed = False
        """Whether a message has come since the welcome, which the client then has."""

    @property
    def told(self) -> int:
        """The number of the newest fact."""
        return self.ledger.told

    @property
    def acknowledged(self) -> int:
        """The number of the last fact that the client is known to have."""
        return self.ledger.acknowledged

    def receive(self, data: bytes | str, now: float) -> list[HeardByServer]:
        """One WebSocket message -> what was said in it; raises ProtocolError."""
        if self.state is State.CLOSED:
            return []
        self.heard_at = now
        self.is_confirmed = self.state is State.OPEN
        if isinstance(data, str):
            raise ProtocolError(
                Farewell.BAD_MESSAGE, "messages are binary, not text", close_code=TEXT_CLOSE_CODE
            )
        if len(data) == POSE_MESSAGE_BYTES and data[:2] == POSE_HEAD:
            self._hear(Kind.POSE)
            return [Pose(data)]
        heard: list[HeardByServer] = []
        for item in codec.decode(data, self.max_message_bytes):
            heard.append(self._read_ext(item) if isinstance(item, msgpack.ExtType) else self._read_map(item))
            if isinstance(heard[-1], Goodbye):
                break
        return heard

    def _read_ext(self, item: msgpack.ExtType) -> Pose:
        if item.code != POSE_EXT or len(item.data) != POSE_MESSAGE_BYTES - len(POSE_HEAD):
            raise ProtocolError(Farewell.BAD_MESSAGE, f"unknown ext {item.code} of {len(item.data)} bytes")
        self._hear(Kind.POSE)
        return Pose(POSE_HEAD + item.data)

    def _read_map(self, item: codec.Map) -> HeardByServer:
        if self.state is State.OPENING:
            return self._read_hello(item)
        word = item.get("type")
        if (
            word == "ack"
            and self.state is State.OPEN
            and type(n := item.get("n")) is int
            and 0 <= n <= MAX_INTEGER
        ):
            # A crowd that was told something says this all at once, so it is read without the model's help.
            self.ledger.acknowledge(n)
            return Ack.model_construct(n=n)
        model = CLIENT_WORDS.get(word) if isinstance(word, str) else None
        if model is Hello:
            raise ProtocolError(Farewell.BAD_MESSAGE, "a second hello")
        if model is Goodbye:
            return self._read_goodbye()
        number = _command_id(item)
        try:
            if model is None:
                raise Refused(Refusal.UNKNOWN_TYPE, field="type")
            message = codec.read(model, item)
        except Refused as refusal:
            if number is None:
                return Unknown(word if isinstance(word, str) else "")
            self._hear(Kind.COMMAND)
            return Misread(number, refusal.bare())
        self._hear(kind_of(message))
        if isinstance(message, Ack):
            self.ledger.acknowledge(message.n)
        assert isinstance(message, Command | Ack | Ping)
        return message

    def _read_hello(self, item: codec.Map) -> Hello | Goodbye:
        if item.get("type") == "goodbye":
            return self._read_goodbye()
        if item.get("type") != "hello":
            raise ProtocolError(Farewell.BAD_MESSAGE, "the first message must be hello")
        version = item.get("protocol")
        if isinstance(version, int | float) and version != PROTOCOL_VERSION:
            raise ProtocolError(
                Farewell.BAD_PROTOCOL, f"this server speaks protocol {PROTOCOL_VERSION}, not {version}"
            )
        try:
            hello = codec.read(Hello, item)
        except Refused as refusal:
            raise ProtocolError(
                Farewell.BAD_MESSAGE, f"hello.{refusal.field}: {refusal.message}"
            ) from refusal
        self._hear(Kind.HELLO)
        return hello

    def _read_goodbye(self) -> Goodbye:
        """A client's goodbye is one whatever else it holds."""
        self._hear(Kind.GOODBYE)
        return Goodbye(code=Farewell.BYE, message="")

    def tell(self, body: bytes) -> bytes:
        """A fact's body -> the same with this session's next number."""
        # As the table has it, which is not asked for each of a thousand hearers.
        if self.state is not State.OPEN:
            self._say(Kind.FACT)
        return self.ledger.enter(body)

    def resume(self, ledger: Ledger, last: int) -> None:
        """Go on with the facts of an earlier connection, of which the client has those up to `last`."""
        self.ledger = ledger
        ledger.acknowledge(last)

    def tell_again(self) -> list[bytes]:
        """Every fact that the client has not acknowledged, as it was numbered: what follows a welcome."""
        self._say(Kind.FACT)
        return list(self.ledger.again())

    def deadline(self) -> float:
        """When the session ends if nothing more is heard."""
        if self.state is State.OPENING:
            return self.opened_at + HELLO_SECONDS
        return self.heard_at + IDLE_SECONDS

    def expire(self, now: float) -> None:
        """Raises ProtocolError when the deadline has passed."""
        if self.state is not State.CLOSED and now >= self.deadline():
            opening = self.state is State.OPENING
            raise ProtocolError(Farewell.HANDSHAKE_TIMEOUT if opening else Farewell.IDLE)

    def farewell(self, code: Farewell, message: str = "", after_ms: int | None = None) -> bytes:
        """The goodbye that is told before the close."""
        ending = ENDINGS[code]
        return self.send(
            Goodbye(code=code, message=message or ending.meaning, retry=ending.retry, after_ms=after_ms)
        )


class ClientSession(_Session):
    """The client's end: says hello, hears answers, facts, counts and frames; knows when to acknowledge."""

    side = Side.CLIENT
    peer = Side.SERVER

    def __init__(self, now: float) -> None:
        super().__init__(now)
        self.last_fact = 0
        self.acknowledged = 0
        self.acknowledged_at = now
        self._asked_for: Resume | None = None
        self._welcome: Welcome | None = None

    def send(self, message: Message) -> bytes:
        """A message -> the bytes to send; moves the state."""
        if isinstance(message, Hello):
            self._asked_for = message.resume
        return super().send(message)

    @property
    def ticket(self) -> Resume | None:
        """What a later hello resumes this session with; None where the server offers no resume."""
        if self._welcome is None or not self._welcome.resume_window_ms:
            return None
        return Resume(session=self._welcome.session, key=self._welcome.resume_key, last=self.last_fact)

    def receive(self, data: bytes | str, now: float) -> list[HeardByClient]:
        """One WebSocket message -> what was said in it; raises ProtocolError."""
        if self.state is State.CLOSED:
            return []
        self.heard_at = now
        if isinstance(data, str):
            raise ProtocolError(Farewell.BAD_MESSAGE, "messages are binary, not text")
        heard: list[HeardByClient] = []
        for item in codec.decode(data):
            if not isinstance(item, msgpack.ExtType):
                heard.append(self._read_map(item))
            elif item.code in (FRAME_EXT, TILES_EXT):
                self._hear(Kind.FRAME)
                heard.append(codec.read_ext(item))
            else:
                heard.append(Unknown(f"ext {item.code}"))
        return heard

    def _read_map(self, item: codec.Map) -> HeardByClient:
        word = item.get("type")
        model = SERVER_WORDS.get(word) if isinstance(word, str) else None
        if model is None:
            if isinstance(item.get("n"), int):
                self._count_fact(item["n"])
            return Unknown(str(word))
        try:
            message = codec.read(model, item)
        except Refused as refusal:
            raise ProtocolError(Farewell.BAD_MESSAGE, f"{word}.{refusal.field}: {refusal}") from refusal
        self._hear(kind_of(message))
        if isinstance(message, Welcome):
            self._take_up(message)
        if isinstance(message, Fact):
            self._count_fact(message.n)
        assert isinstance(message, Welcome | Done | RefusedAnswer | Fact | Count | Goodbye)
        return message

    def _take_up(self, welcome: Welcome) -> None:
        self._welcome = welcome
        if welcome.resumed:
            if self._asked_for is None:
                raise ProtocolError(Farewell.BAD_MESSAGE, "resumed, but it was not asked for")
            self.last_fact = self.acknowledged = self._asked_for.last

    def _count_fact(self, n: int) -> None:
        if n != self.last_fact + 1:
            raise ProtocolError(Farewell.BAD_MESSAGE, f"fact {n} came after {self.last_fact}")
        self.last_fact = n

    def send_pose(self, raw: bytes) -> bytes:
        """A pose message, where the state allows it."""
        self._say(Kind.POSE)
        return raw

    def acknowledge(self, now: float) -> bytes | None:
        """The acknowledgement that is due, or None."""
        waiting = self.last_fact - self.acknowledged
        if self.state is not State.OPEN or not waiting:
            return None
        if waiting < ACK_FACTS and now - self.acknowledged_at < ACK_SECONDS:
            return None
        self.acknowledged, self.acknowledged_at = self.last_fact, now
        return self.send(Ack(n=self.last_fact))
