"""From a token to a citizen: the city's secret, the tokens signed with it, and visitors without one."""

import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Self

import jwt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from protocol.handshake import Hello
from protocol.refusals import Farewell, ProtocolError
from server.config import Settings, WrongSetting
from server.texts import language_of, texts
from worlds.citizen import Citizen, Level, is_role, shown_name

ALGORITHM = "HS256"
AUDIENCE = "madang"
LEEWAY_SECONDS = 60
"""How far the clocks of issuer and server may differ."""

SECRET_BYTES = 64
MIN_SECRET_LENGTH = 32
"""Characters below which the secret could be guessed (RFC 7518, 3.2: as long as the hash)."""

_REQUIRED = ["sub", "exp", "iat", "iss", "aud"]
_REASONS: tuple[tuple[type[jwt.InvalidTokenError], str], ...] = (
    (jwt.ExpiredSignatureError, "the token has expired"),
    (jwt.ImmatureSignatureError, "the token is not yet valid"),
    (jwt.InvalidAudienceError, "the token is for another service"),
    (jwt.InvalidIssuerError, "the token is from an issuer that this city does not know"),
    (jwt.MissingRequiredClaimError, "the token lacks one of " + ", ".join(_REQUIRED)),
    (jwt.InvalidSignatureError, "the token is not signed by this city"),
    (jwt.InvalidAlgorithmError, "the token is signed in a way that this city does not accept"),
)


def _visible(name: str) -> str:
    shown = shown_name(name)
    if not shown:
        raise ValueError("holds nothing that can be seen")
    return shown


def _known(role: str) -> str:
    if not is_role(role):
        raise ValueError(f"no such role: {role}")
    return role


Word = Annotated[str, Field(min_length=1, max_length=64)]


class Claims(BaseModel):
    """What a token says of its bearer; other claims are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    sub: Annotated[str, Field(min_length=1, max_length=255)]
    name: Annotated[str, Field(max_length=200), AfterValidator(_visible)]
    roles: Annotated[list[Annotated[str, AfterValidator(_known)]], Field(min_length=1, max_length=32)] = [
        "citizen"
    ]
    grants: Annotated[list[Word], Field(max_length=32)] = []
    level: Level = 2
    minor: bool = False
    department: Word | None = None


class Registry:
    """Who may come in, and as whom."""

    def __init__(self, secret: str, issuer: str, *, visitors_admitted: bool) -> None:
        self._secret = secret
        self._issuer = issuer
        self._visitors_admitted = visitors_admitted

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The registry of a server, with the secret of its data folder."""
        secret = keep_secret(settings.data.dir)
        return cls(secret, settings.auth.issuer, visitors_admitted=settings.visitors.admitted)

    def identify(self, hello: Hello) -> Citizen:
        """Who says hello; raises ProtocolError(bad_token)."""
        if hello.token is not None:
            return self._citizen(hello.token)
        if not self._visitors_admitted:
            raise ProtocolError(Farewell.BAD_TOKEN, "this city admits no visitors: come with a token")
        return _visitor(hello)

    def _citizen(self, token: str) -> Citizen:
        try:
            payload = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": _REQUIRED},
            )
        except jwt.InvalidTokenError as error:
            reason = next((told for kind, told in _REASONS if isinstance(error, kind)), "it is no token")
            raise ProtocolError(Farewell.BAD_TOKEN, reason) from error
        try:
            claims = Claims.model_validate(payload)
        except ValidationError as error:
            raise ProtocolError(Farewell.BAD_TOKEN, f"the token's {first_fault(error)}") from error
        return Citizen(
            id=self._opaque_id(claims.sub),
            name=claims.name,
            roles=tuple(claims.roles),
            grants=tuple(claims.grants),
            level=claims.level,
            minor=claims.minor,
            department=claims.department,
        )

    def _opaque_id(self, subject: str) -> str:
        known_as = json.dumps(["citizen", self._issuer, subject]).encode()
        return "c" + hmac.new(self._secret.encode(), known_as, "sha256").hexdigest()[:24]


def first_fault(error: ValidationError) -> str:
    """The first thing wrong with claims, in a few words: `level: Input should be ...`."""
    fault = error.errors()[0]
    return f"{fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}"


def _visitor(hello: Hello) -> Citizen:
    name = shown_name(hello.name or "")
    if not name:
        number = 100 + secrets.randbelow(9_900)
        name = texts(language_of(hello.locale))["visitor"]["name"].format(number=number)
    return Citizen(id="v" + secrets.token_hex(12), name=name)


def issue_token(secret: str, claims: Claims, *, issuer: str, now: int, hours: float) -> str:
    """A token that is good for so many hours from `now` (s since the epoch)."""
    payload: dict[str, Any] = claims.model_dump(exclude_none=True)
    payload |= {"iss": issuer, "aud": AUDIENCE, "iat": now, "exp": now + round(hours * 3600)}
    return jwt.encode(payload, secret, ALGORITHM)


def keep_secret(folder: Path) -> str:
    """The city's secret, made at the first call; raises WrongSetting where it is not safe there."""
    path = folder / "secret"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        if path.stat().st_mode & 0o077:
            raise WrongSetting(f"{path}: others can read it; make it yours alone with chmod 600")
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(f"data.dir = {folder}: {error}") from error
    if len(secret) < MIN_SECRET_LENGTH:
        raise WrongSetting(f"{path}: shorter than {MIN_SECRET_LENGTH} characters")
    return secret


def _make_secret(path: Path) -> None:
    # Written beside and linked, so that of two servers starting together both read one whole secret.
    draft = path.with_name(f".secret.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
