"""What an issuer may give: no more than the settings name, whatever its tokens say."""

from typing import Any

import pytest
from pydantic import ValidationError

from server.trust import Trust, is_safe_address

NAME = {"ko": "서울 로그인", "en": "Seoul login"}


def trust(**settings: Any) -> Trust:
    return Trust.model_validate({"issuer": "https://login.example", "name": NAME} | settings)


def given(token: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return trust(**settings).claims({"sub": "kim", "name": "Kim"} | token)


def test_without_a_word_in_the_settings_an_issuer_gives_nobody_anything() -> None:
    token = {
        "roles": ["operator", "moderator", "official@culture"],
        "grants": ["mayor"],
        "level": 3,
        "acr": "3",
        "department": "roads",
    }
    claims = given(token)
    assert claims["roles"] == ["citizen"]
    assert (claims["grants"], claims["level"], claims["department"]) == ([], 1, None)


def test_a_word_gives_what_the_settings_say_it_gives() -> None:
    settings = {
        "roles": {"staff": "official", "culture-mods": "moderator@culture"},
        "grants": {"the-mayor": "mayor"},
        "levels": {"loa2": 2, "loa3": 3},
        "departments": ("roads",),
    }
    token = {
        "roles": ["staff", "culture-mods", "staff", "operator"],
        "grants": "the-mayor examiner",
        "acr": "loa2",
        "department": "roads",
    }
    claims = given(token, **settings)
    assert claims["roles"] == ["citizen", "official", "moderator@culture"]
    assert (claims["grants"], claims["level"], claims["department"]) == (["mayor"], 2, "roads")
    assert given({"acr": ["pwd", "loa3", "loa2"]}, **settings)["level"] == 3
    assert given({"department": "taxes"}, **settings)["department"] is None


def test_a_claim_may_stand_at_a_path_or_under_a_name_with_dots() -> None:
    settings = {"roles_claim": "realm_access.roles", "roles": {"staff": "official"}}
    assert given({"realm_access": {"roles": ["staff"]}}, **settings)["roles"] == ["citizen", "official"]
    assert given({"realm_access.roles": ["staff"]}, **settings)["roles"] == ["citizen", "official"]
    assert given({"realm_access": ["staff"]}, **settings)["roles"] == ["citizen"]


@pytest.mark.parametrize("value", [None, 7, True, {"staff": 1}, [["staff"]], [None, 7], "staffs", 1.5])
def test_what_is_no_word_gives_nothing(value: Any) -> None:
    settings = {"roles": {"staff": "official", "True": "official"}, "levels": {"True": 3}}
    claims = given({"roles": value, "acr": value}, **settings)
    assert (claims["roles"], claims["level"]) == (["citizen"], 1)


@pytest.mark.parametrize(
    ("told", "is_minor"),
    [
        ({}, True),
        ({"age_band": "under14"}, True),
        ({"age_band": "14-18"}, True),
        ({"age_band": "adult"}, False),
        ({"age_band": "ADULT"}, True),
        ({"age_band": True}, True),
        ({"age_band": False}, False),
        ({"age_band": 40}, True),
        ({"age_band": None}, True),
    ],
)
def test_nobody_is_taken_for_an_adult_unproved(told: dict[str, Any], is_minor: bool) -> None:
    assert given(told)["minor"] is is_minor


def test_a_city_may_take_those_of_unknown_age_for_adults() -> None:
    assert given({}, unknown_is_minor=False)["minor"] is False
    assert given({"age_band": "14-18"}, unknown_is_minor=False)["minor"] is True
    assert given({"is_child": True}, minor_claim="is_child", unknown_is_minor=False)["minor"] is True


def test_no_token_has_more_words_than_the_citys_own_may() -> None:
    roles = {str(number): f"moderator@event{number}" for number in range(100)}
    assert len(given({"roles": list(roles)}, roles=roles)["roles"]) == 32


@pytest.mark.parametrize(
    "settings",
    [
        {"issuer": "http://login.example"},
        {"issuer": "https://login.example?x=1"},
        {"issuer": "ftp://login.example"},
        {"issuer": "login.example"},
        {"issuer": ""},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"roles": {"staff": "emperor"}},
        {"roles": {"staff": "moderator@"}},
        {"levels": {"loa": 4}},
        {"levels": {"loa": 0}},
        {"level": 0},
        {"name": {"ko": "로그인"}},
        {"rolls": {}},
    ],
    ids=str,
)
def test_what_would_be_unsafe_is_no_setting(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        trust(**settings)


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://login.example/realm", True),
        ("http://127.0.0.1:8081", True),
        ("http://[::1]:8081", True),
        ("http://localhost", True),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
        ("file:///etc/passwd", False),
        ("https://name:password@login.example", False),
        ("https://", False),
        ("https://[::", False),
    ],
)
def test_documents_are_fetched_by_tls_or_from_this_machine(url: str, is_safe: bool) -> None:
    assert is_safe_address(url) is is_safe
