"""The names of a layout: ``index.json``, and changes of it that wait a moment for each other.

The index is one document, written anew for each change. Who makes many changes in one operation says so with
:meth:`Names.gathering`: then a change is written at once unless another one was just written, else it waits for the next ones,
and all are written together when it is time again, or when the block ends. Meanwhile this object shows them as if they were
written. See ``docs/decisions/0019-changes-of-an-index-wait-for-each-other.md``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from regclient.clock import Clock
from regclient.errors import RegistryClientError
from regclient.layout.draft import Draft
from regclient.layout.entries import EMPTY, Entry, Listing
from regclient.layout.index import Index
from regclient.model.digest import Digest

PAUSE = 1.0
"""Seconds between two writings, while changes come faster."""
SHARE = 10
"""How many times as long as a writing took the pause is, where that is more: a slow disk must not be all there is."""

Change = Callable[[Draft], object]
"""A change of what is listed. It is made again when the index has become another meanwhile, so it must not mind that."""


class Names:
    """What the layout of an index lists; safe from many threads."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock
        self._lock = threading.RLock()
        self._blocks = 0
        self._waiting: list[Change] = []
        self._draft: Draft | None = None
        self._due = 0.0

    @property
    def root(self) -> Path:
        """The layout's directory."""
        return self._index.root

    def load(self) -> Listing | None:
        """Return what is listed, or None when there is no layout; see :meth:`Index.load`."""
        if self._waiting:
            with self._lock:
                if self._waiting:
                    return self._drafted().listing()
        return self._index.load()

    def find(self, name: str | Digest) -> Entry | None:
        """Return the entry of a tag or a digest, None when it is not listed."""
        if self._waiting:
            with self._lock:
                if self._waiting:
                    return self._drafted().find(name)
        listing = self._index.load()
        return listing.find(name) if listing else None

    def update(self, change: Change) -> None:
        """Change what is listed: on the disk when this returns, or else in this object and soon on the disk.

        Raises:
            InvalidManifest: the present index is broken; it is never replaced by an empty one.
            SizeLimitExceeded: the index would be larger than what we read.
            StorageFault: the file system refused.
        """
        with self._lock:
            if self._waiting or (self._blocks and self._clock.monotonic() < self._due):
                self._wait_with(change)
                self.write_due()
            else:
                self._write([change])

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Let changes wait for each other while the block runs; at its end all are written, others' as well.

        Raises:
            RegistryClientError: they cannot be written.
        """
        with self._lock:
            self._blocks += 1
        try:
            yield
        except BaseException:
            self._leave()
            with suppress(RegistryClientError):  # what ended the block is what is told
                self.write()
            raise
        self._leave()
        self.write()

    def write(self) -> None:
        """Write what waits."""
        with self._lock:
            if self._waiting:
                changes, self._waiting, self._draft = self._waiting, [], None
                self._write(changes)

    def write_due(self) -> None:
        """Write what waits if the pause is over."""
        if self._waiting and self._clock.monotonic() >= self._due:
            self.write()

    def _leave(self) -> None:
        with self._lock:
            self._blocks -= 1

    def _wait_with(self, change: Change) -> None:
        draft = self._drafted()
        try:
            change(draft)
        except BaseException:
            self._draft = None  # it may have been changed in part
            raise
        self._waiting.append(change)

    def _drafted(self) -> Draft:
        if self._draft is None:
            self._draft = Draft(self._index.load() or EMPTY)
            for change in self._waiting:
                change(self._draft)
        return self._draft

    def _write(self, changes: list[Change]) -> None:
        def all_of_them(draft: Draft) -> None:
            for change in changes:
                change(draft)

        start = self._clock.monotonic()
        self._index.update(all_of_them)
        now = self._clock.monotonic()
        self._due = now + max(PAUSE, SHARE * (now - start))
