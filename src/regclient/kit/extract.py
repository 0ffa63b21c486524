"""Tars onto a disk, without trust in the tar.

Nothing is written, made or linked outside the target, whatever names, links and orders an archive comes up with; what no
archive of data has a use for (devices, pipes) is refused. Files appear under their names when they are whole.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from regclient.errors import Corrupt, SizeLimitExceeded, StorageFault, shown
from regclient.kit.atomicfile import TEMPORARY, AtomicFile, Writing
from regclient.kit.tarheader import BLOCK, HARD_LINK, SYMLINK, TarHeader
from regclient.kit.tarscan import Scanned, scan

if TYPE_CHECKING:
    from collections.abc import Callable
CHUNK = 1 << 20
_QUICK = Writing(sync=False)
# Times that every file system can hold.
_LAST_TIME = 1 << 33


def extract_tar(content: BinaryIO, directory: Path, *, limit: int | None = None) -> int:
    """Write the entries of a tar that is not compressed below ``directory``, which must exist; return how many there were.

    Files, directories and links that stay inside are made, with their permissions (less the umask) and times; owners are not
    kept. Missing parents are made, files that are there are replaced, names that start at the root start at ``directory``.
    ``limit`` bounds the bytes written, each entry counted as one block at least.

    Raises:
        Corrupt: the tar is damaged, or an entry would leave the directory or is neither file, directory nor link.
        SizeLimitExceeded: there is more than ``limit`` allows; what came before is there.
        StorageFault: the file system refuses.
    """
    target = _Target(directory, limit)
    count = 0
    for entry in scan(content):
        count += 1
        try:
            target.add(entry)
        except OSError as error:
            raise StorageFault(error.filename or directory, error.strerror or str(error)) from error
    # Checksums and digests of the content show at its end, which lies behind that of the tar.
    while content.read(CHUNK):
        pass
    return count


def parts_of(name: str) -> tuple[str, ...]:
    """Split the name of an entry into names of directories and, last, its own; the directory itself has none.

    Upward steps are taken on the text, so none is left, and a name that starts at the root starts at the directory.

    Raises:
        Corrupt: it leads out of the directory, or cannot be a name.
    """
    parts: list[str] = []
    for part in name.split("/"):
        if (part == ".." and not parts) or "\0" in part:
            raise Corrupt(f"the name {shown(name)} leads out of the directory")
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return tuple(parts)


def place_in(directory: Path, parts: tuple[str, ...]) -> Path:
    """Return the directory that ``parts`` lead to below ``directory``, making what is missing.

    Raises:
        Corrupt: a link on the way leads out, or a file is in the way.
        StorageFault: the file system refuses.
    """
    if not parts:
        return directory
    try:
        return _Target(directory, None).enter(parts)
    except OSError as error:
        raise StorageFault(error.filename or directory, error.strerror or str(error)) from error


class _Target:
    """A directory being filled."""

    def __init__(self, directory: Path, limit: int | None) -> None:
        self._root = Path(os.path.realpath(directory))
        self._limit = limit
        self._used = 0

    def add(self, entry: Scanned) -> None:
        header = entry.header
        self._charge(header)
        parts = parts_of(header.name)
        if header.is_directory:
            self.enter(parts, header.mode & 0o777 | stat.S_IRWXU)
            return
        if not parts:
            raise Corrupt(f"the name {shown(header.name)} is that of the directory itself")
        path = self.enter(parts[:-1]) / parts[-1]
        if header.is_file:
            self._write(path, entry)
        elif header.kind == SYMLINK:
            self._link(path, header)
        elif header.kind == HARD_LINK:
            self._hard_link(path, header)
        else:
            raise Corrupt(f"{shown(header.name)} is a device or a pipe, which nobody should unpack")

    def _charge(self, header: TarHeader) -> None:
        self._used += max(header.size, BLOCK)
        if self._limit is not None and self._used > self._limit:
            raise SizeLimitExceeded(self._limit, "what an archive unpacks to")

    def enter(self, parts: tuple[str, ...], mode: int = 0o777) -> Path:
        """Return the directory ``parts`` lead to, making what is missing; links on the way must stay inside."""
        path = self._root
        for position, part in enumerate(parts):
            path = path / part
            kind = _kind_of(path) or _made(path, mode if position == len(parts) - 1 else 0o777)
            if kind == stat.S_IFLNK:
                path = Path(os.path.realpath(path))
                self._check_inside(path, "/".join(parts))
            if kind != stat.S_IFDIR and not path.is_dir():
                raise Corrupt(f"{shown('/'.join(parts))}: {shown(part)} is not a directory")
        return path

    def _write(self, path: Path, entry: Scanned) -> None:
        header = entry.header
        with AtomicFile(path.parent, mode=header.mode & 0o777, writing=_QUICK) as file:
            while data := entry.content.read(CHUNK):
                file.write(data)
            if 0 <= header.mtime < _LAST_TIME:
                os.utime(file.path, (header.mtime, header.mtime))
            file.commit(path)

    def _link(self, path: Path, header: TarHeader) -> None:
        """Make a symbolic link; upward steps may only come first, for after a name they may turn at another link."""
        steps = [step for step in header.link.split("/") if step not in {"", "."}]
        above = next((position for position, step in enumerate(steps) if step != ".."), len(steps))
        if header.link.startswith("/") or not header.link or ".." in steps[above:] or "\0" in header.link:
            raise Corrupt(f"the link {shown(header.name)} to {shown(header.link)} may leave the directory")
        base = path.parent
        for _ in range(above):
            base = base.parent
        self._check_inside(base, header.name)
        _renamed(path, lambda temporary: temporary.symlink_to(header.link))

    def _hard_link(self, path: Path, header: TarHeader) -> None:
        parts = parts_of(header.link)
        source = self.enter(parts[:-1]) / parts[-1] if parts else self._root
        try:
            is_file = stat.S_ISREG(source.lstat().st_mode)
        except FileNotFoundError:
            is_file = False
        if not is_file:
            raise Corrupt(f"the link {shown(header.name)} to {shown(header.link)} leads to no file of the archive")
        # Renaming one name of a file to another of its names does nothing.
        if not os.path.lexists(path) or not os.path.samestat(path.lstat(), source.lstat()):
            _renamed(path, lambda temporary: os.link(source, temporary, follow_symlinks=False))

    def _check_inside(self, path: Path, name: str) -> None:
        if not path.is_relative_to(self._root):
            raise Corrupt(f"{shown(name)} leads out of the directory through a link")


def _kind_of(path: Path) -> int:
    """What a name stands for, links not followed; 0 for nothing."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except FileNotFoundError:
        return 0


def _made(path: Path, mode: int) -> int:
    """Make a directory and say what is there now: it, or what somebody else made first, as layers saved at once do."""
    with suppress(FileExistsError):
        path.mkdir(mode)
    return _kind_of(path)


def _renamed(path: Path, make: Callable[[Path], object]) -> None:
    temporary = path.parent / f"{os.urandom(8).hex()}{TEMPORARY}"
    make(temporary)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
