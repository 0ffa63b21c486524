"""Upload sessions: bytes that arrive in pieces and wait for their digest.

A session costs nothing until a piece arrives; then its bytes go to a nameless temporary file of the store, which vanishes with
the process. Sessions that nobody touches expire, and only so many are open at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import BinaryIO
from uuid import uuid4

from regclient.clock import Clock
from regclient.layout.blobs import pieces
from regclient.layout.files import faults
from regclient.server.fault import Fault

_BUSY_SECONDS = 5.0


class Session:
    """One upload to one repository: ``offset`` bytes have arrived.

    Whoever works on it holds ``lock``, so that a piece repeated over a new connection waits for the one that hangs.
    """

    def __init__(self, name: str, spool: Callable[[], BinaryIO]) -> None:
        self.identity = str(uuid4())
        self.name = name
        self.offset = 0
        self.touched = 0.0
        self.lock = threading.Lock()
        self._spool = spool
        self._stream: BinaryIO | None = None
        self._closed = False

    def append(self, content: BinaryIO) -> None:
        """Keep what the stream holds; what arrived before it broke stays, so that the client can resume.

        Raises:
            StorageFault: the disk took it not, or not all of it; what it took of the last piece does not count.
        """
        for piece in pieces(content):
            with faults("an upload"):
                stream = self._opened()
                stream.seek(self.offset)
                stream.write(piece)
                stream.flush()
            self.offset += len(piece)

    def content(self) -> BinaryIO:
        """Return everything that arrived, from its start.

        Raises:
            StorageFault: the disk failed.
        """
        with faults("an upload"):
            stream = self._opened()
            stream.truncate(self.offset)
            stream.seek(0)
        return stream

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            self._stream = self._spool()
        return self._stream

    def close(self) -> None:
        """Drop the bytes."""
        self._closed = True
        if self._stream is not None:
            self._stream.close()

    @property
    def closed(self) -> bool:
        """Whether the session ended while somebody waited for its lock."""
        return self._closed


class Sessions:
    """The open sessions of a registry; safe from many threads."""

    def __init__(self, clock: Clock, spool: Callable[[], BinaryIO], *, limit: int, seconds: float) -> None:
        self._clock = clock
        self._spool = spool
        self._limit = limit
        self._seconds = seconds
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def start(self, name: str) -> Session:
        """Open a session for a repository.

        Raises:
            Fault: 429 when too many are open.
        """
        session = Session(name, self._spool)
        session.touched = self._clock.monotonic()
        with self._lock:
            self._expire()
            if len(self._open) >= self._limit:
                raise Fault(429, "TOOMANYREQUESTS", "too many uploads are open", headers=(("Retry-After", "5"),))
            self._open[session.identity] = session
        return session

    def take(self, name: str, identity: str) -> Session:
        """Return an open session of this repository with its lock held: the caller releases it.

        Raises:
            Fault: 404 when there is none (any more), 400 when another request holds it.
        """
        with self._lock:
            self._expire()
            session = self._open.get(identity)
            if session is None or session.name != name:
                raise _unknown()
            session.touched = self._clock.monotonic()
        if not session.lock.acquire(timeout=_BUSY_SECONDS):
            raise Fault(400, "BLOB_UPLOAD_INVALID", "another request is using this upload")
        if session.closed:
            session.lock.release()
            raise _unknown()
        return session

    def drop(self, session: Session) -> None:
        """End a session whose lock the caller holds."""
        with self._lock:
            self._open.pop(session.identity, None)
        session.close()

    def close(self) -> None:
        """End every session."""
        with self._lock:
            sessions = list(self._open.values())
            self._open.clear()
        for session in sessions:
            session.close()

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def _expire(self) -> None:
        oldest = self._clock.monotonic() - self._seconds
        for session in [session for session in self._open.values() if session.touched < oldest]:
            if session.lock.acquire(blocking=False):  # one in use is not idle, however long its piece takes
                self._open.pop(session.identity)
                session.close()
                session.lock.release()


def _unknown() -> Fault:
    return Fault(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload: it ended, expired, or never was")
