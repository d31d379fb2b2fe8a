"""An office of petitions: a clock, the gate, the people of the procedure, and the ways into each state."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import worlds
from protocol.codec import dump
from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import petitions as say
from tests.support.check_service import hears
from worlds.calendar import KST
from worlds.citizen import Citizen
from worlds.city import City, Decided
from worlds.service import Event, Personal, Texts
from worlds.services.petitions import Petition, Petitions, Rules
from worlds.words import load

CONTENT = Path(worlds.__file__).parent / "seoul" / "services" / "petitions.toml"
RULES = Rules.read(CONTENT.read_text("utf-8"))
WORDS = load(CONTENT.parents[1])

MINA = Citizen("c-mina", "미나", ("citizen",), (), 2)
JUNHO = Citizen("c-junho", "준호", ("citizen",), (), 2)
NEIGHBOURS = tuple(Citizen(f"c-n{n}", f"이웃 {n}", ("citizen",), (), 2) for n in range(8))
VISITOR = Citizen("v-1", "손님")
ROOM = Citizen("o-room", "박접수", ("official",), ("civil_service",), 2, department="civil_service")
ROOM_HEAD = Citizen("o-roomhead", "민과장", ("official",), ("head",), 2, department="civil_service")
OFFICER = Citizen("o-roads", "김도로", ("official",), (), 2, department="roads")
COLLEAGUE = Citizen("o-roads2", "이도로", ("official",), (), 2, department="roads")
HEAD = Citizen("o-head", "최과장", ("official",), ("head",), 2, department="roads")
PARKS = Citizen("o-parks", "정공원", ("official",), (), 2, department="parks")
EXAMINER = Citizen("o-exam", "한심사", ("official",), ("examiner",), 2, department="planning")
OPERATOR = Citizen("op", "운영", ("operator",), (), 2)
PEOPLE = (
    MINA, JUNHO, *NEIGHBOURS, VISITOR, ROOM, ROOM_HEAD, OFFICER, COLLEAGUE, HEAD, PARKS, EXAMINER, OPERATOR
)  # fmt: skip

SECRET = "SECRET"
"""Stands in every text that only some may see."""


def at(text: str) -> int:
    """A Korean time of 2026: `09-21` is its opening hour, `09-21 14:00`."""
    day, _, hour = text.partition(" ")
    return round(
        datetime.fromisoformat(f"2026-{day}T{hour or '09:00'}").replace(tzinfo=KST).timestamp() * 1000
    )


def shown(ms: int | None) -> str:
    """A time as `at` reads it."""
    return datetime.fromtimestamp(ms / 1000, KST).strftime("%m-%d %H:%M") if ms else "-"


def a_petition(kind: str = "inquiry_procedure", **fields: Any) -> dict[str, Any]:
    """The fields of a petition that can be filed."""
    return {
        "kind": kind,
        "title": f"{SECRET} 보도블록",
        "text": f"{SECRET} 세종대로 보도블록이 깨졌습니다.",
        "name": f"{SECRET} 김미나",
        "address": f"{SECRET} 종로구 1",
        "contact": f"{SECRET} 010",
        **fields,
    }


class Office:
    """The service behind the city's gate; `now` moves by `wait_until`, which lets the timers come."""

    def __init__(self, now: str = "09-21", rules: Rules = RULES) -> None:
        self.rules = rules
        self.texts = Texts()
        self.service = Petitions(self.texts, rules, WORDS.judge)
        self.city = City([self.service])
        self.now = at(now)
        self.heard: list[tuple[Any, dict[str, Any]]] = []
        self.entries: list[tuple[Decided, int]] = []
        self._refs, self._ids, self._rounds = count(1), count(1), count(1)

    # Time

    def wait_until(self, text: str) -> None:
        """Let time pass, with all that comes of itself."""
        until = at(text)
        assert until >= self.now
        while (due := self.service.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            decided = list(self.city.due(self.now, bytes(16), self.seal))
            assert decided, "a deadline that leads to nothing comes for ever"
            self._tell(decided)
        self.now = until

    # Asking

    def ask(self, citizen: Citizen, model: type[Command], **fields: Any) -> dict[str, Any]:
        """What is answered; raises Refused."""
        command = model.model_validate({"id": next(self._ids), **fields}, strict=False)
        before = json.dumps(self.city.snapshot(), sort_keys=True) if len(self.ledger.petitions) < 50 else ""
        try:
            chance = next(self._rounds).to_bytes(16, "big")
            decided, answer = self.city.handle(command, citizen, self.now, chance, self.seal)
        except Refused:
            if before:
                assert json.dumps(self.city.snapshot(), sort_keys=True) == before
            raise
        self._tell(decided)
        return dump(answer) if isinstance(answer, BaseModel) else {}

    def refused(self, citizen: Citizen, model: type[Command], **fields: Any) -> Refusal:
        """Why it is refused; fails where it is not."""
        try:
            self.ask(citizen, model, **fields)
        except Refused as refused:
            return refused.code
        raise AssertionError(f"{model.__name__} of {citizen.id} was done")

    def _tell(self, decided: list[Decided]) -> None:
        for entry in decided:
            self.entries.append((entry, self.now))
            list(self.city.records(entry, self.now))
            self.heard += ((audience, dump(fact)) for audience, fact in self.city.tell(entry, self.now))

    def seal(self, event: Event) -> Event:
        """As the host does: texts apart, references left."""

        def sealed(value: Any) -> Any:
            match value:
                case Personal(text=text, owner=owner) if text:
                    ref = f"t{next(self._refs)}"
                    self.texts.put(ref, text)
                    return Personal(owner=owner, ref=ref, hash="h")
                case BaseModel():
                    return value.model_copy(
                        update={name: sealed(getattr(value, name)) for name in type(value).model_fields}
                    )
                case tuple():
                    return tuple(map(sealed, value))
                case _:
                    return value

        result: Event = sealed(event)
        return result

    # Looking

    @property
    def ledger(self) -> Any:
        return self.service.ledger

    def petition(self, id: str) -> Petition:
        found: Petition = self.ledger.petitions[id]
        return found

    def due(self, id: str) -> str:
        return shown(self.petition(id).shown_due)

    def told(self, citizen: Citizen, word: str = "petitions.noticed") -> list[dict[str, Any]]:
        """The facts of a word that a citizen heard."""
        return [fact for audience, fact in self.heard if fact["type"] == word and hears(citizen, audience)]

    def notices(self, citizen: Citizen) -> list[str]:
        """The steps that a citizen was told of."""
        return [fact["notice"]["what"] for fact in self.told(citizen)]

    # The ways into each state

    def file(self, citizen: Citizen = MINA, **fields: Any) -> str:
        """submitted."""
        id: str = self.ask(citizen, say.FilePetition, **a_petition(**fields))["petition"]
        return id

    def receive(self, citizen: Citizen = MINA, **fields: Any) -> str:
        """received."""
        id = self.file(citizen, **fields)
        self.ask(ROOM, say.ReceivePetition, petition=id)
        return id

    def assign(self, citizen: Citizen = MINA, **fields: Any) -> str:
        """assigned, to the officer of the roads."""
        self.ask(OFFICER, say.ServeDesk, present=True, contact="02-2133-0000")
        id = self.receive(citizen, **fields)
        self.ask(ROOM, say.RoutePetition, petition=id, department="roads", officer=OFFICER.id)
        return id

    def review(self, citizen: Citizen = MINA, **fields: Any) -> str:
        """in_review."""
        id = self.assign(citizen, **fields)
        self.ask(OFFICER, say.StartReview, petition=id)
        return id

    def supplement(self, days: int = 7, **fields: Any) -> str:
        """supplement."""
        id = self.review(**fields)
        self.ask_supplement(id, days)
        return id

    def ask_supplement(self, id: str, days: int = 7, **fields: Any) -> dict[str, Any]:
        items = [{"what": f"{SECRET} 사진", "article": "도로법 61"}]
        return self.ask(OFFICER, say.AskSupplement, petition=id, items=items, days=days, **fields)

    def decided(self, state: str, citizen: Citizen = MINA) -> str:
        """answered, granted or rejected."""
        id = self.review(citizen, kind="inquiry_procedure" if state == "answered" else "statutory")
        match state:
            case "answered":
                self.ask(OFFICER, say.AnswerPetition, petition=id, text="고치겠습니다.")
            case "granted":
                self.ask(HEAD, say.GrantPetition, petition=id, text="허가합니다.")
            case _:
                self.ask(HEAD, say.RejectPetition, petition=id, text="요건에 맞지 않습니다.")
        return id

    def object(self, id: str) -> dict[str, Any]:
        return self.ask(
            MINA,
            say.ObjectToRejection,
            petition=id,
            name="김미나",
            address="종로구 1",
            contact="010",
            rejected_on="2026-09-23",
            decision="거부",
            text="다시 보아 주십시오.",
        )

    # Replay

    def check_replay(self) -> None:
        """The events alone give the same state, and so does a snapshot."""
        again = City([Petitions(self.texts, self.rules)])
        for entry, when in self.entries:
            fields = json.loads(entry.event.model_dump_json(exclude_defaults=True, by_alias=True))
            again.replay(entry.service, again.read_event(entry.event.type, fields), when)
        state = json.dumps(self.city.snapshot(), sort_keys=True)
        assert json.dumps(again.snapshot(), sort_keys=True) == state
        restored = City([Petitions(self.texts, self.rules)])
        restored.restore(json.loads(state))
        assert json.dumps(restored.snapshot(), sort_keys=True) == state
        assert restored.next_due() == self.city.next_due()


Way = Callable[[Office], str]
"""A way into a state; gives the petition's id."""
