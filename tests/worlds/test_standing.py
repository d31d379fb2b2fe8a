"""Standing: what is given is added and taken away again, and nothing of the token's own with it."""

from hypothesis import given
from hypothesis import strategies as st

from worlds.access import is_admitted
from worlds.citizen import Citizen
from worlds.contact import is_staff, keeps_away, may_write_to
from worlds.standing import own, standing

WORDS = ("moderator@civil/qa-1", "host", "grant:captioner@civil/qa-1", "grant:clerk", "citizen")
KIM = Citizen("c-kim", "김", ("citizen",), ("clerk",), level=2)

words = st.lists(st.sampled_from(WORDS), max_size=6)
citizens = st.builds(
    Citizen,
    st.just("c-kim"),
    st.just("김"),
    st.lists(st.sampled_from(["citizen", "host", "moderator@civil/qa-1"]), unique=True).map(tuple),
    st.lists(st.sampled_from(["clerk", "captioner@civil/qa-1"]), unique=True).map(tuple),
    st.just(2),
)


def test_what_is_given_is_held_beside_the_token_and_gone_when_it_ends() -> None:
    evening = standing(KIM, ["moderator@civil/qa-1", "grant:captioner@civil/qa-1"])
    assert evening.roles == ("citizen", "moderator@civil/qa-1")
    assert evening.grants == ("clerk", "captioner@civil/qa-1")
    assert is_admitted(evening, ("moderator",), "civil/qa-1")
    assert not is_admitted(evening, ("moderator",), "civil")
    assert standing(evening, []) == KIM


def test_what_the_token_says_too_is_not_taken_away_with_what_was_given() -> None:
    twice = standing(KIM, ["grant:clerk", "citizen"])
    assert twice == KIM
    assert standing(twice, []).grants == ("clerk",)


@given(citizens, words, words)
def test_however_often_it_is_asked_only_the_last_answer_counts(
    citizen: Citizen, before: list[str], now: list[str]
) -> None:
    assert own(standing(citizen, before)) == citizen
    assert standing(standing(citizen, before), now) == standing(citizen, now)
    held = standing(citizen, now)
    assert {*held.roles, *(f"grant:{grant}" for grant in held.grants)} == {
        *citizen.roles,
        *(f"grant:{grant}" for grant in citizen.grants),
        *now,
    }


def test_nobody_is_staff_to_the_young_by_what_was_given_here() -> None:
    child = Citizen("c-child", "어린이", level=2, minor=True)
    evening = standing(KIM, ["moderator@civil/qa-1", "moderator"])
    assert is_staff(evening, "civil")
    assert not is_staff(evening)
    assert may_write_to(evening, child) == "no"
    assert keeps_away(evening)
