"""Secrets stay secret: none in a log line, a metric or an answer to others; none compared letter by letter."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

import server
from server import log
from server.auth import Claims, issue_token, keep_secret
from server.config import Log
from tests.support.issuer import running_issuer
from tests.support.node import served
from tests.support.patience import until

SERVER = Path(server.__file__).parent
WORLDS = SERVER.parent / "worlds"

SECRET_NAMES = re.compile(
    r"(^|_)(secret|token|ticket|password|signature|digest|mac|resume_key|session_key|api_key)$"
)
"""What holds a secret is called so."""


def compared(path: Path) -> Iterator[str]:
    """Comparisons by == or != in which a secret stands on one side and no constant on the other."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) for side in sides):
                continue
            for side in sides:
                name = side.attr if isinstance(side, ast.Attribute) else getattr(side, "id", "")
                if SECRET_NAMES.search(name):
                    yield f"{path.name}:{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize(
    "path",
    [*SERVER.rglob("*.py"), *WORLDS.rglob("*.py")],
    ids=lambda path: str(path.relative_to(SERVER.parent)),
)
def test_secrets_are_compared_in_constant_time(path: Path) -> None:
    """hmac.compare_digest, or a look-up under a hash; == tells by its time how much of a guess was right."""
    assert list(compared(path)) == []


def test_such_a_comparison_would_be_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def f(a, b): return a.secret == b or token != a.given or a.kind == 'token'", "utf-8")
    assert len(list(compared(wrong))) == 2


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Everything that is logged, by us and by every library, at the finest level, as it would be written."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(formatter.format(record))

    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log.configure(Log(level="debug", format="json"))
    [handler] = root.handlers
    formatter = handler.formatter or logging.Formatter()
    root.handlers[:] = [Kept()]
    quiet = [logging.getLogger(name) for name in ("uvicorn", "alembic", "picows")]
    levels = [logger.level for logger in quiet]
    for logger in quiet:
        logger.setLevel(logging.DEBUG)
    yield written
    for logger, old in zip(quiet, levels, strict=True):
        logger.setLevel(old)
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_no_secret_is_logged_measured_or_told_to_others(tmp_path: Path, lines: list[str]) -> None:
    async with running_issuer() as issuer:
        auth = {"issuers": [issuer.trust().model_dump()]}
        limits = {"malformed_per_min": 0}
        async with (
            served(tmp_path, auth=auth, limits=limits) as city,
            httpx.AsyncClient(base_url=f"http://{city.address}", trust_env=False, timeout=60) as browser,
        ):
            secret = keep_secret(tmp_path / "data")
            bearer = Claims(sub="subject-of-mina", name="mina")
            now = 1_790_000_000
            token = issue_token(secret, bearer, issuer="madang", now=now, hours=500_000)
            old = issue_token(secret, bearer, issuer="madang", now=now, hours=1)
            forged = token[:-6] + "AAAAAA"
            foreign = issuer.token(sub="subject-of-kim")
            secrets = [secret, token, old, forged, foreign, "subject-of-mina", "subject-of-kim"]

            for bad in (old, forged, "no-token-at-all"):
                async with city.guest() as guest:
                    await guest.say(type="hello", protocol=1, token=bad)
                    goodbye, _ = await guest.ended()
                    assert bad not in str(goodbye)
                answer = await browser.post("/api/join-tickets", headers={"Authorization": f"Bearer {bad}"})
                assert answer.status_code == 401
                assert bad not in answer.text
            made = await browser.post("/api/join-tickets", headers={"Authorization": f"Bearer {token}"})
            ticket = made.json()["ticket"]
            async with city.guest() as guest, city.guest() as other:
                welcome = await guest.greet(ticket=ticket)
                await other.greet(token=foreign)
                secrets += [ticket, welcome["resume_key"]]
                for one in (guest, other):
                    await one.enter("green")
                await guest.say(type="chat.say", id=5, text="a line of mina's", to="district")
                heard = await other.hear("chat.said")
                await guest.say(type="chat.say", id=6, text=7, to="district", token=token)
                await guest.hear("refused", id=6)
                told_to_others = [str(heard), *(str(item) for item in other.heard)]
                # A fault of ours is logged with its traceback, and without what was said.
                city.node.router.pace = None  # type: ignore[assignment]
                await guest.say(type="chat.say", id=7, text="a line of mina's", to="district", token=token)
                goodbye, _ = await guest.ended()
                assert goodbye["code"] == "internal"
            resume = {"session": welcome["session"], "key": "x" * 32, "last": 0}
            async with city.guest() as guest:
                assert not (await guest.greet(resume=resume))["resumed"]
            issuer.is_down = True
            [(_, keys)] = city.node.router.registry._trusted.values()
            await keys.fetch()
            shown = [
                (await browser.get(path)).text
                for path in ("/metrics", "/readyz", "/api/city", "/", "/api/issuers")
            ]
            await until(lambda: city.count("madang_connections") == 0)
    assert any("a fault of ours" in line for line in lines), "what is looked through is there"
    assert any("keys cannot be fetched" in line for line in lines)
    assert any("AttributeError" in line for line in lines)
    everything = "\n".join([*lines, *shown, *told_to_others])
    for kept_secret in secrets:
        assert kept_secret not in everything
    assert "a line of mina's" not in "\n".join([*lines, *shown])
