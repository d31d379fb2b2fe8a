"""What citizens say and ask: who hears it, whom they see, and how often they may."""

from typing import Any

import pytest

from protocol.avatars import Change, Emote, Who
from protocol.chat import ChatSaid, Say
from protocol.refusals import Refusal
from tests.support.city import Person, Town, district, text

SQUARE = {"box": [60.0, 0.0, 100.0, 100.0]}
ROOM = {"id": "room", "name": text("room"), "kind": "room", "polygon": SQUARE}
QUIET = ROOM | {"id": "quiet", "speech": False, "polygon": {"box": [30.0, 80.0, 50.0, 100.0]}}


@pytest.fixture
def town() -> Town:
    return Town(district("here", zones=[ROOM, QUIET]), district("there"), limits={"commands_per_s": 0})


def at(town: Town, x: float, z: float, **hello: Any) -> Person:
    """Someone who stands there."""
    person = town.visitor(**hello)
    person.put("here", x, z)
    return person


def lines(person: Person) -> list[str]:
    return [fact.text for fact in person.facts(ChatSaid)]


def test_what_is_said_nearby_is_heard_within_twenty_metres(town: Town) -> None:
    speaker, near, far = at(town, 40, 50, name="Kim"), at(town, 59.9, 50), at(town, 60.2, 50)
    answer = speaker.ask(Say, text="  안녕하세요\x07  ", to="nearby")
    town.tick()
    assert answer["result"]["heard_by"] == 1
    [said] = near.facts(ChatSaid)
    assert (said.text, said.to, said.from_.name, said.from_.slot) == (
        "안녕하세요",
        "nearby",
        "Kim",
        speaker.connection.slot,
    )
    assert said.message == answer["result"]["message"]
    assert said.at == town.clock.unix_ms() - 100
    assert lines(far) == lines(speaker) == []


def test_what_is_said_to_a_zone_is_heard_in_it(town: Town) -> None:
    speaker, inside, outside = at(town, 65, 10), at(town, 95, 95), at(town, 59, 10)
    assert speaker.ask(Say, text="hi", to="zone")["result"]["heard_by"] == 1
    town.tick()
    assert (lines(inside), lines(outside)) == (["hi"], [])
    assert outside.refused(Say, text="hi", to="zone") == (Refusal.NOT_HERE, "to")
    assert at(town, 40, 90).refused(Say, text="hi", to="zone") == (Refusal.NOT_HERE, "to")


def test_what_is_said_to_the_district_is_heard_in_all_of_it_and_nowhere_else(town: Town) -> None:
    speaker, far, elsewhere = at(town, 25, 5), at(town, 99, 99), town.visitor()
    elsewhere.enter("there")
    assert speaker.ask(Say, text="hi", to="district")["result"]["heard_by"] == 1
    town.tick()
    assert (lines(far), lines(elsewhere)) == (["hi"], [])


def test_what_is_said_to_one_citizen_is_heard_by_that_one_anywhere(town: Town) -> None:
    speaker, friend, other = at(town, 50, 50), town.visitor(), at(town, 51, 50)
    name = friend.welcome().citizen.id
    assert speaker.ask(Say, text="hi", to="citizen", citizen=name)["result"]["heard_by"] == 1
    town.tick()
    [said] = friend.facts(ChatSaid)
    assert (said.text, said.from_.slot) == ("hi", None)
    assert lines(other) == []
    friend.enter("here")
    speaker.ask(Say, text="again", to="citizen", citizen=name)
    town.tick()
    assert friend.facts(ChatSaid)[-1].from_.slot == speaker.connection.slot


def test_nobody_speaks_to_nobody(town: Town) -> None:
    person = town.visitor()
    mine = person.welcome().citizen.id
    assert person.refused(Say, text="hi", to="nearby") == (Refusal.NOT_HERE, None)
    assert person.refused(Say, text="hi", to="citizen") == (Refusal.BAD_MESSAGE, "citizen")
    assert person.refused(Say, text="hi", to="citizen", citizen="moon") == (Refusal.NOT_FOUND, "citizen")
    assert person.refused(Say, text="hi", to="citizen", citizen=mine) == (Refusal.NOT_FOUND, "citizen")
    assert person.refused(Emote, emote=5) == (Refusal.NOT_HERE, None)
    assert person.refused(Who, slots=[0]) == (Refusal.NOT_HERE, None)


def test_a_line_has_a_length_and_a_pace(town: Town) -> None:
    person = at(town, 50, 50)
    assert person.refused(Say, text="가" * 301, to="nearby") == (Refusal.TOO_LONG, "text")
    assert person.refused(Say, text=" \n ", to="nearby") == (Refusal.BAD_MESSAGE, "text")
    for _ in range(4):
        assert person.ask(Say, text="가" * 300, to="nearby")["type"] == "done"
    answer = person.ask(Say, text="hi", to="nearby")
    assert (answer["code"], answer["retry_after_ms"]) == (Refusal.TOO_FAST, 1_500)
    town.clock.move(1.5)
    assert person.ask(Say, text="hi", to="nearby")["type"] == "done"
    assert town.count("madang_limit_reached_total", limit="chat_per_s") == 1


def crowded(**limits: float) -> tuple[Town, list[Person]]:
    """A district with five people, in which so much may be heard."""
    no_limits = {"commands_per_s": 0, "chat_per_s": 0, "enter_at_per_s": 0}
    town = Town(district("here", zones=[ROOM]), district("there"), limits=no_limits | limits)
    return town, [at(town, 10 + x, 10) for x in range(5)]


def test_a_line_costs_as_many_as_hear_it_and_a_wall_of_lines_is_refused() -> None:
    town, (first, second, *others) = crowded(hearings_per_s=8, hearing_burst=12, newcomer_seconds=0)
    for words in "abc":
        assert first.ask(Say, text=words, to="district")["type"] == "done"
    answer = second.ask(Say, text="d", to="district")
    assert (answer["code"], answer["field"], answer["retry_after_ms"]) == (Refusal.TOO_FAST, "to", 500)
    assert town.count("madang_limit_reached_total", limit="hearings_per_s") == 1
    town.tick()
    assert [lines(other) for other in others] == [["a", "b", "c"]] * 3
    town.clock.move(0.5)
    assert second.ask(Say, text="d", to="district")["type"] == "done"


def test_near_and_private_lines_are_not_drowned_by_those_to_all() -> None:
    _, (first, second, *_) = crowded(hearings_per_s=8, hearing_burst=4, newcomer_seconds=0)
    assert first.ask(Say, text="a", to="district")["type"] == "done"
    assert second.refused(Say, text="b", to="district")[0] == Refusal.TOO_FAST
    assert second.ask(Say, text="b", to="nearby")["type"] == "done"
    name = first.welcome().citizen.id
    for _ in range(9):
        assert second.ask(Say, text="b", to="citizen", citizen=name)["type"] == "done"


def test_who_only_just_came_leaves_half_to_those_who_were_here() -> None:
    town, (long_here, *_) = crowded(hearings_per_s=0.1, hearing_burst=24, newcomer_seconds=60)
    town.clock.move(60)
    raider, other = at(town, 15, 10), at(town, 16, 10)
    for words in "ab":
        assert raider.ask(Say, text=words, to="district")["result"]["heard_by"] == 6
    assert other.refused(Say, text="c", to="district")[0] == Refusal.TOO_FAST
    assert town.count("madang_limit_reached_total", limit="newcomer_seconds") == 1
    for words in "de":
        assert long_here.ask(Say, text=words, to="district")["type"] == "done"
    assert long_here.refused(Say, text="f", to="district")[0] == Refusal.TOO_FAST
    assert town.count("madang_limit_reached_total", limit="hearings_per_s") == 1


def test_staff_is_heard_however_loud_it_is() -> None:
    town, (first, *_) = crowded(hearings_per_s=0.1, hearing_burst=5, newcomer_seconds=0)
    host = at(town, 20, 10, token=town.token("host", roles=["host@here"]))
    first.ask(Say, text="a", to="district")
    assert first.refused(Say, text="b", to="district")[0] == Refusal.TOO_FAST
    for words in "cde":
        assert host.ask(Say, text=words, to="district")["result"]["heard_by"] == 5


# Who is who


def test_one_is_told_of_whom_one_sees_and_of_nobody_else() -> None:
    town = Town(
        district("here", 400.0, 400.0),
        district("there"),
        limits={"commands_per_s": 0, "who_per_s": 0, "enter_at_per_s": 0},
    )
    kim = town.visitor(name="Kim", avatar={"model": "hanbok"})
    lee, far, elsewhere = (town.visitor() for _ in range(3))
    for person, x in ((kim, 10.0), (lee, 50.0), (far, 390.0)):
        person.enter("here", at={"x": x, "z": 10.0})
    elsewhere.enter("there")
    town.tick()
    cards = lee.ask(Who, slots=list(range(256)))["result"]["avatars"]
    assert {card["slot"] for card in cards} == {kim.connection.slot, lee.connection.slot}
    [card] = lee.ask(Who, slots=[kim.connection.slot])["result"]["avatars"]
    assert (card["name"], card["roles"], card["avatar"]) == ("Kim", ["visitor"], {"model": "hanbok"})
    assert card["citizen"] == kim.welcome().citizen.id
    kim.ask(Change, avatar={"model": "suit", "tint": 5})
    [card] = lee.ask(Who, slots=[kim.connection.slot, kim.connection.slot])["result"]["avatars"]
    assert card["avatar"] == {"model": "suit", "tint": 5}
    assert far.ask(Who, slots=[kim.connection.slot, 65_535])["result"]["avatars"] == []


def test_who_is_asked_twice_a_second(town: Town) -> None:
    person = at(town, 50, 50)
    for _ in range(2):
        assert person.ask(Who, slots=[0])["type"] == "done"
    answer = person.ask(Who, slots=[0])
    assert (answer["code"], answer["retry_after_ms"]) == (Refusal.TOO_FAST, 500)
    town.clock.move(0.5)
    assert person.ask(Who, slots=[0])["type"] == "done"


def test_a_look_chosen_before_entering_is_ones_look(town: Town) -> None:
    person, other = town.visitor(), at(town, 50, 50)
    assert person.ask(Change, avatar={"model": "suit"})["type"] == "done"
    person.enter("here")
    town.tick()
    [card] = other.ask(Who, slots=[person.connection.slot])["result"]["avatars"]
    assert card["avatar"] == {"model": "suit"}
