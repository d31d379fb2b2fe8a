"""Log lines on standard error, for people or as one JSON object a line; never a token or a citizen's text."""

import logging
import sys

import structlog

from server.config import Log


def configure(settings: Log) -> None:
    """From now on, structlog and the libraries' own logging write as the settings say."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.typing.Processor
    if settings.format == "json":
        # Without the values of variables: they may be a citizen's text, or a token.
        transform = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        shared.append(structlog.processors.ExceptionRenderer(transform))
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # What is logged is rare. A logger that kept how it was set up first would not be heard by who sets it up anew.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    # Uvicorn tells at info what our own lines tell better, and warns of each request that cannot be read: those are
    # counted, and who sends them shall not fill the disk.
    logging.getLogger("uvicorn").setLevel(max(logging.ERROR, root.level))
    # At every start it tells that it looked.
    logging.getLogger("alembic").setLevel(logging.WARNING)
