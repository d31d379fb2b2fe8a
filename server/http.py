"""HTTP as uvicorn speaks it, with a bound on everything that a stranger may stretch: heads, waits, lines, pipelines."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.limits import Limits
from server.metrics import Metrics

PIPELINED = 16
"""Requests that may wait behind another one on the same line: browsers send none."""

HEADER_SIGNS = 4
"""Bytes of a header's line beside its name and value."""


class Overdone(Exception):
    """A head that passes a limit; uvicorn takes it for a request that it cannot read."""

    def __init__(self, limit: str, status: HTTPStatus) -> None:
        super().__init__(limit)
        self.limit = limit
        self.status = status


class BoundedHttp(HttpToolsProtocol):
    """One line that speaks HTTP, until it is upgraded or gone."""

    def __init__(
        self,
        limits: Limits,
        metrics: Metrics,
        lines: "OrderedDict[BoundedHttp, None]",
        *given: Any,
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self._limits = limits
        self._metrics = metrics
        self._lines = lines
        self._head_bytes = 0
        self._told_bytes = 0
        self._is_asking = True
        self._overdone: Overdone | None = None
        self._asked_by: asyncio.TimerHandle | None = None
        self._read_by: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A line more; where there are too many, that which asked longest ago is cut for it."""
        super().connection_made(transport)
        self._lines[self] = None
        if self._limits.http_lines and len(self._lines) > self._limits.http_lines:
            oldest, _ = self._lines.popitem(last=False)
            oldest._reached("http_lines")
            oldest.transport.abort()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone."""
        self._lines.pop(self, None)
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What came; a head that does not end is refused however it comes."""
        if self.transport.is_closing():
            return
        if self._is_asking:
            self._await_head()
            self._head_bytes += len(data)
        super().data_received(data)
        most = self._limits.head_bytes
        if self._is_asking and most and self._head_bytes > most and not self.transport.is_closing():
            self._refuse(Overdone("head_bytes", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._told_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A part of its address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers."""
        self._count(len(name) + len(value) + HEADER_SIGNS)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: the request is carried out, or the line upgraded."""
        self._is_asking = False
        self._head_bytes = 0
        if self._asked_by is not None:
            self._asked_by.cancel()
            self._asked_by = None
        if len(self.pipeline) >= PIPELINED:
            self._overdone = Overdone("pipelined", HTTPStatus.TOO_MANY_REQUESTS)
            raise self._overdone
        if self in self._lines:
            self._lines.move_to_end(self)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes now is the head of the next request."""
        self._is_asking = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the line is the gateway's."""
        self._lines.pop(self, None)
        self._cancel()
        super().handle_websocket_upgrade()
        # The parser knows whom it parses for: that circle ends here, and nobody has to look for it.
        self.parser = None  # type: ignore[assignment]

    def send_400_response(self, msg: str) -> None:
        """What cannot be read: told why, and closed."""
        if self._overdone is not None:
            self._refuse(self._overdone)
        elif not self.transport.is_closing():
            self._metrics.http_malformed.inc()
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """More waits than the line takes."""
        super().pause_writing()
        if self._limits.unread_seconds:
            self._read_by = self.loop.call_later(self._limits.unread_seconds, self._cut_the_deaf)

    def resume_writing(self) -> None:
        """The line takes again."""
        if self._read_by is not None:
            self._read_by.cancel()
            self._read_by = None
        super().resume_writing()

    def _await_head(self) -> None:
        if self._asked_by is None and self._limits.request_seconds:
            self._asked_by = self.loop.call_later(self._limits.request_seconds, self._cut_the_slow)

    def _cut_the_slow(self) -> None:
        self._asked_by = None
        if self.transport.is_closing():
            return
        if self._head_bytes:
            self._refuse(Overdone("request_seconds", HTTPStatus.REQUEST_TIMEOUT))
        else:
            self._reached("request_seconds")
            self.transport.close()

    def _cut_the_deaf(self) -> None:
        self._reached("unread_seconds")
        self.transport.abort()

    def _count(self, size: int) -> None:
        """Raises Overdone for a head that is too long though it came in one piece."""
        self._told_bytes += size
        if self._limits.head_bytes and self._told_bytes > self._limits.head_bytes:
            self._overdone = Overdone("head_bytes", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            raise self._overdone

    def _refuse(self, overdone: Overdone) -> None:
        self._reached(overdone.limit)
        told = f"{overdone.limit} is passed\n".encode()
        self.transport.write(
            STATUS_LINE[overdone.status]
            + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            + b"content-length: %d\r\n\r\n" % len(told)
            + told
        )
        self.transport.close()

    def _reached(self, limit: str) -> None:
        self._metrics.limit_reached.labels(limit).inc()

    def _cancel(self) -> None:
        for timer in (self._asked_by, self._read_by):
            if timer is not None:
                timer.cancel()
        self._asked_by = self._read_by = None


def bounded(limits: Limits, metrics: Metrics) -> Callable[..., BoundedHttp]:
    """What uvicorn calls for each line."""
    lines: OrderedDict[BoundedHttp, None] = OrderedDict()

    def line(*given: Any, **named: Any) -> BoundedHttp:
        return BoundedHttp(limits, metrics, lines, *given, **named)

    return line
