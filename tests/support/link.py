"""A link that delays what is under way and breaks at any moment, and a client who comes back over the next."""

from collections import deque
from collections.abc import Callable
from typing import Any

from protocol import handshake
from protocol.chat import ChatSaid, Say
from protocol.districts import Enter
from protocol.message import Command, Fact
from protocol.session import ClientSession, HeardByClient, State
from server.connection import Connection, Shared
from server.inlet import PoseWay
from tests.support.city import Person, Town, district, message_of


class Link:
    """A server's line whose messages arrive when `carry` says so; both ends learn of a break when they do."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address = address
        self.connection: Connection | None = None
        self.up: deque[bytes] = deque()
        self.down: deque[bytes] = deque()
        self.is_cut = False
        self.closed: tuple[int, str] | None = None
        self.pose_way: PoseWay | None = None
        self.is_unheard = False
        self.shared: Shared = self._share
        self.shared_fd = -1

    def send(self, data: bytes) -> None:
        if not self.is_cut and self.closed is None:
            self.down.append(data)

    def _share(self, frame: bytes) -> int:
        self.send(message_of(frame))
        return len(frame)

    def send_rest(self, frame: bytes) -> None:
        raise AssertionError("a link in memory takes whole frames")

    def ping(self) -> None:
        pass

    def close(self, code: int, reason: str) -> None:
        self.closed = self.closed or (code, reason)

    def carry_up(self, most: int, now: float) -> None:
        """So many messages of the client arrive at the server, while it listens."""
        for _ in range(min(most, len(self.up))):
            data = self.up.popleft()
            if self.connection is not None:
                self.connection.receive(data, now)

    def cut(self, up: int, down: int, now: float) -> None:
        """The link breaks: of what is under way so many messages of each direction still arrive."""
        self.carry_up(up, now)
        self.up.clear()
        self.is_cut = True
        while len(self.down) > down:
            self.down.pop()

    def notice(self) -> None:
        """The server learns that the link is broken."""
        if self.connection is not None:
            self.connection.lost()


class Commuter:
    """A client whose links break; what it asked and was not answered, it asks again when its session goes on."""

    def __init__(self, town: Town, **hello: Any) -> None:
        self.town = town
        self.hello = handshake.Hello(protocol=1, **hello)
        self.ticket: handshake.Resume | None = None
        self.welcomes: list[handshake.Welcome] = []
        self.heard: list[HeardByClient] = []
        self.facts: list[Fact] = []
        self.answers: dict[int, list[HeardByClient]] = {}
        self.unanswered: dict[int, Command] = {}
        self._ids = 0
        self.link: Link
        self.session: ClientSession
        self.connect()

    def connect(self) -> None:
        """A new link, and a hello that resumes what there is to resume."""
        now = self.town.clock.monotonic()
        self.link, self.session = Link(), ClientSession(now)
        self.town.router.connect(self.link, now)
        self.say(self.session.send(self.hello.model_copy(update={"resume": self.ticket})))

    def say(self, data: bytes) -> None:
        """One message under way to the server."""
        if not self.link.is_cut:
            self.link.up.append(data)

    def give(self, command: type[Command], **fields: Any) -> int:
        """A command, also while there is no link; its id."""
        self._ids += 1
        given = command.model_validate({"id": self._ids, **fields})
        self.unanswered[given.id] = given
        if self.session.state is State.OPEN:
            self.say(self.session.send(given))
        return given.id

    def carry(self, up: int = 1_000, down: int = 1_000) -> None:
        """Let so many messages of each direction arrive."""
        now = self.town.clock.monotonic()
        self.link.carry_up(up, now)
        for _ in range(min(down, len(self.link.down))):
            for heard in self.session.receive(self.link.down.popleft(), now):
                self._hear(heard)
        self.ticket = self.session.ticket or self.ticket
        if ack := self.session.acknowledge(now):
            self.say(ack)

    def _hear(self, heard: HeardByClient) -> None:
        self.heard.append(heard)
        match heard:
            case handshake.Welcome():
                self.welcomes.append(heard)
                if not heard.resumed:
                    self.facts.clear()
                for command in self.unanswered.values():
                    self.say(self.session.send(command))
            case handshake.Done() | handshake.RefusedAnswer():
                self.unanswered.pop(heard.id, None)
                self.answers.setdefault(heard.id, []).append(heard)
            case Fact():
                self.facts.append(heard)
            case _:
                pass

    def cut(self, up: int = 0, down: int = 0) -> None:
        """The link breaks, and the client learns of it after what still arrives."""
        self.link.cut(up, down, self.town.clock.monotonic())
        self.carry()
        self.session.close()

    def come_back(self) -> None:
        """Over a new link, until everything has arrived."""
        self.connect()
        self.settle()

    def settle(self) -> None:
        """Carry until nothing is under way."""
        while self.link.up or self.link.down:
            self.carry()

    def lines(self) -> list[str]:
        """What was heard said, in the order of its facts."""
        return [fact.text for fact in self.facts if isinstance(fact, ChatSaid)]

    def goodbyes(self) -> list[handshake.Goodbye]:
        """Every goodbye that was heard."""
        return [heard for heard in self.heard if isinstance(heard, handshake.Goodbye)]


class Square(Town):
    """A town of one open square, where nobody is too fast."""

    def __init__(self, **limits: Any) -> None:
        unlimited = {"chat_per_s": 0.0, "commands_per_s": 0.0, "who_per_s": 0.0}
        super().__init__(district("square"), limits=unlimited | limits)

    def commuter(self, **hello: Any) -> Commuter:
        """Someone in the square, over a link that may break."""
        commuter = Commuter(self, **hello)
        commuter.settle()
        commuter.give(Enter, district="square")
        commuter.settle()
        return commuter

    def neighbour(self) -> Person:
        """Someone in the square, over a line that holds."""
        neighbour = self.visitor(name="Neighbour")
        neighbour.enter("square")
        return neighbour

    def hold_back(self) -> list[Callable[[], None]]:
        """From now on what waits for a decision to be kept waits in this list, as while the disk is busy."""
        waiting: list[Callable[[], None]] = []
        self.router._when_kept = waiting.append  # type: ignore[method-assign, assignment]
        return waiting

    def tell(self, speaker: Person, *lines: str) -> None:
        """Lines to everyone in the square, each a fact, as one message."""
        for line in lines:
            assert speaker.ask(Say, text=line, to="district")["type"] == "done"
        self.router.flush()
