"""The hamlet with the services of Seoul, asked over HTTP: its people with their tokens."""

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from server.auth import Claims, issue_token, keep_secret
from server.config import DEFAULT_CITY
from tests.support.node import HAMLET, WITHOUT_TLS, Served, served

PEOPLE = (
    Claims(sub="mina", name="미나"),
    Claims(sub="junho", name="준호"),
    Claims(
        sub="room", name="박접수", roles=["official"], grants=["civil_service"], department="civil_service"
    ),
    Claims(sub="officer", name="김도로", roles=["official"], department="roads"),
    Claims(sub="head", name="최과장", roles=["official"], grants=["head"], department="roads"),
    Claims(sub="host", name="사회자", roles=["host", "moderator"]),
    Claims(sub="aide", name="안내", roles=["moderator"]),
    Claims(sub="chief", name="안내장", roles=["moderator"], grants=["head_moderator"]),
    Claims(sub="auditor", name="감사", roles=["official"], grants=["auditor"]),
    Claims(sub="mayor", name="이장", roles=["official"], grants=["mayor"]),
)

SECRET = "비밀SECRET"
"""Stands in every text that the public may not see."""


def a_petition(kind: str = "other", **fields: Any) -> dict[str, Any]:
    """The fields of a petition that can be filed."""
    return {
        "kind": kind,
        "title": f"{SECRET} 보도블록",
        "text": f"{SECRET} 세종대로 보도블록이 깨졌습니다.",
        "name": f"{SECRET} 김미나",
        "address": f"{SECRET} 종로구 1",
        "contact": f"{SECRET} 010",
        "publish": True,
        "place": {"lat": 37.56667123, "lon": 126.97805678},
        **fields,
    }


class WebCity:
    """A running node, and a browser for whoever asks."""

    def __init__(self, city: Served, browser: httpx.AsyncClient, secret: str) -> None:
        self.city = city
        self.browser = browser
        self.secret = secret
        self.tokens = {
            claims.sub: issue_token(secret, claims, issuer="madang", now=int(time.time()), hours=1)
            for claims in PEOPLE
        }

    def _headers(self, who: str | None, headers: dict[str, str] | None) -> dict[str, str]:
        mine = {"Authorization": f"Bearer {self.tokens[who]}"} if who is not None else {}
        return mine | (headers or {})

    async def get(self, path: str, who: str | None = None, **query: Any) -> httpx.Response:
        """Read."""
        return await self.browser.get(path, params=query or None, headers=self._headers(who, None))

    async def post(
        self,
        command: str,
        who: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> httpx.Response:
        """A command of the city, as `petitions.file`."""
        path = "/api/v1/" + command.replace(".", "/")
        return await self.browser.post(path, json=fields, headers=self._headers(who, headers))

    async def bring(self, content: bytes, who: str | None, name: str = "", **query: Any) -> httpx.Response:
        """A file for a petition."""
        path, told = "/api/v1/petitions/files", {"name": name} | query
        return await self.browser.post(path, content=content, params=told, headers=self._headers(who, None))

    async def done(self, command: str, who: str, **fields: Any) -> Any:
        """What a command answers; it must be done."""
        answer = await self.post(command, who, **fields)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    async def receive(self, **fields: Any) -> tuple[str, str]:
        """A petition that was received: its id and its number."""
        filed = await self.done("petitions.file", "mina", **a_petition(**fields))
        received = await self.done("petitions.receive", "room", petition=filed["petition"])
        return filed["petition"], received["number"]


@asynccontextmanager
async def web_city(folder: Path, *, is_new: bool = True, **sections: Any) -> AsyncIterator[WebCity]:
    """It listens on a free port, and keeps all that it has in `folder`."""
    place = folder / "city"
    if is_new:
        shutil.copytree(HAMLET, place)
        shutil.copytree(DEFAULT_CITY / "services", place / "services")
    async with (
        served(folder, **({"city": {"path": place}} | sections)) as city,
        httpx.AsyncClient(
            base_url=f"http://{city.address}", trust_env=False, timeout=300, verify=WITHOUT_TLS
        ) as browser,
    ):
        yield WebCity(city, browser, keep_secret(folder / "data"))
