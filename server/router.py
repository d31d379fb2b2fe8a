"""The router: who is here, and to whom each command goes; what a greeting answers."""

import secrets
from collections import OrderedDict

import structlog
from numpy.random import Generator
from pydantic import BaseModel

from protocol import handshake
from protocol.avatars import AvatarCard, AvatarCards, Change, Emote, Who
from protocol.chat import ChatSaid, Said, Say, Speaker
from protocol.codec import dump
from protocol.districts import AtPlace, Enter, Place
from protocol.handshake import Done, Draining, Hello, Welcome
from protocol.message import Command
from protocol.refusals import Farewell, Refusal, Refused
from server.admission import Door, Pace, Shut
from server.answers import Keys
from server.auth import Registry
from server.clock import Clock
from server.config import Settings
from server.connection import Connection, Line
from server.crowd import Crowd
from server.metrics import Metrics
from server.overload import Step
from server.places import place_in
from server.waiting import RETRY_MS, WaitingLine
from worlds.citizen import Citizen
from worlds.plan import CityPlan
from worlds.speech import line_of

log = structlog.get_logger("router")

MAX_KEYRINGS = 20_000
"""Citizens whose command keys are remembered; past it those who used theirs longest ago are forgotten."""


class Router:
    """One city on one node: connections in, commands to their place, facts back."""

    def __init__(
        self,
        plan: CityPlan,
        settings: Settings,
        registry: Registry,
        metrics: Metrics,
        clock: Clock,
        chance: Generator,
    ) -> None:
        self.plan = plan
        self.settings = settings
        self.metrics = metrics
        self.clock = clock
        self.registry = registry
        self.door = Door(settings.limits, metrics)
        self.pace = Pace(settings.limits, metrics)
        self.crowds = {
            district.id: Crowd(district, settings, metrics, clock, chance)
            for district in plan.open_in(settings.city.phase)
        }
        self.connections: set[Connection] = set()
        self.present: dict[str, Connection] = {}
        self.to_flush: set[Connection] = set()
        self._keys: OrderedDict[str, Keys] = OrderedDict()
        self._waiting = {district: WaitingLine() for district in self.crowds}
        self._limits = handshake.Limits(
            max_message_bytes=settings.limits.max_message_bytes,
            pose_hz=settings.limits.pose_hz,
            speed_m_s=settings.walk.speed_m_s,
            commands_per_s=settings.limits.commands_per_s,
            chat_length=settings.limits.chat_length,
        )

    # Coming and going

    def connect(self, line: Line, now: float) -> Connection:
        """A new line: a connection, which is told `full` at once when the door does not open."""
        connection = Connection(line, self, now)
        try:
            self.door.enter(line.address, now)
        except Shut as shut:
            self.metrics.handshakes.labels(shut.code).inc()
            connection.end(shut.code, shut.message, after_ms=shut.after_ms)
            return connection
        self.connections.add(connection)
        return connection

    def greet(self, connection: Connection, hello: Hello, now: float) -> Welcome:
        """The welcome for a hello; a newer session of the same citizen ends the older."""
        citizen = self.registry.identify(hello)
        older = self.present.get(citizen.id)
        if older is not None:
            older.end(Farewell.SUPERSEDED)
        self.present[citizen.id] = connection
        connection.citizen = citizen
        connection.avatar = hello.avatar
        if citizen.is_visitor:
            connection.session.max_message_bytes = self.settings.limits.visitor_message_bytes
        self.metrics.handshakes.labels("welcome").inc()
        return Welcome(
            protocol=handshake.PROTOCOL_VERSION,
            session=secrets.token_urlsafe(12),
            resume_key=secrets.token_urlsafe(24),
            resumed=False,
            resume_window_ms=0,
            citizen=handshake.CitizenCard(
                id=citizen.id,
                name=citizen.name,
                roles=list(citizen.roles),
                grants=list(citizen.grants),
                level=citizen.level,
            ),
            server_time=self.clock.unix_ms(),
            place=None,
            city=self.city(),
            limits=self._limits.model_copy(
                update={"max_message_bytes": connection.session.max_message_bytes}
            ),
        )

    def leave(self, connection: Connection) -> None:
        """The connection is over; safe to call twice."""
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        self.to_flush.discard(connection)
        self.door.leave(connection.line.address)
        self.metrics.closed.labels(connection.ended or "lost").inc()
        if connection.citizen is None:
            self.metrics.handshakes.labels(connection.ended or "lost").inc()
        if connection.is_behind:
            self.catch_up(connection)
        if connection.crowd is not None:
            connection.crowd.leave(connection.slot, self.clock.monotonic())
        citizen = connection.citizen
        if citizen is not None and self.present.get(citizen.id) is connection:
            del self.present[citizen.id]
            for line in self._waiting.values():
                line.leave(citizen.id)
            if citizen.is_visitor:
                # Their id was made for this session: nobody can come back to these keys.
                self._keys.pop(citizen.id, None)

    def fall_behind(self, connection: Connection) -> None:
        """The connection's line is full: its frames are skipped."""
        if connection in self.connections and not connection.is_behind:
            connection.is_behind, connection.unread = True, 0
            self.metrics.clients_behind.inc()
            if connection.crowd is not None:
                connection.crowd.hold(connection.slot)

    def catch_up(self, connection: Connection) -> None:
        """The connection's line has drained: it is shown everything anew."""
        if connection.is_behind:
            connection.is_behind = False
            self.metrics.clients_behind.dec()
            if connection.crowd is not None:
                connection.crowd.show_anew(connection.slot)

    # Commands

    def carry_out(self, connection: Connection, citizen: Citizen, command: Command, now: float) -> Done:
        """Decide one command; raises Refused."""
        self.pace.command(citizen.id, now)
        keys = self._keys.get(citizen.id)
        if keys is not None:
            again = keys.again(command)
            if again is not None:
                return again
        result = self._decide(connection, citizen, command, now)
        done = Done(id=command.id, result=None if result is None else dump(result))
        if command.key is not None:
            self._keyring(citizen.id).remember(command, done)
        return done

    def _keyring(self, citizen_id: str) -> Keys:
        keys = self._keys.setdefault(citizen_id, Keys())
        self._keys.move_to_end(citizen_id)
        if len(self._keys) > MAX_KEYRINGS:
            self._keys.popitem(last=False)
        return keys

    def _decide(
        self, connection: Connection, citizen: Citizen, command: Command, now: float
    ) -> BaseModel | None:
        match command:
            case Enter():
                return self._enter(connection, citizen, command, now)
            case Say():
                return self._say(connection, citizen, command, now)
            case Emote():
                self._crowd_of(connection).district.emote(connection.slot, command.emote, now)
                return None
            case Change():
                connection.avatar = command.avatar
                if connection.crowd is not None:
                    connection.crowd.tell_change(connection.slot)
                return None
            case Who():
                self.pace.who(citizen.id, now)
                return self._who(connection, command)
            case _:
                raise Refused(Refusal.UNKNOWN_TYPE, field="type")

    def _crowd_of(self, connection: Connection) -> Crowd:
        if connection.crowd is None:
            raise Refused(Refusal.NOT_HERE, "enter a district first")
        return connection.crowd

    def _enter(self, connection: Connection, citizen: Citizen, command: Enter, now: float) -> Place:
        crowd = self.crowds.get(command.district)
        if crowd is None:
            known = any(district.id == command.district for district in self.plan.districts)
            raise Refused(Refusal.CLOSED if known else Refusal.NOT_FOUND, field="district")
        if isinstance(command.at, AtPlace):
            self.pace.enter_at(citizen.id, now)
        spot = crowd.district.arrival(
            command.at, citizen, connection.slot if connection.crowd is crowd else -1
        )
        if connection.crowd is crowd:
            slot = connection.slot
            crowd.district.place(slot, spot, now)
        else:
            self._wait(crowd, citizen, now)
            slot = crowd.district.admit(citizen, spot, now)
            if connection.crowd is not None:
                connection.crowd.leave(connection.slot, now)
            crowd.join(connection, slot)
        if connection.is_behind:
            crowd.hold(slot)
        else:
            crowd.show_anew(slot)
        return place_in(crowd.district, slot, citizen, frozenset(self.crowds))

    def _wait(self, crowd: Crowd, citizen: Citizen, now: float) -> None:
        """Raises Refused `full`, with the place in the line, while the district has no place to give."""
        line = self._waiting[crowd.district.plan.id]
        capacity = self.settings.crowd.district_capacity
        free = capacity - crowd.population if capacity else 1
        place = line.ask(citizen.id, 0 if self.door.holds_arrivals else free, now)
        if place:
            self.metrics.limit_reached.labels("district_capacity").inc()
            raise Refused(
                Refusal.FULL, f"place {place} in the line", field="district", retry_after_ms=RETRY_MS
            )

    def _say(self, connection: Connection, citizen: Citizen, command: Say, now: float) -> Said:
        text = line_of(command.text, self.settings.limits.chat_length)
        if command.to == "citizen" and command.citizen is None:
            raise Refused(Refusal.BAD_MESSAGE, "whom?", field="citizen")
        self.pace.chat(citizen.id, now)
        said = Said(message=secrets.token_urlsafe(9), heard_by=0)
        if command.to == "citizen":
            hearer = self.present.get(command.citizen or "")
            if hearer is None or hearer is connection:
                raise Refused(Refusal.NOT_FOUND, "nobody of that name is here", field="citizen")
            sees = hearer.crowd is not None and hearer.crowd is connection.crowd
            hearer.tell(
                _line(said, citizen, connection.slot if sees else None, command, text), self.clock.unix_ms()
            )
            return said.model_copy(update={"heard_by": 1})
        crowd = self._crowd_of(connection)
        hearers = crowd.district.hearers(connection.slot, command.to)
        told = crowd.tell(hearers, _line(said, citizen, connection.slot, command, text))
        return said.model_copy(update={"heard_by": told})

    def _who(self, connection: Connection, command: Who) -> AvatarCards:
        crowd = self._crowd_of(connection)
        cards = []
        for slot in crowd.district.seen_by(connection.slot, command.slots):
            other = crowd.connections.get(slot)
            if other is not None and other.citizen is not None:
                card = AvatarCard(
                    slot=slot,
                    citizen=other.citizen.id,
                    name=other.citizen.name,
                    roles=list(other.citizen.roles),
                    avatar=other.avatar,
                )
                cards.append(card)
        return AvatarCards(avatars=cards)

    # The node's own rounds

    def flush(self) -> None:
        """Send every client what has been queued for it."""
        waiting, self.to_flush = self.to_flush, set()
        for connection in waiting:
            connection.outbox.flush()

    def check_silence(self, now: float) -> None:
        """Ping the quiet, end the silent: once a second."""
        for connection in list(self.connections):
            connection.check_silence(now)

    def take_step(self, step: Step) -> None:
        """What the node's step on the overload ladder means for every crowd and for the door."""
        self.metrics.overload_step.set(step)
        self.door.holds_arrivals = step >= Step.ARRIVALS_WAIT
        hz = self.settings.crowd.tick_hz / (2 if step >= Step.TICK_HALVED else 1)
        self.metrics.tick_hz.set(hz)
        for crowd in self.crowds.values():
            crowd.district.set_pace(hz, min(step, Step.MIDDLE_SLOWER))

    def announce_drain(self, after_ms: int) -> None:
        """Tell everyone that this node goes away."""
        for connection in list(self.connections):
            connection.tell_count(Draining(after_ms=after_ms))
        self.flush()

    def city(self) -> handshake.CityCard:
        """The city as it is told: its districts, open or not, and how many are there."""
        return handshake.CityCard(
            id=self.plan.id,
            name=handshake.Text(ko=self.plan.name.ko, en=self.plan.name.en),
            districts=[
                handshake.DistrictCard(
                    id=district.id,
                    name=handshake.Text(ko=district.name.ko, en=district.name.en),
                    open=district.id in self.crowds,
                    population=self.crowds[district.id].population if district.id in self.crowds else 0,
                )
                for district in self.plan.districts
            ],
        )


def _line(said: Said, citizen: Citizen, slot: int | None, command: Say, text: str) -> ChatSaid:
    speaker = Speaker(citizen=citizen.id, name=citizen.name, slot=slot)
    return ChatSaid.model_validate({"message": said.message, "from": speaker, "to": command.to, "text": text})
