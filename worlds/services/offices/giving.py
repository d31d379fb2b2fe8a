"""Who may give which office to whom, and where: nobody to themselves, nobody farther than their own word reaches."""

from collections.abc import Iterable

from protocol.refusals import Refusal, Refused
from worlds.access import GRANT_PREFIX
from worlds.citizen import EVERYONES_ROLES, ROLES, Citizen
from worlds.service import Staff
from worlds.services.offices.content import OPERATOR, Content, Office
from worlds.standing import own

WORKING = ROLES - EVERYONES_ROLES - {OPERATOR}
"""Roles beside which a grant without a scope reaches as far as they do."""

CREW = frozenset({"host", "moderator"})
"""Roles that read what was given where they work."""

AUDITOR = f"{GRANT_PREFIX}auditor"
"""Who reads all of it, and changes nothing."""


def is_within(scope: str, wider: str) -> bool:
    """Whether a scope is another, or inside it; everything is in the city's."""
    return not wider or f"{scope}/".startswith(f"{wider}/")


def reaches(citizen: Citizen, word: str, scope: str) -> bool:
    """Whether someone has a role there, or a grant: one without a scope goes no farther than a role beside it."""
    if not word.startswith(GRANT_PREFIX):
        return citizen.has(word, scope or None)
    for grant in citizen.grants:
        name, _, named = grant.partition("@")
        if name == word.removeprefix(GRANT_PREFIX) and is_within(scope, named):
            return any(citizen.has(role, scope or None) for role in WORKING)
    return False


def right_of(citizen: Citizen, givers: Iterable[str], scope: str) -> str | None:
    """By which of these words someone gives an office there; None by none, and by what they were given here."""
    by_token = own(citizen)
    return next((word for word in givers if reaches(by_token, word, scope)), None)


def givers(office: Office, *, is_of_event: bool) -> tuple[str, ...]:
    """Who gives an office: for an event, or for a time."""
    return office.for_event if is_of_event else office.for_term


def require_right(content: Content, name: str, citizen: Citizen, scope: str, *, is_of_event: bool) -> str:
    """By what right someone gives this office there; raises Refused not_found, not_allowed."""
    office = content.offices.get(name)
    if office is None:
        raise Refused(Refusal.NOT_FOUND, "one of " + ", ".join(content.offices), field="office")
    words = givers(office, is_of_event=is_of_event)
    if not words:
        wanted = "for a time, and not for an event" if is_of_event else "for an event"
        raise Refused(Refusal.NOT_ALLOWED, f"it is given {wanted}", field="scope")
    right = right_of(citizen, words, scope)
    if right is None:
        raise Refused(Refusal.NOT_ALLOWED, "it is not yours to give, or not there", field="office")
    return right


def require_receiver(citizen: Citizen, receiver: str, here: Citizen | None, *, is_known: bool) -> None:
    """Raises Refused: not oneself, no visitor, no operator, nobody whom nobody knows."""
    if receiver == citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, "nobody gives themselves an office", field="citizen")
    if here is None and not is_known:
        raise Refused(Refusal.NOT_FOUND, "nobody of that id is known", field="citizen")
    if here is not None and not may_hold(here):
        raise Refused(Refusal.NOT_ALLOWED, "no visitor and no operator is given one", field="citizen")


def may_hold(citizen: Citizen) -> bool:
    """Whether someone may be given anything: a visitor is somebody else tomorrow, an operator runs the machine."""
    return not citizen.is_visitor and not any(role.partition("@")[0] == OPERATOR for role in citizen.roles)


def reads(citizen: Citizen, content: Content, scope: str) -> bool:
    """Whether someone may see what was given there: who works there, who might have given it, an auditor."""
    if AUDITOR.removeprefix(GRANT_PREFIX) in citizen.grants:
        return True
    if any(citizen.has(role, scope or None) for role in CREW):
        return True
    words = {word for one in content.offices.values() for word in (*one.for_event, *one.for_term)}
    return right_of(citizen, sorted(words), scope) is not None


def crew_of(scope: str, but: str) -> Staff:
    """Who works there, as an audience, but for whom it concerns: they are told themselves."""
    return Staff(CREW, scope or None, frozenset({but}))


def auditors(but: str) -> Staff:
    """Who reads the whole audit, as an audience."""
    return Staff(frozenset({AUDITOR}), None, frozenset({but}))
