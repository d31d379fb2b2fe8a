"""Which loops the stories run in: where nothing walks, what they would wait for is skipped."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.support.patience import JumpingLoop

JUMPING = "test_neither_misses_a_word_though_the_line_is_cut_anywhere"
"""Hundreds of times it waits for the next round."""


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """By test: who walks does so by the loop's time, and is judged by the city's."""
    if item.name.startswith(JUMPING):
        return {"jumping": JumpingLoop}
    return {"real": asyncio.SelectorEventLoop}
