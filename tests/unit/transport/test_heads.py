from __future__ import annotations

import io

import pytest

from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret
from regclient.transport.addresses import parse_url
from regclient.transport.exchange import Broken, Exchange, Identity, Trouble
from regclient.transport.heads import Head, read_head, request_head, skip_trailers
from regclient.transport.messages import Body
from regclient.transport.proxies import Proxy
from tests.tables import table


def head_of(data: bytes, buffer: int = 8192) -> Head:
    return read_head(io.BufferedReader(io.BytesIO(data), buffer))


def exchange(method: str = "GET", url: str = "http://r.example/v2/?a=b", **more: object) -> Exchange:
    return Exchange(method, parse_url(url), (("Accept", "a/b"),), Identity(), **more)  # type: ignore[arg-type]


@table("buffer", [8192, 16])
def test_an_answer_is_read_whether_it_comes_at_once_or_in_pieces(buffer: int) -> None:
    data = b"HTTP/1.1 200 Very OK\r\nContent-Length: 5\r\nx-a: 1\r\nX-A:  2 \r\n\r\nhello"

    head = head_of(data, buffer)

    assert (200, "Very OK", 11) == (head.status, head.reason, head.version)
    assert {"Content-Length": ("5",), "X-A": ("1", "2")} == head.headers
    assert 5 == head.content_length
    assert not head.closes


def test_chunks_say_where_a_body_ends_whatever_else_does() -> None:
    head = head_of(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: Chunked\r\nA: b\r\n\r\n")

    assert head.is_chunked
    assert {"Transfer-Encoding": ("Chunked",), "A": ("b",)} == head.headers
    assert not head_of(b"HTTP/1.1 200 OK\r\n\r\n").is_chunked


@table(
    "fields",
    ["Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: "],
)
def test_other_codings_are_refused(fields: str) -> None:
    with pytest.raises(Broken, match="other than chunked") as caught:
        head_of(f"HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: 5\r\n\r\n".encode())

    assert Trouble.PROTOCOL is caught.value.trouble


def test_lines_may_end_without_a_carriage_return_and_be_folded() -> None:
    head = head_of(b"HTTP/1.0 204\nA: 1\n  and 2\nB:3\n\n")

    assert {"A": ("1 and 2",), "B": ("3",)} == head.headers
    assert head.closes


@table(
    ("fields", "closes"),
    [("Connection: close", True), ("Connection: Keep-Alive", False), ("Connection: upgrade, CLOSE", True), ("A: b", False)],
)
def test_the_server_says_whether_the_connection_ends(fields: str, *, closes: bool) -> None:
    assert closes == head_of(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode()).closes


@table(
    ("data", "trouble"),
    [
        (b"", Trouble.CUT),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", Trouble.CUT),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Trouble.PROTOCOL),
        (b"\r\n\r\n", Trouble.PROTOCOL),
        (b"HTTP/2 200\r\n\r\n", Trouble.PROTOCOL),
        (b"HTTP/1.1 99 No\r\n\r\n", Trouble.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Trouble.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n", Trouble.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000 + b"\r\n\r\n", Trouble.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1001 + b"\r\n", Trouble.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\n" + (b"A: " + b"x" * 60_000 + b"\r\n") * 20 + b"\r\n", Trouble.PROTOCOL),
    ],
)
def test_what_is_no_answer_is_refused(data: bytes, trouble: Trouble) -> None:
    with pytest.raises(Broken) as caught:
        head_of(data)

    assert trouble is caught.value.trouble


@table("fields", ["Content-Length: x", "Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: 1, 2"])
def test_a_length_is_one_number(fields: str) -> None:
    head = head_of(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode())

    with pytest.raises(Broken):
        _ = head.content_length


def test_a_length_said_twice_is_a_length() -> None:
    assert 5 == head_of(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n").content_length
    assert head_of(b"HTTP/1.1 200 OK\r\n\r\n").content_length is None


def test_a_request_is_written_down() -> None:
    assert b"GET /v2/?a=b HTTP/1.1\r\nHost: r.example\r\nAccept: a/b\r\n\r\n" == request_head(exchange())


@table(
    ("method", "body", "length"),
    [
        ("PUT", b"xyz", 3),
        ("PUT", None, 0),
        ("POST", None, 0),
        ("PATCH", Body(io.BytesIO(b"abcd"), 4), 4),
        ("DELETE", None, None),
    ],
)
def test_requests_with_a_body_say_its_length(method: str, body: object, length: int | None) -> None:
    head = request_head(exchange(method, body=body))

    assert (f"\r\nContent-Length: {length}\r\n".encode() in head) == (length is not None)


def test_a_plain_request_names_everything_to_a_proxy_and_a_protected_one_nothing() -> None:
    proxy = Proxy("proxy", 3128, Secret("Basic abc"))

    plain = request_head(exchange(url="http://r.example:5000/v2/", proxy=proxy))
    protected = request_head(exchange(url="https://r.example:5000/v2/", proxy=proxy))

    assert plain.startswith(b"GET http://r.example:5000/v2/ HTTP/1.1\r\nHost: r.example:5000\r\n")
    assert b"Proxy-Authorization: Basic abc\r\n" in plain
    assert protected.startswith(b"GET /v2/ HTTP/1.1\r\nHost: r.example:5000\r\n")
    assert b"Proxy-Authorization" not in protected


@table("value", ["a\r\nEvil: yes", "a\nb", "a\0b", "€"])
def test_a_field_cannot_smuggle_another(value: str) -> None:
    bad = Exchange("GET", parse_url("http://r.example/"), (("A", value),), Identity())

    with pytest.raises(InvalidConfig) as caught:
        request_head(bad)
    assert "Evil" not in str(caught.value)


def test_trailers_are_skipped_up_to_a_limit() -> None:
    stream = io.BytesIO(b"A: b\r\nC: d\r\n\r\nnext")
    skip_trailers(stream)
    assert b"next" == stream.read()
    with pytest.raises(Broken):
        skip_trailers(io.BytesIO((b"A: " + b"x" * 1000 + b"\r\n") * 2000))
