"""Bodies in chunks (RFC 9112 7.1): what registries written in Go send when a list is longer than a few kilobytes.

The grammar is taken strictly, for a body whose end two programs see in different places is how answers get mixed up. Extensions
of chunks and trailers are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regclient.transport.exchange import Broken, Trouble
from regclient.transport.framing import fill
from regclient.transport.heads import skip_trailers

if TYPE_CHECKING:
    from regclient.transport.framing import Reads

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LONGEST_LINE = 16 * 1024
_BLOCK = 256 * 1024


class ChunkedBody:
    """The body of one answer, over a connection that outlives it; ``length`` is None, for nobody knows it before the end."""

    def __init__(self, reader: Reads, *, will_close: bool) -> None:
        self.length: int | None = None
        self.will_close = will_close
        self._reader: Reads | None = reader
        self._left = 0
        self._begun = False
        self._failure: Broken | None = None

    def isclosed(self) -> bool:
        """Whether nothing of it is left."""
        return self._reader is None

    def read(self, size: int, /) -> bytes:
        """Read ``size`` bytes, fewer only at the end, all of them when negative.

        Raises:
            Broken: the connection ended before the last chunk, or what came are no chunks.
        """
        parts = []
        wanted = size
        while (size < 0 or wanted) and (reader := self._at_chunk()):
            part = reader.read(min(self._left, _BLOCK if size < 0 else wanted))
            self._took(len(part))
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Fill ``buffer``, less at the end and before a failure, which comes with the next call.

        Raises:
            Broken: as :meth:`read`.
        """
        view = memoryview(buffer)
        filled = 0
        try:
            while filled < len(view) and (reader := self._at_chunk()):
                count = fill(reader, view[filled : filled + self._left])
                self._took(count)
                filled += count
        except Broken as broken:
            self._failure = broken
            if not filled:
                raise
        return filled

    def close(self) -> None:
        """Let go of the connection, which stays open."""
        self._reader = None

    def _at_chunk(self) -> Reads | None:
        """Return the reader, where there are bytes of a chunk; None behind the last one."""
        reader = self._reader
        if self._failure is not None and reader is not None:
            raise self._failure
        if reader is None or self._left:
            return reader
        self._left = _size_of_next(reader, first=not self._begun)
        self._begun = True
        if not self._left:
            skip_trailers(reader)
            self._reader = None
        return self._reader

    def _took(self, count: int) -> None:
        if not count:
            raise _cut()
        self._left -= count


def _size_of_next(reader: Reads, *, first: bool) -> int:
    if not first and (end := reader.read(2)) != b"\r\n":
        raise _wrong("a chunk is longer than it says") if len(end) == 2 else _cut()
    line = reader.readline(_LONGEST_LINE)
    found = _SIZE_LINE.fullmatch(line)
    if found is None:
        is_whole = line.endswith(b"\n") or len(line) == _LONGEST_LINE
        raise _wrong("this is no chunk") if is_whole else _cut()
    return int(found[1], 16)


def _wrong(what: str) -> Broken:
    return Broken(Trouble.PROTOCOL, f"reading the body: {what}")


def _cut() -> Broken:
    return Broken(Trouble.CUT, "reading the body: the connection ended before the last chunk")
