"""Which issuers are trusted, and with what: an issuer can give nobody what is not named here."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from server.setting import Seconds, Section
from worlds.citizen import Level, is_role
from worlds.plan import Text

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a pair of keys: with a shared secret, whoever can check a token could make one."""

MAX_WORDS = 32
"""Roles or grants of one token, as in the city's own."""


def is_safe_address(url: str) -> bool:
    """Whether what is fetched there is the issuer's: TLS, or this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return (
        bool(host)
        and "@" not in parts.netloc
        and (parts.scheme == "https" or (parts.scheme == "http" and is_here(host)))
    )


def is_here(host: str) -> bool:
    """Whether a host's name means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(url: str) -> str:
    if not is_safe_address(url) or "?" in url or "#" in url:
        raise ValueError("is not https://... (http only on this machine)")
    return url


def _role(word: str) -> str:
    if not is_role(word):
        raise ValueError(f"no such role: {word}")
    return word


Claim = Annotated[str, Field(min_length=1, max_length=100)]
"""A claim by its name, or by its path: realm_access.roles."""


class Trust(Section):
    """One issuer of tokens (OpenID Connect) beside the city itself."""

    issuer: Annotated[str, Field(max_length=200), AfterValidator(_address)]
    """What `iss` must be, and where the discovery document is found."""

    name: Text
    """What citizens are shown: log in with ..., in both languages."""

    audience: Annotated[str, Field(min_length=1, max_length=200)] = "madang"
    """What `aud` must be or hold: this city, as the issuer calls it."""

    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256")
    """The signatures that are accepted of it."""

    name_claim: Claim = "name"
    """Where the name stands that others see."""

    roles_claim: Claim = "roles"
    """Where its words for roles stand."""

    roles: dict[str, Annotated[str, AfterValidator(_role)]] = Field(default_factory=dict)
    """Which role each of its words gives; every other word gives none. All its bearers are citizens."""

    grants_claim: Claim = "grants"
    """Where its words for offices stand."""

    grants: dict[str, Annotated[str, Field(min_length=1, max_length=64)]] = Field(default_factory=dict)
    """Which grant each of its words gives; every other word gives none."""

    level_claim: Claim = "acr"
    """Where it says how it knows its bearer: acr, or amr."""

    levels: dict[str, Level] = Field(default_factory=dict)
    """Which level each of its words gives: 2 verified, 3 resident."""

    level: Annotated[int, Field(ge=1, le=3)] = 1
    """The level of its bearers without such a word: 1 is pseudonymous."""

    session_seconds: Seconds = 0
    """For how long what was opened with one of its tokens may outlive it: where they last minutes only, to be renewed
    by a page that this city has not; 0 ends it with its token."""

    department_claim: Claim = "department"
    """Where the department of an official stands."""

    departments: tuple[str, ...] = ()
    """The departments that it may name."""

    minor_claim: Claim = "age_band"
    """Where the age band stands, or true or false for a minor. A date of birth is not looked at."""

    adults: tuple[str, ...] = ("adult",)
    """The age bands that are of age; every other is a minor's."""

    unknown_is_minor: bool = True
    """Whether one whose age it does not tell is treated as a minor: nobody is taken for an adult unproved."""

    @field_validator("levels")
    @classmethod
    def _levels_of_citizens(cls, levels: dict[str, Level]) -> dict[str, Level]:
        if 0 in levels.values():
            raise ValueError("0 is a visitor's, who brings no token")
        return levels

    def claims(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What its token comes to here, for `Claims` to check: no more than these settings allow."""
        department = _at(payload, self.department_claim)
        return {
            "sub": payload.get("sub"),
            "name": _at(payload, self.name_claim),
            "roles": ["citizen", *self._given(payload, self.roles_claim, self.roles)],
            "grants": self._given(payload, self.grants_claim, self.grants),
            "level": self._level(payload),
            "minor": self._is_minor(payload),
            "department": department if department in self.departments else None,
        }

    def _given(self, payload: Mapping[str, Any], claim: str, allowed: Mapping[str, str]) -> list[str]:
        words = _words(_at(payload, claim))
        given = dict.fromkeys(allowed[word] for word in words if word in allowed)
        return [word for word in given if word != "citizen"][: MAX_WORDS - 1]

    def _level(self, payload: Mapping[str, Any]) -> int:
        words = _words(_at(payload, self.level_claim))
        return max((self.levels[word] for word in words if word in self.levels), default=self.level)

    def _is_minor(self, payload: Mapping[str, Any]) -> bool:
        told = _at(payload, self.minor_claim)
        if isinstance(told, bool):
            return told
        return told not in self.adults if isinstance(told, str) else self.unknown_is_minor


def _at(payload: Mapping[str, Any], claim: str) -> Any:
    """A claim of this name, else what stands at this path."""
    if claim in payload:
        return payload[claim]
    value: Any = payload
    for part in claim.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _words(value: Any) -> list[str]:
    """The words of a claim: one text, several with spaces between them as in `scope`, or a list."""
    match value:
        case str():
            return [value, *value.split()]
        case bool():
            return []
        case int():
            return [str(value)]
        case list():
            return [word for word in value if isinstance(word, str)]
        case _:
            return []
