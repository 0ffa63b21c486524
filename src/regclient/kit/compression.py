"""Compressed streams: told by their first bytes and read with a limit; they are written in ``compressors.py``.

Reading knows gzip, bzip2, xz and zstd and holds a window of what it reads, so a bomb costs time but no memory; ``limit`` ends
that too. Each codec is imported when it is met.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias, cast

from regclient.errors import Corrupt, SizeLimitExceeded

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD = 6
_CHUNK = 64 << 10
# An xz stream names its own dictionary size, up to 4 GiB; the largest preset needs 65 MiB.
_XZ_MEMORY = 128 << 20


class Compression(Enum):
    """A way to compress a stream; the values are the magic bytes it starts with."""

    NONE = b""
    GZIP = b"\x1f\x8b\x08"
    BZIP2 = b"BZh"
    XZ = b"\xfd7zXZ\x00"
    ZSTD = b"\x28\xb5\x2f\xfd"


class Decompressor(Protocol):
    """What all codecs answer to: the interface of :class:`bz2.BZ2Decompressor`."""

    @property
    def eof(self) -> bool:
        """Whether the end of one compressed stream was met."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing comes before more was put in."""

    @property
    def unused_data(self) -> bytes:
        """What came after the end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Put bytes in and take at most so many out."""


def detect(head: bytes) -> Compression:
    """Tell how content is compressed by its first bytes (six are enough); ``NONE`` when they mean nothing."""
    return next((kind for kind in Compression if kind.value and head.startswith(kind.value)), Compression.NONE)


def open_decompressed(content: BinaryIO, *, limit: int | None = None) -> Decompressed:
    """Return a stream of what ``content`` holds once decompressed; what is not compressed comes as it is.

    Nothing past ``limit`` bytes is given. Read to the end: checksums, and digests that ``content`` itself checks, show there.
    Closing the stream leaves ``content`` open. See :class:`Decompressed` for the errors.
    """
    return Decompressed(content, limit=limit)


class Decompressed(io.RawIOBase):
    """A stream being decompressed; :attr:`compression` says how it was compressed.

    ``read`` raises :class:`~regclient.errors.Corrupt` when the stream is damaged or ends early and
    :class:`~regclient.errors.SizeLimitExceeded` at the first byte past the limit; errors of the content itself pass through.
    """

    def __init__(self, content: BinaryIO, *, limit: int | None = None) -> None:
        super().__init__()
        self._content = content
        self._pending = _read_fully(content, _HEAD)
        self.compression = detect(self._pending)
        self._codec: Decompressor | None = None
        self._failure: type[Exception] = ValueError
        self._start()
        self._limit = limit
        self._given = 0

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer, as far as one step goes; 0 at the end only."""
        view = memoryview(buffer).cast("B")
        if not view:
            return 0
        data = self._plain(len(view)) if self._codec is None else self._inflated(len(view))
        self._given += len(data)
        if self._limit is not None and self._given > self._limit:
            raise SizeLimitExceeded(self._limit, "decompressed content")
        view[: len(data)] = data
        return len(data)

    def _plain(self, size: int) -> bytes:
        if not self._pending:
            return self._content.read(size)
        data, self._pending = self._pending[:size], self._pending[size:]
        return data

    def _inflated(self, size: int) -> bytes:
        while True:
            assert self._codec is not None
            if self._codec.eof and not self._next_member():
                return b""
            if self._codec.needs_input and not self._pending:
                self._pending = self._content.read(_CHUNK)
                if not self._pending:
                    raise Corrupt(f"{self.compression.name.lower()} content ends early")
            fed, self._pending = self._pending, b""
            data = self._decompress(fed, size)
            if data:
                return data

    def _next_member(self) -> bool:
        """Go on with what follows a compressed stream: another one, or zeros that pad it; False at the end."""
        assert self._codec is not None
        rest = self._codec.unused_data + self._pending
        while True:
            rest = rest.lstrip(b"\0")
            more = b"" if rest else self._content.read(_CHUNK)
            if not rest and not more:
                return False
            rest += more
            if rest.strip(b"\0"):
                break
        self._pending = rest.lstrip(b"\0")
        magic = self.compression.value
        # Zstandard has frames of other kinds to be skipped, which its decompressor knows.
        if self.compression is not Compression.ZSTD and not self._pending.startswith(magic[: len(self._pending)]):
            raise Corrupt(f"something else follows the {self.compression.name.lower()} content")
        self._start()
        return True

    def _decompress(self, data: bytes, size: int) -> bytes:
        assert self._codec is not None
        try:
            return self._codec.decompress(data, size)
        except (MemoryError, OSError, ValueError, EOFError, self._failure) as error:
            raise Corrupt(f"damaged {self.compression.name.lower()} content: {error}") from error

    def _start(self) -> None:
        if self.compression is not Compression.NONE:
            self._codec, self._failure = _CODECS[self.compression]()


def _read_fully(content: BinaryIO, size: int) -> bytes:
    held = content.read(size)
    while held and len(held) < size and (more := content.read(size - len(held))):
        held += more
    return held


Codec: TypeAlias = tuple[Decompressor, type[Exception]]


def _gzip() -> Codec:
    from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError  # noqa: PLC0415 - a door: codecs come when met

    # isal's type hints have the error as a value.
    return IgzipDecompressor(flag=DECOMP_GZIP), cast("type[Exception]", IsalError)


def _bzip2() -> Codec:
    from bz2 import BZ2Decompressor  # noqa: PLC0415 - a door, as above

    return BZ2Decompressor(), OSError


def _xz() -> Codec:
    from lzma import FORMAT_XZ, LZMADecompressor, LZMAError  # noqa: PLC0415 - a door, as above

    return LZMADecompressor(format=FORMAT_XZ, memlimit=_XZ_MEMORY), LZMAError


def _zstd() -> Codec:
    import sys  # noqa: PLC0415 - a door, as above

    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError  # noqa: PLC0415
    else:
        from backports.zstd import ZstdDecompressor, ZstdError  # noqa: PLC0415
    return ZstdDecompressor(), ZstdError


_CODECS: dict[Compression, Callable[[], Codec]] = {
    Compression.GZIP: _gzip,
    Compression.BZIP2: _bzip2,
    Compression.XZ: _xz,
    Compression.ZSTD: _zstd,
}
