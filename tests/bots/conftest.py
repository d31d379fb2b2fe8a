"""Tests of the bots walk for minutes, in loops where that takes no time."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.support.patience import JumpingLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A process of its own, as test_cli starts, does not share our clock, nor does HTTP: there time takes its time."""
    if item.path.name in ("test_cli.py", "test_attachments.py"):
        return {"real": asyncio.SelectorEventLoop}
    return {"jumping": JumpingLoop}
