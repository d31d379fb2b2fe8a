"""The line at a full district's door: first come, first in, and who stops asking loses the place."""

import sys

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from server.waiting import LAPSE_SECONDS, MAX_RETRY_MS, Entrance, WaitingLine, Waits


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
    assert MAX_RETRY_MS / 1000 * 3 < LAPSE_SECONDS


def test_the_farther_back_one_waits_the_more_rarely_one_is_told_to_ask() -> None:
    assert [Waits(place, None).retry_ms for place in (1, 300, 450, 9_000)] == [3_000, 3_000, 4_500, 6_000]


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


def test_nobody_is_told_how_long_before_anyone_was_let_in() -> None:
    line = WaitingLine()
    line.ask("kim", 0, 0.0)
    assert line.expected_s(1, 100.0) is None


def test_how_long_it_takes_is_told_from_how_long_it_took() -> None:
    line = WaitingLine()
    for number in range(10):
        line.ask(f"c{number}", 0, 0.0)
    for second in (10.0, 20.0):
        for number in range(10):
            line.ask(f"c{number}", 0, second - 1)
        assert line.ask(f"c{int(second / 10) - 1}", 1, second) == 0
    assert line.expected_s(1, 20.0) == 10.0
    assert line.expected_s(8, 20.0) == 80.0
    assert line.expected_s(1, 40.0) == 20.0, "where nobody moves on, it takes longer"


def test_how_long_it_took_long_ago_is_forgotten() -> None:
    line, now = WaitingLine(), 0.0
    waiting = [f"c{number}" for number in range(101)]
    for who in waiting:
        line.ask(who, 0, now)
    while len(waiting) > 1:
        now += 10.0 if len(waiting) > 50 else 1.0
        for who in waiting[1:]:
            line.ask(who, 0, now)
        assert line.ask(waiting.pop(0), 1, now) == 0
    assert line.expected_s(1, now) == 1.0


def test_a_line_that_ended_begins_anew() -> None:
    line = WaitingLine()
    line.ask("kim", 0, 0.0)
    line.ask("kim", 1, 5.0)
    line.ask("lee", 0, 1_000.0)
    assert line.expected_s(1, 1_000.0) is None


# Seats that are kept


def free(inside: int, seats: int = 10, kept: int = 2, *, works_here: bool = False) -> int:
    """So many more may come in."""
    return max(seats - inside - (0 if works_here else kept), 0)


def test_kept_seats_are_for_those_who_work_here_and_they_wait_for_nobody() -> None:
    entrance = Entrance()
    assert entrance.ask("kim", free(7), 0.0, works_here=False) is None
    assert entrance.ask("lee", free(8), 0.0, works_here=False) == (1, None)
    assert entrance.ask("guard", free(8, works_here=True), 0.0, works_here=True) is None
    assert entrance.ask("host", free(9, works_here=True), 0.0, works_here=True) is None
    assert entrance.ask("late guard", free(10, works_here=True), 0.0, works_here=True) == (1, None)
    assert entrance.ask("park", free(10), 0.0, works_here=False) == (2, None)
    assert len(entrance) == 3
    entrance.leave("lee")
    assert entrance.ask("park", free(7), 1.0, works_here=False) is None


def test_those_who_work_here_come_in_while_arrivals_are_held() -> None:
    entrance = Entrance()
    assert entrance.ask("kim", free(0), 0.0, works_here=False, arrivals=0) == (1, None)
    assert entrance.ask("guard", free(0, works_here=True), 0.0, works_here=True, arrivals=0) is None
    assert entrance.ask("kim", free(1), 1.0, works_here=False) is None


def test_without_a_bound_all_come_in_in_any_order_once_arrivals_are_held_no_more() -> None:
    entrance = Entrance()
    names = [str(n) for n in range(20)]
    assert all(entrance.ask(name, sys.maxsize, 0.0, works_here=False, arrivals=0) for name in names)
    assert all(entrance.ask(name, sys.maxsize, 3.0, works_here=False) is None for name in reversed(names))
    assert len(entrance) == 0


class Doorway(RuleBasedStateMachine):
    """Any order of coming, asking again, going and giving up: the first who asked is the first who enters."""

    seats, kept = 6, 2

    def __init__(self) -> None:
        super().__init__()
        self.entrance = Entrance()
        self.inside: list[str] = []
        self.lines: dict[bool, list[str]] = {True: [], False: []}
        self.now = 0.0

    @rule(number=st.integers(0, 9), works_here=st.booleans())
    def ask(self, number: int, works_here: bool) -> None:
        who = f"{'staff' if works_here else 'guest'}{number}"
        if who in self.inside:
            return
        line = self.lines[works_here]
        seats = free(len(self.inside), self.seats, self.kept, works_here=works_here)
        waits = self.entrance.ask(who, seats, self.now, works_here=works_here)
        if who not in line:
            line.append(who)
        place = line.index(who) + 1
        assert (waits is None) == (place <= seats)
        if waits is None:
            line.remove(who)
            self.inside.append(who)
        else:
            assert waits.place == place

    @rule()
    def someone_leaves(self) -> None:
        if self.inside:
            self.inside.pop(0)

    @rule(works_here=st.booleans())
    def someone_gives_up(self, works_here: bool) -> None:
        if self.lines[works_here]:
            self.entrance.leave(self.lines[works_here].pop())

    @rule()
    def time_passes(self) -> None:
        self.now += 0.1

    @invariant()
    def there_is_never_more_than_fits(self) -> None:
        assert len(self.inside) <= self.seats
        assert sum(who.startswith("guest") for who in self.inside) <= self.seats - self.kept


TestDoorway = Doorway.TestCase
TestDoorway.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)


def test_who_comes_in_slowly_waits_in_a_line_of_their_own_and_keeps_nobody_waiting() -> None:
    door = Entrance()
    assert door.ask("new-1", 100 - 0, 0.0, works_here=False, room=1) is None
    for place, name in enumerate(("new-2", "new-3"), 1):
        waits = door.ask(name, 100 - 1, 1.0, works_here=False, room=0)
        assert waits is not None
        assert waits.place == place
    assert door.ask("known", 100 - 1, 1.0, works_here=False) is None
    assert door.ask("moderator", 100 - 1, 1.0, works_here=True) is None
    last = door.ask("new-3", 100 - 2, 2.0, works_here=False, room=1)
    assert last is not None
    assert last.place == 2, "who came first comes in first"
    assert door.ask("new-2", 100 - 2, 2.0, works_here=False, room=1) is None
    assert door.ask("new-3", 100 - 3, 3.0, works_here=False) is None, "the shield is down"
    assert len(door) == 0


def test_where_there_is_no_bound_who_is_slowed_still_waits() -> None:
    door = Entrance()
    assert door.ask("new-1", sys.maxsize, 0.0, works_here=False, room=0) is not None
    assert door.ask("known", sys.maxsize, 0.0, works_here=False) is None
    door.leave("new-1")
    assert len(door) == 0
