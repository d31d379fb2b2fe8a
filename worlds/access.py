"""Access: what the plan's access lists mean for one citizen, as bit masks over zones and doors."""

from collections.abc import Iterable, Sequence

from worlds.citizen import Citizen
from worlds.plan import DistrictPlan, ZonePlan

GRANT_PREFIX = "grant:"

MINOR = "minor"
"""In a list of access: who is not of age, whatever their roles."""


def holds_any(citizen: Citizen, words: Iterable[str], scope: str | None) -> bool:
    """Whether a citizen has one of these roles within the scope, or one of these grants (`grant:NAME`)."""
    return any(
        word.removeprefix(GRANT_PREFIX) in citizen.grants
        if word.startswith(GRANT_PREFIX)
        else citizen.has(word, scope)
        for word in words
    )


def is_admitted(citizen: Citizen, access: Sequence[str], scope: str) -> bool:
    """Whether a list of roles, `grant:NAME` and `minor` admits this citizen in this scope; empty admits everyone."""
    return not access or (citizen.minor and MINOR in access) or holds_any(citizen, access, scope)


def admits(zone: ZonePlan, citizen: Citizen, district: str) -> bool:
    """Whether a zone is this citizen's to enter; who works at this zone alone (official@civil/counter) is of it."""
    return is_admitted(citizen, zone.access, f"{district}/{zone.id}")


def _mask(bits: Iterable[bool]) -> int:
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def forbidden_zones(citizen: Citizen, plan: DistrictPlan) -> int:
    """Bit i = zone i may not be entered."""
    return _mask(not admits(zone, citizen, plan.id) for zone in plan.zones)


def passable_doors(citizen: Citizen, plan: DistrictPlan, is_open: Sequence[bool]) -> int:
    """Bit j = door j lets this citizen through now: open doors everyone, closed ones who is on their list."""
    return _mask(
        opened or (bool(door.access) and is_admitted(citizen, door.access, plan.id))
        for door, opened in zip(plan.doors, is_open, strict=True)
    )
