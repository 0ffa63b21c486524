"""The one way to stop work early: a token that work checks, and that shuts what is open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count

from regclient.errors import Cancelled

BLINK = 0.1
"""Seconds a thread waits before it looks up. A signal that comes just before a wait is only handled when the wait ends, for its
handler runs in Python: so this is what Ctrl-C may take at the worst."""


class Cancel:
    """A token that work checks and that shuts what is open when the work must end.

    Safe from many threads, and from a signal handler at any instant: it takes no lock, only single dictionary and set
    operations that are atomic. Closers must therefore be quick and safe from any thread, as ``socket.shutdown`` is.
    """

    def __init__(self) -> None:
        self._cancelled = False
        self._interrupted: set[int] = set()
        self._closers: dict[int, tuple[int, Callable[[], None]]] = {}
        self._keys = count(1)

    @property
    def cancelled(self) -> bool:
        """Whether the work of this thread should end: :meth:`cancel` was called, or :meth:`interrupt` for this thread."""
        return self._cancelled or (bool(self._interrupted) and threading.get_ident() in self._interrupted)

    def cancel(self) -> None:
        """End the work: wake waiters, close what was registered. Calling it twice does no harm."""
        self._cancelled = True
        self._close(list(self._closers))

    def interrupt(self, threads: Collection[int]) -> None:
        """End what some threads (by their ident) do, and nothing else; they stay interrupted until :meth:`release`.

        This is how a group stops the siblings of a failed call while the client they share goes on working.
        """
        self._interrupted.update(threads)
        self._close([key for key, (thread, _) in list(self._closers.items()) if thread in threads])

    def release(self, thread: int) -> None:
        """Take the interrupt off a thread that has noticed it; others are ignored."""
        self._interrupted.discard(thread)

    def check(self) -> None:
        """Raise when the work should end.

        Raises:
            Cancelled: after :meth:`cancel` or :meth:`interrupt`.
        """
        if self.cancelled:
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for a cancel; True when it came. For sleeps that a cancel must cut short."""
        alarm = threading.Lock()
        alarm.acquire()
        left, end = seconds, time.monotonic() + seconds
        try:
            with self.closing(alarm.release):
                while not alarm.acquire(timeout=max(0.0, min(left, BLINK))):
                    left = end - time.monotonic()
                    if left <= 0:
                        return False
                return True
        except Cancelled:
            return True

    @contextmanager
    def closing(self, close: Callable[[], None]) -> Iterator[None]:
        """Have ``close`` called if a cancel comes while the block runs; it must be safe from another thread.

        Raises:
            Cancelled: the cancel came before the block.
        """
        key = self.register(close)
        try:
            yield
        finally:
            self.forget(key)

    def register(self, close: Callable[[], None]) -> int:
        """Register a closer that outlives a block (a response handed to the caller); give the key to :meth:`forget`.

        It belongs to the calling thread: an :meth:`interrupt` of that thread calls it too.

        Raises:
            Cancelled: the cancel came first; the closer is not kept.
        """
        key = next(self._keys)
        self._closers[key] = threading.get_ident(), close
        # Checked after the entry is visible: a cancel in between either closed it already or is seen here.
        if self.cancelled:
            self.forget(key)
            raise Cancelled
        return key

    def forget(self, key: int) -> None:
        """Drop a closer; unknown keys are ignored."""
        self._closers.pop(key, None)

    def _close(self, keys: list[int]) -> None:
        for key in keys:
            # Whoever pops the entry runs it, so that each closer runs once.
            entry = self._closers.pop(key, None)
            if entry is not None:
                with suppress(OSError):
                    entry[1]()
