"""One connection: made (directly or through a proxy), protected, read with limits, and shut from another thread.

A read that yields next to nothing for the length of the idle timeout fails, so that a server cannot hold us with a byte now and
then. ``abort`` may come at any time, also while the connection is being made.
"""

from __future__ import annotations

import io
import os
import select
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from regclient.transport.addresses import URL
from regclient.transport.exchange import Broken, Trouble
from regclient.transport.options import Timeouts

if TYPE_CHECKING:
    import ssl

_BUFFER = 64 * 1024
_WHOLE = getattr(socket, "MSG_WAITALL", 0)
_TIMEVAL = struct.Struct("@ll")
_BY_KERNEL = os.name == "posix" and sys.maxsize > 2**32
"""Whether the system watches how long a read or write takes, where we know what it calls a time.

Otherwise the interpreter does, which asks before each whether it would wait: twice the system calls, and at each of them
another thread may take the interpreter.
"""

_CRAWL = 1024
"""A transfer that moves fewer bytes than this in one idle timeout counts as standing still."""


class Connection:
    """A socket with its reader. Used by one thread at a time; only :meth:`abort` may be called from others."""

    def __init__(self, timeouts: Timeouts, deadline: float | None) -> None:
        self.timeouts = timeouts
        self.sock: socket.socket | None = None
        self.protected = False
        self.unready: tuple[type[OSError], ...] = ()
        self.since = 0.0
        self._stream = _Stream(self)
        self.reader = io.BufferedReader(self._stream, _BUFFER)
        self.deadline = deadline
        self._limited = -1.0

    def dial(self, host: str, port: int) -> None:
        """Connect to the first address of ``host`` that answers.

        Raises:
            Broken: none did.
        """
        try:
            # Bytes: of text, the interpreter makes international names, for which it loads the tables of Unicode.
            found = socket.getaddrinfo(host.encode() if host.isascii() else host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            trouble = Trouble.NAME if getattr(error, "errno", None) == socket.EAI_NONAME else Trouble.CONNECT
            raise Broken(trouble, f"looking up {host}: {_words(error)}") from None
        except UnicodeError:
            raise Broken(Trouble.NAME, f"{host[:100]} is not a host name") from None
        self.since = time.monotonic()
        for index, (family, kind, protocol, _, address) in enumerate(found):
            try:
                self._connect(socket.socket(family, kind, protocol), address, share=len(found) - index)
            except OSError as error:
                self._drop()
                if index == len(found) - 1:
                    raise _broken(error, Trouble.CONNECT, f"connecting to {host} port {port}") from None
            else:
                return

    def protect(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from here on; the certificate must be one for ``host`` when the context verifies.

        Raises:
            Broken: the handshake failed.
        """
        import ssl  # noqa: PLC0415 - a door: it loads OpenSSL, which plain connections do without

        plain = self._socket()
        try:
            plain.settimeout(self._left(self.timeouts.connect, since=self.since))
            # Bytes, as in dial.
            name = host.encode() if host.isascii() else host
            self.sock = context.wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)
            self.sock.do_handshake()
        except ssl.SSLError as error:
            raise Broken(Trouble.TLS, f"TLS with {host}: {_tls_words(error)}") from None
        except (OSError, ValueError) as error:
            raise _broken(error, Trouble.CUT, f"TLS with {host}") from None
        self.protected, self._limited = True, -1.0
        self.unready = (ssl.SSLWantReadError, ssl.SSLWantWriteError)

    def send(self, data: bytes | bytearray | memoryview, seconds: float) -> None:
        """Send all of ``data``, which may take so many seconds.

        Raises:
            Broken: the connection ended or stood still.
        """
        sock = self._socket()
        try:
            self._limit(sock, seconds)
            sock.sendall(data)
        except OSError as error:
            raise _broken(error, Trouble.CUT, "sending") from None

    def expect(self, seconds: float) -> None:
        """Set how long one read may wait from here on."""
        self._stream.restart(seconds)
        if self.deadline is not None or seconds != self._limited:
            with suppress(OSError):
                self._limit(self._socket(), seconds)

    def readable(self) -> bool:
        """Whether bytes (or the end) have arrived without waiting: an early answer, or a dead connection in the pool."""
        sock = self._socket()
        if self.reader.closed or not _is_ready(sock):
            return False
        if not self.protected:
            return True
        # What is there may be no more than a TLS session ticket, which a read takes in without giving bytes.
        before = sock.gettimeout()
        try:
            sock.settimeout(0)
            return bool(self.reader.peek(1)) or self._stream.ended
        except (OSError, Broken):
            return True
        finally:
            with suppress(OSError):
                sock.settimeout(before)

    def has_surplus(self) -> bool:
        """Whether more was read off the socket than the answer announced; what follows cannot be told from the next answer."""
        self._stream.resting = True
        try:
            return bool(self.reader.peek(1))
        finally:
            self._stream.resting = False

    def abort(self) -> None:
        """Shut the connection so that whoever waits on it wakes up; safe from any thread and from signal handlers."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which takes the TLS state away from a thread that may be reading.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket."""
        self._drop()
        self.reader.close()

    def _connect(self, sock: socket.socket, address: object, *, share: int) -> None:
        self.sock = sock
        left = self._left(self.timeouts.connect, since=self.since)
        sock.settimeout(left if left is None else left / share)
        sock.connect(address)  # type: ignore[arg-type]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if _BY_KERNEL:
            sock.settimeout(None)

    def _limit(self, sock: socket.socket, seconds: float) -> None:
        if self.deadline is not None or seconds != self._limited:
            self.wait_at_most(sock, self._left(seconds))
            self._limited = seconds if self.deadline is None else -1.0

    def wait_at_most(self, sock: socket.socket, seconds: float | None) -> None:
        """Let no single read or write take longer; None lets it take for ever."""
        if self.protected or not _BY_KERNEL:
            sock.settimeout(seconds)
            return
        micro = 0 if seconds is None else max(1, int(seconds * 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(*divmod(micro, 1_000_000)))

    def _left(self, seconds: float, *, since: float | None = None) -> float | None:
        limits = [seconds + since if since else time.monotonic() + seconds] if seconds else []
        if self.deadline is not None:
            limits.append(self.deadline)
        if not limits:
            return None
        left = min(limits) - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def left(self, seconds: float) -> float | None:
        """Return how long one wait may take now: ``seconds``, or less when the deadline is near.

        Raises:
            TimeoutError: the deadline has passed.
        """
        return self._left(seconds)

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise Broken(Trouble.CUT, "the connection is closed")
        return self.sock

    def _drop(self) -> None:
        sock, self.sock = self.sock, None
        if sock is not None:
            sock.close()


class _Stream(io.RawIOBase):
    """The bytes of a connection as a raw file, which guards against servers that dribble."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._limit = 0.0
        self._waited = 0.0
        self._got = 0
        self.ended = False
        self.resting = False
        self._failure: Broken | None = None

    def readable(self) -> bool:
        return True

    def restart(self, seconds: float) -> None:
        self._limit, self._waited, self._got = seconds, 0.0, 0

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        """Read once. What failed fails again: who met it in the middle of a piece keeps what came before."""
        if self.resting:
            return None
        if self._failure is not None:
            raise self._failure
        try:
            return self._receive(buffer)
        except Broken as broken:
            self._failure = broken
            raise

    def _receive(self, buffer: memoryview) -> int | None:
        connection = self._connection
        sock = connection._socket()  # noqa: SLF001 - one thing in two classes
        start = time.monotonic()
        try:
            if connection.deadline is not None and sock.gettimeout() != 0:
                connection.wait_at_most(sock, connection.left(self._limit))
            # More than the buffer of the reader is asked for by a body alone, and no more than is left of it: one call brings
            # all of it into its place, where many would wake us for a little each time, half of it to be copied once more.
            whole = len(buffer) > _BUFFER and not connection.protected
            count = sock.recv_into(buffer, 0, _WHOLE) if whole else sock.recv_into(buffer)
        except connection.unready:
            return None
        except OSError as error:
            raise _broken(error, Trouble.CUT, "reading") from None
        self.ended = not count
        self._watch(time.monotonic() - start, count)
        return count

    def _watch(self, waited: float, count: int) -> None:
        self._waited += waited
        self._got += count
        if self._limit and self._waited > self._limit:
            if self._got < _CRAWL:
                raise Broken(Trouble.TIMEOUT, f"fewer than {_CRAWL} bytes came in {self._limit:g} seconds")
            self._waited, self._got = 0.0, 0


def place_of(url: URL) -> str:
    """``host:port`` of an address, as ``CONNECT`` wants it."""
    return f"[{url.host}]:{url.port}" if ":" in url.host else f"{url.host}:{url.port}"


def _is_ready(sock: socket.socket) -> bool:
    try:
        if not hasattr(select, "poll"):
            return bool(select.select([sock], [], [], 0)[0])
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True


def _broken(error: Exception, trouble: Trouble, doing: str) -> Broken:
    if isinstance(error, TimeoutError | BlockingIOError):
        return Broken(Trouble.TIMEOUT, f"{doing}: timed out")
    if "CERTIFICATE" in _reason(error):
        # TLS 1.3 refuses the client's certificate, or the lack of one, only after the handshake. Asking again is in vain.
        return Broken(Trouble.TLS, f"TLS: {_tls_words(error)}")
    return Broken(trouble, f"{doing}: {_words(error)}")


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def _tls_words(error: Exception) -> str:
    if untrusted := getattr(error, "verify_message", ""):
        return f"the certificate is not trusted: {untrusted}"
    return (_reason(error) or str(error)).replace("_", " ").lower()


def _reason(error: Exception) -> str:
    """Return what OpenSSL calls the failure; only its errors have a reason."""
    return getattr(error, "reason", None) or ""
