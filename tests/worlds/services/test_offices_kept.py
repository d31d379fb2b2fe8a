"""Offices as they are kept: erased, replayed, restored; and any script of commands, of which nobody holds too much."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.refusals import Refused
from protocol.services import live_qa
from protocol.services import offices as wire
from tests.support.check_service import Step, play
from tests.support.offices_given import (
    CONTENT,
    DAY,
    EVENT,
    HEAD,
    HOST,
    HOUR,
    KIM,
    LEE,
    OPERATOR,
    OTHER_HOST,
    PEOPLE,
    START,
    Evening,
    offices,
    services,
)
from worlds.city import City
from worlds.service import Texts
from worlds.services.moderation.events import SILENT


def test_names_and_words_are_erased_with_who_holds_it_and_when_their_time_is_over() -> None:
    evening = Evening()
    evening.do(HOST, wire.EndOffice, given=evening.give(words="오늘"), words="고맙습니다")
    one = evening.offices.book.state.offices[0]
    texts = [text for text in (one.called, one.words, one.end_words) if text is not None]
    assert [text.owner for text in texts] == [KIM.id] * 3
    assert list(evening.city.expired(evening.now + 1_094 * DAY)) == []
    assert set(texts) <= set(evening.city.expired(evening.now + 1_096 * DAY))
    evening.texts.drop(text.ref for text in texts)
    row = evening.do(HOST, wire.ListOffices, scope=EVENT, which="all")["offices"][0]
    assert (row["called"], row["words"], row["end_words"]) == ("[erased]",) * 3


def test_a_replay_and_a_snapshot_give_the_same() -> None:
    evening = Evening()
    evening.give()
    evening.give(LEE, "moderator", HEAD, scope="civil", until=evening.now + HOUR)
    evening.open_doors()
    evening.over()
    state = json.dumps(evening.city.snapshot(), sort_keys=True)
    again = City(services(evening.texts))
    for entry, at in evening.entries:
        fields = json.loads(entry.event.model_dump_json(exclude_defaults=True, by_alias=True))
        again.replay(entry.service, again.read_event(entry.event.type, fields), at)
    assert json.dumps(again.snapshot(), sort_keys=True) == state
    restored = City(services(evening.texts))
    restored.restore(json.loads(state))
    for city in (again, restored):
        assert city.standing(KIM, evening.now).given == ("grant:captioner@civil/qa-1",)
        assert city.standing(LEE, evening.now).given == ("moderator@civil",)
        assert city.next_due() == evening.city.next_due()


def test_in_a_city_without_events_offices_are_given_for_a_time() -> None:
    texts = Texts()
    city = City([offices(texts)])
    give = wire.GiveOffice(id=1, office="moderator", citizen=KIM.id, scope="civil", until=START + HOUR)
    with pytest.raises(Refused) as refused:
        city.handle(give, HEAD, START, bytes(16), lambda event: event)
    assert refused.value.field == "citizen", "nobody remembers anyone"


commands = st.one_of(
    st.builds(
        lambda office, citizen, scope, until, words: wire.GiveOffice(
            id=1, office=office, citizen=citizen, scope=scope, until=until, words=words
        ),
        st.sampled_from([*CONTENT.offices, "host"]),
        st.sampled_from([one.id for one in PEOPLE]),
        st.sampled_from(["", "civil", "civil/plaza", "culture", EVENT, "civil/qa-2"]),
        st.one_of(st.none(), st.integers(START - HOUR, START + 3 * DAY)),
        st.sampled_from([None, "", "오늘 저녁", "가" * 301]),
    ),
    st.builds(wire.EndOffice, id=st.just(1), given=st.integers(0, 8).map(lambda n: f"o-{n}")),
    st.builds(
        wire.ListOffices,
        id=st.just(1),
        scope=st.sampled_from(["", "civil", EVENT]),
        which=st.sampled_from(["standing", "all"]),
    ),
    st.just(wire.ShowOwnOffices(id=1)),
    st.just(
        live_qa.Schedule.model_validate(
            {
                "id": 1,
                "title": {"ko": "시장과의 시간", "en": "Mayor's hour"},
                "district": "civil",
                "stage": "mayors_seat",
                "starts_at": START + 12 * HOUR,
                "ends_at": START + 13 * HOUR,
            }
        )
    ),
    st.builds(
        live_qa.Advance,
        id=st.just(1),
        session=st.just("qa-1"),
        phase=st.sampled_from(["doors", "live", "closing", "follow_up"]),
    ),
)
ARRIVED = [
    Step(command, someone, 0)
    for someone in PEOPLE
    for command in City(services(Texts())).arrivals(someone, None, START)
]


@settings(deadline=None, max_examples=80)
@given(st.lists(st.builds(Step, commands, st.sampled_from(PEOPLE), st.integers(0, 20 * HOUR)), max_size=25))
def test_any_script_is_kept_whole_and_nobody_ever_holds_more_than_their_giver_may_give(
    script: list[Step],
) -> None:
    silent = {*SILENT, "offices.event_noted"}
    played = play(services, [*ARRIVED, *script], PEOPLE, start=START, silent=silent)
    for entry, _ in played.entries:
        event: Any = entry.event
        if event.type == "offices.given":
            assert event.by != event.citizen
            assert event.citizen != OPERATOR.id or not played.city.standing(OPERATOR, played.now).given
            assert event.by in (HOST.id, OTHER_HOST.id, HEAD.id)
            assert event.scope.startswith("culture" if event.by == OTHER_HOST.id else "civil")
            assert event.by == HEAD.id or event.scope == EVENT or event.scope.startswith("civil/qa-")
    for someone in PEOPLE:
        for word in played.city.standing(someone, played.now).given:
            assert word.partition("@")[0] not in ("host", "operator")
