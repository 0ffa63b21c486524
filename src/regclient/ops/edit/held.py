"""Doing nothing for as long as nothing changes: a layer is compressed from its first change on, and most need not be at all.

Compressing takes several times as long as everything else. What was written before the first change is held, up to a limit; a
change that comes later has the layer begun anew, from a copy of what was read, so that nothing is asked of a repository twice.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HELD = 4 << 20
"""How much of a tar is held before its first change."""


class TooLate(Exception):
    """The first change came when what was before it was gone already."""


class Held:
    """Holds what is written until :meth:`begin`; from then on it goes where it should."""

    def __init__(self, write: Callable[[memoryview], object]) -> None:
        self._write = write
        self._pieces: list[bytes] = []
        self._size = 0
        self._begun = False

    def write(self, data: memoryview) -> None:
        """Take a piece."""
        if self._begun:
            self._write(data)
            return
        self._size += len(data)
        if self._size <= HELD:
            self._pieces.append(bytes(data))
        else:
            self._pieces.clear()

    def begin(self) -> None:
        """Write what is held, and what comes.

        Raises:
            TooLate: it was too much to be held.
        """
        if self._size > HELD:
            raise TooLate
        self._begun = True
        for piece in self._pieces:
            self._write(memoryview(piece))
        self._pieces.clear()


class Replay(io.RawIOBase):
    """A stream that can be read once more from its start, until :meth:`forget`; its bytes are asked for once."""

    def __init__(self, content: BinaryIO) -> None:
        super().__init__()
        self._content = content
        self._copy = SpooledTemporaryFile(HELD)  # noqa: SIM115 - closed with this stream
        self._copying = True

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer: from the copy as far as it goes, then from the content."""
        view = memoryview(buffer).cast("B")
        if not self._copying and (data := self._copy.read(len(view))):
            view[: len(data)] = data
            return len(data)
        data = self._content.read(len(view))
        view[: len(data)] = data
        if self._copying:
            self._copy.write(data)
        return len(data)

    def forget(self) -> None:
        """Go on without a copy."""
        self._copy.truncate(0)
        self._copy.seek(0)
        self._copying = False

    def again(self) -> None:
        """Start again, this time for good."""
        self._copy.seek(0)
        self._copying = False

    def close(self) -> None:
        """Drop the copy; the content stays open."""
        self._copy.close()
        super().close()
