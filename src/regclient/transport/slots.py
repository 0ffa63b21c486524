"""How many requests one host gets at a time, and how fast: slots that travel with responses.

Who waits while holding what decides whether a client can lock up. The rule: only a big read (a blob on its way to us) is ever
held while something else is waited for, and what it waits for is a write; writes and small requests end by themselves. So a big
read does not take the last slot of a host, which leaves room for a write there. It may when it said where its bytes go, and no
big read under way has said that its bytes go to this host. That cannot lock up: were there a ring of hosts, each full of reads
that wait for a write at the next one, then each had filled up before the read that filled the one before it had even begun.

A host with a single slot has one for reads and one for writes. Waiters are served past those who cannot be served yet: the one
that came first, then the small one that came first, and so on by turns, so that a manifest waits for the end of one blob and
not of all.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from regclient.cancel import BLINK, Cancel
from regclient.transport.messages import Body, Kind, Request


class Load(NamedTuple):
    """What a request does to its host: read or write, big or small; ``sure`` when it is known where what is read goes."""

    write: bool
    big: bool
    sure: bool = False


SMALL_BLOB = 64 * 1024


def is_brief(request: Request) -> bool:
    """Whether a request is for a blob known to be small: it is read whole at once, so its slot is never held."""
    return request.kind is Kind.BLOB and request.method == "GET" and request.size is not None and request.size <= SMALL_BLOB


def load_of(request: Request) -> Load:
    """Tell what kind of load a request is: big when the bytes of a blob that is not small travel, in either direction."""
    write = request.method not in {"GET", "HEAD"}
    if request.kind is not Kind.BLOB or is_brief(request):
        return _SMALL_WRITE if write else _SMALL_READ
    moves = isinstance(request.body, Body) or bool(request.body) if write else request.method == "GET"
    return Load(write, moves, sure=request.onward is not None)


_SMALL_READ, _SMALL_WRITE = Load(write=False, big=False), Load(write=True, big=False)


@dataclass(slots=True, eq=False)
class _Waiter:
    load: Load
    alarm: threading.Lock = field(default_factory=threading.Lock)
    granted: bool = False

    def wake(self) -> None:
        # Woken twice, by a grant and by a cancel, is woken all the same.
        with suppress(RuntimeError):
            self.alarm.release()


class Slots:
    """The slots of one host; ``limit`` 0 or less means as many as anyone wants. Safe from many threads."""

    def __init__(self, limit: int, per_second: float = 0.0) -> None:
        self._limit = limit
        self._spacing = 1 / per_second if per_second > 0 else 0.0
        self._lock = threading.Lock()
        self._waiters: deque[_Waiter] = deque()
        self._active = [[0, 0], [0, 0]]
        self._expected = 0
        self._small_first = False
        self._next_start = 0.0

    def acquire(self, load: Load, cancel: Cancel, onward: Slots | None = None) -> Slot:
        """Wait for a slot; ``onward`` are the slots of the host that what is read will be written to.

        Raises:
            Cancelled: the work was cancelled meanwhile.
        """
        if onward is not None:
            onward.expect(1)
        try:
            self._acquire(load, cancel)
        except BaseException:
            if onward is not None:
                onward.expect(-1)
            raise
        return Slot(self, load, onward)

    def try_acquire(self, load: Load, onward: Slots | None = None) -> Slot | None:
        """Take a slot if there is one: for those who hold something and must not wait."""
        if onward is not None:
            onward.expect(1)
        with self._lock:
            free = self._admits(load)
            self._active[load.write][load.big] += free
        if not free and onward is not None:
            onward.expect(-1)
        return Slot(self, load, onward) if free else None

    def expect(self, more: int) -> None:
        """Count the reads that will be written here: before the first of them begins, until it has ended."""
        with self._lock:
            self._expected += more
            if not self._expected:
                self._grant()

    def _acquire(self, load: Load, cancel: Cancel) -> None:
        with self._lock:
            if self._admits(load):
                self._active[load.write][load.big] += 1
                return
            waiter = _Waiter(load)
            waiter.alarm.acquire()
            self._waiters.append(waiter)
        try:
            with cancel.closing(waiter.wake):
                while not waiter.alarm.acquire(timeout=BLINK):
                    pass
            cancel.check()
        except BaseException:
            self._withdraw(waiter)
            raise

    def reserve_start(self, now: float) -> float:
        """Reserve the next moment a request may start under ``reqPerSec``; return how many seconds away it is."""
        if not self._spacing:
            return 0.0
        with self._lock:
            start = max(now, self._next_start)
            self._next_start = start + self._spacing
        return start - now

    def give_back(self, load: Load) -> None:
        """Take a slot back and hand it on; called by :meth:`Slot.release`."""
        with self._lock:
            self._active[load.write][load.big] -= 1
            if self._waiters:
                self._grant()

    def _admits(self, load: Load) -> bool:
        limit = self._limit
        if limit <= 0:
            return True
        (small_read, big_read), (small_write, big_write) = self._active
        if limit == 1:
            return not (small_write + big_write if load.write else small_read + big_read)
        if small_write + big_write + small_read + big_read >= limit:
            return False
        if load.write or not load.big:
            return True
        return big_read < limit - 1 or (load.sure and not self._expected)

    def _grant(self) -> None:
        while waiter := self._next():
            self._small_first = waiter.load.big
            self._waiters.remove(waiter)
            self._active[waiter.load.write][waiter.load.big] += 1
            waiter.granted = True
            waiter.wake()

    def _next(self) -> _Waiter | None:
        ready = [waiter for waiter in self._waiters if self._admits(waiter.load)]
        if self._small_first:
            ready.sort(key=lambda waiter: waiter.load.big)
        return ready[0] if ready else None

    def _withdraw(self, waiter: _Waiter) -> None:
        with self._lock:
            if waiter.granted:
                self._active[waiter.load.write][waiter.load.big] -= 1
                self._grant()
            elif waiter in self._waiters:
                self._waiters.remove(waiter)


class Slot:
    """One slot, taken; :meth:`release` it once (more does no harm)."""

    __slots__ = ("_load", "_onward", "_slots")

    def __init__(self, slots: Slots, load: Load, onward: Slots | None = None) -> None:
        self._slots: Slots | None = slots
        self._load = load
        self._onward = onward

    def is_of(self, slots: Slots) -> bool:
        """Whether it is one of these, and not released yet."""
        return self._slots is slots

    def release(self) -> None:
        """Give the slot to whoever waits."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.give_back(self._load)
            if self._onward is not None:
                self._onward.expect(-1)
