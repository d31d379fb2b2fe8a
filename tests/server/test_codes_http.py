"""Codes over HTTP: typed on another device they become a join ticket, once, and not by guessing."""

from pathlib import Path

from tests.support.web_city import WebCity, web_city


async def code_of(city: WebCity, who: str) -> str:
    """A code for someone who has a token."""
    answer = await city.browser.post("/api/codes", headers={"Authorization": f"Bearer {city.tokens[who]}"})
    assert answer.status_code == 201
    return str(answer.json()["code"])


async def test_a_code_becomes_a_ticket_with_which_its_citizen_comes_in_once(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        code = await code_of(city, "mina")
        answer = await city.browser.post("/api/codes/redeem", json={"code": f" {code.lower()} "})
        assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
        async with city.city.guest() as guest:
            welcome = await guest.greet(ticket=answer.json()["ticket"])
            assert welcome["citizen"]["name"] == "미나"
        again = await city.browser.post("/api/codes/redeem", json={"code": code})
        assert (again.status_code, again.json()["code"]) == (401, "bad_token")


async def test_wrong_codes_are_counted_and_then_a_good_one_does_not_help(tmp_path: Path) -> None:
    async with web_city(tmp_path, plain={"code_attempts": 2}) as city:
        code = await code_of(city, "mina")
        for _ in range(2):
            answer = await city.browser.post("/api/codes/redeem", json={"code": "AAAA-AAAA"})
            assert answer.status_code == 401
        answer = await city.browser.post("/api/codes/redeem", json={"code": code})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_while_codes_are_guessed_from_many_addresses_they_are_longer(tmp_path: Path) -> None:
    plain = {"code_attempts": 2, "code_guesses": 3}
    limits = {"loopback_exempt": False}
    async with web_city(tmp_path, plain=plain, limits=limits, listen={"proxies": ["127.0.0.1"]}) as city:
        short = await code_of(city, "mina")
        for guesser in range(4):
            away = {"X-Forwarded-For": f"203.0.113.{guesser}"}
            answer = await city.browser.post("/api/codes/redeem", json={"code": "AAAA-AAAA"}, headers=away)
            assert answer.status_code == 401
        assert city.city.count("madang_limit_reached_total", limit="plain.code_guesses") == 1
        assert (await city.browser.post("/api/codes/redeem", json={"code": short})).status_code == 401
        long = await code_of(city, "mina")
        assert [len(group) for group in long.split("-")] == [4, 4, 4]
        assert (await city.browser.post("/api/codes/redeem", json={"code": long})).status_code == 201


async def test_what_is_no_code_is_refused(tmp_path: Path) -> None:
    async with web_city(tmp_path) as city:
        wrong: tuple[object, ...] = ({}, {"code": 7}, {"code": "x" * 33}, [])
        for sent in wrong:
            answer = await city.browser.post("/api/codes/redeem", json=sent)
            assert answer.status_code == 422, sent
