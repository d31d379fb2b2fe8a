"""The ledger: numbers without a gap, kept until acknowledged, told again with the numbers they had."""

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import fact_body
from protocol.districts import EnteredZone
from protocol.ledger import Ledger


def body(number: int) -> bytes:
    return fact_body(EnteredZone(zone=f"zone {number}"), at=5)


def read(parts: list[bytes]) -> list[tuple[int, str]]:
    return [(item["n"], item["zone"]) for item in map(msgpack.unpackb, parts)]


@given(st.lists(st.integers(1, 5) | st.tuples(st.just("ack"), st.integers(0, 60)), max_size=20))
def test_what_is_told_again_is_what_was_told_and_not_acknowledged(steps: list[object]) -> None:
    told: list[bytes] = []
    ledger, acknowledged = Ledger(), 0
    for step in steps:
        if isinstance(step, tuple):
            ledger.acknowledge(step[1])
            if step[1] <= len(told):
                acknowledged = max(acknowledged, step[1])
        else:
            assert isinstance(step, int)
            told += [ledger.enter(body(len(told) + more)) for more in range(step)]
        assert (ledger.told, ledger.acknowledged) == (len(told), acknowledged)
        assert list(ledger.again()) == told[acknowledged:]
    assert read(told) == [(number + 1, f"zone {number}") for number in range(len(told))]


def test_it_is_overfull_with_the_first_fact_past_its_bound_and_keeps_that_one_too() -> None:
    ledger = Ledger(most=3)
    for number in range(3):
        ledger.enter(body(number))
    assert not ledger.is_overfull
    ledger.enter(body(3))
    assert ledger.is_overfull
    assert len(list(ledger.again())) == 4
    ledger.acknowledge(1)
    assert not ledger.is_overfull


def test_without_a_bound_any_number_waits() -> None:
    ledger = Ledger()
    for number in range(2_000):
        ledger.enter(body(number))
    assert not ledger.is_overfull


@pytest.mark.parametrize(("last", "reaches"), [(0, False), (1, False), (2, True), (4, True), (5, False)])
def test_it_reaches_back_to_what_was_acknowledged(last: int, reaches: bool) -> None:
    ledger = Ledger()
    for number in range(4):
        ledger.enter(body(number))
    ledger.acknowledge(2)
    assert ledger.reaches(last) is reaches
