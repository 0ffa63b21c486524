"""Calls made ahead of their turn: several threads work on what comes next, and the results are taken in order.

What waits to be taken is bounded, so that a slow taker does not fill the memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from regclient.concurrency import BLINK, Cancel, Crew

T = TypeVar("T")
R = TypeVar("R")


class Ahead(Generic[T, R]):
    """Calls ``function`` for every item, and has at most ``count`` results running or waiting to be taken.

    One thread takes the results. :meth:`close` it in any case: that ends what runs and joins the threads.
    """

    def __init__(self, function: Callable[[T], R], items: Sequence[T], *, count: int, cancel: Cancel) -> None:
        self._function = function
        self._items = items
        self._cancel = cancel
        self._window = count
        self._condition = threading.Condition()
        self._done: dict[int, tuple[R | None, BaseException | None]] = {}
        self._started = 0
        self._taken = 0
        self._closed = False
        self._running: set[int] = set()
        self._crew = Crew()
        for number in range(min(count, len(items))):
            self._crew.start(number, self._work)

    def take(self) -> R:
        """Return the next result, waiting for it if need be; ask no more often than there are items.

        Raises:
            Cancelled: the work of the taker was cancelled.
            Exception: what the call raised.
        """
        with self._condition:
            while self._taken not in self._done:
                self._cancel.check()
                self._condition.wait(BLINK)
            result, error = self._done.pop(self._taken)
            self._taken += 1
            self._condition.notify_all()
        if error is not None:
            raise error
        return result  # type: ignore[return-value] # there is one where there is no error

    def close(self) -> None:
        """Begin no more calls, end those that run, and drop what was not taken; calling it twice does no harm."""
        with self._condition:
            self._closed = True
            self._cancel.interrupt(self._running)
            self._condition.notify_all()
        self._crew.join()
        self._done.clear()

    def _work(self) -> None:
        me = threading.get_ident()
        while (index := self._claim(me)) is not None:
            try:
                outcome: tuple[R | None, BaseException | None] = self._function(self._items[index]), None
            except BaseException as error:  # noqa: BLE001 - raised where the result is taken
                outcome = None, error
            with self._condition:
                self._done[index] = outcome
                self._condition.notify_all()
        self._cancel.release(me)

    def _claim(self, thread: int) -> int | None:
        with self._condition:
            self._running.add(thread)
            while not self._closed and self._started < len(self._items) and self._started - self._taken >= self._window:
                self._condition.wait()
            if self._closed or self._started == len(self._items):
                self._running.discard(thread)
                return None
            self._started += 1
            return self._started - 1
