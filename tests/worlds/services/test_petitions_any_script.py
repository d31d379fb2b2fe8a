"""Petitions under any script: decided without change, replayed alike, told to someone, shown to nobody else."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.message import Command
from protocol.services import petitions as say
from tests.support.check_service import Played, Step, play
from tests.support.petition_office import (
    COLLEAGUE,
    EXAMINER,
    HEAD,
    JUNHO,
    MINA,
    NEIGHBOURS,
    OFFICER,
    OPERATOR,
    PARKS,
    PEOPLE,
    ROOM,
    ROOM_HEAD,
    RULES,
    VISITOR,
    a_petition,
    at,
)
from tests.worlds.services.test_petitions_states import COMMANDS
from worlds.calendar import HOUR_MS, day_of
from worlds.citizen import Citizen
from worlds.city import City
from worlds.service import Brought, Texts
from worlds.services.petitions import SILENT, Petitions
from worlds.services.petitions.states import CLOSED, RUNNING

CITIZENS = (MINA, JUNHO, NEIGHBOURS[0])
STAFF = (ROOM, ROOM_HEAD, OFFICER, COLLEAGUE, HEAD, PARKS, EXAMINER)
ACTORS = (*CITIZENS, *STAFF, VISITOR, OPERATOR)
KINDS = tuple(RULES.kinds)

# In the order of a procedure: so that scripts often come far.
VERBS = (
    "file", "receive", "route", "start", "ask_supplement", "answer_supplement", "clock_out", "clock_in", "extend",
    "consent_extension", "answer", "grant", "reject", "object", "decide_objection", "rate", "ask_more", "add_answer",
    "withdraw", "amend", "ask_longer", "ask_supplement_again", "return", "mark_undeliverable", "transfer",
    "confirm_transfer", "correct", "consent_correction", "leave_unprocessed", "demand", "dun", "note", "publish",
    "summarise", "ask_progress", "ask_cooperation", "cooperate", "assign", "serve", "join", "show", "merge", "unmerge",
    "outage", "change_calendar", "mine", "notices", "read_notice", "desk", "list", "name_representatives", "collect",
)  # fmt: skip
OTHERS: dict[str, tuple[type[Command], dict[str, Any]]] = {
    "serve": (say.ServeDesk, {"present": True}),
    "mine": (say.MyPetitions, {}),
    "notices": (say.UnreadNotices, {}),
    "desk": (say.DeskOfDepartment, {"department": "roads"}),
    "list": (say.PublishedPetitions, {}),
    "outage": (say.ReportOutage, {}),
    "change_calendar": (say.ChangeCalendar, {"holidays": [{"day": "2026-10-02", "name": "임시공휴일"}]}),
    "show": (say.ShowPetition, {"reason": "검토"}),
    "join": (say.JoinPetition, {"name": "이름", "address": "주소"}),
    "read_notice": (say.ReadNotice, {"notice": 0}),
}

moves = st.tuples(
    st.sampled_from(VERBS) | st.sampled_from(VERBS[:18]),
    st.sampled_from(ACTORS),
    st.integers(0, 5),
    st.sampled_from([0, 0, 0, 1, 8, 24, 24 * 9]),
    st.sampled_from(KINDS),
)


def secret(citizen: Citizen) -> str:
    return f"secret of {citizen.id}."


class Script:
    """Makes steps of moves, as far as petitions are there to be moved; keeps the service that is played."""

    def __init__(self, moves: Sequence[tuple[str, Citizen, int, int, Any]]) -> None:
        self.moves = moves
        self.played: Petitions | None = None
        self.texts: Texts | None = None
        self.now = at("09-21")

    def services(self, texts: Texts) -> list[Petitions]:
        service = Petitions(texts, RULES)
        self.played = self.played or service
        self.texts = self.texts or texts
        return [service]

    def steps(self) -> Iterator[Step]:
        assert self.played is not None
        for number, (verb, who, place, hours, kind) in enumerate(self.moves):
            wait = hours * HOUR_MS + 1_000
            self.now += wait
            petitions = list(self.played.ledger.petitions.values())
            if verb == "file":
                fields = a_petition(kind=kind, joint=place == 0, publish=place == 1)
                fields |= {name: secret(who) for name in ("title", "text", "name", "address", "contact")}
                fields |= self._files(number, place, who, who)
                yield Step(say.FilePetition(id=number, **fields), who, wait)
                continue
            model, usual = COMMANDS.get(verb) or OTHERS[verb]
            fields = dict(usual)
            if "petition" in model.model_fields:
                if not petitions:
                    continue
                petition = petitions[place % len(petitions)]
                owner = next(one for one in PEOPLE if one.id == petition.citizen)
                fields |= {"petition": petition.id} | {n: secret(owner) for n in fields if n == "text"}
                who = self._usual(verb, who, owner, place)
            if verb in ("outage", "change_calendar") and place != 5:
                who = OPERATOR
            if verb == "outage" and place % 2:
                fields |= {"begins_at": self.now - 2 * HOUR_MS, "ends_at": self.now - HOUR_MS}
            if verb == "route":
                fields["department"] = "parks" if place == 4 else "roads"
            if "files" in model.model_fields:
                fields |= self._files(number, place, who, owner)
            if "last_day" in fields:
                fields["last_day"] = str(day_of(self.now) + timedelta(days=place))
            if verb == "merge":
                fields["members"] = [one.id for one in petitions if one.id != fields["petition"]][:4] or ["p"]
            yield Step(model.model_validate({"id": number, **fields}), who, wait)

    def _files(self, number: int, place: int, who: Citizen, owner: Citizen) -> dict[str, list[str]]:
        """Sometimes a file that was brought for it, sometimes one that was not."""
        assert self.texts is not None
        id = f"f{number}"
        if place % 2:
            brought = Brought(id, who.id, secret(owner), "png", 10, f"h{number}")
            self.texts.brought = {**self.texts.brought, id: brought}
        return {"files": [id]} if place in (1, 3, 4) else {}

    def _usual(self, verb: str, who: Citizen, owner: Citizen, place: int) -> Citizen:
        """Mostly who is meant to do it, so that scripts come far; sometimes anyone."""
        if place == 5:
            return who
        if verb in ("receive", "route", "correct", "transfer", "confirm_transfer", "mark_undeliverable"):
            return ROOM
        if verb in ("grant", "reject", "extend", "leave_unprocessed", "decide_objection", "assign"):
            return HEAD
        if verb in ("start", "ask_supplement", "clock_out", "clock_in", "answer", "return", "note", "summarise",
                    "ask_supplement_again", "ask_cooperation", "cooperate", "add_answer", "merge",
                    "unmerge"):  # fmt: skip
            return OFFICER if verb != "cooperate" else PARKS
        return EXAMINER if verb == "dun" else who if verb in OTHERS else owner


def private(city: City, reader: Citizen) -> list[str]:
    return [secret(citizen) for citizen in ACTORS if citizen.id != reader.id]


def run(moves: Sequence[tuple[str, Citizen, int, int, Any]]) -> tuple[Script, Played]:
    script = Script(moves)
    played = play(script.services, script.steps(), PEOPLE, start=at("09-21"), silent=SILENT, private=private)
    return script, played


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.lists(moves, min_size=10, max_size=50))
def test_any_script_is_replayed_alike_and_shows_nobody_what_is_anothers(
    kind: str,
    moves: list[tuple[str, Citizen, int, int, Any]],
) -> None:
    filed = [("file", MINA, 0, 0, kind), ("file", JUNHO, 1, 0, "suggestion")]
    script, _ = run([*filed, *moves])
    assert script.played is not None
    for petition in script.played.ledger.petitions.values():
        assert (petition.due_at == petition.dues[-1][0]) if petition.dues else not petition.due_at
        assert all(cause for _, cause in petition.dues)
        if petition.state not in RUNNING:
            assert "overdue" not in petition.timers
        elif not petition.overdue and not petition.was_overdue:
            assert petition.timers["overdue"] == petition.due_at
        assert bool(petition.ended_at) == (petition.state in CLOSED)
        if petition.state in ("in_review", "answered", "granted", "rejected"):
            assert petition.officer is not None
    attached = [file for one in script.played.ledger.petitions.values() for file, *_ in one.files]
    assert len(attached) == len(set(attached))
    assert set(attached) == script.played.ledger.attached.keys()
    numbers = [one.number for one in script.played.ledger.petitions.values() if one.number]
    assert len(numbers) == len(set(numbers))


def test_scripts_come_far_enough_to_be_worth_playing() -> None:
    happened: set[str] = set()
    for kind in ("inquiry_procedure", "statutory"):
        usual = [(verb, MINA, 0, 0, kind) for verb in VERBS if verb != "withdraw"]
        _, played = run(usual)
        happened |= {entry.event.type.partition(".")[2] for entry, _ in played.entries}
    assert happened >= {
        "received", "routed", "started", "supplement_asked", "supplement_answered", "clocked_out", "clocked_in",
        "extended", "answered", "granted", "rated", "more_asked", "answer_added", "outage_reported",
    }  # fmt: skip
