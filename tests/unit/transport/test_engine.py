from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import pytest

from regclient.concurrency import Cancel
from regclient.errors import Cancelled, SizeMismatch
from regclient.kit.secret import Secret
from regclient.transport.addresses import parse_url
from regclient.transport.engine import HTTPEngine
from regclient.transport.exchange import Broken, Exchange, Identity, Trouble
from regclient.transport.messages import Body
from regclient.transport.options import Roots, Timeouts
from regclient.transport.proxies import Proxy
from tests.fakes.wire import TLS, Script, Seen, Talk, WireServer, answering, authority, reply, server_context
from tests.tables import table

ANYONE = Identity()
TRUSTING = Identity(roots=(authority(),))
KNOWN = Identity(
    roots=(authority(),), certificate=(TLS / "client.crt").read_text(), key=Secret((TLS / "client.key").read_text())
)


@contextmanager
def engine_of(timeouts: Timeouts | None = None, cancel: Cancel | None = None) -> Iterator[HTTPEngine]:
    made = HTTPEngine(timeouts or Timeouts(), Roots(), cancel or Cancel())
    try:
        yield made
    finally:
        made.close()


def to(server: WireServer, method: str = "GET", **more: object) -> Exchange:
    scheme = "https" if server._context else "http"
    more.setdefault("identity", TRUSTING)
    return Exchange(method, parse_url(f"{scheme}://{server.host}/v2/x"), (), **more)  # type: ignore[arg-type]


def hello(seen: Seen) -> bytes:
    return reply(body=b"hello")


def test_an_answer_is_read_and_its_connection_used_again() -> None:
    with WireServer(answering(hello)) as server, engine_of() as engine:
        for _ in range(3):
            answer = engine.exchange(to(server))
            assert (200, b"hello") == (answer.status, answer.read())
            answer.close()

        assert 1 == server.connections


@table("size", [1, 3, 1000])
def test_a_body_is_read_in_pieces_by_read_and_readinto(size: int) -> None:
    with WireServer(answering(hello)) as server, engine_of() as engine:
        answer = engine.exchange(to(server))
        assert b"hello" == b"".join(iter(lambda: answer.read(size), b""))
        answer = engine.exchange(to(server))
        buffer, got = bytearray(size), b""
        while count := answer.readinto(buffer):
            got += buffer[:count]

        assert b"hello" == got
        assert 1 == server.connections


def test_chunks_interim_answers_and_trailers_are_understood() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: x\r\n\r\n"

    with (
        WireServer(
            answering(lambda seen: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n" + chunked)
        ) as server,
        engine_of() as engine,
    ):
        for _ in range(2):
            answer = engine.exchange(to(server))
            assert b"hello" == answer.read()
            answer.close()

        assert 1 == server.connections


def test_an_endless_row_of_interim_answers_ends() -> None:
    with WireServer(answering(lambda seen: b"HTTP/1.1 102 Wait\r\n\r\n" * 100)) as server, engine_of() as engine:
        with pytest.raises(Broken) as caught:
            engine.exchange(to(server))

        assert Trouble.PROTOCOL is caught.value.trouble


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    with WireServer(one_answer(b"HTTP/1.1 200 OK\r\n\r\nhello")) as server, engine_of() as engine:
        assert b"hello" == engine.exchange(to(server)).read()


def one_answer(data: bytes) -> Script:
    """Answer one request of each connection, then hang up."""

    def script(talk: Talk) -> None:
        seen = talk.request()
        if seen is not None:
            talk.requests.append(seen)
            talk.send(data)

    return script


@table("method", ["HEAD", "GET"])
def test_answers_without_a_body_are_complete_at_once(method: str) -> None:
    answer_bytes = reply(200, Content_Length="5000") if method == "HEAD" else reply(204)
    with WireServer(answering(lambda seen: answer_bytes)) as server, engine_of() as engine:
        for _ in range(2):
            answer = engine.exchange(to(server, method))
            assert b"" == answer.read()

        assert 1 == server.connections


def test_a_body_left_unread_costs_the_connection_when_it_is_long() -> None:
    with WireServer(answering(lambda seen: reply(body=b"x" * 1_000_000))) as server, engine_of() as engine:
        engine.exchange(to(server)).close()
        engine.exchange(to(server)).close()

        assert 2 == server.connections


def test_a_short_rest_is_drained_to_keep_the_connection() -> None:
    with WireServer(answering(lambda seen: reply(body=b"x" * 1000))) as server, engine_of() as engine:
        for _ in range(2):
            answer = engine.exchange(to(server))
            answer.read(10)
            answer.close()

        assert 1 == server.connections


@table("data", [reply(body=b"hello", Connection="close"), reply(body=b"hello")])
def test_a_connection_the_server_ends_is_not_used_again(data: bytes) -> None:
    with WireServer(one_answer(data)) as server, engine_of() as engine:
        for _ in range(2):
            answer = engine.exchange(to(server))
            assert b"hello" == answer.read()
            answer.close()

        assert 2 == server.connections


@table(
    "data",
    [
        reply(body=b"half", Content_Length="8"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf",
    ],
)
@table("into", [True, False])
def test_a_body_that_breaks_off_is_broken(data: bytes, *, into: bool) -> None:
    with WireServer(one_answer(data)) as server, engine_of() as engine:
        answer = engine.exchange(to(server))
        read = (lambda: answer.readinto(bytearray(100))) if into else (lambda: len(answer.read(100)))
        with pytest.raises(Broken):
            list(iter(read, 0))
        answer.close()


def test_a_reset_in_the_middle_is_a_cut() -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(reply(body=b"half", Content_Length="8"))
        read.wait()
        talk.reset()

    read = threading.Event()
    with WireServer(script) as server, engine_of() as engine:
        answer = engine.exchange(to(server))
        assert b"half" == answer.read(4)
        read.set()
        with pytest.raises(Broken) as caught:
            answer.read(4)

        assert Trouble.CUT is caught.value.trouble


def die_after_one(talk: Talk) -> None:
    """Answer one request, take a second one in, and hang up on it; later connections are answered for ever."""
    if talk.number:
        answering(hello)(talk)
        return
    talk.request()
    talk.send(reply(body=b"hello"))
    talk.request()


@table("method", ["GET", "HEAD", "PUT"])
def test_a_request_over_a_connection_that_had_ended_is_made_again(method: str) -> None:
    with WireServer(die_after_one) as server, engine_of() as engine:
        engine.exchange(to(server)).read()
        answer = engine.exchange(to(server, method))

        assert 200 == answer.status
        answer.close()
        assert 2 == server.connections


def test_a_request_that_may_not_be_made_twice_is_said_to_be_stale() -> None:
    with WireServer(die_after_one) as server, engine_of() as engine:
        engine.exchange(to(server)).read()
        with pytest.raises(Broken) as caught:
            engine.exchange(to(server, "POST"))

        assert Trouble.STALE is caught.value.trouble


def test_a_fresh_connection_that_ends_without_an_answer_is_cut() -> None:
    with WireServer(lambda talk: None) as server, engine_of() as engine:
        with pytest.raises(Broken) as caught:
            engine.exchange(to(server))

        assert Trouble.CUT is caught.value.trouble


def stream(data: bytes, size: int | None = None) -> Body:
    return Body(io.BytesIO(data), len(data) if size is None else size)


@table("body", [b"abc", b"x" * 300_000, stream(b"y" * 700_000), stream(b"")])
def test_bodies_arrive_whole(body: bytes | Body) -> None:
    expected = body if isinstance(body, bytes) else body.stream.read()
    if isinstance(body, Body):
        body.stream.seek(0)
    with WireServer(answering(hello)) as server, engine_of() as engine:
        engine.exchange(to(server, "PUT", body=body)).close()

        assert expected == server.requests[0].body
        assert str(len(expected)) == server.requests[0].headers["content-length"]


class OnlyReads:
    """A stream that knows nothing but read."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


def test_a_small_body_travels_with_its_head() -> None:
    def script(talk: Talk) -> None:
        came.append(talk.sock.recv(65536))
        talk.send(reply(200))

    came: list[bytes] = []
    with WireServer(script) as server, engine_of() as engine:
        engine.exchange(to(server, "PUT", body=stream(b"small", 5))).close()

    assert came[0].startswith(b"PUT ")
    assert came[0].endswith(b"\r\n\r\nsmall")


def test_no_more_than_the_promised_bytes_are_sent() -> None:
    body = Body(cast("BinaryIO", OnlyReads(b"z" * 500_000)), 400_000)
    with WireServer(answering(hello)) as server, engine_of() as engine:
        engine.exchange(to(server, "PUT", body=body)).close()

        assert b"z" * 400_000 == server.requests[0].body


def test_a_body_shorter_than_promised_is_the_callers_fault() -> None:
    with WireServer(answering(hello)) as server, engine_of() as engine, pytest.raises(SizeMismatch):
        engine.exchange(to(server, "PUT", body=stream(b"abc", 5)))


class Failing(io.RawIOBase):
    """A stream whose source breaks."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise KeyError("my own trouble")


def test_what_reading_the_body_raises_comes_through() -> None:
    with WireServer(answering(hello)) as server, engine_of() as engine, pytest.raises(KeyError):
        engine.exchange(to(server, "PUT", body=Body(cast("BinaryIO", Failing()), 5)))


@table("protected", [False, True])
def test_an_answer_before_the_end_of_the_body_is_read(*, protected: bool) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.send(reply(401, b"no", Connection="close"))
        answered.set()
        done.wait(30)

    answered, done = threading.Event(), threading.Event()
    sent = 0

    class Patient(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            nonlocal sent
            answered.wait(30)
            sent += len(buffer)
            return len(buffer)

    with WireServer(script, context=server_context() if protected else None) as server, engine_of() as engine:
        answer = engine.exchange(to(server, "PUT", body=Body(cast("BinaryIO", Patient()), 1 << 40)))
        assert (401, b"no") == (answer.status, answer.read())
        answer.close()
        done.set()
        assert sent < 1 << 32


def test_an_answer_survives_the_reset_that_follows_it() -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.send(reply(413, b"too much"))
        # Hanging up with the body unread makes the kernel send a reset.

    with WireServer(script) as server, engine_of() as engine:
        body = Body(cast("BinaryIO", OnlyReads(bytes(20_000_000))), 20_000_000)
        try:
            answer = engine.exchange(to(server, "PUT", body=body))
        except Broken as broken:
            assert Trouble.CUT is broken.trouble  # noqa: PT017 - the reset may overtake the answer
        else:
            assert 413 == answer.status
            answer.close()


def test_tls_is_verified_against_the_roots_we_were_given() -> None:
    with WireServer(answering(hello), context=server_context()) as server, engine_of() as engine:
        assert b"hello" == engine.exchange(to(server)).read()
        assert b"hello" == engine.exchange(to(server)).read()
        assert 1 == server.connections

        with pytest.raises(Broken) as caught:
            engine.exchange(to(server, identity=ANYONE))
        assert Trouble.TLS is caught.value.trouble
        assert "not trusted" in caught.value.reason
        assert b"hello" == engine.exchange(to(server, identity=Identity(verify=False))).read()


def test_a_client_certificate_is_shown_to_who_asks() -> None:
    with WireServer(answering(hello), context=server_context(ask_client=True)) as server, engine_of() as engine:
        assert b"hello" == engine.exchange(to(server, identity=KNOWN)).read()
        with pytest.raises(Broken):
            engine.exchange(to(server, identity=TRUSTING)).read()


def test_speaking_tls_to_a_plain_server_fails_clearly() -> None:
    def script(talk: Talk) -> None:
        talk.sock.recv(1)
        talk.send(reply(400, b"plain HTTP here"))

    with WireServer(script) as server, engine_of() as engine:
        with pytest.raises(Broken) as caught:
            engine.exchange(Exchange("GET", parse_url(f"https://{server.host}/"), (), ANYONE))

        assert Trouble.TLS is caught.value.trouble


def test_a_plain_proxy_is_asked_for_the_whole_address() -> None:
    with WireServer(answering(hello)) as proxy, engine_of() as engine:
        exchange = Exchange(
            "GET", parse_url("http://registry.test/v2/"), (), ANYONE, proxy=Proxy("127.0.0.1", proxy.port, Secret("Basic abc"))
        )
        assert b"hello" == engine.exchange(exchange).read()

        assert "http://registry.test/v2/" == proxy.requests[0].target
        assert "Basic abc" == proxy.requests[0].headers["proxy-authorization"]


def tunnel(talk: Talk) -> None:
    """Be a proxy that takes CONNECT, and the protected server behind it."""
    seen = talk.head()
    assert seen is not None
    talk.requests.append(seen)
    if seen.headers.get("proxy-authorization") != "Basic abc":
        talk.send(reply(407, b"who are you"))
        return
    talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
    talk.protect(server_context())
    answering(hello)(talk)


def test_a_protected_server_is_reached_through_a_tunnel_that_sees_nothing() -> None:
    with WireServer(tunnel) as proxy, engine_of() as engine:
        through = Proxy("127.0.0.1", proxy.port, Secret("Basic abc"))
        exchange = Exchange("GET", parse_url("https://registry.test/v2/secret"), (("A", "b"),), TRUSTING, proxy=through)
        for _ in range(2):
            assert b"hello" == engine.exchange(exchange).read()

        assert 1 == proxy.connections
        assert ("CONNECT", "registry.test:443") == (proxy.requests[0].method, proxy.requests[0].target)
        assert "a" not in proxy.requests[0].headers
        assert "proxy-authorization" not in proxy.requests[1].headers


def test_the_certificate_must_be_for_the_host() -> None:
    with WireServer(tunnel) as proxy, engine_of() as engine:
        through = Proxy("127.0.0.1", proxy.port, Secret("Basic abc"))
        with pytest.raises(Broken, match="not trusted") as caught:
            engine.exchange(Exchange("GET", parse_url("https://other.test/"), (), TRUSTING, proxy=through))

        assert Trouble.TLS is caught.value.trouble


def test_a_proxy_that_refuses_is_named() -> None:
    with WireServer(tunnel) as proxy, engine_of() as engine:
        exchange = Exchange("GET", parse_url("https://registry.test/"), (), TRUSTING, proxy=Proxy("127.0.0.1", proxy.port))
        with pytest.raises(Broken, match="answered 407") as caught:
            engine.exchange(exchange)

        assert Trouble.PROXY is caught.value.trouble


def test_an_answer_that_does_not_come_times_out() -> None:
    def script(talk: Talk) -> None:
        done.wait(30)

    done = threading.Event()
    with WireServer(script) as server, engine_of(Timeouts(answer=0.02)) as engine:
        with pytest.raises(Broken) as caught:
            engine.exchange(to(server))
        done.set()

        assert Trouble.TIMEOUT is caught.value.trouble


def test_a_cancel_ends_a_body_that_stands_still() -> None:
    def script(talk: Talk) -> None:
        talk.request()
        talk.send(reply(body=b"x", Content_Length="1000"))
        done.wait(30)

    done, cancel = threading.Event(), Cancel()
    with WireServer(script) as server, engine_of(cancel=cancel) as engine:
        answer = engine.exchange(to(server))
        answer.read(1)
        waiting = threading.Timer(0.02, cancel.cancel)
        waiting.start()
        with pytest.raises(Broken):
            answer.read(1)
        done.set()
        waiting.join()
        with pytest.raises(Cancelled):
            engine.exchange(to(server))


@table("protected", [False, True])
def test_a_cancel_ends_a_handshake_or_a_wait_for_an_answer(*, protected: bool) -> None:
    connected, done, cancel = threading.Event(), threading.Event(), Cancel()

    def script(talk: Talk) -> None:
        talk.sock.recv(10)
        connected.set()
        done.wait(30)

    def cancel_after() -> None:
        connected.wait(30)
        cancel.cancel()

    with WireServer(script) as server, engine_of(cancel=cancel) as engine:
        canceller = threading.Thread(target=cancel_after)
        canceller.start()
        scheme = "https" if protected else "http"
        with pytest.raises((Broken, Cancelled)):
            engine.exchange(Exchange("GET", parse_url(f"{scheme}://{server.host}/"), (), ANYONE))
        done.set()
        canceller.join()


def test_connections_are_not_shared_between_identities() -> None:
    with WireServer(answering(hello)) as server, engine_of() as engine:
        engine.exchange(to(server, identity=ANYONE)).read()
        engine.exchange(to(server, identity=TRUSTING)).read()

        assert 2 == server.connections
