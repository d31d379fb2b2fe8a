"""What is kept of moderation: replay and snapshot give the same; any script keeps the laws; it stays light."""

import json
import sys
from typing import Any

import msgpack
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from protocol.codec import dump
from protocol.districts import Enter
from protocol.message import MAX_TOLD_BYTES, Command
from protocol.refusals import Refusal, Refused
from protocol.services import moderation as wire
from tests.support.check_service import Step, play
from tests.support.moderation_desk import (
    AUDITOR,
    CREW,
    DAY,
    HEAD,
    HEAD2,
    HOST,
    KIM,
    LEE,
    MOD,
    MOD2,
    NEWCOMER,
    OFFICER,
    OPERATOR,
    PARK,
    PEOPLE,
    START,
    VISITOR,
    Precinct,
    S,
    service,
    services,
)
from worlds.citizen import Citizen
from worlds.city import City
from worlds.evidence import MOST_TRACKS, NearTrack
from worlds.service import Personal, Texts
from worlds.services.moderation import SILENT
from worlds.services.moderation import events as e
from worlds.services.moderation.inside import Arrive, HoldLine
from worlds.services.moderation.service import DUES_AT_ONCE


def whole_evening() -> Precinct:
    """Every kind of thing has happened."""
    p = Precinct()
    report = p.report(LEE, KIM)
    p.do(MOD, wire.ShowEvidence, report=report)
    other = p.report(PARK, KIM)
    p.do(MOD, wire.ClaimCase, case=other)
    p.do(MOD, wire.DecideReport, report=other, outcome="merged", into=report)
    number = p.sanction(MOD, KIM, "mute", reports=[report])
    p.do(MOD, wire.ClaimCase, case=report)
    p.do(MOD, wire.DecideReport, report=report, outcome="acted", sanctions=[number])
    threat = p.report(PARK, LEE, "threat")
    p.do(MOD, wire.ClaimCase, case=threat)
    p.do(MOD, wire.DecideReport, report=threat, outcome="escalated", words="협박")
    p.do(HEAD, wire.HandOver, report=threat, words="경찰청, 접수 1")
    p.do(KIM, wire.Appeal, sanction=number, text="제가 아닙니다")
    p.do(MOD2, wire.ClaimCase, case=number)
    p.do(MOD2, wire.DecideAppeal, sanction=number, outcome="shortened", words="처음", until=p.now + 60 * S)
    p.do(MOD2, wire.Annotate, case=number, text="두 번째")
    held = p.say(NEWCOMER, "보세요 seoul.go.kr")
    p.do(MOD, wire.ClaimCase, case=held)
    p.do(MOD, wire.DecideHeld, held=held, approve=True, text="보세요")
    p.say(NEWCOMER, "또 seoul.go.kr")
    warning = p.sanction(MOD, LEE, "warn")
    p.do(LEE, wire.Acknowledge, sanction=warning)
    p.sanction(MOD, PARK, "freeze")
    p.do(MOD, wire.Lift, sanction=p.sanction(MOD, PARK, "kick"), words="잘못")
    p.do(HEAD2, wire.Second, sanction=p.sanction(HEAD, PARK, "ban", scope=""))
    p.sanction(HEAD, LEE, "ban", scope="")
    p.do(MOD, wire.SetMode, scope="culture", shield=True, is_unique=True)
    for one in (HEAD, HOST):
        p.do(one, wire.ActOnVenue, scope="culture", action="stop", words="불")
    p.do(KIM, wire.Block, citizen=LEE.id)
    p.do(KIM, wire.SetBubble, on=True)
    p.do(OFFICER, wire.GuardTalk, citizen=KIM.id, scope="civil/counter-3", step="warn")
    p.do(MOD, wire.MoveCitizen, citizen=KIM.id, district="culture", x=1, z=2, words="길")
    return p


def test_the_journal_alone_and_a_snapshot_give_the_same_state() -> None:
    p = whole_evening()
    assert p.replayed().snapshot() == p.mod.snapshot()
    again = service(p.texts)
    again.restore(json.loads(json.dumps(p.mod.snapshot())))
    assert again.snapshot() == p.mod.snapshot()
    assert again.next_due() == p.mod.next_due()
    assert again.desk.index.active.keys() == p.mod.desk.index.active.keys()
    assert again.parted(LEE.id) == p.mod.parted(LEE.id)
    assert again.view(KIM, "culture", p.now) == p.mod.view(KIM, "culture", p.now)


def test_nothing_that_is_kept_holds_what_anyone_wrote_or_is_called() -> None:
    p = whole_evening()
    kept = json.dumps(
        [p.mod.snapshot(), *(entry.event.model_dump(mode="json") for entry, _ in p.entries)],
        ensure_ascii=False,
    )
    for written in ("욕설", "seoul.go.kr", "제가 아닙니다", "두 번째", NEWCOMER.name):
        assert written not in kept


def test_the_audit_says_who_did_what_to_whom_why_until_when_and_who_decided_the_appeal() -> None:
    p = whole_evening()
    acts: list[dict[str, Any]] = []
    after = None
    while True:
        page = p.do(AUDITOR, wire.ShowAudit, **({} if after is None else {"after": after}))
        acts += page["acts"]
        after = page.get("next")
        if after is None:
            break
    told = {act["act"] for act in acts}
    assert told >= {
        "sanctioned", "seconded", "lifted", "appealed", "appeal_decided", "annotated", "reported", "looked",
        "report_decided", "line_held", "line_decided", "mode_set", "venue_asked", "venue_acted", "acknowledged",
        "talk_guarded", "moved",
    }  # fmt: skip
    [mute] = [act for act in acts if act["act"] == "sanctioned" and act["kind"] == "mute"]
    assert (mute["by"], mute["citizen"], mute["reason"], mute["words"]) == (MOD.id, KIM.id, "insult", "욕설")
    [appeal] = [act for act in acts if act["act"] == "appeal_decided"]
    assert (appeal["by"], appeal["kind"], appeal["words"]) == (MOD2.id, "shortened", "처음")


def test_records_list_every_sanction_with_who_why_until_and_its_appeal() -> None:
    p = whole_evening()
    rows = {}
    for entry, at in p.entries:
        for record in p.city.records(entry, at):
            rows[record.kind, record.key] = record.fields
    mute = rows["sanction", "s-1"]
    assert (mute["by"], mute["reason"], mute["appeal"], mute["appeal_by"]) == (
        MOD.id,
        "insult",
        "shortened",
        MOD2.id,
    )
    assert rows["report", "r-1"]["state"] == "acted"


def packed(answer: BaseModel) -> int:
    """How many bytes an answer has on the wire."""
    return len(msgpack.packb(dump(answer)))


def test_the_longest_of_everything_still_fits_its_answer() -> None:
    p = Precinct()
    for i in range(200):
        p.do(KIM, wire.Block, citizen=f"c{i:024}")
    for i in range(20):
        p.say(LEE, f"{i:02}" + "가" * 298)
    tracks = [
        (f"c{i:024}", "이름" * 20, tuple((s, 59_999, 59_999) for s in range(60))) for i in range(MOST_TRACKS)
    ]
    p.present.tracks = tuple(NearTrack(*track) for track in tracks)
    report = p.report(PARK, KIM)
    for kind in ("mute", "freeze", "hold", "kick", "mute"):
        number = p.sanction(MOD, KIM, kind, words="가" * 500)
        p.do(KIM, wire.Appeal, sanction=number, text="나" * 500)
    shown = wire.EvidenceShown.model_validate(p.do(MOD, wire.ShowEvidence, report=report))
    assert packed(shown) < MAX_TOLD_BYTES - 256
    view = p.city.views(KIM, "culture", p.now)
    assert len(json.dumps(view, ensure_ascii=False).encode()) < 16_384
    assert packed(wire.OwnModeration.model_validate(p.do(KIM, wire.ShowMine))) < MAX_TOLD_BYTES - 256


def banned(count: int) -> City:
    """A city in which so many are banned from a district."""
    many = service(Texts())
    words = Personal(owner="x", ref="t", hash="h")
    for i in range(count):
        ban = e.Sanctioned(
            by=HEAD.id, sanction=i + 1, citizen=f"c-{i}", kind="ban", scope="culture", reason="spam", words=words,
            rules="1", until=START + DAY + i,
        )  # fmt: skip
        many.apply(ban, START)
    return City([many])


def calls_of_entering(city: City, citizen: str) -> int:
    """How many calls it takes to say that someone may not enter."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    enter, someone, code = Enter(id=1, district="culture"), Citizen(citizen, "x"), None
    sys.setprofile(count)
    try:
        city.forbid(enter, someone, ("culture",), START)
    except Refused as refused:
        code = refused.code
    finally:
        sys.setprofile(None)
    assert code is Refusal.NOT_ALLOWED
    return calls


def test_a_hundred_thousand_bans_cost_one_look_up() -> None:
    many = banned(100_000)
    assert calls_of_entering(many, "c-99999") <= calls_of_entering(banned(1), "c-0") + 2
    assert many.next_due() == START + DAY


def test_bans_that_ended_while_no_city_ran_end_some_in_a_round() -> None:
    many, now, ended = banned(300), START + 2 * DAY, []
    while (due := many.next_due()) is not None and due <= now:
        of_this_round = [entry.event for entry in many.due(now, bytes(16), lambda event: event)]
        assert 0 < len(of_this_round) <= DUES_AT_ONCE
        ended += of_this_round
    assert [event.sanction for event in ended if isinstance(event, e.Ended)] == list(range(1, 301))


# Any script

ACTORS = (*PEOPLE, *CREW, VISITOR)
TARGETS = st.sampled_from([one.id for one in (*PEOPLE, MOD, OPERATOR)])
SCOPES = st.sampled_from(["", "culture", "civil", "culture/hall"])
NUMBERS = st.integers(1, 4)
WORDS = st.sampled_from(["", "까닭", "비밀 이야기"])
FLAG = st.booleans()


def command(model: type[Command], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.fixed_dictionaries(fields).map(lambda given: model.model_validate({"id": 1, **given}))


def of(letter: str) -> st.SearchStrategy[str]:
    return NUMBERS.map(lambda number: f"{letter}-{number}")


CASES = st.one_of(of("s"), of("r"), of("h"))
COMMANDS = st.one_of(
    command(wire.Report, citizen=TARGETS, reason=st.sampled_from(["insult", "danger", "?"]), words=WORDS),
    command(
        wire.Sanction,
        citizens=st.lists(TARGETS, min_size=1, max_size=2),
        kind=st.sampled_from(["note", "warn", "hold", "mute", "freeze", "kick", "ban", "slow"]),
        reason=st.just("insult"),
        words=WORDS,
        scope=SCOPES,
        lasts_s=st.sampled_from([None, 10, 5_000_000]),
        every_s=st.sampled_from([None, 5]),
    ),
    command(wire.Second, sanction=of("s"), agree=FLAG),
    command(wire.Acknowledge, sanction=of("s")),
    command(wire.Lift, sanction=of("s"), words=WORDS),
    command(wire.Appeal, sanction=of("s"), text=WORDS),
    command(
        wire.DecideAppeal,
        sanction=of("s"),
        outcome=st.sampled_from(["upheld", "lifted"]),
        words=WORDS,
    ),
    command(wire.ClaimCase, case=CASES, on=FLAG),
    command(
        wire.DecideReport, report=of("r"), outcome=st.sampled_from(["no_action", "escalated"]), words=WORDS
    ),
    command(wire.DecideReport, report=of("r"), outcome=st.just("merged"), into=of("r")),
    command(
        wire.DecideReport, report=of("r"), outcome=st.just("acted"), sanctions=st.lists(of("s"), max_size=1)
    ),
    command(wire.HandOver, report=of("r"), words=WORDS),
    command(wire.DecideHeld, held=of("h"), approve=FLAG, words=WORDS),
    command(wire.Annotate, case=CASES, text=WORDS),
    command(wire.ShowEvidence, report=of("r")),
    command(wire.SetMode, scope=SCOPES, shield=FLAG, slow_s=st.integers(0, 9), is_locked=FLAG),
    command(wire.ActOnVenue, scope=SCOPES, action=st.sampled_from(["stop", "resume"]), words=st.just("까닭")),
    command(wire.Block, citizen=TARGETS, on=FLAG),
    command(wire.SetBubble, on=FLAG),
    command(
        wire.GuardTalk,
        citizen=TARGETS,
        scope=st.just("civil/counter-3"),
        step=st.sampled_from(["warn", "record", "end", "break"]),
        words=WORDS,
    ),
    command(wire.ShowMine),
    command(wire.ShowStatistics),
    command(wire.ShowDesk, which=st.sampled_from(["reports", "held", "appeals", "proposals"])),
    command(wire.ShowPerson, citizen=TARGETS),
    command(wire.ShowAudit, scope=SCOPES),
    command(
        HoldLine,
        text=st.just("비밀 이야기"),
        to=st.just("nearby"),
        district=st.just("culture"),
        scope=st.just("culture"),
        reason=st.just("link"),
        message=st.just("m1"),
    ),
    command(Arrive),
)
STEPS = st.builds(
    Step, COMMANDS, st.sampled_from(ACTORS), st.sampled_from([1_000, 20_000, 400_000, 90_000_000])
)


def secrets_of(city: City, citizen: Citizen) -> list[str]:
    """What others wrote to the desk is no citizen's who does not work there; and who reported is not told."""
    if citizen in CREW:
        return []
    state = city.services["moderation"].desk.state  # type: ignore[attr-defined]
    writers = {
        report.by for report in state.reports if report.by != citizen.id and report.citizen == citizen.id
    }
    return [f'"by": "{writer}"' for writer in writers]


@settings(deadline=None, max_examples=60)
@given(st.lists(STEPS, max_size=25))
def test_any_script_keeps_the_laws_of_a_service(script: list[Step]) -> None:
    arriving = [Step(Arrive(id=0), one) for one in ACTORS]
    played = play(
        services(),
        [*arriving, *script],
        ACTORS,
        district="culture",
        silent={*SILENT, "petitions.drafted"},
        private=secrets_of,
    )
    state = played.city.services["moderation"].desk.state  # type: ignore[attr-defined]
    for one in state.sanctions:
        assert one.by != one.citizen
        assert one.citizen != OPERATOR.id
        assert one.until > one.at
        assert one.appeal is None or one.appeal.by not in (one.by, one.second_by, one.citizen)
        assert one.second_by is None or one.second_by not in (one.by, one.citizen)
