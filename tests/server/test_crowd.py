"""A crowd at work: one frame for all who stand together, lines that fill, and what each is told of themselves."""

from typing import Any

import pytest

from protocol.avatars import Change, Changed, Emote, MovedBack
from protocol.chat import ChatSaid, Say
from protocol.districts import Crowd as CrowdCount
from protocol.districts import EnteredZone, LeftZone
from protocol.handshake import Avatar, Draining
from protocol.poses import Frame, encode_pose
from protocol.refusals import Farewell
from server import inbox
from server.leaving import LEAVING_AT_ONCE
from server.metrics import TICK_PHASES
from tests.support.city import Person, Town, district, text

ROOM = {"id": "room", "name": text("room"), "kind": "room", "polygon": {"box": [60.0, 0.0, 100.0, 100.0]}}
OFFICE = ROOM | {"id": "office", "access": ["official"], "polygon": {"box": [0.0, 0.0, 40.0, 100.0]}}
GARDEN = ROOM | {"id": "garden", "polygon": {"box": [60.0, 0.0, 70.0, 100.0]}}


@pytest.fixture
def town() -> Town:
    return Town(
        district("here", zones=[ROOM, OFFICE, GARDEN]), limits={"enter_at_per_s": 0, "commands_per_s": 0}
    )


def at(town: Town, x: float, z: float, **hello: Any) -> Person:
    """Someone who stands there."""
    person = town.visitor(**hello)
    person.enter("here", at={"x": x, "z": z})
    return person


def test_all_in_one_cell_are_handed_the_same_bytes(town: Town) -> None:
    people = [at(town, 50, 50) for _ in range(5)]
    town.tick(2)
    handed: list[list[int]] = []
    for person in people:
        mine: list[int] = []
        handed.append(mine)

        def note(frame: bytes, mine: list[int] = mine) -> int:
            mine.append(id(frame))
            return len(frame)

        town.router.crowds["here"].hold(person.connection.slot)
        person.line.shared = note
        town.router.crowds["here"].show_anew(person.connection.slot)
    town.tick(4)
    assert handed[0]
    assert all(mine == handed[0] for mine in handed)


class FullLine:
    """A line that is full by what it was just handed, and says so while it is handed it, as sockets do."""

    def __init__(self, person: Person, after: int = 0) -> None:
        self.person = person
        self.handed = 0
        self.after = after

    def __call__(self, frame: bytes) -> int:
        self.handed += 1
        if self.handed > self.after:
            self.person.town.router.fall_behind(self.person.connection)
        return len(frame)


def fill(person: Person, after: int = 0) -> FullLine:
    """From now on this person's line is full after so many messages."""
    line = FullLine(person, after)
    person.line.shared = line
    person.connection.router.crowds["here"].show_anew(person.connection.slot)
    return line


@pytest.mark.parametrize("after", [0, 1, 2])
def test_lines_that_fill_in_the_middle_of_a_tick_harm_nobody(town: Town, after: int) -> None:
    people = [at(town, 50, 50) for _ in range(12)]
    town.tick(2)
    slow = [fill(person, after) for person in people[::2]]
    for step in range(20):
        for i, person in enumerate(people):
            person.stand(50 + 0.05 * (step % 3) + 0.1 * i, 50)
        town.tick()
    assert town.count("madang_clients_behind") == len(slow)
    assert {line.handed for line in slow} == {after + 1}
    for person in people[1::2]:
        assert person.picture is not None
        assert len(person.picture) == len(people) - 1


def test_lines_that_fill_while_they_cross_into_another_cell_harm_nobody(town: Town) -> None:
    people = [at(town, 49, 50) for _ in range(4)]
    town.tick(3)
    for person in people[:2]:
        fill(person, after=1)
    for step in range(12):
        for person in people:
            person.stand(49 + step * 0.5, 50)
        town.tick()
    assert town.count("madang_clients_behind") == 2


def test_frames_of_who_is_behind_are_skipped_and_counted(town: Town) -> None:
    fast, slow = at(town, 50, 50), at(town, 51, 50)
    town.tick(2)
    assert town.count("madang_frames_skipped_total") == 0
    slow.stall()
    before = slow.line.bytes
    for step in range(10):
        fast.stand(50 + step * 0.5, 50)
        town.tick()
    assert slow.line.bytes == before
    assert town.count("madang_frames_skipped_total") == 10
    slow.read_on()
    town.tick(2)
    assert slow.picture is not None
    assert slow.picture.avatars[fast.connection.slot].x == pytest.approx(54.5)
    assert town.count("madang_frames_skipped_total") == 10


def test_who_is_behind_and_enters_again_is_shown_nothing_until_the_line_has_room(town: Town) -> None:
    person = at(town, 50, 50)
    other = at(town, 52, 50)
    town.tick(2)
    person.stall()
    crowd = town.router.crowds["here"]
    crowd.show_anew(person.connection.slot)
    crowd.hold(person.connection.slot)
    before = person.line.bytes
    town.tick(3)
    assert person.line.bytes == before
    person.read_on()
    town.tick(1)
    assert person.picture is not None
    assert set(person.picture.avatars) == {other.connection.slot}


def moved_back(person: Person) -> list[MovedBack]:
    return [item for item in person.heard if isinstance(item, MovedBack)]


def test_who_is_put_back_is_told_at_once_and_then_once_a_second(town: Town) -> None:
    person = at(town, 50, 50)
    for _ in range(35):
        person.stand(90, 90)
        town.tick()
    told = moved_back(person)
    assert len(told) == 4
    assert {(back.x, back.z, back.reason) for back in told} == {(50, 50, "too_fast")}
    person.stand(50, 50)
    town.tick()
    person.stand(50.5, 50)
    town.tick(12)
    assert len(moved_back(person)) == 4
    assert town.router.crowds["here"].district.stand(person.connection.slot)[0] == 50.5


def test_a_zone_that_is_not_ones_own_is_not_entered(town: Town) -> None:
    person = at(town, 40.5, 50)
    person.stand(39.8, 50)
    town.tick()
    [back] = moved_back(person)
    assert (back.x, back.reason) == (40.5, "not_allowed")
    assert person.facts(EnteredZone) == []


def test_zones_are_told_when_they_are_entered_and_left(town: Town) -> None:
    person = at(town, 59.5, 50)
    town.tick()
    person.stand(60.5, 50)
    town.tick()
    assert [fact.zone for fact in person.facts(EnteredZone)] == ["room", "garden"]
    for x in (61.5, 62.5, 63.5, 64.5, 65.5, 66.5, 67.5, 68.5, 69.5, 70.5):
        person.stand(x, 50)
        town.tick()
    assert [fact.zone for fact in person.facts(LeftZone)] == ["garden"]
    person.enter("here", at={"x": 50, "z": 50})
    town.tick()
    assert [fact.zone for fact in person.facts(LeftZone)] == ["garden", "room"]
    assert [fact.n for fact in person.heard if isinstance(fact, EnteredZone | LeftZone)] == [1, 2, 3, 4]


def test_who_arrives_in_a_zone_is_told_so(town: Town) -> None:
    person = at(town, 80, 50)
    town.tick()
    assert [fact.zone for fact in person.facts(EnteredZone)] == ["room"]


def test_everyone_is_told_every_five_seconds_how_many_they_are(town: Town) -> None:
    people = [at(town, 45.0 + 20 * i, 50.0) for i in range(3)]
    town.tick(151)
    for person in people:
        counts = [item for item in person.heard if isinstance(item, CrowdCount)]
        assert 3 <= len(counts) <= 4
        assert counts[-1] == CrowdCount(district="here", population=3, tick_hz=10)


def test_far_too_many_poses_end_the_session(town: Town) -> None:
    flooder, other = at(town, 50, 50), at(town, 51, 50)
    pose = encode_pose(50, 0, 50, 0)
    begun = town.clock.monotonic()
    while not flooder.line.closed:
        for _ in range(100):
            flooder.say(pose)
        town.tick()
    assert 5.0 <= town.clock.monotonic() - begun <= 5.3
    assert flooder.line.closed == (4429, "flooding")
    goodbye = flooder.goodbye()
    assert goodbye is not None
    assert goodbye.code is Farewell.FLOODING
    assert goodbye.after_ms
    assert town.count("madang_poses_total", result="over_rate") > 4_000
    town.tick(2)
    assert other.picture is not None
    assert len(other.picture) == 0


def test_poses_at_the_rate_are_all_taken(town: Town) -> None:
    person = at(town, 50, 50)
    for step in range(50):
        for part in range(2):
            person.stand(50 + (2 * step + part) * 0.05, 50)
        town.tick()
    assert town.count("madang_poses_total", result="accepted") == 100
    assert town.count("madang_poses_total", result="over_rate") == 0


def test_the_poses_that_wait_for_a_tick_are_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_WAITING_POSES", 10)
    person = at(town, 50, 50)
    for _ in range(25):
        person.stand(50, 50)
    town.tick()
    assert town.count("madang_poses_total", result="too_many") == 15
    assert town.count("madang_poses_total", result="accepted") == 10


def test_poses_of_who_has_left_since_are_nobodys(town: Town) -> None:
    person = at(town, 50, 50)
    person.stand(51, 50)
    person.connection.left()
    town.tick()
    assert town.count("madang_poses_total", result="absent") == 1


def test_a_gesture_is_seen_for_three_seconds(town: Town) -> None:
    person, other = at(town, 50, 50), at(town, 51, 50)
    person.stand(50, 50, stance=3)
    town.tick(2)
    assert seen_stance(other, person) == 3
    person.ask(Emote, emote=5)
    stances = []
    for _ in range(40):
        person.stand(50, 50, stance=3)
        town.tick()
        stances.append(seen_stance(other, person))
    assert stances == sorted(stances, reverse=True)
    assert stances.count(5) in (29, 30)


def seen_stance(who: Person, other: Person) -> int:
    assert who.picture is not None
    return who.picture.avatars[other.connection.slot].stance


def test_a_new_look_is_told_to_those_near(town: Town) -> None:
    person, near, far = at(town, 50, 50, name="Kim"), at(town, 60, 50), at(town, 50, 95)
    person.ask(Change, avatar={"model": "hanbok", "tint": 0xFF0000})
    town.tick()
    [changed] = near.facts(Changed)
    assert changed.avatar == Avatar(model="hanbok", tint=0xFF0000)
    assert (changed.slot, changed.name) == (person.connection.slot, "Kim")
    assert far.facts(Changed) == person.facts(Changed) == []


def test_the_crowd_is_measured(town: Town) -> None:
    people = [at(town, 50, 50), at(town, 51, 50)]
    for step in range(25):
        for person in people:
            person.stand(50 + step * 0.1, 50)
        town.clock.move(0.04)
        town.tick()
    assert town.count("madang_population", district="here") == 2
    assert town.count("madang_frames_total") >= 40
    assert town.count("madang_frame_bytes_total") > town.count("madang_frames_total") * 20
    ages = town.metrics.neighbour_ages.quantiles
    assert ages["0.5"] is not None
    assert 0 < ages["0.5"] <= 0.15
    for phase in TICK_PHASES:
        assert town.count("madang_tick_seconds_count", phase=phase) == 25


def test_a_district_of_nobody_ticks(town: Town) -> None:
    town.tick(100)
    assert town.count("madang_frames_total") == 0


def test_a_slower_tick_is_told_and_kept(town: Town) -> None:
    person = at(town, 50, 50)
    crowd = town.router.crowds["here"]
    crowd.district.set_pace(5, 2)
    town.tick(60)
    counts = [item for item in person.heard if isinstance(item, CrowdCount)]
    assert counts[-1].tick_hz == 5
    before = frames(person)
    town.tick(10)
    assert frames(person) == before + 10


def frames(person: Person) -> int:
    return sum(isinstance(item, Frame) for item in person.heard)


def test_what_waits_for_a_crowd_leaves_some_at_a_time_and_once() -> None:
    town = Town(district("here"))
    people = [town.visitor() for _ in range(2 * LEAVING_AT_ONCE + 5)]
    crowd = town.router.crowds["here"]
    for person in people:
        person.enter("here")
    town.tick()
    for person in people:
        person.heard.clear()
        person.connection.tell_count(Draining(after_ms=5))

    def told() -> int:
        for person in people:
            person.listen()
        return sum(person.heard.count(Draining(after_ms=5)) for person in people)

    leaving = crowd.leaving()
    next(leaving)
    assert told() == LEAVING_AT_ONCE
    been_told = next(person for person in people if Draining(after_ms=5) in person.heard)
    been_told.connection.tell_count(Draining(after_ms=7))
    assert list(leaving) == [None]
    assert told() == len(people)
    assert crowd.to_flush == {been_told.connection}, "what came meanwhile waits for the next tick"


def test_what_is_said_is_told_with_the_tick_in_its_order_and_who_votes_does_not_wait_for_it(
    town: Town,
) -> None:
    speaker, hearer = at(town, 50.0, 50.0), at(town, 52.0, 50.0)
    before = hearer.connection.session.told
    for number, to in enumerate(("district", "nearby", "district")):
        said = speaker.ask(Say, text=f"line {number}", to=to)
        assert said["result"]["heard_by"] == 1
    assert hearer.connection.session.told == before
    hearer.heard.clear()
    town.tick()
    assert [said.text for said in hearer.heard if isinstance(said, ChatSaid)] == [
        "line 0",
        "line 1",
        "line 2",
    ]
    assert hearer.connection.session.told == before + 3


def test_who_goes_before_a_line_is_told_is_not_told_and_who_is_away_finds_it(town: Town) -> None:
    speaker, gone, away = at(town, 50.0, 50.0), at(town, 52.0, 50.0), at(town, 53.0, 50.0)
    assert speaker.ask(Say, text="all of you", to="district")["result"]["heard_by"] == 2
    told = gone.connection.session.told, away.connection.session.told
    gone.connection.left()
    away.connection.lost()
    town.router.flush()
    assert (gone.connection.session.told, away.connection.session.told) == (told[0], told[1] + 1)


@pytest.mark.parametrize("part", [1, 2])
def test_who_leaves_between_two_parts_of_a_tick_while_crossing_a_border_is_told_nothing_more(
    town: Town, part: int
) -> None:
    crosser, other = at(town, 47.9, 6), at(town, 44, 6)
    town.tick(2)
    crosser.stand(48.1, 6)
    parts = iter(range(1, 9))

    def leave() -> None:
        if next(parts) == part:
            crosser.connection.left()

    town.meanwhile = leave
    town.tick()
    town.meanwhile = lambda: None
    town.people.remove(crosser)
    town.tick()
    assert other.picture is not None
    assert len(other.picture) == 0
