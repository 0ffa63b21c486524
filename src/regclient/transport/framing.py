"""Where the body of an answer ends: after so many bytes or with the connection; bodies in chunks are in ``chunked.py``."""

from __future__ import annotations

from typing import Protocol

from regclient.transport.exchange import Broken, Trouble
from regclient.transport.heads import Head


class Reads(Protocol):
    """A buffered reader."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read ``size`` bytes, fewer only at the end."""

    def readinto1(self, buffer: memoryview, /) -> int:
        """Read into ``buffer`` with at most one read of what is below; 0 at the end."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line."""


class Framed(Protocol):
    """The body of one answer; ``length`` is what is left of it, None when nobody knows."""

    length: int | None
    will_close: bool

    def isclosed(self) -> bool:
        """Whether nothing of it is left."""

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative."""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end."""

    def close(self) -> None:
        """Let go of the connection, which stays open."""


def fill(reader: Reads, view: memoryview) -> int:
    """Fill ``view``, less at the end and where the connection failed after some of it; the next call meets that failure again.

    A reader that loops by itself loses what came before a failure, and a body that is gone on with would not get on.

    Raises:
        Broken: the connection failed before anything came.
    """
    filled = 0
    try:
        while filled < len(view) and (count := reader.readinto1(view[filled:])):
            filled += count
    except Broken:
        if not filled:
            raise
    return filled


class PlainBody:
    """A body of ``length`` bytes, or one that ends with the connection."""

    def __init__(self, reader: Reads, length: int | None, *, will_close: bool) -> None:
        self.length = length
        self.will_close = will_close
        self._reader: Reads | None = None if length == 0 else reader

    def isclosed(self) -> bool:
        """Whether nothing of it is left."""
        return self._reader is None

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes, all of them when negative.

        Raises:
            Broken: everything was asked for, and the connection ended before.
        """
        if self._reader is None:
            return b""
        wanted = size if self.length is None else self.length if size < 0 else min(size, self.length)
        data = self._reader.read(wanted)
        self._took(len(data), wanted)
        if size < 0 and self.length:
            raise Broken(Trouble.CUT, f"{self.length} bytes of the body are missing")
        return data

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        """Read into ``buffer``; 0 at the end, and where the connection ended before."""
        if self._reader is None:
            return 0
        view = memoryview(buffer)
        if self.length is not None:
            view = view[: self.length]
        count = fill(self._reader, view)
        self._took(count, len(view))
        return count

    def close(self) -> None:
        """Let go of the connection, which stays open."""
        self._reader = None

    def _took(self, count: int, wanted: int) -> None:
        if self.length is not None:
            self.length -= count
        if self.length == 0 or (self.length is None and wanted and (wanted < 0 or not count)):
            self._reader = None


def body_of(head: Head, method: str, reader: Reads) -> Framed:
    """Return the body that follows a head.

    Raises:
        Broken: the head does not say how long it is in a way that can be relied on.
    """
    empty = method == "HEAD" or head.status in {204, 304} or head.status < 200
    if head.is_chunked and not empty:
        from regclient.transport.chunked import ChunkedBody  # noqa: PLC0415 - a door: most answers say how long they are

        return ChunkedBody(reader, will_close=head.closes)
    length = 0 if empty else head.content_length
    return PlainBody(reader, length, will_close=head.closes or length is None)
