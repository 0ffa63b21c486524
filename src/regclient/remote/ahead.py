"""A call made ahead of its turn, in a thread of its own: the result is taken when its turn comes, if it is under way then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from regclient.concurrency import BLINK, Cancel, Crew

R = TypeVar("R")


class Ahead(Generic[R]):
    """Runs ``call``, which is given a function to call once its success can be relied on: then it is *under way*.

    The crew is for this call alone. :meth:`close` it in any case: that ends the call and joins the thread.
    """

    def __init__(self, call: Callable[[Callable[[], None]], R], crew: Crew, cancel: Cancel) -> None:
        self._call = call
        self._cancel = cancel
        self._condition = threading.Condition()
        self._thread: int | None = None
        self._under_way = False
        self._closed = False
        self._ended = False
        self._results: list[R] = []
        self._crew = crew
        self._crew.start(self, self._run)

    @property
    def is_under_way(self) -> bool:
        """Whether the call said so, and has not failed since."""
        with self._condition:
            return self._under_way and (bool(self._results) or not self._ended)

    def take(self) -> R | None:
        """Return the result of a call that is under way, waiting for it if need be; None when there will be none.

        Raises:
            Cancelled: the work of the taker was cancelled.
        """
        with self._condition:
            while self._under_way and not self._ended:
                self._cancel.check()
                self._condition.wait(BLINK)
        self.close()
        return self._results.pop() if self._results else None

    def close(self) -> None:
        """End the call, if it has not ended, and join the thread; calling it twice does no harm."""
        with self._condition:
            self._closed = True
            if self._thread is not None and not self._ended:
                self._cancel.interrupt({self._thread})
        self._crew.join()

    def _run(self) -> None:
        me = threading.get_ident()
        with self._condition:
            self._thread = me
            if self._closed:
                return
        try:
            results = [self._call(self._begin)]
        except Exception:  # noqa: BLE001 - whoever wanted the result does without it, and finds out why by itself
            results = []
        with self._condition:
            self._ended = True
            self._cancel.release(me)
            self._results = results
            self._condition.notify_all()

    def _begin(self) -> None:
        with self._condition:
            self._under_way = True
