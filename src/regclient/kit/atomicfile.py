"""Files that are whole or not there.

Everything is written to a temporary file in the directory of its final place and renamed when complete, so a reader, or the
next start after a crash, never meets half a file. Every change to the disk passes through :attr:`Writing.step` first, so that a
test can count the changes and end the process at any of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

Step = Callable[[str, Path], None]
"""Told of each change to the disk before it happens: its kind (``create``, ``write``, ``sync``, ``rename``...) and its path.

``syncfs`` is for a whole file system.
"""

TEMPORARY = ".tmp"
"""How the names of temporary files end."""

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def unwatched(kind: str, path: Path) -> None:
    """Let the change happen: the default step."""


class Writing(NamedTuple):
    """How files are written.

    ``sync`` forces what is written to the disk in time, so that a power cut does no more harm than a killed process: a file
    before it is renamed, unless whoever writes it does that later, for many at once. ``step`` hears of every change beforehand.
    """

    sync: bool = True
    step: Step = unwatched

    def announce(self, kind: str, path: str | Path) -> None:
        """Tell the step, if there is one, of a change that is about to be made."""
        if self.step is not unwatched:
            self.step(kind, Path(path))


DURABLE = Writing()
"""The default: bytes reach the disk in time."""

UNFORCED = Writing(sync=False)
"""For files that commands write for people, as other programs write them: nobody waits for the disk."""

_PART = 16 << 20
"""Bytes after which the disk is told to begin: then little is left to wait for at the end."""

_PIECE = 32 << 10
"""Bytes of one write. Linux holds what is written at once in pieces of memory as large, and large ones are slow to find when
memory is full: a gibibyte then takes up to twice as long."""


class AtomicFile:
    """A file being written beside its final place: :meth:`commit` names it, leaving the block without that removes it.

    The mode is ``mode`` less the umask, as for any file a program creates. One thread writes it at a time.
    """

    def __init__(self, directory: Path | str, *, prefix: str = "", mode: int = 0o666, writing: Writing = DURABLE) -> None:
        # A text: many small files are written, and to put paths together takes longer than to make them.
        self._name = f"{directory}{os.sep}{prefix}{os.urandom(8).hex()}{TEMPORARY}"
        self._writing = writing
        self._kept = False
        self._size = self._begun = 0
        writing.announce("create", self._name)
        self._descriptor = os.open(self._name, _FLAGS, mode)

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Remove what was not committed."""
        self.discard()

    @property
    def path(self) -> Path:
        """Where the file is until it is committed."""
        return Path(self._name)

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Append all of ``content`` and return its length in bytes."""
        self._writing.announce("write", self._name)
        rest = memoryview(content).cast("B")
        size = len(rest)
        while rest:
            rest = rest[os.write(self._descriptor, rest[:_PIECE]) :]
        self._size += size
        if self._writing.sync and self._size - self._begun >= _PART:
            self._begin()
        return size

    def adopt(self, number: int) -> bool:
        """Become one more name of a file that is open under this number, instead of being written; False when that cannot be.

        That is where the system links files, and only for one with the owner and the mode that a new file would have. Whoever
        changes the file in place afterwards changes it under both names.
        """
        if _standing_of(os.fstat(number)) != _standing_of(os.fstat(self._descriptor)):
            return False
        other = f"{self._name.removesuffix(TEMPORARY)}.linked{TEMPORARY}"
        self._writing.announce("link", other)
        try:
            # With a directory given, links are followed: to the file that is open, whatever its name means by now.
            os.link(f"/proc/self/fd/{number}", other, src_dir_fd=number, follow_symlinks=True)
        except (OSError, NotImplementedError):
            return False
        self._writing.announce("rename", self._name)
        os.replace(other, self._name)  # noqa: PTH105 - texts, as above
        self._close()
        self._descriptor = os.dup(number)
        return True

    def commit(self, path: Path | str, *, later: bool = False) -> os.stat_result:
        """Give the file its name, replacing what had it; return its facts, which the renaming leaves as they are.

        With ``later`` it is the caller who forces it to the disk (:func:`~regclient.kit.durable.flush`).
        """
        if self._writing.sync and not later:
            self._writing.announce("sync", self._name)
            os.fsync(self._descriptor)
        facts = os.fstat(self._descriptor)
        self._close()
        self._writing.announce("rename", path)
        os.replace(self._name, path)  # noqa: PTH105 - texts, as above
        self._kept = True
        return facts

    def discard(self) -> None:
        """Remove the file unless it was committed; doing it twice does no harm."""
        self._close()
        if not self._kept:
            self._kept = True
            remove_file(self.path, self._writing)

    def _begin(self) -> None:
        """Let the disk begin with what it has not been told of yet; nobody waits for it."""
        if hasattr(os, "posix_fadvise"):
            # Linux starts to write what is not needed soon, and keeps it in memory as long as that takes.
            os.posix_fadvise(self._descriptor, self._begun, self._size - self._begun, os.POSIX_FADV_DONTNEED)
        self._begun = self._size

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _standing_of(facts: os.stat_result) -> tuple[int, int, int, int]:
    """On which disk a file is, whose it is, and who may do what with it."""
    return facts.st_dev, facts.st_uid, facts.st_gid, facts.st_mode


def write_file(path: Path, content: bytes, *, mode: int = 0o666, writing: Writing = DURABLE) -> os.stat_result:
    """Replace the file ``path`` by one with ``content``, in one step as others see it; return its facts."""
    with AtomicFile(path.parent, prefix=f"{path.name}.", mode=mode, writing=writing) as file:
        file.write(content)
        return file.commit(path)


def remove_file(path: Path, writing: Writing = DURABLE) -> bool:
    """Remove a file; False when it was not there."""
    writing.step("remove", path)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def make_directory(path: Path, writing: Writing = DURABLE) -> None:
    """Make a directory and its parents, mode 0777 less the umask; one that exists is fine."""
    if not path.is_dir():
        writing.step("mkdir", path)
        path.mkdir(parents=True, exist_ok=True)
