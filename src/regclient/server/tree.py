"""A directory tree of OCI layouts as a store: the repository ``a/b`` is the layout ``ROOT/a/b``.

Repositories nest (``a`` and ``a/b`` may both be one), so a part of a name that means something inside a layout gets a trailing
underscore on disk, which no repository name can have: ``a/blobs`` is ``ROOT/a/blobs_``.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from regclient.errors import RepositoryNotFound
from regclient.kit.atomicfile import DURABLE, Writing
from regclient.layout.files import ABSENT, faults, open_regular
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.digest import Digest
from regclient.server.route import is_name

RESERVED = frozenset({"blobs", "index.json", "oci-layout"})
_MARKERS = ("oci-layout", "index.json")


class LayoutTree:
    """The layouts below ``root``; safe from many threads, and beside other programs that use the same layouts.

    A registry keeps what it was given until it is told to delete it, so nothing is collected here. While a repository is
    among the ``open_limit`` used last, nobody else collects in it either: a blob may wait for its manifest. ``writing`` says
    how files are written.

    Raises:
        RepositoryNotFound: ``root`` is no directory.
    """

    def __init__(self, root: Path, *, writing: Writing = DURABLE, open_limit: int = 128) -> None:
        self.root = Path(os.path.realpath(root))
        if not self.root.is_dir():
            raise RepositoryNotFound(root)
        # The registry limits what is pushed; what is read stays limited, for a blob may be asked for as a manifest.
        self._settings = LayoutSettings(push_limit=0, collect=False, writing=writing)
        self._open_limit = open_limit
        self._lock = threading.Lock()
        self._open: OrderedDict[str, LayoutRepository] = OrderedDict()

    def open(self, name: str) -> LayoutRepository | None:
        """Return the repository, or None when there is no layout."""
        path = self.path_of(name)
        return self._get(name) if any((path / marker).is_file() for marker in _MARKERS) else None

    def create(self, name: str) -> LayoutRepository:
        """Return the repository, whose layout is made by the first write."""
        return self._get(name)

    def names(self) -> Sequence[str]:
        """Return the names of all layouts below the root, sorted; links are not followed."""
        return sorted(self._below(self.root, ""))

    def spool(self) -> BinaryIO:
        """Open a file without a name on the same file system, gone when it is closed, or when the process ends."""
        with faults(self.root):
            return cast("BinaryIO", tempfile.TemporaryFile(dir=self.root, prefix=".upload-"))

    def blob_file(self, name: str, digest: Digest) -> BinaryIO | None:
        """Open the file of a blob, None when it is not there."""
        path = self.path_of(name) / "blobs" / digest.algorithm / digest.hex
        with faults(path):
            try:
                return open_regular(path)
            except ABSENT:
                return None

    def path_of(self, name: str) -> Path:
        """Return where the layout of a repository is, or would be."""
        return self.root.joinpath(*(f"{part}_" if part in RESERVED else part for part in name.split("/")))

    def close(self) -> None:
        """Let others collect again; the store can be used after that."""
        with self._lock:
            repositories = list(self._open.values())
            self._open.clear()
        for repository in repositories:
            repository.close()

    def _get(self, name: str) -> LayoutRepository:
        with self._lock:
            repository = self._open.get(name)
            if repository is None:
                repository = self._open[name] = LayoutRepository(self.path_of(name), self._settings)
            self._open.move_to_end(name)
            oldest = self._open.popitem(last=False)[1] if len(self._open) > self._open_limit else None
        if oldest is not None:
            oldest.close()
        return repository

    def _below(self, directory: Path, name: str) -> Iterator[str]:
        with faults(directory):
            try:
                entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
            except ABSENT:
                return
        if name and any(entry.name in _MARKERS for entry in entries):
            yield name
        for entry in entries:
            inner = entry.name[:-1] if entry.name[:-1] in RESERVED and entry.name.endswith("_") else entry.name
            known = inner != entry.name or inner not in RESERVED
            full = f"{name}/{inner}" if name else inner
            if known and is_name(full) and entry.is_dir(follow_symlinks=False):
                yield from self._below(directory / entry.name, full)
