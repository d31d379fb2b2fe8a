"""Talks at a counter: how long they should last, the steps by which an officer ends one, and by what name."""

from dataclasses import replace

from protocol.refusals import Refusal
from protocol.services import moderation as wire
from tests.support.moderation_desk import DAY, HEAD, KIM, MOD, OFFICER, SERVICES, VISITOR, WORDS, Precinct, S
from worlds.plan import load
from worlds.service import Texts
from worlds.services.moderation import found


def test_an_officer_warns_records_ends_with_a_reason_and_rests() -> None:
    p = Precinct()
    talk = {"citizen": KIM.id, "scope": "civil/counter-3"}
    assert p.refused(OFFICER, wire.GuardTalk, **talk, step="end", words="욕설").code is Refusal.CONFLICT
    for one in (KIM, MOD):
        assert p.refused(one, wire.GuardTalk, **talk, step="warn").code is Refusal.NOT_ALLOWED
    p.do(OFFICER, wire.GuardTalk, **talk, step="warn")
    p.do(OFFICER, wire.GuardTalk, **talk, step="record")
    assert p.refused(OFFICER, wire.GuardTalk, **talk, step="end").field == "words"
    p.do(OFFICER, wire.GuardTalk, **talk, step="end", words="되풀이된 욕설")
    p.do(OFFICER, wire.GuardTalk, **talk, step="break")
    for one in (KIM, OFFICER):
        told = p.told(one, "talk_guarded")
        assert [step["step"] for step in told] == ["warn", "record", "end", "break"]
        assert told[2]["words"] == "되풀이된 욕설"
        assert "민원은 그대로" in told[2]["text"]["ko"]
    assert p.told(KIM, "talk_guarded")[3]["until"] == p.now + 600 * S
    assert [act.kind for act in p.mod.desk.state.acts] == ["warn", "record", "end", "break"]
    assert p.refused(OFFICER, wire.GuardTalk, 2 * DAY, **talk, step="end", words="?").code is Refusal.CONFLICT


def test_an_officer_talks_with_who_is_known_or_here_and_with_nobody_else() -> None:
    p = Precinct()
    talk = {"scope": "civil/counter-3", "step": "begin"}
    refused = p.refused(OFFICER, wire.GuardTalk, citizen="c-nobody", **talk)
    assert (refused.code, refused.field) == (Refusal.NOT_FOUND, "citizen")
    assert p.refused(OFFICER, wire.GuardTalk, citizen=VISITOR.id, **talk).code is Refusal.NOT_FOUND
    p.come(VISITOR)
    p.do(OFFICER, wire.GuardTalk, citizen=VISITOR.id, **talk)
    assert [told["step"] for told in p.told(VISITOR, "talk_guarded")] == ["begin"]


def test_a_talk_says_how_long_it_is_meant_to_last_and_may_be_ended_for_its_length_alone() -> None:
    p = Precinct()
    talk = {"citizen": KIM.id, "scope": "civil/counter-3"}
    p.do(OFFICER, wire.GuardTalk, **talk, step="begin")
    began = p.now
    [told] = p.told(KIM, "talk_guarded")
    assert (told["step"], told["until"], told["began_at"]) == ("begin", began + 20 * 60 * S, began)
    p.wait(29 * 60 * S)
    assert p.refused(OFFICER, wire.GuardTalk, **talk, step="end", words="시간").code is Refusal.CONFLICT
    p.wait(began + 30 * 60 * S - p.now)
    p.do(OFFICER, wire.GuardTalk, 0, **talk, step="end", words="권장 시간을 크게 넘김")
    ended = p.told(KIM, "talk_guarded")[-1]
    assert (ended["words"], ended["began_at"], "warned_at" in ended) == (
        "권장 시간을 크게 넘김",
        began,
        False,
    )
    assert p.refused(OFFICER, wire.GuardTalk, **talk, step="end", words="또").code is Refusal.CONFLICT


def test_both_sides_are_told_at_its_end_when_a_talk_began_was_warned_in_and_recorded() -> None:
    p = Precinct()
    talk = {"citizen": KIM.id, "scope": "civil/counter-3"}
    at = {}
    for step in ("begin", "warn", "record"):
        p.do(OFFICER, wire.GuardTalk, **talk, step=step)
        at[step] = p.now
    p.do(OFFICER, wire.GuardTalk, **talk, step="end", words="되풀이된 욕설")
    for one in (KIM, OFFICER):
        told = p.told(one, "talk_guarded")[-1]
        assert (told["began_at"], told["warned_at"], told["recorded_at"]) == tuple(at.values())
    p.do(OFFICER, wire.GuardTalk, **talk, step="begin")
    assert "warned_at" not in p.told(KIM, "talk_guarded")[-1]
    assert p.refused(OFFICER, wire.GuardTalk, **talk, step="end", words="또").code is Refusal.CONFLICT


def test_without_a_length_a_talk_is_ended_after_a_warning_alone() -> None:
    p = Precinct(talk_s=0)
    talk = {"citizen": KIM.id, "scope": "civil/counter-3"}
    p.do(OFFICER, wire.GuardTalk, **talk, step="begin")
    assert "until" not in p.told(KIM, "talk_guarded")[0]
    assert (
        p.refused(OFFICER, wire.GuardTalk, 10 * DAY, **talk, step="end", words="?").code is Refusal.CONFLICT
    )


def test_an_officer_is_known_by_the_counter_and_whoever_is_more_by_their_own_name() -> None:
    toml = (SERVICES / "moderation.toml").read_text(encoding="utf-8")
    service = found(Texts(), toml, load(SERVICES.parent), WORDS)
    officer = replace(OFFICER, roles=("citizen", "official@civil/petition_counter"))
    name = service.called(officer)
    assert name is not None
    place = service.desk.content.places["civil/petition_counter"]
    assert (name.ko, name.en) == (f"{place.ko} 담당자", f"Officer, {place.en}")
    p = Precinct()
    p.mod.desk.content = service.desk.content
    p.do(officer, wire.GuardTalk, citizen=KIM.id, scope="civil/petition_counter", step="warn")
    [told] = p.told(KIM, "talk_guarded")
    assert told["office"] == place.model_dump()
    assert officer.id not in str(told)
    assert officer.name not in str(told)
    for one in (
        OFFICER,
        KIM,
        MOD,
        HEAD,
        replace(officer, grants=("mayor",)),
        replace(officer, roles=("official",)),
    ):
        assert service.called(one) is None
