"""HTTP as bytes: heads taken apart, bodies delimited, nothing ambiguous let pass."""

from __future__ import annotations

import pytest

from regclient.errors import Unreachable
from regclient.model.headers import first
from regclient.server.wire import FIELDS_LIMIT, HEAD_LIMIT, TARGET_LIMIT, Body, Head, Reader, Refused, parse_head, write_head
from tests.fakes.asking import reader_of
from tests.tables import table


def head_of(*lines: str, host: bool = True) -> Head:
    return parse_head("\r\n".join([lines[0], *(["Host: a"] if host else []), *lines[1:]]).encode("latin-1"))


def test_a_head_is_taken_apart() -> None:
    head = head_of("GET /v2/a%3Ab/tags/list?n=1&last=x%2By&n=2 HTTP/1.1", "accept: a, b", "ACCEPT:  c\t")

    assert "GET" == head.method
    assert "/v2/a:b/tags/list" == head.path
    assert (("n", "1"), ("last", "x+y"), ("n", "2")) == head.query
    assert ("a, b", "c") == head.headers["Accept"]
    assert 0 == head.length
    assert head.keep_alive


def test_an_absolute_target_is_read_as_its_path() -> None:
    assert "/v2/" == head_of("GET http://elsewhere:80/v2/ HTTP/1.1").path


def test_connections_stay_open_as_the_version_says() -> None:
    assert head_of("GET / HTTP/1.1").keep_alive
    assert not head_of("GET / HTTP/1.0").keep_alive


def test_the_connection_field_decides() -> None:
    assert not head_of("GET / HTTP/1.1", "Connection: Close").keep_alive
    assert head_of("GET / HTTP/1.1", "Connection: x").keep_alive
    assert head_of("GET / HTTP/1.0", "Connection: foo, Keep-Alive").keep_alive


def test_continue_is_expected_only_of_http_1_1() -> None:
    assert head_of("PUT / HTTP/1.1", "Expect: 100-Continue").continues
    assert not head_of("PUT / HTTP/1.0", "Expect: 100-continue").continues


def test_a_peer_that_speaks_tls_is_answered_at_once() -> None:
    def receive(buffer: memoryview) -> int:
        assert not asked
        asked.append(True)
        buffer[:3] = b"\x16\x03\x01"
        return 3

    asked: list[bool] = []
    with pytest.raises(Refused, match="without TLS"):
        Reader(receive).head()


def test_lengths_are_read() -> None:
    assert 17 == head_of("PUT / HTTP/1.1", "Content-Length: 17").length
    assert 17 == head_of("PUT / HTTP/1.1", "Content-Length: 17", "Content-Length: 17").length
    assert head_of("PUT / HTTP/1.1", "Transfer-Encoding: Chunked").length is None


@table(
    ("status", "lines"),
    [
        (400, ["GET  / HTTP/1.1"]),
        (400, ["get / HTTP/1.1"]),
        (400, ["GET / HTTP/1.1 "]),
        (400, ["GET /\x7f HTTP/1.1"]),
        (400, ["GET a HTTP/1.1"]),
        (400, ["GET ftp://a/ HTTP/1.1"]),
        (400, ["GET / HTTP/1.1", "Host: b"]),
        (400, ["GET / HTTP/1.1", "no colon"]),
        (400, ["GET / HTTP/1.1", "spaced : x"]),
        (400, ["GET / HTTP/1.1", " folded: x"]),
        (400, ["GET / HTTP/1.1", "a: x\ny: z"]),
        (400, ["GET / HTTP/1.1", "a: x\x00"]),
        (400, ["PUT / HTTP/1.1", "Content-Length: 1", "Content-Length: 2"]),
        (400, ["PUT / HTTP/1.1", "Content-Length: +1"]),
        (400, ["PUT / HTTP/1.1", "Content-Length: 1, 1"]),
        (400, ["PUT / HTTP/1.1", "Content-Length: ²"]),
        (400, ["PUT / HTTP/1.1", "Content-Length: 9999999999999999999"]),
        (400, ["PUT / HTTP/1.1", "Content-Length: 1", "Transfer-Encoding: chunked"]),
        (400, ["PUT / HTTP/1.0", "Transfer-Encoding: chunked"]),
        (400, ["GET /?" + "&".join(["a=b"] * 1025) + " HTTP/1.1"]),
        (414, ["GET /" + "a" * TARGET_LIMIT + " HTTP/1.1"]),
        (431, ["GET / HTTP/1.1", *["a: b"] * FIELDS_LIMIT]),
        (501, ["PUT / HTTP/1.1", "Transfer-Encoding: gzip, chunked"]),
        (501, ["PUT / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]),
        (505, ["GET / HTTP/2.0"]),
    ],
)
def test_what_is_not_plainly_http_is_refused(status: int, lines: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        head_of(*lines)

    assert status == refused.value.status


def test_http_1_1_needs_a_host() -> None:
    with pytest.raises(Refused):
        head_of("GET / HTTP/1.1", host=False)
    assert "/" == head_of("GET / HTTP/1.0", host=False).path


def test_heads_follow_one_another_however_they_are_cut() -> None:
    reader = reader_of(b"GET / HTTP/1.1\r", b"\nHost: a\r\n\r", b"\n\r\nHEAD", b" / HTTP/1.1\r\n\r\n")

    assert b"GET / HTTP/1.1\r\nHost: a" == reader.head()
    assert b"HEAD / HTTP/1.1" == reader.head()
    assert reader.head() is None


def test_an_empty_line_before_a_request_is_let_pass() -> None:
    assert b"GET / HTTP/1.1" == reader_of(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n").head()


def test_a_head_that_is_cut_is_refused() -> None:
    with pytest.raises(Refused):
        reader_of(b"GET / HT").head()


def test_a_head_without_end_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        reader_of(*[b"a" * 4096] * (HEAD_LIMIT // 4096 + 1)).head()

    assert 431 == refused.value.status


def test_heads_longer_than_what_is_left_of_the_buffer_are_moved_to_its_start() -> None:
    filler = b"A: " + b"b" * 40_000
    reader = reader_of(b"\r\n".join([b"X", filler, b"", b"Y"]), b"\r\n" + filler + b"\r\n\r\n")

    assert b"X\r\n" + filler == reader.head()
    assert b"Y\r\n" + filler == reader.head()


def test_a_body_ends_where_its_length_says() -> None:
    reader = reader_of(b"X\r\n\r\nhel", b"loGET")
    reader.head()
    body = Body(reader, 5)

    assert b"hello" == body.read()
    assert b"" == body.read(1)
    assert body.ended
    rest = bytearray(9)
    assert 3 == reader.readinto(memoryview(rest))


def test_a_body_can_be_read_in_pieces() -> None:
    body = Body(reader_of(b"hel", b"lo"), 5)
    buffer = bytearray(2)

    assert b"hell" == body.read(4)
    assert not body.ended
    assert 1 == body.readinto(buffer)
    assert body.ended


def test_a_body_that_is_cut_is_an_error() -> None:
    body = Body(reader_of(b"hel"), 5)

    assert b"hel" == body.read(5)
    for _ in range(2):
        with pytest.raises(Unreachable, match="cut"):
            body.read(5)
    assert not body.ended


def test_chunks_do_not_come_back_after_an_error() -> None:
    body = Body(reader_of(b"1\r\na\r\nx\r\n1\r\nb\r\n0\r\n\r\n"), None)

    assert b"a" == body.read(9)
    for _ in range(2):
        with pytest.raises(Unreachable, match="chunk"):
            body.read()


def test_no_body_has_ended_before_it_began() -> None:
    assert Body(reader_of(), 0).ended
    assert b"" == Body(reader_of(), 0).read()


def test_a_chunked_body_is_put_together() -> None:
    reader = reader_of(b"X\r\n\r\n5\r\nhello\r\n6;n=v\r\n wor", b"ld\r\n0\r\nTrailer: x\r\n\r\nnext")
    reader.head()
    body = Body(reader, None)

    assert b"hello world" == body.read()
    assert body.ended
    rest = bytearray(9)
    assert 4 == reader.readinto(memoryview(rest))


@table(
    "data",
    [
        b"",
        b"5\r\nhel",
        b"5\r\nhello",
        b"5\r\nhelloo\r\n0\r\n\r\n",
        b"x\r\n",
        b"-1\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"1" * 2000,
        b"0\r\n" + b"a: b\r\n" * 200,
    ],
)
def test_a_broken_chunk_is_an_error(data: bytes) -> None:
    body = Body(reader_of(data), None)

    with pytest.raises(Unreachable):
        body.read()


def test_the_peer_is_told_to_go_on_once_and_only_when_its_body_is_wanted() -> None:
    told: list[str] = []
    body = Body(reader_of(b"hello"), 5, lambda: told.append("go"))

    assert not body.begun
    assert [] == told
    body.read(1)
    body.read(1)
    assert ["go"] == told


def test_an_answer_cannot_be_split_by_a_value() -> None:
    head = write_head(201, [("Location", "/a\r\nX: y\n\x00"), ("B", "ü")])

    assert b"HTTP/1.1 201 Created\r\nLocation: /a  X: y  \r\nB: \xfc\r\n\r\n" == head
    assert b"HTTP/1.1 599 Unknown\r\n\r\n" == write_head(599, [])


def test_field_names_are_canonical() -> None:
    assert "x" == first(head_of("GET / HTTP/1.1", "dOCKER-content-DIGEST: x").headers, "Docker-Content-Digest")
