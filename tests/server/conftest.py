"""Which loops these tests run in: where a whole node waits, its time is skipped; where sockets count, it is real.

And that each no which a test is named for was counted in it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import uvloop

from tests.support.every_no import ALL, No
from tests.support.node import COUNTED
from tests.support.patience import JumpingLoop

HERE = Path(__file__).parent

JUMPING = {
    "test_app.py",
    "test_bad_input.py",
    "test_breaches.py",
    "test_captions.py",
    "test_every_page.py",
    "test_forms.py",
    "test_moderation.py",
    "test_open311.py",
    "test_polls.py",
    "test_question_desk.py",
    "test_records_http.py",
    "test_refusals.py",
    "test_sanctions.py",
    "test_signing_in.py",
    "test_slow_senders.py",
    "test_stories.py",
    "test_ticker.py",
}
"""What waits here is skipped: for the next round of what is kept, too, of which a page asks for dozens."""

AS_SERVED = {"test_gateway.py"}
"""The loop that `madang serve` uses."""


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """By file."""
    if item.path.name in JUMPING:
        return {"jumping": JumpingLoop}
    if item.path.name in AS_SERVED:
        return {"uvloop": uvloop.new_event_loop}
    return {"real": asyncio.SelectorEventLoop}


MET_BY: defaultdict[str, list[No]] = defaultdict(list)
for _no in ALL:
    MET_BY[_no.test].append(_no)


def _is_of(no: No, request: pytest.FixtureRequest) -> bool:
    """Whether this run of a test is one for that no: those with parameters say by them which they meet."""
    callspec = getattr(request.node, "callspec", None)
    given = [value for name, value in callspec.params.items() if "loop" not in name] if callspec else []
    return (
        not given
        or (no.counter == "madang_connections_closed_total" and no.kind == "limit")
        or no.name.removeprefix("plain.") in given
    )


@pytest.fixture(autouse=True)
def each_no_is_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that is named for a no, its counter has moved in a node which the test opened."""
    named = MET_BY.get(f"{request.path.relative_to(HERE).as_posix()}::{request.node.originalname}", [])
    COUNTED.clear()
    yield
    missed = [
        f"{no.kind} {no.name}: {no.counter}"
        for no in named
        if _is_of(no, request) and not any(no.is_counted(registry) for registry in COUNTED)
    ]
    assert missed == [], "it was not counted"
