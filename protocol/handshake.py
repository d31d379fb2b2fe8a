"""The opening, the answers, the acknowledgement and the farewell: what every session says."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from protocol.message import INTEGRAL, Count, Fact, Integer, Message, Name, Natural, Number
from protocol.refusals import Farewell, Refusal, Retry

PROTOCOL_VERSION = 1
SUBPROTOCOL = "madang.v1"

MAX_NAME_LENGTH = 40
"""Characters of a citizen's shown name."""


class Part(BaseModel):
    """A map inside a message."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, defer_build=True)


class Text(Part):
    """A text in the city's two languages."""

    ko: str
    en: str


class Avatar(Part):
    """How a citizen looks: a model's name and a tint, which clients draw."""

    model: Annotated[str, Field(min_length=1, max_length=64)]
    tint: Annotated[int, Field(ge=0, le=0xFFFFFF), INTEGRAL] | None = None


class Resume(Part):
    """Which session to take up again, and the last fact seen of it."""

    session: Annotated[str, Field(max_length=64)]
    key: Annotated[str, Field(max_length=64)]
    last: Natural
    version: Natural | None = None


class Hello(Message):
    """The client's first message, within 5 s."""

    type: Literal["hello"] = "hello"
    protocol: Integer
    token: Annotated[str, Field(max_length=4096)] | None = None
    ticket: Annotated[str, Field(max_length=64)] | None = None
    name: Annotated[str, Field(max_length=MAX_NAME_LENGTH)] | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None
    avatar: Avatar | None = None
    client: Annotated[str, Field(max_length=100)] | None = None
    resume: Resume | None = None


class CitizenCard(Part):
    """Who the city takes the client for; `id` is opaque and made by the city."""

    id: str
    name: str
    roles: list[str]
    grants: list[str]
    level: Annotated[int, Field(ge=0, le=3), INTEGRAL]


class CitizenChanged(Fact):
    """You hold other roles or grants than before: your card as in the welcome, which it replaces.

    `may_enter`: which zones of the district where you are let you in from now on.
    """

    type: Literal["citizen.changed"] = "citizen.changed"
    citizen: CitizenCard
    may_enter: list[Name] | None = None


class DistrictCard(Part):
    """A district as the welcome lists it."""

    id: Name
    name: Text
    open: bool
    population: Natural


class CityCard(Part):
    """The city as the welcome shows it."""

    id: Name
    name: Text
    districts: list[DistrictCard]
    services: list[Name]


class Limits(Part):
    """The limits that a client should keep; 0 means no limit."""

    max_message_bytes: Natural
    pose_hz: Number
    speed_m_s: Number
    commands_per_s: Number
    chat_length: Natural


class Welcome(Message):
    """The server's answer to hello."""

    shows_null: ClassVar[bool] = True

    type: Literal["welcome"] = "welcome"
    protocol: Integer
    session: str
    resume_key: str
    resumed: bool
    resume_window_ms: Natural
    citizen: CitizenCard
    server_time: Natural
    place: dict[str, Any] | None
    city: CityCard
    limits: Limits


class Goodbye(Message):
    """Told before every close, by either side."""

    type: Literal["goodbye"] = "goodbye"
    code: Farewell = Field(strict=False)
    message: str
    retry: Retry = "never"
    after_ms: Natural | None = None


class Done(Message):
    """A command was carried out."""

    type: Literal["done"] = "done"
    id: Natural
    result: dict[str, Any] | None = None


class RefusedAnswer(Message):
    """A command was refused."""

    type: Literal["refused"] = "refused"
    id: Natural
    code: Refusal = Field(strict=False)
    message: str
    field: str | None = None
    retry_after_ms: Natural | None = None


class Ack(Message):
    """The client has every fact up to `n`."""

    type: Literal["ack"] = "ack"
    n: Natural


class Ping(Message):
    """The client asks how late it is; `t` is its own."""

    type: Literal["ping"] = "ping"
    t: Number


class Pong(Count):
    """The answer to ping."""

    type: Literal["pong"] = "pong"
    t: Number
    server_time: Natural


class Draining(Count):
    """This node will go away in `after_ms`."""

    type: Literal["server.draining"] = "server.draining"
    after_ms: Natural
