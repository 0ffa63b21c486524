"""A directory as a tar, the same bytes whenever the directory is the same.

Headers are those of Go's ``archive/tar`` (``tarencode.py``). Tars are read in ``tarscan.py`` and unpacked in ``extract.py``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from regclient.errors import StorageFault, Unsupported
from regclient.kit.tarencode import encoded
from regclient.kit.tarentry import PAX, TarEntry, padded
from regclient.kit.tarheader import BLOCK

_KINDS = {
    stat.S_IFDIR: ord("5"),
    stat.S_IFREG: ord("0"),
    stat.S_IFLNK: ord("2"),
    stat.S_IFIFO: ord("6"),
    stat.S_IFCHR: ord("3"),
    stat.S_IFBLK: ord("4"),
}
_DEVICES = frozenset(b"34")
_CHUNK = 1 << 20


class Sink(Protocol):
    """Where a tar goes: a file, a :class:`~regclient.kit.compressors.GzipWriter`, a hash."""

    def write(self, data: bytes, /) -> object:
        """Take all of ``data``."""


def _go_on() -> None:
    """Check nothing."""


def pack_directory(root: Path, out: Sink, check: Callable[[], None] = _go_on) -> None:
    """Write a tar of everything below ``root``, by name within each directory, names relative and with slashes.

    Modes, owners and link targets are kept, times to the second. Files with several names are stored once for each. ``check``
    is called at every step and raises when the work should end.

    Raises:
        StorageFault: something cannot be read, or changes while it is.
        Unsupported: there is a socket.
    """
    for path in _walk(root):
        check()
        _pack(path, path.relative_to(root), out, check)
    out.write(bytes(2 * BLOCK))


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


def _pack(path: Path, name: Path, out: Sink, check: Callable[[], None]) -> None:
    try:
        entry = _entry_of(path, os.fsencode(name.as_posix()))
        if not entry.is_file:
            out.write(encoded(entry))
            return
        with path.open("rb") as file:
            out.write(encoded(entry))
            left = entry.size
            while left and (data := file.read(min(_CHUNK, left))):
                check()
                out.write(data)
                left -= len(data)
    except OSError as error:
        raise StorageFault(path, error.strerror or str(error)) from error
    if left:
        raise StorageFault(path, "it became shorter while it was read")
    out.write(bytes(padded(entry.size) - entry.size))


def _entry_of(path: Path, name: bytes) -> TarEntry:
    facts = path.lstat()
    kind = _KINDS.get(stat.S_IFMT(facts.st_mode))
    if kind is None:
        raise Unsupported(f"{path} is a socket, which no tar can hold")
    entry = TarEntry(
        b"",
        kind=kind,
        name=name,
        size=facts.st_size if stat.S_ISREG(facts.st_mode) else 0,
        mode=stat.S_IMODE(facts.st_mode),
        uid=facts.st_uid,
        gid=facts.st_gid,
        user=os.fsencode(_user(facts.st_uid)),
        group=os.fsencode(_group(facts.st_gid)),
        mtime=(facts.st_mtime_ns // 1_000_000_000, 0),
        form=PAX,
    )
    if stat.S_ISLNK(facts.st_mode):
        entry.link = os.fsencode(path.readlink())
    if kind in _DEVICES:
        entry.major, entry.minor = os.major(facts.st_rdev), os.minor(facts.st_rdev)
    return entry


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
