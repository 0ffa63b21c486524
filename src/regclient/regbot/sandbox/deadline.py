"""A limit on the time a block may take, whatever it waits for: a process, a registry, a copy on several threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from regclient.concurrency import Cancel, Ticker


class Deadline:
    """Whether the time of a block is over."""

    expired = False


@contextmanager
def deadline(cancel: Cancel, nanoseconds: int) -> Iterator[Deadline]:
    """Interrupt what the calling thread does when the block takes longer; 0 is no limit.

    The block then fails with :class:`~regclient.errors.Cancelled`, and the value it was given tells why.
    """
    state = Deadline()
    if nanoseconds <= 0:
        yield state
        return
    me = threading.get_ident()
    over = False

    def beat() -> None:
        if not over:
            state.expired = True
            cancel.interrupt({me})

    try:
        with Ticker(nanoseconds / 1e9, beat):
            try:
                yield state
            finally:
                over = True
    finally:
        cancel.release(me)
