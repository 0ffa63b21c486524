"""Which repository of a registry has which blob, as far as copies that run at the same time have seen it.

Images share layers. What one copy has brought to a registry, another one mounts from there into its own repository instead of
bringing it again; while it is on its way, the other one waits for it, without holding a thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from regclient.model.digest import Digest
from regclient.repository import Repository

REMEMBERED = 100_000

Market = tuple[str, str, str]
"""What repositories must have in common to take blobs from each other: a registry, or the directory of a layout."""


class Arrivals:
    """The memory that copies have in common; safe from many threads, and never larger than ``limit`` blobs."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[Market, Digest], Repository] = OrderedDict()
        self._declined: set[Market] = set()

    def turn(self, repository: Repository, digest: Digest) -> Hashable:
        """Return the key under which the copies of one blob into one registry take turns."""
        return _market(repository), digest

    def note(self, repository: Repository, digest: Digest) -> None:
        """Remember that a repository has a blob."""
        with self._lock:
            self._seen[_market(repository), digest] = repository
            while len(self._seen) > self._limit:
                self._seen.popitem(last=False)

    def sibling(self, repository: Repository, digest: Digest) -> Repository | None:
        """Return another repository of the same registry that has the blob, unless that registry does not mount."""
        market = _market(repository)
        with self._lock:
            found = None if market in self._declined else self._seen.get((market, digest))
        return found if found is not None and found.reference != repository.reference else None

    def declined(self, repository: Repository) -> None:
        """Remember that a registry did not mount what it has, so that it is not asked each time."""
        with self._lock:
            self._declined.add(_market(repository))

    def forget(self) -> None:
        """Forget everything: what was true while copies ran need not be true for the next ones."""
        with self._lock:
            self._seen.clear()
            self._declined.clear()


def _market(repository: Repository) -> Market:
    reference = repository.reference
    return reference.scheme, reference.registry, reference.path
