"""Coming in over real sockets: by tokens of an issuer, by join tickets, from behind a proxy; and when logins fail."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from server.auth import Claims, issue_token, keep_secret
from tests.support.issuer import KEYS, Issuer, running_issuer
from tests.support.node import WITHOUT_TLS, Guest, Served, served
from tests.support.patience import until


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running_issuer() as issuer:
        yield issuer


class Trusting:
    """A city that trusts one issuer, and a browser."""

    def __init__(self, city: Served, browser: httpx.AsyncClient, folder: Path) -> None:
        self.city = city
        self.browser = browser
        self._secret = keep_secret(folder / "data")

    def own_token(self, sub: str = "mina", *, ago_s: int = 0, **claims: Any) -> str:
        """A token of the city itself, made some time ago, good for an hour."""
        bearer = Claims(sub=sub, name=sub, **claims)
        return issue_token(self._secret, bearer, issuer="madang", now=int(time.time()) - ago_s, hours=1)

    async def ticket(self, token: str, **headers: str) -> httpx.Response:
        """Ask for a join ticket."""
        return await self.browser.post(
            "/api/join-tickets", headers={"Authorization": f"Bearer {token}"} | headers
        )

    @asynccontextmanager
    async def welcomed(self, **hello: Any) -> AsyncIterator[tuple[Guest, Any]]:
        """Someone who must be let in; their guest and the welcome."""
        async with self.city.guest() as guest:
            yield guest, await guest.greet(**hello)

    async def refused(self, **hello: Any) -> Any:
        """Someone who must not be let in; the goodbye."""
        async with self.city.guest() as guest:
            await guest.say(type="hello", protocol=1, **hello)
            goodbye, closed_with = await guest.ended()
            codes = {"bad_token": 4401, "flooding": 4429, "internal": 1011, "full": 4453}
            assert closed_with == codes[goodbye["code"]]
            return goodbye


@asynccontextmanager
async def trusting(folder: Path, issuer: Issuer | None, **sections: Any) -> AsyncIterator[Trusting]:
    """It keeps its data in `folder`; addresses of this machine are counted like any other."""
    auth = {"keys_refetch_seconds": 0, "issuers": [issuer.trust().model_dump()] if issuer else []}
    given = {"auth": auth | sections.pop("auth", {})}
    given["limits"] = {"loopback_exempt": False, "logins_failed_per_address": 0} | sections.pop("limits", {})
    async with (
        served(folder, **(given | sections)) as city,
        httpx.AsyncClient(
            base_url=f"http://{city.address}", trust_env=False, timeout=60, verify=WITHOUT_TLS
        ) as browser,
    ):
        yield Trusting(city, browser, folder)


async def test_a_citizen_of_an_issuer_comes_in_by_socket_and_by_http(tmp_path: Path, issuer: Issuer) -> None:
    async with trusting(tmp_path, issuer) as city:
        token = issuer.token()
        async with city.welcomed(token=token) as (guest, welcome):
            assert (welcome["citizen"]["name"], welcome["citizen"]["level"]) == ("김하늘", 1)
            assert "kim" not in welcome["citizen"]["id"]
            assert await guest.is_well()
        made = await city.ticket(token)
        assert made.status_code == 201
        told = (await city.browser.get("/api/issuers")).json()
        assert told == [
            {
                "issuer": issuer.url,
                "audience": "madang",
                "name": {"ko": "시험 로그인", "en": "Test login"},
            }
        ]


async def test_keys_that_rotate_while_the_city_runs_are_found_by_the_first_who_needs_them(
    tmp_path: Path, issuer: Issuer
) -> None:
    async with trusting(tmp_path, issuer) as city:
        async with city.welcomed(token=issuer.token("ec1")):
            pass
        issuer.show(("ec2", "ES256"))
        async with city.welcomed(token=issuer.token("ec2")):
            pass
        assert (await city.refused(token=issuer.token("ec1")))["code"] == "bad_token"
        assert city.city.count("madang_tokens_refused_total", reason="unknown_key") == 1


async def test_who_waits_for_an_issuers_keys_keeps_nobody_else_waiting(
    tmp_path: Path, issuer: Issuer
) -> None:
    issuer.answers.clear()
    async with trusting(tmp_path, issuer) as city, city.city.guest() as slow:
        await slow.say(type="hello", protocol=1, token=issuer.token())
        await until(lambda: city.city.count("madang_logins_waiting_total") == 1)
        ticket = asyncio.create_task(city.ticket(issuer.token()))
        async with city.welcomed() as (guest, _), city.welcomed(token=city.own_token()) as (other, _):
            await guest.enter("green")
            assert await guest.is_well()
            assert await other.is_well()
        assert slow.heard == []
        assert not ticket.done()
        issuer.answers.set()
        assert (await slow.hear("welcome"))["citizen"]["name"] == "김하늘"
        assert (await ticket).status_code == 201


async def test_who_goes_while_the_keys_are_fetched_is_not_let_in(tmp_path: Path, issuer: Issuer) -> None:
    issuer.answers.clear()
    async with trusting(tmp_path, issuer) as city:
        async with city.city.guest() as gone:
            await gone.say(type="hello", protocol=1, token=issuer.token())
            await until(lambda: city.city.count("madang_logins_waiting_total") == 1)
        await until(lambda: city.city.count("madang_connections") == 0)
        issuer.answers.set()
        await until(lambda: city.city.count("madang_key_fetches_total", result="done") == 1)
        assert city.city.node.router.present == {}
        assert city.city.count("madang_handshakes_total", result="welcome") == 0


async def test_an_issuer_that_cannot_be_reached_is_told_apart_from_a_bad_token(
    tmp_path: Path, issuer: Issuer
) -> None:
    issuer.is_down = True
    async with trusting(tmp_path, issuer) as city:
        goodbye = await city.refused(token=issuer.token())
        assert (goodbye["code"], goodbye["retry"]) == ("internal", "later")
        assert goodbye["after_ms"] > 0
        answer = await city.ticket(issuer.token())
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        assert city.city.count("madang_tokens_refused_total", reason="issuer_unreachable") == 2
        async with city.welcomed(token=city.own_token()):
            pass


async def test_known_keys_go_on_working_when_the_issuer_goes_away(tmp_path: Path, issuer: Issuer) -> None:
    async with trusting(tmp_path, issuer) as city:
        async with city.welcomed(token=issuer.token(sub="kim")):
            pass
        issuer.is_down = True
        async with city.welcomed(token=issuer.token(sub="lee")):
            pass
        assert issuer.asked[KEYS] == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": int(time.time()) - 600}, "expired"),
        ({"nbf": int(time.time()) + 6_000}, "not_yet_valid"),
        ({"aud": "game"}, "audience"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"sub": None}, "claim_missing"),
        ({"name": None}, "claims"),
    ],
)
async def test_a_token_that_does_not_hold_is_a_goodbye_a_401_and_a_count(
    tmp_path: Path, issuer: Issuer, changes: dict[str, Any], reason: str
) -> None:
    async with trusting(tmp_path, issuer) as city:
        goodbye = await city.refused(token=issuer.token(**changes))
        assert (goodbye["code"], goodbye["retry"]) == ("bad_token", "never")
        answer = await city.ticket(issuer.token(**changes))
        assert (answer.status_code, answer.json()["message"]) == (401, goodbye["message"])
        assert city.city.count("madang_tokens_refused_total", reason=reason) == 2


def unsigned(token: str, algorithm: str) -> str:
    """The same claims, without a signature."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).rstrip(b"=")
    return f"{head.decode()}.{token.split('.')[1]}."


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda own, theirs: own[:-6] + "AAAAAA", "signature"),
        (
            lambda own, theirs: ".".join([own.split(".")[0], theirs.split(".")[1], own.split(".")[2]]),
            "algorithm",
        ),
        (lambda own, theirs: theirs[:-6] + "AAAAAA", "signature"),
        (lambda own, theirs: unsigned(own, "none"), "algorithm"),
        (lambda own, theirs: unsigned(theirs, "none"), "algorithm"),
        (lambda own, theirs: unsigned(theirs, "HS256"), "algorithm"),
    ],
)
async def test_a_token_that_nobody_signed_is_a_goodbye_a_401_and_a_count(
    tmp_path: Path, issuer: Issuer, forge: Callable[[str, str], str], reason: str
) -> None:
    async with trusting(tmp_path, issuer) as city:
        async with city.welcomed(token=issuer.token()):
            pass
        forged = forge(city.own_token(roles=["operator"]), issuer.token())
        goodbye = await city.refused(token=forged)
        assert (goodbye["code"], goodbye["retry"]) == ("bad_token", "never")
        assert (await city.ticket(forged)).status_code == 401
        assert city.city.count("madang_tokens_refused_total", reason=reason) == 2, goodbye


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": 1_000_000_000}, "expired"),
        ({"nbf": 4_000_000_000}, "not_yet_valid"),
        ({"aud": "game"}, "audience"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"iss": "elsewhere"}, "issuer"),
    ],
)
async def test_a_token_of_the_city_that_does_not_hold_is_refused_and_counted_too(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    async with trusting(tmp_path, None) as city:
        claims = jwt.decode(city.own_token(), options={"verify_signature": False})
        token = jwt.encode(claims | changes, keep_secret(tmp_path / "data"), "HS256")
        assert (await city.refused(token=token))["code"] == "bad_token"
        assert (await city.ticket(token)).status_code == 401
        assert city.city.count("madang_tokens_refused_total", reason=reason) == 2


@pytest.mark.parametrize("token", ["e30.e30.", "x" * 4_096, "[" * 4_000, "a.b.c", "é.é.é"])
async def test_what_is_no_token_at_all_is_refused_as_one(tmp_path: Path, token: str) -> None:
    async with trusting(tmp_path, None) as city:
        assert (await city.refused(token=token))["code"] == "bad_token"
        assert city.city.count("madang_connections_closed_total", reason="internal") == 0


# Join tickets


async def test_a_ticket_lets_its_citizen_in_once(tmp_path: Path) -> None:
    async with trusting(tmp_path, None) as city:
        made = await city.ticket(city.own_token(roles=["citizen", "moderator@culture"], minor=True))
        assert made.status_code == 201
        assert made.headers["cache-control"] == "no-store"
        ticket, valid_ms = made.json()["ticket"], made.json()["valid_ms"]
        assert valid_ms == 60_000
        assert len(ticket) == 43
        async with city.welcomed(token=city.own_token()) as (_, by_token):
            pass
        async with city.welcomed(ticket=ticket) as (_, welcome):
            assert welcome["citizen"]["id"] == by_token["citizen"]["id"]
            assert welcome["citizen"]["roles"] == ["citizen", "moderator@culture"]
            [connection] = city.city.node.router.connections
            assert connection.citizen is not None
            assert connection.citizen.minor
        assert (await city.refused(ticket=ticket))["code"] == "bad_token"
        assert city.city.count("madang_tokens_refused_total", reason="ticket") == 1


async def test_a_ticket_is_only_for_who_has_a_token(tmp_path: Path) -> None:
    async with trusting(tmp_path, None) as city:
        assert (await city.browser.post("/api/join-tickets")).status_code == 403
        assert (await city.ticket("forged")).status_code == 401
        assert (await city.refused(ticket="x" * 43))["code"] == "bad_token"
        assert (await city.refused(ticket=""))["code"] == "bad_token"
        assert (await city.refused(ticket="", token=city.own_token()))["code"] == "bad_token"


async def test_a_ticket_may_come_with_a_resume_and_brings_the_roles_of_today(tmp_path: Path) -> None:
    async with trusting(tmp_path, None) as city:
        async with city.city.guest() as first:
            welcome = await first.greet(token=city.own_token())
            first.line.transport.abort()
        resume = {"session": welcome["session"], "key": welcome["resume_key"], "last": 0}
        ticket = (await city.ticket(city.own_token(roles=["citizen", "host"]))).json()["ticket"]
        await until(lambda: city.city.count("madang_sessions_detached") == 1)
        async with city.welcomed(ticket=ticket, resume=resume) as (_, again):
            assert again["resumed"]
            assert again["citizen"]["roles"] == ["citizen", "host"]
        assert (await city.refused(ticket=ticket))["code"] == "bad_token"


# Logins that fail


async def test_an_address_whose_logins_fail_is_sent_away_but_not_who_proves_who_they_are(
    tmp_path: Path,
) -> None:
    async with trusting(tmp_path, None, limits={"logins_failed_per_address": 3}) as city:
        assert [(await city.refused(token="forged"))["code"] for _ in range(3)] == ["bad_token"] * 3
        goodbye = await city.refused(ticket="forged")
        assert (goodbye["code"], goodbye["retry"]) == ("flooding", "later")
        assert 0 < goodbye["after_ms"] <= 200_000
        answer = await city.ticket("forged")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_fast")
        assert 0 < int(answer.headers["retry-after"]) <= 200
        assert city.city.count("madang_limit_reached_total", limit="logins_failed_per_address") == 2
        async with city.welcomed(token=city.own_token()):
            pass


async def test_an_account_whose_genuine_tokens_fail_is_slowed_and_a_forger_cannot_slow_it(
    tmp_path: Path,
) -> None:
    async with trusting(tmp_path, None, limits={"logins_failed_per_account": 2}) as city:
        old = city.own_token(ago_s=7_200)
        forged = old[: old.rindex(".")] + ".AAAA"
        for _ in range(5):
            assert (await city.refused(token=forged))["code"] == "bad_token"
        assert [(await city.refused(token=old))["code"] for _ in range(3)] == [
            "bad_token",
            "bad_token",
            "flooding",
        ]
        assert city.city.count("madang_limit_reached_total", limit="logins_failed_per_account") == 1
        assert (await city.refused(token=city.own_token("junho", ago_s=7_200)))["code"] == "bad_token"


# From behind a proxy


async def test_behind_a_proxy_people_are_counted_where_they_are(tmp_path: Path) -> None:
    listen, limits = {"proxies": ["127.0.0.0/8"]}, {"connections_per_address": 1}
    async with trusting(tmp_path, None, listen=listen, limits=limits) as city:

        def of(address: str) -> dict[str, Any]:
            return {"additional_headers": {"X-Forwarded-For": f"9.9.9.9, {address}"}}

        async with city.city.guest(**of("203.0.113.7")) as kim, city.city.guest(**of("203.0.113.8")) as lee:
            await kim.greet()
            await lee.greet()
            async with city.city.guest(**of("203.0.113.7")) as second:
                goodbye, closed_with = await second.ended()
                assert (goodbye["code"], closed_with) == ("full", 4453)
        assert city.city.count("madang_limit_reached_total", limit="connections_per_address") == 1


async def test_a_strangers_word_where_they_come_from_is_not_believed(tmp_path: Path) -> None:
    async with trusting(tmp_path, None, limits={"connections_per_address": 1}) as city:
        lie = {"additional_headers": {"X-Forwarded-For": "203.0.113.7"}}
        async with city.city.guest() as kim:
            await kim.greet()
            async with city.city.guest(**lie) as liar:
                assert (await liar.ended())[0]["code"] == "full"


async def test_http_requests_are_counted_by_address(tmp_path: Path) -> None:
    limits = {"requests_per_s": 0.01, "request_burst": 3}
    async with trusting(tmp_path, None, listen={"proxies": ["127.0.0.1"]}, limits=limits) as city:
        home = {"X-Forwarded-For": "203.0.113.7"}
        answers = [await city.browser.get("/api/city", headers=home) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].json()["code"] == "too_fast"
        assert 0 < int(answers[3].headers["retry-after"]) <= 100
        assert answers[3].headers["x-content-type-options"] == "nosniff"
        assert city.city.count("madang_limit_reached_total", limit="requests_per_s") == 1
        away = {"X-Forwarded-For": "203.0.113.8"}
        assert (await city.browser.get("/api/city", headers=away)).status_code == 200


async def test_a_page_behind_tls_is_told_so_by_the_proxy_alone(tmp_path: Path) -> None:
    said = {"X-Forwarded-Proto": "https"}
    async with trusting(tmp_path, None, listen={"proxies": ["127.0.0.1"]}) as city:
        assert "wss://" in (await city.browser.get("/about", headers=said)).text
    async with trusting(tmp_path, None) as city:
        assert "wss://" not in (await city.browser.get("/about", headers=said)).text


async def test_what_a_browser_does_with_a_cookie_must_come_from_our_own_page(tmp_path: Path) -> None:
    async with trusting(tmp_path, None, listen={"origins": ["https://city.example"]}) as city:
        token = city.own_token()
        for origin, status in (
            ("https://evil.example", 403),
            ("null", 403),
            ("https://city.example", 201),
            (f"http://{city.city.address}", 201),
        ):
            assert (await city.ticket(token, Cookie="a=b", Origin=origin)).status_code == status, origin
        assert (await city.ticket(token, Cookie="a=b")).status_code == 201
        assert (await city.ticket(token, Origin="https://evil.example")).status_code == 201
        read = await city.browser.get(
            "/api/city", headers={"Cookie": "a=b", "Origin": "https://evil.example"}
        )
        assert read.status_code == 200
        assert city.city.count("madang_origins_refused_total", way="http") == 2


async def test_a_cookie_that_comes_by_tls_counts_for_no_page_that_came_without(tmp_path: Path) -> None:
    async with trusting(tmp_path, None, listen={"proxies": ["127.0.0.1"]}) as city:
        sent = {"Cookie": "a=b", "X-Forwarded-Proto": "https"}
        for scheme, status in (("http", 403), ("https", 201)):
            origin = f"{scheme}://{city.city.address}"
            assert (await city.ticket(city.own_token(), Origin=origin, **sent)).status_code == status
