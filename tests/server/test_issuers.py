"""Issuers of tokens beside the city: whom they are believed, their keys as they rotate, and when they are not there."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from protocol.handshake import Hello
from protocol.refusals import Farewell
from server.auth import Registry
from server.config import Auth, Settings
from server.keys import DISCOVERY, FAILED_SECONDS, MAX_BYTES, KeysMissing, Unreachable, usable
from server.limits import Limits
from server.metrics import Metrics
from server.tokens import BadToken
from tests.support.clock import MovedClock
from tests.support.issuer import KEYS, Issuer, private_key, public_pem, running_issuer, shown_key
from worlds.citizen import Citizen

SECRET = "s" * 64
HOME = "203.0.113.7"


class Desk:
    """A registry that trusts one issuer, on a clock that the test moves."""

    def __init__(self, issuer: Issuer, auth: dict[str, Any] | None = None, **trust: Any) -> None:
        self.clock = MovedClock()
        self.metrics = Metrics()
        settings = Settings(
            auth=Auth.model_validate({"issuers": (issuer.trust(**trust),)} | (auth or {})),
            limits=Limits(logins_failed_per_address=0, logins_failed_per_account=0),
        )
        self.registry = Registry(SECRET, settings, self.metrics, self.clock)

    async def admit(self, token: str) -> Citizen:
        """Who comes with this token, after the wait where one is needed."""
        hello = Hello(protocol=1, token=token)
        try:
            return self.registry.identify(hello, HOME)
        except KeysMissing as missing:
            await missing.fetching
            return self.registry.identify(hello, HOME, has_waited=True)

    async def refuse(self, token: str) -> str:
        """The reason for which this token is not believed; it must be counted under it."""
        with pytest.raises(BadToken) as bad:
            await self.admit(token)
        assert bad.value.code is Farewell.BAD_TOKEN
        assert token not in bad.value.message
        assert self.count("madang_tokens_refused_total", reason=bad.value.reason) >= 1
        return bad.value.reason

    def count(self, name: str, **labels: str) -> float:
        """The value of a metric."""
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running_issuer() as issuer:
        yield issuer


@pytest.mark.parametrize(("kid", "algorithm"), [("rsa1", "RS256"), ("ec1", "ES256")])
async def test_a_token_of_a_trusted_issuer_makes_a_citizen_once_its_keys_are_there(
    issuer: Issuer, kid: str, algorithm: str
) -> None:
    desk = Desk(issuer)
    with pytest.raises(KeysMissing):
        desk.registry.identify(Hello(protocol=1, token=issuer.token(kid, algorithm)), HOME)
    citizen = await desk.admit(issuer.token(kid, algorithm))
    assert (citizen.name, citizen.roles, citizen.grants, citizen.level) == ("김하늘", ("citizen",), (), 1)
    assert issuer.asked == {DISCOVERY: 1, KEYS: 1}
    assert await desk.admit(issuer.token(kid, algorithm)) == citizen
    assert issuer.asked == {DISCOVERY: 1, KEYS: 1}


async def test_people_of_two_issuers_with_one_name_for_them_are_two_people(issuer: Issuer) -> None:
    desk = Desk(issuer)
    now = int(time.time())
    own = {"sub": "kim", "name": "Kim", "iss": "madang", "aud": "madang", "iat": now, "exp": now + 60}
    here = await desk.admit(jwt.encode(own, SECRET, "HS256"))
    there = await desk.admit(issuer.token(sub="kim"))
    async with running_issuer() as other:
        elsewhere = await Desk(other).admit(other.token(sub="kim"))
    assert len({here.id, there.id, elsewhere.id}) == 3
    assert here.id == "c980a1c9484950cbef1fa1665", "citizens of the city's own tokens keep their ids"


def unsigned(claims: dict[str, Any], algorithm: str = "none") -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'ec1'})}.{part(claims)}."


def by_hand(claims: dict[str, Any], key: bytes, kid: str) -> str:
    """HS256 with any bytes for a secret: what a library would not sign."""
    import hashlib
    import hmac

    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode()).rstrip(
        b"="
    )
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    seal = hmac.new(key, head + b"." + body, hashlib.sha256).digest()
    return b".".join((head, body, base64.urlsafe_b64encode(seal).rstrip(b"="))).decode()


LONG_AGO, ONE_DAY = 1_000_000_000, 4_000_000_000
"""2001 and 2096, as tokens tell time."""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": LONG_AGO}, "expired"),
        ({"nbf": ONE_DAY}, "not_yet_valid"),
        ({"iat": ONE_DAY}, "not_yet_valid"),
        ({"aud": "game"}, "audience"),
        ({"aud": ["game", "shop"]}, "audience"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"sub": None}, "claim_missing"),
        ({"exp": None}, "claim_missing"),
        ({"aud": None}, "claim_missing"),
        ({"sub": "x" * 256}, "claims"),
        ({"name": None}, "claims"),
        ({"name": "\u200b"}, "claims"),
        ({"exp": 1e400}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"kid": "ec9"}, "unknown_key"),
        ({"kid": "ec9", "sub": "x"}, "unknown_key"),
    ],
    ids=str,
)
async def test_a_token_that_does_not_hold_is_refused_and_counted_with_its_reason(
    issuer: Issuer, changes: dict[str, Any], reason: str
) -> None:
    assert await Desk(issuer).refuse(issuer.token(**changes)) == reason


async def test_no_signature_is_no_signature_however_it_is_written(issuer: Issuer) -> None:
    desk = Desk(issuer)
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    for algorithm in ("none", "None", "NONE", ""):
        assert await desk.refuse(unsigned(claims, algorithm)) == "algorithm"
    own = claims | {"iss": "madang"}
    assert await desk.refuse(unsigned(own)) == "algorithm"


async def test_a_public_key_is_no_secret_with_which_to_sign(issuer: Issuer) -> None:
    desk = Desk(issuer)
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    for name, algorithm in (("rsa1", "RS256"), ("ec1", "ES256")):
        pem = public_pem(name, algorithm)
        for key in (pem, pem.strip(), json.dumps(shown_key(name, algorithm)).encode()):
            assert await desk.refuse(by_hand(claims, key, name)) == "algorithm"
            assert await desk.refuse(by_hand(claims | {"iss": "madang"}, key, name)) == "signature"


async def test_the_citys_secret_does_not_speak_for_another_issuer(issuer: Issuer) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    assert await Desk(issuer).refuse(by_hand(claims, SECRET.encode(), "ec1")) == "algorithm"


async def test_another_key_of_the_same_name_and_another_kind_of_key_do_not_fit(issuer: Issuer) -> None:
    desk = Desk(issuer)
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, private_key("forger", "ES256"), "ES256", headers={"kid": "ec1"})
    assert await desk.refuse(forged) == "signature"
    crossed = jwt.encode(claims, private_key("rsa1", "RS256"), "RS256", headers={"kid": "ec1"})
    assert await desk.refuse(crossed) == "unknown_key"


async def test_a_key_that_a_token_brings_along_is_not_looked_at(issuer: Issuer) -> None:
    desk = Desk(issuer)
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    issuer.documents["/forger"] = {"keys": [shown_key("forger", "ES256")]}
    own = {"jwk": shown_key("forger", "ES256"), "jku": issuer.url + "/forger", "x5u": issuer.url + "/forger"}
    for kid, reason in (("ec1", "signature"), ("forger", "unknown_key")):
        forged = jwt.encode(claims, private_key("forger", "ES256"), "ES256", headers=own | {"kid": kid})
        assert await desk.refuse(forged) == reason
    assert issuer.asked["/forger"] == 0


async def test_only_the_algorithms_of_the_settings_are_accepted(issuer: Issuer) -> None:
    issuer.show(("ec1", "ES256"), ("ec384", "ES384"))
    assert await Desk(issuer).refuse(issuer.token("ec384", "ES384")) == "algorithm"
    assert (await Desk(issuer, algorithms=["ES384"]).admit(issuer.token("ec384", "ES384"))).name == "김하늘"


async def test_a_token_without_a_keys_name_means_the_only_one_that_fits(issuer: Issuer) -> None:
    assert (await Desk(issuer).admit(issuer.token(kid=None))).name == "김하늘"
    issuer.show(("ec1", "ES256"), ("ec2", "ES256"))
    assert await Desk(issuer).refuse(issuer.token(kid=None)) == "unknown_key"


async def test_clocks_may_differ_by_as_much_as_the_settings_say(issuer: Issuer) -> None:
    now = int(time.time())
    differing: tuple[dict[str, Any], ...] = ({"exp": now - 30}, {"iat": now + 30}, {"nbf": now + 30})
    for changes in differing:
        assert (await Desk(issuer).admit(issuer.token(**changes))).name == "김하늘"
        await Desk(issuer, {"leeway_seconds": 0}).refuse(issuer.token(**changes))


# Rotation


async def test_a_key_that_is_new_is_fetched_once_and_one_that_is_gone_is_believed_no_more(
    issuer: Issuer,
) -> None:
    desk = Desk(issuer)
    await desk.admit(issuer.token("ec1"))
    issuer.show(("ec2", "ES256"))
    assert (await desk.admit(issuer.token("ec1"))).name == "김하늘", "nobody has seen yet that it is gone"
    desk.clock.move(60)
    assert (await desk.admit(issuer.token("ec2"))).name == "김하늘"
    assert await desk.refuse(issuer.token("ec1")) == "unknown_key"
    assert issuer.asked[KEYS] == 2


async def test_unknown_keys_do_not_make_us_hammer_the_issuer(issuer: Issuer) -> None:
    desk = Desk(issuer)
    await desk.admit(issuer.token())
    for minute in range(1, 4):
        for number in range(20):
            claims = jwt.decode(issuer.token(), options={"verify_signature": False})
            forged = jwt.encode(
                claims, private_key("forger", "ES256"), "ES256", headers={"kid": f"{minute}-{number}"}
            )
            assert await desk.refuse(forged) == "unknown_key"
        assert issuer.asked[KEYS] == minute
        desk.clock.move(60)


async def test_many_who_come_at_once_wait_for_one_fetch(issuer: Issuer) -> None:
    desk = Desk(issuer)
    citizens = await asyncio.gather(*(desk.admit(issuer.token(sub=f"c{i}")) for i in range(50)))
    assert len({citizen.id for citizen in citizens}) == 50
    assert issuer.asked == {DISCOVERY: 1, KEYS: 1}


async def test_known_keys_are_fetched_anew_beside_the_work_so_that_withdrawn_ones_end(issuer: Issuer) -> None:
    desk = Desk(issuer, {"keys_fresh_seconds": 600})
    await desk.admit(issuer.token("ec1"))
    issuer.show(("ec2", "ES256"))
    desk.clock.move(601)
    hello = Hello(protocol=1, token=issuer.token("ec1"))
    assert desk.registry.identify(hello, HOME).name == "김하늘", "without a wait"
    [(_, keys)] = desk.registry._trusted.values()
    await keys.fetch()
    assert await desk.refuse(issuer.token("ec1")) == "unknown_key"


# An issuer that is not there


async def test_known_keys_go_on_working_for_so_long_while_the_issuer_is_down(issuer: Issuer) -> None:
    desk = Desk(issuer, {"keys_kept_seconds": 3_600, "keys_fresh_seconds": 600})
    await desk.admit(issuer.token())
    issuer.is_down = True
    for _ in range(6):
        desk.clock.move(600)
        assert (await desk.admit(issuer.token())).name == "김하늘"
        [(_, keys)] = desk.registry._trusted.values()
        await keys.fetch()
    assert desk.count("madang_key_fetches_total", result="failed") == 6
    desk.clock.move(FAILED_SECONDS)
    with pytest.raises(Unreachable):
        await desk.admit(issuer.token())
    issuer.is_down = False
    with pytest.raises(Unreachable):
        desk.registry.identify(Hello(protocol=1, token=issuer.token()), HOME)
    desk.clock.move(FAILED_SECONDS)
    assert (await desk.admit(issuer.token())).name == "김하늘"


async def test_known_keys_work_for_ever_where_the_settings_say_so(issuer: Issuer) -> None:
    desk = Desk(issuer, {"keys_kept_seconds": 0})
    await desk.admit(issuer.token())
    issuer.is_down = True
    desk.clock.move(1e9)
    assert (await desk.admit(issuer.token())).name == "김하늘"


async def test_an_issuer_that_never_answered_is_told_from_a_token_that_is_not_believed(
    issuer: Issuer,
) -> None:
    issuer.is_down = True
    desk = Desk(issuer)
    with pytest.raises(Unreachable):
        await desk.admit(issuer.token())
    assert desk.count("madang_tokens_refused_total", reason="unknown_key") == 0


WRONG: dict[str, dict[str, Any]] = {
    "another's document": {
        DISCOVERY: {"issuer": "https://other.example", "jwks_uri": "https://other.example/k"}
    },
    "no document": {DISCOVERY: None},
    "no address of keys": {DISCOVERY: {"jwks_uri": 7}},
    "an unsafe address": {DISCOVERY: {"jwks_uri": "http://keys.example/k"}},
    "an address that is none": {DISCOVERY: {"jwks_uri": "https://[::"}},
    "a file": {DISCOVERY: {"jwks_uri": "file:///etc/passwd"}},
    "no JSON": {KEYS: b"<html>"},
    "deep JSON": {KEYS: b"[" * 100_000},
    "no object": {KEYS: b"[]"},
    "too much": {KEYS: b" " * (MAX_BYTES + 1)},
    "no keys": {KEYS: {"keys": []}},
    "no list": {KEYS: {"keys": {"kid": "ec1"}}},
    "no key that is one": {
        KEYS: {"keys": [7, None, {}, {"kty": "EC"}, {"kty": "RSA", "n": "!", "e": "AQAB"}]}
    },
    "a secret for a key": {KEYS: {"keys": [{"kty": "oct", "kid": "ec1", "k": "c2VjcmV0", "alg": "HS256"}]}},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_an_issuer_answers_is_taken_for_keys_only_where_it_is(issuer: Issuer, wrong: str) -> None:
    for path, document in WRONG[wrong].items():
        if path == DISCOVERY and isinstance(document, dict):
            document = {"issuer": issuer.url} | document
        issuer.documents[path] = document
    desk = Desk(issuer)
    with pytest.raises(Unreachable):
        await desk.admit(issuer.token())
    assert desk.count("madang_key_fetches_total", result="failed") == 1


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_another_status_is_no_answer_and_a_redirect_is_not_followed(
    issuer: Issuer, status: int
) -> None:
    issuer.statuses[DISCOVERY] = status
    with pytest.raises(Unreachable):
        await Desk(issuer).admit(issuer.token())
    assert issuer.asked == {DISCOVERY: 1}


async def test_wrong_keys_do_not_drive_out_good_ones(issuer: Issuer) -> None:
    desk = Desk(issuer)
    await desk.admit(issuer.token())
    issuer.documents[KEYS] = {"keys": []}
    desk.clock.move(60)
    assert await desk.refuse(issuer.token("ec2")) == "unknown_key"
    assert (await desk.admit(issuer.token("ec1"))).name == "김하늘"


def test_of_a_set_only_keys_that_may_and_can_sign_are_taken() -> None:
    fine, other = shown_key("ec1", "ES256"), shown_key("ec2", "ES384")
    private = json.loads(
        jwt.algorithms.get_default_algorithms()["RS256"].to_jwk(private_key("rsa1", "RS256"))
    )
    shown = [
        fine,
        other,
        shown_key("short", "RS256", 1024),
        shown_key("rsa1", "RS256") | {"use": "enc"},
        private | {"kid": "shown by mistake"},
        shown_key("ec2", "ES384") | {"alg": "ES256", "kid": "another curve"},
    ]
    assert usable(shown, ["RS256", "ES256"]).keys() == {("ec1", "ES256")}
    assert len(usable([fine | {"kid": str(i)} for i in range(500)], ["ES256"])) == 100
