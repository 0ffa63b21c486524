"""What an archive holds: a table of its entries, and their bytes on demand, from many threads.

The tar is scanned once and its contents stay where they are; one that is compressed or comes through a pipe is first put into a
temporary file, for entries are needed in another order than they come in. Links between entries are followed, inside it only.
"""

from __future__ import annotations

import io
import posixpath
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from regclient.errors import Corrupt, FileNotFound, SizeLimitExceeded, StorageFault, shown
from regclient.kit import tarheader
from regclient.kit.compression import Compression, detect, open_decompressed
from regclient.kit.tarheader import TarHeader
from regclient.kit.tarscan import expand, scan
from regclient.ops.archive.rewindable import Rewindable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_ENTRIES = 200_000
"""Files and links in an archive; honest ones have hundreds. The table of them is what importing keeps in memory."""
MAX_LINKS = 40
SINGLE = frozenset({"oci-layout", "index.json", "manifest.json"})
"""Documents that say what the archive is: two of a name would mean two things, depending on who reads them."""
_CHUNK = 1 << 20
_MAGIC = 6


class Contents:
    """The entries of one tar, by their names without ``./``. A file that comes twice is the later one, as when unpacked."""

    def __init__(self, content: BinaryIO, where: str, check: Callable[[], None], *, most: int = MAX_ENTRIES) -> None:
        self.where = where
        self._most = most
        self._content = content
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[TarHeader, int]] = {}
        for entry in scan(content, seek=True):
            check()
            if entry.header.is_file or entry.header.is_link:
                self._add(entry.header, entry.offset)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a file, by way of links or not.

        Raises:
            Corrupt: links lead in a circle or out of the archive.
        """
        return self._found(name) is not None

    def size(self, name: str) -> int:
        """Return the length of a file.

        Raises:
            FileNotFound: it is not there.
        """
        return self._entry(name)[0].size

    def open(self, name: str) -> io.RawIOBase:
        """Open a file; it is ``seekable()`` back to 0, and many may be open at once.

        Raises:
            FileNotFound: it is not there.
        """
        header, offset = self._entry(name)
        return _Entry(self, header, offset)

    def read(self, name: str, limit: int) -> bytes:
        """Return a small file.

        Raises:
            FileNotFound: it is not there.
            SizeLimitExceeded: it is larger than ``limit``.
        """
        if self.size(name) > limit:
            raise SizeLimitExceeded(limit, f"{name} in {self.where}")
        return self.open(name).read() or b""

    def read_at(self, offset: int, view: memoryview) -> int:
        """Read some bytes of the tar into a buffer, whoever else reads.

        Raises:
            StorageFault: the file cannot be read.
        """
        with self._lock:
            try:
                self._content.seek(offset)
                data = self._content.read(len(view))
            except OSError as error:
                raise StorageFault(self.where, error.strerror or str(error)) from error
        view[: len(data)] = data
        return len(data)

    def _add(self, header: TarHeader, offset: int) -> None:
        name = _clean(header.name)
        if name in SINGLE and name in self._entries:
            raise Corrupt(f"{self.where} has two entries called {name}")
        if len(self._entries) >= self._most:
            raise Corrupt(f"{self.where} has more than {self._most} files, no image has")
        if name:
            # Only what is needed later is kept, for there may be many.
            kept = TarHeader(name, header.kind, header.size, header.stored, link=header.link, chunks=header.chunks)
            self._entries[name] = kept, offset

    def _entry(self, name: str) -> tuple[TarHeader, int]:
        found = self._found(name)
        if found is None:
            raise FileNotFound(shown(name), self.where)
        return found

    def _found(self, name: str) -> tuple[TarHeader, int] | None:
        path = _clean(name)
        for _ in range(MAX_LINKS):
            found = self._entries.get(path)
            if found is None or not found[0].is_link:
                return found
            path = _target(found[0])
        raise Corrupt(f"the links of {shown(name)} in {self.where} lead in a circle")


@contextmanager
def open_contents(content: BinaryIO, where: str, *, limit: int, check: Callable[[], None]) -> Iterator[Contents]:
    """Open an archive, compressed or not; ``limit`` bounds what is written to the disk of one that cannot be read as it lies.

    Raises:
        Corrupt: it is no tar, or damaged.
        SizeLimitExceeded: unpacked it is larger than ``limit``.
        StorageFault: it cannot be read, or there is no room to unpack it.
    """
    if not _needs_room(content, where):
        yield Contents(content, where, check)
        return
    import tempfile  # noqa: PLC0415 - a door: few archives are compressed, and it is slow to import

    with tempfile.TemporaryFile(prefix="regclient-") as file:
        _unpack(content, file, limit, check)
        yield Contents(cast("BinaryIO", file), where, check)


def _needs_room(content: BinaryIO, where: str) -> bool:
    """Whether entries cannot be read where they lie: the archive is compressed, or comes through a pipe."""
    try:
        if not content.seekable():
            return True
        content.seek(0)
        compression = detect(content.read(_MAGIC))
        content.seek(0)
    except OSError as error:
        raise StorageFault(where, error.strerror or str(error)) from error
    return compression is not Compression.NONE


def _unpack(content: BinaryIO, file: io.BufferedRandom, limit: int, check: Callable[[], None]) -> None:
    """Write what a compressed file holds; zeros, of which layers are full, become holes that take no room."""
    size = 0
    try:
        with open_decompressed(content, limit=limit) as source:
            buffer = memoryview(bytearray(_CHUNK))
            while count := source.readinto(buffer):
                check()
                size += count
                data = buffer[:count].tobytes()
                if data.count(0) == count:
                    file.seek(count, io.SEEK_CUR)
                else:
                    file.write(data)
        file.truncate(size)
        file.seek(0)
    except OSError as error:
        raise StorageFault(error.filename or "temporary file", error.strerror or str(error)) from error


class _Entry(Rewindable):
    """The bytes of one entry, with a position of its own."""

    what = "an archive's entry"

    def __init__(self, contents: Contents, header: TarHeader, offset: int) -> None:
        super().__init__()
        self._contents = contents
        self._header = header
        self._offset = offset
        self._position = 0
        self._source = self._started()

    def restart(self) -> None:
        """Begin again at the start of the entry."""
        self._position, self._source = 0, self._started()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        count = self._source.readinto(memoryview(buffer).cast("B")) or 0
        self._position += count
        return count

    def _started(self) -> io.RawIOBase:
        stored = _Stored(self._contents, self._offset, self._header.stored)
        return cast("io.RawIOBase", expand(stored, self._header))


class _Stored(io.RawIOBase):
    """The stored bytes of one entry."""

    def __init__(self, contents: Contents, offset: int, size: int) -> None:
        super().__init__()
        self._contents = contents
        self._next = offset
        self._end = offset + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")[: min(_CHUNK, max(0, self._end - self._next))]
        if not view:
            return 0
        count = self._contents.read_at(self._next, view)
        if not count:
            raise Corrupt(f"{self._contents.where} ends early")
        self._next += count
        return count


def _clean(name: str) -> str:
    return posixpath.normpath(f"/{name}").lstrip("/")


def _target(link: TarHeader) -> str:
    """Return the name that a link leads to; symbolic ones from the directory they are in, hard ones from the top.

    Raises:
        Corrupt: that is outside the archive.
    """
    path = link.link if link.kind == tarheader.HARD_LINK else posixpath.join(posixpath.dirname(link.name), link.link)
    plain = posixpath.normpath(path)
    if plain.startswith(("/", "../")) or plain == "..":
        raise Corrupt(f"the link {shown(link.name)} leads out of the archive")
    return plain
