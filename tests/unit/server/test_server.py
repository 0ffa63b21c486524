"""A registry on a socket, started and stopped."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from pathlib import Path

import pytest

from regclient.concurrency import Cancel
from regclient.errors import Unreachable
from regclient.kit.atomicfile import Writing
from regclient.model.digest import Digest
from regclient.server.exchange import Policy
from regclient.server.message import ServerRequest, ServerResponse
from regclient.server.server import Server, serve
from regclient.server.store import MemoryStore
from regclient.server.tree import LayoutTree
from tests.fakes.certificates import client_context, server_context
from tests.fakes.clock import FakeClock
from tests.tables import table

FREE = ("127.0.0.1", 0)


def asked(address: str, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes, str]:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read(), response.getheader("Location", "")
    finally:
        connection.close()


def test_a_blob_is_pushed_and_pulled() -> None:
    content = b"hello" * 100_000
    digest = Digest.of(content)
    with Server(MemoryStore(), FREE) as server:
        status, _, place = asked(server.address, "POST", "/v2/a/blobs/uploads/")
        assert 202 == status
        assert 201 == asked(server.address, "PUT", f"{place}?digest={digest}", content)[0]
        assert (200, content) == asked(server.address, "GET", f"/v2/a/blobs/{digest}")[:2]
        assert (200, b"") == asked(server.address, "HEAD", f"/v2/a/blobs/{digest}")[:2]


def test_the_policy_holds() -> None:
    with Server(MemoryStore(), FREE, policy=Policy(read_only=True)) as server:
        assert 405 == asked(server.address, "POST", "/v2/a/blobs/uploads/")[0]


def test_a_handler_of_ones_own_can_stand_before() -> None:
    def handle(_request: ServerRequest) -> ServerResponse:
        return ServerResponse(418)

    with Server(MemoryStore(), FREE, handle=handle) as server:
        assert 418 == asked(server.address, "GET", "/v2/")[0]


def test_answers_are_dated_by_the_clock() -> None:
    with Server(MemoryStore(), FREE, clock=FakeClock(0.0)) as server:
        connection = http.client.HTTPConnection(server.address, timeout=30)
        connection.request("GET", "/v2/")
        date = connection.getresponse().getheader("Date")
        connection.close()

    assert "Thu, 01 Jan 1970 00:00:00 GMT" == date


def test_the_address_is_that_of_the_socket() -> None:
    server = Server(MemoryStore(), FREE)

    assert "127.0.0.1:0" == server.address
    with server:
        assert not server.address.endswith(":0")
    assert "[::1]:5000" == Server(MemoryStore(), ("::1", 5000)).address


def test_tls_is_spoken_when_asked_for(tmp_path: Path) -> None:
    content = b"hello" * 100_000
    store = MemoryStore()
    store.create("a").put_blob(io.BytesIO(content))
    with Server(store, FREE, tls=server_context(tmp_path)) as server:
        connection = http.client.HTTPSConnection(server.address, timeout=30, context=client_context())
        try:
            connection.request("GET", f"/v2/a/blobs/{Digest.of(content)}")
            assert content == connection.getresponse().read()
        finally:
            connection.close()
        with pytest.raises((http.client.HTTPException, OSError)):
            asked(server.address, "GET", "/v2/")


def test_files_go_through_tls(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    tree = LayoutTree(tmp_path / "store", writing=Writing(sync=False))
    content = b"hello" * 100_000
    tree.create("a").put_blob(io.BytesIO(content))
    with Server(tree, FREE, tls=server_context(tmp_path)) as server:
        connection = http.client.HTTPSConnection(server.address, timeout=30, context=client_context())
        try:
            connection.request("GET", f"/v2/a/blobs/{Digest.of(content)}", headers={"Range": "bytes=5-"})
            assert content[5:] == connection.getresponse().read()
        finally:
            connection.close()
    tree.close()


def test_stopping_twice_does_no_harm() -> None:
    server = Server(MemoryStore(), FREE)
    server.stop()
    server.start()
    address = server.address
    server.stop()
    server.stop()

    host, _, port = address.rpartition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=30)


@table("listen", [("127.0.0.1", 70_000), ("192.0.2.1", 0)])
def test_an_address_that_cannot_be_had_is_an_error_of_ours(listen: tuple[str, int]) -> None:
    with pytest.raises(Unreachable, match="listen"):
        Server(MemoryStore(), listen).start()


def test_an_address_in_use_is_an_error_of_ours() -> None:
    with Server(MemoryStore(), FREE) as server:
        host, _, port = server.address.rpartition(":")
        with pytest.raises(Unreachable, match="listen"):
            Server(MemoryStore(), (host, int(port))).start()


def test_serving_ends_with_a_cancel() -> None:
    cancel, ready = Cancel(), threading.Event()
    addresses: list[str] = []

    def on_ready(server: Server) -> None:
        addresses.append(server.address)
        ready.set()

    thread = threading.Thread(target=serve, args=(Server(MemoryStore(), FREE), cancel), kwargs={"ready": on_ready})
    thread.start()
    assert ready.wait(30)
    assert 200 == asked(addresses[0], "GET", "/v2/")[0]
    cancel.cancel()
    thread.join(10)

    assert not thread.is_alive()
