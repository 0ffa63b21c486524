"""Bodies in chunks."""

from __future__ import annotations

import io

import pytest

from regclient.transport.chunked import ChunkedBody
from regclient.transport.exchange import Broken, Trouble
from regclient.transport.framing import Reads


def chunked(content: bytes) -> tuple[ChunkedBody, Reads]:
    reader = io.BufferedReader(io.BytesIO(content))
    return ChunkedBody(reader, will_close=False), reader


def test_chunks_are_joined_and_what_follows_stays() -> None:
    body, reader = chunked(b"5;name=value\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: x\r\n\r\nnext")

    assert (None, False) == (body.length, body.isclosed())
    assert (b"hell", b"o, world") == (body.read(4), body.read())
    assert body.isclosed()
    assert b"next" == reader.read()


def test_they_are_read_into_a_buffer_too() -> None:
    body, _ = chunked(b"5\r\nhello\r\n0\r\n\r\n")
    buffer = bytearray(9)

    assert (5, 0) == (body.readinto(buffer), body.readinto(buffer))


def test_a_body_may_be_let_go_after_its_connection() -> None:
    reader = io.BufferedReader(io.BytesIO(b"5\r\nhello\r\n0\r\n\r\n"))
    body = ChunkedBody(reader, will_close=False)
    reader.close()

    body.close()

    assert body.closed


@pytest.mark.parametrize(
    ("content", "trouble"),
    [(b"5\r\nhel", Trouble.CUT), (b"5\r\nhello\r\n", Trouble.CUT), (b"five\r\nhello\r\n", Trouble.CUT)],
    ids=["in a chunk", "between chunks", "no chunk"],
)
def test_what_is_no_whole_body_is_told(content: bytes, trouble: Trouble) -> None:
    with pytest.raises(Broken, match="reading the body") as caught:
        chunked(content)[0].read()
    assert trouble is caught.value.trouble
    body, _ = chunked(content)
    with pytest.raises(Broken):
        list(iter(lambda: body.readinto(bytearray(9)), 0))
