"""Having files on the disk, many at once: what a power cut cannot take back.

One file after the other, each waits for the disk by itself; where the system can be asked to write everything of one file
system at once, many files take as long as one.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection
from pathlib import Path

from regclient.kit.atomicfile import DURABLE, Writing

FEW = 8
"""Files up to which each is written by itself: the whole file system may hold much that is not ours and waits to be written."""

_FILE = (os.O_RDWR if sys.platform == "win32" else os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


def flush(files: Collection[Path], root: Path, writing: Writing = DURABLE, *, whole: bool = False) -> None:
    """Have these files, which are below ``root``, and their names on the disk when this returns; missing ones do not matter.

    With ``whole``, everything below ``root``.

    Raises:
        OSError: the disk failed; nobody knows what is there.
    """
    if whole or len(files) > FEW:
        writing.step("syncfs", root)
        if _flush_file_system(root):
            return
    if whole:
        files = {path for path in root.rglob("*") if path.is_file()}
    for path in sorted(files):
        writing.step("sync", path)
        _flush(path, _FILE)
    for directory in sorted({parent for path in files for parent in path.parents if parent == root or root in parent.parents}):
        flush_directory(directory, writing)


def flush_directory(directory: Path, writing: Writing = DURABLE) -> None:
    """Have the names in a directory on the disk when this returns, where the system can do that."""
    if sys.platform != "win32":
        writing.step("sync", directory)
        _flush(directory, os.O_RDONLY | os.O_CLOEXEC)


def _flush(path: Path, flags: int) -> None:
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # of what cannot be synced: some file systems, and directories on them
            raise
    finally:
        os.close(descriptor)


def _flush_file_system(directory: Path) -> bool:
    """Write everything of the file system of a directory; False where that cannot be asked for."""
    import ctypes  # noqa: PLC0415 - a door: few commands write many files

    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if sys.platform != "win32" else None
    if call is None:
        return False
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if call(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(directory))
    finally:
        os.close(descriptor)
    return True
