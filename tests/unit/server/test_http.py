"""The HTTP loop over real sockets, with handlers made for each case."""

from __future__ import annotations

import hashlib
import http.client
import io
import logging
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import QueueHandler
from pathlib import Path
from typing import BinaryIO, cast

from regclient.errors import Unreachable
from regclient.server.http import HttpServer
from regclient.server.message import Content, ServerRequest, ServerResponse
from tests.fakes.clock import FakeClock
from tests.tables import table

Handle = Callable[[ServerRequest], ServerResponse]


@contextmanager
def served(handle: Handle, *, seconds: float = 10.0, grace: float = 10.0, connections: int = 8) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HttpServer(handle, listener, seconds=seconds, connections=connections, clock=FakeClock(784_111_777.0))
        try:
            yield listener.getsockname()[1]
        finally:
            server.stop(grace)


@contextmanager
def peer_of(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as peer:
        yield peer


def until_end(peer: socket.socket) -> bytes:
    pieces = []
    while piece := peer.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def exchange(port: int, text: bytes) -> bytes:
    with peer_of(port) as peer:
        peer.sendall(text)
        return until_end(peer)


def echo(request: ServerRequest) -> ServerResponse:
    return ServerResponse(200, [("Method", request.method)], request.body.read())


def test_answers_carry_the_date_of_the_clock() -> None:
    with served(echo) as port:
        head = exchange(port, b"GET /v2/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")

    assert b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" in head


def test_requests_follow_one_another_on_a_connection() -> None:
    with served(echo) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for body in (b"one", b"", b"three"):
                connection.request("PUT", "/v2/", body=body)
                response = connection.getresponse()
                assert (200, body) == (response.status, response.read())
            assert connection.sock is not None
        finally:
            connection.close()


def test_pipelined_requests_are_answered_in_order() -> None:
    with served(echo) as port:
        answer = exchange(
            port,
            b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1"
            b"PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n"
            b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )

    assert 3 == answer.count(b"HTTP/1.1 200 OK\r\n")
    assert answer.index(b"\r\n\r\n1HTTP") < answer.index(b"\r\n\r\n2HTTP")
    assert answer.endswith(b"Content-Length: 0\r\nConnection: close\r\n\r\n")


def test_a_head_request_gets_the_length_and_no_body() -> None:
    with served(lambda _: ServerResponse(200, [], b"hello")) as port:
        answer = exchange(port, b"HEAD / HTTP/1.0\r\n\r\n")

    assert b"Content-Length: 5\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_no_length_is_written_where_there_is_no_body() -> None:
    with served(lambda _: ServerResponse(204)) as port:
        assert b"Content-Length" not in exchange(port, b"GET / HTTP/1.0\r\n\r\n")


def test_a_part_of_a_file_is_sent_from_its_offset(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    path.write_bytes(bytes(range(256)) * 4096)
    files: list[BinaryIO] = []

    def handle(_request: ServerRequest) -> ServerResponse:
        files.append(path.open("rb"))
        return ServerResponse(206, [], Content(files[-1], 700_000, 300_001, is_file=True, close=files[-1].close))

    with served(handle) as port:
        answer = exchange(port, b"GET / HTTP/1.0\r\n\r\n")

    assert path.read_bytes()[300_001:1_000_001] == answer.partition(b"\r\n\r\n")[2]
    assert files[0].closed


def test_an_empty_file_is_sent(tmp_path: Path) -> None:
    (tmp_path / "blob").touch()
    with (
        (tmp_path / "blob").open("rb") as file,
        served(lambda _: ServerResponse(200, [], Content(file, 0, is_file=True))) as port,
    ):
        assert b"Content-Length: 0\r\n" in exchange(port, b"GET / HTTP/1.0\r\n\r\n")


def test_any_stream_is_sent() -> None:
    data = hashlib.sha256(b"x").digest() * 20_000
    with served(lambda _: ServerResponse(200, [], Content(io.BytesIO(data), len(data)))) as port:
        assert exchange(port, b"GET / HTTP/1.0\r\n\r\n").endswith(data)


class Breaking(io.BytesIO):
    """Ends with an error, or too early."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__(b"half")
        self._error = error

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data and self._error is not None:
            raise self._error
        return data


@table("error", [None, Unreachable("a", "b"), ConnectionAbortedError()])
def test_a_body_that_breaks_off_ends_the_connection(error: Exception | None) -> None:
    with served(lambda _: ServerResponse(200, [], Content(Breaking(error), 8))) as port:
        answer = exchange(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")

    assert 1 == answer.count(b"HTTP/1.1")
    assert answer.endswith(b"\r\n\r\nhalf")


def test_a_peer_that_waits_for_continue_is_told_when_its_body_is_wanted() -> None:
    with served(echo) as port, peer_of(port) as peer:
        peer.sendall(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert b"HTTP/1.1 100 Continue\r\n\r\n" == peer.recv(25)
        peer.sendall(b"hello")
        assert until_end(peer).endswith(b"\r\n\r\nhello")


def test_a_peer_that_waits_for_continue_is_not_told_when_its_body_is_not_wanted() -> None:
    with served(lambda _: ServerResponse(400)) as port, peer_of(port) as peer:
        peer.sendall(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        peer.shutdown(socket.SHUT_WR)
        answer = until_end(peer)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Connection: close" in answer


@table(("status", "length", "field"), [(400, 100_000, None), (201, 9_000_000, None), (400, 9_000_000, "close")])
def test_a_body_nobody_read_does_not_become_the_next_request(status: int, length: int, field: str | None) -> None:
    with served(lambda _: ServerResponse(status)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("PUT", "/v2/", body=b"x" * length)
            response = connection.getresponse()
            response.read()
            assert status == response.status
            assert field == response.getheader("Connection")
        finally:
            connection.close()


def test_what_is_not_http_is_answered_and_ended() -> None:
    with served(echo) as port:
        answer = exchange(port, b"\x16\x03\x01 hello\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(b'{"errors":[{"code":"UNSUPPORTED","message":"this port speaks HTTP without TLS"}]}\n')


def test_a_body_that_is_cut_ends_the_connection_only() -> None:
    def handle(request: ServerRequest) -> ServerResponse:
        try:
            request.body.read()
        except Unreachable:
            return ServerResponse(400)
        return ServerResponse(200)

    with served(handle) as port:
        with peer_of(port) as peer:
            peer.sendall(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
            peer.shutdown(socket.SHUT_WR)
            assert until_end(peer).startswith(b"HTTP/1.1 400")
        assert exchange(port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_a_handler_that_fails_is_logged_and_answered() -> None:
    def handle(_request: ServerRequest) -> ServerResponse:
        raise ZeroDivisionError

    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    log, handler = logging.getLogger("regclient.server"), QueueHandler(records)
    log.addHandler(handler)
    try:
        with served(handle) as port:
            assert exchange(port, b"GET /v2/ HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 500")
    finally:
        log.removeHandler(handler)

    assert "a request failed: GET /v2/" in records.get_nowait().getMessage()
    assert records.empty()


def test_a_handler_can_hang_up() -> None:
    def handle(_request: ServerRequest) -> ServerResponse:
        raise ConnectionAbortedError

    with served(handle) as port:
        assert b"" == exchange(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")


def test_a_silent_peer_is_let_go() -> None:
    with served(echo, seconds=0.01) as port:
        assert b"" == exchange(port, b"")


def test_stopping_ends_idle_connections_and_lets_running_requests_finish() -> None:
    entered, leave = threading.Event(), threading.Event()

    def handle(_request: ServerRequest) -> ServerResponse:
        entered.set()
        leave.wait(30)
        return ServerResponse(200, [], b"done")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HttpServer(handle, listener)
        port = listener.getsockname()[1]
        with peer_of(port) as idle, peer_of(port) as running:
            running.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert entered.wait(30)
            stopper = threading.Thread(target=server.stop)
            stopper.start()
            assert b"" == idle.recv(1)
            leave.set()
            assert until_end(running).endswith(b"Connection: close\r\n\r\ndone")
            stopper.join(10)
    assert not stopper.is_alive()


def test_stopping_cuts_what_does_not_finish_in_time() -> None:
    entered = threading.Event()

    def handle(request: ServerRequest) -> ServerResponse:
        entered.set()
        request.body.read()
        return ServerResponse(200)

    with served(handle, grace=0.0) as port, peer_of(port) as peer:
        peer.sendall(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
        assert entered.wait(30)


def test_more_connections_than_allowed_wait_for_their_turn() -> None:
    with served(echo, connections=1) as port, peer_of(port) as first:
        first.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert first.recv(1)
        with peer_of(port) as waiting:
            waiting.sendall(b"GET / HTTP/1.0\r\n\r\n")
            first.close()
            assert until_end(waiting)


def test_a_stream_is_what_a_handler_reads() -> None:
    seen: list[int] = []

    def handle(request: ServerRequest) -> ServerResponse:
        buffer = bytearray(10)
        seen.append(cast("io.RawIOBase", request.body).readinto(buffer) or 0)
        return ServerResponse(200)

    with served(handle) as port:
        exchange(port, b"PUT / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc")

    assert [3] == seen
