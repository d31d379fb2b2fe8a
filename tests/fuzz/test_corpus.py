"""Every target bears what is known to be difficult, and what lies near it; `make fuzz` searches farther."""

from random import Random

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, changed, conversation, corpus, messages


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_known_to_be_difficult_breaks_nothing(name: str) -> None:
    known = corpus(name)
    assert len(known) > 10
    for data in known:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
@settings(deadline=None, max_examples=150)
@given(dice=st.randoms(use_true_random=False))
def test_what_lies_near_it_breaks_nothing(name: str, dice: Random) -> None:
    TARGETS[name](changed(dice.choice(corpus(name)), dice))


def test_a_fault_near_to_what_is_known_would_be_found() -> None:
    dice, known = Random(7), corpus("codec")
    tried = [changed(dice.choice(known), dice) for _ in range(2_000)]
    unread = []
    for data in tried:
        try:
            msgpack.unpackb(data, strict_map_key=True)
        except Exception as error:
            unread.append(type(error).__name__)
    assert 0 < len(unread) < len(tried)
    assert len(set(unread)) > 2


@given(st.lists(st.binary(max_size=600)))
def test_a_conversation_is_cut_into_what_was_said(said: list[bytes]) -> None:
    assert list(messages(conversation(*said))) == said
