"""A server that speaks bytes: each connection is handed to a function that reads requests and says what it likes.

For what no well-behaved server does: cuts, resets, early answers, dribbles. Threads live here, in the tests, and end with the
block; nothing sleeps.
"""

from __future__ import annotations

import io
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

TLS = Path(__file__).parents[1] / "fixtures" / "tls"
REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came: fields under lower-case names, the body when it was read."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(slots=True)
class Talk:
    """One connection, from the server's side."""

    sock: socket.socket
    number: int
    file: BinaryIO = field(default_factory=io.BytesIO)
    requests: list[Seen] = field(default_factory=list)

    def head(self) -> Seen | None:
        """Read the head of a request; None when the client hung up."""
        lines: list[bytes] = []
        while (line := self.file.readline()) not in {b"\r\n", b""}:
            lines.append(line)
        if not lines:
            return None
        method, target, _ = lines[0].decode("latin-1").split(" ", 2)
        pairs = (line.decode("latin-1").rstrip("\r\n").partition(": ") for line in lines[1:])
        return Seen(method, target, {name.lower(): value for name, _, value in pairs})

    def request(self) -> Seen | None:
        """Read a request with its body."""
        seen = self.head()
        if seen is None:
            return None
        body = self.file.read(int(seen.headers.get("content-length", "0")))
        return Seen(seen.method, seen.target, seen.headers, body)

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(data)

    def protect(self, context: ssl.SSLContext) -> None:
        """Speak TLS from here on, as behind a CONNECT."""
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.file = self.sock.makefile("rb")

    def reset(self) -> None:
        """End the connection the hard way: the client sees a reset, not an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self.file.close()
        self.sock.close()


Script = Callable[[Talk], None]
Handler = Callable[[Seen], bytes]


def answering(handler: Handler) -> Script:
    """Make a script that answers every request of a connection with what the handler returns; no bytes hang up."""

    def script(talk: Talk) -> None:
        while (seen := talk.request()) is not None:
            talk.requests.append(seen)
            data = handler(seen)
            if not data:
                return
            talk.send(data)

    return script


def reply(status: int = 200, body: bytes = b"", *, fields: Mapping[str, str] | None = None, **headers: str) -> bytes:
    """Write an answer; underscores in names stand for dashes, and the length is added unless it is given."""
    fields = {name.replace("_", "-"): value for name, value in {**(fields or {}), **headers}.items()}
    fields.setdefault("Content-Length", str(len(body)))
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Whatever')}", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


class WireServer:
    """Runs a script for each connection to a loopback port; ``requests`` are those of all connections, as they came."""

    def __init__(self, script: Script, *, context: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._talks: list[Talk] = []
        self._threads: list[threading.Thread] = []
        self.requests: list[Seen] = []
        self.failures: list[BaseException] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def host(self) -> str:
        """``127.0.0.1:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections were made so far."""
        return len(self._talks)

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for thread, talk in zip(self._threads, self._talks, strict=True):
            while thread.is_alive():
                # Again and again: a socket may just be changing into a protected one.
                with suppress(OSError):
                    socket.socket.shutdown(talk.sock, socket.SHUT_RDWR)
                thread.join(0.05)
        if kind is None:
            assert [] == self.failures

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            talk = Talk(sock, len(self._talks), requests=self.requests)
            self._talks.append(talk)
            thread = threading.Thread(target=self._serve, args=(talk,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, talk: Talk) -> None:
        try:
            talk.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is not None:
                talk.sock = self._context.wrap_socket(talk.sock, server_side=True)
            talk.file = talk.sock.makefile("rb")
            self._script(talk)
        except OSError:
            pass
        except BaseException as error:  # noqa: BLE001 - shown by the test that ran the server
            self.failures.append(error)
        finally:
            talk.hang_up()


@contextmanager
def nobody() -> Iterator[int]:
    """Hold a loopback port where nobody listens, so that it refuses connections and no other test can get it meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


def server_context(*, ask_client: bool = False) -> ssl.SSLContext:
    """Make the TLS context of a server with our test certificate; with ``ask_client`` it wants to see a client's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.crt", TLS / "server.key")
    if ask_client:
        context.load_verify_locations(TLS / "ca.crt")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def authority() -> str:
    """Return the root certificate of the test authority."""
    return (TLS / "ca.crt").read_text()
