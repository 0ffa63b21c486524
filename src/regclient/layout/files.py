"""Reading and writing the files of a layout without trusting them.

A layout may come from anybody: a name may be a pipe that never answers, a link that leads elsewhere, or a file without end.
Here is also the seam where errors of the operating system become errors of :mod:`regclient.errors`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from regclient.errors import SizeLimitExceeded, StorageFault

ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
"""What the system says when there is no file of that name."""

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn the system's errors inside the block into :class:`~regclient.errors.StorageFault`.

    ``path`` is what the error names when the system does not say.
    """
    try:
        yield
    except OSError as error:
        named = error.filename2 or error.filename
        raise StorageFault(named if isinstance(named, str) else path, error.strerror or str(error)) from error


def open_regular(path: Path) -> FileIO:
    """Open a file for reading, unbuffered, without ever waiting for one that is not a plain file.

    Raises:
        OSError: as the system says; IsADirectoryError for a directory.
    """
    descriptor = os.open(path, _FLAGS)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return FileIO(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "not a regular file", str(path))


def read_whole(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
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

    def __init__(self, file: FileIO, path: Path) -> None:
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
