"""HTTP/1.1 over kept-alive connections: with the sockets and TLS below it, loaded when the first request is made.

The request, the head of the answer and its body are read by modules of ours: the standard library's go through :mod:`email`,
which is a third of the cost of a small request, and 20 ms of every start. Here is what happens when a server answers before it
has read everything, and who gets the connection next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from regclient.cancel import Cancel
from regclient.errors import Cancelled, SizeMismatch
from regclient.model.headers import Headers
from regclient.transport.connection import Connection, place_of
from regclient.transport.exchange import Broken, Exchange, Trouble
from regclient.transport.framing import Framed, body_of
from regclient.transport.heads import Head, read_head, request_head
from regclient.transport.messages import Body
from regclient.transport.options import Roots, Timeouts
from regclient.transport.pool import Lease, Pool
from regclient.transport.proxies import Proxy

if TYPE_CHECKING:
    from regclient.transport.tls import Contexts

_BLOCK = 512 * 1024
"""How much of a body is read and then sent at a time: each time costs the same, so larger blocks cost less; but a line stands
still while the other is busy, unless the system holds that much."""

_WITH_HEAD = 64 * 1024
_DRAIN = 64 * 1024
_PATIENCE = 20
_SAFE_AGAIN = frozenset({"GET", "HEAD", "PUT"})


class HTTPEngine:
    """Makes exchanges over kept-alive connections; safe from many threads. Close it to drop the idle connections."""

    def __init__(self, timeouts: Timeouts, roots: Roots, cancel: Cancel) -> None:
        self._timeouts = timeouts
        self._roots = roots
        self._cancel = cancel
        self._pool = Pool()

    @cached_property
    def _contexts(self) -> Contexts:
        # Threads that need it first at the same moment may each make one, which costs a little time and nothing else.
        from regclient.transport.tls import Contexts  # noqa: PLC0415 - a door: it loads OpenSSL

        return Contexts(self._roots)

    def exchange(self, exchange: Exchange) -> HTTPAnswer:
        """Send the request and return the answer as soon as its head is there.

        Raises:
            Broken: the connection could not be made or failed.
            Cancelled: the work was cancelled.
            RegistryClientError: reading the body to send failed.
        """
        streamed = isinstance(exchange.body, Body)
        again = exchange.method in _SAFE_AGAIN and not streamed
        key = exchange.url.origin, exchange.proxy, exchange.identity
        connection = self._pool.take(key, careful=streamed)
        if connection is None:
            return self._over(Connection(self._timeouts, exchange.deadline), exchange, key, kept=False)
        try:
            return self._over(connection, exchange, key, kept=True)
        except Broken as broken:
            if broken.trouble is not Trouble.STALE or not again:
                raise
        return self._over(Connection(self._timeouts, exchange.deadline), exchange, key, kept=False)

    def close(self) -> None:
        """Drop the idle connections."""
        self._pool.close()

    def _over(self, connection: Connection, exchange: Exchange, key: object, *, kept: bool) -> HTTPAnswer:
        connection.deadline = exchange.deadline
        try:
            closer = self._cancel.register(connection.abort)
        except Cancelled:
            connection.close()
            raise
        try:
            if not kept:
                self._open(connection, exchange)
                # A cancel that came while one socket stood in for another found nothing to shut.
                self._cancel.check()
            complete = _send(connection, exchange)
            head, response = self._receive(connection, exchange, complete=complete, kept=kept)
        except BaseException:
            self._cancel.forget(closer)
            connection.close()
            raise
        lease = Lease(connection, self._pool, key, cancel=self._cancel, closer=closer)
        return HTTPAnswer(head, response, lease, reusable=complete)

    def _open(self, connection: Connection, exchange: Exchange) -> None:
        url, proxy = exchange.url, exchange.proxy
        connection.dial(*((proxy.host, proxy.port) if proxy else (url.host, url.port)))
        if url.scheme == "https":
            if proxy:
                _tunnel(connection, exchange, proxy)
            connection.protect(self._contexts.context_for(exchange.identity), url.host)

    def _receive(self, connection: Connection, exchange: Exchange, *, complete: bool, kept: bool) -> tuple[Head, Framed]:
        connection.expect(self._timeouts.answer)
        try:
            head = _read_answer(connection, exchange.method)
        except Broken as broken:
            if kept and complete and broken.trouble is Trouble.CUT:
                raise Broken(Trouble.STALE, broken.reason) from None
            raise
        response = body_of(head, exchange.method, connection.reader)
        if not response.isclosed() and not (response.length and response.length <= _DRAIN):
            connection.expect(self._timeouts.idle)
        return head, response


class HTTPAnswer:
    """An answer whose body comes from the connection; closing it, or reading it to its end, gives the connection back."""

    def __init__(self, head: Head, response: Framed, lease: Lease, *, reusable: bool) -> None:
        self.status = head.status
        self.headers: Headers = head.headers
        self._response = response
        self._lease: Lease | None = lease
        self._reusable = reusable and not response.will_close
        self._settle()

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative.

        Raises:
            Broken: the connection ended before the body did.
        """
        try:
            data = self._response.read(size)
        except (OSError, ValueError, Broken) as error:
            raise self._failed(error) from None
        self._advanced(len(data), size)
        return data

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end.

        Raises:
            Broken: the connection ended before the body did.
        """
        try:
            count = self._response.readinto(buffer)
        except (OSError, ValueError, Broken) as error:
            raise self._failed(error) from None
        self._advanced(count, len(buffer))
        return count

    def close(self) -> None:
        """Give the connection back to the pool, or drop it when more of the body is left than is worth reading."""
        if self._lease is not None and self._reusable and 0 < (self._response.length or 0) <= _DRAIN:
            try:
                self.read()
            except Broken:
                return
        self._end(keep=self._is_complete())

    def _advanced(self, count: int, wanted: int) -> None:
        if not count and wanted and self._response.length:
            raise self._failed(Broken(Trouble.CUT, f"{self._response.length} bytes of the body are missing"))
        self._settle()

    def _settle(self) -> None:
        if self._is_complete():
            self._end(keep=True)

    def _is_complete(self) -> bool:
        return self._response.isclosed()

    def _end(self, *, keep: bool) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            self._response.close()
            lease.end(keep=keep and self._reusable)

    def _failed(self, error: Exception) -> Broken:
        self._end(keep=False)
        if isinstance(error, Broken):
            return error
        trouble = Trouble.CUT if isinstance(error, OSError) else Trouble.PROTOCOL
        return Broken(trouble, f"reading the body: {type(error).__name__}")


def _send(connection: Connection, exchange: Exchange) -> bool:
    """Send the request; False when the server answered, or hung up, before it had everything."""
    head, body = request_head(exchange), exchange.body
    if body is None:
        connection.send(head, connection.timeouts.answer)
        return True
    size = body.size if isinstance(body, Body) else len(body)
    blocks = _blocks(body) if isinstance(body, Body) else _slices(body)
    if size <= _WITH_HEAD:
        connection.send(head + b"".join(map(bytes, blocks)), connection.timeouts.answer)
        return True
    connection.send(head, connection.timeouts.answer)
    return _send_blocks(connection, blocks)


def _send_blocks(connection: Connection, blocks: Iterable[bytes | memoryview]) -> bool:
    for block in blocks:
        if connection.readable():
            return False
        try:
            connection.send(block, connection.timeouts.idle)
        except Broken as broken:
            if broken.trouble is not Trouble.CUT:
                raise
            return False
    return True


def _slices(data: bytes) -> Iterator[bytes | memoryview]:
    return (data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK))


def _blocks(body: Body) -> Iterator[bytes | memoryview]:
    """Yield exactly the promised bytes; a body that is shorter must not leave the server waiting for the rest."""
    buffer = memoryview(bytearray(min(_BLOCK, body.size)))
    readinto = getattr(body.stream, "readinto", None)
    left = body.size
    while left:
        if readinto is None:
            block: bytes | memoryview = body.stream.read(min(left, _BLOCK))
        else:
            block = buffer[: readinto(buffer[:left])]
        if not block:
            raise SizeMismatch(body.size, body.size - left, "the body to send")
        left -= len(block)
        yield block


def _tunnel(connection: Connection, exchange: Exchange, proxy: Proxy) -> None:
    place = place_of(exchange.url)
    login = proxy.authorization.reveal()
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *([f"Proxy-Authorization: {login}"] if login else [])]
    connection.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), connection.timeouts.connect)
    connection.expect(connection.timeouts.connect)
    head = _read_answer(connection, "CONNECT")
    if not 200 <= head.status < 300:
        raise Broken(Trouble.PROXY, f"proxy {proxy} answered {head.status} {head.reason}".rstrip())


def _read_answer(connection: Connection, method: str) -> Head:
    """Read heads until one is final: servers may send any number of 1xx first, but not for ever."""
    for _ in range(_PATIENCE):
        head = read_head(connection.reader)
        if head.status >= 200 or method == "CONNECT":
            return head
    raise Broken(Trouble.PROTOCOL, "too many interim answers")
