"""One district's crowd at work: takes poses as they come, ticks, and hands every client its frame.

Per pose: nothing (`server/inlet.py`). Per client and tick: a row among those who are sent to together, each the bytes
that all in the same cell share (`server/sockets.py`).
"""

import time
from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from protocol.avatars import AvatarCard, Changed, MovedBack
from protocol.codec import bundle, encode, fact_body
from protocol.districts import Crowd as CrowdCount
from protocol.districts import EnteredZone, LeftZone, Reseated, Supervised
from protocol.handshake import Text
from protocol.message import MAX_TOLD_BYTES, Fact
from protocol.refusals import Farewell
from server.clock import Clock
from server.config import Settings
from server.connection import Connection
from server.frames import binary_frame
from server.inbox import Inbox
from server.leaving import Leaving
from server.metrics import TICK_PHASES, Metrics
from server.sockets import OneByOne, Sockets
from worlds.citizen import Citizen
from worlds.district import District
from worlds.halls import MAIN
from worlds.movement import Rules, Steps
from worlds.plan import DistrictPlan
from worlds.pose_rate import PoseLimit
from worlds.service import Restrain
from worlds.supervision import Turn

COUNT_SECONDS = 5
"""How often each client is told how many are in the district."""


def _together(frames: list[bytes], besides: list[bytes]) -> list[bytes]:
    """Frames with what else a cell is told: in one message where there is room, as each costs more than its bytes."""
    if len(frames[-1]) + sum(map(len, besides)) < MAX_TOLD_BYTES:
        return [*frames[:-1], bundle([frames[-1], *besides])]
    return [*frames, bundle(besides)]


def supervised(turn: Turn, now: int, *, is_staff: bool) -> Supervised:
    """What people are told of a place that opened, is about to close, or closed."""
    place = turn.place
    told, name = getattr(place.text, turn.state), place.name
    return Supervised(
        place=place.id,
        name=Text(ko=name.ko, en=name.en),
        zones=list(place.zones),
        state=turn.state,
        may_enter=is_staff or turn.state == "open",
        text=Text(ko=told.ko, en=told.en),
        until=now + round(turn.left_s * 1000) if turn.state == "closing" else None,
    )


class Crowd:
    """Everyone in one district, and the lines by which they are told."""

    def __init__(
        self, plan: DistrictPlan, settings: Settings, metrics: Metrics, clock: Clock, chance: Generator
    ) -> None:
        self.settings = settings.crowd
        self.metrics = metrics
        self.clock = clock
        self.district = District(
            plan,
            cell_m=settings.crowd.cell_m,
            tile_cells=settings.crowd.tile_cells,
            view_m=settings.crowd.view_m,
            tick_hz=settings.crowd.tick_hz,
            bytes_per_client=settings.crowd.bytes_per_client,
            capacity=settings.crowd.district_capacity,
            kept=int(settings.crowd.district_capacity * settings.crowd.reserved_share),
            rules=Rules(
                speed_m_s=settings.walk.speed_m_s,
                poses=PoseLimit(
                    hz=settings.limits.pose_hz,
                    burst=settings.limits.pose_burst,
                    flooding_seconds=settings.limits.flooding_seconds,
                ),
            ),
            chance=chance,
        )
        self.connections: dict[int, Connection] = {}
        self.came_at: dict[int, float] = {}
        """Since when each is here, on the monotonic clock, s."""
        self._leaving = Leaving()
        self.to_flush = self._leaving.waiting
        self.inbox = Inbox(metrics, clock.monotonic())
        self.sockets: Sockets = OneByOne()
        self._watched = np.full(self.district.slots.count, -1, np.int32)
        self._fds = np.full(self.district.slots.count, -1, np.int32)
        self._joining: set[int] = set()
        self._away: set[int] = set()
        self._restraints: dict[int, Restrain] = {}
        self._release_at = 0
        self._counted: tuple[tuple[int, float, tuple[int, ...]], bytes] = (-1, 0.0, ()), b""

    @property
    def population(self) -> int:
        """How many citizens are in the district."""
        return len(self.connections)

    def card(self, slot: int) -> AvatarCard | None:
        """Who is behind a slot, if anyone."""
        connection = self.connections.get(slot)
        if connection is None or connection.citizen is None:
            return None
        return AvatarCard(
            slot=slot,
            citizen=connection.citizen.id,
            name=connection.citizen.name,
            roles=list(connection.citizen.roles),
            avatar=connection.avatar,
            away=self.is_away(slot) or None,
        )

    def join(self, connection: Connection, slot: int) -> None:
        """A citizen has entered: from the next tick on they are shown, and told."""
        self.connections[slot] = connection
        self.came_at[slot] = self.clock.monotonic()
        connection.crowd, connection.slot = self, slot
        self.open_way(connection)

    def open_way(self, connection: Connection) -> None:
        """From now on the connection's line, if it has one, puts its poses here without asking."""
        if connection.has_line:
            connection.line.pose_way = (connection.slot, self.inbox)

    def leave(self, slot: int, now: float) -> None:
        """A citizen leaves the district."""
        connection = self.connections.pop(slot)
        del self.came_at[slot]
        connection.crowd, connection.slot = None, -1
        connection.line.pose_way = None
        self._unwatch(slot)
        self._joining.discard(slot)
        self._away.discard(slot)
        self._restraints.pop(slot, None)
        self.district.leave(slot, now)

    def close_hall(self, hall: int) -> int:
        """Those in a mirror get seats in other halls, and are told which; how many. Raises Refused `full`."""
        moved = self.district.close_hall(hall)
        at = self.clock.unix_ms()
        for slot, to in moved:
            connection = self.connections[slot]
            connection.tell(Reseated(district=self.district.plan.id, hall=to), at)
            if self._watched[slot] >= 0:
                self.show_anew(slot)
        return len(moved)

    def read_roles(self, slot: int, citizen: Citizen) -> bool:
        """Where a citizen may go by the roles they have now and what keeps them; whether they must leave a zone."""
        must_leave = self.district.read_roles(slot, citizen)
        if slot in self._restraints:
            self.restrain(slot, self._restraints[slot])
        return must_leave

    def restrain(self, slot: int, restraint: Restrain) -> bool:
        """What keeps an avatar from now on, until its times are over; whether it was moved by that, or stopped."""
        now, name, connection = self.clock.unix_ms(), self.district.plan.id, self.connections[slot]
        was_frozen = self.frozen_until(slot) > now
        self._restraints[slot] = restraint
        until = self.frozen_until(slot)
        barred = {
            scope.partition("/")[2]: end
            for scope, end in restraint.barred
            if end > now and scope.startswith(f"{name}/")
        }
        ends = [end for end in (until, *barred.values()) if end > now]
        if not ends:
            del self._restraints[slot]
        else:
            self._release_at = min([*ends, *([self._release_at] if self._release_at > now else [])])
        assert connection.citizen is not None
        is_out = self.district.restrain(
            slot, connection.citizen, until > now, frozenset(barred), self.clock.monotonic()
        )
        return is_out or (until > now and not was_frozen)

    def frozen_until(self, slot: int) -> int:
        """Until when an avatar does not move, in ms; 0: it is free."""
        name, restraint = self.district.plan.id, self._restraints.get(slot)
        if restraint is None:
            return 0
        return max(
            (end for scope, end in restraint.frozen if scope.partition("/")[0] in ("", name)), default=0
        )

    def _release(self) -> None:
        """Whose time is over walks again: by the clock, whatever the services have noted."""
        if self._release_at and self._release_at <= self.clock.unix_ms():
            self._release_at = 0
            for slot, restraint in list(self._restraints.items()):
                self.restrain(slot, restraint)

    def hold(self, slot: int) -> None:
        """This client's line is full: no frames until it has drained."""
        self._unwatch(slot)
        self._joining.discard(slot)
        self._away.discard(slot)

    def part(self, slot: int) -> None:
        """This client's line broke: its avatar stays, away, and nobody is shown anything for it."""
        self.hold(slot)
        self._away.add(slot)

    def is_away(self, slot: int) -> bool:
        """Whether the citizen's line broke."""
        return slot in self._away

    def show_anew(self, slot: int) -> None:
        """This client is shown the whole picture at the next tick, and its frames from then on."""
        self._unwatch(slot)
        self._away.discard(slot)
        self._joining.add(slot)

    def ticking(self, now: float) -> Iterator[None]:
        """One tick: receive, walk, tell who was put back or crossed a zone; weave the frames; send them.

        In parts: in a full district each takes some ms, and in between others have a turn. Who comes or goes meanwhile
        is as one who comes or goes between two ticks.
        """
        if not self.connections:
            self._pass(now)
            return
        began = time.perf_counter()
        self._release()
        steps = self.inbox.empty(now)
        received = time.perf_counter()
        self._walk(steps, now)
        self._supervise(now)
        walked = time.perf_counter()
        yield
        weaving = time.perf_counter()
        tick_ms = self.clock.unix_ms() & 0xFFFFFFFF
        watching = int(np.count_nonzero(self._watched >= 0))
        behind = len(self.connections) - watching - len(self._joining) - len(self._away)
        self.metrics.frames_skipped.inc(behind)
        everyone: dict[int, dict[int, int]] = {}
        weave_s = send_s = 0.0
        for hall in self.district.halls.open:
            if everyone:
                yield
                weaving = time.perf_counter()
            if hall not in self.district.halls:
                continue  # its last one has left meanwhile
            watched = self._watched_in(hall)
            cells, counts = np.unique(watched[watched >= 0], return_counts=True)
            people = everyone[hall] = dict(zip(cells.tolist(), counts.tolist(), strict=True))
            woven, crossings = self.district.weave(tick_ms, people, watched, hall)
            weave_s += time.perf_counter() - weaving
            yield
            sending = time.perf_counter()
            told = self._counts(list(people))
            for cell in woven.tiles.keys() | told.keys():
                besides = [values[cell] for values in (woven.tiles, told) if cell in values]
                woven.frames[cell] = _together(woven.frames[cell], besides)
            self._send(woven.frames, hall)
            self._move_watchers(crossings, woven.crossings)
            self._picture_joiners(hall)
            send_s += time.perf_counter() - sending
        took = received - began, walked - received, weave_s, send_s
        for phase, seconds in zip(TICK_PHASES, (*took, sum(took)), strict=True):
            self.metrics.tick_seconds.labels(phase).observe(seconds)
        if self.district.tick % round(self.district.tick_hz) == 0:
            yield
            self._measure(everyone, now)

    def _watched_in(self, hall: int) -> NDArray[np.int32]:
        """The cells as which the people of a hall are told, by slot; -1: not at all, or in another hall."""
        halls = self.district.halls
        if halls.is_one and hall == MAIN:
            return self._watched
        return np.where(halls.of == hall, self._watched, np.int32(-1))

    def hearing(self) -> Iterator[None]:
        """Before a tick, in parts: what was told to many is entered for each of them, to go with their frames."""
        yield from self._leaving.enter()

    def flush(self) -> None:
        """Send everyone here what has been queued for them since the last tick, each in one message."""
        for _ in self.leaving():
            pass

    def leaving(self) -> Iterator[None]:
        """The same in parts: it stops between some and the next, so that others have a turn."""
        yield from self._leaving.enter()
        yield from self._leaving.send()

    def _pass(self, now: float) -> None:
        """A tick of an empty district: nobody walks, and nobody is told."""
        absent = len(self.inbox.empty(now).slot)
        if absent:
            self.metrics.poses.labels("absent").inc(absent)
        self.district.rest()
        self._supervise(now)
        self.metrics.population.labels(self.district.plan.id).set(0)

    def _walk(self, steps: Steps, now: float) -> None:
        outcome = self.district.walk(steps, now)
        for result, count in outcome.counts.items():
            if count:
                self.metrics.poses.labels(result).inc(count)
        for slot, reason in outcome.put_back:
            if slot not in self.connections:
                continue
            x, y, z, yaw = self.district.stand(slot)
            back = MovedBack.model_validate({"x": x, "y": y, "z": z, "yaw": yaw, "reason": reason})
            self.connections[slot].tell_count(back)
        at = self.clock.unix_ms()
        for slot, entered, left in outcome.zones:
            connection = self.connections.get(slot)
            if connection is None:
                continue
            for zone in left:
                connection.tell(LeftZone(zone=zone), at)
            for zone in entered:
                connection.tell(EnteredZone(zone=zone), at)
        for slot in outcome.flooding:
            if slot in self.connections:
                self.connections[slot].end(Farewell.FLOODING)

    def _supervise(self, now: float) -> None:
        """Places that opened or closed by who is in them: whom they admit is told why; who is put out is told where."""
        turns, out = self.district.supervise(self._away, now)
        for slot in out:
            self.metrics.limit_reached.labels("supervised").inc()
            x, y, z, yaw = self.district.stand(slot)
            self.connections[slot].tell_count(MovedBack(x=x, y=y, z=z, yaw=yaw, reason="not_allowed"))
        for turn in turns:
            staff, others = self.district.admitted_to(turn.place)
            for slots, is_staff in ((staff, True), (others, False)):
                self.tell(slots, supervised(turn, self.clock.unix_ms(), is_staff=is_staff))

    def _send(self, messages: dict[int, list[bytes]], hall: int) -> None:
        number = np.full(self.district.grid.count, -1, np.intp)
        for turn in range(max(map(len, messages.values()), default=0)):
            parts = {cell: there[turn] for cell, there in messages.items() if turn < len(there)}
            frames = list(map(binary_frame, parts.values()))
            number[:] = -1
            number[list(parts)] = np.arange(len(frames))
            # Anew for each part, as who is full by one has no more of them.
            watched = self._watched_in(hall)
            slots = np.flatnonzero(watched >= 0)
            which = number[watched[slots]]
            slots, which = slots[which >= 0], which[which >= 0]
            self._send_each(slots, frames, which)
            sizes = np.array(list(map(len, parts.values())), np.int64)
            self.metrics.frames.inc(len(slots))
            self.metrics.frame_bytes.inc(int(sizes[which].sum()))

    def _send_each(self, slots: NDArray[np.intp], frames: list[bytes], which: NDArray[np.intp]) -> None:
        """To each of these clients the frame of that number, and what is queued for it."""
        fds = self._fds[slots]
        direct = np.flatnonzero(fds >= 0)
        besides = self._leaving.take(self.connections, slots[direct])
        taken = self.sockets.send(fds[direct], frames, which[direct], besides)
        owed = np.array(list(map(len, frames)), np.int64)[which[direct]]
        for row, beside in besides.items():
            owed[row] += len(beside)
        short = np.flatnonzero(taken != owed)
        for row, slot, i in zip(
            short.tolist(), slots[direct[short]].tolist(), which[direct[short]].tolist(), strict=True
        ):
            whole = frames[i] + besides.get(row, b"")
            self.connections[slot].line.send_rest(whole[int(taken[row]) :])
        indirect = np.flatnonzero(fds < 0)
        for slot, i in zip(slots[indirect].tolist(), which[indirect].tolist(), strict=True):
            self._give(slot, [frames[i]])

    def _give(self, slot: int, frames: list[bytes]) -> None:
        """Frames for one client."""
        line = self.connections[slot].line
        for frame in frames:
            try:
                taken = line.shared(frame)
            except OSError:
                taken = 0
            if taken != len(frame):
                line.send_rest(frame[taken:])

    def _watch(self, slot: int, cell: int) -> None:
        self._watched[slot], self._fds[slot] = cell, self.connections[slot].line.shared_fd

    def rewatch(self, slot: int) -> None:
        """This client's line sends in another way now."""
        if self._watched[slot] >= 0:
            self._fds[slot] = self.connections[slot].line.shared_fd

    def _unwatch(self, slot: int) -> None:
        self._watched[slot] = self._fds[slot] = -1

    def _move_watchers(
        self, crossings: list[tuple[int, int, int]], messages: dict[tuple[int, int], list[bytes]]
    ) -> None:
        """Who crossed into another cell has had the old cell's frame; now what the new cell sees besides."""
        frames = {pair: [binary_frame(part) for part in parts] for pair, parts in messages.items()}
        for slot, before, after in crossings:
            if self._watched[slot] == before:  # else gone meanwhile, or held
                self._watch(slot, after)
                self._give(slot, frames[before, after])

    def _picture_joiners(self, hall: int) -> None:
        pictures: dict[int, list[bytes]] = {}
        joining = {slot for slot in self._joining if self.district.hall_of(slot) == hall}
        if not joining or not self.district.halls[hall].is_woven:
            return
        self._joining -= joining
        for slot in joining:
            cell = self.district.cell_of(slot)
            if cell not in pictures:
                pictures[cell] = [binary_frame(part) for part in self.district.picture(cell, hall)]
            self._watch(slot, cell)
            self._give(slot, pictures[cell])

    def _counts(self, watching: list[int]) -> dict[int, bytes]:
        """The number of people in the district, for the observer cells whose turn it is within COUNT_SECONDS."""
        every = round(COUNT_SECONDS * self.district.tick_hz)
        turn = [cell for cell in watching if (cell + self.district.tick) % every == 0]
        if not turn:
            return {}
        halls = self.district.halls
        now = self.population, self.district.tick_hz, () if halls.is_one else tuple(halls.people)
        if self._counted[0] != now:
            count = CrowdCount(
                district=self.district.plan.id,
                population=now[0],
                tick_hz=now[1],
                halls=list(now[2]) or None,
                hall_seats=halls.seats if now[2] else None,
            )
            self._counted = now, encode(count)
        return dict.fromkeys(turn, self._counted[1])

    def _measure(self, people: dict[int, dict[int, int]], now: float) -> None:
        """Once a second: the population, and how old is what clients are shown of their near ones, hall by hall."""
        self.metrics.population.labels(self.district.plan.id).set(self.population)
        if self.district.halls.most > 1:
            self.metrics.halls.labels(self.district.plan.id).set(len(self.district.halls.open))
        for hall, there in people.items():
            if there and hall in self.district.halls and self.district.halls[hall].is_woven:
                ages, weights = self.district.near_ages(there, self.clock.monotonic(), hall)
                self.metrics.neighbour_ages.observe(ages, weights, now)

    def tell(self, slots: list[int], fact: Fact) -> int:
        """One fact to several citizens here, encoded once; how many are told, with the next tick.

        Not at once: it takes 3 ms for a thousand, and when many speak in one moment, whoever votes would wait.
        """
        hearers = [self.connections[slot] for slot in slots if slot in self.connections]
        if hearers:
            self._leaving.tell(fact_body(fact, self.clock.unix_ms()), hearers)
        return len(hearers)

    def tell_change(self, card: AvatarCard, *, has_other_roles: bool = False) -> None:
        """Those near are told how someone looks now, or what they hold."""
        roles = card.roles if has_other_roles else None
        changed = Changed(slot=card.slot, name=card.name, avatar=card.avatar, roles=roles)
        self.tell(self.district.hearers(card.slot, "nearby"), changed)
