"""What a message is: commands ask, facts tell, counts run; each a pydantic model tagged by `type`."""

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MAX_INTEGER = 2**53 - 1
"""Largest integer on the wire: what every client's number type holds exactly."""

MAX_TOLD_BYTES = 32_768
"""The longest message of a server."""

MAX_KEY_LENGTH = 64
"""Characters of a command's `key`."""


def _integral(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


INTEGRAL = BeforeValidator(_integral)
"""An integral float is accepted for an integer, as some engines pack them so; goes last, after the bounds."""

Integer = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER), INTEGRAL]
"""An integer below 2^53."""

Natural = Annotated[int, Field(ge=0, le=MAX_INTEGER), INTEGRAL]
"""An integer of 0 or more."""

U8 = Annotated[int, Field(ge=0, le=0xFF), INTEGRAL]
"""An integer that fits a byte."""

U16 = Annotated[int, Field(ge=0, le=0xFFFF), INTEGRAL]
"""An integer that fits two bytes: a slot, or a turn in 1/65536."""

Number = Annotated[float, Field(allow_inf_nan=False)]
"""A finite number; an integer is accepted."""

Point = Annotated[list[Number], Field(min_length=2, max_length=2)]
"""A place on the ground: [x, z] in metres."""

Name = Annotated[str, Field(min_length=1, max_length=64)]
"""An identifier of the city's content: a district, a zone, a portal."""


class Result(BaseModel):
    """What `done.result` holds."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, defer_build=True)


Answer: TypeAlias = type[Result] | None
"""The model of a command's `done.result`, or None where there is none."""


class Message(BaseModel):
    """A map of the control lane; unknown fields are ignored, so fields may be added."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, defer_build=True)

    type: str

    shows_null: ClassVar[bool] = False
    """Whether fields without a value are sent as null rather than left out."""


class Command(Message):
    """A citizen asks; answered once, by `done` or `refused`."""

    answer: ClassVar[Answer] = None

    reads: ClassVar[bool] = False
    """Whether it only reads, with nothing in its fields that should stay out of an address."""

    secret: ClassVar[frozenset[str]] = frozenset()
    """Fields of which nothing is kept beside who sent them, not even a hash."""

    id: Natural
    key: Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH)] | None = None


class Fact(Message):
    """The city tells; `n` numbers it within the session (0 until it is sent), `at` is the server's time."""

    n: Natural = 0
    at: Natural = 0


class Count(Message):
    """A running number of which only the newest matters; never numbered."""
