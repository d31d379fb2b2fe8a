"""A ballot's id: 128 bits, written in one way, and in no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from protocol.ballot import BALLOT_BYTES, BallotId, ballot_id

IDS = TypeAdapter(BallotId)


@given(st.binary(min_size=BALLOT_BYTES, max_size=BALLOT_BYTES), st.binary(min_size=16, max_size=16))
def test_bits_are_an_id_and_other_bits_another(some: bytes, others: bytes) -> None:
    assert IDS.validate_python(ballot_id(some)) == ballot_id(some)
    assert (ballot_id(some) == ballot_id(others)) == (some == others)


@pytest.mark.parametrize("bits", [b"", bytes(15), bytes(17)])
def test_less_or_more_than_128_bits_are_none(bits: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        ballot_id(bits)


@pytest.mark.parametrize(
    "text",
    ["", "A" * 25, "A" * 27, "a" * 26, "A" * 25 + "B", "A" * 25 + "=", "A" * 24 + "1A", "A" * 26 + "\n"],
)
def test_what_is_written_another_way_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        IDS.validate_python(text)
