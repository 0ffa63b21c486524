"""A scanner of tars: one pass, entry by entry, in constant memory and linear time, over streams and over files.

:mod:`tarfile` remembers every entry and wants to seek; this keeps nothing, skips by seeking only where told it may, and tells
where the bytes of an entry lie, so that they can be read later and from several threads. The headers are read in
``tarheader.py``.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from regclient.errors import Corrupt, SizeLimitExceeded, shown
from regclient.kit import tarheader
from regclient.kit.tarheader import BLOCK, TarHeader

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_EXTENSION = 1 << 20
"""The largest extended header; honest ones hold a name and some attributes."""
NO_TIME = -62_135_596_800
"""The first second of the year 1, which is Go's time of what has none."""
_CHUNK = 1 << 20
_EMPTY = bytes(BLOCK)
_EXTENSIONS = frozenset({tarheader.LONG_NAME, tarheader.LONG_LINK, tarheader.PAX, tarheader.PAX_GLOBAL})


class Scanned(NamedTuple):
    """An entry of a tar: its header, where its stored bytes start, and the bytes, there until the next entry is asked for.

    What is no regular file has no bytes. The holes of a sparse file are zeros.
    """

    header: TarHeader
    offset: int
    content: BinaryIO


def scan(content: BinaryIO, *, seek: bool = False, shared: bool = False) -> Iterator[Scanned]:
    """Yield the entries of a tar that is not compressed, from where ``content`` stands to the end mark of the tar.

    ``seek`` says that ``content`` is a file that may be skipped through; otherwise it is only ever read forward. An empty
    stream is an empty tar. Global headers change no entry, as in Go's reader, which engines unpack layers with: what is shown
    of a layer is what a container gets. ``shared`` yields them as entries of kind ``g``.

    Raises:
        Corrupt: it is no tar, it ends early, or a header is damaged.
        SizeLimitExceeded: an extended header is larger than :data:`MAX_EXTENSION`.
    """
    return _Scan(content, seek=seek, shared=shared).entries()


class _Scan:
    """The state of one pass."""

    def __init__(self, content: BinaryIO, *, seek: bool, shared: bool) -> None:
        self._content = content
        self._seek = seek
        self._yields_shared = shared
        self.position = content.tell() if seek else 0
        self._end = _length_of(content) if seek else None

    def entries(self) -> Iterator[Scanned]:
        while (block := self._header()) is not None:
            found = self._extended(block)
            if found is None:
                break
            offset = self.position
            self._check_end(offset + found.stored, found)
            yield Scanned(found, offset, expand(_Stored(self, offset, found.stored), found))
            self.skip_to(offset + _padded(found.stored))

    def read(self, size: int) -> bytes:
        """Read all of ``size`` bytes.

        Raises:
            Corrupt: the content ends before.
        """
        data = self._some(size)
        if len(data) < size:
            raise Corrupt(f"damaged tar: it ends at byte {self.position}, inside an entry")
        return data

    def fill(self, view: memoryview) -> int:
        """Read some bytes into a buffer."""
        data = self._content.read(len(view))
        self.position += len(data)
        view[: len(data)] = data
        return len(data)

    def skip_to(self, offset: int) -> None:
        """Go forward; the padding of the last entry may be missing, as Go's and other readers allow."""
        if self._seek and offset > self.position:
            self._content.seek(offset)
            self.position = offset
        while self.position < offset and (data := self._content.read(min(_CHUNK, offset - self.position))):
            self.position += len(data)
        if self._end is None and self.position < offset and offset - self.position >= BLOCK:
            raise Corrupt(f"damaged tar: it ends at byte {self.position}, inside an entry")

    def _check_end(self, offset: int, header: TarHeader) -> None:
        if self._end is not None and offset > self._end:
            raise Corrupt(f"damaged tar: entry {shown(header.name)} ends at byte {offset}, the file at {self._end}")

    def _some(self, size: int) -> bytes:
        data = self._content.read(size)
        while data and len(data) < size and (more := self._content.read(size - len(data))):
            data += more
        self.position += len(data)
        return data

    def _header(self) -> bytes | None:
        block = self._some(BLOCK)
        if not block or block == _EMPTY:
            return None
        if len(block) < BLOCK:
            raise Corrupt(f"damaged tar: it ends at byte {self.position}, inside a header")
        return block

    def _extended(self, block: bytes | None) -> TarHeader | None:
        """Return the header of an entry, what precedes it taken in; None when the tar ends instead.

        Of extensions of one kind the last one counts, and a global header ends what stood before it, as in Go's reader.
        """
        records: dict[str, str] = {}
        names: dict[str, str] = {}
        while block is not None:
            header = tarheader.parse_header(block)
            if header.kind not in _EXTENSIONS:
                return self._complete(block, tarheader.extended(header, records, names))
            data = self._extension(header)
            if header.kind == tarheader.PAX_GLOBAL:
                if self._yields_shared:
                    return _shared_entry(header, tarheader.parse_records(data))
                tarheader.parse_records(data)
                records, names = {}, {}
            elif header.kind == tarheader.PAX:
                records = tarheader.parse_records(data)
            else:
                text = data.partition(b"\0")[0].decode("utf-8", "surrogateescape")
                names["path" if header.kind == tarheader.LONG_NAME else "linkpath"] = text
            block = self._header()
        if records or names:
            raise Corrupt("damaged tar: it ends after an extended header")
        return None

    def _extension(self, header: TarHeader) -> bytes:
        if header.stored > MAX_EXTENSION:
            raise SizeLimitExceeded(MAX_EXTENSION, "the extended header of a tar entry")
        data = self.read(header.stored)
        self.skip_to(self.position + _padded(header.stored) - header.stored)
        return data

    def _complete(self, block: bytes, header: TarHeader) -> TarHeader:
        """Read what a sparse file's header leaves to the blocks after it."""
        if header.kind == tarheader.SPARSE:
            return self._old_sparse(block, header)
        records = header.records
        version = tarheader.sparse_version(records)
        if not version:
            return header
        header = header._replace(name=records.get("GNU.sparse.name") or header.name)
        if version == "1.0":
            return self._new_sparse(header)
        numbers = tarheader.numbers_of(part for part in records.get("GNU.sparse.map", "").split(",") if part)
        size = records.get("GNU.sparse.size") or records.get("GNU.sparse.realsize") or "0"
        return tarheader.sparse(header, numbers, tarheader.numbers_of([size])[0], header.stored)

    def _old_sparse(self, block: bytes, header: TarHeader) -> TarHeader:
        size = tarheader.old_sparse_size(block)
        numbers, more = tarheader.old_sparse(block, first=True)
        read = 0
        while more:
            read += BLOCK
            if read > MAX_EXTENSION:
                raise SizeLimitExceeded(MAX_EXTENSION, "the map of a sparse tar entry")
            found, more = tarheader.old_sparse(self.read(BLOCK), first=False)
            numbers += found
        return tarheader.sparse(header, numbers, size, header.stored)

    def _new_sparse(self, header: TarHeader) -> TarHeader:
        """GNU's last sparse format keeps the map in front of the bytes: a count, then the numbers, a line each."""
        lines: list[bytes] = []
        rest, read, wanted = b"", 0, 1
        while len(lines) < wanted:
            if read >= min(header.stored, MAX_EXTENSION):
                raise Corrupt(f"damaged tar: the map of the sparse entry {shown(header.name)}")
            *found, rest = (rest + self.read(BLOCK)).split(b"\n")
            lines += found
            read += BLOCK
            if lines:
                wanted = 1 + 2 * max(0, *tarheader.numbers_of(lines[:1]))
        numbers = tarheader.numbers_of(lines[1:wanted])
        (size,) = tarheader.numbers_of([header.records.get("GNU.sparse.realsize") or "0"])
        return tarheader.sparse(header, numbers, size, header.stored - read)


def _shared_entry(header: TarHeader, records: Mapping[str, str]) -> TarHeader:
    """Return a global header as the entry that Go's reader gives: a name and the records, the time none."""
    return TarHeader(records.get("path") or header.name, header.kind, mtime=NO_TIME, format="pax", records=records)


def expand(stored: io.RawIOBase, header: TarHeader) -> BinaryIO:
    """Return the bytes of a file, given those that are stored of it: the holes of a sparse one are zeros."""
    raw = stored if header.chunks is None else _Sparse(stored, header)
    return cast("BinaryIO", raw)


class _Stored(io.RawIOBase):
    """The stored bytes of the entry the scan stands at."""

    def __init__(self, scan: _Scan, offset: int, size: int) -> None:
        super().__init__()
        self._scan = scan
        self._next = offset
        self._end = offset + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        size = min(len(view), self._end - self._next)
        if size <= 0:
            return 0
        if self._scan.position != self._next:
            raise Corrupt("the entry of a tar was read after the next one was asked for")
        count = self._scan.fill(view[:size])
        if not count:
            raise Corrupt(f"damaged tar: it ends at byte {self._next}, inside an entry")
        self._next += count
        return count


class _Sparse(io.RawIOBase):
    """A sparse file: pieces that are stored, with zeros between them."""

    def __init__(self, stored: io.RawIOBase, header: TarHeader) -> None:
        super().__init__()
        self._stored = stored
        self._pieces = iter(header.chunks or ())
        self._size = header.size
        self._position = 0
        self._start, self._length = next(self._pieces, (self._size, 0))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")[:_CHUNK]
        while self._position < self._size and self._position >= self._start + self._length:
            self._start, self._length = next(self._pieces, (self._size, 0))
        if self._position >= self._size or not view:
            return 0
        if self._position < self._start:
            count = min(len(view), self._start - self._position)
            view[:count] = bytes(count)
        else:
            count = self._stored.readinto(view[: self._start + self._length - self._position]) or 0
            if not count:
                raise Corrupt("damaged tar: a sparse entry ends early")
        self._position += count
        return count


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _length_of(content: BinaryIO) -> int:
    position = content.tell()
    end = content.seek(0, os.SEEK_END)
    content.seek(position)
    return end
