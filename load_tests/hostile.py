"""Those who come to spoil an event: six kinds, each at its worst, back a second after they were sent away."""

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgpack

from load_tests.citizens import Broken, Citizen, NotDone, token_of
from load_tests.serving import Served
from protocol.districts import Enter
from protocol.poses import WALK, encode_pose

OF_EACH_KIND = 50
ADDRESSES = 30
"""They share so many addresses, 127.3.0.1 and up."""
AGAIN_S = 1.0
CHURN_S = 0.5
"""Between two comings of who only comes and goes."""

INSULTS = ("씨1발", "ㅆㅣ발 놈들", "시이발", "병.신들아", "ㄱㅐㅅㅐㄲㅣ", "f.u.c.k you all", "tlqkf")
SHOUTS = ("이 행사는 사기다", "다 같이 방해하자", "시장은 물러가라", "끝까지 떠들자")
"""What no list of words holds: only a person, or the shield, keeps it from the audience."""
LINK = "공짜 코인 받으세요 https://free-coins.example/win"
NONSENSE = (
    {"type": "no.such"},
    {"type": "chat.say"},
    {"type": "avatar.emote", "emote": "wave"},
    {"type": "live_qa.vote", "session": 7, "question": []},
)

Place = tuple[float, float]


@dataclass
class Raid:
    """Where they go, whom they are after, and who they were."""

    served: Served
    district: str
    size: Place
    door: Place
    victims: Sequence[tuple[str, Place]]
    """Ids of citizens, and where they stand."""
    chance: random.Random
    is_over: bool = False
    ids: set[str] = field(default_factory=set)
    came: int = 0
    turned_away: int = 0
    number: "itertools.count[int]" = field(default_factory=itertools.count)


class Hostile:
    """One of them."""

    def __init__(self, raid: Raid, number: int, kind: "Kind") -> None:
        self.raid, self.kind = raid, kind
        # Half of them are visitors, half have a token of who was never here before.
        token = token_of(raid.served, f"hostile-{number}", level=1) if number % 2 else None
        self.line = Citizen(f"hostile {number}", token)
        self.line.address = f"127.3.0.{1 + number % ADDRESSES}"
        self.turn = number
        self.victim, self.beside = raid.victims[number % len(raid.victims)]

    async def go_on(self) -> None:
        """Until the raid is over."""
        raid = self.raid
        while not raid.is_over:
            try:
                await self.line.come(raid.served.port)
                raid.ids.add(self.line.id)
                raid.came += 1
                await self.kind.stay(self)
            except (Broken, NotDone, TimeoutError):
                raid.turned_away += 1
            self.line.abort()
            await asyncio.sleep(AGAIN_S if self.kind.hz else CHURN_S)

    async def act_in_turn(self) -> None:
        """In the district, so often a second, until the line ends."""
        at = {"x": self.raid.door[0], "z": self.raid.door[1]} if self.kind.act is crowd else None
        await self.line.ask(Enter, district=self.raid.district, at=at)
        while self.line.is_here and not self.raid.is_over:
            self.turn += 1
            self.kind.act(self)
            await asyncio.sleep(1 / self.kind.hz)

    def command(self, **fields: object) -> None:
        """A command whose answer nobody waits for."""
        self.line.send(msgpack.packb({"id": 1_000_000 + next(self.raid.number), **fields}))


@dataclass(frozen=True)
class Kind:
    """What one kind does, and how often a second; 0: it comes and goes."""

    name: str
    hz: float
    act: Callable[[Hostile], None]

    async def stay(self, one: Hostile) -> None:
        if self.hz:
            await one.act_in_turn()


def insult(one: Hostile) -> None:
    """Lines to all, and every third one to one person: insults in disguise, and what no list knows."""
    words = INSULTS if one.turn % 2 else SHOUTS
    text = f"{words[one.turn % len(words)]} {next(one.raid.number)}"
    if one.turn % 3:
        one.command(type="chat.say", text=text, to="district")
    else:
        one.command(type="chat.say", text=text, to="citizen", citizen=one.victim)


def advertise(one: Hostile) -> None:
    one.command(type="chat.say", text=LINK, to="district")


def teleport(one: Hostile) -> None:
    """Fifteen poses at once, wherever."""
    (width, depth), chance = one.raid.size, one.raid.chance
    pose = encode_pose(chance.uniform(0, width), 0, chance.uniform(0, depth), one.turn % 65_536, WALK)
    for _ in range(15):
        one.line.send(pose)


def crowd(one: Hostile) -> None:
    """Half of them fill the door, half stand around one person."""
    x, z = one.raid.door if one.turn % 20 < 10 else one.beside
    chance = one.raid.chance
    one.line.send(encode_pose(x + chance.uniform(-1, 1), 0, z + chance.uniform(-1, 1), 0, WALK))


def flood(one: Hostile) -> None:
    """A command that would be one, and one that is none."""
    one.command(type="avatar.emote", emote=one.turn % 8)
    one.command(**NONSENSE[one.turn % len(NONSENSE)])


def churn(one: Hostile) -> None:
    """Only comes, and breaks off."""


KINDS = (
    Kind("insulters", 5, insult),
    Kind("advertisers", 3, advertise),
    Kind("teleporters", 20, teleport),
    Kind("crowders", 10, crowd),
    Kind("command flooders", 20, flood),
    Kind("churners", 0, churn),
)


def gather(raid: Raid) -> list["asyncio.Task[None]"]:
    """All of them set out."""
    kinds = [kind for kind in KINDS for _ in range(OF_EACH_KIND)]
    return [asyncio.create_task(Hostile(raid, n, kind).go_on()) for n, kind in enumerate(kinds)]
