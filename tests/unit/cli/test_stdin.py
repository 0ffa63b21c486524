from __future__ import annotations

import io

import pytest

from regclient.cli.stdin import Input
from regclient.concurrency import Cancel
from regclient.errors import Cancelled


class Watching(io.BytesIO):
    """A stream that notes whether it was being waited for."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.seen: list[bool] = []
        self.owner: Input | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        assert self.owner is not None
        self.seen.append(self.owner.waiting)
        return super().read(size)

    def readinto(self, buffer: object, /) -> int:
        assert self.owner is not None
        self.seen.append(self.owner.waiting)
        return super().readinto(buffer)  # type: ignore[arg-type]


def test_it_is_known_when_input_is_waited_for() -> None:
    stream = Watching(b"abcdef")
    stream.owner = Input(stream)
    buffer = bytearray(2)

    assert b"ab" == stream.owner.read(2)
    assert 2 == stream.owner.readinto(buffer)
    assert ([True, True], False, b"cd") == (stream.seen, stream.owner.waiting, bytes(buffer))


def test_all_else_is_the_stream_itself() -> None:
    found = Input(io.BytesIO(b"abc"))

    assert (0, True) == (found.tell(), found.seekable())  # type: ignore[operator]


def test_nothing_is_waited_for_once_the_work_should_end() -> None:
    cancel = Cancel()
    found = Input(io.BytesIO(b"abc"))
    found.check = cancel.check
    assert b"a" == found.read(1)
    cancel.cancel()

    with pytest.raises(Cancelled):
        found.read(1)
    with pytest.raises(Cancelled):
        found.readinto(bytearray(1))
    assert not found.waiting
