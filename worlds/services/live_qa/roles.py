"""Who may do what at a question time: offices, and the roles and grants that make them.

Roles reach a district or one event (`host@civil/qa-1`); a grant may be for one event alone (`clerk@civil/qa-1`).
"""

from enum import Enum

from protocol.refusals import Refusal, Refused
from worlds.access import GRANT_PREFIX, is_admitted
from worlds.citizen import Citizen
from worlds.service import Staff
from worlds.services.live_qa.state import Session


class Office(Enum):
    """A part in running a question time, with the words that give it."""

    HOST = ("host",)
    ANSWERER = ("grant:mayor", "grant:answerer")
    MODERATOR = ("moderator", "grant:head_moderator")
    HEAD_MODERATOR = ("grant:head_moderator",)
    FLOOR_MANAGER = ("host", "grant:floor_manager")
    CLERK = ("grant:clerk",)
    SAFETY = ("grant:safety_officer",)
    CAPTIONER = ("grant:captioner", "grant:interpreter")
    """Who writes what is said, in its own language or another."""
    OBSERVER = ("grant:observer",)
    """Press and council: they read all that is public, and take no part."""
    CREW = (
        "host",
        "moderator",
        "grant:head_moderator",
        "grant:floor_manager",
        "grant:safety_officer",
    )
    DESK = (*MODERATOR, *HOST)
    """Who works on questions, or chooses among them."""
    PART = (*CREW, *ANSWERER, *CLERK, *CAPTIONER)
    """Whoever has a part in running it."""


def words_of(office: Office, session: Session) -> frozenset[str]:
    """The roles and grants of an office, also those for this event alone."""
    grants = [word for word in office.value if word.startswith(GRANT_PREFIX)]
    return frozenset([*office.value, *(f"{grant}@{session.scope}" for grant in grants)])


def holds(citizen: Citizen, office: Office, session: Session) -> bool:
    """Whether this citizen has the office at this session."""
    return is_admitted(citizen, tuple(words_of(office, session)), session.scope)


def staff(office: Office, session: Session) -> Staff:
    """All who have the office, as an audience."""
    return Staff(words_of(office, session), session.scope)


def require(citizen: Citizen, session: Session, *offices: Office) -> None:
    """Raises Refused not_allowed for who has none of these offices."""
    if not any(holds(citizen, office, session) for office in offices):
        raise Refused(Refusal.NOT_ALLOWED)


def require_host(citizen: Citizen, session: Session) -> None:
    """The host leads, and has not been head of the desk: these are different people."""
    require(citizen, session, Office.HOST)
    if citizen.id in session.heads:
        raise Refused(Refusal.NOT_ALLOWED, "who heads the moderators of this event does not lead it")


def require_head(citizen: Citizen, session: Session) -> None:
    """The head moderator, who does not lead the event."""
    require(citizen, session, Office.HEAD_MODERATOR)
    if citizen.id in session.hosts:
        raise Refused(Refusal.NOT_ALLOWED, "who leads this event does not head its moderators")
