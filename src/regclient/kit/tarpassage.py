"""A tar passed on in pieces: most of it as it comes, some of it taken out, left out, or put in.

One buffer is all that is held, whatever the tar holds. What is written is collected for each buffer, so that compressors and
hashes get large pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from regclient.errors import Corrupt, SizeLimitExceeded
from regclient.kit.tarentry import EXTENSIONS, Extension, TarEntry, padded, read_entry, read_global
from regclient.kit.tarheader import BLOCK, check_block, number_of

BUFFER = 1 << 20
MAX_EXTENSION = 1 << 20
_MAX_EXTENSIONS = 8
_EMPTY = bytes(BLOCK)
_GLOBAL, _OLD_SPARSE = ord("g"), ord("S")


class Source(Protocol):
    """Where a tar comes from: what can fill a buffer."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer as far as bytes are at hand; 0 at the end."""


class TarPassage:
    """A tar on its way from a stream to ``write``.

    Between ``start`` and ``position`` of the buffer lies what was passed and is not written yet. ``check`` is called for every
    buffer and raises when the work should end.
    """

    def __init__(self, content: Source, write: Callable[[memoryview], object], check: Callable[[], None]) -> None:
        self.buffer = bytearray(BUFFER)
        self.position = 0
        self.filled = 0
        self._view = memoryview(self.buffer)
        self._start = 0
        self._content = content
        self._write = write
        self._check = check
        self._parts: list[bytes | memoryview] = []

    def more(self) -> bool:
        """Make sure that something lies in the buffer; False at the end of the stream."""
        return self.position < self.filled or self._refill()

    def go_on(self, size: int, *, keep: bool = True) -> None:
        """Pass a content of ``size`` bytes and its padding, or leave it out. The padding of the last one may be missing.

        Raises:
            Corrupt: the stream ends inside the content.
        """
        left = size + -size % BLOCK
        if keep and self.position + left <= self.filled:
            self.position += left
            return
        if not keep:
            self._cut()
        while left > self.filled - self.position:
            left -= self.filled - self.position
            self.position = self.filled
            if not keep:
                self._start = self.position
            if not self._refill():
                if left >= BLOCK or left > padded(size) - size:
                    raise Corrupt("damaged tar: it ends inside an entry")
                self.put(bytes(left if keep else 0))
                return
        self.position += left
        if not keep:
            self._start = self.position

    def take(self, size: int) -> bytes:
        """Take bytes out: they are not passed on.

        Raises:
            Corrupt: the stream ends before.
        """
        self._cut()
        taken = b""
        while len(taken) < size:
            if not self.more():
                raise Corrupt("damaged tar: it ends inside a header")
            end = min(self.filled, self.position + size - len(taken))
            taken += self._view[self.position : end]
            self.position = self._start = end
        return taken

    def take_content(self, size: int, write: Callable[[memoryview], object]) -> None:
        """Take a content out, piece by piece, and drop its padding.

        Raises:
            Corrupt: the stream ends before.
        """
        self._cut()
        left = size
        while left:
            if not self.more():
                raise Corrupt("damaged tar: it ends inside an entry")
            end = min(self.filled, self.position + left)
            write(self._view[self.position : end])
            left -= end - self.position
            self.position = self._start = end
        # A buffer ends at a block, or with the stream, where the padding may be missing.
        self.position = self._start = min(self.filled, self.position + padded(size) - size)

    def take_headers(self) -> TarEntry | None:
        """Take the headers of the next entry out; None at the end of the tar, which is taken out too.

        Raises:
            Corrupt: something is damaged.
            SizeLimitExceeded: a header is larger than any honest one.
        """
        extensions: list[Extension] = []
        while self.more():
            block = self.take(BLOCK)
            if block == _EMPTY:
                break
            kind = block[156]
            if kind == _GLOBAL or kind in EXTENSIONS:
                extensions.append(Extension(block, self._extension(block, len(extensions))))
                if kind == _GLOBAL and len(extensions) == 1:
                    return read_global(extensions[0])
                continue
            return self._with_trailer(read_entry(block, extensions))
        if extensions:
            raise Corrupt("damaged tar: it ends after an extended header")
        return None

    def put(self, data: bytes) -> None:
        """Put bytes in."""
        self._cut()
        self._parts.append(data)

    def flush(self) -> None:
        """Write everything that was passed so far."""
        self._cut()
        if len(self._parts) == 1:
            self._write(memoryview(self._parts[0]))
        elif self._parts:
            self._write(memoryview(b"".join(self._parts)))
        self._parts.clear()

    def drain(self) -> None:
        """Read the stream to its end, where digests are compared; nothing of it is passed on.

        Raises:
            Corrupt: after one empty block more than nothing and zeros follow: other programs would read on there.
        """
        self._cut()
        second = self.take(min(BLOCK, self.filled - self.position)) if self.more() else b""
        if second.strip(b"\0"):
            raise Corrupt("damaged tar: an empty block lies between its entries")
        while self.more():
            self.position = self._start = self.filled

    def _extension(self, block: bytes, before: int) -> bytes:
        check_block(block)
        size = number_of(block[124:136])
        if before >= _MAX_EXTENSIONS or size < 0:
            raise Corrupt("damaged tar: extended headers without an entry")
        if size > MAX_EXTENSION:
            raise SizeLimitExceeded(MAX_EXTENSION, "the extended header of a tar entry")
        return self.take(padded(size))[:size]

    def _with_trailer(self, entry: TarEntry) -> TarEntry:
        """Take what old sparse files have behind their header: more of their map."""
        if entry.kind != _OLD_SPARSE:
            return entry
        trailer, more = b"", entry.block[482]
        while more:
            if len(trailer) >= MAX_EXTENSION:
                raise SizeLimitExceeded(MAX_EXTENSION, "the map of a sparse tar entry")
            block = self.take(BLOCK)
            trailer, more = trailer + block, block[504]
        return replace(entry, trailer=trailer)

    def _cut(self) -> None:
        if self._start < self.position:
            self._parts.append(self._view[self._start : self.position])
            self._start = self.position

    def _refill(self) -> bool:
        self._check()
        self.flush()
        self._start = self.position = self.filled = 0
        while self.filled < BUFFER and (count := self._content.readinto(self._view[self.filled :])):
            self.filled += count
        return self.filled > 0
