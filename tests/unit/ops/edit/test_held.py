"""Nothing is written before something changed, and nothing is read twice."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest

from regclient.ops.edit.held import HELD, Held, Replay, TooLate


def test_nothing_is_written_before_it_begins() -> None:
    written: list[bytes] = []
    held = Held(lambda data: written.append(bytes(data)))
    held.write(memoryview(b"one"))
    held.write(memoryview(b"two"))
    assert [] == written

    held.begin()
    held.write(memoryview(b"three"))
    assert [b"one", b"two", b"three"] == written


def test_what_is_too_much_to_be_held_is_too_late() -> None:
    written: list[bytes] = []
    held = Held(lambda data: written.append(bytes(data)))
    held.write(memoryview(bytes(HELD)))
    held.write(memoryview(b"x"))

    with pytest.raises(TooLate):
        held.begin()
    assert [] == written


class Once(io.BytesIO):
    """A stream that cannot be gone back in."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise AssertionError(offset, whence)


def test_a_stream_is_read_once_more_from_its_copy() -> None:
    stream = Replay(cast("BinaryIO", Once(b"0123456789")))

    assert b"0123" == stream.read(4)
    stream.again()
    assert b"0123456789" == stream.readall()
    assert b"" == stream.read(1)


def test_a_stream_whose_start_is_forgotten_goes_on() -> None:
    stream = Replay(cast("BinaryIO", Once(b"0123456789")))
    stream.read(4)
    stream.forget()

    assert b"456789" == stream.readall()


def test_the_content_stays_open() -> None:
    content = io.BytesIO(b"abc")
    with Replay(cast("BinaryIO", content)) as stream:
        assert stream.readable()
        stream.read(1)

    assert b"bc" == content.read()
