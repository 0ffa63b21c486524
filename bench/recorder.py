"""A proxy before a registry: counts requests, their bytes and how many ran at once; can add a delay and cap each connection.

Run as a process of its own: ``python recorder.py HOST:PORT DELAY BYTES_PER_SECOND``. The first line it prints is where it
listens. Each line on its standard input is answered with the counts since the last one, as JSON.

The delay comes before each request is passed on, and once more when a connection is made, as it does with distance. The cap
holds for each connection and each direction by itself, as it does behind most load balancers.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from typing import cast

BLOCK = 128 * 1024
LINE = 64 * 1024
TLS_HANDSHAKE = b"\x16"


@dataclass
class Counts:
    """What passed: requests and the most of them at once, bytes of bodies as the client sees them."""

    requests: int = 0
    received: int = 0
    sent: int = 0
    peak: int = 0
    active: int = 0
    methods: dict[str, int] = field(default_factory=dict)


class Recorder:
    """The counts, shared by all connections."""

    def __init__(self, delay: float, rate: float) -> None:
        self.delay = delay
        self.rate = rate
        self._lock = threading.Lock()
        self._counts = Counts()

    def begin(self, method: str) -> None:
        """Note a request that begins."""
        with self._lock:
            counts = self._counts
            counts.requests += 1
            counts.methods[method] = counts.methods.get(method, 0) + 1
            counts.active += 1
            counts.peak = max(counts.peak, counts.active)

    def received(self, count: int) -> None:
        """Note bytes of an answer, before they are passed on: who has them may ask for the counts."""
        with self._lock:
            self._counts.received += count

    def sent(self, count: int) -> None:
        """Note bytes of a request."""
        with self._lock:
            self._counts.sent += count

    def end(self) -> None:
        """Note that a request ended."""
        with self._lock:
            self._counts.active -= 1

    def take(self) -> Counts:
        """Return the counts and begin anew."""
        with self._lock:
            counts, self._counts = self._counts, Counts(active=self._counts.active)
            return counts


class Pace:
    """One direction of one connection: notes what passes, and after each block waits until the cap allows the next."""

    def __init__(self, rate: float, note: Callable[[int], None]) -> None:
        self.note = note
        self._rate = rate
        self._free_at = 0.0

    def passed(self, count: int) -> None:
        """Wait for what these bytes cost."""
        if self._rate:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + count / self._rate
            # Sleeping less than a millisecond takes a whole one: owe it to the next block instead.
            if self._free_at - now > 0.001:
                time.sleep(self._free_at - now)


class Exchanges:
    """The exchanges of one client connection, over one connection to the registry."""

    def __init__(self, client: socket.socket, server: socket.socket, recorder: Recorder) -> None:
        self._client = client
        self._server = server
        self._recorder = recorder
        self._from_client = cast("BufferedReader", client.makefile("rb", buffering=BLOCK))
        self._from_server = cast("BufferedReader", server.makefile("rb", buffering=BLOCK))
        self._up, self._down = Pace(recorder.rate, recorder.sent), Pace(recorder.rate, recorder.received)

    def run(self) -> None:
        """Pass exchanges on until one side hangs up."""
        if self._from_client.peek(1)[:1] == TLS_HANDSHAKE:
            return  # who tries TLS first learns at once, as from a server of plain HTTP
        time.sleep(self._recorder.delay)
        while head := read_head(self._from_client):
            method = head[0].split(b" ", 1)[0].decode()
            self._recorder.begin(method)
            try:
                time.sleep(self._recorder.delay)
                self._server.sendall(b"".join(head))
                forward(self._from_client, head, self._server.sendall, self._up)
                self._answer(method)
            finally:
                self._recorder.end()

    def _answer(self, method: str) -> None:
        while head := read_head(self._from_server):
            status = int(head[0].split(b" ", 2)[1])
            self._client.sendall(b"".join(head))
            if status >= 200:
                if method != "HEAD" and status not in {204, 304}:
                    forward(self._from_server, head, self._client.sendall, self._down)
                return
        raise OSError("the registry hung up")


def read_head(reader: BufferedReader) -> list[bytes]:
    """Read the lines of a head, the empty one included; nothing at the end of the connection."""
    lines = []
    while line := reader.readline(LINE):
        lines.append(line)
        if line in {b"\r\n", b"\n"}:
            return lines
    return []


def forward(reader: BufferedReader, head: list[bytes], write: Callable[[bytes], object], pace: Pace) -> None:
    """Pass a body on as its head frames it."""
    fields = {name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in head[1:])}
    if fields.get(b"transfer-encoding") != b"chunked":
        copy(reader, int(fields.get(b"content-length", b"0")), write, pace)
        return
    while line := reader.readline(LINE):
        write(line)
        size = int(line.split(b";")[0], 16)
        copy(reader, size, write, pace)
        write(reader.readline(LINE))
        if not size:
            return


def copy(reader: BufferedReader, size: int, write: Callable[[bytes], object], pace: Pace) -> None:
    """Pass so many bytes on."""
    left = size
    while left:
        data = reader.read1(min(left, BLOCK))
        if not data:
            raise OSError("the body ended early")
        pace.note(len(data))
        write(data)
        left -= len(data)
        pace.passed(len(data))


def serve(listener: socket.socket, target: tuple[str, int], recorder: Recorder) -> None:
    """Accept connections for ever."""
    while True:
        client, _ = listener.accept()
        threading.Thread(target=connected, args=(client, target, recorder), daemon=True).start()


def connected(client: socket.socket, target: tuple[str, int], recorder: Recorder) -> None:
    """Serve one connection."""
    with client, suppress(OSError, ValueError), socket.create_connection(target) as server:
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Exchanges(client, server, recorder).run()


def main(words: list[str]) -> None:
    """Listen, say where, and answer with counts."""
    host, _, port = words[0].rpartition(":")
    recorder = Recorder(float(words[1]), float(words[2]))
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    threading.Thread(target=serve, args=(listener, (host, int(port)), recorder), daemon=True).start()
    sys.stdout.write(f"127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(vars(recorder.take())) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
