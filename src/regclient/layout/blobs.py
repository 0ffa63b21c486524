"""The files under ``blobs/``: everything in a layout that has a digest for a name.

A blob is written under a temporary name, hashed on the way, and gets its own name when it is what was expected; a file with the
name of a digest is therefore whole, unless a power cut came before :meth:`Blobs.settle` and left it short. Paths are made from
digests that were validated, and from nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from regclient.errors import BlobNotFound
from regclient.kit.atomicfile import AtomicFile, Writing, make_directory, remove_file
from regclient.layout.files import (
    ABSENT,
    SafeFile,
    check_inside,
    faults,
    is_own_directory,
    open_regular,
    read_whole,
    regular_size,
)
from regclient.layout.unsynced import unsynced_in
from regclient.model.descriptor import Descriptor
from regclient.model.digest import ALGORITHMS, Digest, new_hasher
from regclient.model.expectation import Expectation

BUFFER = 1 << 20


class Blobs:
    """The blobs of the layout at ``root``, a real path; safe from many threads and processes."""

    def __init__(self, root: Path, writing: Writing, *, link: bool = True) -> None:
        self.directory = root / "blobs"
        self._root = root
        self._writing = writing
        self._link = link
        self._unsynced = unsynced_in(root)
        self._wrote = False
        # Texts: to put paths together takes as long as half of what is done to a small blob.
        self._rooms = {algorithm: str(self.directory / algorithm) for algorithm in ALGORITHMS}

    def path_of(self, digest: Digest) -> str:
        """Return where a blob is, or would be."""
        return f"{self._rooms[digest.algorithm]}{os.sep}{digest.hex}"

    def size_of(self, digest: Digest) -> int | None:
        """Return how big a blob is, or None when it is not there.

        Raises:
            StorageFault: the file system does not say.
        """
        path = self.path_of(digest)
        with faults(path):
            try:
                size = regular_size(path)
            except ABSENT:
                return None
        self._unsynced.found(path)
        return size

    @contextmanager
    def open(self, digest: Digest) -> Iterator[SafeFile]:
        """Open the file of a blob; what is read from it is not verified yet.

        Raises:
            BlobNotFound: it is not there.
            StorageFault: it cannot be read.
        """
        path = self.path_of(digest)
        with faults(path):
            try:
                file = open_regular(path)
            except ABSENT:
                raise BlobNotFound(digest, self._root) from None
        with file:
            yield SafeFile(file, path)

    def read(self, digest: Digest, limit: int) -> bytes:
        """Read a small blob as a whole; its bytes are not verified yet.

        Raises:
            BlobNotFound: it is not there.
            SizeLimitExceeded: it is larger than ``limit``.
            StorageFault: it cannot be read.
        """
        path = self.path_of(digest)
        with faults(path):
            try:
                return read_whole(path, limit)[0]
            except ABSENT:
                raise BlobNotFound(digest, self._root) from None

    def write(self, content: BinaryIO, expect: Expectation) -> Descriptor:
        """Store a stream, unless the blob expected is there already; a file of another size is replaced.

        Raises:
            DigestMismatch, SizeMismatch: the bytes are not what was expected; nothing stays.
            StorageFault: the file system refused; nothing stays.
        """
        if expect.digest is not None and expect.size is not None and self.size_of(expect.digest) == expect.size:
            return expect.check(expect.digest, expect.size)
        directory = self.make_room(expect.algorithm)
        with faults(directory), AtomicFile(directory, writing=self._writing) as file:
            found = expect.check(*_receive(content, file, expect, link=self._link))
            self._commit(file, self.path_of(found.digest))
        return found

    def write_bytes(self, digest: Digest, content: bytes) -> None:
        """Store bytes whose digest is known, a manifest's; a file that has them already stays as it is.

        Raises:
            StorageFault: the file system refused; nothing stays.
        """
        path = self.path_of(digest)
        if self._has(path, content):
            return
        directory = self.make_room(digest.algorithm)
        with faults(directory), AtomicFile(directory, prefix=f"{digest.hex}.", writing=self._writing) as file:
            file.write(content)
            self._commit(file, path)

    def doubt(self, digest: Digest) -> None:
        """Note a manifest that is there and not listed: it, and all below it, may not be on the disk."""
        self._unsynced.found_with_all_below(self.path_of(digest))

    def settle(self) -> None:
        """Have what was written and found, through any object of this process, on the disk when this returns.

        Raises:
            StorageFault: the disk failed.
        """
        self._settle(found=True)

    def finish(self) -> None:
        """Have what was written through this object on the disk when this returns.

        Raises:
            StorageFault: the disk failed.
        """
        if self._wrote:
            self._settle(found=False)

    def remove(self, digest: Digest) -> bool:
        """Delete a blob; False when it was not there.

        Raises:
            StorageFault: the file system refused.
        """
        path = Path(self.path_of(digest))
        check_inside(path.parent, self._root)
        with faults(path):
            try:
                return remove_file(path, self._writing)
            except ABSENT:
                return False

    def make_room(self, algorithm: str) -> str:
        """Make the directory for the digests of an algorithm, which must be inside the layout, and return it.

        Raises:
            StorageFault: it leads elsewhere, or the file system refused.
        """
        directory = self._rooms[algorithm]
        # Without links on the way it is inside; who finds one looks closer, which takes a dozen times as long.
        if not (is_own_directory(directory) and is_own_directory(self.directory)):
            check_inside(Path(directory), self._root)
            with faults(directory):
                make_directory(Path(directory), self._writing)
        return directory

    def _settle(self, *, found: bool) -> None:
        wrote, self._wrote = self._wrote, False  # before: what another thread writes meanwhile is for the next time
        try:
            self._unsynced.settle(self._writing, found=found)
        except BaseException:
            self._wrote = self._wrote or wrote
            raise

    def _commit(self, file: AtomicFile, path: str) -> None:
        file.commit(path, later=True)
        self._unsynced.written(path)
        self._wrote = True

    def _has(self, path: str, content: bytes) -> bool:
        try:
            with open_regular(path) as file:
                same = file.seek(0, 2) == len(content) and file.seek(0) == 0 and file.read() == content
        except OSError:
            return False
        if same:
            self._unsynced.found(path)
        return same


def _receive(content: BinaryIO, file: AtomicFile, expect: Expectation, *, link: bool) -> tuple[Digest, int]:
    """Write a stream to a file; return its digest and size.

    A stream that checks itself against the very digest expected is not hashed a second time; its size tells that it was read
    from the first byte to the last. When it is read from a file of the same disk, that file gets a second name instead of a
    copy, and is still read to its end, which checks it.
    """
    verified = expect.digest if expect.size is not None and getattr(content, "verifies", None) == expect.digest else None
    number = getattr(content, "file_number", None)
    linked = link and verified is not None and number is not None and file.adopt(number)
    hasher = new_hasher(expect.algorithm)
    size = 0
    for piece in pieces(content, expect.size):
        size += len(piece)
        expect.check_size(size, ended=False)
        if verified is None:
            hasher.update(piece)
        if not linked:
            file.write(piece)
    return verified or Digest(expect.algorithm, hasher.hexdigest()), size


def pieces(content: BinaryIO, size: int | None = None) -> Iterator[memoryview]:
    """Read a stream to its end through one large buffer, or a small one for the ``size`` expected.

    Each piece is valid until the next.
    """
    readinto = getattr(content, "readinto", None)
    if readinto is None:
        while piece := content.read(BUFFER):
            yield memoryview(piece)
        return
    # A byte more, so that what is too long shows; the buffer is zeroed, which costs more than to read a small blob.
    buffer = memoryview(bytearray(BUFFER if size is None else min(BUFFER, max(size, 0) + 1)))
    while count := readinto(buffer):
        yield buffer[:count]
