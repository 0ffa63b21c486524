"""``index.json`` and ``oci-layout`` on the disk: read when they changed, replaced in turns.

Readers never wait; they see the document before a change or after it. The parsed document is kept and used again while the file
is the same, so that resolving many tags reads it once.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from regclient.errors import InvalidManifest, SizeLimitExceeded, Unsupported
from regclient.kit.atomicfile import Writing, make_directory, write_file
from regclient.kit.durable import flush_directory
from regclient.layout.draft import Draft
from regclient.layout.entries import EMPTY, Listing
from regclient.layout.files import ABSENT, check_inside, faults, read_whole
from regclient.layout.locks import turn

LIMIT = 32 << 20
"""The largest ``index.json`` read or written: a hundred thousand entries."""

_VERSION = "1.0.0"
_MARKER = b'{"imageLayoutVersion":"1.0.0"}'
_MARKER_LIMIT = 64 << 10
_TICK = 50_000_000
"""Nanoseconds within which a file changed in place might keep its time: a clock tick, and then some."""


def _nothing() -> None:
    """Have nothing to settle: the default."""


class _Read(NamedTuple):
    """A listing with the facts of the file it came from; ``settled`` when a later change must show in them."""

    listing: Listing
    facts: tuple[int, int, int, int]
    settled: bool


class Index:
    """The index of the layout at ``root``, a real path; safe from many threads and processes.

    ``settle`` is called before what is listed changes: whatever it leads to must be on the disk by then.
    """

    def __init__(self, root: Path, writing: Writing, settle: Callable[[], None] = _nothing) -> None:
        self.root = root
        self.path = root / "index.json"
        self.marker = root / "oci-layout"
        self._blobs = root / "blobs"
        self._writing = writing
        self._settle = settle
        self._read: _Read | None = None
        self._prepared = False
        self._marked: tuple[int, int, int, int] | None = None

    def load(self) -> Listing | None:
        """Return what is listed, or None when there is no layout here, or one without an index.

        Raises:
            InvalidManifest, Unsupported: it is no layout we understand.
            SizeLimitExceeded: the index is larger than :data:`LIMIT`.
            StorageFault: it cannot be read.
        """
        return self._load() if self._is_marked() else None

    def prepare(self) -> None:
        """Make the layout's directories and its marker where they are missing.

        Raises:
            Unsupported, InvalidManifest: there is a marker, but of no layout we understand.
            StorageFault: the file system refused.
        """
        if self._prepared and self._is_marked():
            return  # who writes a blob makes the directory for it
        with faults(self.root):
            make_directory(self._blobs, self._writing)
        if not self._is_marked():
            check_inside(self.marker, self.root)
            with faults(self.marker):
                write_file(self.marker, _MARKER, writing=self._writing)
        self._prepared = True

    def update(self, change: Callable[[Draft], object]) -> None:
        """Replace the index by what ``change`` makes of it, while no other writer does; an unchanged one is not written.

        Raises:
            InvalidManifest: the present index is broken; it is never replaced by an empty one.
            SizeLimitExceeded: the index would be larger than what we read.
            StorageFault: the file system refused.
        """
        with faults(self.root), turn(self._blobs):
            present = self._load()
            draft = Draft(present or EMPTY)
            change(draft)
            if draft.listing() is not present:
                self._replace(draft.listing())

    def _replace(self, listing: Listing) -> None:
        if len(listing.raw) > LIMIT:
            raise SizeLimitExceeded(LIMIT, str(self.path))
        check_inside(self.path, self.root)
        self._settle()
        facts = write_file(self.path, listing.raw, writing=self._writing)
        if self._writing.sync:
            flush_directory(self.root, self._writing)
        self._read = _Read(listing, _facts_of(facts), settled=False)

    def _load(self) -> Listing | None:
        known = self._read
        with faults(self.path):
            try:
                if known is not None and known.settled and _facts_of(self.path.stat()) == known.facts:
                    return known.listing
                raw, facts = read_whole(self.path, LIMIT)
            except ABSENT:
                return None
        listing = known.listing if known is not None and known.listing.raw == raw else Listing.parse(raw)
        self._read = _Read(listing, _facts_of(facts), _is_settled(facts))
        return listing

    def _is_marked(self) -> bool:
        with faults(self.marker):
            try:
                if self._marked is not None and _facts_of(self.marker.stat()) == self._marked:
                    return True
                raw, facts = read_whole(self.marker, _MARKER_LIMIT)
            except ABSENT:
                return False
        if raw != _MARKER:
            _check_version(raw)
        self._marked = _facts_of(facts) if _is_settled(facts) else None
        return True


def _check_version(raw: bytes) -> None:
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidManifest("oci-layout", str(error)) from error
    version = value.get("imageLayoutVersion") if isinstance(value, dict) else None
    if version != _VERSION:
        raise Unsupported(f"layout version {version!r} is not supported, expected {_VERSION!r}")


def _is_settled(facts: os.stat_result) -> bool:
    return time.time_ns() - facts.st_mtime_ns > _TICK


def _facts_of(facts: os.stat_result) -> tuple[int, int, int, int]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
