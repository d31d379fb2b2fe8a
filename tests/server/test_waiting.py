"""The line at a full district's door: first come, first in, and who stops asking loses the place."""

from hypothesis import given
from hypothesis import strategies as st

from server.waiting import LAPSE_SECONDS, RETRY_MS, WaitingLine


def test_where_there_is_room_nobody_waits() -> None:
    line = WaitingLine()
    assert line.ask("kim", free=1, now=0.0) == 0
    assert len(line) == 0


def test_places_are_given_in_the_order_of_the_first_asking() -> None:
    line = WaitingLine()
    assert [line.ask(who, 0, 0.0) for who in ("kim", "lee", "park")] == [1, 2, 3]
    assert line.ask("park", 1, 1.0) == 3
    assert line.ask("lee", 1, 1.0) == 2
    assert line.ask("kim", 1, 1.0) == 0
    assert line.ask("park", 1, 2.0) == 2
    assert line.ask("lee", 1, 2.0) == 0


def test_as_many_enter_as_there_are_places() -> None:
    line = WaitingLine()
    for who in "abcd":
        line.ask(who, 0, 0.0)
    assert line.ask("c", 2, 1.0) == 3
    assert line.ask("b", 2, 1.0) == 0
    assert line.ask("a", 1, 1.0) == 0


def test_who_has_not_asked_for_a_while_has_lost_the_place() -> None:
    line = WaitingLine()
    line.ask("gone", 0, 0.0)
    line.ask("kim", 0, 0.0)
    assert line.ask("kim", 0, LAPSE_SECONDS) == 2
    assert line.ask("kim", 0, LAPSE_SECONDS + 0.1) == 1
    assert line.ask("gone", 0, LAPSE_SECONDS + 0.2) == 2


def test_who_asks_as_often_as_told_keeps_the_place() -> None:
    assert RETRY_MS / 1000 * 3 < LAPSE_SECONDS


def test_who_goes_away_makes_room() -> None:
    line = WaitingLine()
    line.ask("kim", 0, 0.0)
    line.ask("lee", 0, 0.0)
    line.leave("kim")
    line.leave("nobody")
    assert line.ask("lee", 0, 0.0) == 1


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 2)), max_size=60))
def test_nobody_is_overtaken(asks: list[tuple[str, int]]) -> None:
    line, waiting = WaitingLine(), list[str]()
    for second, (who, free) in enumerate(asks):
        place = line.ask(who, free, second * 0.1)
        if who not in waiting:
            waiting.append(who)
        assert place == (0 if waiting.index(who) < free else waiting.index(who) + 1)
        if not place:
            waiting.remove(who)
