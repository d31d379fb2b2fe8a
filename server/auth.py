"""Who comes: from a token, a join ticket or nothing to a citizen; the city's secret, and the tokens signed with it."""

import hmac
import json
import math
import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Self

import jwt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from protocol.handshake import Hello
from protocol.refusals import Farewell, ProtocolError
from server.admission import Attempts
from server.clock import Clock
from server.config import Settings, WrongSetting
from server.keys import IssuerKeys, Unreachable
from server.metrics import Metrics
from server.naming import visitor_name
from server.tickets import JoinTickets
from server.tokens import EXPIRED, BadToken, lasts_s, unproved, verified
from server.trust import Trust
from worlds.citizen import Citizen, Level, is_role, shown_name

ALGORITHM = "HS256"
AUDIENCE = "madang"

SECRET_BYTES = 64
MIN_SECRET_LENGTH = 32
"""Characters below which the secret could be guessed (RFC 7518, 3.2: as long as the hash)."""


AGES_S = 100 * 365 * 86_400
"""Longer than anybody stays, in seconds: a token may say that it is good until the sun is out."""


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


def first_fault(error: ValidationError) -> str:
    """The first thing wrong with claims, in a few words: `level: Input should be ...`."""
    fault = error.errors()[0]
    return f"{fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}"


def read_claims(claims: Any, account: str) -> Claims:
    """What a verified token says; raises BadToken."""
    try:
        return Claims.model_validate(claims)
    except ValidationError as error:
        raise BadToken("claims", f"the token's {first_fault(error)}", account) from error


class Registry:
    """Who may come in, and as whom."""

    def __init__(self, secret: str, settings: Settings, metrics: Metrics, clock: Clock) -> None:
        auth = settings.auth
        self._secret = secret
        self._issuer = auth.issuer
        self._leeway = auth.leeway_seconds
        self._visitors_admitted = settings.visitors.admitted
        self._metrics = metrics
        self._clock = clock
        self._attempts = Attempts(settings.limits, metrics)
        self.tickets = JoinTickets(auth.ticket_seconds, settings.limits.join_tickets, metrics)
        self._trusted: dict[str, tuple[Trust, IssuerKeys]] = {
            trust.issuer: (trust, IssuerKeys(trust.issuer, trust.algorithms, auth, clock, metrics))
            for trust in auth.issuers
        }

    @classmethod
    def of(cls, settings: Settings, metrics: Metrics, clock: Clock) -> Self:
        """The registry of a server, with the secret of its data folder."""
        return cls(keep_secret(settings.data.dir), settings, metrics, clock)

    def fetch_keys(self) -> None:
        """Fetch the keys of all issuers, so that nobody need wait for them; nobody waits for this either."""
        for _, keys in self._trusted.values():
            keys.fetch()

    async def close(self) -> None:
        """Wait for no issuer."""
        for _, keys in self._trusted.values():
            await keys.close()

    def identify(self, hello: Hello, address: str, *, has_waited: bool = False) -> Citizen:
        """Who says hello; raises ProtocolError (bad_token, flooding), Unreachable, and KeysMissing once."""
        try:
            if hello.ticket is not None:
                citizen = self.tickets.redeem(hello.ticket, self._clock.monotonic())
                if not self.holds(citizen):
                    raise BadToken(*EXPIRED)
                return citizen
            if hello.token is not None:
                return self._citizen(hello.token, has_waited=has_waited)
        except BadToken as bad:
            self._metrics.tokens_refused.labels(bad.reason).inc()
            self._attempts.failed(address, bad.account, self._clock.monotonic())
            raise
        except Unreachable:
            self._metrics.tokens_refused.labels("issuer_unreachable").inc()
            raise
        if not self._visitors_admitted:
            raise ProtocolError(Farewell.BAD_TOKEN, "this city admits no visitors: come with a token")
        return _visitor(hello)

    def holds(self, citizen: Citizen) -> bool:
        """Whether the token by which a citizen came has not ended since; what they opened with it ends with it."""
        return citizen.until is None or self._clock.unix_ms() < citizen.until

    def left_s(self, citizen: Citizen | None) -> float:
        """For how much longer it is good, in seconds."""
        if citizen is None or citizen.until is None:
            return math.inf
        return (citizen.until - self._clock.unix_ms()) / 1000

    def check(self, citizen: Citizen) -> None:
        """Raises BadToken, counted, where it has ended: what it said may be so no longer."""
        if not self.holds(citizen):
            self._metrics.tokens_refused.labels(EXPIRED[0]).inc()
            raise BadToken(*EXPIRED)

    def _citizen(self, token: str, *, has_waited: bool) -> Citizen:
        head, said = unproved(token)
        issuer = said.get("iss")
        if isinstance(issuer, str) and issuer in self._trusted:
            trust, keys = self._trusted[issuer]
            payload = verified(
                token,
                keys.find(head, has_waited=has_waited),
                trust.algorithms,
                issuer=issuer,
                audience=trust.audience,
                leeway=self._leeway,
            )
            beyond_s = trust.session_seconds + lasts_s(payload)
            return self._citizen_of(issuer, trust.claims(payload), beyond_s)
        if isinstance(issuer, str) and issuer != self._issuer:
            raise BadToken("issuer", "the token is from an issuer that this city does not know")
        payload = verified(
            token,
            self._secret,
            [ALGORITHM],
            issuer=self._issuer,
            audience=AUDIENCE,
            leeway=self._leeway,
        )
        return self._citizen_of(self._issuer, payload, lasts_s(payload))

    def _citizen_of(self, issuer: str, told: Any, known_s: float) -> Citizen:
        claims = read_claims(told, f"{issuer} {told.get('sub')}")
        return Citizen(
            id=opaque_id(self._secret, issuer, claims.sub),
            name=claims.name,
            roles=tuple(claims.roles),
            grants=tuple(claims.grants),
            level=claims.level,
            minor=claims.minor,
            department=claims.department,
            until=self._clock.unix_ms() + round(min(known_s + self._leeway, AGES_S) * 1000),
        )


def opaque_id(secret: str, issuer: str, subject: str) -> str:
    """A citizen's id in this city: nobody without its secret learns from it who they are elsewhere."""
    known_as = json.dumps(["citizen", issuer, subject]).encode()
    return "c" + hmac.new(secret.encode(), known_as, "sha256").hexdigest()[:24]


def _visitor(hello: Hello) -> Citizen:
    name = shown_name(hello.name or "")
    return Citizen(id="v" + secrets.token_hex(12), name=name or visitor_name(hello.locale))


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
