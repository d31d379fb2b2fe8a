"""What is kept of question time: replay, snapshot, records and export; and that it stays light."""

import csv
import io
import json
import time
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.ballot import ballot_id
from protocol.handshake import Text
from protocol.services import live_qa as wire
from tests.support.check_service import Step, play
from tests.support.question_time import (
    CLERK,
    CREW,
    FLOOR,
    HEAD,
    HOST,
    HOUR,
    MAYOR,
    MOD,
    MOD2,
    START,
    VISITOR,
    Evening,
    attendee,
    service,
)
from worlds.citizen import Citizen
from worlds.city import City
from worlds.plan import load
from worlds.service import Record, Texts
from worlds.services.live_qa import SILENT, LiveQa, Presence
from worlds.services.live_qa.content import stages_of
from worlds.services.live_qa.export import BOM, as_csv, rows, whole
from worlds.services.live_qa.similarity import Profiles, profile_of
from worlds.services.live_qa.wording import has_link, same

AUDIENCE = [attendee(name) for name in "abcde"]
A, B, C, D, _ = AUDIENCE


def whole_evening(**options: Any) -> Evening:
    """Every kind of thing has happened."""
    e = Evening(question_every_s=0, **options)
    e.announce("live", "answering")
    numbers = [e.ask(who, f"시장님께 드리는 질문 {i}번") for i, who in enumerate(AUDIENCE)]
    e.vote(A, numbers[1])
    e.on(MOD, wire.Merge, numbers[2], into=numbers[1])
    e.on(HOST, wire.Pin, numbers[1], to="now")
    e.on(
        CLERK,
        wire.AnswerQuestion,
        numbers[1],
        text='=1+1 "그렇게" 합니다',
        office="mayor",
        recording_offset_s=61,
    )
    e.ask(A, "기다리고 있는 질문입니다.", publish=False)
    e.screen(MOD2, wire.Dismiss, e.ask(B, "버릴 질문을 하나 합니다.", publish=False), reason="unclear")
    e.do(HOST, wire.Advance, phase="live", mode="floor")
    for who in (A, B, C):
        e.do(who, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(A, wire.TakeFloor)
    e.line(A, is_broken=True)
    e.do(HOST, wire.ActJointly, action="stop", reason="소란")
    return e


def test_the_journal_alone_and_a_snapshot_give_the_same_state() -> None:
    e = whole_evening()
    assert e.replayed().snapshot() == e.qa.snapshot()
    again = service(e.texts)
    again.restore(json.loads(json.dumps(e.qa.snapshot())))
    assert again.snapshot() == e.qa.snapshot()
    assert again.next_due() == e.qa.next_due()
    assert again.view(D, "civil", e.now) == e.qa.view(D, "civil", e.now)


def test_nothing_that_is_kept_holds_what_a_citizen_wrote_or_is_called() -> None:
    e = whole_evening()
    kept = json.dumps(
        [e.qa.snapshot(), *(entry.event.model_dump(mode="json") for entry, _ in e.entries)],
        ensure_ascii=False,
    )
    assert "드리는 질문" not in kept
    assert not any(who.name in kept for who in AUDIENCE)


def test_an_erased_question_says_so_and_everything_goes_on() -> None:
    e = whole_evening()
    e.texts.drop([e.state.question(4).text.ref])
    shown = {row["question"]: row["text"] for row in e.audience(D)["questions"]}
    assert shown[4] == "[erased]"
    assert e.replayed().snapshot() == e.qa.snapshot()


def test_records_are_written_of_what_the_audience_has_seen_and_of_nothing_else() -> None:
    e = whole_evening()
    records: dict[str, Record] = {}
    for entry, at in e.entries:
        for record in e.city.records(entry, at):
            records[record.key] = record
    assert set(records) == {"qa-1", "qa-1/1", "qa-1/2", "qa-1/3", "qa-1/4", "qa-1/5"}
    assert records["qa-1/2"].fields["answered_by"] == "mayor"
    assert records["qa-1/3"].fields["merged_into"] == 2
    assert records["qa-1/2"].texts == (e.state.question(2).text,)


def test_the_export_for_all_is_a_spreadsheet_of_published_questions_safe_to_open() -> None:
    e = whole_evening()
    text = as_csv(rows(e.qa.venue, e.state))
    assert text.startswith(BOM)
    table = list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))
    assert [row["question"] for row in table] == ["1", "2", "3", "4", "5"]
    answered = table[1]
    assert (answered["state"], answered["backers"], answered["recording_offset_s"]) == ("answered", "3", "61")
    assert answered["answer_text"] == '\'=1+1 "그렇게" 합니다'
    assert "author_pseudonym" not in answered
    for hidden in ("기다리고", "버릴 질문", MOD.id, A.id):
        assert hidden not in text


def test_the_export_for_the_crew_has_every_question_and_its_past_but_no_account() -> None:
    e = whole_evening()
    document = json.loads(json.dumps(whole(e.qa.venue, e.state, is_internal=True)))
    last = document["questions"][6]
    assert (last["state"], last["dismissal_reason"], last["moderators"]) == ("dismissed", "unclear", MOD2.id)
    assert last["text_original"] == "버릴 질문을 하나 합니다."
    assert last["author_pseudonym"] == "시민 2"
    assert document["counters"]["dismissed_by_reason"] == {"unclear": None}
    assert B.id not in json.dumps(document)


def test_a_session_that_ends_before_its_doors_lead_to_anything_is_called_off() -> None:
    e = Evening()
    e.announce()
    assert e.state.announced_at == START + 1_000
    e.do(HOST, wire.ActJointly, action="end", reason="태풍")
    e.do(MOD, wire.ActJointly, action="end", reason="태풍")
    assert (e.phase, e.state.called_off_at) == ("archived", e.now)
    held = Evening()
    held.announce("live")
    held.do(HOST, wire.Advance, phase="closing")
    held.do(HOST, wire.Advance, phase="follow_up")
    assert (held.phase, held.state.called_off_at) == ("archived", 0)


def test_stages_come_from_the_plan_of_the_city() -> None:
    from pathlib import Path

    plan = load(Path(__file__).parents[3] / "worlds/seoul")
    stage = stages_of(plan)["civil", "mayors_seat"]
    assert (stage.x, stage.z) == (310, 21)


# Likeness


def test_likeness_sees_through_particles_spaces_and_case_and_knows_other_matters() -> None:
    profiles = Profiles()
    for index, text in enumerate(
        [
            "광화문 광장 공사는 언제 끝나나요?",
            "광화문광장 공사가 언제 끝납니까",
            "어린이집이 부족합니다",
            "!!!",
        ]
    ):
        profiles.put(index, text)
    scores = profiles.scores(0)
    assert scores[0] > 0.999
    assert scores[1] > 0.5
    assert scores[2] < 0.2
    assert scores[3] == 0
    assert float(profile_of("Bus 7") @ profile_of("BUS  7!")) > 0.999


def test_profiles_grow_and_follow_a_changed_text() -> None:
    profiles = Profiles()
    for index in range(200):
        profiles.put(index, f"질문 {index * 7919} 입니다")
    profiles.put(150, "지하철 막차 시간")
    profiles.put(3, "지하철 막차 시간")
    assert profiles.count == 200
    assert profiles.scores(3)[150] > 0.999


def test_words_that_lead_elsewhere_are_seen() -> None:
    assert has_link("보세요 HTTPS://x.y")
    assert has_link("seoul.go.kr")
    assert not has_link("3.5km를 걸었습니다. 그런데요")
    assert same("버스는, 언제?") == same("버스는 언제")


# Any script


WRITER = Citizen("c-writer", "자막 신", ("citizen",), ("captioner",), level=2)
PEOPLE = (*AUDIENCE, *CREW, VISITOR)
SECRETS = ("비밀", "실명")

numbers = st.integers(1, 6)
session = st.just("qa-1")
versions = st.integers(1, 9)


def a(command: type[Any], **fields: Any) -> st.SearchStrategy[Any]:
    return st.builds(command, id=st.just(1), session=session, **fields)


def on(command: type[Any], **fields: Any) -> st.SearchStrategy[Any]:
    return a(command, question=numbers, version=versions, **fields)


texts = st.sampled_from(
    ["비밀스러운 질문 하나 드립니다", "비밀 주소는 www.seoul.kr", "바보 같은 비밀 질문?", "비밀 x", " "]
)
ask = a(wire.Ask, text=st.integers(0, 99).map(lambda i: f"비밀스러운 질문 {i}번 드립니다") | texts)
vote = a(wire.Vote, question=numbers, on=st.sampled_from([True, True, False]))
hand = a(wire.RaiseHand, lane=st.sampled_from(["need", "hall", "away"]))
presence = st.builds(Presence, id=st.just(1), away=st.booleans())
by_audience = st.one_of(
    ask, ask, vote, vote, hand, presence,
    a(wire.Withdraw, question=numbers),
    a(wire.AskSplit, question=numbers),
    a(wire.Reserve, on=st.booleans()),
    a(wire.LowerHand),
    a(wire.Look),
    a(wire.ListQuestions, which=st.sampled_from(["open", "done", "mine"])),
    a(wire.ReadRecord),
    a(wire.ListPolls),
)  # fmt: skip
bits = st.binary(min_size=16, max_size=16)
cast = a(
    wire.CastBallot,
    poll=st.integers(1, 2),
    ballot=bits.map(ballot_id),
    choices=st.lists(st.integers(1, 4), min_size=1, max_size=3),
)
polls = st.one_of(
    a(
        wire.OpenPoll,
        question=st.just(Text(ko="늘릴까요?", en="More of them?")),
        answers=st.just([Text(ko=f"답 {i}", en=f"Answer {i}") for i in (1, 2, 3)]),
        most=st.sampled_from([1, 2]),
        eligible=st.sampled_from(["present", "present", "verified"]),
        min_ballots=st.sampled_from([0, 2]),
        lasts_s=st.sampled_from([10, 60]),
    ),
    a(wire.ClosePoll, poll=st.integers(1, 2)),
    a(wire.Advance, phase=st.just("live"), mode=st.just("poll")),
)
tongues = st.sampled_from(["ko", "en"])
by_captioners = st.one_of(
    a(wire.OpenChannel, channel=tongues),
    a(wire.WriteCaption, channel=tongues, text=st.sampled_from(["지금 하는 말", " ", "또 하는 말"])),
    a(wire.WriteCaption, channel=tongues, text=st.just("이어지는 말")),
    a(wire.StrikeCaption, channel=tongues, line=st.integers(1, 3), reason=st.just("까닭")),
    a(wire.CloseChannel, channel=tongues),
)
follow = a(wire.FollowCaptions, channels=st.lists(tongues, max_size=2))
to_the_floor = st.one_of(a(wire.TakeFloor, accept=st.sampled_from([True, True, False])), presence)
by_moderators = st.one_of(
    on(wire.Claim, on=st.booleans(), take_over=st.booleans()),
    on(wire.Approve, text=st.none() | st.just("고쳐 쓴 질문을 드립니다")),
    on(wire.Approve),
    on(wire.Hold, reason=st.sampled_from(["second_opinion", "legal"])),
    on(wire.Dismiss, reason=st.sampled_from(["off_topic", "insult"])),
    on(wire.Restore),
    on(wire.PutLabel, label=st.just("교통"), is_public=st.booleans(), on=st.booleans()),
    on(wire.Merge, into=numbers),
    on(wire.Merge, into=numbers),
    on(wire.Split),
    a(wire.Reveal, question=numbers, reason=st.just("까닭"), tell=st.booleans()),
    a(wire.Mute, citizen=st.sampled_from([A.id, B.id]), reason=st.just("까닭"), on=st.booleans()),
    a(wire.ListDesk),
)
by_host = st.one_of(
    a(wire.Adjust, options=st.builds(wire.QuestionTimeOptions, is_screened=st.booleans())),
    a(wire.Advance, phase=st.just("live"), mode=st.sampled_from(["answering", "floor"])),
    a(wire.Advance, phase=st.sampled_from(["closing", "follow_up"])),
    a(wire.ActJointly, action=st.sampled_from(["stop", "resume", "end", "mute"]), reason=st.just("까닭")),
    a(wire.RefreshOrder),
    on(wire.Pin, to=st.sampled_from(["next", "now", "open"])),
    on(wire.Reopen),
    a(wire.SteerFloor, action=st.sampled_from(["give", "give", "give", "skip", "extend", "end"])),
    a(wire.SteerFloor, action=st.just("give")),
    a(wire.LowerHand, all=st.booleans()),
    a(wire.Look, view=st.sampled_from(["presenter", "host", "screen"])),
)
by_clerk = st.one_of(
    on(wire.AnswerQuestion, text=st.just("답입니다")),
    on(wire.Settle, due_at=st.just(START + 1_000 * HOUR)),
    on(wire.Settle, reason=st.just("까닭")),
    a(wire.TakeMinutes, kind=st.sampled_from(["mark", "correction"]), text=st.just("회의록")),
)
by_second = a(
    wire.ActJointly, action=st.sampled_from(["stop", "resume", "end", "mute"]), reason=st.just("까닭")
)

waits = st.sampled_from([10, 1_000, 1_000, 5_000, 20_000, 70_000])


def by(commands: st.SearchStrategy[Any], *people: Citizen) -> st.SearchStrategy[Step]:
    return st.builds(Step, commands, st.sampled_from(people), waits)


steps = st.one_of(
    by(by_audience, *AUDIENCE, *AUDIENCE, VISITOR),
    by(by_audience, *AUDIENCE),
    by(to_the_floor, *AUDIENCE),
    by(by_moderators, MOD, MOD2, HEAD),
    by(by_moderators, MOD, HEAD),
    by(by_host, HOST, HOST, FLOOR, MAYOR),
    by(polls, HOST),
    by(cast, *PEOPLE),
    by(by_captioners, WRITER, WRITER, MOD, A),
    by(follow, *AUDIENCE, VISITOR),
    by(by_clerk, CLERK, MAYOR),
    by(by_second, MOD, FLOOR),
    by(by_moderators, MOD, HEAD),
    by(st.one_of(by_moderators, by_host, by_clerk), *PEOPLE),
)


def with_sense(live: list[LiveQa], script: list[Step]) -> Iterator[Step]:
    """The script as people would play it: they mostly know the row as it is, claim first, and come when called."""
    for i, step in enumerate(script):
        command, citizen = step.command, step.citizen
        played = live[0].venue.state.sessions.get("qa-1")
        number = getattr(command, "question", None)
        if played is not None and isinstance(number, int) and i % 8:
            question = played.question(1 + number % len(played.questions))
            number = question.number
            command = command.model_copy(update={"question": number})
            if isinstance(command, wire.Approve | wire.Hold | wire.Dismiss) and i % 4:
                claim = wire.Claim(id=1, session="qa-1", question=number, version=question.version)
                yield Step(claim, citizen, 10)
            if "version" in type(command).model_fields:
                command = command.model_copy(update={"version": question.version})
        if isinstance(command, wire.TakeFloor) and played is not None and played.turn is not None:
            citizen = next(who for who in (*AUDIENCE, *CREW) if who.id == played.turn.citizen)
        yield Step(command, citizen, step.wait_ms)


def opening(is_screened: bool) -> list[Step]:
    """A live session in which four things were asked."""
    schedule = wire.Schedule(
        id=1,
        title=Text(ko="시장과의 시간", en="Mayor's hour"),
        district="civil",
        stage="mayors_seat",
        starts_at=START,
        ends_at=START + HOUR,
        options=wire.QuestionTimeOptions(is_screened=is_screened, hide_counts="until_voted"),
    )
    return [
        Step(schedule, HOST),
        Step(wire.Advance(id=2, session="qa-1", phase="live", mode="floor"), HOST),
        Step(wire.Ask(id=3, session="qa-1", text="비밀스러운 첫 질문입니다"), A),
        Step(wire.Ask(id=4, session="qa-1", text="비밀스러운 두 번째 질문"), B),
        Step(wire.Ask(id=5, session="qa-1", text="비밀스러운 세 번째 질문"), C),
        Step(wire.Ask(id=6, session="qa-1", text="비밀스러운 네 번째 질문"), D),
        Step(wire.RaiseHand(id=7, session="qa-1"), C),
    ]


def hidden_from(city: City, citizen: Citizen) -> set[str]:
    """What this citizen may not know: who asked, and the words of what is not published, unless they know them."""
    qa = city.services["live_qa"]
    assert isinstance(qa, LiveQa)
    sessions = qa.venue.state.sessions
    if citizen in CREW or not sessions:
        return set()
    questions, turn = sessions["qa-1"].questions, sessions["qa-1"].turn
    others = [who for who in AUDIENCE if who is not citizen]
    # Who stands on the stage is seen by all.
    people = {
        secret for who in others if turn is None or turn.citizen != who.id for secret in (who.id, who.name)
    }
    own = {question.number for question in questions if question.author == citizen.id}
    words = {q.number: {qa.texts[q.text], qa.texts[q.shown_text]} for q in questions}
    public = {qa.texts[q.shown_text] for q in questions if q.is_published}
    known = public.union(*(words[number] for number in own))
    unknown = set[str]().union(*(words[q.number] for q in questions if not q.is_published)) - known
    return {f'"{secret}"' for secret in people | unknown}


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, min_size=20, max_size=60), st.booleans())
def test_whatever_is_done_the_journal_replays_and_nobody_sees_what_is_not_theirs(
    script: list[Step], is_screened: bool
) -> None:
    made: list[LiveQa] = []

    def services(kept: Texts) -> list[LiveQa]:
        made.append(service(kept, question_every_s=0))
        return made[-1:]

    play(
        services,
        with_sense(made, [*opening(is_screened), *script]),
        PEOPLE,
        start=START - 2 * HOUR,
        silent=SILENT,
        private=hidden_from,
    )


# Load


def test_an_evening_of_twelve_hundred_stays_light() -> None:
    """60 votes and 20 questions a second, with the counts told each second, take a small part of one core."""
    people = [attendee(f"v{i}") for i in range(1_200)]
    e = Evening(question_every_s=0, questions_open_per_person=0, votes_per_minute=0)
    e.announce("live", "opening", is_screened=False)
    began = time.process_time()
    asked = 0
    for second in range(10):
        for i in range(20):
            who = people[(second * 20 + i) % len(people)]
            e.do(who, wire.Ask, 10, text=f"{second}초에 드리는 {i * 7919}번째 질문입니다")
            asked += 1
        for i in range(60):
            e.do(people[(second * 61 + i + 300) % len(people)], wire.Vote, 10, question=1 + (i * i) % asked)
        list(e.city.counts(e.now))
    spent = time.process_time() - began
    assert asked == 200
    assert spent < 4.0, f"{spent:.2f} s of processor for 10 s of an evening"
