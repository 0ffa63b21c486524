"""The system clock tells the machine's time."""

from __future__ import annotations

import time

from regclient.clock import SystemClock


def test_the_system_clock_counts_from_the_epoch_and_never_goes_back() -> None:
    clock = SystemClock()
    before = time.time()
    first, second = clock.monotonic(), clock.monotonic()

    assert before <= clock.now() <= time.time()
    assert first <= second


def test_sleeping_no_time_returns() -> None:
    clock = SystemClock()
    before = clock.monotonic()

    clock.sleep(0)

    assert before <= clock.monotonic()
