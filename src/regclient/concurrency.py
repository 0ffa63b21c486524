"""Threads; they start here and in ``workers.py``, and nowhere else.

:class:`Crew` runs calls in the background, :class:`Relay` does the second half of a work while the first goes on,
:class:`Ticker` is a heartbeat for what is drawn while others work, and :class:`Service` is behind a listening socket. Nothing
here knows what the work is. Bounded groups are in ``workers.py``, and :class:`Cancel`, which ends work early, is in
``cancel.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from time import monotonic
from types import TracebackType
from typing import Generic, Self, TypeVar

from regclient.cancel import BLINK, Cancel
from regclient.workers import Lane, Workers

T = TypeVar("T")

__all__ = ["BLINK", "Cancel", "Crew", "Lane", "Relay", "Service", "Ticker", "Workers", "serve_connections"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket


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
                self._condition.wait(BLINK)
            return not self._running

    def _run(self, key: Hashable, call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - raised where the block is left
            self._error = self._error or error
        with self._condition:
            del self._running[key]
            self._condition.notify_all()


class Relay(Generic[T]):
    """Passes pieces to ``take`` in a thread of its own, in their order, while the giver makes the next one.

    For work in two halves of which at least one leaves the interpreter alone, as compressors and hashes do. One piece is being
    taken and one waits; whoever gives faster waits, too. What ``take`` raises is raised by a later :meth:`give` or where the
    block is left, and what comes after is dropped, as is what waits when the block itself fails.
    """

    def __init__(self, take: Callable[[T], object]) -> None:
        from queue import Queue  # noqa: PLC0415 - a door: threads are needed more often than a relay

        self._take = take
        self._pieces: Queue[tuple[T] | None] = Queue(1)
        self._thread: threading.Thread | None = None
        self.dropping = False
        """Whether what comes is dropped, after a failure."""
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        """Enter the block; the thread starts with the first piece."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wait until everything is taken; raise what that raised, unless the block itself failed."""
        if self._thread is not None:
            self.dropping = self.dropping or kind is not None
            self._pieces.put(None)
            self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def give(self, piece: T) -> None:
        """Pass a piece on; it must not change any more."""
        if self._error is not None:
            raise self._error
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="regclient-relay", daemon=True)
            self._thread.start()
        self._pieces.put((piece,))

    def _run(self) -> None:
        while (given := self._pieces.get()) is not None:
            if self.dropping:
                continue
            try:
                self._take(*given)
            except BaseException as error:  # noqa: BLE001 - raised to the giver
                self._error, self.dropping = error, True


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
