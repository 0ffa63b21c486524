"""Compressed streams, written so that equal content is equal bytes: on any machine, at any time, in whatever pieces it comes.

A layer's digest is the digest of its compressed bytes, so the codecs and their parameters are part of what this package
promises (docs/decisions/0012-one-deflate.md). Streams are read in ``compression.py``. Each codec is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from regclient.errors import Unsupported
from regclient.kit.compression import Compression

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

GZIP_LEVEL = 4
"""libdeflate's: as dense as level 6 of zlib within a hundredth or two, in a third of the time."""
GZIP_MEMBER = 1 << 20
"""How much content a member of a gzip stream holds; it bounds the memory, whatever the content."""
ZSTD_LEVEL = 3


class Compressor(Protocol):
    """What compresses the bytes written to it; leaving its block ends the stream, unless the block failed."""

    written: int
    """How many bytes came in."""

    def __enter__(self) -> Self:
        """Return the writer itself."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write the end of the stream, unless the block failed; what it was written to stays open."""

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Compress all of ``data`` and return its length in bytes."""


def open_compressed(kind: Compression, out: BinaryIO) -> Compressor:
    """Return a writer of one kind of stream: gzip, zstd, or the content as it is.

    Raises:
        Unsupported: bzip2 and xz, which no layer is written in.
    """
    writer = _WRITERS.get(kind)
    if writer is None:
        raise Unsupported(f"{kind.name.lower()} streams are only read; write gzip, zstd or none")
    return writer(out)


class PlainWriter:
    """Writes the content as it is, and counts it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.written = 0

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave everything as it is: plain content has no end mark."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of ``data`` and return its length in bytes."""
        size = memoryview(data).nbytes
        self._out.write(data)
        self.written += size
        return size


class GzipWriter:
    """Writes gzip: members of :data:`GZIP_MEMBER` bytes of content each, without name and time.

    Members are cut by content alone, never by how it came, and each is compressed for itself; every reader of gzip joins them
    (RFC 1952, section 2.2). No content at all is one empty member.
    """

    def __init__(self, out: BinaryIO) -> None:
        from deflate import gzip_compress  # noqa: PLC0415 - a door: codecs come when used

        self._compress = gzip_compress
        self._out = out
        self._held = bytearray()
        self.written = 0

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write the last member, unless the block failed."""
        if kind is None and (self._held or not self.written):
            self._member(bytes(self._held))
            self._held.clear()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Compress all of ``data`` and return its length in bytes."""
        view = memoryview(data).cast("B")
        size = len(view)
        if self._held:
            missing = GZIP_MEMBER - len(self._held)
            self._held += view[:missing]
            view = view[missing:]
            if len(self._held) == GZIP_MEMBER:
                self._member(self._held)
                self._held.clear()
        while len(view) >= GZIP_MEMBER:
            self._member(view[:GZIP_MEMBER])
            view = view[GZIP_MEMBER:]
        self._held += view
        self.written += size
        return size

    def _member(self, content: bytes | bytearray | memoryview) -> None:
        self._out.write(self._compress(content, GZIP_LEVEL))


class ZstdWriter:
    """Writes one zstd frame with a checksum, in one thread: several threads would cut it otherwise."""

    def __init__(self, out: BinaryIO) -> None:
        import sys  # noqa: PLC0415 - a door: codecs come when used

        if sys.version_info >= (3, 14):
            from compression.zstd import CompressionParameter, ZstdCompressor  # noqa: PLC0415
        else:
            from backports.zstd import CompressionParameter, ZstdCompressor  # noqa: PLC0415
        self._codec = ZstdCompressor(
            options={CompressionParameter.compression_level: ZSTD_LEVEL, CompressionParameter.checksum_flag: 1}
        )
        self._out = out
        self.written = 0

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write the end of the frame, unless the block failed."""
        if kind is None:
            self._out.write(self._codec.flush())

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Compress all of ``data`` and return its length in bytes."""
        size = memoryview(data).nbytes
        if compressed := self._codec.compress(data):
            self._out.write(compressed)
        self.written += size
        return size


_WRITERS: dict[Compression, type[PlainWriter | GzipWriter | ZstdWriter]] = {
    Compression.NONE: PlainWriter,
    Compression.GZIP: GzipWriter,
    Compression.ZSTD: ZstdWriter,
}
