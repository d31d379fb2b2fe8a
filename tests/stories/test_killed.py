"""`kill -9` while petitions come in, on both databases: what was answered is there, nothing is there twice."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from server.auth import Claims, issue_token, keep_secret
from tests.support.postgres import Postgres

SEOUL = Path(__file__).parents[2] / "worlds/seoul"
PATIENCE_S = 120
KILLS = 2
PETITIONERS = 6
FIRST_ANSWERS = 8
"""So many are answered in each life before the kill, while others wait for theirs."""


def madang(*words: object) -> list[str]:
    return [sys.executable, "-m", "server", *map(str, words)]


@contextmanager
def serving(*where: object) -> Iterator[tuple[int, str]]:
    """A server as a process of its own: its id and its URL."""
    with subprocess.Popen(
        madang("serve", "--port", 0, "--city", SEOUL, *where), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://[\d.:]+/", process.stdout.readline())
            assert found
            yield process.pid, found[0]
        finally:
            process.kill()


def printed(*words: object) -> str:
    """What a command prints that ends well."""
    return subprocess.run(
        madang(*words), capture_output=True, text=True, check=True, timeout=PATIENCE_S
    ).stdout


@dataclass
class Petitioner:
    """Files one petition after the other, each under a key, and sends again what was not answered."""

    name: str
    token: str
    heard: asyncio.Queue[str]
    answered: dict[str, set[str]] = field(default_factory=dict)
    waiting: str | None = None
    sent: int = 0

    def browser(self, url: str) -> httpx.AsyncClient:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return httpx.AsyncClient(base_url=url, headers=bearer, trust_env=False, timeout=PATIENCE_S)

    async def file(self, city: httpx.AsyncClient, key: str) -> None:
        self.waiting = key
        filed = await city.post(
            "/api/v1/petitions/file",
            headers={"Idempotency-Key": key},
            json={"kind": "other", "title": key, "text": f"가로등이 꺼져 있습니다. {key}", "name": self.name},
        )
        assert filed.status_code == 200, filed.text
        self.answered.setdefault(key, set()).add(filed.json()["petition"])
        self.waiting = None
        self.heard.put_nowait(key)

    async def storm(self, url: str) -> None:
        """Until the server is gone."""
        try:
            async with self.browser(url) as city:
                while True:
                    if self.waiting is None:
                        self.sent += 1
                    await self.file(city, self.waiting or f"{self.name}-{self.sent}")
        except httpx.TransportError:
            return

    async def reckon(self, url: str) -> set[str]:
        """What was not answered, and once more something that was; all that the city has of them."""
        async with self.browser(url) as city:
            for key in {self.waiting, next(iter(self.answered), None)} - {None}:
                assert key is not None
                await self.file(city, key)
            shown: list[str] = []
            after: dict[str, str] = {}
            while True:
                page = (await city.get("/api/v1/petitions/mine", params=after)).json()
                shown += [card["petition"] for card in page["items"]]
                if not page.get("next"):
                    break
                after = {"after": page["next"]}
        assert len(shown) == len(set(shown))
        return set(shown)


async def until_killed(pid: int, url: str, people: list[Petitioner]) -> None:
    storms = [asyncio.create_task(one.storm(url)) for one in people]
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(FIRST_ANSWERS):
            await people[0].heard.get()
    os.kill(pid, signal.SIGKILL)
    await asyncio.gather(*storms)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_what_was_answered_before_a_kill_is_there_and_nothing_twice(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where: list[object] = ["--data", tmp_path]
    if database == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        where += ["--set", f"data.journal={server.url(await server.database())}"]
        await asyncio.to_thread(printed, "journal", "upgrade", *where)
    secret, now = keep_secret(tmp_path), int(time.time())
    heard: asyncio.Queue[str] = asyncio.Queue()
    people = [
        Petitioner(
            name, issue_token(secret, Claims(sub=name, name=name), issuer="madang", now=now, hours=1), heard
        )
        for name in (f"p{number}" for number in range(PETITIONERS))
    ]
    limits = ("--set", "limits.commands_per_s=0")
    for _ in range(KILLS):
        with serving(*where, *limits) as (pid, url):
            await until_killed(pid, url, people)
    with serving(*where, *limits) as (_, url):
        shown = await asyncio.gather(*(one.reckon(url) for one in people))
    answers = {key: ids for one in people for key, ids in one.answered.items()}
    assert len(answers) >= KILLS * FIRST_ANSWERS
    assert all(len(ids) == 1 for ids in answers.values()), "a key is one petition"
    assert set().union(*answers.values()) == set().union(*shown)
    assert "sound" in await asyncio.to_thread(printed, "journal", "verify", *where)
    told = (await asyncio.to_thread(printed, "journal", "export", *where)).splitlines()
    filed = [e.get("key") for e in map(json.loads, told) if e["type"] == "petitions.drafted"]
    assert sorted(filed) == sorted(answers)
