"""A citizen as a program: the client one would like to use.

    async with Client("http://127.0.0.1:8080", name="Mina") as me:
        @me.on(ChatSaid)
        def heard(said: ChatSaid) -> None:
            print(said.from_.name, said.text)

        await me.enter("civil")
        await me.walk_to(120, 80)
        await me.say("Good morning")

A broken connection is taken up again by itself, and nothing is missed by it: the client stands where it stood, each
fact is heard once and in its order, and what was asked is done once and answered. Only where the session was over
before it came back, it begins afresh in the same district, and what was asked and not answered raises Lost. A goodbye
that allows no return raises Parted wherever the client is used next.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

from bots.asked import Asked
from bots.attachments import bring
from bots.connection import Connection, Heard, Lost, Parted, Unreachable, websocket_url
from bots.picture import Picture, Shown
from bots.walking import DETOURS, Blocked, walk, yaw_towards
from protocol.avatars import MAX_SLOTS_ASKED, AvatarCard, AvatarCards, Change, Emote, MovedBack, Who
from protocol.catalogue import SERVER_WORDS
from protocol.chat import Hearers, Said, Say
from protocol.districts import AtPlace, AtPortal, AtZone, Crowd, Enter, Place, Reseated
from protocol.handshake import PROTOCOL_VERSION, Avatar, Goodbye, Hello, RefusedAnswer, Resume, Welcome
from protocol.message import Command, Message, Result
from protocol.poses import STAND, Frame, Tiles, encode_pose
from protocol.refusals import Refused

__all__ = ["Backoff", "Blocked", "Client", "Lost", "Parted", "Refused", "Tally", "Unreachable"]

POSE_HZ = 10.0
"""Poses a second while walking, where the server's limit is not lower."""

RENDER_DELAY_MS = 150
"""How far behind the newest frame others are shown, so that there are two entries to show them between."""

STEADY_SECONDS = 10.0
"""A connection that held so long is no failed attempt."""

M = TypeVar("M", bound=Message)
Callback: TypeAlias = Callable[[M], object]


@dataclass(frozen=True)
class Backoff:
    """How long to wait before coming back: twice as long after each failed attempt, with jitter."""

    first_s: float = 0.5
    longest_s: float = 30.0

    def seconds(self, failed: int, goodbye: Goodbye | None, chance: random.Random) -> float:
        """The wait after so many failed attempts; never less than the goodbye asks for."""
        asked_s = (goodbye.after_ms or 0) / 1000 if goodbye else 0.0
        wait_s = min(self.first_s * 2.0 ** min(failed, 30), self.longest_s)
        return asked_s + wait_s * chance.uniform(0.5, 1.0)


@dataclass
class Tally:
    """What a client has seen happen to itself."""

    frames: int = 0
    put_backs: int = 0
    refusals: int = 0
    reconnects: int = 0
    resumes: int = 0
    districts: int = 0


class Client:
    """One citizen in the city; an asynchronous context, from welcome to goodbye."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        name: str | None = None,
        locale: str = "ko",
        avatar: Avatar | None = None,
        pose_hz: float = POSE_HZ,
        chance: random.Random | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.url = websocket_url(url)
        self.hello = Hello(
            protocol=PROTOCOL_VERSION,
            token=token,
            name=name,
            locale=locale,
            avatar=avatar,
            client="madang-bots",
        )
        self.pose_hz = pose_hz
        self.chance = chance or random.Random()
        self.backoff = backoff or Backoff()
        self.tally = Tally()
        self.welcome: Welcome | None = None
        self.picture: Picture | None = None
        self.population = 0
        self.hall = 0
        self.halls: list[int] = []
        self.x = self.y = self.z = 0.0
        self.yaw = 0
        self.stance = STAND
        self.moves = 0
        self.moved_because = ""
        self._seq = 0
        self._asked = Asked()
        self._ticket: Resume | None = None
        self._frame_at = 0.0
        self._callbacks: dict[type[Message], list[Callback[Any]]] = {}
        self._running: set[asyncio.Future[Any]] = set()
        self._here: asyncio.Future[Connection]
        self._staying: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        """Comes into the city; raises Unreachable, Parted, ProtocolError."""
        self._here = asyncio.get_running_loop().create_future()
        self._staying = asyncio.create_task(self._stay())
        try:
            await self._connection()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        for task in (self._staying, *self._running):
            task.cancel()
        await asyncio.gather(self._staying, *self._running, return_exceptions=True)
        self._end(Lost("this client has left"))

    # Coming, and coming back.

    async def _stay(self) -> None:
        try:
            await self._come_again_and_again()
        except Exception as error:
            self._end(error)

    async def _come_again_and_again(self) -> None:
        clock = asyncio.get_running_loop().time
        failed = 0
        while True:
            since, goodbye = clock(), None
            try:
                goodbye = await self._visit()
            except Parted as parted:
                goodbye = parted.goodbye
            except Unreachable:
                if self.welcome is None:
                    raise
            except Refused:
                pass
            if goodbye is not None and goodbye.retry == "never":
                raise Parted(goodbye)
            failed = 0 if clock() - since > STEADY_SECONDS else failed + 1
            await asyncio.sleep(self.backoff.seconds(max(failed - 1, 0), goodbye, self.chance))

    async def _visit(self) -> Goodbye | None:
        """One connection, from its welcome to its end; its goodbye, if one was told."""
        was_here = self.welcome is not None
        hello = self.hello.model_copy(update={"resume": self._ticket})
        connection = await Connection.open(self.url, hello, self._hear, self._asked)
        listening = asyncio.create_task(connection.listen())
        try:
            # Lost here: listening knows why.
            with contextlib.suppress(Lost):
                await self._return(connection)
                self._here.set_result(connection)
                self.tally.reconnects += was_here
            await asyncio.shield(listening)
        finally:
            if self._here.done():
                self._here = asyncio.get_running_loop().create_future()
            await connection.close()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self._ticket = connection.ticket
        return connection.goodbye

    async def _return(self, connection: Connection) -> None:
        """On with the session; or, where it is over, into the district where this client was, as near as may be."""
        if self.resumed:
            await connection.ask_again()
            return
        if self.picture is None:
            return
        district, at = self.picture.place.district, AtPlace(x=self.x, z=self.z)
        try:
            await connection.ask(Enter, district=district, at=at)
        except Refused:
            await connection.ask(Enter, district=district)

    def _end(self, error: Exception) -> None:
        self._asked.lose(error)
        if not self._here.done():
            self._here.set_exception(error)
        # It may be that nobody asks any more.
        self._here.exception()

    async def _connection(self) -> Connection:
        return await asyncio.shield(self._here)

    @property
    def is_here(self) -> bool:
        """Whether the connection stands now."""
        return self._here.done() and self._here.exception() is None

    @property
    def resumed(self) -> bool:
        """Whether the newest connection goes on with the session of the one before."""
        return self.welcome is not None and self.welcome.resumed

    async def until_end(self) -> None:
        """Waits until the server parts with this client for good; raises Parted or ProtocolError then."""
        await asyncio.wait({self._staying})
        await self._connection()

    # What is heard.

    def on(self, event: str | type[M]) -> Callable[[Callback[M]], Callback[M]]:
        """Calls the decorated function for each message of this kind; it may be a coroutine function."""
        model: type[Message] = SERVER_WORDS[event] if isinstance(event, str) else event

        def register(callback: Callback[M]) -> Callback[M]:
            self._callbacks.setdefault(model, []).append(callback)
            return callback

        return register

    def _hear(self, heard: Heard) -> None:
        match heard:
            case Frame():
                self._frame(heard)
            case Tiles():
                if self.picture is not None:
                    self.picture.tiles(heard)
            case MovedBack():
                self.tally.put_backs += 1
                self._moved(heard, heard.reason)
            case Place():
                self._arrive(heard)
            case Reseated():
                self.hall = heard.hall
            case Crowd():
                self.population = heard.population
                self.halls = heard.halls or []
                if self.picture is not None and heard.tick_hz > 0:
                    self.picture.tick_hz = heard.tick_hz
            case Welcome():
                self._welcomed(heard)
                if heard.limits.pose_hz:
                    self.pose_hz = min(self.pose_hz, heard.limits.pose_hz)
            case RefusedAnswer():
                self.tally.refusals += 1
            case _:
                pass
        if isinstance(heard, Message):
            self._call_back(heard)

    def _arrive(self, place: Place) -> None:
        returned = self.picture is not None and self.picture.place.district == place.district
        self.tally.districts += not returned
        self.picture = Picture(place)
        self.population = 0
        self.hall, self.halls = place.hall or 0, place.halls or []
        self._moved(place, "returned" if returned else "entered")

    def _welcomed(self, welcome: Welcome) -> None:
        self.welcome = welcome
        if welcome.resumed:
            self.tally.resumes += 1
            if welcome.place is not None:
                self._arrive(Place.model_validate(welcome.place))
            return
        self._asked.lose(Lost("the session was over before the answer"))
        if self.picture is not None:
            self.picture = Picture(self.picture.place)

    def _frame(self, frame: Frame) -> None:
        self.tally.frames += 1
        self._frame_at = asyncio.get_running_loop().time()
        if self.picture is not None:
            self.picture.frame(frame)

    def _moved(self, to: MovedBack | Place, reason: str) -> None:
        self.x, self.y, self.z, self.yaw = to.x, to.y, to.z, to.yaw
        self.moves += 1
        self.moved_because = reason
        if self.picture is not None:
            self.picture.stand(self.x, self.z)

    def _call_back(self, message: Message) -> None:
        loop = asyncio.get_running_loop()
        for callback in self._callbacks.get(type(message), ()):
            try:
                outcome = callback(message)
            except Exception as error:
                loop.call_exception_handler(
                    {"message": f"in a callback for {message.type}", "exception": error}
                )
                continue
            if isinstance(outcome, Awaitable):
                running = asyncio.ensure_future(outcome)
                self._running.add(running)
                running.add_done_callback(self._running.discard)

    # What is asked.

    async def ask(self, model: type[Command], **fields: Any) -> Result | None:
        """Gives any command and waits for its answer; raises Refused, Lost, Parted."""
        return await (await self._connection()).ask(model, **fields)

    async def enter(
        self,
        district: str,
        *,
        portal: str | None = None,
        zone: str | None = None,
        near: tuple[float, float] | None = None,
        hall: int | None = None,
        beside: str | None = None,
    ) -> Place:
        """Goes into a district: at a portal, in a zone, near (x, z) in metres, or where one arrives.

        Into this hall of it, where it has several, or beside a citizen (an id) who was near just now.
        """
        at: AtPortal | AtZone | AtPlace | None = None
        if portal is not None:
            at = AtPortal(portal=portal)
        elif zone is not None:
            at = AtZone(zone=zone)
        elif near is not None:
            at = AtPlace(x=near[0], z=near[1])
        place = await self.ask(Enter, district=district, at=at, hall=hall, beside=beside)
        assert isinstance(place, Place)
        return place

    async def say(self, text: str, to: Hearers = "nearby", citizen: str | None = None) -> Said:
        """Says a line; `citizen` is an id, for `to="citizen"`."""
        said = await self.ask(Say, text=text, to=to, citizen=citizen)
        assert isinstance(said, Said)
        return said

    async def bring(self, content: bytes, name: str) -> str:
        """Brings a file, over HTTP; its id, for `files` of a command. Raises Refused."""
        return await bring(self.url, self.hello.token, content, name)

    async def who(self, slots: Sequence[int]) -> list[AvatarCard]:
        """Who is behind these slots; at most 256, as far as the client can see them."""
        cards = await self.ask(Who, slots=list(slots)[:MAX_SLOTS_ASKED])
        assert isinstance(cards, AvatarCards)
        return cards.avatars

    async def emote(self, emote: int) -> None:
        """Makes a gesture, such as poses.WAVE, for 3 s."""
        await self.ask(Emote, emote=emote)

    async def change(self, avatar: Avatar) -> None:
        """Looks different from now on."""
        self.hello = self.hello.model_copy(update={"avatar": avatar})
        await self.ask(Change, avatar=avatar)

    async def ping(self) -> float:
        """Seconds to the server and back."""
        seconds, _ = await (await self._connection()).ping()
        return seconds

    # Where one is, and who else.

    @property
    def place(self) -> Place:
        """The district where one is; raises RuntimeError before the first `enter`."""
        if self.picture is None:
            raise RuntimeError("enter a district first")
        return self.picture.place

    def others(self) -> dict[int, Shown]:
        """Whom one sees, by slot, each between its last two entries as it would be drawn now."""
        if self.picture is None:
            return {}
        since_s = asyncio.get_running_loop().time() - self._frame_at
        render_ms = round(self.picture.tick_ms + since_s * 1000 - RENDER_DELAY_MS)
        shown = ((slot, self.picture.at(slot, render_ms)) for slot in self.picture.slots.tolist())
        return {slot: avatar for slot, avatar in shown if avatar is not None}

    async def walk_to(self, x: float, z: float, speed: float = 1.4, *, detours: int = DETOURS) -> None:
        """Walks to (x, z) in metres at `speed` m/s, round what bars the way; raises Blocked, Parted."""
        await walk(self, x, z, speed, self.chance, detours)

    async def stand_at(self, x: float, z: float, *, yaw: int | None = None, stance: int = STAND) -> None:
        """Takes this place at once and tells it; one that is too far for it is answered by a put-back."""
        moves = self.moves
        connection = await self._connection()
        if self.moves != moves:
            return
        self.x, self.z, self.stance = x, z, stance
        if yaw is not None:
            self.yaw = yaw
        self._seq = (self._seq + 1) % 256
        if self.picture is not None:
            self.picture.stand(x, z)
        await connection.send_pose(encode_pose(x, self.y, z, self.yaw, stance, self._seq))

    async def look_at(self, x: float, z: float) -> None:
        """Turns towards (x, z)."""
        await self.stand_at(self.x, self.z, yaw=yaw_towards(x - self.x, z - self.z), stance=self.stance)
