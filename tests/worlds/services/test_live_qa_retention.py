"""What a question time need not keep: names after its end, words that nobody saw, and what everyone may read stays."""

import json

import pytest

from protocol.services import live_qa as wire
from tests.support.question_time import CONTENT, HOST, MOD, SERVICES, VISITOR, Evening, attendee
from tests.support.tidying import tidied

RULES = CONTENT.rules
DAY = 86_400_000
ANA, BEN, CHO = attendee("ana"), attendee("ben"), attendee("cho")
GOOD, EDITED, ORIGINAL = "가로등은 언제 고치나요?", "버스는 언제 오나요?", "버스는 도대체 언제 오나요??"
BAD, TAKEN_BACK = "당신은 왜 그렇게 사시나요?", "이건 없던 일로 해 주세요."
assert SERVICES.is_dir()


def an_evening(**rules: int) -> Evening:
    """Questions of every fate and a raised hand, in a session that is over and archived."""
    evening = Evening(questions_open_per_person=9, question_every_s=0, **rules)
    evening.announce(is_screened=True)
    good = evening.ask(ANA, GOOD)
    evening.screen(MOD, wire.Approve, evening.ask(BEN, ORIGINAL, publish=False), text=EDITED)
    evening.screen(MOD, wire.Dismiss, evening.ask(BEN, BAD, publish=False), reason="insult")
    taken_back = evening.ask(CHO, TAKEN_BACK)
    evening.do(CHO, wire.Withdraw, question=taken_back)
    evening.do(HOST, wire.Advance, phase="live", mode="floor")
    evening.do(CHO, wire.RaiseHand)
    evening.do(CHO, wire.LowerHand)
    evening.do(HOST, wire.Advance, phase="live", mode="answering")
    evening.on(HOST, wire.Pin, good, to="now", office="mayor")
    evening.on(HOST, wire.Pin, good, to="open")
    for phase in ("closing", "follow_up"):
        evening.do(HOST, wire.Advance, phase=phase)
    return evening


def wait_days(evening: Evening, days: float) -> set[str]:
    """Time passes, and the host tidies; what went."""
    evening.wait(round(days * DAY))
    return tidied(evening.city, evening.texts, evening.now)


def test_names_go_first_then_what_nobody_saw_and_the_record_stays_for_everyone() -> None:
    evening = an_evening()
    assert wait_days(evening, RULES.name_days - 1) == set()
    assert wait_days(evening, 1) == {ANA.name, BEN.name, CHO.name}
    assert evening.state.names == []
    assert wait_days(evening, RULES.hidden_days - RULES.name_days - 1) == set()
    assert wait_days(evening, 1) == {BAD, TAKEN_BACK, ORIGINAL}
    assert wait_days(evening, 5_000) == set()
    record = evening.do(VISITOR, wire.ReadRecord)
    assert [row["text"] for row in record["questions"]] == [GOOD, EDITED]


def test_while_a_session_runs_all_is_kept() -> None:
    evening = Evening(name_days=1, hidden_days=1, record_days=1, overrun_s=0)
    evening.announce("live", "answering")
    evening.screen(MOD, wire.Dismiss, evening.ask(BEN, BAD, publish=False), reason="insult")
    evening.now += 3_000 * DAY
    assert tidied(evening.city, evening.texts, evening.now) == set()


def test_what_still_waits_for_a_reader_after_the_end_is_kept() -> None:
    evening = Evening(question_every_s=0)
    evening.announce(is_screened=True)
    evening.ask(ANA, GOOD, publish=False)
    for phase, mode in (("live", "answering"), ("closing", None), ("follow_up", None)):
        evening.do(HOST, wire.Advance, phase=phase, mode=mode)
    assert GOOD not in wait_days(evening, 3_000)


def test_a_record_goes_where_the_city_says_when() -> None:
    evening = an_evening(record_days=365)
    wait_days(evening, 364)
    assert wait_days(evening, 1) == {GOOD, EDITED}


@pytest.mark.parametrize("off", ["name_days", "hidden_days"])
def test_zero_keeps_for_ever(off: str) -> None:
    evening = an_evening(**{off: 0})
    gone = wait_days(evening, 5_000)
    assert (ANA.name in gone) is (off != "name_days")
    assert (BAD in gone) is (off != "hidden_days")


def test_the_names_of_raised_hands_are_in_the_state_until_they_are_erased() -> None:
    evening = an_evening()
    state = json.dumps(evening.qa.snapshot())
    assert len(evening.state.names) == 1
    assert json.dumps(evening.replayed().snapshot()) == state
