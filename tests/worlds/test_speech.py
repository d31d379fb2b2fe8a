"""Speech: what is left of a line, and how long it may be."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.refusals import Refusal, Refused
from worlds.speech import line_of


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("  안녕하세요  ", "안녕하세요"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("two\nlines\r\n", "twolines"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("שלום", "שלום"),
    ],
)
def test_a_line_is_told_trimmed_and_without_what_controls(said: str, told: str) -> None:
    assert line_of(said, 300) == told


@pytest.mark.parametrize("said", ["", "   ", "\x00\x07", "\n\r\t"])
def test_nothing_is_not_said(said: str) -> None:
    with pytest.raises(Refused) as refused:
        line_of(said, 300)
    assert (refused.value.code, refused.value.field) == (Refusal.BAD_MESSAGE, "text")


def test_a_line_has_its_length_in_characters_and_zero_is_no_limit() -> None:
    assert line_of("가" * 300, 300) == "가" * 300
    assert line_of(" " * 50 + "가" * 300 + "\x00" * 50, 300) == "가" * 300
    with pytest.raises(Refused) as refused:
        line_of("가" * 301, 300)
    assert refused.value.code is Refusal.TOO_LONG
    assert "300" in refused.value.message
    assert line_of("가" * 4_000, 0) == "가" * 4_000


@given(st.text())
def test_whatever_is_told_holds_no_control_character(said: str) -> None:
    try:
        told = line_of(said, 0)
    except Refused:
        return
    assert told == told.strip()
    assert "Cc" not in {unicodedata.category(character) for character in told}
    assert line_of(told, 0) == told
