"""Hearers: who is told what, and in how many messages."""

import msgpack

from protocol.districts import Crowd, EnteredZone
from server.hearers import Hearers
from tests.support.city import Person, Town, district
from worlds.service import Citizens, District, Everyone, Staff


def told(person: Person) -> list[list[str]]:
    """The messages that wait to be read, each as the words in it."""
    messages = [msgpack.unpackb(message, strict_map_key=False) for message in person.line.sent]
    return [
        [part["type"] for part in (message if isinstance(message, list) else [message])]
        for message in messages
    ]


def test_facts_to_those_in_a_district_wait_for_its_tick_and_are_one_message() -> None:
    town = Town(district("here"), district("there"))
    walker, reader = town.visitor(), town.visitor()
    walker.enter("here")
    hearers = Hearers(town.router)
    for person in (walker, reader):
        person.listen()
    for version, zone in enumerate("abc"):
        hearers.tell(Everyone(), EnteredZone(zone=zone), 5, version)
        hearers.flush()
        town.router.crowds["there"].flush()
    assert told(walker) == []
    assert told(reader) == [["district.entered_zone"]] * 3
    town.router.crowds["here"].flush()
    assert told(walker) == [["district.entered_zone"] * 3]


def test_a_running_number_is_told_to_its_audience_alone_and_the_newest_only() -> None:
    town = Town(district("here"), district("there"))
    walker, other = town.visitor(), town.visitor()
    walker.enter("here")
    other.enter("there")
    hearers = Hearers(town.router)
    for person in (walker, other):
        person.listen()
    for population in (1, 2):
        hearers.tell_count(District("here"), Crowd(district="here", population=population, tick_hz=10))
    town.router.flush()
    assert told(other) == []
    [message] = walker.line.sent
    assert msgpack.unpackb(message)["population"] == 2


def test_staff_hear_what_is_for_them_and_nobody_hears_what_concerns_them() -> None:
    town = Town(district("here"))
    citizen, moderator, concerned = (
        town.visitor(token=town.token(name, roles=roles))
        for name, roles in (("Kim", ["citizen"]), ("Lee", ["moderator@here"]), ("Park", ["moderator"]))
    )
    hearers = Hearers(town.router)
    assert concerned.connection.citizen is not None
    assert citizen.connection.citizen is not None
    for person in (citizen, moderator, concerned):
        person.listen()
    but = frozenset({concerned.connection.citizen.id})
    hearers.tell(Staff(frozenset({"moderator"}), "here", but), EnteredZone(zone="a"), 5, 1)
    hearers.tell(Staff(frozenset({"moderator"}), "there"), EnteredZone(zone="a"), 5, 2)
    hearers.tell(Citizens(frozenset({citizen.connection.citizen.id})), EnteredZone(zone="a"), 5, 3)
    hearers.flush()
    assert [len(told(person)) for person in (citizen, moderator, concerned)] == [1, 1, 1]
