"""Many bots in one process: who they are, how they come in, how they fare."""

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bots.behaviour import Behaviour, live
from bots.behaviours import BEHAVIOURS
from bots.client import Client, Refused
from bots.lines import LINES, LOCALES
from protocol.poses import RUN, WALK


class NoWayIn(Exception):
    """The first bot could not come in, so the others were not sent."""


class Fate(StrEnum):
    """How far a bot has come."""

    WAITING = "waiting"
    HERE = "here"
    LEFT = "left"
    FAILED = "failed"


def parse_mix(mix: str) -> dict[str, int]:
    """ "wander:6,commute:2" -> shares by behaviour; raises ValueError."""
    shares: dict[str, int] = {}
    for part in mix.split(","):
        name, _, share = part.strip().partition(":")
        if name not in BEHAVIOURS:
            raise ValueError(f"there is no behaviour {name!r}; there are {', '.join(BEHAVIOURS)}")
        if name in shares:
            raise ValueError(f"{name} is given twice")
        if share and not (share.isdecimal() and int(share) > 0):
            raise ValueError(f"the share of {name} is {share!r}, not a whole number above 0")
        shares[name] = int(share or 1)
    return shares


def parse_tokens(lines: Iterable[str]) -> dict[str, list[str]]:
    """Lines of `behaviour token` -> tokens by behaviour; raises ValueError."""
    tokens: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        match line.split():
            case []:
                continue
            case [name, token] if name in BEHAVIOURS:
                tokens.setdefault(name, []).append(token)
            case _:
                raise ValueError(
                    f"tokens, line {number}: not a behaviour ({', '.join(BEHAVIOURS)}) and a token"
                )
    return tokens


def deal(shares: Mapping[str, int], count: int) -> list[Behaviour]:
    """A behaviour for each of `count` bots, in these shares, evenly among those who come first and last."""
    total = sum(shares.values())
    owed = dict.fromkeys(shares, 0)
    dealt: list[Behaviour] = []
    for _ in range(count):
        for name, share in shares.items():
            owed[name] += share
        name = max(owed, key=lambda name: owed[name])
        owed[name] -= total
        dealt.append(BEHAVIOURS[name])
    return dealt


def _reason(error: Exception) -> str:
    match error:
        case Refused(code=code, field=field_name):
            return f"refused, {code}{f' ({field_name})' if field_name else ''}: {error}"
        case OSError():
            return str(error)
        case _:
            return f"{type(error).__name__}: {error}"


@dataclass
class Bot:
    """One of the crowd."""

    number: int
    behaviour: Behaviour
    client: Client
    chance: random.Random
    fate: Fate = Fate.WAITING
    why: str = ""
    settled: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Row:
    """How the bots of one behaviour fare: sums over them."""

    behaviour: str
    bots: int = 0
    here: int = 0
    walking: int = 0
    frames: int = 0
    seen: int = 0
    put_backs: int = 0
    refusals: int = 0
    districts: int = 0
    reconnects: int = 0
    failed: int = 0


@dataclass
class Crowd:
    """Bots that come in one after another, `ramp_per_s` a second (0: all at once), and live until stopped.

    The first bots of a behaviour are the citizens of the tokens named for it; the others come as visitors.
    """

    url: str
    shares: Mapping[str, int]
    count: int
    seed: int
    district: str
    ramp_per_s: float = 50.0
    pose_hz: float = 10.0
    tokens: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bots: list[Bot] = field(init=False)
    is_leaving: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        unused = {name: iter(tokens) for name, tokens in self.tokens.items()}
        self.bots = [
            self._bot(number, behaviour, next(unused.get(behaviour.name, iter(())), None))
            for number, behaviour in enumerate(deal(self.shares, self.count), 1)
        ]

    def _bot(self, number: int, behaviour: Behaviour, token: str | None) -> Bot:
        chance = random.Random(f"{self.seed}/{number}")
        locale = LOCALES[number % len(LOCALES)]
        client = Client(
            self.url,
            token,
            name=LINES.name(locale, number),
            locale=locale,
            pose_hz=self.pose_hz,
            chance=random.Random(f"{self.seed}/{number}/client"),
        )
        return Bot(number, behaviour, client, chance)

    async def run(self, seconds: float = 0) -> None:
        """Lives for so long (0: until cancelled), then lets every bot say goodbye; raises NoWayIn."""
        clock = asyncio.get_running_loop().time
        start = clock()
        lives: list[asyncio.Task[None]] = []
        try:
            async with asyncio.timeout(seconds or None):
                for bot in self.bots:
                    lives.append(asyncio.create_task(self._live(bot)))
                    if len(lives) == 1:
                        # Where the first finds no way in, the others would not either.
                        await bot.settled.wait()
                        if bot.fate is Fate.FAILED:
                            raise NoWayIn(f"no way into {self.district!r}: {bot.why}")
                    if self.ramp_per_s:
                        await asyncio.sleep(start + len(lives) / self.ramp_per_s - clock())
                await asyncio.wait(lives)
        except TimeoutError:
            pass
        finally:
            self.is_leaving = True
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    async def _live(self, bot: Bot) -> None:
        try:
            async with bot.client as me:
                await me.enter(self.district)
                bot.fate = Fate.HERE
                bot.settled.set()
                try:
                    await live(me, bot.behaviour, bot.chance)
                except asyncio.CancelledError:
                    bot.fate = Fate.LEFT if me.is_here else Fate.FAILED
                    bot.why = "" if me.is_here else "the city could not be reached again"
                    raise
        except Exception as error:
            bot.fate, bot.why = Fate.FAILED, _reason(error)
        finally:
            bot.settled.set()

    def rows(self) -> list[Row]:
        """How each behaviour fares now."""
        rows = {name: Row(name) for name in self.shares}
        for bot in self.bots:
            row, tally = rows[bot.behaviour.name], bot.client.tally
            row.bots += 1
            is_here = bot.fate is Fate.HERE and bot.client.is_here
            row.here += is_here
            row.failed += bot.fate is Fate.FAILED
            row.walking += is_here and bot.client.stance in (WALK, RUN)
            row.frames += tally.frames
            row.put_backs += tally.put_backs
            row.refusals += tally.refusals
            row.districts += tally.districts
            row.reconnects += tally.reconnects
            if is_here and bot.client.picture is not None:
                row.seen += len(bot.client.picture)
        return list(rows.values())

    def faults(self) -> dict[str, int]:
        """Why bots failed, and how many for each reason."""
        reasons: dict[str, int] = {}
        for bot in self.bots:
            if bot.fate is Fate.FAILED:
                reasons[bot.why] = reasons.get(bot.why, 0) + 1
        return reasons
