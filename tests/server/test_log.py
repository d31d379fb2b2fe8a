"""How the logs are set up, and set up anew."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from server import log
from server.config import Log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_logger_that_has_spoken_is_heard_by_who_sets_the_logs_up_anew() -> None:
    logger = structlog.get_logger("host")
    log.configure(Log(level="debug", format="json"))
    logger.info("once")
    structlog.reset_defaults()
    with capture_logs() as told:
        logger.info("again")
    assert [line["event"] for line in told] == ["again"]
