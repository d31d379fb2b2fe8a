"""Tokens: a JWT is believed or not, and for each way in which it may not hold there is a reason, counted and told."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from jwt.types import Options

from protocol.refusals import Farewell, ProtocolError

REQUIRED = ["sub", "exp", "iat", "iss", "aud"]
"""Claims without which nothing is believed."""

EXPIRED = "expired", "the token has expired"

_REASONS: tuple[tuple[type[jwt.PyJWTError], str, str], ...] = (
    (jwt.ExpiredSignatureError, *EXPIRED),
    (jwt.ImmatureSignatureError, "not_yet_valid", "the token is not yet valid"),
    (jwt.InvalidAudienceError, "audience", "the token is for another service"),
    (jwt.InvalidIssuerError, "issuer", "the token is from an issuer that this city does not know"),
    (jwt.MissingRequiredClaimError, "claim_missing", "the token lacks one of " + ", ".join(REQUIRED)),
    (jwt.InvalidSignatureError, "signature", "the token is not signed by its issuer"),
    (jwt.InvalidAlgorithmError, "algorithm", "the token is signed in a way that this city does not accept"),
)
_AFTER_THE_SIGNATURE = frozenset({"expired", "not_yet_valid", "audience", "issuer", "claim_missing"})


class BadToken(ProtocolError):
    """Who comes is not believed; `account` is whose token it is, where its signature proves that."""

    def __init__(self, reason: str, message: str, account: str | None = None) -> None:
        super().__init__(Farewell.BAD_TOKEN, message)
        self.reason = reason
        self.account = account


def unproved(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claims of a token of which nothing is proved yet: to know whose keys to ask; raises BadToken."""
    try:
        whole = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadToken("malformed", "it is no token") from error
    return whole["header"], whole["payload"]


def verified(
    token: str, key: Any, algorithms: Sequence[str], *, issuer: str, audience: str, leeway: float
) -> dict[str, Any]:
    """The claims of a token that holds; raises BadToken."""
    options: Options = {"require": REQUIRED}
    try:
        return jwt.decode(token, key, algorithms, options, issuer=issuer, audience=audience, leeway=leeway)
    except jwt.PyJWTError as error:
        for kind, reason, told in _REASONS:
            if isinstance(error, kind):
                account = _account(token) if reason in _AFTER_THE_SIGNATURE else None
                raise BadToken(reason, told, account) from error
        raise BadToken("malformed", "it is no token") from error
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadToken("malformed", "it is no token") from error


def lasts_s(claims: Mapping[str, Any]) -> float:
    """For how much longer a verified token is good, in seconds, by the clock by which it was verified."""
    return float(claims["exp"]) - time.time()


def _account(token: str) -> str:
    claims = unproved(token)[1]
    return f"{claims.get('iss')} {claims.get('sub')}"
