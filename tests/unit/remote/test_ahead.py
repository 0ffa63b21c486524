"""A call made ahead of its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from regclient.concurrency import Cancel, Crew
from regclient.errors import Cancelled
from regclient.remote.ahead import Ahead

LONG = 30


def test_the_result_of_a_call_under_way_is_waited_for() -> None:
    begun, gate = threading.Event(), threading.Event()

    def call(begin: Callable[[], None]) -> int:
        begin()
        begun.set()
        assert gate.wait(LONG)
        return 7

    ahead = Ahead(call, Crew(), Cancel())
    assert begun.wait(LONG)
    assert ahead.is_under_way
    gate.set()

    assert 7 == ahead.take()
    ahead.close()


def test_a_call_that_is_not_under_way_is_ended_and_not_waited_for() -> None:
    cancel, begun = Cancel(), threading.Event()

    def call(_begin: Callable[[], None]) -> int:
        begun.set()
        assert cancel.wait(LONG)
        cancel.check()
        return 7

    ahead = Ahead(call, Crew(), cancel)
    assert begun.wait(LONG)

    assert not ahead.is_under_way
    assert ahead.take() is None
    assert not cancel.cancelled


def test_a_call_that_fails_on_its_way_has_no_result() -> None:
    def call(begin: Callable[[], None]) -> int:
        begin()
        raise ValueError

    ahead = Ahead(call, Crew(), Cancel())

    assert ahead.take() is None
    assert not ahead.is_under_way


def test_closing_ends_the_call_and_may_come_twice() -> None:
    cancel, ended = Cancel(), []

    def call(begin: Callable[[], None]) -> None:
        begin()
        assert cancel.wait(LONG)
        ended.append(cancel.cancelled)

    ahead = Ahead(call, Crew(), cancel)
    ahead.close()
    ahead.close()

    assert ended in ([], [True])
    cancel.check()


def test_a_cancel_ends_the_waiting_of_the_taker() -> None:
    cancel, begun, gate = Cancel(), threading.Event(), threading.Event()

    def call(begin: Callable[[], None]) -> None:
        begin()
        begun.set()
        assert gate.wait(LONG)

    ahead = Ahead(call, Crew(), cancel)
    assert begun.wait(LONG)
    cancel.cancel()
    with pytest.raises(Cancelled):
        ahead.take()
    gate.set()
    ahead.close()
