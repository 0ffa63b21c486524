"""How quick the embedded registry is on loopback: blob GET and PUT in MB/s, manifest and blob HEAD in requests a second.

It serves a tree of layouts in a temporary directory from a process of its own, so that client and server do not share an
interpreter; blobs are not forced to the disk, which is not what is measured.
"""

from __future__ import annotations

import hashlib
import http.client
import multiprocessing
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from regclient.kit.atomicfile import Writing
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.server.server import Server
from regclient.server.tree import LayoutTree

REQUESTS = 5000
Figure = tuple[str, float, str]
"""What was measured, its value and its unit."""


def figures(mebibytes: int = 256) -> Iterator[Figure]:
    """Start a server, measure, end it."""
    with tempfile.TemporaryDirectory() as root:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=serve, args=(root, there))
        process.start()
        try:
            yield from measure(here.recv(), mebibytes)
        finally:
            here.send("stop")
            process.join()


def serve(root: str, pipe: Connection) -> None:
    """Serve until told to stop."""
    tree = LayoutTree(Path(root), writing=Writing(sync=False))
    with Server(tree, ("127.0.0.1", 0)) as server:
        pipe.send(server.address)
        pipe.recv()
    tree.close()


def measure(address: str, mebibytes: int) -> Iterator[Figure]:
    """Give the rate of each case, the best of three runs."""
    piece = os.urandom(1 << 20)
    content = piece * mebibytes
    connection = http.client.HTTPConnection(address, blocksize=1 << 20)

    def put(number: int) -> float:
        data = memoryview(content)[: len(content) - number]
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = call(connection, "POST", "/v2/bench/blobs/uploads/")
        start = time.perf_counter()
        call(connection, "PUT", f"{place}?digest={digest}", data)
        return speed(len(data), start)

    def pieces(number: int) -> float:
        data = memoryview(content)[number + 1 :]
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = call(connection, "POST", "/v2/bench/blobs/uploads/")
        start = time.perf_counter()
        for at in range(0, len(data), 16 << 20):
            call(connection, "PATCH", place, data[at : at + (16 << 20)])
        call(connection, "PUT", f"{place}?digest={digest}", b"")
        return speed(len(data), start)

    def get(_number: int) -> float:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        start = time.perf_counter()
        return speed(drain(connection, f"/v2/bench/blobs/{digest}"), start)

    for name, case in (("PUT blob, one request", put), ("PUT blob, 16 MiB pieces", pieces), ("GET blob", get)):
        yield f"embedded registry: {name}", max(case(number) for number in range(3)), "MB/s"
    yield from heads(connection, address)
    connection.close()


def heads(connection: http.client.HTTPConnection, address: str) -> Iterator[Figure]:
    """Push an image and ask for it over and over on one plain socket, so that the client costs little."""
    config = Descriptor.of(b"{}")
    place = call(connection, "POST", "/v2/bench/blobs/uploads/")
    call(connection, "PUT", f"{place}?digest={config.digest}", b"{}")
    manifest = ImageManifest.build(config=config)
    call(connection, "PUT", "/v2/bench/manifests/latest", manifest.raw)
    for name, path in (
        ("a tag", "/v2/bench/manifests/latest"),
        ("a manifest", f"/v2/bench/manifests/{manifest.digest}"),
        ("a blob", f"/v2/bench/blobs/{config.digest}"),
        ("/v2/", "/v2/"),
    ):
        yield f"embedded registry: HEAD of {name}", rate(address, path), "requests/s"


def rate(address: str, path: str) -> float:
    """Count HEAD requests a second, one after the other."""
    host, _, port = address.rpartition(":")
    message = f"HEAD {path} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\nUser-Agent: bench\r\n\r\n".encode()
    with socket.create_connection((host, int(port))) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.perf_counter()
        for _ in range(REQUESTS):
            peer.sendall(message)
            peer.recv(65536)
        return REQUESTS / (time.perf_counter() - start)


def call(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | memoryview | None = None) -> str:
    """Send one request and return its location; anything but success ends the program."""
    connection.request(method, path, body, _length(body))
    response = connection.getresponse()
    text = response.read()
    if response.status >= 300:
        raise SystemExit(f"{method} {path}: {response.status} {text[:200]!r}")
    return response.getheader("Location", "")


def _length(body: bytes | memoryview | None) -> dict[str, str]:
    return {"Content-Length": str(len(body or b""))}


def drain(connection: http.client.HTTPConnection, path: str) -> int:
    """Read a body without keeping it."""
    connection.request("GET", path)
    response = connection.getresponse()
    buffer, size = bytearray(1 << 20), 0
    while count := response.readinto(buffer):
        size += count
    return size


def speed(size: int, start: float) -> float:
    """Return megabytes a second."""
    return size / 1e6 / (time.perf_counter() - start)
