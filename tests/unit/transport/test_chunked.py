"""Bodies in chunks."""

from __future__ import annotations

import io
import socket
from http.client import HTTPResponse

import pytest

from regclient.transport.chunked import ChunkedBody
from regclient.transport.exchange import Broken, Trouble
from regclient.transport.framing import Reads
from tests.tables import table


def chunked(content: bytes) -> tuple[ChunkedBody, Reads]:
    reader = io.BufferedReader(io.BytesIO(content))
    return ChunkedBody(reader, will_close=False), reader


class Answering(socket.socket):
    """A socket that the standard library reads an answer from."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content
        self.close()

    def makefile(self, *_: object, **__: object) -> io.BytesIO:  # type: ignore[override]
        return io.BytesIO(self._content)


def test_chunks_are_joined_and_what_follows_stays() -> None:
    body, reader = chunked(b"5;name=value\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: x\r\n\r\nnext")

    assert (None, False) == (body.length, body.isclosed())
    assert (b"hell", b"o, world", b"") == (body.read(4), body.read(-1), body.read(1))
    assert body.isclosed()
    assert b"next" == reader.read()


def test_they_are_read_into_a_buffer_too() -> None:
    body, _ = chunked(b"5\r\nhello\r\nA \r\n0123456789\r\n0\r\n\r\n")
    buffer = bytearray(9)

    assert (9, b"hello0123") == (body.readinto(buffer), bytes(buffer))
    assert (6, b"456789") == (body.readinto(buffer), bytes(buffer[:6]))
    assert (0, 0) == (body.readinto(buffer), body.readinto(buffer))


@table("rest", [b"", b"\r\nzz\r\nmore", b"x"])
def test_what_came_before_a_failure_is_kept_and_the_failure_comes_next_and_stays(rest: bytes) -> None:
    body, _ = chunked(b"5\r\nhello" + rest)
    buffer = bytearray(9)

    assert (5, b"hello") == (body.readinto(buffer), bytes(buffer[:5]))
    for _ in range(2):
        with pytest.raises(Broken):
            body.readinto(buffer)


def test_a_read_crosses_chunks_and_leaves_the_rest_of_one() -> None:
    body, _ = chunked(b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")

    assert (b"", b"abc", b"d", b"e", b"") == (body.read(0), body.read(3), body.read(1), body.read(9), body.read(9))


def test_a_body_without_chunks_is_empty() -> None:
    body, reader = chunked(b"0\r\n\r\nnext")

    assert (b"", True, b"next") == (body.read(-1), body.isclosed(), reader.read())


def test_a_body_may_be_let_go_after_its_connection() -> None:
    reader = io.BufferedReader(io.BytesIO(b"5\r\nhello\r\n0\r\n\r\n"))
    body = ChunkedBody(reader, will_close=False)
    reader.close()

    body.close()

    assert body.isclosed()
    assert (b"", 0) == (body.read(-1), body.readinto(bytearray(1)))


@table(
    ("content", "trouble"),
    [
        (b"", Trouble.CUT),
        (b"5", Trouble.CUT),
        (b"5\r\nhel", Trouble.CUT),
        (b"5\r\nhello", Trouble.CUT),
        (b"5\r\nhello\r", Trouble.CUT),
        (b"5\r\nhello\r\n", Trouble.CUT),
        (b"five\r\nhello\r\n", Trouble.PROTOCOL),
        (b"\r\n5\r\nhello\r\n", Trouble.PROTOCOL),
        (b"-5\r\nhello\r\n", Trouble.PROTOCOL),
        (b"0x5\r\nhello\r\n", Trouble.PROTOCOL),
        (b"1_0\r\nhello\r\n", Trouble.PROTOCOL),
        (b" 5\r\nhello\r\n", Trouble.PROTOCOL),
        (b"5\rhello\r\n", Trouble.PROTOCOL),
        (b"4\r\nhello\r\n0\r\n\r\n", Trouble.PROTOCOL),
        (b"5\r\nhello0\r\n\r\n", Trouble.PROTOCOL),
        (b"f" * 17 + b"\r\n", Trouble.PROTOCOL),
        (b"5;" + b"x" * 20_000 + b"\r\nhello\r\n", Trouble.PROTOCOL),
    ],
)
def test_what_is_no_whole_body_is_told(content: bytes, trouble: Trouble) -> None:
    with pytest.raises(Broken, match="body") as caught:
        chunked(content)[0].read(-1)
    assert trouble is caught.value.trouble
    body, _ = chunked(content)
    with pytest.raises(Broken):
        list(iter(lambda: body.readinto(bytearray(9)), 0))


def test_the_standard_library_reads_the_same_from_any_cut_of_a_body() -> None:
    content = bytes(range(256)) * 5
    for size in (1, 7, 255, 256, 1000, 5000):
        pieces = [content[at : at + size] for at in range(0, len(content), size)]
        sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        answer = HTTPResponse(Answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + sent))
        answer.begin()
        body, _ = chunked(sent)

        assert content == answer.read() == b"".join(iter(lambda: body.read(100), b"")), size  # noqa: B023 - read at once
