"""One who talks and one who comes back and back: whatever breaks where, what was told is heard once and in order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from protocol.chat import ChatSaid, Say
from protocol.codec import encode
from protocol.handshake import Done, Ping
from protocol.session import State
from tests.support.link import Square


class Journeys(RuleBasedStateMachine):
    """One neighbour who talks, one commuter whose links delay, break, and are noticed broken by either end first."""

    @initialize()
    def arrive(self) -> None:
        self.town = Square(resume_seconds=10_000)
        self.neighbour = self.town.neighbour()
        self.me = self.town.commuter()
        self.waiting = self.town.hold_back()
        self.told: list[str] = []
        self.asked: list[str] = []

    @property
    def is_cut(self) -> bool:
        return self.me.session.state is State.CLOSED

    @rule(lines=st.integers(1, 20))
    def tell(self, lines: int) -> None:
        more = [str(len(self.told) + number) for number in range(lines)]
        self.told += more
        self.town.tell(self.neighbour, *more)

    @rule()
    def ask(self) -> None:
        self.asked.append(f"question {len(self.asked)}")
        self.me.give(Say, text=self.asked[-1], to="district")

    @rule(up=st.integers(0, 5), down=st.integers(0, 5))
    def carry(self, up: int, down: int) -> None:
        self.me.carry(up, down)

    @rule(up=st.integers(0, 5), down=st.integers(0, 5))
    def cut(self, up: int, down: int) -> None:
        self.me.cut(up, down)

    @rule()
    def notice(self) -> None:
        if self.me.link.is_cut:
            self.me.link.notice()

    @rule()
    def decide(self) -> None:
        for act in self.waiting:
            act()
        self.waiting.clear()

    @precondition(lambda self: self.is_cut)
    @rule()
    def connect(self) -> None:
        self.me.connect()

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        self.town.clock.move(seconds)
        self.town.router.check_silence(self.town.clock.monotonic())
        self.neighbour.say(encode(Ping(t=0.0)))
        self.town.tick()

    @invariant()
    def every_fact_is_heard_once_and_in_order(self) -> None:
        assert [fact.n for fact in self.me.facts] == list(range(1, len(self.me.facts) + 1))
        assert self.me.lines() == self.told[: len(self.me.facts)]
        assert all(welcome.resumed for welcome in self.me.welcomes[1:])

    @invariant()
    def the_citizen_stays(self) -> None:
        assert self.town.router.crowds["square"].population == 2
        assert len(self.town.router.present) == 2

    def teardown(self) -> None:
        if not hasattr(self, "me"):
            return
        for _ in range(3):
            self.me.settle()
            self.decide()
            self.me.settle()
            if self.is_cut:
                self.me.connect()
        self.town.tick()
        self.me.settle()
        self.every_fact_is_heard_once_and_in_order()
        assert self.me.lines() == self.told
        self.neighbour.listen()
        assert [said.text for said in self.neighbour.facts(ChatSaid)] == self.asked
        assert not self.me.unanswered
        assert all(isinstance(answer, Done) for again in self.me.answers.values() for answer in again)
        assert len({welcome.citizen.id for welcome in self.me.welcomes}) == 1


TestJourneys = Journeys.TestCase
TestJourneys.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
