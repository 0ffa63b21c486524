"""One repository object's work in a layout, from its first call until it is closed.

While the work lasts, a shared lock on the layout keeps others from collecting garbage in it, so nothing this object has put
or found vanishes under it. Collecting needs the layout for itself and never waits: whoever is not the last one out leaves it to
the last one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from regclient.layout.locks import Hold

_LEFT_OVER: set[Path] = set()
"""Layouts modified by an object of this process that was closed while others still worked there."""


class Session:
    """The work of one repository object in the layout at ``root``; safe from many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.RLock()
        self._hold: Hold | None = None
        self._busy = 0
        self._modified = False
        self._ending = False

    def work(self) -> _Work:
        """Begin the session unless it has begun, and keep :meth:`alone` off while the block runs.

        A layout that is not there cannot be locked; whoever makes it calls this afterwards.
        """
        return _Work(self)

    def modify(self) -> None:
        """Note that something was changed, so that there may be garbage when the session ends."""
        self._modified = True

    @property
    def wants_collecting(self) -> bool:
        """Whether this object, or one closed earlier while others worked, may have left garbage."""
        return self._modified or self._root in _LEFT_OVER

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """End the session; the block runs with the layout for itself, if the value is True, or else must leave it alone."""
        with self._lock:
            hold = self._hold or self._take()
            alone = not self._busy and hold is not None and hold.make_exclusive()
            try:
                yield alone
                self._note(collected=alone)
            finally:
                self._ending = bool(self._busy)
                if not self._busy:
                    self._end()

    def end(self) -> None:
        """End the session without collecting; calls still running in other threads keep it until they end."""
        with self._lock:
            self._ending = bool(self._busy)
            if not self._busy:
                self._end()

    def _begin(self) -> None:
        with self._lock:
            if self._hold is None:
                self._hold = self._take()
            self._busy += 1

    def _leave(self) -> None:
        with self._lock:
            self._busy -= 1
            if self._ending and not self._busy:
                self._end()

    def _take(self) -> Hold | None:
        try:
            return Hold(self._root)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _note(self, *, collected: bool) -> None:
        if collected:
            _LEFT_OVER.discard(self._root)
        elif self._modified:
            _LEFT_OVER.add(self._root)
        self._modified = False

    def _end(self) -> None:
        hold, self._hold, self._ending = self._hold, None, False
        if hold is not None:
            hold.release()


class _Work:
    """The block of :meth:`Session.work`: a class, for every call enters one, and a generator takes thrice as long."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._session._begin()  # noqa: SLF001 - one thing in two classes

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session._leave()  # noqa: SLF001 - as above
