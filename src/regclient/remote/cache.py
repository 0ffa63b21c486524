"""A small cache with an age limit and a size limit.

Manifests and referrer lists are worth keeping for some minutes within one program run. Nothing else decides here: what may be
kept, and under which key, is the caller's business.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

from regclient.clock import Clock

K = TypeVar("K")
V = TypeVar("V")

KEPT_AFTER_PRUNING = 0.9


class Cache(Generic[K, V]):
    """Values that are forgotten ``timeout`` seconds after their last use, or when more than ``count`` are held.

    A ``timeout`` or ``count`` of 0 turns it off: nothing is ever kept. Safe from many threads.
    """

    def __init__(self, timeout: float, count: int, clock: Clock) -> None:
        self._timeout = timeout
        self._count = count
        self._clock = clock
        self._lock = threading.Lock()
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is held under ``key`` and keep it longer, or None."""
        with self._lock:
            self._drop_expired()
            found = self._values.get(key)
            if found is None:
                return None
            self._values[key] = (self._clock.monotonic(), found[1])
            self._values.move_to_end(key)
            return found[1]

    def put(self, key: K, value: V) -> None:
        """Hold a value; when there are too many, the tenth that was not used for longest goes."""
        if self._timeout <= 0 or self._count <= 0:
            return
        with self._lock:
            self._values[key] = (self._clock.monotonic(), value)
            self._values.move_to_end(key)
            self._drop_expired()
            if len(self._values) > self._count:
                self._drop_oldest()

    def drop(self, key: K) -> None:
        """Forget one value; an unknown key is ignored."""
        with self._lock:
            self._values.pop(key, None)

    def _drop_expired(self) -> None:
        # The order is that of last use, so the expired ones come first.
        oldest_kept = self._clock.monotonic() - self._timeout
        while self._values and next(iter(self._values.values()))[0] < oldest_kept:
            self._values.popitem(last=False)

    def _drop_oldest(self) -> None:
        while len(self._values) > self._count * KEPT_AFTER_PRUNING:
            self._values.popitem(last=False)
