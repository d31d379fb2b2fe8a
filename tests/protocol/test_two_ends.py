"""Two real ends in memory that say whatever they may: no gap, no answer lost, whatever arrives together."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from protocol import codec, poses
from protocol.avatars import MovedBack
from protocol.districts import Enter, EnteredZone
from protocol.handshake import Done
from protocol.message import Command
from protocol.session import ClientSession, ServerSession, State
from tests.protocol.test_session import BYE, HELLO, POSE, WELCOME, ZONE


class TwoEnds(RuleBasedStateMachine):
    """A client and a server in memory, whose messages arrive late, in order, alone or several at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.client, self.server = ClientSession(0.0), ServerSession(0.0)
        self.to_server: list[bytes] = []
        self.to_client: list[bytes] = []
        self.asked = 0
        self.answered: list[int] = []
        self.facts: list[int] = []
        self.frames = 0

    @initialize()
    def open(self) -> None:
        self.server.receive(self.client.send(HELLO), self.now)
        self.client.receive(self.server.send(WELCOME), self.now)

    @property
    def is_open(self) -> bool:
        return self.client.state is self.server.state is State.OPEN

    @precondition(lambda self: self.is_open)
    @rule(district=st.text(min_size=1, max_size=64))
    def ask(self, district: str) -> None:
        self.asked += 1
        self.to_server.append(self.client.send(Enter(id=self.asked, district=district)))

    @precondition(lambda self: self.is_open)
    @rule()
    def walk(self) -> None:
        self.to_server.append(self.client.send_pose(POSE))

    @precondition(lambda self: self.is_open)
    @rule(count=st.integers(1, 100))
    def tell(self, count: int) -> None:
        self.to_client.extend(self.server.tell(ZONE) for _ in range(count))

    @precondition(lambda self: self.is_open)
    @rule()
    def tick(self) -> None:
        back = MovedBack(x=1.0, y=0.0, z=2.0, yaw=0, reason="blocked")
        self.to_client += [self.server.send(back), poses.encode_frame(0, b"")]

    @rule(seconds=st.floats(0, 8))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        if data := self.client.acknowledge(self.now):
            self.to_server.append(data)

    @precondition(lambda self: self.to_server and self.server.state is State.OPEN)
    @rule(share=st.floats(0.1, 1))
    def arrive_at_server(self, share: float) -> None:
        count = max(1, round(len(self.to_server) * share))
        arrived, self.to_server = self.to_server[:count], self.to_server[count:]
        for said in self.server.receive(codec.bundle(arrived), self.now):
            if isinstance(said, Command) and self.server.state is State.OPEN:
                self.to_client.append(self.server.send(Done(id=said.id)))

    @precondition(lambda self: self.to_client and self.client.state is State.OPEN)
    @rule(share=st.floats(0.1, 1))
    def arrive_at_client(self, share: float) -> None:
        count = max(1, round(len(self.to_client) * share))
        arrived, self.to_client = self.to_client[:count], self.to_client[count:]
        for said in self.client.receive(codec.bundle(arrived), self.now):
            if isinstance(said, Done):
                self.answered.append(said.id)
            elif isinstance(said, EnteredZone):
                self.facts.append(said.n)
            elif isinstance(said, poses.Frame):
                self.frames += 1

    @precondition(lambda self: self.is_open)
    @rule()
    def leave(self) -> None:
        self.to_server.append(self.client.send(BYE))

    @invariant()
    def a_client_that_follows_the_numbers_sees_no_gap(self) -> None:
        assert self.facts == list(range(1, len(self.facts) + 1))
        assert self.client.last_fact == len(self.facts)
        assert self.server.acknowledged <= self.client.acknowledged <= self.client.last_fact
        assert self.client.last_fact <= self.server.told

    @invariant()
    def every_command_is_answered_once_and_in_order(self) -> None:
        assert self.answered == list(range(1, len(self.answered) + 1))
        assert len(self.answered) <= self.asked

    def teardown(self) -> None:
        while self.is_open and (self.to_server or self.to_client):
            if self.to_server:
                self.arrive_at_server(1.0)
            if self.to_client and self.client.state is State.OPEN:
                self.arrive_at_client(1.0)
        if self.is_open:
            assert (self.client.last_fact, len(self.answered)) == (self.server.told, self.asked)


TestTwoEnds = TwoEnds.TestCase
TestTwoEnds.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
