"""What is in a layout and may not be on the disk yet.

A blob gets its name as soon as it is written, and the disk may take its time; what matters is that everything is there before
``index.json`` leads to it. So blobs written or found are noted here, by all objects of this process together, and brought to
the disk, all at once, before the index is. See ``docs/decisions/0020-blobs-reach-the-disk-before-the-index.md``.
"""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from regclient.kit.atomicfile import Writing
from regclient.kit.durable import flush
from regclient.layout.files import faults

MOST = 1000
"""Blobs found that are kept in mind; with more, everything is brought to the disk."""

_KNOWN: WeakValueDictionary[Path, Unsynced] = WeakValueDictionary()
_KNOWN_LOCK = threading.Lock()


class Unsynced:
    """The blobs of the layout at ``root`` that a power cut might take; safe from many threads.

    ``written`` ones are of this process; ``found`` ones may have been written by another one a moment ago, which may not have
    come to its index.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._written: set[str] = set()
        self._found: set[str] = set()
        self._more = False

    def written(self, path: str) -> None:
        """Note a blob that was written and named."""
        with self._lock:
            self._written.add(path)

    def found(self, path: str) -> None:
        """Note a blob that was there."""
        with self._lock:
            self._find(path)

    def found_with_all_below(self, path: str) -> None:
        """Note a manifest that was there and is not listed: what it leads to will not be looked at."""
        with self._lock:
            self._find(path)
            self._more = True

    def settle(self, writing: Writing, *, found: bool = True) -> None:
        """Have everything that was noted on the disk when this returns; without ``found``, what was written.

        Raises:
            StorageFault: the disk failed; it is tried again next time.
        """
        if not writing.sync:
            return
        with self._flushing, faults(self._root):  # whoever comes second waits, for what the first one took may be its own
            with self._lock:
                written, there, more = self._written, self._found if found else set[str](), self._more and found
                self._written, self._found, self._more = set(), self._found - there, self._more and not found
            try:
                if written or there:
                    flush([Path(path) for path in written | there], self._root, writing, whole=more)
            except OSError:
                with self._lock:
                    self._written |= written
                    self._found |= there
                    self._more |= more
                raise

    def _find(self, path: str) -> None:
        if len(self._found) < MOST:
            self._found.add(path)
        else:
            self._more = True


def unsynced_in(root: Path) -> Unsynced:
    """Return what the objects of this process share for a layout."""
    with _KNOWN_LOCK:
        known = _KNOWN.get(root)
        if known is None:
            known = _KNOWN[root] = Unsynced(root)
        return known
