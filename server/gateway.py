"""The WebSocket gateway: pumps bytes between sockets and connections. Only this file names the library.

One port serves HTTP and WebSocket: uvicorn hands an upgraded connection to the class named by its `ws` setting,
and `seam` makes that class from picows's protocol. Its constructor is semi-private, hence picows's pinned range;
tests/server/test_gateway.py fails when it changes.
"""

import logging
import re
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol, cast

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSProtocolError,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from protocol.handshake import SUBPROTOCOL
from protocol.poses import POSE_HEAD, POSE_MESSAGE_BYTES
from protocol.refusals import Farewell
from server.addresses import FORWARDED_PROTO, Proxies
from server.buckets import Buckets
from server.config import Crowd as CrowdSettings
from server.connection import Connection, Shared
from server.frames import binary_frame
from server.inlet import Inlet, PoseWay, Source
from server.origins import Origins
from server.router import Router

PATH = "/ws"

BINARY = WSMsgType.BINARY
TEXT = WSMsgType.TEXT
CONTINUATION = WSMsgType.CONTINUATION
CLOSE = WSMsgType.CLOSE
PING = WSMsgType.PING
PONG = WSMsgType.PONG

GOODBYES = (WSCloseCode.NO_INFO, WSCloseCode.OK)
"""Closed by a client in order; anything else, such as a page that is reloaded (1001), is a break."""

READ_BUFFER_BYTES = 2048
"""What each connection holds for reading; it grows when a longer message comes."""

OVERLONG_BYTES = 65_536
"""How much longer than allowed a message may be and still be told `too_long`; beyond, only the close code is."""

CONNECTION_HEADER = re.compile(rb"(?im)^connection:[^\r\n]*upgrade[^\r\n]*\r\n")


class LoopTime(Protocol):
    """The event loop's clock: seconds, read once per turn of the loop."""

    def __call__(self) -> float: ...


class SocketLine(WSListener):
    """One socket: the carrier of a connection."""

    def __init__(self, gateway: "Gateway", address: str, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self.address = address
        self._take = take
        self._is_broken = False
        self._gateway = gateway
        self._now = gateway.loop_time
        self._begun: bytearray | None = None
        self._ping: bytes | None = None
        self._transport: WSTransport | None = None
        self.connection: Connection | None = None
        self.shared: Shared = _not_connected
        self._way: PoseWay | None = None
        self._socket: socket.socket | None = None
        self._source: Source | None = None

    @property
    def pose_way(self) -> PoseWay | None:
        """Where poses go."""
        return self._way

    @pose_way.setter
    def pose_way(self, way: PoseWay | None) -> None:
        self._way = way
        if self._source is not None and self._gateway.inlet is not None:
            self._gateway.inlet.lead(self._source, way)

    @property
    def is_unheard(self) -> bool:
        """Whether the inlet has what is still to be heard."""
        return self._source is not None and self._source.is_unheard

    @property
    def shared_fd(self) -> int:
        """The socket, while nothing waits before it."""
        if self._socket is None or self.shared != self._socket.send:
            return -1
        return self._socket.fileno()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The upgrade is done: the connection begins, or is told why it may not."""
        self._transport = transport
        settings = self._gateway.crowd_settings
        under = transport.underlying_transport
        # Whatever waits in the transport is told at once: what is shared may only pass it by when nothing does.
        under.set_write_buffer_limits(high=0, low=0)
        # The same descriptor, to be sent to without the transport; let go before the transport closes it.
        sock = self._socket = socket.socket(fileno=under.get_extra_info("socket").fileno())
        if settings.send_buffer_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.send_buffer_bytes)
        if settings.unsent_bytes and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, settings.unsent_bytes)
        if hasattr(socket, "TCP_QUICKACK"):
            # The library asks for an acknowledgement of every segment; our next frame carries it for nothing.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        self.shared = sock.send
        self._gateway.router.connect(self, self._now())
        if self._gateway.inlet is not None:
            under.pause_reading()
            self._source = Source(sock, self._take, self._read_again)
            self._gateway.inlet.add(self._source)
            self._gateway.inlet.lead(self._source, self._way)

    def _read_again(self) -> None:
        """The library reads by itself again: the line has ended, and it finds out how."""
        if self._transport is not None and not self._transport.underlying_transport.is_closing():
            self._transport.underlying_transport.resume_reading()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """One frame: a pose takes the short way, everything else the session's."""
        way = self._way
        if (
            way is not None
            and frame.payload_size == POSE_MESSAGE_BYTES
            and frame.msg_type is BINARY
            and frame.fin
        ):
            raw = frame.get_payload_as_bytes()
            if raw.startswith(POSE_HEAD):
                slot, inbox = way
                inbox.take(slot, raw)
                return
        connection = self.connection
        if connection is not None:
            self._hear(connection, frame, self._now())
        elif frame.msg_type is CLOSE:
            # What still comes is not heard; only the other side's close is awaited.
            transport.disconnect()

    def _hear(self, connection: Connection, frame: WSFrame, now: float) -> None:
        """Any other frame; raises WSProtocolError for one that RFC 6455 does not allow there."""
        kind = frame.msg_type
        if self._gateway.frames.take(self, now):
            self._gateway.router.metrics.limit_reached.labels("frames_per_s").inc()
            connection.end(Farewell.FLOODING)
            return
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            raise WSProtocolError(
                WSCloseCode.PROTOCOL_ERROR, "a reserved bit is set, and no extension was agreed"
            )
        is_begun = self._begun is not None
        if (kind is CONTINUATION) != is_begun and kind in (BINARY, TEXT, CONTINUATION):
            raise WSProtocolError(
                WSCloseCode.PROTOCOL_ERROR, "the parts of a message come one after the other"
            )
        if kind is PONG:
            connection.session.heard_at = now
        elif kind is PING:
            connection.session.heard_at = now
            self._ping = frame.get_payload_as_bytes()
            self._pong(connection)
        elif kind is CLOSE:
            if frame.get_close_code() in GOODBYES:
                connection.left()
            else:
                connection.lost()
            self.close(WSCloseCode.OK.value, "")
            if self._transport is not None:
                self._transport.disconnect()
        elif kind is TEXT:
            connection.receive("", now)
        else:
            self._assemble(connection, frame, now)

    def _assemble(self, connection: Connection, frame: WSFrame, now: float) -> None:
        """Binary messages, in one frame or several; the parts together keep to the limit of one message."""
        part = frame.get_payload_as_bytes()
        if frame.fin and self._begun is None:
            connection.receive(part, now)
            return
        if self._begun is None:
            self._begun = bytearray()
        self._begun += part
        if len(self._begun) > connection.session.max_message_bytes:
            self._begun = None
            connection.end(Farewell.TOO_LONG)
        elif frame.fin:
            whole, self._begun = bytes(self._begun), None
            connection.receive(whole, now)

    def breach(self, code: WSCloseCode, reason: str) -> None:
        """The peer broke RFC 6455: the goodbye, the moment before the library sends its close frame."""
        self._is_broken = True
        if self.connection is not None:
            farewell = Farewell.TOO_LONG if code is WSCloseCode.MESSAGE_TOO_BIG else Farewell.BAD_MESSAGE
            self.connection.end(farewell, reason, close_code=code.value)

    def _pong(self, connection: Connection) -> None:
        """Answer the newest ping once the line has room, as RFC 6455, 5.5.3, allows: else pongs would pile up."""
        if self._ping is not None and self._transport is not None and not connection.is_behind:
            self._transport.send_pong(self._ping)
            self._ping = None

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is gone."""
        if self._source is not None and self._gateway.inlet is not None:
            self._gateway.inlet.remove(self._source)
        self._gateway.frames.forget(self)
        self.shared = _not_connected
        if self._socket is not None:
            self._socket.detach()
        if self.connection is not None:
            self.connection.lost()

    def pause_writing(self) -> None:
        """Something waits in the transport: what is shared must wait behind it."""
        if self.shared is not _not_connected:
            self.shared = self._queue
        self._rewatch()
        self._look_behind()

    def resume_writing(self) -> None:
        """Nothing waits any more; who was behind gets the whole picture, and frames again."""
        if self.connection is not None and self._socket is not None:
            self.shared = self._socket.send
            self._rewatch()
            self._gateway.router.catch_up(self.connection)
            self._pong(self.connection)

    def _rewatch(self) -> None:
        connection = self.connection
        if connection is not None and connection.crowd is not None:
            connection.crowd.rewatch(connection.slot)

    def _queue(self, frame: bytes) -> int:
        """A shared frame behind what waits already."""
        self.send_rest(frame)
        return len(frame)

    def send_rest(self, frame: bytes) -> None:
        """What the socket did not take waits in the transport."""
        if self._transport is not None and not self._transport.underlying_transport.is_closing():
            self._transport.underlying_transport.write(frame)
            self._look_behind()

    def _look_behind(self) -> None:
        """More waits than `crowd.behind_bytes`: this client's frames are skipped."""
        if self.connection is not None and self._transport is not None:
            waiting = self._transport.underlying_transport.get_write_buffer_size()
            if waiting > self._gateway.crowd_settings.behind_bytes:
                self._gateway.router.fall_behind(self.connection)

    def send(self, data: bytes) -> None:
        """One binary message.

        Not by the library's own `send`: where a message of more than 8 KiB has to wait, it keeps a view of the
        buffer in which it wrote the head, and writes the next head over it (picows 2.3, `_send`).
        """
        frame = binary_frame(data)
        try:
            taken = self.shared(frame)
        except OSError:
            taken = 0
        if taken != len(frame):
            self.send_rest(frame[taken:])

    def ping(self) -> None:
        """A WebSocket ping."""
        if self._transport is not None:
            self._transport.send_ping()

    def close(self, code: int, reason: str) -> None:
        """The close frame, then the end of the line once it has been sent or has had its time."""
        transport = self._transport
        if transport is None:
            return
        self.shared = _not_connected
        if not self._is_broken:
            transport.send_close(cast(WSCloseCode, code), reason.encode())
        # At once then, whatever is unsent: who does not read would else keep the line, and what waits in it.
        self._gateway.call_later(self._gateway.goodbye_seconds, lambda: transport.disconnect(False))


class Gateway:
    """Makes a line of every upgraded connection that is allowed to be one."""

    def __init__(
        self,
        router: Router,
        inlet: Inlet | None,
        loop_time: LoopTime,
        call_later: Callable[[float, Callable[[], None]], Any],
    ) -> None:
        settings = router.settings
        self.router = router
        self.inlet = inlet
        self.loop_time = loop_time
        self.call_later = call_later
        self.crowd_settings: CrowdSettings = settings.crowd
        self.goodbye_seconds = settings.limits.goodbye_seconds
        self.frames = Buckets(settings.limits.frames_per_s, settings.limits.frame_burst)
        self.max_frame_bytes = settings.limits.max_message_bytes + OVERLONG_BYTES
        self._origins = Origins(settings.listen.origins)
        self._proxies = Proxies(settings.listen)
        self._log = logging.getLogger("picows")
        self._log.setLevel(logging.CRITICAL)

    def admit(
        self, request: WSUpgradeRequest, address: str, take: Callable[[bytes], None]
    ) -> WSListener | WSUpgradeResponseWithListener | None:
        """The listener of an upgrade request, or the HTTP refusal; None is 404. `take` is the library's ear."""
        path = request.path.split(b"?")[0].decode("ascii", "replace")
        if path != PATH:
            return None
        offered = [name.strip() for name in request.headers.get("sec-websocket-protocol", "").split(",")]
        offered = [name for name in offered if name]
        if offered and SUBPROTOCOL not in offered:
            return _refusal(HTTPStatus.BAD_REQUEST, f"this server speaks {SUBPROTOCOL}")
        is_secure = self._proxies.is_secure(address, request.headers.getall(FORWARDED_PROTO, ()))
        host = request.headers.get("host", "")
        if not self._origins.allow(request.headers.get("origin"), host, is_secure=is_secure):
            self.router.metrics.origins_refused.labels("socket").inc()
            return _refusal(HTTPStatus.FORBIDDEN, "this origin is not allowed")
        address = self._proxies.address(address, request.headers.getall(self._proxies.header, ()))
        headers = {"Sec-WebSocket-Protocol": SUBPROTOCOL} if offered else None
        return WSUpgradeResponseWithListener(
            WSUpgradeResponse.create_101_response(extra_headers=headers), SocketLine(self, address, take)
        )

    def seam(self) -> type:
        """The class for uvicorn's `ws` setting: made per upgraded connection, it hands over to picows."""
        gateway = self

        class Upgraded:
            """What uvicorn makes, feeds the request to, and then sets as the transport's protocol."""

            def __new__(cls, config: Any, server_state: Any, app_state: Any) -> Any:
                return _PicowsProtocol(gateway, server_state.connections)

        return Upgraded


class _Breaches(logging.LoggerAdapter[logging.Logger]):
    """The library's log: told of a breach of RFC 6455 just before the close frame, the last place for a goodbye."""

    line: SocketLine | None = None

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        """The library found a breach, as (close code, reason), or says something else."""
        match args:
            case ((WSCloseCode() as code, str(reason)),) if self.line is not None:
                self.line.breach(code, reason)
        super().error(msg, *args, **kwargs)


class _PicowsProtocol(WSProtocol):  # type: ignore[misc]
    """picows's protocol with uvicorn's two calls: the request as bytes, and its set of connections."""

    def __init__(self, gateway: Gateway, connections: set[Any]) -> None:
        self._address = ""
        self._connections = connections

        def listener(request: WSUpgradeRequest) -> Any:
            answer = gateway.admit(request, self._address, self.take)
            breaches.line = getattr(answer, "listener", None)
            return answer

        breaches = _Breaches(gateway._log)

        super().__init__(
            None,  # host_port, of a client
            None,  # ws_path, of a client
            False,  # is_client_side
            listener,
            breaches,
            True,  # disconnect_on_exception
            5.0,  # websocket_handshake_timeout, seconds
            False,  # enable_auto_ping: the router asks who is silent, without a task per connection
            20.0,  # auto_ping_idle_timeout
            20.0,  # auto_ping_reply_timeout
            WSAutoPingStrategy.PING_WHEN_IDLE,
            False,  # enable_auto_pong: it answers even who does not read
            gateway.max_frame_bytes,
            None,  # extra_headers, of a client
            READ_BUFFER_BYTES,
        )

    def connection_made(self, transport: Any) -> None:
        """The socket, handed over by uvicorn."""
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if peer else ""
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The socket is gone, and uvicorn waits for it no more."""
        self._connections.discard(self)
        super().connection_lost(error)

    def shutdown(self) -> None:
        """Uvicorn ends and waits: all were told goodbye, and close, or are cut when that has had its time."""

    def data_received(self, data: bytes) -> None:
        """The upgrade request as uvicorn rebuilt it; browsers that say `keep-alive, Upgrade` are understood."""
        self.take(CONNECTION_HEADER.sub(b"Connection: Upgrade\r\n", data, count=1))

    def take(self, data: bytes) -> None:
        """Bytes of the socket that someone else has read."""
        while data:
            room = self.get_buffer(-1)
            part = min(len(room), len(data))
            room[:part] = data[:part]
            del room
            self.buffer_updated(part)
            data = data[part:]


def _not_connected(frame: bytes) -> int:
    """What a line does with a frame before its socket is upgraded, and after its close: nothing."""
    return len(frame)


def _refusal(status: HTTPStatus, reason: str) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(
        WSUpgradeResponse.create_error_response(status, reason.encode()), cast(WSListener, None)
    )
