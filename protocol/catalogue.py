"""Every word of the language, by its type; its fingerprint."""

import hashlib
import json
from functools import cache
from typing import Any, Literal

from protocol import avatars, chat, districts, handshake
from protocol.message import Command, Count, Fact, Message
from protocol.services import announcements, live_qa, moderation, offices, petitions

COMMANDS: tuple[type[Command], ...] = (
    districts.Enter,
    districts.CloseHall,
    chat.Say,
    avatars.Emote,
    avatars.Change,
    avatars.Who,
    *announcements.COMMANDS,
    *live_qa.COMMANDS,
    *moderation.COMMANDS,
    *offices.COMMANDS,
    *petitions.COMMANDS,
)
FACTS: tuple[type[Fact], ...] = (
    districts.EnteredZone,
    districts.LeftZone,
    districts.Reseated,
    districts.Supervised,
    chat.ChatSaid,
    avatars.Changed,
    avatars.Shown,
    handshake.CitizenChanged,
    *announcements.FACTS,
    *live_qa.FACTS,
    *moderation.FACTS,
    *offices.FACTS,
    *petitions.FACTS,
)
COUNTS: tuple[type[Count], ...] = (
    handshake.Pong,
    handshake.Draining,
    districts.Crowd,
    districts.Queue,
    avatars.MovedBack,
    *live_qa.COUNTS,
    *petitions.COUNTS,
)
FROM_CLIENT: tuple[type[Message], ...] = (
    handshake.Hello,
    handshake.Ack,
    handshake.Ping,
    handshake.Goodbye,
    *COMMANDS,
)
FROM_SERVER: tuple[type[Message], ...] = (
    handshake.Welcome,
    handshake.Goodbye,
    handshake.Done,
    handshake.RefusedAnswer,
    *FACTS,
    *COUNTS,
)


def type_of(model: type[Message]) -> str:
    """The word by which a message is told from the others."""
    word: str = model.model_fields["type"].default
    return word


CLIENT_WORDS: dict[str, type[Message]] = {type_of(model): model for model in FROM_CLIENT}
SERVER_WORDS: dict[str, type[Message]] = {type_of(model): model for model in FROM_SERVER}


def schema_of(model: type[Message], ref_template: str = "#/$defs/{model}") -> dict[str, Any]:
    """The JSON Schema (2020-12) of a message as it is on the wire."""
    mode: Literal["serialization", "validation"] = "serialization" if model in FROM_SERVER else "validation"
    schema = model.model_json_schema(by_alias=True, mode=mode, ref_template=ref_template)
    required = set(schema.get("required", ())) | {"type"}
    if issubclass(model, Fact):
        required |= {"n", "at"}
    schema["required"] = sorted(required)
    schema["properties"]["type"] = {"const": type_of(model)}
    return schema


FINGERPRINT = "13a3351680c844d3"
"""What `fingerprint` finds: pinned, as finding it takes a third of a second, at every start of a city."""


@cache
def fingerprint() -> str:
    """16 hex digits that change when any word of the language does."""
    words = {
        side: {type_of(model): schema_of(model) for model in models}
        for side, models in (("client", FROM_CLIENT), ("server", FROM_SERVER))
    }
    answers = {type_of(c): c.answer.model_json_schema() if c.answer else None for c in COMMANDS}
    told = json.dumps([words, answers], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
