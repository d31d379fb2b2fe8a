"""The table of the procedure: each line once as allowed, each pair that is not in it once as refused."""

from collections.abc import Callable
from typing import Any

import pytest

from protocol.message import Command
from protocol.refusals import Refusal
from protocol.services import petitions as say
from protocol.services.petitions import State
from tests.support.petition_office import (
    COLLEAGUE,
    EXAMINER,
    HEAD,
    JUNHO,
    MINA,
    NEIGHBOURS,
    OFFICER,
    PARKS,
    ROOM,
    ROOM_HEAD,
    VISITOR,
    Office,
    a_petition,
)
from worlds.citizen import Citizen
from worlds.services.petitions.states import CLOSED, STATES, TABLE, UNROUTED, Row, Who, rows

CLERK = Citizen("o-clerk", "조접수", ("official",), (), 2, department="civil_service")

Fields = dict[str, Any]


# The ways into each state


def returned(office: Office) -> str:
    id = office.supplement()
    office.wait_until("09-29")
    office.ask(OFFICER, say.ReturnPetition, petition=id, text="보완되지 않음")
    return id


def objection(office: Office) -> str:
    id = office.decided("rejected")
    office.object(id)
    return id


def decided_objection(office: Office, upheld: bool) -> str:
    id = objection(office)
    office.ask(HEAD, say.DecideObjection, petition=id, upheld=upheld, text="이유")
    return id


def transferred(office: Office) -> str:
    id = office.assign()
    office.ask(OFFICER, say.TransferPetition, petition=id, body="jongno_gu", reason="소관")
    return id


def closed_transferred(office: Office) -> str:
    id = transferred(office)
    office.ask(ROOM, say.ConfirmTransfer, petition=id, accepted=True, other_number="1AA-2609-1")
    return id


def repeated(office: Office) -> tuple[str, list[str]]:
    earlier = [office.decided("answered") for _ in range(2)]
    return office.receive(), earlier


def closed_repeat(office: Office) -> str:
    id, earlier = repeated(office)
    office.ask(ROOM_HEAD, say.CloseRepeat, petition=id, earlier=earlier, text="반복")
    return id


def closed_uncollected(office: Office) -> str:
    id = office.review(kind="statutory")
    office.ask(HEAD, say.GrantPetition, petition=id, text="허가", paper=True)
    office.wait_until("11-30")
    return id


def clock_out(office: Office) -> str:
    id = office.review()
    office.ask(OFFICER, say.ClockOut, petition=id, reason="site_work", last_day="2026-09-22")
    return id


def deemed_withdrawn(office: Office) -> str:
    id = office.supplement()
    for _ in range(2):
        office.ask(ROOM, say.MarkUndeliverable, petition=id)
    return id


def not_processed(office: Office) -> str:
    id = office.review()
    office.ask(HEAD, say.LeaveUnprocessed, petition=id, reason="private_dispute", text="이유")
    return id


def withdrawn(office: Office) -> str:
    id = office.file()
    office.ask(MINA, say.WithdrawPetition, petition=id)
    return id


WAYS: dict[State, Callable[[Office], str]] = {
    "draft": lambda o: str(o.ask(MINA, say.DraftPetition, **a_petition())["petition"]),
    "submitted": lambda o: o.file(),
    "received": lambda o: o.receive(),
    "assigned": lambda o: o.assign(),
    "in_review": lambda o: o.review(),
    "supplement": lambda o: o.supplement(),
    "clock_out": clock_out,
    "transferred": transferred,
    "objection": objection,
    "answered": lambda o: o.decided("answered"),
    "granted": lambda o: o.decided("granted"),
    "rejected": lambda o: o.decided("rejected"),
    "returned": returned,
    "not_processed": not_processed,
    "withdrawn": withdrawn,
    "deemed_withdrawn": deemed_withdrawn,
    "upheld": lambda o: decided_objection(o, True),
    "dismissed": lambda o: decided_objection(o, False),
    "closed_transferred": closed_transferred,
    "closed_repeat": closed_repeat,
    "closed_uncollected": closed_uncollected,
}

# What is asked for each verb, and what must be so before


TEXT = {"text": "글"}
COMMANDS: dict[str, tuple[type[Command], Fields]] = {
    "draft": (say.DraftPetition, a_petition()),
    "submit": (say.SubmitPetition, {}),
    "correct": (say.CorrectSlip, {"part": "title", "text": "보도블록"}),
    "consent_correction": (say.ConsentToChange, {"to": "correction", "agrees": True}),
    "receive": (say.ReceivePetition, {}),
    "route": (say.RoutePetition, {"department": "parks"}),
    "assign": (say.AssignOfficer, {"officer": COLLEAGUE.id}),
    "transfer": (say.TransferPetition, {"body": "jongno_gu", "reason": "소관"}),
    "confirm_transfer": (say.ConfirmTransfer, {"accepted": True}),
    "start": (say.StartReview, {}),
    "ask_supplement": (say.AskSupplement, {"items": [{"what": "사진", "article": "도로법 61"}], "days": 7}),
    "ask_longer": (say.AskLonger, {"days": 5}),
    "answer_supplement": (say.AnswerSupplement, TEXT),
    "ask_supplement_again": (say.AskSupplementAgain, {"days": 10}),
    "return": (say.ReturnPetition, TEXT),
    "mark_undeliverable": (say.MarkUndeliverable, {}),
    "clock_out": (say.ClockOut, {"reason": "site_work", "last_day": "2026-09-29"}),
    "clock_in": (say.ClockIn, {}),
    "name_representatives": (say.NameRepresentatives, {"citizens": [MINA.id]}),
    "extend": (say.ExtendPeriod, {"reason": "facts_or_site", "amount": 7, "text": "현장"}),
    "consent_extension": (say.ConsentToChange, {"to": "extension", "agrees": True}),
    "ask_cooperation": (say.AskCooperation, {"body": "parks", "text": "나무?", "last_day": "2026-09-30"}),
    "cooperate": (say.Cooperate, {"request": 0, "text": "없음"}),
    "answer": (say.AnswerPetition, TEXT),
    "grant": (say.GrantPetition, TEXT),
    "reject": (say.RejectPetition, TEXT),
    "leave_unprocessed": (say.LeaveUnprocessed, {"reason": "judgment", "text": "이유"}),
    "withdraw": (say.WithdrawPetition, {}),
    "amend": (say.AmendPetition, TEXT),
    "demand": (say.DemandCorrection, TEXT),
    "dun": (say.DunOfficer, TEXT),
    "ask_progress": (say.AskProgress, {}),
    "close_repeat": (say.CloseRepeat, {"earlier": [], "text": "반복"}),
    "collect": (say.CollectDocument, {}),
    "object": (
        say.ObjectToRejection,
        {
            "name": "김",
            "address": "종로",
            "contact": "010",
            "rejected_on": "2026-09-21",
            "decision": "거부",
            "text": "글",
        },
    ),
    "extend_objection": (say.ExtendObjection, TEXT),
    "decide_objection": (say.DecideObjection, {"upheld": True, "text": "이유"}),
    "rate": (say.RateResult, {"stars": 4}),
    "ask_more": (say.AskMore, TEXT),
    "add_answer": (say.AddAnswer, TEXT),
    "note": (say.NoteOnCase, TEXT),
    "merge": (say.MergePetitions, {"members": ["p0"]}),
    "unmerge": (say.UnmergePetition, {}),
    "summarise": (say.SummarisePetition, TEXT),
    "publish": (say.PublishPetition, {"agrees": True}),
}
NEVER_ROUTED = UNROUTED | {"withdrawn", "closed_repeat"}
"""Where the civil service room has it, as the ways here lead."""

TIMERS = {row.verb for row in TABLE if row.who == {"T"}}
ASKED = sorted({row.verb for row in TABLE} - TIMERS)


def actor(letter: Who, state: State) -> Citizen:
    """Who is meant by a letter while a petition is in a state."""
    unrouted = state in NEVER_ROUTED
    people: dict[Who, Citizen] = {
        "C": MINA,
        "S": ROOM,
        "O": CLERK if unrouted else OFFICER,
        "H": ROOM_HEAD if unrouted else HEAD,
        "X": EXAMINER,
    }
    return people[letter]


def prepare(office: Office, id: str, verb: str) -> Fields:
    """What must be so before a verb, and what of its fields depends on it."""
    petition = office.petition(id)
    match verb:
        case "consent_correction":
            office.ask(ROOM, say.CorrectSlip, petition=id, part="title", text="보도")
        case "assign":
            office.ask(COLLEAGUE, say.ServeDesk, present=True)
            if petition.state in UNROUTED:
                office.ask(CLERK, say.ServeDesk, present=True)
                return {"officer": CLERK.id}
        case "ask_supplement_again" | "return":
            office.wait_until("09-29")
        case "clock_out" if petition.state == "in_review":
            return {"last_day": "2026-09-30"}
        case "consent_extension":
            for _ in range(2):
                office.ask(HEAD, say.ExtendPeriod, petition=id, reason="similar", amount=7, text="글")
        case "cooperate":
            office.ask(
                OFFICER, say.AskCooperation, petition=id, body="parks", text="글", last_day="2026-09-30"
            )
        case "demand" | "dun":
            office.wait_until("12-24")
        case "add_answer":
            office.ask(MINA, say.RateResult, petition=id, stars=1)
            office.ask(MINA, say.AskMore, petition=id, text="글")
        case "ask_more":
            office.ask(MINA, say.RateResult, petition=id, stars=3)
        case "merge":
            return {"members": others(office, petition.state)}
        case "unmerge":
            member = others(office, petition.state)
            parent = office.ledger.petitions[member[0]]
            assert parent.state == petition.state
            return {}
        case "summarise":
            if not petition.publish:
                office.ask(MINA, say.PublishPetition, petition=id, agrees=True)
        case _:
            pass
    return {}


def others(office: Office, state: State) -> list[str]:
    ways: dict[State, Callable[..., str]] = {
        "received": office.receive,
        "assigned": office.assign,
        "in_review": office.review,
    }
    return [ways[state](neighbour) for neighbour in NEIGHBOURS[:4]]


def ask(office: Office, who: Citizen, verb: str, id: str, **fields: Any) -> dict[str, Any]:
    model, usual = COMMANDS[verb]
    return office.ask(who, model, **({"petition": id} | usual | fields))


SPECIAL = {
    "name_representatives",
    "close_repeat",
    "collect",
    "grant",
    "reject",
    "confirm_transfer",
    "unmerge",
    "summarise",
}
ROWS = [
    pytest.param(row, state, letter, id=f"{state}-{row.verb}-{letter}-{row.to or 'same'}")
    for row in TABLE
    for state in sorted(row.sources)
    for letter in sorted(row.who - {"T"})
    if row.verb not in SPECIAL
]


@pytest.mark.parametrize(("row", "state", "letter"), ROWS)
def test_a_line_of_the_table_can_be_done(row: Row, state: State, letter: Who) -> None:
    office = Office()
    id = WAYS[state](office)
    fields = prepare(office, id, row.verb)
    if row.verb == "mark_undeliverable" and row.to is not None:
        ask(office, ROOM, row.verb, id)
    if row.verb == "decide_objection":
        fields = {"upheld": row.to == "upheld"}
    before = len(office.notices(MINA))
    ask(office, actor(letter, state), row.verb, id, **fields)
    assert office.petition(id).state == (row.to or state)
    if row.told and row.verb != "merge":
        told = "extension_proposed" if row.verb == "extend" and before > 9 else row.told
        assert told in office.notices(MINA)[before:]
    office.check_replay()


@pytest.mark.parametrize(
    ("state", "verb"), [(state, verb) for state in STATES for verb in ASKED if not rows(state, verb)]
)
def test_what_is_not_in_the_table_is_refused(state: State, verb: str) -> None:
    office = Office()
    id = WAYS[state](office)
    letters = sorted({letter for row in TABLE if row.verb == verb for letter in row.who - {"T"}})
    for letter in letters:
        code = office.refused(
            actor(letter, state), COMMANDS[verb][0], **({"petition": id} | COMMANDS[verb][1])
        )
        expected = {Refusal.CLOSED}
        if state == "draft" and letter != "C":
            expected = {Refusal.NOT_FOUND}
        if verb == "cooperate":
            expected = {Refusal.NOT_FOUND}  # nothing was asked
        assert code in expected, (letter, code)
    assert office.petition(id).state == state


@pytest.mark.parametrize(
    ("state", "verb"),
    sorted({(state, row.verb) for row in TABLE for state in row.sources if row.verb in ASKED}),
)
def test_nobody_else_may_do_it(state: State, verb: str) -> None:
    office = Office()
    id = WAYS[state](office)
    allowed = {letter for row in rows(state, verb) for letter in row.who}
    if verb in ("ask_supplement_again", "return", "demand", "dun"):
        prepare(office, id, verb)
    strangers = {JUNHO, VISITOR, PARKS}
    strangers |= {actor(letter, state) for letter in ("C", "O", "H", "X") if letter not in allowed}
    if "S" not in allowed and state not in NEVER_ROUTED:
        strangers.add(ROOM)
    if state in NEVER_ROUTED and "O" in allowed:
        strangers.discard(ROOM_HEAD)  # of that desk, as nobody is in charge yet
    for stranger in sorted(strangers, key=lambda citizen: citizen.id):
        model, usual = COMMANDS[verb]
        code = office.refused(stranger, model, **({"petition": id} | usual))
        hidden = {Refusal.NOT_FOUND} if state == "draft" or verb == "cooperate" else set()
        assert code in {Refusal.NOT_ALLOWED} | hidden, stranger.id


def test_every_state_has_a_way_and_the_way_leads_there() -> None:
    assert set(WAYS) == set(STATES)
    for state, way in WAYS.items():
        office = Office()
        assert office.petition(way(office)).state == state
        office.check_replay()


def test_every_verb_has_a_command_or_a_timer() -> None:
    assert set(ASKED) == set(COMMANDS)


def test_an_ended_petition_has_no_timers_and_an_end() -> None:
    for state in sorted(CLOSED - {"granted"}):
        office = Office()
        petition = office.petition(WAYS[state](office))
        assert petition.ended_at
        assert not petition.timers


def test_the_lines_with_an_outcome_or_a_condition_of_their_own() -> None:
    office = Office()
    id, earlier = repeated(office)
    ask(office, ROOM_HEAD, "close_repeat", id, earlier=earlier)
    assert office.petition(id).state == "closed_repeat"
    for verb, state in (("grant", "granted"), ("reject", "rejected")):
        id = office.review(kind="statutory")
        ask(office, HEAD, verb, id)
        assert office.petition(id).state == state
    id = office.review(kind="statutory")
    ask(office, HEAD, "grant", id, paper=True)
    ask(office, OFFICER, "collect", id)
    assert office.petition(id).collected
    for accepted, state in ((True, "closed_transferred"), (False, "received")):
        id = transferred(office)
        ask(office, ROOM, "confirm_transfer", id, accepted=accepted)
        assert office.petition(id).state == state
    office.check_replay()


def test_a_head_does_not_decide_for_an_officer_nor_an_officer_for_the_head() -> None:
    office = Office()
    id = office.review(kind="statutory")
    assert office.refused(OFFICER, say.GrantPetition, petition=id, text="글") == Refusal.NOT_ALLOWED
    id = office.review()
    assert office.refused(HEAD, say.AnswerPetition, petition=id, text="글") == Refusal.NOT_ALLOWED


def test_an_official_does_not_treat_what_they_asked_for_themselves() -> None:
    office = Office()
    id = office.receive(OFFICER)
    office.ask(ROOM, say.RoutePetition, petition=id, department="roads")
    assert office.petition(id).officer is None
    assert office.refused(OFFICER, say.StartReview, petition=id) == Refusal.NOT_ALLOWED
