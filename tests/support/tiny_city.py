"""The smallest city that speaks the language: two districts, one wall, all told of all every tick."""

import asyncio
import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Self

import numpy as np
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from protocol import avatars, chat, codec, districts, handshake, poses
from protocol.message import Command, Result
from protocol.refusals import ENDINGS, Farewell, ProtocolError, Refusal, Refused
from protocol.session import Misread, Pose, ServerSession

SIZE_M = 40.0
CELL_M = 10.0
COLUMNS = 4
WALL_X = 20.0
WALL_Z = (10.0, 30.0)
PORTALS = {"green": ("gate", "hall", "door"), "hall": ("door", "green", "gate")}
PORTAL_PLACE = (36.0, 20.0)
SPAWN = (5.0, 20.0)


def text(word: str) -> handshake.Text:
    return handshake.Text(ko=word, en=word)


@dataclass(eq=False)
class Guest:
    """One connection."""

    socket: ServerConnection
    session: ServerSession
    slot: int
    name: str = ""
    district: str | None = None
    x: float = 0.0
    z: float = 0.0
    yaw: int = 0
    stance: int = 0
    poses: int = 0
    was_put_back: bool = False
    hello: handshake.Hello | None = None
    answered: list[Command] = field(default_factory=list)


class TinyCity:
    """An asynchronous context; `url` is where it listens."""

    def __init__(self, tick_hz: float = 50.0) -> None:
        self.tick_hz = tick_hz
        self.guests: dict[int, Guest] = {}
        self.welcomed = 0
        self.turned_away = 0
        self.is_deaf = False
        self.ignored: list[object] = []
        self.refuse: Callable[[Command], None] = lambda command: None
        self.turn_away: tuple[Farewell, int] | None = None
        self.acknowledged = 0
        self.resume_window_ms = 0
        self.farewells: list[Farewell] = []
        self._slots = count(1)
        self._server: Server
        self._ticking: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._server = await serve(self._receive, "127.0.0.1", 0, compression=None)
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ticking.cancel()
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def part(self, guest: Guest, code: Farewell, after_ms: int | None = None) -> None:
        """Says goodbye and closes."""
        await guest.socket.send(guest.session.farewell(code, after_ms=after_ms))
        await guest.socket.close(ENDINGS[code].close_code)

    async def put_back(self, guest: Guest, x: float, z: float, reason: str) -> None:
        guest.x, guest.z, guest.was_put_back = x, z, True
        back = avatars.MovedBack.model_validate({"x": x, "y": 0, "z": z, "yaw": 0, "reason": reason})
        await guest.socket.send(guest.session.send(back))

    async def _receive(self, socket: ServerConnection) -> None:
        clock = asyncio.get_running_loop().time
        guest = Guest(socket, ServerSession(clock()), next(self._slots))
        self.guests[guest.slot] = guest
        try:
            async for data in socket:
                for heard in guest.session.receive(data, clock()):
                    await self._take(guest, heard)
                self.acknowledged = max(self.acknowledged, guest.session.acknowledged)
        except ProtocolError as error:
            await self.part(guest, error.code)
        except ConnectionClosed:
            pass
        finally:
            del self.guests[guest.slot]

    async def _take(self, guest: Guest, heard: object) -> None:
        match heard:
            case handshake.Hello():
                guest.hello, guest.name = heard, heard.name or "guest"
                if self.turn_away is not None:
                    self.turned_away += 1
                    return await self.part(guest, *self.turn_away)
                self.welcomed += 1
                await guest.socket.send(guest.session.send(self._welcome(guest)))
            case _ if self.is_deaf:
                self.ignored.append(heard)
            case Pose(raw):
                await self._pose(guest, raw)
            case handshake.Ping():
                await guest.socket.send(guest.session.send(handshake.Pong(t=heard.t, server_time=1)))
            case Misread():
                raise AssertionError(f"a client of ours sent what cannot be read: {heard}")
            case Command():
                await self._answer(guest, heard)
            case handshake.Goodbye():
                self.farewells.append(heard.code)
                await guest.socket.close()
            case _:
                pass

    async def _answer(self, guest: Guest, command: Command) -> None:
        guest.answered.append(command)
        answer: handshake.Done | handshake.RefusedAnswer
        try:
            self.refuse(command)
            result = self._carry_out(guest, command)
            answer = handshake.Done(id=command.id, result=None if result is None else codec.dump(result))
        except Refused as no:
            answer = handshake.RefusedAnswer(
                id=command.id,
                code=no.code,
                message=no.message,
                field=no.field,
                retry_after_ms=no.retry_after_ms,
            )
        parts = [guest.session.send(answer)]
        if isinstance(command, districts.Enter) and guest.district is not None:
            parts.append(self._frame(guest.district, 0))
        await guest.socket.send(codec.bundle(parts))
        if isinstance(command, chat.Say):
            await self._tell(guest, command)

    def _carry_out(self, guest: Guest, command: Command) -> Result | None:
        match command:
            case districts.Enter(district=name, at=at):
                if name not in PORTALS:
                    raise Refused(Refusal.NOT_FOUND, field="district")
                guest.district = name
                guest.x, guest.z = SPAWN
                if isinstance(at, districts.AtPortal):
                    guest.x, guest.z = PORTAL_PLACE
                elif isinstance(at, districts.AtPlace):
                    guest.x, guest.z = at.x, at.z
                return self._place(guest)
            case chat.Say():
                return chat.Said(message="m1", heard_by=len(self.guests))
            case avatars.Who(slots=slots):
                there = [self.guests[slot] for slot in slots if slot in self.guests]
                return avatars.AvatarCards(avatars=[self._card(other) for other in there])
            case _:
                return None

    def _card(self, guest: Guest) -> avatars.AvatarCard:
        return avatars.AvatarCard(
            slot=guest.slot, citizen=f"c{guest.slot}", name=guest.name, roles=["visitor"]
        )

    async def _tell(self, speaker: Guest, line: chat.Say) -> None:
        said = chat.ChatSaid.model_validate(
            {
                "message": "m1",
                "from": {"citizen": f"c{speaker.slot}", "name": speaker.name, "slot": speaker.slot},
                "to": line.to,
                "text": line.text,
            }
        )
        for guest in list(self.guests.values()):
            if guest.district is not None:
                await guest.socket.send(guest.session.tell(codec.fact_body(said, 1)))

    async def _pose(self, guest: Guest, raw: bytes) -> None:
        pose = np.frombuffer(raw, poses.POSE)[0]
        x, z = float(pose["x"]), float(pose["z"])
        guest.poses += 1
        if guest.was_put_back and math.hypot(x - guest.x, z - guest.z) > 1:
            return
        guest.was_put_back = False
        crosses = (guest.x < WALL_X) != (x < WALL_X)
        if guest.district == "green" and crosses and WALL_Z[0] < z < WALL_Z[1]:
            return await self.put_back(guest, guest.x, guest.z, "blocked")
        guest.x, guest.z = x, z
        guest.yaw, guest.stance = int(pose["yaw"]), int(pose["stance"])

    async def _tick(self) -> None:
        for tick in count(1):
            await asyncio.sleep(1 / self.tick_hz)
            for guest in list(self.guests.values()):
                if guest.district is not None:
                    with contextlib.suppress(ConnectionClosed, LookupError):
                        await guest.socket.send(
                            self._frame(guest.district, round(tick * 1000 / self.tick_hz))
                        )

    def _frame(self, district: str, tick_ms: int) -> bytes:
        there = [guest for guest in list(self.guests.values()) if guest.district == district]
        blocks = []
        for cell in range(COLUMNS * COLUMNS):
            here = [g for g in there if int(g.z / CELL_M) * COLUMNS + int(g.x / CELL_M) == cell]
            columns = np.array([(g.slot, g.x, g.z, g.yaw, g.stance) for g in here]).reshape(-1, 5).T
            entries = poses.encode_entries(
                columns[0],
                columns[1],
                np.zeros(len(here)),
                columns[2],
                columns[3].astype(np.int64),
                columns[4],
            )
            blocks.append(poses.blocks_of(cell, poses.BEGINS | poses.ENDS, entries.tobytes()))
        return poses.encode_frame(tick_ms, b"".join(blocks))

    def _welcome(self, guest: Guest) -> handshake.Welcome:
        return handshake.Welcome(
            protocol=1,
            session="s",
            resume_key="k",
            resumed=False,
            resume_window_ms=self.resume_window_ms,
            citizen=handshake.CitizenCard(
                id=f"c{guest.slot}", name=guest.name, roles=["visitor"], grants=[], level=0
            ),
            server_time=1,
            place=None,
            city=handshake.CityCard(
                id="tiny",
                name=text("tiny"),
                districts=[
                    handshake.DistrictCard(id=name, name=text(name), open=True, population=0)
                    for name in PORTALS
                ],
                services=[],
            ),
            limits=handshake.Limits(
                max_message_bytes=65_536, pose_hz=0, speed_m_s=0, commands_per_s=0, chat_length=300
            ),
        )

    def _place(self, guest: Guest) -> districts.Place:
        assert guest.district is not None
        portal, to, to_portal = PORTALS[guest.district]
        fields: dict[str, Any] = {
            "district": guest.district,
            "slot": guest.slot,
            "x": guest.x,
            "y": 0.0,
            "z": guest.z,
            "yaw": 0,
            "width": SIZE_M,
            "depth": SIZE_M,
            "cell_m": CELL_M,
            "columns": COLUMNS,
            "tile_m": 2 * CELL_M,
            "tile_columns": 2,
            "view_m": 100.0,
            "precision": poses.PRECISION_M,
            "tick_hz": self.tick_hz,
            "anchor": districts.Anchor(lat=37.5, lon=127.0),
            "zones": [
                districts.ZoneCard(
                    id="lawn",
                    name=text("lawn"),
                    kind="plaza",
                    polygon=[[2.0, 2.0], [18.0, 2.0], [18.0, 38.0], [2.0, 38.0]],
                    may_enter=True,
                )
            ],
            "portals": [
                districts.PortalCard(
                    id=portal,
                    name=text(portal),
                    x=PORTAL_PLACE[0],
                    z=PORTAL_PLACE[1],
                    radius=2.0,
                    to=to,
                    to_portal=to_portal,
                    open=True,
                )
            ],
            "exhibits": [],
            "services": {},
        }
        return districts.Place.model_validate(fields)
