"""Citizens: what a role reaches, and which names can be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.handshake import MAX_NAME_LENGTH
from worlds.citizen import Citizen, is_role, shown_name


def citizen(*roles: str) -> Citizen:
    return Citizen("c1", "Kim", roles)


def test_a_wider_scope_includes_the_narrower() -> None:
    everywhere, culture, hall = (
        citizen("moderator"),
        citizen("moderator@culture"),
        citizen("host@culture/hall"),
    )
    assert everywhere.has("moderator")
    assert everywhere.has("moderator", "culture")
    assert culture.has("moderator", "culture")
    assert culture.has("moderator", "culture/hall")
    assert hall.has("host", "culture/hall")


def test_a_narrower_scope_does_not_reach_the_wider_nor_its_neighbour() -> None:
    culture, hall = citizen("moderator@culture"), citizen("host@culture/hall")
    assert not culture.has("moderator")
    assert not culture.has("moderator", "civil")
    assert not culture.has("moderator", "cultures")
    assert not culture.has("host", "culture")
    assert not hall.has("host", "culture")


def test_staff_is_who_holds_more_than_everyone() -> None:
    assert not citizen("visitor").is_staff
    assert not citizen("citizen").is_staff
    assert citizen("citizen", "moderator@culture").is_staff
    assert Citizen("c1", "Kim", ("citizen",), grants=("mayor",)).is_staff


@pytest.mark.parametrize("role", ["visitor", "operator", "moderator@culture", "official@civil/counter_3"])
def test_roles_of_the_city_are_known(role: str) -> None:
    assert is_role(role)


@pytest.mark.parametrize(
    "role",
    ["", "mayor", "Moderator", "moderator@", "moderator@a b", "@culture", "host@a@b", "host@" + "a" * 65],
)
def test_other_roles_are_not(role: str) -> None:
    assert not is_role(role)


@pytest.mark.parametrize(
    ("given_name", "seen"),
    [
        ("  김  하늘 ", "김 하늘"),
        (unicodedata.normalize("NFD", "김하늘"), "김하늘"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\nb\x00c\td", "a b c d"),
        ("시\u200b장\ufeff", "시장"),
        ("\u3164\u115f\uffa0", ""),
        ("\ud800", ""),
        ("x" * 41, "x" * 40),
        ("👩 Ann", "👩 Ann"),
    ],
)
def test_a_name_is_shown_without_what_cannot_be_seen(given_name: str, seen: str) -> None:
    assert shown_name(given_name) == seen


@given(st.text(max_size=200))
def test_a_shown_name_is_short_clean_and_shown_the_same_again(text: str) -> None:
    name = shown_name(text)
    assert len(name) <= MAX_NAME_LENGTH
    assert name == name.strip()
    assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert shown_name(name) == name
