"""A repository that writes down every write, can fail at the k-th of them, and can say what its tags miss."""

from __future__ import annotations

import threading
from typing import BinaryIO

from regclient.errors import ManifestNotFound, Unreachable
from regclient.memory import MemoryRepository
from regclient.model.children import children_of
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.repository import Name


class JournalRepository(MemoryRepository):
    """Memory with a journal: ``writes`` in their order, ``fail_at`` the number of the write (from 1) that fails."""

    def __init__(self, reference: str = "journal.example/repository", *, fail_at: int = 0) -> None:
        super().__init__(reference)
        self.writes: list[str] = []
        self.fail_at = fail_at
        self._journal = threading.Lock()

    def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
        """Store a manifest, unless it is its turn to fail."""
        self._note(f"manifest {name or manifest.digest}")
        return super().put_manifest(manifest, name)

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        """Store a blob, unless it is its turn to fail."""
        self._note(f"blob {expect.digest if expect else '?'}")
        return super().put_blob(content, expect)

    def _note(self, what: str) -> None:
        with self._journal:
            self.writes.append(what)
            failing = len(self.writes) == self.fail_at
        if failing:
            raise Unreachable("journal.example", f"write {self.fail_at} failed")

    def missing(self) -> set[Digest]:
        """Everything that a tag reaches and that is not there; external layers and subjects do not count."""
        absent: set[Digest] = set()
        todo = [self.resolve(tag).digest for tag in self.tags().tags]
        seen = set(todo)
        while todo:
            try:
                children = children_of(self.get_manifest(todo.pop()))
            except ManifestNotFound as error:
                absent.add(Digest.parse(error.name))
                continue
            absent |= {blob.digest for blob in children.blobs if not blob.urls and self.stat_blob(blob) is None}
            fresh = {entry.digest for entry in children.manifests} - seen
            seen |= fresh
            todo += fresh
        return absent

    def holds(self) -> set[Digest]:
        """Every digest stored here."""
        return {*self._manifests, *self._blobs}
