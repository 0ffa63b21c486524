"""Locks between threads and processes that leave no file behind.

A lock is an advisory one (``flock``) on a directory that is there anyway. It belongs to one opening of the directory, so it
holds between the threads of a process too, and it ends with the process however that ends. Where the system cannot lock
directories (Windows, some network file systems) :attr:`Hold.effective` is False, and only the threads of this process exclude
each other.
See ``docs/decisions/0006-layout-locking.md``.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

if sys.platform != "win32":
    import fcntl

_TURNS: WeakValueDictionary[Path, threading.Lock] = WeakValueDictionary()
_TURNS_LOCK = threading.Lock()


class Hold:
    """A shared lock on a directory, held until :meth:`release` or until nothing refers to it any more.

    ``effective`` says whether the system could lock at all.

    Raises:
        FileNotFoundError, NotADirectoryError: there is no such directory.
    """

    def __init__(self, directory: Path) -> None:
        self._descriptor = -1
        self._descriptor = _open(directory)
        self.effective = _lock(self._descriptor, shared=True, wait=True)

    def make_exclusive(self) -> bool:
        """Try, without waiting, to be the only holder; when it fails the shared lock may be gone too: release it."""
        return self.effective and _lock(self._descriptor, shared=False, wait=False)

    def release(self) -> None:
        """End the lock; doing it twice does no harm."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        """End the lock of a holder that was forgotten."""
        self.release()


@contextmanager
def turn(directory: Path) -> Iterator[None]:
    """Have the directory for oneself while the block runs, waiting until others have left theirs.

    Raises:
        FileNotFoundError, NotADirectoryError: there is no such directory.
    """
    with _turn_of(directory):
        descriptor = _open(directory)
        try:
            _lock(descriptor, shared=False, wait=True)
            yield
        finally:
            if descriptor >= 0:
                os.close(descriptor)


def _turn_of(directory: Path) -> threading.Lock:
    """Return the lock that the threads of this process share for a directory, for systems that cannot lock it."""
    with _TURNS_LOCK:
        lock = _TURNS.get(directory)
        if lock is None:
            lock = _TURNS[directory] = threading.Lock()
        return lock


def _open(directory: Path) -> int:
    """Open a directory to lock it; -1 where that is not possible."""
    if sys.platform == "win32":
        return -1
    try:
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return -1


def _lock(descriptor: int, *, shared: bool, wait: bool) -> bool:
    """Lock; False when another holds it and we do not wait, or when this file system has no locks."""
    if sys.platform == "win32" or descriptor < 0:
        return False
    operation = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(descriptor, operation)
    except OSError:
        return False
    return True
