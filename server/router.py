"""The router: who is here, and to whom each command goes; what a greeting answers."""

from collections.abc import Callable
from functools import partial

import structlog
from numpy.random import Generator
from pydantic import BaseModel

from protocol import handshake
from protocol.avatars import AvatarCards, Change, Emote, Who
from protocol.chat import Say
from protocol.codec import dump
from protocol.districts import AtPlace, CloseHall, Enter, Place
from protocol.handshake import Done, Draining, Hello, Welcome
from protocol.message import Command
from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from protocol.session import State
from server.admission import Door, Pace, Shut
from server.answers import Keyrings
from server.auth import Registry
from server.clock import Clock
from server.config import Settings
from server.connection import Connection, Line
from server.crowd import Crowd
from server.evidence import Evidence
from server.held_offices import HeldOffices
from server.host import Host
from server.keys import KeysMissing, Unreachable
from server.looks import Looks
from server.metrics import Metrics
from server.naming import shown_to_all
from server.overload import Step, fullest
from server.places import Ground, citizen_card, city_card
from server.restraints import Restraints
from server.round import unavailable
from server.seating import Seating
from server.sessions import Sessions
from server.speech import Speech
from worlds.citizen import Citizen
from worlds.plan import CityPlan

log = structlog.get_logger("router")


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
        self.grounds = {name: Ground(crowd.district, self.crowds) for name, crowd in self.crowds.items()}
        self.sessions = Sessions(settings.limits, metrics)
        self.host: Host | None = None
        self.connections: set[Connection] = set()
        self.present: dict[str, Connection] = {}
        self.staff: dict[str, Connection] = {}
        self.to_flush: set[Connection] = set()
        self._halved: set[str] = set()
        """Districts that tick at half the rate; until the node has come down, that they do not swing."""
        self.evidence = Evidence(self)
        self.restraints = Restraints(self)
        self.speech = Speech(self)
        self.offices = HeldOffices(self)
        self.looks = Looks(self)
        self._keyrings = Keyrings()
        self.seating = Seating(self)
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

    def greet(self, newcomer: Connection, hello: Hello, now: float, *, has_waited: bool = False) -> None:
        """Welcome a client: to the session that it resumes, or to a new one; raises ProtocolError."""
        if newcomer.session.state is not State.ASKED:
            return
        older = self._resumable(hello, now)
        try:
            citizen = self._identified(hello, older, newcomer.line.address, has_waited=has_waited)
        except KeysMissing as missing:
            self.metrics.logins_waiting.inc()
            missing.fetching.add_done_callback(lambda _: newcomer.greet_again(hello))
            return
        if self.host is not None:
            citizen = shown_to_all(citizen, self.host.city, hello.locale)
        if older is None or older.citizen is None or older.citizen.id != citizen.id:
            connection = newcomer
            self._come_in(connection, hello, citizen)
        else:
            connection = older
            self._take_up(older, newcomer, hello, citizen)
        self.metrics.handshakes.labels("welcome" if connection is newcomer else "resumed").inc()
        self._when_kept(lambda: self._begin(connection, resumed=connection is not newcomer))

    def _identified(
        self, hello: Hello, older: Connection | None, address: str, *, has_waited: bool
    ) -> Citizen:
        """Who says hello; to resume, the key is enough where there is no token, or one too old."""
        known = older.citizen if older is not None else None
        if known is not None and hello.token is None and hello.ticket is None:
            self.registry.check(known)
            return known
        try:
            return self.registry.identify(hello, address, has_waited=has_waited)
        except Unreachable as error:
            if known is None or not self.registry.holds(known):
                raise ProtocolError(Farewell.INTERNAL, str(error)) from error
            return known
        except ProtocolError:
            if known is None or not self.registry.holds(known):
                raise
            return known

    def _begin(self, connection: Connection, *, resumed: bool) -> None:
        """The welcome, and what follows it; nothing where the line broke or another already brought it."""
        if connection.session.state is not State.ASKED:
            return
        connection.welcome(self._welcome(connection, resumed=resumed))
        if connection.crowd is not None:
            self._show(connection, connection.crowd)
        if not resumed:
            self.note_arrival(connection, None)

    def note_arrival(self, connection: Connection, district: str | None) -> None:
        """The services are told of who came into the city (None) or a district, or came to be more or less in it."""
        if self.host is not None and connection.citizen is not None:
            self.host.note_arrival(connection.citizen, district)

    def know(self, connection: Connection, citizen: Citizen) -> None:
        """Whose connection it is, with the roles that they hold now, by their token and given to them here."""
        if self.host is not None:
            citizen = self.host.city.standing(citizen, self.clock.unix_ms())
        connection.citizen = citizen
        self.staff.pop(citizen.id, None)
        if citizen.is_staff:
            self.staff[citizen.id] = connection

    def _come_in(self, connection: Connection, hello: Hello, citizen: Citizen) -> None:
        """A new session; it ends an older one of the same citizen."""
        older = self.present.get(citizen.id)
        if older is not None:
            older.end(Farewell.SUPERSEDED)
        self.present[citizen.id] = connection
        self.know(connection, citizen)
        connection.avatar = hello.avatar
        connection.locale = hello.locale
        connection.ticket = self.sessions.open(connection)

    def _resumable(self, hello: Hello, now: float) -> Connection | None:
        """The connection that may go on by the newcomer's line, or None where nothing can be resumed."""
        resume = hello.resume
        connection = self.sessions.find(resume, now) if resume is not None else None
        if resume is None or connection is None or not self._keeps_sessions:
            return None
        if not connection.session.ledger.reaches(resume.last):
            connection.end(Farewell.SUPERSEDED)
            return None
        return connection

    def _take_up(self, older: Connection, newcomer: Connection, hello: Hello, citizen: Citizen) -> None:
        """The older connection goes on by the newcomer's line, with the roles of today."""
        assert hello.resume is not None
        assert older.ticket is not None
        if older.has_line:
            # It broke, and so far only the client knows.
            older.close_line(Farewell.SUPERSEDED)
            self._count_out(older)
        self.sessions.attach(older)
        self.connections.discard(newcomer)
        self.connections.add(older)
        older.go_on(newcomer, hello.resume.last)
        older.ticket.renew(hello.resume.key)
        if self.host is not None:
            self.host.note_presence(citizen, is_away=False)
        self.know(older, citizen)
        if older.crowd is not None and older.citizen is not None:
            older.crowd.read_roles(older.slot, older.citizen)
            # Nothing is shown before the welcome.
            older.crowd.part(older.slot)

    def _welcome(self, connection: Connection, *, resumed: bool) -> Welcome:
        citizen, ticket = connection.citizen, connection.ticket
        assert citizen is not None
        assert ticket is not None
        if citizen.is_visitor:
            connection.session.max_message_bytes = self.settings.limits.visitor_message_bytes
        return Welcome(
            protocol=handshake.PROTOCOL_VERSION,
            session=ticket.session,
            resume_key=ticket.key,
            resumed=resumed,
            resume_window_ms=round(self.settings.limits.resume_seconds * 1000),
            citizen=citizen_card(citizen),
            server_time=self.clock.unix_ms(),
            place=dump(self._place(connection.crowd, connection)) if connection.crowd is not None else None,
            city=self.city(),
            limits=self._limits.model_copy(
                update={"max_message_bytes": connection.session.max_message_bytes}
            ),
        )

    def part(self, connection: Connection, *, may_resume: bool) -> None:
        """The connection has no line any more: it is kept for a while, or over; safe to call twice."""
        if connection in self.connections:
            self._count_out(connection)
            if self.host is not None and connection.citizen is not None:
                self.host.note_presence(connection.citizen, is_away=True)
        if may_resume and self._keeps_sessions and connection.ticket is not None:
            if connection.crowd is not None:
                connection.crowd.part(connection.slot)
            for shed in self.sessions.detach(connection, self.clock.monotonic()):
                self._leave(shed)
        else:
            self._leave(connection)

    @property
    def _keeps_sessions(self) -> bool:
        return self.settings.limits.resume_seconds > 0 and not self.door.is_draining

    def _count_out(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.to_flush.discard(connection)
        self.door.leave(connection.line.address)
        if connection.ended is Farewell.FLOODING and connection.citizen is not None:
            # Not who failed to log in: their neighbours at the same address must not wait for that.
            self.door.note_flood(connection.line.address, self.clock.monotonic())
        self.metrics.closed.labels(connection.ended or "lost").inc()
        if connection.citizen is None:
            self.metrics.handshakes.labels(connection.ended or "lost").inc()
        if connection.is_behind:
            connection.is_behind = False
            self.metrics.clients_behind.dec()

    def _leave(self, connection: Connection) -> None:
        """The session is over; safe to call twice."""
        self.sessions.close(connection)
        if connection.crowd is not None:
            connection.crowd.leave(connection.slot, self.clock.monotonic())
        citizen = connection.citizen
        if citizen is not None and self.present.get(citizen.id) is connection:
            del self.present[citizen.id]
            self.staff.pop(citizen.id, None)
            self.evidence.forget(citizen.id)
            self.seating.forget(citizen.id)
            if citizen.is_visitor:
                # Their id was made for this session: nobody can come back to these keys.
                self._keyrings.forget(citizen.id)

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

    def _when_kept(self, act: Callable[[], None]) -> None:
        """Act now, or when what the host decides just now is kept: what it shows must be so."""
        if self.host is None:
            act()
        else:
            self.host.when_kept(act)

    def take_command(self, connection: Connection, citizen: Citizen, command: Command, now: float) -> None:
        """Answer a command: at once, or when what it led to is kept; raises Refused, BadToken."""
        self.registry.check(citizen)
        self.pace.command(citizen.id, connection.line.address, now, command.type)
        if self.host is not None and self.host.city.answers(command):
            asked = self.host.city.witnessed(command, citizen, self.evidence)
            self.host.submit(asked, citizen, partial(connection.answer, command))
        elif isinstance(command, Say):
            self._hear(connection, citizen, command, now)
        elif isinstance(command, Enter):
            if self.host is not None and not self.host.is_whole:
                raise unavailable()
            self._when_kept(
                lambda: connection.answer(command, self._tried(connection, citizen, command, now))
            )
        else:
            connection.answer(command, self.carry_out(connection, citizen, command, now))

    def _hear(self, connection: Connection, citizen: Citizen, command: Say, now: float) -> None:
        """A line is told at once, or a service keeps it and answers when that is kept; raises Refused."""
        instead = None
        if self._keyrings.again(citizen.id, command) is None:
            instead = self.speech.instead(connection, citizen, command, now)
        if instead is None or self.host is None:
            connection.answer(command, self.carry_out(connection, citizen, command, now))
        else:
            self.host.submit(instead, citizen, partial(connection.answer, command))

    def _tried(
        self, connection: Connection, citizen: Citizen, command: Command, now: float
    ) -> Done | Refused:
        try:
            if not self.sessions.holds(connection):
                raise Refused(Refusal.UNAVAILABLE, "the session is over")
            return self.carry_out(connection, citizen, command, now)
        except Refused as refusal:
            return refusal

    def carry_out(self, connection: Connection, citizen: Citizen, command: Command, now: float) -> Done:
        """Decide one command that does not last; raises Refused."""
        again = self._keyrings.again(citizen.id, command)
        if again is not None:
            return again
        result = self._decide(connection, citizen, command, now)
        done = Done(id=command.id, result=None if result is None else dump(result))
        self._keyrings.remember(citizen.id, command, done)
        return done

    def _decide(
        self, connection: Connection, citizen: Citizen, command: Command, now: float
    ) -> BaseModel | None:
        match command:
            case Enter():
                return self._enter(connection, citizen, command, now)
            case CloseHall():
                return self.seating.close(citizen, command)
            case Say():
                return self.speech.say(connection, citizen, command)
            case Emote():
                self._forbid(connection, citizen, command)
                self._crowd_of(connection).district.emote(connection.slot, command.emote, now)
                return None
            case Change():
                self._forbid(connection, citizen, command)
                connection.avatar = command.avatar
                self.looks.change(connection)
                return None
            case Who():
                self.pace.who(citizen.id, connection.line.address, now)
                return self._who(connection, command)
            case _:
                raise Refused(Refusal.UNKNOWN_TYPE, field="type")

    def _forbid(self, connection: Connection, citizen: Citizen, command: Command) -> None:
        """Raises Refused where a service forbids it to the citizen, there where they are."""
        if self.host is not None:
            crowd = connection.crowd
            scopes = crowd.district.scopes(connection.slot) if crowd is not None else ()
            self.host.city.forbid(command, citizen, scopes, self.clock.unix_ms())

    def _crowd_of(self, connection: Connection) -> Crowd:
        if connection.crowd is None:
            raise Refused(Refusal.NOT_HERE, "enter a district first")
        return connection.crowd

    def _enter(self, connection: Connection, citizen: Citizen, command: Enter, now: float) -> Place:
        crowd = self.crowds.get(command.district)
        if crowd is None:
            known = any(district.id == command.district for district in self.plan.districts)
            raise Refused(Refusal.CLOSED if known else Refusal.NOT_FOUND, field="district")
        self.restraints.check_entering(connection, command)
        is_inside = connection.crowd is crowd
        hall = self.seating.wanted(connection, crowd, citizen, command)
        spot = crowd.district.arrival(command.at, citizen, connection.slot if is_inside else -1)
        if not is_inside:
            self.seating.wait(connection, crowd, citizen, now)
        if isinstance(command.at, AtPlace):
            self.pace.enter_at(citizen.id, connection.line.address, now)
        if is_inside:
            if hall is not None:
                crowd.district.cross(connection.slot, hall)
            stays = command.at is None and (command.hall is not None or command.beside is not None)
            if not stays:
                crowd.district.place(connection.slot, spot, now)
        else:
            if hall is None:
                hall = self.seating.first(crowd, citizen)
            slot = crowd.district.admit(citizen, spot, now, hall)
            if connection.crowd is not None:
                connection.crowd.leave(connection.slot, now)
            crowd.join(connection, slot)
            self.restraints.read(connection)
            self.looks.enter(connection)
            self.note_arrival(connection, command.district)
        self._show(connection, crowd)
        return self._place(crowd, connection)

    def _show(self, connection: Connection, crowd: Crowd) -> None:
        """The picture of the district, as far as there is a line for it."""
        if not connection.has_line:
            crowd.part(connection.slot)
        elif connection.is_behind:
            crowd.hold(connection.slot)
        else:
            crowd.show_anew(connection.slot)

    def _place(self, crowd: Crowd, connection: Connection) -> Place:
        assert connection.citizen is not None
        district = crowd.district
        views = self.host.views(connection.citizen, district.plan.id) if self.host is not None else {}
        return self.grounds[district.plan.id].place(connection.slot, connection.citizen, views)

    def _who(self, connection: Connection, command: Who) -> AvatarCards:
        crowd = self._crowd_of(connection)
        shown = self.looks.card
        seen = (shown(crowd, slot) for slot in crowd.district.seen_by(connection.slot, command.slots))
        return AvatarCards(avatars=[card for card in seen if card is not None])

    # The node's own rounds

    def flush_outside(self) -> None:
        """Send those who are in no district what has been queued for them: no tick of theirs would."""
        waiting, self.to_flush = self.to_flush, set()
        for connection in waiting:
            connection.outbox.flush()

    def flush(self) -> None:
        """Send every client what has been queued for it, without waiting for a tick."""
        self.flush_outside()
        for crowd in self.crowds.values():
            crowd.flush()

    def check_silence(self, now: float) -> None:
        """Ping the quiet, end the silent, and those who did not come back: once a second."""
        for connection in [one for one in self.connections if one.look_at <= now]:
            connection.check_silence(now)
        for connection in self.sessions.overdue(now):
            self._leave(connection)
        self.evidence.sample(now)
        if self.host is not None:
            self.offices.look()

    def take_step(self, step: Step) -> None:
        """What the node's step on the overload ladder means for every crowd and for the door."""
        self.metrics.overload_step.set(step)
        self.door.bound_arrivals(0 if step >= Step.ARRIVALS_WAIT else None)
        if step < Step.TICK_HALVED:
            self._halved.clear()
        else:
            self._halved |= fullest({name: crowd.population for name, crowd in self.crowds.items()})
        whole = self.settings.crowd.tick_hz
        self.metrics.tick_hz.set(whole / 2 if self._halved else whole)
        for name, crowd in self.crowds.items():
            hz = whole / 2 if name in self._halved else whole
            crowd.district.set_pace(hz, min(step, Step.MIDDLE_SLOWER))

    def announce_drain(self, after_ms: int) -> None:
        """Tell everyone that this node goes away."""
        for connection in list(self.connections):
            connection.tell_count(Draining(after_ms=after_ms))
        self.flush()

    def city(self) -> handshake.CityCard:
        """The city as it is told: its districts, open or not, how many are there, and what it offers."""
        services = self.host.city.services if self.host is not None else ()
        return city_card(self.plan, {name: crowd.population for name, crowd in self.crowds.items()}, services)
