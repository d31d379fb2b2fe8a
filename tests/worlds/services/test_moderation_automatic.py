"""Automatic rules: what follows by itself from lines that were held, and how mild it must be."""

from dataclasses import replace

import pytest

from protocol.refusals import Refusal
from protocol.services import moderation as wire
from tests.support.moderation_desk import KIM, LEE, MOD, NEWCOMER, Precinct, S
from worlds.citizen import Citizen
from worlds.services.moderation.content import Automatic


def automatic(**fields: object) -> Precinct:
    """A precinct with this one rule."""
    p = Precinct(held_per_citizen=0)
    sheet = {"on": "link", "times": 3, "within_s": 60, "words": {"ko": "링크", "en": "links"}} | fields
    p.mod.desk.content = p.mod.desk.content.model_copy(
        update={"automatic": (Automatic.model_validate(sheet),)}
    )
    return p


def post(p: Precinct, who: Citizen, times: int, wait_ms: int = 2 * S) -> list[str | None]:
    """Lines with links, each another."""
    return [p.say(who, f"{n}번 보세요 seoul.go.kr {p.now}", wait_ms) for n in range(times)]


def test_what_was_held_again_and_again_brings_about_what_the_city_wrote_and_no_more() -> None:
    p = automatic(action="mute", lasts_s=600)
    post(p, NEWCOMER, 2)
    assert p.mod.desk.state.sanctions == []
    post(p, NEWCOMER, 1)
    [one] = p.mod.desk.state.sanctions
    assert (one.kind, one.by, one.scope, one.until) == ("mute", "", "culture", p.now + 600 * S)
    [told] = p.told(NEWCOMER, "sanction_changed")
    assert (told["sanction"]["words"], told["sanction"]["reason"]) == ("링크 / links", "spam")
    assert p.silenced(NEWCOMER).code is Refusal.MUTED
    assert [act.by for act in p.mod.desk.state.acts if act.act == "sanctioned"] == [""]
    p.do(NEWCOMER, wire.Appeal, sanction="s-1", text="몰랐습니다")
    p.do(MOD, wire.ClaimCase, case="s-1")
    p.do(MOD, wire.DecideAppeal, sanction="s-1", outcome="lifted", words="처음")
    assert p.say(NEWCOMER, "고맙습니다") is None


def test_lines_count_within_their_time_and_for_their_own_reason() -> None:
    p = automatic(action="hold", lasts_s=600)
    post(p, NEWCOMER, 2, 31 * S)
    post(p, NEWCOMER, 1, 31 * S)
    p.say(NEWCOMER, "전화 010-1234-5678")
    post(p, LEE, 3)
    assert p.mod.desk.state.sanctions == []
    post(p, NEWCOMER, 2)
    assert [one.kind for one in p.mod.desk.state.sanctions] == ["hold"]
    held = p.say(NEWCOMER, "이제 무엇이든")
    assert p.mod.desk.state.held_line(held or "").reason == "sanction"


def test_a_sanction_that_is_on_is_not_given_twice_and_an_office_named_is_exempt() -> None:
    p = automatic(action="slow", every_s=1, lasts_s=600, times=1, exempt={"grant:press"})
    press = replace(NEWCOMER, id="c-press", grants=("press",))
    post(p, press, 3)
    assert p.mod.desk.state.sanctions == []
    post(p, NEWCOMER, 3)
    assert [(one.kind, one.every_s) for one in p.mod.desk.state.sanctions] == [("slow", 1)]


def test_a_line_that_calls_many_waits_and_the_desk_is_alerted_once() -> None:
    p = automatic(on="mentions", action="alert", times=2)
    assert p.say(KIM, "@a @b @c @d 모이세요, a@b.c d@e.f") is None
    for n in range(3):
        held = p.say(KIM, f"@a @b @c @d @e{n} 모이세요")
        row = p.mod.desk.state.held_line(held or "")
        assert (row.reason, len(row.marks)) == ("mentions", 5)
    alerts = p.told(MOD, "alerted")
    assert [(one["kind"], one["count"], one["scope"]) for one in alerts] == [("lines", 2, "culture")]
    assert p.told(KIM, "alerted") == []
    assert p.mod.desk.state.sanctions == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"action": "ban", "lasts_s": 60}, "action"),
        ({"action": "mute", "lasts_s": 601}, "600 s at most"),
        ({"action": "mute"}, "has an end"),
        ({"action": "slow", "lasts_s": 60}, "every_s"),
        ({"action": "warn", "lasts_s": 60, "every_s": 5}, "every_s"),
    ],
)
def test_a_rule_never_bans_and_silences_for_ten_minutes_at_most(fields: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        automatic(**fields)
