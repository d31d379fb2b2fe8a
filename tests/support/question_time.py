"""An evening of question time, played by a test: people ask, time passes, what each one hears is kept."""

import json
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from protocol.codec import dump
from protocol.message import Command
from protocol.refusals import Refused
from protocol.services import live_qa as wire
from tests.support.check_service import cast, hears, sealed, tally
from worlds.citizen import Citizen
from worlds.city import City, Decided
from worlds.evidence import Seen
from worlds.service import Ballot, Effect, Event, Texts
from worlds.services import petitions
from worlds.services.live_qa import Content, LiveQa
from worlds.services.live_qa.content import Rules, Stage
from worlds.services.live_qa.state import Session

SERVICES = Path(__file__).parents[2] / "worlds/seoul/services"
CONTENT = Content.read((SERVICES / "live_qa.toml").read_text(encoding="utf-8"))
PETITIONS = petitions.Rules.read((SERVICES / "petitions.toml").read_text(encoding="utf-8"))

STAGES = {("civil", "mayors_seat"): Stage(310.0, 21.0)}

START = 1_790_000_000_000
HOUR = 3_600_000

HOST = Citizen("c-host", "진행 김", ("host@civil",), level=2)
HEAD = Citizen("c-head", "머리 박", ("moderator@civil",), ("head_moderator",), level=2)
MOD = Citizen("c-mod", "검토 이", ("moderator@civil",), level=2)
MOD2 = Citizen("c-mod2", "검토 최", ("moderator@civil",), level=2)
FLOOR = Citizen("c-floor", "무대 정", ("citizen",), ("floor_manager",), level=2)
MAYOR = Citizen("c-mayor", "시장 오", ("official",), ("mayor",), level=2)
CLERK = Citizen("c-clerk", "서기 한", ("official",), ("clerk",), level=2)
SAFETY = Citizen("c-safe", "안전 강", ("official",), ("safety_officer",), level=2)
OFFICIAL = Citizen("c-official", "교통 윤", ("official",), level=2, department="transport")
VISITOR = Citizen("c-visitor", "Guest", ("visitor",), level=0)
CREW = (HOST, HEAD, MOD, MOD2, FLOOR, MAYOR, CLERK, SAFETY, OFFICIAL)


def attendee(name: str) -> Citizen:
    """Someone of the audience, whose real name is not what others see."""
    return Citizen(f"c-{name}", f"실명 {name}", ("citizen",), level=1)


def service(texts: Texts, **changed: Any) -> LiveQa:
    """Question time with the city's content, some of its numbers changed."""
    rules = Rules.model_validate({**CONTENT.rules.model_dump(), **changed})
    marks = lambda text: ("욕설",) if "바보" in text else ()  # noqa: E731
    return LiveQa(texts, CONTENT.model_copy(update={"rules": rules}), STAGES, marks)


class Evening:
    """A city with question time and petitions; every command is one second after the one before."""

    def __init__(self, **rules: Any) -> None:
        self.texts = Texts()
        self._refs = count(1)
        self.qa = service(self.texts, **rules)
        self.petitions = petitions.Petitions(self.texts, PETITIONS)
        self.city = City([self.qa, self.petitions])
        self.now = START
        self.heard: list[tuple[Any, dict[str, Any]]] = []
        self.effects: list[Effect] = []
        self.entries: list[tuple[Decided, int]] = []
        self.box: list[Ballot] = []
        self.here: tuple[Citizen, ...] = ()
        self.elsewhere: set[str] = set()
        self.session = ""
        self._ids = 0

    @property
    def state(self) -> Session:
        """The session that is played."""
        return self.qa.venue.state.sessions[self.session]

    @property
    def phase(self) -> str:
        """The session's phase."""
        return self.state.phase

    def announce(self, phase: str = "collecting", mode: str | None = None, **options: Any) -> str:
        """The host announces a session that starts in an hour, and it is brought to a phase."""
        command = {
            "title": {"ko": "시장과의 시간", "en": "Mayor's hour"},
            "district": "civil",
            "stage": "mayors_seat",
            "starts_at": self.now + HOUR,
            "ends_at": self.now + 2 * HOUR,
            "options": options,
        }
        self.session = self.do(HOST, wire.Schedule, **command)["session"]
        self.wait(0)
        if phase != "collecting":
            self.do(HOST, wire.Advance, phase=phase, mode=mode)
        return self.session

    def do(self, citizen: Citizen, command: type[Command], wait_ms: int = 1_000, /, **fields: Any) -> Any:
        """A command; its answer, or raises Refused."""
        self.wait(wait_ms)
        self._ids += 1
        given = {"id": self._ids, **fields}
        if "session" in command.model_fields and "session" not in fields:
            given["session"] = self.session
        asked = self.city.witnessed(command.model_validate(given), citizen, self)
        entries, result = self.city.handle(asked, citizen, self.now, bytes(16), self.seal)
        self.box += cast(self.city, entries, asked)
        self._keep(entries)
        self.count()
        return dump(result) if result is not None else None

    def refused(
        self, citizen: Citizen, command: type[Command], wait_ms: int = 1_000, /, **fields: Any
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

    def wait(self, ms: int) -> None:
        """Time passes, and what is due comes about at its time."""
        until = self.now + ms
        while (due := self.city.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            entries = list(self.city.due(self.now, bytes(16), self.seal))
            assert entries
            self._keep(entries)
            self.count()
        self.now = until

    def count(self) -> None:
        """Polls that have closed are counted, as the building does it."""
        for poll, counted in list(self.city.uncounted()):
            command = counted(tally(poll, self.box))
            self._keep(self.city.handle(command, Citizen(id="", name=""), self.now, bytes(16), self.seal)[0])

    # As a witness of who is here

    def who_is_in(self, district: str) -> tuple[Citizen, ...]:
        """Whom a test put there."""
        return self.here

    def is_in_hall(self, citizen: str, district: str) -> bool:
        """Everyone, but whom a test put elsewhere."""
        return citizen not in self.elsewhere

    def citizen(self, citizen: str) -> Citizen | None:
        """Someone of these."""
        return next((one for one in self.here if one.id == citizen), None)

    def seen_by(self, citizen: str, about: str | None) -> Seen:
        """Nobody looks."""
        return Seen()

    def line(self, citizen: Citizen, *, is_broken: bool) -> None:
        """The line of someone breaks, or is back."""
        for command in self.city.presence(citizen, is_away=is_broken):
            entries, _ = self.city.handle(command, citizen, self.now, bytes(16), self.seal)
            self._keep(entries)

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
        return [fact for audience, fact in self.heard if fact["type"] == word and hears(citizen, audience)]

    def ask(self, citizen: Citizen, text: str, *, publish: bool = True, **fields: Any) -> int:
        """A question, published at once by a moderator where that is wanted; its number."""
        number: int = self.do(citizen, wire.Ask, text=text, **fields)["question"]
        if publish and self.state.question(number).state != "open":
            self.screen(MOD, wire.Approve, number)
        return number

    def version(self, number: int) -> int:
        """The version of a question as it is."""
        return self.state.question(number).version

    def screen(self, citizen: Citizen, command: type[Command], number: int, /, **fields: Any) -> Any:
        """A moderator claims a question and decides on it."""
        self.do(citizen, wire.Claim, question=number, version=self.version(number))
        return self.do(citizen, command, question=number, version=self.version(number), **fields)

    def on(self, citizen: Citizen, command: type[Command], number: int, /, **fields: Any) -> Any:
        """A command on a question as it is now."""
        return self.do(citizen, command, question=number, version=self.version(number), **fields)

    def vote(self, citizen: Citizen, number: int, on: bool = True) -> int:
        """A vote; how many stand behind the question then."""
        backers: int = self.do(citizen, wire.Vote, question=number, on=on)["backers"]
        return backers

    def audience(self, citizen: Citizen) -> dict[str, Any]:
        """The audience's view of someone."""
        view: dict[str, Any] = self.do(citizen, wire.Look, 0)["audience"]
        return view

    def order(self, citizen: Citizen) -> list[int]:
        """The list as someone sees it."""
        return [row["question"] for row in self.audience(citizen)["questions"]]

    def replayed(self) -> LiveQa:
        """A fresh service to which all that was kept was applied."""
        fresh = service(self.texts)
        city = City([fresh])
        for entry, at in self.entries:
            if entry.service == fresh.name:
                fields = json.loads(entry.event.model_dump_json(exclude_defaults=True))
                city.replay(entry.service, city.read_event(entry.event.type, fields), at)
        return fresh
