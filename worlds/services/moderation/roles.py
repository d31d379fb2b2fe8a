"""Who may do what at the desk: offices by role and scope, rank, and how long each may sanction."""

from collections.abc import Iterator

from protocol.refusals import Refusal, Refused
from protocol.services.moderation import SanctionKind
from worlds.citizen import EVERYONES_ROLES, Citizen
from worlds.service import Staff
from worlds.services.moderation.content import Content
from worlds.services.moderation.state import is_within

HEAD = "head_moderator"
"""The grant of who leads moderators; for one scope: `head_moderator@culture`."""

AUDITOR = "auditor"
"""The grant of an official who reads the whole audit and changes nothing."""

AUTHORITY = "authority"
"""The grant of who tells the police, or whose case it is, what happened here; an official's, or a moderator's."""

OBSERVER = "observer"
"""The grant of the press or a council: they read, and have no voice and no vote; for one scope: `observer@culture`."""

OPERATOR_RANK, HEAD_RANK, DESK_RANK, OFFICIAL_RANK = 4, 3, 2, 1


def holds(citizen: Citizen, role: str, scope: str) -> bool:
    """Whether a citizen has a role in a scope; in the city's only by a role without one."""
    return citizen.has(role, scope or None)


def rank(citizen: Citizen) -> int:
    """How high someone stands, wherever: nobody sanctions upwards, and no operator is sanctioned."""
    roles = {role.partition("@")[0] for role in citizen.roles}
    if "operator" in roles:
        return OPERATOR_RANK
    if "moderator" in roles and any(grant.partition("@")[0] == HEAD for grant in citizen.grants):
        return HEAD_RANK
    if roles & {"moderator", "host"}:
        return DESK_RANK
    return OFFICIAL_RANK if "official" in roles else 0


def offices(citizen: Citizen, scope: str) -> Iterator[str]:
    """The offices someone has in a scope: moderator, head, host, officer (an official at a counter of their own)."""
    if holds(citizen, "moderator", scope):
        yield "moderator"
        if HEAD in citizen.grants or any(
            f"{scope}/".startswith(f"{grant.partition('@')[2]}/")
            for grant in citizen.grants
            if grant.startswith(f"{HEAD}@")
        ):
            yield "head"
    if holds(citizen, "host", scope):
        yield "host"
    if (
        scope
        and holds(citizen, "official", scope)
        and any(role.startswith("official@") for role in citizen.roles)
    ):
        yield "officer"


def office_of(citizen: Citizen) -> str:
    """By what right someone of the staff acts: their roles beyond a citizen's, and what they lead or audit."""
    roles = [role for role in citizen.roles if role.partition("@")[0] not in EVERYONES_ROLES]
    return ", ".join((*roles, *(one for one in citizen.grants if one.partition("@")[0] in (HEAD, AUDITOR))))


def counter_of(citizen: Citizen) -> str | None:
    """The counter of someone who works at one, and as nothing else."""
    work = [role for role in citizen.roles if role.partition("@")[0] not in EVERYONES_ROLES]
    if len(work) != 1 or citizen.grants or not work[0].startswith("official@") or "/" not in work[0]:
        return None
    return work[0].partition("@")[2]


def is_head(citizen: Citizen, scope: str) -> bool:
    """Whether someone leads the desk there."""
    return "head" in offices(citizen, scope)


def headed(citizen: Citizen) -> set[str]:
    """The scopes, each the widest, in which someone leads the desk."""
    named = {word.partition("@")[2] for word in (*citizen.roles, *citizen.grants)}
    return {scope for scope in named if is_head(citizen, scope)}


def is_auditor(citizen: Citizen) -> bool:
    """Whether someone reads the whole audit."""
    return AUDITOR in citizen.grants and rank(citizen) >= OFFICIAL_RANK


def is_observer(citizen: Citizen, scopes: tuple[str, ...]) -> bool:
    """Whether someone is there to see and no more, in any of these places."""
    watched = [grant.partition("@")[2] for grant in citizen.grants if grant.partition("@")[0] == OBSERVER]
    return any(is_within(scope, wider) for scope in scopes or ("",) for wider in watched)


def tells_authority(citizen: Citizen, scope: str) -> bool:
    """Whether someone tells an authority outside what happened there: whose office it is, or who leads the desk."""
    return (AUTHORITY in citizen.grants and rank(citizen) >= OFFICIAL_RANK) or is_head(citizen, scope)


def is_staff(citizen: Citizen, scopes: tuple[str, ...]) -> bool:
    """Whether someone works there, so that what goes for the public does not go for them."""
    if any(role.partition("@")[0] == "official" for role in citizen.roles) or citizen.has("operator"):
        return True
    return any(holds(citizen, role, scope) for role in ("moderator", "host") for scope in scopes or ("",))


def require(citizen: Citizen, scope: str, *wanted: str) -> None:
    """Raises Refused not_allowed for who has none of these offices there."""
    if not set(offices(citizen, scope)) & set(wanted):
        raise Refused(Refusal.NOT_ALLOWED, "it is outside of your office or its scope", field="scope")


def require_desk(citizen: Citizen, scope: str) -> None:
    """Raises Refused not_allowed for who does not work at the desk there."""
    require(citizen, scope, "moderator", "head", "host", "officer")


def longest_s(content: Content, citizen: Citizen, scope: str, kind: SanctionKind) -> int | None:
    """For how long someone may give this sanction there at most, in seconds; None: not at all."""
    given = [
        content.offices[office][kind]
        for office in offices(citizen, scope)
        if kind in content.offices.get(office, {})
    ]
    return max(given, default=None)


def desk_of(scope: str) -> Staff:
    """Moderators and hosts of a scope, as an audience."""
    return Staff(frozenset({"moderator", "host"}), scope or None)


def authority_desk(scope: str) -> Staff:
    """Who tells an authority outside, as an audience; heads, who may too, are of the desk and hear it there."""
    return Staff(frozenset({f"grant:{AUTHORITY}"}), scope or None)


def heads_of(scope: str) -> Staff:
    """Heads of the desk, as an audience."""
    return Staff(frozenset({f"grant:{HEAD}", f"grant:{HEAD}@{scope}", f"grant:{AUDITOR}"}), scope or None)
