"""Tar streams: one made of a directory, and one read entry by entry in bounded memory.

Reading trusts nothing: headers that claim to be huge are refused before they are read, what does not lie ahead is not looked
for, and damage is an error where :mod:`tarfile` alone would take it for the end. Extracting is in ``extract.py``.
"""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from regclient.errors import Corrupt, SizeLimitExceeded, StorageFault, Unsupported

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 256 << 10
_HEADER_LIMIT = 1 << 20
_KINDS = {
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFREG: tarfile.REGTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
}


class Sink(Protocol):
    """Where a tar goes: a file, a :class:`~regclient.kit.compression.GzipWriter`, a hash."""

    def write(self, data: bytes, /) -> object:
        """Take all of ``data``."""


@dataclass(frozen=True, slots=True)
class TarEntry:
    """One entry of a tar being read: its header, and its bytes, which are there until the next entry is asked for.

    Entries that are no regular files have no bytes. A sparse file gives its holes as zeros.
    """

    header: tarfile.TarInfo
    content: BinaryIO


def scan_tar(content: BinaryIO) -> Iterator[TarEntry]:
    """Yield the entries of a tar that is not compressed, in order, and then read ``content`` to its end.

    Entries may be left unread. Nothing is kept of those that have passed, so a million of them cost no memory.

    Raises:
        Corrupt: it is no tar, it ends early, or a header is damaged.
        SizeLimitExceeded: an entry's extended header is larger than any honest one.
    """
    source = _Forward(content)
    tar = _opened(source)
    while tar is not None:
        with _damage():
            header = tar.next()
        if header is None:
            break
        _forget(tar)
        if header.size < 0:
            raise Corrupt(f"tar entry {header.name!r} has a negative size")
        yield TarEntry(header, cast("BinaryIO", _Content(tar, header)))
    if source.last.strip(b"\0"):
        raise Corrupt(f"damaged tar header before byte {source.tell()}")
    while content.read(CHUNK):
        pass


def pack_directory(root: Path, out: Sink) -> None:
    """Write a tar of everything below ``root``, by name within each directory, names relative and with slashes.

    Modes, owners and link targets are kept, times to the second. Files with several names are stored once for each.

    Raises:
        StorageFault: something cannot be read, or changes while it is.
        Unsupported: there is a socket.
    """
    sink = cast("BinaryIO", out)
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT, encoding="utf-8", errors="surrogateescape") as tar:
        for path in _walk(root):
            _pack(tar, path, path.relative_to(root).as_posix())
            _forget(tar)


def _walk(directory: Path) -> Iterator[Path]:
    try:
        names = sorted((entry.name for entry in directory.iterdir()), key=os.fsencode)
    except OSError as error:
        raise StorageFault(directory, error.strerror or str(error)) from error
    for name in names:
        path = directory / name
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _pack(tar: tarfile.TarFile, path: Path, name: str) -> None:
    try:
        header = _header_of(path, name)
        if not header.isreg():
            tar.addfile(header)
            return
        with path.open("rb") as file:
            tar.addfile(header, file)
    except OSError as error:
        raise StorageFault(path, error.strerror or str(error)) from error


def _header_of(path: Path, name: str) -> tarfile.TarInfo:
    facts = path.lstat()
    header = tarfile.TarInfo(name)
    kind = _KINDS.get(stat.S_IFMT(facts.st_mode))
    if kind is None:
        raise Unsupported(f"{path} is a socket, which no tar can hold")
    header.type = kind
    header.mode = stat.S_IMODE(facts.st_mode)
    header.uid, header.gid = facts.st_uid, facts.st_gid
    header.uname, header.gname = _user(facts.st_uid), _group(facts.st_gid)
    header.mtime = int(facts.st_mtime)
    if header.isreg():
        header.size = facts.st_size
    elif header.issym():
        header.linkname = str(path.readlink())
    elif header.isdev() and not header.isfifo():
        header.devmajor, header.devminor = os.major(facts.st_rdev), os.minor(facts.st_rdev)
    return header


@lru_cache(maxsize=64)
def _user(number: int) -> str:
    try:
        from pwd import getpwuid  # noqa: PLC0415 - a door: not on every system

        return getpwuid(number).pw_name
    except (ImportError, KeyError):
        return ""


@lru_cache(maxsize=64)
def _group(number: int) -> str:
    try:
        from grp import getgrgid  # noqa: PLC0415 - a door: not on every system

        return getgrgid(number).gr_name
    except (ImportError, KeyError):
        return ""


def _opened(source: _Forward) -> tarfile.TarFile | None:
    """Read the first header; None when there is not a single byte, which other tools take for an empty tar."""
    with _damage():
        try:
            return tarfile.open(fileobj=cast("BinaryIO", source), mode="r:", encoding="utf-8", errors="surrogateescape")
        except tarfile.ReadError:
            if source.tell():
                raise
            return None


def _forget(tar: tarfile.TarFile) -> None:
    """Drop the headers that have passed, which :mod:`tarfile` would keep for as long as it is open."""
    tar.members.clear()  # type: ignore[attr-defined]


class _Forward:
    """A stream as :mod:`tarfile` wants it, which only ever goes forward and reads no more than a header or a chunk at once."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._position = 0
        self.last = b""

    def tell(self) -> int:
        return self._position

    def read(self, size: int) -> bytes:
        if size > _HEADER_LIMIT:
            raise SizeLimitExceeded(_HEADER_LIMIT, "the header of a tar entry")
        data = self._content.read(size)
        if 0 < len(data) < size:
            data = self._filled(data, size)
        self._position += len(data)
        self.last = data
        return data

    def seek(self, offset: int) -> int:
        if offset < self._position:
            raise tarfile.ReadError("an entry lies before its header")
        while self._position < offset:
            passed = len(self._content.read(min(CHUNK, offset - self._position)))
            if not passed:
                break
            self._position += passed
        return self._position

    def _filled(self, data: bytes, size: int) -> bytes:
        held = bytearray(data)
        while len(held) < size and (more := self._content.read(size - len(held))):
            held += more
        return bytes(held)


class _Content(io.RawIOBase):
    """The bytes of one entry."""

    def __init__(self, tar: tarfile.TarFile, header: tarfile.TarInfo) -> None:
        super().__init__()
        # Asked for a link, tarfile would look for what it points at.
        self._file = tar.extractfile(header) if header.isreg() else None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._file is None:
            return 0
        view = memoryview(buffer).cast("B")[:CHUNK]
        with _damage():
            data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)


@contextmanager
def _damage() -> Iterator[None]:
    """Tell of damage in our words; failures of the content itself pass."""
    try:
        yield
    except (tarfile.TarError, ValueError, LookupError, OverflowError, RecursionError) as error:
        raise Corrupt(f"damaged tar: {str(error) or type(error).__name__}") from error
