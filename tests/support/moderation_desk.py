"""A desk of moderators in memory: the service behind the real gate, on a clock one moves."""

import json
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from protocol.codec import dump
from protocol.districts import Enter
from protocol.message import Command
from protocol.refusals import Refused
from protocol.services import moderation as wire
from tests.support.check_service import hears, sealed
from tests.support.question_time import STAGES
from tests.support.question_time import service as question_time
from worlds.citizen import Citizen
from worlds.city import City, Decided
from worlds.evidence import HeardLine, NearTrack, Seen
from worlds.service import Effect, Event, Service, Texts
from worlds.services.moderation import Content, Moderation
from worlds.services.moderation.content import Rules
from worlds.services.petitions import Petitions
from worlds.services.petitions import Rules as PetitionRules
from worlds.speech import Line
from worlds.words import load

SERVICES = Path(__file__).parents[2] / "worlds/seoul/services"
CONTENT = Content.read((SERVICES / "moderation.toml").read_text(encoding="utf-8"))
PETITIONS = PetitionRules.read((SERVICES / "petitions.toml").read_text(encoding="utf-8"))

START = 1_790_000_000_000
S = 1_000
HOUR = 3_600 * S
DAY = 24 * HOUR

HEAD = Citizen("c-head", "머리 박", ("moderator",), ("head_moderator",), level=2)
HEAD2 = Citizen("c-head2", "머리 최", ("moderator",), ("head_moderator",), level=2)
MOD = Citizen("c-mod", "검토 이", ("moderator@culture",), level=2)
MOD2 = Citizen("c-mod2", "검토 정", ("moderator@culture",), level=2)
ELSEWHERE = Citizen("c-else", "검토 윤", ("moderator@civil",), level=2)
HOST = Citizen("c-host", "진행 김", ("host@culture",), level=2)
OPERATOR = Citizen("c-oper", "운영 강", ("operator",), level=2)
OFFICER = Citizen("c-officer", "담당 한", ("official@civil/counter-3",), level=2, department="transport")
AUDITOR = Citizen("c-auditor", "감사 오", ("official",), ("auditor",), level=2)
CREW = (HEAD, HEAD2, MOD, MOD2, ELSEWHERE, HOST, OPERATOR, OFFICER, AUDITOR)

KIM = Citizen("c-kim", "김", ("citizen",), level=2)
LEE = Citizen("c-lee", "이", ("citizen",), level=2)
PARK = Citizen("c-park", "박", ("citizen",), level=2)
CHILD = Citizen("c-child", "어린이", ("citizen",), level=2, minor=True)
NEWCOMER = Citizen("c-new", "새 사람", ("citizen",), level=1)
VISITOR = Citizen("v-guest", "손님")
PEOPLE = (KIM, LEE, PARK, CHILD, NEWCOMER)


WORDS = load(SERVICES.parent)


def service(texts: Texts, **changed: Any) -> Moderation:
    """Moderation with the city's content, some of its numbers changed."""
    rules = Rules.model_validate({**CONTENT.rules.model_dump(), **changed})
    return Moderation(texts, CONTENT.model_copy(update={"rules": rules}), WORDS.judge)


def services(**changed: Any) -> Callable[[Texts], Sequence[Service[Any]]]:
    """Moderation beside question time and petitions, as a city has them."""

    def found(texts: Texts) -> Sequence[Service[Any]]:
        assert STAGES
        return [service(texts, **changed), question_time(texts), Petitions(texts, PETITIONS)]

    return found


class Present:
    """Who is here, and what each has seen: what the edge would witness."""

    def __init__(self) -> None:
        self.here: dict[str, Citizen] = {}
        self.lines: list[HeardLine] = []
        self.tracks: tuple[NearTrack, ...] = ()

    def citizen(self, citizen: str) -> Citizen | None:
        return self.here.get(citizen)

    def seen_by(self, citizen: str, about: str | None) -> Seen:
        return Seen("culture", ("culture",), tuple(self.lines[-20:]), self.tracks, "citizen-2", "ko")

    def is_in_hall(self, citizen: str, district: str) -> bool:
        return citizen in self.here

    def who_is_in(self, district: str) -> tuple[Citizen, ...]:
        return tuple(self.here.values())


class Precinct:
    """A city with its desk; every command is one second after the one before."""

    def __init__(self, *, old: bool = True, **rules: Any) -> None:
        self.texts = Texts()
        self.mod = service(self.texts, **rules)
        self.qa = question_time(self.texts)
        self.city = City([self.mod, self.qa, Petitions(self.texts, PETITIONS)])
        self.present = Present()
        self.now = START
        self.heard: list[tuple[Any, dict[str, Any]]] = []
        self.effects: list[Effect] = []
        self.entries: list[tuple[Decided, int]] = []
        self._refs = count(1)
        self._ids = 0
        self._spoke: dict[str, int] = {}
        self._same: dict[tuple[str, str], int] = {}
        if old:
            for someone in (*CREW, *PEOPLE):
                self.come(someone)
            self.now += 30 * DAY
            self.heard.clear()

    def come(self, citizen: Citizen, district: str | None = None) -> None:
        """Someone comes into the city, or into a district, if they may."""
        if district is None:
            self.present.here[citizen.id] = citizen
        else:
            enter = Enter(id=1, district=district)
            self.city.forbid(enter, citizen, (district,), self.now)
        for command in list(self.city.arrivals(citizen, district, self.now)):
            entries, _ = self.city.handle(command, citizen, self.now, bytes(16), self.seal)
            self._keep(entries)

    def go(self, citizen: Citizen) -> None:
        """Someone leaves the city."""
        self.present.here.pop(citizen.id, None)

    def do(self, citizen: Citizen, command: type[Command], wait_ms: int = S, /, **fields: Any) -> Any:
        """A command as the edge hands it on; its answer, or raises Refused."""
        self.wait(wait_ms)
        self._ids += 1
        asked = self.city.witnessed(
            command.model_validate({"id": self._ids, **fields}), citizen, self.present
        )
        return self.take(citizen, asked)

    def take(self, citizen: Citizen, asked: Command) -> Any:
        """A command at the gate."""
        entries, result = self.city.handle(asked, citizen, self.now, self._ids.to_bytes(16, "big"), self.seal)
        self._keep(entries)
        return dump(result) if result is not None else None

    def refused(
        self, citizen: Citizen, command: type[Command], wait_ms: int = S, /, **fields: Any
    ) -> Refused:
        """The refusal of a command, after which nothing has changed."""
        self.wait(wait_ms)
        before = self.city.snapshot()
        try:
            self.do(citizen, command, 0, **fields)
        except Refused as refused:
            assert self.city.snapshot() == before
            return refused
        raise AssertionError(f"{command.__name__} was not refused")

    def say(self, citizen: Citizen, text: str, wait_ms: int = 2 * S, /, **how: Any) -> str | None:
        """A line of chat: None when it is told, else the number under which it waits; or raises Refused."""
        self.wait(wait_ms)
        self._ids += 1
        line = Line(
            command=self._ids,
            key=None,
            message=f"m{self._ids}",
            text=text,
            to=how.get("to", "nearby"),
            hearer=how.get("hearer"),
            district=how.get("district", "culture"),
            scopes=how.get("scopes", ("culture",)),
            spoke_at=self._spoke.get(citizen.id, 0),
            repeated_at=self._same.get((citizen.id, text), 0),
            heard_at=max((at for (_, said), at in self._same.items() if said == text), default=0),
            context=tuple(self.present.lines[-20:]),
        )
        instead = self.city.hear(line, citizen, self.now)
        if instead is None:
            self._spoke[citizen.id] = self._same[citizen.id, text] = self.now
            self.present.lines.append(HeardLine(line.message, citizen.id, citizen.name, text, self.now))
            return None
        held: str = self.take(citizen, instead)["held"]
        return held

    def silenced(
        self, citizen: Citizen, text: str = "안녕하세요", wait_ms: int = 2 * S, /, **how: Any
    ) -> Refused:
        """The refusal of a line."""
        try:
            held = self.say(citizen, text, wait_ms, **how)
        except Refused as refused:
            return refused
        raise AssertionError("the line was held" if held else "the line was told")

    def sanction(self, by: Citizen, citizen: Citizen, kind: str, /, **fields: Any) -> str:
        """A sanction on one citizen; its number."""
        given = {"reason": "insult", "words": "욕설", "scope": "culture"} | fields
        if kind == "slow":
            given.setdefault("every_s", 30)
        number: str = self.do(by, wire.Sanction, citizens=[citizen.id], kind=kind, **given)["sanctions"][0]
        return number

    def report(self, by: Citizen, about: Citizen, reason: str = "insult", /, **fields: Any) -> str:
        """A report of someone; its number."""
        number: str = self.do(by, wire.Report, citizen=about.id, reason=reason, **fields)["report"]
        return number

    def wait(self, ms: int) -> None:
        """Time passes, and what is due comes about at its time."""
        until = self.now + ms
        while (due := self.city.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            entries = list(self.city.due(self.now, bytes(16), self.seal))
            assert entries
            self._keep(entries)
        self.now = until

    def sleep(self, ms: int) -> None:
        """Time passes, and no process runs that would note it."""
        self.now += ms

    def seal(self, event: Event) -> Event:
        """As the host does: personal texts go to their store."""
        kept: Event = sealed(event, self.texts, self._refs)
        return kept

    def _keep(self, entries: Sequence[Decided]) -> None:
        for entry in entries:
            self.entries.append((entry, self.now))
            for audience, fact in self.city.tell(entry, self.now):
                self.heard.append((audience, dump(fact)))
            self.effects += self.city.effects(entry)
            list(self.city.records(entry, self.now))

    def told(self, citizen: Citizen, word: str) -> list[dict[str, Any]]:
        """What someone heard of one kind, in order."""
        return [
            fact
            for audience, fact in self.heard
            if fact["type"] == f"moderation.{word}" and hears(citizen, audience)
        ]

    def replayed(self) -> Moderation:
        """A fresh service to which all that was kept was applied."""
        fresh = service(self.texts)
        city = City([fresh])
        for entry, at in self.entries:
            if entry.service == fresh.name:
                fields = json.loads(entry.event.model_dump_json(exclude_defaults=True))
                city.replay(entry.service, city.read_event(entry.event.type, fields), at)
        return fresh
