"""Identity: tokens that are believed and that are not, visitors, and the city's secret."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import ValidationError

from protocol.handshake import Hello
from protocol.refusals import Farewell, ProtocolError
from server.auth import AUDIENCE, Claims, Registry, issue_token, keep_secret
from server.config import Settings, WrongSetting
from server.metrics import Metrics
from tests.support.clock import MovedClock

SECRET = "s" * 64
ISSUER = "madang"


HOME = "203.0.113.7"


def registry(
    secret: str = SECRET, *, visitors_admitted: bool = True, metrics: Metrics | None = None
) -> Registry:
    settings = Settings.model_validate({"visitors": {"admitted": visitors_admitted}})
    return Registry(secret, settings, metrics or Metrics(), MovedClock())


def token(**changes: Any) -> str:
    claims = Claims.model_validate({"sub": "kim", "name": "김하늘"} | changes)
    return issue_token(SECRET, claims, issuer=ISSUER, now=int(time.time()), hours=1)


def signed(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    now = int(time.time())
    payload = {"sub": "kim", "name": "Kim", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    payload |= changes
    return jwt.encode({k: v for k, v in payload.items() if v is not None}, secret, algorithm)


def hello(token: str | None = None, **fields: Any) -> Hello:
    return Hello(protocol=1, token=token, **fields)


def refusal(token: str) -> str:
    with pytest.raises(ProtocolError) as refused:
        registry().identify(hello(token), HOME)
    assert refused.value.code is Farewell.BAD_TOKEN
    return refused.value.message


def test_a_token_makes_the_citizen_that_it_tells() -> None:
    citizen = registry().identify(
        hello(
            token(
                roles=["official", "moderator@culture"],
                grants=["mayor"],
                level=3,
                minor=True,
                department="roads",
            )
        ),
        HOME,
    )
    assert citizen.name == "김하늘"
    assert citizen.roles == ("official", "moderator@culture")
    assert citizen.grants == ("mayor",)
    assert (citizen.level, citizen.minor, citizen.department) == (3, True, "roads")


def test_a_token_without_roles_is_a_verified_citizens() -> None:
    citizen = registry().identify(hello(token()), HOME)
    assert citizen.roles == ("citizen",)
    assert citizen.level == 2
    assert not citizen.is_visitor


def test_the_id_is_always_the_same_and_never_the_subject() -> None:
    first = registry().identify(hello(token(sub="19800101-1234567")), HOME)
    again = registry().identify(hello(token(sub="19800101-1234567", name="Other")), HOME)
    other = registry().identify(hello(token(sub="19800101-1234568")), HOME)
    elsewhere = registry("t" * 64)
    same_person = jwt.encode(
        jwt.decode(token(sub="19800101-1234567"), options={"verify_signature": False}), "t" * 64, "HS256"
    )
    assert first.id == again.id != other.id
    assert "1980" not in first.id
    assert elsewhere.identify(hello(same_person), HOME).id != first.id


LONG_AGO, ONE_DAY = 1_000_000_000, 4_000_000_000
"""2001 and 2096, as tokens tell time: a run may be long after its tests were gathered."""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": LONG_AGO}, "expired"),
        ({"iat": ONE_DAY}, "not yet valid"),
        ({"nbf": ONE_DAY}, "not yet valid"),
        ({"aud": "game"}, "another service"),
        ({"iss": "elsewhere"}, "issuer"),
        ({"exp": None}, "lacks"),
        ({"iat": None}, "lacks"),
        ({"sub": None}, "lacks"),
        ({"aud": None}, "lacks"),
        ({"iss": None}, "lacks"),
        ({"roles": ["emperor"]}, "no such role: emperor"),
        ({"roles": ["moderator@"]}, "no such role"),
        ({"roles": []}, "roles"),
        ({"roles": "official"}, "roles"),
        ({"level": 4}, "level"),
        ({"level": "3"}, "level"),
        ({"name": "\u202e\u200b"}, "name"),
        ({"name": None}, "name"),
        ({"minor": "no"}, "minor"),
        ({"secret": SECRET[:-1]}, "not signed by its issuer"),
    ],
)
def test_a_token_that_does_not_hold_is_refused_with_a_plain_reason(
    changes: dict[str, Any], reason: str
) -> None:
    told = refusal(signed(**changes))
    assert reason in told
    assert SECRET not in told


def test_a_minute_of_difference_between_clocks_is_borne() -> None:
    now = int(time.time())
    registry().identify(hello(signed(exp=now - 30)), HOME)
    registry().identify(hello(signed(iat=now + 30)), HOME)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_only_one_algorithm_is_accepted(algorithm: str) -> None:
    assert "a way that this city does not accept" in refusal(signed(algorithm=algorithm))


def test_an_unsigned_token_is_refused() -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    payload = part(jwt.decode(signed(), options={"verify_signature": False}))
    for algorithm in ("none", "None", "NONE"):
        refusal(f"{part({'alg': algorithm, 'typ': 'JWT'})}.{payload}.")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "\u0000", "é.é.é", "." * 100, "e30.e30.e30"])
def test_what_is_no_token_is_refused(text: str) -> None:
    refusal(text)


def test_a_visitor_has_a_name_in_their_language_and_no_standing() -> None:
    korean = registry().identify(hello(locale="ko-KR"), HOME)
    english = registry().identify(hello(locale="fr"), HOME)
    assert korean.name.startswith("방문자 ")
    assert english.name.startswith("Visitor ")
    assert korean.id != english.id
    assert korean.roles == ("visitor",)
    assert korean.is_visitor


def test_a_visitor_may_bring_a_name_that_can_be_seen() -> None:
    assert registry().identify(hello(name="  \u202e하늘 \n"), HOME).name == "하늘"
    assert registry().identify(hello(name="\u3164 \u200b", locale="ko"), HOME).name.startswith("방문자 ")


def test_a_name_in_hello_does_not_rename_a_citizen() -> None:
    assert registry().identify(hello(token(), name="시장"), HOME).name == "김하늘"


def test_a_city_may_admit_no_visitors() -> None:
    strict = registry(visitors_admitted=False)
    strict.identify(hello(token()), HOME)
    with pytest.raises(ProtocolError) as refused:
        strict.identify(hello(), HOME)
    assert refused.value.code is Farewell.BAD_TOKEN


def test_a_token_that_no_city_would_take_is_not_issued() -> None:
    with pytest.raises(ValidationError):
        Claims(sub="kim", name="Kim", roles=["emperor"])


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    secret = keep_secret(folder)
    assert len(secret) >= 64
    assert keep_secret(folder) == secret
    assert (folder / "secret").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir()] == ["secret"]
    assert keep_secret(tmp_path / "other") != secret


def test_a_secret_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    keep_secret(tmp_path)
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(WrongSetting, match="chmod 600"):
        keep_secret(tmp_path)


def test_a_secret_that_can_be_guessed_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n", "ascii")
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(WrongSetting, match="shorter"):
        keep_secret(tmp_path)


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "ascii")
    with pytest.raises(WrongSetting, match=r"data\.dir"):
        keep_secret(tmp_path / "file")


def test_a_server_believes_the_tokens_of_its_own_data_folder(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data": {"dir": tmp_path}})
    claims = Claims(sub="kim", name="Kim")
    issued = issue_token(
        keep_secret(tmp_path), claims, issuer=settings.auth.issuer, now=int(time.time()), hours=1
    )
    assert Registry.of(settings, Metrics(), MovedClock()).identify(hello(issued), HOME).name == "Kim"
