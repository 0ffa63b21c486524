"""Connections between exchanges: kept while they may be of use, lent to one answer at a time."""

from __future__ import annotations

import threading
import time

from regclient.cancel import Cancel
from regclient.transport.connection import Connection

_KEPT_SECONDS = 60.0
_KEPT_COUNT = 32
_SURE_SECONDS = 0.5


class Pool:
    """Idle connections by what they are good for; the youngest is taken first, so that the others can age and go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[object, list[tuple[float, Connection]]] = {}
        self._closed = False

    def take(self, key: object, *, careful: bool = False) -> Connection | None:
        """Return a connection that is good for ``key``, or None; the ones found dead are closed.

        One that was in use a moment ago is taken to be alive, unless the caller wants to be ``careful``.
        """
        while True:
            with self._lock:
                kept = self._idle.get(key)
                if not kept:
                    return None
                since, connection = kept.pop()
            age = time.monotonic() - since
            if age < _KEPT_SECONDS and ((age < _SURE_SECONDS and not careful) or not connection.readable()):
                return connection
            connection.close()

    def put(self, key: object, connection: Connection) -> None:
        """Keep a connection for the next exchange with the same key."""
        now = time.monotonic()
        with self._lock:
            kept = self._idle.setdefault(key, [])
            surplus = []
            while kept and now - kept[0][0] >= _KEPT_SECONDS:
                surplus.append(kept.pop(0)[1])
            if self._closed or len(kept) >= _KEPT_COUNT:
                surplus.append(connection)
            else:
                kept.append((now, connection))
        for old in surplus:
            old.close()

    def close(self) -> None:
        """Close what is idle now, and what comes back later."""
        with self._lock:
            self._closed = True
            dropped = [connection for kept in self._idle.values() for _, connection in kept]
            self._idle.clear()
        for connection in dropped:
            connection.close()


class Lease:
    """A connection on loan to one answer."""

    def __init__(self, connection: Connection, pool: Pool, key: object, *, cancel: Cancel, closer: int) -> None:
        self._connection = connection
        self._pool = pool
        self._key = key
        self._cancel = cancel
        self._closer = closer

    def end(self, *, keep: bool) -> None:
        """Give the connection back, or close it when it is of no more use or said more than it announced."""
        self._cancel.forget(self._closer)
        if keep and not self._connection.has_surplus():
            self._pool.put(self._key, self._connection)
        else:
            self._connection.close()
