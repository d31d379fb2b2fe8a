"""Every target bears what is known to be difficult, and what lies near it; `make fuzz` searches farther."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, conversation, corpus, messages


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_known_to_be_difficult_breaks_nothing(name: str) -> None:
    known = corpus(name)
    assert len(known) > 10
    for data in known:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_what_lies_near_it_breaks_nothing(name: str, data: st.DataObject) -> None:
    known = bytearray(data.draw(st.sampled_from(corpus(name))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(known)))
        known[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    TARGETS[name](bytes(known))


@given(st.lists(st.binary(max_size=600)))
def test_a_conversation_is_cut_into_what_was_said(said: list[bytes]) -> None:
    assert list(messages(conversation(*said))) == said
