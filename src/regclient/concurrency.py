"""Threads, and the only module that starts them.

:class:`Cancel` is the one way to stop work early; :class:`Workers` is a bounded, structured group: leaving its block joins every
thread, and the first failure stops the rest.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

from regclient.errors import Cancelled

T = TypeVar("T")
R = TypeVar("R")


class Cancel:
    """A token that work checks and that shuts what is open when the work must end.

    Safe from many threads and from signal handlers of the main thread's loop: :meth:`cancel` runs every registered closer once.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.RLock()
        self._closers: dict[int, Callable[[], None]] = {}
        self._next = 0

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """End the work: wake waiters, close what :meth:`closing` registered. Calling it twice does no harm."""
        self._event.set()
        with self._lock:
            closers = list(self._closers.values())
            self._closers.clear()
        for close in closers:
            close()

    def check(self) -> None:
        """Raise when the work should end.

        Raises:
            Cancelled: after :meth:`cancel`.
        """
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for a cancel; True when it came. For sleeps that a cancel must cut short."""
        return self._event.wait(seconds)

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

        Raises:
            Cancelled: the cancel came first; the closer was not registered.
        """
        with self._lock:
            if self._event.is_set():
                raise Cancelled
            self._next += 1
            self._closers[self._next] = close
            return self._next

    def forget(self, key: int) -> None:
        """Drop a closer; unknown keys are ignored."""
        with self._lock:
            self._closers.pop(key, None)


class Workers:
    """A bounded group of threads that runs calls for one coordinator.

    Threads start when first needed and end when the block is left. A call must never wait for another call of the group; only
    the coordinator (the thread that entered the block) calls :meth:`map`, and may do so many times.
    """

    def __init__(self, count: int = 4, cancel: Cancel | None = None) -> None:
        self.count = max(1, count)
        self.cancel = cancel or Cancel()
        self._condition = threading.Condition()
        self._jobs: deque[Callable[[], None]] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._failed = threading.Event()

    def __enter__(self) -> Workers:
        """Enter the block; no thread starts yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Join every thread; queued calls that did not start are dropped when the block failed."""
        with self._condition:
            self._closed = True
            if kind is not None:
                self._failed.set()
                self._jobs.clear()
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()

    @property
    def stopping(self) -> bool:
        """Whether running calls should end early: a call of the current :meth:`map` failed, or the work was cancelled."""
        return self._failed.is_set() or self.cancel.cancelled

    def check(self) -> None:
        """Raise when the call should end early: long calls ask between their steps.

        Raises:
            Cancelled: a sibling failed or the work was cancelled.
        """
        if self.stopping:
            raise Cancelled

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Call ``function`` for every item, at most ``count`` at once, and return the results in order.

        Raises:
            Cancelled: the work was cancelled.
            Exception: the first failure; the calls not yet started are dropped and the running ones are awaited.
        """
        todo: Sequence[T] = list(items)
        self.cancel.check()
        self._failed.clear()
        batch = _Batch(len(todo), self._failed)
        with self._condition:
            self._jobs.extend(batch.job(index, function, item, self) for index, item in enumerate(todo))
            self._start(len(todo))
            self._condition.notify_all()
        batch.wait()
        self.cancel.check()
        if batch.error is not None:
            raise batch.error
        return [batch.results[index] for index in range(len(todo))]

    def _start(self, wanted: int) -> None:
        for _ in range(min(wanted - self._idle, self.count - len(self._threads))):
            thread = threading.Thread(target=self._work, name="regclient-worker", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._idle += 1
                while not self._jobs and not self._closed:
                    self._condition.wait()
                self._idle -= 1
                if not self._jobs:
                    return
                job = self._jobs.popleft()
            job()


class _Batch:
    """The calls of one :meth:`Workers.map`: their results, their first error, and how many are left."""

    def __init__(self, count: int, failed: threading.Event) -> None:
        self.results: dict[int, object] = {}  # type: ignore[assignment]
        self.error: BaseException | None = None
        self._left = count
        self._failed = failed
        self._condition = threading.Condition()

    def job(self, index: int, function: Callable[[T], R], item: T, workers: Workers) -> Callable[[], None]:
        def run() -> None:
            error: BaseException | None = None
            try:
                if not workers.stopping:
                    self.results[index] = function(item)
            except BaseException as caught:  # noqa: BLE001 - handed to the coordinator
                error = caught
            with self._condition:
                if error is not None and (self.error is None or isinstance(self.error, Cancelled)):
                    self.error = error
                    self._failed.set()
                self._left -= 1
                self._condition.notify_all()

        return run

    def wait(self) -> None:
        with self._condition:
            while self._left:
                self._condition.wait()
