"""An evening in a city whose offices are given: who is there, what each hears, on a clock that the test moves."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from protocol.codec import dump
from protocol.message import Command
from protocol.refusals import Refused
from protocol.services import live_qa
from protocol.services import offices as wire
from tests.support import moderation_desk, question_time
from tests.support.check_service import hears, sealed
from worlds.citizen import Citizen
from worlds.city import City, Decided
from worlds.evidence import Seen
from worlds.service import Effect, Event, Service, Texts
from worlds.services.offices import Content, Offices

SEOUL = Path(__file__).parents[2] / "worlds/seoul"
CONTENT = Content.read((SEOUL / "services/offices.toml").read_text("utf-8"))
SCOPES = frozenset({"", "civil", "civil/plaza", "culture"})
START = question_time.START
HOUR = 3_600_000
DAY = 24 * HOUR

HOST = Citizen("c-host", "진행 김", ("host@civil",), level=2)
OTHER_HOST = Citizen("c-host2", "진행 이", ("host@culture",), level=2)
HEAD = Citizen("c-head", "머리 박", ("moderator@civil",), ("head_moderator",), level=2)
MOD = Citizen("c-mod", "검토 정", ("moderator@civil",), level=2)
OPERATOR = Citizen("c-op", "운영 강", ("operator",), level=2)
AUDITOR = Citizen("c-audit", "감사 오", ("official",), ("auditor",), level=2)
KIM = Citizen("c-kim", "김", ("citizen",), level=2)
LEE = Citizen("c-lee", "이", ("citizen",), level=2)
VISITOR = Citizen("v-guest", "손님")
PEOPLE = (HOST, OTHER_HOST, HEAD, MOD, OPERATOR, AUDITOR, KIM, LEE)
EVENT = "civil/qa-1"


def offices(texts: Texts, **rules: int) -> Offices:
    changed = CONTENT.rules.model_copy(update=rules)
    return Offices(texts, CONTENT.model_copy(update={"rules": changed}), SCOPES)


def services(texts: Texts) -> Sequence[Service[Any]]:
    """Offices beside the services whose commands they decide about."""
    return [offices(texts), question_time.service(texts), moderation_desk.service(texts)]


class Evening:
    """A city with offices, an event that begins in an hour, and a clock that the test moves."""

    def __init__(self, **rules: int) -> None:
        self.texts = Texts()
        self.offices = offices(self.texts, **rules)
        others = (question_time.service(self.texts), moderation_desk.service(self.texts))
        self.city = City([self.offices, *others])
        self.now = START
        self.here = {one.id: one for one in (*PEOPLE, VISITOR)}
        self.heard: list[tuple[Any, dict[str, Any]]] = []
        self.effects: list[Effect] = []
        self.entries: list[tuple[Decided, int]] = []
        self._refs = count(1)
        for someone in PEOPLE:
            for command in self.city.arrivals(someone, None, self.now):
                self._keep(self.city.handle(command, someone, self.now, bytes(16), self.seal)[0])
        title = {"ko": "시장과의 시간", "en": "Mayor's hour"}
        times = {"starts_at": START + HOUR, "ends_at": START + 2 * HOUR}
        self.do(HOST, live_qa.Schedule, title=title, district="civil", stage="mayors_seat", **times)
        self.wait(0)

    # As a witness of who is here

    def citizen(self, citizen: str) -> Citizen | None:
        return self.here.get(citizen)

    def seen_by(self, citizen: str, about: str | None) -> Seen:
        return Seen()

    def is_in_hall(self, citizen: str, district: str) -> bool:
        return citizen in self.here

    def who_is_in(self, district: str) -> Sequence[Citizen]:
        return tuple(self.here.values())

    def seal(self, event: Event) -> Event:
        kept: Event = sealed(event, self.texts, self._refs)
        return kept

    def do(self, citizen: Citizen, command: type[Command], /, **fields: Any) -> Any:
        """A command; its answer, or raises Refused."""
        asked = self.city.witnessed(command.model_validate({"id": 1, **fields}), citizen, self)
        entries, result = self.city.handle(asked, citizen, self.now, bytes(16), self.seal)
        self._keep(entries)
        return dump(result) if result is not None else None

    def refused(self, citizen: Citizen, command: type[Command], /, **fields: Any) -> tuple[str, str | None]:
        """The code and the field of a refusal, after which nothing has changed."""
        before = self.city.snapshot()
        with pytest.raises(Refused) as refused:
            self.do(citizen, command, **fields)
        assert self.city.snapshot() == before
        return refused.value.code, refused.value.field

    def _keep(self, entries: Sequence[Decided]) -> None:
        for entry in entries:
            self.entries.append((entry, self.now))
            self.heard += [(audience, dump(fact)) for audience, fact in self.city.tell(entry, self.now)]
            self.effects += self.city.effects(entry)

    def wait(self, ms: int) -> None:
        """Time passes, and what is due comes about at its time."""
        until = self.now + ms
        while (due := self.city.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            self._keep(list(self.city.due(self.now, bytes(16), self.seal)))
        self.now = until

    def give(
        self, citizen: Citizen = KIM, office: str = "captioner", by: Citizen = HOST, **fields: Any
    ) -> str:
        given: str = self.do(
            by, wire.GiveOffice, **({"office": office, "citizen": citizen.id, "scope": EVENT} | fields)
        )["given"]
        return given

    def no(self, by: Citizen, **fields: Any) -> tuple[str, str | None]:
        return self.refused(
            by, wire.GiveOffice, **({"office": "captioner", "citizen": KIM.id, "scope": EVENT} | fields)
        )

    def held(self, citizen: Citizen = KIM) -> tuple[str, ...]:
        """What was given to someone and stands now."""
        return self.city.standing(citizen, self.now).given

    def told(self, citizen: Citizen) -> list[dict[str, Any]]:
        """The offices of which someone heard."""
        return [
            fact["office"]
            for audience, fact in self.heard
            if fact["type"] == "offices.changed" and hears(citizen, audience)
        ]

    def open_doors(self) -> None:
        self.do(HOST, live_qa.Advance, session="qa-1", phase="doors")

    def over(self) -> None:
        for phase in ("live", "closing", "follow_up"):
            self.do(HOST, live_qa.Advance, session="qa-1", phase=phase)

    def caption(self, citizen: Citizen = KIM) -> None:
        self.do(citizen, live_qa.OpenChannel, session="qa-1", channel="ko")
        self.do(citizen, live_qa.WriteCaption, session="qa-1", channel="ko", text="안녕하십니까.")
