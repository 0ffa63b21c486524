"""The recording proxy: what passes is unchanged, and counted."""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.recorder import Pace, forward
from bench.servers import Proxy, proxy_before
from regclient.client import Client
from regclient.hosts import TLS, HostSettings
from regclient.kit.atomicfile import Writing
from regclient.server.server import Server
from regclient.server.tree import LayoutTree


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    tree = LayoutTree(tmp_path, writing=Writing(sync=False))
    with Server(tree, ("127.0.0.1", 0)) as server:
        yield server.address
    tree.close()


@pytest.fixture
def proxy(registry: str) -> Iterator[Proxy]:
    with proxy_before(registry, 0.0, 0) as found:
        yield found


def test_what_passes_is_unchanged_and_counted(proxy: Proxy) -> None:
    content = bytes(300_000)
    with Client([HostSettings(proxy.host, tls=TLS.DISABLED)]) as client:
        repository = client.repository(f"{proxy.host}/app")
        stored = repository.put_blob(io.BytesIO(content))
        pushed = proxy.take()
        with repository.open_blob(stored) as stream:
            assert content == stream.read()
        pulled = proxy.take()

    assert len(content) == pushed["sent"] == pulled["received"]
    assert (1, 0) == (pulled["requests"], pulled["sent"])


def test_a_second_request_uses_the_same_connection(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection(proxy.host)
    statuses = []
    for _ in range(3):
        connection.request("GET", "/v2/")
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()

    assert [200, 200, 200] == statuses
    counts = proxy.take()
    assert (3, 1) == (counts["requests"], counts["peak"])


def test_chunks_are_passed_on_as_they_are() -> None:
    body = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
    out, counted = bytearray(), list[int]()

    forward(
        io.BufferedReader(io.BytesIO(body)),  # type: ignore[arg-type, unused-ignore]
        [b"POST / HTTP/1.1\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n"],
        out.extend,
        Pace(0, counted.append),
    )

    assert (11, body) == (sum(counted), bytes(out))
