"""Slots: never two at once, and none again before it has rested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.refusals import Refusal, Refused
from worlds.slots import MAX_SLOTS, REST_SECONDS, Slots


def test_each_gets_another_slot_until_none_is_left() -> None:
    slots = Slots(3)
    assert {slots.take(0.0) for _ in range(3)} == {0, 1, 2}
    with pytest.raises(Refused) as refused:
        slots.take(0.0)
    assert (refused.value.code, refused.value.retry_after_ms) == (Refusal.FULL, 30_000)


def test_a_slot_rests_before_another_avatar_gets_it() -> None:
    slots = Slots(1)
    assert slots.take(0.0) == 0
    slots.give_back(0, 10.0)
    with pytest.raises(Refused):
        slots.take(10.0 + REST_SECONDS - 0.01)
    assert slots.take(10.0 + REST_SECONDS) == 0


def test_there_are_no_more_than_the_wire_can_name() -> None:
    assert Slots(1_000_000).count == MAX_SLOTS == 65_536


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans(), st.integers(0, 9)), max_size=80))
def test_no_slot_is_held_twice_or_given_too_soon(steps: list[tuple[float, bool, int]]) -> None:
    slots, now = Slots(10), 0.0
    held: list[int] = []
    left_at: dict[int, float] = {}
    for passed, comes, which in steps:
        now += passed
        if comes:
            try:
                slot = slots.take(now)
            except Refused:
                resting = [slot for slot, at in left_at.items() if now - at < REST_SECONDS]
                assert len(held) + len(resting) == 10
                continue
            assert slot not in held
            assert now - left_at.pop(slot, -REST_SECONDS) >= REST_SECONDS
            held.append(slot)
        elif held:
            slot = held.pop(which % len(held))
            slots.give_back(slot, now)
            left_at[slot] = now
