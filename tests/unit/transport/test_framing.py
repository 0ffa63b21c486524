"""Where a body ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from regclient.model.headers import headers_of
from regclient.transport.exchange import Broken, Trouble
from regclient.transport.framing import Framed, PlainBody, Reads, body_of
from regclient.transport.heads import Head
from tests.tables import table

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def framed(content: bytes, status: int = 200, method: str = "GET", **fields: str) -> tuple[Framed, Reads]:
    head = Head(status, "", 11, headers_of((name.replace("_", "-"), value) for name, value in fields.items()))
    reader = io.BufferedReader(io.BytesIO(content))
    return body_of(head, method, reader), reader


def test_a_body_of_known_length_ends_there_and_what_follows_stays() -> None:
    body, reader = framed(b"hello, next", Content_Length="5")

    assert (5, False, False) == (body.length, body.will_close, body.isclosed())
    assert (b"he", b"llo", b"") == (body.read(2), body.read(9), body.read(9))
    assert body.isclosed()
    assert b", next" == reader.read()


def test_it_can_be_read_at_once_or_into_a_buffer() -> None:
    buffer = bytearray(4)
    body, _ = framed(b"hello, next", Content_Length="5")
    assert (4, 1, 0) == (body.readinto(buffer), body.readinto(buffer), body.readinto(buffer))
    assert b"oell" == bytes(buffer)

    assert b"hello" == framed(b"hello, next", Content_Length="5")[0].read(-1)


def test_a_cut_shows_in_what_is_left() -> None:
    body, _ = framed(b"hel", Content_Length="5")
    assert (b"hel", b"", 2, False) == (body.read(9), body.read(9), body.length, body.isclosed())

    with pytest.raises(Broken, match="2 bytes of the body are missing") as caught:
        framed(b"hel", Content_Length="5")[0].read(-1)
    assert Trouble.CUT is caught.value.trouble


def test_a_body_of_unknown_length_ends_with_the_connection() -> None:
    body, _ = framed(b"hello")
    assert (None, True) == (body.length, body.will_close)
    assert (b"hello", False, b"", True) == (body.read(9), body.isclosed(), body.read(9), body.isclosed())

    assert b"hello" == framed(b"hello")[0].read(-1)
    buffer = bytearray(9)
    body, _ = framed(b"hello")
    assert (5, 0, True) == (body.readinto(buffer), body.readinto(buffer), body.isclosed())


@pytest.mark.parametrize(("status", "method"), [(200, "HEAD"), (204, "GET"), (304, "GET")])
def test_some_answers_have_no_body_whatever_they_say(status: int, method: str) -> None:
    for fields in ({"Content_Length": "5"}, {"Transfer_Encoding": "chunked"}, {}):
        body, _ = framed(b"hello", status, method, **fields)
        assert (True, 0, b"", 0) == (body.isclosed(), body.length, body.read(9), body.readinto(bytearray(9)))


def test_closing_reads_nothing() -> None:
    body, reader = framed(b"hello", Content_Length="5", Connection="close")
    body.close()

    assert (True, True) == (body.isclosed(), body.will_close)
    assert b"hello" == reader.read()


class Failing(io.RawIOBase):
    """A connection that brings a few pieces and then fails, however often it is read."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = [*pieces]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._pieces:
            raise Broken(Trouble.CUT, "reset")
        piece = self._pieces.pop(0)
        memoryview(buffer)[: len(piece)] = piece
        return len(piece)


@table("pieces", [(b"he", b"l"), (b"hel",)])
def test_what_came_before_a_failure_is_kept_and_the_failure_comes_next(pieces: tuple[bytes, ...]) -> None:
    body = PlainBody(io.BufferedReader(Failing(*pieces)), 20_000, will_close=False)
    buffer = bytearray(20_000)

    assert (3, b"hel", 19_997) == (body.readinto(buffer), bytes(buffer[:3]), body.length)
    with pytest.raises(Broken, match="reset"):
        body.readinto(buffer)


def test_chunks_are_left_to_the_standard_library() -> None:
    body, _ = framed(b"5\r\nhello\r\n0\r\n\r\n", Transfer_Encoding="chunked")

    assert not isinstance(body, PlainBody)
    assert b"hello" == body.read(-1)
