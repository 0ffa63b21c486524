"""The HTTP/1.1 loop of the embedded registry: heads in, answers out, one thread a connection.

Small on purpose: the standard library's server costs three imports and a string parser per request. Threads come from
``concurrency.py``; bytes are understood in ``wire.py``; what to answer is decided in ``handler.py``.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from regclient.clock import Clock, SystemClock
from regclient.concurrency import Service, serve_connections
from regclient.errors import RegistryClientError, Unreachable
from regclient.server.fault import Fault, answer_of
from regclient.server.message import Content, ServerRequest, ServerResponse
from regclient.server.wire import Body, Head, Reader, Refused, parse_head, write_head

if TYPE_CHECKING:
    import ssl

log = logging.getLogger("regclient.server")

_PIECE = 256 << 10
_DRAIN = 8 << 20
_MOST_LINGERED = 64 << 20
"""Bytes of an unwanted body that are read and dropped before a connection is closed, so that the peer sees why."""
_LINGER_SECONDS = 2.0
_BODILESS = frozenset({204, 304})
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class HttpServer:
    """Serves one listening socket until it is stopped.

    ``seconds`` bounds every wait for a peer. With ``tls`` the socket speaks TLS. ``clock`` dates the answers.
    """

    def __init__(
        self,
        handle: Callable[[ServerRequest], ServerResponse],
        listener: socket.socket,
        *,
        connections: int = 128,
        seconds: float = 60.0,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._handle = handle
        self._clock = clock or SystemClock()
        self._seconds = seconds
        self._tls = tls
        self._lock = threading.Lock()
        self._busy: dict[socket.socket, bool] = {}
        self._stopping = False
        self._service: Service = serve_connections(listener, self._serve, count=connections)

    def stop(self, grace: float = 5.0) -> None:
        """Accept nothing more, give running requests ``grace`` seconds to end, then cut them; return when all is over."""
        self._service.close()
        with self._lock:
            self._stopping = True
            idle = [connection for connection, busy in self._busy.items() if not busy]
        _shut(idle)
        if not self._service.join(grace):
            with self._lock:
                running = list(self._busy)
            _shut(running)
            self._service.join()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(self._seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = plain
        if self._tls is not None:
            connection = self._tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            if self._stopping:
                connection.close()
                return
            self._busy[connection] = False
        try:
            with suppress(OSError):
                self._exchanges(connection)
        finally:
            with self._lock:
                del self._busy[connection]
            connection.close()

    def _exchanges(self, connection: socket.socket) -> None:
        reader = Reader(connection.recv_into)
        while True:
            try:
                data = reader.head()
                head = parse_head(data) if data is not None else None
            except Refused as refused:
                self._send(connection, answer_of(Fault(refused.status, "UNSUPPORTED", str(refused))), "GET", keep_alive=False)
                _linger(connection)
                return
            if head is None or not self._begin(connection):
                return
            if not self._exchange(connection, reader, head):
                return
            with self._lock:
                self._busy[connection] = False
                if self._stopping:
                    return

    def _begin(self, connection: socket.socket) -> bool:
        with self._lock:
            self._busy[connection] = True
            return not self._stopping

    def _exchange(self, connection: socket.socket, reader: Reader, head: Head) -> bool:
        """Answer one request; True when another can follow on the connection."""

        def proceed() -> None:
            if head.continues:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

        body = Body(reader, head.length, proceed)
        request = ServerRequest(head.method, head.path, cast("BinaryIO", body), head.query, head.headers, head.length)
        answer = self._answer(request)
        try:
            keep_alive = head.keep_alive and not self._stopping and _can_drain(body, head, answer)
            complete = self._send(connection, answer, head.method, keep_alive=keep_alive)
        finally:
            answer.close()
        log.debug("%s %s %d", head.method, head.path, answer.status)
        if keep_alive and complete:
            return body.ended or _drain(body)
        if complete and not body.ended:
            _linger(connection)
        return False

    def _answer(self, request: ServerRequest) -> ServerResponse:
        try:
            return self._handle(request)
        except ConnectionError:  # whoever stands before the registry may hang up
            raise
        except Exception:
            log.exception("a request failed: %s %s", request.method, request.path)
            return answer_of(Fault(500, "UNKNOWN", "the registry failed"))

    def _send(self, connection: socket.socket, answer: ServerResponse, method: str, *, keep_alive: bool) -> bool:
        """Send an answer; False when its body broke off, so that the connection must be cut."""
        body = answer.body
        size = body.size if isinstance(body, Content) else len(body)
        headers = [*answer.headers, ("Date", _date(self._clock.now()))]
        if answer.status not in _BODILESS and answer.header("Content-Length") is None:
            headers.append(("Content-Length", str(size)))
        if not keep_alive:
            headers.append(("Connection", "close"))
        head = write_head(answer.status, headers)
        if method == "HEAD" or not size:
            connection.sendall(head)
            return True
        if not isinstance(body, Content):
            connection.sendall(head + body)
            return True
        connection.sendall(head)
        if body.is_file:
            return connection.sendfile(body.stream, body.offset, body.size) == body.size
        return _send_stream(connection, body)


def _send_stream(connection: socket.socket, body: Content) -> bool:
    left = body.size
    try:
        while left and (piece := body.stream.read(min(left, _PIECE))):
            connection.sendall(piece)
            left -= len(piece)
    except RegistryClientError as error:
        log.warning("a blob could not be read to its end: %s", error)
    return not left


def _can_drain(body: Body, head: Head, answer: ServerResponse) -> bool:
    """Whether what is left of the request's body is worth reading to keep the connection."""
    if body.ended:
        return True
    if head.continues and not body.begun:  # the client may or may not send it: RFC 9110 10.1.1
        return False
    return answer.status < 400 or (head.length is not None and head.length <= _DRAIN)


def _drain(body: Body) -> bool:
    buffer = bytearray(_PIECE)
    try:
        while body.readinto(buffer):
            pass
    except Unreachable:
        return False
    return True


def _linger(connection: socket.socket) -> None:
    """Read on what the peer still sends: closing at once would reset the connection and lose our answer."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(_LINGER_SECONDS)
    left = _MOST_LINGERED
    while left > 0 and (piece := connection.recv(_PIECE)):
        left -= len(piece)


def _shut(connections: list[socket.socket]) -> None:
    for connection in connections:
        with suppress(OSError):  # it may have ended by itself meanwhile
            connection.shutdown(socket.SHUT_RDWR)


def _date(seconds: float) -> str:
    """Write the date of an answer (RFC 9110 5.6.7), in English whatever the program's locale."""
    at = time.gmtime(seconds)
    day = f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year:04}"
    return f"{day} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"
