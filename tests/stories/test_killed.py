"""`kill -9` while petitions and ballots come in, on both databases: what was answered is there, nothing twice."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from protocol.ballot import ballot_id
from server.auth import Claims, issue_token, keep_secret
from tests.support.postgres import Postgres

SEOUL = Path(__file__).parents[2] / "worlds/seoul"
PATIENCE_S = 120
KILLS = 2
PETITIONERS = 6
VOTERS = 10
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


def attachment(key: str) -> bytes:
    """What a petitioner attaches to a petition: more than one piece of what is kept."""
    return f"{key} 현장 기록 ".encode() * 20_000


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
        brought = await city.post(
            "/api/v1/petitions/files",
            headers={"Idempotency-Key": key},
            params={"name": f"{key}.txt"},
            content=attachment(key),
        )
        assert brought.status_code == 201, brought.text
        filed = await city.post(
            "/api/v1/petitions/file",
            headers={"Idempotency-Key": key},
            json={
                "kind": "other",
                "title": key,
                "text": f"가로등이 꺼져 있습니다. {key}",
                "name": self.name,
                "files": [brought.json()["file"]],
            },
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
            for key, ids in self.answered.items():
                (petition,) = ids
                await self.reads(city, petition, key)
        assert len(shown) == len(set(shown))
        return set(shown)

    async def reads(self, city: httpx.AsyncClient, petition: str, key: str) -> None:
        """What was attached to what was answered is there, each byte of it."""
        told = (await city.post("/api/v1/petitions/show", json={"petition": petition})).json()
        (file,) = told["files"]
        answer = await city.get(f"/api/v1/petitions/{petition}/files/{file['file']}")
        assert (answer.status_code, answer.content) == (200, attachment(key))


@dataclass
class Voter:
    """Casts one ballot, and sends it again with its key until it is answered, whoever is killed meanwhile."""

    name: str
    token: str
    ballot: str
    is_answered: bool = False

    async def cast(self, url: str) -> None:
        """Until it is answered, or the server is gone."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        ballot = {"session": "qa-1", "poll": 1, "ballot": self.ballot, "choices": [1], "key": "once"}
        with suppress(httpx.TransportError):
            async with httpx.AsyncClient(
                base_url=url, headers=bearer, trust_env=False, timeout=PATIENCE_S
            ) as city:
                cast = await city.post("/api/v1/live_qa/cast", json=ballot)
                assert cast.status_code == 204, cast.text
                self.is_answered = True


async def opens_a_poll(url: str, host: str) -> None:
    """Whoever leads it announces a question time, and opens a poll in it."""
    now = int(time.time() * 1000)
    times = {"starts_at": now + 3_600_000, "ends_at": now + 7_200_000}
    both = [{"ko": text, "en": text} for text in ("예", "아니요")]
    commands: list[tuple[str, dict[str, object]]] = [
        ("schedule", {"title": both[0], "district": "civil", "stage": "mayors_seat", **times}),
        ("advance", {"phase": "live", "mode": "poll", "session": "qa-1"}),
        ("open_poll", {"question": both[0], "answers": both, "lasts_s": 3_600, "session": "qa-1"}),
    ]
    await says(url, host, commands)


async def says(url: str, host: str, commands: list[tuple[str, dict[str, object]]]) -> None:
    async with httpx.AsyncClient(
        base_url=url, headers={"Authorization": f"Bearer {host}"}, trust_env=False, timeout=PATIENCE_S
    ) as city:
        for verb, fields in commands:
            answer = await city.post(f"/api/v1/live_qa/{verb}", json=fields)
            assert answer.is_success, answer.text


async def polled(url: str) -> tuple[dict[str, object], list[str]]:
    """The poll once it is counted, and its published list."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE_S) as city:
        while True:
            answer = await city.get("/api/v1/live_qa/polls", params={"session": "qa-1"})
            [poll] = answer.json()["polls"]
            if poll["state"] not in ("open", "closed"):
                listed = await city.get("/api/question-times/qa-1/polls/1/ballots.txt")
                return poll, listed.text.splitlines()


async def until_killed(pid: int, url: str, people: list[Petitioner], voters: list[Voter]) -> None:
    storms = [asyncio.create_task(one.storm(url)) for one in people]
    storms += [asyncio.create_task(one.cast(url)) for one in voters]
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

    def token(name: str, **claims: Any) -> str:
        told = Claims.model_validate({"sub": name, "name": name, **claims})
        return issue_token(secret, told, issuer="madang", now=now, hours=1)

    people = [
        Petitioner(name, token(name), heard) for name in (f"p{number}" for number in range(PETITIONERS))
    ]
    voters = [Voter(f"v{number}", token(f"v{number}"), ballot_id(os.urandom(16))) for number in range(VOTERS)]
    host = token("host", roles=["host"])
    limits = ("--set", "limits.commands_per_s=0", "--set", "files.per_min=0")
    for life in range(KILLS):
        with serving(*where, *limits) as (pid, url):
            if not life:
                await opens_a_poll(url, host)
            await until_killed(pid, url, people, voters[life::KILLS])
    with serving(*where, *limits) as (_, url):
        shown = await asyncio.gather(*(one.reckon(url) for one in people))
        # Everyone once more, with the same key: who was answered before has no second ballot.
        await asyncio.gather(*(one.cast(url) for one in voters))
        await says(url, host, [("close_poll", {"session": "qa-1", "poll": 1})])
        poll, listed = await polled(url)
    assert all(one.is_answered for one in voters)
    assert (poll["state"], poll["turnout"], poll["ballots"]) == ("counted", VOTERS, VOTERS)
    assert listed == sorted(one.ballot for one in voters)
    answers = {key: ids for one in people for key, ids in one.answered.items()}
    assert len(answers) >= KILLS * FIRST_ANSWERS
    assert all(len(ids) == 1 for ids in answers.values()), "a key is one petition"
    assert set().union(*answers.values()) == set().union(*shown)
    assert "sound" in await asyncio.to_thread(printed, "journal", "verify", *where)
    told = (await asyncio.to_thread(printed, "journal", "export", *where)).splitlines()
    filed = [e.get("key") for e in map(json.loads, told) if e["type"] == "petitions.drafted"]
    assert sorted(filed) == sorted(answers)
