"""The bytes of an upload, cut into pieces that can be sent more than once.

A stream that seeks is cut without holding anything: a piece is a window onto the stream, and going back is seeking (or starting
over and skipping, where the stream only rewinds). Of any other stream one piece is held in memory at a time, which is the plan
for sending it again. Either way each byte is hashed exactly once, the first time it passes.
"""

from __future__ import annotations

import io
from contextlib import suppress
from typing import BinaryIO, Protocol, cast

from regclient.errors import DigestMismatch, SizeMismatch, Unsupported
from regclient.model.descriptor import Descriptor
from regclient.model.digest import DEFAULT_ALGORITHM, Digest, new_hasher
from regclient.remote.wire import size_of
from regclient.transport.messages import Body

BUFFER = 256 * 1024
WHAT = "the blob to upload"

CANNOT_SEEK = (OSError, ValueError, Unsupported)
"""How streams refuse to go somewhere; our own only go back to their start."""


class Expectation:
    """What is known beforehand of the bytes to upload: a digest, a size, both or neither."""

    def __init__(self, expect: Descriptor | None) -> None:
        self.algorithm = expect.digest.algorithm if expect else DEFAULT_ALGORITHM
        self.digest = expect.digest if expect and (expect.size >= 0 or not _is_of_nothing(expect.digest)) else None
        self.size = size_of(expect) if expect else None


def _is_of_nothing(digest: Digest) -> bool:
    """Whether a digest is that of no bytes: with the size -1, it only asks for an algorithm."""
    return digest == Digest.of(b"", digest.algorithm)


class Source(Protocol):
    """Content that can be asked for piece by piece."""

    def piece(self, offset: int, limit: int) -> Body | bytes:
        """Return up to ``limit`` bytes from ``offset``; empty bytes at the end.

        Raises:
            Unsupported: those bytes are gone.
            DigestMismatch, SizeMismatch: from reading, when the content is not what was expected.
        """

    def finish(self) -> Digest:
        """Check what is left to check once every byte has passed, and return the digest.

        Raises:
            DigestMismatch, SizeMismatch: the content is not what was expected.
        """


def source_of(content: BinaryIO, expect: Expectation) -> Source:
    """Choose how to cut a stream: windows when it seeks and its length is known, pieces in memory otherwise."""
    if content.seekable():
        size = expect.size if expect.size is not None else _rest_of(content)
        if size is not None:
            return StreamSource(content, expect, size)
    return HeldSource(content, expect)


def _rest_of(content: BinaryIO) -> int | None:
    """Return how many bytes follow the present position, when the stream can tell without being read."""
    start = content.tell()
    end = None
    with suppress(*CANNOT_SEEK):
        end = content.seek(0, io.SEEK_END)
    content.seek(start)
    return None if end is None else max(0, end - start)


class _Check:
    """Hashes each byte the first time it passes, whatever is read again, and compares with what was expected."""

    def __init__(self, expect: Expectation, *, trusted: bool = False) -> None:
        self.passed = 0
        self._expect = expect
        # A stream that checks itself against the same digest is not hashed twice: that would cost a third of a copy.
        self._trusted = expect.digest if trusted else None
        self._hasher = new_hasher(expect.algorithm)

    def take(self, offset: int, data: bytes | memoryview) -> None:
        fresh = data[max(0, self.passed - offset) :]
        self.passed += len(fresh)
        if self._trusted is None:
            self._hasher.update(fresh)

    def finish(self) -> Digest:
        if self._expect.size is not None and self.passed != self._expect.size:
            raise SizeMismatch(self._expect.size, self.passed, WHAT)
        actual = self._trusted or Digest(self._expect.algorithm, self._hasher.hexdigest())
        if self._expect.digest is not None and self._expect.digest != actual:
            raise DigestMismatch(self._expect.digest, actual, WHAT)
        return actual


class HeldSource:
    """A stream read once, one piece of it in memory."""

    def __init__(self, content: BinaryIO, expect: Expectation) -> None:
        self._content = content
        self._check = _Check(expect)
        self._start = 0
        self._held = b""

    def piece(self, offset: int, limit: int) -> bytes:
        """Return the rest of the piece held, or read the next one."""
        end = self._start + len(self._held)
        if not self._start <= offset <= end:
            raise Unsupported(f"the registry asks for byte {offset} again, but the source cannot be read twice")
        if offset == end:
            self._start, self._held = end, self._read(limit)
            self._check.take(end, self._held)
        return self._held[offset - self._start :]

    def finish(self) -> Digest:
        """Check that everything was read, and its size and digest."""
        if rest := self._content.read(1):
            self._check.take(self._check.passed, rest)
        return self._check.finish()

    def _read(self, limit: int) -> bytes:
        parts: list[bytes] = []
        while limit > 0 and (part := self._content.read(min(limit, BUFFER))):
            parts.append(part)
            limit -= len(part)
        return b"".join(parts)


class StreamSource:
    """A stream that seeks, or at least rewinds, and whose length is known; nothing of it is held."""

    def __init__(self, content: BinaryIO, expect: Expectation, size: int) -> None:
        self._content = content
        self._size = size
        self._origin = content.tell()
        self._position = 0
        trusted = expect.digest is not None and getattr(content, "verifies", None) == expect.digest
        self._check = _Check(expect, trusted=trusted)

    def piece(self, offset: int, limit: int) -> Body | bytes:
        """Return a window onto the stream, which reads and seeks in it while it is sent."""
        length = min(limit, self._size - offset)
        if length <= 0:
            return b""
        self._move_to(offset)
        return Body(cast("BinaryIO", _Window(self, offset, length)), length)

    def finish(self) -> Digest:
        """Check size and digest; bytes that were never sent (the registry had them already) are read for it."""
        self._move_to(self._size)
        return self._finish()

    def go_back_to(self, offset: int) -> None:
        """Make ready to read from ``offset`` again, at once.

        A source that is a download asks for its blob anew. Left to the next read, that would happen while the connection of
        the upload is held, and waiting there for another one could go on for ever.
        """
        if offset < self._position:
            self._move_to(offset)

    def read_at(self, offset: int, buffer: memoryview) -> int:
        """Read some bytes from ``offset``; the read that reaches the end of the content checks all of it."""
        self._move_to(offset)
        count = self._read(buffer)
        if self._position == self._size:
            self._finish()
        return count

    def _finish(self) -> Digest:
        # A stream that checks itself does so at its end, which is only met by asking for more.
        if self._content.read(1):
            raise SizeMismatch(self._size, self._size + 1, WHAT)
        return self._check.finish()

    def _read(self, buffer: memoryview) -> int:
        count = self._fill(buffer)
        if not count:
            raise SizeMismatch(self._size, self._position, WHAT)
        self._check.take(self._position, buffer[:count])
        self._position += count
        return count

    def _fill(self, buffer: memoryview) -> int:
        readinto = getattr(self._content, "readinto", None)
        if readinto is not None:
            return readinto(buffer) or 0
        data = self._content.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _move_to(self, offset: int) -> None:
        """Go to an offset; bytes not hashed yet are read on the way."""
        if offset < self._position:
            self._go_back(offset)
        scratch = memoryview(bytearray(min(BUFFER, max(0, offset - self._position))))
        while self._position < offset:
            self._read(scratch[: offset - self._position])

    def _go_back(self, offset: int) -> None:
        try:
            self._content.seek(self._origin + offset)
        except CANNOT_SEEK:
            self._content.seek(self._origin)
            offset = 0
        self._position = offset


class _Window(io.RawIOBase):
    """A part of a :class:`StreamSource` as a stream of its own."""

    def __init__(self, source: StreamSource, offset: int, length: int) -> None:
        self._source = source
        self._offset = offset
        self._length = length
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        self._position = max(0, base + offset)
        self._source.go_back_to(self._offset + self._position)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self._length - self._position
        if left <= 0:
            return 0
        count = self._source.read_at(self._offset + self._position, memoryview(buffer)[:left])
        self._position += count
        return count
