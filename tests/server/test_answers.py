"""Answers given before: by id within a session, by key for a citizen."""

import pytest

from protocol.avatars import Emote
from protocol.chat import Say
from protocol.handshake import Done
from protocol.refusals import Refusal, Refused
from server.answers import REMEMBERED, Answers, Keys


def test_an_answer_is_given_again_by_its_id() -> None:
    answers = Answers()
    assert answers.again(1) is None
    answers.remember(1, b"one")
    answers.remember(2, b"two")
    assert (answers.again(1), answers.again(2)) == (b"one", b"two")


def test_the_last_answers_are_remembered_and_no_more() -> None:
    answers = Answers()
    for i in range(REMEMBERED + 1):
        answers.remember(i, b"%d" % i)
    assert answers.again(0) is None
    assert answers.again(1) == b"1"
    assert answers.again(REMEMBERED) == b"%d" % REMEMBERED


def test_what_was_done_under_a_key_is_answered_the_same_under_the_new_id() -> None:
    keys = Keys()
    assert keys.again(Emote(id=1, key="k", emote=5)) is None
    keys.remember(Emote(id=1, key="k", emote=5), Done(id=1, result={"x": 1}))
    assert keys.again(Emote(id=9, key="k", emote=5)) == Done(id=9, result={"x": 1})
    assert keys.again(Emote(id=9, key="other", emote=5)) is None
    assert keys.again(Emote(id=9, emote=5)) is None


def test_the_same_key_for_something_else_is_a_conflict() -> None:
    keys = Keys()
    keys.remember(Emote(id=1, key="k", emote=5), Done(id=1))
    for other in (Emote(id=2, key="k", emote=6), Say(id=2, key="k", text="5", to="nearby")):
        with pytest.raises(Refused) as refused:
            keys.again(other)
        assert (refused.value.code, refused.value.field) == (Refusal.CONFLICT, "key")


def test_a_command_without_a_key_is_not_remembered() -> None:
    keys = Keys()
    keys.remember(Emote(id=1, emote=5), Done(id=1))
    assert keys.again(Emote(id=1, emote=5)) is None


def test_the_last_keys_are_remembered_and_no_more() -> None:
    keys = Keys()
    for i in range(REMEMBERED + 1):
        keys.remember(Emote(id=i, key=str(i), emote=5), Done(id=i))
    assert keys.again(Emote(id=1, key="0", emote=6)) is None
    assert keys.again(Emote(id=1, key="1", emote=5)) == Done(id=1)
