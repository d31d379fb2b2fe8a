"""What the console watches: where everyone is, who they are and how the city fares, for staff; nothing for others."""

import time
from pathlib import Path

import httpx
import pytest

from server.auth import Claims, issue_token
from tests.support.moderated_town import mirrored_city, moderated_town
from tests.support.web_city import web_city


async def test_staff_see_where_everyone_is_and_who(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city, city.city.guest() as guest:
        await guest.greet(name="Mina")
        place = await guest.enter("green")
        seen = (await city.get("/api/watch/districts/green", "host")).json()
        assert seen["slots"] == [place["slot"]]
        assert [seen["x"][0] / 10, seen["z"][0] / 10] == pytest.approx([place["x"], place["z"]], abs=0.051)
        card = await city.get(f"/api/watch/districts/green/avatars/{place['slot']}", "host")
        assert card.json()["name"] == "Mina"
        assert card.headers["cache-control"] == "no-store"
        nobody = await city.get("/api/watch/districts/green/avatars/9999", "host")
        assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")


async def test_staff_see_who_is_in_which_hall_where_there_are_several(tmp_path: Path) -> None:
    mirrored_city(tmp_path, mirrors=1)
    async with moderated_town(tmp_path, crowd={"district_capacity": 1, "reserved_share": 0}) as town:
        headers = {"Authorization": f"Bearer {town.token('host', roles=['host'])}"}
        async with httpx.AsyncClient(
            base_url=f"http://{town.at.address}", headers=headers, trust_env=False
        ) as http:
            await town.citizen("kim")
            assert (await http.get("/api/watch/districts/hall")).json()["halls"] == []
            await town.citizen("lee")
            assert (await http.get("/api/watch/districts/hall")).json()["halls"] == [0, 1]


async def test_an_empty_district_is_empty_and_another_is_not_there(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        assert (await city.get("/api/watch/districts/green", "host")).json()["slots"] == []
        assert (await city.get("/api/watch/districts/atlantis", "host")).status_code == 404


async def test_staff_see_how_the_city_fares(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city, city.city.guest() as guest:
        await guest.greet()
        told = (await city.get("/api/watch/health", "host")).json()
        assert told["samples"]["madang_connections"] == 1
        assert told["samples"]["madang_tick_hz"] > 0
        assert not any("_bucket" in name for name in told["samples"])


async def test_citizens_and_visitors_are_shown_nothing(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        for path in ("districts/green", "districts/green/avatars/0", "citizens?name=a", "health"):
            for who in ("mina", "officer", None):
                answer = await city.get(f"/api/watch/{path}", who)
                assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_staff_find_who_is_here_by_a_part_of_the_name_or_by_id(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city, city.city.guest() as first, city.city.guest() as second:
        mina = (await first.greet(name="한미나"))["citizen"]["id"]
        await second.greet(name="Minho Park")
        await first.enter("green")
        found = (await city.get("/api/watch/citizens", "host", name="미나")).json()
        assert found == {
            "citizens": [{"citizen": mina, "name": "한미나", "roles": ["visitor"], "district": "green"}],
            "of": 1,
        }
        found = (await city.get("/api/watch/citizens", "host", name="MINHO")).json()
        assert [(one["name"], one["district"]) for one in found["citizens"]] == [("Minho Park", None)]
        found = (await city.get("/api/watch/citizens", "host", id=[mina, "nobody"])).json()
        assert [one["name"] for one in found["citizens"]] == ["한미나"]
        assert (await city.get("/api/watch/citizens", "host")).json()["citizens"] == []
        assert (await city.get("/api/watch/citizens", "host", name="가" * 41)).status_code == 422


async def test_who_is_staff_of_a_district_finds_who_is_there_alone(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city, city.city.guest() as first, city.city.guest() as second:
        claims = Claims(sub="local", name="동네", roles=["moderator@green"])
        city.tokens["local"] = issue_token(
            city.secret, claims, issuer="madang", now=int(time.time()), hours=1
        )
        for guest, name, district in ((first, "가람", "green"), (second, "가온", "hall")):
            await guest.greet(name=name)
            await guest.enter(district)
        found = (await city.get("/api/watch/citizens", "local", name="가")).json()
        assert [one["name"] for one in found["citizens"]] == ["가람"]
