"""Threads, and the only module that starts them.

:class:`Workers` is a bounded, structured group whose block joins every thread, :class:`Crew` runs calls in the background, and
:class:`Ticker` is a heartbeat for what is drawn while others work. Nothing here knows what the work is; :class:`Cancel`, which
ends it early, is in ``cancel.py``.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from regclient.cancel import Cancel
from regclient.errors import Cancelled

__all__ = ["Cancel", "Crew", "Service", "Ticker", "Workers", "serve_connections"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

T = TypeVar("T")
R = TypeVar("R")
_BLINK = 0.1
"""Seconds a coordinator waits before it looks up: what Ctrl-C may take at the worst."""


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
        self._jobs: deque[_Job] = deque()
        self._busy: set[Hashable] = set()
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
        batch = _Batch(function, todo, self.cancel)
        try:
            self._submit([_Job(key(item) if key else None, batch, index) for index, item in enumerate(todo)])
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
            self._jobs.extend(jobs)
            for _ in range(min(len(self._jobs) - self._idle, self.count - len(self._threads))):
                thread = threading.Thread(target=self._work, name="regclient-worker", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._condition.notify_all()

    def _work(self) -> None:
        while job := self._take():
            job.batch.call(job.index)
            with self._condition:
                self._busy.discard(job.key)
                self._condition.notify_all()

    def _take(self) -> _Job | None:
        with self._condition:
            self._idle += 1
            while not (ready := next((job for job in self._jobs if job.key not in self._busy), None)):
                if self._closed and not self._jobs:
                    break
                self._condition.wait()
            self._idle -= 1
            if ready:
                self._jobs.remove(ready)
                if ready.key is not None:
                    self._busy.add(ready.key)
            return ready


class _Batch(Generic[T, R]):
    """The calls of one :meth:`Workers.map`: what is left to start, what runs, the results and the first error."""

    def __init__(self, function: Callable[[T], R], items: Sequence[T], cancel: Cancel) -> None:
        self._function = function
        self._todo = dict(enumerate(items))
        self._cancel = cancel
        self._condition = threading.Condition()
        self._running: set[int] = set()
        self._done: dict[int, R] = {}
        self._error: BaseException | None = None

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
            self._done[index] = self._function(item)
        except BaseException as error:  # noqa: BLE001 - handed to the coordinator
            self.fail(error)
        with self._condition:
            self._running.discard(me)
            self._cancel.release(me)
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
                if self._cancel.cancelled:
                    self.fail(Cancelled())
                self._condition.wait(_BLINK)  # not for ever: a signal that comes just before is only seen when the wait ends

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


class Crew:
    """Calls in the background, each in a thread of its own and no two of one key at once: the work of a server's schedules.

    Entering the block starts nothing; leaving it waits for every call. An error of a call is raised where the block is left.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._running: dict[Hashable, threading.Thread] = {}
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        """Enter the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wait for every call; raise the first error of one, unless the block itself failed."""
        self.join()
        if self._error is not None and error is None:
            raise self._error

    def start(self, key: Hashable, call: Callable[[], None]) -> bool:
        """Start a call, unless one of this key still runs; say whether it was started."""
        with self._condition:
            if key in self._running:
                return False
            thread = threading.Thread(target=self._run, args=(key, call), name="regclient-crew", daemon=True)
            self._running[key] = thread
            thread.start()
            return True

    def join(self, seconds: float | None = None, *, until: Callable[[], bool] = lambda: False) -> bool:
        """Wait until every call has ended; False when ``seconds`` were not enough or ``until`` became true before."""
        end = None if seconds is None else monotonic() + seconds
        with self._condition:
            while self._running and (end is None or monotonic() < end) and not until():
                # As in a batch: a signal may be seen only when a wait ends.
                self._condition.wait(_BLINK)
            return not self._running

    def _run(self, key: Hashable, call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - raised where the block is left
            self._error = self._error or error
        with self._condition:
            del self._running[key]
            self._condition.notify_all()


class Ticker:
    """A heartbeat: ``beat`` is called every ``seconds`` while the block runs, and once more when it is left.

    For progress that is drawn while other threads work. What ``beat`` raises stops the heartbeat and is raised when the block
    is left, unless the block itself failed.
    """

    def __init__(self, seconds: float, beat: Callable[[], None]) -> None:
        self._seconds = seconds
        self._beat = beat
        self._stop = Cancel()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="regclient-ticker", daemon=True)

    def __enter__(self) -> Self:
        """Start beating."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop, with one last beat so that the end is seen."""
        self._stop.cancel()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._seconds):
                self._beat()
            self._beat()
        except BaseException as error:  # noqa: BLE001 - raised where the block is left
            self._error = error


class Service:
    """The threads behind a listening socket: one accepts, and each connection has a thread of its own, ``count`` at most.

    :meth:`close` ends the accepting, :meth:`join` waits for what was accepted; ending connections is for whoever serves them.
    """

    def __init__(self, listener: socket.socket, serve: Callable[[socket.socket], None], count: int) -> None:
        self._listener = listener
        self._serve = serve
        self._slots = threading.BoundedSemaphore(count)
        self._running: set[threading.Thread] = set()
        self._condition = threading.Condition()
        self._closed = threading.Event()
        from socket import socketpair  # noqa: PLC0415 - a door: only a server listens

        self._woken, self._waker = socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="regclient-accept", daemon=True)
        self._acceptor.start()

    def close(self) -> None:
        """Accept nothing more; calling it twice does no harm."""
        if not self._closed.is_set():
            self._closed.set()
            self._waker.close()

    def join(self, seconds: float | None = None) -> bool:
        """Wait until every connection has ended; False when ``seconds`` were not enough."""
        ended = self._wait(seconds)
        if ended:
            self._acceptor.join()
        return ended and self._wait(seconds)  # one more may have been accepted last

    def _accept(self) -> None:
        from selectors import EVENT_READ, DefaultSelector  # noqa: PLC0415 - a door, as above

        with self._woken, DefaultSelector() as selector:
            selector.register(self._listener, EVENT_READ)
            selector.register(self._woken, EVENT_READ)
            while not self._closed.is_set():
                selector.select()
                self._slots.acquire()
                try:
                    if not self._closed.is_set():
                        self._start(self._listener.accept()[0])
                        continue
                except (OSError, RuntimeError):  # the peer has gone, or no file descriptor or thread is left: then wait for one
                    self._closed.wait(0.1)
                self._slots.release()

    def _start(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._run, args=(connection,), name="regclient-connection", daemon=True)
        with self._condition:
            try:
                thread.start()
            except RuntimeError:
                connection.close()
                raise
            self._running.add(thread)

    def _wait(self, seconds: float | None) -> bool:
        with self._condition:
            return self._condition.wait_for(lambda: not self._running, seconds)

    def _run(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._serve(connection)
        finally:
            self._slots.release()
            with self._condition:
                self._running.discard(threading.current_thread())
                self._condition.notify_all()


def serve_connections(listener: socket.socket, serve: Callable[[socket.socket], None], *, count: int = 64) -> Service:
    """Call ``serve`` with each connection in its own thread until the service is closed; the listener stays the caller's."""
    return Service(listener, serve, count)
