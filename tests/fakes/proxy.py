"""A fault proxy: stands before a real registry and breaks exchanges by script.

Nothing is then proved against our own server alone. Each client connection is served by one thread; each request opens its own
connection to the registry behind, so that a cut leaves nothing half used. Faults are rules that match a request and say what
happens to it: an invented answer, a cut after so many bytes in either direction, or changed bytes.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

HEAD_LIMIT = 64 << 10


@dataclass
class Fault:
    """What happens to the requests that match, the first ``times`` of them after ``skip`` were let through.

    ``answer`` is a whole response head and body to send instead of asking the registry. ``cut_answer`` and ``cut_request`` are
    the bytes of body after which the connection is cut on the way to the client or to the registry; with ``stall`` it stays
    open and silent instead, until the client leaves. ``drop`` names header fields to remove from the registry's answer,
    ``change`` gives fields another value. ``drop_asked`` are fields of the request that do not arrive, ``rewrite`` is a
    pattern in its address and what stands there instead. ``before`` is called with the request's ``Authorization`` before it
    goes on, ``after`` when it was answered.
    """

    method: str
    path: str
    times: int = 1
    skip: int = 0
    answer: bytes = b""
    cut_answer: int | None = None
    cut_request: int | None = None
    stall: bool = False
    drop: tuple[str, ...] = ()
    change: Mapping[str, str] = field(default_factory=dict)
    drop_asked: tuple[str, ...] = ()
    rewrite: tuple[str, str] = ("", "")
    before: Callable[[str], object] | None = None
    after: Callable[[], object] | None = None
    seen: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Count a request and say whether this fault is its fate."""
        if not re.fullmatch(self.method, method) or not re.search(self.path, path):
            return False
        self.seen += 1
        return self.skip < self.seen <= self.skip + self.times


@dataclass
class FaultProxy:
    """Listens on loopback, forwards to ``target``.

    ``requests`` is the list of (method, path) that came, in order; ``sent`` is how many bytes of bodies went on.
    """

    target: tuple[str, int]
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    sent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_of(self, method: str, path: str) -> Fault | None:
        """Note a request and return the fault that befalls it, if any."""
        with self._lock:
            self.requests.append((method, path.partition("?")[0]))
            return next((fault for fault in self.faults if fault.matches(method, path)), None)

    def count(self, size: int) -> None:
        """Note bytes of a request's body that the registry gets."""
        with self._lock:
            self.sent += size


class Cut(Exception):
    """The script says that the connection ends here."""


@dataclass
class Head:
    """The first lines of a message: its start line and its fields."""

    start: str
    fields: list[tuple[str, str]]

    def get(self, name: str) -> str:
        """Return the value of a field, empty when it is not there."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")

    def bytes(self, drop: tuple[str, ...] = (), change: Mapping[str, str] | None = None) -> bytes:
        """Return the head as it goes on the wire."""
        changed = change or {}
        gone = {name.lower() for name in (*drop, *changed)}
        kept = [(key, value) for key, value in self.fields if key.lower() not in gone]
        lines = [self.start, *(f"{key}: {value}" for key, value in (*kept, *changed.items()))]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@contextmanager
def fault_proxy(target: tuple[str, int], *faults: Fault) -> Iterator[FaultProxy]:
    """Serve a proxy before ``target`` for the length of the block."""
    proxy = FaultProxy(target, list(faults))
    live: set[socket.socket] = set()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy.address = f"127.0.0.1:{listener.getsockname()[1]}"
        threads = [threading.Thread(target=_accept, args=(listener, proxy, live), daemon=True)]
        threads[0].start()
        try:
            yield proxy
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for connection in list(live):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            threads[0].join()


def _accept(listener: socket.socket, proxy: FaultProxy, live: set[socket.socket]) -> None:
    threads = []
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            break
        live.add(client)
        threads.append(threading.Thread(target=_serve, args=(client, proxy, live), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _serve(client: socket.socket, proxy: FaultProxy, live: set[socket.socket]) -> None:
    with client, suppress(OSError, Cut), client.makefile("rb") as reader:
        while (head := _read_head(reader)) is not None:
            _exchange(client, reader, head, proxy, live)
    live.discard(client)


def _exchange(client: socket.socket, reader: BinaryIO, head: Head, proxy: FaultProxy, live: set[socket.socket]) -> None:
    method, path, _ = head.start.split(" ", 2)
    fault = proxy.fault_of(method, path) or Fault(method, path)
    if fault.before is not None:
        fault.before(head.get("Authorization"))
    if fault.answer:
        _copy(reader, _length(head), None, None)
        client.sendall(fault.answer)
        return
    with socket.create_connection(proxy.target) as server:
        live.add(server)
        try:
            proxy.count(min(_length(head), _length(head) if fault.cut_request is None else fault.cut_request))
            _ask(server, client, reader, head, fault)
            with server.makefile("rb") as answer:
                _return_answer(answer, client, method, fault)
        finally:
            live.discard(server)
    if fault.after is not None:
        fault.after()


def _ask(server: socket.socket, client: socket.socket, reader: BinaryIO, head: Head, fault: Fault) -> None:
    """Send the request on, as the fault leaves it."""
    method, path, version = head.start.split(" ", 2)
    if fault.rewrite[0]:
        path = re.sub(*fault.rewrite, path)
    if head.get("Expect"):
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    asked = Head(f"{method} {path} {version}", head.fields)
    server.sendall(asked.bytes((*fault.drop_asked, "Expect"), {"Connection": "close"}))
    try:
        _forward_body(reader, head, server, fault.cut_request)
    except Cut:
        # The client hears of the cut when the registry is done with it, so that nothing depends on who is quicker.
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
            while server.recv(1 << 16):
                pass
        raise


def _return_answer(answer: BinaryIO, client: socket.socket, method: str, fault: Fault) -> None:
    head = _read_head(answer)
    if head is None:
        raise Cut
    head.fields = [(key, value) for key, value in head.fields if key.lower() != "connection"]
    status = int(head.start.split(" ")[1])
    bodiless = method == "HEAD" or status in {204, 304}
    if not bodiless and not head.get("Content-Length") and "chunked" not in head.get("Transfer-Encoding"):
        head.fields.append(("Connection", "close"))
    client.sendall(head.bytes(fault.drop, fault.change))
    if bodiless:
        return
    try:
        _forward_body(answer, head, client, fault.cut_answer, until_end=True)
    except Cut:
        if fault.stall:
            client.recv(1)
        raise


def _read_head(reader: BinaryIO) -> Head | None:
    start = reader.readline(HEAD_LIMIT).decode("latin-1").rstrip("\r\n")
    if not start:
        return None
    fields = []
    while line := reader.readline(HEAD_LIMIT).decode("latin-1").rstrip("\r\n"):
        key, _, value = line.partition(":")
        fields.append((key, value.strip()))
    return Head(start, fields)


def _length(head: Head) -> int:
    return int(head.get("Content-Length") or 0)


def _forward_body(reader: BinaryIO, head: Head, writer: socket.socket, cut: int | None, *, until_end: bool = False) -> None:
    if "chunked" in head.get("Transfer-Encoding"):
        _copy_chunks(reader, writer, cut)
    elif head.get("Content-Length"):
        _copy(reader, _length(head), writer, cut)
    elif until_end:
        _copy(reader, 1 << 62, writer, cut)


def _copy(reader: BinaryIO, size: int, writer: socket.socket | None, cut: int | None) -> None:
    """Copy so many bytes, or end the connection after ``cut`` of them."""
    left = size if cut is None else min(size, cut)
    while left and (data := reader.read(min(left, 1 << 16))):
        left -= len(data)
        if writer:
            writer.sendall(data)
    if cut is not None and cut < size:
        raise Cut


def _copy_chunks(reader: BinaryIO, writer: socket.socket, cut: int | None) -> None:
    while line := reader.readline(HEAD_LIMIT):
        writer.sendall(line)
        size = int(line.split(b";")[0], 16)
        _copy(reader, size, writer, cut)
        writer.sendall(reader.readline(HEAD_LIMIT))
        if not size:
            return
