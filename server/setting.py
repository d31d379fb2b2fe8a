"""What a setting is: a field with a unit and a reason, in a section that refuses names it does not know."""

import json
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode


class Unit(NamedTuple):
    """What a setting is counted in."""

    name: str


def _parts(value: Any) -> Any:
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            raise ValueError("outside of a file it is written with commas and nothing else: one, two")
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def parsed(value: Any) -> Any:
    """A table of a file as it is; elsewhere it is written as JSON."""
    return json.loads(value) if isinstance(value, str) else value


Amount = Annotated[int, Field(ge=0)]
Connections = Annotated[Amount, Unit("connections")]
Citizens = Annotated[Amount, Unit("citizens")]
Sessions = Annotated[Amount, Unit("sessions")]
Facts = Annotated[Amount, Unit("facts")]
Characters = Annotated[Amount, Unit("characters")]
Bytes = Annotated[Amount, Unit("bytes")]
BytesPerSecond = Annotated[Amount, Unit("bytes/s")]
PerSecond = Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("per s")]
PerMinute = Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("per min")]
PerTenMinutes = Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("per 10 min")]
Burst = Annotated[int, Field(ge=1), Unit("at once")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("s")]
Milliseconds = Annotated[Amount, Unit("ms")]
Metres = Annotated[float, Field(gt=0, le=600), Unit("m")]
Share = Annotated[float, Field(gt=0, le=1), Unit("of a core")]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
"""A list in a file; separated by commas elsewhere."""


class Section(BaseModel):
    """A group of settings; a name that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
