"""Cancel: prompt, from any thread or signal handler, and each closer runs once."""

from __future__ import annotations

import _thread
import signal
import sys
import threading

import pytest

from regclient.cancel import Cancel
from regclient.errors import Cancelled

LONG = 30.0
"""Longer than any test may take: what waits this long was not woken."""


def test_a_new_token_lets_work_go_on() -> None:
    cancel = Cancel()
    cancel.check()
    assert not cancel.cancelled
    assert not cancel.wait(0)


def test_cancel_runs_each_closer_once_and_stays() -> None:
    cancel, closed = Cancel(), list[str]()
    cancel.register(lambda: closed.append("a"))
    cancel.forget(cancel.register(lambda: closed.append("b")))
    cancel.cancel()
    cancel.cancel()
    assert closed == ["a"]
    assert cancel.cancelled
    with pytest.raises(Cancelled):
        cancel.check()


def test_a_closer_is_refused_after_the_cancel_and_not_called() -> None:
    cancel, closed = Cancel(), list[str]()
    cancel.cancel()
    with pytest.raises(Cancelled):
        cancel.register(lambda: closed.append("late"))
    with pytest.raises(Cancelled), cancel.closing(lambda: closed.append("late")):
        raise AssertionError
    assert closed == []


def test_closing_forgets_its_closer_when_the_block_ends() -> None:
    cancel, closed = Cancel(), list[str]()
    with cancel.closing(lambda: closed.append("a")):
        pass
    cancel.cancel()
    assert closed == []


def test_a_closer_whose_socket_is_gone_does_not_keep_the_others_from_closing() -> None:
    cancel, closed = Cancel(), list[str]()

    def fail() -> None:
        raise OSError(107, "not connected")

    cancel.register(fail)
    cancel.register(lambda: closed.append("b"))
    cancel.cancel()
    assert closed == ["b"]


def test_a_wait_is_cut_short_by_a_cancel_from_another_thread() -> None:
    cancel = Cancel()
    thread = threading.Timer(0, cancel.cancel)
    thread.start()
    assert cancel.wait(LONG)
    thread.join()
    assert cancel.wait(LONG)


def test_a_signal_handler_may_cancel_what_its_own_thread_is_waiting_in() -> None:
    cancel = Cancel()
    before = signal.signal(signal.SIGUSR1, lambda *_: cancel.cancel())
    thread = threading.Timer(0, signal.pthread_kill, [threading.get_ident(), signal.SIGUSR1])
    try:
        thread.start()
        assert cancel.wait(LONG)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_does_not_break_the_wait_is_heard_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that comes just before the wait has no system call to interrupt; so has one that Python is told of by a thread."""
    monkeypatch.setattr("regclient.cancel.BLINK", 0.01)
    cancel, mine = Cancel(), threading.get_ident()
    before = signal.signal(signal.SIGUSR1, lambda *_: cancel.cancel())

    def interrupt() -> None:
        while sys._current_frames()[mine].f_code is not Cancel.wait.__code__:
            pass
        _thread.interrupt_main(signal.SIGUSR1)

    thread = threading.Thread(target=interrupt)
    try:
        thread.start()
        assert cancel.wait(LONG)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)


def test_an_interrupt_ends_the_work_of_its_threads_only() -> None:
    cancel, closed = Cancel(), list[str]()
    cancel.register(lambda: closed.append("mine"))
    cancel.interrupt({-1})
    cancel.check()
    assert closed == []
    cancel.interrupt({threading.get_ident()})
    assert closed == ["mine"]
    assert cancel.cancelled
    assert cancel.wait(LONG)
    cancel.release(threading.get_ident())
    cancel.check()
