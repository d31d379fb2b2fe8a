"""Which loops these tests run in: where a whole node waits, its time is skipped; where sockets count, it is real."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

from tests.support.patience import JumpingLoop

JUMPING = {
    "test_app.py",
    "test_bad_input.py",
    "test_breaches.py",
    "test_every_page.py",
    "test_forms.py",
    "test_moderation.py",
    "test_open311.py",
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
