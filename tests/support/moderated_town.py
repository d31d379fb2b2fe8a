"""The hamlet with Seoul's services on real sockets: citizens, moderators and what they ask of each other."""

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgpack

from protocol.poses import encode_pose
from server.auth import Claims, issue_token, keep_secret
from server.clock import Clock
from server.config import DEFAULT_CITY
from tests.support.node import HAMLET, Guest, Served, served

MODERATOR = {"roles": ["moderator@hall"]}
HEAD = {"roles": ["moderator"], "grants": ["head_moderator"]}


class Citizen:
    """A guest who gives commands and remembers what was answered."""

    def __init__(self, guest: Guest, welcome: Any) -> None:
        self.guest = guest
        self.id: str = welcome["citizen"]["id"]
        self.place: Any = None
        self._ids = count(1)

    async def ask(self, word: str, **fields: Any) -> Any:
        """A command; the `done` or `refused` that answers it."""
        number = next(self._ids)
        await self.guest.say(type=word, id=number, **fields)
        while True:
            for i, item in enumerate(self.guest.heard):
                is_answer = not isinstance(item, msgpack.ExtType) and item["type"] in ("done", "refused")
                if is_answer and item["id"] == number:
                    return self.guest.heard.pop(i)
            value = msgpack.unpackb(await self.guest.line.recv())
            self.guest.heard += value if isinstance(value, list) else [value]

    async def do(self, word: str, **fields: Any) -> Any:
        """A command that must be done; its result."""
        answer = await self.ask(word, **fields)
        assert answer["type"] == "done", answer
        return answer.get("result")

    async def refused(self, word: str, **fields: Any) -> Any:
        """A command that must be refused; the refusal."""
        answer = await self.ask(word, **fields)
        assert answer["type"] == "refused", answer
        return answer

    async def enter(self, district: str = "hall", **fields: Any) -> "Citizen":
        """Go into a district."""
        self.place = await self.do("district.enter", district=district, **fields)
        return self

    async def say(self, text: str, to: str = "nearby", **fields: Any) -> Any:
        """A line that must be answered `done`; its result."""
        return await self.do("chat.say", text=text, to=to, **fields)

    async def hears(self, text: str) -> Any:
        """The line of this text; what was said before it is kept."""
        return await self.guest.hear("chat.said", text=text)

    async def step(self, x: float, z: float) -> None:
        """One pose."""
        await self.guest.say_bytes(encode_pose(x, 0.0, z, 0, 1))

    async def sanction(self, other: "Citizen", kind: str, **fields: Any) -> str:
        """A sanction on someone; its number, once they were told."""
        given = {"reason": "insult", "words": "욕설", "scope": "hall"} | fields
        done = await self.do("moderation.sanction", citizens=[other.id], kind=kind, **given)
        number: str = done["sanctions"][0]
        return number


class ModeratedTown:
    """A node with a desk, and whoever comes into it."""

    def __init__(self, at: Served, folder: Path, leaving: AsyncExitStack) -> None:
        self.at, self._folder, self._leaving = at, folder, leaving

    def token(self, subject: str, /, **claims: Any) -> str:
        """A token of this city."""
        told = Claims.model_validate({"sub": subject, "name": subject, **claims})
        secret = keep_secret(self._folder / "data")
        return issue_token(secret, told, issuer="madang", now=int(time.time()), hours=48)

    async def welcome(self, subject: str | None = None, /, **claims: Any) -> Citizen:
        """Someone is welcomed; without a subject a visitor."""
        guest = await self._leaving.enter_async_context(self.at.guest())
        hello = {} if subject is None else {"token": self.token(subject, **claims)}
        return Citizen(guest, await guest.greet(**hello))

    async def citizen(self, subject: str | None = None, /, **claims: Any) -> Citizen:
        """Someone stands in the hall."""
        return await (await self.welcome(subject, **claims)).enter()

    def count(self, name: str, **labels: str) -> float:
        """The value of a metric."""
        return self.at.count(name, **labels)


def _founded(folder: Path) -> Path:
    city = folder / "city"
    if not city.exists():
        shutil.copytree(HAMLET, city)
        shutil.copytree(DEFAULT_CITY / "services", city / "services")
    return city


def mirrored_city(folder: Path, mirrors: int, district: str = "hall") -> None:
    """A district of the town in `folder` has so many mirrors."""
    sheet = _founded(folder) / "districts" / f"{district}.toml"
    text = sheet.read_text("utf-8")
    sheet.write_text(text.replace("phase = 1", f"phase = 1\nmirrors = {mirrors}", 1), "utf-8")


@asynccontextmanager
async def moderated_town(
    folder: Path, clock: Clock | None = None, **sections: Any
) -> AsyncIterator[ModeratedTown]:
    """A town that keeps its data in `folder`: opened again there, it is the same town."""
    city = _founded(folder)
    given: dict[str, Any] = {"limits": {"chat_per_s": 0, "commands_per_s": 0}} | sections
    crowd = {"tick_hz": 5} | given.pop("crowd", {})
    async with (
        served(folder, clock, city={"path": city}, crowd=crowd, **given) as at,
        AsyncExitStack() as leaving,
    ):
        yield ModeratedTown(at, folder, leaving)
