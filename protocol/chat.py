"""Chat: a line of text to those nearby, to the zone, to the district, or to one citizen."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from protocol.handshake import Part
from protocol.message import U16, Answer, Command, Fact, Natural, Result

Hearers = Literal["nearby", "zone", "district", "citizen", "staff"]

MAX_WIRE_TEXT = 4096
"""Characters of any text on the wire; a server's own limit for chat is smaller and answered `too_long`."""


class Said(Result):
    """The line's own number, by which it can be reported later; `held`: it waits for a moderator under this number."""

    message: str
    heard_by: Natural
    state: Literal["held"] | None = None
    held: str | None = None


class Say(Command):
    """Say a line of text."""

    answer: ClassVar[Answer] = Said

    type: Literal["chat.say"] = "chat.say"
    text: Annotated[str, Field(max_length=MAX_WIRE_TEXT)]
    to: Hearers
    citizen: Annotated[str, Field(max_length=64)] | None = None


class Speaker(Part):
    """Who said it; `slot` where the hearer can see them in the same district."""

    citizen: str
    name: str
    slot: U16 | None = None


class ChatSaid(Fact):
    """Someone said a line."""

    type: Literal["chat.said"] = "chat.said"
    message: str
    from_: Speaker = Field(alias="from", serialization_alias="from")
    to: Hearers
    text: str
