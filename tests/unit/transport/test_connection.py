from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from regclient.transport.addresses import parse_url
from regclient.transport.connection import Connection, place_of
from regclient.transport.exchange import Broken, Trouble
from regclient.transport.options import Timeouts
from tests.fakes.wire import Talk, WireServer, nobody, server_context


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = Connection(Timeouts(connect=5, idle=5), None)
    yield made
    made.close()


def test_a_refused_connection_names_host_and_port(connection: Connection) -> None:
    with nobody() as port, pytest.raises(Broken, match=f"127.0.0.1 port {port}: connection refused") as caught:
        connection.dial("127.0.0.1", port)
    assert Trouble.CONNECT is caught.value.trouble


@pytest.mark.parametrize("host", ["-no.such.host.invalid", "x" * 300, "a..b"])
def test_a_name_that_does_not_exist_is_its_own_trouble(connection: Connection, host: str) -> None:
    with pytest.raises(Broken) as caught:
        connection.dial(host, 1)

    assert Trouble.NAME is caught.value.trouble


def test_a_name_with_several_addresses_is_reached_at_the_one_that_answers(connection: Connection) -> None:
    with WireServer(lambda talk: None) as server:
        connection.dial("localhost", server.port)

        assert connection.sock is not None
        assert ("127.0.0.1", server.port) == connection.sock.getpeername()


def full_listener() -> tuple[socket.socket, list[socket.socket]]:
    """Make a listener whose queue is full: further connections are neither taken nor refused."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.settimeout(0)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    return listener, fillers


def test_a_connection_that_is_not_answered_times_out() -> None:
    listener, fillers = full_listener()
    connection = Connection(Timeouts(connect=0.02), None)
    try:
        with pytest.raises(Broken) as caught:
            connection.dial(*listener.getsockname())
        assert Trouble.TIMEOUT is caught.value.trouble
    finally:
        connection.close()
        for sock in (listener, *fillers):
            sock.close()


def test_an_abort_ends_a_connection_that_is_being_made() -> None:
    listener, fillers = full_listener()
    connection = Connection(Timeouts(connect=20), None)

    def abort_when_dialling() -> None:
        while connection.sock is None or connection.sock.gettimeout() is None:
            pass
        while dialling.is_alive():
            connection.abort()
            dialling.join(0.01)

    def dial() -> None:
        try:
            connection.dial(*listener.getsockname())
            connection.send(b"x", 5)
        except Broken as broken:
            failures.append(broken)

    failures: list[Broken] = []
    dialling = threading.Thread(target=dial)
    dialling.start()
    abort_when_dialling()
    try:
        assert 1 == len(failures)
    finally:
        connection.close()
        for sock in (listener, *fillers):
            sock.close()


def test_a_server_that_dribbles_is_given_up(connection: Connection) -> None:
    def script(talk: Talk) -> None:
        talk.send(b"x")
        again.wait(30)
        talk.send(b"x")
        done.wait(30)

    # The socket itself would wait longer, and each wait brings a byte: only the sum shows that nothing moves.
    again, done = threading.Event(), threading.Event()
    with WireServer(script) as server:
        connection.dial("127.0.0.1", server.port)
        connection.expect(0.02)
        sock = connection.sock
        assert sock is not None
        sock.settimeout(5)
        releasing = threading.Timer(0.03, again.set)
        releasing.start()
        with pytest.raises(Broken, match="fewer than 1024 bytes") as caught:
            connection.reader.read(10)
        # Who kept what came before asks again, and more may have come by then: the stream has failed all the same.
        with pytest.raises(Broken) as again_caught:
            connection.reader.read(10)
        done.set()
        releasing.join()

    assert Trouble.TIMEOUT is caught.value.trouble
    assert caught.value is again_caught.value


def test_a_large_body_is_read_to_where_the_server_hangs_up(connection: Connection) -> None:
    with WireServer(lambda talk: talk.send(bytes(300_000))) as server:
        connection.dial("127.0.0.1", server.port)

        assert 300_000 == connection.reader.readinto(bytearray(1_000_000))


def test_a_large_body_that_stops_coming_is_given_up(connection: Connection) -> None:
    def script(talk: Talk) -> None:
        talk.send(bytes(300_000))
        done.wait(30)

    done = threading.Event()
    with WireServer(script) as server:
        connection.dial("127.0.0.1", server.port)
        connection.expect(0.02)
        with pytest.raises(Broken) as caught:
            connection.reader.readinto(bytearray(1_000_000))
        done.set()

    assert Trouble.TIMEOUT is caught.value.trouble


def test_a_deadline_that_has_passed_ends_reading_and_sending() -> None:
    def script(talk: Talk) -> None:
        talk.send(b"hello")
        done.wait(30)

    done = threading.Event()
    with WireServer(script) as server:
        connection = Connection(Timeouts(), None)
        connection.dial("127.0.0.1", server.port)
        connection.deadline = 1.0
        for action in (lambda: connection.reader.read(1), lambda: connection.send(b"x", 5)):
            with pytest.raises(Broken) as caught:
                action()
            assert Trouble.TIMEOUT is caught.value.trouble
        connection.close()
        with pytest.raises(Broken):
            connection.send(b"x", 5)
        done.set()


@pytest.mark.parametrize("protected", [False, True])
def test_bytes_and_ends_are_seen_without_waiting(connection: Connection, *, protected: bool) -> None:
    def script(talk: Talk) -> None:
        talk.sock.recv(1)
        talk.send(b"hello")
        sent.set()
        done.wait(30)

    sent, done = threading.Event(), threading.Event()
    with WireServer(script, context=server_context() if protected else None) as server:
        connection.dial("127.0.0.1", server.port)
        if protected:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection.protect(context, "127.0.0.1")
        assert not connection.readable(), "a TLS session ticket is not an answer"
        connection.send(b"x", 5)
        sent.wait(30)
        assert connection.sock is not None
        assert select.select([connection.sock], [], [], 30)[0], "what is sent arrives when the kernel likes"
        assert connection.readable()
        assert b"hello" == connection.reader.read(5)
        assert not connection.readable()
        done.set()
        assert b"" == connection.reader.read(1)
        assert connection.readable()


def test_what_was_read_off_the_socket_and_not_asked_for_is_surplus(connection: Connection) -> None:
    with WireServer(lambda talk: talk.send(b"hello")) as server:
        connection.dial("127.0.0.1", server.port)
        assert not connection.has_surplus()
        assert b"hell" == connection.reader.read(4)
        assert connection.has_surplus()
        assert b"o" == connection.reader.read(1)
        assert not connection.has_surplus()


def test_a_client_without_the_certificate_it_needs_is_told_by_tls_though_the_handshake_was_over(connection: Connection) -> None:
    with WireServer(lambda talk: None, context=server_context(ask_client=True)) as server:
        connection.dial("127.0.0.1", server.port)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection.protect(context, "127.0.0.1")
        with pytest.raises(Broken, match="certificate required") as raised:
            connection.reader.read(1)

    assert Trouble.TLS is raised.value.trouble


def test_an_abort_before_and_after_does_no_harm(connection: Connection) -> None:
    connection.abort()
    connection.close()
    connection.abort()


def test_a_place_has_a_port_always() -> None:
    assert "r.example:443" == place_of(parse_url("https://r.example/"))
    assert "[::1]:80" == place_of(parse_url("http://[::1]/"))
