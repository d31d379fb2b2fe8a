"""Avatars: who is behind a slot, how they look, gestures, and being put back."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from protocol.handshake import Avatar, Part
from protocol.message import U8, U16, Answer, Command, Count, Fact, Natural, Number, Result

MAX_SLOTS_ASKED = 256
"""Slots in one `avatar.who`."""

Slot = U16
"""An avatar for all connections to one node in one district; no identity."""


class AvatarCard(Part):
    """The citizen behind a slot; `away` where their connection broke and they may be back."""

    slot: Slot
    citizen: str
    name: str
    roles: list[str]
    avatar: Avatar | None = None
    away: bool | None = None


class AvatarCards(Result):
    """Those of the asked slots that the citizen can see."""

    avatars: list[AvatarCard]


class Who(Command):
    """Ask who is behind slots in view; at most twice a second."""

    answer: ClassVar[Answer] = AvatarCards

    type: Literal["avatar.who"] = "avatar.who"
    slots: Annotated[list[Slot], Field(max_length=MAX_SLOTS_ASKED)]


class Emote(Command):
    """Make a gesture: it overrides the stance that others see for 3 s."""

    type: Literal["avatar.emote"] = "avatar.emote"
    emote: U8


class Change(Command):
    """Look different; those near are told by `avatar.changed`."""

    type: Literal["avatar.change"] = "avatar.change"
    avatar: Avatar


class Changed(Fact):
    """Someone near looks different now, or holds other roles, which are told where they changed."""

    type: Literal["avatar.changed"] = "avatar.changed"
    slot: Slot
    name: str
    avatar: Avatar | None = None
    roles: list[str] | None = None


class Shown(Fact):
    """How others see you from now on: plainly until `until`, as the shield has it; without `until` as you chose."""

    type: Literal["avatar.shown"] = "avatar.shown"
    avatar: Avatar | None = None
    until: Natural | None = None


class MovedBack(Count):
    """Your last step was not valid: you stand here."""

    type: Literal["avatar.moved_back"] = "avatar.moved_back"
    x: Number
    y: Number
    z: Number
    yaw: U16
    reason: Literal["too_fast", "blocked", "not_allowed", "moderator"]
