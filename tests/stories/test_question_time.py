"""Stories of question time: a line that breaks on the stage, one question between two moderators, a whole evening."""

import csv
import hashlib
import io
import json

from protocol.ballot import ballot_id
from protocol.refusals import Refusal
from protocol.services import live_qa as wire
from tests.support.question_time import (
    CLERK,
    FLOOR,
    HEAD,
    HOST,
    HOUR,
    MAYOR,
    MOD,
    MOD2,
    OFFICIAL,
    STAGES,
    VISITOR,
    Evening,
    attendee,
)
from worlds.citizen import Citizen
from worlds.service import Move, Spotlight
from worlds.services.live_qa.export import BOM, as_csv, rows

JIWOO, HANA, MINJUN, SEOYEON, DOYUN = (attendee(name) for name in ("지우", "하나", "민준", "서연", "도윤"))


def test_a_speaker_loses_the_line_on_the_stage_and_comes_back() -> None:
    e = Evening()
    e.announce("live", "floor")
    for who in (JIWOO, HANA):
        e.do(who, wire.RaiseHand)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(JIWOO, wire.TakeFloor)
    e.wait(50_000)

    # The line breaks in the middle of a sentence: the stage is given back at once, and everyone sees it.
    e.line(JIWOO, is_broken=True)
    assert e.effects[-2:] == [Spotlight(JIWOO.id, False), Move(JIWOO.id, "civil", None, None)]
    assert "turn" not in e.told(HANA, "live_qa.floor_changed")[-1]
    assert e.told(FLOOR, "live_qa.hand_changed")[-1]["hand"]["is_away"] is True

    # The next one speaks meanwhile.
    e.wait(5_000)
    e.do(FLOOR, wire.SteerFloor, action="give")
    assert e.told(HANA, "live_qa.turn_changed")[-1]["step"] == "invited"
    e.do(HANA, wire.TakeFloor)
    e.wait(20_000)

    # Within two minutes Jiwoo is back: the turn was not counted, the place is theirs, and so is what was left of it.
    e.line(JIWOO, is_broken=False)
    assert e.audience(JIWOO)["hand"]["place"] == 1
    e.do(HANA, wire.TakeFloor, accept=False)
    e.wait(5_000)
    e.do(FLOOR, wire.SteerFloor, action="give")
    e.do(JIWOO, wire.TakeFloor)
    stage = STAGES["civil", "mayors_seat"]
    assert e.effects[-2:] == [Move(JIWOO.id, "civil", stage.x, stage.z), Spotlight(JIWOO.id, True)]
    assert e.told(JIWOO, "live_qa.turn_changed")[-1]["until"] == e.now + 40_000
    e.wait(50_000)
    assert e.told(JIWOO, "live_qa.turn_changed")[-1]["ended"] == "time"
    assert e.qa.venue.state.spoken == {HANA.id: 1, JIWOO.id: 1}

    # Lost for longer than that, a place is gone.
    e.wait(5_000)
    e.do(JIWOO, wire.RaiseHand)
    e.line(JIWOO, is_broken=True)
    e.wait(120_000)
    e.line(JIWOO, is_broken=False)
    assert "hand" not in e.audience(JIWOO)
    assert e.replayed().snapshot() == e.qa.snapshot()


def test_two_moderators_claim_the_same_question() -> None:
    e = Evening()
    e.announce()
    number = e.ask(JIWOO, "한강 공원은 밤에도 안전한가요?", publish=False)
    seen = e.do(MOD, wire.ListDesk)["questions"][0]
    assert e.do(MOD2, wire.ListDesk)["questions"][0] == seen

    # Both saw the same row. The first has it for a minute; the second is told by whom and the row as it is.
    row = e.do(MOD, wire.Claim, question=number, version=seen["version"])["row"]
    assert (row["claimed_by"], row["claimed_until"]) == (MOD.id, e.now + 60_000)
    refused = e.refused(MOD2, wire.Claim, question=number, version=seen["version"])
    assert (refused.code, refused.field) == (Refusal.CONFLICT, "version")
    assert (
        refused.message
        == f"version {row['version']}: pending, claimed by {MOD.id} until {row['claimed_until']}"
    )
    assert e.told(MOD2, "live_qa.desk_changed")[-1]["question"]["claimed_by"] == MOD.id

    # With the newest row in hand it is still the other's; and what the audience sees of all this is nothing.
    again = e.refused(MOD2, wire.Claim, question=number, version=row["version"])
    assert (again.code, MOD.id in again.message) == (Refusal.CONFLICT, True)
    assert e.refused(MOD2, wire.Approve, question=number, version=row["version"]).code is Refusal.NOT_ALLOWED
    assert e.told(HANA, "live_qa.question_changed") == []

    # The first has gone for a coffee: after the minute the second goes on, and the first comes too late.
    e.wait(60_000)
    taken = e.do(MOD2, wire.Claim, question=number, version=row["version"])["row"]
    late = e.refused(MOD, wire.Approve, question=number, version=row["version"])
    assert late.message.startswith(f"version {taken['version']}: pending, claimed by {MOD2.id}")
    e.do(MOD2, wire.Approve, question=number, version=taken["version"])
    assert e.refused(MOD, wire.Dismiss, question=number, version=taken["version"], reason="unclear").code is (
        Refusal.CONFLICT
    )
    assert [q["text"] for q in e.audience(HANA)["questions"]] == ["한강 공원은 밤에도 안전한가요?"]


def test_a_whole_evening() -> None:
    e = Evening()

    # Days before: questions are collected from people who cannot come in the evening.
    e.announce()
    bikes = e.ask(JIWOO, "한강 자전거 도로를 더 넓힐 계획이 있나요?", category="transport")
    nights = e.ask(HANA, "심야 버스를 더 늘릴 수 있나요?", nickname="올빼미")
    trees = e.ask(MINJUN, "가로수를 더 심을 계획이 있나요?", category="climate")
    same = e.ask(SEOYEON, "한강 자전거도로를 더 넓힐 계획은 없나요?", publish=False)
    (waiting,) = e.do(MOD, wire.ListDesk)["questions"]
    assert [one["question"] for one in waiting["similar"]] == [bikes]
    e.screen(MOD, wire.Approve, same)
    e.on(MOD, wire.Merge, same, into=bikes)
    assert e.vote(DOYUN, bikes) == 3
    assert e.vote(DOYUN, nights) == 2

    # The doors open by themselves; the host begins; the order stands still while answers are given.
    e.wait(HOUR)
    assert e.phase == "doors"
    e.do(HOST, wire.Advance, phase="live")
    e.do(HOST, wire.Advance, phase="live", mode="answering")
    assert e.order(DOYUN) == [bikes, nights, trees]
    e.on(HOST, wire.Pin, bikes, to="next")
    assert e.told(SEOYEON, "live_qa.own_changed")[-1]["question"]["row"]["merged_into"] == bikes
    e.on(HOST, wire.Pin, bikes, to="now", office="mayor")
    prompt = e.do(MAYOR, wire.Look, view="presenter")["presenter"]
    assert prompt["now"]["text"] == "한강 자전거 도로를 더 넓힐 계획이 있나요?"
    now = prompt["now"]
    assert now.pop("version") == e.version(bikes), "who answers needs it; the hall does not"
    assert e.do(VISITOR, wire.Look, view="screen")["screen"]["now"] == now
    e.on(CLERK, wire.AnswerQuestion, bikes, text="2027년까지 12 km를 넓힙니다.", recording_offset_s=412)
    told = e.told(SEOYEON, "live_qa.own_changed")[-1]["question"]["row"]
    assert (told["question"], told["answer"], told["recording_offset_s"]) == (
        same,
        "2027년까지 12 km를 넓힙니다.",
        412,
    )
    commitment = {"kind": "commitment", "text": "자전거 도로 12 km", "owner": "transport"}
    e.do(CLERK, wire.TakeMinutes, question=bikes, due_at=e.now + 400 * 24 * HOUR, **commitment)

    # The mayor does not know the figures: the transport department answers, as a petition of the asker.
    e.on(HOST, wire.Pin, nights, to="now")
    e.do(MAYOR, wire.Signal, wish="department", department="transport")
    assert e.told(HOST, "live_qa.signalled")[-1]["department"] == "transport"
    e.on(HOST, wire.Defer, nights, department="transport")
    (petition,) = e.petitions.ledger.petitions.values()
    assert petition.citizen == HANA.id
    assert e.told(HANA, "live_qa.own_changed")[-1]["question"]["row"]["department"] == "transport"

    # The floor: who has not spoken comes first.
    e.do(HOST, wire.Advance, phase="live", mode="floor")
    for who in (DOYUN, MINJUN):
        e.do(who, wire.RaiseHand)
    for who in (DOYUN, MINJUN):
        e.do(FLOOR, wire.SteerFloor, action="give")
        e.do(who, wire.TakeFloor)
        assert e.told(JIWOO, "live_qa.floor_changed")[-1]["turn"]["citizen"] == who.id
        e.wait(30_000)
        e.do(who, wire.TakeFloor, accept=False)
        e.wait(5_000)

    # The end: nobody came to the trees, and whoever asked is told so at once.
    e.do(HOST, wire.Advance, phase="closing")
    assert e.refused(DOYUN, wire.Ask, text="마지막으로 하나만 더 여쭤도 될까요?").code is Refusal.CLOSED
    e.do(HOST, wire.Advance, phase="follow_up")
    assert e.told(MINJUN, "live_qa.own_changed")[-1]["question"]["row"]["state"] == "unanswered"
    assert e.phase == "follow_up"
    e.on(HEAD, wire.Settle, trees, due_at=e.now + 7 * 24 * HOUR)

    # The days after: the departments answer, and with the last answer the record is closed.
    e.wait(24 * HOUR)
    e.on(OFFICIAL, wire.AnswerQuestion, nights, text="심야 버스 두 노선을 더합니다.")
    e.on(CLERK, wire.AnswerQuestion, trees, text="가을에 3천 그루를 심습니다.", office="parks")
    assert e.phase == "archived"

    # Anyone reads it later, page by page, and nobody in it has a name.
    record = e.do(VISITOR, wire.ReadRecord)
    counters = record["counters"]
    assert [counters[name] for name in ("asked", "answered", "merged", "answered_in_time")] == [4, 1, 1, 2]
    assert [row["by"]["ko"] for row in record["questions"]] == ["시민 1", "올빼미", "시민 3", "시민 4"]
    assert record["questions"][0]["backers"] == 3
    kept = json.dumps(record, ensure_ascii=False)
    for who in (JIWOO, HANA, MINJUN, SEOYEON, DOYUN, MOD, HOST):
        assert who.id not in kept
    text = as_csv(rows(e.qa.venue, e.state))
    table = list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))
    assert [row["state"] for row in table] == ["answered", "answered_later", "answered_later", "merged"]
    assert table[1]["deferred_department"] == "transport"

    # All of it comes out of the journal again, and of a snapshot.
    assert e.replayed().snapshot() == e.qa.snapshot()


def test_a_binding_poll_from_its_opening_to_the_proof_that_ones_ballot_was_counted() -> None:
    people = [Citizen(f"c-v{i}", f"시민 {i}", ("citizen",), level=2) for i in range(8)]
    guest = VISITOR
    e = Evening()
    e.here = (*people, guest)
    e.announce("live", "answering")
    number = e.ask(JIWOO, "심야 버스를 두 노선 더 늘릴 수 있나요?")
    e.on(HOST, wire.Pin, number, to="now", office="mayor")

    # The mayor would like to know what people think: the host goes on to the poll, and asks.
    e.on(MAYOR, wire.AnswerQuestion, number, text="여러분께 여쭙겠습니다.", office="mayor")
    e.do(HOST, wire.Advance, phase="live", mode="poll")
    answers = [{"ko": "늘린다", "en": "More"}, {"ko": "그대로 둔다", "en": "As it is"}]
    question = {"ko": "심야 버스를 두 노선 늘릴까요?", "en": "Two more night lines?"}
    binding = {"is_binding": True, "eligible": "verified", "min_share": 50, "lasts_s": 60}
    e.do(HOST, wire.OpenPoll, question=question, answers=answers, **binding)
    assert e.told(HANA, "live_qa.poll_changed")[-1]["poll"]["present"] == 9

    # Guests and pseudonyms look on; citizens cast, and one tries to change their mind.
    receipts = {}
    for i, who in enumerate(people[:6]):
        receipts[who.id] = ballot_id(bytes([i]) * 16)
        e.do(who, wire.CastBallot, poll=1, ballot=receipts[who.id], choices=[1 if i % 3 else 2])
    for who, code in (
        (guest, Refusal.NOT_ALLOWED),
        (HANA, Refusal.NOT_ALLOWED),
        (people[0], Refusal.CONFLICT),
    ):
        ballot = {"poll": 1, "ballot": ballot_id(b"x" * 16), "choices": [1]}
        assert e.refused(who, wire.CastBallot, **ballot).code is code
    screen = e.do(guest, wire.Look, 0, view="screen")["screen"]
    assert (screen["poll"]["turnout"], "votes" in str(screen)) == (6, False)

    # A minute is over: it closes by itself, six of nine are a quorum, and the hall sees the result.
    e.wait(60_000)
    screen = e.do(guest, wire.Look, 0, view="screen")["screen"]
    assert screen["poll"]["state"] == "counted"
    assert [answer["votes"] for answer in screen["poll"]["answers"]] == [4, 2]
    listed = "".join(sorted(f"{one.id}\n" for one in e.box))
    assert hashlib.sha256(listed.encode()).hexdigest() == screen["poll"]["digest"]
    assert set(receipts.values()) == set(listed.split())

    # What the city keeps knows who took part, and nothing of what they chose.
    kept = json.dumps(e.qa.snapshot()) + "".join(entry.event.model_dump_json() for entry, _ in e.entries)
    assert not any(receipt in kept for receipt in receipts.values())
    assert e.replayed().snapshot() == e.qa.snapshot()

    # It goes on, and the record has the result for ever.
    for phase in ("closing", "follow_up"):
        e.do(HOST, wire.Advance, phase=phase)
    [poll] = e.do(guest, wire.ReadRecord)["polls"]
    assert (poll["turnout"], poll["ballots"], poll["is_binding"]) == (6, 6, True)
