"""Bounded groups of threads: work that is known at once, and work that is found on the way.

:class:`Workers` is a structured group: leaving its block joins every thread, the first failure of a call stops its siblings,
and a call never waits for another one. Nothing here knows what the work is.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from regclient.cancel import BLINK, Cancel
from regclient.errors import Cancelled

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lane:
    """A key that lets ``limit`` calls run at once, where any other key lets one."""

    name: Hashable
    limit: int


def _limit(key: Hashable) -> int:
    return key.limit if isinstance(key, Lane) else 1


class Workers:
    """A bounded group of threads that runs calls for coordinators.

    Threads start when first needed and end when the block is left. Coordinators are threads outside the group; each may call
    :meth:`map` many times, and a failure stops only the calls of its own :meth:`map`: long calls ask ``cancel.check()``. A call
    of the group never waits for another one: a :meth:`map` inside a call runs its items in place.
    """

    def __init__(self, count: int = 4, cancel: Cancel | None = None) -> None:
        self.count = max(1, count)
        self.cancel = cancel or Cancel()
        self._condition = threading.Condition()
        self._waiting: dict[Hashable, deque[_Job]] = {}
        self._busy: Counter[Hashable] = Counter()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def __enter__(self) -> Self:
        """Enter the block; no thread starts yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Join every thread; no call is left, for every :meth:`map` waits for its own."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()

    def map(self, function: Callable[[T], R], items: Iterable[T], *, key: Callable[[T], Hashable] | None = None) -> list[R]:
        """Call ``function`` for every item, at most ``count`` at once, and return the results in order.

        Calls of equal ``key`` never run at the same time, whichever coordinator asked: the later one is parked, without
        holding a thread, until the earlier one ended. A single item, and any item when the caller is itself a call of the
        group, runs in the calling thread.

        Raises:
            Cancelled: the work was cancelled.
            Exception: the first failure; calls not yet started are dropped, running ones are interrupted and awaited.
        """
        todo = list(items)
        self.cancel.check()
        if threading.current_thread() in self._threads or (len(todo) < 2 and key is None):
            return [self._here(function, item) for item in todo]
        batch = _Batch(function, self.cancel)
        return self._complete(batch, self._jobs_for(batch, todo, key))

    def drain(self, function: Callable[[T], Iterable[T]], items: Iterable[T], *, key: Callable[[T], Hashable]) -> None:
        """Call ``function`` for every item, and for every item that such a call returns, until none is left.

        For work that is found on the way. Keys are as for :meth:`map`; give many items one :class:`Lane` to bound them. Not
        for calls of the group itself.

        Raises:
            Cancelled: the work was cancelled.
            Exception: the first failure, as for :meth:`map`.
        """

        def call(item: T) -> None:
            self._submit(self._jobs_for(batch, function(item), key))

        self.cancel.check()
        batch = _Batch(call, self.cancel, keep=False)
        self._complete(batch, self._jobs_for(batch, items, key))

    def _jobs_for(self, batch: _Batch[T, R], items: Iterable[T], key: Callable[[T], Hashable] | None) -> list[_Job]:
        return [_Job(key(item) if key else None, batch, batch.add(item)) for item in items]

    def _complete(self, batch: _Batch[T, R], jobs: Sequence[_Job]) -> list[R]:
        try:
            self._submit(jobs)
            batch.wait()
        except BaseException as error:
            # Ctrl-C in the coordinator: nothing of the batch may outlive it.
            batch.fail(error)
            batch.wait()
            raise
        return batch.results()

    def _here(self, function: Callable[[T], R], item: T) -> R:
        self.cancel.check()
        return function(item)

    def _submit(self, jobs: Sequence[_Job]) -> None:
        with self._condition:
            if self._closed:
                raise RuntimeError("the block of these workers was left")
            for job in jobs:
                self._waiting.setdefault(job.key, deque()).append(job)
            ready = self._ready()
            for _ in range(min(ready - self._idle, self.count - len(self._threads))):
                thread = threading.Thread(target=self._work, name="regclient-worker", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._condition.notify(ready)

    def _ready(self) -> int:
        """Count the calls that could begin now, if there were threads for them."""
        ready = 0
        for key, jobs in self._waiting.items():
            ready += min(len(jobs), _limit(key) - self._busy[key]) if key is not None else len(jobs)
            if ready >= self.count:
                break
        return ready

    def _work(self) -> None:
        while job := self._take():
            job.batch.call(job.index)
            # Whatever waits for the key is this thread's to take next, so only the end of the group is worth waking others.
            with self._condition:
                self._release(job.key)
                if self._closed:
                    self._condition.notify_all()

    def _take(self) -> _Job | None:
        with self._condition:
            self._idle += 1
            while not (job := self._next()):
                if self._closed and not self._waiting:
                    break
                self._condition.wait()
            self._idle -= 1
            return job

    def _next(self) -> _Job | None:
        for key, jobs in self._waiting.items():
            if key is None or self._busy[key] < _limit(key):
                job = jobs.popleft()
                del self._waiting[key]
                if jobs:
                    self._waiting[key] = jobs  # at the end: every key has its turn
                if key is not None:
                    self._busy[key] += 1
                return job
        return None

    def _release(self, key: Hashable) -> None:
        if key is not None:
            self._busy[key] -= 1
            if not self._busy[key]:
                del self._busy[key]


class _Batch(Generic[T, R]):
    """The calls of one :meth:`Workers.map`: what is left to start, what runs, the results and the first error."""

    def __init__(self, function: Callable[[T], R], cancel: Cancel, *, keep: bool = True) -> None:
        self._function = function
        self._keep = keep
        self._todo: dict[int, T] = {}
        self._added = 0
        self._cancel = cancel
        self._condition = threading.Condition()
        self._running: set[int] = set()
        self._done: dict[int, R] = {}
        self._error: BaseException | None = None

    def add(self, item: T) -> int:
        """Add an item and return its number; once the batch has failed, it will not be called."""
        with self._condition:
            self._added += 1
            if self._error is None:
                self._todo[self._added] = item
            return self._added

    def call(self, index: int) -> None:
        """Run one item in the calling worker; nothing when the batch has failed meanwhile."""
        me = threading.get_ident()
        with self._condition:
            if index not in self._todo:
                return
            item = self._todo.pop(index)
            self._running.add(me)
        try:
            self._cancel.check()
            result = self._function(item)
            if self._keep:
                self._done[index] = result
        except BaseException as error:  # noqa: BLE001 - handed to the coordinator
            self.fail(error)
        with self._condition:
            self._running.discard(me)
            self._cancel.release(me)
            if not (self._todo or self._running):
                self._condition.notify_all()

    def fail(self, error: BaseException) -> None:
        """Drop what has not started, interrupt what runs, and keep the error."""
        with self._condition:
            # A Cancelled is the echo of something: keep what happened first, unless that was only an echo.
            if self._error is None or isinstance(self._error, Cancelled):
                self._error = error
            self._todo.clear()
            self._cancel.interrupt(self._running - {threading.get_ident()})
            self._condition.notify_all()

    def wait(self) -> None:
        """Return when every call has ended or was dropped."""
        with self._condition:
            while self._todo or self._running:
                # Also when the coordinator is a call of another group, and only that one is interrupted.
                if self._cancel.cancelled:
                    self.fail(Cancelled())
                self._condition.wait(BLINK)

    def results(self) -> list[R]:
        """Return the results in order, or raise the error."""
        if self._error is not None:
            raise self._error
        return [self._done[index] for index in sorted(self._done)]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One item of a batch, waiting for a thread and for its key to be free."""

    key: Hashable
    batch: _Caller
    index: int


class _Caller(Protocol):
    """A batch of any types, as its jobs see it."""

    def call(self, index: int) -> None: ...
