"""Where the embedded registry keeps its repositories.

A :class:`Store` is a set of named homes of the ``Repository`` contract and nothing more, so the same handler serves a directory
tree (``tree.py``) and a dictionary in memory.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from typing import BinaryIO, Protocol, runtime_checkable

from regclient.memory import MemoryRepository
from regclient.model.digest import Digest
from regclient.repository import Repository


class Store(Protocol):
    """Named repositories; safe from many threads. Names given to it follow the spec's grammar."""

    def open(self, name: str) -> Repository | None:
        """Return the repository, or None when there is none of that name."""

    def create(self, name: str) -> Repository:
        """Return the repository, making it when it is not there yet."""

    def names(self) -> Sequence[str]:
        """Return the names of all repositories, sorted."""

    def spool(self) -> BinaryIO:
        """Open a new empty place for bytes that wait for their digest; closing it removes it."""


_UNLIMITED = 1 << 62  # the registry's policy limits what is pushed


@runtime_checkable
class HasFiles(Protocol):
    """A store whose blobs are regular files, which can be sent from any offset without reading what is before."""

    def blob_file(self, name: str, digest: Digest) -> BinaryIO | None:
        """Open the file of a blob, None when it is not there."""


class MemoryStore:
    """A store that lives as long as its process: for tests and for trying things out."""

    def __init__(self, host: str = "registry.example") -> None:
        self.host = host
        self._lock = threading.Lock()
        self._repositories: dict[str, MemoryRepository] = {}

    def open(self, name: str) -> MemoryRepository | None:
        """Return the repository, or None when nothing was written to that name."""
        return self._repositories.get(name)

    def create(self, name: str) -> MemoryRepository:
        """Return the repository, making it when it is not there yet."""
        with self._lock:
            if name not in self._repositories:
                self._repositories[name] = MemoryRepository(f"{self.host}/{name}", push_limit=_UNLIMITED)
            return self._repositories[name]

    def names(self) -> Sequence[str]:
        """Return the names of all repositories, sorted."""
        return sorted(self._repositories)

    def spool(self) -> BinaryIO:
        """Open a buffer."""
        return io.BytesIO()
