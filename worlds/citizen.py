"""Who acts in the city: a citizen, their roles with their scopes, the name that others see."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from protocol.handshake import MAX_NAME_LENGTH

ROLES = frozenset({"visitor", "citizen", "official", "moderator", "host", "operator"})
"""Every role; one may be scoped, as in moderator@culture."""

EVERYONES_ROLES = frozenset({"visitor", "citizen"})

MAX_SCOPE_LENGTH = 64
"""Characters of a role's scope."""

Level = Literal[0, 1, 2, 3]
"""How well the city knows them: 0 visitor, 1 pseudonymous, 2 verified, 3 resident."""

_SCOPE = re.compile(r"[a-z0-9_.-]+(/[a-z0-9_.-]+)*")
_BLANK = frozenset({"Zs", "Zl", "Zp", "Cc"})
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn"})
_HANGUL_FILLERS = "\u115f\u1160\u3164\uffa0"


@dataclass(frozen=True, slots=True)
class Citizen:
    """Someone in the city; `id` is opaque and made by the city."""

    id: str
    name: str
    roles: tuple[str, ...] = ("visitor",)
    grants: tuple[str, ...] = ()
    level: Level = 0
    minor: bool = False
    department: str | None = None
    given: tuple[str, ...] = ()
    """Of these roles and grants (`grant:NAME`) those that the city gave, and not the token (`worlds/standing.py`)."""
    is_held: bool = False
    """Whether what they write waits for a moderator: told to services by the gate, never kept."""
    until: int | None = field(default=None, compare=False)
    """When the word ends by which the city knows them, in ms since the epoch; None: never, as a visitor has none."""

    def has(self, role: str, scope: str | None = None) -> bool:
        """Whether they have the role there; a wider scope includes the narrower (culture, culture/hall)."""
        for held in self.roles:
            name, _, held_scope = held.partition("@")
            if name == role and (
                not held_scope or (scope is not None and f"{scope}/".startswith(f"{held_scope}/"))
            ):
                return True
        return False

    @property
    def is_verified(self) -> bool:
        """Whether someone has checked who they are."""
        return self.level >= 2

    @property
    def is_visitor(self) -> bool:
        """Whether the city does not know them: they may walk, chat and read."""
        return self.level == 0

    @property
    def is_staff(self) -> bool:
        """Whether they hold more than everyone may: a role beyond a citizen's, or a grant."""
        return bool(self.grants) or any(role.partition("@")[0] not in EVERYONES_ROLES for role in self.roles)


def is_role(text: str) -> bool:
    """Whether it is a role of the city, with or without a scope."""
    name, at, scope = text.partition("@")
    if name not in ROLES:
        return False
    return not at or (len(scope) <= MAX_SCOPE_LENGTH and _SCOPE.fullmatch(scope) is not None)


def shown_name(text: str) -> str:
    """The name as others see it, at most 40 characters; empty where nothing visible is left.

    Composed (macOS sends Hangul in parts), spaces joined, and without what is not seen but changes what is:
    control and format characters, among them those that turn the direction of writing, and blank letters.
    """
    seen = []
    for character in text:
        category = unicodedata.category(character)
        if category in _BLANK:
            seen.append(" ")
        elif category not in _UNSEEN and character not in _HANGUL_FILLERS:
            seen.append(character)
    name = unicodedata.normalize("NFC", " ".join("".join(seen).split()))
    return name[:MAX_NAME_LENGTH].rstrip()
