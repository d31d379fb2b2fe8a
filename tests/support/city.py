"""A whole city in memory: the real router, crowds and sessions on both ends, a clock one moves, lines one cuts."""

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from bots.picture import Picture
from protocol import codec, handshake
from protocol.districts import Place
from protocol.message import Command, Fact
from protocol.poses import Frame, Tiles, encode_pose
from protocol.session import ClientSession, HeardByClient, State
from server.auth import Claims, Registry, issue_token
from server.config import Settings
from server.connection import Connection, Shared
from server.inlet import PoseWay
from server.metrics import Metrics
from server.router import Router
from tests.support.clock import MovedClock
from worlds.arrivals import Spot
from worlds.plan import CityPlan, DistrictPlan

SECRET = "a secret that only this test knows, 64 characters of it or so...."


def text(words: str) -> dict[str, str]:
    """The same words in both languages."""
    return {"ko": words, "en": words}


def district(name: str, width: float = 100.0, depth: float = 100.0, **parts: Any) -> DistrictPlan:
    """A plan of open ground with one spawn in its middle, and what else is given."""
    sheet: dict[str, Any] = {
        "id": name,
        "name": text(name),
        "text": text(name),
        "presence": text(name),
        "phase": 1,
        "width": width,
        "depth": depth,
        "anchor": {"lat": 37.0, "lon": 127.0},
        "spawns": [{"id": "middle", "at": [width / 2, depth / 2], "yaw": 0.0}],
    }
    return DistrictPlan.model_validate(sheet | parts)


def city(*districts: DistrictPlan) -> CityPlan:
    """A city of these districts."""
    return CityPlan.model_validate(
        {
            "id": "town",
            "name": text("town"),
            "text": text("town"),
            "origin": {"lat": 37.0, "lon": 127.0},
            "languages": ("ko", "en"),
            "districts": districts,
        }
    )


def message_of(frame: bytes) -> bytes:
    """The binary message in a server's frame (RFC 6455, 5.2)."""
    assert frame[0] == 0x82
    head = {126: 4, 127: 10}.get(frame[1], 2)
    size = frame[1] if head == 2 else int.from_bytes(frame[2:head])
    assert len(frame) == head + size
    return frame[head:]


class MemoryLine:
    """A line whose far end is in this process; stalled, it holds what is sent, as a slow socket does."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.sent: deque[bytes] = deque()
        self.connection: Connection | None = None
        self.closed: tuple[int, str] | None = None
        self.pings = 0
        self.bytes = 0
        self.pose_way: PoseWay | None = None
        self.is_unheard = False
        self.shared: Shared = self._share
        self.shared_fd = -1

    def send(self, data: bytes) -> None:
        if self.closed is None:
            self.sent.append(data)
            self.bytes += len(data)

    def _share(self, frame: bytes) -> int:
        self.send(message_of(frame))
        return len(frame)

    def send_rest(self, frame: bytes) -> None:
        raise AssertionError("a line in memory takes whole frames")

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: int, reason: str) -> None:
        self.closed = self.closed or (code, reason)


class Person:
    """A client's real end: its session, what it was told, and the picture it has."""

    def __init__(self, town: "Town", **hello: Any) -> None:
        self.town = town
        self.line = MemoryLine(hello.pop("address", "127.0.0.1"))
        self.session = ClientSession(town.clock.monotonic())
        self.connection: Connection = town.router.connect(self.line, town.clock.monotonic())
        self.heard: list[HeardByClient] = []
        self.picture: Picture | None = None
        self.place: Place | None = None
        self.stalled = False
        self._ids = 0
        if self.line.closed is None:
            self.say(self.session.send(handshake.Hello(protocol=1, **hello)))
        self.listen()

    def say(self, data: bytes | str) -> None:
        """Bytes to the server, as they are."""
        if self.line.connection is not None:
            self.line.connection.receive(data, self.town.clock.monotonic())

    def ask(self, command: type[Command], **fields: Any) -> dict[str, Any]:
        """A command; the answer as a map with its type."""
        self._ids += 1
        self.say(self.session.send(command.model_validate({"id": self._ids, **fields})))
        self.listen()
        answers = [item for item in self.heard if getattr(item, "id", None) == self._ids]
        assert len(answers) == 1, f"{command.__name__} had {len(answers)} answers"
        answer = answers[0]
        assert isinstance(answer, handshake.Done | handshake.RefusedAnswer)
        return codec.dump(answer)

    def enter(self, name: str, **fields: Any) -> Place:
        """Go into a district."""
        from protocol.districts import Enter

        answer = self.ask(Enter, district=name, **fields)
        assert answer["type"] == "done", answer
        self.place = Place.model_validate(answer["result"])
        self.picture = Picture(self.place)
        return self.place

    def refused(self, command: type[Command], **fields: Any) -> tuple[str, str | None]:
        """A command that must be refused; the code and the field."""
        answer = self.ask(command, **fields)
        assert answer["type"] == "refused", answer
        return answer["code"], answer.get("field")

    def put(self, name: str, x: float, z: float) -> None:
        """Go into a district, and be put down there, wherever it is."""
        self.enter(name)
        world = self.town.router.crowds[name].district
        world.place(self.connection.slot, Spot(x, z, 0), self.town.clock.monotonic())

    def stand(self, x: float, z: float, stance: int = 1, yaw: int = 0) -> None:
        """Send one pose."""
        self.say(encode_pose(x, 0.0, z, yaw, stance))
        if self.picture is not None:
            self.picture.stand(float(np.float32(x)), float(np.float32(z)))

    def stall(self) -> None:
        """From now on this client reads nothing; its line tells the server so, as a full socket does."""
        self.stalled = True
        self.town.router.fall_behind(self.connection)

    def read_on(self) -> None:
        """The client reads what waited, and the line has room again."""
        self.stalled = False
        self.listen()
        self.town.router.catch_up(self.connection)

    def listen(self) -> None:
        """Take in what has arrived."""
        while self.line.sent and not self.stalled:
            if self.session.state is State.CLOSED:
                self.line.sent.clear()
                return
            for item in self.session.receive(self.line.sent.popleft(), self.town.clock.monotonic()):
                self.heard.append(item)
                if self.picture is not None and isinstance(item, Frame):
                    self.picture.frame(item)
                elif self.picture is not None and isinstance(item, Tiles):
                    self.picture.tiles(item)

    def facts(self, kind: type[Fact]) -> list[Any]:
        """The facts of one type that this client was told."""
        return [item for item in self.heard if isinstance(item, kind)]

    def welcome(self) -> handshake.Welcome:
        """The welcome that this client was told."""
        [welcome] = [item for item in self.heard if isinstance(item, handshake.Welcome)]
        return welcome

    def goodbye(self) -> handshake.Goodbye | None:
        """The goodbye that this client was told, or None."""
        return next((item for item in self.heard if isinstance(item, handshake.Goodbye)), None)


class Town:
    """A running city whose time stands still until `tick`."""

    def __init__(self, *districts: DistrictPlan, seed: int = 7, **sections: Any) -> None:
        self.clock = MovedClock()
        self.settings = Settings(**sections)
        self.metrics = Metrics()
        self.registry = Registry(SECRET, self.settings, self.metrics, self.clock)
        self.router = Router(
            city(*districts),
            self.settings,
            self.registry,
            self.metrics,
            self.clock,
            np.random.default_rng(seed),
        )
        self.people: list[Person] = []
        self.meanwhile: Callable[[], object] = lambda: None
        """What is done between the parts of a tick."""

    def visitor(self, **hello: Any) -> Person:
        """Someone without a token comes in."""
        person = Person(self, **hello)
        self.people.append(person)
        return person

    def token(self, sub: str, **claims: Any) -> str:
        """A token of this city; its bearer is called like its subject."""
        bearer = Claims(sub=sub, name=sub, **claims)
        return issue_token(SECRET, bearer, issuer=self.settings.auth.issuer, now=1_790_000_000, hours=500_000)

    def tick(self, ticks: int = 1) -> None:
        """Let ticks pass; everyone who is not stalled reads."""
        for _ in range(ticks):
            self.clock.move(1 / self.settings.crowd.tick_hz)
            for crowd in self.router.crowds.values():
                for _ in crowd.ticking(self.clock.monotonic()):
                    self.meanwhile()
            self.router.flush()
            for person in self.people:
                person.listen()

    def count(self, name: str, **labels: str) -> float:
        """The value of a metric."""
        return self.metrics.registry.get_sample_value(name, labels) or 0.0
