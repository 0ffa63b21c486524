"""A directory as a tar, the same bytes whenever the directory is the same.

Tars are read in ``tarscan.py`` and unpacked in ``extract.py``.
"""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from regclient.errors import StorageFault, Unsupported

_KINDS = {
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFREG: tarfile.REGTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
}


class Sink(Protocol):
    """Where a tar goes: a file, a :class:`~regclient.kit.compressors.GzipWriter`, a hash."""

    def write(self, data: bytes, /) -> object:
        """Take all of ``data``."""


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


def _forget(tar: tarfile.TarFile) -> None:
    """Drop the headers that have passed, which :mod:`tarfile` would keep for as long as it is open."""
    tar.members.clear()  # type: ignore[attr-defined]
