"""Announcements: who may make them, whom they reach, how they end, what is kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.codec import dump
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import announcements as wire
from tests.support.check_service import Step, play
from worlds.citizen import Citizen
from worlds.city import City
from worlds.plan import load
from worlds.service import District, Everyone, Listing, Service, Staff, Texts
from worlds.services.announcements import Announcements, Content, scopes_of

CONTENT = (Path(__file__).parents[3] / "worlds/seoul/services/announcements.toml").read_text("utf-8")
SCOPES = frozenset({"", "civil", "civil/plaza", "culture"})
START = 1_790_000_000_000
MINUTE = 60_000

HOST = Citizen("c-host", "진행 김", ("host@civil",), level=2)
OPERATOR = Citizen("c-op", "운영 이", ("operator",), level=2)
MODERATOR = Citizen("c-mod", "검토 박", ("moderator",), level=2)
CITIZEN = Citizen("c-a", "시민", ("citizen",), level=2)
PEOPLE = (HOST, OPERATOR, MODERATOR, CITIZEN)


class Square:
    """A city with nothing but announcements, and a clock that the test moves."""

    def __init__(self, **rules: int) -> None:
        content = Content.read(CONTENT)
        content = content.model_copy(update={"rules": content.rules.model_copy(update=rules)})
        self.service = Announcements(Texts(), content, SCOPES)
        self.city = City([self.service])
        self.now = START
        self.heard: list[tuple[Any, dict[str, Any]]] = []

    def do(self, citizen: Citizen, command: Command) -> Any:
        entries, result = self.city.handle(command, citizen, self.now, bytes(16), lambda event: event)
        for entry in entries:
            self.heard += [(audience, dump(fact)) for audience, fact in self.city.tell(entry, self.now)]
        return dump(result) if result is not None else None

    def announce(self, citizen: Citizen, scope: str = "civil", minutes: int = 10, **fields: Any) -> str:
        name: str = self.do(citizen, announce(scope, self.now + minutes * MINUTE, **fields))["announcement"]
        return name

    def refused(self, citizen: Citizen, command: Command) -> Refused:
        before = self.city.snapshot()
        with pytest.raises(Refused) as refused:
            self.do(citizen, command)
        assert self.city.snapshot() == before
        return refused.value

    def shown(self, district: str = "civil") -> list[str]:
        view = self.service.view(CITIZEN, district, self.now)
        assert view is not None
        return [row["announcement"] for row in view["announcements"]]


def announce(scope: str, until: int, ko: str = "곧 시작합니다.", **fields: Any) -> wire.Announce:
    text = {"ko": ko, "en": fields.pop("en", "It begins soon.")}
    return wire.Announce.model_validate({"id": 1, "scope": scope, "until": until, "text": text, **fields})


def test_hosts_announce_in_their_scope_and_operators_everywhere() -> None:
    square = Square()
    assert square.announce(HOST) == "a-1"
    assert square.announce(HOST, "civil/plaza") == "a-2"
    assert square.announce(OPERATOR, "") == "a-3"
    later = START + MINUTE
    for citizen, scope in ((HOST, ""), (HOST, "culture"), (MODERATOR, "civil"), (CITIZEN, "civil")):
        refused = square.refused(citizen, announce(scope, later))
        assert (refused.code, refused.field) == (Refusal.NOT_ALLOWED, "scope")
    assert square.refused(OPERATOR, announce("atlantis", later)).code is Refusal.NOT_FOUND


def test_the_city_is_told_to_everyone_and_a_zone_to_its_whole_district() -> None:
    square = Square()
    square.announce(OPERATOR, "")
    assert [audience for audience, _ in square.heard] == [Everyone()]
    square.heard.clear()
    square.announce(HOST, "civil/plaza", level="emergency")
    (first, fact), (second, again) = square.heard
    assert first == District("civil")
    assert second == Staff(frozenset({"host", "operator", "moderator"}), "civil/plaza")
    assert fact == again
    assert (fact["announcement"]["scope"], fact["announcement"]["level"]) == ("civil/plaza", "emergency")


def test_who_arrives_is_shown_what_stands_there_the_most_urgent_first() -> None:
    square = Square()
    square.announce(HOST)
    square.announce(OPERATOR, "", level="warning")
    square.announce(HOST, "civil/plaza", level="emergency")
    square.announce(OPERATOR, "culture")
    assert square.shown() == ["a-3", "a-2", "a-1"]
    assert square.shown("culture") == ["a-2", "a-4"]


def test_an_announcement_ends_by_the_clock_or_when_it_is_withdrawn() -> None:
    square = Square()
    square.announce(HOST, minutes=1)
    square.announce(HOST, minutes=5)
    square.now += MINUTE
    assert square.shown() == ["a-2"]
    withdraw = wire.Withdraw(id=2, announcement="a-2")
    assert square.refused(CITIZEN, withdraw).code is Refusal.NOT_ALLOWED
    square.do(OPERATOR, withdraw)
    assert square.heard[-1][1]["announcement"]["withdrawn_at"] == square.now
    assert square.shown() == []
    assert square.refused(OPERATOR, withdraw).code is Refusal.CLOSED
    for name in ("a-3", "a-0", "a-x", "2", ""):
        withdraw = wire.Withdraw.model_construct(id=3, announcement=name)
        if name != "2":
            assert square.refused(OPERATOR, withdraw).code is Refusal.NOT_FOUND


def test_what_cannot_be_read_or_would_never_end_is_refused_at_its_field() -> None:
    square = Square()
    soon = START + MINUTE
    for command, field in (
        (announce("civil", soon, ko="  "), "text.ko"),
        (announce("civil", soon, en=""), "text.en"),
        (announce("civil", soon, ko="가" * 201), "text.ko"),
        (announce("civil", soon, en="a\x07"), "text.en"),
        (announce("civil", START), "until"),
        (announce("civil", START + 86_400_001), "until"),
    ):
        assert square.refused(HOST, command).field == field
    assert square.announce(HOST, ko="  두 줄은\n 한 줄로 ") == "a-1"
    assert square.heard[-1][1]["announcement"]["text"]["ko"] == "두 줄은 한 줄로"


def test_in_a_district_with_its_zones_only_so_many_stand_at_once() -> None:
    square = Square(standing=2)
    square.announce(HOST)
    square.announce(HOST, "civil/plaza", minutes=1)
    assert square.refused(HOST, announce("civil", START + MINUTE)).code is Refusal.FULL
    square.announce(OPERATOR, "")
    square.announce(OPERATOR, "culture")
    square.now += MINUTE
    square.announce(HOST)
    assert len(square.shown()) == 3


def test_all_that_was_announced_is_listed_in_pages_and_ready_words_for_who_may_announce() -> None:
    square = Square(standing=0)
    for number in range(40):
        square.announce(HOST, ko=f"{number}번째 알림 " + "가" * 180, en="b" * 200)
    names: list[str] = []
    after = None
    while True:
        page = square.do(CITIZEN, wire.ListAnnouncements(id=9, which="all", after=after))
        assert page["ready"] == []
        names += [row["announcement"] for row in page["announcements"]]
        after = page.get("next")
        if after is None:
            break
    assert names == [f"a-{number}" for number in range(40, 0, -1)]
    page = square.do(HOST, wire.ListAnnouncements(id=9))
    assert {one["level"] for one in page["ready"]} == {"notice", "warning", "emergency"}
    for after in ("-1", "x"):
        assert square.refused(HOST, wire.ListAnnouncements(id=9, after=after)).field == "after"


def test_the_records_say_what_was_announced_and_everyone_may_list_them() -> None:
    square = Square()
    entries, _ = square.city.handle(
        announce("", START + MINUTE), OPERATOR, START, bytes(16), lambda event: event
    )
    (record,) = square.city.records(entries[0], START)
    assert (record.key, record.fields["ko"], record.fields["until"]) == (
        "a-1", "곧 시작합니다.", START + MINUTE,
    )  # fmt: skip
    assert square.city.listing("announcement", CITIZEN) == Listing()


def test_seoul_announces_in_its_districts_and_zones() -> None:
    scopes = scopes_of(load(Path(__file__).parents[3] / "worlds/seoul"))
    assert {"", "civil", "civil/plaza"} <= scopes


commands = st.one_of(
    st.builds(
        announce,
        st.sampled_from([*sorted(SCOPES), "atlantis"]),
        st.integers(START - MINUTE, START + 100 * MINUTE),
        st.sampled_from(["", "알림", "가" * 300]),
        level=st.sampled_from(["notice", "warning", "emergency"]),
    ),
    st.builds(wire.Withdraw, id=st.just(1), announcement=st.integers(0, 6).map(lambda n: f"a-{n}")),
    st.builds(wire.ListAnnouncements, id=st.just(1), which=st.sampled_from(["standing", "all"])),
)


def services(texts: Texts) -> Sequence[Service[Any]]:
    return [Announcements(texts, Content.read(CONTENT), SCOPES)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.builds(Step, commands, st.sampled_from(PEOPLE), st.integers(0, 20 * MINUTE)), max_size=25))
def test_any_script_is_kept_whole(script: list[Step]) -> None:
    play(services, script, PEOPLE, start=START)
