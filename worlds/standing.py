"""Standing: who a citizen is here and now, with what was given to them inside the city beside what their token says."""

from collections.abc import Iterable
from dataclasses import replace

from worlds.access import GRANT_PREFIX
from worlds.citizen import Citizen


def own(citizen: Citizen) -> Citizen:
    """The citizen as their token names them, with nothing that was given here."""
    if not citizen.given:
        return citizen
    return replace(
        citizen,
        roles=tuple(role for role in citizen.roles if role not in citizen.given),
        grants=tuple(grant for grant in citizen.grants if f"{GRANT_PREFIX}{grant}" not in citizen.given),
        given=(),
    )


def standing(citizen: Citizen, given: Iterable[str]) -> Citizen:
    """The citizen with these roles and grants (`grant:NAME`), and without what was given before and is over.

    Nothing of the token's own stands in `given`: so what was given can be taken away again, however often it is asked.
    """
    words = tuple(dict.fromkeys(given))
    if not words and not citizen.given:
        return citizen
    by_token = own(citizen)
    roles = [word for word in words if not word.startswith(GRANT_PREFIX) and word not in by_token.roles]
    grants = [
        word
        for word in words
        if word.startswith(GRANT_PREFIX) and word.removeprefix(GRANT_PREFIX) not in by_token.grants
    ]
    return replace(
        by_token,
        roles=(*by_token.roles, *roles),
        grants=(*by_token.grants, *(grant.removeprefix(GRANT_PREFIX) for grant in grants)),
        given=(*roles, *grants),
    )
