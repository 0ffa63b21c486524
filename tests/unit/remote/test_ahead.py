"""Calls made ahead of their turn."""

from __future__ import annotations

import threading

import pytest

from regclient.cancel import Cancel
from regclient.errors import Cancelled
from regclient.remote.ahead import Ahead


def test_results_come_in_order_whatever_ends_first() -> None:
    second_ended = threading.Event()

    def call(number: int) -> int:
        if number == 0:
            assert second_ended.wait(20)
        if number == 1:
            second_ended.set()
        return number * 10

    ahead = Ahead(call, range(5), count=2, cancel=Cancel())
    assert [0, 10, 20, 30, 40] == [ahead.take() for _ in range(5)]
    ahead.close()


def test_no_call_begins_before_there_is_room_for_its_result() -> None:
    begun: list[int] = []
    ahead = Ahead(begun.append, range(9), count=2, cancel=Cancel())
    for number in range(9):
        # Two were begun, or will be; the third only once this one is taken.
        assert len(begun) <= number + 2
        ahead.take()
    ahead.close()
    assert sorted(begun) == list(range(9))


def test_an_error_is_raised_where_its_result_would_be_taken() -> None:
    def call(number: int) -> int:
        return 10 // number

    ahead = Ahead(call, [5, 0, 2], count=3, cancel=Cancel())
    assert 2 == ahead.take()
    with pytest.raises(ZeroDivisionError):
        ahead.take()
    assert 5 == ahead.take()
    ahead.close()


def test_closing_interrupts_what_runs_and_begins_nothing_more() -> None:
    cancel = Cancel()
    begun = threading.Semaphore(0)

    def call(number: int) -> None:
        begun.release()
        assert cancel.wait(20)
        cancel.check()

    ahead = Ahead(call, range(9), count=2, cancel=cancel)
    for _ in range(2):
        assert begun.acquire(timeout=20)
    ahead.close()
    ahead.close()

    assert not begun.acquire(blocking=False)
    assert not cancel.cancelled
    cancel.check()


def test_a_cancel_ends_the_waiting_of_the_taker() -> None:
    cancel, gate = Cancel(), threading.Event()
    ahead = Ahead(lambda _: gate.wait(20), [1], count=1, cancel=cancel)
    cancel.cancel()
    with pytest.raises(Cancelled):
        ahead.take()
    gate.set()
    ahead.close()
