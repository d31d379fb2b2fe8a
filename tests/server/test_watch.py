"""What the console watches: where everyone is, who they are and how the city fares, for staff; nothing for others."""

from pathlib import Path

from tests.support.web_city import web_city


async def test_staff_see_where_everyone_is_and_who(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city, city.city.guest() as guest:
        await guest.greet(name="Mina")
        place = await guest.enter("green")
        seen = (await city.get("/api/watch/districts/green", "host")).json()
        assert seen["slots"] == [place["slot"]]
        assert [seen["x"][0] / 10, seen["z"][0] / 10] == [round(place["x"], 1), round(place["z"], 1)]
        card = await city.get(f"/api/watch/districts/green/avatars/{place['slot']}", "host")
        assert card.json()["name"] == "Mina"
        assert card.headers["cache-control"] == "no-store"
        nobody = await city.get("/api/watch/districts/green/avatars/9999", "host")
        assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")


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
        for path in ("districts/green", "districts/green/avatars/0", "health"):
            for who in ("mina", "officer", None):
                answer = await city.get(f"/api/watch/{path}", who)
                assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
