"""Requests that nobody thought of: schemathesis makes them from the OpenAPI document, and none leads to a 5xx."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.core.result import Ok

from tests.support.web_city import WebCity, web_city

EXAMPLES = 4
"""Requests to each operation with each bearer: with some hundred operations, many in all."""


@pytest.fixture
def city(tmp_path: Path) -> Iterator[WebCity]:
    """A city in a thread of its own, as schemathesis waits for each answer."""
    opened: Future[tuple[WebCity, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def live() -> None:
        limits = {"commands_per_s": 0, "max_message_bytes": 65_536}
        async with web_city(tmp_path, limits=limits) as city:
            end = asyncio.Event()
            opened.set_result((city, asyncio.get_running_loop(), end))
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    city, loop, end = opened.result(timeout=30)
    yield city
    loop.call_soon_threadsafe(end.set)
    thread.join(timeout=30)


def test_no_request_that_the_interface_describes_leads_to_a_fault_of_ours(city: WebCity) -> None:
    base = f"http://{city.city.address}"
    schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
    asked: set[str] = set()
    described: set[str] = set()
    statuses: set[int] = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path == "/readyz":
            continue  # 503 is what it is for
        described.add(operation.label)

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],
        )
        @hypothesis.given(case=operation.as_strategy())
        def answered(case: schemathesis.Case[Any]) -> None:
            for who in (None, "mina", "room", "host", "auditor"):
                case.headers.pop("Authorization", None)
                headers = {"Authorization": f"Bearer {city.tokens[who]}"} if who is not None else {}
                answer = case.call(base_url=base, headers=headers)
                assert answer.status_code < 500, (case.as_curl_command(), answer.text)
                asked.add(case.operation.label)
                statuses.add(answer.status_code)

        answered()
    assert len(asked) > 100
    assert asked == described
    assert {200, 403, 404, 422} <= statuses, "the requests come as far as the rules"
    assert "GET /api/records/{kind}" in asked
    assert "POST /open311/v2/requests.{suffix}" in asked
