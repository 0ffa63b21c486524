"""A rewindable stream stays or begins again, and goes nowhere else."""

from __future__ import annotations

import io

import pytest

from regclient.errors import Unsupported
from regclient.ops.archive.rewindable import Rewindable
from tests.tables import table


class Letters(Rewindable):
    what = "the alphabet"

    def __init__(self) -> None:
        super().__init__()
        self.starts = 0
        self.restart()

    def restart(self) -> None:
        self._position, self._left = 0, io.BytesIO(b"abcdef")
        self.starts += 1

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        count = self._left.readinto(buffer)
        self._position += count
        return count


def test_it_begins_again_only_when_it_has_moved() -> None:
    letters = Letters()

    assert (0, 1) == (letters.seek(0), letters.starts)
    assert b"abc" == letters.read(3)
    assert (3, 3, 1) == (letters.tell(), letters.seek(0, io.SEEK_CUR), letters.starts)
    assert (0, 2) == (letters.seek(0), letters.starts)
    assert b"abcdef" == letters.read()


@table(("offset", "whence"), [(2, io.SEEK_SET), (1, io.SEEK_CUR), (0, io.SEEK_END)])
def test_it_goes_nowhere_else(offset: int, whence: int) -> None:
    letters = Letters()
    letters.read(1)

    with pytest.raises(Unsupported, match="in the alphabet only its start"):
        letters.seek(offset, whence)
    assert letters.readable()
    assert letters.seekable()
