"""How much the wire costs on top of the standard library: small requests and one large body, over loopback.

Compare the figures with each other, not with another machine. The server is a process of its own that answers from memory;
``http.client`` is the yardstick, with one connection per thread.
"""

from __future__ import annotations

import hashlib
import http.client
import multiprocessing
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from bench.inside.registry import Figure
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.transport.messages import Kind, Request
from regclient.transport.sender import Sender

MANIFEST = b"{" + b" " * 1498 + b"}"
BLOCK = bytes(1 << 20)
TYPE = "application/vnd.oci.image.manifest.v1+json"


def serve(pipe: Connection, mebibytes: int) -> None:
    """Answer every request of every connection: HEAD and small GETs from memory, ``/blobs/`` with zeros."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    pipe.send(listener.getsockname()[1])
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=talk, args=(sock, mebibytes), daemon=True).start()


def talk(sock: socket.socket, mebibytes: int) -> None:
    """Answer one connection."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    small = head(len(MANIFEST))
    while data := sock.recv(65536):
        if data.startswith(b"HEAD"):
            sock.sendall(small)
        elif b"/blobs/" in data.split(b"\r\n", 1)[0]:
            sock.sendall(head(mebibytes << 20))
            for _ in range(mebibytes):
                sock.sendall(BLOCK)
        else:
            sock.sendall(small + MANIFEST)


def head(length: int) -> bytes:
    """Write the head of an answer as registries do, with the usual dozen of fields."""
    fields = [
        f"Content-Length: {length}",
        f"Content-Type: {TYPE}",
        f"Docker-Content-Digest: sha256:{'0' * 64}",
        "Docker-Distribution-Api-Version: registry/2.0",
        f'Etag: "sha256:{"0" * 64}"',
        "X-Content-Type-Options: nosniff",
        "Date: Mon, 23 Nov 2026 19:00:00 GMT",
    ]
    return ("HTTP/1.1 200 OK\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode()


def ours(port: int) -> Callable[[], Callable[[str, str], None]]:
    """Make requests through one sender that all threads share."""
    host = f"127.0.0.1:{port}"
    sender = Sender(HostBook([HostSettings(host, tls=TLS.DISABLED, req_concurrent=16)]))
    buffer = threading.local()

    def start() -> Callable[[str, str], None]:
        buffer.view = memoryview(bytearray(1 << 20))

        def ask(method: str, path: str) -> None:
            kind = Kind.BLOB if path.startswith("blobs/") else Kind.HEAD if method == "HEAD" else Kind.MANIFEST
            with sender.send(Request(host, method, path, "library/alpine", headers={"Accept": TYPE}, kind=kind)) as response:
                hasher = hashlib.sha256()
                while count := response.readinto(buffer.view):
                    hasher.update(buffer.view[:count])

        return ask

    return start


def theirs(port: int) -> Callable[[], Callable[[str, str], None]]:
    """Make requests through ``http.client``, one connection for each thread."""

    def start() -> Callable[[str, str], None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, blocksize=1 << 20)
        view = memoryview(bytearray(1 << 20))

        def ask(method: str, path: str) -> None:
            connection.request(method, f"/v2/library/alpine/{path}", headers={"Accept": TYPE, "User-Agent": "bench"})
            response = connection.getresponse()
            hasher = hashlib.sha256()
            while count := response.readinto(view):
                hasher.update(view[:count])

        return ask

    return start


def measure(
    start: Callable[[], Callable[[str, str], None]], count: int, threads: int, method: str, path: str
) -> tuple[float, float]:
    """Make ``count`` requests over some threads; return wall and processor seconds."""

    def run() -> None:
        ask = start()
        ask("HEAD", "manifests/warm")
        ready.wait()
        for _ in range(count // threads):
            ask(method, path)

    ready = threading.Barrier(threads + 1)
    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    wall, usage = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    for worker in workers:
        worker.join()
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - wall, spent.ru_utime + spent.ru_stime - usage.ru_utime - usage.ru_stime


def figures(requests: int = 2000, mebibytes: int = 256) -> Iterator[Figure]:
    """Give the best of three rounds of each case for each client."""
    receiving, sending = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(sending, mebibytes), daemon=True)
    server.start()
    port = receiving.recv()
    clients = {"http.client": theirs(port), "ours": ours(port)}
    for method, path, threads in (("HEAD", "manifests/x", 1), ("HEAD", "manifests/x", 8), ("GET", "manifests/x", 8)):
        for name, start in clients.items():
            wall, spent = min(measure(start, requests, threads, method, path) for _ in range(3))
            what = f"{name}: {method} over {threads} threads"
            yield what, requests / wall, "requests/s"
            yield f"{what}, each", spent / requests * 1e6, "µs of processor"
    for name, start in clients.items():
        wall, spent = min(measure(start, 1, 1, "GET", "blobs/x") for _ in range(3))
        yield f"{name}: GET {mebibytes} MiB and hash", mebibytes / wall, "MiB/s"
        yield f"{name}: GET {mebibytes} MiB and hash, processor", spent * 1000, "ms"
    server.terminate()
    server.join()
