"""How quick the embedded registry is on loopback: blob GET and PUT in MB/s, manifest and blob HEAD in requests a second.

``python benchmarks/server.py [MIB] [--sync]`` serves a tree of layouts in a temporary directory from a process of its own, so
that client and server do not share an interpreter. ``--sync`` forces every blob to the disk, as ``regctl registry serve`` does.
"""

from __future__ import annotations

import hashlib
import http.client
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from regclient.kit.atomicfile import Writing
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.server.server import Server
from regclient.server.tree import LayoutTree

REQUESTS = 5000


def main() -> None:
    """Start a server, measure, print."""
    numbers = [int(text) for text in sys.argv[1:] if text.isdigit()]
    mebibytes = numbers[0] if numbers else 512
    with tempfile.TemporaryDirectory() as root:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=serve, args=(root, "--sync" in sys.argv, there))
        process.start()
        try:
            measure(here.recv(), mebibytes)
        finally:
            here.send("stop")
            process.join()


def serve(root: str, sync: bool, pipe: Connection) -> None:  # noqa: FBT001 - called by name of its process only
    """Serve until told to stop."""
    tree = LayoutTree(Path(root), writing=Writing(sync=sync))
    with Server(tree, ("127.0.0.1", 0)) as server:
        pipe.send(server.address)
        pipe.recv()
    tree.close()


def measure(address: str, mebibytes: int) -> None:
    """Run each case and print its rate."""
    piece = os.urandom(1 << 20)
    content = piece * mebibytes
    connection = http.client.HTTPConnection(address, blocksize=1 << 20)

    def put(number: int) -> None:
        data = memoryview(content)[: len(content) - number]
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = call(connection, "POST", "/v2/bench/blobs/uploads/")
        start = time.perf_counter()
        call(connection, "PUT", f"{place}?digest={digest}", data)
        show("PUT blob, one request", len(data), start)

    def pieces(number: int) -> None:
        data = memoryview(content)[number + 1 :]
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = call(connection, "POST", "/v2/bench/blobs/uploads/")
        start = time.perf_counter()
        for at in range(0, len(data), 16 << 20):
            call(connection, "PATCH", place, data[at : at + (16 << 20)])
        call(connection, "PUT", f"{place}?digest={digest}", b"")
        show("PUT blob, 16 MiB pieces", len(data), start)

    def get(_number: int) -> None:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        start = time.perf_counter()
        size = drain(connection, f"/v2/bench/blobs/{digest}")
        show("GET blob", size, start)

    for case in (put, pieces, get):
        for number in range(3):
            case(number)
    heads(connection, address)
    connection.close()


def heads(connection: http.client.HTTPConnection, address: str) -> None:
    """Push an image and ask for it over and over on one plain socket, so that the client costs little."""
    config = Descriptor.of(b"{}")
    place = call(connection, "POST", "/v2/bench/blobs/uploads/")
    call(connection, "PUT", f"{place}?digest={config.digest}", b"{}")
    manifest = ImageManifest.build(config=config)
    call(connection, "PUT", "/v2/bench/manifests/latest", manifest.raw)
    for path in (
        "/v2/bench/manifests/latest",
        f"/v2/bench/manifests/{manifest.digest}",
        f"/v2/bench/blobs/{config.digest}",
        "/v2/",
    ):
        rate(address, path)


def rate(address: str, path: str) -> None:
    """Count HEAD requests a second, one after the other."""
    host, _, port = address.rpartition(":")
    message = f"HEAD {path} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\nUser-Agent: bench\r\n\r\n".encode()
    with socket.create_connection((host, int(port))) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.perf_counter()
        for _ in range(REQUESTS):
            peer.sendall(message)
            peer.recv(65536)
        seconds = time.perf_counter() - start
    print(f"HEAD {path[:40]:<42} {REQUESTS / seconds:8.0f} requests/s")


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


def show(name: str, size: int, start: float) -> None:
    """Print a rate."""
    seconds = time.perf_counter() - start
    print(f"{name:<48} {size / 1e6 / seconds:8.0f} MB/s")


if __name__ == "__main__":
    main()
