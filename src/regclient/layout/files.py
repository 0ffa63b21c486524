"""Reading and writing the files of a layout without trusting them.

A layout may come from anybody: a name may be a pipe that never answers, a link that leads elsewhere, or a file without end.
Here is also the seam where errors of the operating system become errors of :mod:`regclient.errors`.
"""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from pathlib import Path
from types import TracebackType

from regclient.errors import SizeLimitExceeded, StorageFault

ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
"""What the system says when there is no file of that name."""

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def faults(path: Path | str) -> _Faults:
    """Turn the system's errors inside the block into :class:`~regclient.errors.StorageFault`.

    ``path`` is what the error names when the system does not say.
    """
    return _Faults(path)


class _Faults:
    """The block of :func:`faults`; a class, for each blob enters a dozen of them, and a generator takes thrice as long."""

    __slots__ = ("_path",)

    def __init__(self, path: Path | str) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Turn the error, if it is one of the system's."""
        if isinstance(error, OSError):
            named = error.filename2 or error.filename
            raise StorageFault(named if isinstance(named, str) else self._path, error.strerror or str(error)) from error


def open_regular(path: Path | str) -> FileIO:
    """Open a file for reading, unbuffered, without ever waiting for one that is not a plain file.

    Raises:
        OSError: as the system says; IsADirectoryError for a directory.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        _check_regular(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return FileIO(descriptor, "rb")


def regular_size(path: Path | str) -> int:
    """Return how many bytes a file has, without opening it.

    Raises:
        OSError: as for :func:`open_regular`.
    """
    facts = os.stat(path)  # noqa: PTH116 - may be a text, see layout/blobs.py
    _check_regular(facts, path)
    return facts.st_size


def _check_regular(facts: os.stat_result, path: Path | str) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def read_whole(path: Path | str, limit: int) -> tuple[bytes, os.stat_result]:
    """Read a file of at most ``limit`` bytes; return its bytes and its facts.

    Raises:
        OSError: as the system says.
        SizeLimitExceeded: it is larger.
    """
    with open_regular(path) as file:
        facts = os.fstat(file.fileno())
        if facts.st_size > limit:
            raise SizeLimitExceeded(limit, str(path))
        pieces = []
        left = limit + 1  # the size is not believed: the file may grow meanwhile
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            pieces.append(piece)
            left -= len(piece)
    if left <= 0:
        raise SizeLimitExceeded(limit, str(path))
    return b"".join(pieces), facts


def is_own_directory(path: Path | str) -> bool:
    """Whether there is a directory of that name, and not a link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def check_inside(path: Path, root: Path) -> None:
    """Refuse to write to ``path`` when links on the way lead out of ``root``, which is a real path.

    Raises:
        StorageFault: they do.
    """
    real = Path(os.path.realpath(path))
    if real != root and root not in real.parents:
        raise StorageFault(path, f"a link leads out of the layout to {real}")


class SafeFile:
    """A file opened for reading whose failures are errors of ours, wherever they are read."""

    def __init__(self, file: FileIO, path: Path | str) -> None:
        self._file = file
        self._path = path

    def readinto(self, buffer: memoryview, /) -> int:
        """Read into ``buffer`` and return how many bytes; 0 at the end.

        Raises:
            StorageFault: the disk failed.
        """
        with faults(self._path):
            return self._file.readinto(buffer) or 0

    @property
    def file_number(self) -> int:
        """The number of the open file: who wants all of it can have the file itself."""
        return self._file.fileno()

    def seekable(self) -> bool:
        """Say yes: plain files are."""
        return True

    def seek(self, offset: int) -> int:
        """Go to a byte counted from the start."""
        return self._file.seek(offset)
