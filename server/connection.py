"""One client's connection, whatever carries its bytes: session, answers, facts, poses, farewell.

A line may break: then the connection is detached, goes on collecting facts, and is given the next line by which its
client resumes.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

import structlog

from protocol.codec import bundles, encode, fact_body
from protocol.handshake import Ack, Avatar, Done, Goodbye, Hello, Ping, Pong, RefusedAnswer, Welcome
from protocol.ledger import Ledger
from protocol.message import Command, Count, Fact
from protocol.poses import POSE_MESSAGE_BYTES
from protocol.refusals import ENDINGS, Farewell, ProtocolError, Refusal, Refused
from protocol.session import PING_SECONDS, HeardByServer, Misread, Pose, ServerSession, State, Unknown
from server.answers import Answers
from server.inlet import PoseWay
from server.outbox import Outbox
from worlds.citizen import Citizen

if TYPE_CHECKING:
    from server.crowd import Crowd
    from server.router import Router
    from server.sessions import Ticket

log = structlog.get_logger("connection")


MALFORMED = frozenset({Refusal.BAD_MESSAGE, Refusal.UNKNOWN_TYPE})
"""What a program in order never sends; a text that is too long may be its user's."""

Shared: TypeAlias = Callable[[bytes], int]
"""Sends a whole WebSocket frame that others get too; returns what the line took of it, or raises OSError."""


class Line(Protocol):
    """What a connection needs of its carrier."""

    address: str

    connection: "Connection | None"
    """Who hears what comes by this line; None once its connection is done with it."""

    @property
    def is_unheard(self) -> bool:
        """Whether something came by it that waits for its turn to be heard."""

    def send(self, data: bytes) -> None:
        """One binary message."""

    shared: Shared
    """How what is shared with others is sent now; another may do it after any send."""

    @property
    def shared_fd(self) -> int:
        """The socket that `shared` sends to, and others may too; -1 while it sends otherwise."""

    def send_rest(self, frame: bytes) -> None:
        """The rest of a frame that `shared` took in part, or not at all: it waits, and what is sent after it."""

    pose_way: PoseWay | None
    """Set while the client is in a district; after a resume from its first pose on, which thus is a message."""

    def ping(self) -> None:
        """A WebSocket ping."""

    def close(self, code: int, reason: str) -> None:
        """The WebSocket close, after what was sent."""


class Connection:
    """A client from its first byte to its last, over as many lines as it takes."""

    line: Line
    session: ServerSession
    outbox: Outbox

    def __init__(self, line: Line, router: "Router", now: float) -> None:
        limits = router.settings.limits
        self.router = router
        self.answers = Answers()
        self._asked: set[int] = set()
        self.ticket: Ticket | None = None
        self.citizen: Citizen | None = None
        self.avatar: Avatar | None = None
        self.is_veiled = False
        """Whether others see another look than the avatar's, and its owner was told so."""
        self.locale: str | None = None
        self.crowd: Crowd | None = None
        self.slot = -1
        ledger = Ledger(limits.facts_unacknowledged)
        self._take_line(line, ServerSession(now, limits.max_message_bytes, ledger))

    def _take_line(self, line: Line, session: ServerSession) -> None:
        line.connection = self
        self.line = line
        self.session = session
        self.outbox = Outbox(session, self._send)
        self.is_behind = False
        self.unread = 0
        self.pinged_at = session.heard_at
        self.look_at = 0.0
        """Before then its silence can be of no consequence."""
        self.ended: Farewell | None = None

    @property
    def has_line(self) -> bool:
        """Whether the client can be told anything now."""
        return self.line.connection is self

    def go_on(self, by: "Connection", last: int) -> None:
        """Take the line of another connection, by which the client resumes this one; it has the facts to `last`."""
        by.session.resume(self.session.ledger, last)
        self._take_line(by.line, by.session)

    def welcome(self, welcome: Welcome) -> None:
        """Send the welcome, and then every fact that the client has not had."""
        self._send(self.session.send(welcome))
        for message in bundles(self.session.tell_again()):
            self._send(message)

    def receive(self, data: bytes | str, now: float) -> None:
        """One WebSocket message from the client."""
        if len(data) != POSE_MESSAGE_BYTES:  # their crowd counts poses, all of a tick at once
            self.router.metrics.received_bytes.inc(len(data))
        try:
            for heard in self.session.receive(data, now):
                if self.ended is None:
                    self._hear(heard, now)
        except Exception as fault:
            self._end_by(fault)

    def greet_again(self, hello: Hello) -> None:
        """What the hello waited for is there."""
        try:
            self.router.greet(self, hello, self.router.clock.monotonic(), has_waited=True)
        except Exception as fault:
            self._end_by(fault)

    def _end_by(self, fault: Exception) -> None:
        """The peer's fault ends the connection with its reason, a fault of ours with none."""
        if isinstance(fault, ProtocolError):
            self.end(fault.code, fault.message, after_ms=fault.after_ms, close_code=fault.close_code)
        else:
            log.error("a fault of ours while hearing a client", exc_info=fault)
            self.end(Farewell.INTERNAL)

    def _hear(self, heard: HeardByServer, now: float) -> None:
        metrics = self.router.metrics
        match heard:
            case Pose(raw):
                self.pose(raw, now)
            case Command():
                self._carry_out(heard, now)
            case Hello():
                if self.session.state is State.ASKED:
                    self.router.greet(self, heard, now)
            case Ping():
                self.tell_count(Pong(t=heard.t, server_time=self.router.clock.unix_ms()))
                self.outbox.flush()
            case Ack(n=n):
                if n > self.session.told:
                    metrics.acks_ahead.inc()
            case Goodbye():
                self.end(Farewell.BYE)
            case Misread(command_id, refusal):
                if not self._answer_again(command_id):
                    self._refuse(command_id, "unreadable", refusal)
                    if refusal.code in MALFORMED:
                        self._count_malformed(now)
            case Unknown():
                metrics.unknown_messages.inc()
                self._count_malformed(now)

    def _count_malformed(self, now: float) -> None:
        """One more message that cannot be read; raises ProtocolError(flooding)."""
        assert self.citizen is not None
        self.router.pace.malformed(self.citizen.id, self.line.address, now)

    def pose(self, raw: bytes, now: float) -> None:
        """One pose; it waits for the district's next tick."""
        if self.crowd is not None:
            self.crowd.inbox.take(self.slot, raw)
            self.crowd.open_way(self)

    def _carry_out(self, command: Command, now: float) -> None:
        if self._answer_again(command.id) or command.id in self._asked:
            return
        assert self.citizen is not None
        self._asked.add(command.id)
        try:
            self.router.take_command(self, self.citizen, command, now)
        except Refused as refusal:
            self.answer(command, refusal)

    def answer(self, command: Command, answer: Done | Refused) -> None:
        """What became of a command, once it is so: perhaps by another line than that by which it came."""
        self._asked.discard(command.id)
        if isinstance(answer, Refused):
            self._refuse(command.id, command.type, answer)
        else:
            self.router.metrics.commands.labels(command.type, "done").inc()
            self._answer(command.id, answer)

    def _answer_again(self, command_id: int) -> bool:
        """Whether this id was answered before; then it is answered the same."""
        before = self.answers.again(command_id)
        if before is not None:
            self._send(before)
        return before is not None

    def _refuse(self, command_id: int, word: str, refusal: Refused) -> None:
        self.router.metrics.note_refused(word, refusal)
        answer = RefusedAnswer(
            id=command_id,
            code=refusal.code,
            message=refusal.message,
            field=refusal.field,
            retry_after_ms=refusal.retry_after_ms,
        )
        self._answer(command_id, answer, remembered=refusal.code is not Refusal.TOO_FAST)

    def _answer(self, command_id: int, answer: Done | RefusedAnswer, *, remembered: bool = True) -> None:
        is_open = self.session.state is State.OPEN
        if is_open:
            self.outbox.flush()
            is_open = self.has_line
        data = self.session.send(answer) if is_open else encode(answer)
        if remembered:
            self.answers.remember(command_id, data)
        if is_open:
            self._send(data)

    def _send(self, data: bytes) -> None:
        """All but frames, which are skipped for who is behind: of the rest only so much may wait."""
        if not self.has_line:
            return
        most = self.router.settings.limits.unread_bytes
        if self.is_behind and most and self.ended is None:
            self.unread += len(data)
            if self.unread > most:
                self.router.metrics.limit_reached.labels("unread_bytes").inc()
                self.end(Farewell.TOO_SLOW, "too much waits that is not read")
                return
        self.line.send(data)

    def tell(self, fact: Fact, at_ms: int) -> None:
        """Queue one fact for this client alone."""
        self.tell_body(fact_body(fact, at_ms))

    def tell_body(self, body: bytes) -> None:
        """Queue a fact that was encoded once for all its hearers; until there is a line that can take it, keep it."""
        if self.session.state is State.OPEN:
            self.outbox.fact(body)
            self._await_flush()
        elif self.router.sessions.holds(self):
            self.session.ledger.enter(body)
        if self.session.ledger.is_overfull:
            self.end(Farewell.TOO_SLOW)

    def tell_count(self, count: Count) -> None:
        """Queue a running number for this client alone."""
        self.tell_number(count.type, encode(count))

    def tell_number(self, word: str, body: bytes) -> None:
        """Queue a running number that was encoded once for all its hearers."""
        self.outbox.number(word, body)
        self._await_flush()

    def _await_flush(self) -> None:
        """What is queued goes with the next tick of the district: a message costs more than what it holds."""
        (self.crowd or self.router).to_flush.add(self)

    def check_silence(self, now: float) -> None:
        """End a client that is silent for too long, or whose token has ended; ping one that is quiet."""
        if self.crowd is not None:
            self.session.heard_at = max(self.session.heard_at, self.crowd.district.heard_at(self.slot))
        try:
            if not self.line.is_unheard:  # else it spoke in time, and waits for us
                self.session.expire(now)
            if self.citizen is not None:
                self.router.registry.check(self.citizen)
        except ProtocolError as error:
            self.end(error.code, error.message)
            return
        if now - max(self.session.heard_at, self.pinged_at) >= PING_SECONDS:
            if self.session.state is not State.OPEN:
                return
            self.pinged_at = now
            self.line.ping()
        self.look_at = min(
            self.session.deadline(),
            max(self.session.heard_at, self.pinged_at) + PING_SECONDS,
            now + self.router.registry.left_s(self.citizen),
        )

    def end(
        self, code: Farewell, message: str = "", *, after_ms: int | None = None, close_code: int | None = None
    ) -> None:
        """Say goodbye with its reason and close; leave the city, unless after this ending one may resume."""
        may_resume = ENDINGS[code].resumable and self.has_line
        self.close_line(code, message, after_ms=after_ms, close_code=close_code)
        self.router.part(self, may_resume=may_resume)

    def left(self) -> None:
        """The client has closed its line in order, which is its goodbye."""
        self.ended = self.ended or Farewell.BYE
        self._drop_line()
        self.router.part(self, may_resume=False)

    def lost(self) -> None:
        """The line broke: the session may be resumed; safe to call twice."""
        if self.has_line:
            self._drop_line()
            self.router.part(self, may_resume=True)

    def close_line(
        self, code: Farewell, message: str = "", *, after_ms: int | None = None, close_code: int | None = None
    ) -> None:
        """Say goodbye by this line and close it; whether the session is over is another question."""
        if self.ended is None and self.has_line:
            self.ended = code
            if self.session.state is not State.CLOSED:
                if after_ms is None and ENDINGS[code].retry == "later":
                    after_ms = self.router.settings.limits.retry_after_ms
                self.outbox.flush()
                self.line.send(self.session.farewell(code, message, after_ms))
            self.line.close(close_code or ENDINGS[code].close_code, code.value)
        self._drop_line()

    def _drop_line(self) -> None:
        self.session.close()
        if self.has_line:
            if self.crowd is not None:
                # At once, as the number of the line's socket may soon be another's.
                self.crowd.hold(self.slot)
            self.line.connection = self.line.pose_way = None
