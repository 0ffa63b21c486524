"""What every repository of one client shares: the limits it was given and what it learned of registries on the way.

A registry that has no referrers API, or that wants bigger chunks, says so once; the next repository object should not have to
ask again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regclient.cancel import Cancel
from regclient.clock import Clock, SystemClock
from regclient.hosts import HostSettings
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.remote.cache import Cache

if TYPE_CHECKING:
    from regclient.concurrency import Crew
    from regclient.model.manifest import Manifest
    from regclient.model.referrers import ReferrerList

MIB = 1024 * 1024
SUPPORT_REMEMBERED = 300.0

Key = tuple[str, Digest]
"""A repository's name and a digest in it."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """The limits of a client towards registries; a host's own settings win where they have the same name.

    ``blob_chunk`` is the size of one part of a chunked upload, ``blob_max`` the largest blob sent in one piece (no limit when 0
    or less), ``chunk_limit`` the largest part a registry may ask for. ``manifest_pull`` and ``manifest_push`` are the largest
    manifests, in bytes, 0 for no limit. The caches are off unless ``cache_timeout`` (seconds) and ``cache_count`` are set.

    A blob of at least ``range_min`` bytes that comes with fewer than ``range_rate`` bytes a second is fetched in parts of up to
    ``range_part`` bytes over up to ``range_connections`` connections, where the server can do that and the settings of the host
    leave room; fewer than 2 turn that off. The rate is taken of ``range_window`` bytes at a time.
    """

    blob_chunk: int = MIB
    blob_max: int = -1
    chunk_limit: int = 1024 * MIB
    manifest_pull: int = 8 * MIB
    manifest_push: int = 4 * MIB
    cache_timeout: float = 0.0
    cache_count: int = 0
    range_min: int = 64 * MIB
    range_rate: int = 48 * MIB
    range_window: int = 8 * MIB
    range_part: int = 16 * MIB
    range_connections: int = 4


class Shared:
    """The memory that the repositories of one client have in common; safe from many threads.

    ``ranged`` is held by the one blob that is being fetched in parts; ``crew`` makes its threads, if not as usual.
    """

    def __init__(
        self,
        options: RemoteOptions | None = None,
        clock: Clock | None = None,
        cancel: Cancel | None = None,
        crew: Callable[[], Crew] | None = None,
    ) -> None:
        self.options = options or RemoteOptions()
        self.clock = clock or SystemClock()
        self.cancel = cancel or Cancel()
        self.crew = crew
        self.ranged = threading.BoundedSemaphore(1)
        self.manifests: Cache[Key, Manifest] = Cache(self.options.cache_timeout, self.options.cache_count, self.clock)
        self.referrers: Cache[Key, ReferrerList] = Cache(self.options.cache_timeout, self.options.cache_count, self.clock)
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._chunks: dict[str, int] = {}
        self._support: dict[str, tuple[float, bool]] = {}

    def chunk_size(self, host: HostSettings) -> int:
        """Return how many bytes one part of a chunked upload to ``host`` has."""
        wanted = host.blob_chunk if host.blob_chunk > 0 else self.options.blob_chunk
        with self._lock:
            return max(wanted, self._chunks.get(host.name, 0))

    def raise_chunk(self, host: HostSettings, minimum: int) -> None:
        """Remember that ``host`` wants parts of at least ``minimum`` bytes (``OCI-Chunk-Min-Length``), up to our limit."""
        with self._lock:
            self._chunks[host.name] = max(min(minimum, self.options.chunk_limit), self._chunks.get(host.name, 0))

    def referrers_api(self, repository: Reference) -> bool | None:
        """Return whether the repository's registry has the referrers API; None when that was not tried of late."""
        with self._lock:
            until, supported = self._support.get(repository.name, (0.0, False))
        return supported if self.clock.monotonic() < until else None

    def learn_referrers_api(self, repository: Reference, *, supported: bool) -> None:
        """Remember for five minutes whether the referrers API answered."""
        with self._lock:
            self._support[repository.name] = (self.clock.monotonic() + SUPPORT_REMEMBERED, supported)

    @contextmanager
    def turn(self, repository: Reference) -> Iterator[None]:
        """Let one thread at a time read, change and write the fallback tags of a repository."""
        with self._lock:
            lock = self._turns.setdefault(repository.name, threading.Lock())
        with lock:
            yield
