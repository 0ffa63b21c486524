"""A limit on the time of a block: it interrupts the thread that runs it, and nothing else."""

from __future__ import annotations

import pytest

from regclient.concurrency import Cancel, Workers
from regclient.errors import Cancelled
from regclient.regbot.sandbox.deadline import deadline


def test_a_block_that_takes_too_long_is_interrupted() -> None:
    cancel = Cancel()

    with deadline(cancel, 1) as time:
        assert cancel.wait(60)
        with pytest.raises(Cancelled):
            cancel.check()

    assert time.expired
    assert not cancel.cancelled, "only the block was interrupted"


def test_a_block_in_time_is_left_alone() -> None:
    cancel = Cancel()

    with deadline(cancel, 3600 * 10**9) as time:
        cancel.check()

    assert not time.expired
    assert not cancel.cancelled


def test_no_limit_is_no_limit() -> None:
    cancel = Cancel()

    with deadline(cancel, 0) as time:
        cancel.check()

    assert not time.expired


def test_work_on_other_threads_for_the_block_ends_too() -> None:
    cancel = Cancel()

    def long(number: int) -> None:
        assert cancel.wait(60), number
        cancel.check()

    with pytest.raises(Cancelled), deadline(cancel, 1), Workers(2, cancel) as workers:
        workers.map(long, [1, 2])

    assert not cancel.cancelled
