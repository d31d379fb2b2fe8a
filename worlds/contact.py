"""Contact: who works in a district, and which adults may come near to minors and write to them in private."""

from typing import Literal

from worlds.access import holds_any
from worlds.citizen import Citizen
from worlds.standing import own

STAFF = frozenset({"moderator", "host", "official", "operator"})
"""Roles that make staff, in their scope."""

ADULTS_KEEP_M = 1.5
"""So far from a minor's avatar adults stay who are not staff."""


def is_staff(citizen: Citizen, district: str | None = None) -> bool:
    """Whether someone works there; without a district, anywhere.

    Anywhere it is a word of who vouches for them to the young: no host of an evening does, whatever they gave.
    """
    if district is None:
        return any(role.partition("@")[0] in STAFF for role in own(citizen).roles)
    return holds_any(citizen, STAFF, district)


def may_write_to(writer: Citizen, reader: Citizen) -> Literal["yes", "as staff", "no"]:
    """Whether someone may write to another in private; an adult to a minor only as staff, which is counted."""
    if not reader.minor or writer.minor:
        return "yes"
    return "as staff" if is_staff(writer) else "no"


def keeps_away(citizen: Citizen) -> bool:
    """Whether someone is kept at a distance from minors."""
    return not citizen.minor and not is_staff(citizen)
